# test_alertmanager_times_peer.py -- Debian's real Alertmanager and we, by the same
# alertmanager.yml of random time intervals in many time zones: whom it mutes now, we do.
"""usage: test_alertmanager_times_peer.py BUILD"""
import datetime, http.server, json, os, random, re, subprocess, sys, tempfile, threading, time, unittest

import harness

BUILD = "build"
ROUTES = 120
DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
# Where clocks are put forward Alertmanager takes that month to be a day shorter, so
# that days of the month are asked in other zones.
STEADY = ["UTC", "Asia/Kolkata", "Pacific/Pago_Pago", "Asia/Tokyo", "Pacific/Kiritimati"]
ZONES = STEADY + ["Europe/Rome", "Pacific/Auckland", "America/New_York"]


class Sink(http.server.ThreadingHTTPServer):
    """Notes who was told at which path."""

    request_queue_size = 2 * ROUTES  # all at once
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Told)
        self.told = {"alertmanager": set(), "tocsin": set()}
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Told(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        by = "alertmanager" if b'"groupKey"' in body else "tocsin"
        self.server.told[by].add(self.path.strip("/"))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def ranges(dice, least, most, shown=str):
    """One or two, near enough to now to be decided by this field alone."""
    out = []
    for _ in range(dice.randint(1, 2)):
        first, last = sorted((dice.randint(least, most), dice.randint(least, most)))
        out.append(shown(first) if first == last else f"{shown(first)}:{shown(last)}")
    return out


def interval(dice, now):
    """A time interval as Alertmanager's documentation has it."""
    spec = {}
    if dice.random() < 0.8:
        spec["location"] = dice.choice(ZONES)
    if dice.random() < 0.5:
        start, end = sorted(dice.sample(range(0, 1441, 15), 2))
        spec["times"] = [{"start_time": f"{start // 60:02}:{start % 60:02}",
                          "end_time": f"{end // 60:02}:{end % 60:02}"}]
    if dice.random() < 0.5:
        spec["weekdays"] = ranges(dice, 0, 6, DAYS.__getitem__)
    if dice.random() < 0.4:
        spec["days_of_month"] = dice.choice([ranges(dice, 1, 31), ranges(dice, -28, -1),
                                             [f"{min(now.day, 27)}:-1"], ["-31:-1"], ["-1"]])
        spec["location"] = dice.choice(STEADY)
    if dice.random() < 0.3:
        spec["months"] = ranges(dice, 1, 12)
    if dice.random() < 0.3:
        spec["years"] = ranges(dice, now.year - 1, now.year + 1)
    return spec


def configuration(dice, url):
    now = datetime.datetime.now(datetime.timezone.utc)
    intervals, routes = [], []
    receivers = [{"name": "none"}]
    for r in range(ROUTES):
        route = {"receiver": f"r{r}", "matchers": [f'r="{r}"']}
        kind = dice.choice(["mute_time_intervals", "active_time_intervals", "both", "none"])
        for key in ("mute_time_intervals", "active_time_intervals"):
            if kind in (key, "both"):
                name = f"{key[0]}{r}"
                intervals.append({"name": name, "time_intervals": [interval(dice, now)]})
                route[key] = [name]
        routes.append(route)
        receivers.append({"name": f"r{r}", "webhook_configs": [{"url": f"{url}/r{r}"}]})
    half = len(intervals) // 2  # both spellings of the key
    return {"route": {"receiver": "none", "group_wait": "0s", "group_by": ["..."],
                      "routes": routes},
            "receivers": receivers, "time_intervals": intervals[:half],
            "mute_time_intervals": intervals[half:]}


class Times(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.mkdtemp(prefix="times-")
        self.sink = Sink()
        os.makedirs(os.path.join(self.work, "data"), mode=0o700)
        os.makedirs(os.path.join(self.work, "conf"))
        self.server = harness.Tocsin(BUILD, os.path.join(self.work, "data"),
                                     os.path.join(self.work, "conf")).start()
        self.seed = random.SystemRandom().randrange(1 << 32)
        self.file = os.path.join(self.work, "alertmanager.yml")
        with open(self.file, "w") as f:
            json.dump(configuration(random.Random(self.seed),
                                    f"http://127.0.0.1:{self.sink.server_address[1]}"), f)
        self.port = harness.free_port()
        self.log = os.path.join(self.work, "alertmanager.log")
        with open(self.log, "wb") as log:
            self.alertmanager = subprocess.Popen(
                ["prometheus-alertmanager", f"--config.file={self.file}",
                 f"--storage.path={self.work}/am", "--log.level=debug",
                 "--cluster.listen-address=", f"--web.listen-address=127.0.0.1:{self.port}"],
                stdout=log, stderr=log)

    def tearDown(self):
        self.alertmanager.terminate()
        self.alertmanager.wait()
        self.server.stop()
        self.sink.shutdown()
        self.sink.server_close()

    def muted_lines(self):
        with open(self.log) as f:
            return len(re.findall("Notifications not sent, route is (?:within mute|not within active)",
                                  f.read()))

    def ready(self):
        self.assertIsNone(self.alertmanager.poll(), f"see {self.log}")
        return subprocess.run(["amtool", f"--alertmanager.url=http://127.0.0.1:{self.port}",
                               "alert", "query"], capture_output=True).returncode == 0

    def post(self, number):
        """The same alerts to both."""
        alerts = [{"labels": {"alertname": f"A{number}", "instance": f"h{r}", "r": str(r)}}
                  for r in range(ROUTES)]
        file = os.path.join(self.work, "alerts.json")
        with open(file, "w") as f:
            json.dump(alerts, f)
        subprocess.run(["curl", "-sf", "-H", "Content-Type: application/json", "-d", f"@{file}",
                        f"http://127.0.0.1:{self.port}/api/v2/alerts"], check=True)
        status, answer = self.server.post("/api/v2/alerts", alerts)
        self.assertEqual(status, 200, answer)

    def held(self):
        """How many deliveries our silences hold."""
        held, after = 0, ""
        while after is not None:
            page = self.server.get(f"/api/v1/deliveries?state=held&limit=500{after}")[1]
            held += sum(d["hold"]["kind"] == "silenced" for d in page["data"])
            after = f"&cursor={page['next']}" if page.get("next") else None
        return held

    def once(self, number):
        """Whom Alertmanager told and whom we; None: the minute changed meanwhile."""
        told, minute = self.sink.told, int(time.time() / 60)
        lines, held = self.muted_lines(), self.held()
        told["alertmanager"].clear()
        told["tocsin"].clear()
        self.post(number)
        harness.wait_until("Alertmanager decided on all", lambda:
                           len(told["alertmanager"]) + self.muted_lines() - lines >= ROUTES)
        harness.wait_until("we decided on all", lambda:
                           len(told["tocsin"]) + self.held() - held >= ROUTES)
        if int(time.time() / 60) != minute:
            return None
        return sorted(told["alertmanager"]), sorted(told["tocsin"])

    def test_whom_alertmanager_mutes_now_we_do(self):
        harness.wait_until("Alertmanager is ready", self.ready)
        report = self.tocsin("import", "alertmanager", self.file)
        self.assertNotIn("! silence", report, f"seed {self.seed}")
        answer = None
        for number in range(3):
            answer = self.once(number)
            if answer is not None:
                break
        theirs, ours = answer
        self.assertEqual(theirs, ours, f"seed {self.seed}, {self.file}")
        self.assertGreater(len(ours), ROUTES // 10)
        self.assertLess(len(ours), ROUTES * 9 // 10)

    def tocsin(self, *words):
        return subprocess.run([os.path.join(BUILD, "tocsin"), *words, "--data", self.server.data,
                               "--server", f"http://127.0.0.1:{self.server.port}"],
                              capture_output=True, text=True).stdout


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
