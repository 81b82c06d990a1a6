# bench.py -- the figures of the README, each beside its peer in the same run.
"""usage: bench.py BUILD [--seconds 5] [--rate 5000] [--engaged 100000] [--stored 1000000]

Intake: the same POST /api/v2/alerts bodies to Tocsin (on disk before the answer,
fsync on) and to Debian's prometheus-alertmanager (kept in memory), one at a time
and 64 a request. Latency: a steady rate to a webhook sink. Memory: engaged alerts. The
explorer in Chromium, over many stored alerts."""
import argparse, os, shutil, subprocess, sys, tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "test", "system"))
import harness


class Alertmanager:
    def __init__(self, work):
        self.port, self.storage = harness.free_port(), os.path.join(work, "am")
        config = os.path.join(work, "am.yml")
        with open(config, "w") as f:
            f.write("route:\n  receiver: none\nreceivers:\n  - name: none\n")
        self.process = subprocess.Popen(
            ["prometheus-alertmanager", f"--config.file={config}",
             f"--storage.path={self.storage}", "--cluster.listen-address=",
             f"--web.listen-address=127.0.0.1:{self.port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        harness.wait_until("alertmanager answers", self.is_ready, 30)

    def is_ready(self):
        import urllib.request
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready").status == 200
        except OSError:
            return False

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.storage)


def intake(build, port, batch, seconds, distinct, first):
    return harness.Load(build, port, "-F", "alertmanager", "-b", batch, "-w", 64, "-s", seconds,
                        "-f", first, *(["-d", distinct] if distinct else [])).wait()


def show(what, ours, theirs=None, aim=""):
    line = f"{what:46} {ours:>14}"
    if theirs is not None:
        line += f" {theirs:>14}"
    print(f"{line}   {aim}", flush=True)


def compare_intake(build, work, seconds):
    """Each starts afresh for each row and has the machine to itself."""
    show("durable intake, alerts/s", "tocsin", "alertmanager", "ratio (aim)")
    for batch, aim in ((1, 1.0), (64, 2.0)):
        for words, distinct in (("all different", 0), ("10,000 repeating", 10000)):
            server = harness.Tocsin(build).start()
            ours = intake(build, server.port, batch, seconds, distinct, 1)
            server.stop(120)
            peer = Alertmanager(work)
            theirs = intake(build, peer.port, batch, seconds, distinct, 1)
            peer.stop()
            show(f"  {batch:2} a POST, {words}", f"{ours['per_s']:.0f}", f"{theirs['per_s']:.0f}",
                 f"{ours['per_s'] / theirs['per_s']:.2f} x ({aim:.0f} x)")
            shutil.rmtree(server.data)


def latency(build, work, seconds, rate):
    sink = harness.Sink(build)
    config = harness.webhook_config(os.path.join(work, "conf"), {"sink": sink})
    server = harness.Tocsin(build, config=config).start()
    load = harness.Load(build, server.port, "-r", rate, "-w", 32, "-s", seconds).wait()
    harness.wait_until("the outbox drains", server.drained, 120, 0.1)
    seen = sink.stop()
    server.stop(60)
    shutil.rmtree(server.data)
    show(f"sent to delivered at {load['per_s']:.0f} alerts/s, p50", f"{seen['p50_ms']:.1f} ms")
    show("  p99", f"{seen['p99_ms']:.1f} ms", aim="(50 ms)")
    show("  accept alone (2xx after fsync), p99", f"{load['p99_ms']:.1f} ms")


def memory(build, count):
    server = harness.Tocsin(build).start()
    idle = server.rss_kb()
    harness.Load(build, server.port, "-F", "engage", "-n", count, "-b", 64).wait()
    harness.wait_until("the outbox drains", server.drained, 300, 0.1)
    full = server.rss_kb()
    server.stop(60)
    server.start()
    again = server.rss_kb()
    server.stop(60)
    shutil.rmtree(server.data)
    show("memory idle", f"{idle / 1024:.0f} MB")
    show(f"  with {count} engaged alerts", f"{full / 1024:.0f} MB", aim="(150 MB)")
    show("  the same after a restart", f"{again / 1024:.0f} MB")


def explorer(build, alerts):
    """In Chromium; the script says its own figures."""
    subprocess.run(["node", os.path.join(os.path.dirname(__file__), "bench_ui.mjs"), build,
                    str(alerts)], check=True)


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("--seconds", type=float, default=5)
    p.add_argument("--rate", type=float, default=5000)
    p.add_argument("--engaged", type=int, default=100000)
    p.add_argument("--stored", type=int, default=1000000)
    p.add_argument("--only", choices=("intake", "latency", "memory", "ui"))
    o = p.parse_args()
    work = tempfile.mkdtemp(prefix="bench-")
    if o.only in (None, "intake"):
        compare_intake(o.build, work, o.seconds)
    if o.only in (None, "latency"):
        latency(o.build, work, o.seconds, o.rate)
    if o.only in (None, "memory"):
        memory(o.build, o.engaged)
    if o.only in (None, "ui"):
        explorer(o.build, o.stored)
    shutil.rmtree(work)
