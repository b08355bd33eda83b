"""The relay itself: what happens before the first MAIL, and how its absence is told."""

import contextlib
import ctypes
import re
import shutil
import socket
import ssl
import subprocess
import time

import pytest

import shim
from deliver_run import Ledger
from scripted_smtp import Rule, ScriptedServer

READERS = [f"r{i}@example.org" for i in range(5)]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate authority, and a certificate for localhost and 127.0.0.1 signed by it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
            "-days", "2", "-subj", "/CN=Test CA")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "req.pem", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "req.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "2", "-extfile", "names", "-out", "cert.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, str(folder / "ca.pem")


def away(ledger, url, **settings):
    """The run must defer everybody and say so in one line; gives the line."""
    counts = ledger.run(url, expect=75, **settings)
    assert counts["relay_away"] and counts["deferred"] == len(READERS), counts
    rows = ledger.rows()
    assert all(row.reply.startswith("relay away: ") and row.attempts == 0 for row in rows)
    assert ledger.operator() != ""
    return ledger.operator()


def test_a_relay_that_is_not_there_defers_all_with_one_line(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    with contextlib.closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        line = away(ledger, f"smtp://127.0.0.1:{sock.getsockname()[1]}")
    assert "out of reach" in line


def test_when_the_relay_is_back_the_next_run_goes_on_at_once(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    away(ledger, "smtp://127.0.0.1:1")
    with ScriptedServer() as server:
        assert ledger.run(server.url, expect=0)["sent"] == len(READERS)


def test_readers_give_up_when_the_relay_was_away_too_long(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    now = int(time.time())
    away(ledger, "smtp://127.0.0.1:1", now=now)
    away(ledger, "smtp://127.0.0.1:1", now=now + 2 * 86400)
    counts = ledger.run("smtp://127.0.0.1:1", expect=0, now=now + 3 * 86400 + 1)
    assert counts["gave_up"] == len(READERS)


@pytest.mark.parametrize("action", ["554 no service", "421 too busy", "close", "reset", "stall", "garbage", "half"])
def test_a_greeting_that_goes_wrong(tmp_path, action):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer([Rule("CONNECT", action)]) as server:
        away(ledger, server.url, connect_timeout=2)


@pytest.mark.parametrize("action", ["close", "stall", "421 bye"])
def test_an_EHLO_that_goes_wrong(tmp_path, action):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer([Rule("EHLO", action), Rule("HELO", action)]) as server:
        away(ledger, server.url, connect_timeout=2)


def test_a_server_without_ESMTP_gets_its_mail(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer([Rule("EHLO", "500 5.5.2 what?")]) as server:
        assert ledger.run(server.url, expect=0)["sent"] == len(READERS)
        assert not any("SIZE=" in line for line in server.commands)


def test_a_relay_that_closes_every_connection_unheard_is_away(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer([Rule("MAIL", "close")]) as server:
        counts = ledger.run(server.url, expect=75, connections=1)
    assert counts["relay_away"] and counts["deferred"] == len(READERS)
    assert "before it answers MAIL" in ledger.operator()


def test_a_relay_that_answers_no_MAIL_is_away(tmp_path):
    ledger = Ledger(tmp_path, READERS + [f"more{i}@example.org" for i in range(15)])
    with ScriptedServer([Rule("MAIL", "stall")]) as server:
        counts = ledger.run(server.url, expect=75, connections=2, reply_timeout=1)
        assert counts["relay_away"] and counts["deferred"] == 20
        assert server.connections < 10, "not every reader waits for the time-out in vain"
    assert "does not answer MAIL" in ledger.operator()


def test_a_relay_that_never_greets_is_away_after_one_time_out_on_however_many_lanes(tmp_path):
    ledger = Ledger(tmp_path, [f"r{i}@example.org" for i in range(100)])
    with ScriptedServer([Rule("CONNECT", "stall")]) as server:
        counts = ledger.run(server.url, expect=75, connections=50, connect_timeout=2)
        assert counts["relay_away"] and counts["deferred"] == 100
        assert server.connections <= 16, "no lane hopes for what the first ones wait for"


def test_a_relay_that_is_restarted_is_waited_for_on_however_many_lanes(tmp_path):
    addresses = [f"r{i}@example.org" for i in range(60)]
    ledger = Ledger(tmp_path, addresses)
    with ScriptedServer([Rule("CONNECT", "421 4.3.2 restarting", connections=(8, 16))]) as server:
        counts = ledger.run(server.url, expect=0, connections=8, messages_per_connection=2)
        assert counts["sent"] == 60 and not counts["relay_away"]
        assert len(server.accepted) == 60


def test_all_lines_of_the_relays_reply_are_reported(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    greeting = "554-5.7.1 192.0.2.7 is on our list\n554 5.7.1 See https://postmaster.example.net/"
    with ScriptedServer([Rule("CONNECT", greeting)]) as server:
        line = away(ledger, server.url)
    assert "554-5.7.1 192.0.2.7 is on our list 554 5.7.1 See https://postmaster" in line


@pytest.mark.parametrize("pad", ["", "x"])
def test_what_the_relay_says_is_cut_at_a_whole_character(tmp_path, pad):
    ledger = Ledger(tmp_path, READERS)
    greeting = f"554-5.7.1 {pad}" + "\u00f6" * 150 + "\n554 5.7.1 " + "\u00f6" * 150
    with ScriptedServer([Rule("CONNECT", greeting)]) as server:
        away(ledger, server.url)  # reads the ledger as UTF-8
        assert len(ledger.rows()[0].reply.encode()) >= 511


def test_one_more_connection_than_the_relay_takes_costs_nothing(tmp_path):
    addresses = [f"r{i}@example.org" for i in range(60)]
    ledger = Ledger(tmp_path, addresses)
    with ScriptedServer([Rule("CONNECT", "421 4.7.0 too many", connections=(2, 1 << 30))], delay=0.01) as server:
        assert ledger.run(server.url, expect=0, connections=6)["sent"] == 60
        assert len(server.accepted) == 60


def test_STARTTLS_with_a_verified_certificate(tmp_path, certificate):
    context, ca_file = certificate
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(offers=["STARTTLS"], offers_tls=["PIPELINING", "SIZE 99999"], tls=context) as server:
        counts = ledger.run(server.url, expect=0, tls="required", ca_file=ca_file, connections=2)
        assert counts["sent"] == len(READERS)
        mails = [line for line in server.commands if line.startswith("MAIL")]
        assert all("SIZE=" in line for line in mails), "the EHLO inside TLS counts"


def test_what_was_offered_before_STARTTLS_counts_for_nothing(tmp_path, certificate):
    context, ca_file = certificate
    ledger = Ledger(tmp_path, ["j\u00f6rg@example.org"])
    with ScriptedServer(offers=["STARTTLS", "SMTPUTF8", "SIZE 10"], tls=context) as server:
        offers = server.offers
        server.offers_tls = []
        server.offers = offers

        async def on_ehlo(session, line):
            texts = ["scripted.example.org"] if session.tls else ["scripted.example.org", *offers]
            await session.send("\n".join(f"250{'-' if i + 1 < len(texts) else ' '}{t}" for i, t in enumerate(texts)))

        import scripted_smtp
        usual = scripted_smtp.Session.on_ehlo
        scripted_smtp.Session.on_ehlo = on_ehlo
        try:
            counts = ledger.run(server.url, expect=0, tls="required", ca_file=ca_file)
        finally:
            scripted_smtp.Session.on_ehlo = usual
    assert counts["refused"] == 1 and "SMTPUTF8" in ledger.rows()[0].reply


def test_smtps(tmp_path, certificate):
    context, ca_file = certificate
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(tls=context, implicit_tls=True) as server:
        assert ledger.run(server.url, expect=0, ca_file=ca_file)["sent"] == len(READERS)


def test_a_large_message_over_TLS_arrives_whole(tmp_path, certificate):
    context, ca_file = certificate
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(tls=context, implicit_tls=True) as server:
        ledger.run(server.url, expect=0, ca_file=ca_file, size=3_000_000)
        for address in READERS:
            (text,) = server.copies(address)
            assert len(text) >= 3_000_000 and text.endswith(b"bytes.\r\n")


def libcurl_version() -> tuple[int, ...]:
    name = ctypes.CDLL("libcurl-gnutls.so.4").curl_version
    name.restype = ctypes.c_char_p
    return tuple(int(part) for part in re.match(rb"libcurl/([\d.]+)", name()).group(1).split(b"."))


def test_a_dot_held_inside_the_TLS_library_leaves_its_reader_in_doubt(tmp_path, certificate):
    """libcurl 7 has it sent when the connection is closed; libcurl 8 does not, and nobody may count on that."""
    context, ca_file = certificate
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    dot = 5 + len(b".\r\n") + 1 + 16  # a TLS 1.3 record: header, bytes, their kind, tag
    ledger = Ledger(tmp_path, ["r@example.org"])
    with ScriptedServer(tls=context, implicit_tls=True) as server:
        counts = ledger.run(server.url, expect=75, ca_file=ca_file, dot_timeout=1, in_doubt="hold",
                            env=shim.held(HELD=dot, NOTE=tmp_path / "held"))
        assert (tmp_path / "held").exists(), "no record of a dot's size was held"
        until = time.time() + 10
        while libcurl_version() < (8,) and not server.received and time.time() < until:
            time.sleep(0.05)
        if libcurl_version() < (8,):
            assert len(server.received) == 1, "it arrives although we never saw it leave"
    assert counts["in_doubt"] == 1


def test_a_certificate_of_nobody_we_trust(tmp_path, certificate):
    context, _ = certificate
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(offers=["STARTTLS"], tls=context) as server:
        assert "TLS failed" in away(ledger, server.url, tls="required")
        assert not any(line.startswith("MAIL") for line in server.commands)


def test_STARTTLS_that_is_stripped_sends_nothing_in_clear(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer() as server:
        assert "STARTTLS" in away(ledger, server.url, tls="required")
        assert not any(line.startswith("MAIL") for line in server.commands)


@pytest.mark.parametrize("action", ["454 4.7.0 not now", "554 5.7.0 never", "close", "stall", "garbage"])
def test_STARTTLS_that_is_refused_or_garbled(tmp_path, action):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer([Rule("STARTTLS", action)], offers=["STARTTLS"]) as server:
        away(ledger, server.url, tls="required", connect_timeout=2)
        assert not any(line.startswith("MAIL") for line in server.commands)


def test_a_TLS_handshake_that_is_garbage(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(offers=["STARTTLS"]) as server:
        away(ledger, server.url, tls="required", connect_timeout=3)


def test_a_server_killed_in_the_middle_leaves_the_rest_deferred(tmp_path):
    addresses = [f"r{i}@example.org" for i in range(200)]
    ledger = Ledger(tmp_path, addresses)
    with ScriptedServer(delay=0.02) as server:
        run = ledger.start(server.url, connections=2, env=shim.hasty(HASTE=10), connect_timeout=120,
                           reply_timeout=120, dot_timeout=120)  # on its clock, which a busy machine cannot follow
        while len(server.accepted) < 10 and run.poll() is None:
            time.sleep(0.01)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 75, (out, err)
    states = list(ledger.states().values())
    assert states.count("in_doubt") <= 2
    assert states.count("sent") >= len(server.accepted) - 2
    assert states.count("sent") + states.count("in_doubt") + states.count("deferred") == 200
    # Where the machine is slow, a letter may have met the dying server twice: it is due in minutes.
    later = max(row.next_at for row in ledger.rows()) + 1
    with ScriptedServer() as second:
        ledger.run(second.url, expect=0, now=later)
        got = [to for to, _ in server.accepted + second.accepted]
    assert set(got) == set(addresses)
    doubtful = {row.address for row in ledger.rows() if row.doubted}
    assert {to for to in got if got.count(to) > 1} <= doubtful


@pytest.mark.parametrize("offers,state", [(["SMTPUTF8"], "sent"), ([], "refused")])
def test_a_local_part_that_is_not_ASCII_needs_SMTPUTF8(tmp_path, offers, state):
    ledger = Ledger(tmp_path, ["j\u00f6rg@example.org", "plain@example.org"])
    with ScriptedServer(offers=offers) as server:
        ledger.run(server.url, expect=0)
        mails = [line for line in server.commands if line.startswith("MAIL")]
    assert ledger.states() == {"j\u00f6rg@example.org": state, "plain@example.org": "sent"}
    assert sum("SMTPUTF8" in line for line in mails) == (1 if offers else 0)


def test_a_message_larger_than_SIZE_is_ours_to_mend(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer(offers=["SIZE 1000", "PIPELINING"]) as server:
        counts = ledger.run(server.url, expect=75)
        assert counts["deferred"] == len(READERS) and not server.received
    assert "SIZE" in ledger.rows()[0].reply


def test_an_address_that_would_be_a_command_never_reaches_the_wire(tmp_path):
    bad = "a@example.org>\rRCPT TO:<evil@example.org"
    ledger = Ledger(tmp_path, [bad, "good@example.org"])
    with ScriptedServer() as server:
        ledger.run(server.url, expect=0)
        assert not any("evil" in line for line in server.commands)
        assert [to for to, _ in server.received] == ["good@example.org"]


def test_the_name_in_EHLO_comes_from_the_path_of_the_url(tmp_path):
    ledger = Ledger(tmp_path, READERS)
    with ScriptedServer() as server:
        ledger.run(server.url + "/mail.example.net", expect=0)
        assert server.commands[0] == "EHLO mail.example.net"
