# layers.py -- fails when a room includes or calls a room it may not.
"""usage: layers.py BUILD_DIR   (from the repository's root)

Two looks: the #include lines, and the symbols each room's objects use, so that a
hand-written prototype does not slip through."""
import collections, glob, os, re, subprocess, sys

ROOMS = ("base loop alert message endpoint registry routing outbox config transport "
         "courier store people web fake intake admin cli").split()
RANK = {room: n for n, room in enumerate(ROOMS)}
problems = []


def room_of(path):
    """The room of src/<room>/x; None for what stands above all (main, pipeline)."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else None


def check_includes():
    for path in sorted(glob.glob("src/**/*.[ch]", recursive=True)):
        room = room_of(path)
        if room is not None and room not in RANK:
            problems.append(f"{path}: {room}/ is not a room of ARCHITECTURE.md")
            continue
        for n, line in enumerate(open(path), 1):
            m = re.match(r'#include "(?:(\w+)/)?', line)
            if room is None or not m:
                continue
            if m.group(1) is None or m.group(1) not in RANK:
                problems.append(f"{path}:{n}: include rooms as \"room/file.h\"")
            elif RANK[m.group(1)] > RANK[room]:
                problems.append(f"{path}:{n}: {room}/ may not include {m.group(1)}/")


def objects(build):
    for path in glob.glob(os.path.join(build, "**", "*.o"), recursive=True):
        m = re.search(r"/(?:src_)?(\w+?)_([\w.]+)\.c\.o$", path)
        base = os.path.basename(path)
        room = base[4:].split("_")[0] if base.startswith("src_") else base.split("_")[0]
        if m and room in RANK and "libtocsin" in path:
            yield room, path


def check_symbols(build):
    defined, used = {}, collections.defaultdict(set)
    for room, path in objects(build):
        for line in subprocess.run(["nm", path], capture_output=True, text=True).stdout.splitlines():
            kind, name = line.split()[-2:]
            if kind in "TDRBG":
                defined[name] = room
            elif kind == "U":
                used[name].add((room, path))
    if not defined:
        problems.append(f"{build}: no objects of libtocsin found; build first")
    for name, users in used.items():
        for room, path in users:
            if name in defined and RANK[defined[name]] > RANK[room]:
                problems.append(f"{os.path.basename(path)}: {room}/ may not call "
                                f"{name}() of {defined[name]}/")
    return len(defined)


check_includes()
symbols = check_symbols(sys.argv[1])
print("\n".join(problems) or f"layers: {len(ROOMS)} rooms, {symbols} symbols, every call goes down")
sys.exit(1 if problems else 0)
