"""Comparisons come in: the manual's own query and example, odd files, and files that contradict each other."""

import contextlib
import json
import os
import re
import sqlite3
import subprocess

import pytest

from newsletter import ROOT, SAMPLES

MANUAL = (ROOT / "src" / "verdicts-import.5").read_text()
PLAIN = (ROOT / "tests" / "golden" / "pages" / "good_plain.txt").read_text()


def manual_text(name: str) -> str:
    """The display between the lines "begin NAME" and "end NAME" of the manual, as a reader sees it."""
    found = re.search(rf'\.\\" begin {name}\n\.Bd [^\n]*\n(.*?)\.Ed\n\.\\" end {name}\n', MANUAL, re.S)
    assert found is not None, name
    assert "\\" not in found[1], "write \\e, and teach this test about it"
    return found[1]


def tool(name: str, **fields) -> dict:
    return {"name": name, "category": "Tools", **fields}


def comparison(left: dict, right: dict, **fields) -> dict:
    return {"left": left, "right": right, **fields}


def rows(newsletter, query: str) -> list[tuple]:
    with sqlite3.connect(newsletter.folder / "verdicts.db") as database:
        return database.execute(query).fetchall()


def sqlite(database, script: str, *options: str) -> str:
    done = subprocess.run(["sqlite3", *options, str(database)], input=script, capture_output=True, text=True,
                          check=True)
    return done.stdout


SITE = """
INSERT INTO tools VALUES
    (1, 'Pebble "Notes"', 'Writing', 'Notes that sort themselves', 'Two' || char(10) || 'lines.', '$8/mo',
        'https://pebble.example.com/'),
    (2, 'Quarry', 'Search', 'Ask your documents', NULL, 'Free', NULL),
    (3, 'Granite', 'Search', NULL, NULL, NULL, NULL);
INSERT INTO reviews VALUES
    (1, 2, 'The Skeptic', 0, 'I lost a note — on “day two”.'), (1, 1, 'The Builder', 1, 'Files faster than I can.'),
    (1, 3, NULL, 1, 'Ümläuts 👩‍🚀 \\ and "quotes"'), (2, 1, 'The Builder', 1, 'A folder is all it needs.');
INSERT INTO votes VALUES (1, 1, 1), (1, 2, 0), (1, 3, 1), (2, 1, 0);
INSERT INTO comparisons VALUES
    ('pebble-or-quarry', 1, 2, datetime('now', '-2 days')),
    ('quarry-or-granite', 2, 3, datetime('now', '-1 day')),
    ('long-ago', 1, 3, datetime('now', '-61 days'));
"""


def test_the_query_of_the_manual_brings_in_a_site_that_has_a_database(newsletter, tmp_path):
    site = tmp_path / "site.db"
    sqlite(site, manual_text("schema") + SITE)
    found = sqlite(site, manual_text("query"), "-json")
    done = newsletter.run("import", "-", stdin=found)
    assert "2 new, 0 changed, 0 unchanged, 0 bad" in done.stdout
    assert rows(newsletter, "SELECT slug, title FROM comparison ORDER BY published_at") == [
        ("pebble-or-quarry", 'Pebble "Notes" vs Quarry'), ("quarry-or-granite", "Quarry vs Granite")]
    published = sqlite(site, "SELECT unixepoch(published) FROM comparisons WHERE slug = 'pebble-or-quarry'")
    assert rows(newsletter, "SELECT published_at FROM comparison WHERE slug = 'pebble-or-quarry'") == [(int(published),)]
    assert rows(newsletter, "SELECT name, category, tagline, description, price, panel_ship, community_ship, url"
                            " FROM tool ORDER BY id") == [
        ('Pebble "Notes"', "Writing", "Notes that sort themselves", "Two lines.", "$8/mo", 67, 67,
         "https://pebble.example.com/"),
        ("Quarry", "Search", "Ask your documents", "", "Free", 100, 0, None),
        ("Granite", "Search", "", "", "", None, None, None)]
    assert rows(newsletter, "SELECT reviewer, verdict, quote FROM review JOIN tool ON tool.id = tool_id"
                            " WHERE name LIKE 'Pebble%' ORDER BY position") == [
        ("The Builder", "ship", "Files faster than I can."),
        ("The Skeptic", "skip", "I lost a note — on “day two”."),
        (None, "ship", 'Ümläuts 👩‍🚀 \\ and "quotes"')]
    again = newsletter.run("import", "-", stdin=found)
    assert "0 new, 0 changed, 2 unchanged, 0 bad" in again.stdout


def test_the_example_of_the_manual_is_taken(newsletter, tmp_path):
    path = tmp_path / "example.json"
    path.write_text(manual_text("example"))
    done = newsletter.run("import", str(path))
    assert "1 new" in done.stdout
    assert rows(newsletter, "SELECT slug, url FROM comparison") == [
        ("pebble-notes-vs-quarry", "https://example.org/compare/pebble-notes-vs-quarry")]


def test_the_page_of_the_manual_is_taken(newsletter, tmp_path):
    page = MANUAL.split(".Bd -literal -offset indent\n", 1)[1].split(".Ed\n", 1)[0]
    for escape, character in {r"\(em": "—", r"\(lq": "“", r"\(rq": "”"}.items():
        page = page.replace(escape, character)
    path = tmp_path / "page.txt"
    path.write_text(page)
    newsletter.run("import", str(path))
    assert rows(newsletter, "SELECT count(*) FROM review") == [(4,)]


def test_a_bad_file_is_named_and_the_others_go_in(newsletter, tmp_path):
    bad = tmp_path / "bad.txt"
    bad.write_text(PLAIN.replace("75%", "many"))
    done = newsletter.run("import", str(bad), str(SAMPLES), expect=65)
    assert f'{bad}:7:1: "many" stands above "Panel ship" and is no percentage' in done.stderr
    assert "7 new, 0 changed, 0 unchanged, 1 bad" in done.stdout


def test_a_file_is_taken_whole_or_not_at_all(newsletter, tmp_path):
    path = tmp_path / "two.jsonl"
    lines = [comparison(tool("A"), tool("B")), comparison(tool("C", panel_ship=101), tool("D"))]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = newsletter.run("import", str(path), expect=65)
    assert re.search(rf"{re.escape(str(path))}:2:\d+: /left/panel_ship: 101 is out of range", done.stderr)
    assert rows(newsletter, "SELECT count(*) FROM comparison") == [(0,)]
    assert rows(newsletter, "SELECT count(*) FROM tool") == [(0,)]


def rejected(slug: str, fault: str) -> dict:
    bad = comparison(tool("Last"), tool("Of all"), slug="last")
    bad.update({"slug": slug} if fault == "double" else {"left": 3})
    return bad


@pytest.mark.parametrize("form", ["array", "lines"])
@pytest.mark.parametrize("fault", ["double", "field"])
def test_what_the_last_comparison_of_a_file_spoils_leaves_no_trace(newsletter, tmp_path, form, fault):
    good = [comparison(tool(f"A{i}"), tool(f"B{i}"), slug=f"s{i}") for i in range(300)]
    before = tmp_path / "before.json"
    before.write_text(json.dumps(good[:1]))
    newsletter.run("import", str(before))
    good[0]["left"]["price"] = "$9/mo"
    path = tmp_path / "many.json"
    items = [*good, rejected("s0", fault)]
    path.write_text(json.dumps(items) if form == "array" else "\n".join(map(json.dumps, items)))
    done = newsletter.run("import", str(path), expect=65)
    assert done.stdout == "0 new, 0 changed, 0 unchanged, 1 bad\n"
    assert len(done.stderr.splitlines()) == 1
    assert rows(newsletter, "SELECT slug, revision FROM comparison") == [("s0", 1)]
    assert rows(newsletter, "SELECT count(*) FROM tool WHERE price != ''") == [(0,)]


def test_a_changed_page_is_a_new_revision_and_keeps_its_date(newsletter, tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(PLAIN)
    newsletter.run("import", "--published", "2026-11-18T09:00:00Z", str(path))
    path.write_text(PLAIN.replace("$8/mo", "$9/mo"))
    done = newsletter.run("import", "--published", "2026-11-19T09:00:00Z", str(path))
    assert "0 new, 1 changed" in done.stdout
    assert rows(newsletter, "SELECT revision, published_at FROM comparison") == [(2, 1794992400)]
    assert rows(newsletter, "SELECT price FROM tool WHERE slug = 'pebble-notes'") == [("$9/mo",)]
    path.write_bytes(PLAIN.replace("$8/mo", "$9/mo").replace("\n", "  \r\n").encode())
    assert "1 unchanged" in newsletter.run("import", str(path)).stdout


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_of_two_that_contradict_each_other_the_newer_comparison_wins(newsletter, order):
    told = {
        "old": comparison(tool("A", price="$1"), tool("B"), published_at="2026-11-10T00:00:00Z"),
        "new": comparison(tool("A", price="$2"), tool("C"), published_at="2026-11-11T00:00:00Z"),
    }
    said = []
    for name in order * 3:
        done = newsletter.run("import", "-", stdin=json.dumps(told[name]))
        said += done.stderr.splitlines()
    assert len(said) == (1 if order[0] == "old" else 0)
    assert all('price of "A" changes from "$1" to "$2"' in line for line in said)
    assert rows(newsletter, "SELECT price FROM tool WHERE slug = 'a'") == [("$2",)]


# Two comparisons each, whose tools differ in signs: (left, right) twice.
APART = [
    (("C++ Pilot", "Rusty"), ("C# Pilot", "Gopher")),
    (("A+", "Rusty"), ("A", "Gopher")),
    (("Go!", "Rusty"), ("Go", "Gopher")),
    ((".NET", "Rusty"), ("NET", "Gopher")),
    (("Copilot", "Rusty"), ("Copilot+", "Gopher")),
    (("Résumé", "Rusty"), ("Resume", "Gopher")),
    (("X (2026)", "Rusty"), ("X 2026", "Gopher")),
    (("Vidi", "Rusty"), ("Vidi+", "Rusty")),
    (("F# Aid", "Rusty"), ("F Aid", "Rusty")),
    (("R&D", "Rusty"), ("R/D", "Rusty")),
    (("日本", "Rusty"), ("日本!", "Rusty")),
    (("Node.js", "Rusty"), ("Node JS", "Gopher")),
    (("Q&A", "Rusty"), ("Q A", "Gopher")),
    (("Ünder", "Rusty"), ("Under", "Gopher")),
]


def page(left: str, right: str, left_share: str, right_share: str) -> str:
    text = PLAIN.replace("Pebble Notes", left).replace("Quarry", right)
    return text.replace("75%", left_share).replace("50%", right_share)


def test_tools_whose_names_differ_in_signs_keep_their_own_verdicts(newsletter, tmp_path):
    for number, (one, other) in enumerate(APART):
        (tmp_path / f"{number}a.txt").write_text(page(*one, "80%", "40%"))
        (tmp_path / f"{number}b.txt").write_text(page(*other, "20%", "60%"))
        for again in range(2):
            done = newsletter.run("import", str(tmp_path / f"{number}a.txt"), str(tmp_path / f"{number}b.txt"))
        assert "0 new, 0 changed, 2 unchanged" in done.stdout
        assert rows(newsletter, "SELECT l.name, l.panel_ship FROM comparison c JOIN tool l ON l.id = left_tool"
                                " ORDER BY c.id DESC LIMIT 2") == [(other[0], 20), (one[0], 80)]
    slugs = [slug for (slug,) in rows(newsletter, "SELECT slug FROM comparison ORDER BY id")]
    assert len(slugs) == len(set(slugs)) == 2 * len(APART)
    assert slugs[:2] == ["c-plus-plus-pilot-vs-rusty", "c-sharp-pilot-vs-gopher"]


@pytest.mark.parametrize("left, right", [("Notepad", "Notepad++"), ("A+", "A"), ("Resume", "Résumé"), ("Go", "Go!")])
def test_tools_whose_names_differ_in_signs_can_be_compared(newsletter, left, right):
    newsletter.run("import", "-", stdin=json.dumps(comparison(tool(left), tool(right))))
    assert rows(newsletter, "SELECT l.name, r.name FROM comparison JOIN tool l ON l.id = left_tool"
                            " JOIN tool r ON r.id = right_tool") == [(left, right)]


@pytest.mark.parametrize("first, second", [("Vidi", "Vidi+"), ("Quill", "Quill!"), ("C", "C++"), ("Nóta", "Nota")])
def test_a_name_with_a_sign_more_is_mailed_the_week_after(newsletter, tmp_path, first, second):
    newsletter.settings |= {"smtp.url": f"maildir:{tmp_path}/box", "issue.min_items": "1"}
    newsletter.add_readers(1)
    for name, day in ((first, "19"), (second, "26")):
        item = comparison(tool(name, panel_ship=75), tool("Rusty", panel_ship=50), published_at=f"2026-11-{day}T09:00:00Z")
        newsletter.run("import", "-", stdin=json.dumps(item))
        newsletter.run("weekly", now=f"2026-11-{int(day) + 1}T12:00:00Z")
    assert rows(newsletter, "SELECT l.name FROM comparison JOIN tool l ON l.id = left_tool ORDER BY comparison.id") == [
        (first,), (second,)]
    assert len([path for path in (tmp_path / "box").rglob("*") if path.is_file()]) == 2


FULL = {"price": "$20/mo", "price_note": "Entry", "community_ship": 90, "panel_ship": 75, "tagline": "t",
        "description": "d", "url": "https://example.org/a", "reviews": [{"quote": "q"}]}


@pytest.mark.parametrize("later", [
    comparison(tool("A"), tool("C")), comparison(tool("A", **dict.fromkeys(FULL)), tool("C")),
    comparison(tool("C"), tool("a")), {"left_name": "A", "left_category": "Writing", "right_name": "C",
                                       "right_category": "Writing", "left_price": None},
])
def test_no_way_of_leaving_out_takes_anything_away(newsletter, later):
    newsletter.run("import", "-", stdin=json.dumps(
        comparison(tool("A", **FULL), tool("B"), published_at="2026-11-18T00:00:00Z")))
    newsletter.run("import", "-", stdin=json.dumps(later | {"published_at": "2026-11-19T00:00:00Z"}))
    assert rows(newsletter, "SELECT price, price_note, community_ship, panel_ship, tagline, description, tool.url, quote"
                            " FROM tool JOIN review ON tool_id = tool.id WHERE lower(name) = 'a'") == [
        ("$20/mo", "Entry", 90, 75, "t", "d", "https://example.org/a", "q")]


def test_what_a_later_comparison_does_not_repeat_stays_known(newsletter):
    first = comparison(tool("A", price="$20/mo", community_ship=90, tagline="t", panel_ship=50), tool("B"),
                       published_at="2026-11-10T00:00:00Z", question="Which?", url="https://example.org/a-b")
    later = comparison(tool("A", price=None), tool("C"), published_at="2026-11-12T00:00:00Z")
    again = comparison(tool("A"), tool("B"), published_at="2026-11-10T00:00:00Z")
    for item in (first, later, again):
        done = newsletter.run("import", "-", stdin=json.dumps(item))
        assert done.stderr == ""
    assert rows(newsletter, "SELECT price, community_ship, panel_ship, tagline FROM tool WHERE name = 'A'") == [
        ("$20/mo", 90, 50, "t")]
    assert rows(newsletter, "SELECT question, url FROM comparison ORDER BY id") == [
        ("Which?", "https://example.org/a-b"), ("", None)]
    update = dict(again, left=tool("A", price="$25/mo"))
    assert newsletter.run("import", "-", stdin=json.dumps(update)).stderr == ""
    assert rows(newsletter, "SELECT price FROM tool WHERE name = 'A'") == [("$25/mo",)]


def test_a_page_without_votes_removes_them_and_json_that_omits_them_does_not(newsletter, tmp_path):
    path = tmp_path / "page.txt"
    votes = "SELECT community_ship FROM tool WHERE name = 'Quarry'"
    path.write_text(PLAIN.replace("\n—\nCommunity", "\n44%\nCommunity"))
    newsletter.run("import", str(path))
    assert rows(newsletter, votes) == [(44,)]
    silent = comparison({"name": "Pebble Notes", "category": "Writing"}, {"name": "Quarry", "category": "Search"})
    newsletter.run("import", "-", stdin=json.dumps(silent))
    assert rows(newsletter, votes) == [(44,)]
    path.write_text(PLAIN)
    newsletter.run("import", str(path))
    assert rows(newsletter, votes) == [(None,)]


def odd_fifo(folder):
    os.mkfifo(folder / "fifo.txt")
    return folder / "fifo.txt", 66, "is a pipe, socket or device"


def odd_big(folder):
    path = folder / "big.txt"
    path.write_bytes(b"x" * (50 * 1024 * 1024))
    return path, 65, ":1:1: the page has 52428800 bytes"


def odd_huge(folder):
    path = folder / "huge.txt"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    return path, 65, "is larger than 67108864 bytes"


def odd_empty(folder):
    path = folder / "empty.txt"
    path.write_bytes(b"")
    return path, 65, "empty.txt:1:1: the file is empty"


def odd_folder(folder):
    (folder / "nothing").mkdir()
    return folder / "nothing", 66, "holds no .txt, .json or .jsonl file"


def odd_newline(folder):
    path = folder / "two\nlines.txt"
    path.write_text("not a page\n")
    return path, 65, "two?lines.txt:1:1: this is no comparison page"


def odd_deep(folder):
    path = folder / "deep.json"
    path.write_text('{"left":' + "[" * 10000 + "]" * 10000 + "}")
    return path, 65, "deep.json:1:"


def odd_latin1(folder):
    path = folder / "latin1.json"
    path.write_bytes(b'{"title": "caf\xe9"}')
    return path, 65, "latin1.json:1:15: the byte 0xE9 is not UTF-8"


@pytest.mark.parametrize("odd", [odd_fifo, odd_big, odd_huge, odd_empty, odd_folder, odd_newline, odd_deep, odd_latin1])
def test_an_odd_file_is_one_line_and_nothing_is_stored(newsletter, tmp_path, odd):
    path, code, text = odd(tmp_path)
    done = newsletter.run("import", str(path), expect=code)
    assert text in done.stderr
    assert done.stderr.count("\n") == 1
    assert rows(newsletter, "SELECT count(*) FROM comparison") == [(0,)]


def test_every_bad_page_of_the_corpus_is_one_line_and_exit_65(newsletter):
    pages = sorted((ROOT / "tests" / "golden" / "pages").glob("bad_*.txt"))
    assert len(pages) > 30
    done = newsletter.run("import", *map(str, pages), expect=65)
    lines = done.stderr.splitlines()
    assert len(lines) == len(pages)
    for page, line in zip(pages, lines):
        expected = page.with_suffix(".expected").read_text().strip()
        assert line == f"verdicts: {page.parent}/{expected}"


def test_html_is_reported_with_its_place_decoded_on_request_and_found_by_check(newsletter, tmp_path):
    path = tmp_path / "site.json"
    item = comparison(tool("Q&amp;A", tagline="It&#8217;s <b>new</b>"), tool("listmonk"))
    path.write_text(json.dumps({"sku": 1, **item}))
    refused = newsletter.run("import", str(path), expect=65)
    assert (refused.returncode, refused.stderr.count("\n")) == (65, 1)
    assert 'there is no field "sku"' in refused.stderr
    done = newsletter.run("import", "--ignore-unknown", str(path))
    assert '/left/name: "&amp;" is HTML' in done.stderr and "(and 1 more of its texts)" in done.stderr
    assert f'{path}: passed over "sku"' in done.stdout
    assert rows(newsletter, "SELECT tagline FROM tool WHERE name = 'Q&amp;A'") == [("It&#8217;s <b>new</b>",)]
    again = newsletter.run("import", "--ignore-unknown", str(path))
    assert again.stderr == ""
    decoded = newsletter.run("import", "--ignore-unknown", "--html", "--dry-run", str(path))
    assert "HTML" not in decoded.stderr


def told(left: str, right: str, quote: str = "", **fields) -> dict:
    """A comparison in words of its own, but for the quote where one is given."""
    say = [{"quote": quote or f"{left} does what {left} says."}, {"quote": quote or f"{left}, at last."}]
    return comparison(tool(left, panel_ship=75, reviews=say), tool(right, panel_ship=50), **fields)


QUOTE = "I lost a note on day two, and nobody knows why."

LOOK_ALIKES = {
    "signs": (told("Vidi", "Rusty"), told("Vidi+", "Rusty"), '"Vidi+" has the same letters and digits as "Vidi"'),
    "a letter": (told("Claude Haiku", "Rusty"), told("Claude Haikus", "Rusty"), "is one letter apart from"),
    "two letters": (told("Claude Haiku", "Rusty"), told("Calude Haiku", "Rusty"), "is one letter apart from"),
    "sides": (told("Vidi", "Rusty"), told("Rusty", "Vidi"), "the same two tools, sides swapped,"),
    "quotes": (told("Pebble", "Rusty", QUOTE), told("Notes by Pebble", "Rusty", QUOTE), "the same quotes as"),
    "title": (told("Pebble", "Rusty", slug="a", title="Peble vs Rusty"),
              told("Pebble", "Rusty", slug="b", title="Pebble vs Rusty"), "the same two tools as"),
    "url": (told("Pebble", "Rusty", url="https://example.org/x"),
            told("Notes", "Quarry", url="https://example.org/x"), "the same url as"),
    "digits": (told("GPT-4", "Rusty", QUOTE), told("GPT-5", "Rusty", QUOTE), None),
    "others": (told("Pebble", "Rusty"), told("Granite", "Rusty"), None),
}


@pytest.mark.parametrize("case", LOOK_ALIKES)
def test_a_look_alike_is_reported_at_import_and_by_check_once_the_first_was_sent(newsletter, tmp_path, case):
    first, second, reason = LOOK_ALIKES[case]
    newsletter.settings["smtp.url"] = f"maildir:{tmp_path}/box"
    newsletter.settings["issue.min_items"] = "1"
    newsletter.add_readers(1)
    newsletter.run("import", "-", stdin=json.dumps(first | {"published_at": "2026-11-19T09:00:00Z"}))
    newsletter.run("weekly", now="2026-11-20T12:00:00Z")
    done = newsletter.run("import", "-", stdin=json.dumps(second | {"published_at": "2026-11-26T09:00:00Z"}))
    assert "1 new, 0 changed" in done.stdout
    findings = newsletter.json("check", "--json", now="2026-11-27T12:00:00Z", expect=None)["findings"]
    alike = [finding for finding in findings if finding["rule"] == "looks-like"]
    if reason is None:
        assert "looks like" not in done.stderr and alike == []
        return
    line, = [line for line in done.stderr.splitlines() if "looks like" in line]
    assert reason in line and "issue 1 (2026-W47)" in line
    warning, = alike
    assert warning["level"] == "warning" and reason in warning["message"] and "issue 1 (2026-W47)" in warning["message"]
    again = newsletter.run("import", "-", stdin=json.dumps(second | {"published_at": "2026-11-26T09:00:00Z"}))
    assert again.stderr == "" and "guessed" not in again.stdout


@pytest.mark.parametrize("case", LOOK_ALIKES)
def test_two_look_alikes_in_one_draft_are_reported_by_check_once(newsletter, case):
    first, second, reason = LOOK_ALIKES[case]
    newsletter.settings["issue.min_items"] = "1"
    newsletter.run("import", "-", stdin=json.dumps([one | {"published_at": "2026-11-19T09:00:00Z"}
                                                    for one in (first, second, told("Zed", "Emu"))]))
    newsletter.run("issue", "build")
    findings = newsletter.json("check", "--json", expect=None)["findings"]
    alike = [finding["message"] for finding in findings if finding["rule"] == "looks-like"]
    assert len(alike) == (reason is not None)
    assert all("which stands in this issue, too: " in message for message in alike)


def test_look_alikes_of_a_run_are_counted_past_twenty(newsletter):
    many = [told("Vidi" + "+" * i, "Rusty") for i in range(30)]
    lines = newsletter.run("import", "-", stdin=json.dumps(many)).stderr.splitlines()
    assert len([line for line in lines if "looks like" in line]) == 20
    assert lines[-1].endswith("9 more look like what is known")


def test_a_guessed_address_is_said_once_a_run_with_the_way_to_give_it(newsletter, tmp_path):
    (tmp_path / "a.txt").write_text(PLAIN)
    (tmp_path / "b.json").write_text(json.dumps([told("Pebble", "Rusty"), told("Quarry", "Granite")]))
    (tmp_path / "c.json").write_text(json.dumps(told("Zed", "Emu", url="https://example.org/zed")))
    done = newsletter.run("import", str(tmp_path))
    line, = [line for line in done.stdout.splitlines() if "guessed" in line]
    assert line.startswith('3 without a "url": the address is guessed from site.comparison_url, as in https://')
    assert 'give "url" in JSON' in line
    assert "guessed" not in newsletter.run("import", str(tmp_path)).stdout
    alone = newsletter.run("import", "-", stdin=json.dumps(told("Ant", "Bee", url="https://example.org/ant")))
    assert "guessed" not in alone.stdout


def test_a_date_that_comes_too_late_is_reported_once_a_run(newsletter, tmp_path):
    (tmp_path / "a.txt").write_text(PLAIN)
    first, other = "2026-11-18T09:00:00Z", "2026-11-12T09:00:00Z"
    assert "known already" not in newsletter.run("import", "--published", first, str(tmp_path)).stdout
    assert "known already" not in newsletter.run("import", "--published", first, str(tmp_path)).stdout
    done = newsletter.run("import", "--published", other, str(tmp_path))
    line, = [line for line in done.stdout.splitlines() if "known already" in line]
    assert line.startswith("1 known already: --published dates new ones alone; `verdicts comparison date SLUG TIME`")
    assert newsletter.json("comparison", "list", "--json")[0]["published_at"] == first
    assert "known already" not in newsletter.run("-q", "import", "--published", other, str(tmp_path)).stdout


def test_a_made_address_reads_well_and_an_old_one_stays(newsletter):
    items = [told("深度写作助手", "Яндекс"), told("~", "🦊"), told("json", "+++")]
    newsletter.run("import", "-", stdin=json.dumps(items))
    query = "SELECT slug FROM comparison ORDER BY id"
    assert rows(newsletter, query) == [("shen-du-xie-zuo-zhu-shou-vs-yandeks",), ("tilde-vs-fox-face",),
                                       ("json-vs-plus-plus-plus",)]
    with contextlib.closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database, database:
        database.execute("UPDATE comparison SET slug = '6df1-5ea6-vs-44f' WHERE id = 1")
    assert "0 new, 0 changed, 3 unchanged" in newsletter.run("import", "-", stdin=json.dumps(items)).stdout
    assert rows(newsletter, query)[0] == ("6df1-5ea6-vs-44f",)


def test_an_address_is_encoded_or_refused_at_the_door(newsletter):
    newsletter.run("import", "-", stdin=json.dumps(told("Pebble", "Rusty", url="https://example.org/größe")))
    assert rows(newsletter, "SELECT url FROM comparison") == [("https://example.org/gr%C3%B6%C3%9Fe",)]
    done = newsletter.run("import", "-", expect=65,
                          stdin=json.dumps(told("Zed", "Emu", url="https://example.org:99999/x")))
    assert "/url" in done.stderr and "write one from 1 to 65535, or none" in done.stderr
    assert len(rows(newsletter, "SELECT 1 FROM comparison")) == 1
