#!/bin/sh
# Lines and branches of src that the tests reach. Installs and builds what the tests need, builds
# build/coverage, runs the tests with its programs, and prints the sum and gcovr's table, the least covered
# first.
#
#   sh tests/support/coverage.sh [NAME...]    only the tests whose names hold one of these words
set -eu

cd "$(dirname -- "$0")/../.."
build=$PWD/build/coverage
export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8

sh tests/run --setup
cmake --preset coverage >/dev/null
cmake --build --preset coverage >/dev/null
find "$build" -name '*.gcda' -delete

# A failed test is told, and counted all the same: this measures, it does not judge.
VERDICTS=$build/verdicts /usr/bin/python3 tests/support/run_all.py "$@" || true

# Branches that the compiler adds for its own purposes, and asserts, are nobody's decision.
gcovr --root . --filter src/ --object-directory "$build" --gcov-ignore-parse-errors \
    --exclude-unreachable-branches --exclude-throw-branches --print-summary --sort-uncovered -o "$build/coverage.txt"
sed -n '1,12p' "$build/coverage.txt"
