"""What systemd relies on: `serve` says when it is ready and that it is alive, takes a socket that was opened for it,
and marks its lines for the journal. The test has the manager's end of each."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.request

import pytest

# A shell keeps its process id when it becomes the program: LISTEN_PID has to be that. The socket becomes the third
# descriptor, wherever it was.
HANDED_OVER = 'LISTEN_PID=$$; export LISTEN_PID; exec "$@" 3<&$SOCKET_FD'


class Manager:
    """The socket to which a service tells how it is."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.heard: list[str] = []

    def hear(self, timeout=60.0) -> str | None:
        self.socket.settimeout(timeout)
        try:
            self.heard.append(self.socket.recv(4096).decode())
        except TimeoutError:
            return None
        return self.heard[-1]

    def await_word(self, word, timeout=60.0) -> str:
        while True:
            said = self.hear(timeout)
            assert said is not None, self.heard
            if word in said:
                return said


@pytest.fixture
def manager(tmp_path):
    manager = Manager(tmp_path)
    yield manager
    manager.socket.close()


@contextlib.contextmanager
def serving(newsletter, tmp_path, handed=None, **env):
    newsletter.settings.setdefault("subscribe.listen", "127.0.0.1:0")
    newsletter.settings["smtp.url"] = "null:"
    newsletter.settings["subscribe.url"] = "https://news.example.org"
    command = newsletter.command("serve")
    fds = ()
    if handed is not None:
        command = ["bash", "-c", HANDED_OVER, "bash", *command]
        fds = (handed.fileno(),)
        env = {"LISTEN_FDS": "1", "SOCKET_FD": str(handed.fileno()), **env}
    with open(tmp_path / "stderr", "wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, pass_fds=fds,
                                   env={**os.environ, **env})
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.communicate(timeout=60)


def test_it_is_ready_when_it_answers_and_tells_how_many_there_are(newsletter, manager, tmp_path):
    newsletter.add_readers(3)
    with serving(newsletter, tmp_path, NOTIFY_SOCKET=manager.path) as process:
        assert manager.hear() == "READY=1"
        address = process.stdout.readline().strip()
        assert urllib.request.urlopen(f"{address}/", timeout=30).status == 200
        assert manager.hear() == f"STATUS=Listening on {address.removeprefix('http://')}; 3 confirmed, 0 pending, " \
                                 "0 mails waiting"
        process.terminate()
        manager.await_word("STOPPING=1")
        assert process.wait(60) == 0


def test_a_reload_is_told_from_its_beginning_to_its_end(newsletter, manager, tmp_path):
    with serving(newsletter, tmp_path, NOTIFY_SOCKET=manager.path) as process:
        manager.await_word("STATUS=")
        process.send_signal(signal.SIGHUP)
        assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", manager.hear())
        assert manager.hear() == "READY=1"


def test_the_watchdog_hears_of_the_process_on_which_everybody_waits(newsletter, manager, tmp_path):
    """The parent would be well for ever: when the HTTP process stops, it says no more."""
    with serving(newsletter, tmp_path, NOTIFY_SOCKET=manager.path, WATCHDOG_USEC="8000000") as process:
        manager.await_word("WATCHDOG=1")
        manager.await_word("WATCHDOG=1")
        children = [int(pid) for pid in pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
        for child in children:
            os.kill(child, signal.SIGSTOP)
        try:
            until = time.monotonic() + 120
            while manager.hear(timeout=6) is not None:
                assert time.monotonic() < until, "a stopped process is still told to be alive"
        finally:
            for child in children:
                os.kill(child, signal.SIGCONT)
        manager.await_word("WATCHDOG=1")


def test_a_manager_out_of_reach_is_named(newsletter, tmp_path):
    with serving(newsletter, tmp_path, NOTIFY_SOCKET=str(tmp_path / "nobody")) as process:
        assert process.wait(60) == 78
    assert (tmp_path / "stderr").read_text().count("$NOTIFY_SOCKET") == 1


# --- a socket that was opened for it ---

def test_it_answers_on_the_socket_it_is_given_and_opens_no_other(newsletter, tmp_path):
    newsletter.settings["subscribe.listen"] = f"unix:{tmp_path / 'own'}"
    with socket.create_server(("127.0.0.1", 0)) as handed, serving(newsletter, tmp_path, handed) as process:
        address = f"http://127.0.0.1:{handed.getsockname()[1]}"
        assert process.stdout.readline().strip() == address
        assert urllib.request.urlopen(f"{address}/", timeout=30).status == 200
        assert not (tmp_path / "own").exists()


def test_a_unix_socket_that_it_was_given_stays_where_it_is(newsletter, tmp_path):
    path = tmp_path / "given"
    with socket.socket(socket.AF_UNIX) as handed:
        handed.bind(str(path))
        handed.listen()
        with serving(newsletter, tmp_path, handed) as process:
            assert process.stdout.readline().strip() == f"unix:{path}"
            with socket.socket(socket.AF_UNIX) as asking:
                asking.connect(str(path))
                asking.sendall(b"GET / HTTP/1.0\r\nHost: news.example.org\r\n\r\n")
                assert asking.recv(12) == b"HTTP/1.1 200"
        assert path.exists()


def test_a_socket_for_another_process_is_left_alone(newsletter, tmp_path):
    with serving(newsletter, tmp_path, LISTEN_FDS="1", LISTEN_PID="1") as process:
        address = process.stdout.readline().strip()
        assert urllib.request.urlopen(f"{address}/", timeout=30).status == 200


@pytest.mark.parametrize("kind, count, said", [
    (socket.SOCK_DGRAM, "1", "something else than a socket that listens"),
    (socket.SOCK_STREAM, "1", "something else than a socket that listens"),
    (socket.SOCK_STREAM, "2", "another number of sockets than one"),
])
def test_what_cannot_be_listened_on_is_refused(newsletter, tmp_path, kind, count, said):
    with socket.socket(socket.AF_INET, kind) as handed:
        handed.bind(("127.0.0.1", 0))
        with serving(newsletter, tmp_path, handed, LISTEN_FDS=count) as process:
            assert process.wait(60) == 78
    assert said in (tmp_path / "stderr").read_text()


# --- the journal ---

def test_a_run_that_leaves_something_undone_is_a_warning_of_the_journal(newsletter, tmp_path):
    newsletter.import_samples()
    newsletter.add_readers(1)
    newsletter.settings.update({"smtp.url": "smtp://127.0.0.1:1", "deliver.linger": "0"})
    with open(tmp_path / "journal", "w+", encoding="utf-8") as journal:
        status = os.fstat(journal.fileno())
        done = subprocess.run(newsletter.command("weekly"), stderr=journal, check=False,
                              env={**os.environ, "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"})
    assert done.returncode == 75
    lines = (tmp_path / "journal").read_text().splitlines()
    assert lines[-1].startswith("<4>verdicts: issue 1 ") and all(line.startswith("<") for line in lines), lines


def test_a_failure_has_its_priority_where_standard_error_is_the_journal(newsletter, tmp_path):
    with open(tmp_path / "journal", "w+", encoding="utf-8") as journal:
        status = os.fstat(journal.fileno())
        for stream, line in ((f"{status.st_dev}:{status.st_ino}", "<3>verdicts: "), ("1:2", "verdicts: ")):
            journal.truncate(0)
            journal.seek(0)
            done = subprocess.run(newsletter.command("send", "--issue", "9"), stderr=journal, check=False,
                                  env={**os.environ, "JOURNAL_STREAM": stream})
            assert done.returncode != 0
            assert (tmp_path / "journal").read_text().startswith(line)
