"""A real SMTP server (aiosmtpd) on a free loopback port that writes into a Maildir.

usage: maildir_server.py MAILDIR PORT_FILE

Writes its port into PORT_FILE once it listens, and serves until standard input closes.
"""

import os
import sys

from aiosmtpd.handlers import Mailbox

from smtp_server import FreePortController


def main() -> None:
    maildir, port_file = sys.argv[1:3]
    for folder in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(maildir, folder), exist_ok=True)
    controller = FreePortController(Mailbox(maildir), hostname="127.0.0.1", port=0)
    controller.start()
    port = controller.port
    aside = port_file + ".new"
    with open(aside, "w", encoding="ascii") as out:
        out.write(f"{port}\n")
    os.replace(aside, port_file)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main()
