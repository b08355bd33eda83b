"""The weekly job over more than a year, by a cron that is late, early, doubled, hourly or away."""

import datetime
import json
import random
import zoneinfo

import pytest

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
UTC = datetime.timezone.utc
HOUR = datetime.timedelta(hours=1)
WEEK = datetime.timedelta(days=7)
WEEKS = 60
# A Monday. Sixty weeks from here meet three changes of the clocks and week 53 of 2026.
FIRST_MONDAY = datetime.date(2026, 9, 28)
DUE = {"friday morning": ("friday", 5, 9, 0), "sunday in the changed hour": ("sunday", 7, 2, 30)}


def stamp(moment: datetime.datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def on_the_wall(day: datetime.date, hour: int, minute: int) -> datetime.datetime:
    """The instant of a local time: of two the first, of a skipped one the first after the gap."""
    local = datetime.datetime.combine(day, datetime.time(hour, minute), BERLIN)
    moment = local.astimezone(UTC)
    if moment.astimezone(BERLIN).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    while moment.astimezone(BERLIN).replace(tzinfo=None) > local.replace(tzinfo=None):
        moment -= datetime.timedelta(minutes=1)
    return moment + datetime.timedelta(minutes=1)


class Year:
    """The weeks, when each is due, and comparisons that are published in them."""

    def __init__(self, weekday: int, hour: int, minute: int) -> None:
        chance = random.Random(20261120)
        self.due = [on_the_wall(FIRST_MONDAY + i * WEEK + datetime.timedelta(days=weekday - 1), hour, minute)
                    for i in range(-1, WEEKS)]
        self.names = ["{}-W{:02}".format(*(FIRST_MONDAY + i * WEEK).isocalendar()[:2]) for i in range(-1, WEEKS)]
        self.published: dict[str, datetime.datetime] = {}
        for i in range(1, len(self.due)):
            start, end = self.due[i - 1], self.due[i]
            second = datetime.timedelta(seconds=1)
            inside = start + (end - start) * chance.random()
            # On the first instant of a window, on its last second, and somewhere in it.
            for moment in (start, end - second, inside.replace(microsecond=0)):
                self.published[f"item-{len(self.published)}"] = moment

    def items(self) -> list[dict]:
        return [
            {"slug": slug, "published_at": stamp(moment),
             "left": {"name": f"Left {slug}", "category": "Tools", "panel_ship": 75, "reviews": [{"quote": "Ship it."}]},
             "right": {"name": f"Right {slug}", "category": "Tools", "panel_ship": 25, "reviews": [{"quote": "Skip it."}]}}
            for slug, moment in self.published.items()
        ]


def runs_of_week(kind: int, due: datetime.datetime, following: datetime.datetime) -> list[datetime.datetime]:
    """When cron starts the job in the week that begins with `due`; the clock may jump."""
    return [
        [due],
        [due - HOUR, due - datetime.timedelta(seconds=1), due],
        [due + 77 * HOUR],
        [due, due, due + datetime.timedelta(seconds=1)],
        [due + i * HOUR for i in range(-3, 4)],
        [due + 2 * HOUR, due - 3 * HOUR, due - 2 * WEEK, due + 3 * HOUR],
        [],
        [following - datetime.timedelta(seconds=1)],
    ][kind]


def rehearse(letter, moment: datetime.datetime, folder) -> None:
    """Looks far ahead and back; nothing of it may stay."""
    for now in (stamp(moment + 30 * WEEK), stamp(moment - WEEK), stamp(moment + WEEK)):
        letter.run("pick", "--json", now=now)
        letter.run("preview", "--out", str(folder), now=now, expect=None)
        letter.run("send", "--dry-run", now=now, expect=None)


@pytest.mark.parametrize("when", DUE, ids=lambda when: when.replace(" ", "-"))
def test_each_comparison_stands_in_one_issue_and_each_week_has_one_at_most(newsletter, tmp_path, when):
    day, weekday, hour, minute = DUE[when]
    year = Year(weekday, hour, minute)
    newsletter.settings.update({
        "issue.weekday": day, "issue.time": f"{hour:02}:{minute:02}", "issue.timezone": "Europe/Berlin",
        "issue.max_items": "1000", "smtp.url": f"maildir:{tmp_path}/box",
    })
    newsletter.add_readers(1)
    newsletter.run("import", "-", stdin=json.dumps(year.items()))
    expected: dict[str, list[str]] = {}
    waiting = dict(year.published)
    chance = random.Random(53)
    for i in range(1, len(year.due)):
        following = year.due[i + 1] if i + 1 < len(year.due) else year.due[i] + WEEK
        # The first week and the last one are runs on time; the others are as cron is.
        kind = 0 if i in (1, len(year.due) - 1) else chance.randrange(8)
        runs = runs_of_week(kind, year.due[i], following)
        for moment in runs:
            newsletter.run("weekly", now=stamp(moment))
        if i % 20 == 0:
            rehearse(newsletter, year.due[i], tmp_path / "rehearsal")
        if runs:
            expected[year.names[i]] = [slug for slug, moment in waiting.items() if moment < year.due[i]]
            waiting = {slug: moment for slug, moment in waiting.items() if moment >= year.due[i]}
    assert "2026-W53" in year.names
    issues = {row["week"]: row for row in newsletter.json("issue", "list", "--json")}
    assert sorted(issues) == sorted(expected)
    for name, slugs in expected.items():
        issue = newsletter.json("issue", "show", str(issues[name]["number"]), "--json")
        assert sorted(item["slug"] for item in issue["item_list"]) == sorted(slugs), name
        assert issue["window_end"] == stamp(year.due[year.names.index(name)])
        assert issue["window_start"] == stamp(year.due[year.names.index(name) - 1])
        assert issue["state"] == "sent"
    assert sum(len(slugs) for slugs in expected.values()) == len(year.published)
    assert len(list((tmp_path / "box" / "new").iterdir())) == len(expected)


def test_a_clock_set_back_by_months_sends_nothing_again(newsletter, server):
    newsletter.settings["smtp.url"] = server.url
    newsletter.add_readers(2)
    newsletter.import_samples()
    newsletter.run("weekly")
    assert len(server.messages) == 2
    for now in ("2026-11-13T12:00:00Z", "2026-08-01T00:00:00Z", "1999-12-31T23:59:59Z", "1970-01-15T00:00:00Z"):
        newsletter.run("weekly", now=now)
    newsletter.run("weekly", now="2026-11-20T12:00:01Z")
    assert len(server.messages) == 2
    assert len(newsletter.json("issue", "list", "--json")) == 1


def test_rows_deferred_in_the_future_of_a_clock_set_back_wait_and_are_sent(newsletter, server):
    async def defer(smtp, session, envelope, address, options):
        return "451 4.7.1 try again later"

    newsletter.settings.update({"smtp.url": server.url, "deliver.linger": "0"})
    newsletter.add_readers(2)
    newsletter.import_samples()
    server.recorder.handle_RCPT = defer
    newsletter.run("weekly", expect=75)
    del server.recorder.handle_RCPT
    newsletter.run("weekly", now="2026-11-20T11:00:00Z", expect=75)
    assert newsletter.counts()["deferred"] == 2 and server.messages == []
    newsletter.run("weekly", now="2026-11-20T18:30:00Z")
    assert sorted(server.recipients()) == ["reader0@example.org", "reader1@example.org"]


def test_what_is_imported_late_goes_into_the_next_issue(newsletter, server):
    newsletter.settings["smtp.url"] = server.url
    newsletter.add_readers(1)
    newsletter.import_samples()
    newsletter.run("weekly")
    late = Year(5, 9, 0).items()[:1]
    late[0]["published_at"] = "2026-11-18T09:00:00Z"
    newsletter.run("import", "-", stdin=json.dumps(late), now="2026-11-20T13:00:00Z")
    newsletter.run("weekly", now="2026-11-20T14:00:00Z")
    assert len(server.messages) == 1
    newsletter.run("weekly", now="2026-11-27T12:00:00Z")
    newsletter.run("weekly", now="2026-12-04T12:00:00Z")
    assert len(server.messages) == 2
    shown = newsletter.json("issue", "show", "2", "--json")
    assert [item["slug"] for item in shown["item_list"]] == [late[0]["slug"]]


def test_items_of_before_the_first_issue_come_by_their_age_alone(newsletter, server):
    newsletter.settings.update({"smtp.url": server.url, "issue.max_age_days": "10"})
    newsletter.add_readers(1)
    items = Year(5, 9, 0).items()[:3]
    for item, moment in zip(items, ("2026-11-10T09:00:00Z", "2026-11-10T08:59:59Z", "2026-11-20T09:00:00Z")):
        item["published_at"] = moment
    newsletter.run("import", "-", stdin=json.dumps(items))
    newsletter.run("weekly")
    shown = newsletter.json("issue", "show", "1", "--json")
    assert [item["slug"] for item in shown["item_list"]] == ["item-0"]
