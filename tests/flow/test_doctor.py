"""`doctor` and `backup`: what an operator does before the night, and after it."""

import contextlib
import re
import shutil
import socket
import sqlite3
import ssl
import subprocess
import threading

import pytest
from dovecot_server import Dovecot, make_certificate
from newsletter import NOW, VERDICTS, Newsletter
from nginx_server import NGINX, Nginx
from scripted_smtp import Rule, ScriptedServer
from service import Service


def findings(newsletter, *words, expect=0, **options) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in newsletter.json("doctor", "--json", *words, expect=expect, **options):
        assert list(row) == ["about", "finding", "text"] and "\n" not in row["text"]
        found.setdefault(row["about"], []).append((row["finding"], row["text"]))
    return found


def test_a_newsletter_in_order_has_no_fault(newsletter):
    newsletter.settings["smtp.url"] = "null:"
    newsletter.import_samples()
    newsletter.add_readers(2)
    before = findings(newsletter)
    assert before["weekly"] == [("warning", "has never run; is it in the crontab?")]
    assert before["issue"] == [("fine", "that of 2026-W47 can be made; `verdicts check` reads it")]
    newsletter.run("weekly")
    found = findings(newsletter)
    assert set(found) == {"libcurl", "confine", "settings", "files", "pages", "mailbox", "key", "database", "disk", "weekly", "issue"}
    assert not [text for rows in found.values() for kind, text in rows if kind == "fault"]
    assert found["settings"][0][0] == "warning" and "reserved example domain" in found["settings"][0][1]
    assert found["weekly"][0][0] == "fine"
    assert found["issue"] == [("fine", "that of 2026-W47 is sent already; `verdicts check` reads it")]
    lines = newsletter.run("doctor").stdout.splitlines()
    assert len(lines) == sum(map(len, found.values()))
    assert all(line.startswith(("fine     ", "warning  ")) for line in lines)


def test_a_cron_job_that_was_lost_is_missed(newsletter):
    newsletter.run("weekly")
    assert findings(newsletter, now="2026-11-27T12:00:00Z")["weekly"][0][0] == "fine"
    assert findings(newsletter, now="2026-12-25T12:00:00Z")["weekly"] == [
        ("warning", f"last ran {NOW}; does cron still call it?")]


def test_a_failed_run_is_reported_with_its_reason(newsletter):
    newsletter.import_samples()
    newsletter.add_readers(1)
    newsletter.settings.update({"smtp.url": "smtp://127.0.0.1:1", "deliver.linger": "0s"})
    newsletter.run("weekly", expect=75)
    (kind, text), = findings(newsletter)["weekly"]
    assert kind == "warning" and "exit code 75: " in text


def break_key(newsletter):
    (newsletter.folder / "verdicts.key").chmod(0o644)
    return "key", 78, "chmod 600"


def break_template(newsletter):
    newsletter.import_samples()
    (newsletter.folder / "own").mkdir()
    (newsletter.folder / "own" / "issue.html.mustache").write_text("{{#stories}}")
    newsletter.settings["templates_dir"] = str(newsletter.folder / "own")
    return "issue", 65, "issue.html.mustache:1:1: "


def break_mail(newsletter):
    newsletter.import_samples()
    (newsletter.folder / "own" / "mails").mkdir(parents=True)
    (newsletter.folder / "own" / "mails" / "confirm.txt.mustache").write_text("Subject: Hi\n\n{{confirm}}\n")
    newsletter.settings["pages_dir"] = str(newsletter.folder / "own")
    return "pages", 65, 'confirm.txt.mustache:3:1: there is no "confirm"'


def break_password(newsletter):
    newsletter.settings.update({"smtp.username": "u", "smtp.password_file": "/no/such/password"})
    return "files", 78, "smtp.password_file"


def break_setting(newsletter):
    newsletter.settings["issue.time"] = "noon"
    return "settings", 78, "issue.time"


def lose_database(newsletter):
    (newsletter.folder / "verdicts.db").unlink()
    return "database", 66, "verdicts init"


def damage_database(newsletter):
    newsletter.import_samples()
    with sqlite3.connect(newsletter.folder / "verdicts.db") as database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("DELETE FROM tool WHERE id = 1")
    database.close()
    return "database", 65, "refers to a missing row of tool"


@pytest.mark.parametrize("damage", [break_key, break_template, break_mail, break_password, break_setting, lose_database,
                                    damage_database])
def test_a_fault_is_named_and_the_others_are_looked_at(newsletter, damage):
    about, code, text = damage(newsletter)
    found = findings(newsletter, expect=code)
    assert [(kind, text in words) for kind, words in found[about] if kind == "fault"] == [("fault", True)]
    faults = [name for name, rows in found.items() for kind, _ in rows if kind == "fault"]
    assert faults == [about]


def lose_record_s_folder(newsletter):
    # Below a file nobody can make a folder, root or not.
    newsletter.settings["state_dir"] = f"{newsletter.folder}/verdicts.db/state"
    return "record", "verdicts.db/state"


def put_database_back(newsletter):
    with sqlite3.connect(newsletter.folder / "verdicts.db") as database:
        database.execute("UPDATE epoch SET count = 0")
    database.close()
    return "record", "older than what it has sent"


def move_machine(newsletter):
    with sqlite3.connect(newsletter.folder / "verdicts.db") as database:
        database.execute("UPDATE epoch SET machine = '" + "0" * 32 + "'")
    database.close()
    return "record", "another machine"


def replace_signing_key(newsletter):
    newsletter.run("dkim-key", str(newsletter.folder / "new"))
    newsletter.settings.update({"dkim.key_file": str(newsletter.folder / "new" / "dkim-rsa.pem")})
    return "signing", "issue 1: begun with another key"


@pytest.mark.parametrize("damage", [None, lose_record_s_folder, put_database_back, move_machine, replace_signing_key])
def test_what_would_keep_the_night_s_issue_back_is_a_fault_and_nothing_is_touched(newsletter, server, damage):
    newsletter.run("dkim-key", str(newsletter.folder / "keys"))
    newsletter.settings.update({
        "smtp.url": server.url, "issue.approval": "required", "dkim.domain": "example.org", "dkim.selector": "a",
        "dkim.key_file": str(newsletter.folder / "keys" / "dkim-rsa.pem")})
    newsletter.import_samples()
    newsletter.add_readers(3)
    newsletter.run("weekly")
    newsletter.run("issue", "approve", "1")
    state = newsletter.folder.parent / f"{newsletter.folder.name}.state"
    assert findings(newsletter)["record"][0][0] == "fine" and not state.exists()
    newsletter.run("send", "--yes", "--limit", "1", expect=75)
    about, text = damage(newsletter) if damage else (None, None)
    before = {path: path.read_bytes() for path in state.iterdir()}
    found = findings(newsletter, expect=None)
    faults = {name: rows[0][1] for name, rows in found.items() if rows[0][0] == "fault"}
    assert list(faults) == ([about] if damage else []) and (text or "") in faults.get(about, "")
    assert {path: path.read_bytes() for path in state.iterdir()} == before
    code = newsletter.run("doctor", expect=None).returncode
    assert code == newsletter.run("send", "--yes", expect=None).returncode


def test_without_settings_there_is_nothing_to_look_at(tmp_path):
    done = subprocess.run([VERDICTS, "doctor"], cwd=tmp_path, capture_output=True, text=True, check=False,
                          env={"HOME": str(tmp_path)})
    assert done.returncode == 78 and "fault    settings   no settings file found" in done.stdout
    assert len(done.stdout.splitlines()) == 3


def test_a_database_that_others_can_read_is_named_with_its_folder(newsletter):
    folder, database = newsletter.folder, newsletter.folder / "verdicts.db"
    assert "modes" not in findings(newsletter)
    folder.chmod(0o750)
    database.chmod(0o640)
    rows = findings(newsletter)["modes"]
    assert [kind for kind, _ in rows] == ["warning"] * len(rows) and len(rows) >= 2
    assert "mode 0750" in rows[0][1] and rows[0][1].endswith(f"; chmod 700 {folder}")
    assert "mode 0640" in rows[1][1] and rows[1][1].endswith(f"; chmod 600 {database}")
    folder.chmod(0o700)
    for path in folder.glob("verdicts.db*"):
        path.chmod(0o600)
    assert "modes" not in findings(newsletter)


def test_a_backup_is_a_newsletter_of_its_own(newsletter, tmp_path):
    newsletter.settings["smtp.url"] = "null:"
    newsletter.import_samples()
    newsletter.add_readers(3)
    newsletter.run("weekly")
    copy = tmp_path / "copy.db"
    done = newsletter.run("backup", str(copy))
    assert done.stdout == "" and done.stderr == ""
    assert copy.stat().st_mode & 0o007 == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("copy")] == ["copy.db"]
    restored = Newsletter(tmp_path / "restored")
    restored.settings["smtp.url"] = "null:"
    shutil.copy(copy, restored.folder / "verdicts.db")
    shutil.copy(newsletter.folder / "verdicts.key", restored.folder / "verdicts.key")
    assert restored.counts() == newsletter.counts()
    assert "nothing due" in restored.run("weekly", "--summary").stdout
    assert restored.counts()["sent"] == 3


def test_a_backup_overwrites_nothing_and_leaves_no_half(newsletter, tmp_path):
    there = tmp_path / "there.db"
    there.write_text("mine")
    assert "not overwritten" in newsletter.run("backup", str(there), expect=73).stderr
    assert there.read_text() == "mine"
    assert newsletter.run("backup", str(tmp_path / "no" / "such.db"), expect=73).stderr.count("\n") == 1
    newsletter.run("backup", expect=64)
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".db") == ["there.db"]


def test_a_backup_is_of_one_moment_while_an_issue_is_sent(newsletter, tmp_path):
    newsletter.import_samples()
    newsletter.add_readers(400)
    newsletter.settings.update({"smtp.url": f"maildir:{tmp_path}/box", "smtp.rate": "200/s"})
    running = newsletter.start("weekly")
    copies = 0
    while running.poll() is None:
        newsletter.run("backup", str(tmp_path / f"{copies}.db"))
        copies += 1
    assert running.returncode == 0 and copies > 0
    for number in range(copies):
        database = sqlite3.connect(tmp_path / f"{number}.db")
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT count(*) FROM delivery").fetchone()[0] in (0, 400)
        database.close()


# --- trying what is out there ---

@pytest.fixture
def password(newsletter):
    path = newsletter.folder / "password"
    path.write_text("correct horse\n")
    path.chmod(0o600)
    newsletter.settings.update({"smtp.username": "u@example.org", "smtp.password_file": str(path)})


def test_nothing_is_connected_to_unless_it_is_asked_for(newsletter):
    with ScriptedServer() as server:
        newsletter.settings["smtp.url"] = server.url
        assert "relay" not in findings(newsletter) and server.connections == 0


def test_the_relay_is_tried_up_to_the_login_and_no_message_is_begun(newsletter, password):
    with ScriptedServer(offers=["AUTH PLAIN", "PIPELINING", "SMTPUTF8", "SIZE 10000000"]) as server:
        newsletter.settings["smtp.url"] = server.url
        (kind, text), = findings(newsletter, "--connect")["relay"]
        assert (kind, text) == ("fine", f"127.0.0.1:{server.port} answers: no TLS, takes our login by AUTH PLAIN, PIPELINING, "
                                        "SMTPUTF8, messages up to 10.0 MB")
        assert [line.split()[0] for line in server.commands] == ["EHLO", "AUTH", "QUIT"]


def test_the_negotiated_TLS_is_reported(newsletter, tmp_path):
    make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    with ScriptedServer(offers=["STARTTLS"], tls=context) as server:
        newsletter.settings.update({"smtp.url": server.url, "smtp.tls": "required", "smtp.ca_file": str(tmp_path / "server.pem")})
        (kind, text), = findings(newsletter, "--connect")["relay"]
        assert kind == "fine" and re.search(r"answers: STARTTLS with TLS ?v?1\.[23],", text), text


@pytest.mark.parametrize("name, warned", [("newsbox", True), ("news.example.org", False)])
def test_an_EHLO_name_without_a_dot_is_warned_of(newsletter, name, warned):
    with ScriptedServer() as server:
        newsletter.settings["smtp.url"] = f"{server.url}/{name}"
        told = findings(newsletter, "--connect").get("ehlo", [])
        assert [kind for kind, _ in told] == ["warning"] * warned
        assert all(f'"{name}"' in text and "smtp.url" in text for _, text in told)
        assert server.commands[0] == f"EHLO {name}"


@pytest.mark.parametrize("rules, offers, settings, words", [
    ([Rule("AUTH", "535 5.7.8 bad credentials")], ["AUTH PLAIN"], {}, ["refuses our login", "535 5.7.8"]),
    ([], [], {}, ["offers no AUTH"]),
    ([], ["AUTH PLAIN"], {"smtp.tls": "required"}, ["offers no STARTTLS"]),
    ([Rule("EHLO", "close")], [], {}, ["127.0.0.1"]),
], ids=["login refused", "no login", "no TLS", "hangs up"])
def test_a_relay_that_would_take_nothing_is_a_fault_in_its_own_words(newsletter, password, rules, offers, settings, words):
    with ScriptedServer(rules, offers=offers) as server:
        newsletter.settings.update({"smtp.url": server.url, **settings})
        (kind, text), = findings(newsletter, "--connect", expect=69)["relay"]
        assert kind == "fault" and all(word in text for word in words), text
        assert "correct horse" not in text
        assert not any(line.startswith("MAIL") for line in server.commands)


def test_a_relay_that_is_away_is_a_fault_and_the_rest_is_looked_at(newsletter):
    newsletter.settings["smtp.url"] = "smtp://127.0.0.1:1"
    found = findings(newsletter, "--connect", expect=69)
    assert found["relay"][0][0] == "fault" and "out of reach" in found["relay"][0][1]
    assert found["database"][0][0] == "fine" and found["mailbox"] == [
        ("warning", "bounce.mailbox is not set: dead addresses and people who complain stay on the list, and nobody can leave by mail")]


def test_a_rehearsal_is_said_to_be_one(newsletter):
    newsletter.settings["smtp.url"] = "null:"
    assert findings(newsletter, "--connect")["relay"] == [("warning", "null: is for rehearsals: no mail leaves")]


@pytest.mark.skipif(shutil.which("dovecot", path="/usr/sbin:/usr/bin") is None,
                    reason="dovecot is not installed (dovecot-imapd)")
def test_the_bounce_mailbox_is_opened_and_what_waits_there_stays(newsletter, tmp_path):
    newsletter.settings["smtp.url"] = "null:"
    with Dovecot(tmp_path / "dovecot") as dovecot:
        dovecot.put("1", b"From: a@example.org\n\nhello\n")
        dovecot.use(newsletter)
        assert findings(newsletter, "--connect")["mailbox"] == [
            ("fine", f"1 waiting in {newsletter.settings['bounce.mailbox']}")]
        assert len(dovecot.messages()) == 1 and sorted(path.name for path in dovecot.mail.glob(".*")) == []
        (newsletter.folder / "bounce.password").write_text("wrong\n")
        (kind, text), = findings(newsletter, "--connect", expect=69)["mailbox"]
        assert kind == "fault" and "wrong" not in text


def test_a_maildir_that_is_not_there_is_a_fault(newsletter, tmp_path):
    newsletter.settings.update({"smtp.url": "null:", "bounce.mailbox": f"maildir:{tmp_path}"})
    assert findings(newsletter, "--connect", expect=78)["mailbox"][0][0] == "fault"
    for part in ("new", "cur", "tmp"):
        (tmp_path / part).mkdir(exist_ok=True)
    (tmp_path / "new" / "1").write_bytes(b"From: a@example.org\n\nhello\n")
    assert findings(newsletter, "--connect")["mailbox"] == [("fine", f"1 waiting in maildir:{tmp_path}")]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and path.parent.name == "new"] == ["1"]


# --- the web server before serve ---

LOCATIONS = """
location /list/ { proxy_pass http://SERVE/; }
location /bare { proxy_pass http://SERVE/; }
location /whole { proxy_pass http://SERVE; }
location /reading/ { limit_except GET { deny all; } proxy_pass http://SERVE/; }
location /health/healthz { proxy_pass http://SERVE/healthz; }
location /moved/ { return 301 https://elsewhere.invalid$request_uri; }
location /dead/ { proxy_pass http://127.0.0.1:1/; }
"""


@pytest.mark.skipif(NGINX is None, reason="needs nginx (apt-get install nginx-light)")
def test_what_the_web_server_does_not_pass_on_is_named(newsletter, tmp_path):
    newsletter.settings["subscribe.url"] = "https://news.example.org"
    with Service(newsletter) as service, Nginx(tmp_path, LOCATIONS.replace("SERVE", service.address)) as front:
        before = service.content()
        assert "web" not in findings(newsletter, "--connect")  # an example is nobody's

        def look(path, expect=0):
            newsletter.settings["subscribe.url"] = f"http://{front.address}{path}"
            return findings(newsletter, "--connect", expect=expect)["web"]

        for path in ("/list", "/list/"):
            assert look(path) == [("fine", f"http://{front.address}/list/ passes links on, by page and by one-click")]
        fine, (kind, text) = look("/bare")
        assert fine[0] == "fine" and kind == "warning"
        assert "the web server's location /bare has no slash at its end" in text and "write location /bare/ {" in text
        for path, code, words in (
                ("/whole", 78, "/whole/healthz reaches serve as another path: the web server passes \"/whole\" on with it"),
                ("/reading", 78, "a page to leave opens, but a POST to it is answered 403"),
                ("/health", 78, "aaaaaaaa is answered 404, and not by serve"),
                ("/nowhere", 78, "/nowhere/healthz is answered 404, and not by serve"),
                ("/moved", 78, "is redirected to https://elsewhere.invalid/moved/healthz"),
                ("/dead", 69, "/dead/healthz is answered 502: the web server does not reach serve")):
            (kind, text), = look(path, expect=code)
            assert kind == "fault" and words in text
        assert service.content() == before


def test_a_web_server_that_is_away_or_shows_a_certificate_of_nobody_is_a_fault(newsletter, tmp_path):
    newsletter.settings.update({"smtp.url": "null:", "subscribe.url": "http://127.0.0.1:1"})
    (kind, text), = findings(newsletter, "--connect", expect=69)["web"]
    assert kind == "fault" and text.startswith("nobody answers (is serve running") and "127.0.0.1:1/healthz: " in text
    make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def greet():
            with listening.accept()[0] as client, contextlib.suppress(OSError):
                context.wrap_socket(client, server_side=True)
        thread = threading.Thread(target=greet)
        thread.start()
        newsletter.settings["subscribe.url"] = f"https://127.0.0.1:{listening.getsockname()[1]}"
        (kind, text), = findings(newsletter, "--connect", expect=69)["web"]
        thread.join()
    assert kind == "fault" and "certificate" in text
