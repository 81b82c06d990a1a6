# test_vendor_parsers.py -- hostile alerts, read back by the vendors' own parsers.
"""/usr/bin/python3 test/system/test_vendor_parsers.py BUILD_DIR

The packages of test/vendor/package-lock.json are installed into a cache
(TOCSIN_VENDOR_CACHE, or ~/.cache/tocsin-vendor), a directory for each lock file.
Needs node 18 or later, and npm to install; both of any origin."""
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import peers

NODE_LEAST = 18
SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vendor")
MANIFEST = ["package.json", "package-lock.json", ".npmrc"]
SECONDS_MAX = 300  # a machine that is busy; mostly it takes a tenth of it


def read(name):
    with open(os.path.join(SOURCES, name), "rb") as f:
        return f.read()


def cache():
    root = (os.environ.get("TOCSIN_VENDOR_CACHE")
            or os.path.expanduser("~/.cache/tocsin-vendor"))
    return os.path.join(root, hashlib.sha256(b"".join(map(read, MANIFEST))).hexdigest()[:16])


def install(where):
    """Beside its place, then moved there: an install that ended early is none."""
    os.makedirs(os.path.dirname(where), exist_ok=True)
    with tempfile.TemporaryDirectory(dir=os.path.dirname(where)) as new:
        for name in MANIFEST:
            shutil.copy(os.path.join(SOURCES, name), new)
        done = subprocess.run(["npm", "ci"], cwd=new, capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"npm ci: {done.stderr[-2000:]}")
        try:
            os.rename(new, where)
        except OSError:
            if not os.path.isdir(where):  # else somebody else was faster
                raise


def node_version():
    said = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    return int(re.match(r"v(\d+)", said).group(1))


class VendorParsers(unittest.TestCase):
    def test_lock_names_no_registry(self):
        self.assertNotIn(b'"resolved"', read("package-lock.json"))

    def test_hostile_alerts(self):
        self.assertGreaterEqual(node_version(), NODE_LEAST, "node is too old")
        where = cache()
        if not os.path.isdir(where):
            install(where)
        render = subprocess.Popen([os.path.join(BUILD, "test", "render_tool")],
                                  stdout=subprocess.PIPE)
        check = subprocess.run(["node", os.path.join(SOURCES, "check.mjs")],
                               stdin=render.stdout, capture_output=True, text=True,
                               timeout=SECONDS_MAX,
                               env={**os.environ, "TOCSIN_VENDOR": where})
        render.stdout.close()
        self.assertEqual(render.wait(), 0, "render_tool")
        print(check.stdout, flush=True)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)


if __name__ == "__main__":
    BUILD = peers.build_directory()
    peers.main()
