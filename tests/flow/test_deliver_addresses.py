"""A relay whose name stands for several hosts: each address is tried (RFC 5321, section 5.1)."""

import contextlib
import socket

import pytest

import shim
from deliver_run import Ledger
from scripted_smtp import Rule, ScriptedServer

NAME = "relay.example.org"
READERS = [f"r{i}@example.org" for i in range(5)]


def has_six() -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6) as sock:
        sock.bind(("::1", 0))
        return True
    return False


@contextlib.contextmanager
def hosts(first, *, others=(), second="127.0.0.2"):
    """Two servers at one port of two addresses: the first does as its rules say."""
    with ScriptedServer(first) as a, ScriptedServer(others, host=second, port=a.port) as b:
        yield a, b


def url(server) -> str:
    return f"smtp://{NAME}:{server.port}"


def run(ledger, server, expect=0, addresses=("127.0.0.1", "127.0.0.2"), **settings):
    env = shim.names(**{NAME: addresses})
    return ledger.run(url(server), expect=expect, env=env, **{"tls": "none", "connect_timeout": 2, **settings})


@pytest.mark.parametrize("action", ["421 4.3.2 too busy", "554 5.7.1 not for you", "close", "reset", "stall", "garbage", "half"])
def test_if_the_first_host_does_not_greet_the_next_one_receives_the_mail(tmp_path, action):
    ledger = Ledger(tmp_path, READERS)
    with hosts([Rule("CONNECT", action)]) as (first, second):
        assert run(ledger, first)["sent"] == len(READERS)
        assert not first.accepted and len(second.accepted) == len(READERS)


def test_if_nobody_listens_at_the_first_address_the_next_one_receives_the_mail(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(host="127.0.0.2") as server:
        assert run(ledger, server)["sent"] == len(READERS)


@pytest.mark.skipif(not has_six(), reason="this machine has no IPv6")
def test_addresses_of_both_families_are_tried(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    with hosts([Rule("CONNECT", "421 4.3.2 too busy")], second="::1") as (first, second):
        assert run(ledger, first, addresses=("127.0.0.1", "::1"))["sent"] == len(READERS)
        assert len(second.accepted) == len(READERS)


def test_an_address_that_has_failed_is_avoided_for_a_while(tmp_path):
    addresses = [f"r{i}@example.org" for i in range(30)]
    ledger = Ledger(tmp_path, addresses)
    with hosts([Rule("CONNECT", "421 4.3.2 too busy")]) as (first, second):
        counts = run(ledger, first, connections=1, messages_per_connection=1)
        assert counts["sent"] == 30 and second.connections == 30
        assert first.connections < 15, "it is asked again now and then, not before every connection"


def test_a_login_that_one_host_refuses_is_not_repeated_at_the_others(tmp_path):
    password = tmp_path / "password"
    password.write_text("correct horse\n")
    password.chmod(0o600)
    ledger = Ledger(tmp_path, READERS)
    offers = ["AUTH PLAIN LOGIN"]
    with ScriptedServer([Rule("AUTH", "535 5.7.8 no")], offers=offers) as first, \
            ScriptedServer(offers=offers, host="127.0.0.2", port=first.port) as second:
        counts = run(ledger, first, expect=75, username="u", password_file=password)
        assert counts["relay_away"] and second.connections == 0
        assert [mechanism for mechanism, _ in first.logins] == ["PLAIN", "LOGIN"]


def test_if_all_addresses_fail_the_last_failure_is_reported_with_their_number(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    with hosts([Rule("CONNECT", "421 first")], others=[Rule("CONNECT", "421 second")]) as (first, _):
        counts = run(ledger, first, expect=75)
        assert counts["relay_away"] and counts["deferred"] == len(READERS)
    assert f"{NAME}:{first.port} is out of reach: 421 second" in ledger.operator()
    assert "(the last of 2 addresses)" in ledger.operator()


def test_a_name_that_nobody_knows_is_said_to_be_not_found(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    counts = ledger.run("smtp://nowhere.invalid:25", expect=75, tls="none")
    assert counts["relay_away"] and "nowhere.invalid:25 is not found: " in ledger.operator()
