"""Choosing on the Hotspots page: until it is marked on the map, until its detail is there, and a lasso.

    python -m bench.hotspots_choices --store STORE [--choices 12]

"Marked" is from the press on a card of the list until the map is painted with the place's outline, by the
browser's own clock. "Detail" is until the rows of the place stand beside it; "lasso" from the release of the
pointer until the map of the drawn area is painted."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from analytics.store import default_path
from bench.hotspots_map import LONGEST, drawn
from tests.browser.conftest import Server, open_browser, settled

_WATCH = """map => {
  window.chosen_at = [];
  document.addEventListener('pointerdown', () => (window.pressed_at = performance.now()), true);
  new MutationObserver(() => window.chosen_at.push(performance.now()))
    .observe(map, { attributes: true, attributeFilter: ['data-chosen'] });
}"""
_MARKED = (
    "() => window.chosen_at.filter((at) => at > window.pressed_at).map((at) => at - window.pressed_at)[0]"
)


# Told by the page itself: asking again and again takes the processor from what is measured.
_DETAIL = """([name, longest]) => new Promise((resolve, reject) => {
  const look = () =>
    document.querySelector('.st-key-pad_detail_head')?.textContent.includes(name) && resolve();
  const changes = { subtree: true, childList: true, characterData: true };
  new MutationObserver(look).observe(document.body, changes);
  setTimeout(() => reject(new Error('the detail was not filled')), longest);
  look();
})"""


def choose(page: Page, row: int) -> tuple[float, float]:
    """Choose a card: milliseconds until it is marked on the map, seconds until its detail is there."""
    card = page.locator(".card").nth(row)
    name = card.locator(".name").inner_text()
    start = time.perf_counter()
    card.click()
    page.evaluate(_DETAIL, [name, LONGEST])
    detail = time.perf_counter() - start
    settled(page)
    page.wait_for_timeout(500)
    return page.evaluate(_MARKED), detail


_VEILED = """map => {
  document.addEventListener('pointerup', () => (window.released_at = performance.now()), true);
  const drawn = () => requestAnimationFrame(() => setTimeout(() => (window.veiled_at ??= performance.now())));
  new MutationObserver(drawn).observe(map.querySelector('.veil'), { attributeFilter: ['visibility'] });
}"""


def draw_lasso(page: Page) -> tuple[float, float]:
    """Milliseconds from the end of an area drawn by hand until what lies outside is veiled, seconds until the
    map of what lies in it is painted."""
    page.locator(".map").evaluate(_VEILED)
    before = drawn(page, None)
    page.get_by_role("button", name="Draw an area by hand").click()
    box = page.locator(".map").bounding_box()
    assert box is not None
    x, y, size = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["height"] / 5
    page.mouse.move(x - size, y - size)
    page.mouse.down()
    for right, down in ((1, -1), (1.3, 0), (1, 1), (-1, 1)):
        page.mouse.move(x + right * size, y + down * size, steps=6)
    start = time.perf_counter()
    page.mouse.up()
    drawn(page, before)
    painted = time.perf_counter() - start
    return page.evaluate("() => window.veiled_at - window.released_at"), painted


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", type=Path, default=default_path())
    parser.add_argument("--choices", type=int, default=12)
    arguments = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        server = Server(arguments.store, Path(folder) / "server.log")
        browser = open_browser(playwright, compiles=True)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{server.url}/hotspots")
            page.wait_for_selector(".map[data-painted]", timeout=120_000)
            settled(page)
            page.locator(".map").evaluate(_WATCH)
            found = [choose(page, row) for row in range(arguments.choices)]
            marked, details = zip(*found[1:], strict=True)  # the first compiles what all share
            page.keyboard.press("Escape")
            settled(page)
            veiled, painted = draw_lasso(page)
        finally:
            browser.close()
            server.stop()
    print(f"chosen to marked   median {statistics.median(marked):4.0f} ms  slowest {max(marked):4.0f} ms")
    print(f"chosen to detail   median {statistics.median(details):4.2f} s  slowest {max(details):4.2f} s")
    print(f"lasso to veiled    {veiled:4.0f} ms")
    print(f"lasso to painted   {painted:4.2f} s")


if __name__ == "__main__":
    main()
