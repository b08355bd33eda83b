"""How `bounces` copes with many waiting messages: messages a second and peak memory.

    /usr/bin/python3 tests/bench/bounces.py [MESSAGES] [maildir|imap]

Default: 100000 messages in a Maildir. The messages are the cases of tests/golden/bounces, each made different
by a header line. Uses build/release/verdicts unless VERDICTS says
otherwise. Memory is that of the program and of the largest process that parses for it.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
os.environ.setdefault("VERDICTS", str(ROOT / "build" / "release" / "verdicts"))

from dovecot_server import Dovecot  # noqa: E402
from newsletter import Newsletter  # noqa: E402


def messages(count: int):
    cases = [path.read_bytes() for path in sorted((ROOT / "tests" / "golden" / "bounces").glob("*.eml"))]
    for i in range(count):
        yield f"1700000000.M{i}.bench", b"X-Number: %d\n" % i + cases[i % len(cases)]


def read(newsletter: Newsletter, folder: pathlib.Path) -> dict:
    """The numbers of one run, and what it used."""
    command = newsletter.command("bounces", "--json")
    done = subprocess.run([str(ROOT / "build" / "dev" / "tests" / "measure"), str(folder / "used"), *command],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"exit {done.returncode}: {done.stderr}")
    seconds, cpu, peak = (folder / "used").read_text().split()
    return json.loads(done.stdout) | {"seconds": float(seconds), "cpu": float(cpu), "peak_mib": int(peak) / 1024}


def main() -> None:
    words = sys.argv[1:]
    count = int(words[0]) if words else 100_000
    imap = "imap" in words
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        newsletter = Newsletter(folder / "newsletter")
        if imap:
            with Dovecot(folder / "dovecot") as dovecot:
                for file, text in messages(count):
                    dovecot.put(file, text)
                dovecot.use(newsletter)
                told = read(newsletter, folder)
        else:
            for part in ("new", "cur", "tmp"):
                (folder / "maildir" / part).mkdir(parents=True)
            for file, text in messages(count):
                (folder / "maildir" / "new" / file).write_bytes(text)
            newsletter.settings["bounce.mailbox"] = f"maildir:{folder / 'maildir'}"
            told = read(newsletter, folder)
        if told["read"] != count:
            raise SystemExit(f"read {told['read']} of {count}")
        print(f"{'imap' if imap else 'maildir'}: {count} messages in {told['seconds']:.0f} s "
              f"({count / told['seconds']:.0f}/s, {told['cpu'] / count * 1e6:.0f} us of CPU each), "
              f"peak {told['peak_mib']:.1f} MiB")


if __name__ == "__main__":
    main()
