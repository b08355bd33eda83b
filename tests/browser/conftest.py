"""Fixtures for tests in a real Chromium."""

import json
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from fixtures import newsletter, quick, server  # noqa: E402,F401

# What a mail or a page for people must have; nothing is left out.
WIDTHS = (320, 1280)

MAIL_RULES = {
    "no-inline-style": "off", "no-deprecated-attr": "off", "no-conditional-comment": "off",
    "prefer-tbody": "off", "prefer-native-element": "off", "long-title": "off", "no-trailing-whitespace": "off",
    "void-style": "off",
}


def start_chromium(scripts=True):
    webdriver = pytest.importorskip("selenium.webdriver")
    from selenium.webdriver.chrome.service import Service as Driver

    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                 "--disable-background-networking", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"):
        options.add_argument(word)
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options=options, service=Driver("/usr/bin/chromedriver"))


@pytest.fixture(scope="module")
def chromium():
    driver = start_chromium()
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def chromium_without_scripts():
    driver = start_chromium(scripts=False)
    yield driver
    driver.quit()


def look(driver, width, dark):
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})


def axe(driver, off=()):
    """axe-core's violations of the page that is open, as lines; `off` are rules left out."""
    source = HERE / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        pytest.skip("axe-core is not installed: `npm ci` in tests/browser")
    # The page's own policy forbids scripts that it does not bring; the debugger may run one.
    driver.execute_cdp_cmd("Runtime.evaluate", {"expression": source.read_text(encoding="utf-8")})
    found = driver.execute_cdp_cmd("Runtime.evaluate", {
        "expression": f"axe.run({{rules: {json.dumps({rule: {'enabled': False} for rule in off})}}}).then("
                      "r => JSON.stringify(r.violations.map(v => "
                      "v.id + ': ' + v.nodes.map(n => n.html).join(' | '))))",
        "awaitPromise": True, "returnByValue": True})
    return json.loads(found["result"]["value"])


def html_validate(pages, rules=None):
    """html-validate's words about pages ({name: text}); "" where all is well. `rules` come on top."""
    program = HERE / "node_modules" / ".bin" / "html-validate"
    if not program.exists():
        pytest.skip("html-validate is not installed: `npm ci` in tests/browser")
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name, text in pages.items():
            pathlib.Path(folder, f"{name}.html").write_text(text, encoding="utf-8")
        config = pathlib.Path(folder, ".htmlvalidate.json")
        config.write_text(json.dumps({"root": True, "extends": ["html-validate:recommended", "html-validate:a11y"],
                                      "rules": {"no-trailing-whitespace": "off", "long-title": "off",
                                                "void-style": "off",
                                                "form-dup-name": ["error", {"shared": ["radio", "checkbox"]}],
                                                **(rules or {})}}))
        done = subprocess.run([str(program), "--config", str(config), "--formatter", "text", folder],
                              capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""
