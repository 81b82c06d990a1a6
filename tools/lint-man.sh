#!/usr/bin/env bash
# lint-man.sh -- every manual page passes mandoc.
set -eu
cd "$(dirname "$0")/.."
for page in man/*.[1-8]; do
    mandoc -Tlint -Wwarning "$page"
done
