# test_store.py -- the history as somebody uses it: asked, marked, copied while it
# runs, and brought back.
"""usage: test_store.py BUILD"""
import os, re, shutil, socket, subprocess, sys, tempfile, threading, unittest
import urllib.parse

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

    def job(self, path):
        """What a job says at its end."""
        status, answer = self.server.post(path, None)
        self.assertEqual(status, 202, answer)
        where = f"/api/v1/jobs/{answer['data']['id']}"
        harness.wait_until("the job has ended", lambda: self.server.get(where)[1]
                           ["data"]["state"] != "running", 120)
        return self.server.get(where)[1]["data"]

    def test_backup_by_api_under_load(self):
        """Alerts go on being taken meanwhile; the copy is of one moment, and sound."""
        self.send(2000)
        ends, sent = threading.Event(), []

        def load():
            while not ends.is_set():
                sent.append(self.server.call(
                    "POST", "/api/v1/alerts", b'{"type":"disk","message":"m"}')[0])

        loader = threading.Thread(target=load)
        loader.start()
        try:
            ended = self.job("/api/v1/store/backups")
        finally:
            ends.set()
            loader.join()
        self.assertEqual(ended["state"], "done", ended)
        self.assertTrue(sent and set(sent) <= {200, 202}, set(sent))
        listed = self.server.get("/api/v1/store/backups")[1]["data"]
        self.assertEqual([b["name"] for b in listed], [ended["result"]["name"]])
        copy = os.path.join(self.server.data, "backups", listed[0]["name"])
        self.assertEqual(os.stat(copy).st_mode & 0o777, 0o600)
        self.assertIn("sound", self.tocsin("store", "verify", copy))
        self.assertEqual(self.job("/api/v1/store/verify")["state"], "done")
        harness.wait_until("all of it is in the history", lambda: self.server.get(
            "/api/v1/alerts/facets")[1]["total"] == 2000 + len(sent))
        self.server.stop()
        self.tocsin("store", "restore", copy)
        kept = int(self.tocsin("store", "stats").split("alerts")[1].split(",")[0])
        self.assertTrue(2000 <= kept <= 2000 + len(sent), kept)

    def cancelled(self):
        return int(re.search(r"^tocsin_questions_cancelled_total (\d+)$",
                             self.server.get("/metrics")[1], re.M).group(1))

    def waiting(self):
        return int(re.search(r"^tocsin_historian_jobs (\d+)$",
                             self.server.get("/metrics")[1], re.M).group(1))

    def test_questions_of_who_is_gone(self):
        """They are not asked to their end, and the one reader is there for others."""
        self.send(20000)
        path = "/api/v1/alerts/facets?filter=" + urllib.parse.quote(
            "message~x.*y or label.env=nowhere")
        self.assertEqual(self.server.get(path)[1]["total"], 0)
        self.assertEqual(self.cancelled(), 0)
        clients = [self.ask_only(path) for _ in range(8)]
        for client in clients:
            client.close()
        self.assertEqual(self.server.get("/api/v1/alerts/facets")[1]["total"], 20000)
        harness.wait_until("all are over", lambda: self.waiting() == 0)
        self.assertGreaterEqual(self.cancelled(), 7) # the first may have been quick

    def ask_only(self, path):
        client = socket.create_connection(("127.0.0.1", self.server.port))
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                       f"{self.server.token()}\r\n\r\n".encode())
        return client

    def test_nobody_names_a_path(self):
        for path in ("/api/v1/store/backups?file=/tmp/x", "/api/v1/store/backups/x"):
            self.assertIn(self.server.post(path, None)[0], (400, 404, 405))
        self.assertEqual(self.server.call("POST", "/api/v1/store/backups", None,
                                          token=False)[0], 401)

    def test_what_is_broken_is_said(self):
        """By the job, and by the command; a broken copy is not restored."""
        copy = os.path.join(self.work, "copy.db")
        self.send(3000)
        self.tocsin("store", "backup", copy)
        with open(copy, "r+b") as f:
            f.seek(8192 * 20)
            f.write(b"\xff" * 8192)
        self.assertIn("damaged", self.tocsin("store", "verify", copy, status=1))
        self.server.stop()
        self.assertIn("damaged", self.tocsin("store", "restore", copy, status=1))
        with open(os.path.join(self.server.data, "history.db"), "r+b") as f:
            f.seek(8192 * 20)
            f.write(b"\xff" * 8192)
        self.server.start()
        ended = self.job("/api/v1/store/verify")
        self.assertEqual(ended["state"], "failed", ended)
        self.assertIn("damaged", ended["error"])
        ended = self.job("/api/v1/store/backups")
        self.assertEqual(ended["state"], "failed", ended)
        self.assertEqual(self.server.get("/api/v1/store/backups")[1]["data"], [])


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
