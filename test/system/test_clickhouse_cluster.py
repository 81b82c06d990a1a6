# test_clickhouse_cluster.py -- the history in a cluster of which servers are killed.
"""usage: test_clickhouse_cluster.py BUILD

Two shards of two replicas: four of Debian's clickhouse-server (18.16) and its
ZooKeeper, started here. The unit tests of the store ask the cluster what they ask
SQLite; then tocsin fills it while servers of it are killed and come back."""
import json
import unittest

import clickhouse
import harness
import history
import peers


class Suite(unittest.TestCase):
    """The store's own tests, asked of the cluster."""

    def setUp(self):
        self.cluster = clickhouse.Cluster(2, 2)
        self.addCleanup(self.cluster.stop)
        self.cluster.start()

    def suite(self, name, *arguments):
        history.suite(self, name, self.cluster.all[0].url, *arguments,
                      cluster=self.cluster.name)

    def test_conformance(self):
        self.suite("test_store_conformance", "500", "clickhouse")

    def test_marks_and_reach(self):
        self.suite("test_store_marks")
        self.suite("test_store_reach")


class Killed(history.Test):
    """tocsin with its history in a cluster."""

    def setUp(self):
        self.cluster = clickhouse.Cluster(2, 2, "tocsin", history.PASSWORD)
        self.addCleanup(self.cluster.stop)
        self.cluster.start()
        self.server = self.cluster.servers[1][1] # of which none is killed
        urls = [self.cluster.servers[0][0].url, self.cluster.servers[1][0].url]
        self.prepare(self.cluster.new_directory(), ", ".join(urls),
                     clickhouse_cluster=self.cluster.name)

    def stored(self, seconds=120):
        harness.wait_until("all are stored", self.tocsin.drained, seconds)

    def has(self, alerts):
        """Each once; a replica may be a moment behind the one that was written to."""
        want = "\t".join([str(alerts)] * 3)
        harness.wait_until(f"{want}, not {self.counts()}",
                           lambda: self.counts() == want, 30)

    def local(self, server):
        return server.ask("SELECT count() FROM history.alert_local FINAL WHERE gone = 0")

    def are_alike(self):
        """The replicas of each shard hold the same, and both shards hold some."""
        counts = [[self.local(s) for s in shard] for shard in self.cluster.servers]
        return all(len(set(shard)) == 1 and shard[0] != "0" for shard in counts)

    def fetched(self):
        """18.16 never fetches a part anew that it was killed in the midst of fetching:
        what it had of it is in its way."""
        harness.wait_until("the replicas are alike", self.are_alike, 240)

    def page(self, query):
        status, page = self.tocsin.get("/api/v1/alerts?" + query)
        self.assertEqual(status, 200, page)
        return page

    def test_a_replica_dies(self):
        """The one that tocsin talks to: it goes on with the next, and starts again
        on it; the dead one catches up when it is back."""
        first = self.cluster.servers[0][0]
        self.tocsin.start()
        self.send(0, 1000)
        self.send(5000, 50, "engage")
        self.stored()
        self.has(1050)
        self.fetched()
        first.kill()
        self.send(1000, 1000)
        self.send(5000, 20, "release")
        self.stored()
        self.has(2050)
        status, answer = self.tocsin.post("/api/v1/alerts/ack", {
            "ids": [a["id"] for a in self.page("limit=10")["data"]]})
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.tocsin.stop(), 0)
        self.tocsin.start()
        self.send(2000, 1000)
        self.stored()
        first.start()
        self.fetched()
        for server in self.cluster.all:
            self.assertEqual(self.counts(server), "3050\t3050\t3050")
        self.assertEqual(first.ask("SELECT countIf(action = 0), countIf(acked_ms <> 0)"
                                   " FROM history.alert FINAL WHERE gone = 0"), "30\t10")
        self.assertEqual(self.store("verify").returncode, 0)

    def test_it_begins_without_one(self):
        """The tables are made; the dead server gets its own when it is back."""
        dead = self.cluster.servers[0][1]
        dead.kill()
        self.tocsin.start()
        self.send(0, 500)
        self.stored(240)
        self.has(500)
        dead.start()
        harness.wait_until("it has the tables", lambda: dead.ask(
            "SELECT count() FROM system.tables WHERE database = 'history'") == "10", 120)
        self.fetched()
        self.assertEqual(self.counts(dead), "500\t500\t500")

    def test_a_shard_is_down(self):
        """Nothing is lost, questions say so, and it catches up."""
        shard = self.cluster.servers[0]
        self.tocsin.start()
        self.send(0, 500)
        self.stored()
        self.fetched()
        for server in shard:
            server.kill()
        self.send(500, 500)
        harness.wait_until("it is behind, and says so",
                           lambda: self.queue()["tocsin_queue_messages"] > 0)
        harness.wait_until("a question is refused",
                           lambda: self.tocsin.get("/api/v1/alerts")[0] == 503, 60)
        _, problem = self.tocsin.get("/api/v1/alerts")
        self.assertNotIn(history.PASSWORD, json.dumps(problem) + self.tocsin.log_text())
        for server in shard:
            server.start()
        self.stored(180)
        self.fetched()
        self.assertEqual(self.counts(), "1000\t1000\t1000")


if __name__ == "__main__":
    peers.main()
