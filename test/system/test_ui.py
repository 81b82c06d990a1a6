# test_ui.py -- the web interface in Debian's Chromium, over a Tocsin that runs.
"""/usr/bin/python3 test/system/test_ui.py BUILD_DIR [-k PART_OF_A_NAME]

Pictures of all pages go to BUILD_DIR/ui-shots, and of what failed with its log. Needs
node 18 or later, npm, and chromium; the packages of ui/package-lock.json are those
that the build fetched. Each file of test/ui starts what it needs itself."""
import glob
import os
import re
import subprocess
import unittest

import peers

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
TESTS = os.path.join(ROOT, "test", "ui")
SECONDS_MAX = 600  # of one file, on a machine that is busy; mostly it takes a tenth


def node(*args):
    done = subprocess.run(["node", *args], cwd=ROOT, capture_output=True, text=True,
                          timeout=SECONDS_MAX, env={**os.environ, "TOCSIN_BUILD": BUILD})
    return done.returncode, done.stdout + done.stderr


class Pure(unittest.TestCase):
    def test_lock_names_no_registry(self):
        with open(os.path.join(ROOT, "ui", "package-lock.json")) as f:
            self.assertNotIn('"resolved"', f.read())

    def test_types(self):
        code, said = node(os.path.join(ROOT, "ui/node_modules/typescript/bin/tsc"), "-p", "ui")
        self.assertEqual(code, 0, said)

    def test_pieces(self):
        code, said = node("--test", os.path.join(TESTS, "pure/"))
        self.assertEqual(code, 0, said)

    def test_every_picture_that_is_shown_is_there(self):
        shown = set()
        for page in ["README.md", *glob.glob("docs/**/*.md", root_dir=ROOT, recursive=True)]:
            with open(os.path.join(ROOT, page)) as f:
                for path in re.findall(r"(?:!\[[^\]]*\]\(|(?:src|srcset)=\")([^)\" ]+)", f.read()):
                    where = os.path.normpath(os.path.join(ROOT, os.path.dirname(page), path))
                    self.assertTrue(os.path.exists(where), f"{page} shows {path}")
                    shown.add(os.path.relpath(where, ROOT))
        kept = {os.path.join("docs/images", f) for f in os.listdir(os.path.join(ROOT, "docs/images"))}
        self.assertEqual(kept - shown, set(), "pictures that nothing shows")
        for picture in kept:
            self.assertLess(os.path.getsize(os.path.join(ROOT, picture)), 120_000, picture)


def in_chromium(path):
    def test(self):
        code, said = node("--test", path)
        self.assertEqual(code, 0, said)
    return test


class InChromium(unittest.TestCase):
    """A method for each file of test/ui."""


for file in sorted(glob.glob(os.path.join(TESTS, "*.test.mjs"))):
    setattr(InChromium, "test_" + os.path.basename(file).split(".")[0], in_chromium(file))


if __name__ == "__main__":
    BUILD = os.path.realpath(peers.build_directory())
    peers.main()
