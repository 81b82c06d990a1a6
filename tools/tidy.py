# tidy.py -- the house rules as a test: sizes, names, first lines, banned things.
"""usage: tidy.py   (from the repository's root). Every complaint is file:line."""
import os, re, subprocess, sys, tempfile

LINE_MAX, FILE_MAX, HEADER_MAX, FUNCTION_MAX = 100, 600, 120, 60
SILENT = ("base", "alert", "message", "endpoint", "registry", "routing")
BANNED = [
    (r"\bgoto\b", "goto: use freed_by()"),
    (r"\bTODO\b(?!.*#\d)", "TODO without an issue number"),
    (r"\b(ctx|tmp)\b(?=\s*[=;,)\[-])", "a name that says nothing"),
    (r"\bsqlite3_v?(mprintf|snprintf)\b", "SQL is never built from strings"),
    (r"printf\([^;]*\"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE)\s", "SQL is never built from strings"),
    (r"\b(getenv)\(\"https?_proxy", "proxies from the environment are not used"),
    (r"\bNDEBUG\b(?!.*error)", "assertions stay on"),
]
problems = []


def complain(path, line, text):
    problems.append(f"{path}:{line}: {text}")


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns],
                            capture_output=True, text=True, check=True).stdout
    return [p for p in listed.splitlines() if os.path.exists(p)]


def check_lines(path, lines, limit):
    if len(lines) > limit:
        complain(path, limit + 1, f"{len(lines)} lines; at most {limit}")
    for n, line in enumerate(lines, 1):
        if len(line) > LINE_MAX:
            complain(path, n, f"{len(line)} columns; at most {LINE_MAX}")
        if "\t" in line:
            complain(path, n, "a tab")
        if line != line.rstrip():
            complain(path, n, "trailing blank")


def check_first_line(path, lines):
    name = os.path.basename(path)
    if not lines or not re.match(rf"/\* {re.escape(name)} -- \S", lines[0]):
        complain(path, 1, f'must begin with "/* {name} -- one sentence."')


def check_functions(path, lines):
    start = None
    for n, line in enumerate(lines, 1):
        if line.startswith("{"):
            start = n
        elif line.startswith("}") and start:
            if n - start - 1 > FUNCTION_MAX:
                complain(path, start, f"a function of {n - start - 1} lines; at most {FUNCTION_MAX}")
            start = None


def check_banned(path, lines):
    room = path.split("/")[1] if path.startswith("src/") else ""
    for n, line in enumerate(lines, 1):
        for pattern, why in BANNED:
            if re.search(pattern, line) and path != "src/base/base.h":
                complain(path, n, why)
        if room in SILENT and '"base/log.h"' in line and not path.startswith("src/base/log"):
            complain(path, n, f"{room}/ does not log: it returns errors")
        if path.startswith("src/") and re.search(r"\bassert\(0", line):
            complain(path, n, "say what the bug is: bug(\"...\")")


def check_headers(headers):
    """Every header compiles alone."""
    with tempfile.TemporaryDirectory() as d:
        unit = os.path.join(d, "unit.c")
        for h in headers:
            with open(unit, "w") as f:
                f.write(f'#include "{h[4:]}"\n')
            r = subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-Isrc", "-Wall",
                                "-Werror", "-fsyntax-only", unit], capture_output=True, text=True)
            if r.returncode:
                complain(h, 1, "does not compile alone: " + r.stderr.splitlines()[0])


def check_tour(headers):
    """ARCHITECTURE.md walks through every room and names every public header."""
    tour = open("ARCHITECTURE.md").read() if os.path.exists("ARCHITECTURE.md") else ""
    for room in sorted({h.split("/")[1] + "/" for h in headers if h.count("/") > 1}):
        if room not in tour:
            complain("ARCHITECTURE.md", 1, f"does not mention the room {room}")


def check_golden():
    for path in tracked("src/endpoint/*.c"):
        found = re.search(r'const struct endpoint_type endpoint_(\w+) = {', open(path).read())
        if found and not os.path.isdir(f"test/golden/{found.group(1)}"):
            complain(path, 1, f"has no golden files in test/golden/{found.group(1)}/")


def main():
    code = tracked("src/*.[ch]", "src/**/*.[ch]", "test/**/*.[ch]", "bench/*.[ch]")
    for path in code:
        lines = open(path, encoding="utf-8").read().split("\n")[:-1]
        if "catalogue_table" not in path:
            check_lines(path, lines, HEADER_MAX if path.startswith("src/") and path.endswith(".h") else FILE_MAX)
        check_first_line(path, lines)
        check_functions(path, lines)
        check_banned(path, lines)
    headers = [p for p in code if p.startswith("src/") and p.endswith(".h")]
    check_headers(headers)
    check_tour(headers)
    check_golden()
    print("\n".join(problems) or f"tidy: {len(code)} files, nothing to complain about")
    return 1 if problems else 0


sys.exit(main())
