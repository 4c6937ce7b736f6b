"""A newcomer on an empty store, by what the screen says alone: a crime file in, a printed brief and a
decision out."""

import io
import random
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import Locator, Page, expect

from analytics.oversight import verify
from analytics.store import Store
from tests.browser.conftest import Server, press, settled
from tests.conftest import SHARED_DATA
from tests.ingest.helpers import run, written

LONG = 60_000
EXPORT = SHARED_DATA / "cases/import/riverton_b.csv"


@pytest.fixture(scope="module")
def export_file(tmp_path_factory) -> Path:
    """An export of a records system as it leaves it: lines above its head, names of columns of its
    own, some rows without a place. The example, where it is held, else a made-up one of the same form."""
    if EXPORT.is_file():
        return EXPORT
    random.seed(6)
    text = (
        "Made-up Police Department \N{EM DASH} Incident Export\nReport run: 06/02/2025 07:41 AM by nobody\n"
    )
    text += "Case No.,Date/Time Occurred,Offense,Location,Zone,Disposition,Y Coord,X Coord\n"
    for k in range(1500):
        spread = 0.0003 if k % 5 == 0 else 0.02  # degrees; one row in five falls on one corner
        y, x = (f"{random.gauss(middle, spread):.6f}" for middle in (41.66, -91.53))
        if k % 40 == 3:
            y = x = ""
        moment = f"{1 + k % 12:02d}/{1 + k % 28:02d}/2024 {1 + k % 12:02d}:{k % 60:02d}:00 {'AP'[k % 2]}M"
        text += f"24-{k:06d},{moment},THEFT,{k % 90 * 10} Made Up St,Z{k % 4},OPEN,{y},{x}\n"
    path = tmp_path_factory.mktemp("export") / "export.csv"
    path.write_bytes(text.encode("cp1252"))
    return path


class Hand:
    """Clicks and counts; each click must need no scroll of the page itself."""

    def __init__(self, page: Page):
        self.page = page
        self.clicks = 0

    def click(self, what: Locator) -> None:
        what.wait_for(timeout=LONG)
        settled(self.page)
        what.click(timeout=LONG)
        self.clicks += 1
        places = "[document.scrollingElement, document.querySelector('[data-testid=stMain]')]"
        assert self.page.evaluate(f"{places}.map(place => place ? place.scrollTop : 0)") == [0, 0]


def test_from_an_export_to_a_printed_brief_in_eight_clicks_and_then_to_a_decision(
    empty_server, watched, export_file, tmp_path
):
    hand = Hand(watched)
    watched.goto(empty_server.url)
    hand.click(watched.get_by_role("button", name="Import a crime file"))
    watched.locator("input[type=file]").first.set_input_files(export_file, timeout=LONG)
    expect(watched.get_by_role("heading", name="2 · Check how it is read").first).to_be_visible(timeout=LONG)
    hand.click(watched.get_by_role("button", name="Import", exact=True))
    expect(watched.get_by_text(" rows accepted, ", exact=False).first).to_be_visible(timeout=LONG)
    hand.click(watched.get_by_role("button", name="Open Hotspots"))
    watched.wait_for_selector(".map[data-painted]", timeout=LONG)
    hand.click(watched.locator(".card").first)
    watched.get_by_text("Incidents here").wait_for(timeout=LONG)
    hand.click(watched.get_by_role("button", name="Save as finding"))
    hand.click(watched.get_by_role("link", name="Draft a profile or a brief from it"))
    hand.click(watched.get_by_role("button", name="Save the profile and draft a brief"))
    watched.get_by_alt_text("First page of brief").first.wait_for(timeout=LONG)
    with watched.expect_download(timeout=LONG) as sent:
        hand.click(watched.get_by_role("button", name="PDF"))
    with pikepdf.open(io.BytesIO(sent.value.path().read_bytes())) as printed:
        assert len(printed.pages) >= 2
    assert hand.clicks == 8

    settled(watched)
    owner = watched.get_by_label("Owner", exact=True)
    owner.fill("Commander of the district")
    owner.blur()
    settled(watched)
    watched.get_by_role("button", name="Save as version 2").last.click()
    expect(watched.get_by_text("Unsaved changes")).to_have_count(0, timeout=LONG)
    # The third step offers the files too, and draws its page again once it is set: a file asked for while one
    # step takes the place of the other is gone before it is sent.
    expect(watched.get_by_text("Version 2, as saved")).to_have_count(1, timeout=LONG)
    settled(watched)
    press(
        watched, watched.get_by_text("4 Ready", exact=True), watched.get_by_text("Decide outside a meeting")
    )
    expect(watched.get_by_text("Version 2, as saved")).to_have_count(1, timeout=LONG)
    settled(watched)
    watched.get_by_text("Decide outside a meeting").click()
    watched.get_by_label("Decided by (name and role)").fill("Chair of the group")
    reason = watched.get_by_label("Why", exact=True)
    reason.fill("Harm, and no other place is like it")
    watched.wait_for_timeout(1_000)  # to rest is not to send: only the button records a decision
    settled(watched)
    expect(watched.get_by_text("Decision 1 is in force")).to_have_count(0)
    expect(reason).to_have_value("Harm, and no other place is like it")
    press(
        watched,
        watched.get_by_role("button", name="Record the decision"),
        watched.get_by_text("Decision 1 is in force: adopted"),
    )

    watched.goto("about:blank")  # a page whose server goes away complains
    empty_server.stop()
    store = Store(tmp_path / "empty.duckdb")
    assert verify(store)[2] is None
    acts = {row["act"] for row in store.rows("SELECT act FROM audit")}
    store.close()
    assert acts >= {
        "import",
        "view rows",
        "save finding",
        "save problem profile",
        "save brief",
        "export brief",
        "record decision",
    }


def test_markup_and_formulas_in_a_file_are_shown_as_text(watched, tmp_path):
    """Hostile category, place and source name on every page that shows them."""
    hostile = "<img src=x onerror=alert(1)> **bold** [a](javascript:alert(2)) =1+1 $x^2$ :material/home:"
    lines = "".join(
        f"2024-0{1 + k % 6}-1{k % 9} "
        f'2{k % 4}:15,"{hostile}",{-0.1 - k % 7 / 100},{51.5 + k % 5 / 100},"{hostile}"\n'
        for k in range(300)
    )
    store = Store(tmp_path / "hostile.duckdb")
    assert run(store, written(tmp_path, "date,type,lon,lat,address\n" + lines)).accepted == 300
    store.close()
    server = Server(tmp_path / "hostile.duckdb", tmp_path / "server.log")
    try:
        for address in ("", "hotspots?category=" + hostile.replace("=", "%3D").replace("&", "%26"), "data"):
            watched.goto(f"{server.url}/{address}")
            watched.wait_for_selector("h1", timeout=LONG)
            settled(watched)
            assert watched.locator("[data-testid=stException]").count() == 0
            assert watched.locator("img[src=x], a[href^=javascript]").count() == 0
            assert watched.locator("strong", has_text="bold").count() == 0
        watched.goto("about:blank")
    finally:
        server.stop()
