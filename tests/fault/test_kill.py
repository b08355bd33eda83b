"""SIGKILL at any moment: nobody is lost, and nobody gets a copy twice except who is named."""

import collections
import os
import random
import signal
import time

READERS = 500
KILLS = 20
LANES = 4


def kill_after(run, server, threshold):
    """Kills the run once the server has taken `threshold` messages; False if it ended before."""
    while len(server.messages) < threshold:
        if run.poll() is not None:
            return False
        time.sleep(0.0005)
    run.send_signal(signal.SIGKILL)
    run.wait()
    return True


def run_killed(newsletter, server, thresholds):
    kills = 0
    for threshold in thresholds:
        run = newsletter.start("weekly")
        kills += kill_after(run, server, threshold)
        run.stdout.close()
        run.stderr.close()
    return kills


def test_every_reader_is_reached_through_twenty_kills(newsletter, server):
    seed = int(os.environ.get("KILL_SEED", random.randrange(1 << 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    newsletter.settings.update({"smtp.url": server.url, "smtp.connections": str(LANES)})
    newsletter.import_samples()
    addresses = newsletter.add_readers(READERS)
    # The first kill comes before anything is sent.
    thresholds = [0] + sorted(chance.sample(range(1, READERS - 20), KILLS - 1))
    kills = run_killed(newsletter, server, thresholds)
    newsletter.run("weekly")
    assert kills == KILLS, f"seed {seed}"

    copies = collections.defaultdict(list)
    for _, recipients, raw in server.messages:
        copies[recipients[0]].append(raw)
    assert sorted(copies) == sorted(addresses), f"seed {seed}"
    rows = {row["address"]: row for row in newsletter.rows()}
    extra = 0
    for address, raws in copies.items():
        assert len(set(raws)) == 1, f"copies to {address} differ (seed {seed})"
        assert len(raws) - 1 <= rows[address]["doubted"], f"{address} (seed {seed})"
        extra += len(raws) - 1
    assert extra <= kills * LANES, f"seed {seed}"
    counts = newsletter.counts()
    assert counts["sent"] == READERS and counts["eligible"] == READERS
