"""The contract of the command line: words, exit codes, one clear line for what is wrong."""

import contextlib
import json
import os
import re
import resource
import sqlite3
import stat
import subprocess

import pytest

from newsletter import NOW, VERDICTS


def one_line(done, *words):
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def test_init_never_overwrites(newsletter):
    done = newsletter.run("init", str(newsletter.folder), setup=True, expect=73)
    one_line(done, "verdicts.conf", "never overwrites")


def test_the_key_is_for_its_owner_alone(newsletter):
    mode = os.stat(newsletter.folder / "verdicts.key").st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_what_init_makes_is_its_owners_alone_whatever_the_umask(tmp_path):
    done = subprocess.run([VERDICTS, "init", tmp_path / "new"], capture_output=True, check=False,
                          preexec_fn=lambda: os.umask(0))
    assert done.returncode == 0
    assert stat.S_IMODE(os.stat(tmp_path / "new").st_mode) == 0o700
    assert stat.S_IMODE(os.stat(tmp_path / "new" / "verdicts.db").st_mode) == 0o600


def test_a_key_that_others_can_read_is_refused(newsletter):
    os.chmod(newsletter.folder / "verdicts.key", 0o644)
    done = newsletter.run("weekly", expect=78)
    one_line(done, "verdicts.key", "chmod")


@pytest.mark.parametrize("words, code", [
    (["nonsense"], 64),
    (["pick", "--nonsense"], 64),
    (["pick", "--week", "2025-W53"], 64),
    (["pick", "extra"], 64),
    (["issue"], 64),
    (["issue", "show", "7"], 66),
    (["issue", "show", "x"], 64),
    (["issue", "cancel", "-1"], 64),
    (["import"], 64),
    (["import", "--published", "yesterday", "a.txt"], 64),
    (["--now", "tomorrow", "status"], 64),
    (["--color", "purple", "status"], 64),
    (["--log-format", "xml", "status"], 64),
    (["render"], 64),
    (["doctor", "extra"], 64),
    ([], 64),
    (["import", "/no/such/file.txt"], 66),
    (["subscribers", "show", "nobody@example.org"], 66),
    (["report", "--issue", "9"], 66),
    (["send", "--issue", "9"], 66),
    (["render", "/no/such/template"], 66),
])
def test_what_is_wrong_is_said_in_one_line(newsletter, words, code):
    one_line(newsletter.run(*words, expect=code), "verdicts: ")


def test_a_global_option_means_the_same_on_either_side_of_the_verb(newsletter):
    def run(*words):
        return subprocess.run([VERDICTS, *words], capture_output=True, text=True, check=False)

    config = ["--config", str(newsletter.folder / "verdicts.conf")]
    rest = ["--now", NOW, "--set", "issue.max_items=7", "--set", "issue.min_items=2"]
    before = run(*config, *rest, "config", "show", "--json")
    assert before.returncode == 0 and '"7"' in before.stdout
    assert run("config", *config, "show", *rest, "--json").stdout == before.stdout
    split = run(*config, *rest[:4], "config", "show", "--json", *rest[4:])
    assert split.stdout == before.stdout
    assert run("pick", "--version").stdout == run("--version").stdout
    twice = run(*rest, "pick", *rest)
    assert twice.returncode == 64 and "--now is given twice" in twice.stderr
    many = run(*["--set=issue.min_items=2"] * 40, "pick", *["--set=issue.min_items=2"] * 40)
    assert many.returncode == 64 and "--set is given more than 64 times" in many.stderr


def test_a_missing_database_says_how_to_make_one(newsletter):
    (newsletter.folder / "verdicts.db").unlink()
    one_line(newsletter.run("status", expect=66), "verdicts init")


def test_every_verb_explains_itself(newsletter):
    listed = newsletter.run("--help").stdout
    verbs = [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2].islower()]
    for verb in [v for v in verbs if v != "verdicts"]:
        shown = newsletter.run(verb, "--help").stdout
        assert "usage: verdicts " + verb in shown and "Examples:" in shown


def test_check_gives_the_normal_form_as_json(newsletter):
    done = newsletter.run("subscribers", "check", "Ann@EXAMPLE.org", "a b@example.org", "--json", expect=65)
    first, second = json.loads(done.stdout)
    assert first == {"address": "Ann@EXAMPLE.org", "valid": True, "normal": "Ann@example.org", "reason": None}
    assert second["valid"] is False and second["reason"]


def test_confirmed_people_need_a_wording(newsletter):
    one_line(newsletter.run("subscribers", "add", "a@example.org", "--status", "confirmed", expect=64),
             "--wording")


def test_an_import_never_brings_back_who_left(newsletter):
    newsletter.add_readers(1)
    newsletter.run("subscribers", "remove", "reader0@example.org")
    newsletter.add_readers(1)
    assert newsletter.json("subscribers", "show", "reader0@example.org", "--json")["status"] == "left"


def test_settings_are_shown_with_their_origin(newsletter):
    rows = {row["key"]: row for row in newsletter.json("config", "show", "--json")}
    assert rows["database"]["origin"].endswith(".conf:" + rows["database"]["origin"].rsplit(":", 1)[1])
    assert rows["smtp.connections"]["origin"] == "default"
    newsletter.settings["smtp.connections"] = "7"
    rows = {row["key"]: row for row in newsletter.json("config", "show", "--json")}
    assert (rows["smtp.connections"]["value"], rows["smtp.connections"]["origin"]) == ("7", "--set")


def test_an_unknown_setting_is_named_with_its_line(newsletter):
    path = newsletter.folder / "verdicts.conf"
    lines = path.read_text().count("\n")
    path.write_text(path.read_text() + "nonsense = 1\n")
    one_line(newsletter.run("status", expect=78), f"verdicts.conf:{lines + 1}", "nonsense")


def test_an_issue_is_named_by_a_number_and_not_by_an_option(newsletter):
    one_line(newsletter.run("issue", "show", "x", expect=64), "issue show takes the number of an issue", '"x"')


def test_an_issue_that_was_sent_is_not_approved_anew(newsletter):
    newsletter.settings["smtp.url"] = "null:"
    newsletter.import_samples()
    newsletter.add_readers(1)
    newsletter.run("weekly")
    assert newsletter.run("issue", "approve", "1").stdout == "issue 1 is sent already\n"


def test_pick_explains_in_and_out(newsletter):
    newsletter.import_samples()
    text = newsletter.run("pick", "--explain").stdout
    picked = newsletter.json("pick", "--json")
    assert picked["week"] == "2026-W47"
    assert picked["window"][1] - picked["window"][0] == 7 * 86400
    for item in picked["items"]:
        assert item["slug"] in text and item["reason"] in text


@pytest.mark.parametrize("state", ["approved", "sent"])
def test_pick_shows_what_a_frozen_issue_holds_and_what_came_too_late(newsletter, state):
    pages = sorted(SAMPLES().glob("*.txt"))
    newsletter.import_pages(*pages[:4])
    newsletter.add_readers(1)
    newsletter.run("issue", "build")
    before = [(item["slug"], item["story"], item["position"]) for item in newsletter.json("pick", "--json")["items"]]
    newsletter.run("issue", "approve", "1")
    if state == "sent":
        newsletter.run("--set", "smtp.url=null:", "weekly")
    newsletter.import_pages(*pages[4:])
    picked = newsletter.json("pick", "--week", "2026-W47", "--json")
    held = [item for item in picked["items"] if item["in"]]
    late = [item for item in picked["items"] if not item["in"]]
    assert [(item["slug"], item["story"], item["position"]) for item in held] == before
    assert {item["reason"] for item in held} == {"in issue 1 (2026-W47)"}
    assert len(late) == len(pages) - 4
    assert {item["reason"] for item in late} == {f"issue 1 is {state} without it: for a later issue"}
    assert "4 comparisons" in newsletter.run("pick", "--week", "2026-W47").stdout
    # They are in the next one.
    later = newsletter.json("pick", "--week", "2026-W48", "--json")["items"]
    assert {item["slug"] for item in later if item["in"]} == {item["slug"] for item in late}


def test_people_without_a_status_are_said_to_wait(newsletter, tmp_path):
    done = newsletter.run("subscribers", "add", "ann@example.org")
    assert done.stdout == "ann@example.org added\n"
    assert "ann@example.org: pending, so no mail" in done.stderr and "--status confirmed --wording" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    people = tmp_path / "people.csv"
    people.write_text("email\nbob@example.org\ncy@example.org\n")
    assert "pending, so no mail" in newsletter.run("subscribers", "import", str(people)).stderr
    for words in (["--status", "pending"], ["--status", "confirmed", "--wording", "asked"]):
        assert newsletter.run("subscribers", "add", f"p{len(words)}@example.org", *words).stderr == ""
    assert newsletter.run("-q", "subscribers", "add", "quiet@example.org").stderr == ""


def test_a_topic_that_no_comparison_has_is_named(newsletter):
    add = ["subscribers", "add", "ann@example.org", "--status", "confirmed", "--wording", "asked", "--topics"]
    assert newsletter.run(*add, "Serch").stderr == ""  # nothing to hold it against
    newsletter.import_samples()
    done = newsletter.run(*add, "Writing, Serch")
    assert [line for line in done.stderr.splitlines() if "Serch" in line] == [
        'verdicts: warning: no comparison has the topic "Serch"']
    shown = newsletter.run("subscribers", "show", "ann@example.org").stdout
    assert "topics: Serch, Writing\n" in shown and "paused" not in shown


def test_an_export_brings_back_topics_with_signs_in_them(newsletter, tmp_path):
    topics = ["Sales, Marketing", 'The "best"', '"Quoted"; so', "Writing"]
    page = [{side: {"name": f"{side} {i}", "category": topic} for side in ("left", "right")} for i, topic in enumerate(topics)]
    newsletter.run("import", "-", stdin=json.dumps(page))
    confirmed = ["--status", "confirmed", "--wording", "asked"]
    done = newsletter.run("subscribers", "add", "ann@example.org", "--topics", '"Sales, Marketing", The "best" ;"""Quoted""; so",Writing',
                          *confirmed)
    assert done.stderr == ""

    def people() -> list:
        return [(row["address"], row["topics"]) for row in newsletter.json("subscribers", "export", "--json")]

    before = people()
    assert before == [("ann@example.org", sorted(topics))]
    exported = tmp_path / "people.csv"
    exported.write_text(newsletter.run("subscribers", "export").stdout)
    with contextlib.closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database:
        database.executescript("DELETE FROM consent; DELETE FROM subscriber;")
    done = newsletter.run("subscribers", "import", str(exported), *confirmed)
    assert "1 added" in done.stdout and people() == before
    assert "no comparison has" not in done.stderr


def test_topics_of_an_import_that_no_comparison_has_are_one_line(newsletter, tmp_path):
    def take(name: str, *topics: str, options=()) -> str:
        people = tmp_path / f"{name}.csv"
        people.write_text("email,topics\n" + "".join(f'{name}{i}@example.org,"{words}"\n' for i, words in enumerate(topics)))
        done = newsletter.run(*options, "subscribers", "import", str(people), "--status", "confirmed", "--wording", "asked")
        assert f"{len(topics)} added" in done.stdout or "-q" in options
        return done.stderr.replace(str(people), "FILE")

    assert take("early", "Serch") == ""  # nothing to hold it against
    newsletter.import_samples()
    assert take("fine", "Writing", "", "Writing; Automation") == ""
    assert take("slip", "Serch, Writing", "Serch", "Writing") == (
        'verdicts: FILE: warning: no comparison has the topic "Serch" (of 2 people)\n')
    assert take("two", "Serch; Writting") == (
        'verdicts: FILE: warning: no comparison has the topics "Serch", "Writting" (of 1 person)\n')
    many = take("many", *(f"Topic {i:03}" for i in range(400)))
    assert many == ("verdicts: FILE: warning: no comparison has the topics "
                    '"Topic 000", "Topic 001", "Topic 002", "Topic 003", "Topic 004" and others (of 400 people)\n')
    assert take("quiet", "Serch", options=["-q"]) == ""
    assert "topics: Serch, Writing\n" in newsletter.run("subscribers", "show", "slip0@example.org").stdout


def test_a_failure_speaks_of_what_was_written(newsletter):
    for setting, said in (("mail.list_id=two words", "is not a domain"), ("dkim.domain=a..b", "is not a domain"),
                          ("check.allowed_hosts=localhost", "is not a domain"),
                          ("smtp.url=maildir:", "maildir: and a folder"),
                          ("bounce.mailbox=maildir:", "maildir: and a folder")):
        done = newsletter.run("--set", setting, "config", "show", expect=78)
        assert said in done.stderr and "@" not in done.stderr and "https" not in done.stderr, done.stderr
    assert "standard output" in newsletter.run("backup", "-", expect=64).stderr


def test_a_known_page_that_keeps_its_date_is_not_said_to_wait(newsletter):
    newsletter.import_samples()
    done = newsletter.run("import", "-n", "--published", "2030-01-01T00:00:00Z", str(SAMPLES()))
    assert "0 new, 0 changed" in done.stdout and done.stderr == ""
    # A page that is new is.
    page = json.dumps([{side: {"name": side, "category": "Writing", "reviews": [{"quote": "Fine."}]}
                        for side in ("left", "right")}])
    assert "in the future" in newsletter.run("import", "--published", "2030-01-01T00:00:00Z", "-", stdin=page).stderr


def test_a_failure_says_which_dates_are_accepted(newsletter):
    done = newsletter.run("import", "-", stdin='{"published_at": "1900-01-01T00:00:00Z"}', expect=65)
    assert '"1900-01-01T00:00:00Z" is no time of the years 1970 to 9999' in done.stderr


def test_a_check_of_the_settings_looks_into_what_they_name(newsletter, tmp_path):
    newsletter.settings["smtp.url"] = "null:"
    words = tmp_path / "words.pem"
    words.write_text("-----BEGIN PUBLIC KEY-----\nnone\n-----END PUBLIC KEY-----\nno CERTIFICATE-----\n")
    for key in ("smtp.ca_file", "bounce.ca_file"):
        one_line(newsletter.run("--set", f"{key}={words}", "config", "check", expect=78), key, "holds no certificate")
    newsletter.run("--set", "smtp.ca_file=/etc/ssl/certs/ca-certificates.crt", "config", "check")
    box = tmp_path / "box"
    mailbox = ["--set", f"bounce.mailbox=maildir:{box}", "config", "check"]
    one_line(newsletter.run(*mailbox, expect=78), "bounce.mailbox", str(box / "new"))
    (box / "new").mkdir(parents=True)
    newsletter.run(*mailbox)
    open_to_all = newsletter.run("--set", "preview.listen=0.0.0.0:8381", "config", "check").stderr
    assert "preview.listen: other machines reach 0.0.0.0:8381" in open_to_all and "--everywhere" in open_to_all


def test_importing_again_changes_nothing(newsletter):
    newsletter.import_samples()
    done = newsletter.run("import", "--published", "2026-11-20T09:00:00Z", str(SAMPLES()))
    assert "0 new, 0 changed" in done.stdout


def SAMPLES():
    from newsletter import SAMPLES as folder
    return folder


def test_a_bad_file_does_not_stop_the_good_ones(newsletter, tmp_path):
    (tmp_path / "bad.txt").write_text("nothing like a comparison\n")
    done = newsletter.run("import", str(tmp_path / "bad.txt"), str(SAMPLES()), expect=65)
    assert "bad.txt:" in done.stderr
    assert "0 new" not in done.stdout and "1 bad" in done.stdout


def test_render_shows_the_engine(newsletter, tmp_path):
    (tmp_path / "t.mustache").write_text("Hello {{name}}{{> tail}}\n")
    (tmp_path / "tail.mustache").write_text(" & {{{raw}}}")
    (tmp_path / "d.json").write_text('{"name": "<Ann>", "raw": "<b>"}')
    done = newsletter.run("render", str(tmp_path / "t.mustache"), "--data", str(tmp_path / "d.json"),
                          "--partials", str(tmp_path))
    assert done.stdout == "Hello &lt;Ann&gt; & <b>\n"
    (tmp_path / "t.mustache").write_text("{{a}}{{> none}}{{> bare}}")
    (tmp_path / "bare").write_text("!")
    assert newsletter.run("render", str(tmp_path / "t.mustache")).stdout == ""
    done = newsletter.run("render", str(tmp_path / "t.mustache"), "--data", "-", "--partials", str(tmp_path),
                          stdin='{"a": "<"}')
    assert done.stdout == "&lt;!"


@pytest.mark.parametrize("name, code, words", [
    ("../secret", 65, "cannot be a partial's name"), ("/PLACE/secret", 65, 'cannot begin with "/"'),
    ("folder/../../secret", 65, "cannot be a partial's name"),
    ("link", 77, "points outside of"), ("folder/secret", 77, "points outside of")])
def test_a_partial_of_render_does_not_lead_out_of_its_folder(newsletter, tmp_path, name, code, words):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret").write_text("PASSWORD")
    (inside / "link").symlink_to("../secret")
    (inside / "folder").symlink_to("..")
    (tmp_path / "t.mustache").write_text("{{> " + name.replace("/PLACE", str(tmp_path)) + "}}")
    done = newsletter.run("render", str(tmp_path / "t.mustache"), "--partials", str(inside), expect=code)
    assert "PASSWORD" not in done.stdout
    one_line(done, words)


def test_a_partial_of_render_may_be_a_link_that_stays_inside(newsletter, tmp_path):
    (tmp_path / "word.mustache").write_text("here")
    (tmp_path / "link.mustache").symlink_to("word.mustache")
    (tmp_path / "t.mustache").write_text("{{> link}}")
    assert newsletter.run("render", str(tmp_path / "t.mustache"), "--partials", str(tmp_path)).stdout == "here"


def test_config_check_reports_values_that_are_still_the_samples(newsletter):
    done = newsletter.run("config", "check")
    one_line(done, "mail.from", "site.url", "site.postal_address", "subscribe.url", "smtp.url")
    assert "fine" in done.stdout
    newsletter.settings = {
        "site.url": "https://tools.test", "site.comparison_url": "https://tools.test/{slug}",
        "site.postal_address": "Tools, 1 Street, Town", "mail.from": "news@tools.test",
        "mail.bounce_address": "bounces@tools.test", "smtp.url": "smtp://relay.tools.test",
        "subscribe.url": "https://news.tools.test",
    }
    assert newsletter.run("config", "check").stderr == ""


@pytest.mark.parametrize("key", [
    "smtp.ca_file", "templates_dir", "pages_dir", "bounce.ca_file",
])
def test_the_check_finds_a_file_that_is_not_there(newsletter, key):
    newsletter.settings[key] = "/no/such/place"
    one_line(newsletter.run("config", "check", expect=78), key, "/no/such/place", "No such file")


@pytest.mark.parametrize("section", ["smtp", "bounce"])
def test_the_check_finds_a_missing_password(newsletter, section):
    newsletter.settings |= {f"{section}.username": "ann", f"{section}.password_file": "/no/such/place"}
    if section == "bounce":
        newsletter.settings["bounce.mailbox"] = "imaps://mail.example.org/INBOX"
    one_line(newsletter.run("config", "check", expect=78), section + ".password_file", "/no/such/place")


def test_the_check_reads_the_signing_keys(newsletter):
    keys = newsletter.folder / "dkim"
    newsletter.run("dkim-key", str(keys))
    newsletter.settings |= {"dkim.domain": "example.org", "dkim.selector": "v1",
                            "dkim.key_file": str(keys / "dkim-rsa.pem")}
    newsletter.run("config", "check")
    newsletter.settings["dkim.key_file"] = str(keys / "dkim-ed25519.pem")
    one_line(newsletter.run("config", "check", expect=78), "dkim-ed25519.pem", "no key of the kind RSA")
    newsletter.settings["dkim.key_file"] = "/no/such/key"
    one_line(newsletter.run("config", "check", expect=78), "/no/such/key")


def test_a_rate_of_nothing_for_a_domain_is_refused(newsletter):
    newsletter.settings["deliver.domain_rate"] = "example.com=0"
    one_line(newsletter.run("config", "check", expect=78), "deliver.domain_rate", "=none")


def test_the_check_warns_where_one_deferral_loses_a_message(newsletter):
    newsletter.settings["deliver.max_age"] = "0"
    assert "deliver.max_age" in newsletter.run("config", "check").stderr


def test_add_changes_the_name_of_somebody_on_the_list(newsletter):
    newsletter.add_readers(1)
    done = newsletter.run("subscribers", "add", "reader0@example.org", "--name", "Rita", "--topics", "Design")
    assert done.stdout == "reader0@example.org updated\n"
    shown = newsletter.json("subscribers", "show", "reader0@example.org", "--json")
    assert (shown["name"], shown["topics"], shown["status"]) == ("Rita", ["Design"], "confirmed")


def test_a_list_in_german_is_imported_and_unused_columns_are_reported(newsletter, tmp_path):
    path = tmp_path / "leute.csv"
    path.write_bytes("\ufeffMail;Vorname;Thema;Alter\r\nann@example.org;Ann;Design;33\r\n".encode())
    done = newsletter.run("subscribers", "import", str(path), "--status", "pending")
    one_line(done, "leute.csv", 'columns not used: "Alter"')
    shown = newsletter.json("subscribers", "show", "ann@example.org", "--json")
    assert (shown["name"], shown["topics"]) == ("Ann", ["Design"])


def test_a_stray_quote_is_blamed_in_one_line(newsletter, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text('name,email\nAnn,ann@example.org\nBob,"bob@example.org\nCy,cy@example.org\n')
    done = newsletter.run("subscribers", "import", str(path), "--status", "pending", expect=65)
    one_line(done, "people.csv:3:", "a quote opened in line 3 is not closed properly: all that follows it is skipped")


@pytest.mark.parametrize("map_, words", [
    ("foo=Mail", ["unknown field foo", "known: email, name, topics"]), ("email", ["write FIELD=COLUMN"]),
])
def test_a_map_that_cannot_be_meant_is_refused(newsletter, map_, words):
    path = newsletter.folder / "verdicts.conf"
    one_line(newsletter.run("subscribers", "import", str(path), "--map", map_, expect=64), *words)


@pytest.mark.parametrize("words, said", [
    (["check", "--issue", "1", "--week", "2026-W47"], "--issue and --week each name an issue"),
    (["preview", "--out", "p", "--issue", "1", "--week", "2026-W47"], "--issue and --week each name an issue"),
    (["preview", "--out", "p", "--listen", "127.0.0.1:0"], "--out writes files"),
    (["preview", "--out", "p", "--everywhere"], "--out writes files"),
    (["report", "--bounces", "--issue", "1"], "--bounces and --growth are reports of their own"),
    (["report", "--growth", "--readers", "sent"], "--bounces and --growth are reports of their own"),
    (["report", "--bounces", "--growth"], "--bounces and --growth are reports of their own"),
    (["send", "--retry", "all", "--code", "5.4.x"], "--code takes a code such as 5.4.5 or 550, not \"5.4.x\""),
    (["adopt", "--issue-sent", "x"], "the number of an issue, or its week as in 2026-W47, not \"x\""),
])
def test_an_option_that_would_have_no_effect_is_refused(newsletter, words, said):
    one_line(newsletter.run(*words, expect=64), said)


def test_a_list_is_read_from_files_alone(newsletter, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    one_line(newsletter.run("subscribers", "import", str(tmp_path / "pipe"), expect=66, timeout=20), "a pipe")
    one_line(newsletter.run("subscribers", "import", str(tmp_path), expect=66), "a folder")


def test_the_proof_of_consent_is_not_empty(newsletter):
    for words in (["add", "a@example.org"], ["import", "people.csv"]):
        one_line(newsletter.run("subscribers", *words, "--status", "confirmed", "--wording", " ", expect=64),
                 "--wording is empty")


def test_people_who_left_are_told_so(newsletter):
    newsletter.add_readers(1)
    assert "has left the list" in newsletter.run("subscribers", "remove", "reader0@example.org").stdout
    again = newsletter.run("subscribers", "remove", "reader0@example.org").stdout
    assert again == "reader0@example.org was off the list already (left)\n"


def test_a_stranger_is_forgotten_on_request_alone(newsletter):
    one_line(newsletter.run("subscribers", "forget", "nobody@example.org", expect=66), "not on the list", "--yes")
    newsletter.run("subscribers", "forget", "nobody@example.org", "--yes")
    newsletter.run("subscribers", "forget", "nobody@example.org")
    newsletter.run("subscribers", "add", "nobody@example.org", expect=65)


@pytest.mark.parametrize("words, option", [
    (["subscribers", "show", "a@example.org", "--status", "left"], "--status"),
    (["subscribers", "remove", "a@example.org", "--json"], "--json"),
    (["subscribers", "add", "a@example.org", "--dry-run"], "--dry-run"),
    (["config", "check", "--json"], "--json"),
])
def test_an_option_without_a_use_is_refused(newsletter, words, option):
    one_line(newsletter.run(*words, expect=64), "has no use for " + option)


def test_an_empty_folder_is_not_the_root(newsletter, tmp_path):
    done = newsletter.run("init", "", setup=True, expect=64, cwd=tmp_path)
    one_line(done, "the name of the folder is empty")
    assert not list(tmp_path.glob("*.conf"))


def test_an_option_is_named_with_two_dashes(newsletter):
    one_line(newsletter.run("preview", "--out", "x", "--issue", "y", expect=64), "verdicts: --issue: ")


def test_without_settings_the_places_looked_at_are_named(newsletter, tmp_path):
    environment = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "VERDICTS_CONFIG": ""}
    done = newsletter.run("status", setup=True, expect=78, cwd=tmp_path, env=environment)
    one_line(done, "no settings file found", "./verdicts.conf", f"{tmp_path}/.config/verdicts", "verdicts init")


def test_a_missing_setting_goes_into_the_section_that_is_there(newsletter):
    path = newsletter.folder / "verdicts.conf"
    path.write_text(path.read_text().replace("    postal_address =", "    #postal_address ="))
    line = path.read_text().split("\nsite {")[0].count("\n") + 2
    done = newsletter.run("config", "check", expect=78)
    one_line(done, "site.postal_address is missing", f"in the section site, which begins in line {line}")


def test_a_lost_key_says_what_each_way_out_costs(newsletter):
    (newsletter.folder / "verdicts.key").unlink()
    one_line(newsletter.run("weekly", expect=66), "put back the copy", "verdicts init", "links in all mails")


def test_a_reader_that_closes_the_pipe_is_no_fault(newsletter):
    newsletter.add_readers(3000)
    running = newsletter.start("subscribers", "list")
    running.stdout.readline()
    running.stdout.close()
    assert running.stderr.read() == ""
    running.stderr.close()
    assert running.wait() == 74


def test_a_full_disk_behind_the_output_is_reported_once(newsletter):
    with open("/dev/full", "w") as full:
        done = subprocess.run(newsletter.command("--help"), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 74
    one_line(done, "cannot write to standard output", "No space left")


def test_a_limit_on_file_sizes_is_reported_and_does_not_kill_the_program(newsletter, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("email\n" + "".join(f"reader{i}@example.org\n" for i in range(3000)))
    done = subprocess.run(newsletter.command("subscribers", "import", str(path)), capture_output=True, text=True,
                          check=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)))
    assert done.returncode == 74, (done.returncode, done.stderr)
    one_line(done, "verdicts: ")


def test_status_shows_the_last_run_of_each_verb_and_why_runs_failed(newsletter):
    newsletter.run("import", "/no/such/file.txt", expect=66)
    newsletter.run("subscribers", "remove", "nobody@example.org", expect=66)
    for _ in range(12):
        newsletter.run("subscribers", "add", "ann@example.org")
    shown = newsletter.run("status").stdout
    assert "import: exit 66" in shown
    assert "subscribers: exit 66: remove: (address) is not on the list" in shown
    assert shown.count("subscribers: exit 0") == 1
    assert "nobody" not in shown


def test_the_signing_keys_come_with_the_settings_to_paste(newsletter):
    done = newsletter.run("dkim-key", str(newsletter.folder / "dkim"), "--domain", "tools.example.net")
    path = newsletter.folder / "verdicts.conf"
    start = done.stderr.index("dkim {")
    text = path.read_text()
    before, after = text.split("\ndkim {\n")
    path.write_text(before + "\n" + done.stderr[start:] + after.split("\n}\n", 1)[1])
    newsletter.run("config", "check")
    rows = {row["key"]: row["value"] for row in newsletter.json("config", "show", "--json")}
    assert "tools.example.net" in rows["dkim.domain"]
    assert "verdicts-ed25519" in rows["dkim.ed25519_selector"]


@pytest.mark.parametrize("selector", ["a'b", 'a"b', "a b", "", "a..b", "x" * 60])
def test_a_selector_that_breaks_the_zone_is_refused(newsletter, selector):
    folder = newsletter.folder / "dkim"
    done = newsletter.run("dkim-key", str(folder), "--selector", selector, expect=64)
    one_line(done, "--selector", "cannot stand in a DNS name")
    assert not folder.exists()


def test_a_comparison_from_the_far_future_is_warned_of(newsletter, tmp_path):
    (tmp_path / "one.json").write_text(json.dumps({
        "left": {"name": "Otter", "category": "Tools"}, "right": {"name": "Heron", "category": "Tools"},
        "published_at": "2099-01-01T00:00:00Z"}))
    done = newsletter.run("import", str(tmp_path / "one.json"))
    one_line(done, "one.json", "warning", "2099-01-01", "in the future")


@pytest.mark.parametrize("words, code, said", [
    (["--help"], 0, ""), (["--nonsense"], 64, "usage: sh src/quickstart"), (["a", "/no/such"], 66, "/no/such is not a folder"),
    (["a", "b", "c"], 64, "usage: sh src/quickstart"),
])
def test_the_quickstart_says_what_is_wrong_and_no_more(words, code, said):
    from newsletter import ROOT
    done = subprocess.run(["sh", str(ROOT / "src" / "quickstart"), *words], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert "DIR" in done.stdout if code == 0 else done.stderr.startswith("quickstart: " + said)
    assert not done.stderr.rstrip().endswith(str(code))


def test_the_quickstart_takes_its_folder_from_where_it_is_called(tmp_path):
    from newsletter import ROOT, SAMPLES
    inside = subprocess.run(["sh", str(ROOT / "src" / "quickstart"), "demo"], cwd=ROOT, capture_output=True, text=True,
                            check=False)
    assert inside.returncode == 73 and "inside the checkout" in inside.stderr
    assert not (ROOT / "demo").exists()
    (tmp_path / "pages").mkdir()
    for page in sorted(SAMPLES.glob("*.txt"))[:3]:
        (tmp_path / "pages" / page.name).write_text(page.read_text())
    environment = {key: value for key, value in os.environ.items() if key not in ("HOME", "XDG_STATE_HOME")}
    for expected in ("sent", "nothing due"):
        done = subprocess.run(["sh", os.path.relpath(ROOT / "src" / "quickstart", tmp_path), "here/demo", "pages"],
                              cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        assert expected in done.stdout
        assert len(list((tmp_path / "here" / "demo" / "maildir" / "new").iterdir())) == 7


def test_a_person_is_shown_as_one_history_and_found_by_a_word(newsletter):
    newsletter.run("subscribers", "add", "ann@example.org", "--name", "Ann Smith", "--status", "confirmed",
                   "--wording", "asked at the stand")
    newsletter.import_samples()
    newsletter.settings["smtp.url"] = "null:"
    newsletter.run("weekly")
    newsletter.run("subscribers", "remove", "ann@example.org", now="2026-11-21T12:00:00Z")
    shown = newsletter.run("subscribers", "show", "ann@example.org").stdout.splitlines()
    assert shown[0] == "ann@example.org  left  Ann Smith" and "reason: command" in shown
    story = newsletter.json("subscribers", "show", "ann@example.org", "--json")["story"]
    assert [(event["what"], event["name"], event.get("state")) for event in story] == [
        ("consent", "added", "command"), ("issue", "2026-W47", "sent"), ("consent", "left", "command")]
    assert story[1]["address"] == "ann@example.org"
    assert len(shown) == 3 + len(story)
    assert shown[-2].endswith("sent: thrown away") and shown[-1].endswith("  left       command")
    for word in ("SMITH", "nn@exa"):
        assert newsletter.run("subscribers", "search", word).stdout.split("\t")[1:3] == ["ann@example.org", "left"]
    assert newsletter.json("subscribers", "search", "smith", "--json")[0]["address"] == "ann@example.org"
    assert newsletter.run("subscribers", "search", "smith", "--status", "pending", expect=66).stdout == ""


def test_suppressed_addresses_are_shown_as_such(newsletter):
    one_line(newsletter.run("subscribers", "show", "ann@example.org", expect=66), "ann@example.org is not on the list\n")
    newsletter.run("subscribers", "add", "ann@example.org")
    assert newsletter.run("subscribers", "show", "ann@example.org").stdout.startswith("ann@example.org  pending\n")
    newsletter.run("subscribers", "forget", "ann@example.org")
    one_line(newsletter.run("subscribers", "show", "ann@example.org", expect=66),
             "ann@example.org is not on the list; it is suppressed (forgotten) and never mailed again\n")


def test_a_report_names_readers_of_several_states_and_heads_its_columns_on_a_terminal(newsletter):
    for name in ("ann", "bob"):
        newsletter.run("subscribers", "add", f"{name}@example.org", "--status", "confirmed", "--wording", "asked")
    newsletter.import_samples()
    newsletter.settings["smtp.url"] = "null:"
    newsletter.run("weekly")
    with sqlite3.connect(newsletter.folder / "verdicts.db") as database:
        database.execute("UPDATE delivery SET state = 'refused' WHERE address = 'bob@example.org'")

    def named(states):
        return [row["address"].split("@")[0] for row in newsletter.json("report", "--readers", states, "--json")]

    assert named("not-sent") == named("refused") == named("gave_up,refused") == ["bob"]
    assert named("sent,refused") == named("all") == ["ann", "bob"] and named("sent") == ["ann"]
    assert "\"sent,lost\"" in newsletter.run("report", "--readers", "sent,lost", expect=64).stderr
    assert newsletter.run("report", "--readers", "refused").stdout.startswith("2\tbob@")
    ours, theirs = os.openpty()
    subprocess.run(newsletter.command("report", "--readers", "refused"), stdout=theirs, check=True)
    assert os.read(ours, 4096).startswith(b"ID\tADDRESS\tSTATE\tREPLY\r\n2\tbob@")
    os.close(ours)
    os.close(theirs)


def test_the_version_has_those_of_the_libraries():
    def version(*words):
        return subprocess.run([VERDICTS, *words], capture_output=True, text=True, check=False)
    told = json.loads(version("--version", "--json").stdout)
    assert version("--version").stdout == f"verdicts {told['version']}\n"
    assert told["libraries"]["sqlite"] == sqlite3.sqlite_version
    assert len(told["libraries"]) >= 12
    for name, number in told["libraries"].items():
        assert re.match(r"[A-Za-z/]*[0-9]+\.[0-9]+", number), (name, number)
    assert version("--json", "--version").stdout == version("--version", "--json").stdout
    one_line(version("--json", "status"), "--json stands behind the verb")
    assert version("status", "--version", "--json").stdout == version("--version", "--json").stdout


# --- settings from whoever starts the program ---

def test_a_setting_of_the_environment_wins_over_the_file_and_is_shown_with_its_variable(newsletter):
    rows = {row["key"]: row for row in newsletter.json("config", "show", "--json", env={
        "VERDICTS_SITE_NAME": "Of the Environment", "VERDICTS_SMTP_USERNAME": "news", "VERDICTS_SMTP_RATE": "",
        "VERDICTS_SMTP_PASSWORD_FILE": "/run/secrets/smtp"})}
    assert (rows["site.name"]["value"], rows["site.name"]["origin"]) == ("Of the Environment", "$VERDICTS_SITE_NAME")
    assert (rows["smtp.password_file"]["value"], rows["smtp.rate"]["origin"]) == ("(hidden)", "default")


def test_a_newsletter_needs_no_file_where_the_environment_has_its_settings(newsletter):
    done = subprocess.run([VERDICTS, "status"], capture_output=True, text=True, check=False, cwd="/", env={
        "VERDICTS_DATABASE": str(newsletter.folder / "verdicts.db"), "VERDICTS_SITE_NAME": "Example"})
    assert (done.returncode, done.stderr) == (0, "")


def test_a_password_in_the_environment_is_refused_and_not_repeated(newsletter):
    done = newsletter.run("status", env={"VERDICTS_SMTP_PASSWORD": "hush"}, expect=78)
    one_line(done, "$VERDICTS_SMTP_PASSWORD_FILE")
    assert "hush" not in done.stderr


def test_a_key_that_systemd_hands_over_is_read_and_its_absence_explained(newsletter, tmp_path):
    key = newsletter.folder / "verdicts.key"
    (tmp_path / "credentials").mkdir()
    key.rename(tmp_path / "credentials" / "news.key")
    newsletter.settings["secret_file"] = "credential:news.key"
    newsletter.settings["subscribe.url"] = "https://news.example.org"
    one_line(newsletter.run("subscribers", "add", "ann@example.org", expect=78),
             "$CREDENTIALS_DIRECTORY is not set", "LoadCredential=news.key")
    newsletter.run("subscribers", "add", "ann@example.org", env={"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")})
    one_line(newsletter.run("subscribers", "add", "bob@example.org", env={"CREDENTIALS_DIRECTORY": str(tmp_path)}, expect=78),
             "credential:news.key", "LoadCredential=news.key")
