"""How long single steps keep others from writing where a list is long: prints figures, asserts nothing.

    /usr/bin/python3 tests/bench/locks.py [SUBSCRIBERS]

Default: 500000. A second connection asks for the lock of writers each two milliseconds; the longest time in which it
did not get it is printed, and how long the step took in all. Uses build/release/verdicts unless VERDICTS says otherwise.
"""

import os
import pathlib
import sqlite3
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("VERDICTS", str(ROOT / "build" / "release" / "verdicts"))
sys.path.insert(0, str(ROOT / "tests" / "support"))

from newsletter import Newsletter  # noqa: E402

POLL = 0.002
NEXT_WEEK = "2026-11-27T12:00:00Z"


class Watch(threading.Thread):
    """The longest span in which the lock could not be had."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__()
        self.path, self.longest, self.when, self.stopped = path, 0.0, 0.0, threading.Event()

    def run(self) -> None:
        database = sqlite3.connect(self.path, timeout=0, isolation_level=None)
        since = None
        while not self.stopped.wait(POLL):
            try:
                database.execute("BEGIN IMMEDIATE")
                database.execute("ROLLBACK")
                since = None
            except sqlite3.OperationalError:
                since = since or time.monotonic()
                if time.monotonic() - since > self.longest:
                    self.longest, self.when = time.monotonic() - since, since
        database.close()


def measure(letter, name: str, *words: str, **options) -> None:
    watch = Watch(letter.folder / "verdicts.db")
    watch.start()
    start = time.monotonic()
    done = letter.run(*words, expect=None, timeout=1800, **options)
    spent = time.monotonic() - start
    watch.stopped.set()
    watch.join()
    print(f"{name:<58} {spent:8.2f} s   shut for {watch.longest * 1000:7.0f} ms at most,"
          + f" after {max(0.0, watch.when - start):.1f} s"
          + (f"   exit {done.returncode}: {done.stderr.strip()[:200]}" if done.returncode not in (0, 75) else ""), flush=True)


def change(letter, sql: str) -> None:
    with sqlite3.connect(letter.folder / "verdicts.db") as database:
        database.execute(sql)
    database.close()


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    print(f"{os.environ['VERDICTS']}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {people} subscribers")
    with tempfile.TemporaryDirectory() as scratch:
        letter = Newsletter(pathlib.Path(scratch) / "letter")
        letter.settings["smtp.url"] = "null:"
        path = letter.folder / "people.csv"
        with path.open("w") as out:
            out.write("email\n")
            out.writelines(f"reader{i}@example{i % 50}.example.org\n" for i in range(people))
        confirmed = ("--status", "confirmed", "--wording", "x")
        measure(letter, "import", "-q", "subscribers", "import", str(path), *confirmed)
        letter.import_samples()
        letter.run("issue", "build")
        letter.run("issue", "approve", "1", expect=None)
        measure(letter, "an issue begins (send --limit 1)", "send", "--limit", "1", "--yes")
        measure(letter, "issue pause", "issue", "pause", "1")
        measure(letter, "issue resume", "issue", "resume", "1")
        change(letter, "UPDATE delivery SET first_at = next_at")
        measure(letter, "hold", "hold")
        measure(letter, "release", "release")
        measure(letter, "issue cancel, nearly all still owed", "issue", "cancel", "1")
        change(letter, "UPDATE delivery SET state = 'gave_up', done_at = next_at WHERE state = 'skipped'")
        change(letter, "UPDATE issue SET state = 'sending', finished_at = NULL")
        measure(letter, "send --retry gave_up --limit 1", "send", "--issue", "1", "--retry", "gave_up", "--limit", "1", "--yes", "--force")
        measure(letter, "weekly sends the rest to null:", "weekly")
        measure(letter, "subscribers forget", "subscribers", "forget", "--yes", "reader7@example7.example.org")
        measure(letter, "backup", "backup", str(letter.folder / "copy.db"))
        measure(letter, "status", "status")
        measure(letter, "report --growth", "report", "--growth")
        measure(letter, "doctor", "doctor")
        measure(letter, "subscribers export --full", "subscribers", "export", "--full", str(letter.folder / "full"))
        measure(letter, "subscribers invite", "subscribers", "invite")
        measure(letter, "subscribers import --undo", "subscribers", "import", "--undo", "1")


if __name__ == "__main__":
    main()
