"""Several relays: who gets which row, and what becomes of the rows of one that is away, rests or refuses us."""

import collections
import contextlib
import datetime
import re
import time

import pytest

import shim
from scripted_smtp import Rule, ScriptedServer

QUOTA = "550 5.4.5 Daily user sending limit exceeded"


@contextlib.contextmanager
def relays(count=2):
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(ScriptedServer([])) for _ in range(count)]


def forget_smtp(newsletter):
    """The sample names one relay in the section smtp, which excludes others."""
    path = newsletter.folder / "verdicts.conf"
    path.write_text(re.sub(r"\nsmtp \{\n.*?\n\}\n", "\n", path.read_text(), flags=re.DOTALL))


def ready(newsletter, servers, readers, domains=("example.org",), **settings):
    """Relays a, b, c … in the order of the servers; gives the readers' addresses."""
    newsletter.settings.update({"deliver.linger": "0", **settings})
    forget_smtp(newsletter)
    for name, server in zip("abcdef", servers):
        newsletter.settings[f"relay.{name}.url"] = server if isinstance(server, str) else server.url
    newsletter.import_samples()
    addresses = [f"reader{i}@{domains[i % len(domains)]}" for i in range(readers)]
    path = newsletter.folder / "readers.csv"
    path.write_text("email\n" + "".join(f"{address}\n" for address in addresses))
    newsletter.run("subscribers", "import", str(path), "--status", "confirmed", "--wording", "test people")
    return addresses


def got(server) -> list[str]:
    return [to for to, _ in server.accepted]


def later(**time_on) -> str:
    moment = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=datetime.timezone.utc) + datetime.timedelta(**time_on)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def closed_port() -> str:
    with ScriptedServer([]) as server:
        return server.url


def test_each_relay_gets_its_weight_of_the_mail(newsletter):
    with relays() as (a, b):
        addresses = ready(newsletter, (a, b), 400, **{"relay.a.weight": "3"})
        assert newsletter.run("weekly").stderr == ""
        assert sorted(got(a) + got(b)) == sorted(addresses)
        assert abs(len(a.accepted) - 300) <= 3, len(a.accepted)


def test_a_domain_goes_by_the_relay_that_names_it_and_by_no_other(newsletter):
    with relays() as (a, b):
        ready(newsletter, (a, b), 90, ("example.com", "example.net", "example.org"),
              **{"relay.b.domains": "example.com,Example.NET"})
        newsletter.run("weekly")
        assert {to.split("@")[1] for to in got(a)} == {"example.org"}
        assert {to.split("@")[1] for to in got(b)} == {"example.com", "example.net"}
        assert (len(a.accepted), len(b.accepted)) == (30, 60)


def test_the_ledger_names_the_relay_of_each_row(newsletter):
    with relays() as (a, b):
        ready(newsletter, (a, b), 40)
        newsletter.run("weekly")
        by = {row["address"]: row["relay"] for row in newsletter.rows()}
        assert {address for address, relay in by.items() if relay == "a"} == set(got(a))
        assert {address for address, relay in by.items() if relay == "b"} == set(got(b))


def test_the_others_take_over_from_a_relay_that_is_away(newsletter):
    with relays(1) as (b,):
        addresses = ready(newsletter, (closed_port(), b), 150)
        done = newsletter.run("weekly")
        assert sorted(got(b)) == sorted(addresses)
        assert "the relay a (127.0.0.1:" in done.stderr and "is out of reach" in done.stderr
        status = newsletter.json("status", "--json")
        assert [relay["relay"] for relay in status["absent_relays"]] == ["a"]
        assert "relay        a is away since" in newsletter.run("status").stdout


def test_the_others_take_over_from_a_relay_that_refuses_our_login(newsletter):
    secret = newsletter.folder / "a.password"
    secret.write_text("secret\n")
    secret.chmod(0o600)
    with ScriptedServer([Rule("AUTH", "535 5.7.8 no")], offers=("PIPELINING", "AUTH PLAIN")) as a, relays(1) as (b,):
        addresses = ready(newsletter, (a, b), 60,
                          **{"relay.a.username": "us", "relay.a.password_file": str(secret)})
        done = newsletter.run("weekly")
        assert sorted(got(b)) == sorted(addresses)
        assert "refuses our login" in done.stderr


def test_a_relay_that_drops_every_connection_without_a_reply_is_set_aside(newsletter):
    with ScriptedServer([Rule("MAIL", "close")]) as a, relays(1) as (b,):
        addresses = ready(newsletter, (a, b), 80)
        newsletter.run("weekly")
        assert sorted(got(b)) == sorted(addresses)


def test_the_others_take_over_from_a_relay_that_rests(newsletter):
    with relays() as (a, b):
        addresses = ready(newsletter, (a, b), 200, tuple(f"d{i}.example.org" for i in range(20)))
        a.rules[:] = [Rule("RCPT", QUOTA)]
        done = newsletter.run("weekly")
        assert sorted(got(b)) == sorted(addresses)
        assert done.stderr.count(" rests: ") == 1, done.stderr
        (rest,) = newsletter.json("status", "--json")["resting_relays"]
        assert rest["relay"] == "a"


def test_a_backup_takes_mail_only_when_no_other_can(newsletter):
    with relays() as (a, b):
        addresses = ready(newsletter, (a, b), 60, **{"relay.b.backup": "yes"})
        newsletter.run("weekly")
        assert sorted(got(a)) == sorted(addresses) and b.accepted == []


def test_a_backup_takes_the_mail_of_a_relay_that_is_away(newsletter):
    with relays(1) as (b,):
        addresses = ready(newsletter, (closed_port(), b), 60, **{"relay.b.backup": "yes"})
        newsletter.run("weekly")
        assert sorted(got(b)) == sorted(addresses)


def test_mail_that_a_backup_can_take_tomorrow_is_not_deferred_for_the_relay_that_is_away(newsletter):
    with relays(1) as (b,):
        ready(newsletter, (closed_port(), b), 60, ("example.com", "example.org"),
              **{"relay.b.domains": "example.com", "relay.b.backup": "yes", **warming("b")})
        newsletter.run("weekly", expect=75)
        assert len(b.accepted) == 3
        states = collections.Counter((row["address"].split("@")[1], row["state"]) for row in newsletter.rows())
        assert states == {("example.com", "sent"): 3, ("example.com", "queued"): 27, ("example.org", "deferred"): 30}


def lock_out(newsletter, name):
    """A login whose password nobody can read."""
    newsletter.settings |= {f"relay.{name}.username": "us",
                            f"relay.{name}.password_file": str(newsletter.folder / "absent")}


def test_the_others_take_over_from_a_relay_whose_password_cannot_be_read(newsletter):
    with relays() as (a, b):
        addresses = ready(newsletter, (a, b), 60)
        lock_out(newsletter, "a")
        done = newsletter.run("weekly", expect=66)
        assert sorted(got(b)) == sorted(addresses) and a.connections == 0
        line, _ = done.stderr.splitlines()
        assert "relay.a.password_file" in line and "absent" in line, line
        assert line.endswith(f"the relay a (127.0.0.1:{a.port}) takes no part in this run")


def test_single_mails_end_with_the_password_that_cannot_be_read_while_there_are_any(newsletter):
    with relays() as (a, b):
        ready(newsletter, (a, b), 3, **{"issue.approval": "required", "issue.editors": "ed@example.com"})
        lock_out(newsletter, "a")
        assert "takes no part in this run" in newsletter.run("weekly", expect=66).stderr
        assert got(b) == ["ed@example.com"]
        newsletter.run("weekly", now=later(hours=1))
        done = newsletter.run("send", "--test", "me@example.com", now=later(hours=2), expect=66)
        assert "takes no part in this run" in done.stderr and "sent" in done.stdout
        assert got(b) == ["ed@example.com", "me@example.com"] and a.connections == 0


def test_where_no_password_can_be_read_nothing_is_sent(newsletter):
    with relays() as (a, b):
        ready(newsletter, (a, b), 10)
        for name in "ab":
            lock_out(newsletter, name)
        assert "password_file" in newsletter.run("weekly", expect=66).stderr
        assert newsletter.counts()["queued"] == 10
        assert a.connections == b.connections == 0


def test_mail_for_a_relay_that_is_away_and_alone_may_have_it_waits_for_it(newsletter):
    with relays() as (a, b):
        ready(newsletter, (closed_port(), b), 60, ("example.com", "example.org"),
              **{"relay.a.domains": "example.com"})
        newsletter.run("weekly", expect=75)
        assert {to.split("@")[1] for to in got(b)} == {"example.org"} and len(b.accepted) == 30
        counts = newsletter.counts()
        assert (counts["sent"], counts["deferred"]) == (30, 30), counts
        waiting = [row for row in newsletter.rows() if row["state"] == "deferred"]
        assert {row["relay"] for row in waiting} == {"a"} and waiting[0]["reply"].startswith("relay away: ")
        newsletter.settings["relay.a.url"] = a.url
        newsletter.run("weekly", now=later(minutes=10))
        assert len(a.accepted) == 30 and newsletter.counts()["sent"] == 60


def test_where_every_relay_is_away_all_is_deferred_and_said_in_one_line(newsletter):
    ready(newsletter, (closed_port(), closed_port()), 20)
    done = newsletter.run("weekly", expect=75)
    assert len([line for line in done.stderr.splitlines() if "no relay can be reached" in line]) == 1, done.stderr
    assert newsletter.counts()["deferred"] == 20
    assert newsletter.run("weekly", expect=75, now=later(hours=1)).stderr == ""


def test_a_row_in_doubt_goes_again_by_the_same_relay(newsletter):
    with relays() as (a, b):
        ready(newsletter, (a, b), 20)
        a.rules[:] = [Rule("DOT", "close", times=1)]
        newsletter.run("weekly", expect=75)
        (doubted,) = [row["address"] for row in newsletter.rows() if row["doubted"]]
        newsletter.run("weekly", now=later(minutes=10))
        assert doubted in got(a) and doubted not in got(b)
        (one, two) = [raw for to, raw in a.received if to == doubted]
        assert one == two


def test_a_row_in_doubt_waits_an_hour_for_its_relay_and_then_goes_by_another(newsletter):
    with relays() as (a, b):
        ready(newsletter, (a, b), 20)
        a.rules[:] = [Rule("DOT", "close", times=1)]
        newsletter.run("weekly", expect=75)
        (doubted,) = [row["address"] for row in newsletter.rows() if row["doubted"]]
        newsletter.settings["relay.a.url"] = closed_port()
        newsletter.run("weekly", expect=75, now=later(minutes=10))
        newsletter.run("weekly", expect=75, now=later(minutes=60))
        assert doubted not in got(b)
        newsletter.run("weekly", now=later(minutes=80))
        assert doubted in got(b)
        copies = [raw for server in (a, b) for to, raw in server.received if to == doubted]
        assert len(copies) == 2 and copies[0] == copies[1], "the copy depends on the relay"


def test_the_rate_of_one_relay_holds_nobody_else_up(newsletter):
    with relays() as (a, b):
        addresses = ready(newsletter, (a, b), 200, **{"relay.a.rate": "60/h"})
        began = time.monotonic()
        newsletter.run("weekly")
        assert sorted(got(a) + got(b)) == sorted(addresses)
        assert 1 <= len(a.accepted) <= 2 + (time.monotonic() - began) / 60
        assert len(b.accepted) >= 197


def test_confirmation_mails_go_by_the_relays_too(newsletter):
    with relays(1) as (b,):
        ready(newsletter, (closed_port(), b), 1)
        newsletter.run("send", "--test", "editor@example.org")
        assert got(b) == ["editor@example.org"]


def test_doctor_tries_every_relay(newsletter):
    with relays() as (a, b):
        ready(newsletter, (a, b, closed_port()), 1)
        lines = [line for line in newsletter.run("doctor", "--connect", expect=None).stdout.splitlines()
                 if line.split()[1] == "relay"]
        assert [line.split()[0] for line in lines] == ["fine", "fine", "fault"]
        assert all(f" {name} (" in line for name, line in zip("abc", lines)), lines


def test_a_rehearsal_by_option_replaces_all_relays(newsletter):
    with relays() as (a, b):
        ready(newsletter, (a, b), 5, **{"smtp.url": "null:"})
        newsletter.run("weekly")
        assert newsletter.counts()["sent"] == 5 and a.accepted == b.accepted == []


def test_two_relays_and_one_is_killed_in_mid_issue(newsletter):
    with relays() as (a, b):
        addresses = ready(newsletter, (a, b), 2000, ("example.com", "example.net", "example.org"))
        run = newsletter.start("weekly")
        while len(a.received) < 300 and run.poll() is None:
            time.sleep(0.005)
        a.kill()
        run.wait(timeout=300)
        run.stdout.close(), run.stderr.close()
        assert run.returncode in (0, 75)
        # The rows in doubt wait for the relay that may have them.
        for hours in (2, 4):
            newsletter.run("weekly", expect=None, now=later(hours=hours))
        counts = newsletter.counts()
        assert counts["sent"] == 2000, counts
        doubted = {row["address"] for row in newsletter.rows() if row["doubted"]}
        copies = collections.Counter(got(a) + got(b))
        assert sorted(copies) == sorted(addresses)
        assert {address for address, times in copies.items() if times > 1} <= doubted
        assert len(doubted) <= 4


def approved(newsletter):
    newsletter.run("issue", "build")
    newsletter.run("issue", "approve", "1")


def send_together(newsletter, servers, processes, connections, **settings):
    """Processes that all hold connections to all the servers before any of them may send."""
    newsletter.settings |= {f"relay.{name}.connections": str(connections) for name, _ in zip("abcdef", servers)}
    for server in servers:
        server.rules[:] = [Rule("CONNECT", "gate")]
    runs = [newsletter.start("send", "--issue", "1", "--yes", **settings) for _ in range(processes)]
    while any(server.open < processes * connections for server in servers) and all(run.poll() is None for run in runs):
        time.sleep(0.01)
    for server in servers:
        server.gate.set()
    said = [run.communicate(timeout=300) for run in runs]
    assert {run.returncode for run in runs} <= {0, 75}, said


def test_several_processes_send_one_issue_over_several_relays_and_nobody_gets_it_twice(newsletter):
    with relays() as (a, b):
        addresses = ready(newsletter, (a, b), 900, ("example.com", "example.net", "example.org"))
        approved(newsletter)
        send_together(newsletter, (a, b), 3, 2)
        newsletter.run("send", "--issue", "1", "--yes")
        assert sorted(got(a) + got(b)) == sorted(addresses)
        assert a.accepted and b.accepted
        assert newsletter.counts()["sent"] == 900


def test_several_processes_share_the_day_of_a_relay_that_warms_up(newsletter):
    with relays(1) as (a,):
        ready(newsletter, (a,), 400, **warming("a", **{"warmup.start": "150/d", "warmup.until": "9999/d"}))
        approved(newsletter)
        send_together(newsletter, (a,), 3, 2)
        assert len(a.accepted) == len(set(got(a))) == 150
        newsletter.run("send", "--issue", "1", "--yes", expect=75)
        assert len(a.accepted) == 150


def test_a_run_over_midnight_has_the_allowance_of_the_new_day(newsletter):
    with relays(1) as (a,):
        addresses = ready(newsletter, (a,), 30, **warming("a"), **{
            "relay.a.connections": "1", "relay.a.dot_timeout": "1h", "relay.a.reply_timeout": "1h",
            "deliver.lease": "2h"})
        a.rules[:] = [Rule("DOT", "gate", times=1)]
        midnight = newsletter.folder / "midnight"
        run = newsletter.start("weekly", now="2026-11-20T23:30:00Z", env=shim.leap(WHEN=midnight, LEAP=2400))
        while not a.received and run.poll() is None:
            time.sleep(0.01)
        midnight.touch()
        a.gate.set()
        _, said = run.communicate(timeout=120)
        assert run.returncode == 75
        # One of the first day, which was on its way, and the six of the second.
        assert "the relay a warms up and has had its 6 messages of day 2 of 3" in said
        assert len(a.accepted) == len(set(got(a))) == 7 and set(got(a)) < set(addresses[-9:])


def test_an_address_that_one_relay_cannot_carry_is_not_given_up_while_there_are_others(newsletter):
    with relays() as (a, b):
        ready(newsletter, (a, b), 3)
        newsletter.run("subscribers", "add", "anné@example.org", "--status", "confirmed", "--wording", "test people")
        newsletter.run("weekly", expect=75)
        row = next(row for row in newsletter.rows() if row["address"].startswith("anné"))
        assert row["state"] == "deferred" and len(a.accepted) + len(b.accepted) == 3


UTF8 = ("PIPELINING", "SMTPUTF8")


def test_an_address_that_needs_SMTPUTF8_goes_at_once_by_a_relay_that_offers_it(newsletter):
    with relays(1) as (a,), ScriptedServer([], offers=UTF8) as b:
        addresses = ready(newsletter, (a, b), 30, **{"relay.a.weight": "100"})
        newsletter.run("subscribers", "add", "anné@example.org", "--status", "confirmed", "--wording", "test people")
        assert newsletter.run("weekly").stderr == ""
        assert sorted(got(a) + got(b)) == sorted([*addresses, "anné@example.org"])
        assert "anné@example.org" in got(b)
        (row,) = [row for row in newsletter.rows() if row["address"].startswith("anné")]
        assert (row["relay"], row["attempts"]) == ("b", 1)


def test_an_address_that_needs_SMTPUTF8_waits_for_the_relay_that_offers_it(newsletter):
    with relays(1) as (a,):
        ready(newsletter, (a, closed_port()), 3)
        newsletter.run("subscribers", "add", "anné@example.org", "--status", "confirmed", "--wording", "test people")
        newsletter.run("weekly", expect=75)
        assert newsletter.counts()["sent"] == 3 and newsletter.counts()["deferred"] == 1
        with ScriptedServer([], offers=UTF8) as b:
            newsletter.settings["relay.b.url"] = b.url
            newsletter.run("weekly", now=later(hours=2))
            assert got(b) == ["anné@example.org"]


def test_a_sender_that_needs_SMTPUTF8_sends_by_the_relays_that_offer_it(newsletter):
    with relays(1) as (a,), ScriptedServer([], offers=UTF8) as b:
        addresses = ready(newsletter, (a, b), 40, **{"mail.from": "Verdicts <jörg@example.org>"})
        assert newsletter.run("weekly").stderr == ""
        assert sorted(got(b)) == sorted(addresses) and a.accepted == []


def test_what_no_relay_was_asked_for_names_none_and_counts_no_attempt(newsletter):
    with relays(1) as (a,):
        ready(newsletter, (a, closed_port()), 300, **{"mail.from": "Verdicts <jörg@example.org>"})
        newsletter.run("weekly", expect=75)
        assert a.accepted == [] and newsletter.counts()["deferred"] == 300
        found = {(row["relay"], row["attempts"]) for row in newsletter.rows()}
        assert (None, 0) in found and found <= {(None, 0), ("a", 1)}


WARM = {"warmup.start": "3/d", "warmup.factor": "2", "warmup.until": "10/d"}


def warming(name, **more):
    return {f"relay.{name}.{key}": value for key, value in (WARM | more).items()}


def test_a_relay_that_warms_up_gets_its_allowance_day_by_day_and_those_who_joined_last_first(newsletter):
    with relays(1) as (a,):
        addresses = ready(newsletter, (a,), 30, **warming("a"))
        done = newsletter.run("weekly", expect=75)
        assert "the relay a warms up and has had its 3 messages of day 1 of 3" in done.stderr
        assert sorted(got(a)) == sorted(addresses[-3:])
        assert "a warms up, day 1 of 3: 3 today, 3 of them sent" in newsletter.run("status").stdout
        assert newsletter.run("weekly", expect=75, now=later(hours=1)).stderr == ""
        assert len(a.accepted) == 3
        newsletter.run("weekly", expect=75, now=later(days=1))
        assert sorted(got(a)) == sorted(addresses[-9:])
        newsletter.run("weekly", expect=75, now=later(days=2))
        assert sorted(got(a)) == sorted(addresses[-19:])
        (warm,) = newsletter.json("status", "--json", now=later(days=2))["warming_relays"]
        assert warm == {"relay": "a", "day": 3, "days": 3, "today": 10, "sent": 10}
        newsletter.run("weekly", now=later(days=3))
        assert sorted(got(a)) == sorted(addresses)
        assert newsletter.json("status", "--json", now=later(days=3))["warming_relays"] == []


def test_the_others_take_what_a_relay_that_warms_up_may_not_have(newsletter):
    with relays() as (a, b):
        addresses = ready(newsletter, (a, b), 30, **warming("a"))
        assert newsletter.run("weekly").stderr == ""
        assert sorted(got(a) + got(b)) == sorted(addresses)
        assert 1 <= len(a.accepted) <= 3


def test_what_a_relay_refuses_is_not_counted_in_its_warm_up(newsletter):
    with relays(1) as (a,):
        ready(newsletter, (a,), 10, **warming("a"))
        a.rules[:] = [Rule("RCPT", "550 5.1.1 no such user", times=2)]
        newsletter.run("weekly", expect=75)
        assert len(a.accepted) == 3
        assert newsletter.counts()["refused"] == 2
