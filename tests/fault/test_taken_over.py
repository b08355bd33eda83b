"""What is left to a stranger who runs code of his own in a process that talks to strangers."""

import contextlib
import fcntl
import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import urllib.parse
import urllib.request

import pytest
from newsletter import HELPERS, ROOT, Newsletter
from nobodys import AS_ROOT, Nobodys
from service import wait_until

TAKEN_OVER = HELPERS / "taken_over"
FILES = {"password", "key", "settings", "change key", "make a file", "list", "passwd", "remove"}


def has_landlock(letter) -> bool:
    return "Landlock (version" in letter.run("doctor", expect=None).stdout


class Victim:
    """A newsletter whose program has a door for strangers' code, and the command that starts it."""

    def __init__(self, letter: Newsletter, command=lambda *words: list(words)) -> None:
        self.letter, self.command = letter, command
        self.secret = letter.folder / "password"
        self.secret.write_text("jackdaws-love-my-big-sphinx")
        self.secret.chmod(0o600)
        self.letter.settings.update({
            "smtp.username": "ann", "smtp.password_file": str(self.secret), "subscribe.listen": "127.0.0.1:0"})

    @contextlib.contextmanager
    def start(self, *words, without=None):
        """The program under way, and with it the line that it begins with and what the attack is told."""
        # By a number that the program's own files never reach: theirs differ from one library's version to the next.
        with open(self.secret, "rb") as secret:
            stray = fcntl.fcntl(secret, fcntl.F_DUPFD, 500)
        with socket.create_server(("127.0.0.1", 0)) as door:
            before = [str(HELPERS / "without"), without] if without else []
            process = subprocess.Popen(
                [*before, *self.command(*self.letter.command(*words))], stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True, cwd="/", pass_fds=[stray],
                env={**os.environ, "A_PASSWORD": "jackdaws", "VERDICTS_SHARE_DIR": str(ROOT)} if self.command("x") == ["x"]
                else {**os.environ, "A_PASSWORD": "jackdaws"})
            try:
                line = process.stdout.readline().strip()
                yield process, line, {
                    "password": self.secret, "key": self.letter.folder / "verdicts.key",
                    "settings": self.letter.folder / "verdicts.conf", "database": self.letter.folder / "verdicts.db",
                    "new": self.letter.folder / "new", "folder": self.letter.folder, "parent": process.pid,
                    "stray": stray, "port": door.getsockname()[1]}
            finally:
                os.close(stray)
                if process.poll() is None:
                    process.terminate()
                self.said = process.communicate(timeout=60)[1]


@pytest.fixture(params=["its own user", "nobody"])
def victim(request, tmp_path):
    if request.param == "its own user":
        letter = Newsletter(tmp_path / "newsletter")
        letter.settings["smtp.url"] = "null:"
        letter.import_samples()
        letter.program = TAKEN_OVER
        yield Victim(letter)
    elif not AS_ROOT:
        pytest.skip("needs root, to be somebody else")
    else:
        nobodys = Nobodys(TAKEN_OVER)
        nobodys.letter.settings["state_dir"] = str(nobodys.counts)
        made = Victim(nobodys.letter, nobodys.command)
        nobodys.give()
        yield made
        nobodys.remove()


def children(pid) -> list[int]:
    return [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]



def confined(parent) -> int:
    """The process that answers strangers: it has filters, or more of them than its parent."""
    def filters(pid):
        found = re.search(r"Seccomp_filters:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())
        return int(found[1])
    return max(children(parent), key=filters)


def attack(address, method, path, told) -> dict[str, str]:
    connection = http.client.HTTPConnection(address, timeout=30)
    connection.request(method, f"{path}?{urllib.parse.urlencode(told)}", headers={"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    assert answer.status == 200, body
    return dict(line.split(": ") for line in body.splitlines())


def got(tried) -> set[str]:
    return {name for name, answer in tried.items() if answer == "got it"}


def test_an_attacker_in_the_http_process_has_the_database_and_nothing_else(victim):
    with victim.start("serve") as (process, line, told):
        mailer = next(pid for pid in children(process.pid) if pid != confined(process.pid))
        tried = attack(line.removeprefix("http://"), "GET", "/taken-over", {**told, "mailer": mailer})
        assert len(tried) > 25
        assert "database" in got(tried)
        assert got(tried) - FILES == {"database"}
        if has_landlock(victim.letter):
            assert got(tried) == {"database"}
        assert (victim.letter.folder / "verdicts.key").exists()
    if not has_landlock(victim.letter):
        pytest.skip("this kernel has no Landlock: the files of the user are open to whoever takes the process over")


def test_without_landlock_files_are_within_reach_and_that_is_said(victim):
    with victim.start("serve", without="landlock") as (process, line, told):
        mailer = next(pid for pid in children(process.pid) if pid != confined(process.pid))
        told = {**told, "new": "/nowhere/new"}
        tried = attack(line.removeprefix("http://"), "GET", "/taken-over", {**told, "mailer": mailer})
        assert got(tried) - FILES == {"database"} and {"password", "key"} <= got(tried)
    assert victim.said.count("no Landlock") == 1 and "serve unconfined" in victim.said


def test_without_filters_serve_does_not_start_and_says_why(victim):
    with victim.start("serve", without="seccomp") as (process, line, _):
        assert line == ""
        assert process.wait(timeout=60) == 71
    assert "allow them" in victim.said and "seccomp" in victim.said


def test_what_is_missing_is_a_finding_of_doctor(newsletter):
    newsletter.settings["smtp.url"] = "null:"
    for missing, kind in (("landlock", "warning"), ("seccomp", "fault")):
        done = subprocess.run([HELPERS / "without", missing, *newsletter.command("doctor")], capture_output=True, text=True,
                              check=False)
        (line,) = [line for line in done.stdout.splitlines() if line.split()[1] == "confine"]
        assert line.startswith(kind), line


def test_after_a_hangup_a_new_process_answers_and_is_as_confined(victim):
    with victim.start("serve") as (process, line, told):
        old = confined(process.pid)
        mailer = next(pid for pid in children(process.pid) if pid != old)
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: old not in children(process.pid))
        tried = attack(line.removeprefix("http://"), "GET", "/taken-over", {**told, "mailer": mailer})
        assert got(tried) - FILES == {"database"}
        assert len(children(process.pid)) == 2 and mailer in children(process.pid)


@pytest.mark.skipif(not AS_ROOT, reason="needs root, from whom alone the process cannot hide")
def test_the_http_process_has_no_file_open_but_the_database(victim):
    with victim.start("serve") as (process, _, _):
        pid = confined(process.pid)
        links = [os.readlink(f"/proc/{pid}/fd/{number}") for number in os.listdir(f"/proc/{pid}/fd")]
        assert {pathlib.Path(link).name.split("-")[0] for link in links if link.startswith(str(victim.letter.folder))} \
            == {"verdicts.db"}
        assert b"jackdaws" not in pathlib.Path(f"/proc/{pid}/environ").read_bytes()


def test_an_attacker_in_the_preview_process_has_no_more(victim):
    victim.letter.settings["preview.test_addresses"] = "bob@example.com"
    with victim.start("preview", "--listen", "127.0.0.1:0") as (process, line, told):
        url = urllib.parse.urlsplit(line)
        (page,) = children(process.pid)
        tried = attack(url.netloc, "POST", f"{url.path}arrange", {**told, "mailer": process.pid})
        assert got(tried) - FILES == {"database"}
        if has_landlock(victim.letter):
            assert got(tried) == {"database"}
        if AS_ROOT:  # the process hides from everybody else
            assert b"jackdaws" not in pathlib.Path(f"/proc/{page}/environ").read_bytes()
        # What it is for still works, and with new settings it is another process, as confined.
        assert urllib.request.urlopen(f"{line}frame", timeout=30).read().startswith(b"<!DOCTYPE html")
        conf = victim.letter.folder / "verdicts.conf"
        conf.write_text(conf.read_text() + "\n")
        wait_until(lambda: children(process.pid) not in ([], [page]))
        tried = attack(url.netloc, "POST", f"{url.path}arrange", {**told, "mailer": process.pid})
        assert got(tried) - FILES == {"database"}
    assert process.returncode == 0, victim.said
