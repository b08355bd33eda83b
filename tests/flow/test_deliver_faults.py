"""What a server may do to a message, and the state that the row must end in.

All faults of one table strike in one run, each its own reader, over several lanes: a fault must
not touch the readers beside it.
"""

import dataclasses
import pathlib
import tempfile
import time

import pytest
import shim

from deliver_run import Ledger
from scripted_smtp import Rule, ScriptedServer


@dataclasses.dataclass
class Fault:
    name: str
    stage: str
    action: str
    state: str
    times: int = 1 << 30
    copies: int = 0          # of the message, at the server
    code: int | None = None  # in the ledger


FAULTS = [
    Fault("mail-4xx", "MAIL", "450 4.1.8 later", "deferred", code=450),
    Fault("mail-5xx-is-the-senders-fault", "MAIL", "550 5.7.1 we do not like you", "deferred", code=550),
    Fault("mail-552", "MAIL", "552 5.3.4 too big", "deferred", code=552),
    Fault("mail-421-always", "MAIL", "421 4.3.2 bye", "deferred", code=421),
    Fault("mail-421-once-on-a-used-connection", "MAIL", "421 4.3.2 bye", "sent|deferred", times=1, copies=1),
    Fault("mail-close-always", "MAIL", "close", "deferred"),
    Fault("mail-close-once", "MAIL", "close", "sent", times=1, copies=1),
    Fault("mail-reset-once", "MAIL", "reset", "sent", times=1, copies=1),
    Fault("mail-stall", "MAIL", "stall", "deferred"),
    Fault("mail-half-a-reply", "MAIL", "half", "deferred"),
    Fault("mail-garbage-always", "MAIL", "garbage", "deferred"),
    Fault("mail-garbage-once", "MAIL", "garbage", "sent", times=1, copies=1),
    Fault("mail-slow-bytes", "MAIL", "slow", "sent", copies=1),
    Fault("mail-mixed-codes", "MAIL", "250-ok\n550 no", "deferred"),
    Fault("mail-unasked-second-reply", "MAIL", "also:250 2.0.0 and more", "sent|deferred"),
    Fault("mail-354", "MAIL", "354 what", "deferred"),
    Fault("rcpt-450", "RCPT", "450 4.2.0 greylisted", "deferred", code=450),
    Fault("rcpt-452-full", "RCPT", "452 4.2.2 full", "deferred", code=452),
    Fault("rcpt-550-unknown", "RCPT", "550 5.1.1 no such user", "refused", code=550),
    Fault("rcpt-550-bare", "RCPT", "550 no", "deferred", code=550),
    Fault("rcpt-550-several-lines", "RCPT", "550-5.1.1 no\n550-5.1.1 such\n550 5.1.1 user", "refused", code=550),
    Fault("rcpt-552-full", "RCPT", "552 5.2.2 over quota", "deferred", code=552),
    Fault("rcpt-553", "RCPT", "553 5.1.3 bad syntax", "refused", code=553),
    Fault("rcpt-554-relaying", "RCPT", "554 5.7.1 relay access denied", "deferred", code=554),
    Fault("rcpt-500", "RCPT", "500 5.3.0 Error: command failed", "deferred", code=500),
    Fault("rcpt-421-always", "RCPT", "421 4.7.0 too much", "deferred", code=421),
    Fault("rcpt-close-always", "RCPT", "close", "deferred"),
    Fault("rcpt-close-once", "RCPT", "close", "sent", times=1, copies=1),
    Fault("rcpt-reset-always", "RCPT", "reset", "deferred"),
    Fault("rcpt-stall", "RCPT", "stall", "deferred"),
    Fault("rcpt-garbage", "RCPT", "garbage", "deferred"),
    Fault("rcpt-half-a-reply", "RCPT", "half", "deferred"),
    Fault("rcpt-251", "RCPT", "251 will forward", "sent", copies=1),
    Fault("rcpt-slow-bytes", "RCPT", "slow", "sent", copies=1),
    Fault("rcpt-200-kB-line-550", "RCPT", "long:550 5.1.1", "refused", code=550),
    Fault("rcpt-200-kB-line-250", "RCPT", "long:250 2.1.5", "sent", copies=1),
    Fault("rcpt-mixed-codes", "RCPT", "250-ok\n550 5.1.1 no", "deferred"),
    Fault("data-4xx", "DATA", "451 4.3.0 later", "deferred", code=451),
    Fault("data-554", "DATA", "554 5.0.0 no", "deferred", code=554),
    Fault("data-554-policy", "DATA", "554 5.7.1 policy", "deferred", code=554),
    Fault("data-421-always", "DATA", "421 4.3.2 bye", "deferred", code=421),
    Fault("data-250", "DATA", "250 2.0.0 what", "deferred"),
    Fault("data-close-always", "DATA", "close", "deferred"),
    Fault("data-close-once", "DATA", "close", "sent", times=1, copies=1),
    Fault("data-reset-once", "DATA", "reset", "sent", times=1, copies=1),
    Fault("data-stall", "DATA", "stall", "deferred"),
    Fault("data-garbage", "DATA", "garbage", "deferred"),
    Fault("data-slow-bytes", "DATA", "slow", "sent", copies=1),
    Fault("data-354-then-closed", "DATA", "late-close", "deferred|in_doubt"),
    Fault("dot-4xx", "DOT", "451 4.3.0 later", "deferred", code=451),
    Fault("dot-452", "DOT", "452 4.3.1 disk full", "deferred", code=452),
    Fault("dot-550-unknown", "DOT", "550 5.1.1 no such user", "refused", code=550),
    Fault("dot-554", "DOT", "554 transaction failed", "deferred", code=554),
    Fault("dot-550-spam", "DOT", "550 5.7.1 spam", "deferred", code=550),
    Fault("dot-550-authentication", "DOT", "550 5.7.26 not authenticated", "deferred", code=550),
    Fault("dot-552-too-big", "DOT", "552 5.3.4 too big", "deferred", code=552),
    Fault("dot-554-content", "DOT", "554 5.6.0 content", "deferred", code=554),
    Fault("dot-421-always", "DOT", "421 4.3.2 bye", "deferred", code=421),
    Fault("dot-close", "DOT", "close", "in_doubt"),
    Fault("dot-reset", "DOT", "reset", "in_doubt"),
    Fault("dot-stall", "DOT", "stall", "in_doubt"),
    Fault("dot-half-a-reply", "DOT", "half", "in_doubt"),
    Fault("dot-garbage", "DOT", "garbage", "in_doubt"),
    Fault("dot-mixed-codes", "DOT", "250-ok\n550 no", "in_doubt"),
    Fault("dot-354", "DOT", "354 go on", "in_doubt"),
    Fault("dot-slow-bytes", "DOT", "slow", "sent", copies=1),
    Fault("dot-several-lines", "DOT", "250-2.0.0 taken\n250 2.0.0 queued as Q1", "sent", copies=1, code=250),
    Fault("dot-200-kB-line-250", "DOT", "long:250 2.0.0", "sent", copies=1),
    Fault("dot-200-kB-line-550", "DOT", "long:550 5.1.1", "refused", code=550),
    Fault("dot-250-then-closed", "DOT", "late-close", "sent", copies=1),
    Fault("dot-250-and-more", "DOT", "also:250 2.0.0 again", "sent", copies=1),
]

# While the text flows: the message is larger than all buffers between, so that the dot is far away.
CONTENT_FAULTS = [
    Fault("content-early-550", "CONTENT", "550 5.1.1 no such user", "refused", code=550),
    Fault("content-early-550-policy", "CONTENT", "550 5.7.1 spam", "deferred", code=550),
    Fault("content-early-451", "CONTENT", "451 4.7.0 later", "deferred", code=451),
    Fault("content-early-421-always", "CONTENT", "421 4.7.0 bye", "deferred", code=421),
    Fault("content-early-250-is-no-acceptance", "CONTENT", "250 2.0.0 thanks already", "deferred"),
    Fault("content-close-always", "CONTENT", "close", "deferred"),
    Fault("content-close-once", "CONTENT", "close", "sent", times=1, copies=1),
    Fault("content-reset-always", "CONTENT", "reset", "deferred"),
    Fault("content-garbage", "CONTENT", "garbage", "deferred"),
]

GOOD = 10


def victim(fault: Fault) -> str:
    return f"{fault.name}@example.org"


class FaultRun:
    """One run with every fault of the table, and readers to whom nothing happens between them."""

    def __init__(self, folder: pathlib.Path, faults, offers, **settings) -> None:
        self.good = [f"good{i}@example.net" for i in range(GOOD)]
        victims = []
        for fault in faults:
            victims.append(victim(fault))
            if fault.stage == "MAIL":
                # Five connections in a row that end before MAIL is answered are a relay that is away: where
                # the server is slow, readers between them keep its rows from being that.
                self.good.append(f"beside-{fault.name}@example.net")
                victims.append(self.good[-1])
        addresses = self.good[:5] + victims + self.good[5:GOOD]
        # At MAIL the server knows the reader by the envelope sender, which has the row's number.
        number = {address: i + 1 for i, address in enumerate(addresses)}
        rules = []
        for fault in faults:
            who = f"bounces+{number[victim(fault)]}@" if fault.stage == "MAIL" else f"<{victim(fault)}>"
            rules.append(Rule(fault.stage, fault.action, who=who, times=fault.times))
        ledger = Ledger(folder, addresses)
        with ScriptedServer(rules, offers=offers) as server:
            ledger.run(server.url, connections=6, reply_timeout=4, dot_timeout=4, **settings)
            self.server = server
        self.rows = {row.address: row for row in ledger.rows()}


@pytest.fixture(scope="module", params=["pipelined", "step-by-step"])
def fault_run(request):
    offers = ["SIZE 10000000", "ENHANCEDSTATUSCODES"] + (["PIPELINING"] if request.param == "pipelined" else [])
    with tempfile.TemporaryDirectory() as folder:
        yield FaultRun(pathlib.Path(folder), FAULTS, offers)


@pytest.fixture(scope="module")
def content_run():
    with tempfile.TemporaryDirectory() as folder:
        yield FaultRun(pathlib.Path(folder), CONTENT_FAULTS, ["SIZE 50000000", "PIPELINING"], size=16_000_000)


def check_row(run, fault):
    row = run.rows[victim(fault)]
    assert row.state in fault.state.split("|"), row
    if fault.code is not None:
        assert row.code == fault.code, row
    copies = len(run.server.copies(victim(fault)))
    expected = fault.copies if "|" not in fault.state else int(row.state == "sent")
    assert copies == expected


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_row_ends_in_the_state_that_is_true(fault_run, fault):
    check_row(fault_run, fault)


@pytest.mark.parametrize("fault", CONTENT_FAULTS, ids=lambda fault: fault.name)
def test_while_the_text_flows_the_row_ends_in_the_state_that_is_true(content_run, fault):
    check_row(content_run, fault)


def test_readers_beside_the_faults_get_one_copy_each(fault_run):
    for address in fault_run.good:
        assert fault_run.rows[address].state == "sent"
        assert len(fault_run.server.copies(address)) == 1


def test_every_deferred_row_is_due_again_later(fault_run):
    for row in fault_run.rows.values():
        if row.state == "deferred":
            assert 200 <= row.next_at - row.first_at <= 500 and row.attempts == 1


def test_replies_are_kept_short_and_printable(fault_run):
    for row in fault_run.rows.values():
        assert len(row.reply.encode()) <= 512 and "\x00" not in row.reply


def test_rows_in_doubt_are_sent_once_more_and_counted(tmp_path):
    ledger = Ledger(tmp_path, ["a@example.org", "b@example.org"])
    with ScriptedServer([Rule("DOT", "close", who="<a@", times=1)]) as server:
        assert ledger.run(server.url, expect=75)["in_doubt"] == 1
        assert ledger.run(server.url, expect=0)["sent"] == 2
        copies = [text for to, text in server.received if to == "a@example.org"]
    assert len(copies) == 2 and copies[0] == copies[1]
    assert [row.doubted for row in ledger.rows()] == [1, 0]


def test_rows_in_doubt_are_held_where_the_settings_say_so(tmp_path):
    ledger = Ledger(tmp_path, ["a@example.org"])
    with ScriptedServer([Rule("DOT", "close", times=1)]) as server:
        for _ in range(2):
            assert ledger.run(server.url, expect=75, in_doubt="hold")["in_doubt"] == 1
        assert len(server.received) == 1


@pytest.mark.parametrize("lies", ["flush", "503", "close"])
def test_a_server_that_lies_about_pipelining_gets_one_command_at_a_time(tmp_path, lies):
    addresses = [f"r{i}@example.org" for i in range(10)]
    ledger = Ledger(tmp_path, addresses)
    with ScriptedServer(lies=lies) as server:
        assert ledger.run(server.url, expect=0, connections=2, reply_timeout=1)["sent"] == 10
        assert sorted(to for to, _ in server.accepted) == sorted(addresses)


def test_a_lone_dot_answers_a_354_after_a_refused_recipient(tmp_path):
    addresses = [f"r{i}@example.org" for i in range(6)]
    ledger = Ledger(tmp_path, addresses)
    rules = [Rule("RCPT", "550 5.1.1 no", who="<r2@"), Rule("RCPT", "450 4.2.0 later", who="<r4@")]
    with ScriptedServer(rules, always_354=True) as server:
        ledger.run(server.url, expect=75, connections=1)
        assert server.connections == 1
    assert list(ledger.states().values()) == ["sent", "sent", "refused", "sent", "deferred", "sent"]


def test_a_refusal_keeps_the_connection(tmp_path):
    addresses = [f"r{i}@example.org" for i in range(30)]
    ledger = Ledger(tmp_path, addresses)
    with ScriptedServer([Rule("RCPT", "550 5.1.1 no", who="5@")]) as server:
        ledger.run(server.url, expect=0, connections=1)
        assert server.connections == 1
        assert "RSET" in server.commands


def test_a_refused_RSET_costs_only_the_connection(tmp_path):
    addresses = [f"r{i}@example.org" for i in range(6)]
    ledger = Ledger(tmp_path, addresses)
    rules = [Rule("RCPT", "550 5.1.1 no", who="<r2@"), Rule("RSET", "500 5.5.2 what?")]
    with ScriptedServer(rules) as server:
        counts = ledger.run(server.url, expect=0, connections=1)
    assert (counts["sent"], counts["refused"]) == (5, 1)


@pytest.mark.parametrize("after", [1, 3])
def test_a_server_that_closes_silently_after_some_messages_costs_nobody(tmp_path, after):
    addresses = [f"r{i}@example.org" for i in range(12)]
    ledger = Ledger(tmp_path, addresses)
    server = ScriptedServer()
    usual_action = server.action

    def action(stage, who, connection):
        if stage == "MAIL" and len(server.per_connection.get(connection, [])) >= after:
            return "close"
        return usual_action(stage, who, connection)

    server.action = action
    with server:
        assert ledger.run(server.url, expect=0, connections=2)["sent"] == 12
        assert sorted(to for to, _ in server.accepted) == sorted(addresses)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_relay_that_says_421_after_some_messages_costs_nobody(tmp_path, stage):
    """Each lane hears it once or twice, and from then on leaves of its own accord."""
    addresses = [f"r{i}@example.org" for i in range(40)]
    ledger = Ledger(tmp_path, addresses)
    server = ScriptedServer()
    usual_action, told = server.action, []

    def action(now, who, connection):
        if now == stage and len(server.per_connection.get(connection, [])) >= 3:
            told.append(who)
            return "421 4.7.0 too many messages on this connection"
        return usual_action(now, who, connection)

    server.action = action
    with server:
        assert ledger.run(server.url, expect=0, connections=4)["sent"] == 40
        assert sorted(to for to, _ in server.accepted) == sorted(addresses)
        assert 2 <= len(told) <= 8
        assert max(len(messages) for messages in server.per_connection.values()) == 3


def test_connections_are_renewed_after_their_messages(tmp_path):
    ledger = Ledger(tmp_path, [f"r{i}@example.org" for i in range(10)])
    with ScriptedServer() as server:
        ledger.run(server.url, expect=0, connections=1, messages_per_connection=3)
        assert [len(messages) for messages in server.per_connection.values()] == [3, 3, 3, 1]
        assert server.commands.count("QUIT") == 4


def test_a_stalled_lane_does_not_hold_up_the_others(tmp_path):
    ledger = Ledger(tmp_path, [f"r{i}@example.org" for i in range(40)])
    with ScriptedServer([Rule("DATA", "stall", who="<r0@")]) as server:
        counts = ledger.run(server.url, expect=75, connections=2, reply_timeout=4)
        assert (counts["sent"], counts["deferred"]) == (39, 1)
        assert server.most_open == 2


def test_the_next_envelope_rides_behind_the_dot_where_asked(tmp_path):
    addresses = [f"r{i}@example.org" for i in range(20)]
    ledger = Ledger(tmp_path, addresses)
    rules = [Rule("RCPT", "550 5.1.1 no", who="<r5@"), Rule("DOT", "554 5.1.1 no", who="<r9@"),
             Rule("DOT", "close", who="<r12@"), Rule("MAIL", "421 bye", who="bounces+17@", times=1)]
    with ScriptedServer(rules) as server:
        ledger.run(server.url, expect=75, connections=1, ahead=1)
        received = [to for to, _ in server.received]
    states = ledger.states()
    assert {a: s for a, s in states.items() if s != "sent"} == {
        "r5@example.org": "refused", "r9@example.org": "refused", "r12@example.org": "in_doubt"}
    assert len(received) == len(set(received))


def test_a_dot_that_is_out_gets_its_answer_though_all_other_connections_die(tmp_path):
    """Cut off by us it would be in doubt, and the reader get two copies from a server that lived."""
    others = [f"r{i}@example.org" for i in range(1, 8)]
    ledger = Ledger(tmp_path, ["r0@example.org", *others])
    rules = [Rule("DOT", "gate", who="<r0@")]
    rules += [Rule("MAIL", "close-behind-dot", who=f"bounces+{number}@") for number in range(2, 9)]
    with ScriptedServer(rules) as server:
        running = ledger.start(server.url, connections=6)
        deadline = time.monotonic() + 60
        while running.poll() is None and time.monotonic() < deadline:
            if all(ledger.states()[address] == "deferred" for address in others):
                break
            time.sleep(0.1)
        server.gate.set()
        running.communicate(timeout=60)
        assert running.returncode == 75
        assert ledger.states() == {"r0@example.org": "sent", **dict.fromkeys(others, "deferred")}
        assert len(server.received) == 1


def test_without_a_thread_the_run_ends_and_says_so(tmp_path):
    """A limit on tasks is this machine's fault: nobody is deferred, and the run does not wait for ever."""
    addresses = [f"r{i}@example.org" for i in range(3)]
    ledger = Ledger(tmp_path, addresses)
    with ScriptedServer() as server:
        running = ledger.start(server.url, env=shim.threads(THREADS=0))
        try:
            _, said = running.communicate(timeout=60)
        finally:
            running.kill()
        assert "no thread to open a connection in" in said
        assert running.returncode not in (0, 75)
        assert server.connections == 0
    assert ledger.states() == dict.fromkeys(addresses, "queued")


def test_connected_lanes_continue_when_no_more_threads_can_be_started(tmp_path):
    addresses = [f"r{i}@example.org" for i in range(20)]
    ledger = Ledger(tmp_path, addresses)
    with ScriptedServer() as server:
        assert ledger.run(server.url, env=shim.threads(THREADS=1), expect=0, timeout=60)["sent"] == 20
        assert server.connections == 1
