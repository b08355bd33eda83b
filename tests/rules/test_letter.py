"""The golden issues, read by a program that shares no code with the one that wrote them: each number that stands
beside a name is that of the data, each ranking is in its order, and no share is told as the score of a match."""

import json
import pathlib
import re
import unicodedata

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "issue"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.json") if path.stem != "frame")
WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def load(name: str):
    issue = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    text = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").partition("\n-- \n")[0]
    told = re.sub("[\u2066-\u2069]", "", text)
    return issue, text, re.sub(r"\s+", " ", told)


def tools_of(stories):
    """Every tool once, by its name."""
    found = {}
    for story in stories:
        for comparison in story:
            for side in ("left", "right"):
                tool = comparison[side]
                found[re.sub(r"\s+", " ", tool["name"]).strip()] = tool
    return found


def figures(tool) -> set[str]:
    """How a tool's verdict may be told: "75%", and "3 of 4" where it is known who judged."""
    reviews = tool.get("reviews") or []
    verdicts = [review.get("verdict") for review in reviews]
    ships, size = verdicts.count("ship"), len(verdicts)
    share = tool.get("panel_ship")
    counted = size > 0 and all(verdicts)
    panel = tool.get("panel_size") or 0
    if panel and share is not None:
        given = [ship for ship in range(panel + 1) if int(100 * ship / panel + 0.5) == share]
        fits = (len(given) == 1 and size <= panel and ships <= given[0]
                and verdicts.count("skip") <= panel - given[0])
        return {f"{share}%"} | ({f"{given[0]} of {panel}"} if fits else set())
    if share is None and counted:
        share = int(100 * ships / size + 0.5)
    if share is None:
        return {"no verdict yet"}
    told = {f"{share}%"}
    if counted and int(100 * ships / size + 0.5) == share:
        told.add(f"{ships} of {size}")
    elif size >= 3 and not any(verdicts) and not any(review.get("reviewer") for review in reviews):
        told |= {f"{ship} of {size}" for ship in range(size + 1) if int(100 * ship / size + 0.5) == share}
    return told


def names_of(tools) -> dict[str, str]:
    """The names by which an issue may call its tools: whole, or without a bracket at the end."""
    short = {}
    for name, tool in tools.items():
        short.setdefault(tool.get("short_name") or re.sub(r" \([^()]*\)$", "", name), set()).add(name)
    return {name: name for name in tools} | {brief: whole.copy().pop() for brief, whole in short.items() if len(whole) == 1}


@pytest.mark.parametrize("name", NAMES)
def test_each_number_beside_a_name_is_that_of_the_data(name):
    issue, _, told = load(name)
    tools = tools_of(issue["stories"])
    known = names_of(tools)
    checked = 0
    for called in sorted(known, key=len, reverse=True):
        tool, place = tools[known[called]], re.escape(re.sub(r"\s+", " ", called))
        figures_told = re.findall(rf"(?:^|[.=-] |Also: ){place}: (\d+ of \d+|\d+%)", told)
        figures_told += re.findall(rf"Neck and neck: (?:[^.]*, )?{place} (\d+ of \d+|\d+%)", told)
        for ship in re.findall(rf"(?:^|\. ){place}: its one reviewer would (ship it|not)", told):
            figures_told.append("1 of 1" if ship == "ship it" else "0 of 1")
        for figure in figures_told:
            of_readers = told.startswith("Readers: ") and figure == f"{tool.get('community_ship')}%"
            assert figure in figures(tool) or of_readers, (called, figure)
            checked += 1
        told_votes = rf"(\d+%)(?: (?:for|of them would ship)| of (\d+)(?: readers?)? would ship) {place}(?![\w(]| \()"
        for votes, number in re.findall(told_votes, told):
            if not re.search(rf"{votes} of {number} reviewers", told):
                assert votes == f"{tool.get('community_ship')}%", (called, votes)
                assert number in ("", str(tool.get("community_votes"))), (called, number)
                checked += 1
        for figure in re.findall(rf"(\d+% of the panel|\d+ of \d+ reviewers) would ship {place}(?![\w(]| \()", told):
            assert figure.removesuffix(" of the panel").removesuffix(" reviewers") in figures(tool), (called, figure)
            checked += 1
    if many := re.match(r"(\w+) neck and neck: (\d+)% to (\d+)% would ship each", told):
        shares = sorted(tool["panel_ship"] for tool in tools.values() if tool.get("panel_ship") is not None)
        level = [share for share in shares if share >= shares[-1] - 5]
        assert (many[1].lower(), int(many[2]), int(many[3])) == (WORDS[len(level)], level[0], level[-1])
        checked += 1
    assert checked > 0 or all(figures(tool) in ({"no verdict yet"}, {"0%"}) or len(
        {frozenset(figures(other)) for other in tools.values()}) == 1 for tool in tools.values()), name


@pytest.mark.parametrize("name", NAMES)
def test_comparisons_and_tools_are_counted_right(name):
    issue, _, told = load(name)
    comparisons, tools = sum(map(len, issue["stories"])), len(tools_of(issue["stories"]))
    word = {number: text for number, text in enumerate(WORDS)}
    found = re.search(r"(\w+) new comparisons of (\w+) tools this week", told)
    assert (found is not None) == (comparisons > 1)
    if found:
        assert found[1].lower() == word.get(comparisons, str(comparisons))
        assert found[2] == word.get(tools, str(tools))


@pytest.mark.parametrize("name", NAMES)
def test_a_ranking_is_in_its_order(name):
    _, text, _ = load(name)
    for table in re.findall(r"(?:^[= ]\d .*\n(?: {10,}.*\n)?)+", text, re.MULTILINE):
        ranks = [int(rank) for rank in re.findall(r"^[= ](\d+) \[", table, re.MULTILINE)]
        if len(ranks) < 2:
            continue  # a long name is wrapped, and parts the rows
        assert ranks == sorted(ranks) and ranks[0] == 1
        for rank in set(ranks):
            ties = re.findall(rf"^([= ]){rank} \[", table, re.MULTILINE)
            assert ties == ["="] * len(ties) if len(ties) > 1 else ties == [" "]


@pytest.mark.parametrize("name", NAMES)
def test_no_share_is_told_as_the_score_of_a_match(name):
    _, text, told = load(name)
    assert not re.search(r"\bbeats?\b|\btakes the panel\b|\bprefers\b|\bloses to\b|\d to \d|\bvoters\b", told)
    assert text.count("No community votes yet") <= 1 and "no reviewers would" not in told


@pytest.mark.parametrize("name", NAMES)
def test_a_subject_has_its_room(name):
    page = (GOLDEN / f"{name}.html").read_text(encoding="utf-8")
    subject = re.sub("[\u2066-\u2069]", "", re.search("<title>(.*)</title>", page)[1])
    subject = re.sub(r"&(?:amp|lt|gt|quot|#39);", "x", subject)
    assert 10 <= len(subject) <= 60
    for number in re.finditer(r"\d+ of \d+|\d+%", subject):
        assert number.end() <= 40 or number.start() >= 40


def base_direction(line: str) -> str:
    """Of a line, as a client finds it: its first strong letter outside of isolates (Unicode Annex 9, P2 and P3)."""
    depth = 0
    for letter in line:
        kind = unicodedata.bidirectional(letter)
        if kind in ("LRI", "RLI", "FSI"):
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif depth == 0 and kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_an_english_text_runs_from_left_to_right(name):
    _, text, _ = load(name)
    assert [line for line in text.splitlines() if base_direction(line) == "rtl"] == []
