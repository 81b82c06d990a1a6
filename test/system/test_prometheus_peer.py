# test_prometheus_peer.py -- Debian's real Prometheus with a real rule drives us.
"""usage: test_prometheus_peer.py BUILD"""
import os, shutil, subprocess, sys, tempfile, unittest

import harness

BUILD = "build"
# Fires for ten seconds out of every twenty.
RULES = """groups:
  - name: lab
    interval: 1s
    rules:
      - alert: Flappy
        expr: vector(time() % 20) > 10
        labels: {severity: warning, instance: "192.0.2.7:9100"}
        annotations: {summary: "value {{ $value }}"}
"""
CONFIG = """global: {scrape_interval: 1s, evaluation_interval: 1s, external_labels: {site: lab}}
rule_files: [%s]
alerting:
  alertmanagers:
    - api_version: v2
      static_configs: [{targets: ["127.0.0.1:%d"]}]
"""


class Prometheus(unittest.TestCase):
    def test_a_rule_engages_and_releases(self):
        work = tempfile.mkdtemp(prefix="prometheus-")
        sink = harness.Sink(BUILD)
        config = harness.webhook_config(os.path.join(work, "conf"), {"hook": sink})
        os.makedirs(os.path.join(work, "data"), mode=0o700)
        server = harness.Tocsin(BUILD, os.path.join(work, "data"), config).start()
        with open(os.path.join(work, "rules.yml"), "w") as f:
            f.write(RULES)
        with open(os.path.join(work, "p.yml"), "w") as f:
            f.write(CONFIG % (os.path.join(work, "rules.yml"), server.port))
        prometheus = subprocess.Popen(
            ["prometheus", f"--config.file={work}/p.yml", f"--storage.tsdb.path={work}/tsdb",
             f"--web.listen-address=127.0.0.1:{harness.free_port()}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            engaged = harness.wait_until("the rule engages", lambda: server.get(
                "/api/v1/alerts?state=engaged")[1]["data"], 60, 0.2)
            self.assertEqual({k: engaged[0][k] for k in ("type", "entity", "entity_value", "severity", "source")},
                             {"type": "Flappy", "entity": "host", "entity_value": "192.0.2.7",
                              "severity": "warning", "source": "alertmanager"})
            self.assertEqual(engaged[0]["labels"]["site"], "lab")
            # Started while it fires, Prometheus may first tell the end of what we never saw.
            ended = harness.wait_until("the rule releases", lambda: [
                e for e in server.get("/api/v1/alerts?state=ended")[1]["data"]
                if e["id"] > engaged[0]["id"]], 60, 0.2)
            self.assertEqual(ended[0]["action"], "release")
            self.assertEqual(ended[0]["key"], engaged[0]["key"])
        finally:
            prometheus.terminate()
            prometheus.wait()
        harness.wait_until("all delivered", server.drained)
        told = server.get("/api/v1/deliveries?recipient=hook&state=delivered")[1]["data"]
        self.assertGreaterEqual(len(told), 2)
        self.assertGreaterEqual(sink.stop()["requests"], 1)
        self.assertEqual(server.stop(), 0)
        shutil.rmtree(work)


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
