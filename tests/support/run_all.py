"""Runs ctest, the fuzz seeds and pytest, and ends with one line: N passed, N failed, N skipped.

With words as arguments it runs the tests whose names hold one of them. The exit code is 0 only if
something ran and nothing failed. Skipped tests are listed with their reasons, and the slowest by name.
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from newsletter import ROOT, VERDICTS

BUILD = VERDICTS.parent if (VERDICTS.parent / "CTestTestfile.cmake").exists() else ROOT / "build" / "dev"
FUZZ = ROOT / "build" / "fuzz" / "tests" / "fuzz"
SEEDS = ROOT / "tests" / "fuzz" / "seeds"
CORES = os.cpu_count() or 1
SLOWEST = 10
# Many times what the folders of a run were seen to take at once.
SCRATCH_BYTES = 2 << 30


def scratch_place() -> str | None:
    """Memory, where there is plenty of it: newsletters wait for the disk at every step, hundreds of times in a test,
    and the tests would spend most of their time so. None: where temporary files usually go. $TMPDIR has the last
    word."""
    memory = pathlib.Path("/dev/shm")
    if os.environ.get("TMPDIR") or not os.access(memory, os.W_OK):
        return None
    state = os.statvfs(memory)
    with open("/proc/meminfo", encoding="ascii") as lines:
        free = next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    roomy = min(free, state.f_bavail * state.f_frsize) >= SCRATCH_BYTES
    return str(memory) if roomy and not state.f_flag & os.ST_NOEXEC else None


class Tally:
    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0
        self.skipped: list[str] = []
        self.seconds: list[tuple[float, str]] = []

    def add_junit(self, path: pathlib.Path) -> None:
        """Counts the cases of a JUnit file, which ctest and pytest both write."""
        for case in ElementTree.parse(path).iter("testcase"):
            name = f"{case.get('classname')}::{case.get('name')}"
            self.seconds.append((float(case.get("time") or 0), name))
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed += 1
            elif (skip := case.find("skipped")) is not None:
                self.skipped.append(f"{name}: {skip.get('message')}")
            else:
                self.passed += 1

    def print(self) -> None:
        for line in self.skipped:
            print(f"skipped {line}")
        print("the slowest:")
        for seconds, name in sorted(self.seconds, reverse=True)[:SLOWEST]:
            print(f"{seconds:7.1f} s  {name}")
        print(f"{self.passed} passed, {self.failed} failed, {len(self.skipped)} skipped")


def run_ctest(words: list[str], tally: Tally, folder: pathlib.Path) -> None:
    out = folder / "ctest.xml"
    command = ["ctest", "--test-dir", str(BUILD), f"-j{CORES}", "--output-on-failure", "--output-junit", str(out)]
    if words:
        command += ["-R", "|".join(re.escape(word) for word in words)]
    subprocess.run(command, check=False)
    if out.exists():
        tally.add_junit(out)


def run_target(target: pathlib.Path) -> tuple[bool, str]:
    """Each seed is a regression case: the target runs it once under the sanitizers."""
    seeds = SEEDS / target.name.removeprefix("fuzz_")
    files = sorted(str(path) for path in seeds.glob("*")) if seeds.is_dir() else []
    if not files:
        return False, f"{target.name}: no seeds in {seeds.relative_to(ROOT)}"
    done = subprocess.run([str(target), *files], check=False, capture_output=True, text=True, errors="replace")
    if done.returncode == 0:
        return True, f"{target.name}: {len(files)} seeds pass"
    return False, f"{done.stderr[-4000:]}\n{target.name}: FAILED"


def run_seeds(words: list[str], tally: Tally) -> None:
    targets = [target for target in sorted(FUZZ.glob("fuzz_*"))
               if target.is_file() and (not words or any(word in target.name for word in words))]
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        for good, said in pool.map(run_target, targets):
            tally.passed += good
            tally.failed += not good
            print(said, flush=True)


def order(path: pathlib.Path) -> tuple:
    """The long ones first, so that the lanes end together: fault runs whole sends again and again."""
    return path.parent.name != "fault", path.parent.name != "browser", -path.stat().st_size


def pytest_file(tests: pathlib.Path, words: list[str], scratch: pathlib.Path, out: pathlib.Path):
    """One pytest for each file, in a folder of its own: two that share pytest's usual one would each take
    its permissions back, under the feet of the servers that run as somebody else."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rs", f"--junitxml={out}",
               f"--basetemp={scratch}", "-c", str(ROOT / "tests" / "pytest.ini"), str(tests)]
    if words:
        command += ["-k", " or ".join(words)]
    done = subprocess.run(command, check=False, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")
    shutil.rmtree(scratch, ignore_errors=True)
    return done


def run_pytest(words: list[str], tally: Tally, folder: pathlib.Path) -> None:
    """Three files at a time for each core, as a file keeps a third of one busy: the rest of the time it waits, for a
    server's time-out, a lease, a stalled connection. Six at most, as they start servers of their own."""
    files = sorted((ROOT / "tests").glob("*/test_*.py"), key=order)
    with concurrent.futures.ThreadPoolExecutor(min(6, 3 * CORES)) as pool:
        begun = {}
        for number, tests in enumerate(files):
            out = folder / f"{number}.xml"
            begun[pool.submit(pytest_file, tests, words, folder / f"f{number}", out)] = tests, out
        for ended in concurrent.futures.as_completed(begun):
            tests, out = begun[ended]
            done = ended.result()
            # 0: all passed, 1: some failed (counted), 5: none chosen by the words, or all left to the campaign.
            if done.returncode == 5:
                continue
            print(f"{tests.relative_to(ROOT)}:\n{done.stdout.rstrip()}", flush=True)
            if out.exists():
                tally.add_junit(out)
            if not out.exists() or done.returncode not in (0, 1):
                tally.failed += 1
                print(f"pytest did not finish {tests.relative_to(ROOT)}: exit {done.returncode}", flush=True)


def main() -> int:
    words = sys.argv[1:]
    tally = Tally()
    with tempfile.TemporaryDirectory(dir=scratch_place()) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)  # the servers' users pass through it
        os.environ.update(TMPDIR=name, VERDICTS=str(VERDICTS))
        run_ctest(words, tally, folder)
        run_seeds(words, tally)
        run_pytest(words, tally, folder)
    tally.print()
    return 0 if tally.failed == 0 and tally.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
