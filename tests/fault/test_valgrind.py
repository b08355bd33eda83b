"""What the sanitizers cannot see of the program as people run it: the release build under valgrind."""

import re
import shutil
import subprocess

import pytest
from newsletter import RELEASE, SAMPLES, VERDICTS

READERS = 1000
# A child of the program (the sandbox of bounces) is looked at, too. Leaks count where nothing points to
# them any more; what lives until the end is the kernel's to take.
VALGRIND = ["valgrind", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect",
            "--track-fds=no", "--child-silent-after-fork=no", "--trace-children=yes", "-q"]

pytestmark = [
    pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed"),
    pytest.mark.skipif(not RELEASE.exists(), reason=f"{RELEASE} is not built"),
]


def run_under_valgrind(newsletter, *words, expect=0, **options):
    command = newsletter.command(*words, **options)
    assert command[0] == str(VERDICTS)
    done = subprocess.run(VALGRIND + [str(RELEASE)] + command[1:], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == expect, f"{words}: exit {done.returncode}\n{done.stderr[-6000:]}"
    assert not re.search(r"==\d+==", done.stderr), done.stderr[-6000:]
    return done


def test_a_weekly_run_for_a_thousand_readers_makes_no_memory_error(newsletter, tmp_path):
    newsletter.settings["smtp.url"] = f"maildir:{tmp_path}/box"
    newsletter.import_samples()
    newsletter.add_readers(READERS - 100)
    people = tmp_path / "choosy.csv"
    people.write_text("email,name,topics\n" + "".join(
        f"choosy{i}@example.org,Zoë {i} שלום,{'Developer Tools' if i % 2 else 'No Such Topic'}\n" for i in range(100)))
    newsletter.run("subscribers", "import", str(people), "--status", "confirmed", "--wording", "asked")
    run_under_valgrind(newsletter, "weekly")
    counts = newsletter.counts()
    assert (counts["eligible"], counts["sent"], counts["skipped"]) == (READERS, READERS - 50, 50)
    assert len(list((tmp_path / "box" / "new").iterdir())) == READERS - 50


def test_a_weekly_run_over_smtp_makes_no_memory_error(newsletter, server):
    newsletter.settings["smtp.url"] = server.url
    newsletter.import_samples()
    newsletter.add_readers(100)
    run_under_valgrind(newsletter, "weekly")
    assert len(server.messages) == 100


def test_imports_good_and_bad_make_no_memory_error(newsletter, tmp_path):
    folder = tmp_path / "in"
    shutil.copytree(SAMPLES, folder)
    (folder / "broken.txt").write_text("AI tool comparison\nA vs B\n")
    (folder / "broken.json").write_text('[{"left": {"name": 1}}')
    (folder / "bytes.txt").write_bytes(b"\xff\x00\xfe")
    done = run_under_valgrind(newsletter, "import", str(folder), expect=65)
    assert "7 new" in done.stdout and "3 bad" in done.stdout
    run_under_valgrind(newsletter, "import", str(SAMPLES))


def test_what_editors_and_operators_look_at_makes_no_memory_error(newsletter, tmp_path):
    newsletter.import_samples()
    newsletter.add_readers(3)
    for words in (["pick", "--explain"], ["preview", "--out", str(tmp_path / "out"), "--reader", "reader1@example.org"],
                  ["issue", "build"], ["issue", "show", "1"], ["status"], ["report", "--json"], ["config", "show"],
                  ["subscribers", "list", "--json"], ["subscribers", "export"]):
        run_under_valgrind(newsletter, *words)
