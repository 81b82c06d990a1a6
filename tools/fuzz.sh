#!/usr/bin/env bash
# fuzz.sh -- runs every fuzzer for some seconds each, from its seeds.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60} dir=${2:-build-asan}
[ -f "$dir/build.ninja" ] || CC=clang meson setup "$dir" \
    -Db_sanitize=address,undefined -Db_lundef=false -Dfuzzers=true
ninja -C "$dir" --quiet
for f in "$dir"/test/fuzz_*; do
    [ -f "$f" ] && [ -x "$f" ] || continue
    name=$(basename "$f")
    corpus=$(mktemp -d "/tmp/$name.XXXXXX")
    echo "== $name"
    "$f" -max_total_time="$seconds" -max_len=16384 -timeout=5 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$corpus/" "$corpus" \
        $([ -d "test/fuzz/seeds/$name" ] && echo "test/fuzz/seeds/$name" || echo test/samples) \
        2>&1 | grep -E 'stat::number_of_executed_units|ERROR|SUMMARY|Assertion|runtime error' || true
    [ "${PIPESTATUS[0]}" -eq 0 ] || exit 1
    if ls "$corpus"/crash-* "$corpus"/timeout-* "$corpus"/oom-* "$corpus"/leak-* >/dev/null 2>&1; then
        echo "$name found something: $corpus"
        exit 1
    fi
    rm -rf "$corpus"
done
