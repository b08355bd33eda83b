"""A real nginx before the service, on a free port of this machine."""

import os
import shutil
import socket
import subprocess

from service import wait_until

NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")


class Nginx:
    """`with Nginx(folder, locations) as front:`; `locations` is what stands in the section server."""

    def __init__(self, folder, locations: str) -> None:
        self.folder, self.locations = folder, locations

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = " ".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in kinds)
        conf = self.folder / "nginx.conf"
        conf.write_text(
            ("user root;\n" if os.geteuid() == 0 else "") +  # whose folder this is
            f"daemon off; error_log {self.folder}/error.log; pid {self.folder}/pid; events {{}}\n"
            f"http {{ access_log off; {temporary}\nserver {{ listen {self.address};\n{self.locations}}}}}\n")
        self.process = subprocess.Popen([NGINX, "-p", str(self.folder), "-c", str(conf)], stderr=subprocess.DEVNULL)
        wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        return self

    def __exit__(self, *exc):
        self.process.terminate()
        self.process.wait(timeout=30)
