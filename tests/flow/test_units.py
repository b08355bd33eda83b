"""The units for systemd: whole, tight, and wide enough for what the program does."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from newsletter import ROOT, VERDICTS

PACKAGING = ROOT / "src" / "packaging"
UNITS = sorted(path for path in PACKAGING.iterdir() if path.suffix in (".service", ".timer", ".socket"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
OF_THE_PROGRAM = [path for path in SERVICES if "failed" not in path.name]
EXPOSURE = 1.6

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def settings(path: pathlib.Path, name: str) -> list[str]:
    return [line.partition("=")[2] for line in path.read_text().splitlines() if line.startswith(f"{name}=")]


@pytest.fixture
def units(tmp_path):
    """As they are once installed: the programs that they start are there."""
    folder = tmp_path / "units"
    folder.mkdir()
    for path in UNITS:
        text = path.read_text().replace("/usr/bin/verdicts", f'"{VERDICTS}"')
        (folder / path.name).write_text(text.replace("/usr/libexec/verdicts/failed", f'"{PACKAGING / "failed"}"'))
    return folder


@needs_systemd
def test_systemd_understands_every_line(units):
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *sorted(units.iterdir())], capture_output=True,
                          text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_a_service_has_next_to_nothing_of_the_machine(units, service):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", units / service.name],
                          capture_output=True, text=True, check=False)
    exposure = float(re.search(r"Overall exposure level.*?: ([0-9.]+)", done.stdout).group(1))
    assert exposure < EXPOSURE, done.stdout


def test_every_unit_that_runs_the_program_has_the_same_sandbox():
    sandboxes = {path.read_text().partition("# Runs as its own user")[2].partition("[Install]")[0].strip()
                 for path in OF_THE_PROGRAM}
    assert len(sandboxes) == 1 and "NoNewPrivileges=yes" in sandboxes.pop()


@pytest.mark.parametrize("service", OF_THE_PROGRAM, ids=lambda path: path.stem)
def test_a_unit_that_fails_says_so_and_finds_its_secrets(service):
    assert settings(service, "OnFailure") == ["verdicts-failed@%n.service"]
    assert "verdicts.key" in settings(service, "LoadCredential")
    # Without a path one that is not there is passed over.
    assert not [name for name in settings(service, "LoadCredential") if ":" in name]


def test_the_jobs_are_hourly_and_make_up_for_hours_that_the_machine_slept():
    timers = [path for path in UNITS if path.suffix == ".timer"]
    assert {path.stem for path in timers} == {"verdicts-weekly", "verdicts-bounces"}
    assert all(settings(path, "Persistent") == ["yes"] for path in timers)
    assert "75" in settings(PACKAGING / "verdicts-weekly.service", "SuccessExitStatus")


def test_the_socket_is_where_the_settings_would_listen(newsletter):
    rows = {row["key"]: row["value"] for row in newsletter.json("config", "show", "--json")}
    assert settings(PACKAGING / "verdicts-serve.socket", "ListenStream") == [rows["subscribe.listen"]]


# --- the system calls that they allow ---

def filtered(unit: str, command: list) -> list[str]:
    return ["/usr/bin/python3", str(ROOT / "tests" / "support" / "under_filter.py"), str(PACKAGING / unit), *map(str, command)]


# The checker of leaks looks into its own process, which no unit allows.
QUIET = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}


def run_filtered(unit, command):
    return subprocess.run(filtered(unit, command), capture_output=True, text=True, check=False, env=QUIET, timeout=300)


@needs_systemd
def test_an_issue_can_be_sent_with_them(newsletter, server):
    newsletter.import_samples()
    newsletter.add_readers(3)
    newsletter.settings["smtp.url"] = server.url
    done = run_filtered("verdicts-weekly.service", newsletter.command("weekly"))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(server.messages) == 3


@needs_systemd
def test_bounces_can_be_read_with_them(newsletter):
    box = newsletter.folder / "box"
    for part in ("new", "cur", "tmp"):
        (box / part).mkdir(parents=True)
    (box / "new" / "1").write_text("From: ann@example.org\nSubject: Automatic reply\nAuto-Submitted: auto-replied\n\nAway.\n")
    newsletter.settings["bounce.mailbox"] = f"maildir:{box}"
    done = run_filtered("verdicts-bounces.service", newsletter.command("bounces", "--json"))
    assert done.returncode == 0, done.stderr
    assert not list((box / "new").iterdir())


@needs_systemd
def test_the_service_gives_up_as_much_with_them_as_without(newsletter):
    newsletter.settings.update({"smtp.url": "null:", "subscribe.listen": "127.0.0.1:0",
                                "subscribe.url": "https://news.example.org"})
    said = []
    for command in (newsletter.command("serve"), filtered("verdicts-serve.service", newsletter.command("serve"))):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=QUIET) as process:
            assert process.stdout.readline().startswith("http://127.0.0.1:")
            process.terminate()
            said.append("unconfined" in process.communicate(timeout=60)[1])
        assert process.returncode == 0
    assert said[0] == said[1]


# --- saying that one has failed ---

def fail(port, **env):
    return subprocess.run([PACKAGING / "failed", "verdicts-weekly.service"], capture_output=True, text=True, check=False,
                          timeout=60, env={**os.environ, "MAIL_HOST": "127.0.0.1", "MAIL_PORT": str(port), **env})


def test_a_failure_is_mailed_to_the_postmaster(server):
    done = fail(server.port)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("<1>verdicts-weekly.service has failed")
    ((sender, recipients, content),) = server.messages
    assert (sender, recipients) == ("<>", ["postmaster"])
    assert b"verdicts-weekly.service has failed on" in content and b"verdicts doctor" in content


def test_a_failure_without_a_mail_server_stays_in_the_journal():
    done = fail(1)
    assert done.returncode == 0
    assert [line[:3] for line in done.stderr.splitlines()] == ["<1>", "<4>"]
