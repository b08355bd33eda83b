"""The catalogue of sentences against gettext's own reader, and against the code that says them."""

import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CATALOGUES = sorted((ROOT / "src" / "digest" / "catalogue").glob("*.po"))


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="MSGFMT IS NOT INSTALLED (Debian has the package gettext)")
def test_gettext_has_nothing_to_say_about_a_catalogue():
    assert CATALOGUES
    for path in CATALOGUES:
        run = subprocess.run(["msgfmt", "--check", "--statistics", "-o", "/dev/null", str(path)],
                             capture_output=True, text=True, check=False)
        assert run.returncode == 0 and re.fullmatch(r"\d+ translated messages\.\n", run.stderr), run.stderr


def test_every_message_with_a_hole_is_flagged_so_that_msgfmt_looks_at_it():
    for path in CATALOGUES:
        for entry in path.read_text(encoding="utf-8").split("\n\n"):
            holes = re.search(r'^(?:msgid|msgstr).*\{\w+\}', entry, re.MULTILINE)
            assert not holes or "#, python-brace-format" in entry, entry


def test_every_message_is_said_somewhere_and_every_sentence_that_is_said_has_one():
    rooms = ("digest", "issue", "signup", "http")
    code = "".join(path.read_text(encoding="utf-8") for room in rooms for path in sorted((ROOT / "src" / room).glob("*.c")))
    known = set(re.findall(r'^msgctxt "(.*)"$', CATALOGUES[0].read_text(encoding="utf-8"), re.MULTILINE))
    families = "|".join(sorted({name.split("/")[0] for name in known}))
    said = set(re.findall(rf'"((?:{families})/[a-z0-9-]+)"', code))
    made = re.compile(r"number/\d+|month/\d+|weekday/\d|panel/\w+(?:-it)?|split/(?:apart-)?(?:all-|both-|none-)?\w+|"
                      r"fact(?:-column)?/\S+")  # their names are put together
    assert said - known == set()
    assert {name for name in known - said if not made.fullmatch(name)} == set()


def test_each_fact_of_the_lexicon_has_its_names_and_no_other_has_one():
    table = (ROOT / "src" / "digest" / "lexicon" / "facts.table").read_text(encoding="utf-8")
    known = re.findall(r'^msgctxt "(fact(?:-column)?/.*)"$', CATALOGUES[0].read_text(encoding="utf-8"), re.MULTILINE)
    wanted = []
    for kind in re.findall(r"^kind (\S+)$", table, re.MULTILINE):
        wanted += [f"fact/{kind}", f"fact-column/{kind}"]
        wanted += [f"fact/{kind}/{value}" for value in re.findall(rf"^value {kind} (\S+):", table, re.MULTILINE)]
    assert wanted and sorted(known) == sorted(wanted)
