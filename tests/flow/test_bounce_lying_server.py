"""`bounces` against an IMAP server that lies, changes its mind or breaks off."""

import json
import threading

import pytest

import shim
from lying_imap import LyingImap
from newsletter import ROOT

CASES = ROOT / "tests" / "golden" / "bounces"
VACATION = (CASES / "vacation-german.eml").read_bytes()
LETTER = (CASES / "mail-question.eml").read_bytes()


def vacations(count: int) -> dict[int, bytes]:
    return {uid: VACATION.replace(b"Montag", b"Tag %d" % uid) for uid in range(1, count + 1)}


def renumber_at(server, begins: str) -> None:
    """At the first such command the connection breaks; behind it the same numbers stand for others' messages."""
    def renumber(command: str) -> bool:
        if server.validity == 1 and command.startswith(begins):
            server.validity = 2
            server.messages = {uid: LETTER for uid in range(1, 4)}
            return True
        return False
    server.before = renumber


def test_messages_that_were_numbered_anew_are_not_moved_by_their_old_numbers(newsletter, tmp_path):
    with LyingImap(tmp_path, vacations(3)) as server:
        renumber_at(server, "UID MOVE")
        server.use(newsletter)
        done = newsletter.run("bounces", expect=69)
        assert not server.moved, "letters that nobody has read"
        assert "UIDVALIDITY" in done.stderr
        newsletter.run("bounces")
        assert set(server.moved.values()) == {"PEOPLE"}


def test_messages_numbered_anew_between_two_commands_are_not_moved_either(newsletter, tmp_path):
    with LyingImap(tmp_path, vacations(3)) as server:
        renumber_at(server, "UID FETCH 3")
        server.use(newsletter)
        newsletter.run("bounces", expect=69)
        assert not server.moved
        newsletter.run("bounces")
        assert set(server.moved.values()) == {"PEOPLE"}


@pytest.mark.parametrize("off", [-20, 20, 10**6, 2**40])
def test_literals_of_a_wrong_size_lose_nothing_and_end_the_run(newsletter, tmp_path, off):
    with LyingImap(tmp_path, vacations(3)) as server:
        server.literal = lambda message: len(message) + off
        server.use(newsletter)
        newsletter.run("bounces", expect=None)
        assert len(server.messages) + len(server.moved) == 3


def test_lines_that_nobody_asked_for_are_passed_over(newsletter, tmp_path):
    with LyingImap(tmp_path, vacations(3)) as server:
        server.noise = b"* 7 EXISTS\r\n* 2 EXPUNGE\r\n* OK [ALERT] be careful\r\n* 9 RECENT\r\n* XYZZY \xff\r\n"
        server.use(newsletter)
        assert newsletter.json("bounces", "--json")["read"] == 3
        assert set(server.moved) == {1, 2, 3}


def test_messages_that_arrive_and_vanish_meanwhile_harm_none(newsletter, tmp_path):
    with LyingImap(tmp_path, vacations(5)) as server:
        def change(command: str) -> bool:
            if command.startswith("UID FETCH 2"):
                server.messages.pop(4, None)
                server.messages[9] = LETTER
            return False
        server.before = change
        server.use(newsletter)
        assert newsletter.json("bounces", "--json")["read"] == 5
        assert set(server.moved) == {1, 2, 3, 5, 9}


def test_a_goodbye_in_the_middle_loses_nothing(newsletter, tmp_path):
    with LyingImap(tmp_path, vacations(5)) as server:
        server.before = lambda command: command.startswith("UID FETCH 3") and server.commands.count(command) < 2
        server.use(newsletter)
        assert newsletter.json("bounces", "--json")["read"] == 5
        assert set(server.moved) == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("stalled, read", [({2}, 29), (set(range(2, 31)), 1)], ids=["one", "all but one"])
def test_a_server_that_stalls_is_waited_for_within_bounds(newsletter, tmp_path, stalled, read):
    """A message that does not come costs one waiting; a server that keeps stalling ends the run, which counts."""
    never = threading.Event()
    with LyingImap(tmp_path, vacations(30)) as server:
        def stall(command: str) -> bool:
            if command.startswith("UID FETCH") and int(command.split()[2]) in stalled:
                never.wait(60)
                return True
            return False
        server.before = stall
        server.use(newsletter)
        done = newsletter.run("bounces", "--json", expect=69, env=shim.hasty(HASTE=40))
        never.set()
        told = json.loads(done.stdout)
        assert (told["read"], told["unread"]) == (read, len(stalled))
        assert len(server.moved) == read and len(server.messages) == len(stalled)
        fetches = [command for command in server.commands if command.startswith("UID FETCH")]
        assert len(fetches) <= read + 6, "each waiting is two minutes"
