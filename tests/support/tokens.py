"""Tokens as links carry them, made from a newsletter's secret file (src/base/token.h)."""

import base64
import hashlib
import hmac
import pathlib

LEAVE, PREFERENCES, CONFIRM, BOUNCE, BOUNCE_MAIL, CHANGE, FORM, OWN = range(1, 9)


def make(folder: pathlib.Path, purpose: int, person: int, detail: int = 0, key: bytes | None = None) -> str:
    """`key` None: the newsletter's own."""
    lines = (folder / "verdicts.key").read_text(encoding="ascii").splitlines()
    number, text = next(line.split() for line in lines if line[:1].isdigit())
    head = bytes([int(number)]) + person.to_bytes(5, "big") + detail.to_bytes(4, "big")
    mac = hmac.new(key or bytes.fromhex(text), bytes([purpose]) + head, hashlib.sha256).digest()
    return base64.b32encode(head + mac[:15]).decode().lower()
