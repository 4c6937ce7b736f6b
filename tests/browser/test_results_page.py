"""The Results page in a real browser: the verdict is read, the result kept, the lead judged, the unit's record follows."""

from playwright.sync_api import expect

from analytics.store import Store
from analytics.tasking.results import list_results
from analytics.tasking.scorecard import lead_outcomes
from tests.browser.conftest import Server, settled
from tests.test_results import fill

LONG = 60_000


def test_a_result_is_read_kept_and_feeds_the_record(watched, tmp_path):
    path = tmp_path / "results.duckdb"
    store = Store(path)
    fill(store)
    store.close()
    server = Server(path, tmp_path / "server.log")
    try:
        watched.goto(f"{server.url}/results")
        expect(watched.get_by_text("Fewer than expected at Kiln Row")).to_be_visible(timeout=LONG)
        settled(watched)
        expect(watched.get_by_text("Weighted displacement quotient")).to_be_visible()
        watched.get_by_label("Arrests").fill("2")
        watched.get_by_label("Arrests").press("Tab")
        watched.get_by_role("button", name="Keep it").click()
        expect(watched.get_by_test_id("stMetric").filter(has_text="Fewer than expected1 of 1")).to_be_visible(
            timeout=LONG
        )
        settled(watched)
        watched.get_by_text("Did the leads prove right?").click()
        watched.get_by_text("partly right", exact=True).click()
        watched.get_by_label("How it is known").fill("caught in the act")
        watched.get_by_role("button", name="Record", exact=True).click()
        expect(watched.get_by_test_id("stMetric").filter(has_text="0.5 of 1")).to_be_visible(timeout=LONG)
        watched.get_by_text("What five models of policing call a success").click()
        settled(watched)
    finally:
        server.stop()
    store = Store(path)
    assert list_results(store).arrests.tolist() == [2]
    assert lead_outcomes(store).outcome.tolist() == ["partly right"]
    store.close()
