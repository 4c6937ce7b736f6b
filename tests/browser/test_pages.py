"""Every page in a real browser: it runs, keeps to its own server, and meets the guard on a fresh server."""

import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, settled
from ui.shell.pages import PAGES as LISTED

PAGES = [page.name for page in LISTED]
QUESTIONS = {
    "overview": "What needs attention this morning?",
    "finance": "Where does the money go, and who plays which part?",
}


@pytest.mark.parametrize("path", PAGES)
def test_each_page_runs_without_faults(server, watched, path):
    watched.goto(f"{server.url}/{'' if path == 'overview' else path}")
    watched.wait_for_selector("h1", timeout=60_000)
    settled(watched)
    assert watched.locator("[data-testid=stException]").count() == 0
    assert QUESTIONS.get(path) in (None, watched.locator("h1").first.inner_text())


@pytest.fixture(scope="module")
def without_data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("without")
    running = Server(folder / "empty.duckdb", folder / "server.log")
    yield running
    running.stop()


@pytest.mark.parametrize("path", PAGES)
def test_each_page_without_data_says_what_to_do(without_data, watched, path):
    watched.goto(f"{without_data.url}/{'' if path == 'overview' else path}")
    watched.wait_for_selector("h1", timeout=60_000)
    settled(watched)
    assert watched.locator("[data-testid=stException]").count() == 0


def test_the_invented_city_is_one_click_away(empty_server, watched):
    watched.goto(empty_server.url)
    watched.get_by_role("button", name="Load the invented city").click(timeout=60_000)
    expect(watched.get_by_role("heading", name="What changed")).to_be_visible(timeout=120_000)
    settled(watched)
    watched.goto("about:blank")  # a page whose server goes away complains


def test_a_strict_policy_is_sent(server):
    headers = urllib.request.urlopen(server.url).headers
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
