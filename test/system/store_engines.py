# store_engines.py -- both engines of the history beside one another, as long as it takes.
"""usage: store_engines.py BUILD conformance [ALERTS [ENGINE]]   (1,000,000; both)
       store_engines.py BUILD bench [ALERTS [DIRECTORY [keep]]]

Starts Debian's clickhouse-server, and asks it and SQLite the same: whether their
answers are right, or how long they take."""
import os
import subprocess
import sys

import clickhouse
import peers

PROGRAMS = {
    "conformance": ("test/test_store_conformance", "TOCSIN_TEST_CLICKHOUSE"),
    "bench": ("bench/bench_store", "TOCSIN_BENCH_CLICKHOUSE"),
}


def main(build, what, *arguments):
    program, variable = PROGRAMS[what]
    directory = peers.Directory("engines")
    server = clickhouse.ClickHouse(directory).start()
    arguments = arguments or ("1000000",)
    if what == "bench" and len(arguments) == 1:
        arguments += (directory.path,)
    try:
        return subprocess.call(
            [os.path.join(build, program), *arguments],
            env={**os.environ, variable: server.url})
    finally:
        server.stop()
        directory.remove()


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[2] not in PROGRAMS:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
