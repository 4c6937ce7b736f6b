"""Opening the app, page by page: cold (a fresh server and browser) and warm; the server's memory after, and
with many visitors on Hotspots at once.

    python -m bench.pages [--store STORE] [--rounds 3] [--pages hotspots tasking] [--visitors 20]

Cold is after the server has loaded the pages and computed what they show first (`--at-once`: before).
"Open" is from the navigation to the page's script done and nothing stale, its maps and charts drawn.
On a busy machine the processor seconds say more than the clock."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from analytics.store import default_path
from bench.hotspots_map import processor_seconds
from tests.browser.conftest import Server, open_browser, settled
from ui.shell.pages import PAGES

_IDLE = 0.05  # processor seconds in a second


@dataclass(frozen=True)
class Opening:
    """Seconds by the clock, and processor seconds of server and browser."""

    seconds: float
    server: float
    browser: float


def open_page(browser: Browser, url: str, server: int) -> tuple[Opening, Opening]:
    """Open `url` in a new context, and again in the same one."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    found = []
    for _ in range(2):
        before, start = processor_seconds(server), time.perf_counter()
        page.goto(url)
        page.wait_for_selector("h1", timeout=120_000)
        settled(page)
        page.wait_for_selector(".map:not([data-painted])", state="detached", timeout=120_000)
        seconds, after = time.perf_counter() - start, processor_seconds(server)
        found.append(Opening(seconds, after[0] - before[0], after[1] - before[1]))
    context.close()
    return found[0], found[1]


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
    contexts = [browser.new_context(viewport={"width": 1024, "height": 768}) for _ in range(visitors)]
    for context in contexts:
        page = context.new_page()
        page.goto(f"{server.url}/hotspots")
        page.wait_for_selector(".card", state="attached", timeout=120_000)  # a narrow window folds the list
    memory = resident_mib(server.pid)
    for context in contexts:
        context.close()
    return memory


def describe(openings: Sequence[Opening]) -> str:
    """The medians in words."""
    seconds, server, browser = (
        statistics.median(getattr(one, of) for one in openings) for of in ("seconds", "server", "browser")
    )
    return f"{seconds:5.2f} s (processor: server {server:.2f}, browser {browser:.2f})"


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
        browser = open_browser(playwright, compiles=True)
        for path in arguments.pages:
            openings = []
            for _ in range(arguments.rounds):
                server = Server(arguments.store, Path(folder) / "server.log")
                if not arguments.at_once:
                    wait_until_idle(server.pid)
                address = f"{server.url}/{'' if path == PAGES[0].name else path}"
                openings.append(open_page(browser, address, server.pid))
                memory = resident_mib(server.pid)
                server.stop()
            cold, warm = zip(*openings, strict=True)
            print(f"/{path:<12} cold {describe(cold)}  warm {describe(warm)}  {memory:5.0f} MiB", flush=True)
        if arguments.visitors:
            server = Server(arguments.store, Path(folder) / "server.log")
            memory = open_to_many(browser, server, arguments.visitors)
            print(f"{arguments.visitors} visitors  server {memory:6.0f} MiB")
            server.stop()
        browser.close()


if __name__ == "__main__":
    main()
