"""Leaving, coming back, choosing and being erased, against the real service."""

import json
import re
import socket
import sqlite3

import pytest

from service import Form, Service, paths, wait_until


@pytest.fixture
def service(newsletter, server):
    newsletter.import_samples()
    with Service(newsletter, server) as running:
        yield running


MULTIPART = (b"--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n")


@pytest.mark.parametrize("kind, body", [
    ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click"),
    ("multipart/form-data; boundary=b", MULTIPART),
    (None, b"List-Unsubscribe=One-Click"),
])
def test_one_click_leaves_at_once(service, kind, body):
    link = service.join("ann@example.org")["leave"]
    for _ in range(2):
        answer = service.ask("POST", link, body, {"Content-Type": kind} if kind else {})
        assert answer.status == 200
        assert answer.headers["Set-Cookie"] is None
        assert answer.headers["Location"] is None
        assert service.status("ann@example.org") == "left"
    assert service.consent("ann@example.org") == ["asked", "confirmed", "left"]


def say_to(service, head, body=b""):
    """The status of what a raw request is answered."""
    host, port = service.address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode() + b"\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return int(connection.makefile("rb").readline().split()[1])


def put_back(service):
    with sqlite3.connect(service.newsletter.folder / "verdicts.db", timeout=10) as database:
        database.execute("UPDATE subscriber SET status = 'confirmed', left_at = NULL")


def test_a_post_leaves_whatever_its_body_and_type_say(service):
    link = service.join("ann@example.org")["leave"]
    for kind, body in (("text/plain", b"List-Unsubscribe=One-Click"), ("text/plain", b""), ("", b"x"),
                       ("application/octet-stream", b"\0\xff"), ("application/json", b""), ("application/json", b"{"),
                       ("application/json", b"{}"), ("application/xml", b"<a/>"), ("multipart/form-data", b"x"),
                       ("multipart/form-data; boundary=b", b"--c"), ("image/png; charset=", b"do=undo"),
                       ("application/x-www-form-urlencoded", b"x=1&" * 200),
                       ("application/x-www-form-urlencoded", b"x" * 100000), ("text/plain", b"x" * 100000)):
        answer = service.ask("POST", link, body, {"Content-Type": kind})
        assert answer.status == 200, (kind, body[:20], answer.status)
        assert service.status("ann@example.org") == "left", (kind, body[:20])
        put_back(service)


def test_a_post_leaves_however_its_target_is_written(service):
    link = service.join("ann@example.org")["leave"]
    for target in ("http://news.example.org" + link, "HTTPS://x" + link, "/" + link, "/." + link, "/.//" + link,
                   *(link + stuck for stuck in (".", ")", ">", "%20", "%0A", "%0D%0A", "/", "?x=1", ",", "%3E.", "%22")),
                   link.replace("/leave/", "/leave/%3C"), link.replace("/leave/", "//leave/./"), link.upper().replace("LEAVE", "leave")):
        status = say_to(service, f"POST {target} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded",
                        b"List-Unsubscribe=One-Click")
        assert status == 200, (target, status)
        assert service.status("ann@example.org") == "left", target
        put_back(service)
    assert "unsubscribe me" in service.get(link + ")").text
    twice = f"POST {link} HTTP/1.1\r\nTransfer-Encoding: chunked"
    assert say_to(service, twice) == 200 and service.status("ann@example.org") == "left"


@pytest.mark.parametrize("token", ["x", "a" * 40, "%00", "../../etc/passwd", "a" * 4000])
def test_one_click_with_an_unknown_token_is_answered_200(service, token):
    if token == "%00":
        assert service.post("/leave/%00", {"List-Unsubscribe": "One-Click"}).status == 400
        return
    before = service.content()
    assert service.post(f"/leave/{token}", {"List-Unsubscribe": "One-Click"}).status == 200
    assert service.content() == before


def test_the_link_of_the_confirmation_mail_ends_a_pending_request(service):
    service.subscribe("ann@example.org")
    links = paths(service.mails("ann@example.org")[0])
    assert service.post(links["leave"], {"List-Unsubscribe": "One-Click"}).status == 200
    assert service.status("ann@example.org") is None
    service.settle()
    assert b"ann@example.org" not in service.content(), "nothing is left of what a stranger may have asked"
    assert service.post(links["leave"], {"List-Unsubscribe": "One-Click"}).status == 200
    assert service.post(links["confirm"], {}).status == 404
    # Nor is the person written to once more on the same day.
    assert service.subscribe("ann@example.org").status == 200
    service.subscribe("last@example.org")
    service.mails("last@example.org")
    assert len(service.mails("ann@example.org")) == 1


def test_a_pending_person_withdraws_by_the_button(service):
    service.subscribe("ann@example.org")
    links = paths(service.mails("ann@example.org")[0])
    service.settle()
    page = service.press(links["leave"])
    assert page.status == 200 and "off the list" in page.text
    assert "<form" not in page.text, "there is nothing to come back to"
    assert service.status("ann@example.org") is None


def test_a_person_leaves_by_one_button_and_takes_it_back(service):
    link = service.join("ann@example.org")["leave"]
    page = service.press(link)
    assert page.status == 200
    assert "off the list" in page.text
    assert service.status("ann@example.org") == "left"
    again = service.get(link)
    assert "off the list" in again.text
    back = service.press(link)
    assert "back on the list" in back.text
    assert service.status("ann@example.org") == "confirmed"
    assert service.consent("ann@example.org") == ["asked", "confirmed", "left", "undone"]


def test_the_confirm_and_leave_pages_are_one_form_with_one_button(service):
    service.subscribe("bob@example.org")
    links = paths(service.mails("bob@example.org")[0])
    for path in (links["confirm"], links["leave"]):
        page = service.get(path).text
        assert page.count("<button") == 1
        assert page.count("<form") == 1
        assert "<script" not in page


@pytest.fixture
def preferences(service):
    service.join("ann@example.org", name="Ann")
    message = service.mails("ann@example.org", 2)[1]
    return paths(message)["preferences"]


def test_topics_name_and_pause_are_kept(service, preferences):
    page = service.get(preferences)
    assert 'name="topic"' in page.text
    topic = service.rows("SELECT DISTINCT category FROM tool ORDER BY 1")[0][0]
    saved = service.post(preferences, {"do": "save", "topic": [topic, "No such topic"], "pause": "2", "name": "Ann  B"})
    assert saved.status == 200 and "Saved." in saved.text
    row = service.rows("SELECT name, topics, paused_until FROM subscriber WHERE address = 'ann@example.org'")[0]
    assert row[:2] == ("Ann B", topic)
    assert row[2] > 1795176000 + 13 * 86400
    form = Form(service.get(preferences).text).forms[0]
    assert form["fields"]["topic"] == topic
    service.post(preferences, {"do": "save", "pause": "0", "name": ""})
    assert service.rows("SELECT name, topics, paused_until FROM subscriber WHERE address = 'ann@example.org'") == [
        ("", "", None)]


@pytest.mark.parametrize("pause", ["999", "13", "-1", "abc", "1.5"])
def test_a_pause_that_is_none_is_refused_and_nothing_is_saved(service, preferences, pause):
    page = service.post(preferences, {"do": "save", "name": "Ann B", "pause": pause})
    assert page.status == 422
    assert "A pause lasts from 1 to 12 weeks." in page.text and "Saved." not in page.text
    assert service.rows("SELECT name, paused_until FROM subscriber WHERE address = 'ann@example.org'") == [("Ann", None)]


def test_a_form_without_a_name_or_a_pause_leaves_both_as_they_are(service, preferences):
    service.post(preferences, {"do": "save", "name": "Ann B", "pause": "2"})
    before = service.rows("SELECT name, paused_until FROM subscriber WHERE address = 'ann@example.org'")
    assert before[0][0] == "Ann B" and before[0][1]
    assert service.post(preferences, {"do": "save"}).status == 200
    assert service.rows("SELECT name, paused_until FROM subscriber WHERE address = 'ann@example.org'") == before


def test_a_name_with_a_link_in_it_is_refused_and_kept_in_the_form(service, preferences):
    page = service.post(preferences, {"do": "save", "name": "win http://example.com"})
    assert page.status == 422
    assert "<title>Error: " in page.text
    assert "win http://example.com" in page.text


def test_another_address_is_confirmed_from_there(service, preferences):
    page = service.post(preferences, {"do": "move", "email": "ann@example.net"})
    assert page.status == 200
    assert service.status("ann@example.net") is None
    message = service.mails("ann@example.net")[0]
    assert message["List-Unsubscribe"] is None
    done = service.press(paths(message)["address"])
    assert done.status == 200
    assert service.status("ann@example.net") == "confirmed"
    assert service.status("ann@example.org") is None
    assert "nothing left" in service.post(paths(message)["address"], {}).text.lower()
    notice = service.mails("ann@example.org", 3)[2]
    assert "goes to your new address" in notice["Subject"]
    assert notice["List-Unsubscribe"] is None, "the old address must not be able to end it"
    assert "ann@example.net" not in notice.as_string()
    assert set(paths(notice)) == {"address"}
    assert "/preferences/" in done.text
    back = service.press(paths(notice)["address"])
    assert "in use again" in back.text and "example.net" not in back.text
    assert service.status("ann@example.org") == "confirmed" and service.status("ann@example.net") is None
    assert "nothing left" in service.get(paths(notice)["address"]).text.lower()


def test_the_mail_to_one_new_address_does_not_confirm_another(service, preferences):
    service.post(preferences, {"do": "move", "email": "mine@example.net"})
    link = paths(service.mails("mine@example.net")[0])["address"]
    service.post(preferences, {"do": "move", "email": "victim@example.net"})
    service.mails("victim@example.net")
    assert "nothing left" in service.post(link, {}).text.lower()
    assert service.status("ann@example.org") == "confirmed"
    assert service.status("victim@example.net") is None


def test_moving_to_a_taken_address_says_the_same_and_sends_nothing(service, preferences):
    service.join("bob@example.org")
    service.mails("bob@example.org", 2)
    free = service.post(preferences, {"do": "move", "email": "free@example.org"})
    taken = service.post(preferences, {"do": "move", "email": "bob@example.org"})
    assert taken.text.replace("bob@", "free@") == free.text
    service.mails("free@example.org")
    service.settle()
    assert len(service.mails("bob@example.org", 2)) == 2


def test_a_person_reads_all_that_is_kept(service, preferences):
    answer = service.get(preferences + "/data")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    data = json.loads(answer.body)
    assert data["address"] == "ann@example.org"
    assert [entry["kind"] for entry in data["consent"]] == ["asked", "confirmed"]
    assert data["consent"][0]["wording"].startswith("Send me the newsletter")
    assert data["consent"][0]["origin"] == "127.0.0.0/24"
    time = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    assert time.fullmatch(data["created_at"]) and time.fullmatch(data["confirmed_at"])
    assert data["paused_until"] is None
    assert all(time.fullmatch(entry["at"]) for entry in data["consent"])
    assert data["left_at"] is None and data["left_reason"] is None and data["pending_address"] is None
    assert (data["bounce_score"], data["hard_bounces"], data["issues"], data["bounces"]) == (0, 0, [], [])
    assert [(mail["kind"], mail["state"], mail["address"]) for mail in data["mails"]] == [
        ("confirm", "sent", "ann@example.org"), ("welcome", "sent", "ann@example.org")]
    service.post(preferences, {"do": "move", "email": "ann@example.net"})
    assert json.loads(service.get(preferences + "/data").body)["pending_address"] == "ann@example.net"


def test_erasing_asks_once_and_then_leaves_nothing(service, preferences):
    ask = service.post(preferences, {"do": "erase"})
    assert "Yes, erase me" in ask.text
    assert service.status("ann@example.org") == "confirmed"
    done = service.post(preferences, {"do": "erase", "sure": "1"})
    assert done.status == 200
    assert b"ann@example.org" not in service.content()
    for path in (service.newsletter.folder / "verdicts.db", service.newsletter.folder / "verdicts.db-wal"):
        wait_until(lambda name=path: not name.exists() or b"ann@example.org" not in name.read_bytes())
    assert service.get(preferences).status == 404
    assert service.post(preferences, {"do": "save", "name": "x"}).status == 404


def test_a_script_is_not_told_that_all_is_well_before_it_is_erased(service, preferences):
    def post(**fields):
        answer = service.ask("POST", preferences, json.dumps(fields), {"Content-Type": "application/json"})
        return answer.status, json.loads(answer.body)

    status, answer = post(do="erase")
    assert status == 422 and answer["ok"] is False and "sure" in answer["message"]
    assert service.status("ann@example.org") == "confirmed"
    status, answer = post(do="erase", sure=True)
    assert status == 200 and answer["ok"] is True
    assert service.status("ann@example.org") is None


def test_status_tells_growth_and_churn(service, newsletter, preferences):
    service.join("bob@example.org")
    service.join("cleo@example.org")
    service.post(paths(service.mails("bob@example.org", 2)[1])["leave"], {})
    status = newsletter.json("status", "--json")
    assert (status["joined"], status["left"]) == (3, 1)
    assert "3 joined, 1 left" in newsletter.run("status").stdout


def test_who_left_chooses_nothing_but_reads_and_erases_what_is_kept(service, preferences):
    service.join("bob@example.org")
    links = paths(service.mails("bob@example.org", 2)[1])
    left = service.press(links["leave"])
    assert links["preferences"] in left.text
    page = service.get(links["preferences"])
    assert page.status == 200 and "You are not on the list" in page.text
    before = service.content()
    service.post(links["preferences"], {"do": "save", "name": "Bob", "pause": "2"})
    service.post(links["preferences"], {"do": "move", "email": "new@example.org"})
    assert service.content() == before
    assert json.loads(service.get(links["preferences"] + "/data").body)["status"] == "left"
    service.post(links["preferences"], {"do": "erase", "sure": "1"})
    assert b"bob@example.org" not in service.content()
    assert service.get(links["preferences"]).status == 404
    assert service.get(preferences).status == 200


def test_who_bounced_and_leaves_is_not_brought_back_by_a_release(service, newsletter):
    links = service.join("ann@example.org")
    newsletter_database = service.newsletter.folder / "verdicts.db"
    with sqlite3.connect(newsletter_database, timeout=10) as database:
        database.execute("UPDATE subscriber SET status = 'bounced', left_at = 1")
    page = service.press(links["leave"])
    assert page.status == 200
    assert service.status("ann@example.org") == "left"
    assert "<form" not in page.text, "an address that bounced comes back by confirming anew"
