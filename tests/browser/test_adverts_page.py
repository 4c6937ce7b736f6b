"""The Adverts page in a real browser: hostile text stays text, personal data stays masked, the work gets done."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from analytics.store import Store
from tests.adverts.made_up import HOSTILE, NAMES, fill
from tests.browser.conftest import Server, settled, table_box

LONG = 60_000
PARTS = ("Adverts aligned", "Movement", "Identifiers and links", "Signs", "Judge and refer")
_INJECTED = (
    "[data-testid=stMain] :is(iframe, script, object, embed, base, meta, link, style, animate), [data-testid=stMain] img[src='x'],"
    " [data-testid=stMain] a[href^='javascript'], [data-testid=stMain] a[href^='data'], [href*='evil.example'], [src*='evil.example']"
)


@pytest.fixture(scope="module")
def adverts_store(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("adverts") / "adverts.duckdb"
    store = Store(path)
    fill(store, many=1000, hostile=True)
    store.close()
    return path


@pytest.fixture(scope="module")
def adverts(adverts_store, tmp_path_factory):
    running = Server(adverts_store, tmp_path_factory.mktemp("log") / "server.log")
    yield running
    running.stop()


def opened(page: Page, server: Server, **link: str) -> None:
    page.goto(
        f"{server.url}/adverts?"
        + "&".join(f"{name}={value.replace(' ', '+')}" for name, value in link.items())
    )
    page.wait_for_selector("h1", timeout=LONG)
    settled(page)
    assert page.locator("[data-testid=stException]").count() == 0


def unharmed(page: Page) -> None:
    """Nothing ran, nothing was made of the text, the page looks as it did."""
    assert page.evaluate("() => window.hacked === undefined")
    own = page.evaluate(f"() => document.querySelectorAll({_INJECTED!r}).length")
    assert own == 0
    assert page.locator("h1").first.is_visible()


def reveal(page: Page, reason: str = "Checking the masked number") -> None:
    page.get_by_role("button", name="Reveal personal data").first.click()
    page.get_by_label("Reason").first.fill(reason)
    page.get_by_label("Reason").first.press("Enter")
    page.get_by_role("button", name="Hide personal data").first.wait_for(timeout=LONG)
    settled(page)


@pytest.mark.timeout(900)
def test_hostile_text_is_shown_as_it_is_and_does_nothing(adverts, watched):
    opened(watched, adverts, operation="3", part="Adverts aligned")
    unharmed(watched)
    reveal(watched)
    unharmed(watched)
    for at, text in enumerate(HOSTILE):  # each row in turn, in the same session
        table = watched.get_by_test_id("stDataFrame").nth(1)
        table.scroll_into_view_if_needed()
        box = table.bounding_box()
        watched.mouse.click(box["x"] + 15, box["y"] + 50 + 30 * at)
        body = watched.get_by_test_id("stText").filter(has_text=f"Call 07700 900789 {at}")
        body.last.wait_for(timeout=LONG)
        settled(watched)
        unharmed(watched)
        shown = body.last.inner_text()
        if "\u202e" in text:
            assert "‹RLO›" in shown and "‹ZWSP›" in shown and "\u202e" not in shown
        else:
            assert " ".join(text.split()) in " ".join(shown.split())
    for part in PARTS[1:]:
        watched.get_by_role("radiogroup", name="Part").get_by_role("radio", name=part, exact=True).click()
        settled(watched)
        watched.wait_for_timeout(300)
        unharmed(watched)


@pytest.mark.timeout(900)
def test_hostile_kinds_and_places_do_nothing_in_lists_and_filters(adverts, watched):
    for view in ("Adverts on their own", "Signs", "Judgements"):
        opened(watched, adverts, view=view)
        unharmed(watched)
    opened(watched, adverts)
    for label in ("Kind", "Place"):
        watched.get_by_test_id("stMultiSelect").filter(has_text=label).locator("input").click()
        watched.get_by_role("option").first.wait_for(timeout=LONG)
        unharmed(watched)
        watched.keyboard.press("Escape")


@pytest.mark.timeout(900)
def test_hostile_links_and_searches_do_nothing(adverts, watched):
    for link in ({"operation": "1e9"}, {"operation": "999"}, {"advert": "x-y"}, {"advert": "1-99999"}, {"q": "<img src=x>"},
                 {"q": "%27;DROP TABLE advert;--"}, {"view": "nowhere"}, {"order": "<b>"}):  # fmt: skip
        opened(watched, adverts, **link)
        unharmed(watched)


@pytest.mark.timeout(900)
def test_contacts_and_names_are_masked_until_a_reason_is_given(adverts, watched):
    for part in PARTS:
        opened(watched, adverts, operation="1", part=part, advert="1-2")
        page = watched.content()
        assert "0 7 7 0 0 9" not in page and "447700900123" not in page
        assert not any(name in page for name in NAMES), part
    reveal(watched)
    assert any("0 7 7 0 0 9" in text for text in watched.get_by_test_id("stText").all_inner_texts())


def test_a_thousand_adverts_aligned_are_drawn_as_they_are_scrolled_to(adverts, watched):
    opened(watched, adverts, operation="4")
    table = watched.get_by_test_id("stDataFrame").last
    table.scroll_into_view_if_needed()
    watched.wait_for_timeout(500)
    box = table.bounding_box()
    before = watched.evaluate("() => document.querySelectorAll('*').length")
    first = table.locator("td").all_inner_texts()
    watched.mouse.move(box["x"] + 200, box["y"] + 200)
    for _ in range(20):
        watched.mouse.wheel(0, 2000)
        watched.wait_for_timeout(30)
    watched.wait_for_timeout(500)
    assert watched.evaluate("() => document.querySelectorAll('*').length") < before + 500
    assert table.locator("td").all_inner_texts() != first


@pytest.mark.timeout(900)
def test_from_imported_adverts_to_a_judged_operation_a_referral_and_a_finding(watched, tmp_path):
    path = tmp_path / "work.duckdb"
    store = Store(path)
    fill(store)
    with store.write() as cursor:
        for table in ("advert_scan", "advert_identifier", "campaign", "campaign_advert", "operation", "operation_advert",
                      "operation_campaign", "operation_link", "advert_run"):  # fmt: skip
            cursor.execute(f"DELETE FROM {table}").fetchall()
    store.close()
    server = Server(path, tmp_path / "server.log")
    try:
        opened(watched, server)
        expect(watched.get_by_text("No operation has been found yet")).to_be_visible(timeout=LONG)
        watched.get_by_role("button", name="Find operations").click()
        expect(watched.get_by_text("no advert is new since then")).to_be_visible(timeout=5 * LONG)
        settled(watched)
        opened(watched, server, q="0 7 7 0 0 9 0 0 1 2 3")
        expect(watched.get_by_text("Read as phone")).to_be_visible(timeout=LONG)
        table = table_box(watched)
        watched.mouse.click(table["x"] + 15, table["y"] + 55)
        watched.get_by_role("heading", name="Operation").wait_for(timeout=LONG)
        settled(watched)
        watched.get_by_role("radiogroup", name="Part").get_by_role(
            "radio", name="Judge and refer", exact=True
        ).click()
        watched.get_by_text("Welfare lead", exact=True).click(timeout=LONG)
        watched.get_by_label("Why", exact=True).fill("A circuit of towns, one number, always disguised")
        watched.get_by_role("button", name="Record the judgement").click()
        expect(watched.get_by_text("It stands judged: Welfare lead")).to_be_visible(timeout=LONG)
        settled(watched)
        watched.get_by_role("button", name="Save as finding").click()
        expect(watched.get_by_text("Saved as finding 1")).to_be_visible(timeout=LONG)
        watched.get_by_text("Draft or read referrals").click()
        expect(watched.get_by_text("4 parts are still to be written")).to_be_visible(timeout=LONG)
        watched.get_by_label("To which partner").fill("Northgate support")
        watched.get_by_label("To which partner").press("Enter")
        settled(watched)
        watched.get_by_role("button", name="Save the referral").click()
        expect(watched.get_by_text("Saved as referral 1, version 1")).to_be_visible(timeout=LONG)
        settled(watched)
        watched.get_by_role("button", name="Prepare the file").click()
        with watched.expect_download(timeout=LONG) as download:
            watched.get_by_role("button", name="Download 24 adverts").click()
        exported = download.value.path().read_text(encoding="utf-8")
        assert len(exported.splitlines()) == 25 and "0 7 7" not in exported and "body" not in exported
        settled(watched)
        watched.goto("about:blank")  # a page whose server goes away complains
    finally:
        server.stop()
    store = Store(path)
    acts = [row["act"] for row in store.rows("SELECT act FROM audit ORDER BY sequence")]
    assert store.rows("SELECT label FROM advert_label") == [{"label": "welfare"}]
    assert store.rows("SELECT count(*) AS n FROM finding_evidence WHERE table_name = 'advert'")[0]["n"] == 24
    store.close()
    for act in (
        "make operations",
        "view rows",
        "judge adverts",
        "save finding",
        "save safeguarding referral",
        "export rows",
    ):
        assert act in acts
