"""Memory does not grow with the list."""

import pathlib
import subprocess

import pytest

from newsletter import ROOT, Newsletter

RELEASE = ROOT / "build" / "release" / "verdicts"
MEASURE = ROOT / "build" / "dev" / "tests" / "measure"


def peak_kib(newsletter, readers):
    """Peak resident memory of a run of the release build over so many readers to null:."""
    newsletter.settings["smtp.url"] = "null:"
    newsletter.import_samples()
    newsletter.add_readers(readers)
    figures = newsletter.folder / "figures"
    subprocess.run([str(MEASURE), str(figures), str(RELEASE), *newsletter.command("weekly")[1:]], check=True)
    assert newsletter.counts()["sent"] == readers
    return int(figures.read_text().split()[2])


@pytest.mark.skipif(not RELEASE.exists(), reason="needs the release build")
def test_a_hundred_thousand_readers_need_no_more_memory_than_ten_thousand(tmp_path: pathlib.Path):
    few = peak_kib(Newsletter(tmp_path / "few"), 10_000)
    many = peak_kib(Newsletter(tmp_path / "many"), 100_000)
    print(f"10,000 readers: {few} KiB; 100,000 readers: {many} KiB")
    assert many < 32 * 1024
    assert many < few + 2 * 1024
