"""The weekly job over real SMTP, as cron runs it."""

import email
import email.policy
import fcntl
import pathlib
import re
import shutil
import sqlite3

import pytest

from newsletter import NOW, SHARED, Newsletter

PAGES = SHARED / "pages"


def parts(message: bytes):
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    return parsed, parsed.get_body(("plain",)).get_content(), parsed.get_body(("html",)).get_content()


def ready(newsletter, server, readers=3):
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_samples()
    return newsletter.add_readers(readers)


def test_every_confirmed_reader_gets_one_copy(newsletter, server):
    addresses = ready(newsletter, server)
    newsletter.run("weekly")
    assert sorted(server.recipients()) == sorted(addresses)
    counts = newsletter.counts()
    assert counts["sent"] == counts["eligible"] == 3
    assert counts["state"] == "sent"


def test_a_second_run_in_the_week_sends_nothing(newsletter, server):
    ready(newsletter, server)
    newsletter.run("weekly")
    done = newsletter.run("weekly", "--summary")
    assert "nothing due" in done.stdout
    assert len(server.messages) == 3


def test_a_thin_week_is_named_where_somebody_looks(newsletter, server):
    ready(newsletter, server)
    newsletter.settings |= {"issue.min_items": "50", "issue.max_items": "50"}
    done = newsletter.run("weekly", "--summary")
    assert "nothing due: too few new comparisons for 2026-W47, they carry over" in done.stdout
    quiet = newsletter.run("weekly")
    assert quiet.stdout + quiet.stderr == "" and server.messages == []


def message_ids(server) -> set[str]:
    return {email.message_from_bytes(data)["Message-ID"] for _, _, data in server.messages}


def test_two_newsletters_of_one_domain_share_no_message_id(newsletter, server, tmp_path):
    """Who reads both would lose one: receivers drop the second mail of a Message-ID. Even the key may be shared."""
    ready(newsletter, server)
    other = Newsletter(tmp_path / "other")
    shutil.copy(newsletter.folder / "verdicts.key", other.folder / "verdicts.key")
    ready(other, server)
    newsletter.run("weekly")
    first = message_ids(server)
    other.run("weekly")
    assert len(server.messages) == len(message_ids(server)) == 6 and len(first) == 3
    # One mark for all that a newsletter sends.
    marks = {re.fullmatch(r"<verdicts\.([0-9a-f]{8})\.2026-W47\.[123]@example\.org>", name).group(1)
             for name in message_ids(server)}
    assert len(marks) == 2


def test_an_issue_that_was_frozen_without_a_mark_is_sent_without_it(newsletter, server):
    ready(newsletter, server)
    newsletter.run("issue", "build")
    newsletter.run("issue", "approve", "1")
    with sqlite3.connect(newsletter.folder / "verdicts.db") as database:
        database.execute("UPDATE issue SET sender = json_remove(sender, '$.message_id_mark')")
    newsletter.run("weekly")
    assert message_ids(server) == {f"<verdicts.2026-W47.{i}@example.org>" for i in (1, 2, 3)}


def test_success_is_silent_when_nobody_watches(newsletter, server):
    ready(newsletter, server)
    done = newsletter.run("weekly")
    assert (done.stdout, done.stderr) == ("", "")


def test_a_week_without_news_sends_nothing(newsletter, server):
    newsletter.settings["smtp.url"] = server.url
    newsletter.add_readers(2)
    newsletter.run("weekly")
    assert server.messages == []


def test_a_thin_week_carries_over_to_the_next(newsletter, server):
    newsletter.settings.update({"smtp.url": server.url, "issue.min_items": "12"})
    newsletter.import_samples()
    newsletter.add_readers(1)
    newsletter.run("weekly")
    assert server.messages == []
    del newsletter.settings["issue.min_items"]
    # Eight weeks later: past max_age_days, but held back comparisons do not age out.
    newsletter.run("weekly", now="2027-01-15T12:00:00Z")
    assert len(server.messages) == 1


def test_comparisons_of_an_issue_never_come_again(newsletter, server):
    ready(newsletter, server, readers=1)
    newsletter.run("weekly")
    newsletter.run("weekly", now="2026-11-27T12:00:00Z")
    assert len(server.messages) == 1


def test_pending_people_get_nothing(newsletter, server):
    ready(newsletter, server, readers=1)
    newsletter.run("subscribers", "add", "pending@example.org")
    newsletter.run("weekly")
    assert server.recipients() == ["reader0@example.org"]


def test_headers_say_what_receivers_want_to_know(newsletter, server):
    ready(newsletter, server, readers=1)
    newsletter.run("weekly")
    sender, recipients, raw = server.messages[0]
    message, text, html = parts(raw)
    for name in ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "List-Id",
                 "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Precedence"):
        assert len(message.get_all(name, [])) == 1, name
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["To"].addresses[0].display_name == "Reader 0"
    assert sender.startswith("bounces+") and sender != recipients[0]
    assert message.get_content_type() == "multipart/alternative"
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


def feedback_id(newsletter, **settings):
    """Of the issue in hand, as it would go out."""
    out = newsletter.folder / "feedback"
    newsletter.run("preview", "--out", out, "--set", f"mail.list_id={settings['list_id']}")
    return str(parts((out / "issue.eml").read_bytes())[0]["Feedback-ID"])


def test_a_copy_says_where_its_issue_is_archived_and_in_which_language(newsletter, server):
    newsletter.settings["site.language"] = "en-GB"
    ready(newsletter, server, readers=1)
    newsletter.run("weekly")
    message = parts(server.messages[0][2])[0]
    home = str(message["List-Unsubscribe"]).lstrip("<").split("/leave/")[0].split("/unsubscribe/")[0]
    assert message["List-Archive"] == f"<{home}/issues>"
    assert message["Archived-At"] == f"<{home}/issues/2026-W47>"
    assert message["Content-Language"] == "en-GB"
    assert f"{home}/issues/2026-W47" in parts(server.messages[0][2])[1], "where the copy links to"


def test_complaints_are_counted_under_the_newsletters_own_name(newsletter, server):
    ready(newsletter, server, readers=1)
    for list_id, own in (("ai.example.org", "ai.example.org"), ("weekly.news.example.org", None),
                         ("weekly.news.example.com", None), ("a.b", None)):
        week, named, kind, name = feedback_id(newsletter, list_id=list_id).split(":")
        assert (week, named, kind) == ("2026-W47", list_id, "issue")
        assert 5 <= len(name) <= 15 and name == (own or name), name
        assert name[:3] == list_id[:3]
    first, second = (feedback_id(newsletter, list_id=f"weekly.news.example.{top}") for top in ("org", "com"))
    assert first.split(":")[3] != second.split(":")[3]


def test_an_issue_that_the_version_before_froze_goes_out_as_it_was(newsletter, server):
    ready(newsletter, server, readers=1)
    newsletter.run("issue", "build")
    newsletter.run("issue", "approve", "1")
    with sqlite3.connect(newsletter.folder / "verdicts.db") as database:
        database.execute("UPDATE issue SET sender = json_remove(sender, '$.archive_url', '$.content_language', "
                         "'$.feedback_sender')")
    database.close()
    newsletter.run("send", "--yes")
    message = parts(server.messages[0][2])[0]
    assert str(message["Feedback-ID"]).endswith(":issue:verdicts")
    assert [message[name] for name in ("List-Archive", "Archived-At", "Content-Language")] == [None] * 3


def test_both_parts_carry_the_links_to_leave(newsletter, server):
    ready(newsletter, server, readers=1)
    newsletter.run("weekly")
    message, text, html = parts(server.messages[0][2])
    url = str(message["List-Unsubscribe"]).split(">")[0].lstrip("<")
    assert url.startswith("https://")
    assert url in text
    assert url in html


@pytest.mark.skipif(not PAGES.is_dir(), reason="the shared pages are not here")
def test_the_five_real_pages_are_one_story_told_once(newsletter, server):
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_pages(PAGES)
    newsletter.add_readers(1)
    picked = newsletter.json("pick", "--json")
    chosen = [item for item in picked["items"] if item["in"]]
    assert len(chosen) == 5
    assert {item["story"] for item in chosen} == {1}
    assert chosen[0]["slug"] == "claude-haiku-open-weights-vs-mistral-3-small-24b"
    newsletter.run("weekly")
    message, text, html = parts(server.messages[0][2])
    assert len(html.encode()) < 60 * 1024
    for body in (text, html):
        assert body.count("a downloadable weight file") <= 1
        rivals = ["Mistral 3 Small (24B)", "Mistral Small 3.1", "Mistral 4B", "Mistral Medium 3 (72B Instruct)"]
        for rival in rivals:
            assert rival in body
        assert "4 of 4" in body and "no community votes yet" in body.lower()


def test_two_builds_are_byte_identical_anywhere_on_any_day(newsletter, tmp_path):
    newsletter.import_samples()
    variants = [
        (NOW, {"TZ": "UTC", "LC_ALL": "C"}, None),
        ("2026-11-23T03:00:00Z", {"TZ": "Pacific/Kiritimati", "LC_ALL": "de_DE.UTF-8"}, "/"),
        ("2026-11-26T23:59:00Z", {"TZ": "America/Los_Angeles", "LANG": "tr_TR.UTF-8"}, str(tmp_path)),
    ]
    seen = set()
    for number, (now, env, cwd) in enumerate(variants):
        out = tmp_path / f"out{number}"
        newsletter.run("preview", "--out", str(out), now=now, env=env, cwd=cwd)
        seen.add(tuple((out / name).read_bytes() for name in ("issue.html", "issue.txt", "issue.eml")))
    assert len(seen) == 1


def test_a_draft_built_again_is_the_same(newsletter, tmp_path):
    newsletter.import_samples()
    newsletter.run("issue", "build")
    newsletter.run("preview", "--out", str(tmp_path / "one"))
    newsletter.run("issue", "build", now="2026-11-22T01:00:00Z")
    newsletter.run("preview", "--out", str(tmp_path / "two"), now="2026-11-25T01:00:00Z")
    for name in ("issue.html", "issue.txt", "issue.eml"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_preview_shows_the_bytes_that_are_sent(newsletter, server, tmp_path):
    ready(newsletter, server, readers=1)
    newsletter.run("preview", "--out", str(tmp_path / "p"), "--reader", "reader0@example.org",
                   now="2026-11-20T09:30:00Z")
    newsletter.run("weekly", now="2026-11-20T09:30:00Z")
    eml = (tmp_path / "p" / "issue.eml").read_bytes()
    assert server.messages[0][2] == eml


def own_templates(newsletter) -> pathlib.Path:
    folder = newsletter.folder / "templates"
    folder.mkdir()
    (folder / "issue.txt.mustache").write_text("FIRST EDITION for {{reader.address}}\n{{reader.unsubscribe_url}}\n")
    newsletter.settings["templates_dir"] = str(folder)
    return folder


def test_templates_edited_between_stop_and_resume_change_nothing(newsletter, server):
    templates = own_templates(newsletter)
    ready(newsletter, server, readers=6)
    newsletter.run("issue", "build")
    newsletter.run("issue", "approve", "1")
    newsletter.run("send", "--limit", "3", "--yes", expect=75)
    (templates / "issue.txt.mustache").write_text("SECOND EDITION\n")
    newsletter.settings["site.name"] = "Another Name"
    newsletter.settings["mail.from"] = "Another <another@example.org>"
    newsletter.run("weekly")
    assert len(server.messages) == 6
    for _, _, raw in server.messages:
        message, text, _ = parts(raw)
        assert text.startswith("FIRST EDITION")
        assert "Another" not in str(message["From"])


def test_a_broken_template_is_named_and_nothing_is_sent(newsletter, server):
    templates = own_templates(newsletter)
    (templates / "issue.txt.mustache").write_text("line one\n  {{issue.nubmer}}\n")
    ready(newsletter, server, readers=1)
    done = newsletter.run("weekly", expect=65)
    assert "issue.txt.mustache:2:3" in done.stderr
    assert done.stderr.count("\n") == 1
    assert server.messages == []
    assert newsletter.json("issue", "list", "--json") == []


def test_a_test_copy_is_marked_and_leaves_the_list_alone(newsletter, server):
    ready(newsletter, server)
    newsletter.run("send", "--test", "editor@example.org")
    assert server.recipients() == ["editor@example.org"]
    message, _, _ = parts(server.messages[0][2])
    assert message["Subject"].startswith("[Test] ")
    newsletter.run("weekly")
    assert len(server.messages) == 4


def test_a_bad_address_among_tests_sends_none_of_them(newsletter, server):
    ready(newsletter, server)
    newsletter.run("send", "--test", "editor@example.org", "--test", "no address", expect=64)
    newsletter.run("weekly")
    assert "editor@example.org" not in server.recipients()


def test_an_issue_that_is_too_old_does_not_keep_back_a_younger_one(newsletter, server):
    ready(newsletter, server)
    newsletter.settings.update({"issue.max_items": "2", "issue.max_age_days": "10", "issue.min_items": "1"})
    for number, now in (("1", None), ("2", "2026-12-04T12:00:00Z")):
        newsletter.run("issue", "build", now=now)
        newsletter.run("issue", "approve", number, now=now)
    done = newsletter.run("weekly", now="2026-12-11T12:00:00Z", expect=65)
    assert "issue 1" in done.stderr and "never sent" in done.stderr
    states = {issue["number"]: issue["state"] for issue in newsletter.json("issue", "list", "--json")}
    assert states[1] == "approved" and states[2] == "sent"


def test_a_relay_that_is_away_loses_nobody(newsletter, server):
    ready(newsletter, server)
    newsletter.settings["smtp.url"] = "smtp://127.0.0.1:1"
    newsletter.settings["deliver.linger"] = "0"
    done = newsletter.run("weekly", expect=75)
    assert "127.0.0.1" in done.stderr
    newsletter.settings["smtp.url"] = server.url
    newsletter.run("weekly", now="2026-11-20T20:00:00Z")
    assert len(server.messages) == 3


def test_people_who_left_after_the_issue_started_are_skipped(newsletter, server):
    ready(newsletter, server, readers=4)
    newsletter.run("issue", "build")
    newsletter.run("issue", "approve", "1")
    newsletter.run("send", "--limit", "1", "--yes", expect=75)
    got = server.recipients()[0]
    leaver = next(a for a in (f"reader{i}@example.org" for i in range(4)) if a != got)
    newsletter.run("subscribers", "remove", leaver)
    newsletter.run("weekly")
    assert leaver not in server.recipients()
    assert newsletter.counts()["skipped"] == 1


def test_cancel_before_the_first_message_frees_the_week(newsletter, server):
    ready(newsletter, server, readers=2)
    newsletter.run("issue", "build")
    newsletter.run("issue", "approve", "1")
    newsletter.run("issue", "cancel", "1")
    assert newsletter.json("issue", "list", "--json") == []
    newsletter.run("weekly")
    assert len(server.messages) == 2


def test_cancel_while_the_relay_was_never_there_frees_the_week(newsletter, server):
    ready(newsletter, server, readers=2)
    newsletter.settings.update({"smtp.url": "smtp://127.0.0.1:1", "deliver.linger": "0"})
    newsletter.run("weekly", expect=75)
    newsletter.run("issue", "cancel", "1")
    assert newsletter.json("issue", "list", "--json") == []


def test_cancel_later_stops_the_rest(newsletter, server):
    ready(newsletter, server, readers=5)
    newsletter.run("issue", "build")
    newsletter.run("issue", "approve", "1")
    newsletter.run("send", "--limit", "2", "--yes", expect=75)
    newsletter.run("issue", "cancel", "1")
    newsletter.run("weekly")
    assert len(server.messages) == 2
    counts = newsletter.counts()
    assert counts["sent"] == 2 and counts["skipped"] == 3


def test_topics_choose_what_a_reader_gets(newsletter, server):
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_samples()
    newsletter.run("subscribers", "add", "nothing@example.org", "--topics", "No Such Topic",
                   "--status", "confirmed", "--wording", "asked")
    newsletter.run("subscribers", "add", "all@example.org", "--status", "confirmed", "--wording", "asked")
    newsletter.run("weekly")
    assert server.recipients() == ["all@example.org"]
    skipped = newsletter.rows("skipped")
    assert [row["address"] for row in skipped] == ["nothing@example.org"]
    assert "topic" in skipped[0]["reply"]


def test_two_runs_at_once_send_once(newsletter, server):
    ready(newsletter, server, readers=50)
    runs = [newsletter.start("weekly") for _ in range(4)]
    codes = sorted(run.wait(timeout=120) for run in runs)
    for run in runs:
        run.stdout.close()
        run.stderr.close()
    assert set(codes) <= {0, 75} and 0 in codes
    assert len(server.recipients()) == len(set(server.recipients())) == 50


def test_a_second_run_stops_with_a_message(newsletter, server):
    """Also one that knows the database by another name."""
    ready(newsletter, server, readers=2)
    (newsletter.folder / "linked.db").symlink_to("verdicts.db")
    with open(newsletter.folder / "verdicts.db.weekly", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for database in ("verdicts.db", "linked.db"):
            newsletter.settings["database"] = str(newsletter.folder / database)
            done = newsletter.run("weekly", expect=75)
            assert done.stderr == "verdicts: weekly is running already; nothing done\n"
        assert not any(run["verb"] == "weekly" for run in newsletter.json("status", "--json")["runs"])
    assert not server.messages
    newsletter.run("weekly")
    assert len(server.messages) == 2


def test_maildir_and_null_are_rehearsals(newsletter, tmp_path):
    newsletter.import_samples()
    newsletter.add_readers(3)
    newsletter.settings["smtp.url"] = f"maildir:{tmp_path}/box"
    newsletter.run("weekly")
    files = list((tmp_path / "box" / "new").iterdir())
    assert len(files) == 3
    message = email.message_from_bytes(files[0].read_bytes(), policy=email.policy.default)
    assert message["To"].addresses[0].addr_spec.startswith("reader")


def test_an_issue_that_became_too_old_while_sending_is_reported_once_and_ends(newsletter, server):
    ready(newsletter, server, readers=5)
    newsletter.run("issue", "build")
    newsletter.run("issue", "approve", "1")
    newsletter.run("send", "--limit", "2", "--yes", expect=75)
    done = newsletter.run("weekly", now="2027-03-19T08:00:00Z", expect=65)
    assert done.stderr.count("\n") == 1 and "not been sent to all" in done.stderr
    for hour in ("09", "10"):
        assert newsletter.run("weekly", now=f"2027-03-19T{hour}:00:00Z", expect=65).stderr == ""
    done = newsletter.run("weekly", now="2027-03-23T08:00:00Z", expect=65)
    assert done.stderr.count("\n") == 1
    assert "5 readers: 2 sent, 3 gave_up; `verdicts send --issue 1 --retry gave_up` tries those" in done.stderr
    assert newsletter.run("weekly", now="2027-03-23T09:00:00Z").stderr == ""
    assert len(server.messages) == 2 and newsletter.json("issue", "list", "--json")[0]["state"] == "sent"


def test_a_refused_issue_keeps_back_no_single_mail(newsletter, server):
    """A database that was put back sends no issue; who has just signed up is answered all the same."""
    ready(newsletter, server, readers=2)
    newsletter.run("issue", "build")
    newsletter.run("issue", "approve", "1")
    newsletter.run("send", "--limit", "1", "--yes", expect=75)
    with sqlite3.connect(newsletter.folder / "verdicts.db") as database:
        database.execute("UPDATE epoch SET count = 0")
    database.close()
    newsletter.settings["smtp.url"] = "smtp://127.0.0.1:1"
    newsletter.settings["deliver.linger"] = "0"
    newsletter.run("send", "--test", "editor@example.org", expect=75)
    newsletter.settings["smtp.url"] = server.url
    done = newsletter.run("weekly", now="2026-11-20T20:00:00Z", expect=78)
    assert done.stderr.count("\n") == 1 and "older" in done.stderr
    assert "editor@example.org" in server.recipients() and len(server.messages) == 2
