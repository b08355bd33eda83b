"""What file systems, other processes and tired people do to a newsletter: one clear line, the right
exit code, and nothing lost or half-done."""

import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import stat
import subprocess
import tempfile

import pytest
from newsletter import NOW, RELEASE, ROOT, SAMPLES, VERDICTS, Newsletter
from nobodys import AS_ROOT, NOBODY, Nobodys
from shim import network

TMPFS_BYTES = 8 << 20


def contents(folder: pathlib.Path) -> dict[str, str]:
    """What the database holds, table by table; the log of runs aside."""
    with contextlib.closing(sqlite3.connect(f"file:{folder}/verdicts.db?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: hashlib.sha256(repr(database.execute(f"SELECT * FROM {name}").fetchall()).encode()).hexdigest()
            for name in tables if name not in ("run", "lease", "sqlite_sequence")
        }


def one_line(done, code: int, *words: str) -> str:
    assert done.returncode == code, done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("verdicts: "), done.stderr
    assert len(done.stderr) < 500
    for word in words:
        assert word in done.stderr, done.stderr
    return done.stderr


@pytest.fixture
def letter(newsletter):
    """A newsletter with an issue that is due."""
    newsletter.settings["smtp.url"] = "null:"
    newsletter.import_samples()
    newsletter.add_readers(3)
    return newsletter


def test_a_database_of_a_newer_program_is_left_alone(letter):
    with contextlib.closing(sqlite3.connect(letter.folder / "verdicts.db")) as database:
        database.execute("PRAGMA user_version = 99")
    before = contents(letter.folder)
    for words in (["weekly"], ["status"], ["pick"], ["import", str(SAMPLES)], ["subscribers", "list"]):
        one_line(letter.run(*words, expect=65), 65, "verdicts.db", "newer", "99", "install")
    assert contents(letter.folder) == before


def test_without_a_database_none_is_made_in_passing(letter):
    for path in letter.folder.glob("verdicts.db*"):
        path.unlink()
    for words in (["weekly"], ["status"], ["pick"], ["import", str(SAMPLES)]):
        one_line(letter.run(*words, expect=66), 66, "verdicts.db", "verdicts init")
    assert list(letter.folder.glob("verdicts.db*")) == []


WRONG_DATABASES = {
    "garbage": lambda path: path.write_bytes(b"garbage\n" * 1000),
    "empty": lambda path: path.write_bytes(b""),
    "a header alone": lambda path: path.write_bytes(b"SQLite format 3\0"),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "damaged inside": lambda path: path.write_bytes(path.read_bytes()[:12288] + os.urandom(len(path.read_bytes()) - 12288)),
    "someone else's": lambda path: (path.unlink(), sqlite3.connect(path).execute("CREATE TABLE t (x)").connection.close()),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
}


@pytest.mark.parametrize("name", WRONG_DATABASES)
def test_what_is_no_database_of_ours_is_named_and_not_written_to(letter, name):
    path = letter.folder / "verdicts.db"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for rest in letter.folder.glob("verdicts.db-*"):
        rest.unlink()
    WRONG_DATABASES[name](path)
    before = path.read_bytes() if path.is_file() else None
    for words in (["weekly"], ["status"]):
        one_line(letter.run(*words, expect=65), 65, "verdicts.db", "; ")
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_database_that_another_process_writes_to_is_waited_for_and_then_named(letter):
    before = contents(letter.folder)
    with contextlib.closing(sqlite3.connect(letter.folder / "verdicts.db", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        started = [letter.start(*words) for words in (["weekly"], ["import", str(SAMPLES)])]
        # Reading goes on meanwhile.
        letter.run("pick")
        letter.run("subscribers", "list")
        for run in started:
            _, text = run.communicate(timeout=60)
            assert run.returncode == 75 and text.count("\n") == 1 and "another process" in text and "try again" in text
        database.execute("ROLLBACK")
    assert contents(letter.folder) == before
    letter.run("weekly")
    assert letter.counts()["sent"] == 3


# Templates and keys.


def templates(letter) -> pathlib.Path:
    folder = letter.folder / "own"
    folder.mkdir()
    letter.settings["templates_dir"] = str(folder)
    return folder


WRONG_TEMPLATES = {
    "empty": (65, lambda path: path.write_text(" \n"), "is empty"),
    "half a tag": (65, lambda path: path.write_text("Hello {{site.na"), ":1:7:"),
    "half a section": (65, lambda path: path.write_text("Hello\n{{#stories}}\n{{title}}\n"), ":2:1:"),
    "a NUL": (65, lambda path: path.write_bytes(b"Hello\nx\0y\n"), ":2:2:"),
    "not UTF-8": (65, lambda path: path.write_bytes(b"Hello\nx\xffy\n"), ":2:2:"),
    "a folder": (66, lambda path: path.mkdir(), "is a folder"),
    "a pipe": (66, os.mkfifo, "is a pipe"),
    "too large": (65, lambda path: path.write_bytes(b"x" * (1 << 20) + b"y"), "larger"),
    "a partial that is not there": (65, lambda path: path.write_text("{{> nowhere.html}}\n"), "nowhere.html"),
}


@pytest.mark.parametrize("name", WRONG_TEMPLATES)
@pytest.mark.parametrize("file", ["issue.html.mustache", "issue.txt.mustache"])
def test_a_template_that_cannot_be_right_sends_nothing(letter, name, file):
    code, make, word = WRONG_TEMPLATES[name]
    make(templates(letter) / file)
    before = contents(letter.folder)
    one_line(letter.run("weekly", expect=code), code, file, word)
    assert contents(letter.folder) == before


@pytest.mark.parametrize("kind", ["nowhere", "file", "dangling"])
def test_a_folder_of_templates_that_is_none_is_not_passed_over(letter, kind):
    place = letter.folder / "own"
    if kind == "file":
        place.write_text("")
    elif kind == "dangling":
        place.symlink_to("nowhere")
    letter.settings["templates_dir"] = str(place)
    one_line(letter.run("weekly", expect=78), 78, str(place), "templates_dir")
    assert letter.json("issue", "list", "--json") == []


def test_an_installation_without_its_templates_is_named(letter, tmp_path):
    done = letter.run("weekly", expect=66, env={"VERDICTS_SHARE_DIR": str(tmp_path)})
    one_line(done, 66, "issue.html.mustache", str(tmp_path))


WRONG_KEYS = {
    "missing": (66, lambda path: path.unlink(), "put back the copy"),
    "readable by others": (78, lambda path: path.chmod(0o640), "chmod 600"),
    "writable by others": (78, lambda path: path.chmod(0o602), "chmod 600"),
    "empty": (78, lambda path: path.write_text(""), "no numbered key"),
    "garbled": (78, lambda path: path.write_bytes(os.urandom(200)), "verdicts.key:1"),
    "cut": (78, lambda path: path.write_text(path.read_text()[:40]), "verdicts.key"),
    "a folder": (66, lambda path: (path.unlink(), path.mkdir()), "is a folder"),
}


@pytest.mark.parametrize("name", WRONG_KEYS)
def test_a_key_that_cannot_be_trusted_stops_what_needs_it(letter, name):
    code, make, word = WRONG_KEYS[name]
    make(letter.folder / "verdicts.key")
    before = contents(letter.folder)
    for words in (["weekly"], ["send", "--test", "ann@example.org"], ["subscribers", "add", "ann@example.org"],
                  ["config", "check"]):
        one_line(letter.run(*words, expect=code), code, "secret_file", word)
    assert contents(letter.folder) == before


# Rights: as somebody who is not root.


@pytest.fixture
def nobodys():
    made = Nobodys()
    yield made
    made.remove()


def nobody_sees(nobodys, pid) -> bool:
    return subprocess.run(nobodys.command("ls", f"/proc/{pid}/fd"), capture_output=True, check=False).returncode == 0


def test_serve_hides_its_descriptors_from_its_own_user(nobodys):
    """The connection to the relay among them, which the process that talks to strangers must not borrow."""
    nobodys.letter.settings["subscribe.listen"] = "127.0.0.1:0"
    serve = subprocess.Popen(nobodys.command(*nobodys.letter.command("serve")), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, cwd="/")
    try:
        assert serve.stdout.readline().startswith("http://")
        with open(f"/proc/{serve.pid}/task/{serve.pid}/children", encoding="ascii") as file:
            workers = file.read().split()
        assert len(workers) == 2
        for pid in (serve.pid, *workers):
            assert not nobody_sees(nobodys, pid)
        # One of the same user's that does not hide, once it runs, or the above shows nothing.
        with subprocess.Popen(nobodys.command("sh", "-c", "echo; read line"), cwd="/", stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as plain:
            assert plain.stdout.readline() == b"\n"
            assert nobody_sees(nobodys, plain.pid)
    finally:
        serve.terminate()
        serve.communicate(timeout=60)


def waiting(nobodys, words):
    """A verb that has begun and waits: for its input, or for a relay that says nothing."""
    return subprocess.Popen(nobodys.command(*nobodys.letter.command(*words)), stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/")


@pytest.mark.parametrize("program", [VERDICTS, RELEASE], ids=["under test", "release"])
def test_every_verb_hides_its_memory_from_its_own_user_and_leaves_no_core(nobodys, program):
    if not program.exists():
        pytest.skip("needs the release build")
    shutil.copy(program, nobodys.letter.program)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        nobodys.letter.settings["smtp.url"] = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        nobodys.letter.settings.update({"smtp.tls": "none", "state_dir": str(nobodys.counts)})
        silent.settimeout(30)
        weekly = waiting(nobodys, ["weekly"])
        connection, _ = silent.accept()  # it is under way
        import_ = waiting(nobodys, ["import", "-"])
        import_.stdin.write(" " * 1_000_000)  # more than a pipe holds: it reads by now
        try:
            for process in (weekly, import_):
                limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text()
                assert re.search(r"Max core file size +0 +0 ", limits)
                assert not nobody_sees(nobodys, process.pid)
                for way in ("<", ">>"):
                    done = subprocess.run(nobodys.command("sh", "-c", f": {way} /proc/{process.pid}/mem"),
                                          capture_output=True, text=True, check=False)
                    assert done.returncode != 0 and "ermission denied" in done.stderr
        finally:
            connection.close()
            weekly.terminate()
            _, err = import_.communicate("[]", timeout=60)
            _, told = weekly.communicate(timeout=60)
    # The leak check of a sanitizer needs what is hidden, and gets it at the end.
    assert import_.returncode == 0 and "LeakSanitizer" not in err + told, (err, told)


@pytest.mark.parametrize("place, mode", [("verdicts.db", 0o400), ("verdicts.db", 0o000), ("", 0o555)])
def test_a_database_that_may_not_be_written_is_named_with_what_to_do(nobodys, place, mode):
    folder = nobodys.letter.folder
    before = contents(folder)
    for rest in folder.glob("verdicts.db[-.]*"):
        rest.unlink()
    (folder / place).chmod(mode)
    for words in (["weekly"], ["import", str(SAMPLES)], ["subscribers", "add", "ann@example.org"]):
        text = one_line(nobodys.run(*words), 77)
        assert str(folder) in text and re.search("owner|mode|read-only|this user needs", text), text
    (folder / place).chmod(0o755)
    for rest in folder.glob("verdicts.db-*"):
        rest.unlink()
    assert contents(folder) == before


@pytest.mark.parametrize("place", ["verdicts.conf", "verdicts.key", "own/issue.html.mustache", "own"])
def test_what_may_not_be_read_is_named(nobodys, place):
    folder = nobodys.letter.folder
    (folder / "own").mkdir()
    (folder / "own" / "issue.html.mustache").write_text("<p>Hello\n")
    nobodys.letter.settings["templates_dir"] = str(folder / "own")
    (folder / place).chmod(0)
    one_line(nobodys.run("weekly"), 77, str(folder / place), "Permission denied")


def test_pages_that_may_not_be_read_are_named_and_the_others_go_in(nobodys):
    inbox = nobodys.base / "in"
    shutil.copytree(SAMPLES, inbox)
    inbox.chmod(0o755)
    locked = sorted(inbox.glob("*.txt"))[1]
    locked.chmod(0)
    done = nobodys.run("import", str(inbox))
    one_line(done, 77, str(locked), "Permission denied")
    assert "1 bad" in done.stdout and "6 unchanged" in done.stdout


@pytest.mark.skipif(not AS_ROOT, reason="needs root, to be warned of being root")
def test_root_over_another_users_database_is_warned_once_and_leaves_it_theirs(nobodys):
    folder = nobodys.letter.folder
    done = nobodys.letter.run("weekly")
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and "warn" in lines[0] and "root" in lines[0] and "nobody" in lines[0]
    for path in folder.glob("verdicts.db*"):
        assert path.stat().st_uid == NOBODY.pw_uid, path
    # What root did does not lock its owner out.
    done = nobodys.run("weekly", now="2026-11-27T12:00:00Z")
    assert (done.returncode, done.stderr) == (0, "")


def test_files_of_a_newsletter_are_not_for_others(tmp_path):
    letter = Newsletter(tmp_path / "n")
    assert stat.S_IMODE((letter.folder / "verdicts.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((letter.folder / "verdicts.db").stat().st_mode) & 0o007 == 0


# A full disk.


@pytest.fixture
def small_disk():
    """A file system of its own that can be filled up."""
    if not AS_ROOT:
        pytest.skip("a small disk can only be mounted by root")
    place = pathlib.Path(tempfile.mkdtemp(prefix="verdicts-disk-"))
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES}", "tmpfs", str(place)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        place.rmdir()
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)
    place.rmdir()


def fill(disk: pathlib.Path, spare: int) -> pathlib.Path:
    filler = disk / "filler"
    found = os.statvfs(disk)
    size = found.f_bavail * found.f_frsize - spare
    with filler.open("wb") as out:
        if size > 0:
            os.posix_fallocate(out.fileno(), 0, size)
    return filler


def check_whole(folder) -> None:
    with contextlib.closing(sqlite3.connect(folder / "verdicts.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


SPARE = [0, 4096, 32768, 65536, 131072, 262144]


@pytest.mark.parametrize("spare", SPARE)
def test_a_full_disk_stops_an_import_and_a_build_without_a_trace(small_disk, spare):
    letter = Newsletter(small_disk / "n")
    letter.settings["smtp.url"] = "null:"
    letter.add_readers(3)
    many = small_disk / "many.csv"
    many.write_text("email\n" + "".join(f"person{i}@example.org\n" for i in range(3000)))
    before = contents(letter.folder)
    filler = fill(small_disk, spare)
    for words in (["subscribers", "import", str(many), "--status", "confirmed", "--wording", "asked"],
                  ["import", "--published", "2026-11-19T09:00:00Z", str(SAMPLES)], ["issue", "build"], ["weekly"]):
        done = letter.run(*words, expect=None)
        if done.returncode != 0:
            assert done.returncode in (66, 74), (words, done.stderr)
            lines = done.stderr.splitlines()
            said = ("full", "space", "too few", "has not ended")
            assert lines and all(any(word in line for word in said) for line in lines), (words, lines)
    filler.unlink()
    check_whole(letter.folder)
    if spare == 0:
        assert contents(letter.folder) == before
    letter.run("subscribers", "import", str(many), "--status", "confirmed", "--wording", "asked")
    letter.import_samples()
    letter.run("weekly")
    assert letter.counts()["sent"] == letter.counts()["eligible"] >= 3003


@pytest.mark.parametrize("spare", SPARE)
def test_a_disk_that_fills_up_while_sending_loses_nobody(small_disk, server, spare):
    readers = 300
    letter = Newsletter(small_disk / "n")
    letter.settings.update({"smtp.url": server.url, "smtp.connections": "3"})
    letter.import_samples()
    letter.add_readers(readers)
    letter.run("issue", "build")
    letter.run("issue", "approve", "1")
    filler = fill(small_disk, spare)
    done = letter.run("weekly", expect=None)
    if done.returncode != 0:
        assert done.returncode == 74 and "full" in done.stderr, done.stderr
        assert len(done.stderr.splitlines()) <= 2
    filler.unlink()
    check_whole(letter.folder)
    letter.run("weekly")
    assert sorted(set(server.recipients())) == sorted(f"reader{i}@example.org" for i in range(readers))
    doubled = len(server.recipients()) - readers
    assert doubled <= sum(row["doubted"] for row in letter.rows()) <= 3
    assert letter.counts()["sent"] == readers


@pytest.mark.parametrize("words", [["init", "new"], ["preview", "--out", "issue"]], ids=lambda words: words[0])
def test_a_full_disk_leaves_no_half_written_files(small_disk, words):
    letter = Newsletter(small_disk / "n")
    letter.import_samples()
    filler = fill(small_disk, 0)
    place = letter.folder / words[-1]
    done = letter.run(*words[:-1], str(place), expect=None)
    assert done.returncode in (73, 74), done.stderr
    one_line(done, done.returncode)
    assert not place.exists() or [path for path in place.iterdir() if path.stat().st_size > 0] == []
    filler.unlink()
    shutil.rmtree(place, ignore_errors=True)
    letter.run(*words[:-1], str(place))


def test_a_full_disk_under_standard_output_is_reported(letter):
    with open("/dev/full", "w") as full:
        done = subprocess.run(letter.command("subscribers", "list"), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    one_line(done, 74, "standard output", "space")


# Settings.

# Any one line is right for these: names, and paths that are looked at when they are needed.
FREE = {"database", "secret_file", "state_dir", "templates_dir", "pages_dir", "site.name", "site.postal_address",
        "smtp.username", "smtp.password_file", "smtp.ca_file", "dkim.key_file", "dkim.ed25519_key_file", "bounce.username",
        "bounce.password_file", "bounce.ca_file", "subscribe.consent"}


def test_every_setting_refuses_what_it_cannot_be(newsletter):
    rows = newsletter.json("config", "show", "--json")
    assert len(rows) > 50 and FREE <= {row["key"] for row in rows}
    for row in rows:
        key = row["key"]
        wrong = ["line\nend", "bell\x07"] + ([] if key in FREE else ["<no> such, !! value"])
        for value in wrong:
            done = newsletter.run("--set", f"{key}={value}", "config", "show", expect=None)
            text = one_line(done, 78, key, "--set")
            assert len(text) > len(key) + 20


def settings_lines(newsletter) -> list[tuple[str, int]]:
    """The settings that the sample file sets, with their lines."""
    found = []
    for row in newsletter.json("config", "show", "--json"):
        if match := re.fullmatch(r".*verdicts\.conf:(\d+)", row["origin"]):
            found.append((row["key"], int(match.group(1))))
    assert len(found) >= 8
    return found


def test_every_needed_setting_is_asked_for_by_name_with_a_line_to_copy(newsletter):
    newsletter.import_samples()
    path = newsletter.folder / "verdicts.conf"
    whole = path.read_text()
    for key, line in settings_lines(newsletter):
        lines = whole.splitlines(keepends=True)
        lines[line - 1] = "\n"
        path.write_text("".join(lines))
        done = newsletter.run("weekly", expect=None)
        if key in ("database", "secret_file"):
            continue  # have a default that is right here
        text = one_line(done, 78, str(path), key, "is missing", "write")
        # The line it offers is one that works.
        section, setting = key.split(".")
        offered = re.search(rf"write ({setting} = .*) with a value of your own in the section {section}, which", text)
        begins = int(text.split()[-1])
        assert lines[begins - 1] == f"{section} {{\n"
        lines.insert(begins, f"    {offered.group(1)}\n")
        path.write_text("".join(lines))
        newsletter.run("config", "check")
    path.write_text(whole)


def test_every_setting_given_twice_is_refused_with_both_places(newsletter):
    path = newsletter.folder / "verdicts.conf"
    whole = path.read_text()
    for key, line in settings_lines(newsletter):
        lines = whole.splitlines(keepends=True)
        path.write_text("".join(lines[:line] + [lines[line - 1]] + lines[line:]))
        text = one_line(newsletter.run("config", "show", expect=78), 78, f"{path}:{line + 1}", key.split(".")[-1])
        assert "twice" in text or "already" in text or "again" in text, text
    path.write_text(whole + "\nsite {\n    language = en\n}\n")
    one_line(newsletter.run("config", "show", expect=78), 78, f"{path}:", "site")


@pytest.mark.parametrize("text, word", [
    ("nonsense = 1\n", "nonsense"), ("site { nmae = 'x' }\n", "nmae"), ("site {\n name = 'x'\n", "site"), ("}\n", "}"),
    ("site = 1\n", "site"), ("database { x = 1 }\n", "database"), ("= 1\n", "="), ("database 'x'\n", "database"),
    ("database = 'open\n", "'"), ("\xff\xfe = 1\n", "UTF-8"), ("a\0b = 1\n", "NUL"),
])
def test_a_file_of_settings_that_makes_no_sense_is_named_with_its_line(newsletter, text, word):
    path = newsletter.folder / "verdicts.conf"
    path.write_bytes(b"# a comment\n" + text.encode("latin-1"))
    line = one_line(newsletter.run("config", "show", expect=78), 78, f"{path}:")
    assert re.search(r"verdicts\.conf:\d+", line)


def test_missing_settings_are_reported(newsletter, tmp_path):
    missing = tmp_path / "nowhere.conf"
    done = newsletter.run("--config", str(missing), "weekly", setup=True, expect=None, cwd=tmp_path)
    one_line(done, done.returncode, str(missing))
    assert done.returncode in (66, 78)


def test_a_network_file_system_is_refused_in_the_terms_of_the_request(newsletter, tmp_path):
    share = tmp_path / "share"
    share.mkdir()
    copy = share / "copy.db"
    done = newsletter.run("backup", str(copy), expect=None, env=network(FOLDER=share))
    said = one_line(done, 78, str(share), "network file system (NFS)", "name a file on a local disk")
    assert '"database"' not in said and list(share.iterdir()) == []
    assert newsletter.run("backup", str(copy)).stderr == ""
    done = newsletter.run("status", expect=None, env=network(FOLDER=newsletter.folder))
    one_line(done, 78, "network file system (NFS)", 'set "database" to a path on a local disk')
    done = newsletter.run("init", str(share / "new"), expect=None, env=network(FOLDER=share))
    one_line(done, 78, 'set "database" to a path on a local disk')
