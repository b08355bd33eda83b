"""A long list is imported while people leave, confirm and unsubscribe by one-click: are all answered, and how fast?

    /usr/bin/python3 tests/bench/doors.py [LINES [SECONDS]]

Defaults: 1000000 lines, and people for 300 seconds. Prints figures. Uses build/release/verdicts unless VERDICTS says
otherwise.
"""

import collections
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("VERDICTS", str(ROOT / "build" / "release" / "verdicts"))
sys.path.insert(0, str(ROOT / "tests" / "support"))

from doors import VISITS, Doors, write_list  # noqa: E402
from newsletter import Newsletter  # noqa: E402
from service import Service  # noqa: E402


def main() -> None:
    lines, seconds = [int(word) for word in sys.argv[1:]] + [1_000_000, 300][len(sys.argv) - 1:]
    print(f"{os.environ['VERDICTS']}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as scratch:
        letter = Newsletter(pathlib.Path(scratch) / "letter")
        doors = Doors(letter, seconds)
        write_list(letter.folder / "many.csv", lines, doors.everybody())
        with Service(letter) as service:
            doors.open(service)
            start = time.monotonic()
            running = subprocess.Popen(letter.command("-q", "subscribers", "import", str(letter.folder / "many.csv"),
                                                      "--status", "confirmed", "--wording", "x"), stdout=subprocess.DEVNULL)
            _, status, used = os.wait4(running.pid, 0)
            running.returncode = os.waitstatus_to_exitcode(status)
            took = time.monotonic() - start
            doors.close()
            lost = doors.lost(service)
    assert running.returncode == 0
    print(f"import of {lines} lines: {took:.1f} s, {used.ru_maxrss // 1024} MiB at its most")
    for kind in VISITS:
        times = sorted((spent, due) for what, _, _, spent, due in doors.answers if what == kind)
        codes = collections.Counter(code for what, _, code, *_ in doors.answers if what == kind)
        print(f"{kind:<8} {len(times):6} answers {dict(codes)}, p50 {times[len(times) // 2][0] * 1000:.0f} ms, "
              f"p99 {times[int(len(times) * 0.99)][0] * 1000:.0f} ms, longest {times[-1][0] * 1000:.0f} ms "
              f"after {times[-1][1]:.0f} s")
    print(f"answered 200 and not kept: {len(lost)}")


if __name__ == "__main__":
    main()
