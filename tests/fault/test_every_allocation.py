"""A send in which an allocation fails, the program's own or a library's: it ends with one line, and
nobody is lost or gets a copy that the ledger does not know of.

On the release build, whose allocator is the C library's. A plain run takes a sample, with the seed
printed; `tests/run --campaign` takes every allocation from the opening of the database on. (Before that
the settings are read; libconfuse does not look at what malloc gives it, and nothing has begun.)
"""

import collections
import shutil

import pytest

import newsletter as support
import shim
from newsletter import ROOT, Newsletter
from test_every_write import moments

RELEASE = ROOT / "build" / "release" / "verdicts"
READERS = 8
LANES = 3

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


def count_allocations(letter, folder, server):
    copy_of(letter, folder, server).run("send", "--yes", env=shim.memory(FROM="verdicts.db", COUNT=folder / "calls"))
    return int((folder / "calls").read_text())


def copies_of(server, since):
    copies = collections.defaultdict(list)
    for _, recipients, text in server.messages[since:]:
        copies[recipients[0]].append(text)
    return copies


def fail_at(letter, folder, server, at, for_good):
    since = len(server.messages)
    work = copy_of(letter, folder, server)
    env = shim.memory(FROM="verdicts.db", FAIL_AT=at, FOR_GOOD=int(for_good))
    done = work.run("send", "--yes", env=env, expect=None)
    assert done.returncode in (0, 71, 75), (at, done.returncode, done.stderr)
    assert (done.stderr.count("\n") == 1 if done.returncode != 0 else done.stderr == ""), (at, done.stderr)
    assert not for_good or done.stderr == "verdicts: out of memory\n", (at, done.stderr)
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


@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
def test_an_allocation_that_fails_ends_the_run_in_words(approved, server, tmp_path, for_good):
    for at in moments(count_allocations(approved, tmp_path / "count", server), every=False):
        fail_at(approved, tmp_path / "work", server, at, for_good)


@pytest.mark.campaign
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
def test_every_allocation_that_fails_ends_the_run_in_words(approved, server, tmp_path, for_good):
    for at in moments(count_allocations(approved, tmp_path / "count", server), every=True):
        fail_at(approved, tmp_path / "work", server, at, for_good)
