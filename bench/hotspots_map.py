"""From a filter change on the Hotspots page to its map drawn, and the bytes each change costs.

    python -m bench.hotspots_map --store STORE [--area 2] [--changes 30]

Categories are added one by one and cleared after every fifth. "Drawn" is: MapLibre reports that it has
loaded and rendered another picture than before. Bytes are what the web socket received,
uncompressed."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from analytics.store import default_path
from tests.browser.conftest import FLAGS, Server
from tests.browser.find_browser import find_browser


def drawn(page: Page, before: str | None) -> str:
    """Wait until the map is painted with another picture than `before`; the key of that picture."""
    deadline = time.perf_counter() + 20
    painted = page.locator(".map[data-painted]").first
    while time.perf_counter() < deadline:
        # Not wait_for_function: it evaluates in the page, which the app's policy forbids.
        now = painted.get_attribute("data-painted")
        if now and now != before:
            return now
        time.sleep(0.01)
    raise TimeoutError("the map was not redrawn within 20 s")


def measure(page: Page, changes: int, received: list[int]) -> tuple[list[float], list[int]]:
    """Seconds and web-socket bytes of each change: categories added one by one, cleared after every fifth."""
    filters = page.locator(".st-key-filters button").first
    box = page.get_by_test_id("stMultiSelect").filter(has_text="Category").locator("input")
    seconds, sizes = [], []
    signature = drawn(page, None)
    for change in range(changes):
        if change % 6 == 5:
            target = page.get_by_role("button", name="Clear filters")
        else:
            filters.click()
            box.click()
            target = page.get_by_role("option").nth(1 + change // 6)  # past "Select all"
            target.wait_for()
        received.clear()
        start = time.perf_counter()
        target.click()
        signature = drawn(page, signature)
        seconds.append(time.perf_counter() - start)
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")  # the options, then the filters
        page.wait_for_timeout(700)
        sizes.append(sum(received))
    return seconds, sizes


def report(name: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    late = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(
        f"{name:<22} {len(seconds):3} changes  median {statistics.median(seconds):5.2f} s  p95 {late:5.2f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", type=Path, default=default_path())
    parser.add_argument("--area", type=str, help="the working area's number; the largest where not given")
    parser.add_argument("--changes", type=int, default=30)
    parser.add_argument("--screenshot", type=Path)
    arguments = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        server = Server(arguments.store, Path(folder) / "server.log")
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            received: list[int] = []
            page.on(
                "websocket",
                lambda socket: socket.on("framereceived", lambda data: received.append(len(data))),
            )
            query = f"?area={arguments.area.replace(' ', '+')}" if arguments.area else ""
            page.goto(server.url)  # the first page of a fresh server compiles and loads what all share
            page.wait_for_selector("h1", timeout=120_000)
            page.goto(f"{server.url}/hotspots{query}")
            page.wait_for_selector(".map[data-painted]", timeout=120_000)
            drawn(page, None)
            if arguments.screenshot:
                page.screenshot(path=arguments.screenshot, full_page=True)
            seconds, sizes = measure(page, arguments.changes, received)
        finally:
            browser.close()
            server.stop()
    report("all", seconds)
    print(f"web socket bytes a change: median {statistics.median(sizes):,.0f}, most {max(sizes):,}")


if __name__ == "__main__":
    main()
