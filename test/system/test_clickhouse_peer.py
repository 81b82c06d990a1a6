# test_clickhouse_peer.py -- the history in a real ClickHouse, killed and moved about.
"""usage: test_clickhouse_peer.py BUILD

Debian's clickhouse-server (18.16), started here. The unit tests of the store ask it
what they ask SQLite; tocsin fills it, while it is down, killed and back."""
import json
import re
import subprocess
import unittest

import clickhouse
import harness
import history
import peers

ENGAGED, RELEASED = "0", "1"
WARNING, ERROR, CRITICAL = "4", "5", "6"


class Suite(unittest.TestCase):
    """The store's own tests, asked of ClickHouse."""

    def setUp(self):
        self.directory = peers.Directory("clickhouse")
        self.addCleanup(self.directory.remove)
        self.server = clickhouse.ClickHouse(self.directory).start()
        self.addCleanup(self.server.stop)

    def test_conformance(self):
        history.suite(self, "test_store_conformance", self.server.url, "500", "clickhouse")

    def test_marks_and_questions(self):
        for name in ("test_store_cancel", "test_store_marks", "test_store_query",
                     "test_store_reach"):
            history.suite(self, name, self.server.url)


class Whole(history.Test):
    """tocsin with its history in ClickHouse."""

    def setUp(self):
        self.directory = peers.Directory("clickhouse")
        self.addCleanup(self.directory.remove)
        self.server = clickhouse.ClickHouse(self.directory, "tocsin", history.PASSWORD)
        self.addCleanup(self.server.stop)
        self.prepare(self.directory, self.server.url)

    def test_down_at_start(self):
        """It starts, takes alerts, says how far behind it is, and catches up."""
        self.tocsin.start()
        self.send(0, 300)
        status, problem = self.tocsin.get("/api/v1/alerts")
        self.assertEqual(status, 503)
        self.assertIn("ClickHouse is not reachable", json.dumps(problem))
        self.assertNotIn(history.PASSWORD, json.dumps(problem) + self.tocsin.log_text())
        harness.wait_until("the oldest has an age",
                           lambda: self.queue()["tocsin_queue_oldest_seconds"] > 0)
        self.assertEqual(self.queue()["tocsin_queue_messages"], 300)
        store = self.named("recipients")
        self.assertEqual(store["pending"], 300)
        self.assertIsNotNone(store["oldest"])
        self.assertIn("not reachable", self.named("endpoints")["last_error"])
        screen = self.status()
        self.assertRegex(screen, r"alert_store_db +on +300 +20\d\d-\S+ +0 +0")
        self.assertRegex(screen, r"alert_store_db +[a-z]+ +\d +.*not reachable")
        self.server.start()
        harness.wait_until("it caught up", self.tocsin.drained, 90)
        self.assertEqual(self.counts(), "300\t300\t300")
        status, page = self.tocsin.get("/api/v1/alerts?limit=10")
        self.assertEqual((status, len(page["data"])), (200, 10))

    def named(self, kind):
        _, status = self.tocsin.get("/api/v1/status")
        return next(r for r in status[kind] if r["name"] == "alert_store_db")

    def status(self):
        done = subprocess.run([self.tocsin.binary, "status", "--data", self.tocsin.data,
                               "--server", f"http://127.0.0.1:{self.tocsin.port}"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def say(self, severity, action="engage"):
        status, answer = self.tocsin.post("/api/v1/alerts", {
            "type": "disk", "entity": "host", "entity_value": "192.0.2.1",
            "severity": severity, "action": action, "message": f"{severity}: it fills"})
        self.assertIn(status, (200, 202), answer)

    def mark(self, what, **more):
        status, page = self.tocsin.get("/api/v1/alerts?state=any")
        self.assertEqual((status, len(page["data"])), (200, 1), page)
        status, answer = self.tocsin.post(f"/api/v1/alerts/{what}", {
            "ids": [page["data"][0]["id"]], **more})
        self.assertEqual(status, 200, answer)

    def row_becomes(self, *want):
        """The only one's state, severity, message, and who acknowledged it and why."""
        wanted = "\t".join(want)
        try:
            harness.wait_until(repr(wanted), lambda: self.row() == wanted, 60)
        except AssertionError as e:
            raise AssertionError(f"{e}; it is {self.row()!r}") from None

    def row(self):
        return self.server.ask("SELECT action, severity, message, acked_by, acked_note "
                               "FROM history.alert FINAL WHERE gone = 0")

    def test_acknowledged_and_worse(self):
        """What becomes of an engaged alert becomes of its row, also while the server
        is down; and late words change nothing."""
        self.server.start()
        self.tocsin.start()
        self.say("warning")
        harness.wait_until("it is stored", self.tocsin.drained, 60)
        self.row_becomes(ENGAGED, WARNING, "warning: it fills")
        self.mark("ack", by="maya", note="ISP ticket 88")
        self.row_becomes(ENGAGED, WARNING, "warning: it fills", "maya", "ISP ticket 88")
        self.say("error")
        self.row_becomes(ENGAGED, ERROR, "error: it fills", "maya", "ISP ticket 88")
        self.mark("unack")
        self.row_becomes(ENGAGED, ERROR, "error: it fills")
        self.server.kill()
        self.say("critical")
        self.tocsin.kill()
        self.tocsin.start()
        self.server.start()
        self.row_becomes(ENGAGED, CRITICAL, "critical: it fills")
        self.mark("ack", by="ugo")
        self.say("warning", "release")
        self.row_becomes(RELEASED, CRITICAL, "warning: it fills", "ugo")
        harness.wait_until("all is settled", self.tocsin.drained)
        self.assertEqual(self.store("verify").returncode, 0)

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

    def test_both_are_killed(self):
        """kill -9 of the server and of tocsin, in turn and at once. What was on its way
        through three kills goes one by one, so it takes its time, but no longer: the
        server that is back is found within seconds."""
        self.server.start()
        self.tocsin.start()
        for cycle in range(4):
            self.send(cycle * 200, 200)
            self.server.kill()
            self.send(1000 + cycle * 20, 20)
            self.tocsin.kill()
            if cycle % 2:
                self.server.start()
                self.tocsin.start()
            else:
                self.tocsin.start()
                self.send(2000 + cycle * 20, 20)
                self.server.start()
        harness.wait_until("it caught up", self.tocsin.drained, 180)
        self.assertEqual(self.counts(), "920\t920\t920")
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
        for target in history.panel_targets():
            seen += 1
            self.check_target(target, metrics)
        self.assertGreater(seen, 15)

    def check_target(self, target, metrics):
        if "rawSql" in target:
            self.assertTrue(self.server.ask(history.panel_sql(target["rawSql"])))
            return
        for word in re.findall(r"tocsin_\w+", target["expr"]):
            self.assertIn(f"# TYPE {word.removesuffix('_bucket')} ", metrics)


if __name__ == "__main__":
    peers.main()
