"""Signed issues as foreign verifiers see them."""

import contextlib
import datetime
import json
import re
import shutil
import sqlite3
import subprocess
import time

import dkim
import pytest

from newsletter import ROOT

MAILAUTH = ROOT / "tests" / "browser" / "node_modules" / "mailauth"


def signed(newsletter, tmp_path):
    """Keys, their DNS records by name, and the settings that sign with both."""
    keys = tmp_path / "keys"
    done = newsletter.run("dkim-key", str(keys), "--domain", "example.org", "--selector", "week")
    records = {}
    for line in done.stdout.splitlines():
        name, _, text = line.partition(". IN TXT ")
        records[name] = "".join(re.findall(r'"([^"]*)"', text))
    newsletter.settings.update({
        "dkim.domain": "example.org", "dkim.selector": "week", "dkim.key_file": str(keys / "dkim-rsa.pem"),
        "dkim.ed25519_selector": "week-ed25519", "dkim.ed25519_key_file": str(keys / "dkim-ed25519.pem"),
    })
    return records


def sent(newsletter, server, tmp_path, readers=20, others=0):
    records = signed(newsletter, tmp_path)
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_samples()
    newsletter.add_readers(readers)
    newsletter.run("weekly")
    assert len(server.messages) == readers + others
    return records, [raw for _, _, raw in server.messages]


def test_a_signature_is_put_in_front_of_what_preview_shows(newsletter, server, tmp_path):
    newsletter.now = "2026-11-20T10:00:00Z"
    newsletter.import_samples()
    newsletter.add_readers(1)
    newsletter.run("preview", "--out", str(tmp_path / "out"), "--reader", "reader0@example.org")
    _, (raw,) = sent(newsletter, server, tmp_path, readers=1)
    shown = (tmp_path / "out" / "issue.eml").read_bytes()
    assert raw.endswith(shown)
    assert re.fullmatch(rb"(DKIM-Signature:.*\r\n([ \t].*\r\n)*){2}", raw[:-len(shown)])


def test_dkimpy_passes_both_signatures_of_every_copy(newsletter, server, tmp_path):
    records, messages = sent(newsletter, server, tmp_path)

    def lookup(name, timeout=5):
        return records[name.decode().rstrip(".")].encode()

    for raw in messages:
        for index in (0, 1):
            assert dkim.DKIM(raw).verify(idx=index, dnsfunc=lookup)
        assert not dkim.verify(raw.replace(b"comparison", b"comparisom", 1), dnsfunc=lookup)


def test_blanks_in_names_and_own_templates_break_no_signature(newsletter, server, tmp_path):
    """A run of thousands of plain bytes behind two blanks once overtook what stood before it."""
    own = tmp_path / "templates"
    shutil.copytree(ROOT / "templates", own)
    text = own / "issue.txt.mustache"
    plain = "A plain line of some sixty characters, and no run of blanks.\n" * 80
    text.write_text("Hello  {{reader.name}},\n" + plain + "    indented\n" + text.read_text())
    newsletter.settings["templates_dir"] = str(own)
    people = tmp_path / "people.csv"
    people.write_text("email,name\nann@example.org,Ann  Bee\nlee@example.org,\"Lee   ,  Kim\"\n")
    newsletter.run("subscribers", "import", str(people), "--status", "confirmed", "--wording", "test people")
    records, messages = sent(newsletter, server, tmp_path, readers=0, others=2)
    for raw in messages:
        for index in (0, 1):
            assert dkim.DKIM(raw).verify(
                idx=index, dnsfunc=lambda name, timeout=5: records[name.decode().rstrip(".")].encode())


@pytest.mark.parametrize("name, lines", [
    ("Ann  Bee", ""), ('"Lee   ,  Kim"', ""),
    ("Ann Bee", "a  b \n" * 40 + "{plain}c \t d\n"), ("Ann Bee", "two  blanks\n{plain}    indented\n"),
], ids=["in a name", "and a comma", "at line ends", "before a long run"])
def test_a_short_message_is_signed_correctly_whatever_its_blanks(newsletter, server, tmp_path, name, lines):
    plain = "A plain line of some sixty characters, and no run of blanks.\n" * 90
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    text = tmp_path / "templates" / "issue.txt.mustache"
    text.write_text(lines.replace("{plain}", plain) + text.read_text())
    newsletter.settings |= {"templates_dir": str(tmp_path / "templates"), "issue.min_items": "1", "smtp.url": server.url}
    (tmp_path / "people.csv").write_text(f"email,name\nann@example.org,{name}\n")
    newsletter.run("subscribers", "import", str(tmp_path / "people.csv"), "--status", "confirmed", "--wording", "test people")
    newsletter.run("import", "-", stdin=json.dumps({
        "published_at": "2026-11-19T09:00:00Z", "left": {"name": "Zed", "category": "Tools", "panel_ship": 50},
        "right": {"name": "Rusty", "category": "Tools", "panel_ship": 50}}))
    records = signed(newsletter, tmp_path)
    newsletter.run("weekly")
    (_, _, raw), = server.messages
    for index in (0, 1):
        assert dkim.DKIM(raw).verify(
            idx=index, dnsfunc=lambda name, timeout=5: records[name.decode().rstrip(".")].encode())


def test_the_links_to_leave_are_covered(newsletter, server, tmp_path):
    _, messages = sent(newsletter, server, tmp_path, readers=1)
    for header in dkim.DKIM(messages[0]).headers:
        if header[0].lower() == b"dkim-signature":
            covered = re.search(rb"h=([^;]*);", header[1]).group(1).lower()
            names = re.sub(rb"\s", b"", covered).split(b":")
            assert names.count(b"list-unsubscribe") == 2 and names.count(b"list-unsubscribe-post") == 2


@pytest.mark.skipif(not MAILAUTH.is_dir() or shutil.which("node") is None, reason="needs mailauth from npm")
def test_mailauth_passes_both_signatures_of_every_copy(newsletter, server, tmp_path):
    records, messages = sent(newsletter, server, tmp_path)
    (tmp_path / "records.json").write_text(json.dumps(records))
    files = []
    for number, raw in enumerate(messages):
        files.append(tmp_path / f"{number}.eml")
        files[-1].write_bytes(raw)
    done = subprocess.run(
        ["node", str(ROOT / "tests" / "support" / "mailauth_verify.js"), str(tmp_path / "records.json"), *map(str, files)],
        check=True, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert len(lines) == len(messages)
    for line in lines:
        results = json.loads(line)
        assert sorted((one["algo"], one["result"]) for one in results) == [
            ("ed25519-sha256", "pass"), ("rsa-sha256", "pass")]


def test_a_key_that_others_can_read_stops_before_anything_is_sent(newsletter, server, tmp_path):
    signed(newsletter, tmp_path)
    (tmp_path / "keys" / "dkim-rsa.pem").chmod(0o644)
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_samples()
    newsletter.add_readers(1)
    done = newsletter.run("weekly", expect=78)
    assert "dkim-rsa.pem" in done.stderr and "chmod" in done.stderr
    assert server.messages == []


def begun(newsletter, server, tmp_path, sign=True):
    """An issue that two of five readers have; the others wait."""
    records = signed(newsletter, tmp_path)
    unsigned = {key: "" for key in newsletter.settings if key.startswith("dkim.")}
    kept = {key: newsletter.settings[key] for key in unsigned}
    newsletter.settings.update({"smtp.url": server.url, "issue.approval": "required", **({} if sign else unsigned)})
    newsletter.import_samples()
    newsletter.add_readers(5)
    newsletter.run("weekly")
    newsletter.run("issue", "approve", "1")
    newsletter.run("send", "--yes", "--limit", "2", expect=75)
    assert len(server.messages) == 2
    return records, kept


def selectors(raw):
    return sorted(re.findall(rb"\ss=([\w.-]+);", b"".join(value for name, value in dkim.DKIM(raw).headers
                                                           if name.lower() == b"dkim-signature")))


def refused(done, *words):
    assert done.returncode == 78 and done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_key_that_was_replaced_in_the_midst_of_an_issue_is_not_signed_with(newsletter, server, tmp_path, kind):
    records, _ = begun(newsletter, server, tmp_path)
    newsletter.run("dkim-key", str(tmp_path / "new"))
    key, new = tmp_path / "keys" / f"dkim-{kind}.pem", tmp_path / "new" / f"dkim-{kind}.pem"
    old = key.read_bytes()
    key.write_bytes(new.read_bytes())
    refused(newsletter.run("weekly", expect=78), "issue 1", str(key), "another key", "--force", "issue cancel 1")
    refused(newsletter.run("send", "--yes", expect=78), str(key))
    assert len(server.messages) == 2
    key.write_bytes(old)
    newsletter.run("weekly")
    assert len(server.messages) == 5
    for _, _, raw in server.messages:
        for index in (0, 1):
            assert dkim.DKIM(raw).verify(idx=index, dnsfunc=lambda name, timeout=5: records[
                name.decode().rstrip(".")].encode())


def test_other_selectors_in_the_settings_change_nothing_of_what_was_begun(newsletter, server, tmp_path):
    begun(newsletter, server, tmp_path)
    newsletter.settings.update({"dkim.domain": "example.com", "dkim.selector": "new", "dkim.ed25519_selector": "other"})
    newsletter.run("weekly")
    assert {tuple(selectors(raw)) for _, _, raw in server.messages} == {(b"week", b"week-ed25519")}
    assert all(b"d=example.org;" in raw for _, _, raw in server.messages) and len(server.messages) == 5


def test_signing_that_is_switched_on_begins_with_the_next_issue(newsletter, server, tmp_path):
    _, on = begun(newsletter, server, tmp_path, sign=False)
    newsletter.settings.update(on)
    newsletter.run("weekly")
    assert [selectors(raw) for _, _, raw in server.messages] == [[]] * 5


def test_signing_that_is_switched_off_does_not_send_the_rest_unsigned(newsletter, server, tmp_path):
    _, on = begun(newsletter, server, tmp_path)
    newsletter.settings.update({key: "" for key in on})
    refused(newsletter.run("weekly", expect=78), "issue 1", "week", "--force")
    assert len(server.messages) == 2


def test_force_signs_the_rest_with_the_current_keys(newsletter, server, tmp_path):
    begun(newsletter, server, tmp_path)
    newsletter.run("dkim-key", str(tmp_path / "new"))
    newsletter.settings.update({"dkim.selector": "next", "dkim.key_file": str(tmp_path / "new" / "dkim-rsa.pem")})
    refused(newsletter.run("weekly", expect=78), "another key")
    newsletter.run("send", "--yes", "--force", "--limit", "1", expect=75)
    newsletter.run("weekly")
    assert [selectors(raw) for _, _, raw in server.messages] == \
        [[b"week", b"week-ed25519"]] * 2 + [[b"next", b"week-ed25519"]] * 3


def like_ses(raw):
    """The message as Amazon SES passes it on: with a Message-ID, Date and Feedback-ID of its own."""
    for name in (b"Message-ID", b"Date", b"Feedback-ID"):
        raw, count = re.subn(rb"(?m)^" + name + rb":.*\r\n", name + b": another\r\n", raw)
        assert count == 1, name
    return raw


SES = {"dkim.unsigned": "Message-ID,Date,Feedback-ID", "dkim.algorithms": "rsa"}


@pytest.mark.parametrize("spared", [True, False])
def test_what_the_relay_writes_anew_breaks_no_signature_that_spares_it(newsletter, server, tmp_path, spared):
    newsletter.settings.update(SES if spared else {"dkim.algorithms": "rsa"})
    records, messages = sent(newsletter, server, tmp_path, readers=2)
    dns = lambda name, timeout=5: records[name.decode().rstrip(".")].encode()  # noqa: E731
    for raw in messages:
        assert selectors(raw) == [b"week"]
        assert dkim.verify(raw, dnsfunc=dns)
        assert dkim.verify(like_ses(raw), dnsfunc=dns) is spared


def test_an_approved_issue_keeps_the_signature_that_was_approved(newsletter, server, tmp_path):
    approved(newsletter, server, tmp_path)
    newsletter.settings.update(SES)
    newsletter.run("send", "--yes", "--limit", "2", expect=75)
    newsletter.run("send", "--yes", "--force")
    assert [(selectors(raw), b"Message-ID:" in raw.split(b"bh=")[0]) for _, _, raw in server.messages] == \
        [([b"week", b"week-ed25519"], True)] * 2 + [([b"week"], False)] * 3


def rotate(newsletter, tmp_path, selector="next"):
    """The keys are replaced as the manual says: new ones under new selectors, published first."""
    done = newsletter.run("dkim-key", str(tmp_path / "new"), "--domain", "example.org", "--selector", selector)
    newsletter.settings.update({
        "dkim.selector": selector, "dkim.key_file": str(tmp_path / "new" / "dkim-rsa.pem"),
        "dkim.ed25519_selector": f"{selector}-ed25519",
        "dkim.ed25519_key_file": str(tmp_path / "new" / "dkim-ed25519.pem"),
    })
    return {line.partition(". IN TXT ")[0]: "".join(re.findall(r'"([^"]*)"', line.partition(". IN TXT ")[2]))
            for line in done.stdout.splitlines()}


def all_verify(messages, records):
    for _, _, raw in messages:
        for index in (0, 1):
            assert dkim.DKIM(raw).verify(idx=index, dnsfunc=lambda name, timeout=5: records[
                name.decode().rstrip(".")].encode())


def approved(newsletter, server, tmp_path):
    records = signed(newsletter, tmp_path)
    newsletter.settings.update({"smtp.url": server.url, "issue.approval": "required"})
    newsletter.import_samples()
    newsletter.add_readers(5)
    newsletter.run("weekly")
    newsletter.run("issue", "approve", "1")
    return records


@pytest.mark.parametrize("moment", ["approved", "begun while the relay was away"])
def test_keys_that_are_rotated_before_a_copy_has_left_sign_under_their_own_selectors(newsletter, server, tmp_path, moment):
    records = approved(newsletter, server, tmp_path)
    if moment != "approved":
        newsletter.settings.update({"smtp.url": "smtp://127.0.0.1:1", "deliver.linger": "0"})
        newsletter.run("weekly", expect=75)
        newsletter.settings["smtp.url"] = server.url
    records.update(rotate(newsletter, tmp_path))
    newsletter.run("send", "--yes")
    assert len(server.messages) == 5
    assert {tuple(selectors(raw)) for _, _, raw in server.messages} == {(b"next", b"next-ed25519")}
    all_verify(server.messages, records)


def test_keys_that_are_rotated_while_a_run_waits_for_its_pace_are_not_signed_with(newsletter, server, tmp_path):
    records = signed(newsletter, tmp_path)
    newsletter.settings.update({"smtp.url": server.url, "issue.approval": "required",
                                "deliver.domain_rate": "example.org=15/min"})
    newsletter.import_samples()
    newsletter.add_readers(1)
    newsletter.run("weekly")
    newsletter.run("issue", "approve", "1")
    with contextlib.closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database:
        with database:
            database.execute("INSERT INTO bucket (name, tokens, at) VALUES ('domain:example.org', 0, ?)",
                             (int(datetime.datetime.fromisoformat(newsletter.now).timestamp() * 1000),))
        waiting = newsletter.start("send", "--yes")
        until = time.time() + 20
        while database.execute("SELECT count(*) FROM delivery WHERE state = 'queued' AND generation > 0") \
                .fetchone() != (1,):
            assert time.time() < until and waiting.poll() is None
            time.sleep(0.01)
    records.update(rotate(newsletter, tmp_path))
    second = newsletter.run("send", "--yes", expect=None)
    waiting.communicate(timeout=60)
    refused(second, "issue 1", "another key")
    assert [selectors(raw) for _, _, raw in server.messages] == [[b"week", b"week-ed25519"]]
    with contextlib.closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database:
        ((sender,),) = database.execute("SELECT sender FROM issue")
    assert '"week"' in sender, "what a copy sent again would be signed with"


def test_another_domain_does_not_sign_what_was_approved_for_the_first(newsletter, server, tmp_path):
    approved(newsletter, server, tmp_path)
    newsletter.settings["dkim.domain"] = "example.com"
    refused(newsletter.run("weekly", expect=78), "issue 1: ", "example.org", "example.com", "issue cancel 1")
    assert server.messages == []


def test_what_cannot_be_signed_and_has_not_left_can_still_be_freed(newsletter, server, tmp_path):
    approved(newsletter, server, tmp_path)
    newsletter.settings["smtp.url"] = "smtp://127.0.0.1:9"
    newsletter.run("send", "--yes", expect=75)
    newsletter.settings |= {"smtp.url": server.url, "dkim.domain": "example.com"}
    for hour in (18, 20):
        refused(newsletter.run("weekly", now=f"2026-11-20T{hour}:00:00Z", expect=78), "issue cancel 1", "frees it")
    newsletter.run("issue", "cancel", "1")
    assert newsletter.json("issue", "list", "--json") == [] and server.messages == []


def forget_keys(newsletter):
    """The issue as an older version began it."""
    with sqlite3.connect(newsletter.folder / "verdicts.db") as database:
        database.execute("UPDATE issue SET sender = json_remove(sender, '$.dkim_key', '$.dkim_ed25519_key')")
    database.close()


def test_what_an_older_version_began_is_signed_under_its_selectors_or_not_at_all(newsletter, server, tmp_path):
    records, on = begun(newsletter, server, tmp_path)
    forget_keys(newsletter)
    rotate(newsletter, tmp_path)
    refused(newsletter.run("weekly", expect=78), "issue 1: ", "selectors week and week-ed25519", "--force")
    assert len(server.messages) == 2
    newsletter.settings.update(on)
    newsletter.run("weekly")
    assert len(server.messages) == 5
    all_verify(server.messages, records)


def test_the_refusal_names_both_selectors_and_the_issue_once(newsletter, server, tmp_path):
    begun(newsletter, server, tmp_path)
    rotate(newsletter, tmp_path)
    for words in (["weekly"], ["send", "--yes"]):
        done = newsletter.run(*words, expect=78)
        refused(done, "issue 1: begun with the DKIM selector week ", "new/dkim-rsa.pem", "selector next")
        assert "issue 1: issue 1" not in done.stderr


def test_rotated_keys_keep_back_neither_the_next_issue_nor_the_mails(newsletter, server, tmp_path):
    """The rest of an issue whose key is gone gives up by its age, and the issue ends."""
    newsletter.settings.update({"issue.max_items": "2", "issue.min_items": "1"})
    records, _ = begun(newsletter, server, tmp_path)
    records.update(rotate(newsletter, tmp_path))
    newsletter.settings["issue.approval"] = "none"
    done = newsletter.run("weekly", now="2026-11-27T12:00:00Z", expect=78)
    refused(done, "issue 1: begun with")
    assert len(server.messages) == 2 + 5
    all_verify(server.messages, records)
    assert newsletter.counts()["deferred"] == 3
    newsletter.run("weekly", now="2026-11-27T13:00:00Z", expect=78)
    done = newsletter.run("weekly", now="2026-12-01T12:00:00Z", expect=78)
    refused(done, "given up", "--retry gave_up")
    assert newsletter.counts()["gave_up"] == 3
    assert newsletter.run("weekly", now="2026-12-01T13:00:00Z").stderr == ""
    newsletter.run("send", "--yes", "--issue", "1", "--retry", "gave_up", "--force", now="2026-12-01T14:00:00Z")
    assert len(server.messages) == 10
