"""An editor's way through the preview page, in a real browser; and the five real pages in it."""

import email
import re
import shutil
import subprocess
import time

import pytest
from conftest import MAIL_RULES, axe, html_validate, look
from newsletter import ROOT, SHARED
from previewing import Preview, edit, own_templates, taken_apart, without_marks

PAGES = SHARED / "pages"
SCREENSHOTS = ROOT / "build" / "screenshots"


def until(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited in vain: {what}")


class Editor:
    """What a person at the page sees and does."""

    def __init__(self, driver, page):
        self.driver = driver
        look(driver, 1280, False)
        driver.get(page.url)
        until(lambda: self.html("dataset.listening") == "yes" and self.shown() > 0, "the page is ready")

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def html(self, what):
        return self.script(f"return document.documentElement.{what}")

    def shown(self):
        return int(self.html("dataset.shown") or 0)

    def find(self, selector):
        return self.driver.find_element("css selector", selector)

    def text(self, selector):
        return self.script("return document.querySelector(arguments[0]).textContent", selector)

    def in_frame(self, expression):
        return self.script("const f = document.getElementById('frame');"
                           f"return f && f.contentDocument.body ? f.contentDocument.{expression} : null")

    def act(self, action):
        """Does something, and waits until the page has shown what came of it."""
        before = self.shown()
        action()
        until(lambda: self.shown() > before, "the page shows what came of it")

    def click(self, selector):
        self.find(selector).click()

    def source(self) -> bytes:
        """The raw message as the page shows it."""
        lines = self.script("return [...document.querySelectorAll('#panel-source div')].map(n => n.textContent)")
        return "\r\n".join("" if line == " " else line for line in lines).encode()

    def order(self):
        return self.script("return [...document.querySelectorAll('#selection .in')].map(n => n.dataset.slug)")


@pytest.fixture
def ready(newsletter, server):
    newsletter.settings.update({
        "smtp.url": server.url, "issue.approval": "required", "issue.editors": "ann@example.com",
    })
    newsletter.import_samples()
    newsletter.add_readers(2)
    return newsletter


def test_an_editor_changes_breaks_mends_orders_tests_approves_and_cron_sends(chromium, ready, server):
    templates = own_templates(ready)
    with Preview(ready) as page:
        editor = Editor(chromium, page)
        lead = templates / "partials" / "lead.html.mustache"
        good = lead.read_text()

        # A change on disk is on screen without reloading, where the reader was.
        editor.script("document.getElementById('frame').contentWindow.scrollTo(0, 400)")
        editor.act(lambda: edit(lead, "</h1>", " (changed)</h1>"))
        until(lambda: "(changed)" in (editor.in_frame("body.innerHTML") or ""), "the change is shown")
        assert editor.script("return document.getElementById('frame').contentWindow.scrollY") == 400

        # A broken template says where; the last good rendering stays, dimmed.
        editor.act(lambda: lead.write_text(good.replace("{{issue.headline}}", "{{issue.headlin}}")))
        error = until(lambda: editor.find("#error").is_displayed() and editor.text("#error"), "the error")
        assert "lead.html.mustache, line 3, column" in error
        assert "{{issue.headlin}}" in editor.text("#error-source")
        assert "(changed)" in editor.in_frame("body.innerHTML")
        assert editor.script("return document.getElementById('stage').classList.contains('stale')")

        # Mending it clears the error.
        editor.act(lambda: lead.write_text(good))
        until(lambda: not editor.find("#error").is_displayed(), "the error is gone")
        assert "(changed)" not in editor.in_frame("body.innerHTML")

        # Dark at 320 px.
        editor.click("[data-width='320']")
        editor.act(lambda: editor.click("[data-scheme='dark']"))
        assert editor.find("#stage").size["width"] == 320
        assert editor.script("const f = document.getElementById('frame');"
                             "return f.contentWindow.getComputedStyle(f.contentDocument.body).backgroundColor"
                             ) == "rgb(21, 22, 23)"
        assert editor.in_frame("documentElement.scrollWidth") <= 320

        # Two items change places.
        before = editor.order()
        editor.act(lambda: editor.find("#selection .in:nth-child(2) button:nth-child(1)").click())
        until(lambda: editor.order()[:2] != before[:2], "the order has changed")
        assert set(editor.order()) == set(before)

        # A test: the preview's bytes but for the marked subject and the banner.
        editor.script("document.getElementById('tab-source').click()")
        editor.act(lambda: editor.click("#test"))
        until(lambda: "A test went to ann@example.com" in editor.text("#said"), "the test is sent")
        assert server.recipients() == ["ann@example.com"]
        banner = "A test of issue 1. It stands for the copy of Ann Example <ann@example.org>; its links are nobody's."
        assert without_marks(server.messages[0][2], banner) == taken_apart(editor.source())

        # Approved, and cron sends exactly what was shown for a reader that the editor chose.
        editor.script("document.getElementById('address').value = 'reader0@example.org'")
        editor.act(lambda: editor.click("#address-form button"))
        until(lambda: "reader0@example.org" in editor.text("#panel-headers"), "the reader is shown")
        shown = editor.source()
        assert b"Reader 0" in shown and re.fullmatch(
            r"<verdicts\.[0-9a-f]{8}\.2026-W47\.1@example\.org>", email.message_from_bytes(shown)["Message-ID"])
        editor.act(lambda: editor.click("#approve"))
        until(lambda: "is approved" in editor.text("#said"), "approved")
        assert editor.source() == shown
    ready.run("weekly")
    assert [data for _, to, data in server.messages if to == ["reader0@example.org"]] == [shown]


def test_a_changed_setting_and_a_folder_in_the_templates_place_are_on_screen(chromium, ready):
    templates = own_templates(ready)
    conf = ready.folder / "verdicts.conf"
    with Preview(ready) as page:
        editor = Editor(chromium, page)

        def in_mail(word):
            return lambda: word in (editor.in_frame("body.innerHTML") or "")

        conf.write_text(conf.read_text().replace("name = 'Verdicts of the Week'", "name = 'Another Name'"))
        until(in_mail("Another Name"), "the new name")
        templates.rename(ready.folder / "away")
        shutil.copytree(ready.folder / "away", templates)
        edit(templates / "partials" / "lead.html.mustache", "</h1>", " (moved)</h1>")
        until(in_mail("(moved)"), "the template of the new folder")


def test_a_sent_issue_says_that_it_is_frozen_and_todays_templates_are_a_button_away(chromium, ready):
    ready.settings["issue.approval"] = "none"
    templates = own_templates(ready)
    with Preview(ready) as page:
        editor = Editor(chromium, page)
        assert not editor.find("#frozen").is_displayed()
        editor.act(lambda: ready.run("weekly"))
        # The page follows along while cron still sends: it says "sending" first, and "sent" at the end.
        until(lambda: "Issue 1 is sent: its bytes are frozen" in editor.text("#frozen-text"), "it is frozen, and sent")
        assert editor.find("#frozen").is_displayed()
        editor.act(lambda: editor.click("#anew"))
        until(lambda: "never sent" in editor.text("#frozen-text"), "the page says that this is never sent")
        assert editor.find("#approve").get_attribute("disabled") and editor.find("#test").get_attribute("disabled")
        assert axe(chromium) == []

        # A saved template is on screen at once again.
        editor.act(lambda: edit(templates / "partials" / "lead.html.mustache", "</h1>", " (changed)</h1>"))
        until(lambda: "(changed)" in (editor.in_frame("body.innerHTML") or ""), "the change is shown")

        editor.act(lambda: editor.click("#anew"))
        until(lambda: "(changed)" not in (editor.in_frame("body.innerHTML") or "(changed)"), "the frozen bytes")


def test_the_difference_names_what_a_template_changed_in_links_and_headings(chromium, ready):
    """The plaintext has neither: an editor would see nothing of it."""
    ready.settings["issue.approval"] = "none"
    ready.run("weekly")
    text = (ROOT / "templates/sample/4-marginalia-otter-vs-draftwright.txt").read_text()
    (ready.folder / "next.txt").write_text(text.replace("Marginalia Otter", "Quill Badger"))
    ready.import_pages(ready.folder / "next.txt", published="2026-11-25T09:00:00Z")
    ready.now = "2026-11-27T12:00:00Z"
    templates = own_templates(ready)
    with Preview(ready) as page:
        editor = Editor(chromium, page)

        def lines(kind):
            return editor.script("return [...document.querySelectorAll('#panel-diff h2 ~ div.' + arguments[0])]"
                                 ".map(n => n.textContent)", kind)

        def heads():
            return editor.script("return [...document.querySelectorAll('#panel-diff h2')].map(n => n.textContent)")

        assert "since issue 1: " in heads()[0] and heads()[1] == "Plaintext"
        link = "link: Our other letters \u2192 https://www.example.org/letters"
        assert link not in lines("added")
        editor.act(lambda: edit(templates / "issue.html.mustache", "</body>",
                                '<p><a href="https://www.example.org/letters">Our  other\nletters</a></p></body>'))
        until(lambda: link in lines("added"), "the new link is named")
        assert not [line for line in lines("added") + lines("removed") if "/leave/" in line], "tokens are no change"
        editor.click("#tab-diff")
        assert axe(chromium) == []


def test_the_page_is_worked_by_keyboard_and_clean_for_axe(chromium, ready):
    with Preview(ready) as page:
        editor = Editor(chromium, page)
        for width in (1280, 1920):
            look(chromium, width, False)
            assert editor.html("scrollWidth") <= width
            assert axe(chromium) == []
        look(chromium, 1280, False)
        # Every control is reached by Tab, and tabs by arrows.
        from selenium.webdriver.common.keys import Keys

        tab = editor.find("#tab-html")
        tab.send_keys(Keys.ARROW_RIGHT)
        assert editor.find("#panel-text").is_displayed()
        editor.find("#tab-text").send_keys(Keys.END)
        assert editor.find("#panel-diff").is_displayed()
        unreachable = editor.script(
            "return [...document.querySelectorAll('button, select, input, a')]"
            ".filter(n => n.tabIndex < 0 && n.getAttribute('role') !== 'tab').map(n => n.outerHTML)")
        assert unreachable == []
    # Its own words, also where there are findings and an error.
    templates = own_templates(ready)
    edit(templates / "partials" / "lead.html.mustache", "color:#24211c", "color:#999999")
    with Preview(ready) as page:
        editor = Editor(chromium, page)
        # Each finding leads to its line, in the copy that it is of.
        findings = page.state()["check"]["findings"]
        assert len(findings) > 2 and editor.script("return document.getElementById('reader').value") == "plain"
        for number, finding in reversed(list(enumerate(findings, 1))):
            editor.click(f"#findings li:nth-child({number}) button")
            words = finding["message"].split(": ", 1)[1].split()[0]
            until(lambda words=words: words in (editor.script(
                "const t = document.querySelector('#panel-code .target'); return t ? t.textContent : ''")),
                f"the line of {finding['message']}")
        assert editor.find("#panel-code").is_displayed()
        assert editor.script("return document.getElementById('reader').value") == "unnamed"
        assert axe(chromium) == []
        editor.act(lambda: edit(templates / "partials" / "lead.html.mustache", "{{issue.headline}}", "{{issue.headlin}}"))
        until(lambda: editor.find("#error").is_displayed(), "the error")
        assert axe(chromium) == []
        # The fault stands far to the right in its line, and is in view.
        assert editor.script("return document.getElementById('error-source').scrollLeft") > 0


def test_the_page_itself_is_valid(ready):
    with Preview(ready) as page:
        assert html_validate({"page": page.get()[2].decode()}) == ""


def test_hostile_data_stays_text_in_the_frame(chromium, ready):
    with Preview(ready) as page:
        editor = Editor(chromium, page)
        for kind in page.state()["data"]:
            editor.act(lambda kind=kind: editor.script(
                "const s = document.getElementById('data'); s.value = arguments[0];"
                "s.dispatchEvent(new Event('change'))", kind))
            assert editor.in_frame("scripts.length") == 0
            assert editor.in_frame("images.length") == 0
            assert not editor.find("#error").is_displayed(), editor.text("#error")


@pytest.fixture(scope="module")
def real_issue(tmp_path_factory):
    """The five real pages as one issue's files."""
    if not PAGES.is_dir():
        pytest.skip("no ../shared/pages")
    from newsletter import Newsletter

    made = Newsletter(tmp_path_factory.mktemp("pages") / "newsletter")
    made.import_pages(*sorted(PAGES.glob("*.txt")))
    out = made.folder / "out"
    made.run("preview", "--out", str(out))
    return out


def test_the_real_pages_pass_html_validate(real_issue):
    assert html_validate({"issue": (real_issue / "issue.html").read_text()}, MAIL_RULES) == ""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 700])
def test_the_real_pages_are_clean_for_axe_and_never_scroll_sideways(chromium, real_issue, width, dark):
    chromium.get((real_issue / "issue.html").as_uri())
    look(chromium, width, dark)
    try:
        found = axe(chromium, off=("landmark-one-main", "region"))
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        height = chromium.execute_script("return document.documentElement.scrollHeight")
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        chromium.save_screenshot(str(SCREENSHOTS / f"issue-{width}-{'dark' if dark else 'light'}.png"))
        assert found == []
        assert chromium.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        look(chromium, 1280, False)


def test_the_preview_page_is_on_a_picture(chromium, ready):
    with Preview(ready) as page:
        Editor(chromium, page)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for width in (1280, 1920):
            look(chromium, width, False)
            assert chromium.save_screenshot(str(SCREENSHOTS / f"preview-{width}.png"))
        look(chromium, 1280, False)


def test_spamassassin_is_content_with_the_real_pages(real_issue, tmp_path):
    program = shutil.which("spamassassin")
    if program is None:
        pytest.skip("spamassassin is not installed")
    done = subprocess.run([program, "-L", "-t"], input=(real_issue / "issue.eml").read_bytes(),
                          capture_output=True, check=False, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"})
    score = re.search(rb"score=(-?[\d.]+)", done.stdout)
    assert score, done.stdout[:2000]
    assert float(score.group(1)) < 1.0, done.stdout.decode(errors="replace")[-3000:]
