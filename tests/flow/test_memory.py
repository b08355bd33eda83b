"""Memory does not grow with the list, nor with what one file brings in."""

import json
import pathlib
import subprocess

import pytest
from newsletter import HELPERS, RELEASE, Newsletter

MEASURE = HELPERS / "measure"


def measured(newsletter, *words):
    """Peak resident memory of the release build, in KiB."""
    figures = newsletter.folder / "figures"
    subprocess.run([str(MEASURE), str(figures), str(RELEASE), *newsletter.command(*words)[1:]], check=True)
    return int(figures.read_text().split()[2])


def peak_kib(newsletter, readers):
    """Peak resident memory of a run of the release build over so many readers to null:."""
    newsletter.settings["smtp.url"] = "null:"
    newsletter.import_samples()
    newsletter.add_readers(readers)
    peak = measured(newsletter, "weekly")
    assert newsletter.counts()["sent"] == readers
    return peak


@pytest.mark.skipif(not RELEASE.exists(), reason="needs the release build")
def test_a_hundred_thousand_readers_need_no_more_memory_than_ten_thousand(tmp_path: pathlib.Path):
    few = peak_kib(Newsletter(tmp_path / "few"), 10_000)
    many = peak_kib(Newsletter(tmp_path / "many"), 100_000)
    print(f"10,000 readers: {few} KiB; 100,000 readers: {many} KiB")
    assert many < 32 * 1024
    assert many < few + 2 * 1024


@pytest.mark.skipif(not RELEASE.exists(), reason="needs the release build")
@pytest.mark.parametrize("form", ["array", "lines"])
def test_an_import_needs_little_more_memory_than_its_file_has_bytes(tmp_path: pathlib.Path, form):
    quote = {"quote": "One thinks this of it, and says so at the usual length. " * 3}

    def side(name):
        return {"name": name, "category": "Tools", "reviews": [quote] * 4}

    items = [{"left": side(f"A{i}"), "right": side(f"B{i}")} for i in range(10_000)]
    path = tmp_path / "many.json"
    path.write_text(json.dumps(items) if form == "array" else "\n".join(map(json.dumps, items)))
    newsletter = Newsletter(tmp_path / "n")
    few = tmp_path / "few.json"
    few.write_text(json.dumps(items[:10]))
    base = measured(newsletter, "import", "-q", str(few))  # what the program and its libraries need by themselves
    peak = measured(newsletter, "import", "-q", str(path))
    print(f"{path.stat().st_size // 1024} KiB: {peak} KiB, {base} KiB without")
    assert newsletter.run("import", str(path)).stdout == "0 new, 0 changed, 10000 unchanged, 0 bad\n"
    assert peak - base < path.stat().st_size // 1024 + 5632
