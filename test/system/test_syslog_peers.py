# test_syslog_peers.py -- syslog by the real transport to rsyslog and syslog-ng.
"""/usr/bin/python3 test/system/test_syslog_peers.py BUILD_DIR

syslog-ng conflicts with rsyslog in apt, so its packages are downloaded and
unpacked into a cache (TOCSIN_PEERS, or ~/.cache/tocsin-peers), not installed."""
import glob
import json
import os
import shutil
import socket
import subprocess
import unittest

import peers

STAMP = "2020-11-23T14:20:56.000Z"


def frame(number, message, structured="-", priority=116):
    return f"<{priority}>1 {STAMP} probe1 tocsin 4242 A{number} {structured} {message}"


# What is sent, and how a receiver must have understood it.
STRUCTURED = r'[Checkmk@18662 sl="4" comment="say \"hi\" \] \\ (Interface)"][x@1 a="b"]'
CASES = [
    (frame(1, "Low goodput ratio"), "116", "A1", "-", "Low goodput ratio"),
    (frame(2, "gr\u00fc\u00dfe \u2192 node3"), "116", "A2", "-", "gr\u00fc\u00dfe \u2192 node3"),
    (frame(3, "with data", STRUCTURED), "116", "A3", STRUCTURED, "with data"),
    (frame(4, '{"a":"\\u00fc \\"b\\"","n":[1,2]}', priority=8), "8", "A4", "-",
     '{"a":"\\u00fc \\"b\\"","n":[1,2]}'),
    (frame(5, "x" * 7000), "116", "A5", "-", "x" * 7000),
    (frame(6, "100 begins like a length"), "116", "A6", "-", "100 begins like a length"),
]


class Receiver(unittest.TestCase):
    """What both have in common: send the cases, read what was written down."""

    @classmethod
    def setUpClass(cls):
        cls.directory = peers.Directory("tocsin-syslog-")
        cls.addClassCleanup(cls.directory.remove)
        cls.authority = peers.Authority(cls.directory)
        cls.out = cls.directory.file("out")
        cls.start()

    def records(self):
        """(priority, app, process, id, structured data, message) of each so far."""
        if not os.path.exists(self.out):
            return []
        with open(self.out, "rb") as f:
            lines = f.read().split(b"\n")[:-1]
        return [self.record(line.decode()) for line in lines]

    def check(self, cases=CASES, **options):
        before = len(self.records())
        answer = TOOL.one("syslog", *[("frame", c[0]) for c in cases],
                          host="localhost", **options)
        self.assertEqual((answer["outcome"], answer["written"], answer["error"]),
                         ("answered", len(cases), ""), answer)
        peers.wait_until(f"{len(cases)} messages written down",
                         lambda: len(self.records()) >= before + len(cases))
        want = [(c[1], STAMP, "probe1", "tocsin", "4242", *c[2:]) for c in cases]
        self.assertEqual(self.records()[before:], want)
        return answer

    def check_many(self, **options):
        before = len(self.records())
        count, times = 50, 40
        found = TOOL("syslog", *[("frame", frame(n, f"number {n}")) for n in range(count)],
                     host="localhost", times=times, at_once=4, **options)
        self.assertEqual([a["written"] for a in found], [count] * times)
        peers.wait_until("all of them written down",
                         lambda: len(self.records()) >= before + count * times, 30)
        got = [r[-1] for r in self.records()[before:]]
        self.assertEqual(got, [f"number {n}" for n in range(count)] * times)
        return found

    def check_not_trusted(self, port):
        before = len(self.records())
        other = peers.Authority(self.directory, "other")
        answer = TOOL.one("syslog", ("frame", CASES[0][0]), host="localhost", port=port,
                          transport="tls", ca=other.ca)
        self.assertEqual((answer["outcome"], answer["written"]), ("tls", 0), answer)
        answer = TOOL.one("syslog", ("frame", CASES[0][0]), host="127.0.0.1", port=port,
                          transport="tls", ca=self.authority.ca)
        self.assertEqual((answer["outcome"], answer["written"]), ("tls", 0), answer)
        self.assertEqual(len(self.records()), before)


RSYSLOG = """
global(workDirectory="{directory}" maxMessageSize="16k" {tls})
template(name="json" type="list" option.jsonf="on") {{
    property(outname="pri" name="pri" format="jsonf")
    property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
    property(outname="host" name="hostname" format="jsonf")
    property(outname="app" name="app-name" format="jsonf")
    property(outname="process" name="procid" format="jsonf")
    property(outname="id" name="msgid" format="jsonf")
    property(outname="data" name="structured-data" format="jsonf")
    property(outname="message" name="msg" format="jsonf")
}}
ruleset(name="write") {{ action(type="omfile" file="{out}" template="json") }}
{inputs}
"""
RSYSLOG_PLAIN = """
module(load="imudp") module(load="imtcp") module(load="imuxsock" SysSock.Use="off")
input(type="imudp" address="127.0.0.1" port="{udp}" ruleset="write")
input(type="imtcp" address="127.0.0.1" port="{tcp}" ruleset="write")
input(type="imuxsock" Socket="{local}" ruleset="write" useSpecialParser="off"
      parseHostname="on" ignoreTimestamp="off")
"""
RSYSLOG_TLS = """
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1"
       StreamDriver.AuthMode="anon")
input(type="imtcp" address="127.0.0.1" port="{tls}" ruleset="write")
"""
RSYSLOG_TLS_FILES = """defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="{ca}"
defaultNetstreamDriverCertFile="{pem}" defaultNetstreamDriverKeyFile="{key}" """


@unittest.skipUnless(shutil.which("rsyslogd") or os.path.exists("/usr/sbin/rsyslogd"),
                     "rsyslog is not installed (apt-get install rsyslog rsyslog-openssl)")
class Rsyslog(Receiver):
    @classmethod
    def rsyslogd(cls, name, inputs, tls=""):
        path = cls.directory.file(name + ".conf", RSYSLOG.format(
            directory=cls.directory.path, out=cls.out, inputs=inputs, tls=tls))
        server = peers.Process(["/usr/sbin/rsyslogd", "-n", "-f", path, "-i",
                                cls.directory.file(name + ".pid")],
                               cls.directory.file(name + ".log"))
        cls.addClassCleanup(server.stop)
        return server

    @classmethod
    def start(cls):
        cls.udp = peers.free_port(socket.SOCK_DGRAM)
        cls.tcp, cls.tls = peers.free_port(), peers.free_port()
        cls.local = cls.directory.file("log")
        pem, key = cls.authority.certificate("rsyslog", "DNS:localhost")
        plain = cls.rsyslogd("plain", RSYSLOG_PLAIN.format(udp=cls.udp, tcp=cls.tcp,
                                                           local=cls.local))
        plain.wait_for([cls.tcp])
        peers.wait_until("the local socket is there", lambda: os.path.exists(cls.local))
        secure = cls.rsyslogd("tls", RSYSLOG_TLS.format(tls=cls.tls),
                              RSYSLOG_TLS_FILES.format(ca=cls.authority.ca, pem=pem, key=key))
        secure.wait_for([cls.tls])

    @staticmethod
    def record(line):
        r = json.loads(line)
        time = r["time"].replace("+00:00", "Z")
        message = r["message"].removeprefix(" ")  # of what is no RFC 5424
        return (r["pri"], time, r["host"], r["app"], r["process"], r["id"], r["data"], message)

    def test_udp(self):
        self.check(transport="udp", port=self.udp)

    def test_tcp_octet_counting(self):
        self.check(transport="tcp", port=self.tcp, framing="octet")

    def test_tcp_lines(self):
        self.check(transport="tcp", port=self.tcp, framing="lf")

    def test_tls(self):
        answer = self.check(transport="tls", port=self.tls, ca=self.authority.ca)
        self.assertGreater(answer["tls_us"], 0)

    def test_tls_not_trusted(self):
        self.check_not_trusted(self.tls)

    def test_local(self):
        before = len(self.records())
        answer = TOOL.one("syslog", ("frame", "<14>Nov 23 14:20:56 tocsin[4242]: disk full"),
                          ("frame", CASES[2][0]), transport="local", host=self.local)
        self.assertEqual((answer["outcome"], answer["written"]), ("answered", 2), answer)
        peers.wait_until("both written down", lambda: len(self.records()) >= before + 2)
        first, second = self.records()[before:]
        self.assertEqual((first[0], first[3], first[4], first[7]),
                         ("14", "tocsin", "4242", "disk full"))
        self.assertEqual(second, ("116", STAMP, "probe1", "tocsin", "4242", *CASES[2][2:]))

    def test_many_over_tcp(self):
        found = self.check_many(transport="tcp", port=self.tcp)
        self.assertEqual(sum(not a["reused"] for a in found), 1)

    def test_many_over_tls(self):
        self.check_many(transport="tls", port=self.tls, ca=self.authority.ca)

    def test_nobody_listens(self):
        answer = TOOL.one("syslog", ("frame", "x"), transport="tcp", host="localhost",
                          port=peers.free_port())
        self.assertEqual((answer["outcome"], answer["written"]), ("unreached", 0), answer)
        answer = TOOL.one("syslog", ("frame", "x"), transport="udp", host="localhost",
                          port=peers.free_port(socket.SOCK_DGRAM))
        self.assertEqual((answer["outcome"], answer["written"]), ("unreached", 0), answer)
        self.assertIn("refused", answer["error"])


SYSLOG_NG = """@version: 3.38
options {{ keep-hostname(yes); use-dns(no); stats-freq(0); }};
source octet {{ syslog(ip("127.0.0.1") port({octet}) transport("tcp")); }};
source udp {{ syslog(ip("127.0.0.1") port({udp}) transport("udp")); }};
source tls {{ syslog(ip("127.0.0.1") port({tls}) transport("tls")
    tls(key-file("{key}") cert-file("{pem}") peer-verify(optional-untrusted))); }};
source lines {{ network(ip("127.0.0.1") port({lines}) transport("tcp")
    flags(syslog-protocol)); }};
destination out {{ file("{out}" template("{template}\\n") template-escape(no)
    flush-lines(1)); }};
log {{ source(octet); source(udp); source(tls); source(lines); destination(out); }};
"""
FIELDS = ["PRI", "ISODATE", "HOST", "PROGRAM", "PID", "MSGID", "SDATA", "MSG"]
PACKAGES = ["syslog-ng-core", "libivykis0", "libnet1", "libwrap0", "libjson-c5", "libpcre3"]


def syslog_ng_unpacked():
    """Where syslog-ng lies unpacked; downloads it the first time."""
    cache = os.environ.get("TOCSIN_PEERS") or os.path.expanduser("~/.cache/tocsin-peers")
    root = os.path.join(cache, "syslog-ng")
    if os.path.exists(os.path.join(root, "usr/sbin/syslog-ng")):
        return root
    os.makedirs(root, exist_ok=True)
    done = subprocess.run(["apt-get", "download", *PACKAGES], cwd=cache,
                          capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise unittest.SkipTest("syslog-ng cannot be downloaded (apt-get update?): "
                                + done.stderr.strip()[-300:])
    for name in PACKAGES:
        for package in glob.glob(os.path.join(cache, name + "_*.deb")):
            subprocess.run(["dpkg", "-x", package, root], check=True)
    return root


class SyslogNg(Receiver):
    @classmethod
    def start(cls):
        root = syslog_ng_unpacked()
        cls.udp = peers.free_port(socket.SOCK_DGRAM)
        cls.octet, cls.tls, cls.lines = (peers.free_port() for _ in range(3))
        pem, key = cls.authority.certificate("syslog-ng", "DNS:localhost")
        template = "\\t".join("${" + name + "}" for name in FIELDS)
        conf = cls.directory.file("ng.conf", SYSLOG_NG.format(
            octet=cls.octet, udp=cls.udp, tls=cls.tls, lines=cls.lines, pem=pem, key=key,
            out=cls.out, template=template))
        libraries = [os.path.join(root, "usr/lib/syslog-ng"),
                     os.path.join(root, "usr/lib/x86_64-linux-gnu"),
                     os.path.join(root, "lib/x86_64-linux-gnu")]
        modules, = glob.glob(os.path.join(root, "usr/lib/syslog-ng/3.*"))
        server = peers.Process(
            [os.path.join(root, "usr/sbin/syslog-ng"), "-F", "--no-caps", "-f", conf,
             "-R", cls.directory.file("persist"), "-p", cls.directory.file("ng.pid"),
             "-c", cls.directory.file("ctl"), "--module-path=" + modules],
            cls.directory.file("ng.log"),
            {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)})
        cls.addClassCleanup(server.stop)
        server.wait_for([cls.octet, cls.tls, cls.lines])

    @staticmethod
    def record(line):
        r = dict(zip(FIELDS, line.split("\t")))
        time = r["ISODATE"].replace("+00:00", ".000Z")
        return (r["PRI"], time, r["HOST"], r["PROGRAM"], r["PID"], r["MSGID"],
                r["SDATA"] or "-", r["MSG"])

    def test_tcp_octet_counting(self):
        self.check(transport="tcp", port=self.octet)

    def test_udp(self):
        self.check(transport="udp", port=self.udp)

    def test_tls(self):
        self.check(transport="tls", port=self.tls, ca=self.authority.ca)

    def test_tls_not_trusted(self):
        self.check_not_trusted(self.tls)

    def test_tcp_lines(self):
        self.check(transport="tcp", port=self.lines, framing="lf")

    def test_many_over_tls(self):
        self.check_many(transport="tls", port=self.tls, ca=self.authority.ca)


del Receiver  # unittest would run it

if __name__ == "__main__":
    TOOL = peers.Tool(peers.build_directory())
    peers.main()
