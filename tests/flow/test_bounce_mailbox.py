"""`bounces` against a real Dovecot, and against a Maildir, with forged and real reports."""

import contextlib
import errno
import hashlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

import pytest

import shim
from breaking_proxy import BreakingProxy
from dovecot_server import Dovecot, make_certificate
from newsletter import ROOT, VERDICTS

CASES = ROOT / "tests" / "golden" / "bounces"

pytestmark = pytest.mark.skipif(shutil.which("dovecot", path="/usr/sbin:/usr/bin") is None,
                                reason="dovecot is not installed (dovecot-imapd)")


def case(name: str) -> bytes:
    return (CASES / f"{name}.eml").read_bytes()


@pytest.fixture
def place():
    """Where Dovecot's own user gets: every pytest that starts closes the folder of all pytests to others."""
    with tempfile.TemporaryDirectory() as name:
        yield pathlib.Path(name)


@pytest.fixture
def dovecot(place):
    with Dovecot(place / "dovecot") as running:
        yield running


def fill(dovecot) -> None:
    dovecot.put("1", case("postfix-user-unknown"))
    dovecot.put("2", case("vacation-german"))
    dovecot.put("3", case("daemon-says-nothing"))
    dovecot.put("4", case("mail-question"))


def folders(dovecot) -> dict[str, int]:
    return {name or "INBOX": len(dovecot.messages(name))
            for name in ("", ".Processed", ".Quarantine", ".People")}


@pytest.mark.parametrize("scheme", ["imaps", "imap"])
def test_messages_are_read_and_moved_to_where_they_belong(newsletter, dovecot, scheme):
    fill(dovecot)
    dovecot.use(newsletter, scheme)
    result = newsletter.json("bounces", "--json")
    assert result["read"] == 4
    assert {name: n for name, n in result["classes"].items() if n} == {
        "hard": 1, "auto-reply": 1, "unknown": 1, "ordinary": 1}
    assert folders(dovecot) == {"INBOX": 0, ".Processed": 2, ".Quarantine": 1, ".People": 1}


def test_mail_from_people_stays_unread_and_the_rest_does_not(newsletter, dovecot):
    fill(dovecot)
    dovecot.use(newsletter)
    newsletter.run("bounces")
    flags = {folder: {path.name.partition(":2,")[2] for part in ("new", "cur")
                      for path in (dovecot.mail / folder / part).iterdir()}
             for folder in (".People", ".Processed", ".Quarantine")}
    assert flags == {".People": {""}, ".Processed": {"S"}, ".Quarantine": {"S"}}


def test_a_server_without_move_gets_copies_and_nothing_is_lost(newsletter, place):
    with Dovecot(place / "dovecot", without=("MOVE", "UIDPLUS")) as dovecot:
        fill(dovecot)
        dovecot.use(newsletter)
        newsletter.run("bounces")
        assert folders(dovecot) == {"INBOX": 0, ".Processed": 2, ".Quarantine": 1, ".People": 1}


def test_what_others_have_marked_as_deleted_is_not_expunged(newsletter, place):
    with Dovecot(place / "dovecot", without=("MOVE", "UIDPLUS")) as dovecot:
        dovecot.put("0:2,ST", b"From: a@example.org\n\nmarked by a mail program\n", part="cur")
        fill(dovecot)
        dovecot.use(newsletter)
        newsletter.run("bounces")
        assert any(b"marked by a mail program" in text for text in dovecot.messages())
        assert newsletter.json("bounces", "--json")["read"] == 0


def test_folders_get_the_prefix_that_the_server_names(newsletter, place):
    namespace = "namespace inbox {\n  inbox = yes\n  prefix = INBOX.\n  separator = .\n}\n"
    with Dovecot(place / "dovecot", namespace=namespace) as dovecot:
        fill(dovecot)
        dovecot.use(newsletter)
        newsletter.run("bounces")
        assert folders(dovecot) == {"INBOX": 0, ".Processed": 2, ".Quarantine": 1, ".People": 1}


def test_a_folder_that_is_not_inbox_is_read(newsletter, dovecot):
    dovecot.make_folder(".Bounces")
    dovecot.put("1", case("postfix-user-unknown"), ".Bounces")
    dovecot.use(newsletter, folder="Bounces")
    assert newsletter.json("bounces", "--json")["read"] == 1
    assert folders(dovecot)[".Processed"] == 1


@pytest.mark.parametrize("name, address", [
    ("Our Bounces", "Our%20Bounces"),
    ("Zur&APw-ck", "Zur&APw-ck"),
    ("Zur&APw-ck", "Zur%26APw-ck"),
    ("Zur&APw-ck", "Zur%C3%BCck"),
    ("A &- B", "A%20%26-%20B"),
    ("&- &9tc- &ZeVnLIqe- &2D3eAA-", "%26%20%EF%9B%97%20%E6%97%A5%E6%9C%AC%E8%AA%9E%20%F0%9F%98%80"),
    ("100%", "100%25"),
    ("R&-D", "R%26D"),
    ("Q&-A-Team", "Q%26A-Team"),
    ("Deep.er", "Deep.er"),
])
def test_a_folder_has_the_name_that_people_see(newsletter, dovecot, name, address):
    dovecot.make_folder(f".{name}")
    dovecot.put("1", case("postfix-user-unknown"), f".{name}")
    dovecot.use(newsletter, folder=address)
    assert newsletter.json("bounces", "--json")["read"] == 1
    assert folders(dovecot)[".Processed"] == 1


def test_a_folder_into_which_messages_are_moved_is_not_read(newsletter, dovecot):
    dovecot.make_folder(".Quarantine")
    dovecot.put("1", case("postfix-user-unknown"), ".Quarantine")
    dovecot.use(newsletter, folder="Quarantine")
    assert "moved to" in newsletter.run("bounces", expect=78).stderr


def test_a_second_run_finds_nothing_and_says_nothing(newsletter, dovecot):
    fill(dovecot)
    dovecot.use(newsletter)
    first = newsletter.run("bounces")
    second = newsletter.run("bounces")
    assert (first.stdout, first.stderr, second.stdout, second.stderr) == ("", "", "", "")


def test_more_messages_than_are_listed_at_a_time_are_all_read(newsletter, dovecot):
    for i in range(750):
        dovecot.put(f"{i}", case("vacation-german").replace(b"Montag", b"Tag %d" % i))
    dovecot.use(newsletter)
    result = newsletter.json("bounces", "--json")
    assert result["read"] == 750
    assert folders(dovecot)[".Processed"] == 750


def test_messages_that_a_mail_program_has_marked_as_deleted_hide_none(newsletter, dovecot):
    for i in range(750):
        dovecot.put(f"{i:03}:2,ST", case("vacation-german"), folder="", part="cur")
    dovecot.put("999", case("postfix-user-unknown"))
    dovecot.use(newsletter)
    assert newsletter.json("bounces", "--json")["read"] == 1
    assert len(dovecot.messages()) == 750, "they are the mail program's"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a file that Dovecot's user cannot read")
def test_a_message_that_the_server_cannot_read_keeps_none_back(newsletter, dovecot):
    fill(dovecot)
    (dovecot.mail / "new" / "1").chmod(0)
    dovecot.use(newsletter)
    newsletter.run("bounces", expect=None)
    assert folders(dovecot) == {"INBOX": 1, ".Processed": 1, ".Quarantine": 1, ".People": 1}


@pytest.mark.parametrize("breaks", [[9000], [20000, 9000], [4000, 4000]])
def test_a_connection_that_breaks_is_made_anew_and_nothing_is_lost(newsletter, dovecot, breaks):
    for i in range(60):
        dovecot.put(f"{i}", case("postfix-user-unknown").replace(b"kim", b"kim%d" % i))
    with BreakingProxy(dovecot.imaps_port, breaks) as proxy:
        dovecot.use(newsletter)
        newsletter.settings["bounce.mailbox"] = f"imaps://127.0.0.1:{proxy.port}/INBOX"
        newsletter.run("bounces", expect=None)
        newsletter.run("bounces")
        assert proxy.connections > len(breaks)
    assert folders(dovecot) == {"INBOX": 0, ".Processed": 60, ".Quarantine": 0, ".People": 0}
    assert len({hashlib.sha256(message).hexdigest() for message in dovecot.messages(".Processed")}) == 60


def test_a_certificate_that_nobody_vouches_for_is_refused(newsletter, dovecot, tmp_path):
    fill(dovecot)
    dovecot.use(newsletter)
    make_certificate(tmp_path, "other")
    newsletter.settings["bounce.ca_file"] = str(tmp_path / "other.pem")
    done = newsletter.run("bounces", expect=69)
    assert "TLS" in done.stderr
    assert folders(dovecot)["INBOX"] == 4


def test_a_wrong_password_a_missing_folder_and_a_server_that_is_away_are_said(newsletter, dovecot):
    dovecot.use(newsletter)
    (newsletter.folder / "bounce.password").write_text("wrong\n")
    assert "refuses our login" in newsletter.run("bounces", expect=69).stderr
    dovecot.use(newsletter, folder="Nowhere")
    assert "Nowhere" in newsletter.run("bounces", expect=None).stderr
    newsletter.settings["bounce.mailbox"] = "imaps://127.0.0.1:1/INBOX"
    assert "out of reach" in newsletter.run("bounces", expect=69).stderr


def test_no_mailbox_is_a_setting_that_is_missing(newsletter):
    assert "bounce.mailbox" in newsletter.run("bounces", expect=78).stderr


def test_a_maildir_is_read_and_mail_from_people_stays(newsletter, tmp_path):
    maildir = tmp_path / "maildir"
    for part in ("new", "cur", "tmp"):
        (maildir / part).mkdir(parents=True)
    for i, name in enumerate(["postfix-user-unknown", "mail-question", "daemon-says-nothing"]):
        (maildir / "new" / f"{i}.x").write_bytes(case(name))
    newsletter.settings["bounce.mailbox"] = f"maildir:{maildir}"
    newsletter.run("bounces")
    assert [p.name for p in (maildir / "cur").iterdir()] == ["1.x:2,"]
    assert len(list((maildir / ".Processed" / "cur").iterdir())) == 1
    assert len(list((maildir / ".Quarantine" / "cur").iterdir())) == 1
    assert not list((maildir / "new").iterdir())


@pytest.fixture
def maildir(newsletter, tmp_path):
    path = tmp_path / "maildir"
    for part in ("new", "cur", "tmp"):
        (path / part).mkdir(parents=True)
    newsletter.settings["bounce.mailbox"] = f"maildir:{path}"
    return path


def test_what_is_no_message_in_a_maildir_keeps_none_back_and_is_named(newsletter, maildir):
    (maildir / "new" / "0.folder").mkdir()
    (maildir / "new" / "1.dangling").symlink_to("/nonexistent")
    os.mkfifo(maildir / "new" / "2.fifo")
    for i in range(5):
        (maildir / "new" / f"{i}.x").write_bytes(case("vacation-german"))
    done = newsletter.run("bounces", expect=69)
    assert "3 messages in the mailbox cannot be read" in done.stderr
    assert str(maildir / "new") in done.stderr
    assert len(list((maildir / ".Processed" / "cur").iterdir())) == 5
    assert len(list((maildir / "new").iterdir())) == 3


def test_what_was_read_and_counted_is_printed_though_one_message_cannot_be_read(newsletter, maildir):
    os.mkfifo(maildir / "new" / "0.fifo")
    (maildir / "new" / "1.x").write_bytes(case("vacation-german"))
    done = newsletter.run("bounces", "--json", expect=69)
    told = json.loads(done.stdout)
    assert (told["read"], told["unread"], told["classes"]["auto-reply"]) == (1, 1, 1)
    assert "cannot be read" in done.stderr


def test_a_message_of_the_same_name_is_not_overwritten(newsletter, maildir):
    (maildir / "cur" / "1.x:2,").write_bytes(b"From: a@example.org\n\nnobody has read this\n")
    (maildir / "new" / "1.x").write_bytes(case("mail-question"))
    newsletter.run("bounces")
    texts = [path.read_bytes() for path in (maildir / "cur").iterdir()]
    assert sorted(texts) == sorted([b"From: a@example.org\n\nnobody has read this\n", case("mail-question")])
    assert not list((maildir / "new").iterdir())


@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES])
def test_where_there_are_no_hard_links_nothing_is_overwritten_either(newsletter, maildir, code):
    (maildir / "cur" / "1.x:2,").write_bytes(b"From: a@example.org\n\nnobody has read this\n")
    for i in range(3):
        (maildir / "new" / f"{i}.x").write_bytes(case("mail-question").replace(b"entry", b"entry %d" % i))
    newsletter.run("bounces", env=shim.linkless(LINK_ERRNO=int(code)))
    texts = [path.read_bytes() for path in (maildir / "cur").iterdir()]
    assert len(texts) == len(set(texts)) == 4 and b"" not in texts
    assert b"From: a@example.org\n\nnobody has read this\n" in texts
    assert not list((maildir / "new").iterdir())


def test_what_a_mail_program_has_seen_is_read_once_and_mail_from_people_stays(newsletter, maildir):
    (maildir / "cur" / "1.x:2,S").write_bytes(case("postfix-user-unknown"))
    (maildir / "cur" / "2.x:2,S").write_bytes(case("mail-question"))
    told = newsletter.json("bounces", "--json")
    assert (told["read"], told["in_cur"], told["classes"]["hard"], told["classes"]["ordinary"]) == (2, 1, 1, 1)
    assert [path.name for path in (maildir / "cur").iterdir()] == ["2.x:2,S"]
    assert len(list((maildir / ".Processed" / "cur").iterdir())) == 1
    again = newsletter.json("bounces", "--json")
    assert (again["read"], again["repeated"], again["in_cur"]) == (0, 0, 1)


@pytest.mark.parametrize("name", ["1.x:2,S", "-rf", "a b\n\tc", "%s%n%d", "n\u00e4me \u96ea", "x" * 255, "x" * 251,
                                  "'\"`$(id)"])
def test_odd_names_in_a_maildir_are_names(newsletter, maildir, name):
    (maildir / "new" / name).write_bytes(case("vacation-german"))
    assert newsletter.json("bounces", "--json")["read"] == 1
    (moved,) = (maildir / ".Processed" / "cur").iterdir()
    assert moved.read_bytes() == case("vacation-german")


def interrupt(newsletter, seconds: float) -> int:
    """Ctrl-C on a terminal: the signal reaches the process that parses as well."""
    process = subprocess.Popen(newsletter.command("bounces"), start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    return process.wait(60)


@pytest.mark.parametrize("where", ["maildir", "imap"])
def test_ctrl_c_in_the_middle_of_a_batch_loses_nothing_and_blames_no_message(newsletter, maildir, dovecot, where):
    for i in range(400):
        text = case("vacation-german").replace(b"Montag", b"Tag %d" % i)
        if where == "imap":
            dovecot.put(f"{i}", text)
        else:
            (maildir / "new" / f"{i}").write_bytes(text)
    if where == "imap":
        dovecot.use(newsletter)
    codes = [interrupt(newsletter, 0.3 + 0.15 * i) for i in range(8)]
    assert set(codes) <= {0, 75, -signal.SIGINT}, codes
    assert 75 in codes, f"none was in the middle: {codes}"
    newsletter.run("bounces")
    if where == "imap":
        assert folders(dovecot) == {"INBOX": 0, ".Processed": 400, ".Quarantine": 0, ".People": 0}
        texts = dovecot.messages(".Processed")
    else:
        assert not list((maildir / "new").iterdir()) and not (maildir / ".Quarantine").exists()
        texts = [path.read_bytes() for path in (maildir / ".Processed" / "cur").iterdir()]
    assert len(texts) == len(set(texts)) == 400
    with contextlib.closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as store:
        ((events,),) = store.execute("SELECT count(*) FROM bounce_event")
        ((told,),) = store.execute("SELECT count(*) FROM run WHERE summary LIKE '%interrupted%'")
    assert events == 400, "each is recorded once"
    assert told == codes.count(75), "whoever looks at `status` knows that some are left"


def test_poison_is_quarantined_and_the_run_continues(newsletter, dovecot):
    poison = b'From: a@example.org\nContent-Type: multipart/mixed; boundary="\\""\n\n' + b'--"\n\ntext\n' * 1000
    dovecot.put("1", poison)
    dovecot.put("2", case("vacation-german"))
    dovecot.use(newsletter)
    result = newsletter.json("bounces", "--json")
    assert result["read"] == 2 and result["killed"] == 1
    assert folders(dovecot)[".Quarantine"] == 1
    assert folders(dovecot)[".Processed"] == 1


def test_explain_needs_no_newsletter_and_changes_nothing(tmp_path):
    path = CASES / "postfix-two-recipients.eml"
    done = subprocess.run([VERDICTS, "bounces", "--explain", "--json", str(path)], cwd=tmp_path,
                          capture_output=True, text=True, check=True)
    (told,) = json.loads(done.stdout)
    assert told["file"] == str(path)
    assert (told["class"], told["code"], told["enhanced"]) == ("hard", 550, "5.1.1")
    assert told["recipient"] == "ann@example.net"
    assert told["recipients"] == ["ann@example.net", "ben@example.net"]
    assert told["token"] is None and told["detector"] == "dsn"
    assert not list(tmp_path.iterdir())


def test_explain_names_a_missing_file_and_explains_the_others():
    path = CASES / "mail-question.eml"
    done = subprocess.run([VERDICTS, "bounces", "--explain", "--json", "/nonexistent", str(path)],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 66
    assert "/nonexistent" in done.stderr
    assert [told["class"] for told in json.loads(done.stdout)] == ["ordinary"]
