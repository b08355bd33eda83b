"""Readers who chose topics that an issue has nothing of."""

import email
import email.policy
import json

import pytest


@pytest.mark.parametrize("unmatched, count", [("skip", 1), ("lead", 2)])
def test_readers_who_match_nothing_are_skipped_or_receive_the_lead_story(newsletter, server, unmatched, count):
    newsletter.settings["smtp.url"] = server.url
    newsletter.settings["issue.unmatched"] = unmatched
    newsletter.import_samples()
    people = newsletter.folder / "people.csv"
    people.write_text("email,topics\nall@example.org,\nnone@example.org,Gardening\n")
    newsletter.run("subscribers", "import", str(people), "--status", "confirmed", "--wording", "test people")
    newsletter.run("weekly")
    assert len(server.messages) == count
    assert newsletter.counts()["skipped" if unmatched == "skip" else "sent"] == (1 if unmatched == "skip" else 2)
    if unmatched == "lead":
        sizes = {recipients[0]: len(email.message_from_bytes(message, policy=email.policy.default)
                                    .get_body(("plain",)).get_content())
                 for _, recipients, message in server.messages}
        assert sizes["none@example.org"] < sizes["all@example.org"]


def test_who_chose_topics_gets_the_subject_of_that_copy(newsletter, server):
    newsletter.settings["smtp.url"] = server.url
    newsletter.run("import", "-", stdin=json.dumps([
        {"published_at": "2026-11-19T09:00:00Z",
         "left": {"name": left, "category": category, "panel_ship": share, "reviews": [{"quote": "It works."}]},
         "right": {"name": right, "category": category, "panel_ship": 25, "reviews": [{"quote": "It works."}]}}
        for left, right, category, share in [("Otter", "Heron", "Search", 100), ("Quill", "Nib", "Writing", 75)]]))
    people = newsletter.folder / "people.csv"
    people.write_text("email,topics\nall@example.org,\nwriting@example.org,Writing\n")
    newsletter.run("subscribers", "import", str(people), "--status", "confirmed", "--wording", "test people")
    newsletter.run("weekly")
    copies = {recipients[0]: email.message_from_bytes(message, policy=email.policy.default)
              for _, recipients, message in server.messages}
    assert copies["all@example.org"]["Subject"] == "Otter: 100% would ship it. Heron: 25%"
    own = copies["writing@example.org"]
    assert own["Subject"] == "Quill: 75% would ship it. Nib: 25%"
    assert own.get_body(("plain",)).get_content().splitlines()[0] == "Quill: 75% would ship it. Nib: 25%"
    page = own.get_body(("html",)).get_content()
    assert "<title>Quill: 75% would ship it. Nib: 25%</title>" in page and "Otter" not in page
    claims = newsletter.json("issue", "show", "1", "--json")["derivation"]
    assert all(claim["from"] for claim in claims)
    assert {(claim["part"], claim["words"]) for claim in claims if claim["topics"] == ["Writing"]} >= {
        ("subject", "Quill"), ("subject", "75%"), ("subject", "25%"), ("headline", "Nib")}
