"""The day on which the relay says no: whose fault it is, and what a run does about it."""

import datetime

import pytest

from newsletter import SAMPLES
from scripted_smtp import Rule, ScriptedServer
from service import Service, wait_until

QUOTA = "550 5.4.5 Daily user sending limit exceeded"
# Six sentences that speak of us, at RCPT and at the dot.
OURS = [
    ("quota", QUOTA),
    ("unverified", "554 Message rejected: Email address is not verified"),
    ("paused", "554 Sending paused for this account"),
    ("hourly", "550 Domain example.org has exceeded the max emails per hour (20/20)"),
    ("relaying", "550 relay not permitted"),
    ("unknown", "550 computer says no"),
]


def later(**time) -> str:
    moment = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=datetime.timezone.utc) + datetime.timedelta(**time)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def ready(newsletter, server, count, domains=1, **settings):
    newsletter.settings.update({"smtp.url": server.url, "deliver.linger": "0", "smtp.connections": "4", **settings})
    newsletter.import_samples()
    addresses = [f"reader{i}@d{i % domains}.example.org" for i in range(count)]
    path = newsletter.folder / "readers.csv"
    path.write_text("email\n" + "".join(f"{address}\n" for address in addresses))
    newsletter.run("subscribers", "import", str(path), "--status", "confirmed", "--wording", "test people")
    return addresses


def refuse_others(server, stage, sentence, taken):
    """The first are taken, everybody else hears the sentence."""
    server.rules[:] = [Rule(stage, "250 2.0.0 Ok", times=taken), Rule(stage, sentence)]


def count(server, command) -> int:
    return sum(line.upper().startswith(command) for line in server.commands)


def scores(newsletter) -> set:
    return {person["bounce_score"] for person in newsletter.json("subscribers", "list", "--json")}


@pytest.mark.parametrize("domains", [1, 20], ids=["one-domain", "many-domains"])
@pytest.mark.parametrize("stage", ["RCPT", "DOT"])
@pytest.mark.parametrize("sentence", [sentence for _, sentence in OURS], ids=[name for name, _ in OURS])
def test_nobody_is_lost_when_the_relay_speaks_of_us(newsletter, sentence, stage, domains):
    with ScriptedServer([]) as server:
        addresses = ready(newsletter, server, 60, domains)
        refuse_others(server, stage, sentence, 20)
        done = newsletter.run("weekly", expect=75)
        lines = [line for line in done.stderr.splitlines() if " rests: " in line]
        assert len(lines) == 1 and sentence[4:30] in lines[0], done.stderr
        counts = newsletter.counts()
        assert counts["sent"] == 20 and counts["queued"] == 40, counts
        (rest,) = newsletter.json("status", "--json")["resting_relays"]
        assert sentence in rest["reply"] and rest["readers"] >= 5
        assert " rests, " in newsletter.run("doctor", expect=None).stdout
        # Before the next try is due nothing leaves, and nothing is said again.
        before = len(server.received)
        done = newsletter.run("weekly", expect=75, now=later(minutes=1))
        assert done.stderr == "" and len(server.received) == before
        server.rules.clear()
        newsletter.run("weekly", now=later(days=1))
        assert sorted(to for to, _ in server.accepted) == sorted(addresses)
        assert newsletter.json("status", "--json")["resting_relays"] == []
    assert newsletter.counts()["sent"] == 60
    assert scores(newsletter) == {0}


def test_a_relay_that_refuses_everything_is_69_and_one_probe_follows(newsletter):
    with ScriptedServer([Rule("RCPT", QUOTA)]) as server:
        ready(newsletter, server, 60, 20)
        newsletter.run("weekly", expect=69)
        asked = count(server, "RCPT")
        newsletter.run("weekly", expect=69, now=later(minutes=10))
        assert count(server, "RCPT") == asked + 1
        newsletter.run("weekly", expect=75, now=later(minutes=11))
        assert count(server, "RCPT") == asked + 1
        # At rest for longer than deliver.max_age, and nobody has given up.
        server.rules.clear()
        newsletter.run("weekly", now=later(days=5))
    assert newsletter.counts()["sent"] == 60


def test_a_dirty_list_goes_through(newsletter):
    with ScriptedServer([]) as server:
        addresses = ready(newsletter, server, 200, 200)
        dead = [address for i, address in enumerate(addresses) if i % 10 in (1, 4, 8)]
        server.rules[:] = [Rule("RCPT", "550 5.1.1 user unknown", who=f"<{address}>") for address in dead]
        newsletter.run("weekly")
    counts = newsletter.counts()
    assert (counts["sent"], counts["refused"]) == (140, 60)


def test_a_relay_that_knows_nobody_is_not_believed(newsletter):
    with ScriptedServer([Rule("RCPT", "550 5.1.1 user unknown")]) as server:
        ready(newsletter, server, 60, 20)
        newsletter.run("weekly", expect=69)
        assert newsletter.counts()["refused"] == 0
        server.rules.clear()
        newsletter.run("weekly", now=later(days=1))
    assert newsletter.counts()["sent"] == 60
    assert scores(newsletter) == {0}


def test_a_full_mailbox_is_reported_once_and_once_when_it_ends(newsletter):
    with ScriptedServer([Rule("RCPT", "452 4.2.2 full", who="<reader3@")]) as server:
        ready(newsletter, server, 20, 5)
        first = newsletter.run("weekly", expect=75)
        assert len(first.stderr.splitlines()) == 1 and "refuses our mail" not in first.stderr
        said = [newsletter.run("weekly", expect=75, now=later(hours=hour)).stderr for hour in range(1, 72, 7)]
        assert set(said) == {""}
        last = newsletter.run("weekly", now=later(days=3, hours=1))
        assert len(last.stderr.splitlines()) == 1 and "1 gave_up" in last.stderr
        assert newsletter.run("weekly", now=later(days=3, hours=2)).stderr == ""


def test_an_unknown_refusal_gives_up_twice_and_is_refused_the_third_time(newsletter):
    pages = sorted(SAMPLES.glob("*.txt"))[:3]
    with ScriptedServer([Rule("RCPT", "550 computer says no", who="<reader3@")]) as server:
        newsletter.settings.update({"smtp.url": server.url, "deliver.linger": "0", "deliver.max_age": "0"})
        newsletter.add_readers(20)
        for issue, page in enumerate(pages, start=1):
            newsletter.import_pages(page, published=later(days=7 * issue - 8))
            newsletter.run("weekly", now=later(days=7 * issue - 7))
            (row,) = [row for row in newsletter.rows("not-sent", issue)]
            assert row["address"].startswith("reader3@")
            assert row["state"] == ("refused" if issue == 3 else "gave_up"), issue
            assert (scores(newsletter) == {0}) == (issue < 3), "only the third is the reader's own"


def test_a_retry_that_succeeds_undoes_its_score(newsletter):
    with ScriptedServer([Rule("RCPT", "550 5.1.1 unknown", who="<reader3@")]) as server:
        ready(newsletter, server, 20, 5)
        newsletter.run("weekly")
        assert scores(newsletter) == {0, 1}
        newsletter.run("send", "--issue", "1", "--retry", "refused", now=later(hours=1))
        assert scores(newsletter) == {0, 1}, "refused again, it counts as before"
        server.rules.clear()
        newsletter.run("send", "--issue", "1", "--retry", "refused", now=later(hours=2))
        assert newsletter.counts()["sent"] == 20 and scores(newsletter) == {0}


def test_the_relay_rests_while_confirmation_mails_are_refused(newsletter):
    with ScriptedServer([Rule("RCPT", QUOTA)]) as server:
        with Service(newsletter, server) as service:
            for number in range(12):
                service.subscribe(f"person{number}@d{number}.example.org")
            wait_until(lambda: newsletter.json("status", "--json")["resting_relays"])
            asked = count(server, "RCPT")
            service.subscribe("late@d99.example.org")
            wait_until(lambda: service.rows("SELECT count(*) FROM outgoing") == [(13,)])
            assert service.said().count(" rests: ") == 1, service.said()
            assert count(server, "RCPT") == asked, "nothing is asked before the next try is due"
        (rest,) = newsletter.json("status", "--json")["resting_relays"]
        assert "5.4.5" in rest["reply"] and rest["readers"] >= 5
        assert service.rows("SELECT count(*) FROM outgoing WHERE state IN ('refused', 'gave_up')") == [(0,)]



def test_every_end_has_a_way_back(newsletter):
    rules = [Rule("RCPT", "550 5.1.1 unknown", who="<reader1@"), Rule("RCPT", "550 5.1.2 unknown", who="<reader2@")]
    with ScriptedServer(rules) as server:
        ready(newsletter, server, 20, 5)
        newsletter.run("weekly")
        retry = ("send", "--issue", "1", "--retry", "refused", "--dry-run")
        assert newsletter.run(*retry).stdout == "2\n"
        assert newsletter.run(*retry, "--code", "5.1.1").stdout == "1\n"
        assert newsletter.run(*retry, "--domain", "d2.example.org").stdout == "1\n"
        assert newsletter.run(*retry, "--code", "550", "--domain", "d3.example.org").stdout == "0\n"
        assert "--retry" in newsletter.run("send", "--issue", "1", "--code", "5.1.1", expect=64).stderr
        newsletter.run("send", "--issue", "1", "--retry", "no", expect=64)
        server.rules.clear()
        newsletter.run("send", "--issue", "1", "--retry", "refused", "--code", "5.1.1")
        assert newsletter.counts()["refused"] == 1
        newsletter.run("send", "--issue", "1", "--retry", "all")
        assert newsletter.counts()["sent"] == 20
