"""The tables of phrases: which rows the build refuses, and that each language says what the others say. And the
messages that they are tested with: each has its label."""

import pathlib
import re
import subprocess
import unicodedata

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = sorted((ROOT / "src" / "bounce" / "phrases").glob("*.table"))
COMPILER = ROOT / "build" / "dev" / "compile_phrases"
MESSAGES = ROOT / "tests" / "golden" / "bounces"

# What every language must have a phrase for.
MEANINGS = ["idle", "sender", "blocked", "too-fast", "mailbox-full", "spam", "virus", "suspended", "user-unknown",
            "network", "host-unknown", "disabled", "too-big", "rule", "unavailable", "expired",
            "subject-failed", "subject-delayed", "opening-failed", "opening-delayed", "returned",
            "auto-subject", "auto-text", "auto-machine", "challenge", "leave", "greeting", "closing",
            "subject-field", "near-recipient", "near-other"]
LANGUAGES = ["en", "de", "nl", "sv", "da", "nb", "fi", "fr", "es", "ca", "it", "pt", "ro", "pl", "cs", "sk", "sl", "hr",
             "hu", "ru", "uk", "bg", "el", "tr", "ja", "zh-Hans", "zh-Hant", "ko", "ar", "he", "vi", "id", "th"]


def rows() -> list[tuple[str, list[str], str, str]]:
    found = []
    for table in TABLES:
        for line in table.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                meaning, languages, phrase, source = line.split("\t")
                found.append((meaning, languages.split(","), phrase, source))
    return found


def compiled(tmp_path, *lines: str) -> subprocess.CompletedProcess:
    """The compiler on the real tables and one more, of these lines."""
    table = tmp_path / "more.table"
    table.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return subprocess.run([COMPILER, tmp_path / "sets.c", tmp_path / "rows.c", *TABLES, table],
                          capture_output=True, text=True)


def test_each_language_says_what_the_others_say():
    said = {(meaning, language) for meaning, languages, _, _ in rows() for language in languages}
    missing = [f"{meaning} in {language}" for meaning in MEANINGS for language in LANGUAGES
               if (meaning, language) not in said]
    assert not missing, "\n".join(missing)


def test_each_language_of_a_row_is_one_of_those():
    known = {*LANGUAGES, "-"}
    strange = [row for row in rows() if not set(row[1]) <= known]
    assert not strange


def test_a_phrase_is_written_in_one_form():
    """Composed, without blanks that nobody sees."""
    wrong = [phrase for _, _, phrase, _ in rows()
             if unicodedata.normalize("NFC", phrase) != phrase or re.search(r"\s\s|[\u00a0\u200b-\u200f]", phrase)]
    assert not wrong


def test_a_good_row_is_taken(tmp_path):
    done = compiled(tmp_path, "# a comment", "", "user-unknown\ten\tnobody of that kin lives * here\tExample MTA")
    assert (done.returncode, done.stderr) == (0, "")
    assert "nobody of that kin lives" in (tmp_path / "rows.c").read_text()


@pytest.mark.parametrize("row, said", [
    ("user-unknown\ten\tnobody of that kin\t", "a row is: meaning, language, phrase, source"),
    ("user-unknown\ten\tnobody of that kin", "a row is: meaning, language, phrase, source"),
    ("user-unknown\ten\tnobody of that kin\tExample\tmore", "a row is: meaning, language, phrase, source"),
    ("user-unknown\ten\tnobody of that kin\t-", "it has no source"),
    ("user-unknown\ten\tnobody of that kin\t?", "it has no source"),
    ("nobody\ten\tnobody of that kin\tExample", "no meaning has that name"),
    ("user-unknown\ten\tnobody * of * kin\tExample", "a '*' stands once"),
    ("user-unknown\ten\t*nobody of that kin\tExample", "a '*' stands once"),
    ("user-unknown\ten\tnobody*\tExample", "a '*' stands once"),
    ("user-unknown\ten\tkin * the kin * of\tExample", "a '*' stands once"),
    ("user-unknown\ten\tof kin * not of kin here\tExample", "what stands before '*' ends behind it as well"),
    ("user-unknown\ten\tkin*nobody\tExample", "what stands before '*' ends behind it as well"),
    ("user-unknown\ten\t\u0301\u200b\tExample", "a phrase has 2 to 255 bytes"),
    ("user-unknown\ten\tUser  Unknown\tExample", "never decides"),
    ("user-unknown\ten\tthe Üser unknown\tExample", "never decides"),
    ("user-unknown\ten\tthis user is unknown here\tExample", "never decides"),
    ("unavailable\ten\tthe user unknown\tExample", 'never decides: "user * unknown" (user-unknown)'),
    ("leave\ten\tPlease  UNSUBSCRIBE\tExample", "never decides"),
    ("returned\ten\ta copy of the message\tExample", "never decides"),
])
def test_a_row_that_is_wrong_or_never_decides_ends_the_build(tmp_path, row, said):
    done = compiled(tmp_path, "# one line before", row)
    assert done.returncode == 65
    assert re.search(r"more\.table:2: ", done.stderr), done.stderr
    assert said in done.stderr
    assert not (tmp_path / "sets.c").exists()


def test_a_phrase_in_two_meanings_of_which_one_always_wins_is_refused(tmp_path):
    done = compiled(tmp_path, "policy\ten\tnobody of that kin\tExample", "spam\ten\tnobody of that kin\tExample")
    assert done.returncode == 65
    assert "more.table:1: never decides" in done.stderr and "more.table:2" not in done.stderr.split(", ")[0]


def test_a_table_that_is_not_there_is_named(tmp_path):
    done = subprocess.run([COMPILER, tmp_path / "sets.c", tmp_path / "rows.c", tmp_path / "none.table"],
                          capture_output=True, text=True)
    assert done.returncode == 65 and "none.table:0: it cannot be opened" in done.stderr


def test_no_phrase_is_written_in_the_judging_code():
    """Two words of a language in one constant belong into a table, as do words that are not English."""
    kept = {"mail from", "rcpt to",  # commands of SMTP
            "report domain:",  # RFC 9990
            "was received", "(mail delivery", "mail delivery s", "：",
            "meanings are bits of 64"}
    judging = ["answer", "classify", "command", "dsn", "look*", "meanings", "mentions", "quotes", "signs", "status",
               "verdict", "words"]
    found = []
    for path in sorted(path for name in judging for path in (ROOT / "src" / "bounce").glob(f"{name}.c")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found += [f"{path.name}: {constant}" for constant in re.findall(r'"((?:[^"\\\n]|\\.)*)"', text)
                  if constant not in kept
                  and (re.search(r"[^\W\d_]{2,} [^\W\d_]{2,}", constant) or not constant.isascii())]
    assert not found, "\n".join(found)


def test_each_bounce_message_has_one_label_and_each_label_a_message():
    labels = [line.split("\t") for line in (MESSAGES / "labels.tsv").read_text(encoding="utf-8").splitlines()
              if line and not line.startswith("#")]
    assert [row for row in labels if len(row) != 3] == [], "a row is: name, class, recipients"
    assert sorted(row[0] for row in labels) == sorted(path.stem for path in MESSAGES.glob("*.eml"))
