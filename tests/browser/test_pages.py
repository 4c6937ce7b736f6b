"""Pages in a real browser: that they keep to their own server, what leaves them.

That every page runs, with data and without, the crawler sees."""

import urllib.request

from playwright.sync_api import expect

from tests.browser.conftest import Server, settled

# In the server's own process: a third of the city, which is there in a third of the time.
_SMALL_CITY = """
import analytics.training.first_store
analytics.training.first_store.SCALE = 0.33
"""


def test_the_invented_city_is_one_click_away(watched, tmp_path):
    server = Server(tmp_path / "empty.duckdb", tmp_path / "server.log", before=_SMALL_CITY)
    try:
        watched.goto(server.url)
        watched.get_by_role("button", name="Load the invented city").click(timeout=60_000)
        expect(watched.get_by_text("Five things to look at", exact=True)).to_be_visible(timeout=120_000)
        settled(watched)
        watched.goto("about:blank")  # a page whose server goes away complains
    finally:
        server.stop()


def test_a_strict_policy_is_sent(server):
    headers = urllib.request.urlopen(f"{server.url}/health").headers
    policy = headers["content-security-policy"]
    assert "connect-src 'self'" in policy and "unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")
    assert headers["x-content-type-options"] == "nosniff"


def test_the_policy_stops_a_request_to_elsewhere(server, browser):
    page = browser.new_page()
    page.goto(server.url)
    violation = page.evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener('securitypolicyviolation', (e) => resolve(e.violatedDirective));
            fetch('http://example.invalid/x').catch(() => {});
        })"""
    )
    page.close()
    assert violation == "connect-src"


def test_no_table_leaves_by_a_button_that_is_not_ours(server, watched):
    """The grid's own CSV button would write formulas as they are and leave no audit record."""
    watched.goto(f"{server.url}/data")
    watched.wait_for_selector("[data-testid=stDataFrame]", timeout=60_000)
    settled(watched)
    watched.locator("[data-testid=stDataFrame]").first.hover()
    assert watched.get_by_role("button", name="Search").count()
    assert watched.get_by_role("button", name="Download as CSV").count() == 0
