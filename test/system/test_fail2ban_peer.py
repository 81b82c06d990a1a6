# test_fail2ban_peer.py -- the real tocsin has the real fail2ban ban, and not ban.
"""usage: test_fail2ban_peer.py BUILD

A fail2ban server of our own: its socket, files and jails are in a directory of the
test's, and its action writes down what it would have done. The filter and the jail
are those of docs/examples/fail2ban."""
import os
import shutil
import subprocess
import unittest

import harness
import peers

EXAMPLES = os.path.join(os.path.dirname(__file__), "../../docs/examples/fail2ban")
ACTION = """[Definition]
actionban = printf 'ban <ip>\\n' >> {actions}
actionunban = printf 'unban <ip>\\n' >> {actions}
"""
JAILS = """[DEFAULT]
banaction = record
banaction_allports = record
action = %(banaction)s

[plain]
enabled = true
filter = tocsin[jail=%(__name__)s]
backend = polling
logpath = {empty}
"""
SERVER = """[Definition]
loglevel = INFO
logtarget = STDOUT
syslogsocket = auto
socket = {socket}
pidfile = {pid}
dbfile = None
dbpurgeage = 1d
dbmaxmatches = 10
allowipv6 = auto
"""


class Fail2ban:
    """A fail2ban server on a socket of its own."""

    def __init__(self, directory):
        self.directory = directory
        self.conf = directory.file("f2b")
        self.socket, self.log = directory.file("f2b.sock"), directory.file("tocsin.log")
        self.actions = directory.file("actions", "")
        self.process = None
        for part in ("action.d", "filter.d", "jail.d"):
            os.makedirs(os.path.join(self.conf, part))
        for part in ("filter.d", "jail.d"):
            shutil.copy(os.path.join(EXAMPLES, part, "tocsin.conf"), os.path.join(self.conf, part))
        self.write("action.d/record.conf", ACTION.format(actions=self.actions))
        self.write("jail.conf", JAILS.format(empty=directory.file("empty", "")))
        self.write("fail2ban.conf", SERVER.format(socket=self.socket, pid=directory.file("f2b.pid")))
        # The shipped jail, but for the place of its file.
        directory.file("tocsin.log", "")
        self.write("jail.local", f"[tocsin]\nlogpath = {self.log}\n")

    def write(self, name, text):
        with open(os.path.join(self.conf, name), "w") as f:
            f.write(text)

    def start(self):
        self.process = peers.Process(["fail2ban-server", "-c", self.conf, "-xf", "start"],
                                     self.directory.file("f2b.out"))
        peers.wait_until("fail2ban answers", self.answers)
        return self

    def answers(self):
        self.process.check()
        return self.client("ping").returncode == 0

    def stop(self):
        if self.process:
            self.process.stop()
            self.process = None

    def client(self, *words):
        return subprocess.run(["fail2ban-client", "-s", self.socket, *words], capture_output=True,
                              text=True, timeout=60)

    def banned(self, jail):
        """What fail2ban itself says; sorted."""
        said = self.client("get", jail, "banip")
        assert said.returncode == 0, said
        return sorted(said.stdout.split())

    def is_banned(self, jail, address):
        return self.client("get", jail, "banned", address).stdout.strip() == "1"

    def done(self):
        with open(self.actions) as f:
            return f.read().split("\n")[:-1]


class Peer(unittest.TestCase):
    def setUp(self):
        self.directory = peers.Directory("tocsin-fail2ban-")
        self.addCleanup(self.directory.remove)
        self.fail2ban = Fail2ban(self.directory)
        self.addCleanup(self.fail2ban.stop)
        self.server = harness.Tocsin(BUILD).start()
        self.addCleanup(shutil.rmtree, self.server.data)
        self.addCleanup(self.end)

    def end(self):
        self.assertEqual(self.server.stop(), 0, self.server.log_text()[-3000:])
        for word in ("runtime error", "Sanitizer"):
            self.assertNotIn(word, self.server.log_text())

    def endpoint(self, name="f", **params):
        body = {"name": name, "type": "fail2ban", "params": {"socket": self.fail2ban.socket, **params}}
        status, answer = self.server.post("/api/v1/endpoints", body)
        self.assertEqual(status, 201, answer)

    def recipient(self, name, jail, endpoint="f"):
        body = {"name": name, "endpoint": endpoint, "params": {"jail": jail}}
        status, answer = self.server.post("/api/v1/recipients", body)
        self.assertEqual(status, 201, answer)

    def alert(self, attacker=None, **more):
        body = {"type": "test", **more}
        if attacker is not None:
            body["attacker"] = attacker
        status, answer = self.server.post("/api/v1/alerts", body, token=False)
        self.assertEqual(status, 200, answer)
        return answer["alerts"][0]["id"]

    def deliveries(self, recipient, state):
        """{alert: reason} of those in this state."""
        found = self.server.get(f"/api/v1/deliveries?state={state}")[1]["data"]
        return {d["alert_id"]: d.get("reason", "") for d in found if d["recipient"] == recipient}

    def reason(self, recipient, alert, state):
        return peers.wait_until(f"{alert} to {recipient} is {state}",
                                lambda: self.deliveries(recipient, state).get(alert), 60)

    # --- by the client ---------------------------------------------------------------

    def test_bans_and_unbans(self):
        self.fail2ban.start()
        self.endpoint(unban_on_release=True)
        self.recipient("r", "plain")
        host = {"entity": "host", "entity_value": "192.0.2.1", "type": "syn_scan"}
        began = self.alert("192.0.2.1", action="engage", **host)
        self.assertEqual(self.reason("r", began, "delivered"), "newly banned")
        self.assertTrue(self.fail2ban.is_banned("plain", "192.0.2.1"))
        again = self.alert("::ffff:192.0.2.1")
        self.assertEqual(self.reason("r", again, "delivered"), "was banned already, for another alert")
        six = self.alert("2001:DB8:0:0::5")
        self.assertEqual(self.reason("r", six, "delivered"), "newly banned")
        self.assertEqual(self.fail2ban.banned("plain"), ["192.0.2.1", "2001:db8::5"])
        # The release does not say whom; what was banned for the alert is known.
        over = self.alert(action="release", **host)
        self.assertEqual(self.reason("r", over, "delivered"), "unbanned")
        self.assertEqual(self.fail2ban.banned("plain"), ["2001:db8::5"])
        peers.wait_until("the actions were run", lambda: len(self.fail2ban.done()) == 3)
        self.assertEqual(self.fail2ban.done(), ["ban 192.0.2.1", "ban 2001:db8::5", "unban 192.0.2.1"])

    def test_the_last_alert_unbans(self):
        self.fail2ban.start()
        self.endpoint(unban_on_release=True)
        self.recipient("r", "plain")
        scan = {"entity": "host", "entity_value": "192.0.2.1", "type": "syn_scan"}
        flood = {**scan, "type": "flow_flood"}
        first = self.alert("192.0.2.1", action="engage", **scan)
        self.assertEqual(self.reason("r", first, "delivered"), "newly banned")
        second = self.alert("192.0.2.1", action="engage", **flood)
        self.assertEqual(self.reason("r", second, "delivered"), "was banned already, for another alert")
        over = self.alert(action="release", **scan)
        self.assertEqual(self.reason("r", over, "delivered"), "skipped: 1 other alert keeps 192.0.2.1 banned")
        self.assertTrue(self.fail2ban.is_banned("plain", "192.0.2.1"))
        over = self.alert(action="release", **flood)
        self.assertEqual(self.reason("r", over, "delivered"), "unbanned")
        self.assertEqual(self.fail2ban.banned("plain"), [])

    def test_flow_of_ntopng(self):
        self.fail2ban.start()
        self.endpoint()
        self.recipient("r", "plain")
        flow = {"entity": "flow", "cli_ip": "203.0.113.9", "srv_ip": "192.168.1.2", "is_cli_attacker": True}
        self.assertEqual(self.reason("r", self.alert(**flow), "delivered"), "newly banned")
        over = self.alert(action="release", **flow)  # never engaged: nothing to say
        none = self.alert(entity="flow", cli_ip="203.0.113.10", srv_ip="192.168.1.2")
        self.assertEqual(self.reason("r", none, "delivered"), "skipped: the alert names no attacker")
        self.assertGreater(none, over)
        self.assertEqual(self.fail2ban.banned("plain"), ["203.0.113.9"])

    def test_what_must_not_be_banned_is_not(self):
        self.fail2ban.start()
        self.endpoint(never_ban=["198.51.100.0/24"])
        self.recipient("r", "plain")
        for attacker, why in (("127.0.0.1", "this machine"), ("0.0.0.0/0", "no IP address"),
                              ("not_an_ip", "no IP address"), ("::ffff:127.0.0.1", "this machine"),
                              ("x;touch${IFS}p;$(id)", "no IP address"), ("255.255.255.255", "broadcast"),
                              ("--unban", "no IP address"), ("ff02::1", "multicast")):
            self.assertIn(why, self.reason("r", self.alert(attacker), "dead"))
        spared = self.reason("r", self.alert("198.51.100.7"), "delivered")
        self.assertEqual(spared, "skipped: 198.51.100.7 is never banned (never_ban: 198.51.100.0/24)")
        self.reason("r", self.alert("192.0.2.1"), "delivered")
        self.assertEqual(self.fail2ban.banned("plain"), ["192.0.2.1"])
        self.assertEqual(self.fail2ban.done(), ["ban 192.0.2.1"])

    def test_unknown_jail(self):
        self.fail2ban.start()
        self.endpoint()
        self.recipient("r", "nojail")
        lost = self.alert("192.0.2.1")
        self.assertEqual(self.reason("r", lost, "pending"), "fail2ban has no such jail")
        status, answer = self.server.post("/api/v1/recipients/r/test", {})
        self.assertEqual((status, answer["ok"], answer["reason"]), (200, False, "fail2ban has no such jail"))
        change = {"params": {"jail": "plain"}}
        self.assertEqual(self.server.call("PATCH", "/api/v1/recipients/r", change)[0], 200)
        self.assertEqual(self.reason("r", lost, "delivered"), "newly banned")

    def test_server_down_and_up(self):
        self.endpoint()
        self.recipient("r", "plain")
        waits = self.alert("192.0.2.1")
        self.assertIn("is it running?", self.reason("r", waits, "pending"))
        self.fail2ban.start()
        self.assertEqual(self.reason("r", waits, "delivered"), "newly banned")

    def test_test_message_bans_nobody(self):
        self.fail2ban.start()
        self.endpoint()
        self.recipient("r", "plain")
        _, answer = self.server.post("/api/v1/recipients/r/test", {})
        self.assertEqual((answer["ok"], answer["reason"]), (True, "fail2ban has this jail"), answer)
        self.assertEqual(self.fail2ban.banned("plain"), [])

    # --- by the log ------------------------------------------------------------------

    def log_endpoint(self, **more):
        self.endpoint(method="log", file=self.fail2ban.log, **more)
        self.recipient("r", "tocsin")

    def test_log(self):
        self.fail2ban.start()
        self.log_endpoint(never_ban=["198.51.100.0/24"])
        body = [{"type": "test", "attacker": a} for a in
                ("192.0.2.1", "2001:DB8::5", "127.0.0.1", "198.51.100.7", "x;id", "192.0.2.3")]
        self.assertEqual(self.server.post("/api/v1/alerts", body, token=False)[0], 200)
        harness.wait_until("all settled", self.server.drained)
        peers.wait_until("fail2ban has read it", lambda: len(self.fail2ban.banned("tocsin")) == 3)
        self.assertEqual(self.fail2ban.banned("tocsin"), ["192.0.2.1", "192.0.2.3", "2001:db8::5"])
        self.assertEqual(len(self.deliveries("r", "dead")), 2)
        self.assertEqual(self.fail2ban.banned("plain"), [])
        # Rotated away: the next line begins a new file, which fail2ban follows.
        os.rename(self.fail2ban.log, self.fail2ban.log + ".1")
        self.alert("192.0.2.4")
        peers.wait_until("also that", lambda: self.fail2ban.is_banned("tocsin", "192.0.2.4"))
        self.check_filter()

    def check_filter(self):
        """fail2ban's own tool reads every line, and for this jail only."""
        for jail, matched in (("tocsin", 3), ("other", 0)):
            said = subprocess.run(["fail2ban-regex", self.fail2ban.log + ".1",
                                   os.path.join(EXAMPLES, f"filter.d/tocsin.conf[jail={jail}]")],
                                  capture_output=True, text=True, timeout=60)
            self.assertIn(f"Lines: 3 lines, 0 ignored, {matched} matched, {3 - matched} missed",
                          said.stdout, said.stderr)

    def test_log_test_message_bans_nobody(self):
        self.fail2ban.start()
        self.log_endpoint()
        _, answer = self.server.post("/api/v1/recipients/r/test", {})
        self.assertTrue(answer["ok"], answer)
        with open(self.fail2ban.log) as f:
            self.assertIn("jail tocsin: a test, nobody is banned\n", f.read())
        self.alert("192.0.2.9")
        peers.wait_until("the ban after it", lambda: self.fail2ban.banned("tocsin") == ["192.0.2.9"])

    def test_log_that_cannot_be_written(self):
        self.fail2ban.start()
        self.endpoint(method="log", file=self.directory.file("sub/tocsin.log"))
        self.recipient("r", "tocsin")
        waits = self.alert("192.0.2.1")
        self.assertIn("No such file or directory", self.reason("r", waits, "pending"))
        os.mkdir(self.directory.file("sub"))
        self.assertIn("written", self.reason("r", waits, "delivered"))

    # --- where it is offered ---------------------------------------------------------

    def test_is_offered_where_fail2ban_is(self):
        types = {t["name"]: t for t in self.server.get("/api/v1/schema/endpoint-types")[1]["data"]}
        self.assertTrue(types["fail2ban"]["available"])


if __name__ == "__main__":
    BUILD = os.path.abspath(peers.build_directory())
    peers.main()
