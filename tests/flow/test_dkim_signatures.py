"""Signatures of mail/dkim, verified by dkimpy with the records that the program prints."""

import random
import re
import subprocess

import dkim
import pytest
from newsletter import HELPERS

TOOL = HELPERS / "dkim_tool"
DATE = "1795165200"

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason=f"{TOOL} is not built")

HEADER = (
    b"Date: Fri, 20 Nov 2026 09:00:00 +0000\r\n"
    b"From: Verdicts <weekly@example.org>\r\n"
    b"Reply-To: editor@example.org\r\n"
    b'To: "Ruiz, Ana" <ana@example.com>\r\n'
    b"Subject: =?UTF-8?Q?Caf=C3=A9?=\r\n =?UTF-8?Q?_two?=\r\n"
    b"Message-ID: <2026-W47.12@example.org>\r\n"
    b"List-Id: Verdicts <weekly.example.org>\r\n"
    b"List-Unsubscribe: <https://example.org/leave/x>,\r\n <mailto:leave@example.org>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"Feedback-ID: a:b:c:d\r\n"
    b"Precedence: bulk\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
)
MESSAGE = HEADER + b"\r\nHello  Ana,\t\r\n\r\nbye \r\n\r\n\r\n"


def run(*words, message=b""):
    return subprocess.run([TOOL, *map(str, words)], input=message, capture_output=True)


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """Files, selectors and records of an RSA and an Ed25519 key."""
    folder = tmp_path_factory.mktemp("keys")
    made = {}
    for kind, bits, selector in (("rsa", 2048, "r1"), ("ed25519", 0, "e1")):
        path = folder / f"{kind}.pem"
        done = run("make", kind, bits, path, selector, "example.org")
        assert done.returncode == 0, done.stderr
        record, zone = done.stdout.decode().splitlines()
        made[kind] = {"file": path, "selector": selector, "record": record, "zone": zone}
    return made


def sign(keys, message=MESSAGE, rsa=True, ed25519=True, date=DATE, domain="example.org"):
    words = []
    for kind, wanted in (("rsa", rsa), ("ed25519", ed25519)):
        words += [keys[kind]["selector"], keys[kind]["file"]] if wanted else ["", ""]
    done = run("sign", date, domain, *words, message=message)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(message)
    return done.stdout


def verifies(keys, message, index):
    records = {f"{key['selector']}._domainkey.example.org.": key["record"] for key in keys.values()}
    verifier = dkim.DKIM(message, minkey=1024)
    try:
        return verifier.verify(
            idx=index, dnsfunc=lambda name, timeout=5: records[name.decode()].encode()
        )
    except dkim.ValidationError:  # a body that was changed
        return False


def assert_good(keys, message, signatures=2):
    for index in range(signatures):
        assert verifies(keys, message, index), message[:2000]
    assert message.count(b"DKIM-Signature:") == signatures


def test_both_signatures_of_a_message_verify(keys):
    signed = sign(keys)
    assert_good(keys, signed)
    assert b"a=rsa-sha256" in signed.split(b"DKIM-Signature:")[1]
    assert b"a=ed25519-sha256" in signed.split(b"DKIM-Signature:")[2]


def test_one_key_alone_signs_once(keys):
    assert_good(keys, sign(keys, ed25519=False), 1)
    assert_good(keys, sign(keys, rsa=False), 1)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\r\n", b"\r\n\r\n\r\n", b" \r\n", b" \t\r\n \r\n", b"x", b"x\r\n", b"x\r\n\r\n",
        b" x", b"  x  y  \r\n", b"\t\r\nx\r\n", b"a\tb\r\n", b"a \tb\r\n", b"a\t b\r\n", b"\r\n\r\nx\r\n",
        b"a\r\n \r\n\t\r\n", b"a \r\nb", b"=20\r\n", b"x" * 100000 + b"\r\n", b"a b " * 5000 + b"\r\n",
        b"word  word\tword " * 700 + b"\r\n", b"   indented\r\n" * 3000, b"\r\n" * 5000 + b"x\r\n",
        b" !" * 3000 + b"\r\n", b"12345678 \r\n1234567 \r\n123456  \r\n",
    ]
    + [b"x" * n + tail for n in (6, 7, 8, 9, 8190, 8191, 8192, 8193) for tail in (b" \r\n", b"  y\r\n", b"\t\r\n")],
    ids=lambda body: f"{len(body)}-{body[:12]!r}",
)
def test_every_kind_of_body_verifies(keys, body):
    assert_good(keys, sign(keys, HEADER + b"\r\n" + body))


def varied_message(random):
    """Names, folds and bodies that lie around and past every buffer, up to 300 KB."""
    blanks = lambda: random.choice([b" ", b"  ", b"\t", b" \t ", b"   "])
    name = blanks().join(random.choices([b"Ann", b"Bee", b"Jos=C3=A9", b"(x)", b"Lee,"], k=random.randint(1, 5)))
    fold = random.choice([b" ", b"\r\n ", b"\r\n\t", b"  \r\n  "])
    header = HEADER.replace(b"two?=", fold.join([b"two?=", *[b"more"] * random.randint(0, 30)])) \
        .replace(b'To: "Ruiz, Ana"', b'To: "' + name + b'"')
    body, limit = b"Hello " + name + b",\r\n", random.choice([0, 500, 5000, 70_000, 300_000])
    while len(body) < limit:
        length = random.choice([random.randint(1, 80), random.randint(4090, 4100), random.randint(8180, 8200),
                                random.randint(1, 20_000)])
        unit = random.choice([b"word", b"a b ", b" ", b"\t", b"\r\n", b"  indented\r\n", b"no blank\r\n", b"=20\r\n"])
        body += (unit * (length // len(unit) + 1))[:length // len(unit) * len(unit) or len(unit)]
        body += random.choice([b"", b"  ", b"\r\n", b" \r\n"])
    # As sent: whole lines. (Of white space behind the last line end, verifiers make different things.)
    return header + b"\r\n" + body[:300_000].rstrip(b"\r") + random.choice([b"\r\n", b" \r\n\r\n", b"\t\r\n \r\n"])


def sign_each(keys, messages):
    words = [word for key in keys.values() for word in (key["selector"], key["file"])]
    framed = b"".join(b"%d\n%s" % (len(message), message) for message in messages)
    done = run("sign-each", DATE, "example.org", *words, message=framed)
    assert done.returncode == 0, done.stderr
    output, at = done.stdout, 0
    while at < len(output):
        line = output.index(b"\n", at)
        yield output[line + 1:line + 1 + int(output[at:line])]
        at = line + 1 + int(output[at:line])


def strip_trailing_whitespace(content):
    """Does what dkimpy's function of this name does, whose time grows with the square of a run of blanks."""
    *lines, last = content.split(b"\r\n")
    return b"\r\n".join([line.rstrip(b"\t ") for line in lines] + [last])


def test_stripping_white_space_fast_gives_what_dkimpy_gives():
    random_numbers = random.Random(1)
    for _ in range(2000):
        text = b"".join(random_numbers.choices([b" ", b"\t", b"\r\n", b"\r", b"\n", b"x"], k=random_numbers.randint(0, 12)))
        assert strip_trailing_whitespace(text) == dkim.canonicalization.strip_trailing_whitespace(text), text


@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.campaign)])
def test_dkimpy_passes_messages_of_every_size(keys, count, monkeypatch):
    monkeypatch.setattr(dkim.canonicalization, "strip_trailing_whitespace", strip_trailing_whitespace)
    random_numbers, checked = random.Random(count), 0
    for start in range(0, count, 100):
        messages = [varied_message(random_numbers) for _ in range(start, min(start + 100, count))]
        for number, (message, signed) in enumerate(zip(messages, sign_each(keys, messages), strict=True)):
            assert signed.endswith(message)
            for index in (0, 1):
                assert verifies(keys, signed, index), f"message {start + number} of seed {count}"
            checked += 1
    assert checked == count


@pytest.mark.parametrize(
    "fields",
    [
        b"Subject:\r\n", b"Subject: \r\n", b"Subject:  a  b \t c  \r\n", b"Subject:\r\n folded\r\n",
        b"Subject: a\r\n\tb\r\n   c\r\n", b"SUBJECT: x\r\n", b"subject: x\r\nSubject: y\r\n",
        b"List-Help: <https://example.org/help>\r\n", b"List-Owner: <mailto:a@example.org>\r\nlist-owner: b\r\n",
        b"X-Other: " + b"x" * 900 + b"\r\n", b"Subject: " + b"w " * 400 + b"\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n", b"Sender: x@example.org\r\n",
        "To: jos\u00e9@example.org\r\n".encode(),
    ],
)
def test_every_kind_of_field_verifies(keys, fields):
    assert_good(keys, sign(keys, fields + HEADER + b"\r\nx\r\n"))
    assert_good(keys, sign(keys, HEADER + fields + b"\r\nx\r\n"))


@pytest.mark.parametrize(
    "change",
    [
        (b"weekly@example.org>", b"weekly@example.com>"), (b"Caf=C3", b"Caf=C4"), (b"ana@", b"eva@"),
        (b"leave/x", b"leave/y"), (b"One-Click", b"Two-Click"), (b"Hello", b"Hallo"), (b"a:b:c:d", b"a:b:c:e"),
        (b"Fri, 20", b"Fri, 21"), (b"W47.12", b"W47.13"), (b"text/plain", b"text/html"), (b"editor@", b"e@"),
        (b"Verdicts <weekly.", b"Others <weekly."), (b"1.0\r\n", b"1.1\r\n"), (b"bye", b"bye bye"),
        (b"t=1795165200", b"t=1795165201"),
    ],
    ids=lambda change: change[0].decode().strip(),
)
def test_a_change_on_the_way_breaks_both(keys, change):
    signed = sign(keys)
    changed = signed.replace(*change)
    assert changed != signed
    for index in (0, 1):
        assert not verifies(keys, changed, index)


@pytest.mark.parametrize(
    "field",
    [b"From: eve@example.com", b"To: eve@example.com", b"Subject: Win", b"Date: Sat, 21 Nov 2026 09:00:00 +0000",
     b"List-Id: <x.example.com>", b"List-Unsubscribe: <https://example.com/>",
     b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"],
)
@pytest.mark.parametrize("with_list", [True, False])
def test_a_second_field_of_a_covered_name_breaks_both(keys, field, with_list):
    lines = HEADER if with_list else re.sub(rb"(?m)^List-.*\r\n( .*\r\n)*", b"", HEADER)
    signed = sign(keys, lines + b"\r\nx\r\n")
    for index in (0, 1):
        assert verifies(keys, signed, index)
        assert not verifies(keys, field + b"\r\n" + signed, index)


def test_a_second_list_field_that_is_in_no_table_breaks_both(keys):
    signed = sign(keys, HEADER + b"List-Help: <https://example.org/help>\r\n\r\nx\r\n")
    for index in (0, 1):
        assert verifies(keys, signed, index)
        assert not verifies(keys, b"List-Help: <https://example.com/>\r\n" + signed, index)


def test_what_relays_may_change_breaks_nothing(keys):
    signed = sign(keys)
    changed = b"Received: by relay.example.org; Fri, 20 Nov 2026 09:00:01 +0000\r\n" + signed
    changed = changed.replace(b"Hello  Ana,\t\r\n", b"Hello Ana, \r\n").replace(b"Subject: ", b"SUBJECT:   ")
    assert_good(keys, changed + b"\r\n \r\n")


def test_the_same_message_gives_the_same_bytes(keys):
    assert sign(keys) == sign(keys)
    assert sign(keys) != sign(keys, date="1795165201")


def test_the_field_says_what_the_rules_for_bulk_senders_want(keys):
    signed = sign(keys)
    for field in signed[: -len(MESSAGE)].split(b"DKIM-Signature:")[1:]:
        tags = dict(
            tag.strip().split("=", 1) for tag in re.sub(r"\s+", " ", field.decode()).split(";")
        )
        assert tags["c"] == "relaxed/relaxed" and tags["t"] == DATE and tags["d"] == "example.org"
        assert "l" not in tags and "x" not in tags
        names = [name.strip().lower() for name in tags["h"].split(":")]
        for name in ("from", "to", "subject", "date", "list-id", "list-unsubscribe", "list-unsubscribe-post"):
            assert names.count(name) == 2, name
        for name in ("message-id", "mime-version", "content-type", "reply-to", "feedback-id"):
            assert names.count(name) == 1, name
    for line in signed[: -len(MESSAGE)].split(b"\r\n"):
        assert len(line) <= 78 and b"\n" not in line and line == line.rstrip()


def test_unsubscribe_headers_are_covered_even_where_absent(keys):
    signed = sign(keys, b"From: a@example.org\r\n\r\nx\r\n")
    assert_good(keys, signed)
    for index in (0, 1):
        assert not verifies(keys, b"List-Unsubscribe: <https://example.com/>\r\n" + signed, index)


def test_a_long_domain_and_selector_fold(keys):
    label = "x" * 60
    domain = ".".join([label] * 3) + ".example.org"
    signed = sign(keys, domain=domain)
    assert f"d={domain};".encode() in signed


def test_records_have_the_form_that_dns_takes(keys):
    assert re.fullmatch(r"v=DKIM1; k=rsa; p=[A-Za-z0-9+/]+=*", keys["rsa"]["record"])
    assert re.fullmatch(r"v=DKIM1; k=ed25519; p=[A-Za-z0-9+/]{43}=", keys["ed25519"]["record"])
    for key in keys.values():
        start, strings = key["zone"].split(" ( ")
        assert start == f"{key['selector']}._domainkey.example.org. IN TXT"
        parts = re.findall(r'"([^"]*)"', strings)
        assert "".join(parts) == key["record"] and max(map(len, parts)) <= 255


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def test_a_foreign_key_of_openssl_in_either_pem_form_signs(keys, tmp_path):
    for extra in ([], ["-traditional"]):
        path = tmp_path / f"key{len(extra)}.pem"
        openssl("genrsa", *extra, "-out", path, "1024")
        path.chmod(0o600)
        public = subprocess.run(
            ["openssl", "rsa", "-in", path, "-pubout", "-outform", "DER"], capture_output=True, check=True
        ).stdout
        import base64

        foreign = {"rsa": {"selector": "f", "file": path,
                           "record": "v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()}}
        done = run("sign", DATE, "example.org", "f", path, "", "", message=MESSAGE)
        assert "1024 bits" in done.stderr.decode()
        assert_good(foreign, done.stdout, 1)


def refused(*words, message=MESSAGE):
    done = run("sign", DATE, *words, message=message)
    assert done.returncode == 1 and done.stdout == b""
    assert done.stderr.count(b"\n") == 1
    return done.stderr.decode()


def test_keys_that_cannot_sign_are_refused_with_the_reason(keys, tmp_path):
    rsa, small, large, locked, public, junk = (tmp_path / name for name in
                                               ("rsa", "small", "large", "locked", "public", "junk"))
    openssl("genrsa", "-out", small, "768")
    openssl("genrsa", "-aes128", "-passout", "pass:x", "-out", locked, "1024")
    openssl("rsa", "-in", keys["rsa"]["file"], "-pubout", "-out", public)
    junk.write_text("no key\n")
    rsa.write_bytes(keys["rsa"]["file"].read_bytes())
    for path in (small, locked, public, junk):
        path.chmod(0o600)
    rsa.chmod(0o640)
    assert f"chmod 600 {rsa}" in refused("example.org", "s", rsa, "", "")
    assert "768 bits" in refused("example.org", "s", small, "", "")
    assert "passphrase" in refused("example.org", "s", locked, "", "")
    assert "no private key" in refused("example.org", "s", public, "", "")
    assert "no private key" in refused("example.org", "s", junk, "", "")
    assert "No such file" in refused("example.org", "s", tmp_path / "none", "", "")
    assert str(tmp_path) in refused("example.org", "s", tmp_path, "", "")
    assert "is no key of the kind RSA" in refused("example.org", "s", keys["ed25519"]["file"], "", "")
    assert "is no key of the kind Ed25519" in refused("example.org", "", "", "s", keys["rsa"]["file"])
    good = keys["rsa"]["file"]
    assert "dkim.selector" in refused("example.org", "", good, "", "")
    assert "dkim.selector" in refused("example.org", "a;b", good, "", "")
    assert "dkim.domain" in refused("example.org\r\nX: y", "s", good, "", "")
    assert "dkim.domain" in refused("", "s", good, "", "")
    assert "dkim.key_file" in refused("example.org", "s", "", "", "")


@pytest.mark.parametrize(
    "message",
    [b"", b"x", b"From: a@example.org", b"From: a@example.org\r\n", b"From: a@example.org\n\nx\n", b"\r\nx\r\n",
     b"To: a@example.org\r\n\r\nx\r\n", b" folded: first\r\nFrom: a\r\n\r\n", b"From: a\r\nno field\r\n\r\n",
     b"From: a\r\n" + b"X: y\r\n" * 200 + b"\r\n"],
)
def test_what_is_no_message_is_refused(keys, message):
    assert "From" in refused("example.org", "s", keys["rsa"]["file"], "", "", message=message)
