"""Drives the real program in a folder of its own."""

import copy
import json
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
# Tests run programs from folders of their own: a path that was given is that of the folder pytest runs in.
VERDICTS = pathlib.Path(os.environ.get("VERDICTS", ROOT / "build" / "dev" / "verdicts")).absolute()
RELEASE = pathlib.Path(os.environ.get("VERDICTS_RELEASE", ROOT / "build" / "release" / "verdicts")).absolute()
# The programs of tests/support: those built beside the program under test, else those of the preset dev.
HELPERS = VERDICTS.parent / "tests"
HELPERS = HELPERS if HELPERS.is_dir() else ROOT / "build" / "dev" / "tests"
SAMPLES = ROOT / "templates" / "sample"

# A Friday noon; the due issue's window ended that morning at 09:00 UTC.
NOW = "2026-11-20T12:00:00Z"


class Newsletter:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.program = VERDICTS
        # The record of how far issues went stays with the test, and out of the tester's home.
        self.settings: dict[str, str] = {"state_dir": str(folder.parent / f"{folder.name}.state")}
        self.now = NOW
        self.run("init", str(folder), setup=True)

    def copy_to(self, folder: pathlib.Path) -> "Newsletter":
        """The same newsletter once more, in another folder."""
        other = copy.copy(self)
        other.folder, other.settings = folder, dict(self.settings)
        shutil.copytree(self.folder, folder)
        return other

    def command(self, *words: str, setup: bool = False, now: str | None = None) -> list[str]:
        command = [str(self.program)]
        if not setup:
            command += ["--config", str(self.folder / "verdicts.conf")]
            for key, value in self.settings.items():
                command += ["--set", f"{key}={value}"]
        return command + ["--now", now or self.now, *words]

    def run(self, *words, expect: int | None = 0, setup=False, now=None, stdin=None, env=None, cwd=None,
            timeout=120):
        """Runs a verb to its end; `expect` is the exit code it must have (None: any)."""
        done = subprocess.run(
            self.command(*words, setup=setup, now=now),
            input=stdin, capture_output=True, text=not isinstance(stdin, bytes), check=False,
            env={**os.environ, **(env or {})}, cwd=cwd, timeout=timeout,
        )
        if expect is not None:
            assert done.returncode == expect, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def start(self, *words, now=None, env=None, **options):
        """Starts a verb and does not wait."""
        return subprocess.Popen(
            self.command(*words, now=now), env={**os.environ, **(env or {})},
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options},
        )

    def json(self, *words, **options):
        return json.loads(self.run(*words, **options).stdout)

    def import_pages(self, *paths, published="2026-11-19T09:00:00Z"):
        return self.run("import", "--published", published, *map(str, paths))

    def import_samples(self, **options):
        return self.import_pages(SAMPLES, **options)

    def add_readers(self, count: int, domain: str = "example.org", prefix: str = "reader") -> list[str]:
        """Confirmed readers reader0@… to readerN-1@…; gives their addresses."""
        addresses = [f"{prefix}{i}@{domain}" for i in range(count)]
        path = self.folder / f"{prefix}.csv"
        path.write_text("email,name\n" + "".join(f"{a},Reader {i}\n" for i, a in enumerate(addresses)))
        self.run("subscribers", "import", str(path), "--status", "confirmed", "--wording", "test people")
        return addresses

    def counts(self, issue: int = 1) -> dict:
        return self.json("report", "--issue", str(issue), "--json")

    def rows(self, state: str = "all", issue: int = 1) -> list[dict]:
        return self.json("report", "--issue", str(issue), "--readers", state, "--json")
