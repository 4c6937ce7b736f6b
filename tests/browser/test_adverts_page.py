"""The Adverts page in a real browser: hostile text stays text, personal data stays masked, the work gets
done.

One server and one store for all; the last test, which changes the store, ends the server to look into it.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from analytics.store import Store
from tests.adverts.factories import HOSTILE, NAMES, fill
from tests.browser.conftest import Server, settled

LONG = 60_000
PARTS = ("Map", "Adverts aligned", "Movement", "Identifiers and links", "Indicators", "Judge and refer")
_INJECTED = (
    "[data-testid=stMain] :is(iframe, script, object, embed, base, meta, link, style, animate), "
    "[data-testid=stMain] img[src='x'],"
    " [data-testid=stMain] a[href^='javascript'], [data-testid=stMain] a[href^='data'], "
    "[href*='evil.example'], [src*='evil.example']"
)
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def adverts_store(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("adverts") / "adverts.duckdb"
    store = Store(path)
    fill(store, many=1000, hostile=True)
    with store.write() as cursor:  # what the last test has to find
        cursor.execute("DELETE FROM advert_scan WHERE row_number < 26").fetchall()
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


def chosen(page: Page, group: str, name: str) -> None:
    """Choose a view or a part of the page that is open."""
    page.get_by_role("radiogroup", name=group).get_by_role("radio", name=name, exact=True).click()
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


def test_hostile_text_is_shown_as_it_is_and_does_nothing(adverts, watched):
    opened(watched, adverts, operation="3", part="Adverts aligned")
    unharmed(watched)
    reveal(watched)
    unharmed(watched)
    for at in (0, 4, 9):  # each holds every text, another first
        table = watched.locator(".st-key-scroll_canvas").get_by_test_id("stDataFrame").first
        table.scroll_into_view_if_needed()
        box = table.bounding_box()
        watched.mouse.click(box["x"] + 15, box["y"] + 50 + 30 * at)
        body = watched.get_by_test_id("stText").filter(has_text=f"Call 07700 900789 {at}")
        body.last.wait_for(timeout=LONG)
        settled(watched)
        unharmed(watched)
        shown = " ".join(body.last.inner_text().split())
        for text in HOSTILE:
            if "\u202e" in text:
                assert "‹RLO›" in shown and "‹ZWSP›" in shown and "\u202e" not in shown
            else:
                assert " ".join(text.split()) in shown
    for part in PARTS:
        chosen(watched, "Part", part)
        unharmed(watched)


def test_hostile_kinds_and_places_do_nothing_in_lists_and_filters(adverts, watched):
    opened(watched, adverts)
    for view in ("Unlinked adverts", "Indicators", "Judgements", "Operations"):
        chosen(watched, "View", view)
        unharmed(watched)
    watched.get_by_role("button", name="Filters").click()
    for label in ("Kind", "Place"):
        watched.get_by_test_id("stMultiSelect").filter(has_text=label).locator("input").click()
        watched.get_by_role("option").first.wait_for(timeout=LONG)
        unharmed(watched)
        watched.keyboard.press("Escape")


def test_hostile_links_and_searches_do_nothing(adverts, watched):
    for link in (
        {"operation": "1e9", "advert": "x-y", "order": "<b>"},
        {"operation": "999", "advert": "1-99999", "q": "<img src=x>"},
        {"q": "%27;DROP TABLE advert;--", "view": "nowhere"},
    ):
        opened(watched, adverts, **link)
        unharmed(watched)


def test_contacts_and_names_are_masked_until_a_reason_is_given(adverts, watched):
    opened(watched, adverts, operation="1", part=PARTS[1], advert="1-2")
    for part in PARTS:
        chosen(watched, "Part", part)
        page = watched.content()
        assert "0 7 7 0 0 9" not in page and "447700900123" not in page
        assert not any(name in page for name in NAMES), part
    reveal(watched)
    assert any("0 7 7 0 0 9" in text for text in watched.get_by_test_id("stText").all_inner_texts())


def test_a_thousand_adverts_aligned_are_drawn_as_they_are_scrolled_to(adverts, watched):
    opened(watched, adverts, operation="4", part="Adverts aligned")
    table = watched.locator(".st-key-scroll_canvas").get_by_test_id("stDataFrame").last
    settled(watched)
    before = watched.evaluate("() => document.querySelectorAll('*').length")
    first = table.locator("td").all_inner_texts()
    for turn in range(60):
        table.hover(position={"x": 200, "y": 200})  # the page can still move under the pointer
        watched.mouse.wheel(0, 2000)
        watched.wait_for_timeout(30)
        if turn >= 20 and table.locator("td").all_inner_texts() != first:
            break
    assert table.locator("td").all_inner_texts() != first
    assert watched.evaluate("() => document.querySelectorAll('*').length") < before + 500


def test_from_new_adverts_to_a_judged_operation_a_referral_and_a_finding(adverts, adverts_store, watched):
    opened(watched, adverts, q="0 7 7 0 0 9 0 0 1 2 3")
    expect(watched.get_by_text("24 adverts are new since then")).to_be_visible(timeout=LONG)
    watched.get_by_role("button", name="Find operations").click()
    expect(watched.get_by_text("no adverts are new since then")).to_be_visible(timeout=5 * LONG)
    settled(watched)
    expect(watched.get_by_text("Read as telephone")).to_be_visible(timeout=LONG)
    watched.get_by_role("option").first.click()
    expect(watched.locator(".st-key-pad_detail_head")).to_contain_text("1 · Operation", timeout=LONG)
    settled(watched)
    chosen(watched, "Part", "Judge and refer")
    watched.get_by_text("Welfare lead", exact=True).click(timeout=LONG)
    watched.get_by_label("Why", exact=True).fill("A circuit of towns, one number, always disguised")
    watched.get_by_role("button", name="Record the judgement").click()
    expect(watched.get_by_text("Present judgement: Welfare lead")).to_be_visible(timeout=LONG)
    settled(watched)
    watched.get_by_role("button", name="Save as finding").click()
    expect(watched.get_by_text("Saved as finding")).to_be_visible(timeout=LONG)
    watched.get_by_text("Draft or read referrals").click()
    expect(watched.get_by_text("4 parts are not yet written")).to_be_visible(timeout=LONG)
    watched.get_by_label("To which partner").fill("Northgate support")
    watched.get_by_label("To which partner").press("Enter")
    settled(watched)
    watched.get_by_role("button", name="Save the referral").click()
    expect(watched.get_by_text("Saved as referral")).to_be_visible(timeout=LONG)
    settled(watched)
    with watched.expect_download(timeout=LONG) as download:
        watched.get_by_role("button", name="PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    watched.get_by_role("button", name="Prepare the file").click()
    with watched.expect_download(timeout=LONG) as download:
        watched.get_by_role("button", name="Download 24 adverts").click()
    exported = download.value.path().read_text(encoding="utf-8")
    assert len(exported.splitlines()) == 25 and "0 7 7" not in exported and "body" not in exported
    settled(watched)
    watched.goto("about:blank")  # a page whose server goes away complains
    adverts.stop()
    store = Store(adverts_store)
    acts = {row["act"] for row in store.rows("SELECT act FROM audit")}
    assert store.rows("SELECT DISTINCT label FROM advert_label") == [{"label": "welfare"}]
    evidence = store.rows(
        "SELECT DISTINCT count(*) AS n FROM finding_evidence WHERE table_name = 'advert' GROUP BY finding_id"
    )
    store.close()
    assert evidence == [{"n": 24}]
    assert acts >= {
        "make operations",
        "view rows",
        "judge adverts",
        "save finding",
        "save safeguarding referral",
        "export referral",
        "export rows",
    }
