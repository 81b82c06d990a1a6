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

    def changed(self, name, verb="PATCH", **what):
        answer = self.server.call(verb, f"/api/v1/recipients/{name}", what or None)
        self.assertIn(answer[0], (200, 204), answer)

    def decision(self, what, recipient):
        return next(d for d in what["decisions"] if d["recipient"] == recipient)

    def deliveries(self, alert_id):
        return sorted((d["recipient"], d["state"]) for d in self.ok(
            self.server.get(f"/api/v1/alerts/{alert_id}/deliveries"))["data"]
            if not d.get("update") and d["recipient"] != "alert_store_db")

    def kill_while_down(self, what):
        with self.bot.lock:
            self.bot.down = True
        said = what()
        self.server.kill()
        with self.bot.lock:
            self.bot.down = False
        self.server.start()
        return said

    def test_who_was_told_hears_how_it_goes_on_and_of_its_end(self):
        for name, chat in (("warnings", 3), ("edited", 4), ("off", 5), ("gone", 6)):
            self.recipient(name, chat, filter="severity=warning")
        self.recipient("notices", 7, filter="severity=notice")
        self.begin()
        for chat in (3, 4, 5, 6):
            self.until(chat, "Warning: ")
        self.settled()
        self.changed("edited", filter="type=another")
        self.changed("off", enabled=False)
        self.changed("gone", "DELETE")
        self.kill_while_down(lambda: self.say("error"))
        for chat in (1, 3, 4):
            self.until(chat, "Worse, now Error", "Worse, now Error")
        worse = self.ok(self.server.get(f"/api/v1/alerts/{self.id}/decisions?as_of=now"))
        self.assertEqual(worse["change"], "worsened")
        d = self.decision(worse, "warnings")
        self.assertEqual((d["outcome"], d["delivery_state"], d["because"]), (
            "deliver", "delivered", "was told of it, so hears that it got worse "
            "(filter: severity error, wanted severity=warning)"))
        would = {"type": "disk", "entity": "host", "entity_value": "10.0.0.1",
                 "severity": "notice", "action": "release", "message": "the disk is full"}
        asked = self.ok(self.server.post("/api/v1/explain", would))
        end = self.kill_while_down(lambda: self.say("notice", "release"))["alerts"][0]["id"]
        for chat in (1, 3, 4):
            self.until(chat, "Released", "now Error", "Released")
        for chat in (5, 6):
            self.until(chat, "Warning: ")
        self.until(7)
        self.settled()
        told = self.ok(self.server.get(f"/api/v1/alerts/{end}/decisions"))
        for decisions in (asked, told):
            for name, why in (("warnings", "filter: severity error, wanted severity=warning"),
                              ("edited", "filter: type disk, wanted type=another")):
                d = self.decision(decisions, name)
                self.assertEqual((d["outcome"], d["because"]), (
                    "deliver", f"was told of it, so hears of its end ({why})"))
            self.assertEqual(self.decision(decisions, "noc")["because"], "")
            self.assertEqual(self.decision(decisions, "off")["outcome"], "disabled")
            self.assertEqual(self.decision(decisions, "notices")["outcome"], "not_matched")
        self.assertEqual(self.deliveries(end), [
            (name, "delivered") for name in ("edited", "noc", "warnings")])
        self.server.kill()
        self.server.start()
        self.settled()
        self.until(3, "Released", "now Error", "Released")

    def test_a_replay_tells_what_gets_worse(self):
        self.recipient("warnings", 3, filter="severity=warning")
        self.recipient("errors", 2, minimum_severity="error")
        self.begin()
        for severity in ("error", "warning", "critical"):
            self.say(severity)
        self.say("warning", "release")
        self.until(3, "Released", "now Error", "now Critical", "Released")
        self.until(2, "Released", "now Critical", "Released")
        self.settled()
        harness.wait_until("the history has its end",
                           lambda: self.history()["state"] == "released")
        job = self.ok_job(self.server.post("/api/v1/replay", {}))
        said = {r["recipient"]: r for r in job["by_recipient"]}
        for name, engaged, worsened in (("noc", 1, 2), ("warnings", 1, 2), ("errors", 1, 1)):
            self.assertEqual([said[name][k] for k in ("engaged", "worsened", "released")],
                             [engaged, worsened, 1], name)
        self.assertEqual([job["differences"][k]["count"] for k in ("more", "less")], [0, 0])
        self.assertEqual(job["differences"]["compared"], 4)

    def ok_job(self, answer):
        self.assertEqual(answer[0], 202, answer)
        path = f"/api/v1/jobs/{answer[1]['data']['id']}"

        def ended():
            job = self.ok(self.server.get(path))["data"]
            return job if job["state"] not in ("running", "waiting") else None
        job = harness.wait_until("the replay", ended)
        self.assertEqual(job["state"], "done", job)
        return job["result"]


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
