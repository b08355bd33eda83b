#!/bin/sh
# Measures the signup service beside nginx on this machine: requests a second and times, printed, never
# asserted. Needs wrk and nginx-light (`apt-get install wrk nginx-light`).
#
#   sh tests/bench/serve.sh [SECONDS]
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
cd "$here"
cmake --preset release >/dev/null
cmake --build --preset release --target verdicts >/dev/null
exec /usr/bin/python3 tests/bench/serve.py "${1:-10}"
