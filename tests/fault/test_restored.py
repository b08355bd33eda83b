"""A database that was put back from a backup, copied or moved: it never sends again, unasked, what the
one that is lost has sent."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import sqlite3
import time

import pytest
from newsletter import Newsletter
from test_systems import AS_ROOT, NOBODY, nobodys, one_line  # noqa: F401

READERS = 120  # two batches of claims


@pytest.fixture
def letter(newsletter, server):
    """A newsletter with an issue that is due, over SMTP."""
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_samples()
    newsletter.add_readers(READERS)
    return newsletter


def backup(letter: Newsletter, name: str = "backup.db") -> pathlib.Path:
    path = letter.folder.parent / name
    with contextlib.closing(sqlite3.connect(letter.folder / "verdicts.db")) as database:
        database.execute("VACUUM INTO ?", (str(path),))
    return path


def put_back(letter: Newsletter, path: pathlib.Path, in_place: bool = False) -> None:
    for rest in letter.folder.glob("verdicts.db-*"):
        rest.unlink()
    if in_place:
        (letter.folder / "verdicts.db").write_bytes(path.read_bytes())
    else:
        shutil.copy(path, letter.folder / "verdicts.db.new")
        os.rename(letter.folder / "verdicts.db.new", letter.folder / "verdicts.db")


def record(letter: Newsletter) -> pathlib.Path:
    [path] = pathlib.Path(letter.settings["state_dir"]).iterdir()
    return path


def change(letter: Newsletter, sql: str) -> None:
    with contextlib.closing(sqlite3.connect(letter.folder / "verdicts.db")) as database, database:
        database.execute(sql)


def approve(letter: Newsletter) -> None:
    letter.settings["issue.approval"] = "required"
    letter.run("weekly")
    letter.run("issue", "approve", "1")


def begin(letter: Newsletter, count: int = 20) -> None:
    """So many readers have it, the others wait."""
    approve(letter)
    letter.run("send", "--yes", "--limit", str(count), expect=75)


def copies(server) -> int:
    return len(server.messages)


@pytest.mark.parametrize("in_place", [False, True], ids=["as a new file", "written over"])
@pytest.mark.parametrize("when", ["before it was built", "approved"])
def test_a_backup_from_before_the_issue_does_not_send_it_again(letter, server, when, in_place):
    if when == "approved":
        approve(letter)
    kept = backup(letter)
    letter.run("weekly")
    assert copies(server) == READERS
    put_back(letter, kept, in_place)
    for _ in range(2):
        one_line(letter.run("weekly", expect=78), 78, "verdicts.db", "older", "backup", "verdicts adopt", str(record(letter)))
    one_line(letter.run("send", "--yes", expect=78), 78, "older")
    assert copies(server) == READERS
    # Who has judged may: and from then on all is as usual.
    letter.run("send", "--yes", "--force")
    assert copies(server) == 2 * READERS
    letter.run("weekly")
    assert letter.counts()["sent"] == READERS


def test_what_came_back_after_it_was_replaced_is_refused_in_its_turn(letter, server):
    approve(letter)
    kept = backup(letter)
    letter.run("weekly")
    lost = backup(letter, "lost.db")
    put_back(letter, kept)
    letter.run("weekly", expect=78)
    letter.run("send", "--yes", "--force")
    put_back(letter, lost)
    one_line(letter.run("send", "--yes", "--retry", "gave_up", expect=78), 78, "older")


def test_a_backup_from_the_midst_of_sending_is_refused(letter, server):
    begin(letter)
    kept = backup(letter)
    letter.run("send", "--yes", "--limit", "20", expect=75)
    put_back(letter, kept)
    one_line(letter.run("weekly", expect=78), 78, "older")
    assert copies(server) == 40
    letter.run("send", "--yes", "--force")
    assert copies(server) == READERS + 20


def test_a_backup_of_the_moment_with_claims_open_is_refused(letter, server):
    begin(letter)
    change(letter, "UPDATE delivery SET state = 'sending', lane = 'x', boot_id = 'y' WHERE subscriber_id = 40")
    put_back(letter, backup(letter))
    one_line(letter.run("weekly", expect=78), 78, "in hand")
    assert copies(server) == 20


def test_a_backup_with_nothing_sent_since_continues(letter, server):
    begin(letter)
    put_back(letter, backup(letter))
    letter.run("weekly")
    assert copies(server) == READERS and len(set(server.recipients())) == READERS


def test_a_copy_beside_the_newsletter_sends_nothing_until_it_is_adopted(letter, server):
    letter.run("weekly")
    other = letter.copy_to(letter.folder.parent / "copy")
    change(other, "UPDATE delivery SET state = 'queued'")
    change(other, "UPDATE issue SET state = 'sending'")
    one_line(other.run("weekly", expect=78), 78, "copy of the database that sends", str(letter.folder / "verdicts.db"))
    assert copies(server) == READERS
    other.run("send", "--yes", "--force", "--limit", "3", expect=75)
    for each in (other, letter):
        each.run("weekly")
    assert copies(server) == 2 * READERS
    assert len(list(pathlib.Path(letter.settings["state_dir"]).iterdir())) == 2


def test_copies_of_a_prepared_newsletter_that_never_sent_are_newsletters_of_their_own(letter, server):
    """A folder is prepared once and copied for each of several trials."""
    prepared = backup(letter)
    letter.run("weekly")
    assert copies(server) == READERS
    for trial, database in enumerate([letter.folder / "trial" / "a.db", letter.folder / "trial" / "b.db"]):
        database.parent.mkdir(exist_ok=True)
        shutil.copy(prepared, database)
        letter.settings["database"] = str(database)
        letter.run("weekly")
        assert copies(server) == READERS * (trial + 2)
        letter.run("weekly")
        assert copies(server) == READERS * (trial + 2)
        database.unlink()
    assert len(list(pathlib.Path(letter.settings["state_dir"]).iterdir())) == 3


def test_a_newsletter_that_was_moved_on_this_machine_continues(letter, server):
    begin(letter)
    other = letter.copy_to(letter.folder.parent / "moved")
    shutil.rmtree(letter.folder)
    other.run("weekly")
    assert copies(server) == READERS


def test_a_newsletter_from_another_machine_waits_until_it_is_adopted(letter, server):
    begin(letter)
    if not pathlib.Path("/etc/machine-id").exists():
        pytest.skip("this machine has no id")
    change(letter, f"UPDATE epoch SET machine = '{'0' * 32}'")
    one_line(letter.run("weekly", expect=78), 78, "another machine")
    record(letter).unlink()
    one_line(letter.run("weekly", expect=78), 78, "another machine")
    letter.run("send", "--yes", "--force")
    letter.run("weekly")
    assert copies(server) == READERS


def test_a_record_that_is_lost_alone_is_made_anew(letter, server):
    begin(letter)
    kept = record(letter)
    kept.unlink()
    done = letter.run("weekly")
    assert done.stderr.count("\n") == 1 and "epoch lost" in done.stderr
    assert copies(server) == READERS and record(letter) == kept


def test_a_database_from_elsewhere_without_its_record_is_refused(letter, server):
    begin(letter)
    record(letter).unlink()
    put_back(letter, backup(letter))
    one_line(letter.run("weekly", expect=78), 78, "from elsewhere")
    letter.run("send", "--yes", "--force")
    assert copies(server) == READERS


@pytest.mark.parametrize("damage", [b"\0" * 40, b"verdicts epoch 1 machine ", b"nonsense\n" * 40])
def test_a_damaged_record_is_named(letter, server, damage):
    begin(letter)
    record(letter).write_bytes(damage)
    one_line(letter.run("weekly", expect=78), 78, "damaged", str(record(letter)))
    letter.run("send", "--yes", "--force")
    assert copies(server) == READERS


def test_two_newsletters_on_one_machine_know_nothing_of_each_other(letter, server, tmp_path):
    other = Newsletter(tmp_path / "other")
    other.settings.update(letter.settings)
    other.import_samples()
    other.add_readers(3, prefix="other")
    runs = [each.start("weekly") for each in (letter, other)]
    assert [run.wait(60) for run in runs] == [0, 0]
    for each in (letter, other):
        each.run("weekly")
    assert copies(server) == READERS + 3
    assert len(list(pathlib.Path(letter.settings["state_dir"]).iterdir())) == 2


def test_a_state_dir_that_cannot_be_kept_is_named_and_nothing_is_sent(letter, server):
    (letter.folder.parent / "file").write_text("")
    letter.settings["state_dir"] = str(letter.folder.parent / "file" / "below")
    done = letter.run("weekly", expect=None)
    one_line(done, done.returncode, "state_dir", "below")
    assert done.returncode in (73, 77) and copies(server) == 0


@pytest.mark.parametrize("below", ["", "state", "a/b/../c"])
def test_the_database_s_own_folder_and_its_tree_are_no_state_dir(letter, server, below):
    """A folder that is put back as a whole would bring its record along."""
    letter.settings["state_dir"] = str(letter.folder / below)
    one_line(letter.run("weekly", expect=78), 78, "state_dir", str(letter.folder))
    assert copies(server) == 0


@pytest.mark.skipif(not AS_ROOT, reason="needs root")
def test_root_keeps_the_record_where_the_owner_s_cron_finds_it(nobodys, server):
    letter = nobodys.letter
    os.chown(nobodys.base, NOBODY.pw_uid, NOBODY.pw_gid)
    letter.settings.update({"smtp.url": server.url, "issue.approval": "required"})
    letter.run("weekly")
    letter.run("issue", "approve", "1")
    letter.run("send", "--yes", "--limit", "1", expect=75)
    assert record(letter).stat().st_uid == record(letter).parent.stat().st_uid == NOBODY.pw_uid
    assert record(letter).stat().st_mode & 0o777 == 0o600
    done = nobodys.run("weekly")
    assert (done.returncode, done.stderr) == (0, "") and copies(server) == 3


def test_rehearsals_leave_no_record(newsletter, tmp_path):
    newsletter.settings["smtp.url"] = f"maildir:{tmp_path / 'box'}"
    newsletter.settings["state_dir"] = str(tmp_path / "nowhere")
    newsletter.import_samples()
    newsletter.add_readers(3)
    newsletter.run("weekly")
    assert newsletter.counts()["sent"] == 3 and not (tmp_path / "nowhere").exists()


def test_the_default_is_in_the_owner_s_home_and_not_in_the_newsletter(nobodys, server, monkeypatch):
    if AS_ROOT:
        os.chown(nobodys.base, NOBODY.pw_uid, NOBODY.pw_gid)
    monkeypatch.setenv("HOME", str(nobodys.base))
    del nobodys.letter.settings["state_dir"]
    nobodys.letter.settings["smtp.url"] = server.url
    done = nobodys.run("weekly")
    assert (done.returncode, done.stderr) == (0, "") and copies(server) == 3
    assert len(list((nobodys.base / ".local/state/verdicts-epoch").iterdir())) == 1


@pytest.mark.parametrize("home", ["none", "the newsletter's folder"])
def test_without_a_home_apart_the_record_is_at_least_beside_the_database(nobodys, server, monkeypatch, home):
    if not AS_ROOT:
        pytest.skip("needs root, to be somebody without a home")
    monkeypatch.setenv("HOME", "/nonexistent" if home == "none" else str(nobodys.letter.folder))
    del nobodys.letter.settings["state_dir"]
    nobodys.letter.settings.update({"smtp.url": server.url, "issue.max_items": "2", "issue.min_items": "1"})
    done = nobodys.run("weekly")
    assert done.returncode == 0 and copies(server) == 3
    assert done.stderr.count("\n") == 1 and "epoch beside" in done.stderr and "state_dir" in done.stderr
    assert len(list((nobodys.letter.folder / ".verdicts-epoch").iterdir())) == 1
    done = nobodys.run("weekly", now="2026-11-27T12:00:00Z")
    assert (done.returncode, done.stderr) == (0, "") and copies(server) == 6  # told once


def test_a_second_worker_that_waited_for_the_record_is_not_taken_for_a_backup(letter, server):
    """Another one claims a batch between its look at the database and its turn at the record."""
    begin(letter)
    with record(letter).open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = letter.start("send", "--yes")
        deadline = time.monotonic() + 60
        while not any("->" in line and f" {second.pid} " in line for line in open("/proc/locks")):
            assert second.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        change(letter, "UPDATE epoch SET count = count + 5")
        count = int(held.read(112).split()[-1])
        held.seek(91)
        held.write(b"%020d" % (count + 5))
        held.flush()
        fcntl.flock(held, fcntl.LOCK_UN)
    output, errors = second.communicate(timeout=120)
    assert second.returncode == 0, errors
    assert copies(server) == READERS


def newest_id(letter: Newsletter, name: str) -> int:
    [address] = letter.add_readers(1, prefix=name)
    with contextlib.closing(sqlite3.connect(letter.folder / "verdicts.db")) as database:
        return database.execute("SELECT id FROM subscriber WHERE address = ?", (address,)).fetchone()[0]


def test_ids_that_a_lost_database_gave_out_are_not_given_to_others(letter, server):
    """The links in its mails carry them: they would open strangers' records."""
    approve(letter)
    kept = backup(letter)
    letter.run("weekly")
    lost = newest_id(letter, "lost")
    put_back(letter, kept)
    letter.run("send", "--yes", "--force")
    assert newest_id(letter, "new") >= lost + 999_000
    with contextlib.closing(sqlite3.connect(letter.folder / "verdicts.db")) as database:
        assert dict(database.execute("SELECT name, seq FROM sqlite_sequence"))["outgoing"] >= 1_000_000


def test_the_copy_of_backup_leaves_a_gap_of_ids_and_the_original_none(letter):
    letter.run("backup", str(letter.folder.parent / "copy.db"))
    assert newest_id(letter, "lost") == READERS + 1
    put_back(letter, letter.folder.parent / "copy.db")
    assert newest_id(letter, "new") > 1_000_000
    assert [path.name for path in letter.folder.parent.glob("copy.db*")] == ["copy.db"]


def test_what_was_begun_and_is_old_is_not_resumed_unasked(letter, server):
    begin(letter)
    letter.now = "2027-03-19T08:00:00Z"
    done = letter.run("weekly", expect=65)
    assert "issue 1" in done.stderr and "not been sent to all" in done.stderr and "--force" in done.stderr
    one_line(letter.run("send", "--yes", "--issue", "1", expect=65), 65, "not been sent to all")
    assert copies(server) == 20
    letter.run("send", "--yes", "--issue", "1", "--force")
    assert copies(server) == READERS


def test_an_issue_that_the_lost_database_has_sent_can_be_taken_as_sent(letter, server):
    kept = backup(letter)
    letter.run("weekly")
    put_back(letter, kept)
    letter.run("weekly", expect=78)
    letter.run("issue", "cancel", "1", "--keep")
    # Readers have the lost database's copies: the archive shows what was begun.
    with contextlib.closing(sqlite3.connect(letter.folder / "verdicts.db")) as database:
        [(state, started)] = database.execute("SELECT state, started_at FROM issue")
    assert state == "cancelled" and started is not None
    for _ in range(2):
        letter.run("weekly")
    assert copies(server) == READERS
    # The comparisons stay used up: the next week has nothing new.
    letter.run("weekly", now="2026-11-27T12:00:00Z")
    assert copies(server) == READERS and [issue["state"] for issue in letter.json("issue", "list", "--json")] == ["cancelled"]
