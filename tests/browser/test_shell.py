"""The shell in a real browser: its sheet fits what Streamlit draws, and pages keep the scope. That pages
begin high and axe finds nothing on them, `test_crawler.py` sees."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import settled

SHEET = Path(__file__).parents[2] / "ui/shell/shell.css"
LONG = 60_000


def selectors() -> list[str]:
    """Those of the sheet, each once, without what only a moment or the pointer makes."""
    text = re.sub(r"/\*.*?\*/", "", SHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"@(?:media|container)[^{]*\{", "", text)
    text = re.sub(r":is\(:hover, :focus-visible\)|:not\(:focus-within\)", "", text)
    found = [chosen.strip() for chosen in re.findall(r"([^{}]+)\{[^{}]*\}", text)]
    # What only a running page has.
    passing = ("data-stale", '[data-testid="stStatusWidget"]', '[data-testid="stSkeleton"]')
    return [one for one in dict.fromkeys(found) if not any(mark in one for mark in passing)]


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    page.wait_for_selector("h1", timeout=LONG)
    settled(page)
    return page


def unmatched(page: Page, wanted: list[str]) -> list[str]:
    return page.evaluate("all => all.filter(one => !document.querySelector(one))", wanted)


def test_every_selector_of_the_sheet_matches_something(server, watched):
    """A new Streamlit that names things otherwise is noticed here."""
    left = selectors()
    page = opened(watched, f"{server.url}/hotspots?size=1000+m&from_hour=20")
    page.locator(".card").first.wait_for(timeout=LONG)
    left = unmatched(page, left)
    page.locator(".card").first.click()
    page.wait_for_selector(".st-key-close_place", timeout=LONG)
    left = unmatched(page, left)
    page.keyboard.press("/")
    page.keyboard.type("road")
    page.wait_for_selector(".st-key-search_hits", timeout=LONG)
    settled(page)
    left = unmatched(page, left)
    page.locator(".st-key-rail_toggle button").click()
    page.wait_for_selector(".st-key-rail_wide", timeout=LONG)
    left = unmatched(page, left)
    left = unmatched(opened(page, f"{server.url}/hotspots?size=1000+m&method=omens"), left)
    left = unmatched(opened(page, f"{server.url}/intelligence"), left)
    left = unmatched(opened(page, f"{server.url}/collection"), left)
    opened(page, f"{server.url}/network").get_by_role("button", name="Update the network").first.click()
    page.wait_for_selector(".st-key-scroll_ties", timeout=LONG)
    left = unmatched(page, left)
    page = opened(page, f"{server.url}/tasking?tab=Strategic+picture")
    page.wait_for_selector(".st-key-pair_problems", timeout=LONG)
    left = unmatched(page, left)
    opened(page, f"{server.url}/finance").wait_for_selector(".st-key-fill_cards", timeout=LONG)
    assert unmatched(page, left) == []


def test_the_scope_goes_along_and_back_returns_to_it(server, watched):
    opened(watched, f"{server.url}/collection")
    watched.locator(".st-key-scope_period button").first.click()
    watched.get_by_role("button", name="12 weeks").click()
    expect(watched).to_have_url(re.compile("period=.*period="), timeout=LONG)
    settled(watched)
    watched.keyboard.press("Escape")
    watched.get_by_role("link", name="Meeting").click()
    name, period = watched.locator(".st-key-page_name"), watched.locator(".st-key-scope_period").first
    expect(name).to_have_text("Meeting", timeout=LONG)
    settled(watched)
    assert watched.evaluate("location.search").count("period=") == 2
    watched.go_back()
    expect(name).to_have_text("Collection", timeout=LONG)
    watched.go_back()
    expect(period).to_contain_text("Usual period", timeout=LONG)


def test_a_run_that_changes_the_page_is_one_step_of_the_history(empty_server, watched):
    """One Back returns to the page as it was, with its own link."""
    opened(watched, f"{empty_server.url}/?area=Nowhere")
    address, steps = watched.evaluate("[location.href, history.length]")
    watched.get_by_role("button", name="Import a crime file").click(timeout=LONG)
    name = watched.locator(".st-key-page_name")
    expect(name).to_have_text("Data", timeout=LONG)
    settled(watched)
    assert watched.evaluate("history.length") == steps + 1
    assert "tab=" in watched.evaluate("location.search")
    watched.go_back()
    expect(name).to_have_text("Today", timeout=LONG)
    settled(watched)
    assert watched.evaluate("location.href") == address
    watched.goto("about:blank")  # a page whose server goes away complains
