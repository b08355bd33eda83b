"""What becomes of a comparison after its import: withdrawn, restored, dated, left out, gone from its source."""

import contextlib
import json
import sqlite3

import pytest

WEEK_47, WEEK_48 = "2026-11-20T12:00:00Z", "2026-11-27T12:00:00Z"


def item(slug: str, published: str | None = "2026-11-19T09:00:00Z", **more) -> dict:
    made = {"slug": slug,
            "left": {"name": f"Left {slug}", "category": "Tools", "panel_ship": 75, "reviews": [{"quote": "Ship it."}]},
            "right": {"name": f"Right {slug}", "category": "Tools", "panel_ship": 25, "reviews": [{"quote": "Skip it."}]}}
    return made | ({"published_at": published} if published else {}) | more


def take_in(letter, *items: dict, words=(), **options):
    return letter.run("import", *words, "-", stdin=json.dumps(items), **options)


def held(letter, number: int = 1) -> list[str]:
    return [row["slug"] for row in letter.json("issue", "show", str(number), "--json")["item_list"]]


def known(letter, *words: str) -> dict[str, dict]:
    return {row["slug"]: row for row in letter.json("comparison", "list", "--json", *words)}


def items(letter) -> list[tuple]:
    """The slugs of all issues' items."""
    with contextlib.closing(sqlite3.connect(letter.folder / "verdicts.db")) as database:
        return database.execute("SELECT slug FROM issue_item JOIN comparison c ON c.id = comparison_id").fetchall()


def explained(letter, **options) -> dict[str, str]:
    return {row["slug"]: row["reason"] for row in letter.json("pick", "--explain", "--json", **options)["items"]}


@pytest.fixture
def letter(newsletter, tmp_path):
    newsletter.settings["smtp.url"] = f"maildir:{tmp_path}/box"
    newsletter.add_readers(5)
    take_in(newsletter, item("kept"), item("gone"))
    return newsletter


# -- withdrawn, at each moment of an issue's life


def test_what_is_withdrawn_before_the_issue_is_built_is_not_in_it(letter):
    assert letter.run("comparison", "withdraw", "gone").stdout == "withdrawn gone\n"
    assert explained(letter)["gone"] == "withdrawn 2026-11-20, by an editor"
    letter.run("weekly")
    assert held(letter) == ["kept"]
    assert "gone" not in letter.run("preview", "--out", str(letter.folder / "out"), "--issue", "1").stdout
    assert "Left gone" not in (letter.folder / "out" / "issue.txt").read_text()


def test_what_is_withdrawn_between_build_and_approval_leaves_the_draft_at_once(letter):
    letter.settings["issue.approval"] = "required"
    letter.run("weekly")
    assert sorted(held(letter)) == ["gone", "kept"]
    done = letter.run("comparison", "withdraw", "gone")
    assert done.stdout == "withdrawn gone\nissue 1 (2026-W47): the draft is built again\n"
    assert done.stderr == ""
    assert held(letter) == ["kept"]
    assert "gone" not in letter.json("issue", "list", "--json")[0]["subject"]
    letter.run("issue", "approve", "1")
    letter.run("weekly")
    assert letter.counts()["sent"] == 5 and held(letter) == ["kept"]


def test_a_draft_of_which_too_little_is_left_is_gone(letter):
    letter.settings["issue.approval"] = "required"
    letter.run("weekly")
    done = letter.run("comparison", "withdraw", "gone", "kept")
    assert "too few comparisons are left" in done.stdout
    assert letter.json("issue", "list", "--json") == []


@pytest.mark.parametrize("way", ["cancel", "restore"])
@pytest.mark.parametrize("verb", [("send",), ("weekly",)])
def test_what_is_withdrawn_between_approval_and_sending_keeps_the_issue_back(letter, verb, way):
    letter.run("issue", "build")
    letter.run("issue", "approve", "1")
    done = letter.run("comparison", "withdraw", "gone")
    assert "issue 1, which is approved" in done.stderr and "verdicts issue cancel 1" in done.stderr
    refused = letter.run(*verb, expect=65)
    lines = [line for line in refused.stderr.splitlines() if "gone" in line]
    assert len(lines) == 1
    assert "issue 1 (2026-W47) holds gone, withdrawn" in lines[0]
    assert "verdicts issue cancel 1" in lines[0] and "verdicts comparison restore gone" in lines[0]
    assert letter.json("issue", "show", "1", "--json")["state"] == "approved"
    letter.run(*(["issue", "cancel", "1"] if way == "cancel" else ["comparison", "restore", "gone"]))
    letter.run("weekly")
    assert letter.counts()["sent"] == 5
    assert sorted(held(letter)) == (["kept"] if way == "cancel" else ["gone", "kept"])


def test_an_issue_that_was_approved_with_what_is_withdrawn_is_a_finding_everywhere(letter):
    letter.run("issue", "build")
    letter.run("issue", "approve", "1")
    letter.run("comparison", "withdraw", "gone")
    assert "comparison-withdrawn" in letter.run("check", expect=65).stdout
    assert "holds gone" in letter.run("send", "--dry-run", expect=65).stderr
    assert [row["finding"] for row in letter.json("doctor", "--json", expect=65) if "holds gone" in row["text"]] == ["fault"]


def test_what_is_withdrawn_while_the_issue_is_sent_stops_nothing_and_says_what_does(letter):
    letter.run("issue", "build")
    letter.run("issue", "approve", "1")
    letter.run("send", "--limit", "2", expect=75)
    done = letter.run("comparison", "withdraw", "gone")
    assert done.stdout == "withdrawn gone\n"
    assert len(done.stderr.splitlines()) == 1
    assert "2 readers have it, 0 may have it, 3 do not have it yet" in done.stderr
    assert "verdicts issue pause 1" in done.stderr and "verdicts issue cancel 1" in done.stderr
    letter.run("send", "--limit", "1", expect=75)
    letter.run("issue", "cancel", "1")
    assert letter.counts()["sent"] == 3 and letter.counts()["skipped"] == 2


def test_what_is_withdrawn_after_the_issue_was_sent_says_who_has_it(letter):
    letter.run("weekly")
    done = letter.run("comparison", "withdraw", "gone")
    assert len(done.stderr.splitlines()) == 1
    assert "issue 1, which is sent: 5 readers have it" in done.stderr
    assert known(letter)["gone"]["issues"] == [1] and known(letter)["gone"]["withdrawn"]


# -- by the source


def test_a_source_withdraws_and_restores(letter):
    done = take_in(letter, item("gone", withdrawn=True))
    assert done.stdout == "withdrawn gone\n0 new, 1 changed, 0 unchanged, 0 bad, 1 withdrawn\n"
    assert explained(letter)["gone"] == "withdrawn 2026-11-20, by its source"
    assert "1 unchanged" in take_in(letter, item("gone")).stdout
    assert known(letter)["gone"]["withdrawn"]
    assert take_in(letter, item("gone", withdrawn=0)).stdout.startswith("restored gone\n")
    assert not known(letter)["gone"]["withdrawn"]


def test_a_source_does_not_undo_an_editor_s_withdrawal(letter):
    letter.run("comparison", "withdraw", "gone")
    take_in(letter, item("gone", withdrawn=False))
    assert known(letter)["gone"]["withdrawn_by"] == "editor"


@pytest.mark.parametrize("dates, stands", [
    (("2026-11-19T09:00:00Z", "2026-11-19T09:00:00Z"), False), ((None, None), False),
    (("2026-11-19T09:00:00Z", "2026-11-18T09:00:00Z"), True), (("2026-11-18T09:00:00Z", "2026-11-19T09:00:00Z"), False),
])
def test_two_sources_that_disagree_about_a_withdrawal_do_not_take_turns(letter, dates, stands):
    words = [(("--source", name), item("gone", date, withdrawn=value))
             for name, date, value in (("site", dates[0], True), ("partner", dates[1], False))]
    told = turns = ""
    for _ in range(3):
        for source, told_item in words:
            done = take_in(letter, told_item, words=source)
            told, turns = told + done.stderr, turns + done.stdout
            assert known(letter)["gone"]["withdrawn"] is stands or turns == done.stdout
    assert turns.count("withdrawn gone") == 1 and turns.count("restored gone") == (not stands)
    assert told.count('"Left gone vs Right gone" changes from "true" to "false": two sources say different things') == (not stands)


def test_a_source_that_changes_its_mind_is_heeded_whatever_another_said(letter):
    for source, value in (("site", True), ("partner", False), ("site", False), ("site", True)):
        take_in(letter, item("gone", withdrawn=value), words=("--source", source))
    assert known(letter)["gone"]["withdrawn"]


def test_an_editor_s_restore_stands_above_a_source_that_repeats_itself(letter):
    take_in(letter, item("gone", withdrawn=True), words=("--source", "site"))
    letter.run("comparison", "restore", "gone")
    assert "1 unchanged" in take_in(letter, item("gone", withdrawn=True), words=("--source", "site")).stdout
    assert not known(letter)["gone"]["withdrawn"]


def test_a_source_that_withdraws_takes_it_out_of_the_draft(letter):
    letter.settings["issue.approval"] = "required"
    letter.run("weekly")
    done = take_in(letter, item("gone", withdrawn=True))
    assert "issue 1 (2026-W47): the draft is built again" in done.stdout
    assert held(letter) == ["kept"]


@pytest.mark.parametrize("value", ["yes", 2, [True], "true", 0.5])
def test_a_withdrawal_that_is_none_is_named(letter, value):
    done = take_in(letter, item("gone", withdrawn=value), expect=65)
    assert "/withdrawn" in done.stderr and "write true, false, 1, 0 or null" in done.stderr
    assert not known(letter)["gone"]["withdrawn"]


# -- left out


def test_what_an_editor_leaves_out_stays_out_for_six_weeks_until_it_is_put_back(letter):
    letter.settings |= {"issue.approval": "required", "issue.max_age_days": "365"}
    letter.run("weekly", now=WEEK_47)
    letter.run("issue", "arrange", "1", "--leave-out", "gone", now=WEEK_47)
    letter.run("issue", "approve", "1", now=WEEK_47)
    for week in range(1, 6):
        now = f"2026-{11 if week == 1 else 12}-{(20 + 7 * week - 1) % 30 + 1:02d}T12:00:00Z"
        take_in(letter, item(f"of-week-{week}", now.replace("T12", "T08")), now=now)
        letter.run("weekly", now=now)
        if week < 5:
            assert held(letter, week + 1) == [f"of-week-{week}"]
            assert explained(letter, now=now)["gone"] == "left out by an editor"
            letter.run("issue", "approve", str(week + 1), now=now)
    letter.run("issue", "arrange", "6", "--put-back", "gone", now=now)
    assert sorted(held(letter, 6)) == ["gone", "of-week-5"]


@pytest.mark.parametrize("then", ["cancelled", "told again", "changed", "dated anew"])
def test_what_is_left_out_stays_out_whatever_comes_after(letter, then):
    letter.settings |= {"issue.approval": "required", "issue.max_age_days": "365"}
    letter.run("weekly", now=WEEK_47)
    letter.run("issue", "arrange", "1", "--leave-out", "gone", now=WEEK_47)
    letter.run("issue", "cancel" if then == "cancelled" else "approve", "1", now=WEEK_47)
    take_in(letter, item("gone", "2026-11-26T08:00:00Z" if then == "dated anew" else "2026-11-19T09:00:00Z",
                         question="Which?" if then == "changed" else ""), now=WEEK_47)
    take_in(letter, item("next", "2026-11-26T08:00:00Z"), now=WEEK_48)
    letter.run("weekly", now=WEEK_48)
    assert "gone" not in [slug for (slug,) in items(letter)] and explained(letter, now=WEEK_48)["gone"] == "left out by an editor"


@pytest.mark.parametrize("option", [["--put-back", "gone"], ["--order", "gone"]])
def test_what_is_withdrawn_is_put_into_no_draft_by_arranging(letter, option):
    letter.run("issue", "build")
    letter.run("comparison", "withdraw", "gone")
    done = letter.run("issue", "arrange", "1", *option, expect=65)
    assert "gone is withdrawn; `verdicts comparison restore gone` takes that back" in done.stderr
    assert held(letter) == ["kept"]


def test_what_was_left_out_is_restored_by_name_too(letter):
    letter.run("issue", "build")
    letter.run("issue", "arrange", "1", "--leave-out", "gone")
    assert known(letter)["gone"]["left_out_at"]
    done = letter.run("comparison", "restore", "gone")
    assert done.stdout == "restored gone\nissue 1 (2026-W47): the draft is built again\n"
    assert sorted(held(letter)) == ["gone", "kept"]


# -- dates


def test_an_embargo_that_is_postponed_leaves_the_draft(letter):
    letter.settings["issue.approval"] = "required"
    letter.run("weekly")
    done = take_in(letter, item("gone", "2026-11-24T09:00:00Z"))
    assert done.stdout.splitlines()[0] == "moved gone to 2026-11-24T09:00:00Z, was 2026-11-19T09:00:00Z"
    assert held(letter) == ["kept"]
    letter.run("issue", "approve", "1")
    letter.run("weekly", now=WEEK_47)
    letter.run("weekly", now=WEEK_48)
    assert held(letter, 2) == ["gone"]


@pytest.mark.parametrize("first, then, told", [
    ("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", False),  # where the week ends
    ("2016-11-19T09:00:00Z", "2026-11-19T09:00:00Z", True),
    ("2026-11-26T09:00:00Z", "2026-11-19T09:00:00Z", True),
    (1, 1795122000, True),  # 2026-11-19T21:00:00Z
])
def test_a_source_s_new_date_moves_it_into_the_draft_or_out_of_it(letter, first, then, told):
    letter.settings["issue.approval"] = "required"
    take_in(letter, item("late", first))
    letter.run("weekly")
    take_in(letter, item("late", then))
    letter.run("weekly")
    assert ("late" in held(letter)) is told


def test_a_year_typed_wrong_is_mended(letter):
    typed = take_in(letter, item("late", "2062-11-19T09:00:00Z"))
    assert "in the future" in typed.stderr and "comparison date" in typed.stderr
    assert "moved late" in take_in(letter, item("late")).stdout
    assert explained(letter)["late"] == "new this week"


def test_the_date_of_what_was_sent_stays_and_another_one_is_named_as_ignored(letter):
    letter.run("weekly")
    for number in range(2):
        done = take_in(letter, item("gone", "2026-11-26T09:00:00Z"))
        assert "1 unchanged" in done.stdout
        assert ("2026-11-26T09:00:00Z, is ignored" in done.stderr) == (number == 0)
    assert known(letter)["gone"]["published_at"] == "2026-11-19T09:00:00Z"
    refused = letter.run("comparison", "date", "gone", "2026-11-26T09:00:00Z", expect=65)
    assert "issue 1, which is sent" in refused.stderr


def test_an_editor_dates_a_page_and_the_draft_follows(letter):
    letter.run("issue", "build")
    done = letter.run("comparison", "date", "gone", "2026-11-25T09:00:00Z")
    assert done.stdout.splitlines()[0] == "dated gone 2026-11-25T09:00:00Z, was 2026-11-19T09:00:00Z"
    assert held(letter) == ["kept"]
    take_in(letter, item("gone"))
    assert known(letter)["gone"]["published_at"] == "2026-11-25T09:00:00Z"


# -- full imports


def full(letter, *slugs: str, words=(), source="site", **options):
    return take_in(letter, *map(item, slugs), words=("--full", "--source", source, *words), **options)


def test_what_a_full_import_no_longer_brings_is_withdrawn_and_comes_back_with_it(letter):
    full(letter, "a", "b", "c")
    assert full(letter, "a", "c", words=["--dry-run"]).stdout.startswith("withdrawn b\n")
    assert not known(letter)["b"]["withdrawn"]
    done = full(letter, "a", "c")
    assert done.stdout == "withdrawn b\n0 new, 0 changed, 2 unchanged, 0 bad, 1 withdrawn\n"
    assert explained(letter)["b"] == "withdrawn 2026-11-20, as its source no longer brings it"
    assert not known(letter)["kept"]["withdrawn"], "it came from elsewhere"
    assert full(letter, "a", "c").stdout == "0 new, 0 changed, 2 unchanged, 0 bad\n"
    assert "restored b" in full(letter, "a", "b", "c").stdout


def test_what_one_source_lacks_and_another_repeats_does_not_take_turns(letter):
    for _ in range(3):
        full(letter, "a", "b")
        take_in(letter, item("b"), words=("--source", "partner"))
    turns = ""
    for _ in range(3):
        turns += full(letter, "a").stdout
        turns += take_in(letter, item("b"), words=("--source", "partner")).stdout
    assert known(letter)["b"]["withdrawn"] and "restored" not in turns
    assert "restored b" in take_in(letter, item("b", question="Which?"), words=("--source", "partner")).stdout
    full(letter, "a")
    assert not known(letter)["b"]["withdrawn"], "its absence was told before"
    full(letter, "a", "b")
    full(letter, "a")
    assert known(letter)["b"]["withdrawn"]


def test_what_came_by_a_part_counts_as_brought(letter):
    take_in(letter, item("a"), words=["--source", "site"])
    take_in(letter, item("b"), words=["--source", "site"])
    assert "withdrawn a" in full(letter, "b").stdout


def test_what_an_editor_restores_is_the_source_s_no_more(letter):
    full(letter, "a", "b")
    full(letter, "a")
    letter.run("comparison", "restore", "b")
    full(letter, "a")
    assert not known(letter)["b"]["withdrawn"]


@pytest.mark.parametrize("before, missing, goes", [(10, 3, True), (3, 3, True), (20, 4, True), (19, 4, False), (5, 5, False)])
def test_a_full_import_that_lacks_much_is_refused_without_yes(letter, before, missing, goes):
    slugs = [f"s{number:02d}" for number in range(before)]
    full(letter, *slugs)
    done = full(letter, *slugs[missing:], "new", expect=0 if goes else 65)
    assert len(known(letter, "--withdrawn")) == (missing if goes else 0)
    assert "new" in known(letter), "what came is in"
    if not goes:
        assert f"{missing} of the {before}" in done.stderr and "--yes" in done.stderr
        assert len(done.stderr.splitlines()) == 1
        full(letter, *slugs[missing:], "new", words=["--yes"])
        assert len(known(letter, "--withdrawn")) == missing


def test_a_folder_is_one_source_and_a_bad_file_in_it_withdraws_nothing(letter, tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    for slug in "abc":
        (folder / f"{slug}.json").write_text(json.dumps(item(slug)))
    letter.run("import", "--full", str(folder))
    (folder / "a.json").unlink()
    (folder / "b.json").write_text("{")
    done = letter.run("import", "--full", str(folder), expect=65)
    assert "did not come in whole" in done.stderr and known(letter, "--withdrawn") == {}
    (folder / "b.json").write_text(json.dumps(item("b")))
    (folder / "link").symlink_to(folder)
    assert "withdrawn a" in letter.run("import", "--full", str(folder / "link")).stdout


def test_a_full_import_of_standard_input_needs_a_name(letter):
    done = take_in(letter, item("kept"), words=["--full"], expect=64)
    assert "--source NAME" in done.stderr


def test_a_withdrawal_by_a_full_import_says_who_has_it(letter):
    full(letter, "kept", "gone")
    letter.run("weekly")
    assert "gone stands in issue 1, which is sent: 5 readers have it" in full(letter, "kept").stderr


# -- renamed


def test_what_is_renamed_is_known_under_its_old_slug(letter):
    letter.run("issue", "build")
    done = letter.run("comparison", "rename", "gone", "here")
    assert done.stdout.splitlines()[0] == "renamed gone to here"
    assert sorted(held(letter)) == ["here", "kept"]
    assert "1 unchanged" in take_in(letter, item("gone")).stdout
    letter.run("issue", "arrange", "1", "--leave-out", "gone")
    assert held(letter) == ["kept"]
    assert sorted(known(letter)) == ["here", "kept"]
    assert "another comparison's" in letter.run("comparison", "rename", "kept", "gone", expect=65).stderr


def test_a_tool_that_is_renamed_takes_its_history_along(letter):
    letter.run("weekly")
    done = letter.run("comparison", "rename", "--tool", "left gone", "Fresh  Name")
    assert done.stdout == "renamed left gone to Fresh Name\n"
    assert known(letter, "--tool", "Left gone") == known(letter, "--tool", "Fresh Name") != {}
    assert known(letter)["gone"]["title"] == "Fresh Name vs Right gone"
    again = item("more", "2026-11-20T10:00:00Z")
    again["left"] = item("gone")["left"]
    take_in(letter, again)
    assert known(letter)["more"]["tools"][0] == "Fresh Name"
    assert "another tool's" in letter.run("comparison", "rename", "--tool", "Left kept", "LEFT GONE", expect=65).stderr


# -- what is known


def test_the_list_shows_the_state_of_each_comparison(letter):
    take_in(letter, item("new", "2026-11-20T11:00:00Z"))
    letter.run("weekly")
    letter.run("comparison", "withdraw", "gone")
    row = known(letter)["kept"]
    assert row | {"held_at": 0, "updated_at": 0} == {
        "slug": "kept", "title": "Left kept vs Right kept", "tools": ["Left kept", "Right kept"],
        "published_at": "2026-11-19T09:00:00Z", "updated_at": 0, "revision": 1, "withdrawn": False,
        "withdrawn_at": None, "withdrawn_by": None, "left_out_at": None, "held_at": 0, "issues": [1]}
    assert list(known(letter)) == ["new", "gone", "kept"]
    assert list(known(letter, "--never-sent")) == ["new"]
    assert sorted(known(letter, "--in-issue", "1")) == ["gone", "kept"]
    assert list(known(letter, "--withdrawn")) == ["gone"]
    assert list(known(letter, "--since", "2026-11-20T00:00:00Z")) == ["new"]
    assert list(known(letter, "--tool", "Right kept")) == ["kept"]
    assert list(known(letter, "--in-issue", "1", "--withdrawn")) == ["gone"]
    lines = letter.run("comparison", "list").stdout.splitlines()
    assert [line.split("  ")[1].strip() for line in lines] == ["free", "withdrawn, issue 1 sent", "issue 1 sent"]
    assert "issue 1 sent" in letter.run("comparison", "show", "kept").stdout
    assert letter.json("comparison", "show", "kept", "--json")["content"]["left"]["panel_ship"] == 75


def test_what_show_prints_can_be_imported(letter):
    content = letter.json("comparison", "show", "kept", "--json")["content"]
    assert "1 unchanged" in take_in(letter, content).stdout


@pytest.mark.parametrize("words, code, word", [
    ([], 64, "say what to do"),
    (["vanish"], 64, "vanish"),
    (["show"], 64, "the slug of one comparison"),
    (["show", "kept", "gone"], 64, "the slug of one comparison"),
    (["show", "nobody"], 66, "there is no comparison \"nobody\""),
    (["withdraw"], 64, "the slugs of comparisons"),
    (["withdraw", "kept", "nobody"], 66, "there is no comparison \"nobody\""),
    (["date", "kept"], 64, "a slug and a time"),
    (["date", "kept", "tomorrow"], 64, "tomorrow"),
    (["list", "kept"], 64, "one word too many"),
    (["list", "--in-issue", "x"], 64, "--in-issue"),
    (["list", "--since", "x"], 64, "--since"),
    (["list", "--tool", "Nobody"], 66, "there is no tool \"Nobody\""),
    (["rename", "kept"], 64, "a slug and a new one"),
    (["rename", "kept", "no/slug"], 64, "is no slug"),
    (["rename", "nobody", "else"], 66, "there is no comparison \"nobody\""),
    (["rename", "--tool", "Nobody", "Else"], 66, "there is no tool \"Nobody\""),
    (["rename", "--tool", "Left kept", " "], 64, "is empty"),
    (["withdraw", "kept", "--json"], 64, "no use for --json"),
])
def test_a_call_that_is_wrong_says_why_and_changes_nothing(letter, words, code, word):
    done = letter.run("comparison", *words, expect=code)
    assert word in done.stderr and len(done.stderr.splitlines()) == 1
    assert known(letter, "--withdrawn") == {}
