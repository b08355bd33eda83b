"""What the operator of the signup service relies on: reloading, logs, the feed, the proxy, the secrets."""

import concurrent.futures
import email
import email.policy
import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import urllib.parse
import xml.etree.ElementTree

import pytest

from newsletter import ROOT
from nginx_server import NGINX, Nginx
from service import Answer, Form, Service, paths, wait_until, worker_pids

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://news.example.org"


@pytest.fixture
def service(newsletter, server):
    newsletter.import_samples()
    with Service(newsletter, server) as running:
        yield running


# --- reading anew ---

@pytest.fixture
def pages(newsletter, tmp_path):
    newsletter.settings["pages_dir"] = str(tmp_path / "own")
    folder = tmp_path / "own" / "pages"
    folder.mkdir(parents=True)
    return folder


def test_a_broken_settings_file_or_page_keeps_the_old_ones_and_says_so(newsletter, server, pages):
    conf = newsletter.folder / "verdicts.conf"
    whole = conf.read_text()
    with Service(newsletter, server, verbose=True) as service:
        conf.write_text(whole.replace("subscribe {", "subscribe {\n  consent = 'Yes please.'"))
        service.hang_up()
        wait_until(lambda: "Yes please." in service.get("/").text)

        conf.write_text(whole.replace("subscribe {", "subscribe {\n  consent = 'Worse.'\n  nonsense = 1"))
        service.hang_up()
        service.await_log("what=settings", 2)  # both processes say so
        assert "Yes please." in service.get("/").text

        conf.write_text(whole)
        (pages / "signup.html.mustache").write_text("{{#open}} never closed")
        service.hang_up()
        service.await_log("what=pages")
        answer = service.get("/")
        assert answer.status == 200 and "never closed" not in answer.text and "Subscribe" in answer.text

        (pages / "signup.html.mustache").write_text("<p>OUR OWN</p>")
        service.hang_up()
        wait_until(lambda: "OUR OWN" in service.get("/").text)
    assert "nonsense" in service.errors and "signup.html.mustache" in service.errors


def test_another_database_or_place_takes_a_restart(newsletter, server, tmp_path):
    conf = newsletter.folder / "verdicts.conf"
    with Service(newsletter, server, verbose=True) as service:
        conf.write_text("database = 'other.db'\n" + conf.read_text().replace("database =", "#"))
        service.hang_up()
        service.await_log("another database takes a restart", 2)
        assert service.subscribe("ann@example.org").status == 200
        service.mails("ann@example.org")
    assert not (newsletter.folder / "other.db").exists()


def test_the_trusted_proxy_is_read_anew_and_a_mailer_that_died_knows_the_new_settings(newsletter, server, pages):
    conf = newsletter.folder / "verdicts.conf"
    with Service(newsletter, server) as service:
        def origin(address):
            service.subscribe(address, headers={"X-Forwarded-For": "203.0.113.9"})
            return service.rows("SELECT origin FROM consent c JOIN subscriber s ON s.id = c.subscriber_id "
                                "WHERE s.address = ?", address)[0][0]

        assert origin("a@example.org") == "127.0.0.0/24"
        text = re.sub(r"#? *postal_address = .*", "postal_address = 'New Street 5'", conf.read_text(), count=1)
        conf.write_text(text.replace("subscribe {", "subscribe {\n  trusted_proxy = '127.0.0.1'"))
        service.hang_up()
        wait_until(lambda: "New Street 5" in service.get("/").text)
        assert origin("b@example.org") == "203.0.113.0/24"
        service.mails("b@example.org")
        mailer = next(pid for pid in worker_pids(service)
                      if "Seccomp:\t0" in open(f"/proc/{pid}/status", encoding="ascii").read())
        os.kill(mailer, signal.SIGKILL)
        service.subscribe("c@example.org")
        assert "New Street 5" in service.mails("c@example.org")[0].get_body(("plain",)).get_content()
    assert service.errors.count("header=X-Forwarded-For") == 1, "a proxy that is not trusted is told of, once"


def test_it_does_not_start_with_a_broken_page_or_mail(newsletter, server, pages):
    newsletter.settings["smtp.url"] = server.url
    (pages / "leave.html.mustache").write_text("{{#open}}")
    done = newsletter.run("serve", expect=65)
    assert "leave.html.mustache" in done.stderr
    (pages / "leave.html.mustache").unlink()
    mails = pages.parent / "mails"
    mails.mkdir()
    for text, words in {"{{/closed}}": "welcome.txt.mustache:1:",
                        "Subject: Welcome\n\nHello {{nme}}\n": 'welcome.txt.mustache:3:7: there is no "nme"',
                        "Subject: Welcome\n\n{{#last_issue}}{{subjct}}{{/last_issue}}\n": 'there is no "subjct"',
                        "Welcome\n": "own/mails/welcome.txt.mustache:1:1: the first line must be"}.items():
        (mails / "welcome.txt.mustache").write_text(text)
        assert words in newsletter.run("serve", expect=65).stderr


# --- logs and secrets ---

def test_the_log_names_routes_and_no_people(newsletter, server):
    newsletter.import_samples()
    with Service(newsletter, server, verbose=True) as service:
        links = service.join("ann@example.org", name="Ann Ahlgren")
        mine = paths(service.mails("ann@example.org", 2)[1])
        service.post(mine["preferences"], {"do": "save", "pause": "2"})
        own = service.own(mine["preferences"])
        service.get(own + "/data")
        service.post(own, {"do": "move", "email": "new@example.org"})
        service.get("/?email=ann@example.org")
        service.get("/nowhere/ann@example.org", Referer="https://www.example.org/ann@example.org")
        service.ask("ann@example.org", "/")
        service.subscribe("ann@example")
        service.post(links["leave"], {"List-Unsubscribe": "One-Click"})
        service.mails("new@example.org")
        service.settle()
    log = service.errors
    assert "web answered method=POST route=/confirm/* status=200" in log
    assert "web answered method=POST route=/leave/* status=200" in log
    assert "route=- status=404" in log
    for word in ("ann@", "new@", "Ann", "ann%40", "127.0.0.1", *(path.rsplit("/", 1)[1] for path in links.values())):
        assert word not in log.replace(server.url.removeprefix("smtp://"), ""), word


def memory_holds(pid, words):
    """Which of the words stand in memory that a process can write to."""
    found = set()
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            start, end = (int(part, 16) for part in span.split("-"))
            if rights.startswith("rw") and end - start < 256 * 1024 * 1024:
                try:
                    memory.seek(start)
                    content = memory.read(end - start)
                except OSError:
                    continue
                found.update(word for word in words if word in content)
    return found


def test_the_http_process_never_has_the_password_of_the_relay(newsletter, server):
    secret, known = b"jackdaws-love-my-big-sphinx", b"Send me the newsletter once a week"
    (newsletter.folder / "password").write_bytes(secret)
    (newsletter.folder / "password").chmod(0o600)
    newsletter.settings.update({"smtp.username": "ann", "smtp.password_file": str(newsletter.folder / "password")})
    with Service(newsletter, None) as service:
        service.get("/")
        for pid in worker_pids(service):
            with open(f"/proc/{pid}/status", encoding="ascii") as status:
                if "Seccomp:\t2" in status.read():
                    try:
                        found = memory_holds(pid, {secret, known})
                    except PermissionError:
                        pytest.skip("another process's memory cannot be read here")
                    assert found == {known}


# --- links, feed, archive ---

def own_links(message):
    """Paths of every link to the service in a mail: headers, text and HTML."""
    found = re.findall(r"https?://[^\s<>\"]+", message["List-Unsubscribe"] or "")
    for kind in ("plain", "html"):
        found += re.findall(r"https?://[^\s<>\"']+", message.get_body((kind,)).get_content())
    return {urllib.parse.urlsplit(link).path or "/" for link in found if link.startswith(BASE)}


def test_opening_any_link_of_any_mail_or_issue_changes_nothing(newsletter, server):
    newsletter.import_samples()
    with Service(newsletter, server, reminder="yes") as service:
        service.join("ann@example.org")
        service.subscribe("ann@example.org")
        preferences = paths(service.mails("ann@example.org", 3)[1])["preferences"]
        service.post(service.own(preferences), {"do": "move", "email": "new@example.org"})
        service.press(paths(service.mails("new@example.org")[0])["address"])
        service.subscribe("bob@example.org")
        service.mails("bob@example.org")
        service.settle()
        newsletter.run("weekly")
    newsletter.now = "2026-11-21T13:00:00Z"
    with Service(newsletter, server, reminder="yes") as service:
        service.mails("bob@example.org", 2)
        service.settle()
        messages = [email.message_from_bytes(m, policy=email.policy.default) for _, _, m in server.messages]
        subjects = " / ".join(message["Subject"] for message in messages)
        for word in ("Your page at", "Confirm your address", "Welcome", "already", "new address for", "your new address", "Still want"):
            assert word in subjects, word
        links = set().union(*(own_links(message) for message in messages))
        assert {link.split("/")[1] for link in links} >= {"confirm", "leave", "preferences", "address", "own", "issues"}
        links |= {link + "/data" for link in links if link.startswith(("/preferences/", "/own/"))}
        links |= {link.upper().replace("/LEAVE/", "/leave/") for link in links if link.startswith("/leave/")}
        before = service.content()
        for link in sorted(links | {"/", "/issues", "/feed.xml", "/healthz", "/style.css", "/subscribe", "/nowhere"}):
            for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PROPFIND"):
                answer = service.ask(method, link)
                assert answer.status in (200, 204, 404, 405, 410), (method, link, answer.status)
                assert method != "HEAD" or answer.body == b""
                assert answer.headers["Set-Cookie"] is None
        assert service.content() == before


def test_the_issues_come_as_an_atom_feed_too(service, newsletter):
    def entries():
        feed = xml.etree.ElementTree.fromstring(service.get("/feed.xml").body)
        assert feed.find(f"{ATOM}updated").text.endswith("Z")
        assert feed.find(f"{ATOM}id").text == f"{BASE}/feed.xml"
        assert feed.find(f"{ATOM}author/{ATOM}name").text
        return feed.findall(f"{ATOM}entry")

    assert entries() == []
    service.join("ann@example.org", name="Ann Ahlgren")
    newsletter.run("weekly")
    entry, = entries()
    assert entry.find(f"{ATOM}link").get("href") == f"{BASE}/issues/2026-W47" == entry.find(f"{ATOM}id").text
    for name in ("title", "updated", "summary"):
        assert entry.find(f"{ATOM}{name}").text
    answer = service.get("/feed.xml")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert service.get("/feed.xml", If_None_Match=answer.headers["ETag"]).status == 304
    assert "Ahlgren" not in answer.text and "/leave/" not in answer.text
    for page in ("/", "/issues"):
        assert '<link rel="alternate" type="application/atom+xml"' in service.get(page).text


# --- behind a unix socket ---

def test_the_proxy_behind_a_unix_socket_speaks_for_its_clients(newsletter, tmp_path):
    path = str(tmp_path / "http.sock")
    newsletter.settings.update({"smtp.url": "null:", "subscribe.listen": f"unix:{path}", "subscribe.limit_network": "1/d"})
    process = newsletter.start("serve")

    def subscribe(address, client):
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(path)
        connection.request("POST", "/subscribe", f"email={address}", {
            "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": client})
        return Answer(connection.getresponse()).status

    try:
        process.stdout.readline()
        assert subscribe("a@example.org", "203.0.113.9") == 200
        assert subscribe("b@example.org", "203.0.113.10") == 429
        assert subscribe("c@example.org", "198.51.100.9") == 200
        assert subscribe("d@example.org", "203.0.113.9, 198.51.100.9") == 429
    finally:
        process.terminate()
        process.communicate(timeout=30)


# --- one-click as mail providers send it ---

@pytest.mark.parametrize("kind, body", [
    ("application/x-www-form-urlencoded; charset=UTF-8", b"List-Unsubscribe=One-Click"),
    ("APPLICATION/X-WWW-FORM-URLENCODED", b"List-Unsubscribe=One%2DClick"),
    ("multipart/form-data; boundary=\"=_b; x\"", b"--=_b; x\r\nContent-Disposition: form-data; name=List-Unsubscribe\r\n"
     b"Content-Type: text/plain\r\n\r\nOne-Click\r\n--=_b; x--\r\n"),
])
def test_one_click_in_every_form_it_comes_in(service, kind, body):
    link = service.join("ann@example.org")["leave"]
    answer = service.ask("POST", link, body, {"Content-Type": kind})
    assert (answer.status, answer.headers["Location"], answer.headers["Set-Cookie"]) == (200, None, None)
    assert service.status("ann@example.org") == "left"


def test_an_issue_cancelled_on_its_way_stays_for_those_who_have_it_and_is_listed_nowhere(newsletter, server):
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_samples()
    newsletter.add_readers(3)
    newsletter.run("issue", "build")
    newsletter.run("issue", "approve", "1")
    newsletter.run("send", "--limit", "1", "--yes", expect=75)
    with Service(newsletter, server) as service:
        assert "/issues/2026-W47" in service.get("/issues").text
        newsletter.run("issue", "cancel", "1")
        assert service.get("/issues/2026-W47").status == 200
        assert "/issues/2026-W47" not in service.get("/issues").text
        assert "/issues/2026-W47" not in service.get("/feed.xml").text


def test_a_token_of_one_person_does_nothing_for_another(service):
    ann, bob = service.join("ann@example.org"), service.join("bob@example.org")
    links = {**ann, **paths(service.mails("ann@example.org", 2)[1])}
    other = {**bob, **paths(service.mails("bob@example.org", 2)[1])}
    service.settle()
    before = service.content()
    for purpose in ("confirm", "leave", "preferences"):
        own, foreign = (found[purpose].rsplit("/", 1)[1] for found in (links, other))
        # The first 16 characters name key, person and detail; the rest is the signature.
        for mixed in (own[:16] + foreign[16:], foreign[:16] + own[16:]):
            assert service.post(f"/{purpose}/{mixed}", {"do": "erase", "sure": "1"}).status == 404
    assert service.content() == before


# --- behind nginx, as the manual says ---

@pytest.mark.skipif(NGINX is None, reason="needs nginx (apt-get install nginx-light)")
def test_the_manuals_nginx_passes_clients_through(newsletter, server, tmp_path):
    socket_path = tmp_path / "http.sock"
    manual = (ROOT / "src" / "verdicts.1").read_text(encoding="utf-8")
    location = re.search(r"    location / \{.*?\n    \}\n", manual, re.DOTALL)[0]
    with Service(newsletter, server, limit_network="2/d") as service:
        pass
    newsletter.settings["subscribe.listen"] = f"unix:{socket_path}"
    process = newsletter.start("serve")
    process.stdout.readline()
    try:
        with Nginx(tmp_path, location.replace("/run/verdicts/http.sock", str(socket_path))) as front:
            service.address = front.address
            assert service.get("/healthz").body == b"ok\n"
            forged = [service.subscribe(f"a{i}@example.org", headers={"X-Forwarded-For": f"203.0.{i}.9"}).status for i in range(4)]
            assert forged == [200, 200, 429, 429], "nginx names the client, whatever the client says"
            assert service.rows("SELECT DISTINCT origin FROM consent") == [("127.0.0.0/24",)]
            answer = service.ask("POST", "/leave/x", b"List-Unsubscribe=One-Click", {"Content-Type": "application/x-www-form-urlencoded"})
            assert answer.status == 200
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_while_another_process_locks_the_database_people_get_an_answer_and_do_not_queue(service, newsletter):
    """An import of a long list holds the lock for as long as it takes."""
    leave = service.join("bob@example.org")["leave"]
    fields = {"email": "ann@example.org", "name": "\u05de\u05e8\u05d9\u05dd"}
    script = {"Content-Type": "application/json"}
    importing = sqlite3.connect(newsletter.folder / "verdicts.db", isolation_level=None)
    importing.execute("BEGIN IMMEDIATE")
    try:
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            pages = [pool.submit(service.post, "/subscribe", fields) for _ in range(4)]
            told = pool.submit(service.ask, "POST", "/subscribe", json.dumps(fields), script)
            click = pool.submit(service.post, leave, {"List-Unsubscribe": "One-Click"})
            pages, told, click = [page.result() for page in pages], told.result(), click.result()
    finally:
        importing.close()
    assert click.status == 200, "a wish to leave is kept until the database can take it"
    for answer in (*pages, told):
        assert answer.status == 503 and answer.headers["Retry-After"] == "60"
    assert "<title>Error: " in pages[0].text and "in a minute" in pages[0].text
    assert json.loads(told.body)["ok"] is False and "in a minute" in json.loads(told.body)["message"]
    assert service.status("ann@example.org") is None
    wait_until(lambda: service.status("bob@example.org") == "left")
    assert service.consent("bob@example.org")[-1] == "left"
    assert (newsletter.folder / "verdicts.db.leaves").read_bytes() == b""
    kept = Form(pages[0].text).forms[0]["fields"]
    assert {name: kept[name] for name in fields} == fields
    wait_until(lambda: service.post("/subscribe", kept).status == 200)
    assert service.status("ann@example.org") == "pending"
