#!/usr/bin/env python3
# test_login.py -- people and tokens at the door of the real program.
"""test_login.py BUILD_DIR"""
import base64, hashlib, hmac, http.client, json, re, shutil, struct, sys, time
import unittest

from harness import Tocsin

PASSWORD = "correct horse battery"


def totp(secret, step=0):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + step),
                      hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


class Browser:
    """Has a cookie and what a page of ours sends with each change."""

    def __init__(self, server):
        self.server, self.cookie, self.csrf = server, None, None

    def ask(self, method, path, body=None, headers=None, csrf=True):
        c = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        h = {"Sec-Fetch-Site": "same-origin"}
        if self.cookie:
            h["Cookie"] = self.cookie
        if self.csrf and csrf:
            h["X-Tocsin-CSRF"] = self.csrf
        h.update(headers or {})
        data = None if body is None else json.dumps(body)
        if data is not None:
            h["Content-Type"] = "application/json"
        c.request(method, "/api/v1" + path, data, h)
        answer = c.getresponse()
        text = answer.read()
        if answer.getheader("Set-Cookie"):
            self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        c.close()
        parsed = json.loads(text) if text[:1] in (b"{", b"[") else {}
        if isinstance(parsed.get("data"), dict) and "csrf" in parsed["data"]:
            self.csrf = parsed["data"]["csrf"]
        return answer.status, parsed, dict(answer.getheaders())

    def login(self, user, password=PASSWORD, **more):
        return self.ask("POST", "/login", {"user": user, "password": password, **more})


class Login(unittest.TestCase):
    def setUp(self):
        self.server = Tocsin(BUILD).start()
        self.addCleanup(shutil.rmtree, self.server.data, True)
        self.addCleanup(self.server.kill)
        token = re.search(r"/setup#(\S+)", self.server.log_text()).group(1)
        self.maya = Browser(self.server)
        status, _, _ = self.maya.ask("POST", "/setup", {
            "token": token, "user": "maya", "password": PASSWORD})
        self.assertEqual(status, 201)

    def user(self, name, role):
        status, _, _ = self.maya.ask("POST", "/users", {
            "name": name, "role": role, "password": PASSWORD})
        self.assertEqual(status, 201)
        browser = Browser(self.server)
        self.assertEqual(browser.login(name)[0], 200)
        return browser

    def test_a_restart_ends_no_session_and_opens_no_setup(self):
        self.server.stop()
        self.server.start()
        self.assertEqual(self.maya.ask("GET", "/me")[1]["data"]["name"], "maya")
        self.assertFalse(self.maya.ask("GET", "/setup")[1]["needed"])

    def test_wrong_passwords_are_slowed(self):
        stranger = Browser(self.server)
        answers = [stranger.login("maya", "wrong password")[0] for _ in range(7)]
        self.assertEqual(answers, [401] * 6 + [429])
        status, _, headers = stranger.login("maya")
        self.assertEqual(status, 429)
        self.assertIn("Retry-After", headers)

    def test_what_another_site_sends_is_refused(self):
        body = {"name": "eve", "role": "admin", "password": PASSWORD}
        for headers, csrf in (({}, False), ({"Sec-Fetch-Site": "cross-site"}, True),
                              ({"Origin": "http://evil.example"}, True),
                              ({"X-Tocsin-CSRF": "1"}, True)):
            status, problem, _ = self.maya.ask("POST", "/users", body, headers, csrf)
            self.assertEqual((status, problem["type"].rsplit("/", 1)[1]), (403, "csrf"))

    def test_roles(self):
        viewer, editor = self.user("vera", "viewer"), self.user("edda", "editor")
        pool = {"name": "lab", "members": ["192.0.2.0/24"]}
        self.assertEqual(viewer.ask("GET", "/pools")[0], 200)
        self.assertEqual(viewer.ask("POST", "/pools", pool)[0], 403)
        self.assertEqual(editor.ask("POST", "/pools", pool)[0], 201)
        self.assertEqual(editor.ask("PATCH", "/settings", {"audit_days": 9})[0], 403)
        self.assertEqual(editor.ask("GET", "/audit")[0], 403)
        status, _, _ = self.maya.ask("PATCH", "/users/edda", {"enabled": False})
        self.assertEqual(status, 200)
        self.assertEqual(editor.ask("GET", "/me")[0], 401)
        status, log, _ = self.maya.ask("GET", "/audit")
        self.assertIn(("user.change", "edda", "user maya"),
                      [(r["what"], r["object"], r["who"]) for r in log["data"]])
        self.assertTrue(self.maya.ask("GET", "/audit/check")[1]["whole"])

    def test_one_time_passwords(self):
        _, begun, _ = self.maya.ask("POST", "/me/totp", {"password": PASSWORD})
        secret = begun["data"]["secret"]
        status, _, _ = self.maya.ask("POST", "/me/totp/confirm", {"code": totp(secret)})
        self.assertEqual(status, 200)
        again = Browser(self.server)
        status, problem, _ = again.login("maya")
        self.assertEqual((status, problem["type"].rsplit("/", 1)[1]), (401, "totp-needed"))
        self.assertEqual(again.login("maya", totp=totp(secret, 1))[0], 200)
        self.assertEqual(again.login("maya", totp=totp(secret, 1))[0], 401)

    def listen(self, headers=None):
        c = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        c.request("GET", "/api/v1/events?topics=alerts", headers={
            "Cookie": self.maya.cookie, **(headers or {})})
        self.addCleanup(c.close)
        return c, c.getresponse()

    def hear(self, answer, count):
        ids, messages = [], []
        while len(messages) < count:
            line = answer.readline().decode().rstrip("\n")
            if line.startswith("id: "):
                ids.append(line[4:])
            if line.startswith("data: ") and "message" in line:
                messages.append(json.loads(line[6:])["message"])
        return ids, messages

    def send(self, message):
        status, _ = self.server.post("/api/v1/alerts", [{
            "entity": "host", "entity_value": "192.0.2.1", "type": "t",
            "action": "store", "message": message}])
        self.assertEqual(status, 200)

    def test_events_are_heard_and_replayed(self):
        connection, answer = self.listen()
        self.send("one")
        ids, messages = self.hear(answer, 1)
        self.assertEqual(messages, ["one"])
        answer.close()
        connection.close()
        self.send("two")
        self.send("three")
        _, answer = self.listen({"Last-Event-ID": ids[-1]})
        self.assertEqual(self.hear(answer, 2)[1], ["two", "three"])

    def test_hostile_headers(self):
        for headers in ({"Cookie": "tocsin-session=" + "x" * 3000},
                        {"Cookie": self.maya.cookie + "; " + self.maya.cookie},
                        {"Cookie": "__Host-" + self.maya.cookie},
                        {"Authorization": "Bearer tcn_" + "0" * 36},
                        {"Authorization": "Bearer "}):
            stranger = Browser(self.server)
            status, _, answered = stranger.ask("GET", "/me", headers=headers)
            self.assertEqual(status, 401, headers)
            self.assertEqual(answered["Cache-Control"], "no-store")
        stranger = Browser(self.server)
        for forwarded in ("10.0.0.1", "127.0.0.1, 127.0.0.1", "x" * 500):
            status, problem, _ = stranger.ask(
                "POST", "/login", {"user": "maya", "password": PASSWORD},
                {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https"})
            self.assertEqual(status, 403)
            self.assertTrue(problem["type"].endswith("/https-needed"))


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    unittest.main(verbosity=2)
