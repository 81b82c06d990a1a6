# test_updates.py -- an engaged alert is acknowledged, not any more, and gets worse: what
# becomes of the message in a chat, of the history and of others, through kills.
"""usage: test_updates.py BUILD"""
import http.server, json, os, shutil, sys, tempfile, threading, unittest

import harness

BUILD = "build"
TOKEN = "123456789:AAE-fake_Token_of_35_characters_00000"


class Bot(http.server.BaseHTTPRequestHandler):
    """Telegram's Bot API as far as it is asked here: messages that are edited."""

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def refuse(self, status, why):
        self.answer(status, {"ok": False, "error_code": status, "description": why})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        chats, method = self.server.chats, self.path.rsplit("/", 1)[1]
        with self.server.lock:
            if self.server.down:
                self.refuse(502, "Bad Gateway")
                return
            messages = chats.setdefault(body["chat_id"], {})
            if method == "editMessageText":
                id = body["message_id"]
                if id not in messages:
                    return self.refuse(400, "Bad Request: message to edit not found")
                if messages[id]["text"] == body["text"]:
                    return self.refuse(400, "Bad Request: message is not modified")
            else:
                self.server.last += 1
                id = self.server.last
            messages[id] = {"text": body["text"],
                            "to": body.get("reply_parameters", {}).get("message_id")}
            self.answer(200, {"ok": True, "result": {
                "message_id": id, "chat": {"id": body["chat_id"]}, "date": 1}})

    def log_message(self, *_):
        pass


class Updates(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.mkdtemp(prefix="updates-")
        self.bot = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bot)
        self.bot.lock, self.bot.chats, self.bot.last = threading.Lock(), {}, 0
        self.bot.down = False
        threading.Thread(target=self.bot.serve_forever, daemon=True).start()
        self.server = harness.Tocsin(BUILD, os.path.join(self.work, "data"))
        os.makedirs(self.server.data, mode=0o700)
        self.server.start()
        self.ok(self.server.post("/api/v1/endpoints", {
            "name": "bot", "type": "telegram", "params": {
                "token": TOKEN, "allow_private": True,
                "api_url": f"http://127.0.0.1:{self.bot.server_port}"}}))
        self.recipient("noc", 1)

    def tearDown(self):
        self.server.stop()
        self.bot.shutdown()
        self.bot.server_close()
        shutil.rmtree(self.work)

    def ok(self, answer):
        self.assertIn(answer[0], (200, 201), answer)
        return answer[1]

    def recipient(self, name, chat, **more):
        self.ok(self.server.post("/api/v1/recipients", {
            "name": name, "endpoint": "bot", "params": {"chat_id": str(chat)}, **more}))

    def say(self, severity, action="engage"):
        return self.ok(self.server.post("/api/v1/alerts", {
            "type": "disk", "entity": "host", "entity_value": "10.0.0.1",
            "severity": severity, "action": action, "message": "the disk is full"}))

    def texts(self, chat):
        with self.bot.lock:
            return [m["text"] for m in self.bot.chats.get(chat, {}).values()]

    def until(self, chat, *want):
        """Each message of the chat, in order, holds its words, and no more come."""
        def there():
            got = self.texts(chat)
            return len(got) == len(want) and all(w in g for w, g in zip(want, got))
        try:
            harness.wait_until(str(want), there)
        except AssertionError as e:
            raise AssertionError(f"{e}; there is {self.texts(chat)}") from None

    def history(self):
        return self.ok(self.server.get("/api/v1/alerts?state=any"))["data"][0]

    def pending(self):
        return self.server.conservation()["pending"]

    def settled(self):
        harness.wait_until("all is settled", lambda: self.pending() == 0)
        n = self.server.conservation()
        self.assertEqual(n["accepted"], n["delivered"] + n["withheld"])

    def mark(self, what, **more):
        self.ok(self.server.post(f"/api/v1/alerts/{what}", {"ids": [self.id], **more}))

    def begin(self, severity="warning"):
        self.say(severity)
        self.until(1, "Warning: ")
        self.id = self.history()["id"]

    def test_an_acknowledgement_edits_the_message_after_a_kill(self):
        self.recipient("errors", 2, minimum_severity="error")
        self.begin()
        self.settled()
        with self.bot.lock:
            self.bot.down = True
        self.mark("ack", by="maya", note="ISP ticket 88")
        self.server.kill()
        with self.bot.lock:
            self.bot.down = False
        self.server.start()
        self.until(1, 'Acknowledged: \U0001f440 maya, ')
        self.assertIn('"ISP ticket 88"', self.texts(1)[0])
        harness.wait_until("the history has it", lambda: self.history().get("ack"))
        self.settled()
        self.mark("unack")
        harness.wait_until("it is taken back", lambda: "maya" not in self.texts(1)[0])
        self.settled()
        self.assertEqual(len(self.texts(1)), 1)
        self.assertEqual(self.texts(2), [])  # who was not told hears nothing

    def test_it_ends_by_its_time_and_with_the_alert(self):
        self.begin()
        self.mark("ack", by="maya", until="1s")
        self.until(1, "maya, ")
        harness.wait_until("its time is over", lambda: "maya" not in self.texts(1)[0])
        self.mark("ack", by="ugo")
        self.say("warning", "release")
        self.until(1, "Released", "Released")  # edited, and answered
        self.settled()

    def test_what_gets_worse_is_told_once(self):
        self.recipient("errors", 2, minimum_severity="error")
        self.begin()
        self.settled()
        self.assertEqual(self.texts(2), [])
        with self.bot.lock:
            self.bot.down = True
        self.say("error")
        self.server.kill()
        with self.bot.lock:
            self.bot.down = False
        self.server.start()
        self.until(1, "Worse, now Error", "Worse, now Error")
        self.until(2, "Error: ")
        self.settled()
        for severity in ("warning", "error", "warning", "error"):
            self.say(severity)
        self.assertEqual(self.history()["severity"], "error")
        self.assertEqual(self.history()["id"], self.id)
        self.say("critical")
        self.until(1, "Worse, now Critical", "now Error", "now Critical")
        self.until(2, "Worse, now Critical", "now Critical")
        self.say("warning", "release")
        self.until(1, "Released", "now Error", "now Critical", "Released")
        self.until(2, "Released", "now Critical", "Released")
        self.settled()
        self.assertEqual(self.history()["severity"], "critical")


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
