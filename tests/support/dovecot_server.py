"""A real Dovecot on free high loopback ports, with a certificate of its own."""

import getpass
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile
import time

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
listen = 127.0.0.1
ssl = required
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
mailbox_list_index = no
first_valid_uid = 1
{namespace}
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

# What 2.4 (Debian 13) says in other words than 2.3 (Debian 12). The first line must be the version.
CONFIG_2_3 = """
protocols = imap
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = yes
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
"""
CONFIG_2_4 = """dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols {{
  imap = yes
}}
ssl_server_cert_file = {folder}/server.pem
ssl_server_key_file = {folder}/server.key
auth_allow_cleartext = no
mail_driver = maildir
mail_path = {folder}/mail
passdb static {{
  password = secret
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/home
  }}
}}
"""
# Whether an access token is good is asked of a token server (RFC 7662). Passwords are taken as well.
OAUTH2_2_3 = """
auth_mechanisms = plain xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""
OAUTH2_CONF_2_3 = """
introspection_mode = post
introspection_url = {introspection}
username_attribute = username
active_attribute = active
active_value = true
"""
OAUTH2_2_4 = """
auth_mechanisms = plain xoauth2 oauthbearer
oauth2 {{
  introspection_mode = post
  introspection_url = {introspection}
  username_attribute = username
  active_attribute = active
  active_value = true
  force_introspection = yes
}}
"""
CAPABILITIES = "IMAP4rev1 LITERAL+ ID ENABLE IDLE UIDPLUS MOVE NAMESPACE".split()


def is_before_2_4() -> bool:
    said = subprocess.run(["/usr/sbin/dovecot", "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in said.split()[0].split(".")[:2]) < (2, 4)


def config_of_release(without: tuple[str, ...], oauth2: bool) -> str:
    """The part that depends on the version, with what the server says it can do, as braces of a template."""
    words = [word for word in CAPABILITIES if word not in without]
    # The version stands in front, and the passdb of tokens before that of the password, which is asked only then.
    if is_before_2_4():
        return (OAUTH2_2_3 if oauth2 else "") + CONFIG_2_3 + (
            f"imap_capability = {' '.join(words)}\n" if without else "")
    version, _, rest = CONFIG_2_4.partition("protocols")
    lines = "".join(f"  {word} = yes\n" for word in words)
    return version + (OAUTH2_2_4 if oauth2 else "") + "protocols" + rest + (
        f"imap_capability {{{{\n{lines}}}}}\n" if without else "")


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
    """One mailbox, whoever logs in: the Maildir `mail`. The password is "secret"; with the address of a token server's
    `introspection` the tokens that it knows are taken as well."""

    def __init__(self, folder: pathlib.Path, without: tuple[str, ...] = (), namespace: str = "",
                 introspection: str = "") -> None:
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
        me = getpass.getuser()
        group = "dovecot" if root else subprocess.check_output(["id", "-gn"], text=True).strip()
        (folder / "oauth2.conf").write_text(OAUTH2_CONF_2_3.format(introspection=introspection))
        config = config_of_release(without, oauth2=introspection != "")
        (folder / "dovecot.conf").write_text((config + CONFIG).format(
            introspection=introspection, folder=folder, internal="dovecot" if root else me, internal_group=group,
            login="dovenull" if root else me, uid=self.owner.pw_uid, gid=self.owner.pw_gid,
            imap_port=self.imap_port, imaps_port=self.imaps_port, namespace=namespace))
        if root:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
            for path in [folder, *folder.parents]:  # the mail's owner has to get there
                if pathlib.Path(tempfile.gettempdir()) in path.parents:
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
