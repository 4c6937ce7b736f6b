"""Take the pictures of the pages that README shows.

    python -m bench.screenshots STORE [--out docs/images] [--only data hotspots]

STORE is a copy of a store with the scenario and its casework:

    achilles scenario --load --casework --store STORE

A page without content is left out with a message, so that an empty page never replaces a picture.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import Server, open_browser, settled

_ADDRESSES = {
    "overview": "",
    "data": "data",
    "hotspots": "hotspots",
    "adverts": "adverts",
    "finance": "finance",
    "network": "network",
    "intelligence": "intelligence",
    "collection": "collection",
    "tasking": "tasking",
    "strategic": "tasking?tab=Strategic+picture",
    "results": "results",
    "training": "training",
    "trust": "trust",
}
_WITHOUT_CONTENT = ("Nothing has been tasked yet", "not analysed yet", "No finding")
_SIZE = {"width": 1440, "height": 900}
_TO_COMPUTE = 300_000  # milliseconds that a page's background work may take
_TO_DRAW = 3_000  # milliseconds that maps and charts take after the page's script is done


def take_picture(page: Page, address: str, path: Path) -> bool:
    """Save what the page shows; False where it has no content to show."""
    page.goto(address)
    page.wait_for_selector("h1", timeout=120_000)
    settled(page)
    page.get_by_role("button", name="Cancel").first.wait_for(state="hidden", timeout=_TO_COMPUTE)
    page.locator("[data-testid=stProgress]:visible").first.wait_for(state="hidden", timeout=_TO_COMPUTE)
    page.locator("[data-testid=stSkeleton]:visible").first.wait_for(state="hidden", timeout=60_000)
    page.wait_for_timeout(_TO_DRAW)
    settled(page)
    text = page.locator("[data-testid=stMain]").inner_text()
    if any(sign in text for sign in _WITHOUT_CONTENT):
        return False
    page.screenshot(path=path)
    return True


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--only", nargs="+", choices=list(_ADDRESSES), default=list(_ADDRESSES))
    arguments = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = open_browser(playwright)
        page = browser.new_context(viewport=_SIZE).new_page()
        server = Server(arguments.store, Path(folder) / "server.log")
        try:
            for name in arguments.only:
                taken = take_picture(page, f"{server.url}/{_ADDRESSES[name]}", arguments.out / f"{name}.png")
                print(f"{name}: {'taken' if taken else 'left as it was: the page has no content'}")
        finally:
            server.stop()
            browser.close()


if __name__ == "__main__":
    main()
