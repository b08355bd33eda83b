"""What whoever has a reader's copy can do with it: every link, every button behind it, every forged report.

Each attack is made on a reader of its own, with the tokens of the copy that a real server got; in the end every
reader does what readers do (signs up and confirms) and has the newsletter as before.
"""

import email
import email.policy
import json
import re
import urllib.parse

import pytest

from service import Form, Service, paths, text_of

SITE = "https://news.example.org"
FOR_GOOD = "SELECT count(*) FROM suppression"
# Our own server's word, as it stands on top of what it takes in: the mail is a stranger's.
STAMP = "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example\n"
PROOF = "dkim=pass header.d=fbl.example.net"


class Copy:
    """A reader's copy as it came, and what stands in it."""

    def __init__(self, envelope: str, reader: str, content: bytes) -> None:
        self.reader, self.content = reader, content
        self.message = email.message_from_bytes(content, policy=email.policy.default)
        self.sender = envelope
        parts = [part.get_content() for part in self.message.walk() if part.get_content_maintype() == "text"]
        every = "\n".join(parts) + "\n" + "\n".join(str(value) for value in self.message.values())
        self.links = sorted({link for link in re.findall(r"https?://[^\s<>\"']+", every) if link.startswith(SITE)})
        self.leave = re.search(r"unsubscribe\+([a-z2-7]{40})@", every).group(1)
        self.bounce = re.search(r"\+([a-z2-7]{40})@", envelope).group(1)
        self.preferences = re.search(r"/preferences/([a-z2-7]{40})", every).group(1)
        header = content.decode("utf-8", "replace").replace("\r\n", "\n").split("\n\n")[0]
        self.header = "Return-Path: <" + envelope + ">\n" + header + "\n"


class List:
    """A newsletter whose readers have each got a copy, and a mailbox into which anybody can write."""

    def __init__(self, newsletter, server, tmp_path, count: int) -> None:
        self.newsletter, self.server, self.mailbox, self.count = newsletter, server, tmp_path / "bounces", 0
        for part in ("new", "cur", "tmp"):
            (self.mailbox / part).mkdir(parents=True)
        newsletter.settings.update({
            "bounce.mailbox": f"maildir:{self.mailbox}", "smtp.url": server.url, "subscribe.url": SITE,
            "bounce.authserv_id": "mx.example.org", "bounce.feedback_from": "fbl.example.net",
            "bounce.storm_percent": "100",
            **{f"subscribe.limit_{name}": "none" for name in ("network", "domain", "all", "unstamped")}})
        newsletter.import_samples()
        newsletter.add_readers(count)
        newsletter.run("weekly")
        self.copies = {to[0]: Copy(sender, to[0], content) for sender, to, content in server.messages}
        assert len(self.copies) == count

    def arrive(self, text: str) -> None:
        self.count += 1
        (self.mailbox / "new" / f"{self.count:06}.x").write_text(text.replace("SERIAL", str(self.count)))


def status_of(service, copy) -> tuple:
    return service.rows("SELECT status, name, topics FROM subscriber WHERE address = ?", copy.reader)[0]


def come_back(service, copy) -> None:
    """The owner, who has nothing but the mailbox, signs up and confirms."""
    before = sum(copy.reader in to for _, to, _ in service.server.messages)
    assert service.subscribe(copy.reader).status == 200
    message = service.mails(copy.reader, before + 1)[-1]
    if "confirm" in paths(message):
        assert service.press(paths(message)["confirm"]).status == 200
    assert status_of(service, copy)[0] == "confirmed", text_of(message)


# --- links ---

VALUES = {"email": "thief@example.net", "name": "Mallory", "sure": "1", "pause": "12", "address": "thief@example.net"}
WISHES = ("erase", "move", "name", "save", "link", "fresh", "undo", "leave", "confirm", "")


def press_everything(service, path: str, depth: int = 3) -> list[str]:
    """Opens the page, presses all its buttons with a thief's values in all fields, says every wish that any of our
    forms can say, and goes on from whatever that leads to. Gives all that was read."""
    seen, waiting, texts = set(), [(path, 0)], []
    while waiting:
        path, level = waiting.pop()
        if path in seen or level > depth:
            continue
        seen.add(path)
        pages = [service.get(path), service.ask("HEAD", path)]
        for form in Form(pages[0].text).forms:
            pages.append(service.post(form["action"] or path, {**form["fields"], **{
                name: VALUES[name] for name in form["fields"] if name in VALUES}}))
        if not re.search(r"/(issues|subscribe|style|favicon)|^/$", path):
            for wish in WISHES:
                pages.append(service.post(path, {"do": wish, **VALUES}))
            pages.append(service.ask("POST", path, json.dumps({"do": "erase", **VALUES}).encode(),
                                     {"Content-Type": "application/json"}))
            pages.append(service.post(path, {"List-Unsubscribe": "One-Click"}))
            pages.append(service.ask("DELETE", path))
        for page in pages:
            texts.append(page.text)
            waiting += [(link, level + 1) for link in re.findall(r'(?:href|action)="(/[^"]*)"', page.text)]
    return texts


def kinds(copy):
    """The copy's links to what a token does, and those that a thief makes of them."""
    tokens = sorted({token for link in copy.links for token in re.findall(r"[a-z2-7]{40}", link)} | {copy.bounce})
    for link in copy.links:
        yield urllib.parse.urlsplit(link).path
    for token in tokens:
        for route in ("leave", "preferences", "confirm", "own", "address"):
            yield f"/{route}/{token}"
            yield f"/{route}/{token}/data"


def test_every_link_of_a_copy_is_pressed_and_its_owner_undoes_it(newsletter, server, tmp_path):
    count = 30
    letter = List(newsletter, server, tmp_path, count)
    copies = list(letter.copies.values())
    names = sorted({re.sub(r"[a-z2-7]{40}", "TOKEN", path) for path in kinds(copies[0])})
    assert {"/leave/TOKEN", "/preferences/TOKEN", "/own/TOKEN/data"} <= set(names) and len(names) < count
    with Service(newsletter, server) as service:
        attacks = [[path for path in kinds(copy) if re.sub(r"[a-z2-7]{40}", "TOKEN", path) == name]
                   for name, copy in zip(names, copies)]
        for attack, copy in zip(attacks, copies):
            read = [text for path in attack for text in press_everything(service, path)]
            assert not [text for text in read if '"pending_address":' in text], "the record"
            [(status, name, _)] = [status_of(service, copy)]
            assert status in ("confirmed", "left"), attack
            assert name.startswith("Reader "), attack
        service.settle()
        assert service.rows("SELECT count(*) FROM subscriber WHERE status = 'forgotten'") == [(0,)]
        assert service.rows(FOR_GOOD) == [(0,)]
        assert not [to for _, to, _ in server.messages if "thief@example.net" in to and "Confirm your new address" in str(_)]
        assert service.rows("SELECT count(*) FROM address_change") == [(0,)]
        for copy in copies:
            come_back(service, copy)
            page = service.post(f"/preferences/{copy.preferences}", {"do": "save", "pause": "0"})
            assert "Saved." in page.text
            assert service.rows("SELECT status, topics, paused_until FROM subscriber WHERE address = ?", copy.reader) == [
                ("confirmed", "", None)]


# --- reports ---

def arf(copy, returned: str, top: str = "", sender: str = "Abuse desk <abuse@fbl.example.net>", kind: str = "message/rfc822",
        fields: str = "") -> str:
    return (f"{top}From: {sender}\nTo: bounces@example.org\nSubject: FW: An issue SERIAL\nMIME-Version: 1.0\n"
            'Content-Type: multipart/report; report-type=feedback-report; boundary="f"\n\n--f\n\n'
            "This is an email abuse report.\n\n--f\nContent-Type: message/feedback-report\n\n"
            f"Feedback-Type: abuse\nVersion: 1\n{fields}Original-Rcpt-To: <{copy.reader}>\n\n"
            f"--f\nContent-Type: {kind}\n\n{returned}\n--f--\n")


def redacted(copy) -> str:
    return (f"From: The Weekly <news@example.org>\nTo: redacted\nSubject: An issue\n\n"
            f"To leave the list:\n{SITE}/leave/{copy.leave}\n")


def dsn(to: str, copy, code: str = "5.1.1", returned: str = "") -> str:
    return (f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\n"
            "Message-ID: <SERIAL@mx.example.net>\nMIME-Version: 1.0\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\n'
            "Your message could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\n"
            f"Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; {copy.reader}\nAction: failed\nStatus: {code}\n"
            f"Diagnostic-Code: smtp; 550 {code} refused\n\n--b\nContent-Type: text/rfc822-headers\n\n{returned}\n--b--\n")


def ses(copy, kind: str, detail: dict) -> str:
    notice = {"notificationType": kind, kind.lower(): detail,
              "mail": {"source": copy.sender, "messageId": "SERIAL", "destination": [copy.reader],
                       "headers": [{"name": "List-Unsubscribe", "value": f"<{SITE}/leave/{copy.leave}>"}]}}
    body = json.dumps({"Type": "Notification", "Message": json.dumps(notice)})
    return (f"From: notices@mail.example.com\nTo: bounces@example.org\nSubject: AWS Notification SERIAL\n\n{body}\n")


def plain(to: str, subject: str, body: str = "") -> str:
    return (f"Return-Path: <mallory@example.net>\nFrom: Mallory <mallory@example.net>\nTo: {to}\n"
            f"Subject: {subject}\nMessage-ID: <SERIAL@example.net>\n\n{body}\n")


def forgeries(copy):
    """Messages by name; each is sent anew on each of three days."""
    own = f"Authentication-Results: mx.example.org; {PROOF}\n"
    yield "arf with the header", arf(copy, copy.header)
    yield "arf with the envelope sender", arf(copy, "Subject: x\n", fields=f"Original-Mail-From: <{copy.sender}>\n")
    yield "arf, redacted, with our link", arf(copy, redacted(copy))
    yield "arf to the bounce address of the copy", arf(copy, "Subject: x\n").replace("bounces@", f"bounces+{copy.bounce}@")
    yield "arf with a result of its own below our server's", arf(copy, copy.header, STAMP + own)
    yield "arf with one below and one of another server above", arf(
        copy, copy.header, f"Authentication-Results: mx.example.com; {PROOF}\n" + STAMP + own)
    yield "arf whose signature is broken", arf(
        copy, copy.header, "Authentication-Results: mx.example.org; dkim=fail header.d=fbl.example.net\n" + own)
    yield "arf with a result in a quoted sender", arf(
        copy, copy.header, f'Authentication-Results: mx.example.org; spf=pass smtp.mailfrom="x; {PROOF} "@evil.example\n')
    yield "arf with a result behind an escaped mark", arf(
        copy, copy.header, f'Authentication-Results: mx.example.org; spf=pass smtp.mailfrom="x\\"; {PROOF}; \\""@evil.example\n')
    yield "arf with a result in a comment", arf(
        copy, copy.header, f"Authentication-Results: mx.example.org; dkim=none (x; {PROOF} (y) ; {PROOF} )\n")
    yield "arf with a result in an encoded word", arf(
        copy, copy.header, "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=a"
        " =?utf-8?q?=3B_dkim=3Dpass_header.d=3Dfbl.example.net?=\n")
    yield "arf with a mark that does not end", arf(
        copy, copy.header, f'Authentication-Results: mx.example.org; spf=none smtp.mailfrom="x; {PROOF}\n')
    yield "arf signed by a domain that looks alike", arf(
        copy, copy.header, "Authentication-Results: mx.example.org; dkim=pass header.d=fbl.example.net.evil.example; "
        "dkim=pass header.d=x.fbl.example.net; dkim=pass header.b=fbl.example.net reason=header.d=fbl.example.net\n")
    yield "arf with results in the returned message", arf(copy, own + copy.header)
    yield "arf with results under another name", arf(copy, copy.header, f"X-Authentication-Results: mx.example.org; {PROOF}\n")
    yield "old complaint", (f"From: staff@example.com\nReturn-Path: <staff@example.com>\nTo: bounces@example.org\nSubject: complaint SERIAL\n"
                            f"X-HmXmrOriginalRecipient: {copy.reader}\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n{copy.header}\nx\n")
    yield "opt-out", arf(copy, copy.header).replace("Feedback-Type: abuse", "Feedback-Type: opt-out")
    yield "dsn", dsn(f"bounces+{copy.bounce}@example.org", copy)
    yield "dsn with the header alone", dsn("bounces@example.org", copy, returned=copy.header)
    yield "dsn of a dead domain", dsn(f"bounces+{copy.bounce}@example.org", copy, "5.1.2")
    yield "ses bounce", ses(copy, "Bounce", {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [
        {"emailAddress": copy.reader, "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}]})
    yield "ses bounce of a suppressed address", ses(copy, "Bounce", {
        "bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList", "bouncedRecipients": [{"emailAddress": copy.reader}]})
    yield "ses complaint", ses(copy, "Complaint", {"complaintFeedbackType": "abuse", "complainedRecipients": [{"emailAddress": copy.reader}]})
    yield "unsubscribe mail", plain(f"unsubscribe+{copy.leave}@example.org", "unsubscribe SERIAL")
    yield "STOP to the bounce address", plain(f"bounces+{copy.bounce}@example.org", "STOP")
    yield "erase me", plain(f"bounces+{copy.bounce}@example.org", "Erase me under Article 17 SERIAL", "Please delete all my data.")
    yield "erase me, to unsubscribe", plain(f"unsubscribe+{copy.leave}@example.org", "Erase me, and never write again SERIAL")
    yield "yes to a confirmation", plain(f"confirm+{copy.leave}@example.org", "Yes SERIAL", "I confirm.")
    yield "a tool's unsubscribe with the other token", plain(f"unsubscribe+{copy.preferences}@example.org", "unsubscribe SERIAL")
    yield "plain text that says user unknown", (
        f"Return-Path: <>\nFrom: Mail Delivery System <mailer-daemon@mx.example.net>\nTo: bounces+{copy.bounce}@example.org\n"
        f"Subject: Delivery failed SERIAL\n\nDelivery to <{copy.reader}> failed: 550 5.1.1 User unknown\n")


@pytest.fixture
def letter(newsletter, server, tmp_path):
    return List(newsletter, server, tmp_path, 40)


def test_every_forged_report_of_a_copy_is_undone_by_its_owner(letter):
    copies = list(letter.copies.values())
    names = [name for name, _ in forgeries(copies[0])]
    assert len(names) < len(copies), "the last ones are let alone"
    for day in (21, 24, 28):
        for index, name in enumerate(names):
            letter.arrive(dict(forgeries(copies[index]))[name])
        letter.newsletter.run("bounces", now=f"2026-11-{day}T12:00:00Z")
    letter.newsletter.now = "2026-11-28T13:00:00Z"
    with Service(letter.newsletter, letter.server) as service:
        after = {name: status_of(service, copies[index])[0] for index, name in enumerate(names)}
        assert service.rows(FOR_GOOD) == [(0,)], after
        assert set(after.values()) <= {"confirmed", "left", "bounced"}, after
        assert after["arf with the header"] == after["arf, redacted, with our link"] == "left"
        assert after["ses complaint"] == after["unsubscribe mail"] == "left"
        assert after["dsn"] == "bounced"
        assert after["yes to a confirmation"] == after["a tool's unsubscribe with the other token"] == "confirmed"
        assert [status_of(service, copy)[0] for copy in copies[len(names):]] == ["confirmed"] * (len(copies) - len(names))
        for copy in copies:
            come_back(service, copy)


PROVEN = {
    "signed": PROOF,
    "signed, in other letters": "DKIM=Pass (1024-bit key; unprotected) reason=\"ok\" header.s=s Header.D=FBL.example.NET",
    "with a version and a comment": "dkim=none; dmarc = pass (p=reject) header.from=fbl.example.net",
    "on two lines": "spf=none;\n\tdkim=pass header.d=fbl.example.net",
    "by its envelope": "spf=pass smtp.mailfrom=bounce-1@fbl.example.net",
}


def test_a_complaint_that_our_own_server_vouches_for_keeps_the_address_out_of_imports(letter):
    copies = list(letter.copies.values())
    for index, (name, proof) in enumerate(PROVEN.items()):
        returned = redacted(copies[index]) if index % 2 else copies[index].header
        letter.arrive(arf(copies[index], returned, f"Authentication-Results: MX.example.org 1; {proof}\n"))
    letter.newsletter.run("bounces", now="2026-11-21T12:00:00Z")
    letter.newsletter.now = "2026-11-21T13:00:00Z"
    with Service(letter.newsletter, letter.server) as service:
        assert [status_of(service, copy)[0] for copy in copies[:len(PROVEN)]] == ["complained"] * len(PROVEN)
        assert service.rows(FOR_GOOD) == [(len(PROVEN),)]
        letter.newsletter.run("subscribers", "add", copies[0].reader, expect=65)
        for copy in copies[:len(PROVEN)]:
            come_back(service, copy)
        assert service.rows(FOR_GOOD) == [(0,)]


@pytest.mark.parametrize("sender, proof, good", [
    ("Staff <staff@example.com>", "dkim=pass header.d=example.com", True),
    ("staff@example.com", "dmarc=pass header.from=example.com", True),
    ("other@example.com", "dkim=pass header.d=example.com", False),
    ("staff@example.com", "spf=pass smtp.mailfrom=staff@example.com", False),
    ("staff@example.com", "dkim=pass header.d=mail.example.com", False),
    ("\"staff@example.com\" <mallory@example.com>", "dkim=pass header.d=example.com", False),
    ("staff@example.com\nFrom: mallory@example.com", "dkim=pass header.d=example.com", False),
])
def test_a_provider_where_anybody_has_mail_is_listed_by_the_address_of_its_loop(letter, sender, proof, good):
    letter.newsletter.settings["bounce.feedback_from"] = "staff@example.com"
    copy = next(iter(letter.copies.values()))
    letter.arrive(arf(copy, copy.header, f"Authentication-Results: mx.example.org; {proof}\n", sender))
    letter.newsletter.run("bounces", now="2026-11-21T12:00:00Z")
    with Service(letter.newsletter, letter.server) as service:
        assert status_of(service, copy)[0] == ("complained" if good else "left")


def test_without_the_name_of_our_server_nobody_is_proven(letter):
    done = letter.newsletter.run("--set", "bounce.authserv_id=", "config", "check", expect=78)
    assert "bounce.feedback_from" in done.stderr and "bounce.authserv_id" in done.stderr
