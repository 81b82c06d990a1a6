# test_ui.py -- the web interface in Debian's Chromium, over a Tocsin that runs.
"""/usr/bin/python3 test/system/test_ui.py BUILD_DIR

Pictures of all pages go to BUILD_DIR/ui-shots. Needs node 18 or later, npm, and
chromium; the packages of ui/package-lock.json are those that the build fetched."""
import os
import subprocess
import unittest
import urllib.error
import urllib.request

import harness
import peers

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TESTS = os.path.join(ROOT, "test", "ui")
SECONDS_MAX = 600  # a machine that is busy; mostly it takes a sixth of it


def node(*args, env=None, timeout=SECONDS_MAX):
    done = subprocess.run(["node", *args], cwd=ROOT, capture_output=True, text=True,
                          timeout=timeout, env={**os.environ, **(env or {})})
    return done.returncode, done.stdout + done.stderr


def is_served(url):
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status == 200
    except urllib.error.HTTPError:
        return False


class Front:
    """Where the pages are: Tocsin itself, or ui/dev.mjs before one that has none."""

    def __init__(self, origin):
        self.url, self.server = origin, None
        if not is_served(origin + "/"):
            port = harness.free_port()
            self.url = f"http://127.0.0.1:{port}"
            self.server = subprocess.Popen(["node", os.path.join(ROOT, "ui/dev.mjs"),
                                            str(port), origin])
            harness.wait_until("ui/dev.mjs", self.answers)

    def answers(self):
        try:
            return is_served(self.url + "/")
        except urllib.error.URLError:
            return False

    def stop(self):
        if self.server:
            self.server.terminate()
            self.server.wait()


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


class InChromium(unittest.TestCase):
    def test_pages(self):
        tocsin = harness.Tocsin(BUILD)
        tocsin.start()
        try:
            self.run_over(tocsin)
        finally:
            tocsin.stop()

    def run_over(self, tocsin):
        url = f"http://127.0.0.1:{tocsin.port}"
        code, said = node(os.path.join(TESTS, "seed.mjs"), url, tocsin.token())
        self.assertEqual(code, 0, said)
        front = Front(url)
        try:
            self.look(front.url, tocsin.token())
        finally:
            front.stop()

    def look(self, url, token):
        code, said = node("--test", "--test-concurrency=1", *[os.path.join(TESTS, f) for f in
                          ("pages.test.mjs", "use.test.mjs")],
                          env={"TOCSIN_URL": url, "TOCSIN_TOKEN": token,
                               "TOCSIN_SHOTS": os.path.join(BUILD, "ui-shots")})
        self.assertEqual(code, 0, said)


if __name__ == "__main__":
    BUILD = peers.build_directory()
    peers.main()
