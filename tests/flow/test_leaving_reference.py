"""Nobody who left comes in: random tables against a reference that knows nothing of the importer."""

import csv
import io
import random
import re

from leaving_reference import GONE, HERE, UNSURE, address_in, bare, who_left

TABLES = 500
NAMES = ["", "Left Bank Books", "Café, Bar", "The Unsubscribed", "Crème «Brûlée»", "Bounce House\nLtd",
         "Größe \"8\"", "Deleted Scenes", "O'Clock"]
NO_DATE = ["", "", ""]
DATES = ["2024-03-01 10:00:00", "2023-12-31T23:59:59.000Z", "2024-05-17", "03/01/2024 10:00", "20110122T111244"]

# What the columns of an export hold for who is there, and for who is not: (header, there, gone).
WORDS = {
    "mailchimp unsubscribed": [("MEMBER_RATING", ["2", "5"], []), ("OPTIN_TIME", DATES[:1], []),
                               ("CONFIRM_TIME", DATES[:1], []), ("UNSUB_TIME", NO_DATE, DATES[:1]),
                               ("UNSUB_REASON", NO_DATE, ["NORMAL (No longer interested)", "SPAM (x)"]),
                               ("LEID", ["411", "93"], []), ("NOTES", ["", "asks about the shop"], [])],
    "mailchimp cleaned": [("MEMBER_RATING", ["2"], []), ("CLEAN_TIME", NO_DATE, DATES[:1]),
                          ("CLEAN_CAMPAIGN_TITLE", NO_DATE, ["Issue 5"])],
    "substack": [("active_subscription", ["true", "false"], []), ("expiry", NO_DATE, []),
                 ("plan", ["other", "founding"], []), ("email_disabled", ["false"], ["true"]),
                 ("created_at", DATES[1:3], []), ("first_payment_at", NO_DATE, [])],
    "ghost": [("id", ["64b", "65c"], []), ("note", ["", "met in Paris"], []),
              ("subscribed_to_emails", ["true"], ["false"]), ("complimentary_plan", ["true", "false"], []),
              ("stripe_customer_id", ["", "cus_1"], []), ("created_at", DATES[1:2], []),
              ("deleted_at", NO_DATE, DATES[1:2]), ("labels", ["", "vip,press"], [])],
    "listmonk": [("uuid", ["5c6e", "9a1b"], []), ("attributes", ['{"city": "Bonn"}', "{}"], []),
                 ("status", ["enabled"], ["blocklisted"]), ("created_at", DATES[1:2], [])],
    "listmonk, one list": [("status", ["enabled", "disabled"], ["blocklisted"]),
                           ("subscription_status", ["confirmed", "unconfirmed"], ["unsubscribed"])],
    "buttondown": [("type", ["regular", "premium", "gifted", "unactivated", "paused"],
                    ["unsubscribed", "removed", "spammy"]),
                   ("creation_date", DATES[2:3], []), ("unsubscription_date", NO_DATE, DATES[1:2]),
                   ("referrer_url", ["", "https://example.com/"], []), ("tags", ["", "press"], [])],
    "kit": [("first_name", ["", "Reader"], []), ("state", ["active", "inactive"],
                                                 ["cancelled", "bounced", "complained"])],
    "keila": [("First name", ["", "Reader"], []), ("Status", ["active"], ["unsubscribed", "unreachable"])],
    "phplist": [("confirmed", ["1"], []), ("blacklisted", ["0"], ["1"]), ("htmlemail", ["1", "0"], []),
                ("uniqid", ["8c1f", "77aa"], [])],
    "mailpoet": [("List Status", ["Subscribed", "Unconfirmed"], ["Unsubscribed"]),
                 ("Global Status", ["Subscribed", "Inactive"], ["Unsubscribed", "Bounced"])],
    "brevo": [("ADDED_TIME", DATES[3:4], []), ("MODIFIED_TIME", DATES[3:4], []),
              ("emailBlacklisted", ["false", "no"], ["true", "yes"])],
    "mailerlite": [("Status", ["active", "unconfirmed"], ["unsubscribed", "bounced", "junk"]),
                   ("subscribed_at", DATES[:1], []), ("unsubscribed_at", NO_DATE, DATES[:1])],
    "aweber": [("Status", ["subscribed", "unconfirmed"], ["unsubscribed"])],
    "campaign monitor": [("Name", ["Reader"], []), ("State", ["Active", "Unconfirmed"],
                                                    ["Unsubscribed", "Bounced", "Deleted"])],
    "constant contact": [("Email Status", ["Active", "Awaiting Confirmation", "No Permissions Set"],
                          ["Unsubscribed"]), ("Email opt-out date", NO_DATE, DATES[3:4])],
    "constant contact crm": [("Is Unsubscribed", ["0"], ["1"])],
    "hubspot": [("Portal Bounce", ["", "FALSE"], ["TRUE", "UNKNOWN_USER"]), ("Portal Unsubscribe", ["", "FALSE"], ["TRUE"]),
                ("Portal Spam Report", ["", "FALSE"], ["TRUE"]), ("Global Bounce", ["", "FALSE"], ["TRUE"])],
    "hubspot contacts": [("Lifecycle Stage", ["lead"], []), ("Unsubscribed from all email", ["", "false"], ["true"]),
                         ("Email hard bounce reason", NO_DATE, ["UNKNOWN_USER", "Mailbox full"])],
    "mailup": [("idList", ["1"], []), ("OptOut_Date", NO_DATE, DATES[4:])],
    "shopify": [("First Name", ["Reader"], []), ("Accepts Email Marketing", ["yes"], ["no"]),
                ("State", ["disabled", "enabled", "invited"], []), ("Total Orders", ["0", "3"], [])],
    "klaviyo": [("Email Marketing Consent", ["SUBSCRIBED", "NEVER_SUBSCRIBED"], ["UNSUBSCRIBED"])],
    "flodesk": [("status", ["active", "unconfirmed", "archived"], ["unsubscribed", "bounced", "complained", "cleaned"])],
    "tarvent": [("status", ["ACTIVE", "PENDING_CONFIRM"], ["UNDELIVERABLE", "OPT_OUT", "SPAM", "CLEANED",
                                                           "AUTO_SUPPRESSED", "MANUALLY_SUPPRESSED"])],
    "inboxfirst": [("status", ["Active", "Deactivated"], ["Unsubscribed", "Spam complaint", "Bounced"])],
    "rapidmail": [("status", ["aktiv", "unbestätigt"], ["abgemeldet", "gebounct", "unerwünscht"])],
    "resend": [("created_at", DATES[1:2], []), ("unsubscribed", ["false"], ["true"])],
}

# Columns of people's own tables: some tell who left, and some only sound like it.
OWN = [
    ("opt_out", ["no", ""], ["yes"]), ("Do Not Mail", ["", "0"], ["1", "x"]), ("bounced", ["0", "false"], ["1", "true"]),
    ("complained", ["0"], ["1"]), ("suppressed", ["false"], ["true"]), ("left_at", NO_DATE, DATES[2:3]),
    ("subscribed", ["yes", "TRUE"], ["no", "FALSE"]), ("Date Unsubscribed", ["", "0000-00-00 00:00:00"], DATES[:2]),
]
SOUNDS = [
    ("City", ["Gone, Texas", "Bonn"], []), ("Company", ["Left Bank Books", "Bounce House"], []),
    ("Address", ["1 Stop Street", "2 Exit Road"], []), ("Plan", ["free", "cancelled"], []),
    ("Notes", ["never unsubscribed anybody", "left a comment"], []), ("Email Type", ["html", "text"], []),
    ("Total Opens", ["0", "17"], []), ("Region", ["OR", "NO"], []), ("Last Open", ["", "2024-03-01"], []),
]
SEPARATORS = [",", ",", ";", "\t", "|"]
# The encoding, and what the command has to be told of it.
ENCODINGS = [("utf-8", []), ("utf-8", []), ("utf-8-sig", []), ("utf-16", []),
             ("windows-1252", ["--encoding", "windows-1252"])]


def spelt(rng: random.Random, header: str) -> str:
    """The same header as another person or version writes it."""
    return rng.choice([header, header, header.upper(), header.lower(), header.replace("_", " "),
                       header.replace(" ", "_"), f" {header}"])


def cell(rng: random.Random, column: tuple) -> str:
    _, there, gone = column
    return rng.choice(gone if gone and rng.random() < 0.2 else there)


def written(rng: random.Random, address: str) -> str:
    return rng.choice([address, address, address, address.upper(), f" {address} ", f"<{address}>", f"mailto:{address}",
                       f"Reader <{address}>"])


def random_table(rng: random.Random, number: int) -> tuple[str, list[str], list[list[str]]]:
    """A table of people of its own, as one of the systems exports it, with a few columns more."""
    system = rng.choice(sorted(WORDS))
    columns = WORDS[system] + rng.sample(OWN, rng.choice([0, 0, 1])) + rng.sample(SOUNDS, rng.choice([0, 1, 2]))
    columns = [c for i, c in enumerate(columns) if bare(c[0]) not in {bare(d[0]) for d in columns[:i]}]
    columns += [(rng.choice(["email", "Email", "Email Address", "E-mail address", "email_address"]), None, None)]
    if all(bare(c[0]) not in {"name", "firstname"} for c in columns):
        columns.append(("name", NAMES, []))
    rng.shuffle(columns)
    people = [f"reader{i}.{number}@{rng.choice(['example.org', 'example.com', 'example.net'])}" for i in range(8)]
    people += [rng.choice(people) for _ in range(rng.choice([0, 2, 4]))]
    rng.shuffle(people)
    rows = [[cell(rng, c) if c[1] else written(rng, person) for c in columns] for person in people]
    return system, [spelt(rng, c[0]) for c in columns], rows


def as_file(rng: random.Random, header: list[str], rows: list[list[str]]) -> tuple[bytes, list[str]]:
    """The table as a file, and the options its encoding needs."""
    separator, (encoding, options) = rng.choice(SEPARATORS), rng.choice(ENCODINGS)
    end, quoting = rng.choice(["\n", "\r\n", "\r"]), rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    text = io.StringIO()
    # The minimum of quotation marks is too few for a line break in a cell where lines end in CR.
    table = csv.writer(text, delimiter=separator, lineterminator=end,
                       quoting=csv.QUOTE_ALL if end == "\r" else quoting)
    table.writerow(header)
    table.writerows(rows)
    first = f"sep={separator}\r\n" if rng.random() < 0.15 else ""
    return (first + text.getvalue()).encode(encoding), options


def show(system: str, header: list[str], rows: list[list[str]], address: str) -> str:
    """What to look at where a table fails: the columns and the rows of one person."""
    return "\n".join([f"{address} ({system})", repr(header)] + [
        repr(row) for row in rows if any(address_in(c) == address for c in row)])


def imported(newsletter, rng: random.Random, path, header, rows):
    """Imports the table; gives what was said, or None where the import asked what a column means and did nothing."""
    content, options = as_file(rng, header, rows)
    path.write_bytes(content)
    done = newsletter.run("subscribers", "import", str(path), "--status", "confirmed", "--wording", "their form",
                          *options, expect=None)
    said = done.stdout + done.stderr
    assert done.returncode in (0, 64, 65), f"exit {done.returncode}: {said}\n{content!r}"
    if re.search(r"^\d+ lines?: ", said, re.MULTILINE):
        return said
    assert re.search("--map|--ignore-column", said), f"stopped without a way on: {said}\n{content!r}"
    return None


def test_nobody_who_left_in_five_hundred_random_tables_is_confirmed_and_nobody_else_gets_lost(newsletter, tmp_path):
    rng = random.Random(13)
    tables = []
    for number in range(TABLES):
        system, header, rows = random_table(rng, number)
        said = imported(newsletter, rng, tmp_path / "table.csv", header, rows)
        tables.append((system, header, rows, said))
    status = {p["address"].casefold(): p["status"] for p in newsletter.json("subscribers", "list", "--json")}
    wrong, gone, here = [], 0, 0
    for system, header, rows, said in tables:
        for address, verdict in who_left(header, rows).items():
            now = status.get(address)
            gone, here = gone + (verdict == GONE), here + (verdict == HERE)
            if said is None and now:
                wrong.append("stored by an import that stopped: " + show(system, header, rows, address))
            elif verdict == GONE and now == "confirmed":
                wrong.append("left and is confirmed: " + show(system, header, rows, address))
            elif said is not None and verdict == HERE and now not in ("confirmed", "pending") and (
                    address not in said.casefold()):
                wrong.append(f"{now}, and is not named: " + show(system, header, rows, address))
    stopped = sum(said is None for *_, said in tables)
    print(f"{TABLES} tables, {stopped} stopped and asked; {gone} people gone, {here} without a sign")
    assert not wrong, f"{len(wrong)} people\n\n" + "\n\n".join(wrong)
    assert stopped * 3 <= TABLES
    assert gone > TABLES and here > TABLES


def test_the_reference_reads_each_kind_of_column_and_the_stricter_wins():
    header = ["Email", "Status", "blacklisted", "Subscribed to emails", "UNSUB_TIME"]
    rows = [["a@example.org", "active", "0", "true", ""], ["b@example.org", "Cleaned", "0", "true", ""],
            ["c@example.org", "active", "1", "true", ""], ["d@example.org", "active", "0", "false", ""],
            ["e@example.org", "active", "0", "true", "2024-03-01"], ["f@example.org", "unconfirmed", "", "true", "null"],
            ["<g@example.org>", "unsubscribed", "", "", ""], ["G@example.org", "active", "", "", ""]]
    assert who_left(header, rows) == {
        "a@example.org": HERE, "b@example.org": GONE, "c@example.org": GONE, "d@example.org": GONE,
        "e@example.org": GONE, "f@example.org": UNSURE, "g@example.org": GONE}
