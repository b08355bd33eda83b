"""A sender's address that is not ASCII before its @ goes with SMTPUTF8 alone (RFC 6531), whatever the mail is."""

import pytest

from scripted_smtp import ScriptedServer

FROM = "Verdicts <j\u00f6rg@example.org>"


@pytest.fixture
def ready(newsletter):
    newsletter.settings |= {"deliver.linger": "0s"}
    newsletter.import_samples()
    newsletter.add_readers(3)
    return newsletter


def serve(newsletter, offers):
    server = ScriptedServer(offers=["PIPELINING", "8BITMIME", *offers])
    server.__enter__()
    newsletter.settings["smtp.url"] = server.url
    return server


def mails(server):
    return [line for line in server.commands if line.startswith("MAIL")]


@pytest.mark.parametrize("key", ["mail.from", "mail.reply_to"])
def test_an_issue_goes_with_SMTPUTF8_where_the_relay_offers_it(ready, key):
    ready.settings[key] = FROM
    server = serve(ready, ["SMTPUTF8"])
    ready.run("weekly")
    assert ready.counts()["sent"] == 3
    assert len(mails(server)) == 3 and all("SMTPUTF8" in line for line in mails(server))
    assert "j\u00f6rg@example.org".encode() in server.accepted[0][1].split(b"\r\n\r\n")[0]


def test_a_sender_in_ASCII_asks_for_none(ready):
    server = serve(ready, ["SMTPUTF8"])
    ready.run("weekly")
    assert len(mails(server)) == 3 and not any("SMTPUTF8" in line for line in mails(server))


@pytest.mark.parametrize("key", ["mail.from", "mail.reply_to"])
def test_without_it_nothing_is_sent_nobody_is_refused_and_the_operator_is_told_once(ready, key):
    ready.settings[key] = FROM
    server = serve(ready, [])
    done = ready.run("weekly", expect=75)
    assert done.stderr.count("needs SMTPUTF8, which the relay does not offer") == 1
    assert mails(server) == []
    assert ready.counts()["deferred"] == 3
    assert all("mail.from or mail.reply_to" in row["reply"] for row in ready.rows("deferred"))
    with ScriptedServer(offers=["SMTPUTF8"]) as other:
        ready.settings["smtp.url"] = other.url
        ready.run("weekly", now="2026-11-20T20:00:00Z")
    assert ready.counts()["sent"] == 3


def test_a_test_says_so(ready):
    ready.settings["mail.from"] = FROM
    server = serve(ready, [])
    done = ready.run("send", "--test", "ann@example.org", expect=75)
    assert "needs SMTPUTF8, which the relay does not offer" in done.stdout and mails(server) == []
    server.offers.append("SMTPUTF8")
    ready.run("send", "--test", "bob@example.org")
    assert all("SMTPUTF8" in line for line in mails(server)) and mails(server)


def test_the_editors_mail_and_an_approved_issue_ask_for_it_too(ready):
    ready.settings |= {"mail.from": FROM, "issue.approval": "required", "issue.editors": "ann@example.org"}
    server = serve(ready, [])
    done = ready.run("weekly", expect=None)
    assert "needs SMTPUTF8, which the relay does not offer" in done.stderr and mails(server) == []
    server.offers.append("SMTPUTF8")
    ready.run("weekly", expect=None, now="2026-11-20T20:00:00Z")
    assert [to for to, _ in server.accepted] == ["ann@example.org"]
    ready.run("issue", "approve", "1", now="2026-11-20T21:00:00Z")
    ready.settings["mail.from"] = "Verdicts <news@example.org>"  # too late for this issue: it is frozen
    ready.run("weekly", now="2026-11-20T22:00:00Z")
    assert len(mails(server)) == 4 and all("SMTPUTF8" in line for line in mails(server))


def test_the_check_of_settings_sees_it(newsletter):
    newsletter.settings["mail.from"] = FROM
    lines = [line for line in newsletter.run("config", "check", expect=None).stderr.splitlines() if "SMTPUTF8" in line]
    assert len(lines) == 1 and "mail.from is not ASCII before its @" in lines[0]
    newsletter.settings["mail.bounce_address"] = "j\u00f6rg@example.org"
    done = newsletter.run("config", "check", expect=78)
    assert len(done.stderr.splitlines()) == 1 and "mail.bounce_address" in done.stderr and "ASCII" in done.stderr


@pytest.mark.parametrize("offers,finding", [(["SMTPUTF8"], None), ([], "warning")])
def test_doctor_reports_whether_the_relay_accepts_it(newsletter, offers, finding):
    newsletter.settings["mail.from"] = FROM
    server = serve(newsletter, offers)
    rows = [row for row in newsletter.json("doctor", "--connect", "--json") if row["about"] == "sender"]
    assert [row["finding"] for row in rows] == ([finding] if finding else [])
    assert server.connections == 1
