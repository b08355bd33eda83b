"""A real SMTP server (aiosmtpd) on a free loopback port that writes into a Maildir.

usage: maildir_server.py MAILDIR PORT_FILE

Writes its port into PORT_FILE once it listens, and serves until standard input closes.
"""

import os
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox


class KeepEnvelope(Mailbox):
    """A Maildir that keeps the envelope as X-MailFrom and X-RcptTo, as aiosmtpd does."""


def main() -> None:
    maildir, port_file = sys.argv[1:3]
    for folder in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(maildir, folder), exist_ok=True)
    controller = Controller(
        KeepEnvelope(maildir), hostname="127.0.0.1", port=0, decode_data=False
    )
    controller.start()
    port = controller.server.sockets[0].getsockname()[1]
    aside = port_file + ".new"
    with open(aside, "w", encoding="ascii") as out:
        out.write(f"{port}\n")
    os.replace(aside, port_file)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main()
