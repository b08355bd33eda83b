"""`adopt`, and the two procedures of verdicts(1), each followed word for word: moving to another
server, and going back to a backup."""

import json
import pathlib
import re
import shlex
import subprocess

import pytest
from newsletter import ROOT, Newsletter
from test_restored import READERS, approve, backup, begin, change, copies, letter, put_back  # noqa: F401
from test_systems import one_line

NEXT_WEEK = "2026-11-27T12:00:00Z"


def procedure(name: str) -> list[list[str]]:
    """The commands of that part of the manual, block by block."""
    manual = (ROOT / "src" / "verdicts.1").read_text()
    [part] = re.findall(rf"(?ms)^\.Ss {name}\n(.*?)(?=^\.S[sh] )", manual)
    return [block.replace("\\e", "\\").splitlines()
            for block in re.findall(r"(?s)\.Bd -literal.*?\n(.*?)\.Ed", part)]


def follow(letter: Newsletter, commands: list[str]) -> str:
    """Types the commands in the newsletter's folder; gives what they print."""
    tool = letter.folder.parent / f"{letter.folder.name}.tools" / "verdicts"
    tool.parent.mkdir(exist_ok=True)
    tool.write_text(f'#!/bin/sh\nexec {shlex.join(letter.command())} "$@"\n')
    tool.chmod(0o755)
    printed = ""
    for command in commands:
        done = subprocess.run(["sh", "-c", command], cwd=letter.folder, capture_output=True, text=True, check=False,
                              timeout=120, env={"PATH": f"{tool.parent}:/usr/bin:/bin", "HOME": str(letter.folder.parent)})
        assert done.returncode == 0 or "doctor" in command, f"{command}\n{done.stdout}{done.stderr}"
        printed += done.stdout
    return printed


def test_moving_to_another_server_as_the_manual_says(letter, server, tmp_path):
    begin(letter)
    old_words, new_words = procedure("Moving to another server")
    follow(letter, old_words)
    new = Newsletter(tmp_path / "new")
    new.settings.update(letter.settings, state_dir=str(tmp_path / "new.state"))
    for name in ("verdicts.conf", "verdicts.key", "moved.db"):
        (new.folder / name).write_bytes((letter.folder / name).read_bytes())
    one_line(letter.run("weekly", expect=75), 75, "moved to another server")
    printed = follow(new, new_words)
    assert "came here from elsewhere" in printed and "issue 1 (2026-W47) is sending" in printed
    new.run("weekly")
    assert copies(server) == READERS == len(set(server.recipients()))
    # The old one stays held, silent, for ever.
    done = letter.run("weekly", now=NEXT_WEEK, expect=75)
    assert done.stdout + done.stderr == "" and copies(server) == READERS


def test_a_newsletter_from_another_machine_is_adopted(letter, server):
    begin(letter)
    if not pathlib.Path("/etc/machine-id").exists():
        pytest.skip("this machine has no id")
    change(letter, f"UPDATE epoch SET machine = '{'0' * 32}'")
    one_line(letter.run("weekly", expect=78), 78, "another machine", "verdicts adopt")
    assert "it last sent on another machine" in letter.run("adopt").stdout
    letter.run("weekly")
    assert copies(server) == READERS


@pytest.mark.parametrize("when", ["before it was built", "as a draft", "approved", "half sent"])
def test_going_back_to_a_backup_as_the_manual_says(letter, server, when):
    """Whatever the backup knows of the issue, nobody gets it again, and the next one goes to all."""
    if when == "as a draft":
        letter.run("issue", "build")
    elif when == "approved":
        approve(letter)
    elif when == "half sent":
        begin(letter)
    backup(letter).rename(letter.folder / "backup.db")
    letter.run("weekly")
    assert copies(server) == READERS
    back_words, on_words = procedure("Going back to a backup")
    follow(letter, back_words)
    letter.run("weekly", expect=75)
    printed = follow(letter, on_words)
    assert "2026-W47) is taken as sent" in printed and "is older than what it has sent" in printed
    done = letter.run("weekly")
    assert done.stdout + done.stderr == "" and copies(server) == READERS
    # What it held is not told again; what is new goes out without another word.
    page = [{side: {"name": f"new {side}", "category": "Writing"} for side in ("left", "right")}]
    letter.run("import", "--published", "2026-11-25T09:00:00Z", "-", stdin=json.dumps(page))
    letter.settings["issue.approval"] = "none"
    letter.run("weekly", now=NEXT_WEEK)
    assert copies(server) == 2 * READERS
    assert len(letter.json("issue", "show", "2", "--json")["item_list"]) == 1


def test_the_guard_is_settled_when_nothing_is_due(letter, server):
    kept = backup(letter)
    letter.run("weekly")
    put_back(letter, kept)
    letter.run("issue", "build")
    letter.run("issue", "pause", "1")
    assert "is the one that sends from now on (it is older" in letter.run("adopt").stdout
    assert "nothing else to settle" in letter.run("adopt").stdout
    letter.run("issue", "resume", "1")
    letter.run("weekly")
    assert copies(server) == 2 * READERS


@pytest.mark.parametrize("words, code, what", [
    (["--issue-sent", "7"], 66, "no issue 7"),
    (["--issue-sent", "2026-W99"], 64, "2026-W99"),
    (["--issue-sent", "2026-W40"], 66, "too few comparisons"),
    (["--issue-sent", "last"], 64, "last"),
    (["7"], 64, "7"),
])
def test_a_wrong_argument_adopts_nothing(letter, server, words, code, what):
    kept = backup(letter)
    letter.run("weekly")
    put_back(letter, kept)
    one_line(letter.run("adopt", *words, expect=code), code, what)
    one_line(letter.run("weekly", expect=78), 78, "older")
    assert copies(server) == READERS


def test_a_rehearsal_has_nothing_to_adopt(newsletter):
    newsletter.settings["smtp.url"] = "null:"
    one_line(newsletter.run("adopt", expect=78), 78, "smtp.url", "null:")


def test_an_issue_that_is_done_is_named(letter, server):
    letter.run("weekly")
    done = letter.run("adopt", "--issue-sent", "1")
    assert "issue 1 (2026-W47) is sent already" in done.stdout and letter.counts()["sent"] == READERS
