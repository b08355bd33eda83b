"""An SMTP server that does what a script tells it, also what no server should.

    server = ScriptedServer([Rule("RCPT", "550 5.1.1 no such user", who="reader3@")])
    with server: ... server.url, server.accepted, server.received

A rule names a stage (CONNECT EHLO STARTTLS AUTH MAIL RCPT DATA CONTENT DOT RSET QUIT), what happens
there, whom it concerns (a piece of the recipient's or, at MAIL, of the sender's address, at AUTH of the
mechanism; None is everybody) and how often. What can happen:

    "550 5.1.1 text"     that reply (several lines: parted by \\n)
    "close"              the connection is closed without a word
    "reset"              … with a TCP reset
    "stall"              no answer, ever
    "half"               half a reply, then closed
    "garbage"            a line that is no reply
    "slow"               the usual reply, byte by byte
    "long:550 5.1.1"     a reply line of 200 kB
    "also:250 ok"        the usual reply, and this one right behind it, unasked
    "late-close"         the usual reply, then closed
    "gate"               the usual reply, once server.gate.set() was called
    "close-behind-dot"   closed without a word, once the dot of some message has arrived

CONTENT happens after the first bytes of the text and ends the reading of it, DOT when the whole message is there. `received`
has every message whose dot arrived, `accepted` those that were answered with 2xx.
"""

import asyncio
import base64
import contextlib
import dataclasses
import socket
import ssl
import struct
import threading

USUAL = {
    "CONNECT": "220 scripted.example.org ESMTP",
    "STARTTLS": "220 2.0.0 go ahead",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 go ahead",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
}


# What the server says in the course of a login; PLAIN and others say nothing first.
CHALLENGES = {
    "LOGIN": [b"Username:", b"Password:"],
    "CRAM-MD5": [b"<1896.697170952@scripted.example.org>"],
    "DIGEST-MD5": [b'realm="scripted.example.org",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8',
                   b"rspauth=ea40f60335c427b5527b84dbabcdfffd"],
    "NTLM": [b"", b"NTLMSSP\0" + struct.pack("<IHHIIQQ", 2, 0, 0, 48, 0x8201, 0x0123456789ABCDEF, 0)
             + struct.pack("<HHI", 0, 0, 48)],
}


@dataclasses.dataclass
class Rule:
    stage: str
    action: str
    who: str | None = None
    times: int = 1 << 30
    connections: tuple[int, int] = (0, 1 << 30)  # from, to (counted from 0)


class Gone(Exception):
    """The script says that this connection is over."""


class Session:
    def __init__(self, server, reader, writer, number) -> None:
        self.server, self.reader, self.writer, self.number = server, reader, writer, number
        self.tls = False
        self.leaving = False
        self.clear()

    def clear(self) -> None:
        self.sender: str | None = None
        self.recipients: list[str] = []

    async def send(self, text: str) -> None:
        self.writer.write(text.replace("\n", "\r\n").encode("utf-8", "surrogateescape") + b"\r\n")
        await self.writer.drain()

    async def act(self, action: str, usual: str) -> str:
        """Does what the action says; gives the code that was sent."""
        if action in ("close", "reset"):
            if action == "reset":
                sock = self.writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.writer.transport.abort()
            raise Gone
        if action == "stall":
            await asyncio.sleep(3600)
        if action == "half":
            self.writer.write(usual[:2].encode())
            await self.writer.drain()
            raise Gone
        if action == "garbage":
            self.writer.write(b"\x00\xff this is no reply\r\n")
            await self.writer.drain()
            return "000"
        if action == "slow":
            for byte in (usual + "\r\n").encode():
                self.writer.write(bytes([byte]))
                await self.writer.drain()
                await asyncio.sleep(0.002)
            return usual[:3]
        if action.startswith("long:"):
            reply = action[5:]
            await self.send(reply + " " + "x" * 200_000)
            return reply[:3]
        if action.startswith("also:"):
            await self.send(usual + "\n" + action[5:])
            return usual[:3]
        if action == "gate":
            while not self.server.gate.is_set():
                await asyncio.sleep(0.01)
            await self.send(usual)
            return usual[:3]
        if action == "close-behind-dot":
            while not self.server.received:
                await asyncio.sleep(0.01)
            raise Gone
        if action == "late-close":
            await self.send(usual)
            self.leaving = True
            return usual[:3]
        await self.send(action)
        return action.splitlines()[-1][:3]

    async def answer(self, stage: str, who: str, usual: str) -> str:
        action = self.server.action(stage, who, self.number)
        if action is None:
            await self.send(usual)
            return usual[:3]
        return await self.act(action, usual)

    async def command(self) -> str:
        if self.leaving:
            raise Gone
        line = await self.reader.readline()
        if not line.endswith(b"\n"):
            raise Gone
        return line.decode("utf-8", "surrogateescape").rstrip("\r\n")

    async def serve(self) -> None:
        await self.answer("CONNECT", "", USUAL["CONNECT"])
        while True:
            line = await self.command()
            self.server.commands.append(line)
            verb = line.split(" ")[0].upper()
            handler = getattr(self, "on_" + verb.lower(), None)
            if handler is None:
                await self.send("500 5.5.2 unknown command")
            else:
                await handler(line)

    async def on_ehlo(self, line: str) -> None:
        offers = list(self.server.offers)
        if self.tls:
            offers = [offer for offer in offers if offer != "STARTTLS"] + self.server.offers_tls
        lines = ["scripted.example.org", *offers]
        usual = "\n".join(f"250{'-' if i + 1 < len(lines) else ' '}{text}" for i, text in enumerate(lines))
        await self.answer("EHLO", "", usual)

    async def on_helo(self, line: str) -> None:
        await self.answer("HELO", "", "250 scripted.example.org")

    async def on_starttls(self, line: str) -> None:
        code = await self.answer("STARTTLS", "", USUAL["STARTTLS"])
        if code == "220":
            if self.server.tls is None:
                self.writer.write(b"this is no TLS record\r\n" * 10)
                await self.writer.drain()
                return
            await self.writer.start_tls(self.server.tls)
            self.tls = True
            self.clear()

    async def on_auth(self, line: str) -> None:
        """Takes whatever is said to the challenges of the mechanism; rules know it by `who`."""
        mechanism, *initial = line.split(" ")[1:]
        said = [base64.b64decode(word) for word in initial]
        for challenge in CHALLENGES.get(mechanism.upper(), [b""])[len(initial):]:
            await self.send("334 " + base64.b64encode(challenge).decode())
            answer = await self.command()
            if answer == "*":
                await self.send("501 5.7.0 cancelled")
                return
            said.append(base64.b64decode(answer))
        self.server.logins.append((mechanism, said))
        if self.server.tokens is not None and not any(token.encode() in said[-1] for token in self.server.tokens):
            await self.send("334 " + base64.b64encode(b'{"status":"401","schemes":"bearer"}').decode())
            await self.command()
            await self.send("535 5.7.8 that token is not good")
            return
        await self.answer("AUTH", line, USUAL["AUTH"])

    async def on_mail(self, line: str) -> None:
        if self.sender is not None:
            await self.send("503 5.5.1 nested MAIL")
            return
        too_early = await self.server.snatch(self)
        code = await self.answer("MAIL", line, USUAL["MAIL"])
        if code[0] == "2":
            self.sender = line
        await self.server.lie(self, too_early)

    async def on_rcpt(self, line: str) -> None:
        if self.sender is None:
            await self.send("503 5.5.1 MAIL first")
            return
        code = await self.answer("RCPT", line, USUAL["RCPT"])
        if code[0] == "2":
            self.recipients.append(line)

    async def on_rset(self, line: str) -> None:
        self.clear()
        await self.answer("RSET", "", USUAL["RSET"])

    async def on_noop(self, line: str) -> None:
        await self.send("250 2.0.0 Ok")

    async def on_quit(self, line: str) -> None:
        await self.answer("QUIT", "", USUAL["QUIT"])
        raise Gone

    async def on_data(self, line: str) -> None:
        if not self.recipients and not self.server.always_354:
            await self.send("554 5.5.1 no valid recipients")
            return
        who = self.recipients[0] if self.recipients else ""
        code = await self.answer("DATA", who, USUAL["DATA"])
        if code != "354":
            return
        await self.take_text(who)
        self.clear()

    async def take_text(self, who: str) -> None:
        text = bytearray()
        while True:
            line = b"" if self.leaving else await self.reader.readline()
            if not line.endswith(b"\n"):
                raise Gone
            if line == b".\r\n":
                break
            text += line
            if len(text) == len(line) and self.recipients:
                action = self.server.action("CONTENT", who, self.number)
                if action is not None:
                    # Said too early; nothing more is read, as by a server that has made up its mind.
                    await self.act(action, "")
                    await asyncio.sleep(3600)
        await self.take_message(who, bytes(text))

    async def take_message(self, who: str, text: bytes) -> None:
        if not self.recipients:
            await self.send("554 5.5.1 no valid recipients")
            return
        address = who[who.index("<") + 1:who.rindex(">")]
        self.server.received.append((address, text))
        if self.server.delay:
            await asyncio.sleep(self.server.delay)
        usual = f"250 2.0.0 Ok: queued as S{len(self.server.received)}"
        code = await self.answer("DOT", who, usual)
        if code[0] == "2":
            self.server.accepted.append((address, text))
            self.server.per_connection.setdefault(self.number, []).append(address)


class ScriptedServer:
    """`lies`: what happens to commands that come in one piece with MAIL: "flush" (dropped), "503"
    (answered so), "close"."""

    def __init__(self, rules=(), offers=("PIPELINING", "SIZE 10000000", "8BITMIME", "ENHANCEDSTATUSCODES"),
                 offers_tls=(), tls: ssl.SSLContext | None = None, implicit_tls=False, lies=None, always_354=False,
                 delay=0.0, port=0, host="127.0.0.1") -> None:
        self.rules = list(rules)
        self.offers, self.offers_tls = list(offers), list(offers_tls)
        self.tls, self.implicit_tls, self.lies, self.always_354, self.delay = tls, implicit_tls, lies, always_354, delay
        self.port, self.host = port, host
        self.received: list[tuple[str, bytes]] = []
        self.accepted: list[tuple[str, bytes]] = []
        self.commands: list[str] = []
        self.tokens: set[str] | None = None  # access tokens that are good; None: passwords are taken
        self.logins: list[tuple[str, list[bytes]]] = []  # mechanism, answers; also what was refused
        self.per_connection: dict[int, list[str]] = {}
        self.gate = threading.Event()
        self.connections = 0
        self.writers: set[asyncio.StreamWriter] = set()
        self.open = 0
        self.most_open = 0

    def action(self, stage: str, who: str, connection: int) -> str | None:
        for rule in self.rules:
            low, high = rule.connections
            if (rule.stage == stage and rule.times > 0 and low <= connection < high
                    and (rule.who is None or rule.who in who)):
                rule.times -= 1
                return rule.action
        return None

    async def snatch(self, session: Session) -> list[bytes]:
        """Takes the commands that came in one piece with MAIL."""
        if self.lies is None:
            return []
        await asyncio.sleep(0.02)
        waiting = bytes(session.reader._buffer).splitlines()
        session.reader._buffer.clear()
        return waiting

    async def lie(self, session: Session, too_early: list[bytes]) -> None:
        if too_early and self.lies == "close":
            raise Gone
        if too_early and self.lies == "503":
            for _ in too_early:
                await session.send("503 5.5.0 Improper use of SMTP command pipelining")
            session.clear()

    async def connected(self, reader, writer) -> None:
        session = Session(self, reader, writer, self.connections)
        session.tls = self.implicit_tls
        self.connections += 1
        self.writers.add(writer)
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        with contextlib.suppress(Gone, ConnectionError, ssl.SSLError, OSError, asyncio.IncompleteReadError):
            await session.serve()
        self.open -= 1
        self.writers.discard(writer)
        with contextlib.suppress(Exception):
            writer.close()

    def run(self) -> None:
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.listener = self.loop.run_until_complete(
            asyncio.start_server(self.connected, self.host, self.port, limit=1 << 17,
                                 ssl=self.tls if self.implicit_tls else None))
        self.port = self.listener.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.listener.close()
        with contextlib.suppress(Exception):
            self.loop.run_until_complete(asyncio.sleep(0.01))
        self.loop.close()

    def __enter__(self):
        self.ready = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        assert self.ready.wait(10)
        scheme = "smtps" if self.implicit_tls else "smtp"
        self.url = f"{scheme}://{self.host}:{self.port}"
        return self

    def __exit__(self, *exc) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def kill(self) -> None:
        """As a machine that loses its power: every connection is cut, and none is taken any more."""
        def cut() -> None:
            self.listener.close()
            for writer in list(self.writers):
                writer.transport.abort()
        self.loop.call_soon_threadsafe(cut)

    def copies(self, address: str) -> list[bytes]:
        """The accepted messages to an address."""
        return [text for to, text in list(self.accepted) if to == address]
