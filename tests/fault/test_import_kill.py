"""SIGKILL while a list moves in: nobody who left is mailed, and the end is that of a run without kills."""

import os
import random
import signal
import sqlite3
import time
from contextlib import closing

import pytest

PEOPLE = 1200


def write_lists(folder) -> tuple:
    """Everybody stands in the list of subscribers first; every fifth has left by the second file."""
    subscribed, left = folder / "subscribed_1.csv", folder / "unsubscribed_1.csv"
    subscribed.write_text('"Email Address","First Name",CONFIRM_TIME\n' + "".join(
        f'p{i}@example.org,P{i},"2023-01-01 10:05:00"\n' for i in range(PEOPLE)))
    left.write_text('"Email Address","First Name",UNSUB_TIME\n' + "".join(
        f'P{i}@example.org,P{i},"2024-02-03 04:05:06"\n' for i in range(0, PEOPLE, 5)))
    return str(subscribed), str(left)


def people(newsletter) -> list:
    with closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database:
        return database.execute("SELECT address_key, status, name, confirmed_at, left_reason "
                                "FROM subscriber ORDER BY address_key").fetchall()


def is_open(newsletter) -> bool:
    """Whether `status` knows of an import that has not ended; what a `weekly` said of one stays in its run."""
    return any(line.startswith("import ") for line in newsletter.run("status").stdout.splitlines())


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.campaign)])
def test_a_migration_that_is_killed_mails_nobody_who_left(newsletter, server, tmp_path, kills):
    seed = int(os.environ.get("KILL_SEED", random.randrange(1 << 32)))
    print(f"seed {seed}")
    chance = random.Random(seed)
    newsletter.settings.update({"smtp.url": server.url})
    newsletter.import_samples()
    before = set(newsletter.add_readers(2))
    migrate = ("-q", "subscribers", "migrate", "--from", "mailchimp", *write_lists(tmp_path))
    whole = newsletter.copy_to(tmp_path / "whole")
    started = time.monotonic()
    whole.run(*migrate)
    lasted = time.monotonic() - started

    for kill in range(kills):
        run = newsletter.start(*migrate)
        time.sleep(chance.uniform(0, lasted * (kill + 1) / kills))
        run.send_signal(signal.SIGKILL)
        run.communicate()
        newsletter.run("weekly", expect=None)
        mailed = {recipients[0] for _, recipients, _ in server.messages}
        assert not is_open(newsletter) or mailed <= before, f"seed {seed}"
        assert not mailed & {f"p{i}@example.org" for i in range(0, PEOPLE, 5)}, f"seed {seed}"
    newsletter.run(*migrate)
    assert people(newsletter) == people(whole), f"seed {seed}"
    assert not is_open(newsletter), f"seed {seed}"
