"""What an editor writes for one issue: subject, preheader, headline, notes and quotes."""

import email
import email.policy
import json
import re

import pytest

from previewing import edit, own_templates

SHIPS = "Fast to set up, and I would ship it to every team of mine today."
PLAIN = "The desktop version opens in a window of its own."
SKIPS = "The problem is the export, which loses tables."
NOTE = "Welcome to *our* **third** letter & <https://www.example.org/>:\n\n- 1 \\< 2\n- see [the list](https://example.com/a_b)\n"


def pair(left: str, right: str, category: str = "Search", share: int = 100) -> dict:
    reviews = [{"quote": f"{SHIPS} {PLAIN}", "verdict": "ship", "reviewer": "Ann Example"},
               {"quote": SKIPS, "verdict": "skip", "reviewer": "Bob Example"}]
    return {"published_at": "2026-11-19T09:00:00Z",
            "left": {"name": left, "category": category, "panel_ship": share, "reviews": reviews},
            "right": {"name": right, "category": category, "panel_ship": 25, "reviews": [{"quote": "It works."}]}}


def take_in(letter, *pairs: dict) -> None:
    letter.run("import", "-", stdin=json.dumps(pairs))


@pytest.fixture
def drafted(newsletter):
    """Issue 1, a draft of two stories: Otter and Heron, Quill and Nib."""
    take_in(newsletter, pair("Otter", "Heron"), pair("Quill", "Nib", "Writing", 75))
    newsletter.run("issue", "build")
    return newsletter


def shown(letter, number: int = 1) -> dict:
    return letter.json("issue", "show", str(number), "--json")


def words(letter) -> list[tuple]:
    return [(row["kind"], row["about"], row["text"]) for row in shown(letter)["words"]]


def parts(letter) -> tuple[str, str]:
    """The HTML and the text of the draft as the preview writes them."""
    out = letter.folder / "preview"
    letter.run("preview", "--out", str(out), "--issue", "1")
    return (out / "issue.html").read_text(), (out / "issue.txt").read_text()


def note(letter, text, *options, **expected):
    return letter.run("issue", "note", "1", *options, "-", stdin=text, **expected)


def rules(letter) -> set[str]:
    return {row["rule"] for row in json.loads(letter.run("check", "--json", expect=None).stdout)["findings"]}


def test_an_editors_lines_stand_above_every_copy_and_leave_with_clear(drafted, server):
    drafted.settings["smtp.url"] = server.url
    own = shown(drafted)
    drafted.run("issue", "subject", "1", "  Ten words that an editor found ")
    drafted.run("issue", "preheader", "1", "And what stands behind them in an inbox that has room for it")
    told = drafted.run("issue", "headline", "1", "Two duels & a winner").stdout
    assert "by an editor: headline: Two duels & a winner\n" in told
    people = drafted.folder / "people.csv"
    people.write_text("email,topics\nall@example.org,\nwriting@example.org,Writing\n")
    drafted.run("subscribers", "import", str(people), "--status", "confirmed", "--wording", "test people")
    drafted.run("weekly")
    for _, _, message in server.messages:
        copy = email.message_from_bytes(message, policy=email.policy.default)
        page, text = (copy.get_body((kind,)).get_content() for kind in ("html", "plain"))
        assert copy["Subject"] == "Ten words that an editor found"
        assert "<title>Ten words that an editor found</title>" in page and "Two duels &amp; a winner</h1>" in page
        assert "And what stands behind them in an inbox" in page and text.splitlines()[0] == "Two duels & a winner"
    assert len(server.messages) == 2 and own["subject"].startswith("Otter")


def test_what_is_taken_back_is_the_programs_again(drafted):
    own = shown(drafted)
    for kind in ("subject", "preheader", "headline"):
        drafted.run("issue", kind, "1", "Words of an editor's own")
        drafted.run("issue", kind, "1", "--clear")
        assert f"has no editor's {kind}" in drafted.run("issue", kind, "1", "--clear", expect=66).stderr
    note(drafted, NOTE)
    drafted.run("issue", "note", "1", "--clear")
    drafted.run("issue", "quote", "1", "otter", "--for", "2")
    drafted.run("issue", "quote", "1", "otter", "--clear")
    again = shown(drafted)
    assert (again["subject"], again["preheader"], again["words"]) == (own["subject"], own["preheader"], [])


def test_words_survive_builds_and_orders_and_are_frozen_with_the_issue(drafted):
    drafted.run("issue", "subject", "1", "A subject of the editor's")
    note(drafted, NOTE)
    note(drafted, "On Quill alone.", "--story", "quill-vs-nib")
    note(drafted, "On Quill, once more.", "--story", "2")
    drafted.run("issue", "quote", "1", "Otter", "--for", "2")
    written = words(drafted)
    assert written == [("subject", "", "A subject of the editor's"), ("note", "", NOTE),
                       ("story note", "quill-vs-nib", "On Quill, once more."), ("quote for", "otter", PLAIN)]
    drafted.run("issue", "build")
    drafted.run("issue", "arrange", "1", "--order", "quill-vs-nib")
    assert words(drafted) == written
    assert [row["story"] for row in shown(drafted)["words"]] == [None, None, 1, None]
    text = parts(drafted)[1]
    assert text.index("On Quill, once more.") < text.index("Otter vs Heron") and "On Quill alone" not in text
    drafted.run("issue", "approve", "1")
    for command in (["subject", "1", "Too late"], ["headline", "1", "--clear"], ["quote", "1", "otter", "--for", "1"]):
        assert "issue 1 is approved; only a draft can be reworded" in drafted.run("issue", *command, expect=65).stderr
    note(drafted, "Too late.", expect=65)
    assert words(drafted) == written and shown(drafted)["subject"] == "A subject of the editor's"


def test_an_approval_says_when_the_issue_is_sent_and_what_a_change_of_it_costs(newsletter):
    early = "2026-11-19T12:00:00Z"
    take_in(newsletter, pair("Otter", "Heron"))
    newsletter.run("issue", "build", now=early)
    newsletter.run("issue", "subject", "1", "A subject of the editor's", now=early)
    told = newsletter.run("issue", "approve", "1", now=early).stdout
    assert "it is sent when it is due, at 2026-11-20T09:00:00Z" in told
    late = newsletter.run("issue", "headline", "1", "Too late", now=early, expect=65).stderr
    assert "`verdicts issue cancel 1` lets a new one be built, without an editor's words" in late
    assert "is gone, with what an editor wrote for it;" in newsletter.run("issue", "cancel", "1", now=early).stdout
    newsletter.run("issue", "build", now=early)
    told = newsletter.run("issue", "approve", "1", now="2026-11-20T09:00:00Z").stdout
    assert told.endswith("the next `verdicts weekly` or `verdicts send` sends it\n")
    assert "is gone; nothing had been sent" in newsletter.run("issue", "cancel", "1").stdout


def test_an_arrangement_of_nothing_says_what_it_takes(drafted):
    assert "takes --order SLUG, --leave-out SLUG" in drafted.run("issue", "arrange", "1", expect=64).stderr
    lost = drafted.run("issue", "arrange", "1", "--order", "nobody", expect=66).stderr
    assert 'there is no comparison "nobody"; `verdicts comparison list` shows them' in lost


def test_a_note_is_escaped_and_stands_in_both_parts(drafted):
    note(drafted, NOTE)
    note(drafted, "1. Quill *first*", "--story", "2")
    page, text = parts(drafted)
    for piece in ("<i>our</i>", "<b>third</b>", " letter &amp; ", ">1 &lt; 2</li>", ">the list</a></li>",
                  'href="https://example.com/a_b"', '<ol start="1"'):
        assert piece in page, piece
    flat = re.sub(r"\s+", " ", text)
    assert "Welcome to our third letter & https://www.example.org/: https://www.example.org/ - 1 < 2 - see the list the" in flat
    assert "\nthe list:\nhttps://example.com/a_b\n" in text
    assert "Quill vs Nib 1. Quill first" in flat and "{{" not in page + text
    assert rules(drafted) <= {"subject-true", "link-text", "share-against-verdicts"}
    assert page.index("<h1") < page.index("<i>our</i>") < page.index("<h2") < page.index("<ol ")


def test_a_story_note_stands_in_the_copies_that_have_the_story(drafted, server):
    drafted.settings["smtp.url"] = server.url
    note(drafted, "Only for who writes.", "--story", "2")
    people = drafted.folder / "people.csv"
    people.write_text("email,topics\nsearch@example.org,Search\nwriting@example.org,Writing\n")
    drafted.run("subscribers", "import", str(people), "--status", "confirmed", "--wording", "test people")
    drafted.run("weekly")
    has = {recipients[0]: b"Only for who writes." in message for _, recipients, message in server.messages}
    assert has == {"search@example.org": False, "writing@example.org": True}


def test_another_sentence_is_quoted_and_check_says_when_it_is_gone(drafted):
    listed = drafted.json("issue", "quote", "1", "otter", "--json")
    assert [(row["number"], row["text"]) for row in listed["sentences"]] == [(1, SHIPS), (2, PLAIN), (3, SKIPS)]
    assert listed["sentences"][0]["for"] > listed["sentences"][1]["for"]
    assert [row["against"] for row in listed["sentences"]][:2] == [None, None]
    before = drafted.json("pick", "--json")["voices"]
    drafted.run("issue", "quote", "1", "OTTER", "--for", "2")
    assert "(chosen for)" in drafted.run("issue", "quote", "1", "otter").stdout
    voices = {(row["tool"], row["side"]): row for row in drafted.json("pick", "--json")["voices"]}
    assert voices["Otter", "for"]["text"] == PLAIN and "editor" in voices["Otter", "for"]["because"]
    assert voices["Otter", "against"] in before and PLAIN in re.sub(r"\s+", " ", parts(drafted)[1])
    assert "words-lost" not in rules(drafted)
    changed = pair("Otter", "Heron")
    changed["left"]["reviews"][0]["quote"] = SHIPS
    take_in(drafted, changed)
    drafted.run("issue", "build")
    assert "stands in no review any more" in drafted.run("check").stdout and "words-lost" in rules(drafted)
    assert SHIPS in re.sub(r"\s+", " ", parts(drafted)[1])


def test_a_note_without_its_story_is_told_and_can_be_taken_back(drafted):
    drafted.settings["issue.min_items"] = "1"
    note(drafted, "On Quill alone.", "--story", "quill-vs-nib")
    drafted.run("issue", "arrange", "1", "--leave-out", "quill-vs-nib")
    assert 'not sent: "On Quill alone."' in drafted.run("check").stdout
    assert "On Quill" not in parts(drafted)[1]
    assert "note on quill-vs-nib, which is not in it: On Quill alone." in drafted.run("issue", "show", "1").stdout
    drafted.run("issue", "note", "1", "--story", "quill-vs-nib", "--clear")
    assert "words-lost" not in rules(drafted)


def test_check_finds_older_templates_without_notes_and_claims_that_nothing_proves(drafted):
    drafted.run("issue", "subject", "1", "Otter: 90% of all would ship it")
    assert "the subject says \"90%\"" in drafted.run("check").stdout
    note(drafted, "Welcome.")
    assert "note-missing" not in rules(drafted)
    templates = own_templates(drafted)
    edit(templates / "partials" / "lead.html.mustache", "{{> note.html}}", "")
    found = json.loads(drafted.run("check", "--json", expect=65).stdout)["findings"]
    assert [(row["part"], row["level"]) for row in found if row["rule"] == "note-missing"] == [("html", "error")]
    edit(templates / "issue.txt.mustache", "{{> note.txt}}", "")
    found = json.loads(drafted.run("check", "--json", expect=65).stdout)["findings"]
    assert [row["part"] for row in found if row["rule"] == "note-missing"] == ["html", "text"]


def test_an_issue_that_is_cancelled_takes_its_words_along(drafted):
    note(drafted, "Welcome.")
    drafted.run("issue", "cancel", "1")
    drafted.run("issue", "build")
    assert words(drafted) == []


@pytest.mark.parametrize("command, code, said", [
    (["subject", "1", ""], 65, "subject: the text is empty; to take yours back, say --clear"),
    (["subject", "1", " \u00a0 "], 65, "subject: the text is empty"),
    (["subject", "1", "two\nlines"], 65, "subject: character 4 ends the line; write it in one line"),
    (["headline", "1", "bell\a"], 65, "headline: character 5 (U+0007) is a control character"),
    (["preheader", "1", "turn\u202e"], 65, "preheader: character 5 (U+202E)"),
    (["subject", "1", "x" * 201], 65, "subject: 201 characters, more than 200; cut it"),
    (["subject", "1", b"\xff"], 65, "subject: byte 1 is not UTF-8"),
    (["subject", "1"], 64, "issue subject takes the number of an issue and a text in quotation marks, or --clear alone"),
    (["subject", "1", "x", "--clear"], 64, "or --clear alone"),
    (["subject", "1", "x", "--story", "1"], 64, "issue subject has no use for --story"),
    (["subject", "9", "x"], 66, "there is no issue 9"),
    (["subject", "one", "x"], 64, "issue subject takes the number of an issue, not \"one\""),
    (["note", "1", "/nowhere/note.md"], 66, "/nowhere/note.md"),
    (["note", "1", "--story", "7", "-"], 66, "issue 1 has no story \"7\"; `verdicts issue show 1` lists"),
    (["note", "1", "--story", "7", "--clear"], 66, "issue 1 has no story \"7\""),
    (["quote", "1"], 64, "issue quote takes the number of an issue and a tool"),
    (["quote", "1", "nobody"], 66, "no story of issue 1 has a tool \"nobody\""),
    (["quote", "1", "otter", "--for", "4"], 66, "Otter has 3 sentences to be quoted, so there is no 4"),
    (["quote", "1", "otter", "--for", "0"], 64, "--for"),
    (["quote", "1", "otter", "--for", "3"], 65, "sentence 3 is of a reviewer who would skip it"),
    (["quote", "1", "otter", "--against", "1"], 65, "sentence 1 is of a reviewer who would ship it"),
    (["quote", "1", "otter", "--for", "1", "--against", "3"], 64, "one of --for, --against and --clear"),
    (["quote", "1", "otter", "--clear"], 66, "issue 1 has no editor's choice of quotes"),
])
def test_what_cannot_be_taken_is_said_in_one_line_and_changes_nothing(drafted, command, code, said):
    before = shown(drafted)
    done = drafted.run("issue", *command, expect=code, stdin="A note.")
    assert said in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert {**shown(drafted), "built_at": 0} == {**before, "built_at": 0}


def test_a_note_that_has_more_than_a_note_may_is_refused_with_its_place(drafted):
    path = drafted.folder / "note.md"
    path.write_text("Hello\n\n# Big\n")
    assert f"{path}:3:1: a heading; a note has paragraphs" in drafted.run("issue", "note", "1", str(path), expect=65).stderr
    assert "standard input:1:1: raw HTML" in note(drafted, "<script>x()</script>", expect=65).stderr
    assert "standard input: 4001 characters, more than 4000" in note(drafted, "x" * 4001, expect=65).stderr
    assert words(drafted) == []


def test_what_is_written_for_a_draft_does_not_vanish_unsaid(drafted):
    drafted.run("issue", "subject", "1", "Ten words that an editor found")
    late = drafted.run("weekly", now="2026-11-27T12:00:00Z", expect=None).stderr  # there is no reader, and the week is over
    assert "the draft of 2026-W47, which an editor had written for, was not sent in its week" in late
    assert "what was written does not" in late
    assert drafted.json("issue", "list", "--json")[0]["week"] == "2026-W48"


def test_what_is_written_for_a_draft_that_becomes_too_thin_does_not_vanish_unsaid(drafted):
    drafted.run("issue", "subject", "1", "Ten words that an editor found")
    drafted.settings["issue.min_items"] = "3"
    gone = drafted.run("weekly", expect=None).stderr
    assert "the draft of 2026-W47 has too few comparisons left and is gone, with what an editor wrote for it" in gone
    assert drafted.json("issue", "list", "--json") == []
