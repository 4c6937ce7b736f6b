"""The import wizard in a real browser: a file from upload to the sources table, and one stopped half-way."""

from playwright.sync_api import Page, expect

from analytics.store import Store
from tests.browser.conftest import Server, settled, table_box

LONG = 60_000


def open_wizard(page: Page, url: str) -> None:
    page.goto(f"{url}/data?tab=Import")
    page.wait_for_selector("h1", timeout=LONG)
    settled(page)


def press_import(page: Page) -> None:
    page.get_by_role("button", name="Import", exact=True).click(timeout=LONG)


def test_from_upload_to_the_sources_table(empty_server, watched, tmp_path):
    lines = "".join(
        f"0{1 + k % 9}/02/2024 1{k % 10}:15,Theft,{-0.1 - k / 1000:.4f},51.5{k % 10}\n" for k in range(60)
    )
    path = tmp_path / "north_division.csv"
    path.write_text("date,type,lon,lat\n" + lines + "31/31/2024 10:00,Theft,-0.1,51.5\n", encoding="utf-8")
    open_wizard(watched, empty_server.url)
    watched.locator("input[type=file]").first.set_input_files(path)
    expect(watched.get_by_text("61 rows, 4 columns")).to_be_visible(timeout=LONG)
    expect(watched.get_by_role("combobox", name="Dates look like")).to_have_value(
        "31/12/2024 22:15", timeout=LONG
    )
    expect(watched.get_by_text("day or the month comes first")).to_be_visible(timeout=LONG)
    for view in ("Sources", "Import"):  # the file stays chosen
        watched.get_by_role("radio", name=view, exact=True).click()
        settled(watched)
    expect(watched.get_by_text("north_division.csv")).to_be_visible(timeout=LONG)
    press_import(watched)
    expect(watched.get_by_text("60 of 61 rows accepted, 1 refused")).to_be_visible(timeout=LONG)
    expect(watched.get_by_role("button", name="Open Hotspots")).to_be_visible()
    watched.get_by_role("radio", name="Sources", exact=True).click()
    settled(watched)
    table = table_box(watched)
    watched.mouse.click(table["x"] + 15, table["y"] + 55)
    expect(watched.get_by_role("heading", name="Source 1: north division")).to_be_visible(timeout=LONG)
    watched.get_by_role("button", name="Remove this source").click()
    dialog = watched.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Remove it")).to_be_disabled(timeout=LONG)
    dialog.get_by_label("Why is it removed?").fill("Wrong file")
    dialog.get_by_label("Why is it removed?").press("Enter")
    dialog.get_by_role("button", name="Remove it").click(timeout=LONG)
    expect(watched.get_by_text("No source yet")).to_be_visible(timeout=LONG)


# In the server's own process: a step of the import that would not end by itself within hours.
_ENDLESS = """
import analytics.ingest.job as job
write = job.write_rows
def endless(cursor, *rest):
    cursor.execute("SELECT sum(a.range * b.range) FROM range(10000000) AS a, range(10000000) AS b").fetchall()
    return write(cursor, *rest)
job.write_rows = endless
"""


def test_cancel_breaks_off_a_step_that_would_not_end(watched, tmp_path):
    path = tmp_path / "crimes.csv"
    path.write_text("date,type,lon,lat\n" + "2024-07-01 22:15,Theft,-0.1,51.5\n" * 30, encoding="utf-8")
    server = Server(tmp_path / "endless.duckdb", tmp_path / "server.log", before=_ENDLESS)
    try:
        open_wizard(watched, server.url)
        typed = watched.get_by_role("textbox", name="or the path of a large file").first
        typed.fill(str(path))
        typed.press("Enter")
        press_import(watched)
        watched.get_by_role("button", name="Cancel").click(timeout=LONG)
        stopped = watched.get_by_text("The import was stopped; nothing of it was kept.")
        expect(stopped).to_be_visible(timeout=LONG)
        settled(watched)
        watched.goto("about:blank")  # a page whose server goes away complains
    finally:
        server.stop()
    store = Store(tmp_path / "endless.duckdb")
    assert store.rows("SELECT count(*) AS n FROM incident") == [{"n": 0}]
    store.close()
