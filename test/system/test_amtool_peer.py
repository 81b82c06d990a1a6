# test_amtool_peer.py -- Debian's real amtool manages our silences; what one holds back
# is sent when it ends.
"""usage: test_amtool_peer.py BUILD"""
import datetime, json, os, subprocess, sys, tempfile, unittest

import harness

BUILD = "build"


def alert(server, action, host="192.0.2.7"):
    status, answer = server.post("/api/v1/alerts", {
        "type": "InstanceDown", "entity": "host", "entity_value": host,
        "action": action, "severity": "error", "message": "is it on?"})
    assert status in (200, 202), (status, answer)
    return answer


class Amtool(unittest.TestCase):
    def setUp(self):
        work = tempfile.mkdtemp(prefix="amtool-")
        self.sink = harness.Sink(BUILD)
        config = harness.webhook_config(os.path.join(work, "conf"), {"hook": self.sink})
        os.makedirs(os.path.join(work, "data"), mode=0o700)
        self.server = harness.Tocsin(BUILD, os.path.join(work, "data"), config).start()
        self.http = os.path.join(work, "http.yml")
        with open(self.http, "w") as f:
            f.write(f"authorization: {{type: Bearer, credentials: {self.server.token()}}}\n")

    def tearDown(self):
        self.server.stop()
        self.sink.stop()

    def amtool(self, *words):
        done = subprocess.run(
            ["amtool", f"--alertmanager.url=http://127.0.0.1:{self.server.port}",
             f"--http.config.file={self.http}", *words],
            capture_output=True, text=True, env={**os.environ, "HOME": self.server.data})
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return done.stdout

    def deliveries(self, state):
        return self.server.get(f"/api/v1/deliveries?recipient=hook&state={state}")[1]["data"]

    def test_a_silence_is_added_queried_and_expired(self):
        uuid = self.amtool("silence", "add", "alertname=InstanceDown",
                           "-a", "alice", "-c", "new switch", "-d", "2h").strip()
        found = json.loads(self.amtool("-o", "json", "silence", "query"))
        self.assertEqual([(s["id"], s["status"]["state"], s["createdBy"], s["comment"])
                          for s in found], [(uuid, "active", "alice", "new switch")])
        self.assertEqual(found[0]["matchers"], [{"name": "alertname", "value": "InstanceDown",
                                                 "isRegex": False, "isEqual": True}])
        ours = self.server.get(f"/api/v1/silences/{uuid}")[1]["data"]
        self.assertEqual(ours["matcher"], '{alertname="InstanceDown"}')

        alert(self.server, "engage")
        held = harness.wait_until("the alert is held", lambda: self.deliveries("held"))
        self.assertEqual(held[0]["hold"]["kind"], "silenced")
        self.assertIn("alice", held[0]["reason"])
        self.assertEqual(self.deliveries("delivered"), [])

        self.amtool("silence", "expire", uuid)
        sent = harness.wait_until("it is sent", lambda: self.deliveries("delivered"))
        self.assertEqual(sent[0]["id"], held[0]["id"])
        states = [s["status"]["state"] for s in
                  json.loads(self.amtool("-o", "json", "silence", "query", "--expired"))]
        self.assertEqual(states, ["expired"])
        self.assertEqual(json.loads(self.amtool("-o", "json", "silence", "query")), [])

    def test_what_ends_while_it_is_silenced_is_never_told(self):
        self.amtool("silence", "add", 'instance=~".*"', 'alertname=~"Instance.*"',
                    "-a", "bob", "-c", "tests", "-d", "1h")
        alert(self.server, "engage")
        alert(self.server, "release")
        harness.wait_until("both are withheld", lambda: len(self.deliveries("withheld")) == 2)
        sums = self.server.conservation()
        self.assertEqual(sums["accepted"], sum(sums[k] for k in sums if k != "accepted"))
        self.assertEqual(self.deliveries("delivered"), [])

    def test_a_silence_ends_by_itself_also_over_a_crash(self):
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4)
        self.amtool("silence", "add", "alertname=InstanceDown", "-a", "eve", "-c", "short",
                    f"--end={end.isoformat(timespec='seconds')}")
        alert(self.server, "engage")
        harness.wait_until("the alert is held", lambda: self.deliveries("held"))
        self.server.kill()
        self.server.start()
        harness.wait_until("it is sent", lambda: self.deliveries("delivered"))
        self.assertEqual(self.server.conservation()["held"], 0)


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    unittest.main()
