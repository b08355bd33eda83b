"""A person's way through the signup service, in a real browser."""

import pathlib
import socket

import pytest
from conftest import MAIL_RULES, WIDTHS, axe, html_validate, look

from service import Service, paths, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def service(newsletter, server):
    newsletter.import_samples()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wide = {"limit_network": "1000/h", "url": f"http://127.0.0.1:{port}"}
    running = Service(newsletter, server, **wide)
    newsletter.settings["subscribe.listen"] = f"127.0.0.1:{port}"
    with running:
        running.base = f"http://127.0.0.1:{port}"
        yield running


def follow(driver, element):
    """Clicks what leads to another page and waits until that one is there."""
    driver.execute_cdp_cmd("Runtime.evaluate", {"expression": "window.leaving = true"})
    element.click()

    def arrived():
        state = driver.execute_cdp_cmd("Runtime.evaluate", {
            "expression": "!window.leaving && document.readyState === 'complete'", "returnByValue": True})
        return state["result"].get("value") is True

    wait_until(arrived)


def press(driver, text):
    for button in driver.find_elements("tag name", "button"):
        if button.text == text:
            follow(driver, button)
            return
    raise AssertionError(f"no button {text!r} on {driver.current_url}")


def heading(driver):
    return driver.find_element("tag name", "h1").text


def sign_up(driver, service, address):
    """Fills the form and presses its button, once more where that was too quick."""
    driver.get(service.base + "/")
    driver.find_element("id", "email").send_keys(address)
    driver.find_element("id", "name").send_keys("Ann")

    def done():
        if heading(driver) != "Check your inbox":
            press(driver, "Subscribe")
        return heading(driver) == "Check your inbox"

    wait_until(done)


def walk(driver, service):
    address = "ann@example.org"
    sign_up(driver, service, address)
    links = paths(service.mails(address)[0])
    driver.get(service.base + links["confirm"])
    assert service.status(address) == "pending"
    press(driver, "Yes, subscribe me")
    assert heading(driver) == "You’re on the list"
    assert service.status(address) == "confirmed"

    follow(driver, driver.find_element("link text", "Choose topics or pause"))
    driver.find_element("css selector", "input[name=topic]").click()
    press(driver, "Save")
    assert "Saved." in driver.page_source
    assert service.rows("SELECT topics FROM subscriber")[0][0] != ""
    driver.find_element("css selector", "#pause option[value='4']").click()
    press(driver, "Save")
    assert service.rows("SELECT paused_until IS NOT NULL FROM subscriber") == [(1,)]
    preferences = driver.current_url

    follow(driver, driver.find_element("link text", "Unsubscribe"))
    press(driver, "Yes, unsubscribe me")
    assert heading(driver) == "You are off the list"
    assert service.status(address) == "left"
    press(driver, "That was a mistake, put me back")
    assert heading(driver) == "You are back on the list"
    assert service.status(address) == "confirmed"

    driver.get(preferences)
    press(driver, "Mail me a link")
    assert heading(driver) == "Check your inbox"
    service.settle()
    own = next(links["own"] for links in map(paths, service.mails(address, 4)) if "own" in links)
    driver.get(service.base + own)
    press(driver, "Erase me …")
    press(driver, "Yes, erase me")
    assert heading(driver) == "Everything about you is erased"
    wait_until(lambda: address.encode() not in service.content())


def test_a_person_joins_chooses_pauses_leaves_returns_and_is_erased(service, chromium):
    walk(chromium, service)


def test_the_same_without_any_script(service, chromium_without_scripts, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<title>off</title><script>document.title = 'on'</script>")
    chromium_without_scripts.get(page.as_uri())
    assert chromium_without_scripts.title == "off"
    walk(chromium_without_scripts, service)


def test_an_error_is_led_to_by_a_link_and_the_value_is_kept(service, chromium):
    chromium.get(service.base + "/")
    chromium.find_element("id", "email").send_keys("ann@example")
    press(chromium, "Subscribe")
    assert chromium.title.startswith("Error: ")
    chromium.find_element("css selector", ".errors a").click()
    assert chromium.switch_to.active_element.get_attribute("id") == "email"
    assert chromium.find_element("id", "email").get_attribute("value") == "ann@example"
    assert chromium.find_element("id", "email").get_attribute("aria-invalid") == "true"


def test_the_embedded_form_signs_up(service, chromium, tmp_path):
    form = (ROOT / "subscribers" / "embed" / "signup-form.html").read_text(encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text("<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>Page</title>"
                    + form.replace("https://news.example.org", service.base))
    chromium.get(page.as_uri())
    chromium.find_element("id", "verdicts-email").send_keys("ann@example.org")
    press(chromium, "Subscribe")
    assert heading(chromium) == "Check your inbox"
    assert service.rows("SELECT form FROM consent") == [("embed",)]


def every_page(service):
    """One address of each page: {name: path}; the browser opens them, and html-validate reads them."""
    links = service.join("ann@example.org")
    mine = paths(service.mails("ann@example.org", 2)[1])
    service.subscribe("bob@example.org")
    asked = paths(service.mails("bob@example.org")[0])
    # An issue is not sent with links that are not https; the browser's service has none.
    service.newsletter.run("--set", "subscribe.url=https://news.example.org", "weekly")
    service.subscribe("cleo@example.org")
    gone = paths(service.mails("cleo@example.org")[0])
    service.post(gone["confirm"], {})
    gone.update(paths(service.mails("cleo@example.org", 2)[1]))
    service.post(gone["leave"], {})
    service.post(service.own(mine["preferences"]), {"do": "move", "email": "new@example.org"})
    moving = paths(service.mails("new@example.org")[0])
    return {"signup": "/", "confirm": asked["confirm"], "confirmed": links["confirm"], "leave": mine["leave"],
            "left": gone["leave"], "preferences": mine["preferences"], "issues": "/issues", "issue": "/issues/2026-W47",
            "not-found": "/nowhere",
            "unknown": "/confirm/x", "own-data": gone["preferences"],
            "own": service.own(gone["preferences"]), "address": moving["address"]}


def test_axe_finds_nothing_on_any_page_at_any_width_in_light_and_dark(service, chromium):
    for name, path in every_page(service).items():
        for width in WIDTHS:
            for dark in (False, True):
                look(chromium, width, dark)
                chromium.get(service.base + path)
                assert axe(chromium) == [], (name, width, dark)
                assert chromium.execute_script("return document.documentElement.scrollWidth") <= width, (name, width)


def test_a_form_that_is_written_from_right_to_left_does_not_scroll_sideways(newsletter, server, chromium):
    newsletter.settings |= {"site.language": "he", "site.direction": "rtl"}
    with Service(newsletter, server) as service:
        for width in WIDTHS:
            look(chromium, width, False)
            chromium.get(f"http://{service.address}/")
            assert chromium.execute_script("return document.documentElement.scrollWidth") <= width
            assert chromium.execute_script(
                "const trap = document.getElementById('website'); trap.scrollIntoView({block: 'center'});"
                "const place = trap.getBoundingClientRect();"
                "return document.elementFromPoint(place.x, place.y).id") != "website", "nobody meets the trap"


def test_axe_finds_nothing_on_what_follows_a_press(service, chromium):
    """Pages that come by POST alone: errors, the same answer for all with its suggestion, erasing, coming back."""
    service.join("ann@example.org")
    links = paths(service.mails("ann@example.org", 2)[1])

    def fine(name):
        for width in WIDTHS:
            for dark in (False, True):
                look(chromium, width, dark)
                assert axe(chromium) == [], (name, width, dark)
                assert chromium.execute_script("return document.documentElement.scrollWidth") <= width, (name, width)

    chromium.get(service.base + "/")
    chromium.find_element("id", "email").send_keys("ann@gmial,com")
    press(chromium, "Subscribe")
    fine("errors")
    sign_up(chromium, service, "dana@" + "gmial.com")
    fine("check-your-mail")
    press(chromium, "Use that address")
    assert service.status("dana@" + "gmail.com") == "pending"
    chromium.get(service.base + links["preferences"])
    own = service.own(links["preferences"])
    chromium.get(service.base + own)
    fine("own")
    chromium.find_element("id", "email").send_keys("nobody")
    press(chromium, "Send a mail there to confirm")
    fine("own with an error")
    press(chromium, "Erase me …")
    fine("erase")
    chromium.get(service.base + links["leave"])
    press(chromium, "Yes, unsubscribe me")
    fine("left")
    press(chromium, "That was a mistake, put me back")
    fine("back")


def test_axe_finds_nothing_on_the_pages_of_late_and_of_many(newsletter, server, chromium, tmp_path):
    """A link that has expired with its reminder, one that is used up, and a limit: as the service answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wanted = {"url": f"http://127.0.0.1:{port}", "reminder": "yes"}

    def serve(now):
        newsletter.now = now
        running = Service(newsletter, server, **wanted)
        newsletter.settings["subscribe.listen"] = f"127.0.0.1:{port}"
        return running

    def fine(page, name, forgive=()):
        for width in WIDTHS:
            for dark in (False, True):
                look(chromium, width, dark)
                chromium.get(page)
                assert [line for line in axe(chromium) if not line.startswith(forgive)] == [], (name, width, dark)
                if not forgive:
                    assert chromium.execute_script("return document.documentElement.scrollWidth") <= width, name

    with serve("2026-11-20T12:00:00Z") as service:
        service.subscribe("ann@example.org")
        late = paths(service.mails("ann@example.org")[0])["confirm"]
        service.join("bob@example.org")
        preferences = paths(service.mails("bob@example.org", 2)[1])["preferences"]
        service.post(service.own(preferences), {"do": "move", "email": "new@example.org"})
        used = paths(service.mails("new@example.org")[0])["address"]
        assert service.post(used, {}).status == 200
        service.settle()
    with serve("2026-11-21T13:00:00Z") as service:
        reminder = tmp_path / "reminder.html"
        reminder.write_text(service.mails("ann@example.org", 2)[1].get_body(("html",)).get_content(), encoding="utf-8")
        fine(reminder.as_uri(), "reminder", ("region", "landmark-one-main"))
        service.settle()
    wanted["limit_network"] = "1/d"
    with serve("2026-11-24T12:00:00Z") as service:
        base = wanted["url"]
        assert service.get(late).status == 410
        fine(base + late, "expired")
        assert service.get(used).status == 200
        fine(base + used, "message")
        service.post(late, {"do": "fresh"})
        full = service.post(late, {"do": "fresh"})
        assert full.status == 429
        assert html_validate({"expired": service.get(late).text, "message": service.get(used).text,
                              "limit": full.text}) == ""
        chromium.get(base + late)
        press(chromium, next(button.text for button in chromium.find_elements("tag name", "button")))
        assert heading(chromium) == "Please try again later"
        for width in WIDTHS:
            for dark in (False, True):
                look(chromium, width, dark)
                assert axe(chromium) == [], ("limit", width, dark)


def test_every_page_is_valid_html(service):
    pages = {name: service.get(path).text for name, path in every_page(service).items()}
    pages["errors"] = service.subscribe("ann@gmial,com", name="<b>").text
    pages["check"] = service.subscribe("dana@" + "gmial.com").text
    preferences = paths(service.mails("ann@example.org", 2)[1])["preferences"]
    service.join("erin@example.org")
    own = service.own(paths(service.mails("erin@example.org", 2)[1])["preferences"])
    pages["own"], pages["erase"] = service.get(own).text, service.post(own, {"do": "erase"}).text
    pages["link"] = service.post(preferences, {"do": "link"}).text
    issue = pages.pop("issue")
    assert html_validate(pages) == ""
    assert html_validate({"issue": issue}, MAIL_RULES) == ""


def test_axe_finds_nothing_in_any_mail(service, chromium, tmp_path):
    service.join("ann@example.org")
    service.subscribe("ann@example.org")
    links = paths(service.mails("ann@example.org", 2)[1])
    service.post(service.own(links["preferences"]), {"do": "move", "email": "new@example.org"})
    asked = service.mails("new@example.org")
    service.press(paths(asked[0])["address"])
    service.press(links["leave"])
    service.press(links["leave"])
    for number, message in enumerate(service.mails("ann@example.org", 5) + asked + service.mails("new@example.org", 2)[1:]):
        page = tmp_path / f"mail{number}.html"
        page.write_text(message.get_body(("html",)).get_content(), encoding="utf-8")
        for width in WIDTHS:
            for dark in (False, True):
                look(chromium, width, dark)
                chromium.get(page.as_uri())
                found = [line for line in axe(chromium) if not line.startswith(("region", "landmark-one-main"))]
                assert found == [], (message["Subject"], width, dark)
