"""What tests/support promises to whoever runs the tests by hand."""

import os
import pathlib
import subprocess
import sys

SUPPORT = pathlib.Path(__file__).resolve().parents[1] / "support"
sys.path.insert(0, str(SUPPORT))

import run_all  # noqa: E402


def test_a_relative_program_is_that_of_the_folder_in_which_pytest_was_started(tmp_path):
    asked = "import newsletter; print(newsletter.VERDICTS, newsletter.HELPERS, sep='\\n')"
    (tmp_path / "build" / "own" / "tests").mkdir(parents=True)
    done = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": str(SUPPORT), "VERDICTS": "build/own/verdicts"})
    assert done.stdout.splitlines() == [f"{tmp_path}/build/own/verdicts", f"{tmp_path}/build/own/tests"]


JUNIT = """<testsuites><testsuite>
<testcase classname="flow.test_a" name="test_quick" time="0.1"/>
<testcase classname="flow.test_a" name="test_slow" time="12.5"/>
<testcase classname="flow.test_b" name="test_broken" time="1"><failure message="no"/></testcase>
<testcase classname="flow.test_b" name="test_left_out" time="0"><skipped message="no server"/></testcase>
</testsuite></testsuites>"""


def test_a_run_counts_its_cases_and_names_the_slowest(tmp_path, capsys):
    (tmp_path / "junit.xml").write_text(JUNIT)
    tally = run_all.Tally()
    tally.add_junit(tmp_path / "junit.xml")
    tally.print()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "skipped flow.test_b::test_left_out: no server"
    assert lines[1:4] == ["the slowest:", "   12.5 s  flow.test_a::test_slow", "    1.0 s  flow.test_b::test_broken"]
    assert lines[-1] == "2 passed, 1 failed, 1 skipped"


def test_tests_work_where_the_environment_says(monkeypatch):
    monkeypatch.setenv("TMPDIR", "/somewhere")
    assert run_all.scratch_place() is None
