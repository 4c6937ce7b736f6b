"""The main job in a real browser: a chosen cell becomes a finding, a brief, a decision."""

from playwright.sync_api import expect

from analytics.store import Store
from tests.browser.conftest import Server, settled, tick_first_row

LONG = 60_000


def test_from_a_cell_to_a_decided_brief(scenario_store, watched, tmp_path):
    store_path = tmp_path / "journey.duckdb"
    store_path.write_bytes(scenario_store.read_bytes())
    server = Server(store_path, tmp_path / "server.log")
    try:
        watched.goto(f"{server.url}/hotspots")
        watched.wait_for_selector("h1", timeout=LONG)
        watched.wait_for_selector(".js-plotly-plot .maplibregl-canvas", timeout=LONG)
        settled(watched)
        cell = worst_cell(watched)
        watched.goto(f"{server.url}/hotspots?cell={cell}")
        watched.get_by_role("button", name="Save as finding").click(timeout=LONG)
        watched.get_by_text("Saved as finding 1").wait_for(timeout=LONG)
        watched.goto(f"{server.url}/tasking")
        watched.wait_for_selector("h1", timeout=LONG)
        settled(watched)
        draft = watched.get_by_role("button", name="Save the profile and draft a brief")
        tick_first_row(watched, draft)
        draft.click()
        watched.get_by_alt_text("First page of brief").first.wait_for(timeout=LONG)
        settled(watched)
        with watched.expect_download(timeout=LONG) as download:
            watched.get_by_role("button", name="Brief (PDF)").click()
        assert download.value.path().read_bytes().startswith(b"%PDF")
        settled(watched)
        watched.get_by_label("Decided by (name and role)").fill("Chair of the group")
        watched.get_by_label("Why", exact=True).fill("Harm and trend")
        watched.get_by_role("button", name="Record the decision").click()
        expect(watched.get_by_text("Decision 1 stands: adopted")).to_be_visible(timeout=LONG)
        watched.goto("about:blank")  # a page whose server goes away complains
    finally:
        server.stop()
    store = Store(store_path)
    acts = [row["act"] for row in store.rows("SELECT act FROM audit ORDER BY sequence")]
    store.close()
    for act in (
        "view rows",
        "save finding",
        "save problem profile",
        "save brief",
        "export brief",
        "record decision",
    ):
        assert act in acts


def worst_cell(page) -> str:
    """The id of the highest cell that the map was sent."""
    return page.evaluate(
        """() => {
            const trace = document.querySelector('.js-plotly-plot').data.find(t => t.type === 'choroplethmap');
            const z = Array.from(trace.z);
            return trace.locations[z.indexOf(Math.max(...z))];
        }"""
    )
