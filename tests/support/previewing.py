"""The preview page of a newsletter, served by the real program."""

import email
import email.policy
import html
import json
import pathlib
import re
import shutil
import urllib.error
import urllib.parse
import urllib.request

from newsletter import ROOT


class Preview:
    """`with Preview(newsletter) as page:` then page.url, page.get(), page.post()."""

    def __init__(self, newsletter, *words) -> None:
        self.newsletter = newsletter
        self.words = words or ("--listen", "127.0.0.1:0")

    def __enter__(self):
        self.process = self.newsletter.start("preview", *self.words)
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://"), self.process.stderr.read()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        out, err = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, err
        assert "runtime error" not in err and "AddressSanitizer" not in err, err

    @property
    def host(self) -> str:
        return urllib.parse.urlsplit(self.url).netloc

    @property
    def token(self) -> str:
        return urllib.parse.urlsplit(self.url).path.strip("/")

    def get(self, path="", headers=None, **query):
        """(status, headers, body) of a page below the token."""
        address = self.url + path + ("?" + urllib.parse.urlencode(query) if query else "")
        return fetch(urllib.request.Request(address, headers=headers or {}))

    def state(self, **query):
        status, _, body = self.get("state", **query)
        assert status == 200
        return json.loads(body)

    def post(self, path, headers=None, **form):
        body = urllib.parse.urlencode(form).encode()
        status, _, answer = fetch(urllib.request.Request(self.url + path, data=body, headers=headers or {}))
        return status, answer


def fetch(request):
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def approval(state) -> dict:
    """What the page posts with its button to approve what a state shows."""
    return {"seen": state["seen"], "date": state["date"]}


def without_marks(test: bytes, banner: str) -> list:
    """A test mail taken apart, without what marks it as one: the word in its subject, the banner,
    the Message-ID. Each must be there, once. See taken_apart()."""
    fields, subject, text, markup = taken_apart(test)
    assert subject.startswith("[Test] "), subject
    assert text.startswith(banner.encode() + b"\n\n"), text[:200]
    before, box, words, after = re.split(rb'(\n<div role="note"[^>]*>)(.*?)</div>', markup)
    assert html.unescape(words.decode()) == banner
    return [fields, subject[len("[Test] "):], text[len(banner.encode()) + 2:], before + after]


def taken_apart(message: bytes) -> list:
    """All bytes of a message that a banner does not move: the header as it stands without Subject
    and Message-ID, with each part's own header; the subject; the bytes of both parts."""
    fields = re.sub(rb"(?m)^(Subject|Message-ID):.*\r\n(?:[ \t].*\r\n)*", b"", message.split(b"\r\n\r\n", 1)[0] + b"\r\n")
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    text, markup = parsed.iter_parts()
    return [[fields, text.items(), markup.items(), parsed.preamble, parsed.epilogue], parsed["Subject"],
            text.get_payload(decode=True).replace(b"\r\n", b"\n"), markup.get_payload(decode=True).replace(b"\r\n", b"\n")]


def own_templates(newsletter) -> pathlib.Path:
    """The operator's own copy of the templates."""
    folder = newsletter.folder / "templates"
    shutil.copytree(ROOT / "templates", folder)
    newsletter.settings["templates_dir"] = str(folder)
    return folder


def edit(path: pathlib.Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
