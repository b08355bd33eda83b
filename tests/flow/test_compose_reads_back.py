"""Messages of hostile texts, read back by Python's email under two policies."""

import email
import email.header
import email.policy
import email.utils
import os
import re
import subprocess

import pytest
from newsletter import HELPERS

COMPOSER = HELPERS / "compose_message"
BOUNDARY = "=_e3b0c44298fc1c149afbf4c8996fb924"

pytestmark = pytest.mark.skipif(not COMPOSER.exists(), reason=f"{COMPOSER} is not built")

ZWJ_FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SEEDS = [
    "",
    "Ana",
    "plain words",
    "Claude Haiku Open Weights vs Mistral 4B: which one should you ship with?",
    # specials of address and header grammar
    'a "quoted" name', '"', '""', '"a', 'a"', "\\", "\\\\", "a\\", "\\a", '\\"', '"\\',
    "a, b", ",", ";", ":", "a: b", "a; b", "<a@example.com>", "a <b@example.com>", "@", "a@b",
    "(comment)", "(", ")", "a (b) c", "[x]", "[", "]", ".", "..", "a.b", "J. R. Doe", ".a", "a.",
    "!#$%&'*+-/=?^_`{|}~", "a|b", "a=b", "a_b", "_", "?", "=", "==", "=?", "?=", "=_", "= ?",
    # encoded-words as text
    "=?utf-8?q?caf=C3=A9?=", "=?utf-8?b?Y2Fmw6k=?=", "=?UTF-8?Q?x?= =?UTF-8?Q?y?=",
    "x =?utf-8?q?y?= z", "=?utf-8?..?=", "=?us-ascii?q?=0D=0ABcc:_eve@example.com?=",
    "=?broken", "broken?=", "=?utf-8?q?", "\u00e9 =?utf-8?q?y?=", '"=?utf-8?q?y?="',
    # white space
    " ", "  ", " a", "a ", " a ", "   a   ", "a  b", "a   b    c", "  \u00e9  ", "\u00e9 ",
    " \u00e9", "\u00a0", "a\u00a0b", "\u3000x\u3000", "\u2003", "\u200b", "a\u200bb",
    "\u2028", "a\u2028b", "a\u2029b", "\ufeffx",
    # templates
    "{{reader.name}}", "{{{x}}}", "{{#a}}b{{/a}}", "{{!c}}", "{{> p}}", "{{=<% %>=}}", "<%x%>",
    "%s%n%d", "${HOME}", "$(id)", "`id`", "%0D%0A", "\\r\\n", "&lt;&#10;", "<script>alert(1)</script>",
    "'; DROP TABLE subscriber; --",
    # scripts, directions, marks, emoji
    "Jos\u00e9", "Jose\u0301", "\u0130stanbul", "stra\u00dfe", "\u03a9\u03bc\u03ad\u03b3\u03b1",
    "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440", "\u05e9\u05dc\u05d5\u05dd",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643", "\u202eabc\u202c", "\u200fabc", "\u2066x\u2069",
    "\u65e5\u672c\u8a9e\u306e\u540d\u524d", "\ud55c\uad6d\uc5b4", "\u0e44\u0e17\u0e22",
    "\u0939\u093f\u0928\u094d\u0926\u0940", "Z\u0351\u036b\u0343\u036aalgo", "a" + "\u0301" * 60,
    "\U0001f680", "\U0001f680 launch", ZWJ_FAMILY, ZWJ_FAMILY * 9, "\U0001f1e9\U0001f1ea",
    "\U0001f44d\U0001f3fd", "\u2764\ufe0f", "\U0010ffff", "\uffff", "\ufffd", "\ue000",
    # mail traps
    "From ", "From me", ">From me", "From: eve@example.com", "Bcc: eve@example.com", ".", "..", "...",
    ".hidden", "--", "-- ", "--" + BOUNDARY, "--" + BOUNDARY + "--", "boundary=x",
    "Content-Type: text/html", "=20", "=3D", "=0D=0A.", "a=", "begin 644 x",
]
LONG = [
    unit * count + tail
    for unit in ("x", "\u00e9", "\U0001f680", "ab ", "\u65e5", "a, ", '"', "\\", "=", "?", "_ ", "x.", "=?")
    for count in (20, 39, 75, 76, 77, 78, 250, 1000)
    for tail in ("", "!")
]
LENGTHS = [unit * count for unit in ("w", "\u00fc", "\u20ac", "o\U0001f600") for count in range(50, 80)]
MIXED = [f"{a} {b}".strip() or "mixed" for a in SEEDS[1:70:5] for b in SEEDS[70:130:9]]
TABLE = list(dict.fromkeys(SEEDS + LONG + LENGTHS + MIXED))

TEXT_TRAPS = [
    "", "\n", "\n\n\n", "a", "a\n", "a\n\n", "no end", "trailing space \nand tab\t\n", " \n", "\t\n",
    ".\n", ".\n.\n..\n", "x\n.\nQUIT\n", "From me\nFrom: you\n>From\n", "=\n", "a=\nb\n", "=3D=\n",
    "--" + BOUNDARY + "\n", "x\n--" + BOUNDARY + "--\n", "x" * 75 + "\n", "x" * 76 + "\n", "x" * 77 + "\n",
    "x" * 75 + ".", "x" * 75 + "From y", "x" * 74 + " \n", "x" * 75 + " \n", "x" * 76 + " \n",
    "\u00e9" * 400 + "\n", "\U0001f680" * 300, ("word " * 300) + "\n", "\t" * 100, " " * 100 + "\n",
    "a\r\nb\r\n", "\u2028x\u2029\n", "\x00\x01\x7f\x1b[31m\n", "\x0b\x0c\x1c\x85x\n", "a\u0085b\n",
]


def framed(pairs):
    out = b""
    for key, value in pairs:
        raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        out += b"%s %d\n%s\n" % (key.encode(), len(raw), raw)
    return out + b"write\n"


def compose(requests):
    """One (verdict, bytes) for each request, a list of (key, value)."""
    run = subprocess.run(
        [COMPOSER], input=b"".join(map(framed, requests)), capture_output=True, check=True
    )
    assert run.stderr == b""
    answers, rest = [], run.stdout
    while rest:
        line, rest = rest.split(b"\n", 1)
        verdict, length = line.split()
        answers.append((verdict.decode(), rest[: int(length)]))
        rest = rest[int(length) + 1 :]
    assert len(answers) == len(requests)
    return answers


def request(name, subject, text="Hello\n", html="<p>Hello</p>\n", reader="Ana"):
    return [
        ("date", "1795165200"),
        ("from_name", name),
        ("from_address", "weekly@example.org"),
        ("reply_to", "editor@example.org"),
        ("to_name", name),
        ("to_address", "ana+" + "x" * 40 + "@example.com"),
        ("subject", subject),
        ("message_id", "2026-W47.12@example.org"),
        ("list_name", name),
        ("list_id", "weekly.example.org"),
        ("list_unsubscribe_url", "https://example.org/leave/" + "t" * 40),
        ("list_unsubscribe_mailto", "unsubscribe+" + "t" * 40 + "@example.org"),
        ("feedback_id", "2026-W47:weekly:verdicts:example.org"),
        ("bulk", "yes"),
        ("boundary", BOUNDARY),
        ("reader.name", reader),
        ("text", text),
        ("text_hole", "name"),
        ("text", text),
        ("html", html),
        ("html_hole", "name"),
        ("html", html),
    ]


FIXED = {
    "Date": "Fri, 20 Nov 2026 09:00:00 +0000",
    "Reply-To": "editor@example.org",
    "Message-ID": "<2026-W47.12@example.org>",
    "List-Unsubscribe": "<https://example.org/leave/" + "t" * 40 + ">, <mailto:unsubscribe+"
    + "t" * 40 + "@example.org?subject=unsubscribe>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "Feedback-ID": "2026-W47:weekly:verdicts:example.org",
    "Precedence": "bulk",
    "MIME-Version": "1.0",
    "Content-Type": f'multipart/alternative; boundary="{BOUNDARY}"',
}
NAMED = {
    "From": "weekly@example.org",
    "To": "ana+" + "x" * 40 + "@example.com",
    "List-Id": "weekly.example.org",
}
ORDER = [
    "Date", "From", "Reply-To", "To", "Subject", "Message-ID", "List-Id", "List-Unsubscribe",
    "List-Unsubscribe-Post", "Feedback-ID", "Precedence", "MIME-Version", "Content-Type",
]


def crlf(text):
    """A text as it comes back: every line end, LF, CRLF or CR, is CRLF."""
    return re.sub("\r\n|\r|\n", "\r\n", text)


def check_wire(raw):
    """What holds for every message, whatever it says."""
    assert raw.endswith(b"\r\n")
    assert raw.replace(b"\r\n", b"").count(b"\r") == raw.replace(b"\r\n", b"").count(b"\n") == 0
    head, body = raw.split(b"\r\n\r\n", 1)
    for line in head.split(b"\r\n"):
        foldable = b" " in line.partition(b": ")[2].strip() or b"=?" in line
        assert len(line) <= (76 if b"=?" in line else 78 if foldable else 998), line
        assert all(0x20 <= byte < 0x7F for byte in line), line
        assert line == line.rstrip() != b"", line
        for word in re.findall(rb"=\?\S+\?=", line):
            assert len(word) <= 75, word
            assert re.fullmatch(rb"=\?UTF-8\?[QB]\?[^? ]+\?=", word), word
    for line in body.split(b"\r\n"):
        assert len(line) <= 76 and not line.startswith((b".", b"From ")), line
        assert line == line.rstrip() and all(b == 9 or 0x20 <= b < 0x7F for b in line), line


def raw_field(raw, field):
    head = raw[: raw.index(b"\r\n\r\n") + 2].decode()
    return re.search(rf"(?ms)^{field}:.*?\r\n(?! )", head).group()


def check_header(raw, message, name, subject):
    assert message.keys() == ORDER
    assert not message.defects
    for field, value in FIXED.items():
        assert str(message[field]) == value
    assert str(message["Subject"]) == subject
    for field, address in list(NAMED.items())[:2]:
        (mailbox,) = message[field].addresses
        assert mailbox.addr_spec == address
        if name.isascii() and "=?" not in name and " =?" not in raw_field(raw, field):
            assert mailbox.display_name == name
        else:
            # In encoded-words of a name this reader changes spaces: a run of them becomes one, and
            # there is one more between two words. The older reader below does neither.
            assert mailbox.display_name.replace(" ", "") == name.replace(" ", "")


def check_names_by_the_older_reader(raw, name):
    """Phrases by RFC 2047 over the unfolded field: exact to the space; List-Id too."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    for field, behind in NAMED.items():
        phrase, address = email.utils.parseaddr(re.sub("\r?\n", "", message[field]))
        decoded = "".join(
            part if isinstance(part, str) else part.decode(charset or "ascii")
            for part, charset in email.header.decode_header(phrase)
        )
        assert (decoded, address) == (name, behind), message[field]


@pytest.mark.parametrize("policy", ["default", "SMTP"])
def test_every_hostile_name_and_subject_reads_back_exactly(policy):
    assert len(TABLE) >= 500
    answers = compose([request(text, text) for text in TABLE])
    for text, (verdict, raw) in zip(TABLE, answers):
        assert verdict == "ok", (text, raw)
        check_wire(raw)
        message = email.message_from_bytes(raw, policy=getattr(email.policy, policy))
        try:
            check_header(raw, message, text, text)
            check_names_by_the_older_reader(raw, text)
        except AssertionError as error:
            raise AssertionError(f"{text!r}: {raw[:raw.index(BOUNDARY.encode())].decode()}") from error


@pytest.mark.parametrize("policy", ["default", "SMTP"])
def test_every_hostile_text_reads_back_in_both_parts_exactly(policy):
    texts = TEXT_TRAPS + TABLE
    answers = compose([request("Ana", "x", text, text, reader) for text, reader in zip(texts, texts[::-1])])
    for text, reader, (verdict, raw) in zip(texts, texts[::-1], answers):
        assert verdict == "ok", (text, raw)
        check_wire(raw)
        message = email.message_from_bytes(raw, policy=getattr(email.policy, policy))
        assert [part.get_content_type() for part in message.walk()] == [
            "multipart/alternative", "text/plain", "text/html",
        ]
        for part in message.iter_parts():
            assert part.get_content_charset() == "utf-8" and not part.defects
            wanted = crlf(text) + crlf(reader.split("\0")[0]) + crlf(text)
            assert part.get_payload(decode=True).decode() == wanted, (text, reader, raw)


@pytest.mark.parametrize(
    "key, field",
    [("from_name", "From"), ("to_name", "To"), ("subject", "Subject"), ("list_name", "List-Id"),
     ("from_address", "From"), ("to_address", "To"), ("reply_to", "Reply-To"),
     ("message_id", "Message-ID"), ("list_id", "List-Id"), ("feedback_id", "Feedback-ID"),
     ("list_unsubscribe_url", "List-Unsubscribe")],
)
def test_what_could_add_a_header_line_is_refused_by_name_of_the_field(key, field):
    attempts = [
        "x\r\nBcc: eve@example.com", "x\nBcc: eve@example.com", "x\rBcc: eve@example.com", "x\r\n\r\nbody",
        "\r\n", "\n", "x\r\n", "\x0b", "\x0c", "a\x1bb", "\x7f", "a\tb", "\u0085x", b"\xff", b"\xc3",
        b"\xed\xa0\x80", b"\xc0\x8a", "caf\u00e9\r\n y",
    ]
    base = [pair for pair in request("Ana", "x") if pair[0] != key]
    for attempt, (verdict, said) in zip(attempts, compose([base + [(key, text)] for text in attempts])):
        assert verdict == "refused", (attempt, said)
        assert said.decode().startswith(field + ": "), (attempt, said)
        assert b"\n" not in said and b"\r" not in said


def test_the_same_request_gives_the_same_bytes_in_any_zone_and_locale():
    requests = [request(text, text, text, text, text) for text in TABLE[:60]]
    one = compose(requests)
    saved = dict(os.environ)
    try:
        os.environ.update(TZ="Pacific/Auckland", LC_ALL="tr_TR.UTF-8")
        assert compose(requests) == one
    finally:
        os.environ.clear()
        os.environ.update(saved)
