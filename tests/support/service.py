"""Drives the real signup service: starts it, talks HTTP to it, reads the mail that it sends."""

import email
import email.policy
import html.parser
import http.client
import os
import pathlib
import re
import select
import signal
import sqlite3
import tempfile
import time
import urllib.parse


class Answer:
    def __init__(self, response) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


class Form(html.parser.HTMLParser):
    """The forms of a page: action and fields, as a browser without scripts would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.forms.append({"action": attributes.get("action"), "fields": {}})
        elif tag == "input" and self.forms and "name" in attributes:
            if attributes.get("type") != "checkbox" or "checked" in attributes:
                self.forms[-1]["fields"][attributes["name"]] = attributes.get("value") or ""


class Service:
    """`with Service(newsletter, server) as service:`; `server` None: mails go nowhere. `verbose`: the log
    has every request, and await_log() can wait for what it says."""

    def __init__(self, newsletter, server=None, verbose=False, **settings) -> None:
        self.newsletter = newsletter
        self.words = ("-v", "serve") if verbose else ("serve",)
        newsletter.settings["subscribe.listen"] = "127.0.0.1:0"
        newsletter.settings["smtp.url"] = server.url if server else "null:"
        newsletter.settings.update({f"subscribe.{key}": value for key, value in settings.items()})
        self.server = server

    def __enter__(self):
        # A sanitizer keeps freed memory for a while; without that, its size says something.
        options = os.environ.get("ASAN_OPTIONS", "")
        self.log = tempfile.NamedTemporaryFile("ab")
        self.process = self.newsletter.start(
            *self.words, stderr=self.log, env={"ASAN_OPTIONS": f"{options}:quarantine_size_mb=1:thread_local_quarantine_size_kb=64"})
        self.address = self.process.stdout.readline().strip().removeprefix("http://")
        assert self.address, self.said()
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=60)
        self.errors = self.said()
        self.log.close()

    def said(self) -> str:
        """What it wrote to stderr so far."""
        return pathlib.Path(self.log.name).read_text(encoding="utf-8", errors="replace")

    def await_log(self, word, count=1):
        wait_until(lambda: self.said().count(word) >= count)

    def hang_up(self):
        self.process.send_signal(signal.SIGHUP)

    # --- HTTP ---

    def connect(self):
        host, port = self.address.rsplit(":", 1)
        return http.client.HTTPConnection(host, int(port), timeout=30)

    def ask(self, method, path, body=None, headers=None) -> Answer:
        connection = self.connect()
        try:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, **headers) -> Answer:
        return self.ask("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, path, fields, headers=None) -> Answer:
        body = urllib.parse.urlencode(fields, doseq=True).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, body, {**kind, **(headers or {})})

    def press(self, path, number=0, **changes) -> Answer:
        """Opens a page and presses the button of its form."""
        form = Form(self.get(path).text).forms[number]
        return self.post(form["action"], {**form["fields"], **changes})

    def subscribe(self, address, headers=None, **fields) -> Answer:
        return self.post("/subscribe", {"email": address, **fields}, headers)

    # --- mail and database ---

    def mails(self, address, count=1, timeout=30):
        """The first `count` mails to an address, waited for."""
        until = time.monotonic() + timeout
        while True:
            found = [message for _, recipients, message in self.server.messages if address in recipients]
            if len(found) >= count or time.monotonic() > until:
                break
            time.sleep(0.02)
        assert len(found) >= count, f"{len(found)} mails to {address}"
        return [email.message_from_bytes(message, policy=email.policy.default) for message in found]

    def settle(self, timeout=30):
        """Waits until no mail is owed."""
        until = time.monotonic() + timeout
        while self.rows("SELECT 1 FROM outgoing WHERE state IN ('queued', 'sending')"):
            assert time.monotonic() < until
            time.sleep(0.02)

    def rows(self, sql, *values):
        database = sqlite3.connect(self.newsletter.folder / "verdicts.db", timeout=10)
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()

    def status(self, address):
        found = self.rows("SELECT status FROM subscriber WHERE address_key = ?", address)
        return found[0][0] if found else None

    def consent(self, address):
        return [kind for (kind,) in self.rows(
            "SELECT kind FROM consent c JOIN subscriber s ON s.id = c.subscriber_id "
            "WHERE s.address_key = ? ORDER BY c.id", address)]

    def content(self) -> bytes:
        """Everything in the database, in an order of its own: equal when nothing has changed."""
        database = sqlite3.connect(self.newsletter.folder / "verdicts.db", timeout=10)
        try:
            return "\n".join(database.iterdump()).encode()
        finally:
            database.close()

    def own(self, preferences):
        """Asks for the link to one's own page by the link of an issue; gives its path from the mail."""
        assert self.post(preferences, {"do": "link"}).status == 200
        self.settle()
        [(address,)] = self.rows("SELECT address FROM outgoing WHERE kind = 'own' ORDER BY id DESC LIMIT 1")
        return next(link for message in reversed(self.mails(address)) for link in [paths(message).get("own")] if link)

    def join(self, address, **fields):
        """Signs up and confirms; gives the links of the confirmation mail."""
        assert self.subscribe(address, **fields).status == 200
        links = paths(self.mails(address)[0])
        assert self.post(links["confirm"], {}).status == 200
        return links


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content()


def links_of(message) -> list[str]:
    return re.findall(r"https?://[^\s<>\"]+", text_of(message))


def paths(message) -> dict[str, str]:
    """The paths of a mail's links by their first word: {"confirm": "/confirm/…"}."""
    found = {}
    for link in links_of(message):
        path = urllib.parse.urlsplit(link).path or "/"
        found[path.split("/")[1]] = path
    return found


def worker_pids(service) -> list[int]:
    """The two processes under the one that was started."""
    with open(f"/proc/{service.process.pid}/task/{service.process.pid}/children", encoding="ascii") as f:
        return [int(pid) for pid in f.read().split()]


def wait_until(condition, timeout=30):
    until = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < until
        select.select([], [], [], 0.02)
