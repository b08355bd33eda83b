"""A process that dies, or a call that fails, at each call that writes.

A plain run takes a sample, with the seed printed; `tests/run --campaign` takes all of them.
"""

import collections
import os
import random
import subprocess

import pytest

import shim
from deliver_run import DRIVER, Ledger
from scripted_smtp import ScriptedServer

READERS = [f"r{i}@example.org" for i in range(50)]
LANES = 4
SAMPLE = 20
HASTE = 10  # a relay out of reach is tried for 15 seconds


def count_calls(folder):
    """How many such calls a whole run makes."""
    ledger = Ledger(folder, READERS)
    with ScriptedServer() as server:
        ledger.run(server.url, connections=LANES, env=shim.environment(COUNT=folder / "calls"))
    return int((folder / "calls").read_text())


def moments(total, every):
    """Which calls to strike at."""
    if every:
        return range(1, total + 1)
    seed = int(os.environ.get("FAULT_SEED", random.randrange(1 << 32)))
    print(f"seed {seed}")
    return sorted(random.Random(seed).sample(range(1, total + 1), min(SAMPLE, total)))


def check_copies(ledger, server, at):
    copies = collections.defaultdict(list)
    for to, text in server.received:
        copies[to].append(text)
    doubted = {row.address: row.doubted for row in ledger.rows()}
    assert set(copies) == set(READERS), f"somebody is missing (call {at})"
    extra = 0
    for address, texts in copies.items():
        assert len(texts) <= 1 + doubted[address] and len(set(texts)) == 1, f"{address} (call {at})"
        extra += len(texts) - 1
    assert extra <= LANES, f"call {at}"


def check_sound(ledger):
    done = subprocess.run(["sqlite3", str(ledger.path), "PRAGMA integrity_check"], capture_output=True, text=True,
                          check=False) if _has_sqlite() else None
    assert done is None or done.stdout.strip() == "ok"


def _has_sqlite():
    import shutil
    return shutil.which("sqlite3") is not None


def kill_at(folder, at):
    folder.mkdir()
    ledger = Ledger(folder, READERS)
    with ScriptedServer() as server:
        run = ledger.start(server.url, alone=1, connections=LANES, env=shim.environment(KILL_AT=at))
        run.communicate(timeout=60)
        noted = [row for row in ledger.rows() if row.state == "sending" and row.noted]
        assert len(noted) <= LANES, f"call {at}: more in doubt than connections"
        ledger.run(server.url, expect=0, alone=1, connections=LANES)
        check_copies(ledger, server, at)
        check_sound(ledger)


def fail_at(folder, at, for_good):
    """It ends by itself, in words, and the ledger knows of everything that was sent."""
    folder.mkdir()
    ledger = Ledger(folder, READERS)
    with ScriptedServer() as server:
        words = ledger.command(server.url, alone=1, connections=LANES)
        env = shim.environment(FAIL_AT=at, FOR_GOOD=int(for_good), HASTE=HASTE)
        done = subprocess.run(words, env={**os.environ, **env}, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode in (0, 70, 71, 75), (at, done.returncode, done.stderr)
        assert "Sanitizer" not in done.stderr, (at, done.stderr)
        said = [line for line in done.stderr.splitlines() if line.startswith(("driver:", "operator:"))]
        assert len(said) <= 1, (at, said)
        known = {row.address for row in ledger.rows() if row.state in ("sent", "in_doubt") or row.noted}
        assert {to for to, _ in server.received} <= known, f"call {at}: sent, and the ledger does not know"
        ledger.run(server.url, alone=1, connections=LANES)
        ledger.run(server.url, expect=0, alone=1, connections=LANES, now=int(2e9))
        check_copies(ledger, server, at)
        check_sound(ledger)


def test_killed_at_a_write_nobody_is_lost(tmp_path):
    (tmp_path / "count").mkdir()
    for at in moments(count_calls(tmp_path / "count"), every=False):
        kill_at(tmp_path / str(at), at)


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
def test_a_call_that_fails_ends_the_run_with_a_message(tmp_path, for_good):
    (tmp_path / "count").mkdir()
    for at in moments(count_calls(tmp_path / "count"), every=False):
        fail_at(tmp_path / str(at), at, for_good)


@pytest.mark.campaign
def test_killed_at_every_write_nobody_is_lost(tmp_path):
    (tmp_path / "count").mkdir()
    for at in moments(count_calls(tmp_path / "count"), every=True):
        kill_at(tmp_path / str(at), at)


@pytest.mark.campaign
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
def test_every_call_that_fails_ends_the_run_with_a_message(tmp_path, for_good):
    (tmp_path / "count").mkdir()
    for at in moments(count_calls(tmp_path / "count"), every=True):
        fail_at(tmp_path / str(at), at, for_good)
