"""An IMAP server over TLS on a free loopback port that lies as it is told: one folder, numbered messages."""

import base64
import pathlib
import re
import socket
import ssl
import threading

from dovecot_server import make_certificate
from scripted_smtp import CHALLENGES


class LyingImap:
    """`messages` is uid -> bytes. What may be set before or between commands:

    validity   UIDVALIDITY of the folder
    before     called with each command's text; answers True to break the connection instead of answering
    literal    message -> the size that its literal claims
    noise      lines that stand before every answer
    offers     what it adds to CAPABILITY: "AUTH=PLAIN LOGINDISABLED"
    refuses    mechanisms ("LOGIN" is the command, too) -> the words of the NO that they get
    """

    def __init__(self, folder: pathlib.Path, messages: dict[int, bytes]) -> None:
        make_certificate(folder)
        self.folder, self.messages = folder, dict(messages)
        self.validity = 1
        self.before = lambda command: False
        self.literal = len
        self.noise = b""
        self.offers = ""
        self.refuses: dict[str, str] = {}
        self.logins: list[str] = []
        self.moved: dict[int, str] = {}
        self.commands: list[str] = []

    def __enter__(self):
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(self.folder / "server.pem", self.folder / "server.key")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.accepting = threading.Thread(target=self.accept, daemon=True)
        self.accepting.start()
        return self

    def __exit__(self, *_):
        # A thread that still waits would take the connections of whoever has the descriptor's number next.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.accepting.join()
        self.listener.close()

    def use(self, newsletter) -> None:
        """Points a newsletter's settings here."""
        password = newsletter.folder / "bounce.password"
        password.write_text("secret\n")
        password.chmod(0o600)
        newsletter.settings |= {
            "bounce.mailbox": f"imaps://127.0.0.1:{self.port}/INBOX",
            "bounce.username": "bounces",
            "bounce.password_file": str(password),
            "bounce.ca_file": str(self.folder / "server.pem"),
        }

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(client,), daemon=True).start()

    def talk(self, client: socket.socket) -> None:
        try:
            with self.tls.wrap_socket(client, server_side=True) as wire:
                lines = wire.makefile("rb")
                wire.sendall(b"* OK ready\r\n")
                for line in lines:
                    tag, _, command = line.decode().rstrip("\r\n").partition(" ")
                    self.commands.append(command)
                    if self.before(command):
                        return
                    if command.upper().startswith("AUTHENTICATE "):
                        for challenge in CHALLENGES.get(command.split()[1].upper(), [b""])[len(command.split()) - 2:]:
                            wire.sendall(b"+ " + base64.b64encode(challenge) + b"\r\n")
                            lines.readline()
                    wire.sendall(self.noise + self.answer(tag.encode(), command))
                    if self.short(command):
                        return  # what was promised never comes
        except (OSError, ssl.SSLError):
            pass

    def short(self, command: str) -> bool:
        words = command.split()
        message = self.messages.get(int(words[2])) if words[:2] == ["UID", "FETCH"] else None
        return message is not None and self.literal(message) > len(message)

    def answer(self, tag: bytes, command: str) -> bytes:
        done = tag + b" OK done\r\n"
        words = command.upper().split()
        if words[0] == "CAPABILITY":
            return f"* CAPABILITY IMAP4rev1 UIDPLUS MOVE {self.offers}\r\n".encode() + done
        if words[0] in ("LOGIN", "AUTHENTICATE"):
            self.logins.append(words[0] if words[0] == "LOGIN" else words[1])
            refusal = self.refuses.get(self.logins[-1])
            return done if refusal is None else tag + f" NO {refusal}\r\n".encode()
        if words[0] in ("SELECT", "EXAMINE"):
            return (b"* FLAGS (\\Seen \\Deleted)\r\n* %d EXISTS\r\n* OK [UIDVALIDITY %d] since it exists\r\n"
                    % (len(self.messages), self.validity)) + done
        if words[0] == "STATUS":
            return b"* STATUS INBOX (MESSAGES %d)\r\n" % len(self.messages) + done
        if words[:2] == ["UID", "SEARCH"]:
            first, last = (int(n) for n in re.search(r"(\d+):(\d+)", command).groups())
            listed = sorted(self.messages)[first - 1:last]
            return b"* SEARCH" + b"".join(b" %d" % uid for uid in listed) + b"\r\n" + done
        if words[:2] == ["UID", "FETCH"]:
            message = self.messages.get(int(words[2]))
            if message is None:
                return done
            return (b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n" % (int(words[2]), self.literal(message))
                    + message + b")\r\n" + done)
        if words[:2] == ["UID", "MOVE"]:
            for uid in (int(n) for n in words[2].split(",")):
                if self.messages.pop(uid, None) is not None:
                    self.moved[uid] = words[3].strip('"')
        return done
