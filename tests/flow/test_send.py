"""`send` and `weekly` while things happen: people leave, the issue is cancelled, the relay goes away."""

import contextlib
import datetime
import fcntl
import os
import pty
import signal
import sqlite3
import struct
import termios
import time

import pytest

from scripted_smtp import Rule, ScriptedServer


def wait_for(condition, seconds=30):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.005)


def ready(newsletter, server, readers, **settings):
    newsletter.settings.update({"smtp.url": server.url, "deliver.linger": "0", **settings})
    newsletter.import_samples()
    return newsletter.add_readers(readers)


def test_cancelling_takes_effect_between_two_messages(newsletter):
    with ScriptedServer(delay=0.1) as server:
        ready(newsletter, server, 60, **{"smtp.connections": "2"})
        run = newsletter.start("weekly")
        wait_for(lambda: len(server.received) >= 4)
        newsletter.run("issue", "cancel", "1")
        begun = len(server.received)
        run.communicate(timeout=60)
        assert len(server.received) <= begun + 2 * 2, "one in hand on each connection, and the race"
        counts = newsletter.counts()
        assert counts["sent"] == len(server.accepted)
        assert counts["sent"] + counts["skipped"] == 60


def test_people_who_leave_while_the_issue_is_being_sent_receive_none(newsletter):
    with ScriptedServer(delay=0.05) as server:
        addresses = ready(newsletter, server, 40, **{"smtp.connections": "1"})
        run = newsletter.start("weekly")
        wait_for(lambda: len(server.received) >= 2)
        newsletter.run("subscribers", "remove", addresses[-1])
        run.communicate(timeout=60)
        assert addresses[-1] not in [to for to, _ in server.received]
    (row,) = newsletter.rows("skipped")
    assert row["address"] == addresses[-1] and "left" in row["reply"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_finishes_the_message_in_hand_and_exits_75(newsletter, number):
    with ScriptedServer(delay=0.05) as server:
        ready(newsletter, server, 40, **{"smtp.connections": "2"})
        run = newsletter.start("weekly")
        wait_for(lambda: len(server.received) >= 4)
        run.send_signal(number)
        run.communicate(timeout=30)
        assert run.returncode == 75
        counts = newsletter.counts()
        assert counts["sent"] == len(server.accepted) and counts["in_doubt"] == counts["sending"] == 0
        newsletter.run("weekly", now="2026-11-20T12:01:00Z")  # what was put back is due at its own moment
        assert len(server.received) == 40


def test_an_unreachable_relay_is_one_line_and_75_and_the_next_run_continues(newsletter):
    with ScriptedServer() as server:
        ready(newsletter, server, 5, **{"smtp.url": "smtp://127.0.0.1:1"})
        newsletter.settings["smtp.url"] = "smtp://127.0.0.1:1"
        done = newsletter.run("weekly", expect=75)
        lines = [line for line in done.stderr.splitlines() if "127.0.0.1:1" in line]
        assert len(lines) == 1 and done.stdout == ""
        assert newsletter.counts()["deferred"] == 5
        newsletter.settings["smtp.url"] = server.url
        newsletter.run("weekly")
        assert newsletter.counts()["sent"] == 5


def test_a_refused_sender_is_reported_and_no_reader_is_lost(newsletter):
    with ScriptedServer([Rule("MAIL", "550 5.7.1 we do not like you")]) as server:
        ready(newsletter, server, 3)
        done = newsletter.run("weekly", expect=75)
        counts = newsletter.counts()
    assert counts["deferred"] == 3 and counts["refused"] == 0
    assert "we do not like you" not in done.stdout


def test_rows_in_doubt_that_are_held_are_settled_by_hand(newsletter):
    with ScriptedServer([Rule("DOT", "close", times=1)]) as server:
        ready(newsletter, server, 3, **{"deliver.in_doubt": "hold"})
        newsletter.run("weekly", expect=75)
        assert newsletter.counts()["in_doubt"] == 1
        newsletter.run("weekly", expect=75)
        assert len(server.received) == 3
        newsletter.run("send", "--issue", "1", "--retry", "in_doubt")
        assert len(server.received) == 4
    assert newsletter.counts()["sent"] == 3


def test_a_limit_sends_so_many_and_leaves_the_rest(newsletter):
    with ScriptedServer() as server:
        ready(newsletter, server, 20)
        newsletter.run("issue", "build")
        newsletter.run("issue", "approve", "1")
        newsletter.run("send", "--issue", "1", "--limit", "7", expect=75)
        assert len(server.received) == 7
        newsletter.run("send", "--issue", "1")
        assert len(server.received) == 20


def test_rows_that_gave_up_can_be_retried(newsletter):
    with ScriptedServer([Rule("RCPT", "450 4.2.0 later", times=2)]) as server:
        ready(newsletter, server, 2, **{"deliver.max_age": "0"})
        newsletter.run("weekly")
        assert newsletter.counts()["gave_up"] == 2
        newsletter.run("send", "--issue", "1", "--retry", "gave_up")
    assert newsletter.counts()["sent"] == 2


def test_the_progress_bar_fits_a_narrow_terminal(newsletter):
    with ScriptedServer(delay=0.05) as server:
        ready(newsletter, server, 40, **{"smtp.connections": "2"})
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 30, 0, 0))
        run = newsletter.start("weekly", stderr=theirs)
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # how a terminal ends
            while piece := os.read(ours, 4096):
                shown += piece
        os.close(ours)
        run.communicate(timeout=60)
    bars = [line for line in shown.replace(b"\x1b[K", b"").split(b"\r") if line.startswith(b"[")]
    assert len(bars) > 2 and max(map(len, bars)) < 30, bars


@contextlib.contextmanager
def standing_still(process, database):
    """The process is stopped, at a moment when it keeps nobody from writing to the database."""
    while True:
        process.send_signal(signal.SIGSTOP)
        with contextlib.suppress(sqlite3.OperationalError):
            database.execute("BEGIN IMMEDIATE")
            database.rollback()
            break
        process.send_signal(signal.SIGCONT)
    yield
    process.send_signal(signal.SIGCONT)


def test_a_run_that_waits_does_not_take_the_readers_of_an_issue_that_was_begun_anew(newsletter):
    with ScriptedServer() as server:
        ready(newsletter, server, 1, **{"issue.approval": "required", "deliver.domain_rate": "example.org=12/min"})
        newsletter.run("weekly")
        newsletter.run("issue", "approve", "1")
        with contextlib.closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database:
            noon = int(datetime.datetime.fromisoformat(newsletter.now).timestamp())
            with database:
                database.execute("INSERT INTO bucket (name, tokens, at) VALUES ('domain:example.org', 0, ?)",
                                 (noon * 1000,))
            waiting = newsletter.start("send", "--yes")
            wait_for(lambda: database.execute("SELECT count(*) FROM delivery WHERE state = 'queued' "
                                              "AND generation > 0").fetchone() == (1,))
            with standing_still(waiting, database):
                newsletter.run("issue", "cancel", "1")
                newsletter.settings["smtp.url"] = "smtp://127.0.0.1:1"
                later = newsletter.now.replace("12:00:00", "12:00:02")
                newsletter.run("weekly", now=later)
                newsletter.run("issue", "approve", "1", now=later)
                newsletter.run("send", "--yes", now=later, expect=75)
                with database:
                    database.execute("UPDATE delivery SET state = 'queued', next_at = ?", (noon,))
        _, told = waiting.communicate(timeout=60)
    assert server.received == [], "it would be the issue that was cancelled"
    assert waiting.returncode == 75 and "begun anew" in told
