"""The shell in a real browser: pages keep the scope. That its sheet fits what Streamlit draws, that pages
begin high and that axe finds nothing on them, `test_crawler.py` sees."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import settled

LONG = 60_000


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    page.wait_for_selector("h1", timeout=LONG)
    settled(page)
    return page


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
