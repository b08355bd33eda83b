"""A database of version 2 with sent issues, as its program left it: nothing that readers have changes."""

import email
import email.policy
import pathlib
import re
import tarfile
import xml.etree.ElementTree

import pytest

from newsletter import ROOT
from service import Service, text_of

SENT = ROOT / "tests" / "golden" / "version_2" / "sent.tar.gz"
AFTER = "2026-11-27T13:00:00Z"
READERS = {"ada": "ada@example.org", "bob": "bob@example.net"}
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def old(newsletter, tmp_path):
    """The newsletter of then, opened once by the program of today; `before` has what its own program made."""
    newsletter.before = tmp_path / "old"
    with tarfile.open(SENT) as archive:
        for member in filter(tarfile.TarInfo.isfile, archive):
            (newsletter.before / member.name).parent.mkdir(parents=True, exist_ok=True)
            (newsletter.before / member.name).write_bytes(archive.extractfile(member).read())
    for name, kept in [("sent.db", "verdicts.db"), ("verdicts.key", "verdicts.key")]:
        (newsletter.folder / kept).write_bytes((newsletter.before / name).read_bytes())
    newsletter.settings |= {"smtp.url": f"maildir:{tmp_path}/box", "issue.min_items": "1"}
    newsletter.now = AFTER
    newsletter.run("weekly")
    assert not list(tmp_path.glob("box/*/*")), "nothing is sent again"
    return newsletter


def links_of(feed: bytes) -> list[tuple]:
    entries = xml.etree.ElementTree.fromstring(feed).findall(f"{ATOM}entry")
    assert len(entries) == 2
    return [(e.find(f"{ATOM}id").text, e.find(f"{ATOM}link").get("href"), e.find(f"{ATOM}title").text) for e in entries]


def as_told(page: bytes) -> tuple[list[bytes], bytes]:
    """What a page of the archive has of its issue: the lines of the issue's own head but the title, and the body,
    without what the archive puts around them."""
    head, body = re.fullmatch(rb".*?<head>(.*?)</head>(.*)", page, re.DOTALL).groups()
    body = re.sub(rb'<nav class="archive-nav".*?</nav>\n|</?main>\n', b"", body, flags=re.DOTALL)
    return [line for line in head.splitlines() if line and not line.startswith(b"<title>")], body


def assert_told_alike(new: pathlib.Path, old: pathlib.Path) -> None:
    (new_head, new_body), (old_head, old_body) = as_told(new.read_bytes()), as_told(old.read_bytes())
    assert new_body == old_body, new
    assert new_head[:len(old_head)] == old_head, new


def test_the_archive_pages_of_sent_issues_tell_them_by_the_same_bytes(old):
    old.run("archive", "--out", str(old.folder / "www"))
    for week in ("2026-W47", "2026-W48"):
        page = f"issues/{week}/index.html"
        assert_told_alike(old.folder / "www" / page, old.before / "archive" / page)
    assert links_of((old.folder / "www" / "feed.xml").read_bytes()) == links_of(
        (old.before / "archive" / "feed.xml").read_bytes())


@pytest.mark.parametrize("issue", [1, 2])
@pytest.mark.parametrize("reader", READERS)
def test_each_readers_copy_has_the_same_links_and_tokens(old, issue, reader):
    mail = old.before / "mails" / f"W{46 + issue}-{reader}.eml"
    old.run("preview", "--issue", str(issue), "--reader", READERS[reader], "--out", str(old.folder / "out"))
    assert (old.folder / "out" / "issue.eml").read_bytes() == mail.read_bytes()


def test_a_corrected_import_changes_no_sent_copy(old):
    """Version 2 took "C++ Pilot" and "C# Pilot" for one tool; they come apart now, under links of their own."""
    old.run("import", str(SENT.parent / "comparisons.json"))
    slugs = {row["slug"] for row in old.json("comparison", "list", "--json")}
    assert {"c-pilot-vs-quarry-2026", "own-address", "vidi-vs-c-pilot", "go-vs-nib"} == slugs
    old.run("archive", "--out", str(old.folder / "www"))
    page = "issues/2026-W47/index.html"
    assert_told_alike(old.folder / "www" / page, old.before / "archive" / page)


def test_the_links_of_an_old_mail_still_lead_somewhere(old, server):
    mail = (old.before / "mails" / "W47-ada.eml").read_bytes()
    text = text_of(email.message_from_bytes(mail, policy=email.policy.default))
    links = {word: re.search(rf"/{word}/\S+", text)[0] for word in ("leave", "preferences")}
    with Service(old, server) as service:
        assert service.get(links["preferences"]).status == 200
        assert service.get(links["leave"]).status == 200
        service.post(links["leave"], {})
        assert service.status("ada@example.org") == "left"
        assert service.status("bob@example.net") == "confirmed"
