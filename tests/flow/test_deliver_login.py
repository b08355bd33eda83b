"""Logging in to the relay: which mechanism, how often, and what is said where it fails."""

import pytest

from deliver_run import Ledger
from scripted_smtp import Rule, ScriptedServer
from service import Service, wait_until

READERS = [f"r{i}@example.org" for i in range(5)]
ALL = "AUTH DIGEST-MD5 CRAM-MD5 NTLM LOGIN PLAIN"
NO = "535 5.7.8 authentication failed"


@pytest.fixture
def login(tmp_path):
    path = tmp_path / "password"
    path.write_text("correct horse\n")
    path.chmod(0o600)
    return {"username": "u@example.org", "password_file": str(path)}


def refusing(*mechanisms, reply=NO):
    return [Rule("AUTH", reply, who=f"AUTH {mechanism}") for mechanism in mechanisms]


def tried(server):
    return [mechanism for mechanism, _ in server.logins]


def away(ledger, server, **settings):
    """The run must defer everybody; gives the line for the operator."""
    counts = ledger.run(server.url, expect=75, **settings)
    assert counts["relay_away"] and counts["deferred"] == len(READERS), counts
    assert not any(line.startswith("MAIL") for line in server.commands)
    assert "correct horse" not in ledger.last.stdout + ledger.last.stderr
    return ledger.operator()


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "NTLM"])
def test_a_relay_that_has_one_mechanism_gets_it(tmp_path, login, mechanism):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(offers=[f"AUTH {mechanism}", "PIPELINING"]) as server:
        assert ledger.run(server.url, expect=0, **login)["sent"] == len(READERS)
        assert set(tried(server)) == {mechanism}


def test_the_password_is_what_the_file_says(tmp_path, login):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(offers=["AUTH PLAIN"]) as server:
        ledger.run(server.url, expect=0, **login)
        assert server.logins[0] == ("PLAIN", [b"\0u@example.org\0correct horse"])


@pytest.mark.parametrize("refused,works", [
    (["PLAIN"], "LOGIN"),
    (["PLAIN", "LOGIN"], "CRAM-MD5"),
    (["PLAIN", "LOGIN", "CRAM-MD5"], "DIGEST-MD5"),
    (["PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5"], "NTLM"),
])
def test_where_one_mechanism_fails_the_next_is_tried(tmp_path, login, refused, works):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(refusing(*refused), offers=[ALL]) as server:
        assert ledger.run(server.url, expect=0, **login)["sent"] == len(READERS)
        assert tried(server)[:len(refused)] == refused
        assert set(tried(server)[len(refused):]) == {works}


@pytest.mark.parametrize("offered,refused,works", [
    ("CRAM-MD5 PLAIN", "CRAM-MD5", "PLAIN"),
    ("NTLM LOGIN", "NTLM", "LOGIN"),
])
def test_a_mechanism_that_the_relay_offers_and_cannot_do_is_in_nobody_s_way(tmp_path, login, offered, refused, works):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(refusing(refused), offers=[f"AUTH {offered}"]) as server:
        assert ledger.run(server.url, expect=0, **login)["sent"] == len(READERS)
        assert tried(server)[-1] == works


def test_what_has_worked_is_used_for_the_rest_of_the_run(tmp_path, login):
    ledger = Ledger(tmp_path, [f"r{i}@example.org" for i in range(40)])
    with ScriptedServer(refusing("PLAIN", "LOGIN"), offers=[ALL]) as server:
        counts = ledger.run(server.url, expect=0, connections=4, messages_per_connection=3, **login)
        assert counts["sent"] == 40
        assert tried(server).count("PLAIN") == tried(server).count("LOGIN") == 1
        assert tried(server).count("CRAM-MD5") > 10


def test_a_wrong_password_makes_one_failed_login_a_mechanism_however_many_connections_are_wanted(tmp_path, login):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer([Rule("AUTH", NO)], offers=[ALL]) as server:
        line = away(ledger, server, connections=16, **login)
        assert sorted(tried(server)) == sorted(ALL.split()[1:])
    assert "refuses our login" in line and NO in line


def test_a_password_that_is_changed_in_mid_run_is_not_asked_about_again_and_again(tmp_path, login):
    ledger = Ledger(tmp_path, [f"r{i}@example.org" for i in range(40)])
    rules = [Rule("AUTH", NO, connections=(4, 1 << 30))]
    with ScriptedServer(rules, offers=["AUTH PLAIN LOGIN"]) as server:
        counts = ledger.run(server.url, expect=75, connections=2, messages_per_connection=2, **login)
        assert counts["relay_away"] and counts["sent"] < 40
        assert len(tried(server)) <= 4 + 2 * 2, "each connection that was under way tries both at most"
    assert NO in ledger.operator()


def test_the_mailer_asks_no_more_often_however_many_people_join(newsletter, login):
    newsletter.settings |= {f"smtp.{key}": value for key, value in login.items()}
    with ScriptedServer([Rule("AUTH", NO)], offers=["AUTH PLAIN LOGIN"]) as server, Service(newsletter, server) as service:
        for number in range(1, 4):
            service.subscribe(f"person{number}@example.org")
            wait_until(lambda: service.rows("SELECT count(*) FROM outgoing WHERE state = 'deferred'") == [(number,)])
        assert tried(server) == ["PLAIN", "LOGIN"]
    assert "correct horse" not in service.errors


@pytest.mark.parametrize("fixed", ["LOGIN", "cram-md5"])
def test_a_mechanism_that_is_fixed_is_the_only_one(tmp_path, login, fixed):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(offers=[ALL]) as server:
        ledger.run(server.url, expect=0, auth=fixed, **login)
        assert set(tried(server)) == {fixed.upper()}


def test_a_fixed_mechanism_that_is_refused_gives_way_to_none(tmp_path, login):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(refusing("PLAIN"), offers=[ALL]) as server:
        assert NO in away(ledger, server, auth="PLAIN", **login)
        assert tried(server) == ["PLAIN"]


@pytest.mark.parametrize("offered,settings,said", [
    ("GSSAPI SCRAM-SHA-1", {}, "offers no mechanism that we have: it offers AUTH GSSAPI SCRAM-SHA-1, and we have PLAIN, "),
    ("PLAIN LOGIN", {"auth": "NTLM"}, "it offers AUTH PLAIN LOGIN, and we have NTLM alone (auth)"),
], ids=["none of ours", "not the fixed one"])
def test_no_mechanism_that_we_have_is_a_sentence_of_its_own(tmp_path, login, offered, settings, said):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(offers=[f"AUTH {offered}"]) as server:
        assert said in away(ledger, server, **settings, **login)
        assert tried(server) == []


class ByTurns:
    """What hosts behind one name offer, each by its own settings."""

    def __init__(self, *offers):
        self.offers, self.asked = offers, 0

    def __iter__(self):
        self.asked += 1
        return iter([self.offers[self.asked % len(self.offers)]])


def test_hosts_that_offer_other_mechanisms_by_turns_are_not_asked_for_ever(tmp_path, login):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer([Rule("AUTH", NO)]) as server:
        server.offers = ByTurns("AUTH CRAM-MD5", "AUTH DIGEST-MD5")
        line = away(ledger, server, **login)
        assert server.offers.asked < 100
    assert "offers other mechanisms each time we ask" in line


def test_AUTH_that_is_not_offered_is_not_silently_left_out(tmp_path, login):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(offers=["PIPELINING"]) as server:
        assert "offers no AUTH, but username is set" in away(ledger, server, **login)


@pytest.mark.parametrize("action", ["454 4.7.0 later", "421 4.7.0 too many", "close", "garbage"])
def test_a_temporary_login_failure_uses_up_no_mechanism(tmp_path, login, action):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer([Rule("AUTH", action)], offers=["AUTH PLAIN LOGIN"]) as server:
        away(ledger, server, connect_timeout=3, **login)
        assert tried(server) == ["PLAIN"]
