"""How long people wait where there is much: prints figures, asserts nothing.

    /usr/bin/python3 tests/bench/scale.py [COMPARISONS [SUBSCRIBERS [PAGES]]]

Defaults: 100000, 1000000, 10000. Uses build/release/verdicts unless VERDICTS says otherwise.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("VERDICTS", str(ROOT / "build" / "release" / "verdicts"))
sys.path.insert(0, str(ROOT / "tests" / "support"))

from newsletter import SAMPLES, Newsletter  # noqa: E402

WINDOW_END = 1795165200  # 2026-11-20T09:00:00Z


def measure(letter, name: str, *words: str) -> None:
    """Prints seconds of the clock, seconds of CPU, and the memory at its most."""
    start = time.monotonic()
    with open(os.devnull, "wb") as nowhere:
        running = subprocess.Popen(letter.command(*words), stdout=nowhere)
        _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0, words
    seconds = time.monotonic() - start
    cpu = used.ru_utime + used.ru_stime
    print(f"{name:<58} {seconds:8.2f} s  {cpu:8.2f} s CPU  {used.ru_maxrss // 1024:5} MiB", flush=True)


def tool(side: str, number: int) -> dict:
    return {"name": f"{side.title()} {number}", "slug": f"{side}-{number}", "category": f"Topic {number % 20}",
            "panel_ship": number * 13 % 101, "reviews": [{"quote": "Ship it."}]}


def fill_comparisons(letter, count: int) -> None:
    """One a quarter of an hour, back from the due issue's end: 672 of them in its week."""
    with (letter.folder / "many.jsonl").open("w") as out:
        for i in range(count):
            item = {"slug": f"c-{i}", "published_at": WINDOW_END - 1 - i * 900,
                    "left": tool("left", i * 7 % 5000), "right": tool("right", i * 11 % 5000)}
            out.write(json.dumps(item) + "\n")


def fill_people(letter, count: int) -> None:
    with (letter.folder / "people.csv").open("w") as out:
        out.write("email,name,topics\n")
        for i in range(count):
            out.write(f"reader{i}@example{i % 50}.example.org,Reader {i},{f'Topic {i % 20}' if i % 4 == 0 else ''}\n")


def fill_pages(folder: pathlib.Path, count: int) -> None:
    folder.mkdir()
    sample = sorted(SAMPLES.glob("*.txt"))[0].read_text()
    left, right = "Lanternfish Coder", "Pocket Heron"
    for i in range(count):
        (folder / f"{i:06}.txt").write_text(sample.replace(left, f"{left} {i % 100}").replace(right, f"{right} {i}"))


def main() -> None:
    comparisons, people, pages = [int(word) for word in sys.argv[1:]] + [100_000, 1_000_000, 10_000][len(sys.argv) - 1:]
    print(f"{os.environ['VERDICTS']}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as scratch:
        letter = Newsletter(pathlib.Path(scratch) / "many")
        fill_comparisons(letter, comparisons)
        measure(letter, f"import of {comparisons} comparisons in one JSON Lines file", "-q", "import", str(letter.folder / "many.jsonl"))
        measure(letter, f"pick over {comparisons} comparisons, all unsent", "pick")
        measure(letter, f"pick --explain over {comparisons} comparisons", "pick", "--explain")
        letter.settings["issue.max_age_days"] = "3650"
        measure(letter, f"pick with all {comparisons} in reach", "pick")
        letter = Newsletter(pathlib.Path(scratch) / "pages")
        fill_pages(letter.folder / "in", pages)
        measure(letter, f"import of {pages} pages, a file each", "-q", "import", str(letter.folder / "in"))
        measure(letter, f"import of the same {pages} pages again", "-q", "import", str(letter.folder / "in"))
        letter = Newsletter(pathlib.Path(scratch) / "people")
        fill_people(letter, people)
        measure(letter, f"subscribers import of {people}", "-q", "subscribers", "import", str(letter.folder / "people.csv"),
                "--status", "confirmed", "--wording", "asked")
        measure(letter, f"subscribers list of {people}", "subscribers", "list")
        measure(letter, f"subscribers list --json of {people}", "subscribers", "list", "--json")
        measure(letter, f"subscribers export of {people}", "subscribers", "export")
        measure(letter, "status with them", "status")


if __name__ == "__main__":
    main()
