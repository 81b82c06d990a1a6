# test_migrate_peer.py -- a history moved into a real ClickHouse and back, killed often.
"""usage: test_migrate_peer.py BUILD

tocsin store migrate is killed with -9 at several pages, and so is the ClickHouse that
it writes into; meanwhile alerts come, are released, acknowledged, noted and deleted.
In the end both histories have the same contents, by a hash over all of them."""
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

import clickhouse
import harness
import peers

PASSWORD = "correct horse battery"
SETTINGS = """settings:
  history_days: 36500
  store_engine: {engine}
  clickhouse_url: {url}
  clickhouse_database: history
  clickhouse_user: tocsin
  clickhouse_password: {password}
"""
ALERTS = 8000
HOSTS = 200


def alert(i, action):
    return {"type": "syn_scan", "message": f"alert {i}", "severity": "error",
            "entity": "host", "entity_value": f"192.0.2.{i % HOSTS}", "action": action,
            "key": f"k{i}", "category": "security", "tstamp": 1606141256 + i * 60}


class Moved(unittest.TestCase):
    def setUp(self):
        self.dice = random.Random(4711)
        self.directory = peers.Directory("migrate")
        self.addCleanup(self.directory.remove)
        self.server = clickhouse.ClickHouse(self.directory, "tocsin", PASSWORD).start()
        self.addCleanup(self.server.stop)
        self.tocsin = harness.Tocsin(BUILD, config=self.directory.file("tocsin.yaml"),
                                     data=tempfile.mkdtemp(prefix="tocsin-"))
        self.addCleanup(self.end)
        self.sent = 0

    def end(self):
        if self.tocsin.process.poll() is None:
            self.tocsin.kill()

    def start(self, engine):
        self.directory.file("tocsin.yaml", SETTINGS.format(
            engine=engine, url=self.server.url, password=PASSWORD))
        self.tocsin.start()

    # --- what happens meanwhile -----------------------------------------------------

    def send(self, alerts):
        status, answer = self.tocsin.call(
            "POST", "/api/v1/alerts", "\n".join(map(json.dumps, alerts)).encode(),
            headers={"Content-Type": "application/x-ndjson"})
        self.assertIn(status, (200, 202), answer)

    def send_new(self, count):
        self.send(alert(i, "engage" if i % 10 == 0 else "store")
                  for i in range(self.sent, self.sent + count))
        self.sent += count

    def drained(self):
        harness.wait_until("all are stored", self.tocsin.drained, 120)

    def mark(self, what, body):
        status, answer = self.tocsin.post(f"/api/v1/alerts/{what}", body)
        self.assertEqual(status, 200, answer)

    def change(self, n):
        """What came before is changed, and something comes."""
        self.send_new(100)
        self.send(alert(i, "release") for i in range(n * 50, self.sent, 500)
                  if i % 10 == 0)
        self.drained()
        for what, text in (("ack", {"note": f"seen {n}"}), ("unack", {}), ("delete", {})):
            host = self.dice.randrange(HOSTS)
            self.mark(what, {"filter": f"entity_value=192.0.2.{host}", **text})
        listed = self.tocsin.get("/api/v1/alerts?limit=100")[1]["data"]
        one = self.dice.choice(listed)["id"]
        self.mark("note", {"ids": [one], "text": f"note {n}"})

    # --- moving ----------------------------------------------------------------------

    def migrate(self, engine):
        return subprocess.Popen(
            [self.tocsin.binary, "store", "migrate", "--to", engine,
             "--data", self.tocsin.data],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def pages_done(self):
        try:
            with open(os.path.join(self.tocsin.data, "store-migrate.cursor")) as f:
                return int(f.read().split()[-1])
        except (OSError, ValueError, IndexError):
            return 0

    def killed_at(self, engine, more):
        """Killed once so many more alerts are moved; whether it was still running."""
        from_here = self.pages_done()
        process = self.migrate(engine)
        harness.wait_until("so many are moved", lambda: process.poll() is not None or
                           self.pages_done() >= from_here + more, 120, 0.002)
        process.kill()
        process.communicate()
        return process.returncode == -9

    def finished(self, engine):
        process = self.migrate(engine)
        out, err = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 0, out + err)
        self.assertFalse(os.path.exists(os.path.join(self.tocsin.data,
                                                     "store-migrate.cursor")))
        return out

    def contents(self):
        """A hash over every alert, its marks and notes, and how many there are."""
        digest, count, cursor = hashlib.sha256(), 0, ""
        while cursor is not None:
            status, page = self.tocsin.get(
                "/api/v1/alerts?limit=500" + (f"&cursor={cursor}" if cursor else ""))
            self.assertEqual(status, 200, page)
            for row in page["data"]:
                count += 1
                row.pop("stored_at", None)
                if row.get("notes"):
                    row["notes"] = self.tocsin.get(f"/api/v1/alerts/{row['id']}/notes")[1]
                digest.update(json.dumps(row, sort_keys=True).encode())
            cursor = page["next"]
        return count, digest.hexdigest()

    def moved(self, source, target):
        self.assertEqual(sum(self.killed_at(target, more)
                             for more in (0, 1, 1000)), 3)
        for n in range(2):
            self.change(n)
            process = self.migrate(target)
            before = self.pages_done()
            harness.wait_until("it moves", lambda: process.poll() is not None or
                               self.pages_done() > before, 120, 0.002)
            if target == "clickhouse":
                self.server.kill()
                out, err = process.communicate(timeout=300)
                self.assertEqual(process.returncode, 1, out)
                self.assertIn("run it again", err)
                self.server.start()
            else:
                process.kill()
                process.communicate()
        self.change(7)
        process = self.migrate(target)  # to its end, as far as it was
        process.communicate(timeout=300)
        self.drained()
        print(self.finished(target).strip(), file=sys.stderr)
        want = self.contents()
        self.assertEqual(self.tocsin.stop(), 0)
        self.start(target)
        self.assertEqual(self.contents(), want)
        self.assertGreater(want[0], ALERTS * 9 // 10)

    def test_into_clickhouse_and_back(self):
        self.start("sqlite")
        self.send_new(ALERTS)
        self.drained()
        self.moved("sqlite", "clickhouse")
        os.unlink(os.path.join(self.tocsin.data, "history.db"))
        self.moved("clickhouse", "sqlite")


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
