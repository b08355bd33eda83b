"""What a stranger at the form does to others: whoever sends most shuts nobody out, and floods no mailbox."""

import contextlib
import sqlite3

import pytest

from service import Form, Service, paths

GMAIL = "gmail.com"  # a provider with its own rules; nobody reads an address of it out of this file


def ask(service, address, client):
    """A sign-up from a client behind our proxy."""
    return service.subscribe(address, {"X-Forwarded-For": client})


PROXY = {"trusted_proxy": "127.0.0.1", "limit_unstamped": "none"}


@pytest.mark.parametrize("short", [{"limit_domain": "20/h"}, {"limit_all": "20/h"}], ids=["of a domain", "of all"])
def test_one_customer_of_a_provider_shuts_nobody_out(newsletter, server, short):
    """A /48 has 65,536 networks of the size that is counted first."""
    with Service(newsletter, server, limit_network="3/h", **PROXY, **short) as service:
        passed = [ask(service, f"x{i}@{GMAIL}", f"2001:db8:1:{i << 8:x}::1").status for i in range(40)].count(200)
        assert passed == 12, "four times as many as one network"
        page = ask(service, f"ann@{GMAIL}", "2001:db8:2::1")
        assert page.status == 200
        service.mails(f"ann@{GMAIL}")


def test_when_many_networks_use_up_the_shared_limit_a_network_that_sent_nothing_is_accepted(newsletter, server):
    with Service(newsletter, server, limit_domain="5/h", limit_all="5/h", limit_network="3/h", **PROXY) as service:
        for i in range(12):
            ask(service, f"x{i}@{GMAIL}", f"2001:db8:{i + 1:x}::1")
        assert ask(service, f"y@{GMAIL}", "2001:db8:1::1").status == 429
        assert ask(service, f"ann@{GMAIL}", "203.0.113.9").status == 200
        service.mails(f"ann@{GMAIL}")


def test_forty_spellings_of_one_mailbox_are_one_mailbox(newsletter, server):
    with Service(newsletter, server, limit_address="3/d", limit_network="none", limit_domain="none",
                 limit_unstamped="none") as service:
        spellings = [f"{a}n{b}n+{tag}@{domain}" for a in ("a", "a.") for b in ("", ".") for tag in range(5)
                     for domain in (GMAIL, "googlemail.com")]
        assert len(set(spellings)) == 40
        assert [service.subscribe(address).status for address in spellings].count(200) == 3
        service.settle()
        assert len(server.messages) == 3


def test_two_proxies_in_a_row_are_looked_through_to_the_client(newsletter, server):
    with Service(newsletter, server, trusted_proxy="127.0.0.1,10.0.0.0/8", limit_network="1/d", limit_unstamped="none") as service:
        def status(address, forwarded):
            return service.subscribe(address, headers={"X-Forwarded-For": forwarded}).status

        assert status("a@example.org", "203.0.113.9, 10.1.2.3") == 200
        assert status("b@example.org", "203.0.113.9, 10.1.2.4") == 429
        assert status("c@example.org", "192.0.2.9, 10.1.2.3") == 200
        assert status("d@example.org", "198.51.100.7, 203.0.113.9, 10.9.9.9") == 429, "what stands before the client is the client's"


def test_past_a_limit_what_was_typed_is_kept(newsletter, server):
    with Service(newsletter, server, limit_network="1/d") as service:
        service.subscribe("a@example.org")
        page = service.subscribe("ann@example.org", name="Ann B")
        assert page.status == 429 and int(page.headers["Retry-After"]) > 0
        kept = Form(page.text).forms[0]["fields"]
        assert (kept["email"], kept["name"]) == ("ann@example.org", "Ann B")


@pytest.mark.parametrize("status", ["pending", "left", "bounced", "complained"])
def test_a_stranger_who_signs_somebody_up_shuts_them_out_for_thirty_days_at_most(newsletter, server, status):
    newsletter.add_readers(1)
    with contextlib.closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database, database:
        database.execute("UPDATE subscriber SET status = ?, left_at = CASE WHEN ? <> 'pending' THEN 1795100000 END",
                         (status, status))
    for now in ("2026-11-20T12:00:00Z", "2026-11-20T12:20:00Z", "2026-11-20T12:40:00Z", "2026-11-20T13:00:00Z"):
        newsletter.now = now
        with Service(newsletter, server) as service:
            service.subscribe("reader0@example.org")
            service.settle()
    assert len(server.messages) == 3
    newsletter.now = "2026-12-21T12:00:00Z"
    with Service(newsletter, server) as service:
        service.subscribe("reader0@example.org")
        service.press(paths(service.mails("reader0@example.org", 4)[3])["confirm"])
        assert service.status("reader0@example.org") == "confirmed"


def test_people_who_leave_and_return_on_one_day_receive_a_mail(newsletter, server):
    with Service(newsletter, server) as service:
        link = service.join("ann@example.org")["leave"]
        service.mails("ann@example.org", 2)
        service.press(link)
    newsletter.now = "2026-11-20T14:00:00Z"
    with Service(newsletter, server) as service:
        service.subscribe("ann@example.org")
        service.press(paths(service.mails("ann@example.org", 3)[2])["confirm"])
        assert service.status("ann@example.org") == "confirmed"


def test_where_nobody_reads_mail_no_address_to_leave_by_mail_is_promised(newsletter, server):
    with Service(newsletter, server) as service:
        service.join("ann@example.org")
        service.mails("ann@example.org", 2)
        newsletter.import_samples()
        newsletter.run("weekly")
        for message in service.mails("ann@example.org", 3):
            assert "https://" in message["List-Unsubscribe"] and "mailto:" not in message["List-Unsubscribe"]
            assert "unsubscribe+" not in message.as_string() and "confirm+" not in message.as_string()
