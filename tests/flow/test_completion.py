"""The Tab key: what `complete` offers, and real shells in a terminal that finish the words of a command."""

import os
import pty
import select
import shutil
import subprocess
import time

import pytest

from newsletter import ROOT, VERDICTS

COMPLETIONS = ROOT / "src" / "packaging" / "completions"
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], [f"source '{COMPLETIONS}/verdicts.bash'"]),
    "zsh": (["zsh", "-f", "-i"], [f"fpath=('{COMPLETIONS}' $fpath)", "autoload -U compinit", "compinit -u -D"]),
    "fish": (["fish", "--no-config", "-i"], [f"source '{COMPLETIONS}/verdicts.fish'"]),
}


def offered(*words, expect=0, cwd=None, env=None) -> list[str]:
    done = subprocess.run([VERDICTS, "complete", "--", *words], capture_output=True, text=True, check=False, cwd=cwd,
                          env={**os.environ, **(env or {})})
    assert done.returncode == expect, done.stderr
    return [line.partition("\t")[0] for line in done.stdout.splitlines()]


@pytest.fixture
def filled(newsletter):
    newsletter.import_samples()
    newsletter.run("issue", "build")
    return newsletter


def test_every_verb_is_offered_with_what_it_does():
    done = subprocess.run([VERDICTS, "--help"], capture_output=True, text=True, check=True).stdout
    verbs = [line.split()[0] for line in done.partition("Verbs:\n")[2].partition("\n\n")[0].splitlines()]
    assert offered("") == verbs and len(verbs) > 20
    assert offered("comp") == ["comparison", "complete"]


@pytest.mark.parametrize("words, wanted", [
    (["issue", "sho"], ["show"]),
    (["--color", "a"], ["auto", "always"]),
    (["--color=al"], ["--color=always"]),
    (["send", "--retry", "g"], ["gave_up"]),
    (["send", "--is"], ["--issue"]),
    (["-v", "--now", "2026-11-20T12:00:00Z", "send", "--is"], ["--issue"]),
    (["send", "--conf"], ["--config"]),
    (["--set", "smtp.conne"], ["smtp.connections=", "smtp.connect_timeout="]),
    (["--set=mail.f"], ["--set=mail.from="]),
    (["render", ""], [":files"]),
    (["render", "x", "--data", ""], [":files"]),
    (["archive", "--out="], [":folders"]),
    (["subscribers", "import", ""], [":files"]),
    (["subscribers", "show", ""], []),
    (["import", "one.txt", ""], [":files"]),
    (["backup", "one", ""], []),
    (["config", "show", ""], []),
    (["send", "--limit", ""], []),
    (["nonsense", ""], []),
    (["nonsense", "stat"], []),
    (["nonsense", "--co"], []),
    (["--nonsense", "stat"], ["status"]),
])
def test_a_place_is_offered_what_it_takes(words, wanted, tmp_path):
    found = offered(*words, cwd=tmp_path)
    assert sorted(found) == sorted(wanted)


def test_slugs_issues_weeks_and_topics_are_those_of_the_newsletter(filled):
    config = ["--config", str(filled.folder / "verdicts.conf")]
    slugs = [row["slug"] for row in filled.json("comparison", "list", "--json")]
    assert sorted(offered(*config, "comparison", "show", "")) == sorted(slugs) != []
    assert sorted(offered(*config, "comparison", "withdraw", slugs[0], "")) == sorted(slugs)
    assert offered(*config, "comparison", "rename", slugs[0], "") == []
    assert offered(*config, "issue", "arrange", "1", "--order", slugs[0][:-1]) == [slugs[0]]
    assert offered(*config, "issue", "note", "1", "--story", slugs[0][:-1]) == [slugs[0]]
    assert offered(*config, "issue", "note", "1", "") == [":files"]
    tools = {filled.json("comparison", "show", slug, "--json")["content"][side]["name"]
             for slug in slugs for side in ("left", "right")}
    assert sorted(offered(*config, "issue", "quote", "1", "")) == sorted(tools)
    assert offered(*config, "issue", "show", "") == ["1"]
    assert offered(*config, "send", "--issue=") == ["--issue=1"]
    assert offered("check", "--week", "", env={"VERDICTS_CONFIG": config[1]}) == ["2026-W47"]
    topics = offered(*config, "subscribers", "add", "--topics", "")
    assert topics and offered(*config, "subscribers", "add", "--topics", f"{topics[0]},{topics[-1][:3]}") \
        == [f"{topics[0]},{topics[-1]}"]


def test_a_newsletter_that_cannot_be_read_has_nothing_to_offer_and_no_message(tmp_path):
    done = subprocess.run([VERDICTS, "complete", "--", "--config", tmp_path / "none", "issue", "show", ""],
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_a_word_it_says_what_it_wants():
    done = subprocess.run([VERDICTS, "complete"], capture_output=True, text=True, check=False)
    assert done.returncode == 64 and "complete takes the words so far" in done.stderr


# --- a terminal ---

class Terminal:
    def __init__(self, shell, newsletter, tmp_path) -> None:
        command, setup = SHELLS[shell]
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "verdicts").symlink_to(VERDICTS)
        environment = {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "HOME": str(tmp_path), "TERM": "dumb",
                       "LC_ALL": "C.UTF-8", "VERDICTS_CONFIG": str(newsletter.folder / "verdicts.conf"),
                       "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path),
                       "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")}
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(tmp_path)
            os.execvpe(command[0], command, environment)
        self.screen = ""
        for line in setup:
            self.type(f"{line}\n")
        # The marker is put together by the shell, so that its echo is none.
        self.type("printf 'rea%s\\n' dy\n")
        self.await_text("ready\r\n")

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def await_text(self, text, timeout=90):
        until = time.monotonic() + timeout
        while text not in self.screen:
            left = until - time.monotonic()
            assert left > 0, self.screen
            if select.select([self.terminal], [], [], left)[0]:
                self.screen += os.read(self.terminal, 65536).decode(errors="replace")

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


@pytest.fixture(params=SHELLS)
def terminal(request, filled, tmp_path):
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    terminal = Terminal(request.param, filled, tmp_path)
    yield terminal
    terminal.close()


def test_a_shell_finishes_verbs_options_settings_slugs_and_files(terminal, filled, tmp_path):
    slug = filled.json("comparison", "list", "--json")[0]["slug"]
    title = filled.json("comparison", "show", slug, "--json")["title"]
    (tmp_path / "hello.mustache").write_text("Hello from a file\n")
    for keys, said in (
        ("verdicts comparison sho\t" + slug[:-3] + "\t\n", title),
        ("verdicts sta\t--he\t\n", "usage: verdicts status"),
        ("verdicts --set smtp.usern\tsomebody --set smtp.password_f\tpw config sho\t\n", "somebody  (--set)"),
        ("verdicts render hel\t\n", "Hello from a file"),
        ("verdicts --color=neve\tpick --hel\t\n", "usage: verdicts pick"),
    ):
        terminal.screen = ""
        terminal.type(keys)
        terminal.await_text(said)
