# test_clickhouse_current.py -- the store's SQL, asked of a current ClickHouse engine.
"""usage: test_clickhouse_current.py BUILD

npm's chdb package holds the engine as a library; it is fetched into BUILD/chdb when it
is not there (160 MB), and test/chdb_server puts it behind HTTP. It has no users and no
cluster, so the rest is for test_clickhouse_peer.py and test_clickhouse_cluster.py."""
import os
import re
import shutil
import subprocess
import time
import unittest
import urllib.error
import urllib.request

import history
import peers

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.join(HERE, "chdb")
PLACE = os.path.join(history.BUILD, "chdb")
LIBRARY = os.path.join(PLACE, "node_modules/@chdb/lib-linux-x64-gnu/libchdb.so")
DAY = 86400


def fetch():
    """npm looks whether what is there is what the lock file says."""
    os.makedirs(PLACE, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(os.path.join(PACKAGE, name), PLACE)
    if not os.path.exists(LIBRARY):
        subprocess.run(["npm", "ci"], cwd=PLACE, check=True, timeout=400)


def text_of(path):
    with open(path) as f:
        return f.read()


class Current(history.Test):
    @classmethod
    def setUpClass(cls):
        fetch()

    def setUp(self):
        self.directory = peers.Directory("chdb")
        self.addCleanup(self.directory.remove)
        os.makedirs(self.directory.file("data"))
        self.server = self
        self.start()

    def start(self):
        out = self.directory.file("chdb.out")
        self.process = peers.Process([os.path.join(history.BUILD, "test/chdb_server"),
                                      LIBRARY, self.directory.file("data")], out)
        self.addCleanup(self.process.stop)
        found = peers.wait_until("chdb's port", lambda: self.process.check() and
                                 re.search(r"port (\d+)\n", text_of(out)), 60)
        self.url = f"http://127.0.0.1:{found.group(1)}"

    def ask(self, sql):
        try:
            with urllib.request.urlopen(self.url, sql.encode(), timeout=60) as answer:
                return answer.read().decode().strip()
        except urllib.error.HTTPError as e:
            raise AssertionError(f"{sql}\n{e.read().decode(errors='replace')}") from e

    def test_conformance(self):
        self.assertGreaterEqual(int(self.ask("SELECT version()").split(".")[0]), 26)
        history.suite(self, "test_store_conformance", self.url, "500", "clickhouse")

    def test_marks_and_questions(self):
        for name in ("test_store_marks", "test_store_query", "test_store_reach"):
            history.suite(self, name, self.url)

    def test_dashboard(self):
        """Its columns are there, and its SQL is a current server's, too."""
        self.prepare(self.directory, self.url)
        self.tocsin.start()
        self.send(0, 100)
        peers.wait_until("all are stored", self.tocsin.drained, 60)
        asked = [self.ask(history.panel_sql(t["rawSql"]))
                 for t in history.panel_targets() if "rawSql" in t]
        self.assertGreater(len(asked), 10)
        self.assertRegex(asked[0], r'\["?100"?\]')

    def ttls(self):
        return re.findall(r"\+ (\d+), 4294967295", self.ask(
            "SELECT engine_full FROM system.tables WHERE database = 'history' AND name "
            "IN ('alert', 'note', 'place')"))

    def wait_for_ttl(self, days):
        want = [str((days + 2) * DAY)] * 3
        peers.wait_until(f"a TTL of {days} days", lambda: self.ttls() == want, 90)

    def test_ttl_follows_the_settings(self):
        """It is altered when they change, not at each start; then it takes the days."""
        self.prepare(self.directory, self.url)
        now = int(time.time()) // DAY * DAY
        self.tocsin.start()
        self.wait_for_ttl(36500)
        for age in (1, 5, 20, 40):
            self.send_at(now - age * DAY)
        self.keep(30)
        self.wait_for_ttl(30)
        self.assertEqual(self.listed(), 3)
        self.assertEqual(self.tocsin.stop(), 0)
        altered = self.ask("SELECT count() FROM system.mutations WHERE table = 'alert'")
        self.tocsin.start()
        self.keep(10)
        self.wait_for_ttl(10)
        peers.wait_until("two are left", lambda: self.listed() == 2)
        self.assertEqual(int(self.ask("SELECT count() FROM system.mutations WHERE "
                                      "table = 'alert'")), int(altered) + 1)
        self.ask("OPTIMIZE TABLE history.alert FINAL")
        peers.wait_until("the TTL took the others", lambda: self.ask(
            "SELECT count() FROM history.alert") == "2", 60)
        self.keep(100)
        self.wait_for_ttl(100)
        self.assertEqual(self.listed(), 2)

    def send_at(self, tstamp):
        status, answer = self.tocsin.post("/api/v1/alerts", {
            "type": "syn_scan", "message": f"at {tstamp}", "entity": "host",
            "entity_value": "192.0.2.1", "action": "store", "key": str(tstamp),
            "tstamp": tstamp})
        self.assertIn(status, (200, 202), answer)
        peers.wait_until("it is stored", self.tocsin.drained, 60)

    def keep(self, days):
        text = text_of(self.tocsin.config)
        with open(self.tocsin.config, "w") as f:
            f.write(re.sub(r"history_days: \d+", f"history_days: {days}", text))
        done = subprocess.run([self.tocsin.binary, "apply", "-f", self.tocsin.config,
                               "--server", f"http://127.0.0.1:{self.tocsin.port}",
                               "--data", self.tocsin.data],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def listed(self):
        status, page = self.tocsin.get("/api/v1/alerts?limit=100")
        self.assertEqual(status, 200, page)
        return len(page["data"])


if __name__ == "__main__":
    peers.main()
