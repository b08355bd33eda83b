"""A real Postfix as relay: an instance of its own on a free loopback port, as root."""

import grp
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import time

MASTER = """
127.0.0.1:{port} inet n - n - 50 smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
proxymap  unix  - - n - - proxymap
error     unix  - - n - - error
discard   unix  - - n - - discard
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""

# No process ends for idleness: postlogd would, and a new one that is started under load logs to its
# own full socket and waits for itself for ever, and everybody waits for it.
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
local_transport = discard:
default_transport = discard:
relayhost =
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/recipients, permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 10000
smtpd_soft_error_limit = 10000
max_idle = 1d
max_use = 1000000
{extra}
"""


class PostfixRelay:
    """`with PostfixRelay(folder) as relay:` then relay.url; messages are thrown away."""

    def __init__(self, folder: pathlib.Path, extra: str = "", services: str = "") -> None:
        self.folder, self.extra, self.services = folder, extra, services

    @staticmethod
    def missing() -> str | None:
        """Why there is none, for pytest.skip()."""
        if os.geteuid() != 0:
            return "a Postfix of one's own needs root"
        if shutil.which("postfix", path="/usr/sbin") is None:
            return "postfix is not installed"
        return None

    def postfix(self, *words, check=True):
        return subprocess.run(["/usr/sbin/postfix", "-c", str(self.folder / "etc"), *words], check=check,
                              capture_output=True, text=True)

    def __enter__(self):
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = sock.getsockname()[1]
        for parent in [self.folder, *self.folder.parents]:
            if parent.stat().st_uid == os.geteuid() and parent != pathlib.Path("/"):
                parent.chmod(parent.stat().st_mode | 0o055)
        etc, data, queue = (self.folder / name for name in ("etc", "data", "queue"))
        for path in (etc, data, queue):
            path.mkdir()
        (self.folder / "log").touch()
        os.chown(self.folder / "log", pwd.getpwnam("postfix").pw_uid, -1)
        os.chown(data, pwd.getpwnam("postfix").pw_uid, grp.getgrnam("postfix").gr_gid)
        (etc / "main.cf").write_text(MAIN.format(folder=self.folder, extra=self.extra))
        (etc / "master.cf").write_text(MASTER.format(port=self.port) + self.services)
        (self.folder / "recipients").write_text(
            "/^no/ 550 5.1.1 there is no such user\n/^full/ 452 4.2.2 full\n")
        self.postfix("start")
        for _ in range(300):
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.05)
        self.url = f"smtp://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *exc) -> None:
        self.postfix("stop", check=False)

    def delivered(self, expected: int, seconds: float = 120) -> list[str]:
        """The recipients that Postfix has delivered (thrown away), by its log; waits for `expected`."""
        until = time.monotonic() + seconds
        while True:
            log = (self.folder / "log").read_text(errors="replace") if (self.folder / "log").exists() else ""
            found = re.findall(r" to=<([^>]*)>.* status=sent", log)
            if len(found) >= expected or time.monotonic() > until:
                return found
            time.sleep(0.2)
