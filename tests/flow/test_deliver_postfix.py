"""A real Postfix as relay takes what we pipeline."""

import os
import pathlib
import tempfile

import pytest

from deliver_run import Ledger
from postfix_relay import PostfixRelay


# In a plain run 5,000 over both ways; `POSTFIX=5000 tests/run postfix` takes so many each way.
READERS = int(os.environ.get("POSTFIX", "2500"))


@pytest.fixture
def relay():
    """In a folder of its own: Postfix' processes must be able to walk to it."""
    if PostfixRelay.missing():
        pytest.skip(PostfixRelay.missing())
    with tempfile.TemporaryDirectory(prefix="postfix-") as folder:
        with PostfixRelay(pathlib.Path(folder)) as running:
            yield running


@pytest.mark.parametrize("ahead", [False, True])
def test_postfix_takes_thousands_pipelined_and_refusals_keep_the_connection(tmp_path, relay, ahead):
    good = [f"r{i}@example.org" for i in range(READERS)]
    addresses = [*good]
    for i in range(50):
        addresses.insert(i * 40, f"no{i}@example.org")
        addresses.insert(i * 40, f"full{i}@example.org")
    ledger = Ledger(tmp_path, addresses)
    settings = {"ahead": 1} if ahead else {}
    counts = ledger.run(relay.url, expect=75, connections=5, messages_per_connection=0, **settings)
    assert (counts["sent"], counts["refused"], counts["deferred"]) == (READERS, 50, 50)
    delivered = relay.delivered(READERS)
    assert sorted(delivered) == sorted(good)
    log = (relay.folder / "log").read_text()
    connections = log.count(" connect from ") - log.count(" disconnect from unknown[unknown]")
    assert connections <= 7, "a refused recipient costs no connection"
    assert " rset=" in log
