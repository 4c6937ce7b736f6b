"""Scrolling adverts that are aligned one under another, in a real browser: the time between frames.

    python -m bench.adverts.aligned [--adverts 1000]

A made-up campaign is opened and its table is scrolled to the end and back by the wheel. The same is done over
the page's head, where nothing but text moves: the browser's own pace on this machine."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from analytics.store import Store
from tests.adverts.factories import fill
from tests.browser.conftest import Server, open_browser, settled

_WATCH = """() => { window.frames_seen = []; let last = performance.now();
    const step = (now) => { window.frames_seen.push(now - last); last = now;
        window.watching && requestAnimationFrame(step); };
    window.watching = true; requestAnimationFrame(step); }"""
_TAKE = "() => { window.watching = false; return window.frames_seen.slice(2); }"


def scrolled(page: Page, x: float, y: float) -> np.ndarray:
    """Milliseconds between frames while the wheel turns at (x, y)."""
    page.mouse.move(x, y)
    page.evaluate(_WATCH)
    for way in (1, -1):
        for _ in range(60):
            page.mouse.wheel(0, way * 500)
            page.wait_for_timeout(16)
    return np.array(page.evaluate(_TAKE))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--adverts", type=int, default=1000)
    adverts = parser.parse_args().adverts
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "adverts.duckdb"
        store = Store(path)
        fill(store, many=adverts)
        store.close()
        server = Server(path, Path(folder) / "server.log")
        browser = open_browser(playwright, compiles=True)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{server.url}/adverts?operation=4")
            page.wait_for_selector("h1", timeout=120_000)
            settled(page)
            table = page.get_by_test_id("stDataFrame").last
            table.scroll_into_view_if_needed()
            page.wait_for_timeout(1000)
            box = table.bounding_box()
            for what, at in (("the table", (box["x"] + 300, box["y"] + 200)), ("nothing", (20.0, 20.0))):
                frames = scrolled(page, *at)
                median, late, worst = np.quantile(frames, [0.5, 0.95, 1.0])
                print(
                    f"{adverts:,} adverts, wheel over {what}: {len(frames)} frames, median {median:.0f} ms, "
                    f"95 % {late:.0f} ms, worst {worst:.0f} ms"
                )
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
