"""SIGKILL at any moment: nobody is lost, and nobody gets a copy twice except who is named."""

import collections
import contextlib
import os
import random
import re
import signal
import time

import pytest

from smtp_server import RecordingServer

READERS = 500
KILLS = 20
LANES = 4


def taken(servers):
    return [message for server in servers for message in server.messages]


def kill_after(run, servers, threshold):
    """Kills the run once the servers have taken `threshold` messages; False if it ended before."""
    while len(taken(servers)) < threshold:
        if run.poll() is not None:
            return False
        time.sleep(0.0005)
    run.send_signal(signal.SIGKILL)
    run.wait()
    return True


def run_killed(newsletter, servers, thresholds):
    kills = 0
    for threshold in thresholds:
        run = newsletter.start("weekly")
        kills += kill_after(run, servers, threshold)
        run.stdout.close()
        run.stderr.close()
    return kills


def use(newsletter, servers):
    """One server is the relay of the section smtp, several have names."""
    if len(servers) == 1:
        newsletter.settings.update({"smtp.url": servers[0].url, "smtp.connections": str(LANES)})
        return
    path = newsletter.folder / "verdicts.conf"
    path.write_text(re.sub(r"\nsmtp \{\n.*?\n\}\n", "\n", path.read_text(), flags=re.DOTALL))
    for number, server in enumerate(servers):
        newsletter.settings[f"relay.r{number}.url"] = server.url
        newsletter.settings[f"relay.r{number}.connections"] = str(LANES // len(servers))


@pytest.mark.parametrize("relays", [1, 2], ids=["one-relay", "two-relays"])
def test_every_reader_is_reached_through_twenty_kills(newsletter, server, relays):
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(RecordingServer()) for _ in range(relays - 1)]
        reach_all(newsletter, [server, *others])


def reach_all(newsletter, servers):
    seed = int(os.environ.get("KILL_SEED", random.randrange(1 << 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    use(newsletter, servers)
    newsletter.import_samples()
    addresses = newsletter.add_readers(READERS)
    # The first kill comes before anything is sent.
    thresholds = [0] + sorted(chance.sample(range(1, READERS - 20), KILLS - 1))
    kills = run_killed(newsletter, servers, thresholds)
    newsletter.run("weekly")
    assert kills == KILLS, f"seed {seed}"

    copies = collections.defaultdict(list)
    for _, recipients, raw in taken(servers):
        copies[recipients[0]].append(raw)
    assert sorted(copies) == sorted(addresses), f"seed {seed}"
    rows = {row["address"]: row for row in newsletter.rows()}
    extra = 0
    # A copy comes by the relay that may have the first.
    assert not set.intersection(*({to[0] for _, to, _ in server.messages} for server in servers)) or len(servers) == 1
    for address, raws in copies.items():
        assert len(set(raws)) == 1, f"copies to {address} differ (seed {seed})"
        assert len(raws) - 1 <= rows[address]["doubted"], f"{address} (seed {seed})"
        extra += len(raws) - 1
    assert extra <= kills * LANES, f"seed {seed}"
    counts = newsletter.counts()
    assert counts["sent"] == READERS and counts["eligible"] == READERS
