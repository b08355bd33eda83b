"""The long tests that a plain run only samples: every fuzz target for some minutes each, and the
pytest cases marked `campaign`.

Environment: FUZZ_SECONDS (default 600) for each target.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FUZZ = ROOT / "build" / "fuzz" / "tests" / "fuzz"
SEEDS = ROOT / "tests" / "fuzz" / "seeds"


def fuzz(target: pathlib.Path, seconds: int) -> bool:
    """A finding is left in the working folder and named in the output."""
    with tempfile.TemporaryDirectory() as corpus:
        seeds = SEEDS / target.name.removeprefix("fuzz_")
        command = [str(target), f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048",
                   "-print_final_stats=1", corpus, str(seeds)]
        done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True, errors="replace")
    tail = [line for line in done.stderr.splitlines() if "stat::" in line or "ERROR" in line]
    print(f"{target.name}: {'no finding' if done.returncode == 0 else 'FINDING'} in {seconds} s")
    print("\n".join(tail), flush=True)
    return done.returncode == 0


def main() -> int:
    seconds = int(os.environ.get("FUZZ_SECONDS", "600"))
    good = True
    for target in sorted(FUZZ.glob("fuzz_*")):
        if target.is_file():
            good = fuzz(target, seconds) and good
    # One pytest a folder: each has a conftest of its own, and they share that name. 5 is: none here.
    for tests in sorted(path for path in (ROOT / "tests").iterdir() if any(path.glob("test_*.py"))):
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-m", "campaign",
                   "-c", str(ROOT / "tests" / "pytest.ini"), str(tests)]
        done = subprocess.run(command, check=False, cwd=ROOT)
        good = good and done.returncode in (0, 5)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
