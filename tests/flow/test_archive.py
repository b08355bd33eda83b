"""`archive`: past issues as files for any web server, the same that `serve` shows."""

import contextlib
import html.parser
import os
import re
import sqlite3
import xml.etree.ElementTree

import pytest

from newsletter import ROOT, SAMPLES
from service import Service

FILES = {"/issues": "issues/index.html", "/issues/2026-W47": "issues/2026-W47/index.html", "/feed.xml": "feed.xml",
         "/style.css": "style.css", "/favicon.svg": "favicon.svg"}


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def sent(newsletter, server):
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_samples()
    newsletter.add_readers(3)
    newsletter.run("weekly")
    return newsletter


def test_the_files_are_what_serve_answers(sent, server, tmp_path):
    done = sent.run("archive", "--out", str(tmp_path / "www" / "news"))
    assert done.stdout == done.stderr == ""
    files = tree(tmp_path / "www" / "news")
    assert set(files) == set(FILES.values())
    with Service(sent, server) as service:
        for path, name in FILES.items():
            assert service.get(path).text == files[name].decode(), path
    assert b"2026-W47" in files["issues/index.html"]
    assert xml.etree.ElementTree.fromstring(files["feed.xml"]).findall("{http://www.w3.org/2005/Atom}entry")
    for name, content in files.items():
        assert not re.search(rb"/(leave|preferences|confirm)/[A-Za-z0-9_-]", content), name
        assert not re.search(rb"reader\d@|Reader \d", content), name


@pytest.fixture
def three_weeks(newsletter, server):
    """Three issues that were sent: 2026-W47 to W49."""
    newsletter.settings["smtp.url"] = server.url
    newsletter.add_readers(1)
    for sample, now in (("1-*", "2026-11-20T12:00:00Z"), ("4-*", "2026-11-27T12:00:00Z"), ("7-*", "2026-12-04T12:00:00Z")):
        newsletter.import_pages(next(SAMPLES.glob(sample)), published=now.replace("T12", "T01"))
        newsletter.run("weekly", now=now)
    return newsletter


def archived(newsletter, folder):
    newsletter.run("archive", "--out", str(folder))
    return tree(folder)


class Page(html.parser.HTMLParser):
    """A page's title, metadata, links that say what they lead to, and what stands in its <main>."""

    def __init__(self, text: bytes) -> None:
        super().__init__()
        self.meta, self.rel, self.main, self.title, self.inside = {}, [], "", "", []
        self.feed(text.decode())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "meta" and "content" in attributes:
            self.meta[attributes.get("name") or attributes.get("property")] = attributes["content"]
        elif tag in ("a", "link") and attributes.get("rel") in ("prev", "next", "canonical"):
            self.rel.append((tag, attributes["rel"], attributes["href"].rsplit("/", 1)[1]))
        self.inside += [tag] if tag in ("main", "title") else []

    def handle_endtag(self, tag):
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data):
        self.main += data if "main" in self.inside else ""
        self.title += data if "title" in self.inside else ""


def test_the_page_of_an_issue_says_whose_it_is_and_what_it_says(three_weeks, tmp_path):
    files = archived(three_weeks, tmp_path / "out")
    issues = {issue["week"]: issue for issue in three_weeks.json("issue", "list", "--json")}
    for week, issue in issues.items():
        page = Page(files[f"issues/{week}/index.html"])
        assert files[f"issues/{week}/index.html"].count(b"<main>") == 1
        assert page.title.startswith(issue["subject"]) and page.title.endswith(" · Verdicts of the Week"), page.title
        assert page.meta["og:title"] == issue["subject"] and page.meta["og:type"] == "article"
        assert page.meta["description"] == page.meta["og:description"] != ""
        assert page.meta["og:url"].endswith(f"/issues/{week}") and ("link", "canonical", week) in page.rel
        assert page.meta["article:published_time"].startswith("20")
        assert issue["subject"].split(":")[0] in page.main and "All past issues" not in page.main


def test_an_issue_leads_to_its_neighbours(three_weeks, tmp_path):
    files = archived(three_weeks, tmp_path / "out")

    def ways(week):
        return sorted((rel, week) for tag, rel, week in Page(files[f"issues/{week}/index.html"]).rel if tag == "a")

    assert ways("2026-W47") == [("next", "2026-W48")]
    assert ways("2026-W48") == [("next", "2026-W49"), ("prev", "2026-W47")]
    assert ways("2026-W49") == [("prev", "2026-W48")]
    assert b"The issue before, 20 November 2026" in files["issues/2026-W48/index.html"]
    assert b">27 November 2026</time>" in files["issues/index.html"]


def test_nobody_is_led_to_an_issue_that_was_taken_back(three_weeks, tmp_path):
    with contextlib.closing(sqlite3.connect(three_weeks.folder / "verdicts.db")) as database, database:
        database.execute("UPDATE issue SET state = 'cancelled' WHERE iso_week = '2026-W48'")
    files = archived(three_weeks, tmp_path / "out")
    assert b"2026-W48" not in files["issues/2026-W47/index.html"] + files["issues/2026-W49/index.html"]
    assert b'href="/issues/2026-W49"' in files["issues/2026-W47/index.html"]
    assert b'href="/issues/2026-W47"' in files["issues/2026-W48/index.html"], "who has the mail may go on"


@pytest.mark.parametrize("gone, instead", [("</head>", ""), ("</body>", ""), ("<title>{{issue.subject}}</title>", ""),
                                           ("{{> preheader.html}}", "<main></main>{{> preheader.html}}")])
def test_an_issue_of_a_template_without_place_for_a_frame_is_shown_as_it_is(newsletter, server, tmp_path, gone, instead):
    (tmp_path / "own").mkdir()
    house = (ROOT / "templates" / "issue.html.mustache").read_text()
    assert gone in house
    (tmp_path / "own" / "issue.html.mustache").write_text(house.replace(gone, instead))
    newsletter.settings |= {"smtp.url": server.url, "templates_dir": str(tmp_path / "own")}
    newsletter.import_samples()
    newsletter.add_readers(1)
    newsletter.run("weekly")
    page = archived(newsletter, tmp_path / "out")["issues/2026-W47/index.html"]
    assert b"<h1" in page and b"archive-nav" not in page and b"og:title" not in page


def test_pages_of_the_version_before_still_render(three_weeks, tmp_path):
    """An operator's own list of issues knows `date` as it was."""
    (tmp_path / "own" / "pages").mkdir(parents=True)
    (tmp_path / "own" / "pages" / "issues.html.mustache").write_text(
        '{{#issues}}<li>{{number}} {{week}} <time datetime="{{date}}">{{date}}</time></li>{{/issues}}')
    three_weeks.settings["pages_dir"] = str(tmp_path / "own")
    assert b'<time datetime="2026-11-27">2026-11-27</time>' in archived(three_weeks, tmp_path / "out")["issues/index.html"]


def test_what_xml_forbids_breaks_no_feed(sent, server, tmp_path):
    """Texts that an older version let in."""
    with contextlib.closing(sqlite3.connect(sent.folder / "verdicts.db")) as database, database:
        database.execute("UPDATE issue SET subject = 'A\uffffB \ufffe\x1b', preheader = '\uffff'")
    sent.run("archive", "--out", str(tmp_path / "www"))
    with Service(sent, server) as service:
        for feed in (service.get("/feed.xml").text, (tmp_path / "www" / "feed.xml").read_text()):
            entry = xml.etree.ElementTree.fromstring(feed).find("{http://www.w3.org/2005/Atom}entry")
            assert entry.find("{http://www.w3.org/2005/Atom}title").text == "A\ufffdB \ufffd\ufffd"


def test_a_second_run_touches_only_what_has_changed(sent, tmp_path):
    out = tmp_path / "out"
    sent.run("archive", "--out", str(out))
    (out / "of-somebody-else.txt").write_text("stays")
    (out / "issues" / "index.html").write_text("spoilt")
    for path in out.rglob("*"):
        os.utime(path, (1, 1))
    sent.run("archive", "--out", str(out))
    changed = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file() and path.stat().st_mtime > 1}
    assert changed == {"issues/index.html"}
    assert "2026-W47" in (out / "issues" / "index.html").read_text()
    assert (out / "of-somebody-else.txt").read_text() == "stays"


def test_before_the_first_issue_the_list_says_so(newsletter, tmp_path):
    newsletter.import_samples()
    newsletter.run("archive", "--out", str(tmp_path / "out"))
    files = tree(tmp_path / "out")
    assert "issues/2026-W47/index.html" not in files
    assert b"None yet." in files["issues/index.html"] and b"<entry>" not in files["feed.xml"]


def test_one_that_is_approved_and_has_not_left_is_in_none_of_them(newsletter, tmp_path):
    newsletter.settings.update({"smtp.url": "null:", "issue.approval": "required"})
    newsletter.import_samples()
    newsletter.add_readers(1)
    newsletter.run("weekly")
    newsletter.run("issue", "approve", "1")
    newsletter.run("archive", "--out", str(tmp_path / "out"))
    assert "issues/2026-W47/index.html" not in tree(tmp_path / "out")


@pytest.mark.parametrize("what, code, words", [
    ("no folder named", 64, ["--out DIR"]),
    ("an operand", 64, ["--out DIR"]),
    ("a folder in the way of a file", 73, ["index.html"]),
    ("a file in the way of the folder", 73, ["out"]),
    ("a broken page", 65, ["issues.html.mustache:1:"]),
    ("no address to be served at", 78, ["subscribe.url"]),
])
def test_what_cannot_be_written_is_one_line(sent, tmp_path, what, code, words):
    out = tmp_path / "out"
    line = ["archive", "--out", str(out)]
    if what == "no folder named":
        line = ["archive"]
    elif what == "an operand":
        line = ["archive", str(out)]
    elif what == "a folder in the way of a file":
        (out / "issues" / "index.html" / "x").mkdir(parents=True)
    elif what == "a file in the way of the folder":
        out.write_text("")
    elif what == "a broken page":
        (tmp_path / "own" / "pages").mkdir(parents=True)
        (tmp_path / "own" / "pages" / "issues.html.mustache").write_text("{{#issues}} never closed")
        sent.settings["pages_dir"] = str(tmp_path / "own")
    else:
        conf = sent.folder / "verdicts.conf"
        conf.write_text(re.sub(r"(?m)^(\s*)url = 'https://news.*$", "", conf.read_text()))
    done = sent.run(*line, expect=code)
    assert done.stderr.count("\n") == 1 and all(word in done.stderr for word in words), done.stderr
    assert what == "a folder in the way of a file" or not out.is_dir()


def test_the_manual_names_the_files():
    manual = (ROOT / "src" / "verdicts.1").read_text()
    for name in FILES.values():
        assert name.replace("2026-W47", "YYYY-Www") in manual
