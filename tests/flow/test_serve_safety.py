"""What strangers may try on the signup service, and what must not happen then."""

import concurrent.futures
import email
import email.policy
import http.client
import json
import os
import signal
import socket
import sqlite3
import urllib.parse

import pytest

from hostile import STRINGS
from service import Answer, Form, Service, links_of, paths, wait_until, worker_pids


@pytest.fixture
def service(newsletter, server):
    newsletter.import_samples()
    with Service(newsletter, server) as running:
        yield running


def issue_links(service, newsletter, server):
    """The paths of every link to us in a sent issue and in every mail so far."""
    newsletter.run("weekly")
    found = set()
    for _, _, message in server.messages:
        parsed = email.message_from_bytes(message, policy=email.policy.default)
        for header in (parsed["List-Unsubscribe"] or "").split(","):
            found.add(header.strip(" <>"))
        found.update(links_of(parsed))
    base = "https://news.example.org"
    return sorted(urllib.parse.urlsplit(link).path for link in found if link.startswith(base))


def test_get_head_and_options_change_nothing_on_any_link(service, newsletter, server):
    service.join("ann@example.org")
    service.mails("ann@example.org", 2)
    service.subscribe("bob@example.org")
    service.mails("bob@example.org")
    service.subscribe("ann@example.org")
    service.mails("ann@example.org", 3)
    service.settle()
    links = issue_links(service, newsletter, server)
    assert {link.split("/")[1] for link in links} >= {"confirm", "leave", "preferences", "issues"}
    before = service.content()
    for link in [*links, "/", "/issues", "/healthz", "/style.css", "/nowhere"]:
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = service.ask(method, link)
            assert answer.status in (200, 204, 404), (method, link)
            assert method != "HEAD" or answer.body == b""
    assert service.content() == before


def test_wrong_methods_are_refused_with_what_is_allowed(service):
    for method, path, allow in (("POST", "/", "GET, HEAD, OPTIONS"), ("GET", "/subscribe", "POST, OPTIONS"),
                                ("DELETE", "/leave/x", "GET, HEAD, POST, OPTIONS")):
        answer = service.ask(method, path)
        assert answer.status == 405
        assert answer.headers["Allow"] == allow
    assert service.ask("OPTIONS", "/").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_pages_carry_the_headers_that_protect(service):
    service.subscribe("ann@example.org")
    link = paths(service.mails("ann@example.org")[0])["confirm"]
    answer = service.get(link)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert service.get("/").headers["X-Robots-Tag"] is None


def test_an_existing_file_gets_the_same_message_as_a_missing_one(service):
    """A cache takes over the headers of a 304: a length of none would be another file's (RFC 9110 8.6)."""
    whole = service.get("/style.css")
    known = service.get("/style.css", If_None_Match=whole.headers["ETag"])
    assert (known.status, known.body) == (304, b"")
    for name in ("ETag", "Cache-Control", "Content-Length", "Content-Security-Policy"):
        assert known.headers[name] == whole.headers[name], name


def test_static_files_are_not_sent_twice(service):
    first = service.get("/style.css")
    assert first.status == 200 and b"prefers-color-scheme" in first.body
    tag = first.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', f'W/"x" , W/{tag}', "*"):
        answer = service.get("/style.css", If_None_Match=known)
        assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", tag), known
    for other in ('"x"', tag[:-2] + '"', tag.strip('"'), "", ","):
        assert service.get("/style.css", If_None_Match=other).status == 200, other


def flip(token, index, bit):
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    return token[:index] + alphabet[alphabet.index(token[index]) ^ (1 << bit)] + token[index + 1:]


def test_no_bit_of_a_token_can_be_changed(service):
    service.subscribe("ann@example.org")
    link = paths(service.mails("ann@example.org")[0])["confirm"]
    token = link.rsplit("/", 1)[1]
    connection = service.connect()
    for index in range(len(token)):
        for bit in range(5):
            connection.request("POST", "/confirm/" + flip(token, index, bit), b"",
                               {"Content-Type": "application/x-www-form-urlencoded"})
            response = connection.getresponse()
            response.read()
            assert response.status == 404
    assert service.status("ann@example.org") == "pending"


def test_a_token_works_for_its_own_purpose_alone(service):
    links = service.join("ann@example.org")
    links.update(paths(service.mails("ann@example.org", 2)[1]))
    before = service.content()
    for made in ("confirm", "leave", "preferences"):
        token = links[made].rsplit("/", 1)[1]
        for used in ("confirm", "leave", "preferences", "address", "own"):
            if used != made:
                answer = service.post(f"/{used}/{token}", {"do": "save"})
                assert answer.status == 404, (made, used)
    assert service.content() == before


def test_the_trap_answers_success_and_keeps_nothing(service):
    before = service.content()
    good = service.subscribe("ann@example.org", website="http://example.com")
    assert good.status == 200 and "ann@example.org" in good.text
    assert service.content() == before


def test_a_form_that_comes_too_fast_is_shown_again(service):
    form = Form(service.get("/").text).forms[0]
    page = service.post("/subscribe", {**form["fields"], "email": "ann@example.org"})
    assert page.status == 422
    assert "once more" in page.text
    kept = Form(page.text).forms[0]["fields"]
    assert kept["email"] == "ann@example.org"
    assert kept["stamp"] != form["fields"]["stamp"]
    assert service.status("ann@example.org") is None
    assert service.post("/subscribe", kept).status == 200, "the second press works at once"
    assert service.status("ann@example.org") == "pending"


def test_an_old_form_gets_a_fresh_stamp(newsletter, server):
    with Service(newsletter, server) as service:
        fields = Form(service.get("/").text).forms[0]["fields"]
    newsletter.now = "2026-11-22T12:00:00Z"
    with Service(newsletter, server) as service:
        page = service.post("/subscribe", {**fields, "email": "ann@example.org"})
        assert page.status == 422
        assert Form(page.text).forms[0]["fields"]["stamp"] != fields["stamp"]


def test_errors_are_shown_at_the_field_and_the_value_is_kept(service):
    page = service.subscribe("ann@gmial,com", name="<b>Ann</b>")
    assert page.status == 422
    assert "<title>Error: " in page.text
    assert 'href="#email"' in page.text and 'href="#name"' in page.text
    assert page.text.count('aria-invalid="true"') == 2
    assert 'aria-describedby="email-problem"' in page.text
    assert "Did you mean ann@" + "gmail.com?" in page.text
    fields = Form(page.text).forms[0]["fields"]
    assert fields["email"] == "ann@gmial,com" and fields["name"] == "<b>Ann</b>"
    assert "<b>Ann" not in page.text


@pytest.mark.parametrize("letter", ["n", "\u05d0", "\u0430"])
def test_a_name_is_measured_in_letters_and_kept_where_it_is_too_long(service, letter):
    page = service.subscribe("ann@example.org", name=letter * 121)
    assert page.status == 422 and "at most 120 characters" in page.text
    assert Form(page.text).forms[0]["fields"]["name"] == letter * 121
    assert service.subscribe("ann@example.org", name=letter * 120).status == 200
    assert service.rows("SELECT name FROM subscriber") == [(letter * 120,)]


def test_a_name_that_cannot_be_read_does_not_cost_the_sign_up(service):
    for number, (name, kind, kept) in enumerate([
            (b"Ren%E9e", "", ""), (b"Ren%E9e", "; charset=ISO-8859-1", "Ren\u00e9e"), (b"100%", "", "100%"),
            (b"a%00b", "", ""), (b"a=b", "", "a=b")]):
        answer = service.ask("POST", "/subscribe", b"email=a%d@example.org&name=%s" % (number, name),
                             {"Content-Type": "application/x-www-form-urlencoded" + kind})
        assert answer.status == 200, (name, answer.text)
        assert service.rows("SELECT name FROM subscriber WHERE address = ?", f"a{number}@example.org") == [(kept,)]


def test_a_near_miss_is_a_suggestion_only(service):
    page = service.subscribe("ann@" + "gmial.com")
    assert page.status == 200
    assert "Did you mean <strong>ann@" + "gmail.com</strong>?" in page.text
    assert service.status("ann@" + "gmial.com") == "pending"
    # One press takes the suggestion, and no address ever stands in a URL, where logs keep it.
    form = Form(page.text).forms[0]
    assert form["action"] == "/subscribe" and "?" not in form["action"]
    assert service.post(form["action"], form["fields"]).status == 200
    assert service.status("ann@" + "gmail.com") == "pending"
    assert "Did you mean" not in service.subscribe("ann@example.org").text


def test_next_leads_to_listed_hosts_alone(newsletter, server):
    with Service(newsletter, server, next_hosts="www.example.org") as service:
        good = service.subscribe("a@example.org", next="https://www.example.org/thanks?x=1")
        assert (good.status, good.headers["Location"]) == (303, "https://www.example.org/thanks?x=1")
        for number, bad in enumerate(("https://evil.example.net/", "http://www.example.org/", "//www.example.org",
                    "https://www.example.org.evil.example.net/", "https://www.example.org@evil.example.net/",
                    "https://www.example.org\\.evil.example.net/", "javascript:alert(1)",
                    "https://www.example.org/\r\nSet-Cookie: a=b", "https://www.example.org:8443/")):
            answer = service.subscribe(f"b{number}@example.org", next=bad)
            assert answer.status == 200, bad
            assert answer.headers["Location"] is None
            assert answer.headers["Set-Cookie"] is None


def resident(service):
    """Resident memory of the HTTP process, in KiB: the one that listens is confined by seccomp."""
    for pid in worker_pids(service):
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            fields = dict(line.split(":", 1) for line in status)
        if fields["Seccomp"].strip() == "2":
            return int(fields["VmRSS"].split()[0])
    raise AssertionError("no confined process")


def flood(service, bodies):
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    def send(part):
        connection = service.connect()
        statuses = []
        for body in part:
            connection.request("POST", "/subscribe", body, kind)
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
        connection.close()
        return statuses

    parts = [bodies[i::4] for i in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return [status for statuses in pool.map(send, parts) for status in statuses]


FLOOD = int(os.environ.get("FLOOD", "10000"))


@pytest.mark.parametrize("typed, told", [
    ("ann", "there is no @ in it."), ("ann@bob@example.org", "there is more than one @ in it."),
    ("ann lee@example.org", "there is a space in it."), ("@example.org", "there is nothing before the @."),
    ("ann@", "there is nothing after the @."), ("ann@example", "there is no dot after the @."),
    ("a..b@example.org", "Mail cannot reach this address."),
])
def test_an_invalid_address_is_refused_in_a_readers_words(service, typed, told):
    answer = service.post("/subscribe", {"email": typed})
    assert answer.status == 422 and told in answer.text


def test_a_flood_for_one_address_makes_one_confirmation(quick, server):
    newsletter = quick
    wide = {"limit_network": "100000/h", "limit_domain": "100000/h", "limit_all": "100000/h",
            "limit_unstamped": "100000/h", "limit_address": "100000/h"}
    with Service(newsletter, server, **wide) as service:
        flood(service, [b"email=ann%40example.org"] * 500)
        before = resident(service)
        flood(service, [b"email=ann%40example.org"] * (FLOOD - 500))
        assert resident(service) < before + 2 * 1024
        service.settle()
        assert len(service.mails("ann@example.org")) == 1


def test_a_flood_from_one_network_is_cut_at_the_cap(quick, server):
    newsletter = quick
    with Service(newsletter, server, limit_network="10/d", limit_unstamped="100000/h") as service:
        flood(service, [f"email=x{i}%40example.org".encode() for i in range(500)])
        before = resident(service)
        statuses = flood(service, [f"email=y{i}%40example.org".encode() for i in range(FLOOD - 500)])
        assert set(statuses) == {429}
        assert resident(service) < before + 2 * 1024
        assert service.rows("SELECT count(*) FROM subscriber") == [(10,)]
        answer = service.subscribe("z@example.org", name="Zoe")
        assert Form(answer.text).forms[0]["fields"]["email"] == "z@example.org", "what was typed is kept"
        assert Form(answer.text).forms[0]["fields"]["name"] == "Zoe"
        assert "Too many forms came from your network. Please try again in" in answer.text
        assert int(answer.headers["Retry-After"]) > 0
    with Service(newsletter, server, limit_network="10/d", limit_unstamped="100000/h") as service:
        assert service.subscribe("z@example.org").status == 429, "a restart resets no limit"


def test_a_flood_without_stamps_leaves_our_own_form_open(newsletter, server):
    with Service(newsletter, server, limit_unstamped="2/d", limit_network="1000/h") as service:
        fields = Form(service.get("/").text).forms[0]["fields"]
        for name in ("a", "b"):
            assert service.subscribe(f"{name}@example.org").status == 200
        page = service.subscribe("c@example.org")
        assert page.status == 422 and "once more" in page.text
        wait_until(lambda: service.post("/subscribe", {**fields, "email": "c@example.org"}).status == 200)
        for _ in range(4):
            assert service.post("/subscribe", {**fields, "email": "c@example.org"}).status == 200
        worn = service.post("/subscribe", {**fields, "email": "d@example.org"})
        assert worn.status == 422 and service.status("d@example.org") is None
        assert service.post("/subscribe", Form(worn.text).forms[0]["fields"]).status == 200


def test_only_the_trusted_proxy_speaks_for_others(newsletter, server):
    def origin(service, address, forwarded):
        service.subscribe(address, headers={"X-Forwarded-For": forwarded})
        return service.rows("SELECT origin FROM consent c JOIN subscriber s ON s.id = c.subscriber_id "
                            "WHERE s.address = ?", address)[0][0]

    with Service(newsletter, server) as service:
        assert origin(service, "a@example.org", "203.0.113.9") == "127.0.0.0/24"
    with Service(newsletter, server, trusted_proxy="127.0.0.1") as service:
        assert origin(service, "b@example.org", "203.0.113.9") == "203.0.113.0/24"
        assert origin(service, "c@example.org", "198.51.100.1, 203.0.113.9") == "203.0.113.0/24"
        assert origin(service, "d@example.org", "2001:db8:1:2:3::4") == "2001:db8:1:2::/64"
        assert origin(service, "e@example.org", "rubbish") == "127.0.0.0/24"
        # A proxy that adds a line of its own behind the client's.
        service.subscribe("f@example.org", headers={"X-Forwarded-For": "198.51.100.1", "x-forwarded-for": "203.0.113.9"})
        assert service.rows("SELECT origin FROM consent c JOIN subscriber s ON s.id = c.subscriber_id "
                            "WHERE s.address = 'f@example.org'")[0][0] == "203.0.113.0/24"


def hostile():
    markup = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>",
              "{{{email}}}", "{{#reader}}", "</title><b>", "<!--", "]]>", "&lt;b&gt;", "javascript:alert(1)"]
    wire = ["a@example.org\r\nBcc: b@example.org", "a@example.org\nSubject: x", "a\r\n.\r\nMAIL FROM:<b@example.org>",
            "a@example.org%0d%0aX: y", "a@example.org>\r\nRCPT TO:<b@example.org", "\x00", "a\x00b@example.org",
            "a@example.org\u2028X: y", "=?utf-8?q?x?=", "a@[127.0.0.1]", "\"a b\"@example.org", "a@b@c@example.org"]
    text = ["", " ", "a" * 5000, "\u202eann@example.org", "é" * 200, "😀@example.org", "\ufeffann@example.org",
            "';DROP TABLE subscriber;--", "../../etc/passwd", "%s%s%s%n", "$(id)", "`id`", "\x1b[2J", "\udcff"]
    return list(dict.fromkeys(markup + wire + text + STRINGS))


def quoted(text):
    return urllib.parse.quote_from_bytes(text.encode("utf-8", "surrogateescape"))


def hostile_posts(text, preferences, own):
    """The text in each field of each form, as field name, as token, and as a part of a multipart body."""
    value = quoted(text)
    for field in ("email", "name", "next", "stamp", "form", "website"):
        rest = "" if field == "email" else "&email=bob%40example.org"
        yield "/subscribe", f"{field}={value}{rest}".encode(), None
    for field in ("topic", "pause"):
        yield preferences, f"do=save&{field}={value}".encode(), None
    yield preferences, f"do={value}".encode(), None
    yield own, f"do={value}".encode(), None
    yield own, f"do=erase&sure={value}x".encode(), None
    yield own, f"do={'name&name' if len(text) % 2 else 'move&email'}={value}".encode(), None
    yield "/subscribe", f"{value or 'x'}=x".encode(), None
    yield f"/leave/{value}", b"List-Unsubscribe=One-Click", None
    yield f"/confirm/{value}", b"", None
    raw = text.encode("utf-8", "surrogateescape")
    yield "/subscribe", (b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + raw
                         + b'\r\n--b\r\nContent-Disposition: form-data; name="' + raw + b'"\r\n\r\nx\r\n--b--\r\n'
                         ), "multipart/form-data; boundary=b"
    if "\udcff" not in text:
        yield "/subscribe", json.dumps({"email": text, "name": text, text: text}).encode(), "application/json"


def test_strange_input_in_any_field_adds_no_markup_no_header_and_no_crash(newsletter, server):
    texts = hostile()
    assert len(texts) >= 515
    wide = {f"limit_{name}": "100000/h" for name in ("network", "domain", "all", "unstamped", "address")}
    with Service(newsletter, server, **wide) as service:
        service.join("ann@example.org")
        preferences = paths(service.mails("ann@example.org", 2)[1])["preferences"]
        own = service.own(preferences)
        connection = service.connect()
        for text in texts:
            with sqlite3.connect(newsletter.folder / "verdicts.db", timeout=10) as database:
                database.execute("DELETE FROM bucket WHERE name LIKE 'own:%'")  # the link is as good as new
            for path, body, kind in hostile_posts(text, preferences, own):
                connection.request("POST", path, body, {"Content-Type": kind or "application/x-www-form-urlencoded"})
                answer = Answer(connection.getresponse())
                assert answer.status in (200, 303, 400, 404, 413, 414, 422), (path, text, answer.status)
                for tag in (b"<script>alert", b"<img src=x", b"<svg", b"<iframe", b"<b>bold", b"<plaintext"):
                    assert tag not in answer.body or b"favicon.svg" in tag, (path, text, tag)
                assert answer.headers["Bcc"] is None and answer.headers["X"] is None and answer.headers["Location"] is None
                if answer.headers["Connection"] == "close":
                    connection = service.connect()
            for header in ("X-Forwarded-For", "If-None-Match", "Content-Type", "Host", "Referer"):
                value = "".join(c for c in text if c >= " " and c != "\x7f")[:900].encode("utf-8", "surrogateescape")
                connection.request("GET", "/style.css", headers={header: value})
                assert Answer(connection.getresponse()).status in (200, 304, 400), (header, text)
        assert service.get("/healthz").status == 200
        service.settle()
    assert "AddressSanitizer" not in service.errors and "runtime error" not in service.errors
    for sender, recipients, message in server.messages:
        head = message.split(b"\r\n\r\n")[0]
        assert b"\r\nBcc:" not in head and b"\r\nX:" not in head
        assert len(recipients) == 1 and recipients[0] not in ("b@example.org", "victim@example.net")


@pytest.mark.parametrize("head", [
    "POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /subscribe HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "POST /subscribe HTTP/1.1\r\nContent-Length: 7\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\nemail=a",
    "GET / HTTP/1.1\r\n\r\n",
])
def test_a_request_that_a_proxy_may_read_otherwise_is_refused_and_ends_the_connection(service, head):
    host, port = service.address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall((head + "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").encode())
        answer = b""
        while piece := connection.recv(10000):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 400 ") and b"HTTP/1.1 200" not in answer, answer


def test_bodies_past_the_limit_are_refused(service):
    body = b"email=" + b"a" * 9000
    assert service.ask("POST", "/subscribe", body,
                       {"Content-Type": "application/x-www-form-urlencoded"}).status == 413
    assert service.get("/healthz").status == 200


@pytest.mark.parametrize("bytes_", [
    b"\x00\x01\x02\x03\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"A" * 40000,
    b"POST /subscribe HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
    b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
])
def test_broken_requests_hurt_nobody(service, bytes_):
    host, port = service.address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        try:
            connection.sendall(bytes_)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1000)
        except OSError:
            pass
    assert service.get("/healthz").status == 200


def test_the_http_process_can_make_no_connection_and_no_process(service):
    confined = []
    for pid in worker_pids(service):
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            fields = dict(line.split(":", 1) for line in status)
        confined.append(fields["Seccomp"].strip())
    assert sorted(confined) == ["0", "2"]


def test_a_mailer_that_dies_is_started_again(service):
    first = worker_pids(service)
    mailer = next(pid for pid in first if open(f"/proc/{pid}/status", encoding="ascii").read().count("Seccomp:\t0"))
    os.kill(mailer, signal.SIGKILL)
    service.subscribe("ann@example.org")
    service.mails("ann@example.org")
    assert len(worker_pids(service)) == 2


def test_it_ends_when_told_and_leaves_no_process(service):
    pids = worker_pids(service)
    service.process.terminate()
    assert service.process.wait(timeout=30) == 0
    for pid in pids:
        assert not os.path.exists(f"/proc/{pid}")


def test_a_request_that_is_under_way_is_answered_when_it_ends(service):
    host, port = service.address.rsplit(":", 1)
    body = b"email=ann%40example.org"
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(b"POST /subscribe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                           b"Content-Type: application/x-www-form-urlencoded\r\n"
                           b"Content-Length: %d\r\n\r\n" % len(body) + body[:5])
        assert service.get("/healthz").status == 200  # by now the first request has been seen
        service.process.terminate()

        def closed():
            with socket.socket() as probe:
                return probe.connect_ex((host, int(port))) != 0

        wait_until(closed)
        connection.sendall(body[5:])
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
    assert service.process.wait(timeout=30) == 0
    assert service.status("ann@example.org") == "pending"


def test_its_processes_end_when_it_is_killed(service):
    pids = worker_pids(service)
    service.process.kill()
    service.process.wait(timeout=30)
    wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids))


def test_pages_and_settings_are_read_anew_on_a_hangup(newsletter, server, tmp_path):
    newsletter.settings["pages_dir"] = str(tmp_path / "own")
    pages = tmp_path / "own" / "pages"
    pages.mkdir(parents=True)
    with Service(newsletter, server) as service:
        assert "OUR OWN" not in service.get("/issues").text
        (pages / "issues.html.mustache").write_text("<p>OUR OWN {{site.name}}</p>")
        service.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "OUR OWN" in service.get("/issues").text)
        conf = newsletter.folder / "verdicts.conf"
        conf.write_text(conf.read_text().replace("subscribe {", "subscribe {\n  consent = 'Yes please.'"))
        service.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "Yes please." in service.get("/").text)
        conf.write_text(conf.read_text() + "\nrubbish")
        service.process.send_signal(signal.SIGHUP)
        assert "Yes please." in service.get("/").text


def test_it_listens_on_a_unix_socket(newsletter, tmp_path):
    path = str(tmp_path / "http.sock")
    newsletter.settings["smtp.url"] = "null:"
    newsletter.settings["subscribe.listen"] = f"unix:{path}"
    process = newsletter.start("serve")
    try:
        process.stdout.readline()
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(path)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert not os.path.exists(path)


def test_a_second_start_leaves_the_socket_of_the_first_where_it_is(newsletter, tmp_path):
    path = str(tmp_path / "http.sock")
    newsletter.settings["smtp.url"] = "null:"
    newsletter.settings["subscribe.listen"] = f"unix:{path}"
    process = newsletter.start("serve")
    try:
        process.stdout.readline()
        assert "cannot listen" in newsletter.run("serve", expect=73).stderr
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(path)
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.parametrize("verb", ["serve", "preview"])
def test_a_file_at_the_path_of_the_socket_is_not_removed(newsletter, verb):
    database = newsletter.folder / "verdicts.db"
    newsletter.settings["smtp.url"] = "null:"
    newsletter.settings[{"serve": "subscribe", "preview": "preview"}[verb] + ".listen"] = f"unix:{database}"
    assert "cannot listen" in newsletter.run(verb, expect=73).stderr
    assert database.exists()


def test_a_port_that_is_taken_is_one_clear_line(newsletter):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        newsletter.settings["smtp.url"] = "null:"
        newsletter.settings["subscribe.listen"] = f"127.0.0.1:{taken.getsockname()[1]}"
        done = newsletter.run("serve", expect=73)
        assert "cannot listen on 127.0.0.1" in done.stderr


def test_issues_are_read_on_the_web_without_any_token(service, newsletter, server):
    service.join("ann@example.org", name="Ann Ahlgren")
    newsletter.run("weekly")
    page = service.get("/issues")
    assert "/issues/2026-W47" in page.text
    issue = service.get("/issues/2026-W47")
    assert issue.status == 200
    for word in ("ann@example.org", "Ann Ahlgren", "/leave/", "/preferences/", "/confirm/"):
        assert word not in issue.text
    assert "Get the next one in your inbox" in issue.text
    assert service.get("/issues/2026-W47", If_None_Match=issue.headers["ETag"]).status == 304
    assert service.get("/issues/2026-W48").status == 404
    assert service.get("/issues/x'%20OR%201=1").status == 404


def test_it_runs_beside_weekly_on_the_same_database(service, newsletter, server):
    newsletter.add_readers(300)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        weekly = pool.submit(newsletter.run, "weekly")
        answers = [service.subscribe(f"new{i}@example.com") for i in range(25)]
        weekly.result()
    assert [answer.status for answer in answers] == [200] * 25
    service.settle()
    service.process.terminate()
    service.process.wait(timeout=60)
    assert "locked" not in service.said()
    assert len(server.recipients()) == 325
