#!/bin/sh
# Lines and branches of src that ctest and pytest reach. Builds build/coverage, runs both with its
# binary, and prints gcovr's table; the last line is the sum.
#
#   sh tests/support/coverage.sh [-k WORDS]    what follows goes to pytest
set -eu

cd "$(dirname -- "$0")/../.."
build=$PWD/build/coverage

command -v gcovr >/dev/null || { echo "coverage: needs the package gcovr" >&2; exit 69; }
cmake --preset coverage >/dev/null
cmake --build --preset coverage >/dev/null
find "$build" -name '*.gcda' -delete

# A failed test is told, and counted all the same: this measures, it does not judge.
ctest --test-dir "$build" -j2 --output-on-failure | tail -n 4 || true
# One pytest a folder, as each has a conftest of its own. The rules and valgrind look at other builds.
for folder in flow fault browser; do
    VERDICTS=$build/verdicts PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -p no:cacheprovider -q \
        --deselect tests/fault/test_valgrind.py "tests/$folder" "$@" | tail -n 8 || true
done

# Branches that the compiler adds for its own purposes, and asserts, are nobody's decision.
gcovr --root . --filter src/ --object-directory "$build" --gcov-ignore-parse-errors \
    --exclude-unreachable-branches --exclude-throw-branches --print-summary --sort-uncovered -o "$build/coverage.txt"
sed -n '1,12p' "$build/coverage.txt"
