"""What whoever can write to the bounce address may try: forged reports, replays, floods and loops."""

import contextlib
import sqlite3

import pytest

import tokens
from newsletter import ROOT
from tokens import BOUNCE, BOUNCE_MAIL, CHANGE, CONFIRM, FORM, LEAVE, OWN, PREFERENCES

CASES = ROOT / "tests" / "golden" / "bounces"
NAMES = {LEAVE: "leave", PREFERENCES: "preferences", CONFIRM: "confirm", BOUNCE: "bounce", BOUNCE_MAIL: "bounce mail",
         CHANGE: "change", FORM: "form", OWN: "own"}
OTHER_KEY = bytes(range(32))


class Mailbox:
    """A newsletter with readers whose bounces arrive in a Maildir."""

    def __init__(self, newsletter, folder) -> None:
        self.newsletter, self.folder, self.count = newsletter, folder, 0
        for part in ("new", "cur", "tmp"):
            (folder / part).mkdir(parents=True)
        newsletter.settings["bounce.mailbox"] = f"maildir:{folder}"

    def token(self, purpose: int, person: int, detail: int = 0, key: bytes | None = None) -> str:
        return tokens.make(self.newsletter.folder, purpose, person, detail, key)

    def arrive(self, text: str) -> None:
        self.count += 1
        (self.folder / "new" / f"{self.count:06}.x").write_text(text.replace("SERIAL", str(self.count)))

    def read(self, day: int = 20, hour: int = 12):
        return self.newsletter.run("bounces", now=f"2026-11-{day:02}T{hour:02}:30:00Z")

    def rows(self, sql: str) -> list[tuple]:
        with contextlib.closing(sqlite3.connect(self.newsletter.folder / "verdicts.db")) as store:
            return store.execute(sql).fetchall()

    def people(self) -> list[tuple]:
        return self.rows("SELECT status, bounce_score, hard_bounces FROM subscriber ORDER BY id")


@pytest.fixture
def mailbox(newsletter, tmp_path):
    return Mailbox(newsletter, tmp_path / "bounces")


def report(to: str, address: str, code: str = "5.1.1", returned: str = "") -> str:
    return (f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\n"
            "Message-ID: <SERIAL@mx.example.net>\nMIME-Version: 1.0\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\n'
            f"Your message could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\n"
            f"Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; {address}\nAction: failed\nStatus: {code}\n"
            f"Diagnostic-Code: smtp; 550 {code} refused\n\n--b\nContent-Type: text/rfc822-headers\n\n"
            f"{returned}Subject: An issue\n\n--b--\n")


def complaint(address: str, token: str) -> str:
    text = (CASES / "complaint-abuse.eml").read_text()
    return (text.replace("kim@example.com", address).replace("Subject: FW:", "Subject: SERIAL FW:")
            .replace("abcdefghijklmnopqrstuvwxyz234567abcdefgh", token))


HARD = [("confirmed", 0.0, 0)]


def forgeries(mailbox, person: int):
    """What is no proof in the envelope recipient of a bounce."""
    yield "bounces@example.org"
    good = mailbox.token(BOUNCE, person, 1)
    for text in ("a" * 40, good[:-1] + ("a" if good[-1] != "a" else "b"), good[:39], good + "a",
                 mailbox.token(BOUNCE, person, 1, OTHER_KEY),
                 *(mailbox.token(purpose, person, 1) for purpose in NAMES if purpose not in (BOUNCE, BOUNCE_MAIL))):
        yield f"bounces+{text}@example.org"


def test_no_forged_bounce_scores_anybody_on_any_day(mailbox):
    (reader,) = mailbox.newsletter.add_readers(1)
    (person,) = mailbox.rows("SELECT id FROM subscriber")[0]
    for day in (1, 8, 15, 22):
        for to in forgeries(mailbox, person):
            mailbox.arrive(report(to, reader))
        for purpose in (CONFIRM, CHANGE, FORM):
            token = mailbox.token(purpose, person, 1)
            mailbox.arrive(report("bounces@example.org", reader, returned=f"Return-Path: <bounces+{token}@example.org>\n"))
        mailbox.read(day)
    assert mailbox.people() == HARD
    classes = mailbox.rows("SELECT class, scored, count(*) FROM bounce_event GROUP BY 1, 2")
    assert classes == [("hard", 2, mailbox.count)], "recorded and shown"


def test_a_report_that_is_replayed_within_days_counts_once(mailbox):
    (reader,) = mailbox.newsletter.add_readers(1)
    (person,) = mailbox.rows("SELECT id FROM subscriber")[0]
    mailbox.newsletter.import_samples()
    mailbox.newsletter.settings["smtp.url"] = "null:"
    mailbox.newsletter.run("weekly", now="2026-11-20T12:00:00Z")
    to = f"bounces+{mailbox.token(BOUNCE, person, 1)}@example.org"
    for day in range(21, 26):
        for _ in range(20):
            mailbox.arrive(report(to, reader))
        mailbox.read(day)
    assert mailbox.people() == [("confirmed", 1.0, 1)]


def test_a_bounce_that_names_another_reader_than_its_token_touches_that_one_not(mailbox):
    readers = mailbox.newsletter.add_readers(2)
    ids = [row[0] for row in mailbox.rows("SELECT id FROM subscriber ORDER BY id")]
    for day in (1, 8):
        mailbox.arrive(report(f"bounces+{mailbox.token(BOUNCE, ids[1], day)}@example.org", readers[0]))
        mailbox.read(day)
    assert mailbox.people()[0] == HARD[0]


@pytest.mark.parametrize("forged", ["x" * 40, "letters", "other key", "confirm", "change", "form", "one of another's own"])
def test_no_complaint_takes_another_off(mailbox, forged):
    readers = mailbox.newsletter.add_readers(2)
    ids = [row[0] for row in mailbox.rows("SELECT id FROM subscriber ORDER BY id")]
    token = {"letters": "a" * 40, "other key": mailbox.token(LEAVE, ids[0], 0, OTHER_KEY),
             "confirm": mailbox.token(CONFIRM, ids[0]), "change": mailbox.token(CHANGE, ids[0]),
             "form": mailbox.token(FORM, ids[0]),
             "one of another's own": mailbox.token(LEAVE, ids[1])}.get(forged, forged)
    mailbox.arrive(complaint(readers[0], token))
    mailbox.read()
    own = forged == "one of another's own"
    assert [row[0] for row in mailbox.people()] == ["confirmed", "left" if own else "confirmed"]
    assert mailbox.rows("SELECT count(*) FROM suppression") == [(0,)]


def test_no_unsubscribe_mail_takes_another_off(mailbox):
    readers = mailbox.newsletter.add_readers(1)
    (person,) = mailbox.rows("SELECT id FROM subscriber")[0]
    tokens = ["a" * 40, mailbox.token(LEAVE, person, 0, OTHER_KEY),
              *(mailbox.token(purpose, person) for purpose in NAMES if purpose != LEAVE)]
    for to in ["unsubscribe@example.org", *(f"unsubscribe+{token}@example.org" for token in tokens)]:
        mailbox.arrive(f"Return-Path: <{readers[0]}>\nFrom: {readers[0]}\nTo: {to}\nMessage-ID: <SERIAL@a>\n"
                       "Subject: unsubscribe\n\nunsubscribe\n")
    mailbox.read()
    assert mailbox.people() == HARD
    assert len(list((mailbox.folder / "cur").iterdir())) == mailbox.count, "left to people"


def flood(mailbox, people: list[int], issue: int, code: str = "5.1.1") -> None:
    for person in people:
        token = mailbox.token(BOUNCE, person, issue)
        mailbox.arrive(report(f"bounces+{token}@example.org", f"gone{person}@example.net", code))


def test_a_flood_of_one_domain_in_one_run_is_held_back_reported_and_released(quick, mailbox):
    mailbox.newsletter.add_readers(10000, "example.net")
    mailbox.newsletter.add_readers(1)
    ids = [row[0] for row in mailbox.rows("SELECT id FROM subscriber WHERE domain = 'example.net'")]
    other = mailbox.rows("SELECT id FROM subscriber WHERE domain = 'example.org'")[0]
    flood(mailbox, ids, 1)
    flood(mailbox, other, 1)
    told = mailbox.read(1).stderr
    assert told.count("held back") == 1 and "10000 of 10000" in told and "--release example.net" in told
    assert mailbox.rows("SELECT domain, scored, held, count(*) FROM bounce_event GROUP BY 1, 2, 3") == [
        ("example.net", 0, 1, 10000), ("example.org", 1, 0, 1)]
    assert mailbox.read(1).stderr == "", "told once"
    mailbox.newsletter.run("bounces", "--release", "example.net", now="2026-11-02T12:00:00Z")
    assert mailbox.rows("SELECT bounce_score, count(*) FROM subscriber GROUP BY 1") == [(1.0, 10001)]
    assert mailbox.rows("SELECT count(*) FROM bounce_event WHERE held = 1") == [(0,)]


@pytest.mark.parametrize("lot", [60, 27], ids=["more than a tenth in each", "less than a tenth in each"])
def test_a_flood_over_several_runs_takes_nobody_off_after_its_beginning(mailbox, lot):
    mailbox.newsletter.add_readers(300, "example.net")
    ids = [row[0] for row in mailbox.rows("SELECT id FROM subscriber")]
    said = ""
    for day in (1, 8, 15):
        for at in range(0, 300, lot):
            flood(mailbox, ids[at:at + lot], day)
            said += mailbox.read(day, at // lot).stderr
    bounced = sum(status == "bounced" for status, *_ in mailbox.people())
    assert bounced <= 30, "a tenth may go before a storm is one"
    assert said.count("held back") == 3, "once for each storm"


def test_our_own_bounces_and_storms_of_automatic_replies_count_for_nothing(mailbox):
    (reader,) = mailbox.newsletter.add_readers(1)
    (person,) = mailbox.rows("SELECT id FROM subscriber")[0]
    to = f"bounces+{mailbox.token(BOUNCE, person, 1)}@example.org"
    vacation = (f"Return-Path: <>\nFrom: {reader}\nTo: {to}\nSubject: Automatic reply: An issue SERIAL\n"
                "Auto-Submitted: auto-replied\n\nI am out of the office.\n")
    for day in (1, 8, 15):
        for _ in range(100):
            mailbox.arrive(vacation)
            mailbox.arrive(report("bounces@example.org", "bounces@example.org", "5.4.6"))
            mailbox.arrive(report("bounces@example.org", "bounces+" + "a" * 40 + "@example.org"))
        mailbox.read(day)
    assert mailbox.people() == HARD
    assert mailbox.rows("SELECT count(*) FROM outgoing") == [(0,)], "nothing is ever answered"
