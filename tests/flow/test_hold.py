"""Hold, release, pause and resume: what somebody says while an issue is under way, or before."""

import time

import pytest

from scripted_smtp import Rule, ScriptedServer
from service import Service

READERS = 6
LATER = "2026-11-20T13:00:00Z"
NEXT = "2026-11-20T14:00:00Z"


def ready(newsletter, url, readers=READERS):
    newsletter.settings["smtp.url"] = url
    newsletter.import_samples()
    return newsletter.add_readers(readers)


def lines(done) -> list[str]:
    return done.stderr.splitlines()


def wait_for(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("words, end", [
    (["hold", "--reason", "the key leaked"], ["release"]),
    (["issue", "pause", "1"], ["issue", "resume", "1"]),
], ids=["hold", "pause"])
def test_a_hold_in_the_middle_of_a_send_stops_it_and_an_hour_later_all_have_it_once(newsletter, words, end):
    """The server keeps its answer to the third reader until the word is spoken."""
    with ScriptedServer([Rule("RCPT", "gate", who="reader2@")]) as server:
        addresses = ready(newsletter, server.url)
        newsletter.settings["smtp.connections"] = "1"
        newsletter.settings["smtp.pipeline_ahead"] = "no"
        run = newsletter.start("weekly")
        wait_for(lambda: len(server.accepted) == 2)
        newsletter.run(*words)
        server.gate.set()
        output, errors = run.communicate(timeout=120)
        assert run.returncode == 75 and output == ""
        assert "is held since" in errors or "is paused since" in errors
        assert "3 sent, 3 queued" in errors and len(errors.splitlines()) == 2
        assert len(server.accepted) == 3
        quiet = newsletter.run("weekly", expect=75)  # it was said
        assert quiet.stdout + quiet.stderr == "" and len(server.accepted) == 3
        newsletter.run(*end, now=LATER)
        done = newsletter.run("weekly", now=LATER)
        assert done.stdout + done.stderr == ""
        assert [len(server.copies(address)) for address in addresses] == [1] * READERS
        assert newsletter.counts()["sent"] == READERS


def test_under_a_hold_nothing_of_an_issue_leaves_and_cron_hears_of_it_once(newsletter, server):
    ready(newsletter, server.url)
    said = newsletter.run("hold", "--reason", "the relay key leaked").stdout
    assert "held since 2026-11-20T12:00:00Z by " in said and said.endswith(
        ": the relay key leaked; `verdicts release` lets it go on\n")
    assert lines(newsletter.run("weekly", expect=75)) == ["verdicts: " + said.strip()]
    for _ in range(2):
        done = newsletter.run("weekly", expect=75)
        assert done.stdout + done.stderr == ""
    # The draft stays a draft: what is wrong with it can be changed.
    assert newsletter.json("issue", "show", "1", "--json")["state"] == "draft"
    newsletter.run("issue", "approve", "1")
    done = newsletter.run("send", "--yes", expect=75)
    assert lines(done) == ["verdicts: " + said.strip()] and server.messages == []
    # Single mails go: somebody waits for each.
    assert "sent" in newsletter.run("send", "--test", "editor@example.org").stdout
    assert server.recipients() == ["editor@example.org"]
    hold = newsletter.json("status", "--json")["hold"]
    assert hold["since"] == "2026-11-20T12:00:00Z" and hold["until"] is None
    assert hold["reason"] == "the relay key leaked" and hold["all"] is False and hold["by"]
    assert newsletter.run("status").stdout.startswith("hold         sending is held since")
    assert "the relay key leaked" in newsletter.run("doctor", expect=None).stdout
    assert newsletter.run("release").stdout.startswith("released")
    assert newsletter.run("release").stdout == "nothing is held\n"
    assert newsletter.json("status", "--json")["hold"] is None
    newsletter.run("weekly")
    assert newsletter.counts()["sent"] == READERS


def test_a_hold_of_everything_keeps_single_mails_too(newsletter, server):
    ready(newsletter, server.url)
    newsletter.run("hold", "--all")
    done = newsletter.run("send", "--test", "editor@example.org", expect=75)
    assert "editor@example.org: queued" in done.stdout and "confirmation mails too" in done.stderr
    newsletter.run("weekly", expect=75)
    assert server.messages == []
    newsletter.run("hold")  # now of issues alone
    newsletter.run("weekly", expect=75)
    assert server.recipients() == ["editor@example.org"]


def test_under_a_hold_of_everything_confirmations_wait_and_the_log_says_so_once(newsletter, server):
    newsletter.run("hold", "--all", "--reason", "the key leaked")
    with Service(newsletter, server) as service:
        for name in ("ann", "bob"):
            service.subscribe(f"{name}@example.org")
            service.await_log("the key leaked")
        assert server.messages == []
        newsletter.run("release")
        for name in ("ann", "bob"):
            service.mails(f"{name}@example.org")
        assert service.said().count("the key leaked") == 1


def test_a_hold_is_over_at_its_time(newsletter, server):
    ready(newsletter, server.url)
    assert ", until 2026-11-20T13:00:00Z" in newsletter.run("hold", "--until", LATER).stdout
    newsletter.run("weekly", expect=75)
    newsletter.run("weekly", now=LATER)
    assert len(server.messages) == READERS
    assert newsletter.run("release", now=NEXT).stdout == "nothing is held\n"


@pytest.mark.parametrize("words, what", [
    (["hold", "--until", "2026-11-20T11:00:00Z"], "not in the future"),
    (["hold", "--until", "tomorrow"], "--until"),
    (["hold", "--reason", "two\nlines"], "one line"),
    (["hold", "--reason", "x" * 201], "201 bytes"),
    (["hold", "3"], "3"),
    (["release", "now"], "now"),
])
def test_a_wrong_argument_holds_nothing(newsletter, words, what):
    done = newsletter.run(*words, expect=64)
    assert what in done.stderr and len(lines(done)) == 1
    assert newsletter.run("release").stdout == "nothing is held\n"


def test_a_paused_issue_waits_and_says_so_once(newsletter, server):
    ready(newsletter, server.url)
    newsletter.run("issue", "build")
    assert newsletter.json("issue", "show", "1", "--json")["paused_at"] is None
    assert "issue 1 is paused: " in newsletter.run("issue", "pause", "1").stdout
    assert "paused already" in newsletter.run("issue", "pause", "1").stdout
    assert "draft, paused" in newsletter.run("issue", "list").stdout
    assert len(lines(newsletter.run("weekly", expect=75))) == 1
    newsletter.run("issue", "approve", "1")
    for _ in range(2):
        done = newsletter.run("weekly", expect=75)
        assert done.stdout + done.stderr == ""
    done = newsletter.run("send", "--yes", expect=75)
    assert "issue 1 (2026-W47) is paused since" in done.stderr and "issue resume 1" in done.stderr
    issue = newsletter.json("issue", "show", "1", "--json")
    assert (issue["state"], issue["paused_at"]) == ("approved", "2026-11-20T12:00:00Z")
    assert "approved, paused: " in newsletter.run("status").stdout
    assert "issue 1 (2026-W47) is paused" in newsletter.run("doctor", expect=None).stdout
    assert server.messages == []
    newsletter.run("issue", "resume", "1")
    assert "was not paused" in newsletter.run("issue", "resume", "1").stdout
    newsletter.run("weekly")
    assert len(server.messages) == READERS
    for verb in ("pause", "resume"):
        assert "is sent already" in newsletter.run("issue", verb, "1", expect=65).stderr
