"""`report --growth`: who joined and who went, week by week."""

import os
import subprocess

GROWTH = ("report", "--growth")


def fill_weeks(newsletter) -> None:
    """Five people of the last three weeks: one waits to be confirmed, one has left."""
    for name, when in (("ann", "2026-11-02T09:00:00Z"), ("bob", "2026-11-10T09:00:00Z"), ("cy", "2026-11-10T10:00:00Z"),
                       ("dan", "2026-11-16T09:00:00Z")):
        newsletter.run("subscribers", "add", f"{name}@example.org", "--status", "confirmed", "--wording", "asked", now=when)
    newsletter.run("subscribers", "add", "eve@example.org", now="2026-11-17T08:00:00Z")
    newsletter.run("subscribers", "remove", "bob@example.org", now="2026-11-17T09:00:00Z")


def test_growth_is_reported_week_by_week(newsletter):
    fill_weeks(newsletter)
    assert newsletter.run(*GROWTH).stdout == (
        "2026-W45\t1\t1\t0\t0\t0\n2026-W46\t2\t2\t0\t0\t0\n2026-W47\t2\t1\t1\t0\t0\n")
    assert newsletter.run(*GROWTH, "--weeks", "1").stdout == "2026-W47\t2\t1\t1\t0\t0\n"
    told = newsletter.json(*GROWTH, "--json")
    assert told["readers"] == 3 and [week["week"] for week in told["weeks"]] == ["2026-W45", "2026-W46", "2026-W47"]
    assert told["weeks"][2] == {"week": "2026-W47", "start": "2026-11-16T00:00:00Z", "joined": 2, "confirmed": 1,
                                "left": 1, "bounced": 0, "complained": 0}
    assert "go with --growth" in newsletter.run("report", "--plot", expect=64).stderr
    assert "--weeks" in newsletter.run(*GROWTH, "--weeks", "0", expect=64).stderr


def test_a_week_begins_at_midnight_where_the_newsletter_is(newsletter):
    newsletter.settings["issue.timezone"] = "America/New_York"
    newsletter.run("subscribers", "add", "ann@example.org", now="2026-11-16T04:59:00Z")
    newsletter.run("subscribers", "add", "bob@example.org", now="2026-11-16T05:00:00Z")
    assert newsletter.run(*GROWTH).stdout == "2026-W46\t1\t0\t0\t0\t0\n2026-W47\t1\t0\t0\t0\t0\n"


def test_growth_is_drawn_in_characters_that_can_be_shown(newsletter):
    fill_weeks(newsletter)
    utf8, ascii_only = {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "", "LC_CTYPE": "", "LANG": "C"}
    drawn = newsletter.run(*GROWTH, "--plot", env=utf8).stdout.splitlines()
    assert drawn[0].split() == ["week", "joined", "confirmed", "left", "bounced", "complained"]
    assert drawn[2].endswith(" 2         2       0       0          0          │████████████████")
    assert drawn[3].endswith(" 0  ████████│████████")
    assert drawn[4].startswith("all ") and drawn[4].endswith("  3 readers now")
    assert all(len(line) <= 80 for line in drawn)
    plain = newsletter.run(*GROWTH, "--plot", env=ascii_only).stdout
    assert plain.isascii() and plain.splitlines()[3].endswith(" 0  --------|++++++++")
    assert newsletter.run("--color", "never", *GROWTH, "--plot", env=utf8).stdout == plain


def test_a_terminal_shows_the_plot_by_default(newsletter):
    fill_weeks(newsletter)
    ours, theirs = os.openpty()
    subprocess.run(newsletter.command(*GROWTH), stdout=theirs, check=True, env={**os.environ, "LC_ALL": "C"})
    assert b"2026-W46       2         2       0       0          0          |++++++++++++++++\r\n" in os.read(ours, 4096)
    os.close(ours)
    os.close(theirs)


def test_a_list_without_anybody_has_one_empty_week(newsletter):
    assert newsletter.run(*GROWTH).stdout == "2026-W47\t0\t0\t0\t0\t0\n"
    assert newsletter.run(*GROWTH, "--plot").stdout.splitlines()[-1].endswith("  0 readers now")
