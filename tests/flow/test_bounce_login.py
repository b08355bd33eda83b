"""Logging in to the bounce mailbox: which mechanism, tokens, and what is said where it fails."""

import pathlib
import shutil
import tempfile

import pytest

from dovecot_server import Dovecot
from lying_imap import LyingImap
from newsletter import ROOT
from token_server import TokenServer

REPORT = ROOT / "tests" / "golden" / "bounces" / "postfix-user-unknown.eml"
NO = "[AUTHENTICATIONFAILED] Invalid credentials"


@pytest.fixture
def imap(newsletter, tmp_path):
    folder = tmp_path / "imap"
    folder.mkdir()
    with LyingImap(folder, {1: REPORT.read_bytes()}) as server:
        server.use(newsletter)
        yield server


@pytest.mark.parametrize("offers,refused,works", [
    ("", [], ["LOGIN"]),
    ("AUTH=CRAM-MD5 AUTH=PLAIN LOGINDISABLED", ["CRAM-MD5"], ["PLAIN"]),
    ("AUTH=CRAM-MD5 AUTH=PLAIN LOGINDISABLED", ["PLAIN"], ["CRAM-MD5"]),
    ("AUTH=NTLM AUTH=DIGEST-MD5 LOGINDISABLED", ["DIGEST-MD5"], ["NTLM"]),
], ids=["the command alone", "CRAM-MD5 cannot work", "CRAM-MD5 works", "NTLM"])
def test_where_one_way_of_logging_in_fails_the_next_is_tried(newsletter, imap, offers, refused, works):
    imap.offers, imap.refuses = offers, dict.fromkeys(refused, NO)
    newsletter.run("bounces")
    assert imap.moved == {1: "PROCESSED"}
    tried = list(dict.fromkeys(imap.logins))
    assert tried[-1:] == works and set(tried[:-1]) <= set(refused)


def test_a_wrong_password_makes_one_failed_login_for_each_way(newsletter, imap):
    imap.offers = "AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 LOGINDISABLED"
    imap.refuses = dict.fromkeys(["PLAIN", "LOGIN", "CRAM-MD5"], NO)
    done = newsletter.run("bounces", expect=69)
    assert f"refuses our login: NO {NO}" in done.stderr and "OAuth" not in done.stderr
    assert imap.logins == ["PLAIN", "LOGIN", "CRAM-MD5"]


def test_a_mechanism_that_is_fixed_is_the_only_one(newsletter, imap):
    imap.offers, imap.refuses = "AUTH=PLAIN AUTH=CRAM-MD5", {"CRAM-MD5": NO}
    newsletter.settings["bounce.auth"] = "CRAM-MD5"
    newsletter.run("bounces", expect=69)
    assert imap.logins == ["CRAM-MD5"]


def test_no_mechanism_that_we_have_is_a_sentence_of_its_own(newsletter, imap):
    imap.offers = "AUTH=GSSAPI LOGINDISABLED"
    done = newsletter.run("bounces", expect=69)
    assert "offers no mechanism that we have: it offers GSSAPI, and we have PLAIN, LOGIN, " in done.stderr
    assert imap.logins == []


def test_a_server_that_cannot_look_a_login_up_now_is_asked_by_no_other_way(newsletter, imap):
    imap.offers, imap.refuses = "AUTH=PLAIN AUTH=CRAM-MD5", {"PLAIN": "[UNAVAILABLE] try again later"}
    done = newsletter.run("bounces", expect=69)
    assert "refuses our login: NO [UNAVAILABLE] try again later" in done.stderr
    assert set(imap.logins) == {"PLAIN"}


def test_a_provider_that_accepts_no_passwords_is_reported_to_require_OAuth(newsletter, imap):
    imap.offers, imap.refuses = "AUTH=PLAIN AUTH=XOAUTH2 LOGINDISABLED", dict.fromkeys(["PLAIN", "LOGIN"], "AUTHENTICATE failed.")
    done = newsletter.run("doctor", "--connect", expect=69)
    assert "a password was refused: this provider wants OAuth" in done.stdout


# --- a real server that asks a token server ---

@pytest.fixture
def tokens():
    with TokenServer() as server:
        yield server


@pytest.fixture
def dovecot(newsletter, tokens):
    if shutil.which("dovecot", path="/usr/sbin:/usr/bin") is None:
        pytest.skip("dovecot is not installed (dovecot-imapd)")
    with tempfile.TemporaryDirectory() as name, \
            Dovecot(pathlib.Path(name) / "dovecot", introspection=tokens.introspection_url) as running:
        running.use(newsletter)
        secret = newsletter.folder / "refresh"
        secret.write_text("first-refresh\n")
        secret.chmod(0o600)
        newsletter.settings |= {
            "bounce.username": tokens.user,
            "bounce.password_file": "",
            "bounce.oauth.token_url": tokens.url,
            "bounce.oauth.client_id": "newsletter",
            "bounce.oauth.refresh_token_file": str(secret),
        }
        running.put("1", REPORT.read_bytes())
        yield running


@pytest.mark.parametrize("mechanism", ["", "XOAUTH2", "OAUTHBEARER"])
@pytest.mark.parametrize("scheme", ["imaps", "imap"])
def test_bounces_are_read_with_a_token(newsletter, tokens, dovecot, mechanism, scheme):
    port = dovecot.imaps_port if scheme == "imaps" else dovecot.imap_port
    newsletter.settings |= {"bounce.auth": mechanism, "bounce.mailbox": f"{scheme}://127.0.0.1:{port}/INBOX"}
    newsletter.run("bounces")
    assert len(dovecot.messages(".Processed")) == 1 and len(tokens.asked) == 1
    newsletter.run("bounces")
    assert len(tokens.asked) == 1, "the token is kept"


def test_a_token_that_was_taken_back_is_asked_for_once_more(newsletter, tokens, dovecot):
    newsletter.run("bounces")
    tokens.good.clear()
    dovecot.put("2", REPORT.read_bytes())
    newsletter.run("bounces")
    assert len(dovecot.messages(".Processed")) == 2 and len(tokens.asked) == 2


def test_tokens_that_the_mailbox_refuses_are_one_line_without_a_token(newsletter, tokens, dovecot):
    tokens.user = "another@example.org"  # the token is somebody else's
    done = newsletter.run("-v", "-v", "bounces", expect=69)
    assert "refuses our login" in done.stderr and "access-" not in done.stderr
    assert len(tokens.asked) == 2 and len(dovecot.messages()) == 1
