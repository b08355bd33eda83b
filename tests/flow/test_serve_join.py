"""Signing up with double opt-in, against the real service and a real SMTP server."""

import html
import json
import re

import pytest

from service import Service, paths, text_of


@pytest.fixture
def service(newsletter, server):
    with Service(newsletter, server) as running:
        yield running


def test_a_person_signs_up_confirms_and_is_welcomed(service):
    answer = service.subscribe("ann@example.org", name="Ann  Bee")
    assert answer.status == 200
    assert "ann@example.org" in answer.text
    assert service.status("ann@example.org") == "pending"
    assert service.rows("SELECT name FROM subscriber WHERE address = 'ann@example.org'") == [("Ann Bee",)]
    message = service.mails("ann@example.org")[0]
    link = paths(message)["confirm"]
    assert "Ann" not in message.as_string(), "no text of the asker's in the mail"
    page = service.press(link)
    assert page.status == 200
    assert "You’re on the list" in page.text
    assert service.status("ann@example.org") == "confirmed"
    assert service.consent("ann@example.org") == ["asked", "confirmed"]
    assert "due on Friday, 27 November 2026." in page.text
    welcome = service.mails("ann@example.org", 2)[1]
    assert welcome["Subject"].startswith("Welcome") and "once a week, on a Friday" in text_of(welcome)


def test_english_on_a_page_from_right_to_left_keeps_its_own_direction(newsletter, server):
    newsletter.settings |= {"site.language": "he", "site.direction": "rtl"}
    with Service(newsletter, server) as service:
        pages = [service.get("/").text, service.get("/issues").text, service.get("/nowhere").text,
                 service.subscribe("ann").text, service.subscribe("ann@example.org").text]
        mail = service.mails("ann@example.org")[0].get_body(("html",)).get_content()
        for page in (*pages, mail):
            assert '<html lang="he" dir="rtl">' in page
            assert re.search(r'<div lang="en" dir="ltr">\s*<h1', page), page
            assert page.index("</h1>") > page.index('<div lang="en" dir="ltr">')


def test_a_page_in_the_language_of_the_sentences_marks_none(service):
    assert ' lang="' not in service.get("/").text.split("<body", 1)[1]


def test_the_page_after_signing_up_tells_of_both_buttons(service):
    page = service.subscribe("ann@example.org").text
    assert "Two buttons to go: the one in the mail, and the one on the page that it opens." in page


def test_who_comes_to_join_sees_the_last_headline_and_may_read_it(newsletter, server):
    with Service(newsletter, server) as service:
        assert "Last time" not in service.get("/").text
    newsletter.import_samples()
    newsletter.add_readers(1)
    newsletter.run("weekly")
    (issue,) = newsletter.json("issue", "list", "--json")
    with Service(newsletter, server) as service:
        page = service.get("/").text
        assert f'Last time, on 20 November 2026: <a href="/issues/2026-W47">{html.escape(issue["subject"])}</a>' in page
        assert service.get("/issues/2026-W47").status == 200
        links = service.join("ann@example.org")
        assert "Until then, the last one, of 20 November 2026:" in service.get(links["confirm"]).text


def test_the_confirmation_mail_has_what_such_a_mail_needs(service):
    service.subscribe("ann@example.org")
    message = service.mails("ann@example.org")[0]
    sender = service.server.messages[0][0]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] is None, "an answer goes to the sender, where a person reads it"
    assert sender.startswith("bounces+")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/leave/" in message["List-Unsubscribe"]
    assert "mailto:" not in message["List-Unsubscribe"], "nobody reads such mail here"
    assert message.get_body(("html",)) is not None
    assert "button" in text_of(message)


def test_a_second_click_says_that_it_is_done_already(service):
    link = service.join("ann@example.org")["confirm"]
    page = service.post(link, {})
    assert page.status == 200
    assert "already" in page.text
    assert "already" in service.get(link).text
    assert service.consent("ann@example.org") == ["asked", "confirmed"]


def test_an_expired_link_offers_a_fresh_mail(newsletter, server):
    with Service(newsletter, server) as service:
        service.subscribe("ann@example.org")
        link = paths(service.mails("ann@example.org")[0])["confirm"]
    newsletter.now = "2026-11-24T12:00:00Z"
    with Service(newsletter, server) as service:
        page = service.get(link)
        assert page.status == 410
        assert service.post(link, {}).status == 410
        assert service.status("ann@example.org") == "pending"
        assert service.press(link).status == 200
        fresh = paths(service.mails("ann@example.org", 2)[1])["confirm"]
        assert fresh != link
        assert service.post(fresh, {}).status == 200
        assert service.status("ann@example.org") == "confirmed"


def test_mail_waits_for_a_relay_that_is_away_and_survives_a_restart(newsletter, server):
    service = Service(newsletter, server)
    newsletter.settings["smtp.url"] = "smtp://127.0.0.1:1"
    with service:
        assert service.subscribe("ann@example.org").status == 200
    assert service.rows("SELECT count(*) FROM outgoing WHERE state IN ('queued', 'deferred')") == [(1,)]
    with Service(newsletter, server) as service:
        service.mails("ann@example.org")


def test_json_goes_through_the_same_checks(service):
    def post(body):
        answer = service.ask("POST", "/subscribe", json.dumps(body).encode(), {"Content-Type": "application/json"})
        return answer.status, json.loads(answer.body)

    status, answer = post({"email": "ann@example.org"})
    assert (status, answer["ok"]) == (200, True)
    service.mails("ann@example.org")
    status, answer = post({"email": "ann@example"})
    assert (status, answer["ok"]) == (422, False)
    assert answer["errors"][0]["field"] == "email"
    assert post({"email": "bob@example.org", "website": "x"})[0] == 200
    assert service.status("bob@example.org") is None
    for broken in (b"{", b'{"email":', b"[]", b'{"email": ["ann@example.org"]}', b""):
        answer = service.ask("POST", "/subscribe", broken, {"Content-Type": "application/json"})
        assert (answer.status, answer.headers["Content-Type"]) == (400, "application/json"), broken
        assert json.loads(answer.body) == {"ok": False, "message": "This JSON cannot be read."}
    assert service.ask("POST", "/subscribe", b"x", {"Content-Type": "text/plain"}).status == 415


@pytest.mark.parametrize("before", ["new", "pending", "confirmed", "left", "suppressed", "erased"])
def test_everybody_gets_the_same_answer(newsletter, server, before):
    with Service(newsletter, server) as service:
        expected = service.subscribe("new@example.org")
        address = "ann@example.org"
        if before in ("confirmed", "left"):
            links = service.join(address)
            if before == "left":
                service.post(links["leave"], {})
        elif before == "pending":
            service.subscribe(address)
        elif before == "suppressed":
            service.join(address)
            newsletter.run("subscribers", "forget", address)
        elif before == "erased":
            service.join(address)
            own = service.own(paths(service.mails(address, 2)[1])["preferences"])
            assert service.post(own, {"do": "erase", "sure": "1"}).status == 200
        answer = service.subscribe(address)
        assert answer.status == expected.status
        assert answer.text.replace(address, "X") == expected.text.replace("new@example.org", "X")
        assert sorted(answer.headers) == sorted(expected.headers)


def test_people_on_the_list_are_told_so_by_mail_once(service):
    service.join("ann@example.org")
    for _ in range(3):
        service.subscribe("ann@example.org")
    service.mails("ann@example.org", 3)
    service.settle()
    subjects = [message["Subject"] for message in service.mails("ann@example.org", 3)]
    assert len([subject for subject in subjects if "already" in subject]) == 1
    assert len(subjects) == 3


def test_erased_people_receive_nothing_again(service, newsletter):
    service.join("ann@example.org")
    service.mails("ann@example.org", 2)
    newsletter.run("subscribers", "forget", "ann@example.org")
    count = len(service.server.messages)
    assert service.subscribe("ann@example.org").status == 200
    service.subscribe("last@example.org")
    service.mails("last@example.org")
    assert len(service.server.messages) == count + 1


def test_at_most_three_confirmations_in_thirty_days(newsletter, server):
    for day in range(20, 26):
        newsletter.now = f"2026-11-{day}T12:00:00Z"
        with Service(newsletter, server) as service:
            service.subscribe("ann@example.org")
            service.subscribe("ann@example.org")
            service.settle()
    assert len(server.messages) == 3


def test_a_reminder_is_sent_once_if_configured(newsletter, server):
    with Service(newsletter, server, reminder="yes") as service:
        service.subscribe("ann@example.org")
        service.mails("ann@example.org")
        service.settle()
    for now in ("2026-11-21T13:00:00Z", "2026-11-22T11:00:00Z"):
        newsletter.now = now
        with Service(newsletter, server, reminder="yes") as service:
            service.mails("ann@example.org", 2)
            service.settle()
    assert len(server.messages) == 2
    link = paths(service.mails("ann@example.org", 2)[1])["confirm"]
    with Service(newsletter, server) as service:
        service.post(link, {})
        assert service.status("ann@example.org") == "confirmed"
