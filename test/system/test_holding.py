# test_holding.py -- silences and inhibitions as people make them: command line, API and
# YAML, with the real program, and a kill in between.
"""usage: test_holding.py BUILD"""
import datetime, json, os, pwd, shutil, subprocess, sys, tempfile, unittest

import harness

BUILD = sys.argv.pop(1) if len(sys.argv) > 1 else "build"


EVERYTHING = """
settings: {base_url: "https://tocsin.example.org", time_zone: Europe/Rome, repeat_interval: 90m,
           flapping_count: 7, history_days: 30, trusted_proxies: [10.0.0.1]}
pools:
  - {name: lab, members: [10.1.0.0/16, "2001:db8::/32", 192.0.2.1@7, "AA:BB:CC:00:11:22"], ntopng_id: 3}
endpoints:
  - {name: mail, type: email, params: {smtp_server: mail.example.org, security: none, email_sender: a@example.org}}
recipients:
  - {name: boss, endpoint: mail, params: {email_recipient: b@example.org}, digest: "mon-fri at 08:00"}
  - name: night
    endpoint: mail
    params: {email_recipient: "c@example.org, d@example.org"}
    host_pools: [lab, Default]
    categories: []
    filter: 'severity>=error and not label.site in ("a b", c)'
    quiet_hours: outside mon-fri 09:00-17:00
    urgent_severity: none
    escalate_to: boss
    escalate_after: 600
    title_template: "{{type}} # not a comment"
    text_template: |
      First: {{message}}
       second: "quoted"
silences:
  - {name: xmas, author: carol, comment: "holidays: all", matcher: pool=lab, schedule: dec day 24 to 26,
     time_zone: UTC, recipients: [night]}
  - {name: known, author: carol, comment: "#1", matcher: '{alertname="a \\"b\\""}', until_resolved: true}
inhibitions:
  - {name: parents, source: type=down, target: type=down, relation: parent, comment: "sites"}
  - {name: all, source: severity=critical, target: severity<=warning, equal: []}
"""


class Holding(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.mkdtemp(prefix="tocsin-holding-")
        self.addCleanup(shutil.rmtree, self.work, True)
        self.sink = harness.Sink(BUILD)
        self.addCleanup(self.sink.stop)
        data = os.path.join(self.work, "data")
        os.mkdir(data, mode=0o700)
        self.conf = harness.webhook_config(os.path.join(self.work, "conf"),
                                           {"hook": self.sink})
        self.server = harness.Tocsin(BUILD, data, self.conf).start()
        self.addCleanup(lambda: self.server.stop())

    def cli(self, *words, code=0):
        done = subprocess.run(
            [os.path.join(BUILD, "tocsin"), *words], capture_output=True, text=True,
            env={**os.environ, "TOCSIN_SERVER": f"http://127.0.0.1:{self.server.port}",
                 "TOCSIN_TOKEN": self.server.token(), "USER": "carol"})
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        return done.stdout + done.stderr

    def alert(self, host, action="engage", kind="down", **facts):
        status, answer = self.server.post("/api/v1/alerts", {
            "type": kind, "entity": "host", "entity_value": host, "action": action,
            "severity": "error", "message": f"{host} is {kind}", **facts})
        self.assertIn(status, (200, 202), answer)
        return answer

    def rows(self, state):
        return self.server.get(f"/api/v1/deliveries?recipient=hook&state={state}")[1]["data"]

    def until(self, state, n):
        return harness.wait_until(f"{n} are {state}",
                                  lambda: len(self.rows(state)) == n and self.rows(state)
                                  or (n == 0 and not self.rows(state)))

    def test_a_parent_mutes_its_children_until_it_is_back(self):
        self.cli("inhibition", "add", "uplinks", "--source", "type=down",
                 "--target", "type=down", "--relation", "parent", "--comment", "sites")
        self.alert("switch1")
        self.until("delivered", 1)
        self.alert("server1", parent="switch1")
        self.alert("server2", parent="switch1")
        self.alert("server3", parent="switch2")
        self.until("delivered", 2)
        held = self.until("held", 2)
        self.assertEqual({r["hold"]["kind"] for r in held}, {"inhibited"})
        self.assertIn("down on switch1", held[0]["reason"])
        self.assertIn("(rule uplinks)", held[0]["reason"])
        number = held[0]["id"].split(".")[0]
        self.assertIn("inhibited by alert", self.cli("explain", number))

        self.server.kill()
        self.server.start()
        self.alert("server4", parent="switch1")
        self.until("held", 3)
        self.alert("server2", "release", parent="switch1")
        self.until("withheld", 2)
        self.alert("switch1", "release")
        self.until("held", 0)
        self.until("delivered", 5)  # and what is still on: server1, server4
        self.assertEqual(len(self.rows("withheld")), 2)
        sums = self.server.conservation()
        self.assertEqual(sums["accepted"], sum(sums[k] for k in sums if k != "accepted"))

    def test_another_source_takes_over_and_the_rule_may_go(self):
        self.cli("inhibition", "add", "lines", "--source", "type=line", "--target",
                 "type=down", "--equal", "label.site")
        site = {"labels": {"site": "rome"}}
        self.alert("line1", kind="line", **site)
        self.alert("line2", kind="line", **site)
        self.until("delivered", 2)
        self.alert("server1", **site)
        first = self.until("held", 1)[0]["hold"]["ref"]
        self.alert("line1", "release", kind="line", **site)
        harness.wait_until("the other line holds it",
                           lambda: self.rows("held")[0]["hold"]["ref"] != first)
        self.assertIn("line2", self.rows("held")[0]["reason"])
        self.assertIn("equal label.site", self.cli("inhibition", "list"))
        self.cli("inhibition", "rm", "lines", "--yes")
        self.until("held", 0)
        self.until("delivered", 4)

    def test_mistakes_in_an_inhibition_are_said(self):
        for more, text in (
                (["--target", "type=down"], "relation"),
                (["--target", "type=down", "--relation", "sibling"],
                 "equal, pool, interface, parent"),
                (["--target", "type=down", "--relation", "pool", "--equal", "host"],
                 "does not go with"),
                (["--target", "type=down", "--equal", "hots"], "did you mean host?"),
                (["--target", "typ=down", "--equal", "host"], "did you mean type?"),
                (["--target", "pool=lab", "--equal", "host"], "no pool named \"lab\"")):
            self.assertIn(text, self.cli("inhibition", "add", "x", "--source", "type=line",
                                         *more, code=6))

    def test_silences_on_the_command_line(self):
        self.alert("10.0.0.7")
        self.until("delivered", 1)
        hits = self.cli("silence", "preview", "host=10.0.0.7")
        self.assertIn("engaged now: 1", hits)
        self.assertIn("comment", self.cli("silence", "add", "host=10.0.0.7", code=6))
        name = self.cli("silence", "add", "host in (10.0.0.7, 10.0.0.8)", "--comment",
                        "new switch", "--for", "2h").strip()
        listed = self.cli("silence", "list")
        for word in (name, "active", "carol", "new switch"):
            self.assertIn(word, listed)
        self.assertEqual(json.loads(self.cli("silence", "show", name))["author"], "carol")
        self.alert("10.0.0.8")
        number = self.until("held", 1)[0]["id"].split(".")[0]
        self.assertIn("new switch", self.cli("explain", number))
        explained = self.server.post("/api/v1/explain", {
            "type": "slow", "entity": "host", "entity_value": "10.0.0.8",
            "action": "engage"})[1]
        hook = [d for d in explained["decisions"] if d["recipient"] == "hook"][0]
        self.assertEqual(hook["hold"]["kind"], "silenced")
        self.assertIn("carol", hook["hold"]["reason"])
        self.cli("silence", "expire", name)
        self.until("delivered", 2)
        self.assertIn("expired", self.cli("silence", "list"))

    def test_a_silence_for_some_recipients_in_windows_of_dates(self):
        self.cli("recipient", "add", "other", "--endpoint", "hook")
        year = datetime.datetime.now(datetime.timezone.utc).year
        self.assertIn("column 14: here a year like 2026 is expected, not x", self.cli(
            "silence", "add", "type=down", "--comment", "c", "--schedule", "outside year x",
            code=6))
        self.assertIn('no recipient named "hok"', self.cli(
            "silence", "add", "type=down", "--comment", "c", "--recipients", "hok", code=6))
        name = self.cli("silence", "add", "type=down", "--comment", "not their night",
                        "--recipients", "hook", "--schedule", f"year {year - 1}-{year + 1} day 1 to -1",
                        "--time_zone", "Europe/Rome").strip()
        self.alert("10.0.0.7")
        held = self.until("held", 1)[0]
        harness.wait_until("the other is told", lambda: self.server.get(
            "/api/v1/deliveries?recipient=other&state=delivered")[1]["data"])
        explained = json.loads(self.cli("explain", held["id"].split(".")[0], "-o", "json"))
        decided = {d["recipient"]: d.get("hold", {}).get("kind") for d in explained["decisions"]}
        self.assertEqual((decided["hook"], decided["other"]), ("silenced", None))
        self.server.kill()
        self.server.start()
        self.until("held", 1)
        self.cli("silence", "expire", name)
        self.until("delivered", 1)

    def test_why_is_kept_with_the_revision(self):
        changes = [
            ("endpoint", "add", "e", "--type", "syslog"), ("endpoint", "disable", "e"),
            ("recipient", "add", "r", "--endpoint", "e"),
            ("recipient", "set", "r", "--minimum_severity", "error"),
            ("pool", "add", "p", "--members", "10.0.0.0/8"), ("pool", "rm", "p", "--yes"),
            ("inhibition", "add", "i", "--source", "type=a", "--target", "type=b",
             "--equal", "none"),
            ("silence", "add", "type=a", "--name", "s"), ("silence", "expire", "s"),
            ("settings", "set", "instance=lab"), ("recipient", "rm", "r", "--yes")]
        for i, words in enumerate(changes):
            self.cli(*words, "--comment", f"why {i}: a & b")
        with open(os.path.join(self.work, "more.yaml"), "w") as f:
            f.write("pools:\n  - name: q\n    members: [10.9.0.0/16]\n")
        with open(os.path.join(self.work, "am.yml"), "w") as f:
            f.write("route: {receiver: am}\nreceivers: [{name: am, webhook_configs: "
                    "[{url: 'http://127.0.0.1:1/'}]}]\n")
        self.cli("apply", "-f", os.path.join(self.work, "more.yaml"), "--comment", "why apply")
        self.cli("import", "alertmanager", os.path.join(self.work, "am.yml"),
                 "--comment", "why import")
        kept = [r["comment"] for r in self.server.get("/api/v1/config/revisions?limit=100")[1]["data"]]
        self.assertEqual(kept[:len(changes) + 2], ["why import", "why apply"] + [
            f"why {i}: a & b" for i in reversed(range(len(changes)))])
        self.assertIn("at most 1000", self.cli("settings", "set", "instance=x", "--comment",
                                               "x" * 5000, code=6))

    def test_an_export_goes_into_an_empty_tocsin_and_out_again(self):
        with open(os.path.join(self.work, "all.yaml"), "w") as f:
            f.write(EVERYTHING)
        self.cli("apply", "-f", os.path.join(self.work, "all.yaml"))
        first = self.cli("config", "export")
        for word in ("pools:", "silences:", "inhibitions:", "escalate_to:", "digest:", "quiet_hours:",
                     "text_template:", "base_url:", "until_resolved: true", "recipients: ["):
            self.assertIn(word, first)
        self.server.stop()
        data = os.path.join(self.work, "empty")
        os.mkdir(data, mode=0o700)
        self.server = harness.Tocsin(BUILD, data).start()
        with open(os.path.join(self.work, "out.yaml"), "w") as f:
            f.write(first)
        self.cli("apply", "-f", os.path.join(self.work, "out.yaml"))
        second = self.cli("config", "export")
        self.assertEqual(first.splitlines()[1:], second.splitlines()[1:])
        self.assertIn("0 new, 0 changed, 0 deleted", self.cli(
            "apply", "-f", os.path.join(self.work, "out.yaml")))

    def test_the_author_is_whose_account_it_is(self):
        done = subprocess.run(
            [os.path.join(BUILD, "tocsin"), "silence", "add", "type=a", "--comment", "c"],
            capture_output=True, text=True,
            env={"TOCSIN_SERVER": f"http://127.0.0.1:{self.server.port}",
                 "TOCSIN_TOKEN": self.server.token()})
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = json.loads(self.cli("silence", "show", done.stdout.strip()))
        self.assertEqual(shown["author"], pwd.getpwuid(os.getuid()).pw_name)

    def test_the_preview_shows_what_is_engaged_and_what_was(self):
        self.alert("10.0.0.7")
        self.alert("10.0.0.9")
        self.alert("10.0.0.7", "release")
        def hits():
            answer = self.server.post("/api/v1/silences/preview",
                                      {"matcher": "host in (10.0.0.7, 10.0.0.9)", "days": 1})
            self.assertEqual(answer[0], 200)
            return answer[1] if answer[1]["history"]["count"] > 0 else None
        shown = harness.wait_until("history has it", hits)
        self.assertEqual(shown["engaged"]["count"], 1)
        self.assertEqual([a["entity_value"] for a in shown["engaged"]["alerts"]], ["10.0.0.9"])
        self.assertIn("10.0.0.7", [a["entity_value"] for a in shown["history"]["alerts"]])
        for body in ({"matcher": "hots=1"}, {"matcher": "host=a", "days": 0}):
            self.assertEqual(self.server.post("/api/v1/silences/preview", body)[0], 422)

    def test_a_silence_until_it_is_resolved_ends_with_what_it_hits(self):
        self.alert("10.0.0.7")
        self.until("delivered", 1)
        name = self.cli("silence", "add", "host=10.0.0.7", "--comment", "known",
                        "--until_resolved").strip()
        self.alert("10.0.0.7", kind="slow")
        self.until("held", 1)
        self.alert("10.0.0.7", "release")
        self.until("delivered", 2)
        self.assertEqual(json.loads(self.cli("silence", "show", name))["state"], "active")
        self.alert("10.0.0.7", "release", kind="slow")
        harness.wait_until("the silence is over", lambda: json.loads(
            self.cli("silence", "show", name))["state"] == "expired")
        self.assertEqual(len(self.rows("delivered")), 2)
        self.assertEqual(len(self.rows("withheld")), 2)

    def test_silences_long_over_are_deleted_and_others_stay(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        for name, days in (("old", 31), ("recent", 29)):
            self.cli("silence", "add", "host=a", "--comment", "c", "--name", name,
                     "--ends", (now - datetime.timedelta(days=days)).isoformat(timespec="seconds"))
        self.server.stop()
        self.server.start()
        def names():
            return [s["name"] for s in self.server.get("/api/v1/silences")[1]["data"]]
        harness.wait_until("the old one is gone", lambda: names() == ["recent"])
        self.assertIn("1 silences that ended more than 30 days ago", self.server.log_text())

    def test_in_yaml_and_back(self):
        with open(os.path.join(self.work, "holds.yaml"), "w") as f:
            f.write("silences:\n"
                    "  - name: tests\n    matcher: host=10.0.0.7\n"
                    "    comment: always\n    author: dave\n"
                    "inhibitions:\n"
                    "  - name: pools\n    source: entity=host_pool\n    target: pool=lab\n"
                    "    relation: pool\n"
                    "pools:\n  - name: lab\n    members: [10.1.0.0/16]\n")
        self.assertNotIn("error", self.cli("check-config", os.path.join(self.work, "holds.yaml")))
        self.cli("apply", "-f", os.path.join(self.work, "holds.yaml"))
        self.assertEqual(json.loads(self.cli("inhibition", "show", "pools"))["relation"], "pool")
        self.alert("10.0.0.7")
        self.until("held", 1)
        exported = self.cli("config", "export")
        for word in ("silences:", "always", "inhibitions:", "pool=lab"):
            self.assertIn(word, exported)
        with open(os.path.join(self.work, "bad.yaml"), "w") as f:
            f.write("silences:\n  - name: s\n    matcher: hots=1\n    comment: c\n"
                    "    author: a\n")
        said = self.cli("check-config", os.path.join(self.work, "bad.yaml"), code=6)
        self.assertIn("bad.yaml:3:", said)

    def test_a_pool_in_use_stays(self):
        self.cli("pool", "add", "lab", "--members", "10.1.0.0/16")
        self.assertIn("no pool named \"lba\"", self.cli(
            "silence", "add", "pool=lba", "--comment", "c", code=6))
        name = self.cli("silence", "add", "pool=lab", "--comment", "c").strip()
        self.cli("inhibition", "add", "i", "--source", "type=down", "--target", "pool=lab",
                 "--relation", "pool")
        said = self.cli("pool", "rm", "lab", "--yes", code=6)
        self.assertIn(f'in use by silence "{name}" and inhibition "i"', said)
        self.cli("inhibition", "rm", "i", "--yes")
        self.cli("silence", "expire", name)
        self.cli("silence", "expire", name)  # over: so it is deleted
        self.cli("pool", "rm", "lab", "--yes")


    def test_tried_out_before_it_is_made(self):
        """preview and replay of drafts: nothing is made, nothing is sent."""
        self.alert("switch1", kind="uplink")
        for n in (1, 2):
            self.alert(f"server{n}", site="pisa")
        self.alert("server1", action="release")
        self.until("delivered", 4)
        told = self.cli("inhibition", "preview", "new", "--source", "type=uplink",
                        "--target", "type=down", "--equal", "none")
        self.assertIn("engaged, and would mute others: 1", told)
        self.assertIn("engaged since, and would have been muted: 1", told)
        self.assertRegex(told, r"server2 .*1, uplink on switch1")
        told = self.cli("replay", "--matcher", "type=down", "--since", "1d")
        self.assertIn("3 deliveries held back, 1 of them sent when it ended, "
                      "2 withheld; 2 messages, 4 without it", told)
        self.assertRegex(told, r"hook +3 +1 +2 +0 +2 +4\n")
        answer = json.loads(self.cli("replay", "--matcher", "host=server1", "-o", "json"))
        self.assertEqual(answer["result"]["silence"]["held_back"], 2)
        self.assertEqual(answer["result"]["by_recipient"][0]["withheld"], 2)
        draft = os.path.join(self.work, "draft.yaml")
        with open(draft, "w") as f:
            f.write("endpoints:\n  - {name: e, type: webhook, params: {url: 'https://a.example/'}}\n"
                    "recipients:\n  - {name: night, endpoint: e, quiet_hours: daily}\n")
        told = self.cli("replay", "--file", draft)
        self.assertIn("3 alerts, 0 messages", told)
        self.assertRegex(told, r"night +quiet +4 +0 +0 +1 +0 +3\n")
        self.assertIn("no silence named", self.cli("replay", "--silence", "none", code=3))
        self.cli("silence", "list", code=3)
        self.assertEqual(len(self.rows("delivered")), 4)

    def test_explained_with_both_values(self):
        self.cli("recipient", "add", "nights", "--endpoint", "hook", "--repeat_interval", "1h",
                 "--quiet_hours", "daily", "--urgent_severity", "none")
        number = str(self.alert("h1")["alerts"][0]["id"])
        told = self.cli("explain", number, "--recipient", "nights")
        self.assertIn("held back, as far as it is known of then?", told)
        self.assertRegex(told, r"HOLD quiet +has error, \w{3} [0-9:]{5}, wants outside daily")
        self.assertRegex(told, r"\? repeat +has who had been told what then is not known, "
                               r"wants at most every 1h")
        self.assertRegex(told, r"HOLD repeat +has error; told as error .* ago, wants at most")
        self.assertRegex(self.cli("explain", number), r"nights +deliver +held: quiet hours, until")


if __name__ == "__main__":
    unittest.main()
