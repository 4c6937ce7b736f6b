"""Opening the app, page by page: cold (a fresh server and browser) and warm; the server's memory after, and
with many visitors on Hotspots at once.

    python -m bench.pages [--store STORE] [--rounds 3] [--pages hotspots tasking] [--visitors 20]

Cold is after the server has loaded the pages and computed what they show first (`--at-once`: before).
"Open" is from the navigation to the page's script done and nothing stale, its maps and charts drawn.
Processor seconds are the server's for both openings."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from analytics.store import default_path
from bench.hotspots_map import processor_seconds
from tests.browser.conftest import Server, open_browser, settled
from ui.shell.pages import PAGES

_IDLE = 0.05  # processor seconds in a second


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


def wait_until_idle(pid: int) -> None:
    """Wait until a server does next to nothing for a second."""
    before = processor_seconds(pid)[0]
    while True:
        time.sleep(1)
        now = processor_seconds(pid)[0]
        if now - before < _IDLE:
            return
        before = now


def open_to_many(browser: Browser, server: Server, visitors: int) -> float:
    """The server's memory (MiB) while so many visitors look at Hotspots, each in a session of their own."""
    contexts = [browser.new_context(viewport={"width": 800, "height": 600}) for _ in range(visitors)]
    for context in contexts:
        page = context.new_page()
        page.goto(f"{server.url}/hotspots")
        page.wait_for_selector(".card", timeout=120_000)
    memory = resident_mib(server.pid)
    for context in contexts:
        context.close()
    return memory


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
    names = [page.name for page in PAGES]
    parser.add_argument("--pages", nargs="*", choices=names, default=names)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--at-once", action="store_true")
    arguments = parser.parse_args()
    os.environ["ACHILLES_WARM_UP"] = "no" if arguments.at_once else "yes"
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = open_browser(playwright)
        for path in arguments.pages:
            cold, warm, worked = [], [], []
            for _ in range(arguments.rounds):
                server = Server(arguments.store, Path(folder) / "server.log")
                if not arguments.at_once:
                    wait_until_idle(server.pid)
                begun = processor_seconds(server.pid)[0]
                first, again = open_page(browser, f"{server.url}/{'' if path == PAGES[0].name else path}")
                cold.append(first)
                warm.append(again)
                worked.append(processor_seconds(server.pid)[0] - begun)
                memory = resident_mib(server.pid)
                server.stop()
            print(
                f"/{path:<12} cold {statistics.median(cold):5.2f} s  warm {statistics.median(warm):5.2f} s  "
                f"server {memory:6.0f} MiB, processor {statistics.median(worked):5.2f} s",
                flush=True,
            )
        if arguments.visitors:
            server = Server(arguments.store, Path(folder) / "server.log")
            memory = open_to_many(browser, server, arguments.visitors)
            print(f"{arguments.visitors} visitors  server {memory:6.0f} MiB")
            server.stop()
        browser.close()


if __name__ == "__main__":
    main()
