"""An issue over several weeks: what waits, what is let go, what is frozen."""

import json
import re
import sqlite3

import pytest

WEEK_47, WEEK_48, WEEK_49 = "2026-11-20T12:00:00Z", "2026-11-27T12:00:00Z", "2026-12-04T12:00:00Z"


def item(slug: str, published: str, left: int = 75, category: str = "Tools") -> dict:
    return {"slug": slug, "published_at": published,
            "left": {"name": f"Left {slug}", "category": category, "panel_ship": left,
                     "reviews": [{"quote": "Ship it."}]},
            "right": {"name": f"Right {slug}", "category": category, "panel_ship": 25,
                      "reviews": [{"quote": "Skip it."}]}}


def take_in(letter, *items: dict) -> None:
    letter.run("import", "-", stdin=json.dumps(items))


def slugs(letter, number: int) -> list[str]:
    return [row["slug"] for row in letter.json("issue", "show", str(number), "--json")["item_list"]]


def issues(letter) -> dict[str, dict]:
    return {row["week"]: row for row in letter.json("issue", "list", "--json")}


def rehearsed(letter, tmp_path):
    letter.settings["smtp.url"] = f"maildir:{tmp_path}/box"
    return letter


def test_the_comparisons_of_a_week_without_readers_go_to_the_first_readers(newsletter, tmp_path):
    letter = rehearsed(newsletter, tmp_path)
    take_in(letter, item("first", "2026-11-19T09:00:00Z"))
    letter.run("weekly", now=WEEK_47)
    letter.add_readers(1)
    take_in(letter, item("second", "2026-11-26T09:00:00Z"))
    letter.run("weekly", now=WEEK_48)
    sent = [row for row in issues(letter).values() if row["state"] == "sent"]
    assert [sorted(slugs(letter, row["number"])) for row in sent] == [["first", "second"]]


def test_a_draft_that_cron_missed_gives_its_items_to_the_next_issue(newsletter, tmp_path):
    letter = rehearsed(newsletter, tmp_path)
    letter.settings["issue.max_age_days"] = "7"
    letter.add_readers(1)
    take_in(letter, item("first", "2026-11-19T09:00:00Z"))
    letter.run("issue", "build", now=WEEK_47)
    take_in(letter, item("second", "2026-11-26T09:00:00Z"))
    letter.run("weekly", now=WEEK_48)
    sent = [row for row in issues(letter).values() if row["state"] == "sent"]
    assert [sorted(slugs(letter, row["number"])) for row in sent] == [["first", "second"]]


def test_a_draft_that_was_promised_past_its_deadline_is_sent_by_a_cron_that_comes_late(newsletter, tmp_path):
    letter = rehearsed(newsletter, tmp_path)
    letter.settings |= {"issue.approval": "required", "issue.deadline": "24h", "issue.after_deadline": "send"}
    letter.add_readers(1)
    take_in(letter, item("first", "2026-11-19T09:00:00Z"), item("second", "2026-11-26T09:00:00Z"))
    letter.run("weekly", now=WEEK_47)
    letter.run("weekly", now=WEEK_48)
    assert {week: row["state"] for week, row in issues(letter).items()} == {"2026-W47": "sent", "2026-W48": "draft"}
    assert slugs(letter, 1) == ["first"]


def test_a_held_draft_waits_for_its_editor_over_the_weeks(newsletter, tmp_path):
    letter = rehearsed(newsletter, tmp_path)
    letter.settings |= {"issue.approval": "required", "issue.deadline": "24h"}
    letter.add_readers(1)
    take_in(letter, item("first", "2026-11-19T09:00:00Z"), item("second", "2026-11-26T09:00:00Z"))
    letter.run("weekly", now=WEEK_47)
    letter.run("weekly", now=WEEK_49)
    assert issues(letter)["2026-W47"]["state"] == "draft" and slugs(letter, 1) == ["first"]
    letter.run("issue", "approve", "1", now=WEEK_49)
    letter.run("weekly", now=WEEK_49)
    assert issues(letter)["2026-W47"]["state"] == "sent"


def test_an_arranged_draft_that_is_dropped_is_reported_once(newsletter, tmp_path):
    letter = rehearsed(newsletter, tmp_path)
    letter.add_readers(1)
    take_in(letter, item("first", "2026-11-18T09:00:00Z"), item("second", "2026-11-19T09:00:00Z"))
    letter.run("issue", "build", now=WEEK_47)
    letter.run("issue", "arrange", "1", "--leave-out", "first", now=WEEK_47)
    told = letter.run("weekly", now=WEEK_48)
    assert "2026-W47" in told.stderr and "go on to the next issue" in told.stderr
    assert letter.run("weekly", now=WEEK_48).stderr == ""
    assert slugs(letter, 1) == ["second"]  # what was left out stays out


def test_a_draft_built_early_stays_the_same_when_it_is_built_again(newsletter):
    letter = newsletter
    letter.settings["issue.max_items"] = "1"
    take_in(letter, item("strong", "2026-11-17T09:00:00Z", left=99), item("weak", "2026-11-17T09:00:00Z", left=30))
    seen = []
    for _ in range(3):
        letter.run("issue", "build", "--week", "2026-W47", now="2026-11-18T09:00:00Z")
        seen.append(slugs(letter, 1))
    letter.run("issue", "build", now=WEEK_47)
    seen.append(slugs(letter, 1))
    assert seen == [["strong"]] * 4


def test_a_draft_whose_due_day_was_changed_keeps_one_window(newsletter):
    letter = newsletter
    take_in(letter, item("monday", "2026-11-15T09:00:00Z"), item("thursday", "2026-11-19T09:00:00Z"))
    letter.run("issue", "build", now=WEEK_47)
    assert sorted(slugs(letter, 1)) == ["monday", "thursday"]
    letter.settings["issue.weekday"] = "monday"
    letter.run("issue", "build", now=WEEK_47)
    shown = letter.json("issue", "show", "1", "--json")
    assert ([row["slug"] for row in shown["item_list"]], shown["window_start"], shown["window_end"]) == (
        ["monday"], "2026-11-09T09:00:00Z", "2026-11-16T09:00:00Z")


def test_a_template_broken_after_the_approval_does_not_keep_back_new_choices_of_topics(newsletter, tmp_path):
    letter = rehearsed(newsletter, tmp_path)
    letter.add_readers(1)
    take_in(letter, item("first", "2026-11-19T09:00:00Z"), item("second", "2026-11-19T09:00:00Z", category="Writing"))
    letter.run("issue", "build")
    letter.run("issue", "approve", "1")
    own = letter.folder / "own"
    own.mkdir()
    (own / "issue.txt.mustache").write_text("{{#never closed\n")
    letter.settings["templates_dir"] = str(own)
    letter.run("subscribers", "add", "late@example.org", "--status", "confirmed", "--wording", "asked",
               "--topics", "Writing")
    letter.run("weekly")
    assert letter.counts()["sent"] == 2


def test_new_choices_of_topics_are_rendered_as_the_issue_was_approved(newsletter, tmp_path):
    letter = rehearsed(newsletter, tmp_path)
    letter.add_readers(1)
    take_in(letter, item("first", "2026-11-19T09:00:00Z"), item("second", "2026-11-19T09:00:00Z", category="Writing"))
    own = letter.folder / "own"
    (own / "partials").mkdir(parents=True)
    letter.settings["templates_dir"] = str(own)
    (own / "issue.txt.mustache").write_text("{{> word}} of {{site.postal_address}} {{reader.unsubscribe_url}}\n")
    (own / "partials" / "word.mustache").write_text("approved")
    letter.settings["site.postal_address"] = "Old Street"
    letter.run("issue", "build")
    letter.run("issue", "approve", "1")
    (own / "partials" / "word.mustache").write_text("edited")
    letter.settings["site.postal_address"] = "New Street"
    letter.run("subscribers", "add", "late@example.org", "--status", "confirmed", "--wording", "asked",
               "--topics", "Writing")
    letter.run("weekly")
    texts = [path.read_text() for path in (tmp_path / "box" / "new").iterdir()]
    assert len(texts) == 2
    for text in texts:
        assert "approved of Old Street" in text and "New Street" not in text


def test_a_cancelled_issue_of_a_week_that_is_over_is_not_said_to_be_built_anew(newsletter):
    letter = newsletter
    take_in(letter, item("first", "2026-11-19T09:00:00Z"))
    for moment, words in ((WEEK_47, "builds it anew"), (WEEK_48, "free for the next issue")):
        letter.run("issue", "build", now=WEEK_47)
        assert words in letter.run("issue", "cancel", "1", now=moment).stdout


def changes(letter, *words: str, now: str = WEEK_47) -> list[tuple[str, str]]:
    """What a verb's log at debug says of the issue's state; every line has a cause."""
    log = letter.run("-v", "-v", *words, now=now, expect=None).stderr
    lines = re.findall(r" issue enters issue=1 from=(\w+) to=(\w+) cause=.", log)
    assert len(lines) == log.count(" issue enters ")
    return lines


def test_each_change_of_an_issue_is_a_line_at_debug(newsletter, tmp_path):
    letter = rehearsed(newsletter, tmp_path)
    letter.add_readers(2)
    take_in(letter, item("first", "2026-11-19T09:00:00Z"))
    assert changes(letter, "issue", "build") == [("none", "draft")]
    assert changes(letter, "issue", "build") == [], "built again it is the same draft"
    assert changes(letter, "issue", "pause", "1") == [("draft", "paused")]
    assert changes(letter, "issue", "resume", "1") == [("paused", "draft")]
    assert changes(letter, "issue", "approve", "1") == [("draft", "approved")]
    assert changes(letter, "issue", "cancel", "1") == [("approved", "none")]
    assert changes(letter, "issue", "build") == [("none", "draft")]
    assert changes(letter, "comparison", "withdraw", "first") == [("draft", "none")], "too few are left"
    letter.run("comparison", "restore", "first")
    assert changes(letter, "weekly") == [("none", "draft"), ("draft", "approved"), ("approved", "sending"),
                                         ("sending", "sent")]
    with sqlite3.connect(letter.folder / "verdicts.db") as database:
        database.execute("UPDATE delivery SET state = 'gave_up' WHERE subscriber_id = 1")
    assert changes(letter, "send", "--issue", "1", "--retry", "gave_up") == [("sent", "sending"), ("sending", "sent")]


def test_what_drops_an_issue_is_a_line_at_debug_too(newsletter, tmp_path):
    letter = rehearsed(newsletter, tmp_path)
    letter.add_readers(2)
    take_in(letter, item("first", "2026-11-19T09:00:00Z"))
    letter.run("issue", "build", now=WEEK_47)
    dropped, *sent = changes(letter, "weekly", now=WEEK_48)
    assert dropped == ("draft", "none"), "its week is over"
    assert sent[-1] == ("sending", "sent")


def test_an_issue_stopped_on_its_way_is_a_line_at_debug(newsletter, tmp_path):
    letter = rehearsed(newsletter, tmp_path)
    letter.add_readers(2)
    take_in(letter, item("first", "2026-11-19T09:00:00Z"))
    letter.run("issue", "build", now=WEEK_47)
    letter.run("issue", "approve", "1", now=WEEK_47)
    assert changes(letter, "send", "--issue", "1", "--limit", "1", "--yes") == [("approved", "sending")]
    assert changes(letter, "issue", "cancel", "1") == [("sending", "cancelled")]


@pytest.mark.parametrize("linked", ["issue.txt.mustache", "partials", "partials/footer.txt.mustache"])
def test_a_template_that_is_a_link_to_nothing_is_no_template_left_out(newsletter, tmp_path, linked):
    letter = rehearsed(newsletter, tmp_path)
    letter.add_readers(1)
    take_in(letter, item("first", "2026-11-19T09:00:00Z"))
    link = letter.folder / "own" / linked
    link.parent.mkdir(parents=True)
    link.symlink_to("not-there")
    letter.settings["templates_dir"] = str(letter.folder / "own")
    done = letter.run("weekly", expect=66)
    assert f"{link} is a link to something that is not there" in done.stderr
    assert not (tmp_path / "box").exists()
