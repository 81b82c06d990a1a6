# gauntlet.py -- load, faults and kill -9 in a loop; then every alert is counted.
"""usage: gauntlet.py BUILD [--cycles 50] [--rate 2000] [--seed N]

Two recipients: one sink that is always well, one that hangs, answers 429 and
500, resets, swallows and refuses. Ends with one line, and fails unless nothing
was lost, nothing came in the wrong order, and duplicates stay within what was in
flight."""
import argparse, os, random, sys, tempfile, time

import harness

FAULTS = ("ok:400,hang:300,ok:300,429:400,ok:300,500:400,ok:300,reset:300,"
          "ok:300,lost:200,ok:300,refuse:400")
BATCH = 10  # alerts one webhook request carries


def progress(cycle, cycles, start):
    if sys.stderr.isatty() or cycle % 25 == 0 or cycle == cycles:
        rate = cycle / (time.monotonic() - start)
        print(f"\r  cycle {cycle}/{cycles}  {rate:.1f}/s  eta {(cycles - cycle) / rate:.0f} s ",
              end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)


def run(build, cycles, rate, seed):
    dice = random.Random(seed)
    work = tempfile.mkdtemp(prefix="gauntlet-")
    logs = {name: os.path.join(work, name + ".log") for name in ("well", "ill")}
    sinks = {"well": harness.Sink(build, "ok:1000", logs["well"]),
             "ill": harness.Sink(build, FAULTS, logs["ill"])}
    config = harness.webhook_config(os.path.join(work, "conf"), sinks)
    server = harness.Tocsin(build, os.path.join(work, "data"), config)
    os.makedirs(server.data)
    server.start()
    acked = os.path.join(work, "acked.log")
    load = harness.Load(build, server.port, "-F", "pairs", "-r", rate, "-w", 32, "-a", acked)
    start = time.monotonic()
    for cycle in range(1, cycles + 1):
        time.sleep(dice.uniform(0.05, 0.4))  # the fault's moment, not a wait for anything
        server.kill()
        server.start()
        progress(cycle, cycles, start)
    print(file=sys.stderr)
    load.stop()
    for name in sinks:
        sinks[name].restart("ok:1000")
    harness.wait_until("the outbox drains", server.drained, 300, 0.1)
    verdict = judge(server, acked, logs, cycles, work)
    server.stop()
    for sink in sinks.values():
        sink.stop()
    return verdict


def judge(server, acked, logs, cycles, work):
    with open(acked) as f:
        sent = {int(line) for line in f}
    sums = server.conservation()
    lost = duplicates = disorder = bound = 0
    for name, log in logs.items():
        first, count, unanswered = harness.read_log(log)
        lost += len(sent - first.keys())
        duplicates += sum(n - 1 for n in count.values())
        disorder += harness.order_violations(first)
        bound += unanswered + cycles * BATCH
    print(f"accepted {sums['accepted']} = delivered {sums['delivered']} + dead "
          f"{sums['dead']} + pending {sums['pending']} + "
          f"held {sums['held']} + withheld {sums['withheld']} | lost {lost} | dup {duplicates} "
          f"(bound {bound}) | order violations {disorder}")
    ok = (sums["accepted"] == sums["delivered"] + sums["dead"] + sums["pending"]
          + sums["held"] + sums["withheld"]
          and lost == 0 and duplicates <= bound and disorder == 0
          and sums["dead"] == 0 and len(sent) > cycles)
    print(f"{len(sent)} alerts acknowledged, {cycles} kills, data in {work}",
          file=sys.stderr)
    return ok


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("build")
    p.add_argument("--cycles", type=int, default=50)
    p.add_argument("--rate", type=float, default=2000)
    p.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    o = p.parse_args()
    print(f"seed {o.seed}", file=sys.stderr)
    sys.exit(0 if run(o.build, o.cycles, o.rate, o.seed) else 1)
