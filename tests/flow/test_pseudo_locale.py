"""No visible word of an issue, a page or a mail is built in code: in a language of accents (tests/support/pseudo_locale.py)
for catalogue and templates, and with data in Greek, whatever still reads as English was."""

import email
import email.policy
import html.parser
import json
import pathlib
import re

import pytest

import pseudo_locale
from newsletter import HELPERS, ROOT
from service import Service, paths, wait_until

PSEUDO = HELPERS / "pseudo_verdicts"
pytestmark = pytest.mark.skipif(not PSEUDO.exists(), reason="NO pseudo_verdicts: build with the tests")

SHIPS = "I would ship it today: setup took minutes and it never failed."
SKIPS = "I would not pay for this, because the search breaks on large projects."
# Written by others, in English because cues are found in it; prices.
# Words in which facts are found, none of them what the catalogue calls the fact.
DESCRIPTIONS = "gplv3, e2ee.", "bsd-licensed."
DATA = f"{SHIPS} {SKIPS} {DESCRIPTIONS} Free mo Pro"
ADDRESS = re.compile(r"\S*(?:://|@|\.(?:example|org|com)\b)\S*")


class Visible(html.parser.HTMLParser):
    """What a reader gets to see or hear of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.hidden += tag in ("style", "script")
        for name, value in attributes:
            if name in ("aria-label", "title", "alt", "placeholder"):
                self.words.append(value or "")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("style", "script")

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


def english(text: str) -> set[str]:
    """The words of it that neither catalogue nor data know."""
    known = set(re.findall(r"[A-Za-z]+", DATA))
    return {word for word in re.findall(r"[A-Za-z]{2,}", ADDRESS.sub(" ", text)) if word not in known}


def comparison(number: int, panel: tuple, votes: tuple, prices: tuple) -> dict:
    tools = [{"name": name, "slug": f"t{number}-{side}", "category": "Εργαλεία", "tagline": "Ένα εργαλείο",
              "description": description, "price": price, "panel_ship": ship, "community_ship": vote,
              "url": f"https://tool.example.org/{number}{side}",
              "reviews": [{"reviewer": "Γιάννης", "verdict": "ship", "quote": SHIPS},
                          {"reviewer": "Μαρία", "verdict": "skip", "quote": SKIPS}]}
             for side, name, description, price, ship, vote in zip(
                 "ab", (f"Άλφα{number}", f"Βήτα{number}"), DESCRIPTIONS, prices, panel, votes)]
    return {"slug": f"c{number}", "title": f"Άλφα{number} / Βήτα{number}", "question": "Ποιο;", "left": tools[0],
            "right": tools[1], "url": f"https://www.example.org/{number}"}


COMPARISONS = [comparison(1, (50, 50), (62, 40), ("$20/mo", "Free")), comparison(2, (100, 0), (None, None), ("Free", "Free")),
               comparison(3, (50, 100), (80, 20), ("$9/mo", "$12/mo")), comparison(4, (None, 50), (None, 70), ("$1/mo", "Pro"))]


def speak(source: pathlib.Path, target: pathlib.Path) -> str:
    for path in source.rglob("*"):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".mustache":
            copy.write_text(pseudo_locale.template(path.read_text(encoding="utf-8")), encoding="utf-8")
        elif path.is_file():
            copy.write_bytes(path.read_bytes())
    return str(target)


@pytest.fixture
def greek(newsletter, server, tmp_path):
    newsletter.program = PSEUDO
    newsletter.settings |= {
        "site.name": "Ετυμηγορίες", "site.postal_address": "Οδός 1, Αθήνα", "mail.from": "Νέα <news@example.org>",
        "subscribe.consent": "Ναι, στείλτε το.", "site.url": "https://www.example.org", "smtp.url": server.url,
        "subscribe.leave_notice": "yes",
        "templates_dir": speak(ROOT / "templates", tmp_path / "templates"),
        "pages_dir": speak(ROOT / "subscribers", tmp_path / "subscribers")}
    path = tmp_path / "comparisons.json"
    path.write_text(json.dumps(COMPARISONS), encoding="utf-8")
    newsletter.import_pages(path)
    return newsletter


def said(message) -> str:
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    return "\n".join([str(parsed["Subject"]), parsed.get_body(("plain",)).get_content(),
                      *Visible(parsed.get_body(("html",)).get_content()).words])


def test_no_word_of_an_issue_is_built_in_code(greek, server):
    greek.add_readers(1)
    greek.run("weekly")
    assert english(said(server.messages[0][2])) == {"Reader"}, "the reader's own name"


def visible(answer) -> set[str]:
    return english("\n".join(Visible(answer.text).words))


def refused(service) -> list:
    """What the server answers by itself, before any page of ours."""
    typed = lambda kind: {"Content-Type": kind}  # noqa: E731
    answers = [service.ask("DELETE", "/"), service.get("/a%00b"),
               service.ask("POST", "/subscribe", "x" * 9000, typed("application/x-www-form-urlencoded")),
               service.ask("POST", "/subscribe", "x", typed("application/pdf")),
               service.ask("POST", "/subscribe", "{", typed("application/json")),
               service.ask("POST", "/subscribe", "x", typed("multipart/form-data; boundary=y"))]
    assert [answer.status for answer in answers] == [405, 400, 413, 415, 400, 400]
    told = json.loads(answers[4].text)
    answers[4].body = told["message"].encode()
    assert told["ok"] is False
    return answers


def test_no_word_of_a_page_or_mail_is_built_in_code(greek, server):
    greek.add_readers(1)
    greek.run("weekly")
    with Service(greek, server, limit_network="1000/h") as service:
        answers = [service.get("/"), service.get("/issues"), service.get("/issues/2026-W47"), service.get("/nowhere"),
                   service.get("/confirm/x")]
        for typed in ("", "ann", "a@b@c", "a b@example.org", "@example.org", "a@", "a@b", "a..b@example.org", "a@" + "gmial.com"):
            answers.append(service.post("/subscribe", {"email": typed, "name": "<b>"}))
        answers.append(service.subscribe("ann@example.org", name="x" * 200))
        answers.append(service.subscribe("ann@example.org"))
        links = paths(service.mails("ann@example.org")[0])
        answers += [service.get(links["confirm"]), service.press(links["confirm"]), service.get(links["confirm"])]
        links = paths(service.mails("ann@example.org", 2)[1])
        preferences = links["preferences"]
        answers += [service.get(preferences), service.post(preferences, {"do": "save", "pause": "4"}),
                    service.post(preferences, {"do": "save", "pause": "99"}), service.post(preferences, {}),
                    service.post(preferences, {"do": "link"}), service.post(preferences, {"do": "link"})]
        service.settle()
        own = next(path["own"] for path in map(paths, service.mails("ann@example.org", 3)) if "own" in path)
        answers += [service.get(own), service.post(own, {"do": "move", "email": "ann"}), service.post(own, {"do": "erase"}),
                    service.post(own, {"do": "move", "email": "ann@example.net"})]
        service.settle()
        change = paths(service.mails("ann@example.net")[0])["address"]
        answers += [service.get(change), service.post(change, {}), service.post(change, {}), service.get(own)]
        answers += [service.get(links["leave"]), service.post(links["leave"], {}),
                    service.post(links["leave"], {"do": "undo"}), service.post(links["leave"], {}), service.get(preferences)]
        service.settle()
        answers += refused(service)
        assert [(answer.status, visible(answer)) for answer in answers if visible(answer)] == []
    mails = [said(message) for _, recipients, message in server.messages[1:]]
    assert len(mails) >= 6 and [english(mail) for mail in mails] == [set()] * len(mails)
