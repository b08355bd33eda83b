"""The signup service under wrk, beside nginx serving the same page as a file; and the times of its answers
to the form by who asks.

usage: serve.py SECONDS
"""

import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("VERDICTS", str(ROOT / "build" / "release" / "verdicts"))
sys.path.insert(0, str(ROOT / "tests" / "support"))

from newsletter import Newsletter  # noqa: E402
from service import Service, worker_pids  # noqa: E402

WIDE = {f"limit_{name}": "1000000/s" for name in ("address", "network", "domain", "all", "unstamped")}

NGINX = """daemon off; error_log {folder}/error.log; pid {folder}/pid; worker_processes 1;
events {{ worker_connections 1024; }}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
server {{ listen 127.0.0.1:{port}; root {folder}/root; default_type text/html; }} }}
"""

POST = """wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
local n = 0
request = function()
  n = n + 1
  return wrk.format(nil, "/subscribe", nil, "email=reader" .. n .. "%40example.org&name=Ann")
end
"""


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wrk(url, seconds, script=None):
    """Requests a second, p50 and p99, and how many were not answered 2xx."""
    command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "--latency"] + (["-s", str(script)] if script else []) + [url]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    times = dict(re.findall(r"(50|99)%\s+(\S+)", out))
    bad = re.search(r"Non-2xx.*: (\d+)", out)
    return float(re.search(r"Requests/sec:\s+(\S+)", out)[1]), times["50"], times["99"], int(bad[1]) if bad else 0


def row(name, figures):
    rate, p50, p99, bad = figures
    print(f"{name:<44}{rate:>10.0f}/s   p50 {p50:>9}   p99 {p99:>9}   not 2xx {bad}", flush=True)
    return rate


def nginx_rate(folder, page, seconds):
    """None where there is no nginx."""
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None:
        print("nginx is not installed: apt-get install nginx-light")
        return None
    (folder / "root").mkdir()
    (folder / "root" / "index.html").write_bytes(page)
    os.chmod(folder, 0o755)
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    server = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")],
                              stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        return row("nginx, the same page as a file, 1 worker", wrk(f"http://127.0.0.1:{port}/", seconds))
    finally:
        server.terminate()
        server.wait()


def answer_times(service, newsletter):
    """Milliseconds of POST /subscribe by who asks: quartiles and the 99th of a hundred."""
    people = {"new": 400, "confirmed": 400, "suppressed": 400}
    newsletter.add_readers(people["confirmed"], prefix="known")
    newsletter.add_readers(people["suppressed"], prefix="gone")
    for number in range(people["suppressed"]):
        newsletter.run("subscribers", "forget", f"gone{number}@example.org", "--yes", expect=None)
    names = {"new": "fresh", "confirmed": "known", "suppressed": "gone"}
    times = {kind: [] for kind in people}
    for number in range(min(people.values())):  # in turn, so that all see the same machine
        for kind, name in names.items():
            began = time.perf_counter()
            service.subscribe(f"{name}{number}@example.org")
            times[kind].append((time.perf_counter() - began) * 1000)
    for kind, values in times.items():
        cuts = statistics.quantiles(values, n=100)
        print(f"  {kind:<12} p25 {cuts[24]:6.2f}   p50 {cuts[49]:6.2f}   p75 {cuts[74]:6.2f}   p99 {cuts[98]:6.2f} ms")


def memory(service):
    return max(int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])
               for pid in worker_pids(service))


def main():
    seconds = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        newsletter = Newsletter(folder / "newsletter")
        script = folder / "post.lua"
        script.write_text(POST)
        with Service(newsletter, **WIDE) as service:
            url = f"http://{service.address}"
            own = row("verdicts serve, GET /", wrk(f"{url}/", seconds))
            row("verdicts serve, GET /style.css", wrk(f"{url}/style.css", seconds))
            page = service.get("/").body
            other = nginx_rate(folder, page, seconds)
            if other:
                print(f"{'ratio of GET / to nginx':<44}{own / other:>10.2f}")
            row("verdicts serve, POST /subscribe, durable", wrk(f"{url}/subscribe", seconds, script))
            print(f"{'peak memory of a process':<44}{memory(service) / 1024:>10.1f} MiB")
        newsletter = Newsletter(folder / "second")
        with Service(newsletter, **WIDE) as service:
            print("time of the answer to POST /subscribe, by who asks:")
            answer_times(service, newsletter)


if __name__ == "__main__":
    main()
