"""A language that nobody speaks: English with an accent on every letter. What still reads as English when a program
speaks it was not said by its catalogue.

    pseudo_locale.py en.po OUT.c     the catalogue as the program embeds it (tests/CMakeLists.txt)
"""

import pathlib
import re
import string
import sys

LETTERS = string.ascii_lowercase + string.ascii_uppercase
ACCENTED = "áƀçðéƒĝĥíĵķĺɱñóþɋŕšťúṽŵẋýžÁɃÇÐÉƑĜĤÍĴĶĹḾÑÓÞɊŔŠŤÚṼŴẊÝŽ"
TABLE = str.maketrans(LETTERS, ACCENTED)

# What stays as it is: holes and escapes of a catalogue; tags, elements nobody reads, and entities of a template.
CATALOGUE_KEEPS = re.compile(r"\{\{|\}\}|\{\w+\}|\\.")
TEMPLATE_KEEPS = re.compile(r"\{\{\{.*?\}\}\}|\{\{.*?\}\}|<!--.*?-->|<style.*?</style>|<[^>]*>|&#?\w+;|\ASubject: ", re.DOTALL)


def accented(text: str, keeps: re.Pattern) -> str:
    out, at = [], 0
    for kept in keeps.finditer(text):
        out += [text[at:kept.start()].translate(TABLE), kept.group()]
        at = kept.end()
    return "".join(out) + text[at:].translate(TABLE)


def template(text: str) -> str:
    """Attributes that are read aloud speak too."""
    text = accented(text, TEMPLATE_KEEPS)
    return re.sub(r'(?<=\s)((?:aria-label|alt|title|placeholder)=")([^"]*)',
                  lambda said: said[1] + accented(said[2], TEMPLATE_KEEPS), text)


def catalogue(text: str) -> str:
    """The header, whose msgid is empty, stays."""
    header, entries = text.split("\n\n", 1)
    speak = lambda line: line[1] + '"' + accented(line[2], CATALOGUE_KEEPS) + '"'  # noqa: E731
    return header + "\n\n" + re.sub(r'(?m)^(msgstr(?:\[\d\])? )"(.*)"$', speak, entries)


if __name__ == "__main__":
    source, target = map(pathlib.Path, sys.argv[1:])
    content = ",".join(str(byte) for byte in catalogue(source.read_text(encoding="utf-8")).encode())
    target.write_text(f"extern const char embedded_catalogue_en[];\nconst char embedded_catalogue_en[] = {{{content},0}};\n")
