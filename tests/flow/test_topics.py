"""Readers who chose topics that an issue has nothing of."""

import email
import email.policy

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
