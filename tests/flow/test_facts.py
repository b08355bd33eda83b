"""Whose word about a tool is believed, and what is made of a panel's share that nobody gives."""

import json
import pathlib

import pytest

FIELD = pathlib.Path(__file__).resolve().parents[3] / "shared" / "field" / "letter"
WEEK_48 = "2026-11-27T12:00:00Z"


def pair(price: str = "Free", published: str = "2026-11-19T09:00:00Z", **left) -> dict:
    return {"published_at": published,
            "left": {"name": "Yew", "category": "Tools", "panel_ship": 100, "price": price, "reviews": []} | left,
            "right": {"name": "Oak", "category": "Tools", "panel_ship": 50}}


def reviews(*verdicts: str) -> list[dict]:
    return [{"verdict": verdict, "quote": f"Number {i} says so."} for i, verdict in enumerate(verdicts)]


def take_in(letter, item: dict, *words: str, path: str | None = None):
    if path is None:
        return letter.run("import", *words, "-", stdin=json.dumps(item))
    (letter.folder / path).write_text(json.dumps(item))
    return letter.run("import", *words, str(letter.folder / path))


def price(letter) -> str:
    return letter.json("comparison", "show", "yew-vs-oak", "--json")["content"]["left"]["price"]


def text_of(letter, **options) -> str:
    letter.run("preview", "--out", str(letter.folder / "out"), **options)
    return " ".join((letter.folder / "out" / "issue.txt").read_text().split())


@pytest.fixture
def letter(newsletter):
    newsletter.settings["issue.min_items"] = "1"
    return newsletter


@pytest.mark.parametrize("named", [True, False])
def test_two_sources_that_disagree_are_reported_once_and_do_not_alternate(letter, named):
    told = ""
    for turn, (source, amount) in enumerate([("site", "$20/mo"), ("partner", "$25/mo")] * 3):
        words = ("--source", source) if named else ()
        done = take_in(letter, pair(amount), *words, path=f"{source}.json")
        assert turn < 2 or "0 new, 0 changed, 1 unchanged" in done.stdout
        assert turn == 0 or price(letter) == "$25/mo"
        told += done.stderr
    assert told.count("\n") == 1
    assert 'price of "Yew" changes from "$20/mo" to "$25/mo": two sources say different things' in told


@pytest.mark.parametrize("words", [(), ("--source", "site")])
def test_an_ordinary_price_update_is_no_warning(letter, words):
    for path, amount in [("a.json", "$20/mo"), ("a.json", "$25/mo"), ("b.json", "$30/mo"), (None, "$35/mo")]:
        assert take_in(letter, pair(amount), *words, path=path).stderr == ""
        assert price(letter) == amount


def test_a_share_that_nobody_gives_is_counted_and_said_to_be(letter):
    take_in(letter, pair(panel_ship=None, reviews=reviews("ship", "ship", "skip")))
    shown = letter.json("comparison", "show", "yew-vs-oak", "--json")
    assert shown["panel_counted"] == {"left": 67} and shown["content"]["left"]["panel_ship"] is None
    assert "panel:     67% for Yew, counted from its reviews" in letter.run("comparison", "show", "yew-vs-oak").stdout
    assert "[##-] 2 of 3 Yew" in text_of(letter)
    letter.run("issue", "build")
    text = text_of(letter)
    assert "Yew: 67% would ship it. Oak: 50%" in text
    take_in(letter, pair(panel_ship=75, reviews=reviews("ship", "ship", "skip")))
    assert letter.json("comparison", "show", "yew-vs-oak", "--json")["panel_counted"] == {}


@pytest.mark.parametrize("share, verdicts, words", [
    (10, ("ship", "ship"), "Yew: the panel's share is 10%, but 2 of 2 reviews ship it"),
    (50, ("ship", "skip"), None),
    (66, ("ship", "ship", "skip"), None),
    (100, ("ship", "skip"), "Yew: the panel's share is 100%, but 1 of 2 reviews ships it"),
])
def test_a_share_that_the_verdicts_cannot_have_is_warned_of(letter, share, verdicts, words):
    take_in(letter, pair(panel_ship=share, reviews=reviews(*verdicts)))
    letter.run("issue", "build")
    found = [row for row in letter.json("check", "--json")["findings"] if row["rule"] == "share-against-verdicts"]
    assert [row["level"] for row in found] == ["warning"] * (words is not None)
    assert words is None or words in found[0]["message"]


@pytest.mark.skipif(not FIELD.is_dir(), reason="../shared/field/letter is not here")
def test_the_share_of_the_field_is_counted(letter):
    letter.run("import", str(FIELD / "35_derive.json"), now=WEEK_48)
    text = text_of(letter, now=WEEK_48)
    assert "Ship Yew, but it is ahead by one reviewer only: both reviewers would ship it, 1 of 2 reviewers would ship Oak." in text


@pytest.mark.skipif(not FIELD.is_dir(), reason="../shared/field/letter is not here")
@pytest.mark.parametrize("sent", [True, False])
def test_a_moved_comparison_is_reported_with_its_newest_facts_and_once(letter, sent):
    letter.settings["smtp.url"] = f"maildir:{letter.folder}/box"
    letter.add_readers(1)
    letter.run("import", str(FIELD / "moved-1.json"), now="2026-11-18T10:00:00Z")
    if sent:
        letter.run("weekly", now="2026-11-20T12:00:00Z")
    done = letter.run("import", str(FIELD / "moved-2.json"), now="2026-11-26T10:00:00Z")
    assert "is ignored: it stands in an issue with 2026-11-18" in done.stderr if sent else done.stderr == ""
    text = text_of(letter, now=WEEK_48)
    stories, _, moves = text.partition("Since we last wrote")
    assert ("New" in stories) is not sent
    assert ("New: 25%" in moves) is sent
    for fact in ("Old: 100% would ship it.", "$20/mo", "90% of readers"):
        assert fact in text
    assert "[#####-----] 50%" not in stories
