"""What only a browser notices while the pages are drawn: an error of the console, a violation of the policy,
a foreign request, an exception box of a part that runs by itself, a page that does not fit, what axe finds.

Every page of the invented city with its casework is opened at 1440 pixels in the light theme and at 1024 in
the dark one, with its tabs and views; of imported files at 1440, of an empty store at 1024. With
ACHILLES_TEST_LONG (`make test-long`) all three are seen in both, and whatever else a page of the city offers
is used.
`tests/ui/test_every_view.py` uses everything on every kind of store, without a browser."""

import re
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Server, settled, watch
from tests.browser.crawler import NARROW, WIDE, Crawler
from tests.examples import IS_LONG
from ui.shell.pages import find_page

pytestmark = pytest.mark.timeout(900)
_SHEET = Path(__file__).parents[2] / "ui/shell/shell.css"
_LONG = 60_000  # milliseconds
_FEW_PIXELS = 0.25  # a browser without a graphics card draws a map a pixel at a time
_TOP_OF_CONTENT = 96  # pixels
_QUESTIONS = {
    "overview": "What needs attention this morning?",
    "finance": "Where does the money go, and who plays which part?",
}


def find_misfits(page: Page, name: str) -> list[str]:
    """What of a page's frame is not where it belongs."""
    title, size, faults = page.locator("h1").first, page.viewport_size, []
    assert size is not None
    if not re.search(_QUESTIONS.get(name, "."), question := title.inner_text()):
        faults.append(f"asks {question!r}")
    box = title.bounding_box()
    if box is None or box["y"] + box["height"] > _TOP_OF_CONTENT:
        faults.append(f"its content begins low: {box}")
    width, height = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    if width > size["width"] or height > size["height"]:
        faults.append(f"the window scrolls: {width} x {height}")
    if (shown := page.locator(".st-key-page_name").inner_text()) != find_page(name).title:
        faults.append(f"is called {shown!r}")
    return faults


# What axe may find in one theme or width and not in the other; the rest is the same in both.
_OF_THE_LOOK = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")


def find_barriers(page: Page, name: str) -> list[str]:
    """What keeps somebody from using the page: by all rules in its first look, in the second by those that
    depend on it."""
    options: dict[str, object] = {"resultTypes": ["violations"], "iframes": False}
    assert page.viewport_size is not None
    if page.viewport_size["width"] != WIDE[0]["width"] and not IS_LONG:
        options["runOnly"] = {"type": "rule", "values": _OF_THE_LOOK}
    found = Axe().run(page, options=options)
    return [found.generate_report()] if found.violations_count else []


def list_selectors() -> list[str]:
    """Those of the sheet, each once, without what only a moment or the pointer makes."""
    text = re.sub(r"/\*.*?\*/", "", _SHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"@(?:media|container)[^{]*\{", "", text)
    text = re.sub(r":is\(:hover, :focus-visible\)|:not\(:focus-within\)", "", text)
    found = [chosen.strip() for chosen in re.findall(r"([^{}]+)\{[^{}]*\}", text)]
    # What only a running page has.
    passing = (
        "data-stale",
        *(f'[data-testid="st{name}"]' for name in ("StatusWidget", "Skeleton", "Progress")),
    )
    return [one for one in dict.fromkeys(found) if not any(mark in one for mark in passing)]


@pytest.fixture
def serve(tmp_path):
    """Starts the app on a copy of a store, or on an empty one."""
    started: list[Server] = []

    def start(store: Path | None = None) -> str:
        path = shutil.copy(store, tmp_path) if store else tmp_path / "empty.duckdb"
        started.append(Server(path, tmp_path / "server.log"))
        return started[0].url

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def crawler(serve, browser):  # closed before its server
    context = browser.new_context(device_scale_factor=_FEW_PIXELS)
    page = context.new_page()
    yield Crawler(page, watch(page), find_misfits)
    page.goto("about:blank")  # a page whose server goes away complains
    context.close()


def test_nothing_goes_wrong_while_all_is_drawn_and_the_sheet_fits_it(crawler, serve, casework):
    """A new Streamlit that names things otherwise is noticed: selectors of the sheet match nothing then."""
    left = list_selectors()

    def match(page: Page) -> None:
        left[:] = page.evaluate("all => all.filter(one => !document.querySelector(one))", left)

    crawler.look = lambda page, name: [*find_misfits(page, name), *find_barriers(page, name)]
    crawler.pass_by = match
    url = serve(casework / "store.duckdb")
    assert crawler.crawl(url, "everything" if IS_LONG else "views") == []

    page = crawler.page
    page.set_viewport_size(WIDE[0])
    page.goto(f"{url}/hotspots?size=1000+m&from_hour=20", timeout=_LONG)
    page.locator(".card").first.click(timeout=_LONG)
    page.wait_for_selector(".st-key-close_place", timeout=_LONG)
    match(page)
    page.keyboard.press("/")
    page.keyboard.type("road")
    page.wait_for_selector(".st-key-search_hits", timeout=_LONG)
    settled(page)
    match(page)
    page.locator(".st-key-rail_toggle button").click()
    page.wait_for_selector(".st-key-rail_wide", timeout=_LONG)
    match(page)
    assert left == []


def test_nothing_goes_wrong_while_imported_files_are_drawn(crawler, serve, imported):
    crawler.looks = (WIDE, NARROW) if IS_LONG else (WIDE,)
    assert crawler.crawl(serve(imported / "store.duckdb"), "nothing") == []


def test_nothing_goes_wrong_while_pages_without_data_are_drawn(crawler, serve):
    crawler.looks = (WIDE, NARROW) if IS_LONG else (NARROW,)
    assert crawler.crawl(serve(), "nothing") == []
