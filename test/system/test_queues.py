# test_queues.py -- a queue paused from the command line: nothing goes out, also after a
# kill -9, and nothing is lost; and what a failed delivery says it sent and was told.
"""usage: test_queues.py BUILD"""
import http.server, json, os, shutil, subprocess, sys, tempfile, threading, unittest

import harness

BUILD = "build"
SECRET = "correct-horse-battery"
HUGE = 10 << 20  # bytes of an answer


class Hook(http.server.BaseHTTPRequestHandler):
    """Takes what comes, or refuses it with more bytes than anybody wants."""
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.told.append(json.loads(body))
        if self.server.refuses:
            self.refuse()
        else:
            self.send_response(204)
            self.end_headers()

    def refuse(self):
        said = (SECRET + "\0\x1b[2J\u202e</pre><script>").encode() + b"\xff\xfe"
        self.send_response(400)
        self.send_header("Content-Length", str(HUGE))
        self.send_header("Set-Cookie", "id=" + SECRET)
        self.end_headers()
        try:
            self.wfile.write(said + b"x" * (HUGE - len(said)))
        except OSError:
            self.close_connection = True  # nobody reads all of it

    def log_message(self, *_):
        pass


class Queues(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.mkdtemp(prefix="queues-")
        self.hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self.hook.told, self.hook.refuses = [], False
        threading.Thread(target=self.hook.serve_forever, daemon=True).start()
        self.server = harness.Tocsin(BUILD, os.path.join(self.work, "data"))
        os.makedirs(self.server.data, mode=0o700)
        self.server.start()
        self.ok(self.server.post("/api/v1/endpoints", {
            "name": "hook", "type": "webhook", "params": {
                "url": f"http://127.0.0.1:{self.hook.server_port}/{SECRET}",
                "username": "u", "password": SECRET, "allow_private": True}}))
        self.ok(self.server.post("/api/v1/recipients", {"name": "ops", "endpoint": "hook"}))

    def tearDown(self):
        self.server.stop()
        self.hook.shutdown()
        self.hook.server_close()
        shutil.rmtree(self.work)

    def ok(self, answer):
        self.assertIn(answer[0], (200, 201), answer)
        return answer[1]

    def tocsin(self, *words, status=0):
        done = subprocess.run([self.server.binary, *words, "--data", self.server.data, "--server",
                               f"http://127.0.0.1:{self.server.port}"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def alert(self, kind):
        return self.ok(self.server.post("/api/v1/alerts", {
            "type": kind, "severity": "error", "message": "m"}))["alerts"][0]["id"]

    def queue(self):
        return next(q for q in self.ok(self.server.get("/api/v1/queues"))["data"]
                    if q["recipient"] == "ops")

    def drained(self):
        return self.queue()["length"] == 0

    def test_a_kill_resumes_nothing(self):
        self.tocsin("queue", "pause", "ops", "--reason", "new certificates")
        self.alert("a")
        self.server.kill()
        self.server.start()
        self.alert("b")
        q = self.queue()
        self.assertEqual((q["length"], q["waits_for"]), (2, "resume"))
        self.assertEqual(q["pause"]["reason"], "new certificates")
        self.assertIn("new certificates", self.tocsin("queue", "list"))
        self.assertIn("paused by hand", self.tocsin("status"))
        self.assertEqual(self.hook.told, [])
        self.tocsin("queue", "resume", "ops")
        harness.wait_until("the queue drains", self.drained)
        self.assertEqual([t["type"] for t in self.told()], ["a", "b"])

    def told(self):
        """One by one, whether they came together or not."""
        return [a for body in self.hook.told for a in body.get("alerts", [body])]

    def test_an_endpoint_is_paused_for_a_while(self):
        self.tocsin("queue", "pause", "--endpoint", "hook", "--reason", "moving", "--for", "2s")
        self.alert("a")
        self.assertEqual(self.queue()["endpoint"]["pause"]["reason"], "moving")
        harness.wait_until("it goes on by itself", self.drained)
        self.assertIsNone(self.queue()["endpoint"]["pause"])
        self.tocsin("queue", "pause", "--endpoint", "hook", status=6)  # no reason
        self.tocsin("queue", "pause", "nobody", "--reason", "x", status=3)

    def test_what_was_said_is_shown(self):
        self.hook.refuses = True
        id = self.alert("a")
        harness.wait_until("it is dead", lambda: self.queue()["dead"] == 1)
        dead = self.ok(self.server.get("/api/v1/deliveries?state=dead"))["data"][0]["id"]
        shown = self.tocsin("delivery", "show", dead)
        self.assertTrue(dead.startswith(f"{id}."))
        for words in ("REQUEST of the last failed try", "POST", "Authorization: •••", "ANSWER",
                      "status: 400", "Set-Cookie: •••", "xxxx…"):
            self.assertIn(words, shown)
        for harm in (SECRET, "\0", "\x1b", "\u202e"):
            self.assertNotIn(harm, shown)
        self.assertLess(len(shown), 40000)
        self.hook.refuses = False
        self.tocsin("delivery", "retry", dead)
        harness.wait_until("it arrives", lambda: self.queue()["dead"] == 0 and self.drained())

    def test_what_waited_too_long_is_dropped_and_sent_after_all(self):
        self.tocsin("queue", "pause", "ops", "--reason", "moving")
        for kind in "ab":
            self.alert(kind)
        self.tocsin("queue", "drop", "ops", "--older-than", "6h", "--dry-run", status=3)
        self.tocsin("queue", "drop", "ops", "--older-than", "6h", status=3)
        later = "2999-01-01T00:00:00Z"
        said = self.tocsin("queue", "drop", "--endpoint", "hook", "--older-than", later, "--dry-run")
        self.assertIn("2 deliveries would not be sent", said)
        self.assertEqual(self.queue()["length"], 2)
        self.tocsin("queue", "drop", "--endpoint", "hook", "--older-than", later)
        self.server.kill()
        self.server.start()
        self.assertEqual((self.queue()["length"], self.queue()["dead"]), (0, 2))
        for d in self.ok(self.server.get("/api/v1/deliveries?state=dead&endpoint=hook"))["data"]:
            self.assertIn("cancelled by", d["reason"])
        line = self.ok(self.server.get("/api/v1/audit?limit=1"))["data"][0]
        self.assertEqual((line["what"], line["after"]["endpoint"], line["after"]["cancelled"]),
                         ("delivery.cancel", "hook", 2))
        self.tocsin("delivery", "retry", "--state", "dead", "--endpoint", "hook")
        self.tocsin("queue", "resume", "ops")
        harness.wait_until("they arrive", self.drained)
        self.assertEqual([t["type"] for t in self.told()], ["a", "b"])


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
