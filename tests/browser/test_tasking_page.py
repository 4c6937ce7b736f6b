"""The Tasking page in a real browser: what is typed survives, saved products are reopened and continued."""

from datetime import date

import pyarrow as pa
from playwright.sync_api import Page, expect

from analytics.intelligence.findings import Finding, save_finding
from analytics.oversight import Actor
from analytics.store import Store
from analytics.tasking.products import list_versions, load_product
from tests.browser.conftest import Server, settled, table_box

LONG = 60_000


def finding(store: Store, title: str) -> int:
    return save_finding(
        store, Actor("test"),
        Finding(
            title=title, statement=f"{title}: more than expected.", method="Count", parameters={}, data_version=1,
            area_id=None, period_from=date(2026, 1, 1), period_to=date(2026, 1, 31),
            result={"trend": [{"period": "2026-01-01", "count": 3}, {"period": "2026-01-08", "count": 9}]},
            confidence="low", confidence_basis="A count only.", assumptions="None.",
        ),
        pa.table({"table_name": ["incident"], "source_id": [1], "row_number": [2]}),
    )  # fmt: skip


def opened(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector("h1", timeout=LONG)
    settled(page)


def write(page: Page, label: str, text: str) -> None:
    box = page.get_by_label(label, exact=True)
    box.fill(text)
    box.blur()
    settled(page)


def away_and_back(page: Page) -> None:
    page.get_by_role("link", name="Data").first.click()
    expect(page.get_by_text("What should be tasked")).to_have_count(0, timeout=LONG)
    settled(page)
    page.get_by_role("link", name="Tasking").first.click()
    expect(page.get_by_text("What should be tasked")).to_be_visible(timeout=LONG)
    settled(page)


def test_typed_text_survives_and_products_are_continued(watched, tmp_path):
    path = tmp_path / "tasking.duckdb"
    store = Store(path)
    for title in ("First place", "Second place"):
        finding(store, title)
    store.close()
    server = Server(path, tmp_path / "server.log")
    try:
        opened(watched, f"{server.url}/tasking?brief=99")
        table = table_box(watched)
        for row in (0, 1):
            watched.mouse.click(table["x"] + 15, table["y"] + 55 + 35 * row)
            settled(watched)
        write(watched, "Who is harmed", "People waiting for the tram.")
        away_and_back(watched)
        expect(watched.get_by_label("Who is harmed", exact=True)).to_have_value(
            "People waiting for the tram."
        )
        watched.get_by_role("button", name="Save the profile and draft a brief").click()
        watched.get_by_alt_text("First page of brief").first.wait_for(timeout=LONG)
        settled(watched)
        watched.get_by_text("Edit the parts of the brief", exact=True).click()
        write(watched, "Owner", "Neighbourhood inspector")
        away_and_back(watched)
        expect(watched.get_by_text("Unsaved changes: Owner")).to_be_visible()
        watched.get_by_role("button", name="Save as version 2").last.click()
        expect(watched.get_by_text("Version 2, as saved")).to_be_visible(timeout=LONG)
        expect(watched.get_by_text("Unsaved changes")).to_have_count(0)
        opened(watched, f"{server.url}/tasking")  # a new session: what was saved can be reopened
        expect(watched.get_by_text("Version 2, as saved")).to_be_visible(timeout=LONG)
        watched.get_by_text("Edit the sections of the profile").click()
        write(watched, "Why here", "Two exits and no light.")
        watched.get_by_role("button", name="Save as version 2").first.click()
        expect(watched.get_by_text("Unsaved changes")).to_have_count(0, timeout=LONG)
        expect(watched.get_by_role("button", name="Save as version 3")).to_have_count(2, timeout=LONG)
        settled(watched)
        write(watched, "Why here", "Not this.")
        watched.get_by_role("button", name="Discard changes").first.click()
        expect(watched.get_by_label("Why here", exact=True)).to_have_value("Two exits and no light.")
        with watched.expect_download(timeout=LONG) as download:
            watched.get_by_role("button", name="Brief (DOCX)").click()
        assert download.value.suggested_filename == "brief-2-version-2.docx"
        assert download.value.path().read_bytes().startswith(b"PK")
        settled(watched)
        watched.goto("about:blank")  # a page whose server goes away complains
    finally:
        server.stop()
    store = Store(path)
    profile, brief = load_product(store, 1), load_product(store, 2)
    assert profile["version"] == brief["version"] == 2 == len(list_versions(store, 1))
    assert profile["content"]["harmed"] == "People waiting for the tram."
    assert profile["content"]["why_here"] == "Two exits and no light."
    assert brief["content"]["owner"] == "Neighbourhood inspector"
    assert sorted(brief["finding_ids"]) == [1, 2]
    store.close()
