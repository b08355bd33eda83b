"""On the record: what reviewers expect by a date is kept, and asked about when it is due, once."""

import email
import email.policy
import json
import re

EXPECTED = "Every phone will have this built in within 12 months."
BY_2028 = "I bet that by 2028 nobody records a meeting to remember it."
END_OF_2027 = "The price will have doubled by the end of 2027."
REVIEWERS = ["The Builder", "The Skeptic", "The Futurist"]
PLAIN = "It does what it says it does."
FIRST = "2026-11-20T12:00:00Z"


def tool(name: str, *quotes: str, category="Tools") -> dict:
    reviews = [{"reviewer": who, "verdict": "ship", "quote": quote}
               for who, quote in zip(REVIEWERS, [*quotes, PLAIN, PLAIN, PLAIN])]
    return {"name": name, "category": category, "reviews": reviews}


def item(left: dict, right: dict, published: str) -> dict:
    return {"published_at": published, "left": left, "right": right}


def start(newsletter, tmp_path):
    newsletter.settings["smtp.url"] = f"maildir:{tmp_path}/box"
    newsletter.settings["issue.min_items"] = "1"
    newsletter.add_readers(1)
    return newsletter


def bring(letter, *items):
    letter.run("import", "-", stdin=json.dumps(list(items)))


def fresh(letter, day: str, name: str):
    """A comparison in which nobody expects anything, so that the week has an issue."""
    bring(letter, item(tool(f"Left {name}"), tool(f"Right {name}"), f"{day}T09:00:00Z"))


def told(newsletter, tmp_path):
    letter = start(newsletter, tmp_path)
    bring(letter,
          item(tool("Otter", EXPECTED), tool("Heron", BY_2028), "2026-11-19T09:00:00Z"),
          item(tool("Quill", END_OF_2027), tool("Nib"), "2026-11-18T09:00:00Z"))
    letter.run("weekly", now=FIRST)
    return letter


def text_of(letter, number: int, now: str) -> str:
    """The plaintext of an issue, on one line."""
    folder = letter.folder / f"shown-{number}"
    letter.run("preview", "--out", str(folder), "--issue", str(number), now=now)
    assert "On the record" in (folder / "issue.html").read_text() or "On the record" not in (
        folder / "issue.txt").read_text()
    return " ".join((folder / "issue.txt").read_text().split())


def states(letter) -> list:
    return [row["state"] for row in letter.json("issue", "list", "--json")]


def asked(letter, number: int, now: str) -> list:
    """The sentences that it asks about."""
    return re.findall(r"wrote of [^:]*: “([^”]*)” It is due\. Was it right\?", text_of(letter, number, now))


def test_an_issue_puts_two_sentences_on_record_and_says_until_when(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    text = text_of(letter, 1, FIRST)
    assert f"The Builder on Otter, on the record until November 2027: “{EXPECTED}”" in text
    assert f"The Builder on Quill, on the record until January 2028: “{END_OF_2027}”" in text
    assert BY_2028 not in text.partition("On the record")[2]  # the third, and less plain
    assert "Was it right" not in text


def test_in_the_month_in_which_it_is_due_an_issue_asks_each_once_with_both_links(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    letter.settings["subscribe.url"] = "https://letter.example.org"
    letter.settings["site.comparison_url"] = "https://tools.example.org/compare/{slug}"
    for day, now, number, due in [
            ("2027-10-28", "2027-10-29T12:00:00Z", 2, []),
            ("2027-11-04", "2027-11-05T12:00:00Z", 3, [EXPECTED]),
            ("2027-11-11", "2027-11-12T12:00:00Z", 4, []),
            ("2027-12-30", "2027-12-31T12:00:00Z", 5, []),
            ("2028-01-06", "2028-01-07T12:00:00Z", 6, [END_OF_2027]),
            ("2028-02-03", "2028-02-04T12:00:00Z", 7, [])]:
        fresh(letter, day, str(number))
        letter.run("weekly", now=now)
        assert states(letter) == ["sent"] * number
        assert asked(letter, number, now) == due, now
    text = text_of(letter, 3, "2027-11-05T12:00:00Z")
    assert f"In November 2026 The Builder wrote of Otter: “{EXPECTED}” It is due. Was it right?" in text
    assert "The comparison: https://tools.example.org/compare/otter-vs-heron" in text
    assert ("We wrote about it in No. 1, 20 November 2026: https://letter.example.org/issues/2026-W47") in text


def test_what_is_due_makes_no_issue_and_waits_for_one(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    letter.settings["issue.min_items"] = "2"
    letter.run("weekly", now="2027-11-05T12:00:00Z")
    assert states(letter) == ["sent"]
    assert letter.json("pick", "--json", now="2027-11-05T12:00:00Z")["predictions"] == []
    fresh(letter, "2027-12-02", "one")
    fresh(letter, "2027-12-02", "two")
    letter.run("weekly", now="2027-12-03T12:00:00Z")
    assert asked(letter, 2, "2027-12-03T12:00:00Z") == [EXPECTED]


def test_more_than_two_are_asked_about_over_several_issues_and_none_is_lost(newsletter, tmp_path):
    letter = start(newsletter, tmp_path)
    for number, (day, now) in enumerate([("2026-11-19", FIRST), ("2026-11-26", "2026-11-27T12:00:00Z"),
                                         ("2026-12-03", "2026-12-04T12:00:00Z")]):
        bring(letter, item(tool(f"Otter {number}", f"Team {number} will have grown tired of it by 2028."),
                           tool(f"Heron {number}", f"Team {number} will have come back to it by 2028."),
                           f"{day}T09:00:00Z"))
        letter.run("weekly", now=now)
    seen = []
    for number, (day, now) in enumerate([("2028-01-06", "2028-01-07T12:00:00Z"), ("2028-01-13", "2028-01-14T12:00:00Z"),
                                         ("2028-01-20", "2028-01-21T12:00:00Z"), ("2028-01-27", "2028-01-28T12:00:00Z")], 4):
        fresh(letter, day, str(number))
        letter.run("check", "--strict", now=now)
        letter.run("weekly", now=now)
        seen.append(asked(letter, number, now))
    assert [len(due) for due in seen] == [2, 2, 2, 0]
    assert sorted(sum(seen, [])) == sorted(
        f"Team {number} will have {what} it by 2028." for number in range(3) for what in ("grown tired of", "come back to"))
    assert all(f"Team {number}" in due for number in range(3) for due in seen[number])


def test_a_sentence_that_comes_again_is_on_record_once(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    bring(letter, item(tool("Otter", EXPECTED), tool("Egret"), "2026-11-26T09:00:00Z"))
    found = letter.json("pick", "--json", now="2026-11-27T12:00:00Z")
    assert found["thin"] is False and found["predictions"] == []


def test_what_is_withdrawn_is_not_asked_about(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    now = "2027-11-05T12:00:00Z"
    fresh(letter, "2027-11-04", "new")
    letter.settings["issue.approval"] = "required"
    letter.run("issue", "build", now=now)
    letter.run("issue", "approve", "2", now=now)
    letter.run("comparison", "withdraw", "otter-vs-heron", now=now)
    refused = letter.run("send", "--issue", "2", now=now, expect=65)
    assert "issue 2 (2027-W44) asks about a review of otter-vs-heron, withdrawn since it was approved" in refused.stderr
    letter.run("issue", "cancel", "2", now=now)
    assert letter.json("pick", "--json", now=now)["predictions"] == []
    letter.run("comparison", "restore", "otter-vs-heron", now=now)
    assert [row["sentence"] for row in letter.json("pick", "--json", now=now)["predictions"]] == [EXPECTED]


def test_an_issue_that_was_cancelled_has_put_nothing_on_record_and_asked_nothing(newsletter, tmp_path):
    letter = start(newsletter, tmp_path)
    letter.settings["issue.approval"] = "required"
    bring(letter, item(tool("Otter", EXPECTED), tool("Heron"), "2026-11-19T09:00:00Z"))
    letter.run("issue", "build", now=FIRST)
    letter.run("issue", "approve", "1", now=FIRST)
    assert letter.json("pick", "--week", "2026-W48", "--json", now=FIRST)["predictions"] == []
    letter.run("issue", "cancel", "1", now=FIRST)
    fresh(letter, "2027-11-04", "new")
    assert letter.json("pick", "--json", now="2027-11-05T12:00:00Z")["predictions"] == []


def test_pick_explains_what_goes_on_record_and_what_is_due(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    now = "2027-11-05T12:00:00Z"
    bring(letter, item(tool("Egret", "It has a good name. The vendor won't exist in two years."), tool("Teal"),
                       "2027-11-04T09:00:00Z"))
    assert letter.json("pick", "--json", now=now)["predictions"] == [
        {"tool": "Otter", "slug": "otter-vs-heron", "sentence": EXPECTED, "due": "2027-11", "issue": 1},
        {"tool": "Egret", "slug": "egret-vs-teal", "sentence": "The vendor won't exist in two years.",
         "due": "2029-11", "issue": None}]
    lines = letter.run("pick", "--explain", now=now).stdout
    assert (f"due      In November 2026 The Builder wrote of Otter: “{EXPECTED}” It is due. Was it right?"
            " (issue 1, 2026-W47)") in lines
    assert "record   The Builder on Egret, on the record until November 2029: “The vendor won't exist in two years.”" in lines
    letter.run("weekly", now=now)
    frozen = letter.json("pick", "--week", "2027-W44", "--json", now=now)["predictions"]
    assert [(row["tool"], row["issue"]) for row in frozen] == [("Otter", 1), ("Egret", None)]


def test_a_copy_by_topics_has_what_is_on_record_of_its_topics(newsletter, server):
    newsletter.settings["smtp.url"] = server.url
    newsletter.settings["issue.min_items"] = "1"
    people = newsletter.folder / "people.csv"
    people.write_text("email,topics\nbirds@example.org,Birds\n")
    newsletter.run("subscribers", "import", str(people), "--status", "confirmed", "--wording", "test people")
    bring(newsletter,
          item(tool("Otter", EXPECTED, category="Mammals"), tool("Stoat", category="Mammals"), "2026-11-19T09:00:00Z"),
          item(tool("Quill", END_OF_2027, category="Birds"), tool("Nib", category="Birds"), "2026-11-18T09:00:00Z"))
    newsletter.run("weekly", now=FIRST)
    bring(newsletter, item(tool("Egret", category="Birds"), tool("Teal", category="Birds"), "2028-01-06T09:00:00Z"))
    newsletter.run("weekly", now="2028-01-07T12:00:00Z")
    said, due = (" ".join(email.message_from_bytes(message, policy=email.policy.default)
                          .get_body(("plain",)).get_content().split()) for _, _, message in server.messages)
    assert f"on the record until January 2028: “{END_OF_2027}”" in said and EXPECTED not in said
    assert f"wrote of Quill: “{END_OF_2027}” It is due. Was it right?" in due and EXPECTED not in due


def test_hostile_words_on_the_record_stay_words(newsletter, tmp_path):
    letter = start(newsletter, tmp_path)
    bring(letter, item(
        {"name": "<b>Otter</b> {{site.name}}", "category": "Tools", "reviews": [
            {"reviewer": "\u202eThe <i>Builder</i> & {{x}}", "verdict": "ship",
             "quote": "Everybody & \"nobody\" will\u2028have a 'plan' \u202efile by the end of 2027."}]},
        {"name": "قلم ١", "category": "Tools", "reviews": [
            {"reviewer": "נוצה", "verdict": "skip", "quote": "The vendor of قلم will be gone within 18 months."}]},
        "2026-11-19T09:00:00Z"))
    letter.run("issue", "build", now=FIRST)
    text = text_of(letter, 1, FIRST)
    assert "Everybody & \"nobody\" will have a 'plan'" in text
    assert "{{x}}, on the record" not in text and "<b>Otter</b> {{site.name}}, on the record until January 2028:" in text
    html = (letter.folder / "shown-1" / "issue.html").read_text()
    assert "<b>Otter" not in html and "<i>Builder" not in html and "&lt;b&gt;Otter" in html
