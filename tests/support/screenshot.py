"""Pictures of the sample issue, as a reader sees it: rendered by `verdicts preview --out`, shot by Chromium.

    /usr/bin/python3 tests/support/screenshot.py [FOLDER]

writes issue-wide.png, issue-phone.png and issue-dark.png into FOLDER (build/screenshots), and
issue.png, the top of the issue that the README shows.
"""

import pathlib
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from newsletter import ROOT, Newsletter  # noqa: E402

# Name, width, height, dark. Height 0: the whole page.
SHOTS = [("issue", 720, 1000, False), ("issue-wide", 720, 0, False), ("issue-phone", 390, 0, False), ("issue-dark", 720, 0, True)]


def browser() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu", "--force-device-scale-factor=1",
                 "--host-resolver-rules=MAP * ~NOTFOUND"):
        options.add_argument(word)
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def shoot(chrome, page: pathlib.Path, out: pathlib.Path, width: int, height: int, dark: bool) -> None:
    scheme = "dark" if dark else "light"
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    size = {"width": width, "height": height or 1000, "deviceScaleFactor": 1, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    chrome.get(page.as_uri())
    if height == 0:
        size["height"] = chrome.execute_script("return document.documentElement.scrollHeight")
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    chrome.save_screenshot(str(out))
    print(f"{out} ({out.stat().st_size // 1024} KiB)")


def main() -> None:
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        letter = Newsletter(pathlib.Path(scratch) / "newsletter")
        letter.import_samples()
        letter.run("preview", "--out", scratch)
        chrome = browser()
        try:
            for name, width, height, dark in SHOTS:
                shoot(chrome, pathlib.Path(scratch) / "issue.html", folder / f"{name}.png", width, height, dark)
        finally:
            chrome.quit()


if __name__ == "__main__":
    main()
