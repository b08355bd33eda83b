"""What has moved since earlier issues told it: a line each, and an issue of nothing else."""

import contextlib
import json
import sqlite3

import pytest

WEEK_47, WEEK_48, WEEK_49 = "2026-11-20T12:00:00Z", "2026-11-27T12:00:00Z", "2026-12-04T12:00:00Z"
REVIEWERS = ["The Builder", "The Skeptic", "The Futurist", "The Founder"]


def tool(name: str, *verdicts: str, **facts) -> dict:
    reviews = [{"reviewer": who, "verdict": verdict, "quote": "It does what it says it does."}
               for who, verdict in zip(REVIEWERS, verdicts)]
    return {"name": name, "category": "Tools", "reviews": reviews, **facts}


def item(left: dict, right: dict, published="2026-11-19T09:00:00Z") -> dict:
    return {"published_at": published, "left": left, "right": right}


def told(newsletter, tmp_path):
    """A newsletter whose first issue told four tools."""
    newsletter.settings["smtp.url"] = f"maildir:{tmp_path}/box"
    newsletter.add_readers(1)
    newsletter.run("import", "-", stdin=json.dumps([
        item(tool("Otter", "ship", "skip", "skip", "ship", price="$20/mo"), tool("Heron", "skip", "skip", "skip", "skip")),
        item(tool("Quill", "ship", "ship", "ship", "ship", community_ship=60), tool("Nib", "ship", "skip", "skip", "skip"))]))
    newsletter.run("weekly", now=WEEK_47)
    assert [row["state"] for row in newsletter.json("issue", "list", "--json")] == ["sent"]
    return newsletter


def moved(newsletter):
    newsletter.run("import", "-", stdin=json.dumps([
        item(tool("Otter", "ship", "ship", "ship", "ship", price="$9/mo", community_ship=62, community_votes=48),
             tool("Heron", "skip", "skip", "skip", "ship")),
        item(tool("Quill", "ship", "ship", "ship", "ship", community_ship=45), tool("Nib", "ship", "skip", "skip", "skip"))]))


def test_what_is_withdrawn_does_not_come_back_as_a_move(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    moved(letter)
    letter.settings["issue.approval"] = "required"
    letter.run("issue", "build", now=WEEK_48)
    letter.run("issue", "approve", "2", now=WEEK_48)
    letter.run("comparison", "withdraw", "otter-vs-heron", now=WEEK_48)
    refused = letter.run("send", "--issue", "2", now=WEEK_48, expect=65)
    assert "says what has moved of otter and 1 more, of which every comparison is withdrawn" in refused.stderr
    letter.run("issue", "cancel", "2", now=WEEK_48)
    assert [row["text"] for row in letter.json("pick", "--json", now=WEEK_48)["moves"]] == [
        "Quill: 45% of readers would ship it, was 60%."]


def test_what_an_issue_told_half_a_year_ago_has_not_moved(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    moved(letter)
    assert len(letter.json("pick", "--json", now="2027-05-21T12:00:00Z")["moves"]) == 3
    assert letter.json("pick", "--json", now="2027-06-04T12:00:00Z")["moves"] == []


def test_another_spelling_of_a_price_or_another_tool_is_no_move(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    letter.run("import", "-", stdin=json.dumps([
        item(tool("Otter", "ship", "skip", "skip", "ship", price="$20 per month"),
             tool("Heron", "skip", "skip", "skip", "skip"))]))
    assert letter.json("pick", "--json", now=WEEK_48)["moves"] == []


def test_a_week_of_moves_alone_is_an_issue_and_each_is_told_once(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    assert letter.json("pick", "--json", now=WEEK_48)["thin"] is True
    moved(letter)
    found = letter.json("pick", "--explain", "--json", now=WEEK_48)
    assert found["thin"] is False and found["items"][0]["in"] is False
    assert [row["text"] for row in found["moves"]] == [
        "Otter: 4 of 4 would ship it, was 2 of 4; The Skeptic and The Futurist now ship it; first votes, 62% of 48"
        " readers would ship it; price now $9/mo, was $20/mo.",
        "Heron: 1 of 4 would ship it, was 0 of 4; The Founder now ships it.",
        "Quill: 45% of readers would ship it, was 60%."]
    assert "moved    Quill: 45% of readers would ship it, was 60%. (issue 1, 2026-W47)" in letter.run(
        "pick", "--explain", now=WEEK_48).stdout
    letter.run("weekly", now=WEEK_48)
    issue = letter.json("issue", "show", "2", "--json")
    assert (issue["state"], issue["subject"], issue["items"]) == (
        "sent", "Otter: 4 of 4 would ship it, was 2 of 4", 0)
    assert {(claim["words"], claim["from"]) for claim in issue["derivation"] if claim["part"] == "subject"} == {
        ("Otter", "the name of a tool"), ("4 of 4", "the panel of Otter"),
        ("2 of 4", "the panel of Otter in issue 1")}
    assert all(claim["from"] for claim in issue["derivation"])
    assert letter.json("pick", "--json", now=WEEK_49)["moves"] == []


def test_pick_says_which_sentences_are_quoted_and_why(newsletter):
    newsletter.import_samples()
    voices = newsletter.json("pick", "--explain", "--json")["voices"]
    assert voices and {voice["side"] for voice in voices} <= {"for", "against", "a doubt"}
    newsletter.run("preview", "--out", str(newsletter.folder / "p"))
    text = " ".join((newsletter.folder / "p" / "issue.txt").read_text().split())
    for voice in voices:
        assert voice["text"] in text and voice["because"], voice
    shown = newsletter.run("pick", "--explain").stdout
    assert f'{voices[0]["tool"]}, {voices[0]["side"]}: "{voices[0]["text"]}" ({voices[0]["because"]})' in shown


def test_fewer_moves_wait_for_an_issue_that_has_more_to_say(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    letter.settings["issue.moves_alone"] = "4"
    moved(letter)
    assert letter.json("pick", "--json", now=WEEK_48)["thin"] is True
    letter.run("import", "-", stdin=json.dumps(
        [item(tool("Wren", "ship", "ship"), tool("Finch", "skip", "skip"), "2026-11-26T09:00:00Z")]))
    letter.run("preview", "--out", str(letter.folder / "p"), "--week", "2026-W48", now=WEEK_48)
    text = (letter.folder / "p" / "issue.txt").read_text()
    assert "Since we last wrote" in text and "/issues/2026-W47" in text
    letter.settings["issue.moves_alone"] = "0"
    assert letter.json("pick", "--json", now=WEEK_48)["thin"] is False


def test_an_import_that_leaves_fields_out_moves_nothing(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    bare = {"category": "Tools"}
    letter.run("import", "-", stdin=json.dumps(
        [item({"name": "Otter", **bare}, {"name": "Heron", **bare})]))
    assert letter.json("pick", "--json", now=WEEK_48)["moves"] == []


def test_an_issue_of_moves_alone_is_checked_and_shown_as_it_was_approved(newsletter, tmp_path):
    letter = told(newsletter, tmp_path)
    moved(letter)
    letter.run("issue", "build", now=WEEK_48)
    letter.run("check", "--strict", now=WEEK_48)
    letter.run("issue", "approve", "2", now=WEEK_48)
    letter.run("preview", "--out", str(letter.folder / "q"), "--issue", "2", now=WEEK_48)
    assert "Otter: 4 of 4" in (letter.folder / "q" / "issue.txt").read_text()


@pytest.mark.parametrize("damage, logged", [
    ("json_set(snapshot, '$.left.name', 5)", True), ("substr(snapshot, 1, 40)", False)], ids=["a tool", "the whole snapshot"])
def test_what_an_earlier_issue_told_and_nobody_can_read_moves_nothing_and_stops_nothing(newsletter, tmp_path, damage, logged):
    letter = told(newsletter, tmp_path)
    moved(letter)
    with contextlib.closing(sqlite3.connect(letter.folder / "verdicts.db")) as database, database:
        changed = database.execute(f"UPDATE issue_item SET snapshot = {damage} WHERE instr(snapshot, 'Otter') > 0").rowcount
    assert changed == 1
    found = letter.run("pick", "--json", now=WEEK_48)
    moves = [row["text"] for row in json.loads(found.stdout)["moves"]]
    assert "Quill: 45% of readers would ship it, was 60%." in moves and not any("Otter" in move for move in moves)
    assert ("told_unread" in found.stderr) is logged


def test_a_slug_that_another_tool_has_taken_over_tells_no_move_of_it(newsletter, tmp_path):
    """A tool is its name; an address may go to another one."""
    letter = told(newsletter, tmp_path)
    with contextlib.closing(sqlite3.connect(letter.folder / "verdicts.db")) as database, database:
        database.execute("UPDATE tool SET slug = 'otter-before' WHERE slug = 'otter'")
    badger = tool("Badger", "ship", "ship", "ship", "ship", price="$1/mo", slug="otter")
    letter.run("import", "-", stdin=json.dumps([item(badger, tool("Wren", "skip"))]))
    with contextlib.closing(sqlite3.connect(letter.folder / "verdicts.db")) as database:
        assert database.execute("SELECT name FROM tool WHERE slug = 'otter'").fetchall() == [("Badger",)]
    assert letter.json("pick", "--json", now=WEEK_48)["moves"] == []
