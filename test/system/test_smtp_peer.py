# test_smtp_peer.py -- mail by the real transport to a real SMTP server (aiosmtpd).
"""/usr/bin/python3 test/system/test_smtp_peer.py BUILD_DIR"""
import email
import email.policy
import ssl
import unittest

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

import peers

USER, PASSWORD = "tocsin", "correct horse battery"


class Mailbox:
    """What the server took in, and what it refused."""

    def __init__(self):
        self.messages, self.peers, self.helos = [], [], []
        self.sessions = set()
        self.logins = []

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such user here"
        if address.startswith("busy"):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        if b"X-Refuse-Me" in envelope.content:
            return "554 5.7.1 no such message here"
        self.messages.append(envelope)
        self.helos.append(session.host_name)
        self.sessions.add(id(session))
        return "250 2.0.0 queued as 4711"

    def authenticate(self, server, session, envelope, mechanism, login):
        good = login.login == USER.encode() and login.password == PASSWORD.encode()
        self.logins.append((mechanism, good, session.ssl is not None))
        return AuthResult(success=good, handled=False)


class Server(Controller):
    """aiosmtpd on a free port; `wrapped`: TLS from the first byte."""

    def __init__(self, mailbox, context=None, wrapped=None, **settings):
        self.mailbox, self.context, self.settings = mailbox, context, settings
        super().__init__(mailbox, hostname="127.0.0.1", port=peers.free_port(),
                         ssl_context=wrapped)

    def factory(self):
        return SMTP(self.handler, hostname="mx.test", tls_context=self.context,
                    authenticator=self.mailbox.authenticate, **self.settings)


def context_of(pair):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    return context


MESSAGE = ("From: =?UTF-8?Q?T=C3=B6csin?= <tocsin@probe.test>\r\n"
           "To: ops@example.test\r\n"
           "Subject: =?UTF-8?Q?disk_full_=E2=86=92_node3?=\r\n"
           "MIME-Version: 1.0\r\n"
           "Content-Type: text/plain; charset=utf-8\r\n"
           "Content-Transfer-Encoding: quoted-printable\r\n"
           "\r\n"
           ".a line that begins with a dot\r\n"
           "..and one with two\r\n"
           ".\r\n"
           "gr=C3=BC=C3=9Fe\r\n")
TEXT = ".a line that begins with a dot\r\n..and one with two\r\n.\r\ngr\u00fc\u00dfe\r\n"


class MailTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = peers.Directory("tocsin-smtp-")
        cls.authority = peers.Authority(cls.directory)
        cls.good = context_of(cls.authority.certificate("good"))
        cls.message = cls.directory.file("message", None)
        with open(cls.message, "w", newline="") as f:
            f.write(MESSAGE)

    @classmethod
    def tearDownClass(cls):
        cls.directory.remove()

    def serve(self, **settings):
        mailbox = Mailbox()
        server = Server(mailbox, **settings)
        server.start()
        self.addCleanup(server.stop)
        return mailbox, server.port

    def send(self, port, *lists, **options):
        with_defaults = {"host": "localhost", "port": port, "security": "starttls",
                         "helo": "probe.test", "from": "tocsin@probe.test",
                         "ca": self.authority.ca, "body": "@" + self.message, **options}
        return TOOL("mail", *(lists or [("to", "ops@example.test")]), **with_defaults)

    def look(self, port, **options):
        """Without a recipient: a look at the server, and no mail."""
        return TOOL("mail", **{"host": "localhost", "port": port, "security": "starttls",
                               "helo": "probe.test", "ca": self.authority.ca, **options})[0]

    def check_message(self, envelope):
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.assertEqual(parsed["Subject"], "disk full \u2192 node3")
        self.assertEqual(parsed["From"].addresses[0].display_name, "T\u00f6csin")
        self.assertEqual(parsed.get_content(), TEXT)

    def test_starttls_with_login(self):
        mailbox, port = self.serve(context=self.good, require_starttls=True,
                                   auth_required=True)
        answer, = self.send(port, user=USER, password=PASSWORD)
        self.assertEqual((answer["outcome"], answer["status"], answer["written"]),
                         ("answered", 250, 1), answer)
        self.assertEqual(answer["body"], "250 2.0.0 queued as 4711")
        self.assertEqual(mailbox.logins[-1][1:], (True, True))
        envelope, = mailbox.messages
        self.assertEqual(envelope.mail_from, "tocsin@probe.test")
        self.assertEqual(envelope.rcpt_tos, ["ops@example.test"])
        self.assertEqual(mailbox.helos, ["probe.test"])
        self.assertIn(f"SIZE={len(MESSAGE)}", envelope.mail_options)
        self.assertGreater(answer["tls_us"] + answer["connect_us"], 0)
        self.check_message(envelope)

    def test_implicit_tls(self):
        mailbox, port = self.serve(wrapped=self.good, auth_require_tls=False)
        answer, = self.send(port, security="tls", user=USER, password=PASSWORD)
        self.assertEqual((answer["outcome"], answer["status"]), ("answered", 250), answer)
        self.assertTrue(mailbox.logins[-1][1])
        self.check_message(mailbox.messages[0])

    def test_plain(self):
        mailbox, port = self.serve()
        answer, = self.send(port, security="plain")
        self.assertEqual((answer["outcome"], answer["written"]), ("answered", 1), answer)
        self.check_message(mailbox.messages[0])

    def test_plain_login_on_loopback(self):
        mailbox, port = self.serve(auth_require_tls=False)
        answer, = self.send(port, security="plain", user=USER, password=PASSWORD)
        self.assertEqual(answer["outcome"], "answered", answer)
        self.assertEqual(mailbox.logins[-1][1], True)

    def test_connection_is_used_again(self):
        mailbox, port = self.serve(context=self.good, auth_required=True)
        found = self.send(port, user=USER, password=PASSWORD, times=5)
        self.assertEqual([a["status"] for a in found], [250] * 5, found)
        self.assertEqual([a["reused"] for a in found], [False] + [True] * 4)
        self.assertEqual((len(mailbox.messages), len(mailbox.sessions)), (5, 1))

    def test_many_at_once(self):
        mailbox, port = self.serve(context=self.good)
        found = self.send(port, times=40, at_once=8)
        self.assertEqual([a["status"] for a in found], [250] * 40)
        self.assertEqual(len(mailbox.messages), 40)
        self.assertLessEqual(len(mailbox.sessions), 8)

    def test_one_of_three_refused(self):
        mailbox, port = self.serve(context=self.good)
        answer, = self.send(port, ("to", "a@example.test"), ("to", "nobody@example.test"),
                            ("to", "b@example.test"))
        self.assertEqual((answer["outcome"], answer["status"], answer["written"]),
                         ("answered", 250, 2), answer)
        self.assertIn("1 of 3 recipients refused", answer["error"])
        self.assertIn("nobody@example.test: 550 5.1.1 no such user here", answer["error"])
        self.assertEqual(mailbox.messages[0].rcpt_tos, ["a@example.test", "b@example.test"])

    def test_all_refused(self):
        mailbox, port = self.serve(context=self.good)
        answer, = self.send(port, ("to", "nobody@example.test"))
        self.assertEqual((answer["outcome"], answer["status"], answer["written"]),
                         ("answered", 550, 0), answer)
        self.assertEqual(answer["body"], "550 5.1.1 no such user here")
        self.assertEqual(mailbox.messages, [])

    def test_try_later_speaks_for_all(self):
        _, port = self.serve(context=self.good)
        for order in (["busy@example.test", "nobody@example.test"],
                      ["nobody@example.test", "busy@example.test"]):
            answer, = self.send(port, *[("to", a) for a in order])
            self.assertEqual((answer["status"], answer["written"]), (451, 0), answer)

    def test_message_refused(self):
        mailbox, port = self.serve(context=self.good)
        refused = self.directory.file("refused", "X-Refuse-Me: yes\n\nhello\n")
        answer, = self.send(port, body="@" + refused)
        self.assertEqual((answer["outcome"], answer["status"], answer["written"]),
                         ("answered", 554, 0), answer)

    def test_message_too_large_for_them(self):
        mailbox, port = self.serve(context=self.good, data_size_limit=100)
        answer, = self.send(port)
        self.assertEqual((answer["outcome"], answer["status"]), ("answered", 552), answer)
        self.assertEqual(mailbox.messages, [])

    def test_large_message(self):
        mailbox, port = self.serve(context=self.good)
        body = "Subject: large\n\n" + ".x" * 30 + "\n" + ("y" * 70 + "\n") * 60000
        answer, = self.send(port, body="@" + self.directory.file("large", body))
        self.assertEqual((answer["outcome"], answer["status"]), ("answered", 250), answer)
        self.assertEqual(mailbox.messages[0].content, body.replace("\n", "\r\n").encode())

    def test_bare_line_ends_hide_no_second_message(self):
        """SMTP smuggling: what some servers take for the end of a message."""
        for end in ("\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n.\r"):
            mailbox, port = self.serve()
            path = self.directory.file("smuggled")
            with open(path, "w", newline="") as f:
                f.write(f"Subject: one\r\n\r\nfirst{end}MAIL FROM:<evil@example.test>\r\n")
            answer, = self.send(port, security="plain", body="@" + path)
            self.assertEqual(answer["status"], 250, answer)
            self.assertEqual(len(mailbox.messages), 1)
            self.assertTrue(mailbox.messages[0].content.endswith(
                b"\r\n.\r\nMAIL FROM:<evil@example.test>\r\n"))

    def test_wrong_password(self):
        mailbox, port = self.serve(context=self.good, auth_required=True)
        answer, = self.send(port, user=USER, password="wrong")
        self.assertEqual((answer["outcome"], answer["status"]), ("answered", 535), answer)
        self.assertNotIn("wrong", answer["error"] + answer["body"])
        self.assertEqual(mailbox.messages, [])

    def test_login_required(self):
        mailbox, port = self.serve(context=self.good, auth_required=True)
        answer, = self.send(port)
        self.assertEqual((answer["outcome"], answer["status"]), ("answered", 530), answer)

    def test_look_at_the_server(self):
        mailbox, port = self.serve(context=self.good, require_starttls=True,
                                   auth_required=True)
        answer = self.look(port, user=USER, password=PASSWORD)
        self.assertEqual((answer["outcome"], answer["status"], answer["written"]),
                         ("answered", 235, 0), answer)
        self.assertEqual(mailbox.logins[-1][1:], (True, True))
        self.assertEqual(mailbox.messages, [])
        self.assertGreater(answer["tls_us"], 0)
        self.assertTrue(answer["peer"].endswith(f":{port}"), answer)

    def test_look_with_a_wrong_password(self):
        mailbox, port = self.serve(context=self.good, auth_required=True)
        self.send(port, user=USER, password=PASSWORD) # a line that waits must not hide it
        answer = self.look(port, user=USER, password="wrong")
        self.assertEqual((answer["outcome"], answer["status"]), ("answered", 535), answer)
        self.assertEqual(mailbox.logins[-1][1:], (False, True))
        self.assertNotIn("wrong", answer["error"] + answer["body"])

    def test_look_without_a_login(self):
        for settings, security in (({"context": self.good}, "starttls"), ({}, "plain"),
                                   ({"wrapped": self.good}, "tls")):
            mailbox, port = self.serve(**settings)
            answer = self.look(port, security=security)
            self.assertEqual((answer["outcome"], answer["status"]), ("answered", 250), answer)
            self.assertTrue(answer["body"].startswith("250-"), answer)
            self.assertEqual(mailbox.messages, [])

    def test_look_without_starttls(self):
        mailbox, port = self.serve(auth_require_tls=False)
        answer = self.look(port, user=USER, password=PASSWORD)
        self.assertEqual(answer["outcome"], "tls", answer)
        self.assertEqual(mailbox.logins, [])

    def no_clear_text(self, mailbox, port, outcome, **options):
        answer, = self.send(port, user=USER, password=PASSWORD, **options)
        self.assertEqual(answer["outcome"], outcome, answer)
        self.assertEqual((mailbox.messages, mailbox.logins), ([], []))
        self.assertNotIn(PASSWORD, answer["error"])
        return answer

    def test_starttls_not_offered(self):
        mailbox, port = self.serve(auth_require_tls=False)
        answer = self.no_clear_text(mailbox, port, "tls")
        self.assertIn("STARTTLS", answer["error"])

    def test_unknown_authority(self):
        mailbox, port = self.serve(context=self.good, auth_require_tls=False)
        other = peers.Authority(self.directory, "other")
        self.no_clear_text(mailbox, port, "tls", ca=other.ca)
        self.no_clear_text(mailbox, port, "tls", ca="")
        self.no_clear_text(mailbox, port, "tls", ca=self.directory.file("missing.pem"))

    def test_certificate_of_another_name(self):
        pair = self.authority.certificate("wrong-name", "DNS:other.test")
        mailbox, port = self.serve(context=context_of(pair), auth_require_tls=False)
        self.no_clear_text(mailbox, port, "tls")

    def test_expired_certificate(self):
        pair = self.authority.certificate("expired", days="-1")
        mailbox, port = self.serve(context=context_of(pair), auth_require_tls=False)
        answer = self.no_clear_text(mailbox, port, "tls")
        self.assertIn("expired", answer["error"])

    def test_tls_to_a_server_without(self):
        mailbox, port = self.serve(auth_require_tls=False)
        answer, = self.send(port, security="tls", user=USER, password=PASSWORD,
                            timeout_ms=2000)
        self.assertIn(answer["outcome"], ("tls", "unreached"), answer)
        self.assertEqual(mailbox.logins, [])

    def test_nobody_listens(self):
        answer, = self.send(peers.free_port())
        self.assertEqual(answer["outcome"], "unreached", answer)
        self.assertIn("refused", answer["error"])


if __name__ == "__main__":
    TOOL = peers.Tool(peers.build_directory())
    peers.main()
