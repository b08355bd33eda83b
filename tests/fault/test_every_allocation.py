"""A send in which an allocation fails, the program's own or a library's: it ends with one line, and
nobody is lost or gets a copy that the ledger does not know of.

On the release build, whose allocator is the C library's. The allocations of such a run, some 37,600, are
reached by some 3,000 call paths (the twelve innermost callers; SQLite and OpenSSL take the same ones again and
again), and it is a path that handles its failure well or badly. `tests/run --campaign` takes every path, the
first time that it is gone and the last; a plain run takes a sample, with the seed printed. It begins with the
opening of the database: before that nothing has begun.
"""

import collections
import os
import random
import shutil

import pytest

import newsletter as support
import shim
from newsletter import RELEASE, Newsletter

READERS = 8
LANES = 3
SAMPLE = 20

pytestmark = pytest.mark.skipif(not RELEASE.exists(), reason="needs the release build")


@pytest.fixture
def approved(tmp_path, monkeypatch):
    """A newsletter of the release build whose issue, signed by both kinds of key, waits to be sent."""
    monkeypatch.setattr(support, "VERDICTS", RELEASE)
    letter = Newsletter(tmp_path / "base")
    letter.import_samples()
    letter.add_readers(READERS)
    keys = tmp_path / "keys"
    letter.run("dkim-key", str(keys))
    letter.settings.update({
        "issue.approval": "required", "smtp.connections": str(LANES), "dkim.domain": "example.org",
        "dkim.selector": "a", "dkim.key_file": str(keys / "dkim-rsa.pem"),
        "dkim.ed25519_selector": "b", "dkim.ed25519_key_file": str(keys / "dkim-ed25519.pem"),
    })
    letter.run("weekly")
    letter.run("issue", "approve", "1")
    return letter


def copy_of(letter, folder, server):
    other = letter.copy_to(folder)
    other.settings.update({"smtp.url": server.url, "state_dir": f"{folder}.state"})
    return other


def paths_of(letter, folder, server):
    """Each call path to an allocation, and how often a whole run takes it."""
    copy_of(letter, folder, server).run("send", "--yes", env=shim.memory(FROM="verdicts.db", PATHS=folder / "paths"))
    return [(path, int(times)) for path, times in map(str.split, (folder / "paths").read_text().splitlines())]


def sample_of(paths):
    seed = int(os.environ.get("FAULT_SEED", random.randrange(1 << 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    return [(path, chance.randint(1, times)) for path, times in chance.sample(sorted(paths), SAMPLE)]


def ends_of(paths):
    """The first time and the last."""
    return sorted({(path, at) for path, times in paths for at in (1, times)})


def copies_of(server, since):
    copies = collections.defaultdict(list)
    for _, recipients, text in server.messages[since:]:
        copies[recipients[0]].append(text)
    return copies


def fail_at(letter, folder, server, at, for_good):
    """`at` is a path, and which time that it is gone."""
    since = len(server.messages)
    work = copy_of(letter, folder, server)
    mark = folder / "failed"
    env = shim.memory(FROM="verdicts.db", FAIL_PATH=at[0], FAIL_AT=at[1], FOR_GOOD=int(for_good), MARK=mark)
    done = work.run("send", "--yes", env=env, expect=None)
    assert done.returncode in (0, 71, 75), (at, done.returncode, done.stderr)
    assert (done.stderr.count("\n") == 1 if done.returncode != 0 else done.stderr == ""), (at, done.stderr)
    # Some paths are taken only when threads meet in one way; then nothing has failed.
    failed = mark.exists()
    assert failed or done.returncode == 0, (at, done.stderr)
    assert not (failed and for_good) or done.stderr == "verdicts: out of memory\n", (at, done.stderr)
    noted = {row["address"] for row in work.rows() if row["state"] != "queued"}
    assert set(copies_of(server, since)) <= noted, f"allocation {at}: sent, and the ledger does not know"
    work.run("send", "--yes")
    doubted = {row["address"] for row in work.rows("doubted")}
    copies = copies_of(server, since)
    assert len(copies) == READERS, f"somebody is missing (allocation {at})"
    assert sum(len(texts) - 1 for texts in copies.values()) <= LANES
    for address, texts in copies.items():
        assert len(texts) <= 1 + (address in doubted) and len(set(texts)) == 1, f"{address} (allocation {at})"
    shutil.rmtree(folder)
    shutil.rmtree(work.settings["state_dir"])
    return done.returncode if failed else None


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
def test_an_allocation_that_fails_ends_the_run_with_a_message(approved, server, tmp_path, for_good):
    codes = [fail_at(approved, tmp_path / "work", server, at, for_good)
             for at in sample_of(paths_of(approved, tmp_path / "count", server))]
    assert codes.count(None) < SAMPLE / 2, "the paths are not met again: does the shim still know them?"


@pytest.mark.campaign
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
def test_on_every_path_an_allocation_that_fails_ends_the_run_with_a_message(approved, server, tmp_path, for_good):
    codes = collections.Counter(fail_at(approved, tmp_path / "work", server, at, for_good)
                                for at in ends_of(paths_of(approved, tmp_path / "count", server)))
    print(codes)
    assert codes[None] < codes.total() / 20, "the paths are not met again: does the shim still know them?"
