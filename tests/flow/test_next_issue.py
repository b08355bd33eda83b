"""The issue that an editor speaks of between two send days: the next one."""

import email.utils
import json

import pytest

WEEK_47, THURSDAY, WEEK_48 = "2026-11-20T12:00:00Z", "2026-11-26T16:00:00Z", "2026-11-27T12:00:00Z"
NEXT = "verdicts: no issue is due; the next one is 2026-W48, due in "


def item(slug: str, published: str) -> dict:
    return {"slug": slug, "published_at": published,
            "left": {"name": f"Left {slug}", "category": "Tools", "panel_ship": 75, "reviews": [{"quote": "Ship it."}]},
            "right": {"name": f"Right {slug}", "category": "Tools", "panel_ship": 25, "reviews": [{"quote": "Skip it."}]}}


@pytest.fixture
def sent(newsletter, tmp_path):
    """A newsletter whose issue of week 47 has left."""
    newsletter.settings["smtp.url"] = f"maildir:{tmp_path}/box"
    newsletter.add_readers(1)
    newsletter.run("import", "-", stdin=json.dumps([item("first", "2026-11-19T09:00:00Z")]))
    newsletter.run("weekly", now=WEEK_47)
    return newsletter


def gather(letter) -> None:
    letter.run("import", "-", stdin=json.dumps([item("second", "2026-11-25T09:00:00Z")]), now=THURSDAY)


def test_the_next_issue_is_seen_before_it_is_due(sent, tmp_path):
    gather(sent)
    picked = sent.run("pick", now=THURSDAY)
    assert picked.stdout.startswith("2026-W48 ") and "second" in picked.stdout
    assert picked.stderr.startswith(NEXT)
    seen = sent.json("pick", "--json", now=THURSDAY)
    assert (seen["week"], seen["next"], [row["slug"] for row in seen["items"] if row["in"]]) == ("2026-W48", True, ["second"])
    checked = sent.run("check", now=THURSDAY)
    assert "issue 2 (2026-W48): 0 errors" in checked.stdout and checked.stderr.startswith(NEXT)
    shown = sent.run("preview", "--out", tmp_path / "out", now=THURSDAY)
    assert "Left second" in (tmp_path / "out" / "issue.txt").read_text() and shown.stderr.startswith(NEXT)


def test_a_draft_of_the_next_issue_takes_what_comes_until_it_is_due_and_does_not_leave_before(sent):
    gather(sent)
    built = sent.run("issue", "build", now=THURSDAY)
    assert "issue 2 (2026-W48) is a draft" in built.stdout and built.stderr.startswith(NEXT)
    sent.run("weekly", now=THURSDAY)
    assert sent.json("issue", "show", "2", "--json")["state"] == "draft"
    sent.run("import", "-", stdin=json.dumps([item("third", "2026-11-26T20:00:00Z")]), now=WEEK_48)
    sent.run("weekly", now=WEEK_48)
    shown = sent.json("issue", "show", "2", "--json")
    assert shown["state"] == "sent" and {row["slug"] for row in shown["item_list"]} == {"second", "third"}


def test_what_is_approved_early_leaves_when_it_is_due(sent):
    gather(sent)
    sent.run("issue", "build", now=THURSDAY)
    sent.run("issue", "approve", "2", now=THURSDAY)
    sent.run("weekly", now=THURSDAY)
    assert sent.json("issue", "show", "2", "--json")["state"] == "approved"
    sent.run("weekly", now=WEEK_48)
    assert sent.json("issue", "show", "2", "--json")["state"] == "sent"


def test_an_early_approval_says_when_the_issue_leaves_and_that_it_is_closed(sent):
    gather(sent)
    sent.run("issue", "build", now=THURSDAY)
    early = sent.run("issue", "approve", "2", now=THURSDAY).stdout
    assert "is sent when it is due, at 2026-11-27T09:00:00Z, and what arrives until then is for a later issue" in early
    assert "the next `verdicts weekly` or `verdicts send` sends it" in sent.run("issue", "approve", "2", now=WEEK_48).stdout


def test_a_test_of_the_next_issue_has_no_date_in_the_future(sent, tmp_path):
    gather(sent)
    told = sent.run("send", "--test", "editor@example.org", now=THURSDAY)
    assert told.stderr.startswith(NEXT)
    copies = [path.read_text() for path in (tmp_path / "box" / "new").iterdir()]
    dates = [line for copy in copies if "[Test] " in copy for line in copy.splitlines() if line.startswith("Date: ")]
    assert [email.utils.parsedate_to_datetime(date[6:]).isoformat() for date in dates] == ["2026-11-26T16:00:00+00:00"]


def test_a_test_of_too_little_points_to_earlier_issues(sent):
    refused = sent.run("send", "--test", "editor@example.org", now=THURSDAY, expect=66).stderr
    assert "too few comparisons" in refused and "--issue N an earlier issue" in refused


def test_a_report_is_of_the_issue_that_left_and_not_of_the_draft_of_the_next(sent):
    sent.run("import", "-", stdin=json.dumps([item("second", "2026-11-27T20:00:00Z")]), now="2026-11-28T11:00:00Z")
    sent.run("issue", "build", now="2026-11-28T12:00:00Z")  # nothing had come for week 48: it is the draft of week 49
    assert "issue 1 (2026-W47): 1 reader" in sent.run("report", now="2026-11-28T12:00:00Z").stdout


def test_a_week_without_enough_is_passed_over_for_the_next(sent):
    # Nothing came for week 48; on the Saturday after it, what is seen is week 49.
    seen = sent.run("pick", now="2026-11-28T12:00:00Z")
    assert seen.stdout.startswith("2026-W49 ") and "(nothing is sent)" in seen.stdout
    assert "the next one is 2026-W49, due in 6 d" in seen.stderr
    # A whole issue is shown by the last one until there is another.
    checked = sent.run("check", now="2026-11-28T12:00:00Z")
    assert "issue 1 (2026-W47)" in checked.stdout and "showing issue 1, sent" in checked.stderr
    assert "due in" not in checked.stderr
    assert "too few" in sent.run("check", "--week", "2026-W49", now="2026-11-28T12:00:00Z", expect=66).stderr


def test_what_is_due_and_not_done_comes_first(sent):
    gather(sent)
    due = sent.run("pick", now=WEEK_48)
    assert due.stdout.startswith("2026-W48 ") and due.stderr == ""
    sent.settings["issue.approval"] = "required"
    sent.run("weekly", now=WEEK_48)
    assert "issue 2 (2026-W48)" in sent.run("check", now="2026-11-30T12:00:00Z").stdout


def test_quiet_keeps_the_note_back_and_a_named_week_has_none(sent):
    gather(sent)
    assert sent.run("-q", "pick", now=THURSDAY).stderr == ""
    named = sent.run("pick", "--week", "2026-W47", now=THURSDAY)
    assert named.stdout.startswith("2026-W47 ") and named.stderr == ""
