"""Opening the app, page by page: cold (a fresh server and browser) and warm; the server's memory after.

    python -m bench.pages [--store STORE] [--rounds 3]

"Open" is from the navigation to the page's script done and nothing stale, its maps and charts drawn.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from analytics.store import default_path
from tests.browser.conftest import FLAGS, Server, settled
from tests.browser.find_browser import find_browser

PAGES = ("", "data", "hotspots", "tasking")


def open_page(browser: Browser, url: str) -> tuple[float, float]:
    """Seconds to open `url` in a new context, and again in the same one."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        page.goto(url)
        page.wait_for_selector("h1", timeout=120_000)
        settled(page)
        page.wait_for_selector(".map:not([data-painted])", state="detached", timeout=120_000)
        seconds.append(time.perf_counter() - start)
    context.close()
    return seconds[0], seconds[1]


def resident_mib(pid: int) -> float:
    """Resident memory of a Linux process, MiB."""
    line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", type=Path, default=default_path())
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        for path in PAGES:
            cold, warm = [], []
            for _ in range(arguments.rounds):
                server = Server(arguments.store, Path(folder) / "server.log")
                first, again = open_page(browser, f"{server.url}/{path}")
                cold.append(first)
                warm.append(again)
                memory = resident_mib(server.pid)
                server.stop()
            print(
                f"/{path:<9} cold {statistics.median(cold):5.2f} s  warm {statistics.median(warm):5.2f} s  "
                f"server {memory:6.0f} MiB"
            )
        browser.close()


if __name__ == "__main__":
    main()
