"""check, its gate in the weekly run, and the approval of editors."""

import contextlib
import email
import email.policy
import json
import sqlite3

import pytest

from newsletter import SHARED
from previewing import edit, own_templates

PAGES = SHARED / "pages"


def with_error(newsletter):
    """A template that forgot the link to leave."""
    edit(own_templates(newsletter) / "partials" / "footer.html.mustache",
         'href="{{reader.unsubscribe_url}}"', 'href="https://www.example.org/"')


def test_the_samples_have_no_finding(newsletter):
    newsletter.import_samples()
    newsletter.run("check", "--strict")
    assert newsletter.json("check", "--json")["findings"] == []


def test_the_copy_of_a_topic_is_held_to_its_own_preheader(newsletter):
    newsletter.import_samples()
    for topic in ("Meetings", "Writing"):
        newsletter.run("subscribers", "add", f"{topic.lower()}@example.org", "--topics", topic,
                       "--status", "confirmed", "--wording", "asked for it")
    found = newsletter.json("check", "--json")["findings"]
    assert [finding["message"] for finding in found if finding["rule"] == "preheader-place"] == []


@pytest.mark.skipif(not PAGES.is_dir(), reason="no ../shared/pages")
def test_the_five_real_pages_have_no_finding(newsletter):
    newsletter.import_pages(*sorted(PAGES.glob("*.txt")))
    newsletter.run("check", "--strict")


def test_warnings_fail_only_where_they_are_taken_strictly(newsletter):
    newsletter.import_samples()
    edit(own_templates(newsletter) / "partials" / "lead.html.mustache", "color:#24211c", "color:#999999")
    done = newsletter.run("check")
    assert "contrast-light" in done.stdout
    newsletter.run("check", "--strict", expect=65)


def test_errors_are_reported_with_their_place(newsletter):
    newsletter.import_samples()
    edit(own_templates(newsletter) / "issue.html.mustache", "</body>", "<script>x()</script>\n</body>")
    assert newsletter.run("check", expect=65).stdout.endswith(": 1 error, 0 warnings, 0 notes\n")
    found = newsletter.run("check", "--json", expect=65).stdout
    finding = json.loads(found)["findings"][0]
    assert (finding["rule"], finding["level"], finding["part"]) == ("tag-banned", "error", "html")
    newsletter.run("preview", "--out", str(newsletter.folder / "p"))
    lines = (newsletter.folder / "p" / "issue.html").read_text().splitlines()
    assert lines[finding["line"] - 1][finding["column"] - 1:].startswith("<script>")


def test_where_the_subject_comes_from_is_kept_and_what_nothing_says_is_told(newsletter):
    newsletter.import_samples()
    newsletter.run("issue", "build")
    claims = newsletter.json("issue", "show", "1", "--json")["derivation"]
    assert {claim["part"] for claim in claims} == {"subject", "preheader", "headline"}
    assert all(claim["words"] and claim["from"] for claim in claims)
    newsletter.run("issue", "approve", "1")
    with contextlib.closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database, database:
        database.execute("UPDATE issue SET subject = 'The best tools of 2031'")
    found = newsletter.json("check", "--json")["findings"]
    assert [(finding["rule"], finding["level"], finding["part"]) for finding in found] == [
        ("subject-true", "warning", "subject"), ("subject-true", "warning", "subject")]
    assert '"best"' in found[0]["message"] and '"2031"' in found[1]["message"]


def test_the_rules_are_listed_without_a_newsletter(newsletter, tmp_path):
    rules = json.loads(newsletter.run("check", "--rules", "--json", setup=True, cwd=tmp_path).stdout)
    assert len(rules) > 60
    assert all(rule["sentence"] and rule["why"] and rule["source"] for rule in rules)


def test_weekly_refuses_an_issue_with_errors_by_one_line(newsletter, server):
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_samples()
    newsletter.add_readers(2)
    with_error(newsletter)
    done = newsletter.run("weekly", expect=65)
    assert len(done.stderr.splitlines()) == 1
    assert "keeps it from being sent" in done.stderr and "footer-unsubscribe" in done.stderr
    assert server.messages == []
    del newsletter.settings["templates_dir"]
    newsletter.run("weekly")
    assert len(server.messages) == 2


def test_approve_warns_of_errors_and_approves_all_the_same(newsletter, server):
    newsletter.settings.update({"smtp.url": server.url, "issue.approval": "required"})
    newsletter.import_samples()
    newsletter.add_readers(1)
    with_error(newsletter)
    newsletter.run("issue", "build")
    assert "footer-unsubscribe" in newsletter.run("issue", "approve", "1").stderr
    newsletter.run("weekly")
    assert server.recipients() == ["reader0@example.org"]


def needs_approval(newsletter, server, **settings):
    newsletter.settings.update({
        "smtp.url": server.url, "issue.approval": "required",
        "issue.editors": "ann@example.com,bob@example.com", **settings,
    })
    newsletter.import_samples()
    newsletter.add_readers(2)


def test_editors_are_mailed_once_and_readers_wait_for_them(newsletter, server):
    needs_approval(newsletter, server)
    assert newsletter.run("weekly").stderr == ""
    newsletter.run("weekly", now="2026-11-20T13:00:00Z")
    assert sorted(server.recipients()) == ["ann@example.com", "bob@example.com"]
    newsletter.run("issue", "approve", "1")
    newsletter.run("weekly", now="2026-11-20T14:00:00Z")
    assert sorted(server.recipients())[2:] == ["reader0@example.org", "reader1@example.org"]


def test_the_editors_copy_is_the_issue_with_the_findings_in_front(newsletter, server, tmp_path):
    needs_approval(newsletter, server)
    edit(own_templates(newsletter) / "partials" / "lead.html.mustache", "color:#24211c", "color:#999999")
    newsletter.run("weekly")
    message = email.message_from_bytes(server.messages[0][2], policy=email.policy.default)
    assert message["subject"].startswith("[Approve] ")
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    for part in (text, html):
        assert "verdicts issue approve 1" in part
        assert "contrast-light" in part
        assert "Lanternfish" in part
    assert text.startswith("Issue 1 of ")
    assert html.index("contrast-light") < html.index("<h1 ")


def test_past_the_deadline_the_issue_is_held_and_says_so_once(newsletter, server):
    needs_approval(newsletter, server, **{"issue.deadline": "24h"})
    newsletter.run("weekly")
    held = newsletter.run("weekly", now="2026-11-21T09:00:00Z")
    assert "held" in held.stderr and "issue approve 1" in held.stderr
    assert newsletter.run("weekly", now="2026-11-21T10:00:00Z").stderr == ""
    assert len(server.messages) == 2
    newsletter.run("issue", "approve", "1", now="2026-11-21T11:00:00Z")
    newsletter.run("weekly", now="2026-11-21T12:00:00Z")
    assert len(server.messages) == 4


def test_past_the_deadline_the_issue_goes_out_where_it_is_set_so(newsletter, server):
    needs_approval(newsletter, server, **{"issue.deadline": "24h", "issue.after_deadline": "send"})
    newsletter.run("weekly", now="2026-11-21T08:59:00Z")
    assert len(server.messages) == 2
    done = newsletter.run("weekly", now="2026-11-21T09:00:00Z")
    assert "without approval" in done.stderr
    assert len(server.messages) == 4


def test_an_issue_with_errors_does_not_go_out_past_its_deadline(newsletter, server):
    needs_approval(newsletter, server, **{"issue.deadline": "24h", "issue.after_deadline": "send"})
    with_error(newsletter)
    newsletter.run("weekly", now="2026-11-22T09:00:00Z", expect=65)
    assert server.messages == []


def test_without_editors_the_operator_is_notified(newsletter, server):
    newsletter.settings.update({"smtp.url": server.url, "issue.approval": "required"})
    newsletter.import_samples()
    newsletter.add_readers(1)
    assert "waits for approval" in newsletter.run("weekly").stderr
    assert newsletter.run("weekly", now="2026-11-20T13:00:00Z").stderr == ""


def test_an_unreachable_relay_lets_a_later_run_ask(newsletter, server):
    needs_approval(newsletter, server, **{"smtp.url": "smtp://127.0.0.1:1"})
    newsletter.run("weekly", expect=75)
    newsletter.settings["smtp.url"] = server.url
    newsletter.run("weekly", now="2026-11-20T14:00:00Z")
    assert sorted(server.recipients()) == ["ann@example.com", "bob@example.com"]


def test_files_hold_the_findings_and_a_contact_sheet(newsletter, tmp_path):
    newsletter.import_samples()
    out = tmp_path / "out"
    newsletter.run("preview", "--out", str(out))
    assert {p.name for p in out.iterdir()} == {"issue.html", "issue.txt", "issue.eml", "checks.json", "index.html"}
    assert json.loads((out / "checks.json").read_text())["errors"] == 0
    sheet = (out / "index.html").read_text()
    assert sheet.count("<iframe") == 6 and sheet.count('sandbox=""') == 6
    newsletter.run("preview", "--out", str(tmp_path / "again"), now="2026-11-23T01:02:03Z")
    for file in out.iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()
