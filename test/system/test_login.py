#!/usr/bin/env python3
# test_login.py -- people and tokens at the door of the real program.
"""test_login.py BUILD_DIR"""
import base64, hashlib, hmac, http.client, json, os, pty, re, shutil, struct
import subprocess, sys, termios, time, unittest

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

    # --- the command line --------------------------------------------------------

    def command(self, *words, stdin="", token=None):
        """(exit status, standard output, standard error)"""
        done = subprocess.run(self.words(words), input=stdin, text=True,
                              capture_output=True, timeout=60, env=self.env(token))
        return done.returncode, done.stdout, done.stderr

    def words(self, words):
        return [self.server.binary, *words, "--data", self.server.data, "--server",
                f"http://127.0.0.1:{self.server.port}"]

    def env(self, token=None):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TOCSIN_")}
        return {**kept, **({"TOCSIN_TOKEN": token} if token else {})}

    def logs_in(self, name, password=PASSWORD):
        return Browser(self.server).login(name, password)[0] == 200

    def test_users_on_the_command_line(self):
        add = ("user", "add", "vera", "--role")
        for words, stdin, status in (((*add, "boss"), PASSWORD, 2),
                                     ((*add, "viewer"), "", 1),
                                     ((*add, "viewer"), f"{PASSWORD}\n{PASSWORD}\n", 1),
                                     ((*add, "viewer"), "x" * 257, 1),
                                     ((*add, "viewer"), "short", 6),
                                     (("user", "passwd", "vera"), PASSWORD, 3)):
            self.assertEqual(self.command(*words, stdin=stdin)[0], status, (words, stdin))
        for given in (["--password", PASSWORD], ["--password=" + PASSWORD], ["--password"]):
            status, _, said = self.command(*add, "viewer", *given, stdin=PASSWORD)
            self.assertEqual(status, 2)
            self.assertIn("process list", said)
            self.assertNotIn(PASSWORD, said)
        self.assertEqual(self.command(*add, "viewer", stdin=PASSWORD + "\n"),
                         (0, "user vera added\n", ""))
        self.assertTrue(self.logs_in("vera"))
        _, listed, _ = self.command("user", "list", "-o", "json")
        self.assertEqual([(u["name"], u["role"]) for u in json.loads(listed)["data"]],
                         [("maya", "admin"), ("vera", "viewer")])

        self.assertEqual(self.command("user", "passwd", "vera", stdin="another long one")[0], 0)
        self.assertFalse(self.logs_in("vera"))
        self.assertTrue(self.logs_in("vera", "another long one"))
        self.assertEqual(self.command("user", "disable", "vera")[0], 0)
        self.assertFalse(self.logs_in("vera", "another long one"))
        self.assertEqual(self.command("user", "enable", "vera")[0], 0)
        self.assertTrue(self.logs_in("vera", "another long one"))
        self.assertEqual(self.command("user", "rm", "vera")[0], 2)
        self.assertEqual(self.command("user", "rm", "vera", "--yes")[0], 0)
        self.assertFalse(self.logs_in("vera", "another long one"))

    def typed(self, *answers):
        """Types each answer when it is asked for: (exit status, what was seen)."""
        ours, theirs = pty.openpty()
        p = subprocess.Popen(self.words(("user", "add", "tina", "--role", "editor")),
                             stdin=theirs, stdout=theirs, stderr=theirs,
                             env=self.env(), preexec_fn=lambda: os.login_tty(theirs))
        seen = b""
        for n, answer in enumerate(answers, 1):
            while seen.count(b"tina: ") < n:
                seen += os.read(ours, 4096)
            os.write(ours, answer.encode())
        status = p.wait(60)
        self.assertTrue(termios.tcgetattr(theirs)[3] & termios.ECHO, "left dark")
        os.close(theirs)
        try:
            while more := os.read(ours, 4096):
                seen += more
        except OSError:  # nobody has the other end open any more
            pass
        os.close(ours)
        return status, seen.decode()

    def test_a_password_is_typed_twice_and_unseen(self):
        for answers, status, said in (((PASSWORD + "\n", "not the same\n"), 1, "different"),
                                      ((PASSWORD + "\n", "\x03"), 1, "cancelled"),
                                      ((PASSWORD + "\n", PASSWORD + "\n"), 0, "added")):
            ended, seen = self.typed(*answers)
            self.assertEqual(ended, status, seen)
            self.assertIn(said, seen)
            self.assertNotIn(PASSWORD, seen)
        self.assertTrue(self.logs_in("tina"))

    def test_tokens_on_the_command_line(self):
        status, token, said = self.command("token", "add", "ci", "--scopes",
                                           "alerts:read, config:read", "--for", "90d")
        self.assertEqual(status, 0, said)
        self.assertRegex(token, r"\Atcn_\w+\n\Z")
        self.assertIn("not shown again", said)
        token = token.strip()
        _, listed, _ = self.command("token", "list", "-o", "json")
        self.assertNotIn(token, listed)
        shown, = json.loads(listed)["data"]
        self.assertEqual(shown["scopes"], ["alerts:read", "config:read"])
        days = (time.mktime(time.strptime(shown["expires"][:19], "%Y-%m-%dT%H:%M:%S"))
                - time.mktime(time.strptime(shown["created"][:19], "%Y-%m-%dT%H:%M:%S"))) / 86400
        self.assertEqual(round(days), 90)

        self.assertEqual(self.command("settings", "show", token=token)[0], 0)
        self.assertEqual(self.command("token", "list", token=token)[0], 4)
        for words, status in ((("add", "ci", "--scopes", "ingest"), 6),
                              (("add", "two", "--scopes", "everything"), 6),
                              (("add", "two"), 2), (("revoke", "two"), 3),
                              (("add", "two", "--scopes", "ingest", "--for", "ever"), 2)):
            self.assertEqual(self.command("token", *words)[0], status, words)
        self.assertEqual(self.command("token", "revoke", "ci"), (0, "token ci revoked\n", ""))
        self.assertEqual(self.command("settings", "show", token=token)[0], 4)


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    unittest.main(verbosity=2)
