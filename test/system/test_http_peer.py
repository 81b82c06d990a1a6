# test_http_peer.py -- HTTPS by the real transport: certificates, handshakes, names.
"""/usr/bin/python3 test/system/test_http_peer.py BUILD_DIR

The last class needs to be root: it runs in name spaces of its own, where the only
name server never answers."""
import http.server
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import unittest
import warnings

import peers

SECRET = "S3CRET"


class Hook(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


class Quiet(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # a handshake that failed is what some tests are about


class Raw:
    """A server that is a function of each connection; counts what it read."""

    def __init__(self, serve):
        self.heard, self.serve = b"", serve
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                try:
                    self.serve(self, connection)
                except OSError:
                    pass

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class HttpsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = peers.Directory("tocsin-https-")
        cls.addClassCleanup(cls.directory.remove)
        cls.authority = peers.Authority(cls.directory)
        cls.good = cls.authority.certificate("good")

    def serve(self, pair, tune=None):
        server = Quiet(("127.0.0.1", 0), Hook)
        server.got = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        if tune:
            tune(context)
        server.socket = context.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def raw(self, serve):
        server = Raw(serve)
        self.addCleanup(server.stop)
        return server

    def send(self, port, host="localhost", **options):
        return TOOL("http", url=f"https://{host}:{port}/hook?token={SECRET}", body=SECRET,
                    **{"ca": self.authority.ca, "timeout_ms": 5000, **options})

    def refused(self, server, outcome="tls", **options):
        """Nothing may have been sent, and the error must not tell the URL."""
        answer, = self.send(getattr(server, "port", None) or server.server_port, **options)
        self.assertEqual((answer["outcome"], answer["status"]), (outcome, 0), answer)
        self.assertNotIn(SECRET, answer["error"])
        self.assertFalse(getattr(server, "got", []))
        return answer["error"]

    def test_fine(self):
        server = self.serve(self.good)
        answers = self.send(server.server_port, times=3)
        self.assertEqual([a["status"] for a in answers], [200] * 3, answers)
        self.assertEqual([a["reused"] for a in answers], [False, True, True])
        self.assertGreater(answers[0]["tls_us"], answers[0]["connect_us"])
        self.assertEqual(server.got, [(f"/hook?token={SECRET}", SECRET.encode())] * 3)

    def test_by_address(self):
        server = self.serve(self.good)
        self.assertEqual(self.send(server.server_port, host="127.0.0.1")[0]["status"], 200)

    def test_unknown_authority(self):
        server = self.serve(self.good)
        other = peers.Authority(self.directory, "other")
        self.assertIn("certificate", self.refused(server, ca=other.ca))
        self.assertIn("certificate", self.refused(server, ca=""))

    def test_authority_file_missing(self):
        server = self.serve(self.good)
        self.refused(server, ca=self.directory.file("missing.pem"))
        self.refused(server, ca=self.directory.file("empty.pem", ""))

    @unittest.skipUnless(os.geteuid() == 0, "needs root, for a name space of its own")
    def test_own_authority_is_the_only_one(self):
        """A CA of one's own stands in for the system's, its directory included."""
        server = self.serve(self.good)
        system = self.directory.file("system")
        os.makedirs(system)
        digest = subprocess.run(["openssl", "x509", "-hash", "-noout", "-in", self.authority.ca],
                                check=True, capture_output=True, text=True).stdout.strip()
        for name in (digest + ".0", "ca-certificates.crt"):
            shutil.copy(self.authority.ca, os.path.join(system, name))
        other = peers.Authority(self.directory, "third")
        command = ["unshare", "-m", "sh", "-c",
                   'mount --bind "$0" /etc/ssl/certs && exec "$@"', system, TOOL.path, "http",
                   "--url", f"https://localhost:{server.server_port}/", "--body", "x"]
        for extra, outcome in (([], "answered"), (["--ca", other.ca], "tls")):
            done = subprocess.run(command + extra, capture_output=True, text=True)
            self.assertIn(f'"outcome":"{outcome}"', done.stdout, done.stderr)

    def test_self_signed(self):
        key, pem = self.directory.file("self.key"), self.directory.file("self.pem")
        peers.Authority.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                                "-subj", "/CN=localhost", "-keyout", key, "-out", pem)
        self.refused(self.serve((pem, key)))

    def test_another_name(self):
        server = self.serve(self.authority.certificate("other-name", "DNS:other.test"))
        self.refused(server)
        self.refused(server, host="127.0.0.1")

    def test_expired(self):
        server = self.serve(self.authority.certificate("expired", days="-1"))
        self.assertIn("expired", self.refused(server))

    def test_old_tls_only(self):
        def old(context):
            warnings.simplefilter("ignore", DeprecationWarning)
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        self.refused(self.serve(self.good, old))

    def test_tls_1_2(self):
        def tls12(context):
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        server = self.serve(self.good, tls12)
        self.assertEqual(self.send(server.server_port)[0]["status"], 200)

    def test_no_tls_there(self):
        def plain(server, connection):
            server.heard += connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        server = self.raw(plain)
        self.refused(server)
        self.assertNotIn(SECRET.encode(), server.heard)

    def test_handshake_stalls(self):
        def stall(server, connection):
            while True:
                piece = connection.recv(65536)
                if not piece:
                    return
                server.heard += piece
        server = self.raw(stall)
        self.refused(server, outcome="unreached", timeout_ms=700)
        self.assertNotIn(SECRET.encode(), server.heard)

    def test_handshake_ends(self):
        def end(server, connection):
            connection.recv(100)
            connection.sendall(b"\x16\x03\x03\x00\x7a\x02\x00")  # the first of a record
        self.refused(self.raw(end))

    def test_handshake_garbage(self):
        def garbage(server, connection):
            connection.recv(65536)
            connection.sendall(os.urandom(512))
        self.refused(self.raw(garbage))

    def test_redirect_is_not_followed(self):
        target = self.serve(self.good)
        port = target.server_port

        class Redirect(Hook):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(307)
                self.send_header("Location", f"https://localhost:{port}/")
                self.send_header("Content-Length", "0")
                self.end_headers()
        server = self.serve(self.good)
        server.RequestHandlerClass = Redirect
        answer, = self.send(server.server_port)
        self.assertEqual((answer["outcome"], answer["status"]), ("answered", 307), answer)
        self.assertEqual(target.got, [])


MUTE = """
import os, socket, subprocess, sys, time
os.environ.pop("LD_PRELOAD", None)
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
mute = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
mute.bind(("127.0.0.1", 53))
subprocess.run(["mount", "--bind", sys.argv[1], "/etc/resolv.conf"], check=True)
began = time.monotonic()
done = subprocess.run(sys.argv[2:], capture_output=True, text=True)
print(done.stdout.strip())
print(f"{time.monotonic() - began:.3f} {done.returncode} {done.stderr[-500:]!r}")
mute.settimeout(0.01)
try:
    mute.recv(512)
    print("asked")
except OSError:
    print("not asked")
"""


@unittest.skipUnless(os.geteuid() == 0, "needs root, for name spaces of its own")
class MuteNameServer(unittest.TestCase):
    def run_mute(self, command):
        directory = peers.Directory("tocsin-mute-")
        self.addCleanup(directory.remove)
        resolv = directory.file("resolv.conf",
                                "nameserver 127.0.0.1\noptions timeout:20 attempts:1\n")
        done = subprocess.run(["unshare", "-n", "-m", sys.executable, "-c", MUTE, resolv,
                               *command], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()

    def test_does_not_hold_up_the_loop(self):
        """The look-up takes 20 s; the request ends when its time is up, the process too."""
        answer, took, asked = self.run_mute(
            [TOOL.path, "http", "--url", "http://name.test/", "--body", "x",
             "--timeout-ms", "500"])
        self.assertIn('"outcome":"unreached"', answer)
        self.assertEqual(asked, "asked")
        self.assertLess(float(took.split()[0]), 10, took)


if __name__ == "__main__":
    TOOL = peers.Tool(peers.build_directory())
    peers.main()
