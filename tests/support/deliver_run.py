"""Drives the sending half alone, by tests/support/deliver_driver.c."""

import collections
import json
import os
import pathlib
import subprocess

from newsletter import HELPERS

DRIVER = HELPERS / "deliver_driver"

Row = collections.namedtuple(
    "Row", "id address state code attempts doubted noted next_at first_at enhanced relay reply")


class Ledger:
    """A database with an issue that is being sent to `addresses`."""

    def __init__(self, folder: pathlib.Path, addresses) -> None:
        self.path = folder / "ledger.db"
        self.last = None
        text = "".join(f"{address}\n" for address in addresses)
        subprocess.run([str(DRIVER), "make", str(self.path)], input=text, text=True, check=True)

    def command(self, url: str, **settings) -> list[str]:
        words = [f"{key}={value}" for key, value in settings.items()]
        return [str(DRIVER), "run", str(self.path), url, *words]

    def run(self, url: str, expect: int | None = None, env=None, timeout=120, **settings):
        """Runs to the end; gives the counts. `self.last` has the finished process."""
        self.last = subprocess.run(self.command(url, **settings), capture_output=True, text=True, check=False,
                                   timeout=timeout, env={**os.environ, **(env or {})})
        assert self.last.returncode in (0, 75), self.last.stderr
        if expect is not None:
            assert self.last.returncode == expect, (self.last.stdout, self.last.stderr)
        return json.loads(self.last.stdout)

    def start(self, url: str, env=None, **settings):
        return subprocess.Popen(self.command(url, **settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env={**os.environ, **(env or {})})

    def rows(self) -> list[Row]:
        done = subprocess.run([str(DRIVER), "rows", str(self.path)], capture_output=True, text=True, check=True)
        numbers = {0, 3, 4, 5, 6, 7, 8}
        rows = []
        for line in done.stdout.splitlines():
            fields = line.split("\t")
            rows.append(Row(*(int(field) if i in numbers else field for i, field in enumerate(fields))))
        return rows

    def states(self) -> dict[str, str]:
        return {row.address: row.state for row in self.rows()}

    def operator(self) -> str:
        """The line for the operator, of the last run."""
        lines = [line for line in self.last.stderr.splitlines() if line.startswith("operator: ")]
        assert len(lines) <= 1
        return lines[0] if lines else ""
