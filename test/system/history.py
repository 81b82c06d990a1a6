# history.py -- tocsin with its history in a ClickHouse, for the tests of it.
"""Shared by the tests named test_clickhouse_*.py."""
import glob
import json
import os
import subprocess
import tempfile
import unittest

import harness
import peers

HERE = os.path.dirname(os.path.abspath(__file__))
PASSWORD = "correct horse battery"
SETTINGS = """settings:
  history_days: 36500
  store_engine: clickhouse
  clickhouse_url: "{url}"
  clickhouse_database: history
  clickhouse_user: tocsin
  clickhouse_password: {password}
"""
BUILD = os.path.abspath(peers.build_directory())


def alerts(first, count, action="store"):
    """One a line, a minute between two of them."""
    return "\n".join(json.dumps({
        "type": "syn_scan", "message": f"alert {i}", "severity": "error",
        "entity": "host", "entity_value": f"192.0.2.{i % 250}",
        "action": action, "key": f"k{i}", "category": "security",
        "tstamp": 1606141256 + i * 60}) for i in range(first, first + count)).encode()


def suite(test, name, url, *arguments, cluster=None):
    """One of the store's own tests, asked of the server at this address."""
    env = {**os.environ, "TOCSIN_TEST_CLICKHOUSE": url}
    if cluster:
        env["TOCSIN_TEST_CLUSTER"] = cluster
    done = subprocess.run([os.path.join(BUILD, "test", name), *arguments], env=env,
                          capture_output=True, text=True, timeout=850)
    test.assertEqual(done.returncode, 0, done.stdout + done.stderr)


def panel_targets():
    """What the panels of the shipped dashboards ask."""
    for path in sorted(glob.glob(os.path.join(HERE, "../../contrib/grafana/*.json"))):
        with open(path) as f:
            for panel in json.load(f)["panels"]:
                yield from panel.get("targets", [])


def panel_sql(raw):
    """A panel's SQL as Grafana's plugin sends it."""
    sql = (raw.replace("$__timeFilter(tstamp)", "tstamp > toDateTime(0)")
           .replace("$__timeInterval(tstamp)", "toStartOfHour(tstamp)")
           .replace("${database}", "history"))
    assert "$" not in sql, sql
    assert "FINAL" in sql, sql # without it a released alert counts twice
    return sql + " FORMAT JSONCompact"


class Test(unittest.TestCase):
    """What starts it, fills it and looks at it; self.server is asked."""

    def prepare(self, directory, url, **more):
        """A tocsin that is not started yet; `more`: settings."""
        text = SETTINGS.format(url=url, password=PASSWORD)
        config = directory.file("tocsin.yaml", text + "".join(
            f"  {name}: {value}\n" for name, value in more.items()))
        self.tocsin = harness.Tocsin(BUILD, config=config,
                                     data=tempfile.mkdtemp(prefix="tocsin-"))
        self.addCleanup(self.end)

    def end(self):
        if self.tocsin.process and self.tocsin.process.poll() is None:
            self.tocsin.kill()

    def send(self, first, count, action="store"):
        status, answer = self.tocsin.call("POST", "/api/v1/alerts",
                                          alerts(first, count, action),
                                          headers={"Content-Type": "application/x-ndjson"})
        self.assertIn(status, (200, 202), answer)

    def counts(self, server=None):
        return (server or self.server).ask(
            "SELECT count(), uniqExact(entity_value, message), uniqExact(id) "
            "FROM history.alert FINAL WHERE gone = 0")

    def queue(self):
        _, text = self.tocsin.get("/metrics", token=False)
        return {line.split("{")[0]: float(line.split()[-1]) for line in text.splitlines()
                if 'recipient="alert_store_db"' in line and line.startswith("tocsin_queue")}

    def store(self, *words):
        return subprocess.run([self.tocsin.binary, "store", *words, "--data",
                               self.tocsin.data], capture_output=True, text=True, timeout=300)
