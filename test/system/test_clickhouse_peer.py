# test_clickhouse_peer.py -- the history in a real ClickHouse, killed and moved about.
"""usage: test_clickhouse_peer.py BUILD

Debian's clickhouse-server (18.16), started here. The unit tests of the store ask it
what they ask SQLite; tocsin fills it, while it is down, killed and back."""
import glob
import json
import os
import re
import subprocess
import tempfile
import unittest

import clickhouse
import harness
import peers

HERE = os.path.dirname(os.path.abspath(__file__))
DASHBOARDS = os.path.join(HERE, "../../contrib/grafana/*.json")
PASSWORD = "correct horse battery"
SETTINGS = """settings:
  history_days: 36500
  store_engine: clickhouse
  clickhouse_url: {url}
  clickhouse_database: history
  clickhouse_user: tocsin
  clickhouse_password: {password}
"""


def alerts(first, count):
    """One a line, a minute between two of them."""
    return "\n".join(json.dumps({
        "type": "syn_scan", "message": f"alert {i}", "severity": "error",
        "entity": "host", "entity_value": f"192.0.2.{i % 250}",
        "action": "store", "key": f"k{i}", "category": "security",
        "tstamp": 1606141256 + i * 60}) for i in range(first, first + count)).encode()


class Suite(unittest.TestCase):
    """The store's own tests, asked of ClickHouse."""

    def setUp(self):
        self.directory = peers.Directory("clickhouse")
        self.addCleanup(self.directory.remove)
        self.server = clickhouse.ClickHouse(self.directory).start()
        self.addCleanup(self.server.stop)

    def run_test(self, name, *arguments):
        done = subprocess.run([os.path.join(BUILD, "test", name), *arguments],
                              env={**os.environ, "TOCSIN_TEST_CLICKHOUSE": self.server.url},
                              capture_output=True, text=True, timeout=1200)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_conformance(self):
        self.run_test("test_store_conformance", "1000")

    def test_marks_and_questions(self):
        self.run_test("test_store_marks")
        self.run_test("test_store_query")


class Whole(unittest.TestCase):
    """tocsin with its history in ClickHouse."""

    def setUp(self):
        self.directory = peers.Directory("clickhouse")
        self.addCleanup(self.directory.remove)
        self.server = clickhouse.ClickHouse(self.directory, "tocsin", PASSWORD)
        self.addCleanup(self.server.stop)
        config = self.directory.file("tocsin.yaml", SETTINGS.format(
            url=self.server.url, password=PASSWORD))
        self.tocsin = harness.Tocsin(BUILD, config=config,
                                     data=tempfile.mkdtemp(prefix="tocsin-"))
        self.addCleanup(self.end)

    def end(self):
        if self.tocsin.process.poll() is None:
            self.tocsin.kill()

    def send(self, first, count):
        status, answer = self.tocsin.call("POST", "/api/v1/alerts", alerts(first, count),
                                          headers={"Content-Type": "application/x-ndjson"})
        self.assertIn(status, (200, 202), answer)

    def counts(self):
        return self.server.ask("SELECT count(), uniqExact(entity_value, message), "
                               "uniqExact(id) FROM history.alert FINAL WHERE gone = 0")

    def queue(self):
        _, text = self.tocsin.get("/metrics", token=False)
        return {line.split("{")[0]: float(line.split()[-1]) for line in text.splitlines()
                if 'recipient="alert_store_db"' in line and line.startswith("tocsin_queue")}

    def store(self, *words):
        return subprocess.run([self.tocsin.binary, "store", *words, "--data",
                               self.tocsin.data], capture_output=True, text=True, timeout=300)

    def test_down_at_start(self):
        """It starts, takes alerts, says how far behind it is, and catches up."""
        self.tocsin.start()
        self.send(0, 300)
        status, problem = self.tocsin.get("/api/v1/alerts")
        self.assertEqual(status, 503)
        self.assertIn("ClickHouse is not reachable", json.dumps(problem))
        self.assertNotIn(PASSWORD, json.dumps(problem) + self.tocsin.log_text())
        harness.wait_until("the oldest has an age",
                           lambda: self.queue()["tocsin_queue_oldest_seconds"] > 0)
        self.assertEqual(self.queue()["tocsin_queue_messages"], 300)
        self.server.start()
        harness.wait_until("it caught up", self.tocsin.drained, 90)
        self.assertEqual(self.counts(), "300\t300\t300")
        status, page = self.tocsin.get("/api/v1/alerts?limit=10")
        self.assertEqual((status, len(page["data"])), (200, 10))

    def test_killed_while_it_inserts(self):
        """kill -9 of the server, again and again: each alert is there once."""
        self.server.start()
        self.tocsin.start()
        for cycle in range(6):
            self.send(cycle * 2000, 2000)
            harness.wait_until("some are stored", lambda: self.queue()[
                "tocsin_queue_messages"] < 1900 - 300 * cycle, 60)
            self.server.kill()
            self.send(12000 + cycle * 100, 100)
            self.server.start()
        harness.wait_until("it caught up", self.tocsin.drained, 120)
        self.assertEqual(self.counts(), "12600\t12600\t12600")
        self.assertEqual(self.store("verify").returncode, 0)

    def test_moved_and_back(self):
        """To a file and into an empty database again: the same alerts."""
        self.server.start()
        self.tocsin.start()
        self.send(0, 3000)
        harness.wait_until("all are stored", self.tocsin.drained, 90)
        listed = self.tocsin.get("/api/v1/alerts?limit=100")[1]["data"]
        one = listed[5]["id"]
        status, answer = self.tocsin.post("/api/v1/alerts/ack",
                                          {"ids": [one], "note": "known"})
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.tocsin.stop(), 0)
        moved = self.store("migrate", "--to", "sqlite")
        self.assertEqual(moved.returncode, 0, moved.stderr)
        self.assertIn("3000 alerts are moved; there are 3000", moved.stdout)
        self.server.ask("DROP DATABASE history")
        moved = self.store("migrate", "--to", "clickhouse")
        self.assertEqual(moved.returncode, 0, moved.stderr)
        self.assertEqual(self.counts(), "3000\t3000\t3000")
        again = self.store("migrate", "--to", "clickhouse")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(self.counts(), "3000\t3000\t3000")
        self.tocsin.start()
        back = self.tocsin.get("/api/v1/alerts?limit=100")[1]["data"]
        self.assertEqual([a["id"] for a in back], [a["id"] for a in listed])
        self.assertEqual(self.server.ask(
            "SELECT count() FROM history.alert FINAL WHERE acked_ms <> 0"), "1")

    def test_dashboards(self):
        """Every SQL runs, every metric is one that /metrics has."""
        self.server.start()
        self.tocsin.start()
        self.send(0, 100)
        harness.wait_until("all are stored", self.tocsin.drained, 60)
        _, metrics = self.tocsin.get("/metrics", token=False)
        seen = 0
        for path in sorted(glob.glob(DASHBOARDS)):
            with open(path) as f:
                board = json.load(f)
            for panel in board["panels"]:
                for target in panel.get("targets", []):
                    seen += 1
                    self.check_target(target, metrics)
        self.assertGreater(seen, 15)

    def check_target(self, target, metrics):
        if "rawSql" in target:
            sql = (target["rawSql"].replace("$__timeFilter(tstamp)", "tstamp > toDateTime(0)")
                   .replace("$__timeInterval(tstamp)", "toStartOfHour(tstamp)")
                   .replace("${database}", "history"))
            self.assertNotIn("$", sql)
            self.assertTrue(self.server.ask(sql + " FORMAT JSONCompact"))
            return
        for word in re.findall(r"tocsin_\w+", target["expr"]):
            self.assertIn(f"# TYPE {word.removesuffix('_bucket')} ", metrics)


if __name__ == "__main__":
    BUILD = os.path.abspath(peers.build_directory())
    peers.main()
