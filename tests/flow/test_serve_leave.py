"""Leaving, coming back, choosing and being erased, against the real service."""

import json
import re
import socket
import sqlite3
import types

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


def test_a_person_leaves_with_one_button_and_undoes_it(service):
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


def test_who_leaves_may_rather_pause(service):
    service.join("ann@example.org")
    links = paths(service.mails("ann@example.org", 2)[1])
    page = service.get(links["leave"]).text
    assert page.count("<button") == 1 and f'<a href="{links["preferences"]}">Pause it for some weeks</a>' in page
    service.subscribe("bob@example.org")
    pending = service.get(paths(service.mails("bob@example.org")[0])["leave"]).text
    assert "Pause" not in pending, "nothing comes that could be paused"


@pytest.fixture
def preferences(service):
    service.join("ann@example.org", name="Ann")
    message = service.mails("ann@example.org", 2)[1]
    return paths(message)["preferences"]


@pytest.fixture
def own(service, preferences):
    return service.own(preferences)


def forget_link(service):
    """Lets a fresh link be asked for without the quarter of an hour between two."""
    with sqlite3.connect(service.newsletter.folder / "verdicts.db", timeout=10) as database:
        database.execute("UPDATE outgoing SET created_at = created_at - 901 WHERE kind = 'own'")


def test_a_forwarded_copy_does_nothing_that_its_owner_cannot_undo(service, preferences):
    """Whoever has a copy presses every button of every page that its links lead to, and asks for what stood there."""
    message = service.mails("ann@example.org", 2)[1]
    links = paths(message)
    for wish in ({"do": "erase", "sure": "1"}, {"do": "erase"}, {"do": "move", "email": "thief@example.org"},
                 {"do": "save", "name": "Mallory"}, {"do": "name", "name": "Mallory"}, {"do": "link"}, {"do": "link"}):
        for path in (links["preferences"], links["preferences"].replace("/preferences/", "/own/")):
            page = service.post(path, wish)
            assert "/own/" not in page.text and "thief@" not in page.text
    assert service.get(links["preferences"] + "/data").status == 404
    assert service.get(links["preferences"].replace("/preferences/", "/own/") + "/data").status == 404
    service.settle()
    assert service.rows("SELECT name, status FROM subscriber") == [("Ann", "confirmed")]
    mailed = service.mails("ann@example.org", 3)[2:]
    assert len(mailed) == 1 and mailed[0]["Subject"].startswith("Your page at ")
    assert not [recipients for _, recipients, _ in service.server.messages if "thief@example.org" in recipients]
    # Leaving is undone by its owner, who is told of an undoing that was not the owner's.
    left = service.press(links["leave"])
    assert set(re.findall(r"/(\w+)/[a-z2-7]{40}", left.text)) == {"leave"}, "the page hands out no other token"
    back = service.press(links["leave"])
    assert "back on the list" in back.text and "/preferences/" not in back.text
    told = service.mails("ann@example.org", 4)[3]
    assert "back on the list" in told["Subject"] and "leave" in paths(told)


def test_leaving_is_taken_back_for_an_hour_and_by_confirming_afterwards(newsletter, server):
    with Service(newsletter, server) as service:
        link = service.join("ann@example.org")["leave"]
        service.mails("ann@example.org", 2)
        service.press(link)
        assert "put me back" in service.get(link).text
    newsletter.now = "2026-11-20T13:10:00Z"
    with Service(newsletter, server) as service:
        page = service.get(link)
        assert "put me back" not in page.text and "Sign up" in page.text
        assert "off the list" in service.post(link, {"do": "undo"}).text
        assert service.status("ann@example.org") == "left"
        service.subscribe("ann@example.org")
        service.press(paths(service.mails("ann@example.org", 3)[2])["confirm"])
        assert service.status("ann@example.org") == "confirmed"


def test_people_who_left_are_told_so_once_if_configured(newsletter, server):
    """One's own leaving and that by a copy that somebody else has look the same to us."""
    with Service(newsletter, server, leave_notice="yes") as service:
        link = service.join("ann@example.org")["leave"]
        service.mails("ann@example.org", 2)
        service.post(link, {"List-Unsubscribe": "One-Click"})
        told = service.mails("ann@example.org", 3)[2]
        assert told["Subject"].startswith("You have left") and told["List-Unsubscribe"] is None
        assert paths(told)["leave"] == link
        service.press(link)
        assert service.status("ann@example.org") == "confirmed"
        service.post(link, {"List-Unsubscribe": "One-Click"})
        service.post(link, {"List-Unsubscribe": "One-Click"})
        service.settle()
        assert [message["Subject"].split(" ")[2] for message in service.mails("ann@example.org", 4)[2:]] == ["left", "back"]
        # Who withdraws a request was never on the list.
        service.subscribe("bob@example.org")
        service.press(paths(service.mails("bob@example.org")[0])["leave"])
        service.settle()
        assert len(service.mails("bob@example.org")) == 1
    with Service(newsletter, server, leave_notice="no") as service:
        link = service.join("cleo@example.org")["leave"]
        service.mails("cleo@example.org", 2)
        service.press(link)
        service.settle()
        assert len(service.mails("cleo@example.org", 2)) == 2


AWAY = types.SimpleNamespace(url="smtp://127.0.0.1:1")


def test_an_erased_persons_address_is_kept_no_longer_than_the_last_mail(newsletter, server):
    with Service(newsletter, server) as service:
        service.join("ann@example.org")
        own = service.own(paths(service.mails("ann@example.org", 2)[1])["preferences"])
    newsletter.settings["deliver.max_age"] = "1h"
    with Service(newsletter, AWAY) as service:
        service.post(own, {"do": "erase", "sure": "1"})
        assert service.rows("SELECT kind, address FROM outgoing WHERE address <> ''") == [("erased", "ann@example.org")]
    newsletter.now = "2026-11-20T15:00:00Z"
    with Service(newsletter, AWAY) as service:
        wait_until(lambda: b"ann@example.org" not in service.content())


def test_the_link_to_ones_own_page_is_used_up_and_expires(newsletter, server):
    with Service(newsletter, server) as service:
        service.join("ann@example.org")
        preferences = paths(service.mails("ann@example.org", 2)[1])["preferences"]
        own = service.own(preferences)
        assert "a short while ago" in service.post(preferences, {"do": "link"}).text
        assert service.post(own, {"do": "name", "name": "Ann B"}).status == 200
        assert service.rows("SELECT name FROM subscriber") == [("Ann B",)]
        for answer in (service.get(own), service.get(own + "/data"), service.post(own, {"do": "erase", "sure": "1"})):
            assert answer.status == 410 and "has been used" in answer.text
    newsletter.now = "2026-11-20T12:20:00Z"
    with Service(newsletter, server) as service:
        own = service.own(preferences)
    newsletter.now = "2026-11-20T13:40:00Z"
    with Service(newsletter, server) as service:
        assert service.get(own).status == 410
        assert "expired" in service.post(own, {"do": "erase", "sure": "1"}).text
        assert service.status("ann@example.org") == "confirmed"


def test_topics_and_pause_are_kept(service, preferences):
    page = service.get(preferences)
    assert 'name="topic"' in page.text
    topic = service.rows("SELECT DISTINCT category FROM tool ORDER BY 1")[0][0]
    saved = service.post(preferences, {"do": "save", "topic": [topic, "No such topic"], "pause": "2"})
    assert saved.status == 200 and "Saved." in saved.text
    row = service.rows("SELECT name, topics, paused_until FROM subscriber WHERE address = 'ann@example.org'")[0]
    assert row[:2] == ("Ann", topic)
    assert row[2] > 1795176000 + 13 * 86400
    form = Form(service.get(preferences).text).forms[0]
    assert form["fields"]["topic"] == topic
    service.post(preferences, {"do": "save", "pause": "0"})
    assert service.rows("SELECT name, topics, paused_until FROM subscriber WHERE address = 'ann@example.org'") == [
        ("Ann", "", None)]


@pytest.mark.parametrize("pause", ["999", "13", "-1", "abc", "1.5"])
def test_a_pause_that_is_none_is_refused_and_nothing_is_saved(service, preferences, pause):
    page = service.post(preferences, {"do": "save", "name": "Ann B", "pause": pause})
    assert page.status == 422
    assert "A pause lasts from 1 to 12 weeks." in page.text and "Saved." not in page.text
    assert service.rows("SELECT name, paused_until FROM subscriber WHERE address = 'ann@example.org'") == [("Ann", None)]


def test_a_form_without_a_pause_leaves_it_as_it_is(service, preferences):
    service.post(preferences, {"do": "save", "pause": "2"})
    before = service.rows("SELECT name, paused_until FROM subscriber WHERE address = 'ann@example.org'")
    assert before[0][0] == "Ann" and before[0][1]
    assert service.post(preferences, {"do": "save"}).status == 200
    assert service.rows("SELECT name, paused_until FROM subscriber WHERE address = 'ann@example.org'") == before


def test_a_name_with_a_link_in_it_is_refused_and_kept_in_the_form(service, own):
    page = service.post(own, {"do": "name", "name": "win http://example.com"})
    assert page.status == 422
    assert "<title>Error: " in page.text
    assert "win http://example.com" in page.text


def test_another_address_is_confirmed_from_there(service, own):
    assert service.post(own, {"do": "move", "email": "nobody"}).status == 422
    page = service.post(own, {"do": "move", "email": "ann@example.net"})
    assert page.status == 200
    assert service.status("ann@example.net") is None
    message = service.mails("ann@example.net")[0]
    assert message["List-Unsubscribe"] is None
    done = service.press(paths(message)["address"])
    assert done.status == 200
    assert service.status("ann@example.net") == "confirmed"
    assert service.status("ann@example.org") is None
    assert "nothing left" in service.post(paths(message)["address"], {}).text.lower()
    notice = service.mails("ann@example.org", 4)[3]
    assert "goes to your new address" in notice["Subject"]
    assert notice["List-Unsubscribe"] is None, "the old address must not be able to end it"
    assert "ann@example.net" not in notice.as_string()
    assert service.get(own).status == 404, "a link that lies at the old address opens nothing"
    assert set(paths(notice)) == {"address"}
    assert "/preferences/" in done.text
    back = service.press(paths(notice)["address"])
    assert "in use again" in back.text and "example.net" not in back.text
    assert service.status("ann@example.org") == "confirmed" and service.status("ann@example.net") is None
    assert "nothing left" in service.get(paths(notice)["address"]).text.lower()


def test_the_mail_to_one_new_address_does_not_confirm_another(service, preferences):
    service.post(service.own(preferences), {"do": "move", "email": "mine@example.net"})
    link = paths(service.mails("mine@example.net")[0])["address"]
    forget_link(service)
    service.post(service.own(preferences), {"do": "move", "email": "victim@example.net"})
    service.mails("victim@example.net")
    assert "nothing left" in service.post(link, {}).text.lower()
    assert service.status("ann@example.org") == "confirmed"
    assert service.status("victim@example.net") is None


def test_moving_to_a_taken_address_says_the_same_and_sends_nothing(service, preferences):
    service.join("bob@example.org")
    service.mails("bob@example.org", 2)
    free = service.post(service.own(preferences), {"do": "move", "email": "free@example.org"})
    forget_link(service)
    taken = service.post(service.own(preferences), {"do": "move", "email": "bob@example.org"})
    assert taken.text.replace("bob@", "free@") == free.text
    service.mails("free@example.org")
    service.settle()
    assert len(service.mails("bob@example.org", 2)) == 2


def test_a_person_reads_all_that_is_kept(service, preferences, own):
    answer = service.get(own + "/data")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    data = json.loads(answer.body)
    assert data["address"] == "ann@example.org"
    assert [entry["kind"] for entry in data["consent"]] == ["asked", "confirmed"]
    assert data["consent"][0]["wording"].startswith("Send me the newsletter")
    assert data["consent"][0]["origin"] == "127.0.0.0/24"
    time = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    assert time.fullmatch(data["created_at"]) and time.fullmatch(data["confirmed_at"])
    assert data["paused_until"] is None and data["topics"] == []
    assert all(time.fullmatch(entry["at"]) for entry in data["consent"])
    assert data["left_at"] is None and data["left_reason"] is None and data["pending_address"] is None
    assert (data["bounce_score"], data["hard_bounces"], data["issues"], data["bounces"]) == (0, 0, [], [])
    # Two of them may be of one second.
    assert sorted((mail["kind"], mail["state"], mail["address"]) for mail in data["mails"]) == [
        (kind, "sent", "ann@example.org") for kind in ("confirm", "own", "welcome")]
    service.post(own, {"do": "move", "email": "ann@example.net"})
    forget_link(service)
    assert json.loads(service.get(service.own(preferences) + "/data").body)["pending_address"] == "ann@example.net"


def test_erasing_asks_once_and_then_leaves_nothing(service, preferences, own):
    ask = service.post(own, {"do": "erase"})
    assert "Yes, erase me" in ask.text
    assert service.status("ann@example.org") == "confirmed"
    done = service.post(own, {"do": "erase", "sure": "1"})
    assert done.status == 200
    assert service.get(own).status == 404
    # The last mail tells it, and takes the address with it.
    last = service.mails("ann@example.org", 4)[3]
    assert last["Subject"].startswith("Everything about you is erased") and last["List-Unsubscribe"] is None
    assert not re.search("[a-z2-7]{40}", last.as_string()), "no token"
    wait_until(lambda: b"ann@example.org" not in service.content())
    for path in (service.newsletter.folder / "verdicts.db", service.newsletter.folder / "verdicts.db-wal"):
        wait_until(lambda name=path: not name.exists() or b"ann@example.org" not in name.read_bytes())
    assert service.get(preferences).status == 404
    assert service.post(preferences, {"do": "save", "name": "x"}).status == 404


def test_a_script_does_not_see_success_before_the_erasure(service, own):
    def post(**fields):
        answer = service.ask("POST", own, json.dumps(fields), {"Content-Type": "application/json"})
        return answer.status, json.loads(answer.body)

    status, answer = post(do="erase")
    assert status == 422 and answer["ok"] is False and "sure" in answer["message"]
    assert service.status("ann@example.org") == "confirmed"
    status, answer = post(do="erase", sure=True)
    assert status == 200 and answer["ok"] is True
    assert service.status("ann@example.org") is None


def test_status_reports_growth_and_churn(service, newsletter, preferences):
    service.join("bob@example.org")
    service.join("cleo@example.org")
    service.post(paths(service.mails("bob@example.org", 2)[1])["leave"], {})
    status = newsletter.json("status", "--json")
    assert (status["joined"], status["left"]) == (3, 1)
    assert "3 joined, 1 left" in newsletter.run("status").stdout


def test_people_who_left_choose_nothing_but_read_and_erase_their_data(service, preferences):
    service.join("bob@example.org")
    links = paths(service.mails("bob@example.org", 2)[1])
    service.press(links["leave"])
    page = service.get(links["preferences"])
    assert page.status == 200 and "You are not on the list" in page.text
    before = service.content()
    service.post(links["preferences"], {"do": "save", "name": "Bob", "pause": "2"})
    service.post(links["preferences"], {"do": "move", "email": "new@example.org"})
    assert service.content() == before
    own = service.own(links["preferences"])
    before = service.content()
    for wish in ({"do": "move", "email": "new@example.org"}, {"do": "name", "name": "Bob"}):
        answer = service.post(own, wish)
        assert answer.status == 409 and "You are not on the list" in answer.text
    assert service.content() == before
    assert json.loads(service.get(own + "/data").body)["status"] == "left"
    service.post(own, {"do": "erase", "sure": "1"})
    wait_until(lambda: b"bob@example.org" not in service.content())
    assert service.get(links["preferences"]).status == 404
    assert service.get(preferences).status == 200


def test_people_who_bounced_and_leave_are_not_brought_back_by_a_release(service, newsletter):
    links = service.join("ann@example.org")
    newsletter_database = service.newsletter.folder / "verdicts.db"
    with sqlite3.connect(newsletter_database, timeout=10) as database:
        database.execute("UPDATE subscriber SET status = 'bounced', left_at = 1")
    page = service.press(links["leave"])
    assert page.status == 200
    assert service.status("ann@example.org") == "left"
    assert "<form" not in page.text, "an address that bounced comes back by confirming anew"
