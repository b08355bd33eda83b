"""Three issues through a real Postfix whose bounces land in a real Dovecot, and what becomes of the list."""

import pathlib
import re
import shutil
import smtplib
import sqlite3
import tempfile
import threading
import time

import pytest
from aiosmtpd.smtp import SMTP

from dovecot_server import Dovecot
from newsletter import SAMPLES, Newsletter
from postfix_relay import PostfixRelay
from smtp_server import FreePortController

READERS, DOMAINS = 1000, 40
DEAD, QUOTA, AWAY = READERS // 10, READERS // 20, READERS // 50
WEEKS = ["2026-11-20T12:00:00Z", "2026-11-27T12:00:00Z", "2026-12-04T12:00:00Z"]
PUBLISHED = ["2026-11-19T09:00:00Z", "2026-11-26T09:00:00Z", "2026-12-03T09:00:00Z"]

SERVICES = """
smtp      unix  - - n - - smtp
virtual   unix  - n n - - virtual
"""


class Readers:
    """The servers of all readers: some do not exist, some are over quota, some are away."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.taken: list[str] = []
        self.relay_port = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("dead"):
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table"
        if address.startswith("quota"):
            return f"552 5.2.2 <{address}>: Recipient address rejected: Mailbox is full"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        for address in envelope.rcpt_tos:
            with self.lock:
                self.taken.append(address)
            if address.startswith("away"):
                threading.Thread(target=self.answer, args=(address, envelope.mail_from)).start()
        return "250 2.0.0 Ok"

    def answer(self, address: str, sender: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.relay_port) as relay:
            relay.sendmail("", [sender], (
                f"From: <{address}>\r\nTo: <{sender}>\r\nSubject: Out of Office: your issue\r\n"
                f"Auto-Submitted: auto-replied\r\nMessage-ID: <{time.monotonic_ns()}@example.net>\r\n\r\n"
                "I am out of the office until Monday.\r\n").encode())


class Controller(FreePortController):
    def factory(self):
        return SMTP(self.handler, hostname="mx.example.net")


class World:
    """Postfix, Dovecot, the readers' servers and a newsletter between them."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.readers = Readers()

    def __enter__(self):
        self.controller = Controller(self.readers, hostname="127.0.0.1", port=0)
        self.controller.start()
        self.dovecot = Dovecot(self.folder / "dovecot").__enter__()
        postfix = self.folder / "postfix"
        postfix.mkdir()
        self.postfix = PostfixRelay(postfix, services=SERVICES, extra=(
            f"default_transport = smtp:[127.0.0.1]:{self.controller.port}\n"
            "virtual_mailbox_domains = letters.example.org\n"
            f"virtual_mailbox_base = {self.dovecot.folder}\n"
            "virtual_mailbox_maps = static:mail/\n"
            f"virtual_uid_maps = static:{self.dovecot.owner.pw_uid}\n"
            f"virtual_gid_maps = static:{self.dovecot.owner.pw_gid}\n"
            "smtp_destination_concurrency_limit = 20\n")).__enter__()
        self.readers.relay_port = self.postfix.port
        self.newsletter = Newsletter(self.folder / "newsletter")
        self.newsletter.settings |= {"smtp.url": self.postfix.url,
                                     "mail.bounce_address": "bounces@letters.example.org"}
        self.dovecot.use(self.newsletter)
        # `weekly` would read the bounces of last week first: here each step is looked at alone.
        self.mailbox = self.newsletter.settings.pop("bounce.mailbox")
        return self

    def __exit__(self, *_):
        self.postfix.__exit__()
        self.dovecot.__exit__()
        self.controller.stop()

    def add_readers(self) -> None:
        names = [f"dead{i}" for i in range(DEAD)] + [f"quota{i}" for i in range(QUOTA)]
        names += [f"away{i}" for i in range(AWAY)]
        names += [f"reader{i}" for i in range(READERS - len(names))]
        path = self.newsletter.folder / "people.csv"
        path.write_text("email\n" + "".join(f"{name}@d{i % DOMAINS}.example.net\n" for i, name in enumerate(names)))
        self.newsletter.run("subscribers", "import", str(path), "--status", "confirmed", "--wording", "test people")

    def send(self, week: int) -> None:
        files = sorted(SAMPLES.glob("*.txt"))[week * 2:week * 2 + 2]
        self.newsletter.import_pages(*files, published=PUBLISHED[week])
        self.newsletter.run("weekly", now=WEEKS[week], timeout=600)

    def wait_for(self, count: int) -> None:
        """Until so many messages lie in the bounce mailbox."""
        until = time.monotonic() + 300
        while time.monotonic() < until:
            if len(list((self.dovecot.mail / "new").iterdir())) >= count:
                return
            time.sleep(0.2)
        raise AssertionError(f"{len(self.dovecot.messages())} messages, not {count}: " + self.dovecot.log()[-2000:])

    def wait_for_readers(self, count: int) -> None:
        """Until their servers have taken so many messages for readers who are there."""
        until = time.monotonic() + 300
        while time.monotonic() < until and self.taken() < count:
            time.sleep(0.2)
        assert self.taken() == count

    def taken(self) -> int:
        with self.readers.lock:
            return len([address for address in self.readers.taken if address.startswith("reader")])

    def bounces(self, week: int, *words):
        self.newsletter.settings["bounce.mailbox"] = self.mailbox
        result = self.newsletter.json("bounces", "--json", *words, now=WEEKS[week], timeout=600)
        del self.newsletter.settings["bounce.mailbox"]
        return result

    def people(self) -> dict[str, str]:
        database = sqlite3.connect(self.newsletter.folder / "verdicts.db")
        try:
            return dict(database.execute("SELECT address, status FROM subscriber"))
        finally:
            database.close()

    def state(self):
        """What a run may change: the people, their scores and what was recorded."""
        database = sqlite3.connect(self.newsletter.folder / "verdicts.db")
        try:
            people = database.execute(
                "SELECT address, status, bounce_score, hard_bounces, left_reason FROM subscriber ORDER BY id")
            events = database.execute(
                "SELECT message_hash, subscriber_id, class, scored, held FROM bounce_event ORDER BY message_hash")
            consents = database.execute("SELECT subscriber_id, kind, wording FROM consent ORDER BY id")
            return people.fetchall(), events.fetchall(), sorted(consents.fetchall())
        finally:
            database.close()


@pytest.fixture
def world():
    reason = PostfixRelay.missing()
    if shutil.which("dovecot", path="/usr/sbin:/usr/bin") is None:
        reason = "dovecot is not installed (dovecot-imapd)"
    if reason:
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="bounces-") as folder:
        path = pathlib.Path(folder)
        path.chmod(0o755)
        with World(path) as running:
            yield running


def save(world, aside: pathlib.Path) -> None:
    shutil.copytree(world.newsletter.folder, aside / "newsletter")
    shutil.copytree(world.dovecot.mail / "new", aside / "new")


def restore(world, aside: pathlib.Path) -> None:
    for path in world.newsletter.folder.glob("verdicts.db*"):
        path.unlink()
    for path in (aside / "newsletter").glob("verdicts.db*"):
        shutil.copy2(path, world.newsletter.folder / path.name)
    for place in ("new", "cur", ".Processed/new", ".Processed/cur", ".Quarantine/cur", ".People/cur"):
        for path in (world.dovecot.mail / place).glob("*"):
            path.unlink()
    for path in (aside / "new").iterdir():
        # Another name is another message for Dovecot; the bytes are the same.
        world.dovecot.put(f"{time.time_ns()}.{path.name}".replace(":", "_"), path.read_bytes())


def test_three_issues_take_exactly_the_dead_off_and_a_kill_changes_nothing(world):
    world.add_readers()
    world.send(0)
    world.wait_for(DEAD + QUOTA + AWAY)
    first = world.bounces(0)
    assert first["classes"]["hard"] == DEAD
    assert first["classes"]["soft"] == QUOTA
    assert first["classes"]["auto-reply"] == AWAY
    assert first["off_the_list"] == 0 and first["storms"] == []

    world.send(1)
    world.wait_for(DEAD + QUOTA + AWAY)
    aside = world.folder / "aside"
    aside.mkdir()
    save(world, aside)
    start = time.monotonic()
    second = world.bounces(1)
    took = time.monotonic() - start
    assert second["off_the_list"] == DEAD
    wanted = world.state()
    again = world.bounces(1)
    assert again["read"] == 0 and world.state() == wanted, "a second run changes nothing"

    for moment in range(20):
        restore(world, aside)
        world.newsletter.settings["bounce.mailbox"] = world.mailbox
        process = world.newsletter.start("bounces", now=WEEKS[1])
        time.sleep(took * moment / 20)
        process.kill()
        process.communicate()
        world.bounces(1)
        assert world.state() == wanted, f"killed at moment {moment}"
        assert len(world.dovecot.messages()) == 0
        assert len(world.dovecot.messages(".Processed")) == DEAD + QUOTA + AWAY

    world.send(2)
    world.wait_for(QUOTA + AWAY)
    third = world.bounces(2)
    assert third["classes"]["hard"] == 0
    people = world.people()
    assert {address for address, status in people.items() if status == "bounced"} == {
        address for address in people if address.startswith("dead")}
    assert all(status == "confirmed" for address, status in people.items() if not address.startswith("dead"))
    world.wait_for_readers(3 * (READERS - DEAD - QUOTA - AWAY))


def test_a_forged_bounce_takes_nobody_off_and_a_night_of_one_domain_neither(newsletter, tmp_path):
    maildir = tmp_path / "maildir"
    for part in ("new", "cur", "tmp"):
        (maildir / part).mkdir(parents=True)
    newsletter.settings |= {"bounce.mailbox": f"maildir:{maildir}", "smtp.url": f"maildir:{tmp_path / 'sent'}"}
    newsletter.import_samples()
    newsletter.add_readers(100, "example.net")
    for week, now in enumerate(WEEKS[:2]):
        forged = (f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: bounces@letters.example.org\n"
                  f"Subject: Undelivered Mail Returned to Sender\nMessage-ID: <{week}@mx.example.net>\n\n"
                  "<reader99@example.net>: 550 5.1.1 user unknown\n")
        (maildir / "new" / f"forged{week}").write_text(forged)
        result = newsletter.json("bounces", "--json", now=now)
        assert result["classes"]["hard"] == 1 and result["counted"] == 0

    newsletter.run("weekly")
    sent = [path.read_text() for path in (tmp_path / "sent").rglob("*") if path.is_file()]
    senders = {}
    for text in sent:
        person = re.search(r"^To: .*?(reader\d+)@example\.net", text, re.M).group(1)
        senders[person] = re.search(r"unsubscribe\+([a-z2-7]{40})@", text.replace("\n ", "")).group(1)
    for week, now in enumerate(WEEKS[1:]):
        for i in range(40):
            (maildir / "new" / f"storm{week}.{i}").write_text(
                f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: bounces@letters.example.org\n"
                f"Subject: Undelivered Mail Returned to Sender\nMessage-ID: <{week}.{i}@mx.example.net>\n"
                'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\n'
                f"<reader{i}@example.net>: 550 5.1.1 user unknown\n--b\nContent-Type: text/rfc822-headers\n\n"
                f"To: reader{i}@example.net\n"
                f"List-Unsubscribe: <mailto:unsubscribe+{senders[f'reader{i}']}@letters.example.org>\n\n--b--\n")
        done = newsletter.run("bounces", now=now)
        assert "example.net: 40 of 100 readers" in done.stderr
        assert "--release example.net" in done.stderr
        assert newsletter.run("bounces", now=now).stderr == "", "told once"
    status = newsletter.json("status", "--json")
    assert status["subscribers"]["bounced"] == 0
    assert status["held_bounces"] == [{"domain": "example.net", "code": "5.1.1", "people": 40}]
    released = newsletter.run("bounces", "--release", "example.net", now=WEEKS[2])
    assert "80 bounces counted, 40 off the list" in released.stdout
    assert newsletter.json("status", "--json")["subscribers"]["bounced"] == 40
