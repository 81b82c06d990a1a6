# test_store.py -- the history as somebody uses it: asked, marked, copied while it
# runs, and brought back.
"""usage: test_store.py BUILD"""
import os, shutil, subprocess, sys, tempfile, unittest

import harness

BUILD = "build"


class Store(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.mkdtemp(prefix="store-")
        self.server = harness.Tocsin(BUILD, os.path.join(self.work, "data"))
        os.makedirs(self.server.data, mode=0o700)
        self.server.start()

    def tearDown(self):
        self.server.stop()
        shutil.rmtree(self.work)

    def tocsin(self, *words, status=0):
        done = subprocess.run(
            [self.server.binary, *words, "--data", self.server.data,
             "--server", f"http://127.0.0.1:{self.server.port}"],
            capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def send(self, count):
        alerts = "\n".join(f'{{"type":"disk","entity":"system","entity_value":"gw{i % 3}",'
                           f'"message":"m{i}"}}' for i in range(count))
        done = subprocess.run(
            [self.server.binary, "send", "-", "--data", self.server.data,
             "--server", f"http://127.0.0.1:{self.server.port}"],
            input=alerts, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        harness.wait_until("all of it is in the history", lambda: self.server.get(
            "/api/v1/alerts/facets")[1]["total"] >= count)

    def test_counts_and_marks(self):
        self.send(30)
        self.assertIn("30 alerts, 0 engaged, 0 acknowledged",
                      self.tocsin("alerts", "count", "--since", "1h"))
        top = self.tocsin("alerts", "top", "entity_value", "--limit", "2").splitlines()
        self.assertEqual([line.split()[:2] for line in top[1:]], [["gw0", "10"], ["gw1", "10"]])
        self.assertIn("30", self.tocsin("alerts", "histogram", "--bucket", "1d"))
        self.assertIn("10 alerts changed", self.tocsin(
            "alerts", "ack", "--filter", "entity_value=gw1", "--note", "known", "--until", "8h"))
        self.assertIn("10 acknowledged", self.tocsin("alerts", "count"))
        out = self.tocsin("alerts", "delete", "--filter", "entity_value=gw2")
        self.assertIn("10 alerts changed", out)
        self.tocsin("alerts", "list", "--entity_value", "gw2", status=3)
        self.assertIn("10 alerts changed", self.tocsin(
            "alerts", "undelete", "--deletion", out.split("--deletion ")[1].split()[0]))
        self.tocsin("alerts", "delete", status=6)

    def test_backup_and_restore(self):
        copy = os.path.join(self.work, "copy.db")
        self.send(30)
        self.assertIn("and sound", self.tocsin("store", "backup", copy))
        self.assertEqual(os.stat(copy).st_mode & 0o777, 0o600)
        self.assertIn("File exists", self.tocsin("store", "backup", copy, status=1))
        self.send(60)
        self.assertIn("alerts        90", self.tocsin("store", "stats"))
        self.assertIn("sound", self.tocsin("store", "verify"))
        self.assertIn("stop it first", self.tocsin("store", "restore", copy, status=1))
        self.server.stop()
        self.assertIn("the history is that of", self.tocsin("store", "restore", copy))
        self.assertIn("alerts        30", self.tocsin("store", "stats"))
        with open(copy, "r+b") as f:
            f.seek(8192 * 3)
            f.write(b"\xff" * 8192)
        self.tocsin("store", "restore", copy, status=1)
        self.assertIn("alerts        30", self.tocsin("store", "stats"))
        self.server.start()
        self.assertIn("30 alerts", self.tocsin("alerts", "count"))


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
