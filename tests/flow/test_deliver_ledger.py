"""The ledger: nobody is lost, nobody gets it twice but for a row in doubt."""

import collections
import ipaddress
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

import pytest

import shim
from deliver_run import DRIVER, Ledger
from scripted_smtp import Rule, ScriptedServer

HASTE = 10  # how many times as fast a program waits: a relay out of reach is tried for 15 seconds


def readers(count):
    return [f"r{i}@example.org" for i in range(count)]


def check_promise(ledger, received, addresses):
    """Everybody has a copy; a second one only who was in doubt, and the same bytes."""
    copies = collections.defaultdict(list)
    for to, text in received:
        copies[to].append(text)
    doubted = {row.address: row.doubted for row in ledger.rows()}
    assert set(copies) == set(addresses), "somebody is missing"
    for address, texts in copies.items():
        assert len(texts) <= 1 + doubted[address], f"{address} has {len(texts)}, doubted {doubted[address]}"
        assert len(set(texts)) == 1, "the copies differ"


def until(run, condition) -> None:
    """Waits for what a run brings about, as long as it runs."""
    while True:
        ended = run.poll() is not None
        if condition():
            return
        assert not ended, run.communicate()
        time.sleep(0.005)


@pytest.mark.parametrize("lanes", [1, 4])
def test_after_kill_9_at_any_moment_nobody_is_lost(tmp_path, lanes):
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    chance = random.Random(seed)
    addresses = readers(150)
    for number in range(5):
        folder = tmp_path / str(number)
        folder.mkdir()
        ledger = Ledger(folder, addresses)
        kills = 0
        with ScriptedServer(delay=0.002) as server:
            while kills < 3:
                run = ledger.start(server.url, alone=1, connections=lanes)
                time.sleep(chance.uniform(0.05, 0.5))
                run.kill()
                run.communicate()
                kills += 1
                sending = [row for row in ledger.rows() if row.state == "sending"]
                assert sum(row.noted for row in sending) <= lanes, "more in doubt than connections"
            ledger.run(server.url, expect=0, alone=1, connections=lanes)
            check_promise(ledger, server.received, addresses)


def test_a_process_that_was_stopped_past_its_lease_does_not_send_twice(tmp_path):
    addresses = readers(60)
    ledger = Ledger(tmp_path, addresses)
    with ScriptedServer(delay=0.05) as server:
        sleeper = ledger.start(server.url, connections=2, lease=2)
        until(sleeper, lambda: len(server.received) >= 5)
        sleeper.send_signal(signal.SIGSTOP)
        time.sleep(2.2)
        ledger.run(server.url, connections=2)
        sleeper.send_signal(signal.SIGCONT)
        sleeper.communicate(timeout=60)
        ledger.run(server.url, expect=0)
        check_promise(ledger, server.received, addresses)


def test_a_claim_that_was_lost_in_sleep_is_noticed_before_the_dot(tmp_path):
    ledger = Ledger(tmp_path, readers(1))
    with ScriptedServer([Rule("DATA", "gate")]) as first, ScriptedServer() as second:
        sleeper = ledger.start(first.url, lease=2, log="info")
        until(sleeper, lambda: "DATA" in first.commands)
        sleeper.send_signal(signal.SIGSTOP)
        time.sleep(2.2)
        ledger.run(second.url, expect=0)
        first.gate.set()
        sleeper.send_signal(signal.SIGCONT)
        _, err = sleeper.communicate(timeout=60)
        assert "claim_lost" in err
        assert len(second.received) == 1 and first.received == []
    assert ledger.states() == {"r0@example.org": "sent"}


def test_claims_of_another_boot_are_in_doubt_and_no_more(tmp_path):
    addresses = readers(300)
    ledger = Ledger(tmp_path, addresses)
    with ScriptedServer(delay=0.01) as server:
        run = ledger.start(server.url, env={"VERDICTS_BOOT_ID": "first"}, connections=2)
        until(run, lambda: len(server.received) >= 20)
        run.kill()
        run.communicate()
        claimed = [row.address for row in ledger.rows() if row.state == "sending"]
        assert 0 < len(claimed) <= 100
        counts = ledger.run(server.url, expect=75, env={"VERDICTS_BOOT_ID": "second"}, in_doubt="hold")
        assert counts["in_doubt"] == len(claimed)
        assert sorted(row.address for row in ledger.rows() if row.doubted) == sorted(claimed)
        ledger.run(server.url, expect=0, env={"VERDICTS_BOOT_ID": "second"})
        check_promise(ledger, server.received, addresses)


def test_a_live_claim_of_another_process_is_left_alone(tmp_path):
    addresses = readers(20)
    ledger = Ledger(tmp_path, addresses)
    with ScriptedServer([Rule("DATA", "stall", who="<r0@", times=1)]) as server:
        first = ledger.start(server.url, connections=1, reply_timeout=3)
        until(first, lambda: any(line.startswith("DATA") for line in server.commands))
        counts = ledger.run(server.url, expect=75)
        assert counts["sending"] + counts["queued"] == 20, "all were claimed by the first"
        first.communicate(timeout=60)
        assert sorted(to for to, _ in server.received) == sorted(addresses[1:])


def test_four_workers_on_one_issue_send_to_each_reader_once(tmp_path):
    addresses = readers(400)
    ledger = Ledger(tmp_path, addresses)
    with ScriptedServer() as server:
        workers = [ledger.start(server.url, connections=2) for _ in range(4)]
        for worker in workers:
            out, err = worker.communicate(timeout=120)
            assert worker.returncode in (0, 75), (out, err)
        ledger.run(server.url, expect=0)
        got = sorted(to for to, _ in server.received)
    assert got == sorted(addresses)
    assert not any(row.doubted for row in ledger.rows())


def test_what_a_server_took_is_recorded_though_another_process_keeps_the_database(tmp_path):
    """As a long import does: longer than a transaction waits for it, twice."""
    ledger = Ledger(tmp_path, readers(200))
    with ScriptedServer(delay=0.05) as server:
        run = ledger.start(server.url, connections=4, env=shim.hasty(HASTE=HASTE), connect_timeout=120,
                           reply_timeout=120, dot_timeout=120)  # on its clock, which a busy machine cannot follow
        until(run, lambda: len(server.received) >= 20)
        keeper = sqlite3.connect(ledger.path, isolation_level=None)
        keeper.execute("BEGIN IMMEDIATE")
        time.sleep(24 / HASTE)
        keeper.execute("ROLLBACK")
        _, err = run.communicate(timeout=60)
        assert "another process is writing" in err
        taken = {to for to, _ in server.received}
    states = ledger.states()
    assert {address for address, state in states.items() if state == "sent"} == taken
    assert set(states.values()) == {"sent", "queued"}


def test_SIGTERM_finishes_the_messages_in_hand(tmp_path):
    addresses = readers(200)
    ledger = Ledger(tmp_path, addresses)
    with ScriptedServer(delay=0.05) as server:
        run = ledger.start(server.url, connections=3)
        until(run, lambda: len(server.received) >= 6)
        run.terminate()
        at_signal = len(server.received)
        out, err = run.communicate(timeout=30)
        assert run.returncode == 75, (out, err)
        assert len(server.received) <= at_signal + 6
        states = collections.Counter(ledger.states().values())
        assert states["sent"] == len(server.accepted) and states["sent"] + states["queued"] == 200
        assert server.commands.count("QUIT") == 3


def test_a_limit_stops_the_run_after_so_many_messages(tmp_path):
    ledger = Ledger(tmp_path, readers(50))
    with ScriptedServer([Rule("RCPT", "550 5.1.1 no", who="<r1@")]) as server:
        counts = ledger.run(server.url, expect=75, connections=4, limit=10)
        assert len(server.received) == 10 and counts["sent"] == 10 and counts["stopped"]
        assert counts["sending"] == 0


def test_greylisting_is_overcome_by_the_next_run(tmp_path):
    ledger = Ledger(tmp_path, readers(5))
    now = int(time.time())
    with ScriptedServer([Rule("RCPT", "451 4.7.1 greylisted", times=5)]) as server:
        assert ledger.run(server.url, expect=75, now=now)["deferred"] == 5
        assert ledger.run(server.url, expect=75, now=now + 60)["deferred"] == 5, "not due yet"
        assert ledger.run(server.url, expect=0, now=now + 500)["sent"] == 5


def test_a_run_lingers_for_rows_that_come_due(tmp_path):
    ledger = Ledger(tmp_path, readers(3))
    now = int(time.time())
    with ScriptedServer([Rule("RCPT", "451 4.7.1 greylisted", who="<r1@", times=1)]) as server:
        ledger.run(server.url, expect=75, now=now)
        due = next(row.next_at for row in ledger.rows() if row.state == "deferred")
        assert ledger.run(server.url, expect=0, now=due - 2, linger=10)["sent"] == 3


def test_attempts_space_out_and_the_last_one_falls_on_the_age(tmp_path):
    ledger = Ledger(tmp_path, readers(1))
    now = first = int(time.time())
    gaps = []
    with ScriptedServer([Rule("RCPT", "450 4.2.0 later")]) as server:
        while True:
            ledger.run(server.url, now=now, max_age=86400)
            (row,) = ledger.rows()
            if row.state == "gave_up":
                break
            gaps.append(row.next_at - now)
            now = row.next_at
    assert now - first == pytest.approx(86400, abs=2 * len(gaps) + 5)
    for i, gap in enumerate(gaps[:-1]):
        ideal = min(300 * 2 ** i, 6 * 3600)
        assert 0.79 * ideal <= gap <= 1.21 * ideal + 2
    assert row.attempts == len(gaps) + 1


def test_the_rate_of_the_relay_holds_and_survives_a_restart(tmp_path):
    ledger = Ledger(tmp_path, readers(40))
    with ScriptedServer() as server:
        begin = time.monotonic()
        runs = 0
        while True:
            counts = ledger.run(server.url, rate="20/2", limit=4)
            runs += 1
            if counts["sent"] == 40:
                break
        seconds = time.monotonic() - begin
    # 18 in two seconds, as a tenth is kept for single mails: 40 cannot go in less than 4.
    assert seconds >= 3.5 and runs >= 10


def test_a_relay_that_hangs_up_while_the_pace_is_waited_for_does_not_end_the_run(tmp_path):
    ledger = Ledger(tmp_path, [f"r{i}@example.org" for i in range(4)])
    with ScriptedServer([Rule("DOT", "late-close")]) as server:
        counts = ledger.run(server.url, expect=0, connections=2, rate="60/60")
        assert counts["sent"] == 4 and len(server.accepted) == 4


def test_the_pace_of_one_domain_does_not_hold_up_the_others(tmp_path):
    slow = [f"s{i}@slow.example.org" for i in range(4)]
    ledger = Ledger(tmp_path, slow + readers(30))
    settings = {"domain:slow.example.org": "1/1"}
    with ScriptedServer() as server:
        assert ledger.run(server.url, expect=0, **settings)["sent"] == 34
        order = [to for to, _ in server.received]
    assert order.index("r29@example.org") < order.index("s2@slow.example.org")


def test_a_message_that_waits_long_for_the_rate_returns_to_the_queue_and_the_run_waits(tmp_path):
    slow = [f"s{i}@slow.example.org" for i in range(3)]
    ledger = Ledger(tmp_path, slow)
    settings = {"domain:*": "1/4"}
    with ScriptedServer() as server:
        assert ledger.run(server.url, expect=0, **settings)["sent"] == 3


def sink(*words):
    """Postfix' smtp-sink; gives the process and its URL."""
    if shutil.which("smtp-sink", path=os.environ["PATH"] + ":/usr/sbin") is None:
        pytest.skip("smtp-sink (package postfix) is not installed")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    path = shutil.which("smtp-sink", path=os.environ["PATH"] + ":/usr/sbin")
    process = subprocess.Popen([path, *user, *words, f"127.0.0.1:{port}", "100"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)
    return process, f"smtp://127.0.0.1:{port}"


@pytest.mark.parametrize("words,state", [
    (("-f", "mail"), "deferred"), (("-f", "rcpt"), "deferred"), (("-f", "data"), "deferred"), (("-f", "."), "deferred"),
    (("-r", "mail"), "deferred"), (("-r", "rcpt"), "deferred"), (("-r", "data"), "deferred"), (("-r", "."), "deferred"),
    (("-q", "mail"), "deferred"), (("-q", "rcpt"), "deferred"), (("-q", "data"), "deferred"), (("-q", "."), "in_doubt"),
    (("-Q", "mail"), "deferred"), (("-Q", "rcpt"), "deferred"), (("-Q", "data"), "deferred"), (("-Q", "."), "deferred"),
    (("-f", "ehlo"), "sent"), (("-f", "rset"), "sent"), (("-q", "quit"), "sent"), (("-f", "connect"), "deferred"),
    (("-q", "connect"), "deferred"), (("-Q", "ehlo"), "deferred"), (("-p",), "sent"), (("-e",), "sent"),
    (("-A", "0"), "deferred|in_doubt"),
], ids=lambda value: "".join(value) if isinstance(value, tuple) else value)
def test_faults_of_smtp_sink(tmp_path, words, state):
    ledger = Ledger(tmp_path, readers(6))
    process, url = sink(*words)
    try:
        ledger.run(url, connections=2, connect_timeout=3)
    finally:
        process.kill()
        process.wait()
    assert set(ledger.states().values()) <= set(state.split("|")), (ledger.rows(), ledger.last.stderr)


@pytest.mark.parametrize("backend", ["null:", "maildir"])
def test_the_local_backends_go_the_same_way(tmp_path, backend):
    addresses = readers(120)
    ledger = Ledger(tmp_path, addresses)
    folder = tmp_path / "mail"
    counts = ledger.run(f"maildir:{folder}" if backend == "maildir" else backend, expect=0)
    assert counts["sent"] == 120 and all(row.noted for row in ledger.rows())
    if backend == "maildir":
        files = list((folder / "new").iterdir())
        assert len(files) == 120 and not list((folder / "tmp").iterdir())
        assert {path.read_bytes().split(b"\r\n")[1].decode()[4:] for path in files} == set(addresses)


def test_a_maildir_keeps_one_file_a_reader_whatever_is_killed(tmp_path):
    addresses = readers(150)
    ledger = Ledger(tmp_path, addresses)
    folder = tmp_path / "mail"
    for pause in (0.1, 0.15, 0.25):
        run = ledger.start(f"maildir:{folder}", alone=1)
        time.sleep(pause)
        run.kill()
        run.communicate()
    ledger.run(f"maildir:{folder}", expect=0, alone=1)
    assert len(list((folder / "new").iterdir())) == 150


def test_a_maildir_that_cannot_be_written_is_a_relay_that_is_away(tmp_path):
    ledger = Ledger(tmp_path, readers(5))
    (tmp_path / "mail").write_text("a file, not a folder")
    counts = ledger.run(f"maildir:{tmp_path / 'mail'}", expect=75)
    assert counts["relay_away"] and counts["deferred"] == 5
    assert "mail" in ledger.operator()


def test_the_log_has_a_line_for_each_message_without_its_address(tmp_path):
    ledger = Ledger(tmp_path, readers(3))
    with ScriptedServer() as server:
        ledger.run(server.url, expect=0, log="info")
    lines = [line for line in ledger.last.stderr.splitlines() if " delivery sent " in line]
    assert len(lines) == 3
    for line in lines:
        for word in ("issue=1", "subscriber=", "code=250", "enhanced=2.0.0", "queue=S", "ms="):
            assert word in line
        assert "@" not in line


def test_each_change_of_a_connection_is_a_line_at_debug(tmp_path):
    ledger = Ledger(tmp_path, readers(6))
    with ScriptedServer([Rule("RCPT", "550 5.1.1 no such user", who="<r3@")]) as server:
        ledger.run(server.url, expect=0, log="debug", connections=2)
    line = r" (lane|transaction) enters connection=(\S+) from=(\w+) to=(\w+) cause=(.+)"
    changes = re.findall(line, ledger.last.stderr)
    now = {}
    for subject, connection, before, after, _ in changes:
        assert before == now.get((subject, connection), "closed" if subject == "lane" else "over")
        now[subject, connection] = after
    assert {(subject, state) for (subject, _), state in now.items()} == {("lane", "closed"), ("transaction", "over")}
    assert any(after == "idle" and "550 5.1.1 no such user" in cause for *_, after, cause in changes)
    assert [after for *_, after, _ in changes].count("dot") == 5


def test_a_message_that_cannot_be_written_stops_the_run_and_puts_nobody_in_doubt(tmp_path):
    ledger = Ledger(tmp_path, readers(40))
    with ScriptedServer(delay=0.1) as server:
        words = ledger.command(server.url, connections=4, broken=21)
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 70 and "row 21: this message cannot be written" in done.stderr
        states = collections.Counter(ledger.states().values())
        assert states["sent"] == len(server.received) and states["in_doubt"] == 0
        assert states["sent"] + states["queued"] == 40, "what was claimed is given back"


def test_the_progress_counts_up_to_all(tmp_path):
    ledger = Ledger(tmp_path, readers(60))
    with ScriptedServer([Rule("RCPT", "550 5.1.1 no", who="<r3@")], delay=0.03) as server:
        ledger.run(server.url, expect=0, connections=2, progress=1)
    lines = [line for line in ledger.last.stderr.splitlines() if line.startswith("progress: ")]
    assert len(lines) >= 2 and all("/60" in line for line in lines)
    assert "1 refused" in lines[-1] and "/s" in lines[-1] and "ETA" in lines[-1]


@pytest.fixture
def small_disk(tmp_path):
    """A tmpfs that is nearly full; gives the folder and a function that makes room."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], capture_output=True,
                             check=False)
    if mounted.returncode != 0:
        pytest.skip("mounting a tmpfs is not allowed here")
    yield folder, lambda: subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)
    subprocess.run(["umount", str(folder)], check=False)


def test_a_disk_that_fills_up_stops_the_run_and_nobody_is_lost(tmp_path, small_disk):
    folder, make_room = small_disk
    addresses = readers(600)
    ledger = Ledger(folder, addresses)
    filler = folder / "filler"
    free = os.statvfs(folder).f_bavail * 4096
    filler.write_bytes(b"x" * (free - 120 * 1024))
    with ScriptedServer() as server:
        words = ledger.command(server.url, connections=2)
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 70 and "disk is full" in done.stderr, done.stderr
        assert 0 < len(server.received) < 600
        filler.unlink()
        make_room()
        ledger.run(server.url, expect=0, alone=1)
        check_promise(ledger, server.received, addresses)


@pytest.fixture
def other_net():
    """A network namespace with one cable to ours: its name, our end's address and device."""
    name = f"vrd{os.getpid() % 100000}"
    # Of 198.18.0.0/15, which is for tests (RFC 2544), four addresses that no other run of this test has now.
    net = ipaddress.ip_network("198.18.0.0/15")[os.getpid() % 32768 * 4]
    ours, theirs = str(net + 1), str(net + 2)

    def ip(*words, check=True):
        return subprocess.run(["ip", *words], capture_output=True, text=True, check=check)

    if shutil.which("ip") is None or ip("netns", "add", name, check=False).returncode != 0:
        pytest.skip("network namespaces (package iproute2, as root) are not to be had here")
    try:
        ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        ip("addr", "add", f"{ours}/30", "dev", name)
        ip("link", "set", name, "up")
        ip("-n", name, "addr", "add", f"{theirs}/30", "dev", "eth0")
        ip("-n", name, "link", "set", "eth0", "up")
        yield name, ours
    finally:
        ip("netns", "del", name, check=False)


def test_when_the_network_is_cut_nobody_is_lost(tmp_path, other_net):
    name, ours = other_net
    addresses = readers(80)
    ledger = Ledger(tmp_path, addresses)
    times = {"reply_timeout": 2, "dot_timeout": 2, "connect_timeout": 2, "tls": "none", "connections": 3}
    with ScriptedServer(delay=0.05, host=ours) as server:
        command = ["ip", "netns", "exec", name, *ledger.command(server.url, **times)]
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        until(run, lambda: len(server.received) >= 10)
        subprocess.run(["ip", "link", "set", name, "down"], check=True)
        out, err = run.communicate(timeout=60)
        assert run.returncode == 75 and "operator: " in err, (out, err)
        assert sum(row.doubted for row in ledger.rows()) <= 3
        subprocess.run(["ip", "link", "set", name, "up"], check=True)
        # Rows whose connections died wait for their back-off.
        subprocess.run([*command, f"now={int(time.time()) + 1000}"], check=True, capture_output=True, timeout=60)
        check_promise(ledger, server.received, addresses)
