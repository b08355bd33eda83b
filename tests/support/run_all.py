"""Runs ctest, the fuzz seeds and pytest, and ends with one line: N passed, N failed, N skipped.

With words as arguments it runs the tests whose names hold one of them. The exit code is 0 only if
something ran and nothing failed. Skipped tests are listed with their reasons.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEV = ROOT / "build" / "dev"
FUZZ = ROOT / "build" / "fuzz" / "tests" / "fuzz"
SEEDS = ROOT / "tests" / "fuzz" / "seeds"


class Tally:
    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0
        self.skipped: list[str] = []

    def add_junit(self, path: pathlib.Path) -> None:
        """Counts the cases of a JUnit file, which ctest and pytest both write."""
        for case in ElementTree.parse(path).iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed += 1
            elif (skip := case.find("skipped")) is not None:
                name = f"{case.get('classname')}::{case.get('name')}"
                self.skipped.append(f"{name}: {skip.get('message')}")
            else:
                self.passed += 1


def run_ctest(words: list[str], tally: Tally, folder: pathlib.Path) -> None:
    out = folder / "ctest.xml"
    command = ["ctest", "--test-dir", str(DEV), "-j2", "--output-on-failure", "--output-junit", str(out)]
    if words:
        command += ["-R", "|".join(re.escape(word) for word in words)]
    subprocess.run(command, check=False)
    if out.exists():
        tally.add_junit(out)


def run_seeds(words: list[str], tally: Tally) -> None:
    """Each seed is a regression case: the target runs it once under the sanitizers."""
    for target in sorted(FUZZ.glob("fuzz_*")):
        seeds = SEEDS / target.name.removeprefix("fuzz_")
        if not target.is_file() or (words and not any(word in target.name for word in words)):
            continue
        files = sorted(str(path) for path in seeds.glob("*")) if seeds.is_dir() else []
        if not files:
            tally.failed += 1
            print(f"{target.name}: no seeds in {seeds.relative_to(ROOT)}")
            continue
        done = subprocess.run(
            [str(target), *files], check=False, capture_output=True, text=True, errors="replace"
        )
        if done.returncode == 0:
            tally.passed += 1
            print(f"{target.name}: {len(files)} seeds pass")
        else:
            tally.failed += 1
            print(done.stderr[-4000:])
            print(f"{target.name}: FAILED")


def run_pytest(words: list[str], tally: Tally, folder: pathlib.Path) -> None:
    """One pytest for each folder: each has a conftest of its own, and they share that name."""
    for tests in sorted({path.parent for path in (ROOT / "tests").glob("*/test_*.py")}):
        out = folder / f"{tests.name}.xml"
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "-rs", f"--junitxml={out}",
                   "-c", str(ROOT / "tests" / "pytest.ini"), str(tests)]
        if words:
            command += ["-k", " or ".join(words)]
        print(f"tests/{tests.name}:", flush=True)
        done = subprocess.run(command, check=False, cwd=ROOT)
        if out.exists():
            tally.add_junit(out)
        # 0: all passed, 1: some failed (counted), 5: none chosen by the words.
        if not out.exists() or done.returncode not in (0, 1, 5):
            tally.failed += 1
            print(f"pytest did not finish in tests/{tests.name}: exit {done.returncode}")


def main() -> int:
    words = sys.argv[1:]
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        run_ctest(words, tally, folder)
        run_seeds(words, tally)
        run_pytest(words, tally, folder)
    for line in tally.skipped:
        print(f"skipped {line}")
    print(f"{tally.passed} passed, {tally.failed} failed, {len(tally.skipped)} skipped")
    return 0 if tally.failed == 0 and tally.passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
