#!/usr/bin/env bash
# test.sh -- every test there is: both compilers, sanitizers, real peers, kill -9.
set -eu
cd "$(dirname "$0")/.."
ok=0 bad=0 started=$SECONDS
LOGS=$(mktemp -d /tmp/tocsin-test.XXXXXX)

step() { # NAME COMMAND...
    local name=$1 from=$SECONDS
    shift
    printf '%-44s ' "$name"
    if "$@" >"$LOGS/$name.log" 2>&1; then
        ok=$((ok + 1))
        printf 'ok   %3d s\n' $((SECONDS - from))
    else
        bad=$((bad + 1))
        printf 'FAIL %3d s   %s\n' $((SECONDS - from)) "$LOGS/$name.log"
        tail -n 40 "$LOGS/$name.log" | sed 's/^/    /'
    fi
}

builds() { # DIR CC OPTION...
    local dir=$1 cc=$2
    shift 2
    [ -f "$dir/build.ninja" ] || CC=$cc meson setup "$dir" --werror "$@"
    ninja -C "$dir"
}

units() { meson test -C "$1" --print-errorlogs --no-rebuild "${@:2}"; }
# A peer that hangs fails its step, not the whole run.
peer() { timeout -k 10 1800 /usr/bin/python3 "test/system/$1.py" "${@:2}"; }

step "build gcc, no warnings" builds build-gcc gcc -Dbuildtype=release
step "build clang + ASan + UBSan, no warnings" builds build-asan clang \
    -Db_sanitize=address,undefined -Db_lundef=false -Dfuzzers=true
step "build gcc + TSan" builds build-tsan gcc -Db_sanitize=thread -Db_lundef=false
if [ "$bad" -gt 0 ]; then # nothing below would say more
    echo "$ok passed, $bad failed"
    exit 1
fi
step "tidy" /usr/bin/python3 tools/tidy.py
step "layers" /usr/bin/python3 tools/layers.py build-gcc
step "man pages lint" tools/lint-man.sh
step "docs are current" /usr/bin/python3 tools/docs.py build-gcc --check
step "unit tests, ASan + UBSan" units build-asan
step "unit tests with threads, TSan" units build-tsan --suite threads
for t in test/system/test_*.py; do
    name=$(basename "$t" .py)
    case $name in # its engine's library has an allocator of its own
    test_clickhouse_current) build=build-gcc ;;
    *) build=build-asan ;;
    esac
    step "$name" peer "$name" "$build"
done
step "gauntlet: 50 kill -9 cycles under faults" \
    peer gauntlet build-gcc --cycles 50
grep -h '^accepted' "$LOGS/gauntlet: 50 kill -9 cycles under faults.log" | sed 's/^/    /' || true
step "fuzzers, 5 s each" tools/fuzz.sh 5 build-asan

printf '\n%d s, logs in %s\n' $((SECONDS - started)) "$LOGS"
echo "$ok passed, $bad failed"
[ "$bad" -eq 0 ]
