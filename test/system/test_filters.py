# test_filters.py -- each word of a filter means the same in a list, for a recipient and
# in a silence; and a mistake is told with its column wherever it is made.
"""usage: test_filters.py BUILD"""
import json, os, shutil, subprocess, sys, tempfile, unittest, urllib.parse

import harness

BUILD = sys.argv.pop(1) if len(sys.argv) > 1 else "build"

POOLS = {"wide": ["10.0.0.0/8", "2001:db8::/32"], "narrow": ["10.1.0.0/16", "2001:db8:7::/48"],
         "one": ["10.1.2.3"], "vlan7": ["10.9.0.0/16@7"], "macs": ["AA:BB:CC:00:11:22"]}

FLOW = {"entity": "flow", "cli_port": 60952, "srv_port": 443, "srv_ip": "203.0.113.7"}
# One letter each; what is not said is not there.
ALERTS = {
    "a": {"type": "syn_scan", "category": "security", "severity": "error", "score": 150, **FLOW,
          "cli_ip": "10.1.2.3", "vlan_id": 7, "cli_asn": 13335, "ifname": "eno1", "ifid": 3},
    "b": {"type": "syn_scan", "category": "security", "severity": "warning", "score": 50, **FLOW,
          "cli_ip": "10.1.9.9", "srv_ip": "10.200.0.1", "srv_asn": 16625, "ifname": "eno2"},
    "c": {"type": "disk", "severity": "critical", "entity": "host", "entity_value": "db1",
          "labels": {"env": "prod", "site": "Pisa, lab"}},
    "d": {"type": "disk", "severity": "info", "entity": "host", "entity_value": "2001:db8:7::9",
          "ip": "2001:db8:7::9", "source": "probe", "labels": {"env": "lab"}},
    "e": {"type": "mac_move", "severity": "notice", "entity": "host", "ip": "192.0.2.77",
          "entity_value": "192.0.2.77", "mac": "aa:bb:cc:00:11:22", "vlan_id": 12},
    "f": {"type": "down", "severity": "emergency", "entity": "interface", "entity_value": "eno9",
          "ifname": "eno9"},
    "g": {"type": "slow", "severity": "error", "entity": "host", "entity_value": "10.9.1.1",
          "ip": "10.9.1.1", "vlan_id": 7},
    "h": {"type": "slow", "severity": "error", "entity": "host", "entity_value": "10.9.1.2",
          "ip": "10.9.1.2", "vlan_id": 8},
}
FILTERS = {
    "ip=10.0.0.0/8": "abgh", "ip in (2001:db8::/32, 192.0.2.77)": "de", "ip!=10.0.0.0/8": "cdef",
    "cli_ip=10.1.0.0/16": "ab", "srv_ip=10.0.0.0/8": "b", "host=10.9.1.1": "g",
    "vlan=7": "ag", "vlan>=8 and vlan<13": "eh", "asn=13335": "a", "asn in (13335, 16625)": "ab",
    "srv_asn=16625": "b", "interface=eno1": "a", "interface=3": "a", "interface~^eno": "abf",
    "source=probe": "d", "score>=140 and score<=160": "a", "score=50 and type=syn_scan": "b", "type=syn_scan": "ab",
    "type in (disk, down)": "cdf", "severity>=critical": "cf", "category=security": "ab",
    "entity=interface": "f", "mac=AA:BB:CC:00:11:22": "e", "port=443": "ab",
    'label.env=prod': "c", '{env=~"prod|lab"}': "cd", '{env!="lab", site="Pisa, lab"}': "c",
    '{alertname="disk"} and label.env!=prod': "d",
    # Longest prefix first, a MAC before any address, a VLAN's own, the rest in Default.
    "pool=one": "a", "pool=narrow": "bd", "pool=wide": "bh", "pool=vlan7": "g", "pool=macs": "e",
    "pool=Default": "ac",
}
MISTAKES = {"severty>=error": 1, "ip=10.0.0.7/8": 4, "type=a and vlan=x": 17, "pool in (Default, tow)": 19,
            "(type=a or host=b": 1, "type=a and label.env~'('": 22}


class Filters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.mkdtemp(prefix="tocsin-filters-")
        cls.sink = harness.Sink(BUILD)
        data = os.path.join(cls.work, "data")
        os.mkdir(data, mode=0o700)
        conf = harness.webhook_config(os.path.join(cls.work, "conf"), {"hook": cls.sink})
        with open(os.path.join(conf, "filters.yaml"), "w") as f:
            json.dump(cls.configuration(), f)
        cls.server = harness.Tocsin(BUILD, data, conf).start()
        for name, facts in ALERTS.items():
            for action, kind in (("engage", "now"), ("store", "once")):
                status, answer = cls.server.post("/api/v1/alerts", {
                    "message": name, "key": f"{name}.{kind}", "action": action, **facts})
                assert status in (200, 202), answer
        harness.wait_until("all is decided", lambda: cls.server.drained())

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.sink.stop()
        shutil.rmtree(cls.work, True)

    @staticmethod
    def configuration():
        """For each filter a recipient who has it, and one who is silenced by it."""
        told = {"endpoint": "hook", "repeat_interval": "0s", "flapping_count": 0}
        return {
            "pools": [{"name": n, "members": m} for n, m in POOLS.items()],
            "recipients": [{"name": f"has{i}", "filter": f, **told} for i, f in enumerate(FILTERS)]
            + [{"name": f"not{i}", **told} for i in range(len(FILTERS))],
            "silences": [{"name": f"s{i}", "author": "a", "comment": "c", "matcher": f,
                          "recipients": [f"not{i}"]} for i, f in enumerate(FILTERS)]}

    def messages(self, path, **query):
        found, cursor = [], None
        while True:
            more = {"limit": 500, **query, **({"cursor": cursor} if cursor else {})}
            status, page = self.server.get(f"{path}?{urllib.parse.urlencode(more)}")
            self.assertEqual(status, 200, page)
            found += page["data"]
            cursor = page["next"]
            if not cursor:
                return found

    def letters(self, rows):
        return "".join(sorted({r["message"] for r in rows}))

    def test_a_list_of_what_is_engaged(self):
        for f, want in FILTERS.items():
            rows = self.messages("/api/v1/alerts", state="engaged", filter=f)
            self.assertEqual(self.letters(rows), want, f)

    def test_a_list_of_what_was(self):
        harness.wait_until("history has all", lambda: len(self.messages(
            "/api/v1/alerts", state="any")) >= 2 * len(ALERTS))
        for f, want in FILTERS.items():
            rows = [r for r in self.messages("/api/v1/alerts", state="any", filter=f)
                    if r["action"] == "store"]
            self.assertEqual(self.letters(rows), want, f)

    def who(self, recipient, state):
        ids = {d["id"].split(".")[0] for d in self.messages(
            "/api/v1/deliveries", recipient=recipient, state=state)}
        return "".join(sorted({self.names()[i] for i in ids}))

    def names(self):
        if not hasattr(self, "by_id"):
            harness.wait_until("history has all", lambda: len(self.messages(
                "/api/v1/alerts", state="any")) >= 2 * len(ALERTS))
            self.by_id = {str(r["id"]): r["message"]
                          for r in self.messages("/api/v1/alerts", state="any")}
        return self.by_id

    def test_recipients_get_what_their_filter_takes(self):
        for i, (f, want) in enumerate(FILTERS.items()):
            self.assertEqual(self.who(f"has{i}", "delivered"), want, f)

    def test_silences_hold_what_their_filter_takes(self):
        everything = "".join(sorted(ALERTS))
        for i, (f, want) in enumerate(FILTERS.items()):
            self.assertEqual(self.who(f"not{i}", "held"), want, f)
            self.assertEqual(self.who(f"not{i}", "withheld"), want, f)  # the one-shot ones
            self.assertEqual(self.who(f"not{i}", "delivered"),
                             "".join(sorted(set(everything) - set(want))), f)

    def cli(self, *words, code):
        done = subprocess.run(
            [os.path.join(BUILD, "tocsin"), *words], capture_output=True, text=True,
            env={**os.environ, "TOCSIN_SERVER": f"http://127.0.0.1:{self.server.port}",
                 "TOCSIN_TOKEN": self.server.token(), "USER": "carol"})
        self.assertEqual(done.returncode, code, (words, done.stderr, done.stdout))
        return done.stdout + done.stderr

    def test_a_mistake_has_its_column_in_every_answer(self):
        for f, column in MISTAKES.items():
            said, looks = f"column {column}:", urllib.parse.quote(f)
            asked = [
                ("POST", "/api/v1/recipients", {"name": "x", "endpoint": "hook", "filter": f}),
                ("POST", "/api/v1/silences", {"matcher": f, "comment": "c", "author": "a"}),
                ("POST", "/api/v1/inhibitions", {"name": "x", "source": f, "target": "type=a",
                                                 "equal": []})]
            if "pool" not in f:  # who only looks may ask for a pool that was
                asked += [("POST", "/api/v1/silences/preview", {"matcher": f}),
                          ("GET", f"/api/v1/alerts?filter={looks}", None)]
                self.assertIn(said, self.cli("alerts", "list", "--filter", f, code=6))
            for method, path, body in asked:
                status, answer = self.server.call(method, path, body)
                self.assertIn(status, (400, 422), (f, path, answer))
                self.assertIn(said, json.dumps(answer), (f, path))
            self.assertIn(said, self.cli("recipient", "add", "x", "--endpoint", "hook",
                                         "--filter", f, code=6))
            self.assertIn(said, self.cli("silence", "add", f, "--comment", "c", code=6))

    def test_a_mistake_in_a_file_has_line_and_column(self):
        path = os.path.join(self.work, "bad.yaml")
        for f, column in MISTAKES.items():
            quoted = f.replace("'", "''")
            with open(path, "w") as out:
                out.write("endpoints:\n  - {name: e, type: syslog}\nrecipients:\n"
                          f"  - name: r\n    endpoint: e\n    filter: '{quoted}'\n"
                          f"silences:\n  - {{name: s, author: a, comment: c, matcher: '{quoted}'}}\n")
            said = self.cli("check-config", path, code=6)
            self.assertIn("bad.yaml:6:", said, f)
            self.assertIn("bad.yaml:8:", said, f)
            self.assertEqual(said.count(f"column {column}:"), 2, said)


if __name__ == "__main__":
    unittest.main()
