"""Measures the whole `send` beside its peers: a table and JSON, nothing asserted.

usage: bench.py [--quick] [--json FILE] [--only WORD]

Every row is one process measured from its start to its end: messages a second, its CPU time for each
message, its peak memory. The sink runs as a process of its own. Machines differ and are noisy: read the
ratios within one run, not the figures.
"""

import argparse
import contextlib
import json
import os
import re
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "bench"
VERDICTS = BUILD / "verdicts"
HERE = pathlib.Path(__file__).resolve().parent
PUBLISHED = "2026-11-19T09:00:00Z"
NOW = "2026-11-20T12:00:00Z"


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, **options)


def measured(command):
    """Seconds, CPU seconds and peak KiB of one process."""
    with tempfile.NamedTemporaryFile() as figures:
        run(BUILD / "tests" / "measure", figures.name, *command)
        seconds, cpu, peak = pathlib.Path(figures.name).read_text().split()
    return float(seconds), float(cpu), int(peak)


@contextlib.contextmanager
def lean_sink(folder, *options):
    """The bench's own sink; gives its port."""
    port_file = folder / "sink.port"
    port_file.unlink(missing_ok=True)
    process = subprocess.Popen([str(BUILD / "tests" / "sink"), str(port_file), *map(str, options)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while not port_file.exists() or not port_file.read_text().strip():
        time.sleep(0.01)
    try:
        yield int(port_file.read_text())
    finally:
        process.stdin.close()
        process.stdout.read()
        process.stdout.close()
        process.wait()


@contextlib.contextmanager
def smtp_sink(folder):
    """Postfix' smtp-sink on a free port."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(["smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "512"])
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            break
        time.sleep(0.05)
    try:
        yield port
    finally:
        process.kill()
        process.wait()


class Bench:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.rows: list[dict] = []
        self.finishing: list[dict] = []
        self.base = folder / "base"
        run(VERDICTS, "init", self.base)
        config = ["--config", self.base / "verdicts.conf", "--now", NOW]
        run(VERDICTS, *config, "import", "--published", PUBLISHED, ROOT / "templates" / "sample")
        run(VERDICTS, *config, "preview", "--out", folder / "issue")
        self.size = (folder / "issue" / "issue.eml").stat().st_size

    def newsletter(self, readers: int) -> pathlib.Path:
        """A copy of the base with so many readers; made once for each count."""
        kept = self.folder / f"readers{readers}"
        if not kept.exists():
            shutil.copytree(self.base, kept)
            people = self.folder / "people.csv"
            with people.open("w") as out:
                out.write("email,name\n")
                out.writelines(f"reader{i}@example.org,Reader {i}\n" for i in range(readers))
            run(VERDICTS, "--config", kept / "verdicts.conf", "subscribers", "import", people, "--status",
                "confirmed", "--wording", "bench")
        work = self.folder / "work"
        for old in (work, self.folder / "work.state"):
            shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(kept, work)
        return work

    def settings(self, work: pathlib.Path, *settings: str) -> list:
        """The record of how far it was sent lies beside the copy, and goes with it."""
        return [word for setting in (f"state_dir={work}.state", *settings) for word in ("--set", setting)]

    def row(self, name: str, messages: int, seconds: float, cpu: float, peak: int) -> None:
        row = {"name": name, "messages": messages, "per_second": round(messages / seconds),
               "cpu_us": round(cpu / messages * 1e6, 1), "peak_mib": round(peak / 1024, 1)}
        self.rows.append(row)
        print(f"{name:52} {row['per_second']:>8}/s {row['cpu_us']:>9} us {row['peak_mib']:>7} MiB", flush=True)

    def verdicts(self, name: str, readers: int, url: str, *settings: str) -> None:
        work = self.newsletter(readers)
        words = self.settings(work, f"smtp.url={url}", *settings)
        command = [VERDICTS, "--config", work / "verdicts.conf", "--now", NOW, *words, "weekly"]
        self.row(name, readers, *measured(command))

    def finish(self) -> None:
        """A reader's message composed and signed, without a network or a database."""
        for line in run(BUILD / "tests" / "bench_finish").stdout.splitlines():
            found = re.match(r"(.+?) +(\d+) messages of (\d+) bytes +([\d.]+) us each", line)
            self.finishing.append({"name": found[1], "bytes": int(found[3]), "us": float(found[4])})
            print(line, flush=True)

    def syscalls(self, readers: int) -> float | None:
        """System calls for each message, counted on a run of its own."""
        if shutil.which("strace") is None:
            return None
        with lean_sink(self.folder) as port:
            work = self.newsletter(readers)
            out = self.folder / "strace"
            run("strace", "-f", "-c", "-o", out, VERDICTS, "--config", work / "verdicts.conf", "--now", NOW,
                *self.settings(work, f"smtp.url=smtp://127.0.0.1:{port}", "smtp.connections=10"), "weekly")
        # "% time  seconds  usecs/call  calls  [errors]  syscall", a row for each call.
        rows = [line.split() for line in out.read_text().splitlines()]
        calls = sum(int(row[3]) for row in rows if len(row) >= 5 and row[3].isdigit() and row[-1] != "total")
        return round(calls / readers, 1)


def certificate(folder):
    cert, key = folder / "cert.pem", folder / "key.pem"
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    return cert, key


def dkim_settings(folder):
    keys = folder / "dkim"
    done = subprocess.run([str(VERDICTS), "dkim-key", str(keys)], capture_output=True, check=False)
    if done.returncode != 0:
        return None, None
    key = keys / "dkim-rsa.pem"
    return key, ["dkim.domain=example.org", "dkim.selector=bench", f"dkim.key_file={key}"]


def scenarios(bench: Bench, quick: bool):
    """(name, function) in the order of the table."""
    count = 2000 if quick else 20000
    folder = bench.folder
    issue = folder / "issue"

    def ours(name, connections, *settings, sink_options=(), scheme="smtp://127.0.0.1", readers=count):
        def go():
            with lean_sink(folder, *sink_options) as port:
                bench.verdicts(name, readers, f"{scheme}:{port}", f"smtp.connections={connections}", *settings)
        return name, go

    def source(name, connections, *options, readers=count):
        def go():
            with lean_sink(folder, *options) as port:
                bench.row(name, readers, *measured(
                    ["smtp-source", "-s", connections, "-m", readers, "-l", bench.size, "-d", "-f",
                     "bounces@example.org", "-t", "reader@example.org", f"127.0.0.1:{port}"]))
        return name, go

    def peer(name, command, readers):
        def go():
            with lean_sink(folder) as port:
                bench.row(name, readers, *measured([str(word).replace("PORT", str(port)) for word in command]))
        return name, go

    def slow_sink(name, maker):
        def go():
            with smtp_sink(folder) as port:
                maker(port)
        return name, go

    texts = [issue / "issue.txt", issue / "issue.html"]
    for connections in (1, 4, 10, 50):
        yield source(f"smtp-source, {connections} sessions, constant message", connections)
        yield ours(f"verdicts, {connections} connection{'s' if connections > 1 else ''}", connections)
    yield ours("verdicts, 1 connection, envelope behind the dot", 1, "smtp.pipeline_ahead=yes")
    yield ours("verdicts, 10 connections, envelope behind the dot", 10, "smtp.pipeline_ahead=yes")
    yield ours("verdicts, 10 connections, no PIPELINING", 10, sink_options=("--no-pipelining",))
    yield ours("verdicts, 10 connections, replies after 20 ms", 10, sink_options=("--delay", 20), readers=count // 10)
    yield source("smtp-source, 10 sessions, replies after 20 ms", 10, "--delay", 20, readers=count // 10)
    yield ours("verdicts, 50 connections, replies after 20 ms", 50, sink_options=("--delay", 20), readers=count // 4)
    cert, key = certificate(folder)
    yield ours("verdicts, 4 connections, STARTTLS", 4, "smtp.tls=required", f"smtp.ca_file={cert}",
               sink_options=("--cert", cert, "--key", key), scheme="smtp://localhost")
    dkim_key, dkim = dkim_settings(folder)
    if dkim is not None:
        yield ours("verdicts, 10 connections, DKIM rsa-2048", 10, *dkim)
    yield slow_sink("smtp-sink", lambda port: bench.verdicts(
        "verdicts, 10 connections, to smtp-sink", count, f"smtp://127.0.0.1:{port}", "smtp.connections=10"))
    yield slow_sink("smtp-sink", lambda port: bench.row("smtp-source, 10 sessions, to smtp-sink", count, *measured(
        ["smtp-source", "-s", 10, "-m", count, "-l", bench.size, "-d", "-f", "bounces@example.org", "-t",
         "reader@example.org", f"127.0.0.1:{port}"])))
    upload = BUILD / "tests" / "curl_upload"
    for threads in (1, 10):
        yield peer(f"libcurl upload, {threads} threads, constant message",
                   [upload, "smtp://127.0.0.1:PORT", issue / "issue.eml", count // 2, threads], count // 2)
    node = shutil.which("node")
    if not node or not (ROOT / "tests" / "browser" / "node_modules" / "nodemailer").is_dir():
        yield "nodemailer", lambda: print("nodemailer: not there (sh tests/run --setup installs it)")
    else:
        base = [node, HERE / "peer_nodemailer.js", "127.0.0.1", "PORT", *texts, count // 10, 10]
        yield peer("nodemailer, pool of 10, personalised", base, count // 10)
        if dkim_key is not None:
            yield peer("nodemailer, pool of 10, DKIM rsa-2048", [*base, dkim_key], count // 10)
    yield peer("Python smtplib, personalised", ["/usr/bin/python3", HERE / "peer_smtplib.py", "127.0.0.1", "PORT",
                                               *texts, count // 10], count // 10)
    for readers in (10000, 100000) if quick else (10000, 100000, 1000000):
        yield ours(f"verdicts, 10 connections, {readers} readers", 10, readers=readers)
    yield "verdicts to null:", lambda: bench.verdicts(f"verdicts to null:, {count * 5} readers", count * 5, "null:")


PAIRS = [(f"verdicts, {count} connection{'s' if count > 1 else ''}", f"smtp-source, {count} sessions, constant message")
         for count in (1, 4, 10, 50)] + [
    ("verdicts, 10 connections, replies after 20 ms", "smtp-source, 10 sessions, replies after 20 ms"),
    ("verdicts, 10 connections, to smtp-sink", "smtp-source, 10 sessions, to smtp-sink"),
    ("verdicts, 10 connections", "libcurl upload, 10 threads, constant message"),
    ("verdicts, 10 connections", "nodemailer, pool of 10, personalised"),
    ("verdicts, 10 connections, DKIM rsa-2048", "nodemailer, pool of 10, DKIM rsa-2048"),
    ("verdicts, 10 connections", "Python smtplib, personalised"),
]


def compare(rows: dict[str, dict]):
    """Ours beside each peer that did the same."""
    for ours, peer in PAIRS:
        if ours in rows and peer in rows:
            yield {"ours": ours, "peer": peer,
                   "rate": round(rows[ours]["per_second"] / rows[peer]["per_second"], 2),
                   "cpu": round(rows[ours]["cpu_us"] / rows[peer]["cpu_us"], 2)}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true", help="a tenth of the messages, 100,000 readers at most")
    options.add_argument("--json", type=pathlib.Path)
    options.add_argument("--only", default="")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(pathlib.Path(name))
        print(f"one message has {bench.size} bytes\n")
        for title, go in scenarios(bench, chosen.quick):
            if chosen.only in title:
                go()
        if chosen.only in "finish":
            bench.finish()
        calls = bench.syscalls(2000) if not chosen.only else None
    ratios = list(compare({row["name"]: row for row in bench.rows}))
    for ratio in ratios:
        print(f"{ratio['ours']} / {ratio['peer']}: {ratio['rate']} of its rate, {ratio['cpu']} of its CPU a message")
    if calls is not None:
        print(f"system calls a message: {calls}")
    if chosen.json:
        chosen.json.write_text(json.dumps({"message_bytes": bench.size, "rows": bench.rows, "ratios": ratios,
                                           "finishing": bench.finishing, "syscalls_per_message": calls}, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
