"""The preview server from outside a browser: what it refuses, what it shows, what its buttons do."""

import email
import email.policy
import http.client
import json
import re
import shutil
import socket
import urllib.request

import pytest
from newsletter import SAMPLES
from previewing import Preview, approval, edit, fetch, own_templates, taken_apart, without_marks
from service import wait_until


@pytest.fixture
def ready(newsletter, server):
    newsletter.settings.update({
        "smtp.url": server.url, "issue.editors": "ann@example.com",
        "preview.test_addresses": "bob@example.com",
    })
    newsletter.import_samples()
    return newsletter


@pytest.fixture
def page(ready):
    with Preview(ready) as running:
        yield running


def raw(page, target: str, host: str | None = None, method="GET") -> int:
    """The status of a request whose target is sent as it is written."""
    connection = http.client.HTTPConnection(page.host, timeout=30)
    connection.putrequest(method, target, skip_host=True)
    connection.putheader("Host", host if host is not None else page.host)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_nothing_is_shown_without_the_token(page):
    wrong = ("0" if page.token[0] != "0" else "1") + page.token[1:]
    for path in ("/", "/state", "/page.js", f"/{wrong}/", f"/{wrong}/state", f"/{page.token[:-1]}/", f"/{page.token}"):
        assert raw(page, path) == 404, path
    assert raw(page, f"/{page.token}/") == 200


def test_two_starts_have_two_tokens(ready):
    with Preview(ready) as one, Preview(ready) as two:
        assert one.token != two.token
        assert len(one.token) == 32


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "",
                                  "localhost", "localhost:1", "192.0.2.1:{port}", "127.0.0.1:{port}.example"])
def test_another_host_is_refused(page, host):
    port = page.host.rsplit(":", 1)[1]
    assert raw(page, f"/{page.token}/state", host.format(port=port)) in (400, 403)


def test_this_machine_has_its_usual_names(page):
    port = page.host.rsplit(":", 1)[1]
    for host in (f"localhost:{port}", f"127.0.0.1:{port}"):
        assert raw(page, f"/{page.token}/state", host) == 200


@pytest.mark.parametrize("path", [
    "../verdicts.conf", "..%2fverdicts.conf", "%2e%2e/verdicts.conf", "%2e%2e%2fverdicts.key", "....//verdicts.key",
    "templates/issue.html.mustache", "/etc/passwd", "//etc/passwd", "page.js%00.html", "page.css/", "page.css/..",
    "frame/../state", "verdicts.key", "..\\verdicts.key", "%252e%252e/verdicts.key", "state%2f", "partials/lead",
])
def test_no_path_leads_to_a_file(page, path):
    assert raw(page, f"/{page.token}/{path}") in (400, 404)


@pytest.mark.parametrize("name", ["issue", "reader", "data"])
def test_odd_wishes_are_an_error_on_the_page_and_nothing_else(page, name):
    for value in ("../../etc/passwd", "address:../../etc/passwd", "topic:../x", "99999999999999999999", "-1", "\x01",
                  "x" * 3000, "address:", "topic:"):
        state = page.state(**{name: value})
        assert "root:" not in json.dumps(state)


def test_answers_say_how_they_may_be_used(page):
    _, headers, _ = page.get()
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    _, headers, body = page.get("frame")
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("sandbox") and "allow-scripts" not in policy and "script-src" not in policy
    assert "default-src 'none'" in policy and "img-src" not in policy
    assert b"Lanternfish" in body


def test_a_message_fetches_images_only_when_asked(page):
    assert "img-src https:" in page.get("frame", images="on")[1]["Content-Security-Policy"]


def test_what_changes_something_needs_post_from_the_page_itself(page):
    for path in ("arrange", "test", "approve"):
        assert page.get(path)[0] == 405
        assert page.post(path, headers={"Sec-Fetch-Site": "cross-site"})[0] == 403
        assert page.post(path, headers={"Sec-Fetch-Site": "same-site"})[0] == 403
        for origin in ("http://evil.example", "null", f"http://{page.host}.example", ""):
            assert page.post(path, headers={"Origin": origin})[0] == 403, origin
        assert page.post(path, headers={"Origin": f"http://{page.host}"})[0] == 409


def test_an_address_for_other_machines_has_to_be_asked_for(ready):
    done = ready.run("preview", "--listen", "0.0.0.0:0", expect=78)
    assert "other machines" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "[::1]:0"])
def test_other_machines_come_by_a_number_alone(ready, listen):
    with Preview(ready, "--listen", listen, "--everywhere") as far:
        port = far.host.rsplit(":", 1)[1]
        for host, status in (("192.0.2.1", 200), ("[2001:db8::1]", 200), ("[::ffff:192.0.2.1]", 200), ("[fe80::A]", 200),
                             ("evil.example", 403), ("[evil.example]", 403), ("[]", 403), ("[2001:db8::1", 403),
                             ("2001:db8::1", 403), ("[2001:db8::1].evil.example", 403)):
            assert raw(far, f"/{far.token}/state", f"{host}:{port}") == status, host


@pytest.mark.parametrize("place", ["127.0.0.1:99999", "foo", "unix:"])
def test_what_is_no_place_to_listen_is_called_that(ready, place):
    done = ready.run("preview", "--listen", place, expect=78)
    assert "is no place to listen" in done.stderr and "other machines" not in done.stderr


def test_the_check_of_the_settings_says_that_the_preview_will_not_listen_there(ready):
    ready.settings["preview.listen"] = "0.0.0.0:8381"
    assert "preview.listen: other machines reach 0.0.0.0:8381" in ready.run("config", "check").stderr
    ready.settings["preview.listen"] = "127.0.0.1:8381"
    assert "preview.listen" not in ready.run("config", "check").stderr


def test_the_page_is_served_on_a_unix_socket(ready, tmp_path):
    path = tmp_path / "page.sock"
    process = ready.start("preview", "--listen", f"unix:{path}")
    try:
        address, page_path = process.stdout.readline().split()
        assert address == f"unix:{path}"
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(path))
            line.sendall(f"GET {page_path}state HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            got = b""
            while piece := line.recv(65536):
                got += piece
        assert got.startswith(b"HTTP/1.1 200") and b"Lanternfish" in got
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.mark.parametrize("now", ["2026-11-20T09:00:30Z", "2026-11-20T10:30:00Z"])
def test_the_page_shows_the_bytes_of_the_files(ready, now, tmp_path):
    ready.now = now
    ready.run("preview", "--out", str(tmp_path))
    with Preview(ready) as page:
        state = page.state(reader="unnamed")
        message = page.get("issue.eml", reader="unnamed")[2]
    assert state["html"] == (tmp_path / "issue.html").read_text()
    assert state["text"] == (tmp_path / "issue.txt").read_text()
    assert message == (tmp_path / "issue.eml").read_bytes()
    assert state["source"].encode() == message
    assert state["check"]["findings"] == []
    assert state["size"] == len(state["html"].encode())


def test_a_subscriber_who_receives_no_copy_is_reported(page, ready):
    ready.add_readers(1)
    assert page.state(reader="address:reader0@example.org")["unsent"] is None
    ready.run("subscribers", "remove", "reader0@example.org")
    assert page.state(reader="address:reader0@example.org")["unsent"] == "left"
    out = ready.folder / "out"
    assert "left" in ready.run("preview", "--out", str(out), "--reader", "reader0@example.org").stderr


def test_live_links_stay_on_this_machine(ready):
    ready.add_readers(1)
    with Preview(ready) as page, Preview(ready, "--listen", "127.0.0.1:0", "--everywhere") as far:
        near = page.state(reader="address:reader0@example.org")
        seen = far.state(reader="address:reader0@example.org")
        nobody = far.state(reader="unnamed")
    assert near["live"] and not seen["live"] and not nobody["live"]
    link = r"https://\S+/leave/(\w+)"
    assert re.findall(link, seen["text"]) == re.findall(link, nobody["text"]) != re.findall(link, near["text"])
    assert "Reader 0" in seen["text"]


def test_each_reader_gets_a_copy_of_its_own(page, ready):
    ready.add_readers(1)
    assert "Hello" not in page.state(reader="unnamed")["text"]
    assert "Featherstonehaugh" in page.state(reader="long")["text"]
    assert "\u05de\u05e8\u05d9\u05dd" in page.state(reader="rtl")["text"]
    assert "Hello Reader 0," in page.state(reader="address:reader0@example.org")["text"]
    assert "not on the list" in page.state(reader="address:nobody@example.org")["error"]["message"]
    state = page.state()
    topic = state["topics"][0]
    chosen = page.state(reader=f"topic:{topic}")
    assert f"Your topics: {topic}" in " ".join(chosen["text"].split())
    assert len(chosen["text"]) < len(state["text"])


@pytest.mark.parametrize("kind", ["shortest", "longest", "hostile", "no price", "tie", "no votes", "one item",
                                  "twelve items"])
def test_awkward_data_renders_without_an_error(page, kind):
    state = page.state(data=kind)
    assert "error" not in state, state.get("error")
    errors = [f["rule"] for f in state["check"]["findings"] if f["level"] == "error"]
    told = {"hostile": {"looks-like-html"}, "longest": set(errors)}  # what such data is rightly blamed for
    assert set(errors) == told.get(kind, set()), errors
    assert "<script>alert" not in state["html"]
    if kind == "twelve items":
        titles = re.findall(r"<h2[^>]*>(.*?)</h2>", state["html"])
        assert sum(" vs " in title for title in titles) == 12


def test_a_broken_template_is_reported_with_its_path_and_line(ready):
    templates = own_templates(ready)
    with Preview(ready) as page:
        good = page.get("frame")[2]
        edit(templates / "partials" / "lead.html.mustache", "{{issue.answer}}", "{{issue.anser}}")
        error = page.state()["error"]
        assert error["file"].endswith("templates/partials/lead.html.mustache")
        assert "{{issue.anser}}" in error["source"]
        assert error["source"][error["column"] - 1:].startswith("{{issue.anser}}")
        assert page.get("frame")[2] == good
        assert page.post("approve")[0] == 409


@pytest.mark.parametrize("target", ["../../verdicts.key", "{folder}/verdicts.key", "../../templates-link/secret"])
def test_a_template_that_leads_out_of_its_folder_is_not_shown(ready, target):
    templates = own_templates(ready)
    key = ready.folder / "verdicts.key"
    secret = key.read_text().split()[-1]
    (ready.folder / "templates-link").symlink_to(ready.folder)
    (ready.folder / "secret").write_text(secret)
    lead = templates / "partials" / "lead.html.mustache"
    lead.unlink()
    lead.symlink_to(target.format(folder=ready.folder))
    with Preview(ready) as page:
        state = page.state()
        assert "points outside of" in state["error"]["message"]
        assert secret not in json.dumps(state)
        assert secret.encode() not in page.get("frame")[2]
    ready.run("preview", "--out", str(ready.folder / "out"), expect=77)
    # A link that stays inside is as good as a file.
    lead.unlink()
    lead.symlink_to("footer.html.mustache")
    with Preview(ready) as page:
        assert "error" not in page.state()


def test_a_broken_setting_is_reported_and_can_be_fixed(ready):
    conf = ready.folder / "verdicts.conf"
    text = conf.read_text()
    with Preview(ready) as page, Events(page) as events:
        conf.write_text("nonsense\n")
        events.wait()
        assert "verdicts.conf:1" in page.state()["error"]["message"]
        conf.write_text(text)
        while "error" in page.state():
            events.wait()


class Events:
    """The stream of changes."""

    def __init__(self, page) -> None:
        self.page = page
        self.open()

    def open(self):
        self.connection = http.client.HTTPConnection(self.page.host, timeout=20)
        self.connection.request("GET", f"/{self.page.token}/events")
        self.answer = self.connection.getresponse()
        assert self.answer.getheader("Content-Type") == "text/event-stream"
        assert self.answer.readline().startswith(b"retry")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def wait(self):
        """Until something changed, or the stream was lost: then a browser opens it again, and looks."""
        while line := self.answer.readline():
            if line == b"event: change\n":
                return
        self.connection.close()
        self.open()


def test_a_stream_that_is_asked_for_while_the_page_ends_ends_with_it(page):
    host, port = page.host.split(":")
    body = b"order=x"
    kept = http.client.HTTPConnection(page.host, timeout=20)
    with socket.create_connection((host, int(port)), timeout=20) as held:
        held.sendall(f"POST /{page.token}/arrange HTTP/1.1\r\nHost: {page.host}\r\nContent-Length: {len(body)}\r\n"
                     "Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + body[:3])
        kept.request("GET", f"/{page.token}/page.css")
        kept.getresponse().read()  # by now the first request has been seen
        page.process.terminate()

        def closed():
            with socket.socket() as probe:
                return probe.connect_ex((host, int(port))) != 0

        wait_until(closed)
        kept.request("GET", f"/{page.token}/events")
        assert kept.getresponse().read() == b"retry: 500\n\n"
        held.sendall(body[3:])
        assert held.recv(100).startswith(b"HTTP/1.1 409")


def test_pages_that_were_closed_hold_no_place(page):
    host, port = page.host.split(":")
    for _ in range(150):
        with socket.create_connection((host, int(port)), timeout=20) as line:
            line.sendall(f"GET /{page.token}/events HTTP/1.1\r\nHost: {page.host}\r\n\r\n".encode())
            assert line.recv(12) == b"HTTP/1.1 200"
    assert page.get("page.js")[0] == 200
    with Events(page):
        pass


def test_a_change_of_template_setting_or_comparison_is_pushed_at_once(ready):
    templates = own_templates(ready)
    with Preview(ready) as page, Events(page) as events:
        edit(templates / "issue.html.mustache", "</body>", "<p>new</p></body>")
        events.wait()
        assert "<p>new</p>" in page.state()["html"]
        new = templates / "partials" / "new.mustache.part"
        new.write_text("x")
        new.rename(templates / "partials" / "new.mustache")
        events.wait()
        # A folder below, and another folder in its place.
        (templates / "partials" / "deep").mkdir()
        events.wait()
        (templates / "partials" / "deep" / "new.mustache").write_text("x")
        events.wait()
        templates.rename(ready.folder / "away")
        shutil.copytree(ready.folder / "away", templates)
        events.wait()
        while "error" in page.state():
            events.wait()
        edit(templates / "partials" / "lead.html.mustache", "</h1>", " (again)</h1>")
        while "(again)" not in page.state()["html"]:
            events.wait()
        sample = json.loads((SAMPLES / "7-earmark-owl-vs-minutes-and-marrow.json").read_text())
        sample["question"] = "Changed?"
        (ready.folder / "changed.json").write_text(json.dumps(sample))
        ready.run("import", str(ready.folder / "changed.json"))
        events.wait()


def test_a_draft_is_arranged_and_items_left_out_and_taken_in(page, ready):
    slugs = [item["slug"] for item in page.state()["selection"] if item["in"]]
    order = [slugs[-1], *slugs[:-1]]
    assert page.post("arrange", order=" ".join(order), left_out="")[0] == 200
    assert [i["slug"] for i in page.state()["selection"] if i["in"]][0] == slugs[-1]
    assert page.post("arrange", order=" ".join(order[1:]), left_out=order[0])[0] == 200
    out = [item for item in page.state()["selection"] if not item["in"]]
    assert [item["slug"] for item in out] == [order[0]]
    assert out[0]["reason"] == "left out by an editor"
    assert page.post("arrange", order=" ".join(order), left_out="")[0] == 200
    assert all(item["in"] for item in page.state()["selection"])
    assert page.post("arrange", order="", left_out="")[0] == 409
    assert page.post("arrange", order="no-such-slug", left_out="")[0] == 409


def test_tests_go_to_listed_addresses_alone(page, server):
    assert page.post("test", to="stranger@example.org")[0] == 403
    assert page.post("test", to="ann@example.com\r\nBcc: x@example.org")[0] == 409
    assert page.post("test", to="")[0] == 409
    assert server.messages == []
    assert page.post("test", to="bob@example.com", reader="long")[0] == 200
    assert page.post("test", to="ann@example.com", data="tie")[0] == 409
    assert server.recipients() == ["bob@example.com"]
    message = email.message_from_bytes(server.messages[0][2], policy=email.policy.default)
    for kind in ("plain", "html"):
        part = message.get_body((kind,)).get_content()
        assert "A test of issue 1" in part and "Featherstonehaugh" in part


def test_a_test_for_topics_that_nobody_chose_is_that_copy(page, server):
    topic = page.state()["topics"][0]
    assert page.post("test", to="bob@example.com", reader=f"topic:{topic}")[0] == 200
    assert f"Your topics: {topic}".encode() in server.messages[0][2].replace(b"=\r\n", b"")


def test_an_unreachable_relay_is_reported(ready):
    ready.settings["smtp.url"] = "smtp://127.0.0.1:1"
    with Preview(ready) as page:
        status, answer = page.post("test", to="bob@example.com")
        assert status == 409 and b"deferred" in answer


def test_what_is_approved_is_what_was_seen(ready, server):
    templates = own_templates(ready)
    ready.add_readers(1)
    with Preview(ready) as page:
        seen = approval(page.state())
        edit(templates / "issue.txt.mustache", "{{site.name}}", "{{site.name}}!")
        status, answer = page.post("approve", **seen)
        assert status == 409 and b"changed since" in answer
        assert page.post("approve")[0] == 409
        assert page.state()["issue"]["state"] == "draft"
        status, answer = page.post("approve", **approval(page.state()))
        assert status == 200, answer
        assert page.state()["issue"]["state"] == "approved"
        assert page.state()["editable"] is False
        assert page.post("arrange", order="a-vs-b")[0] == 409
    ready.run("weekly")
    assert server.recipients() == ["reader0@example.org"]


# Due at 09:00: in time; older than what is shown as it is; older than what is frozen as it is.
@pytest.mark.parametrize("now", ["09:00:00", "10:45:00", "11:30:00", "12:00:00", "23:00:00"])
def test_what_weekly_sends_is_to_the_byte_what_was_shown(ready, server, now):
    ready.now = f"2026-11-20T{now}Z"
    ready.settings.update({"issue.approval": "required"})
    ready.add_readers(3)
    with Preview(ready) as page:
        # As the page asks again, for another reader, with the Date that it showed.
        date = page.state()["date"]
        shown = {n: page.state(reader=f"address:reader{n}@example.org", date=date) for n in range(3)}
        assert page.get("issue.eml", reader="address:reader1@example.org", date=date)[2] == shown[1]["source"].encode()
        status, answer = page.post("approve", **approval(shown[2]))
        assert status == 200, answer
        after = page.state(reader="address:reader0@example.org")
    assert after["source"] == shown[0]["source"]
    later = ready.now.replace("20T", "21T")
    ready.run("weekly", now=later)
    sent = {to[0]: data for _, to, data in server.messages}
    assert sent == {f"reader{n}@example.org": shown[n]["source"].encode() for n in range(3)}


def test_a_date_that_was_shown_is_frozen_while_it_is_young_and_refused_later(ready):
    ready.now = "2026-11-22T08:00:00Z"
    with Preview(ready) as page:
        seen = page.state()
        # Looking again keeps the Date; a page that knows none gets the moment.
        assert page.state(date=seen["date"] - 3600)["date"] == seen["date"] - 3600
        assert "Date: Sun, 22 Nov 2026 07:" in page.state(date=seen["date"] - 3600)["headers"]
        assert page.state(date=seen["date"] - 7300)["date"] >= seen["date"]
        assert page.state(date=seen["date"] + 7300)["date"] < seen["date"] + 7300
    ready.now = "2026-11-22T11:00:30Z"
    with Preview(ready) as page:
        status, answer = page.post("approve", **approval(seen))
        assert status == 409 and b"too old" in answer
        assert page.post("approve", seen=seen["seen"])[0] == 409
    ready.now = "2026-11-22T10:59:00Z"
    with Preview(ready) as page:
        status, answer = page.post("approve", **approval(seen))
        assert status == 200, answer
        assert page.state()["date"] == seen["date"]
    assert ready.json("issue", "show", "1", "--json")["date"].startswith("2026-11-22T08:00:0")


@pytest.mark.parametrize("date", ["-9223372036854775808", "9223372036854775807", "-" + "9" * 30, "1e9", ""])
def test_a_date_that_is_none_is_refused_like_an_old_one(ready, date):
    with Preview(ready) as page:
        seen = page.state()
        # It is shown as of the moment, like to a page that knows no Date.
        assert seen["date"] <= page.state(date=date)["date"] <= page.state()["date"]
        assert page.post("approve", seen=seen["seen"], date=date)[0] == 409
        assert page.post("approve", **approval(seen))[0] == 200


def test_a_test_is_what_is_shown_but_for_what_marks_it(ready, server):
    ready.add_readers(1)
    ready.settings["site.name"] = "Küchen & Töpfe"
    ready.run("issue", "build")  # a draft has a Date of its own; without one it is the moment's
    with Preview(ready) as page:
        for reader in ("plain", "unnamed", "rtl", "address:reader0@example.org"):
            shown = page.state(reader=reader)
            status, answer = page.post("test", to="bob@example.com", reader=reader, date=shown["date"])
            assert status == 200, answer
            _, to, test = server.messages[-1]
            assert to == ["bob@example.com"]
            marked = without_marks(test, shown["banner"])
            source = taken_apart(shown["source"].encode())
            if reader.startswith("address:"):
                # A reader's own links work: they go to nobody else.
                assert marked != source
                marked, source = without_tokens(marked), without_tokens(source)
            assert marked == source


def without_tokens(parts: list) -> list:
    fields, subject, text, markup = parts
    token = rb"(?<=/leave/)\w+|(?<=/preferences/)\w+|(?<=unsubscribe\+)\w+"
    return [re.sub(token, b"TOKEN", fields[0]), fields[1:], subject, re.sub(token, b"TOKEN", text),
            re.sub(token, b"TOKEN", markup)]


def test_errors_are_approved_only_on_purpose(ready):
    templates = own_templates(ready)
    edit(templates / "issue.html.mustache", "</body>", "<script>x()</script></body>")
    with Preview(ready) as page:
        seen = approval(page.state())
        status, answer = page.post("approve", **seen)
        assert status == 409 and b"tag-banned" in answer
        assert page.post("approve", **seen, despite="errors")[0] == 200


def test_the_last_sent_issue_is_there_to_compare_with(ready, server):
    ready.add_readers(1)
    ready.run("weekly")
    later = "2026-11-27T12:00:00Z"
    text = (SAMPLES / "4-marginalia-otter-vs-draftwright.txt").read_text()
    (ready.folder / "next.txt").write_text(text.replace("Marginalia Otter", "Quill Badger"))
    ready.import_pages(ready.folder / "next.txt", published="2026-11-25T09:00:00Z")
    ready.now = later
    with Preview(ready) as page:
        state = page.state()
        assert state["previous"]["number"] == 1
        assert "Lanternfish" in state["previous"]["text"]
        assert state["previous"]["html"].startswith("<!DOCTYPE html>") and "Lanternfish" in state["previous"]["html"]
        assert "Quill Badger" in state["text"]
        assert [issue["state"] for issue in state["issues"]] == ["sent"]
        sent = page.state(issue="1")
        assert sent["issue"]["state"] == "sent" and sent["editable"] is False
        assert {"Lanternfish Coder vs Pocket Heron", "Lanternfish Coder vs Rook & Thimble"} <= {
            i["title"] for i in sent["selection"]}


def test_a_sent_issue_is_reported_as_frozen_and_shown_with_todays_templates(ready, tmp_path):
    def files(*words):
        done = ready.run("preview", "--out", str(tmp_path), *words)
        return done.stderr, (tmp_path / "issue.html").read_text()

    ready.add_readers(1)
    told, draft = files()
    assert told == ""
    ready.run("weekly")
    edit(own_templates(ready) / "issue.html.mustache", "</body>", "<p>Template work.</p>\n</body>")
    told, frozen = files("--issue", "1")
    assert "showing issue 1, sent: its bytes are frozen; --anew" in told
    assert frozen == draft
    told, anew = files("--issue", "1", "--anew")
    assert "showing issue 1, sent, with today's templates" in told
    assert anew.replace("<p>Template work.</p>\n", "") == draft != anew
    told = ready.run("check", "--issue", "1", "--json").stderr
    assert "showing issue 1, sent: its bytes are frozen" in told
    assert ready.json("check", "--issue", "1", "--json")["frozen"] is True
    assert ready.json("check", "--issue", "1", "--json", "--anew")["frozen"] is False
    edit(ready.folder / "templates" / "issue.html.mustache", "<p>Template work.</p>", "<script>x()</script>")
    ready.run("check", "--issue", "1")
    assert "tag-banned" in ready.run("check", "--issue", "1", "--anew", expect=65).stdout
    assert ready.run("-q", "check", "--issue", "1").stderr == ""


def test_the_page_offers_todays_templates_for_what_is_frozen(ready, server):
    ready.add_readers(1)
    with Preview(ready) as page:
        state = page.state(anew="on")
        assert (state["frozen"], state["anew"], state["editable"]) == (False, False, True)
    ready.run("weekly")
    edit(own_templates(ready) / "issue.html.mustache", "</body>", "<p>Template work.</p>\n</body>")
    with Preview(ready) as page:
        state = page.state()
        assert (state["frozen"], state["anew"]) == (True, False)
        assert "Template work." not in state["html"]
        state = page.state(anew="on")
        assert (state["frozen"], state["anew"], state["editable"]) == (False, True, False)
        assert "Template work." in state["html"] and b"Template work." in page.get("frame", anew="on")[2]
        sent = len(server.messages)
        for button in (("test", {"to": "bob@example.com"}), ("approve", approval(state)), ("arrange", {"order": ""})):
            status, answer = page.post(button[0], anew="on", **button[1])
            assert status == 409 and b"never sent" in answer, button
        assert len(server.messages) == sent
        edit(ready.folder / "templates" / "issue.html.mustache", "<p>Template work.</p>", "{{no.such.name}}")
        state = page.state(anew="on")
        assert state["error"]["file"].endswith("issue.html.mustache") and state["anew"]


def test_files_with_live_links_are_for_their_owner_alone(ready, tmp_path):
    ready.add_readers(1)
    ready.run("preview", "--out", str(tmp_path / "made-up"))
    ready.run("preview", "--out", str(tmp_path / "live"), "--reader", "reader0@example.org")
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "made-up").iterdir()} == {0o644}
    ready.run("preview", "--out", str(tmp_path / "made-up"), "--reader", "reader0@example.org")
    for folder in ("live", "made-up"):
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / folder).iterdir()} == {0o600}


def test_a_thin_week_is_reported_and_the_page_stays(newsletter):
    with Preview(newsletter) as page:
        assert "too few comparisons" in page.state()["error"]["message"]
        assert page.get()[0] == 200
        assert page.get("frame")[2] == b""


def send_raw(page, data: bytes) -> bytes:
    """The first line of what comes back; b"" where the connection is closed without a word."""
    host, port = page.host.split(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(data)
        try:
            return line.recv(4096).split(b"\r\n")[0]
        except ConnectionResetError:
            return b""


def test_requests_that_are_none_are_refused_and_leave_nothing_behind(page):
    start = f"/{page.token}/state HTTP/1.1\r\nHost: {page.host}\r\n".encode()
    body = b"POST " + start.replace(b"state", b"test") + b"Content-Type: application/x-www-form-urlencoded\r\n"
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    rows = [
        (b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\n\r\n", {414, 431}),
        (b"GET " + start + b"X: " + b"y" * 100000 + b"\r\n\r\n", {431}),
        (b"GET " + start + b"Content-Length: -5\r\n\r\n", {400}),
        (b"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
        (b"GET " + start.replace(b" HTTP", b"?" + b"a=b&" * 5000 + b" HTTP") + b"\r\n", {414, 431}),
        (b"TRACE " + start + b"\r\n", {405}),
        (b"DELETE " + start + b"\r\n", {405}),
        (body + b"Content-Length: 99999999999\r\n\r\n", {413}),
        (body + b"Content-Length: nonsense\r\n\r\n", {400}),
        (body + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 3 + b"0\r\n\r\n", {413}),
    ]
    for data, wanted in rows:
        answer = send_raw(page, data)
        assert answer == b"" or int(answer.split()[1]) in wanted, (data[:60], answer)
    for data, _ in rows[:-1]:
        # And those who leave in the middle.
        with socket.create_connection(tuple(page.host.split(":")), timeout=20) as line:
            line.sendall(data[:len(data) // 2])
    assert page.get("page.js")[0] == 200


def test_many_silent_connections_keep_nobody_out(page):
    host, port = page.host.split(":")
    lines = [socket.create_connection((host, int(port)), timeout=20) for _ in range(200)]
    try:
        for line in lines:
            line.sendall(b"GET /")
        # Long before they are thrown out for their silence.
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(f"GET /{page.token}/page.js HTTP/1.1\r\nHost: {page.host}\r\n\r\n".encode())
            assert line.recv(12) == b"HTTP/1.1 200"
    finally:
        for line in lines:
            line.close()


def test_a_body_past_the_limit_is_refused(page):
    status, _, _ = fetch(urllib.request.Request(page.url + "test", data=b"to=" + b"x" * 70000))
    assert status == 413
