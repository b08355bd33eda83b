"""What people and their servers send back: replies that confirm, mails that leave, complaints, refusals."""

import re
import socket
import threading

import pytest
from aiosmtpd.smtp import SMTP

from newsletter import ROOT
from service import Service, paths
from smtp_server import FreePortController

CASES = ROOT / "tests" / "golden" / "bounces"


@pytest.fixture
def maildir(newsletter, tmp_path):
    """The bounce mailbox: call it with a message that arrives."""
    folder = tmp_path / "bounces"
    for part in ("new", "cur", "tmp"):
        (folder / part).mkdir(parents=True)
    newsletter.settings["bounce.mailbox"] = f"maildir:{folder}"
    count = 0

    def arrive(text: str) -> None:
        nonlocal count
        count += 1
        (folder / "new" / f"{count}.x").write_text(text)

    return arrive


def letter(to: str, subject: str = "Re: Please confirm", body: str = "Yes.", extra: str = "") -> str:
    return (f"Return-Path: <ann@example.org>\nFrom: Ann <ann@example.org>\nTo: {to}\nSubject: {subject}\n"
            f"{extra}\n{body}\n")


def header(message, name: str) -> str:
    return re.sub(r"\s+", "", str(message[name]))


def changes(done) -> list[tuple[str, str, str]]:
    """What the log at debug says of messages and readers: subject and verb, from, to."""
    return re.findall(r" debug ((?:message|subscriber) \w+) \w+=\w+ from=(\S+) to=(\S+) cause=.", done.stderr)


# What people and programs answer a mail that asks to confirm. None of it is a press of the button.
ANSWERS = [
    {"body": "Yes."},
    {"body": "I confirm. Please add me."},
    {"body": "I did not sign up for this."},
    {"body": "No thanks, wrong address."},
    {"body": "Who are you and where did you get this address?"},
    {"body": "> Confirm your address\n\nNein, danke."},
    {"subject": "[Ticket 4711] Your request was received", "body": "A colleague will answer you soon."},
    {"extra": "Auto-Submitted: auto-replied\n"},
    {"extra": "Precedence: junk\n"},
    {"subject": "Automatic reply: Please confirm"},
    {"body": "I am out of the office until Monday."},
]


def test_no_answer_by_mail_confirms(newsletter, server, maildir):
    """Neither to the address that answers go to, nor to the one that confirmation mails had once."""
    with Service(newsletter, server) as service:
        service.subscribe("ann@example.org")
        message = service.mails("ann@example.org")[0]
        assert message["Reply-To"] is None
        token = paths(message)["confirm"].split("/")[-1]
        for answer in ANSWERS:
            maildir(letter(f"confirm+{token}@letters.example.org", **answer))
            maildir(letter("news@example.org", **answer))
        assert newsletter.json("bounces", "--json")["classes"]["confirmation"] == 0
        assert service.status("ann@example.org") == "pending"
        assert service.consent("ann@example.org") == ["asked"]


def test_the_mail_of_list_unsubscribe_leaves_at_once(newsletter, server, maildir):
    with Service(newsletter, server) as service:
        service.join("ann@example.org")
        newsletter.import_samples()
        newsletter.run("weekly")
        issue = service.mails("ann@example.org", 3)[-1]
        address = re.search(r"mailto:([^>?]+)", header(issue, "List-Unsubscribe")).group(1)
        maildir(letter(address, subject="unsubscribe", body=""))
        told = newsletter.json("bounces", "--json")
        assert (told["counted"], told["off_the_list"]) == (1, 1)
        assert service.status("ann@example.org") == "left"
        assert service.consent("ann@example.org")[-1] == "left"


def test_what_becomes_of_a_message_and_of_its_reader_is_a_line_at_debug(newsletter, server, maildir):
    with Service(newsletter, server) as service:
        service.join("ann@example.org")
        newsletter.import_samples()
        newsletter.run("weekly")
        maildir(letter(server.messages[-1][0], subject="STOP", body=""))
        assert changes(newsletter.run("-v", "-v", "bounces")) == [
            ("subscriber enters", "confirmed", "left"), ("message enters", "mailbox", "Processed")]
        maildir(letter("news@example.org", subject="Hello", body="Hello,\n\nhow are you?\n\nBest, Ann"))
        assert changes(newsletter.run("-v", "-v", "bounces")) == [("message enters", "mailbox", "People")]


@pytest.mark.parametrize("words", [{"subject": "STOP", "body": ""}, {"subject": "Re: Ship or skip", "body": "Stop."}])
def test_a_reply_of_stop_to_the_envelope_sender_unsubscribes(newsletter, server, maildir, words):
    with Service(newsletter, server) as service:
        service.join("ann@example.org")
        newsletter.import_samples()
        newsletter.run("weekly")
        maildir(letter(server.messages[-1][0], **words))
        newsletter.run("bounces")
        assert service.status("ann@example.org") == "left"


@pytest.mark.parametrize("to", ["news@example.org", "unsubscribe@example.org", "unsubscribe+" + "a" * 40 + "@example.org"])
def test_an_unproven_request_to_leave_is_kept_where_people_look(newsletter, maildir, tmp_path, to):
    newsletter.import_samples()
    maildir(letter(to, subject="STOP", body=""))
    newsletter.run("bounces")
    assert [path.parent.name for path in (tmp_path / "bounces").rglob("*") if path.is_file()] == ["cur"]
    assert (tmp_path / "bounces" / "cur" / "1.x:2,").exists()


def test_a_request_that_is_withdrawn_by_mail_leaves_no_trace(newsletter, server, maildir):
    with Service(newsletter, server) as service:
        service.subscribe("ann@example.org")
        mail = service.mails("ann@example.org")[0]
        service.settle()
        maildir(letter(re.search(r"mailto:([^>?]+)", header(mail, "List-Unsubscribe")).group(1),
                       subject="unsubscribe", body=""))
        newsletter.run("bounces")
        assert service.status("ann@example.org") is None
        assert service.rows("SELECT * FROM bounce_event WHERE subscriber_id IS NOT NULL OR domain <> ''") == []


def test_a_complaint_with_the_returned_header_leaves_for_good_where_it_is_proven(newsletter, server, maildir):
    newsletter.settings.update({"bounce.authserv_id": "mx.example.org", "bounce.feedback_from": "example.com"})
    with Service(newsletter, server) as service:
        service.join("ann@example.org")
        newsletter.import_samples()
        newsletter.run("weekly")
        issue = service.mails("ann@example.org", 3)[-1]
        report = (CASES / "complaint-abuse.eml").read_text()
        proof = "Authentication-Results: mx.example.org; dkim=pass header.d=example.com\n"
        maildir(proof + re.sub(r"(?m)^List-Unsubscribe:.*\n .*$",
                               "List-Unsubscribe: " + header(issue, "List-Unsubscribe"), report))
        done = newsletter.run("-v", "-v", "bounces")
        assert ("subscriber enters", "confirmed", "complained") in changes(done)
        assert service.status("ann@example.org") == "complained"
        newsletter.run("subscribers", "add", "ann@example.org", expect=65)
        assert "is suppressed" in newsletter.run("subscribers", "add", "ann@example.org", expect=65).stderr


def test_a_complaint_that_names_only_our_envelope_sender_leaves(newsletter, server, maildir):
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_samples()
    newsletter.add_readers(1)
    newsletter.run("weekly")
    sender = server.messages[0][0]
    assert re.fullmatch(r"bounces\+[a-z2-7]{40}@.*", sender)
    report = (CASES / "complaint-mail-from.eml").read_text()
    maildir(re.sub(r"(?m)^Original-Mail-From: .*$", f"Original-Mail-From: <{sender}>", report))
    told = newsletter.json("bounces", "--json")
    assert told["classes"]["complaint"] == 1
    assert (told["counted"], told["off_the_list"]) == (1, 1)
    assert newsletter.json("status", "--json")["subscribers"]["left"] == 1
    assert newsletter.json("subscribers", "show", "reader0@example.org", "--json")["left_reason"] == "complaint"
    run = next(run for run in newsletter.json("status", "--json")["runs"] if run["verb"] == "bounces")
    assert "1 off the list" in run["summary"]


@pytest.mark.parametrize("content", ["", "\0\1" * 1024], ids=["empty", "noise"])
def test_what_is_no_message_at_all_goes_to_quarantine(newsletter, maildir, tmp_path, content):
    newsletter.import_samples()
    maildir(content)
    told = newsletter.json("bounces", "--json")
    assert told["classes"]["unknown"] == 1 and told["classes"]["ordinary"] == 0
    assert [path.parent.parent.name for path in (tmp_path / "bounces").rglob("*") if path.is_file()] == [".Quarantine"]
    assert "look at it in the folder Quarantine; verdicts bounces --explain FILE" in newsletter.run("status").stdout


@pytest.mark.parametrize("name, kind", [("dmarc-gzip", "dmarc"), ("tls-report-json", "tls")])
def test_reports_on_the_domain_are_kept_apart_and_counted(newsletter, maildir, tmp_path, name, kind):
    newsletter.import_samples()
    maildir((CASES / f"{name}.eml").read_text())
    assert newsletter.json("bounces", "--json")["classes"]["report"] == 1
    assert [path.parent.parent.name for path in (tmp_path / "bounces").rglob("*") if path.is_file()] == [".Reports"]
    assert newsletter.json("status", "--json")["reports"] == {"dmarc": 0, "tls": 0} | {kind: 1}
    assert "in the folder Reports" in newsletter.run("status").stdout


def test_a_notice_of_ses_in_json_counts_by_our_token(newsletter, server, maildir):
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_samples()
    newsletter.add_readers(1)
    newsletter.run("weekly")
    notice = (CASES / "ses-bounce-plain.eml").read_text()
    assert "bounces@letters.example.org" in notice
    maildir(re.sub(r'("source": ")[^"]*', rf"\g<1>{server.messages[0][0]}", notice))
    told = newsletter.json("bounces", "--json")
    assert (told["classes"]["hard"], told["counted"]) == (1, 1)


def test_weekly_reads_bounces_before_it_sends(newsletter, server, maildir):
    with Service(newsletter, server) as service:
        service.join("ann@example.org")
        service.join("bob@example.org")
        newsletter.import_samples()
        leave = re.search(r"mailto:([^>?]+)", header(service.mails("ann@example.org")[0], "List-Unsubscribe")).group(1)
        maildir(letter(leave, subject="unsubscribe", body=""))
        newsletter.run("weekly")
        assert service.status("ann@example.org") == "left"
        assert newsletter.counts()["sent"] == 1


def test_a_mailbox_that_is_away_does_not_keep_the_issue_back(newsletter, server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        password = newsletter.folder / "bounce.password"
        password.write_text("secret\n")
        password.chmod(0o600)
        newsletter.settings |= {"smtp.url": server.url, "bounce.username": "bounces",
                                "bounce.mailbox": f"imaps://127.0.0.1:{taken.getsockname()[1]}/INBOX",
                                "bounce.password_file": str(password)}
        newsletter.import_samples()
        newsletter.add_readers(2)
        done = newsletter.run("weekly", expect=69)
        assert "mailbox" in done.stderr
        assert len(server.messages) == 2


class Refusing:
    """A relay that refuses one reader."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.taken = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("reader0@"):
            return "550 5.1.1 there is no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            self.taken += envelope.rcpt_tos
        return "250 2.0.0 Ok"


def test_what_the_relay_refuses_twice_takes_off_the_list(newsletter):
    class Controller(FreePortController):
        def factory(self):
            return SMTP(self.handler, hostname="relay.example.org")

    relay = Refusing()
    controller = Controller(relay, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        newsletter.settings["smtp.url"] = f"smtp://127.0.0.1:{controller.port}"
        newsletter.add_readers(3)
        files = sorted((ROOT / "templates" / "sample").glob("*.txt"))
        newsletter.import_pages(*files[:2], published="2026-11-19T09:00:00Z")
        assert changes(newsletter.run("-v", "-v", "weekly")) == [("subscriber scores", "0.0", "1.0")]
        status = newsletter.json("status", "--json")["subscribers"]
        assert (status["confirmed"], status["bounced"]) == (3, 0)
        newsletter.run("weekly")  # looks at the same refusal again
        newsletter.import_pages(*files[2:4], published="2026-11-26T09:00:00Z")
        assert changes(newsletter.run("-v", "-v", "weekly", now="2026-11-27T12:00:00Z")) == [
            ("subscriber scores", "1.0", "2.0"), ("subscriber enters", "confirmed", "bounced")]
        status = newsletter.json("status", "--json")["subscribers"]
        assert (status["confirmed"], status["bounced"]) == (2, 1)
        told = newsletter.json("report", "--bounces", "--json", now="2026-11-27T13:00:00Z")
        assert told == [{"domain": "example.org", "class": "hard", "reason": "user unknown", "count": 2, "held": 0}]
    finally:
        controller.stop()
