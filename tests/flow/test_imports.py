"""Lists from elsewhere, as their operator types it."""

import pathlib
import sqlite3
from contextlib import closing

import pytest

from doors import VISITS, Doors, write_list
from service import Service

CONFIRMED = ("--status", "confirmed", "--wording", "their form of 2025")


def take(newsletter, tmp_path, text: str, *options: str, name="people.csv", expect=0):
    path = tmp_path / name
    path.write_text(text)
    return newsletter.run("subscribers", "import", str(path), *options, expect=expect)


def people(newsletter) -> dict:
    return {row["address"]: row["status"] for row in newsletter.json("subscribers", "list", "--json")}


def test_people_whom_an_import_takes_off_are_counted_and_receive_no_issue(newsletter, tmp_path):
    take(newsletter, tmp_path, "email\nann@example.org\nbob@example.org\n", *CONFIRMED)
    done = take(newsletter, tmp_path, "email,opt_out\nann@example.org,yes\nbob@example.org,no\n", *CONFIRMED)
    assert done.stdout.startswith("2 lines: 0 added, 1 already there, 0 left before, 1 taken off the list, "
                                  "0 suppressed, 0 bad\n")
    assert people(newsletter) == {"ann@example.org": "left", "bob@example.org": "confirmed"}
    done = take(newsletter, tmp_path, "bob@example.org\n", "--status", "bounced")
    assert "1 taken off the list" in done.stdout
    assert people(newsletter)["bob@example.org"] == "bounced"
    assert "0 joined, 1 left, 1 bounced, 0 complained\n" in newsletter.run("status").stdout.replace("2 joined", "0 joined")
    assert newsletter.json("status", "--json")["gone"] == {"left": 1, "bounced": 1, "complained": 0}


def test_an_import_can_be_taken_back_by_its_id(newsletter, tmp_path):
    done = take(newsletter, tmp_path, "email\nann@example.org\n", *CONFIRMED)
    assert done.stdout.endswith("import 1: verdicts subscribers import --undo 1 takes it back\n")
    done = newsletter.run("subscribers", "import", "--undo", "1")
    assert done.stdout.startswith("import 1: 1 taken out, 0 pending again")
    assert people(newsletter) == {}
    assert "there is no import 7" in newsletter.run("subscribers", "import", "--undo", "7", expect=66).stderr
    assert "takes no file" in newsletter.run("subscribers", "import", "--undo", "1", "x.csv", expect=64).stderr


def test_a_list_of_pending_people_is_reported_in_one_line(newsletter, tmp_path):
    newsletter.import_samples()
    take(newsletter, tmp_path, "email\n" + "".join(f"p{i}@example.org\n" for i in range(61)))
    line = "the list has 61 pending and no confirmed reader; verdicts subscribers invite asks them to confirm"
    assert line in newsletter.run("doctor").stdout
    assert line in newsletter.run("status").stdout
    said = newsletter.run("weekly").stderr
    assert line in said and said.count("\n") == 1
    assert newsletter.run("weekly").stderr == ""  # once is enough for cron


def test_an_import_that_has_not_ended_is_named(newsletter, tmp_path):
    newsletter.import_samples()
    take(newsletter, tmp_path, "email\nann@example.org\n", *CONFIRMED)
    with closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database:
        database.executescript("UPDATE import SET finished_at = NULL")
    line = "import 1 of people.csv has not ended, and its people get no mail"
    assert line in newsletter.run("doctor").stdout
    assert line in newsletter.run("status").stdout
    assert line in newsletter.run("weekly").stderr
    shown = newsletter.run("subscribers", "show", "ann@example.org").stdout.splitlines()
    assert shown[2] == "import: 1 of people.csv, which has not ended: no mail before that"
    assert newsletter.json("subscribers", "show", "ann@example.org", "--json")["import"] == 1
    assert line in newsletter.run("subscribers", "export").stderr
    assert line in newsletter.run("subscribers", "export", "--full", str(tmp_path / "full")).stderr
    done = take(newsletter, tmp_path, "email\nann@example.org\n", *CONFIRMED)
    assert done.stdout == ("1 lines: 1 added, 0 already there, 0 left before, 0 suppressed, 0 bad\n"
                           "import 1 (continued): verdicts subscribers import --undo 1 takes it back\n")
    assert newsletter.run("subscribers", "export").stderr == ""
    assert newsletter.run("subscribers", "show", "ann@example.org").stdout.splitlines()[2] == "import: 1 of people.csv"
    assert not [said for said in newsletter.run("doctor").stdout.splitlines() if said.startswith("warning") and line in said]


def test_a_file_in_another_encoding_is_read_by_its_name(newsletter, tmp_path):
    path = tmp_path / "leute.csv"
    path.write_bytes("email;name\r\nann@example.org;André\r\n".encode("cp1252"))
    done = newsletter.run("subscribers", "import", str(path), *CONFIRMED, expect=65)
    assert done.stderr.count("\n") == 1 and "--encoding windows-1252" in done.stderr
    assert people(newsletter) == {}
    newsletter.run("subscribers", "import", str(path), *CONFIRMED, "--encoding", "windows-1252")
    assert newsletter.json("subscribers", "show", "ann@example.org", "--json")["name"] == "André"


LISTS = pathlib.Path(__file__).resolve().parents[3] / "shared" / "field" / "lists"
FIELD = {
    "cells.csv": {name: "confirmed" for name in ("ann", "bob", "cy", "fay", "gus", "hal", "ivy")},
    "cp1252.csv": None,  # refused whole
    "dup.csv": {"ann": "left", "bob": "left", "cy": "bounced", "dan": "complained"},
    "ghost.csv": {"ann": "confirmed", "bob": "left", "eve": "left"},
    "leftat.csv": {"ann": "left"},
    "listmonk2.csv": {"ann": "confirmed", "bob": "left", "cy": "pending"},
    "mailchimp_cleaned.csv": {"bob": "bounced"},
    "mailchimp_unsub.csv": {"bob": "left"},
    "nl2.csv": {"ann": "confirmed", "bob": "confirmed"},
    "pipe.csv": {"ann": "confirmed"},
    "postal.csv": {"ann": "confirmed"},
    "sepbom.csv": {"ann": "confirmed"},
    "spaces.csv": {"ann": "confirmed", "bob": "confirmed"},
    "substack.csv": {"ann": "confirmed", "bob": "left"},
    "unsubcol.csv": {"ann": "left"},
}


@pytest.mark.skipif(not LISTS.is_dir(), reason="../shared/field/lists is not here")
@pytest.mark.parametrize("name", FIELD)
def test_a_list_from_the_field_is_imported_as_it_was_meant(newsletter, name):
    done = newsletter.run("subscribers", "import", str(LISTS / name), *CONFIRMED, expect=None)
    assert (done.returncode == 65) == (name in ("cells.csv", "cp1252.csv"))
    assert {address.split("@")[0]: status for address, status in people(newsletter).items()} == (FIELD[name] or {})


def test_an_import_shuts_the_door_on_nobody(newsletter):
    """A sample of tests/bench/doors.py: no figure is asserted but that all are answered and kept."""
    doors = Doors(newsletter, 4)
    write_list(newsletter.folder / "many.csv", 6000, doors.everybody())
    with Service(newsletter) as service:
        doors.open(service)
        newsletter.run("-q", "subscribers", "import", str(newsletter.folder / "many.csv"), *CONFIRMED)
        doors.await_all()
        assert {(kind, status) for kind, _, status, *_ in doors.answers} == {(kind, 200) for kind in VISITS}
        assert doors.lost(service) == []
