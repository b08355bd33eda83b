"""The Debian package: what it says agrees with the checkout, a purge deletes nobody, and two builds are the same bytes."""

import hashlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest

from newsletter import ROOT, VERDICTS

DEBIAN = ROOT / "src" / "packaging" / "debian"
# What a bare machine needs and every Debian build has, and what the quickstart's relay needs.
NOT_BUILD_DEPENDS = {"gcc", "libc6-dev", "ninja-build", "ca-certificates", "sqlite3", "python3", "python3-aiosmtpd"}


def control_field(name: str) -> set[str]:
    text = (DEBIAN / "control").read_text()
    field = re.search(rf"(?m)^{name}:((?:.*\n)(?: .*\n)*)", text).group(1)
    return {re.sub(r"\s*\(.*?\)", "", word).strip() for word in field.split(",") if word.strip()}


def test_the_package_has_the_version_of_the_program():
    version = re.match(r"verdicts \((.*?)\)", (DEBIAN / "changelog").read_text()).group(1)
    assert subprocess.run([VERDICTS, "--version"], capture_output=True, text=True, check=True).stdout == f"verdicts {version}\n"


def test_it_is_built_from_the_libraries_that_the_quickstart_installs():
    done = subprocess.run(["sh", ROOT / "src" / "quickstart", "--packages"], capture_output=True, text=True, check=True)
    needed = set(done.stdout.split()) - NOT_BUILD_DEPENDS
    assert control_field("Build-Depends") - {"debhelper-compat", "dh-sequence-installsysusers", "systemd-dev | systemd"} == needed


def test_the_readme_of_the_package_names_units_that_there_are():
    text = (DEBIAN / "verdicts.README.Debian").read_text()
    named = set(re.findall(r"verdicts-[a-z]+@?\.[a-z]+", text))
    assert named == {path.name for path in DEBIAN.parent.glob("verdicts-*")} - {"verdicts-weekly.service", "verdicts-bounces.service"}


# --- what its scripts do, in a folder in the place of /var/lib ---

def run_script(name: str, word: str, folder: pathlib.Path) -> subprocess.CompletedProcess:
    script = (DEBIAN / f"verdicts.{name}").read_text().replace("/var/lib/", f"{folder}/")
    script = script.replace("runuser -u verdicts -- /usr/bin/verdicts", shlex.quote(str(VERDICTS)))
    return subprocess.run(["sh", "-c", script, "script", word], capture_output=True, text=True, check=False)


def test_a_first_installation_makes_key_and_database_and_a_second_keeps_them(tmp_path):
    state = tmp_path / "verdicts"
    state.mkdir()
    assert run_script("postinst", "configure", tmp_path).returncode == 0
    assert sorted(path.name for path in state.iterdir()) == ["verdicts.db", "verdicts.key"]
    key = (state / "verdicts.key").read_bytes()
    (state / "verdicts.db").unlink()
    assert run_script("postinst", "configure", tmp_path).returncode == 0
    assert [(path.name, path.read_bytes()) for path in state.iterdir()] == [("verdicts.key", key)]


def test_a_purge_deletes_nobody_and_says_what_it_left(tmp_path):
    for name in ("verdicts", "verdicts-epoch"):
        (tmp_path / name).mkdir()
    (tmp_path / "verdicts" / "verdicts.db").write_text("people")
    done = run_script("postrm", "purge", tmp_path)
    assert done.returncode == 0 and (tmp_path / "verdicts" / "verdicts.db").exists()
    assert done.stderr == f"verdicts: the readers' data stays; to delete it for good: rm -r {tmp_path}/verdicts\n"
    assert not (tmp_path / "verdicts-epoch").exists()


def test_a_removal_touches_nothing_and_a_purge_of_nothing_is_silent(tmp_path):
    (tmp_path / "verdicts").mkdir()
    done = run_script("postrm", "remove", tmp_path)
    assert (done.returncode, done.stderr, (tmp_path / "verdicts").exists()) == (0, "", True)
    done = run_script("postrm", "purge", tmp_path)
    assert (done.returncode, done.stderr, (tmp_path / "verdicts").exists()) == (0, "", False)


# --- the package itself ---

def build(folder: pathlib.Path) -> pathlib.Path:
    done = subprocess.run(["sh", DEBIAN.parent / "build_deb", ROOT, folder], capture_output=True, text=True, check=False,
                          env={name: value for name, value in os.environ.items() if name != "CMAKE_C_COMPILER_LAUNCHER"})
    assert done.returncode == 0, done.stderr[-3000:]
    return pathlib.Path(done.stdout.splitlines()[-1])


@pytest.mark.campaign
def test_two_builds_are_the_same_bytes_and_lintian_has_nothing_to_say(tmp_path):
    for tool in ("dh", "lintian"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    before = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    first, second = build(tmp_path / "one"), build(tmp_path / "another place")
    assert hashlib.sha256(first.read_bytes()).hexdigest() == hashlib.sha256(second.read_bytes()).hexdigest()
    after = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert before == after
    judged = subprocess.run(["lintian", "--fail-on", "error,warning", "--allow-root", first.with_suffix(".changes")],
                            capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout
    names = subprocess.run(["dpkg-deb", "--fsys-tarfile", first], capture_output=True, check=True).stdout
    listed = subprocess.run(["tar", "-t"], input=names, capture_output=True, check=True).stdout.decode().split()
    for path in ("./usr/bin/verdicts", "./etc/verdicts/verdicts.conf", "./usr/libexec/verdicts/failed",
                 "./usr/share/verdicts/templates/issue.html.mustache", "./usr/share/man/man1/verdicts.1.gz",
                 "./usr/share/bash-completion/completions/verdicts", "./usr/share/zsh/vendor-completions/_verdicts",
                 "./usr/share/fish/vendor_completions.d/verdicts.fish", "./usr/lib/sysusers.d/verdicts.conf"):
        assert path in listed
    assert [path for path in listed if path.endswith("lib/systemd/system/verdicts-serve.socket")]
    # Those that know the units: they are enabled by whoever wants them, and started anew by an upgrade.
    script = subprocess.run(["dpkg-deb", "--info", first, "postinst"], capture_output=True, text=True, check=True).stdout
    restarted = re.search(r"deb-systemd-invoke try-restart (.*?) >", script).group(1)
    assert "'verdicts-serve.service'" in restarted and "verdicts-weekly.service" not in restarted
