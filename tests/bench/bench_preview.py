"""Prints what the preview costs: rendering and checking an issue of twelve items, and the time from a
saved template to the page being told of it. Nothing is asserted.

    VERDICTS=build/release/verdicts /usr/bin/python3 tests/bench/bench_preview.py
"""

import http.client
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "browser"))

from newsletter import Newsletter  # noqa: E402
from previewing import Preview, own_templates  # noqa: E402

ROUNDS = 30


def measure(what: str, action) -> None:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    print(f"{what:58s} median {statistics.median(times):7.1f} ms, worst {max(times):7.1f} ms")


def on_screen(page, template, text) -> None:
    """From a saved template to the new frame in a real Chromium."""
    from conftest import start_chromium

    driver = start_chromium()
    driver.set_script_timeout(30)
    try:
        driver.get(page.url)
        wait = """const done = arguments[0], d = document.documentElement;
            const look = () => d.dataset.listening && d.dataset.shown > 0 ? done() : setTimeout(look, 5); look();"""
        driver.execute_async_script(wait)
        times = []
        for number in range(ROUNDS):
            # The page notes when a frame with the number is shown; both clocks are the machine's.
            driver.execute_script("""window.seen = 0; const look = () => {
                const f = document.getElementById("frame");
                if (f && f.contentDocument.documentElement.innerHTML.includes(`screen ${arguments[0]} `)) {
                  requestAnimationFrame(() => { window.seen = Date.now(); });
                } else { setTimeout(look, 2); } }; look();""", number)
            start = time.time() * 1000
            template.write_text(text.replace("</body>", f"<!-- screen {number} --></body>"))
            seen = 0
            while not seen:
                seen = driver.execute_script("return window.seen")
            times.append(seen - start)
            time.sleep(0.3)
        print(f"{'a saved template, until Chromium shows it':58s} median {statistics.median(times):7.1f} ms, worst {max(times):7.1f} ms")
    finally:
        driver.quit()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        newsletter = Newsletter(pathlib.Path(folder) / "newsletter")
        newsletter.import_samples()
        template = own_templates(newsletter) / "issue.html.mustache"
        text = template.read_text()
        with Preview(newsletter) as page:
            measure("twelve items: pick, render, compose (one request)", lambda: page.get("frame", data="twelve items"))
            measure("twelve items: the same and check (the page's state)", lambda: page.state(data="twelve items"))
            stream = http.client.HTTPConnection(page.host)
            stream.request("GET", f"/{page.token}/events")
            events = stream.getresponse()

            def save(count=iter(range(1000))):
                template.write_text(text + f"<!-- {next(count)} -->")
                while events.readline() != b"event: change\n":
                    pass
                page.state()
                page.get("frame")

            measure("a saved template, until the page has all it shows", save)
            stream.close()
            on_screen(page, template, text)


if __name__ == "__main__":
    main()
