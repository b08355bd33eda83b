"""A list moves in from another system: for each format a file made from its public description."""

import os
import random
import sqlite3
import stat
import zipfile
from contextlib import closing

import pytest

# What each system's export looks like, by name of file; and who of it is confirmed, pending or gone.
SYSTEMS = {
    "mailchimp": ({
        "subscribed_members_export_1.csv":
            '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,'
            'LAST_CHANGED,LEID,EUID,NOTES,TAGS\n'
            'ann@example.org,Ann,Lee,2,"2023-01-01 10:00:00",192.0.2.7,"2023-01-01 10:05:00",192.0.2.9,'
            '"2023-05-01 00:00:00",1,a,,"""VIP"",""Design"""\n',
        "unsubscribed_members_export_1.csv":
            '"Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,UNSUB_TIME,'
            'UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,LEID,EUID,NOTES\n'
            'bob@example.org,Bob,,2,"2023-01-01 10:00:00","2023-01-01 10:05:00","2024-02-03 04:05:06",News,7,'
            '"NORMAL (No longer interested)",,2,b,\n',
        "cleaned_members_export_1.csv":
            '"Email Address","First Name",MEMBER_RATING,OPTIN_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID\n'
            'cy@example.org,Cy,2,"2023-01-01 10:00:00","2024-02-03 04:05:06",News,7\n',
        "nonsubscribed_members_export_1.csv":
            '"Email Address","First Name",MEMBER_RATING\ndan@example.org,Dan,2\n',
    }, {"ann": "confirmed", "bob": "left", "cy": "bounced", "dan": "left"}),
    "substack": ({
        "email_list.tools.csv":
            "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
            "ann@example.org,false,,other,false,2024-01-01T00:00:00.000Z,\n"
            "bob@example.org,true,2027-01-01,yearly,true,2024-01-01T00:00:00.000Z,2024-01-02\n",
        "posts.csv": "post_id,title,is_published\n1,First,true\n",
    }, {"ann": "confirmed", "bob": "left"}),
    "ghost": ({
        "members.2026-11-20.csv":
            "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,"
            "labels,tiers\n"
            "1,ann@example.org,Ann,,true,false,,2024-01-01T00:00:00.000Z,,vip,\n"
            "2,bob@example.org,Bob,,false,false,,2024-01-01T00:00:00.000Z,,,\n"
            "3,cy@example.org,Cy,,true,false,,2024-01-01T00:00:00.000Z,2024-06-01T00:00:00.000Z,,\n",
    }, {"ann": "confirmed", "bob": "left", "cy": "left"}),
    "listmonk": ({
        "subscribers.csv":
            "uuid,email,name,attributes,status,created_at,updated_at\n"
            '1,ann@example.org,Ann,"{""city"": ""B""}",enabled,2024-01-01 10:00:00.123456 +0000 UTC,'
            "2024-01-01 10:00:00.123456 +0000 UTC\n"
            "2,bob@example.org,Bob,{},blocklisted,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z\n"
            "3,cy@example.org,Cy,{},disabled,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z\n"
            "6,fay@example.org,Fay,{},enabled,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z\n",
        "of-a-list.csv": "uuid,email,name,attributes,status,subscription_status\n"
                         "4,dan@example.org,Dan,{},enabled,unconfirmed\n5,eve@example.org,Eve,{},enabled,unsubscribed\n",
        "unsubscribed.csv": "uuid,email,name,attributes,status,created_at,updated_at\n6,fay@example.org,Fay,{},enabled,,\n",
        "unconfirmed.csv": "uuid,email,name,attributes,status,created_at,updated_at\n7,gus@example.org,Gus,{},enabled,,\n",
    }, {"ann": "confirmed", "bob": "left", "cy": "left", "dan": "pending", "eve": "left", "fay": "left", "gus": "pending"}),
    "buttondown": ({
        "subscribers.csv":
            "id,email,notes,metadata,tags,creation_date,type,source,unsubscription_date,undeliverability_date,churn_date\n"
            "1,ann@example.org,,{},Design,2024-01-01T00:00:00Z,regular,api,,,\n"
            "2,bob@example.org,,{},,2024-01-01T00:00:00Z,unsubscribed,api,2024-02-01T00:00:00Z,,\n"
            "3,cy@example.org,,{},,2024-01-01T00:00:00Z,unactivated,api,,,\n"
            "4,dan@example.org,,{},,2024-01-01T00:00:00Z,undeliverable,api,,2024-02-01T00:00:00Z,\n"
            "5,eve@example.org,,{},,2024-01-01T00:00:00Z,churned,api,,,2024-02-01T00:00:00Z\n"
            "6,fay@example.org,,{},,2024-01-01T00:00:00Z,spammy,api,,,\n",
    }, {"ann": "confirmed", "bob": "left", "cy": "pending", "dan": "bounced", "eve": "confirmed", "fay": "left"}),
    "kit": ({
        "subscribers.csv":
            "first_name,email,created_at,status,tags\n"
            "Ann,ann@example.org,2024-01-01 00:00:00 UTC,active,Design\n"
            "Bob,bob@example.org,2024-01-01 00:00:00 UTC,cancelled,\n"
            "Cy,cy@example.org,2024-01-01 00:00:00 UTC,bounced,\n"
            "Dan,dan@example.org,2024-01-01 00:00:00 UTC,complained,\n"
            "Eve,eve@example.org,2024-01-01 00:00:00 UTC,inactive,\n",
    }, {"ann": "confirmed", "bob": "left", "cy": "bounced", "dan": "complained", "eve": "pending"}),
    "keila": ({
        "contacts_p_1.csv":
            "Email,First name,Last name,Data,Status\n"
            'ann@example.org,Ann,Lee,"{""city"": ""B""}",active\n'
            "bob@example.org,Bob,,,unsubscribed\ncy@example.org,Cy,,,unreachable\n",
    }, {"ann": "confirmed", "bob": "left", "cy": "bounced"}),
    "phplist": ({
        "phpList Export from 2024-01-01 to 2026-11-20 (2026-Nov-20).csv":
            "id\tEmail\tIs this subscriber confirmed\tIs this subscriber blacklisted\t"
            "Did this subscriber manually confirm\tNumber of bounces\tEntered\tLast Modified\t"
            "Send this subscriber HTML emails\tIs this account disabled?\tForeign Key\tList Membership\n" + "".join(
                f"{number}\t{name}@example.org\t{flags[0]}\t{flags[1]}\t0\t2\t2024-01-01 00:00:00\t"
                f"2024-01-01 00:00:00\t1\t{flags[2]}\t\t{lists}\n" for number, (name, flags, lists) in enumerate((
                    ("ann", "100", "tools; Design; "), ("bob", "110", "tools; "), ("cy", "000", "tools; "),
                    ("dan", "101", "tools; "), ("eve", "100", "No Lists")))),
        "subscribers_export_2026-11-20.csv":
            "id,email,confirmed,blacklisted,bounceCount,createdAt,updatedAt,uniqueId,htmlEmail,rssFrequency,disabled,"
            "extraData,foreignKey\n"
            "6,fay@example.org,1,0,0,2024-01-01 00:00:00,2024-01-01 00:00:00,f,1,,0,,\n"
            "7,gus@example.org,1,1,0,2024-01-01 00:00:00,2024-01-01 00:00:00,g,1,,0,,\n",
    }, {"ann": "confirmed", "bob": "left", "cy": "pending", "dan": "left", "eve": "left", "fay": "confirmed", "gus": "left"}),
    "mailman": ({
        "members.txt": 'Ann Lee <ann@example.org>\n"Smith, Bob" <bob@example.org>\ncy@example.org\n',
        "nomail.txt": "dan@example.org\n",
    }, {"ann": "confirmed", "bob": "confirmed", "cy": "confirmed", "dan": "left"}),
}


def people(newsletter) -> dict:
    return {row["address"].split("@")[0]: row["status"] for row in newsletter.json("subscribers", "list", "--json")}


def write(folder, files: dict) -> list:
    for name, text in files.items():
        (folder / name).write_text(text)
    return [str(folder / name) for name in files if name != "posts.csv"]


def proven(text: str) -> None:
    """The last words of each line of the proof add up."""
    lines = [line for line in text.splitlines() if " rows = " in line]
    assert lines and lines[-1].startswith("all: ")
    for line in lines:
        rows, parts = line.split(": ")[1].split(" rows = ")
        assert int(rows) == sum(int(part.split()[0]) for part in parts.split(" (")[0].split(" + ")), line


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_list_moves_in_with_everybody_as_they_were(newsletter, tmp_path, system):
    files, expected = SYSTEMS[system]
    paths = write(tmp_path, files)
    done = newsletter.run("subscribers", "migrate", "--from", system, *paths)
    proven(done.stdout)
    assert people(newsletter) == expected
    rest = (newsletter.folder / "verdicts.db.not-confirmed.csv").read_text()
    for name, status in expected.items():
        assert (f'"{name}@example.org"' in rest) == (status != "confirmed")
    # Once more changes nothing.
    done = newsletter.run("subscribers", "migrate", "--from", system, *paths)
    proven(done.stdout)
    assert " = 0 added + " in done.stdout.splitlines()[-3] and people(newsletter) == expected


def test_what_an_export_leaves_out_is_said(newsletter, tmp_path):
    files = SYSTEMS["listmonk"][0]
    migrate = ("subscribers", "migrate", "--from", "listmonk", "--dry-run")
    alone = write(tmp_path, {"subscribers.csv": files["subscribers.csv"]})
    assert "listmonk: its export does not tell who has unsubscribed" in newsletter.run(*migrate, *alone).stderr
    assert newsletter.run("-q", *migrate, *alone).stderr == ""
    assert newsletter.run(*migrate, *write(tmp_path, files)).stderr == ""


@pytest.mark.parametrize("written", ["2024-01-01 12:30:00.5 +0230 IST", "2024-01-01 10:00:00+00", "2024-01-01 10:00:00 UTC",
                                     "2024-01-01 10:00:00", "2024-01-01T12:00:00+02:00", "1704103200"])
def test_the_times_of_other_systems_are_read(newsletter, tmp_path, written):
    paths = write(tmp_path, {"members.csv": f"email,created_at\nann@example.org,{written}\n"})
    newsletter.run("subscribers", "migrate", "--from", "ghost", *paths)
    assert newsletter.json("subscribers", "show", "ann@example.org", "--json")["created_at"] == "2024-01-01T10:00:00Z"


def test_the_lists_of_phplist_become_topics(newsletter, tmp_path):
    newsletter.run("subscribers", "migrate", "--from", "phplist", "--topics", "tools=Tools",
                   *write(tmp_path, SYSTEMS["phplist"][0]))
    assert newsletter.json("subscribers", "show", "ann@example.org", "--json")["topics"] == ["Tools"]


def test_the_zip_is_taken_as_it_was_downloaded(newsletter, tmp_path):
    files, expected = SYSTEMS["mailchimp"]
    path = tmp_path / "audience_export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr("lists/" + name, text)
        archive.writestr("lists/readme.txt", "hello")
    done = newsletter.run("subscribers", "migrate", "--from", "mailchimp", "--topics", "design,VIP=Tools", str(path))
    proven(done.stdout)
    assert 'passed over: "readme.txt"' in done.stderr and people(newsletter) == expected
    shown = newsletter.json("subscribers", "show", "ann@example.org", "--json")
    assert shown["topics"] == ["Tools", "design"] and shown["created_at"] == "2023-01-01T10:00:00Z"
    assert [(row["kind"], row["at"], row["origin"]) for row in shown["consent"]][:2] == [
        ("asked", "2023-01-01T10:00:00Z", "192.0.2.0/24"), ("confirmed", "2023-01-01T10:05:00Z", "192.0.2.0/24")]
    assert "mailchimp subscribed_members_export_1.csv" in shown["consent"][0]["form"]
    assert newsletter.json("subscribers", "show", "bob@example.org", "--json")["left_at"] == "2024-02-03T04:05:06Z"
    path.write_bytes(path.read_bytes()[:400])
    assert "cannot be unpacked" in newsletter.run("subscribers", "migrate", "--from", "mailchimp", str(path), expect=65).stderr


def test_an_export_in_full_moves_a_list_without_loss(newsletter, tmp_path):
    files, expected = SYSTEMS["kit"]
    newsletter.run("subscribers", "migrate", "--from", "kit", *write(tmp_path, files))
    newsletter.run("subscribers", "forget", "--yes", "gone@example.org")
    with closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database, database:  # has left, and asked again
        database.execute("UPDATE subscriber SET left_at = 1795000000, left_reason = 'link' WHERE status = 'pending'")
    full = tmp_path / "full"
    newsletter.run("subscribers", "export", "--full", str(full))
    assert stat.S_IMODE(os.stat(full / "suppression.key").st_mode) == 0o600
    assert "cannot be made" in newsletter.run("subscribers", "export", "--full", str(full), expect=73).stderr
    before = {row["address"]: newsletter.json("subscribers", "show", row["address"], "--json")
              for row in newsletter.json("subscribers", "list", "--json") if row["status"] != "forgotten"}
    paths = [str(full / name) for name in ("people.csv", "suppression.csv", "suppression.key")]
    with closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database:
        database.executescript("DELETE FROM consent; DELETE FROM subscriber; DELETE FROM suppression;")
    assert "suppression.key too" in newsletter.run("subscribers", "migrate", "--from", "verdicts", *paths[:2], expect=64).stderr
    proven(newsletter.run("subscribers", "migrate", "--from", "verdicts", *paths).stdout)
    for address, old in before.items():
        new = newsletter.json("subscribers", "show", address, "--json")
        assert all(entry in new["consent"] for entry in old["consent"])
        assert all(entry in new["story"] for entry in old["story"])
        for key in set(old) - {"id", "consent", "story", "import"}:
            assert new[key] == old[key], (address, key)
    assert "is suppressed" in newsletter.run("subscribers", "add", "gone@example.org", expect=65).stderr
    assert people(newsletter) == expected


def test_the_key_of_another_installation_is_refused_before_anything_is_stored(newsletter, tmp_path):
    full = tmp_path / "full"
    newsletter.run("subscribers", "forget", "--yes", "gone@example.org")
    newsletter.run("subscribers", "export", "--full", str(full))
    (full / "suppression.key").write_text("suppression " + "0" * 64 + "\n")
    done = newsletter.run("subscribers", "migrate", "--from", "verdicts", str(full / "people.csv"),
                          str(full / "suppression.csv"), str(full / "suppression.key"), expect=65)
    assert "not the key of this installation" in done.stderr and "0000" not in done.stderr


def test_a_system_that_nobody_knows_is_named(newsletter, tmp_path):
    done = newsletter.run("subscribers", "migrate", "--from", "pigeon", "x.csv", expect=64)
    assert "known: mailchimp, substack, ghost" in done.stderr
    assert "--from SYSTEM" in newsletter.run("subscribers", "migrate", "x.csv", expect=64).stderr


# --- a plain reference: whoever left by any word, column or row must not be on the list ---

LEAVING = {
    "status": (["subscribed", "active", "confirmed", "enabled"], ["unsubscribed", "cleaned", "complained", "opted-out"]),
    "subscribed_to_emails": (["true"], ["false"]),
    "email_disabled": (["false", ""], ["true"]),
    "blacklisted": (["0", ""], ["1"]),
    "opt_out": (["no", ""], ["yes"]),
    "UNSUB_TIME": ([""], ["2024-01-01 00:00:00", "2023-12-31"]),
    "CLEAN_TIME": ([""], ["2024-01-01 00:00:00"]),
    "deleted_at": ([""], ["2024-06-01T00:00:00.000Z"]),
    "left_at": ([""], ["2024-01-01T00:00:00Z"]),
    "type": (["regular", "premium"], ["unsubscribed"]),
    "bounced": (["0", "false"], ["1", "true"]),
}
OTHERS = {"name": ["Ann", "Bob", ""], "MEMBER_RATING": ["2", "4"], "active_subscription": ["false", "true"],
          "created_at": ["2024-01-01"], "unsubscribe_url": ["https://example.org/u"]}


def random_table(chance: random.Random) -> tuple:
    columns = ["email"] + chance.sample(sorted(LEAVING), chance.randint(1, 3)) + chance.sample(sorted(OTHERS), chance.randint(0, 3))
    chance.shuffle(columns)
    separator = chance.choice(",;\t")
    people = [f"p{i}@example.org" for i in range(chance.randint(1, 6))]
    rows, left = [], set()
    for _ in range(chance.randint(1, 10)):
        address = chance.choice(people)
        cells = {}
        for column in columns:
            if column in LEAVING:
                gone = chance.random() < 0.15
                cells[column] = chance.choice(LEAVING[column][gone])
                if gone:
                    left.add(address)
            elif column in OTHERS:
                cells[column] = chance.choice(OTHERS[column])
            else:
                cells[column] = chance.choice([address, address.upper(), f" {address}", f"<{address}>", f"mailto:{address}"])
        rows.append(cells)
    text = separator.join(columns) + "\n" + "".join(separator.join(row[column] for column in columns) + "\n" for row in rows)
    stayed = {row["email"].strip(" <>").replace("mailto:", "").lower() for row in rows} - left
    return text, left, stayed


@pytest.mark.parametrize("tables", [25, pytest.param(500, marks=pytest.mark.campaign)])
def test_nobody_who_left_comes_in(newsletter, tmp_path, tables):
    """All tables in one import each, told apart by a tag in the addresses."""
    chance = random.Random(13)
    path = tmp_path / "people.csv"
    for table in range(tables):
        text, left, stayed = random_table(chance)
        text = text.replace("@example.org", f".{table}@example.org").replace("@EXAMPLE.ORG", f".{table}@EXAMPLE.ORG")
        path.write_text(text)
        newsletter.run("subscribers", "import", str(path), "--status", "confirmed", "--wording", "asked")
        with closing(sqlite3.connect(newsletter.folder / "verdicts.db")) as database:
            on = {key.replace(f".{table}@", "@") for (key,) in database.execute(
                "SELECT address_key FROM subscriber WHERE status = 'confirmed' AND address_key LIKE ?", [f"%.{table}@%"])}
        assert not on & left, text
        assert on == stayed, text
