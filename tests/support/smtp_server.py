"""A real SMTP server (aiosmtpd) on a free loopback port that records what it accepts."""

import socket
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class FreePortController(Controller):
    """A controller that lets the system choose the port: aiosmtpd's own asks its server for a first
    answer at the port it was given, which 0 is not."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        with socket.create_connection((self.hostname, self.port), timeout=10) as probe:
            probe.recv(1024)


class Recorder:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.messages: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            self.messages.append(
                (envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content)
            )
            number = len(self.messages)
        return f"250 2.0.0 Ok: queued as M{number}"


class RecordingServer:
    """`with RecordingServer() as server:` then server.url, server.messages."""

    def __init__(self, **options) -> None:
        self.recorder = Recorder()
        self.options = options

    def __enter__(self):
        options = self.options

        class Factory(FreePortController):
            def factory(self):
                return SMTP(self.handler, hostname="relay.example.org", enable_SMTPUTF8=True, **options)

        self.controller = Factory(self.recorder, hostname="127.0.0.1", port=0)
        self.controller.start()
        self.port = self.controller.port
        self.url = f"smtp://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *exc):
        self.controller.stop()

    @property
    def messages(self):
        """(envelope sender, recipients, bytes) of each accepted message, in order."""
        with self.recorder.lock:
            return list(self.recorder.messages)

    def recipients(self):
        return [address for _, recipients, _ in self.messages for address in recipients]
