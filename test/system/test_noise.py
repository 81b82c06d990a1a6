# test_noise.py -- repeats, quiet hours and a kill in between, with the real program.
import os, shutil, sys, tempfile, unittest

import harness

BUILD = sys.argv.pop(1) if len(sys.argv) > 1 else "build"
ALERT = {"type": "syn_scan", "entity": "host", "entity_value": "10.0.0.1",
         "action": "store", "severity": "warning", "message": "scan"}


class Noise(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.mkdtemp(prefix="tocsin-noise-")
        self.addCleanup(shutil.rmtree, self.work, True)
        self.sink = harness.Sink(BUILD)
        self.addCleanup(self.sink.stop)
        data = os.path.join(self.work, "data")
        os.mkdir(data, mode=0o700)
        self.server = harness.Tocsin(BUILD, data).start()
        self.addCleanup(lambda: self.server.stop())
        self.put("/api/v1/endpoints", {"name": "hook", "type": "webhook", "params": {
            "url": self.sink.url, "allow_private": True}})

    def put(self, path, body):
        status, answer = self.server.post(path, body)[:2]
        self.assertIn(status, (200, 201, 202), answer)

    def states(self):
        rows = self.server.get("/api/v1/deliveries?limit=100")[1]["data"]
        return sorted((r["state"], r.get("reason", "")) for r in rows
                      if r["recipient"] == "r")

    def settled(self, *want):
        def there():
            got = sorted(s for s, _ in self.states())
            return got == sorted(want) or None
        harness.wait_until(f"deliveries are {want}, not {self.states()}", there)

    def test_repeats_are_withheld_also_after_a_kill(self):
        self.put("/api/v1/recipients", {"name": "r", "endpoint": "hook", "repeat_interval": "1h"})
        for _ in range(3):
            self.put("/api/v1/alerts", ALERT)
        self.settled("delivered", "withheld", "withheld")
        self.server.kill()
        self.server.start()
        self.put("/api/v1/alerts", ALERT)
        self.settled("delivered", "withheld", "withheld", "withheld")
        self.put("/api/v1/alerts", dict(ALERT, severity="error"))
        self.settled("delivered", "delivered", "withheld", "withheld", "withheld")
        self.assertTrue(all("the same was told at" in why
                            for state, why in self.states() if state == "withheld"))

    def test_quiet_hours_hold_and_let_go(self):
        self.put("/api/v1/recipients", {"name": "r", "endpoint": "hook",
                                        "quiet_hours": "daily"})
        self.put("/api/v1/alerts", ALERT)
        self.put("/api/v1/alerts", dict(ALERT, severity="critical"))
        self.settled("delivered", "held")
        status = self.server.call("PATCH", "/api/v1/recipients/r", {"quiet_hours": None})
        self.assertEqual(status[0], 200)
        self.settled("delivered", "delivered")


if __name__ == "__main__":
    unittest.main()
