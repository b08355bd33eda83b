"""Many at once: each reader gets exactly one copy."""

READERS = 200


def wait_all(runs):
    codes = []
    for run in runs:
        run.communicate(timeout=300)
        codes.append(run.returncode)
    return codes


def ready(newsletter, server):
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_samples()
    return newsletter.add_readers(READERS)


def test_fifty_weeklies_at_the_same_second_send_each_reader_one_copy(newsletter, server):
    addresses = ready(newsletter, server)
    codes = wait_all([newsletter.start("weekly") for _ in range(50)])
    assert set(codes) <= {0, 75} and 0 in codes
    assert sorted(server.recipients()) == sorted(addresses)


def test_four_workers_on_one_issue_send_each_reader_one_copy(newsletter, server):
    addresses = ready(newsletter, server)
    newsletter.run("issue", "build")
    newsletter.run("issue", "approve", "1")
    codes = wait_all([newsletter.start("send", "--yes") for _ in range(4)])
    assert set(codes) <= {0, 75} and 0 in codes
    assert sorted(server.recipients()) == sorted(addresses)
    assert newsletter.counts()["sent"] == READERS
