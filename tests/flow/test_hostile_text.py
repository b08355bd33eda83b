"""Hostile texts through every field that people can fill, read back from what readers get."""

import concurrent.futures
import csv
import datetime
import email
import email.header
import email.policy
import email.utils
import json
import re
import unicodedata

import pytest
from hostile import STRINGS
from newsletter import NOW, Newsletter

html5lib = pytest.importorskip("html5lib", reason="python3-html5lib is not installed")

COMPARISON_LIMITS = {"title": 500, "question": 1000}
TOOL_LIMITS = {"name": 200, "category": 60, "tagline": 500, "description": 5000, "price": 100, "price_note": 100}
REVIEW_LIMITS = {"reviewer": 100, "quote": 5000}
LIMITS = {**COMPARISON_LIMITS, **TOOL_LIMITS, **REVIEW_LIMITS}
NEEDED = {"name", "category", "quote"}
# What a web address may have in it and HTML may not take for anything else.
URL = "https://www.example.org/?a='x'&amp;b=1&copy=2&lt;#%3Cb%3E(y)=éשלום"
LINK = URL.replace("éשלום", "%C3%A9%D7%A9%D7%9C%D7%95%D7%9D")  # as it is kept
SETTINGS = ("site.name", "mail.from", "site.postal_address")

SPACES = " \t\n\v\f\r\x85\u2028\u2029"
# Unicode's White_Space.
BLANK = "[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
# U+FFFE and U+FFFF: XML, and so the feed, may not hold them either.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")


# What the fields promise: the rules of verdicts-import(5) and verdicts.conf(5), told once more.


def unturned(text: str) -> str:
    """Without the controls of direction, which would turn what stands behind."""
    return re.sub("[\u202a-\u202e\u2066-\u2069]", "", text)


def taken_in(text: str) -> str:
    """One line: runs of white space become a space, and it falls away at the ends; nothing turns the direction."""
    return re.sub(f"[{SPACES}]+", " ", unturned(text)).strip(SPACES + "\xa0\ufeff")


def phrase(text: str) -> str:
    """As a reader sees it: a no-break space is a space like any other."""
    return " ".join(word for word in re.split(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+", unturned(text)) if word)


def packed(text: str) -> str:
    """Without white space and isolates: where lines end does not matter, nor how names keep their direction."""
    return re.sub("[ \r\n]+", "", unturned(text))


def shown(text: str) -> str:
    return phrase(taken_in(text))


def brief(name: str) -> str:
    """What an issue calls a tool: its name without a bracket at its end."""
    kept = re.fullmatch(r"(.+) \([^()]*\)", name, re.DOTALL)
    return kept[1].rstrip() if kept else name


def is_fit(text: str, field: str) -> bool:
    kept = taken_in(text)
    return not CONTROL.search(kept) and len(kept) <= LIMITS[field] and (shown(kept) != "" or field not in NEEDED)


def is_setting(text: str) -> bool:
    return not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]", text) and text != "" and len(text.encode()) <= 2000


def fitting(start: int, field: str) -> str:
    """The first of the strings from `start` on that this field takes."""
    return next(STRINGS[i % len(STRINGS)] for i in range(start, start + len(STRINGS)) if is_fit(STRINGS[i % len(STRINGS)], field))


def tool(start: int, number: int, side: str, ship: int) -> dict:
    made = {name: fitting(start + 7 * i, name) for i, name in enumerate(TOOL_LIMITS)}
    made["name"] = fitting(start, "name")
    quote = fitting(start + 50, "quote")
    return {
        **made, "slug": f"{side}-{number}", "url": URL if number % 2 else None, "panel_ship": ship, "community_ship": None,
        "reviews": [{"reviewer": fitting(start + 60, "reviewer"), "verdict": "ship", "quote": quote},
                    {"reviewer": None, "verdict": None, "quote": fitting(start + 70, "quote")}],
    }


def comparison(number: int) -> dict:
    """A comparison whose every text is hostile; two of the strings are its tools' names."""
    return {
        "slug": f"comparison-{number}", "title": fitting(2 * number + 3, "title"),
        "question": fitting(2 * number + 5, "question"), "url": None,
        "left": tool(2 * number, number, "left", 75), "right": tool(2 * number + 1, number, "right", 50),
    }


# What is true of every message.


def header_names(raw: bytes) -> list[str]:
    head = raw.split(b"\r\n\r\n", 1)[0].decode("ascii")
    return [line.split(":")[0] for line in head.split("\r\n") if not line.startswith(" ")]


def skeleton(tree) -> tuple[set, set]:
    elements = {element.tag for element in tree.iter() if isinstance(element.tag, str)}
    attributes = {(element.tag, name) for element in tree.iter() if isinstance(element.tag, str) for name in element.attrib}
    return elements, attributes


def parse_html(text: str):
    return html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=False)


def texts(tree) -> set[str]:
    found = set()
    for element in tree.iter():
        if isinstance(element.tag, str):
            found.add("".join(element.itertext()).strip(SPACES))
    return found


def check_lines(raw: bytes) -> None:
    assert raw.replace(b"\r\n", b"").find(b"\n") < 0 and raw.replace(b"\r\n", b"").find(b"\r") < 0
    head, body = raw.split(b"\r\n\r\n", 1)
    assert max(len(line) for line in head.split(b"\r\n")) <= 998
    assert max(len(line) for line in body.split(b"\r\n")) <= 76
    assert not any(byte > 126 or (byte < 32 and byte not in (10, 13)) for byte in raw)


# A sentence that speaks for a tool, so that the harmless issue has all that an issue can have.
VOICE = "I would ship it to my own team without a second thought."


class Benign:
    """What an issue of harmless texts looks like: nothing hostile may add to it."""

    def __init__(self, folder) -> None:
        letter = Newsletter(folder)
        harmless = json.dumps([{
            "slug": "a-vs-b", "title": "A vs B", "question": "Which?",
            "left": {"name": "A", "category": "Tools", "tagline": "t", "description": "d", "price": "$1", "price_note": "Entry", "url": URL,
                     "panel_ship": 75, "reviews": [{"quote": VOICE, "verdict": "ship", "reviewer": "r"}, {"quote": "p"}]},
            "right": {"name": "B", "category": "Writing", "tagline": "t", "description": "d", "price": "Free", "panel_ship": 50,
                      "community_ship": 5, "reviews": [{"quote": "q"}]},
        }])
        letter.run("import", "--published", "2026-11-19T09:00:00Z", "-", stdin=harmless)
        letter.run("preview", "--out", str(folder / "out"))
        self.headers = header_names((folder / "out" / "issue.eml").read_bytes())
        page = (folder / "out" / "issue.html").read_text()
        self.elements, self.attributes = skeleton(parse_html(page))
        self.styles = page.count("<style")

    def check(self, raw: bytes):
        """A message as it goes out; gives it parsed, its text and its page's tree."""
        check_lines(raw)
        assert header_names(raw) == self.headers
        message = email.message_from_bytes(raw, policy=email.policy.default)
        plain, page = message.iter_parts()
        assert [part.get_content_type() for part in (plain, page)] == ["text/plain", "text/html"]
        text, markup = (part.get_payload(decode=True).decode("utf-8") for part in (plain, page))
        assert not re.search("[\x00-\x09\x0b-\x0c\x0e-\x1f\x7f-\x9f]", text + markup)
        tree = parse_html(markup)
        elements, attributes = skeleton(tree)
        assert elements <= self.elements | {"bdi"}, elements - self.elements
        assert attributes <= self.attributes, attributes - self.attributes
        assert markup.count("<style") == self.styles
        for link in tree.iter("a"):
            if link.get("href") == URL:
                continue
            assert re.fullmatch(r"https://(www|news)\.example\.org(/\S*)?", link.get("href")), link.get("href")
        return message, text, tree


@pytest.fixture(scope="module")
def benign(tmp_path_factory):
    return Benign(tmp_path_factory.mktemp("benign"))


def display_name(raw: bytes, field: str) -> str:
    """The name before the address, by email.utils and email.header: the newer policy of Python 3.11
    puts spaces between the encoded-words of a name, against RFC 2047, 6.2."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    name, _ = email.utils.parseaddr(re.sub(r"\r?\n", "", message[field]))
    if "=?" not in name:
        return name
    return str(email.header.make_header(email.header.decode_header(name)))


def quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


# The tests.


def test_every_text_of_a_comparison_reads_back_and_adds_nothing(tmp_path, benign):
    """Every string is a tool's name once, and stands in every other field of some comparison; and it
    is the site's name, the sender's and the postal address. An issue a week, an issue each."""
    letter = Newsletter(tmp_path / "n")
    letter.settings["issue.max_age_days"] = "7"
    count = len(STRINGS) // 2
    due = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.timezone.utc)
    items = []
    for number in range(count):
        moment = due - datetime.timedelta(days=7 * number + 1)
        items.append({**comparison(number), "published_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ")})
    letter.run("import", "-", stdin=json.dumps(items))
    names = [text for text in STRINGS if is_setting(text) and len(text.encode()) < 200]
    # A postal address with a backslash and an n in it is refused: it was meant to be a line end.
    addresses = [text for text in STRINGS if is_setting(text) and phrase(text) and "\\n" not in text]

    def look(number: int) -> None:
        now = (due - datetime.timedelta(days=7 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        site, sender = addresses[-2 * number % len(addresses)], names[2 * number % len(names)]
        postal = addresses[2 * number % len(addresses)]
        out = tmp_path / f"out{number}"
        # One command with settings of its own; the newsletter's are the same for all.
        command = ["--set", f"site.name={site}", "--set", f"site.postal_address={postal}",
                   "--set", f"mail.from={quoted(sender)} <news@example.org>"]
        letter.run(*command, "preview", "--out", str(out), now=now)
        message, text, tree = benign.check((out / "issue.eml").read_bytes())
        item, found = items[number], texts(tree)
        one, other = (shown(item[side]["name"]) for side in ("left", "right"))
        assert display_name((out / "issue.eml").read_bytes(), "From") == sender
        assert message["Subject"] == tree.find("head/title").text
        brief_one, brief_other = brief(one), brief(other)
        if len(f"{brief_one}: 75%") <= 40:
            assert unturned(message["Subject"]).startswith(f"{brief_one}: 75% would ship it")
        for side in ("left", "right"):
            for field in ("name", "tagline", "description"):
                whole = shown(item[side][field])
                # A long text is cut, with an ellipsis or at the end of a sentence; a letter with more
                # marks than fit is all ellipsis.
                assert not whole or whole in found or (len(whole) > 220 and any(
                    (len(kept) > 30 or kept == "…") and whole.startswith(kept.removesuffix("…")) for kept in found)), (
                        side, field)
            # A price is cut at 40 characters, and a word of it at 24: neither may widen the table.
            # Whatever space it has is a plain one.
            price = re.sub("[ \u2000-\u200a\u202f\u3000]+", " ", shown(item[side]["price"])).strip(" ")
            page = unturned("\n".join(found))
            assert price in page or (len(price) > 24 and "…" in page), side
        assert (LINK in [link.get("href") for link in tree.iter("a")]) == (number % 2 == 1)
        assert phrase(site) in found and phrase(postal) in found
        heading = "".join(tree.find(".//h1").itertext())
        assert heading == f"{brief_one}: 75% would ship it. {brief_other}: 50%"
        assert packed(one) in packed(text)

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        list(pool.map(look, range(count)))


def test_what_a_field_refuses_is_named_and_nothing_of_its_file_is_taken(newsletter, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    wrong = []
    for field in LIMITS:
        for number, text in enumerate(STRINGS):
            if is_fit(text, field):
                continue
            item = comparison(0)
            place = item if field in COMPARISON_LIMITS else item["left"] if field in TOOL_LIMITS else item["left"]["reviews"][0]
            place[field] = text
            item["slug"] = f"{field}-{number}".replace("_", "-")
            path = folder / f"{field}-{number:03}.json"
            path.write_text(json.dumps(item))
            wrong.append((path, field))
    done = newsletter.run("import", str(folder), expect=65)
    lines = done.stderr.splitlines()
    assert len(lines) == len(wrong) > 100
    for line, (path, field) in zip(lines, sorted(wrong)):
        assert line.startswith(f"verdicts: {path}:1:"), line
        assert field in line and ("control character" in line or "shorten" in line or "empty" in line
                                  or "NUL" in line or "\\u0000" in line), line
    assert "0 new" in done.stdout and newsletter.json("pick", "--json")["items"] == []


def page_of(text: str) -> str:
    """A page with the string wherever the format lets a text stand."""
    lines = ["AI tool comparison", f"Left {text} vs Right {text}", text, "Writing", f"Left {text}", text, "75%", "Panel ship",
             "—", "Community", "$8/mo", "Entry", f"The left one {text} does it.", "Search", f"Right {text}", text, "50%",
             "Panel ship", "62%", "Community", "Free", "Entry", f"The right one {text} does it.", "Reviewer scorecard",
             f"“Ship {text}”", f"“Skip {text}”", "Weekly AI Tool Verdicts", text]
    return "\n".join(lines) + "\n"


def test_pages_of_hostile_texts_are_taken_whole_or_named(newsletter, benign, tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    for number, text in enumerate(STRINGS):
        (folder / f"page-{number:03}.txt").write_bytes(page_of(text).encode())
    done = newsletter.run("import", "--published", "2026-11-19T09:00:00Z", str(folder), expect=65)
    bad = [line for line in done.stderr.splitlines()
           if (" of \"" not in line or " differs from " not in line) and " is HTML, and readers " not in line
           and " looks like " not in line and " more look like " not in line]
    for line in bad:
        assert re.match(rf"verdicts: {folder}/page-\d\d\d\.txt:\d+:\d+: ", line), line
    assert len(set(line.split(":")[1] for line in bad)) == len(bad)
    taken = len([line for line in done.stdout.splitlines() if line.startswith(("new ", "changed "))])
    unchanged = int(re.search(r"(\d+) unchanged", done.stdout).group(1))
    assert taken + unchanged + len(bad) == len(STRINGS) and taken > 300
    newsletter.settings.update({"issue.max_items": "1000"})
    newsletter.run("preview", "--out", str(tmp_path / "out"))
    benign.check((tmp_path / "out" / "issue.eml").read_bytes())


def test_names_of_people_reach_them_as_they_wrote_them(newsletter, benign, tmp_path):
    """By CSV and by `subscribers add`: a name is taken as it stands or refused in words."""
    newsletter.run("import", "--published", "2026-11-19T09:00:00Z", "-", stdin=json.dumps(comparison(3)))
    path = tmp_path / "people.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL)
        writer.writerow(["email", "name"])
        for number, text in enumerate(STRINGS):
            writer.writerow([f"reader{number}@example.org", text])

    def folded(text: str) -> str:
        """White space of any script becomes one space, and falls away at the ends."""
        return re.sub(BLANK + "+", " ", text).strip(" ")

    def cell(text: str) -> str:
        """A cell of a table, without what nobody sees at its ends and the mark against formulas. A line break
        in it is a blank, but lines that hold an address are rows that a quotation mark has swallowed."""
        seen = [i for i, c in enumerate(text) if not re.match(BLANK, c)
                and (unicodedata.category(c) not in ("Zs", "Zl", "Zp", "Cf") or ord(c) > 0xffff)]
        text = text[seen[0]:seen[-1] + 1] if seen else ""
        text = text[1:] if re.match("'+[=+\\-@\t\r]", text) else text
        return text if "@" in text else re.sub("[\r\n]", " ", text)

    def is_name(text: str) -> bool:
        return not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]", text) and len(text.encode()) <= 255

    expected = {f"reader{number}@example.org": cell(text) for number, text in enumerate(STRINGS)
                if is_name(cell(text))}
    expected = {address: folded(unturned(name)) for address, name in expected.items()}
    done = newsletter.run("subscribers", "import", str(path), "--status", "confirmed", "--wording", "asked", expect=65)
    assert len(done.stderr.splitlines()) == len(STRINGS) - len(expected)
    for number, text in enumerate(STRINGS[::11]):
        good = is_name(text) and "\x00" not in text
        if "\x00" in text:
            continue  # no command line can carry it
        address = f"added{number}@example.org"
        newsletter.run("subscribers", "add", address, "--name", text, "--status", "confirmed", "--wording", "asked",
                       expect=0 if good else 65)
        if good:
            expected[address] = folded(unturned(text))
    people = {row["address"]: row["name"] for row in newsletter.json("subscribers", "list", "--json")}
    assert people == expected
    newsletter.settings["smtp.url"] = f"maildir:{tmp_path}/box"
    newsletter.run("weekly")
    files = list((tmp_path / "box" / "new").iterdir())
    assert len(files) == len(expected) > 400
    reference = None
    for file in files:
        raw = file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        check_lines(raw)
        assert header_names(raw) == benign.headers
        message = email.message_from_bytes(raw, policy=email.policy.default)
        address = message["To"].addresses[0].addr_spec
        name = expected[address]
        assert display_name(raw, "To") == name, address
        text = message.get_body(("plain",)).get_payload(decode=True).decode()
        assert not name or f"Hello {name}," in unturned(text)
        if int(re.search(r"\d+", address).group()) % 20 == 0:
            benign.check(raw)
        subject = message["Subject"]
        reference = reference or subject
        assert subject == reference


@pytest.mark.parametrize("key", SETTINGS)
def test_settings_refuse_line_ends_and_controls_in_one_line(newsletter, key):
    for text in STRINGS:
        if is_setting(text) or "\x00" in text or text == "" or len(text.encode()) > 2000:
            continue
        value = f"{quoted(text)} <news@example.org>" if key == "mail.from" else text
        done = newsletter.run("--set", f"{key}={value}", "config", "check", expect=78)
        assert done.stderr.count("\n") == 1 and key in done.stderr
        assert "control" in done.stderr or "no feed may hold" in done.stderr


def test_topics_of_any_text_choose_what_they_name(newsletter, tmp_path):
    """A category is a topic; who chose it gets the issue, however it is spelt."""
    topics = [text for text in STRINGS if is_fit(text, "category") and not re.search("[,;]", text)
              and not re.match("'*[=+@-]", text) and len(text.encode()) <= 100 and shown(text) == text
              and text.strip() == text][:40]  # a cell loses what nobody sees at its ends
    items = []
    for number, topic in enumerate(topics):
        item = comparison(number)
        item["left"]["category"] = item["right"]["category"] = topic
        items.append(item)
    newsletter.run("import", "--published", "2026-11-19T09:00:00Z", "-", stdin=json.dumps(items))
    path = tmp_path / "people.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["email", "name", "topics"])
        writer.writerows([f"topic{number}@example.org", "", topic] for number, topic in enumerate(topics))
    newsletter.run("subscribers", "import", str(path), "--status", "confirmed", "--wording", "asked")
    newsletter.settings.update({"smtp.url": f"maildir:{tmp_path}/box", "issue.max_items": "1000"})
    newsletter.run("issue", "build")
    newsletter.run("issue", "approve", "1")  # nobody but a person lets an issue of this size out
    newsletter.run("weekly")
    assert newsletter.counts()["sent"] == len(topics)
    for file in (tmp_path / "box" / "new").iterdir():
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        number = int(re.search(r"topic(\d+)@", str(message["To"])).group(1))
        text = message.get_body(("plain",)).get_payload(decode=True).decode()
        assert packed(f"Your topics: {topics[number]}") in packed(text)
