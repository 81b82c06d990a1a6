# test_summary.py -- what was held back together is told in one message, in a chat and in
# a mail: how many it stands for, through a kill, and all of its deliveries settle.
"""/usr/bin/python3 test/system/test_summary.py BUILD_DIR"""
import http.server, json, os, re, shutil, sys, tempfile, threading, unittest
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

import harness

BUILD = "build"
N = 12


class Hook(http.server.BaseHTTPRequestHandler):
    """A Mattermost webhook that may be down."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        down = self.server.down.is_set()
        if not down:
            self.server.told.append(body)
        self.send_response(502 if down else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


class Mailbox:
    """A mail server that may be down."""

    def __init__(self):
        self.mails, self.down = [], threading.Event()

    async def handle_DATA(self, _server, _session, envelope):
        if self.down.is_set():
            return "451 4.3.0 later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 2.0.0 taken"

    def different(self):
        """What a kill had sent twice has one Message-ID."""
        return list({m["Message-ID"]: m for m in self.mails}.values())


class Summary(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.mkdtemp(prefix="summary-")
        self.hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self.hook.told, self.hook.down = [], threading.Event()
        threading.Thread(target=self.hook.serve_forever, daemon=True).start()
        self.mailbox = Mailbox()
        self.smtp = Controller(self.mailbox, hostname="127.0.0.1",
                               port=harness.free_port())
        self.smtp.start()
        self.server = harness.Tocsin(BUILD, os.path.join(self.work, "data"))
        os.makedirs(self.server.data, mode=0o700)
        self.server.start()

    def tearDown(self):
        self.server.stop()
        self.smtp.stop()
        self.hook.shutdown()
        self.hook.server_close()
        shutil.rmtree(self.work)

    def ok(self, answer):
        self.assertIn(answer[0], (200, 201), answer)
        return answer[1]

    def recipients(self, **pace):
        for name, type, params, to in (
                ("chat", "mattermost",
                 {"url": f"http://127.0.0.1:{self.hook.server_port}/hooks/x"}, {}),
                ("mail", "email",
                 {"smtp_server": "127.0.0.1", "smtp_port": self.smtp.port,
                  "security": "none", "email_sender": "tocsin@example.net"},
                 {"email_recipient": "noc@example.net"})):
            self.ok(self.server.post("/api/v1/endpoints", {
                "name": name, "type": type, "params": params}))
            self.ok(self.server.post("/api/v1/recipients", {
                "name": name, "endpoint": name, "params": to, **pace}))

    def let_go(self, **pace):
        for name in ("chat", "mail"):
            self.ok(self.server.call("PATCH", f"/api/v1/recipients/{name}", pace))

    def scans(self, first, n):
        for i in range(first, first + n):
            self.ok(self.server.post("/api/v1/alerts", {
                "type": "syn_scan", "entity": "host", "entity_value": f"10.0.0.{i}",
                "action": "store", "severity": "error" if i == 5 else "warning",
                "message": f"scan of 10.0.0.{i}"}))

    def down(self, down):
        for far in (self.hook, self.mailbox):
            far.down.set() if down else far.down.clear()

    def sums(self):
        return self.server.conservation()

    def settled(self):
        harness.wait_until("all is settled",
                           lambda: self.sums()["pending"] + self.sums()["held"] == 0)
        n = self.sums()
        self.assertEqual((n["held"], n["dead"]), (0, 0))
        self.assertEqual(n["accepted"], n["delivered"] + n["withheld"])

    def chat_says(self, *words):
        texts = [json.dumps(b, ensure_ascii=False) for b in self.hook.told]
        self.assertTrue(any(all(w in t for w in words) for t in texts), (words, texts))

    def mail_says(self, *words):
        texts = [m["Subject"] + "\n" + m.get_body(("plain",)).get_content()
                 for m in self.mailbox.mails]
        self.assertTrue(any(all(w in t for w in words) for t in texts), (words, texts))

    def test_quiet_hours_are_told_in_one_after_a_kill(self):
        self.recipients(quiet_hours="daily")
        self.scans(1, N)
        self.assertEqual(self.sums()["held"], 2 * N)
        self.server.kill()  # held is held
        self.server.start()
        self.assertEqual(self.sums()["held"], 2 * N)
        self.down(True)
        self.let_go(quiet_hours=None)
        harness.wait_until("nothing is held", lambda: self.sums()["held"] == 0)
        self.assertEqual(self.sums()["pending"], 2 * N)
        self.server.kill()  # freed, and not told yet
        self.down(False)
        self.server.start()
        self.settled()
        # What was on its way when it was killed may be told twice, never in parts.
        self.assertIn(len(self.hook.told), (1, 2))
        self.assertEqual(len(self.mailbox.different()), 1)
        for said in self.hook.told:
            self.assertIn(f"{N} alerts", json.dumps(said))
        self.chat_says(f"Quiet hours: {N} alerts, worst: Error", "10.0.0.5")
        self.mail_says(f"{N} alerts", "10.0.0.5")

    def test_a_storm_is_told_in_one(self):
        self.recipients(storm_limit=2, storm_window="10s")
        self.scans(1, N)
        self.assertEqual(self.sums()["held"], 2 * (N - 2))
        self.server.kill()
        self.server.start()
        self.settled()
        mails = self.mailbox.different()
        said = [int(n) for m in mails
                for n in re.findall(r"(\d+) alerts", m["Subject"])]
        self.assertEqual(sum(said) + sum("alerts" not in m["Subject"] for m in mails), N)
        self.chat_says(f"Storm: {N - 2} alerts")
        self.mail_says(f"{N - 2} alerts")


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
