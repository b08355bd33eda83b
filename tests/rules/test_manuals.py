"""The manuals against the program: its verbs, its options, its settings, and what they show to type."""

import functools
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from fixtures import newsletter  # noqa: E402,F401
from newsletter import NOW, ROOT, SAMPLES, VERDICTS, Newsletter  # noqa: E402

SOURCE = ROOT / "src"
MANUALS = sorted([*SOURCE.glob("*.1"), *SOURCE.glob("*.5"), *SOURCE.glob("*.7")])


def plain(manual: pathlib.Path) -> str:
    """The manual as mandoc sets it, without overstrikes, in one column of words."""
    done = subprocess.run(["mandoc", "-Tutf8", "-Owidth=400", str(manual)], capture_output=True, text=True, check=True)
    return re.sub(".\b", "", done.stdout)


def section(manual: pathlib.Path, name: str) -> str:
    text = re.split(r"(?m)^\.Sh ", manual.read_text())
    return next((part for part in text if part.startswith(name + "\n")), "")


@functools.cache
def verbs() -> dict[str, str]:
    """Each verb with its help."""
    text = subprocess.run([VERDICTS, "--help"], capture_output=True, text=True, check=True).stdout
    listed = text.split("Verbs:\n")[1].split("\n\n")[0]
    names = re.findall(r"(?m)^  ([a-z-]+) ", listed)
    assert len(names) >= 12
    return {name: subprocess.run([VERDICTS, name, "--help"], capture_output=True, text=True, check=True).stdout
            for name in names}


def options(text: str) -> set[str]:
    listed = text.split("ptions:\n")[-1].split("\n\n")[0]
    return set(re.findall(r"(?m)^\s+(?:-\w, )?--([a-z0-9-]+)", listed)) - {"help"}


def told_verbs() -> dict[str, str]:
    """What verdicts(1) says of each verb; one may have several parts."""
    told: dict[str, str] = {}
    for part in re.split(r"(?m)^\.Ss ", section(SOURCE / "verdicts.1", "VERBS"))[1:]:
        told[part.split()[0]] = told.get(part.split()[0], "") + part
    return told


@pytest.mark.parametrize("manual", MANUALS, ids=lambda path: path.name)
def test_mandoc_has_nothing_to_say(manual):
    done = subprocess.run(["mandoc", "-Tlint", str(manual)], capture_output=True, text=True, check=False)
    heard = [line for line in (done.stdout + done.stderr).splitlines()
             if "referenced manual not found" not in line and "outdated mandoc.db" not in line]
    assert heard == []


def test_every_verb_stands_in_the_manual_and_no_other():
    assert sorted(told_verbs()) == sorted(verbs())


@pytest.mark.parametrize("verb", verbs())
def test_every_option_of_a_verb_stands_in_the_manual_and_no_other(verb):
    told = set(re.findall(r"(?:Fl|,) -([a-z][a-z0-9-]*)", told_verbs()[verb]))
    assert options(verbs()[verb]) - told == set(), "the manual does not tell of them"
    # In the words about a verb another one's option may be named.
    every = set().union(*(options(text) for text in verbs().values()))
    assert told - every == set(), "no verb has them"


def test_every_global_option_stands_in_the_manual():
    text = subprocess.run([VERDICTS, "--help"], capture_output=True, text=True, check=True).stdout
    told = set(re.findall(r"(?:Fl|,) -([a-z][a-z0-9-]*)", section(SOURCE / "verdicts.1", "DESCRIPTION")))
    assert options(text.split("\n\nExamples")[0]) - told == set()


def settings_rows(folder: pathlib.Path, text: str) -> list[dict]:
    path = folder / "empty.conf"
    path.write_text(text)
    done = subprocess.run([VERDICTS, "--config", path, "config", "show", "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_every_setting_stands_in_its_manual_with_its_default(tmp_path):
    """In the table's order, with the default that is in force where nothing is set."""
    rows = settings_rows(tmp_path, "")
    # Of a relay with a name, what the section smtp has not.
    of_smtp = [row["key"].removeprefix("smtp.") for row in rows if row["key"].startswith("smtp.")]
    own = [row for row in settings_rows(tmp_path, "relay NAME { url = 'smtp://localhost' }")
           if row["key"].startswith("relay.NAME.") and row["key"].removeprefix("relay.NAME.") not in of_smtp]
    behind = [row["key"] for row in rows].index(f"smtp.{of_smtp[-1]}") + 1
    rows[behind:behind] = own
    manual = section(SOURCE / "verdicts.conf.5", "SETTINGS")
    told = re.split(r"(?m)^\.It Va ", manual)[1:]
    assert [entry.split()[0] for entry in told] == [row["key"] for row in rows]
    for entry, row in zip(told, rows):
        words = entry.replace("\n", " ")
        default = row["value"].strip("'\"")
        if row["key"] in ("database", "secret_file"):
            default = pathlib.Path(default).name
        assert "Form:" in words and ".Dl " in entry, row["key"]
        if default in ("", "none", "{ }", "{}", "(hidden)"):
            assert "Default: none" in words or "needed" in words or "Default: that of" in words \
                or "Default: newsletter.DOMAIN" in words or "Ql none" in words, (row["key"], default)
        else:
            assert re.search(r"Default:\s+\.[QD][lq] (.*?)(?: \.)?(?: \.Dl)", words).group(1) == default, row["key"]


def test_every_example_of_a_setting_is_one_that_the_program_takes(newsletter, tmp_path):
    path = newsletter.folder / "verdicts.conf"
    for entry in re.split(r"(?m)^\.It Va ", section(SOURCE / "verdicts.conf.5", "SETTINGS"))[1:]:
        key = entry.split()[0]
        example = re.search(r"(?m)^\.Dl (.*)$", entry).group(1).replace(r"\e", "\\")
        part, _, name = key.rpartition(".")
        assert example.startswith(f"{name} = ")
        partner = {"smtp.username": "password_file = 'p'", "smtp.password_file": "username = 'u'",
                   "bounce.username": "password_file = 'p'", "bounce.password_file": "username = 'u'",
                   "dkim.domain": "selector = s key_file = k", "dkim.selector": "domain = 'example.org' key_file = k",
                   "dkim.key_file": "domain = 'example.org' selector = s",
                   "dkim.ed25519_selector": "domain = 'example.org' selector = s key_file = k ed25519_key_file = e",
                   "dkim.ed25519_key_file": "domain = 'example.org' selector = s key_file = k ed25519_selector = t",
                   "bounce.feedback_from": "authserv_id = 'mail.example.org'",
                   "smtp.warmup.start": "until = 50000/d", "smtp.warmup.until": "start = 200/d"}
        others = partner.get(key, "")
        outer, _, inner = part.partition(".")
        if inner == "oauth":
            given = {"token_url": "'https://login.example.com/'", "client_id": "c", "refresh_token_file": "r"}
            others = "".join(f"{word} = {value}\n" for word, value in given.items() if name not in (word, "command"))
            path.write_text(f"{outer} {{ username = u\noauth {{ {example}\n{others} }} }}\n")
            newsletter.run("config", "show")
            continue
        if key in ("issue.after_deadline", "issue.deadline"):
            others = "approval = required" + (" deadline = 24h" if name != "deadline" else "")
        if part.startswith("relay.NAME"):
            inner = [f"{word} {{" for word in part.split(".")[2:]]
            path.write_text("relay other { url = 'smtp://localhost' }\nrelay NAME { url = 'smtp://localhost'\n"
                            f"{' '.join(inner)} {example}\n{others} {'}' * len(inner)} }}\n")
        else:
            path.write_text(f"{part} {{ {example}\n{others} }}\n" if part else f"{example}\n")
        newsletter.run("config", "show")


def displayed(manual: pathlib.Path) -> list[str]:
    """The commands and files of a manual's EXAMPLES."""
    return [text.replace(r"\e", "\\").replace(r"\&", "").strip("\n")
            for text in re.findall(r"(?s)\.Bd -literal.*?\n(.*?)\.Ed", section(manual, "EXAMPLES"))]


def scratch(tmp_path) -> pathlib.Path:
    """A folder in which the examples find what they speak of."""
    shutil.copytree(SAMPLES, tmp_path / "pages")
    return tmp_path


def run_shell(commands: str, folder: pathlib.Path) -> None:
    tools = folder.parent / f"{folder.name}-bin"
    tools.mkdir(exist_ok=True)
    link = tools / "verdicts"
    if not link.exists():
        # The same moment for every command that names none, and the shell's own words.
        link.write_text('#!/bin/sh\ncase " $* " in *" --now "*) ;; *) set -- --now ' + NOW + ' "$@" ;; esac\n'
                        f'exec {shlex.quote(str(VERDICTS))} "$@"\n')
        link.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-euc", commands], cwd=folder, env=environment, capture_output=True, text=True,
                          check=False, timeout=120)
    assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"


def serve_for_a_moment(command: str, folder: pathlib.Path) -> None:
    """Until it listens, at a place that is nobody else's."""
    command = command.removesuffix(" serve").replace("verdicts ", f"exec {shlex.quote(str(VERDICTS))} --set subscribe.listen=unix:http.sock ", 1)
    with subprocess.Popen(["sh", "-euc", command + " serve"], cwd=folder, stderr=subprocess.PIPE, text=True) as running:
        try:
            for _ in range(600):
                if (folder / "http.sock").exists() or running.poll() is not None:
                    break
                time.sleep(0.05)
            assert (folder / "http.sock").exists() and running.poll() is None, running.stderr.read()
        finally:
            running.terminate()
        running.communicate(timeout=60)
        assert running.returncode in (0, -15)


def test_the_examples_of_the_program_run_as_they_stand(tmp_path):
    first, *rest = displayed(SOURCE / "verdicts.1")
    scratch(tmp_path)
    folder = tmp_path / "newsletter"
    # The example goes into the folder that it makes; its pages lie there.
    run_shell(first.replace("cd newsletter\n", "cd newsletter\ncp -r ../pages .\n"), tmp_path)
    assert len(list((folder / "box" / "new").iterdir())) == 1
    assert (folder / "issue" / "issue.html").exists()
    for commands in rest:
        if " * * * *  " in commands:
            assert re.fullmatch(r"\d+ \* \* \* \*  /usr/local/bin/verdicts --config \S+ weekly", commands)
        elif commands.endswith(" serve"):
            serve_for_a_moment(commands, folder)
        else:
            run_shell(commands, folder)


def keys(value) -> set[str]:
    """Of all objects in it, however deep."""
    if isinstance(value, list):
        return set().union(*map(keys, value))
    return set(value).union(*map(keys, value.values())) if isinstance(value, dict) else set()


def test_every_member_of_json_stands_in_the_manual(newsletter, tmp_path):
    newsletter.settings.update({"smtp.url": "null:", "bounce.mailbox": f"maildir:{tmp_path / 'box'}"})
    newsletter.import_samples()
    newsletter.add_readers(2)
    bounce = tmp_path / "box" / "new" / "1"
    bounce.parent.mkdir(parents=True)
    shutil.copy(next((ROOT / "tests" / "golden" / "bounces").rglob("*.eml")), bounce)
    newsletter.run("check", expect=None)
    newsletter.run("weekly")
    manual = (SOURCE / "verdicts.1").read_text()
    telling = {verb for verb, text in verbs().items() if "json" in options(text)}
    slug = newsletter.json("comparison", "list", "--json")[0]["slug"]
    tool = newsletter.json("comparison", "show", slug, "--json")["content"]["left"]["name"]
    for words in (["pick", "--week", "2026-W47"], ["comparison", "list"], ["comparison", "show", slug], ["issue", "list"], ["issue", "show", "1"], ["issue", "quote", "1", tool], ["check", "--issue", "1"], ["check", "--rules"],
                  ["bounces"], ["bounces", "--explain", str(next((tmp_path / "box").rglob("1*")))],
                  ["subscribers", "list"], ["subscribers", "show", "reader0@example.org"], ["subscribers", "export"],
                  ["subscribers", "check", "ann@example.org", "no"], ["config", "show"], ["doctor"], ["status"],
                  ["report"], ["report", "--readers", "all"], ["report", "--bounces"], ["report", "--growth"]):
        printed = json.loads(newsletter.run(*words, "--json", expect=None).stdout)
        if words[:2] == ["comparison", "show"]:
            assert printed.pop("content")["left"]["name"]  # its members are those of verdicts-import(5)
        told = {key for key in keys(printed) if f'"{key}"' in manual or re.search(rf"(?m)^\.Va {key}\b", manual)}
        assert keys(printed) - told == set(), words
        telling.discard(words[0])
    assert telling == set(), "verbs whose JSON nobody looked at"


def test_a_rehearsal_leaves_the_issue_to_be_sent(newsletter):
    """That of the manual runs above; this is the one that --help shows."""
    newsletter.import_samples(published="2026-11-26T09:00:00Z")
    newsletter.add_readers(2)
    shown = [line.split("  (")[0].strip() for line in verbs()["weekly"].splitlines() if "rehearsal.db" in line]
    assert len(shown) == 2
    run_shell("\n".join(shown), newsletter.folder)
    assert newsletter.json("issue", "list", "--json") == []
    newsletter.settings["smtp.url"] = "null:"
    done = newsletter.run("weekly", "--summary", now="2026-11-27T12:00:00Z")
    assert "2 sent" in done.stdout


def test_every_manual_names_the_others():
    for manual in MANUALS:
        told = set(re.findall(r"(?m)^\.Xr (verdicts\S*) (\d)", section(manual, "SEE ALSO")))
        assert told == {(other.stem, other.suffix[1:]) for other in MANUALS if other != manual}, manual.name
        assert f"`src/{manual.name}`" in (ROOT / "README.md").read_text()


def test_the_settings_of_the_example_are_a_whole_file(tmp_path):
    settings, rehearsal, *rest = displayed(SOURCE / "verdicts.conf.5")
    assert rest == []
    letter = Newsletter(tmp_path / "n")
    (letter.folder / "verdicts.conf").write_text(settings + "\n")
    letter.import_samples()
    letter.run("subscribers", "add", "ann@example.org", "--status", "confirmed", "--wording", "asked")
    run_shell(rehearsal, letter.folder)
    assert len(list((letter.folder / "rehearsal" / "new").iterdir())) == 1
    assert letter.json("issue", "list", "--json") == []  # still to be sent


def test_what_the_manual_of_imports_shows_can_be_imported(newsletter, tmp_path):
    manual = (SOURCE / "verdicts-import.5").read_text()
    page = re.search(r"(?s)\.Bd -literal -offset indent\n(AI tool comparison.*?)\.Ed", manual).group(1)
    for name, mark in ((r"\(lq", "“"), (r"\(rq", "”"), (r"\(em", "—"), (r"\&", "")):
        page = page.replace(name, mark)
    newsletter.run("import", "-", stdin=page)
    scratch(newsletter.folder)
    shown = displayed(SOURCE / "verdicts-import.5")
    assert len(shown) == 2
    for text in shown:
        if text.startswith("{"):
            assert "1 changed" in newsletter.run("import", "-", stdin=text).stdout
        else:
            run_shell(text, newsletter.folder)
