"""Coming back after having left for good: by confirming anew, and by an operator's hand."""

import contextlib
import sqlite3

import pytest

from service import Service, paths

ANN = "ann@example.org"


def complain(newsletter):
    """What a proven complaint makes of everybody on the list."""
    with contextlib.closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database, database:
        database.execute("UPDATE subscriber SET status = 'complained', left_reason = 'reported an issue as spam', "
                         "left_at = 1795176000 + 3600")


def rows(newsletter, sql):
    with contextlib.closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database:
        return database.execute(sql).fetchall()


def erase(service, address):
    own = service.own(paths(service.mails(address, 2)[1])["preferences"])
    assert service.post(own, {"do": "erase", "sure": "1"}).status == 200


@pytest.mark.parametrize("before", ["complained", "erased"])
def test_people_who_complained_or_were_erased_return_by_confirming_again(newsletter, server, before):
    with Service(newsletter, server) as service:
        old = service.join(ANN)["confirm"]
        service.settle()
        if before == "erased":
            erase(service, ANN)
            service.settle()
    if before == "complained":
        complain(newsletter)
    newsletter.now = "2026-11-20T14:30:00Z"
    count = len(server.messages)
    with Service(newsletter, server) as service:
        # The link of before brings nobody back, and neither does a list that somebody has kept.
        assert service.post(old, {}).status in (404, 410)
        newsletter.run("subscribers", "add", ANN, expect=65)
        assert service.subscribe(ANN).status == 200
        service.settle()
        assert len(server.messages) == count + 1
        fresh = paths(service.mails(ANN, count + 1)[count])["confirm"]
        assert "You’re on the list" in service.press(fresh).text
        assert service.status(ANN) == "confirmed"
        assert service.rows("SELECT count(*) FROM suppression") == [(0,)]
        assert service.consent(ANN)[-2:] == ["asked", "confirmed"]


def test_an_expired_link_of_who_complained_offers_a_fresh_one_that_works(newsletter, server):
    with Service(newsletter, server) as service:
        link = service.join(ANN)["confirm"]
        service.settle()
    complain(newsletter)
    newsletter.now = "2026-11-20T14:30:00Z"
    with Service(newsletter, server) as service:
        assert service.get(link).status == 410
        service.press(link)
        service.press(paths(service.mails(ANN, 3)[2])["confirm"])
        assert service.status(ANN) == "confirmed"


def test_an_address_that_an_operator_has_put_away_is_not_asked_and_allowed_by_hand(newsletter, server):
    with Service(newsletter, server) as service:
        service.join(ANN)
        service.settle()
        newsletter.run("subscribers", "forget", ANN)
        count = len(server.messages)
        page = service.subscribe(ANN)
        assert "not at all if its owner has asked us" in page.text, "the page promises no mail that is not sent"
        service.settle()
        assert len(server.messages) == count
    assert rows(newsletter, "SELECT count(*) FROM suppression") == [(1,)]
    done = newsletter.run("subscribers", "allow", ANN, expect=64)
    assert "--wording" in done.stderr
    done = newsletter.run("subscribers", "allow", ANN, "--wording", "asked by letter, 2026-11-20")
    assert done.stdout == f"{ANN} is on the list again\n"
    assert rows(newsletter, "SELECT count(*) FROM suppression") == [(0,)]
    assert rows(newsletter, f"SELECT status, kind, wording, form FROM subscriber s JOIN consent c ON c.subscriber_id = s.id "
                            f"WHERE address = '{ANN}'") == [
        ("confirmed", "added", "asked by letter, 2026-11-20", "allowed by command")]


@pytest.mark.parametrize("status", ["left", "bounced", "complained"])
def test_allow_puts_back_whoever_is_off_the_list(newsletter, status):
    newsletter.add_readers(1)
    with contextlib.closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database, database:
        database.execute("UPDATE subscriber SET status = ?, left_at = 1795176000", (status,))
    newsletter.run("subscribers", "allow", "Reader0@example.org", "--wording", "asked at the stand")
    assert rows(newsletter, "SELECT status, left_at FROM subscriber") == [("confirmed", None)]
    assert "already" in newsletter.run("subscribers", "allow", "reader0@example.org", "--wording", "x").stdout


def test_allow_says_where_there_is_nothing_to_allow(newsletter):
    done = newsletter.run("subscribers", "allow", ANN, "--wording", "asked", expect=66)
    assert "subscribers add" in done.stderr
    newsletter.run("subscribers", "add", ANN)
    newsletter.run("subscribers", "allow", ANN, "--wording", "asked", expect=66)
    newsletter.run("subscribers", "allow", "ann", "--wording", "asked", expect=65)
    newsletter.run("subscribers", "allow", "--wording", "asked", expect=64)


def days(newsletter, server, dates, act):
    """How many mails came on each of the days; a service starts anew on each, and does its chores."""
    counts = []
    for date in dates:
        before = len(server.messages)
        newsletter.now = f"2026-{date}T12:00:00Z"
        with Service(newsletter, server) as service:
            service.subscribe(ANN)
            service.settle()
            counts.append(len(server.messages) - before)
            if counts[-1]:
                act(service, paths(service.mails(ANN, len(server.messages))[-1]))
    return counts


def test_people_who_withdraw_each_time_are_mailed_three_times_in_thirty_days_all_the_same(newsletter, server):
    dates = ("11-01", "11-05", "11-09", "11-13", "11-30", "12-10")
    assert days(newsletter, server, dates, lambda service, links: service.press(links["leave"])) == [1, 1, 1, 0, 0, 1]
    assert rows(newsletter, "SELECT count(*) FROM subscriber") == [(0,)]


def test_a_dropped_request_keeps_its_counts(newsletter, server):
    dates = ("11-01", "11-26", "11-27", "12-02", "12-03", "12-04")
    assert days(newsletter, server, dates, lambda service, links: None) == [1, 1, 1, 1, 0, 0]


def test_a_new_address_that_was_erased_before_is_confirmed_from_there(newsletter, server):
    with Service(newsletter, server) as service:
        service.join("old@example.org")
        service.mails("old@example.org", 2)
        erase(service, "old@example.org")
        service.join(ANN)
        own = service.own(paths(service.mails(ANN, 2)[1])["preferences"])
        assert service.post(own, {"do": "move", "email": "old@example.org"}).status == 200
        service.settle()
        link = paths(service.mails("old@example.org", len([1 for _, to, _ in server.messages if "old@example.org" in to]))[-1])["address"]
        service.press(link)
        assert service.status("old@example.org") == "confirmed"
        assert service.rows("SELECT count(*) FROM suppression") == [(0,)]
