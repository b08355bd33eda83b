"""Logging in with access tokens instead of a password: at the relay, where they come from, and what is said."""

import json
import os
import re
import stat
import time

import pytest

from scripted_smtp import Rule, ScriptedServer
from token_server import TokenServer

OFFERS = ["AUTH PLAIN XOAUTH2 OAUTHBEARER", "PIPELINING"]


@pytest.fixture
def tokens():
    with TokenServer() as server:
        yield server


def secret_file(newsletter, name, text):
    path = newsletter.folder / name
    path.write_text(text + "\n")
    path.chmod(0o600)
    return str(path)


def use(newsletter, tokens, **settings):
    """Tokens for a refresh token that the operator has."""
    newsletter.settings |= {
        "smtp.username": "news@example.org",
        "smtp.oauth.token_url": tokens.url,
        "smtp.oauth.client_id": "newsletter",
        "smtp.oauth.refresh_token_file": secret_file(newsletter, "refresh", "first-refresh"),
        **{f"smtp.oauth.{key}": value for key, value in settings.items()},
    }


def relay(newsletter, tokens, rules=(), offers=OFFERS):
    server = ScriptedServer(rules, offers=offers)
    server.tokens = tokens.good
    return server


def connect(newsletter, server, expect=0, **options):
    """What `doctor` says about the relay: its kind and its text. No token stands anywhere."""
    newsletter.settings["smtp.url"] = server.url
    done = newsletter.run("-v", "-v", "doctor", "--connect", "--json", expect=expect, **options)
    for secret in ("access-", "first-refresh", "refresh-", "hush"):
        assert secret not in done.stdout + done.stderr, secret
    (row,) = [row for row in json.loads(done.stdout) if row["about"] == "relay"]
    return row["finding"], row["text"]


def kept(newsletter):
    (path,) = newsletter.folder.with_name("newsletter.state").glob("oauth-*.token")
    return path


def test_an_issue_goes_out_by_a_token_that_is_asked_for_once(newsletter, tokens):
    use(newsletter, tokens, scope="https://mail.example.org/")
    newsletter.import_samples()
    newsletter.add_readers(8)
    with relay(newsletter, tokens) as server:
        newsletter.settings |= {"smtp.url": server.url, "smtp.messages_per_connection": "2"}
        newsletter.run("weekly")
        assert newsletter.counts()["sent"] == 8
        assert {mechanism for mechanism, _ in server.logins} == {"OAUTHBEARER"}
        assert all(b"news@example.org" in said[-1] and b"access-1" in said[-1] for _, said in server.logins)
    assert tokens.asked == [{"grant_type": "refresh_token", "refresh_token": "first-refresh", "client_id": "newsletter",
                             "scope": "https://mail.example.org/"}]


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_both_mechanisms_serve(newsletter, tokens, mechanism):
    use(newsletter, tokens)
    with relay(newsletter, tokens, offers=[f"AUTH LOGIN {mechanism}"]) as server:
        assert connect(newsletter, server)[0] == "fine"
        assert [name for name, _ in server.logins] == [mechanism]


def test_a_token_is_kept_for_the_next_run_and_for_nobody_else(newsletter, tokens):
    use(newsletter, tokens)
    with relay(newsletter, tokens) as server:
        for _ in range(2):
            assert connect(newsletter, server)[0] == "fine"
    assert len(tokens.asked) == 1
    assert stat.S_IMODE(kept(newsletter).stat().st_mode) == 0o600


def test_without_a_state_dir_it_is_kept_beside_the_keys(newsletter, tokens):
    use(newsletter, tokens)
    del newsletter.settings["state_dir"]
    with relay(newsletter, tokens) as server:
        assert connect(newsletter, server)[0] == "fine"
    assert len(list(newsletter.folder.glob("oauth-*.token"))) == 1


@pytest.mark.parametrize("life", [30, "30"])
def test_a_token_is_asked_for_anew_before_it_expires(newsletter, tokens, life):
    use(newsletter, tokens)
    tokens.expires_in = life
    with relay(newsletter, tokens) as server:
        for _ in range(2):
            assert connect(newsletter, server)[0] == "fine"
    assert len(tokens.asked) == 2


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_a_token_that_is_refused_is_asked_for_once_more(newsletter, tokens, mechanism):
    use(newsletter, tokens)
    with relay(newsletter, tokens, offers=[f"AUTH {mechanism}"]) as server:
        connect(newsletter, server)
        tokens.good.clear()  # taken back before its time
        assert connect(newsletter, server)[0] == "fine"
        assert len(tokens.asked) == 2 and len(server.logins) == 3


def test_an_account_that_is_refused_makes_no_more_than_a_few_logins(newsletter, tokens):
    use(newsletter, tokens)
    with relay(newsletter, tokens, [Rule("AUTH", "535 5.7.3 no such account")]) as server:
        finding, text = connect(newsletter, server, expect=69)
        assert finding == "fault" and "refuses our login" in text and "535 5.7.3" in text
        assert "wants OAuth" not in text
        assert len(server.logins) == 3 and len(tokens.asked) == 2


def test_a_token_that_is_refused_for_good_is_named_with_what_to_look_at(newsletter, tokens):
    use(newsletter, tokens)
    with relay(newsletter, tokens, offers=["AUTH XOAUTH2"]) as server:
        server.tokens = {"none-is-good"}
        finding, text = connect(newsletter, server, expect=69)
        assert finding == "fault" and "does not take our access token" in text
        assert text.endswith("; look at username and the section oauth")
        assert len(server.logins) == 2 and len(tokens.asked) == 2


def test_a_file_of_tokens_that_others_can_read_is_not_used(newsletter, tokens):
    use(newsletter, tokens)
    with relay(newsletter, tokens) as server:
        connect(newsletter, server)
        kept(newsletter).chmod(0o644)
        assert connect(newsletter, server)[0] == "fine"
        assert len(tokens.asked) == 2 and stat.S_IMODE(kept(newsletter).stat().st_mode) == 0o600


def test_each_relay_with_a_name_has_an_account_of_its_own(newsletter, tokens):
    newsletter.import_samples()
    newsletter.add_readers(6)
    conf = newsletter.folder / "verdicts.conf"
    conf.write_text(re.sub(r"\nsmtp \{\n.*?\n\}\n", "\n", conf.read_text(), flags=re.DOTALL))
    refresh = {"one": "first-refresh", "two": "second-refresh"}
    tokens.refresh_tokens = set(refresh.values())
    with relay(newsletter, tokens) as one, relay(newsletter, tokens) as two:
        for name, server in (("one", one), ("two", two)):
            newsletter.settings |= {f"relay.{name}.url": server.url, f"relay.{name}.username": f"{name}@example.org",
                                    f"relay.{name}.oauth.token_url": tokens.url,
                                    f"relay.{name}.oauth.client_id": "newsletter",
                                    f"relay.{name}.oauth.refresh_token_file": secret_file(newsletter, name, refresh[name])}
        newsletter.run("config", "check")
        newsletter.run("weekly")
        assert newsletter.counts()["sent"] == 6
        for name, server in (("one", one), ("two", two)):
            assert server.accepted and all(f"{name}@example.org".encode() in said[-1] for _, said in server.logins)
        logins = {said[-1] for server in (one, two) for _, said in server.logins}
    assert sorted(fields["refresh_token"] for fields in tokens.asked) == ["first-refresh", "second-refresh"]
    assert len(logins) == 2 and len(list(newsletter.folder.with_name("newsletter.state").glob("oauth-*.token"))) == 2
    newsletter.settings["relay.two.oauth.client_id"] = ""
    done = newsletter.run("config", "check", expect=78)
    assert "relay.two.oauth." in done.stderr and "a token_url also needs oauth.client_id" in done.stderr


# --- refresh tokens ---

def test_the_refresh_token_that_the_provider_gave_last_is_the_next_one(newsletter, tokens):
    use(newsletter, tokens)
    tokens.rotates, tokens.expires_in = True, None
    with relay(newsletter, tokens) as server:
        for _ in range(3):
            assert connect(newsletter, server)[0] == "fine"
            tokens.good.clear()
    assert [fields["refresh_token"] for fields in tokens.asked] == ["first-refresh", "refresh-1", "refresh-2"]


def test_a_refresh_token_that_the_operator_writes_anew_wins(newsletter, tokens):
    use(newsletter, tokens)
    tokens.rotates = True
    with relay(newsletter, tokens) as server:
        connect(newsletter, server)
        secret_file(newsletter, "refresh", "second-refresh")
        tokens.refresh_tokens = {"second-refresh"}
        tokens.good.clear()
        assert connect(newsletter, server)[0] == "fine"
    assert [fields["refresh_token"] for fields in tokens.asked] == ["first-refresh", "second-refresh"]


def test_where_the_kept_refresh_token_has_ended_the_operator_s_is_tried(newsletter, tokens):
    use(newsletter, tokens)
    tokens.rotates = True
    with relay(newsletter, tokens) as server:
        connect(newsletter, server)
        tokens.refresh_tokens = {"first-refresh"}
        tokens.good.clear()
        assert connect(newsletter, server)[0] == "fine"
    assert [fields["refresh_token"] for fields in tokens.asked] == ["first-refresh", "refresh-1", "first-refresh"]


def test_an_expired_refresh_token_is_reported_with_what_to_do(newsletter, tokens):
    use(newsletter, tokens)
    tokens.refresh_tokens.clear()
    with relay(newsletter, tokens) as server:
        finding, text = connect(newsletter, server, expect=69)
        assert server.connections == 0
    assert finding == "fault" and text.endswith(
        "refuses a token: invalid_grant: The refresh token has expired.??Trace: 7; obtain a new refresh token and write "
        "it into refresh_token_file")


# --- the client's own credentials ---

def test_a_token_for_the_program_itself(newsletter, tokens):
    use(newsletter, tokens, refresh_token_file="", client_secret_file=secret_file(newsletter, "secret", "hush&hush"))
    tokens.secret = "hush&hush"
    with relay(newsletter, tokens) as server:
        assert connect(newsletter, server)[0] == "fine"
    assert tokens.asked == [{"grant_type": "client_credentials", "client_id": "newsletter", "client_secret": "hush&hush"}]


def test_a_wrong_secret_is_reported(newsletter, tokens):
    use(newsletter, tokens, client_secret_file=secret_file(newsletter, "secret", "hush"))
    tokens.secret = "another"
    with relay(newsletter, tokens) as server:
        assert connect(newsletter, server, expect=69)[1].endswith("refuses a token: invalid_client")


@pytest.mark.parametrize("key", ["client_secret_file", "refresh_token_file"])
def test_a_secret_that_others_can_read_is_refused(newsletter, tokens, key):
    path = newsletter.folder / "open"
    use(newsletter, tokens, **{key: str(path)})
    path.write_text("hush\n")
    path.chmod(0o644)
    with relay(newsletter, tokens) as server:
        text = connect(newsletter, server, expect=78)[1]
        assert key in text and "chmod 600" in text and tokens.asked == []
    done = newsletter.run("config", "check", expect=78)
    assert f"smtp.oauth.{key}" in done.stderr and "chmod 600" in done.stderr


@pytest.mark.parametrize("answer,said", [
    ((200, "access-1 is what you want"), "answers with status 200 and no token"),
    ((200, '{"token_type": "Bearer"}'), "the answer holds no access token"),
    ((200, '{"access_token": "access-1\\r\\nMAIL FROM:<>"}'), "the answer holds no access token"),
    ((500, "<h1>Sorry</h1>"), "answers with status 500 and no token"),
    ((400, '{"error": "invalid_scope"}'), "refuses a token: invalid_scope"),
    ((200, "x" * 100_000), "answers with more than 65536 bytes"),
], ids=["no JSON", "no token", "a command in it", "an error page", "a refusal", "too much"])
def test_a_token_server_that_gives_no_token_is_one_line(newsletter, tokens, answer, said):
    use(newsletter, tokens)
    tokens.answer = answer
    with relay(newsletter, tokens) as server:
        finding, text = connect(newsletter, server, expect=69)
        assert finding == "fault" and said in text and tokens.url in text


def test_a_token_server_that_is_away_defers_the_issue(newsletter, tokens):
    use(newsletter, tokens, token_url="http://127.0.0.1:1/token")
    newsletter.import_samples()
    newsletter.add_readers(3)
    with relay(newsletter, tokens) as server:
        newsletter.settings |= {"smtp.url": server.url, "deliver.linger": "0s"}
        done = newsletter.run("weekly", expect=75)
        assert "oauth: http://127.0.0.1:1/token: " in done.stderr
        assert newsletter.counts()["deferred"] == 3


# --- a program ---

def program(newsletter, *lines):
    path = newsletter.folder / "mail-token"
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o700)
    return str(path)


def test_a_program_gives_the_token_and_no_shell_reads_its_arguments(newsletter, tokens):
    told = newsletter.folder / "told"
    path = program(newsletter, f'printf "%s|" "$@" > {told}', "echo access-9", "echo more")
    tokens.good.add("access-9")
    newsletter.settings |= {"smtp.username": "news@example.org", "smtp.oauth.command": f"{path},a b,$(id);x"}
    with relay(newsletter, tokens) as server:
        assert connect(newsletter, server)[0] == "fine"
        assert server.logins[0][1][-1].count(b"access-9") == 1
    assert told.read_text() == "a b|$(id);x|"


def test_a_program_may_print_what_a_token_server_answers_and_then_is_not_run_again(newsletter, tokens):
    runs = newsletter.folder / "runs"
    path = program(newsletter, f"echo run >> {runs}", """echo '{"access_token": "access-9", "expires_in": 3600}'""")
    tokens.good.add("access-9")
    newsletter.settings |= {"smtp.username": "news@example.org", "smtp.oauth.command": path}
    with relay(newsletter, tokens) as server:
        for _ in range(2):
            assert connect(newsletter, server)[0] == "fine"
    assert runs.read_text() == "run\n"


@pytest.mark.parametrize("lines,expect,said", [
    (["exit 3"], 69, "exits with status 3"),
    (["true"], 69, "the answer holds no access token"),
    (["yes access-9 | head -c 100000"], 69, "prints more than 65536 bytes"),
    (["kill -9 $$"], 69, "was ended by signal 9"),
], ids=["fails", "prints nothing", "prints too much", "is killed"])
def test_a_program_that_gives_no_token_is_one_line(newsletter, tokens, lines, expect, said):
    path = program(newsletter, *lines)
    newsletter.settings |= {"smtp.username": "news@example.org", "smtp.oauth.command": path}
    with relay(newsletter, tokens) as server:
        finding, text = connect(newsletter, server, expect=expect)
        assert finding == "fault" and said in text and path in text


def test_a_program_that_is_not_there_is_a_matter_of_settings(newsletter, tokens):
    newsletter.settings |= {"smtp.username": "news@example.org", "smtp.oauth.command": "/no/such/program"}
    with relay(newsletter, tokens) as server:
        assert "cannot run /no/such/program" in connect(newsletter, server, expect=78)[1]


# --- a password where none is taken ---

@pytest.mark.parametrize("offers,reply", [
    ("AUTH LOGIN XOAUTH2", "535 5.7.3 Authentication unsuccessful"),
    ("AUTH LOGIN", "535 5.7.139 Authentication unsuccessful, basic authentication is disabled."),
    ("AUTH PLAIN LOGIN", "534-5.7.9 Application-specific password required. For more\n534 5.7.9 information, go there"),
], ids=["by its offer", "Microsoft", "Google"])
def test_a_provider_that_accepts_no_passwords_is_reported_to_require_OAuth(newsletter, offers, reply):
    newsletter.settings |= {"smtp.username": "news@example.org",
                            "smtp.password_file": secret_file(newsletter, "password", "hush")}
    with ScriptedServer([Rule("AUTH", reply)], offers=[offers]) as server:
        finding, text = connect(newsletter, server, expect=69)
        assert finding == "fault" and "a password was refused: this provider wants OAuth" in text


def test_a_wrong_password_is_no_matter_of_OAuth(newsletter):
    newsletter.settings |= {"smtp.username": "news@example.org",
                            "smtp.password_file": secret_file(newsletter, "password", "hush")}
    with ScriptedServer([Rule("AUTH", "535 5.7.8 authentication failed")], offers=["AUTH PLAIN LOGIN"]) as server:
        assert "OAuth" not in connect(newsletter, server, expect=69)[1]


def test_a_token_program_ends_with_the_run_that_waits_for_it(newsletter, tmp_path):
    began, program = tmp_path / "began", tmp_path / "token-program"
    program.write_text(f"#!/bin/sh\necho $$ > {began}\nexec sleep 600\n")
    program.chmod(0o700)
    newsletter.settings |= {"smtp.username": "news@example.org", "smtp.oauth.command": str(program)}
    newsletter.import_samples()
    newsletter.add_readers(2)
    with ScriptedServer(offers=OFFERS) as server:
        newsletter.settings["smtp.url"] = server.url
        run = newsletter.start("weekly")
        while not (began.exists() and began.read_text().endswith("\n")) and run.poll() is None:
            time.sleep(0.01)
        run.terminate()
        run.communicate(timeout=25)  # the program has thirty seconds
    with pytest.raises(ProcessLookupError):
        os.kill(int(began.read_text()), 0)
    assert run.returncode == 75
