# harness.py -- starts the real tocsin, the load and the sinks, and judges them.
"""Shared by the gauntlet, the benchmarks and the system tests."""
import json, os, signal, socket, sqlite3, subprocess, tempfile, time
import urllib.error, urllib.request


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(what, check, seconds=30, every=0.02):
    """Polls; a test never sleeps for a time it merely hopes is long enough."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = check()
        if value:
            return value
        time.sleep(every)
    raise AssertionError(f"not within {seconds} s: {what}")


class Tocsin:
    """One tocsin process on its own data directory."""

    def __init__(self, build, data=None, config=None, port=None, env=None):
        self.binary = os.path.join(build, "tocsin")
        self.data = data or tempfile.mkdtemp(prefix="tocsin-")
        self.config, self.port, self.env = config, port or free_port(), env
        self.process, self.log = None, os.path.join(self.data, "log")

    def start(self, wait=True):
        command = [self.binary, "serve", "--data", self.data,
                   "--listen", f"127.0.0.1:{self.port}"]
        if self.config:
            command += ["--config", self.config]
        log = open(self.log, "ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log,
                                        env={**os.environ, **(self.env or {})})
        log.close()
        if wait:
            wait_until("tocsin answers /readyz", self.is_ready, 60)
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"tocsin ended with {self.process.returncode}:\n"
                                 + self.log_text()[-3000:])
        try:
            return self.get("/readyz", token=False)[0] == 200
        except OSError:
            return False

    def log_text(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=30):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def token(self):
        with open(os.path.join(self.data, "admin.token")) as f:
            return f.read().strip()

    def call(self, method, path, body=None, token=True, headers=None):
        """(status, parsed body or text)"""
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}",
                                         data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", "Bearer " + self.token())
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as e:
            status, text = e.code, e.read()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text.decode(errors="replace")

    def get(self, path, token=True):
        return self.call("GET", path, token=token)

    def post(self, path, body, token=True, headers=None):
        return self.call("POST", path, body, token, headers)

    def conservation(self):
        """The outbox's own sum, as anybody can ask it."""
        db = sqlite3.connect(f"file:{self.data}/tocsin.db?mode=ro", uri=True)
        try:
            row = db.execute("SELECT accepted, delivered, dead, pending, held, "
                             "withheld FROM conservation").fetchone()
        finally:
            db.close()
        return dict(zip(("accepted", "delivered", "dead", "pending", "held",
                         "withheld"), row))

    def drained(self):
        return self.conservation()["pending"] == 0

    def rss_kb(self):
        with open(f"/proc/{self.process.pid}/status") as f:
            return int(next(l for l in f if l.startswith("VmRSS")).split()[1])


class Sink:
    def __init__(self, build, modes="ok:1000", log=None, port=0):
        self.build, self.log, self.port = build, log, port
        self.start(modes)

    def start(self, modes):
        command = [os.path.join(self.build, "test/sink"), "-p", str(self.port), "-m", modes]
        if self.log:
            command += ["-l", self.log]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return json.loads(self.process.communicate()[0].splitlines()[-1])

    def restart(self, modes):
        self.stop()
        self.start(modes)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"


class Load:
    def __init__(self, build, port, *options):
        self.process = subprocess.Popen(
            [os.path.join(build, "test/load"), "-p", str(port), *map(str, options)],
            stdout=subprocess.PIPE, text=True)

    def stop(self, seconds=120):
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds=600):
        return json.loads(self.process.communicate(timeout=seconds)[0].splitlines()[-1])


def webhook_config(directory, sinks):
    """A YAML file with one webhook endpoint and recipient for each named sink. Each
    alert is told: what is counted here must not be left out as a repeat."""
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "webhooks.yaml"), "w") as f:
        f.write("endpoints:\n")
        for name, sink in sinks.items():
            f.write(f"  - name: {name}\n    type: webhook\n    params:\n"
                    f"      url: {sink.url}\n      allow_private: true\n")
        f.write("recipients:\n")
        for name in sinks:
            f.write(f"  - name: {name}\n    endpoint: {name}\n"
                    "    repeat_interval: 0s\n    flapping_count: 0\n")
    return directory


def read_log(path):
    """First-seen position of every alert, how often it was seen, and how many
    requests' worth were received but never answered."""
    first, count, unanswered, at = {}, {}, 0, 0
    with open(path) as f:
        for line in f:
            kind, *seqs = line.split()
            for seq in map(int, seqs):
                at += 1
                first.setdefault(seq, at)
                count[seq] = count.get(seq, 0) + 1
                unanswered += kind == "N"
    return first, count, unanswered


def order_violations(first):
    """Pairs: 2k engages, 2k+1 releases; a release must not be seen first."""
    return sum(1 for seq, at in first.items()
               if seq % 2 and first.get(seq - 1, 1 << 62) > at)
