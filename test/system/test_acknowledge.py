# test_acknowledge.py -- alerts acknowledged from the command line and by the link in a
# message, over real HTTP, also after a kill; and what nobody acknowledges is escalated.
"""usage: test_acknowledge.py BUILD"""
import http.server, json, os, re, shutil, subprocess, sys, tempfile, threading, unittest
import urllib.error, urllib.request

import harness

BUILD = "build"


class Chat(http.server.BaseHTTPRequestHandler):
    """A Mattermost webhook: keeps what it was told, by path."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.told.append((self.path, json.dumps(json.loads(body), ensure_ascii=False)))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


class Acknowledge(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.mkdtemp(prefix="ack-")
        self.chat = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Chat)
        self.chat.told = []
        threading.Thread(target=self.chat.serve_forever, daemon=True).start()
        self.server = harness.Tocsin(BUILD, os.path.join(self.work, "data"))
        os.makedirs(self.server.data, mode=0o700)
        self.server.start()
        self.base = f"http://127.0.0.1:{self.server.port}"
        self.ok(self.server.call("PATCH", "/api/v1/settings", {"base_url": self.base}))

    def tearDown(self):
        self.server.stop()
        self.chat.shutdown()
        self.chat.server_close()
        shutil.rmtree(self.work)

    def ok(self, answer):
        self.assertIn(answer[0], (200, 201), answer)
        return answer[1]

    def recipients(self, after):
        for name, more in (("boss", {"minimum_severity": "emergency"}),
                           ("oncall", {"escalate_to": "boss", "escalate_after": after})):
            self.ok(self.server.post("/api/v1/endpoints", {
                "name": name, "type": "mattermost", "params": {
                    "url": f"http://127.0.0.1:{self.chat.server_port}/hooks/{name}"}}))
            self.ok(self.server.post("/api/v1/recipients",
                                     {"name": name, "endpoint": name, **more}))

    def tocsin(self, *words, status=0):
        done = subprocess.run([self.server.binary, *words, "--data", self.server.data,
                               "--server", self.base],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, f"{words}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def engage(self, host, action="engage"):
        answer = self.ok(self.server.post("/api/v1/alerts", {
            "type": "disk", "entity": "host", "entity_value": host, "severity": "error",
            "action": action, "message": "the disk of <b>it</b> is full"}))
        return answer["alerts"][0]["id"] if "alerts" in answer else answer["data"][0]["id"]

    def told(self, name):
        return [text for path, text in self.chat.told if path.endswith(name)]

    def link(self):
        harness.wait_until("oncall is told", lambda: self.told("oncall"))
        return re.search(re.escape(self.base) + r"(/l/[\w.-]+)", self.told("oncall")[0]).group(1)

    def visit(self, path, body=None, headers=None):
        request = urllib.request.Request(self.base + path, data=body, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode(), e.headers

    def engaged(self, **query):
        words = "&".join(f"{k}={v}" for k, v in {"state": "engaged", **query}.items())
        return self.ok(self.server.get("/api/v1/alerts?" + words))["data"]

    def held(self):
        return self.server.conservation()["held"]

    def test_by_command_line(self):
        self.recipients("10m")
        number = str(self.engage("10.0.0.1"))
        self.assertEqual(self.held(), 1)
        self.assertIn("1 of them are engaged", self.tocsin(
            "alerts", "ack", number, "-m", "ISP ticket 88", "--for", "2h", "--by", "maya"))
        self.assertEqual(self.held(), 0)
        self.server.kill()
        self.server.start()
        ack = self.engaged(acknowledged="true")[0]["ack"]
        self.assertEqual((ack["by"], ack["note"]), ("maya", "ISP ticket 88"))
        self.assertIsNotNone(ack["until"])
        self.assertIn(number, self.tocsin("alerts", "list", "--state", "acknowledged"))
        self.engage("10.0.0.1")  # a repeat changes nothing
        self.assertEqual(len(self.engaged(acknowledged="true")), 1)
        self.tocsin("alerts", "unack", number)
        self.assertEqual(self.engaged(acknowledged="true"), [])

    def test_by_link(self):
        self.recipients("10m")
        self.engage("10.0.0.1")
        path = self.link()
        for headers in ({}, {"Purpose": "prefetch"}, {"User-Agent": "Slackbot-LinkExpanding"}):
            status, page, headers = self.visit(path, headers=headers)
            self.assertEqual(status, 200)
            self.assertIn("&lt;b&gt;it&lt;/b&gt;", page)
            self.assertNotIn("<script", page)
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
            self.assertIn("noindex", headers["X-Robots-Tag"])
        self.assertEqual(self.engaged(acknowledged="true"), [])
        alert, recipient, until, signature = path[3:].split(".")
        for changed in (f"{int(alert) + 1}.{recipient}.{until}.{signature}",
                        f"{alert}.{int(recipient) + 1}.{until}.{signature}",
                        f"{alert}.{recipient}.{int(until) + 1}.{signature}",
                        f"0{alert}.{recipient}.{until}.{signature[:-1]}",
                        f"{alert}.{recipient}.{until}.{signature[::-1]}",
                        f"{alert}.{recipient}.{until}"):
            self.assertEqual(self.visit("/l/" + changed, b"note=x")[0], 403, changed)
        self.assertEqual(self.engaged(acknowledged="true"), [])
        self.server.kill()
        self.server.start()
        status, page, _ = self.visit(path, b"note=on+my+way")
        self.assertEqual((status, "Acknowledged" in page), (200, True))
        ack = self.engaged(acknowledged="true")[0]["ack"]
        self.assertEqual((ack["by"], ack["note"]), ("link of oncall", "on my way"))
        logged = [r for r in self.ok(self.server.get("/api/v1/audit"))["data"]
                  if r["what"] == "alert.ack"]
        self.assertEqual([(r["who"], r["object"]) for r in logged],
                         [("link of oncall", alert)])
        self.assertIn("on my way", json.dumps(logged[0]["after"]))
        self.assertIn('"oncall"', json.dumps(logged[0]["after"]).replace("\\", ""))
        self.assertIn("link of oncall", self.visit(path)[1])
        self.assertEqual(self.held(), 0)
        self.engage("10.0.0.1", "release")
        self.assertEqual(self.visit(path, b"")[0], 410)
        self.assertNotIn(signature, self.server.log_text())

    def test_nobody_acknowledges(self):
        self.recipients("1s")
        self.engage("10.0.0.1")
        harness.wait_until("boss is told", lambda: self.told("boss"))
        self.assertIn("not acknowledged by oncall within 1 s", self.told("boss")[0])
        self.engage("10.0.0.1", "release")
        harness.wait_until("boss is told of the end", lambda: len(self.told("boss")) == 2)
        sums = self.server.conservation()
        self.assertEqual(sums["held"], 0)
        self.assertEqual(sums["accepted"], sums["delivered"] + sums["pending"])


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
