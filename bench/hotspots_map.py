"""From a filter change on the Hotspots page to its map drawn, and the bytes each change costs.

    python -m bench.hotspots_map --store STORE [--area 2] [--changes 30]

Categories are added one by one and cleared after every fifth. "Drawn" is: MapLibre reports that it has
loaded and rendered another picture than before. Bytes are what the web socket received,
uncompressed. Processor seconds are of all that a change sets off, whether before or after the map is drawn:
on a busy machine they say more than the clock."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from analytics.store import default_path
from tests.browser.conftest import Server, open_browser

# Told by the page itself: asking again and again takes the processor from what is measured.
_PAINTED = """(map, [before, longest]) => new Promise((resolve, reject) => {
  const look = () => map.dataset.painted && map.dataset.painted !== before && resolve(map.dataset.painted);
  new MutationObserver(look).observe(map, { attributes: true, attributeFilter: ['data-painted'] });
  setTimeout(() => reject(new Error('the map was not painted anew')), longest);
  look();
})"""
LONGEST = 20_000  # milliseconds


def drawn(page: Page, before: str | None) -> str:
    """Wait until the map is painted with another picture than `before`; the key of that picture."""
    key: str = page.locator(".map").first.evaluate(_PAINTED, [before, LONGEST])
    return key


@dataclass(frozen=True)
class Cost:
    """What one change cost: seconds by the clock until the map was drawn, bytes of the web socket, and
    processor seconds of the server and of the browser."""

    seconds: float
    size: int
    server: float
    browser: float


def processor_seconds(server: int) -> tuple[float, float]:
    """Of the server, and of what else this process started: the browser."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:  # a process that has just ended
            continue
        pid = int(entry.parent.name)
        children.setdefault(int(fields[1]), []).append(pid)
        used[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    waiting, others = list(children.get(os.getpid(), [])), 0.0
    while waiting:
        pid = waiting.pop()
        waiting += children.get(pid, [])
        others += used[pid]
    return used[server], others - used[server]


def measure(page: Page, changes: int, received: list[int], server: int) -> list[Cost]:
    """Each change: categories added one by one, cleared after every fifth."""
    filters = page.locator(".st-key-filters button").first
    box = page.get_by_test_id("stMultiSelect").filter(has_text="Category").locator("input")
    costs = []
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
        before = processor_seconds(server)
        start = time.perf_counter()
        target.click()
        signature = drawn(page, signature)
        seconds = time.perf_counter() - start
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")  # the options, then the filters
        page.wait_for_timeout(1500)
        after = processor_seconds(server)
        costs.append(Cost(seconds, sum(received), after[0] - before[0], after[1] - before[1]))
    return costs


def report(costs: list[Cost]) -> None:
    ordered = sorted(cost.seconds for cost in costs)
    late = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(f"{len(costs)} changes: median {statistics.median(ordered):.2f} s, 95th percentile {late:.2f} s")
    sizes = [cost.size for cost in costs]
    print(f"web socket bytes a change: median {statistics.median(sizes):,.0f}, most {max(sizes):,}")
    server, browser = (
        statistics.median(getattr(cost, who) for cost in costs) for who in ("server", "browser")
    )
    print(f"processor seconds a change: server {server:.2f}, browser {browser:.2f}")


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
        browser = open_browser(playwright, compiles=True)
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
            costs = measure(page, arguments.changes, received, server.pid)
        finally:
            browser.close()
            server.stop()
    report(costs)


if __name__ == "__main__":
    main()
