"""A real Dovecot on free high loopback ports, with a certificate of its own."""

import getpass
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import time

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
listen = 127.0.0.1
protocols = imap
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = yes
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
mail_location = maildir:{folder}/mail
mailbox_list_index = no
first_valid_uid = 1
imap_capability = {capability}
{namespace}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""

def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(folder: pathlib.Path, name: str = "server") -> None:
    """A certificate that signs itself, for 127.0.0.1 and localhost."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
         "-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")],
        check=True, capture_output=True)


class Dovecot:
    """One mailbox, whoever logs in: the Maildir `mail`. The password is "secret"."""

    def __init__(self, folder: pathlib.Path, without: tuple[str, ...] = (), namespace: str = "") -> None:
        if shutil.which("dovecot", path="/usr/sbin:/usr/bin") is None:
            raise FileNotFoundError("dovecot")
        self.folder = folder
        folder.mkdir(parents=True)
        self.mail = folder / "mail"
        for part in ("new", "cur", "tmp"):
            (self.mail / part).mkdir(parents=True)
        (folder / "home").mkdir()
        self.imap_port, self.imaps_port = free_port(), free_port()
        make_certificate(folder)
        root = os.geteuid() == 0
        self.owner = pwd.getpwnam("nobody" if root else getpass.getuser())
        capability = ""
        if without:
            words = "IMAP4rev1 LITERAL+ ID ENABLE IDLE UIDPLUS MOVE NAMESPACE".split()
            capability = " ".join(word for word in words if word not in without)
        me = getpass.getuser()
        group = "dovecot" if root else subprocess.check_output(["id", "-gn"], text=True).strip()
        (folder / "dovecot.conf").write_text(CONFIG.format(
            folder=folder, internal="dovecot" if root else me, internal_group=group,
            login="dovenull" if root else me, uid=self.owner.pw_uid, gid=self.owner.pw_gid,
            imap_port=self.imap_port, imaps_port=self.imaps_port, namespace=namespace,
            capability=capability))
        if root:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
            for path in [folder, *folder.parents]:  # the mail's owner has to get there
                if path != pathlib.Path("/tmp") and str(path).startswith("/tmp/"):
                    path.chmod(path.stat().st_mode | 0o711)

    def __enter__(self):
        self.process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", str(self.folder / "dovecot.conf")],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(self.process.stderr.read().decode())
            try:
                socket.create_connection(("127.0.0.1", self.imaps_port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("dovecot does not listen: " + self.log())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self.process.stderr.close()

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def make_folder(self, folder: str) -> None:
        for part in ("", "new", "cur", "tmp"):
            path = self.mail / folder / part
            path.mkdir()
            if os.geteuid() == 0:
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def put(self, name: str, message: bytes, folder: str = "", part: str = "new") -> None:
        """A message that waits in INBOX, or in ".Folder"; in "cur" its name ends in flags."""
        path = self.mail / folder / part / name
        path.write_bytes(message)
        if os.geteuid() == 0:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def messages(self, folder: str = "") -> list[bytes]:
        """What lies in INBOX, or in ".Folder"."""
        found = []
        for part in ("new", "cur"):
            place = self.mail / folder / part
            if place.is_dir():
                found += [path.read_bytes() for path in sorted(place.iterdir())]
        return found

    def use(self, newsletter, scheme: str = "imaps", folder: str = "INBOX") -> None:
        """Points a newsletter's settings here."""
        password = newsletter.folder / "bounce.password"
        password.write_text("secret\n")
        password.chmod(0o600)
        port = self.imaps_port if scheme == "imaps" else self.imap_port
        newsletter.settings |= {
            "bounce.mailbox": f"{scheme}://127.0.0.1:{port}/{folder}",
            "bounce.username": "bounces",
            "bounce.password_file": str(password),
            "bounce.ca_file": str(self.folder / "server.pem"),
        }
