"""The golden issues as mail clients show them: clean for axe and html-validate, and readable on a phone whose client
drops the head."""

import pathlib
import re

import pytest

from conftest import MAIL_RULES, axe, html_validate, look

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden" / "issue"
PAGES = sorted(GOLDEN.glob("*.html"))


def test_every_issue_is_valid():
    assert len(PAGES) >= 24
    assert html_validate({page.stem: page.read_text(encoding="utf-8") for page in PAGES}, MAIL_RULES) == ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_an_issue_is_clean_for_axe(chromium, page):
    chromium.get(page.as_uri())
    look(chromium, 375, False)
    try:
        assert axe(chromium, off=("landmark-one-main", "region")) == []
    finally:
        look(chromium, 1280, False)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_an_issue_fits_a_phone_without_its_styles(chromium, page, tmp_path):
    bare = tmp_path / page.name
    bare.write_text(re.sub(r"<style.*?</style>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL), encoding="utf-8")
    chromium.get(bare.as_uri())
    look(chromium, 320, False)
    try:
        assert chromium.execute_script("return document.documentElement.scrollWidth") <= 320
        assert chromium.execute_script("return document.documentElement.scrollHeight") < 8000
    finally:
        look(chromium, 1280, False)


def test_every_padded_link_has_a_cell_that_pads_it_in_outlook():
    """Outlook drops the padding of a link: what separates two links there is the cell around each."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for link in re.finditer(r'<a [^>]*style="display:inline-block;padding:10px[^>]*>', text):
            before = text[:link.start()]
            cell = before[before.rindex("<td"):]
            assert "mso-padding-alt" in cell or "<![endif]" in cell, (page.stem, link.group())
