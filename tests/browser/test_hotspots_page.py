"""The Hotspots page in a real browser: map, clock and trend filter each other, the link restores the view,
every export downloads, and a hotspot is followed. That every method opens, the crawler sees, and
`tests/ui/hotspots/test_page.py`.

Cells of 1,000 m in a small window: a browser without a graphics card takes most of the time to draw the map.
"""

import re
import shutil

import pytest
from playwright.sync_api import Page, expect

from analytics.hotspots.catalogue import METHODS
from tests.browser.conftest import Server, settled

LONG = 60_000
LARGE = "size=1000+m"
SMALL = {"width": 1240, "height": 640}  # as narrow as the list still stands beside the map

_WATCH_PIXELS = """() => {
    const find = (root) => {
        const own = root.querySelector('canvas.maplibregl-canvas')
        if (own) return own
        for (const element of root.querySelectorAll('*')) {
            const inner = element.shadowRoot && find(element.shadowRoot)
            if (inner) return inner
        }
        return null
    }
    const small = document.createElement('canvas')
    small.width = small.height = 24
    const pen = small.getContext('2d', { willReadFrequently: true })
    window.frames_seen = { all: 0, blank: 0, gone: 0 }
    const look = () => {
        const map = find(document)
        if (map) {
            pen.drawImage(map, 0, 0, 24, 24)
            const pixels = pen.getImageData(0, 0, 24, 24).data
            const colours = new Set()
            for (let k = 0; k < pixels.length; k += 4) colours.add(pixels.slice(k, k + 3).join())
            window.frames_seen.all += 1
            if (colours.size < 5) window.frames_seen.blank += 1
        } else {
            window.frames_seen.gone += 1
        }
        requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
}"""


@pytest.fixture(scope="module")
def own_server(scenario_store, tmp_path_factory):
    """A server on a copy of the scenario, whose store these tests write to."""
    folder = tmp_path_factory.mktemp("hotspots")
    store = folder / "store.duckdb"
    shutil.copy(scenario_store, store)
    server = Server(store, folder / "server.log")
    server.store = store
    yield server
    server.stop()


def opened(page: Page, url: str) -> Page:
    page.set_default_timeout(LONG)
    page.set_viewport_size(SMALL)
    page.goto(url)
    page.wait_for_selector("h1", timeout=LONG)
    settled(page)
    assert page.locator("[data-testid=stException]").count() == 0
    return page


def with_map(page: Page) -> Page:
    page.wait_for_selector(".map[data-painted]", timeout=LONG)
    settled(page)
    return page


def drag(page: Page, area, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press at one point of an area (shares of its width and height), move, and let go at another."""
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    corners = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)]
    page.mouse.move(*corners[0])
    page.mouse.down()
    page.mouse.move(*corners[1], steps=8)
    page.mouse.up()
    settled(page)


def test_an_area_drawn_on_the_map_filters_is_kept_by_the_link_and_is_followed(own_server, watched):
    page = with_map(opened(watched, f"{own_server.url}/hotspots?{LARGE}"))
    before = located(page)
    page.get_by_role("button", name="Draw a box").click()
    drag(page, page.locator(".map"), (0.35, 0.35), (0.6, 0.6))
    page.get_by_role("button", name="drawn area").first.wait_for(timeout=LONG)
    settled(page)
    inside = located(page)
    assert 0 < inside < before
    assert "drawn=" in page.url
    assert located(with_map(opened(page, page.url))) == inside
    keep(page, "Follow the drawn area", "The drawn square")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_role("button", name="drawn area")).to_have_count(0, timeout=LONG)


def test_what_lies_outside_a_drawn_area_is_veiled_until_the_server_has_answered(own_server, watched):
    page = with_map(opened(watched, f"{own_server.url}/hotspots?{LARGE}"))
    veil = page.locator(".map .veil")
    veil.evaluate("""veil => {
      window.seen = [];
      new MutationObserver(() => window.seen.push(veil.getAttribute('visibility')))
        .observe(veil, { attributeFilter: ['visibility'] });
    }""")
    page.get_by_role("button", name="Draw a box").click()
    drag(page, page.locator(".map"), (0.35, 0.35), (0.6, 0.6))
    page.get_by_role("button", name="drawn area").first.wait_for(timeout=LONG)
    expect(veil).to_have_attribute("visibility", "hidden", timeout=LONG)
    assert page.evaluate("() => window.seen")[0] == "visible"
    page.get_by_role("button", name="Draw a box").click()
    drag(page, page.locator(".map"), (0.02, 0.9), (0.05, 0.93))
    expect(page.get_by_text("No cell has its centre in the drawn area.")).to_be_visible(timeout=LONG)
    expect(veil).to_have_attribute("visibility", "hidden", timeout=LONG)


def test_dragging_over_the_clock_and_the_trend_filters_and_the_link_restores_it(own_server, watched):
    page = with_map(opened(watched, f"{own_server.url}/hotspots?{LARGE}"))
    before = located(page)
    clock = page.get_by_role("img", name="Incidents by hour and weekday")
    drag(page, clock, (0.8, 0.02), (0.98, 0.98))
    page.get_by_role("button", name=re.compile(r"^\w* ?\d\d–23 h")).wait_for(timeout=LONG)
    settled(page)
    evening = located(page)
    assert 0 < evening < before
    trend = page.get_by_role("img", name="Incidents a ")
    drag(page, trend, (0.7, 0.3), (0.9, 0.7))
    settled(page)
    recent = located(page)
    assert 0 < recent < evening
    assert "from_hour=" in page.url and "period=" in page.url
    assert located(opened(page, page.url)) == recent


def test_a_link_of_before_opens_its_method_and_an_unknown_one_is_said(own_server, watched):
    page = opened(watched, f"{own_server.url}/hotspots?view=Where&method-where=Density&{LARGE}")
    page.get_by_text(METHODS["density"].question).first.wait_for(timeout=LONG)
    page = opened(page, f"{own_server.url}/hotspots?method=dowsing&{LARGE}")
    page.get_by_text("The link names 'dowsing'").wait_for(timeout=LONG)
    assert "method=dowsing" in page.evaluate("location.search")


def test_back_walks_through_methods_filters_and_choices(own_server, watched):
    page = with_map(opened(watched, f"{own_server.url}/hotspots?{LARGE}"))
    page.get_by_role("radio", name="When?", exact=True).click()
    page.get_by_text(METHODS["clock"].question).first.wait_for(timeout=LONG)
    settled(page)
    page.get_by_role("radio", name="Where is most?", exact=True).click()
    choose(page, 1)
    settled(page)
    assert "cell=" in page.evaluate("location.search")
    page.go_back()
    expect(page.locator(".st-key-close_place")).to_have_count(0, timeout=LONG)
    settled(page)
    page.go_back()
    page.get_by_text(METHODS["clock"].question).first.wait_for(timeout=LONG)


def test_every_export_downloads_what_it_says(own_server, watched):
    page = opened(watched, f"{own_server.url}/hotspots?{LARGE}")
    export(
        page,
        "count",
        {
            "Table (CSV)": b"\xef\xbb\xbfi,j,",
            "Map (GeoJSON)": b"{",
            "Map (GeoPackage)": b"SQLite format 3",
            "Image (PNG)": b"\x89PNG",
            "Image (SVG)": b"<?xml",
        },
    )


def test_a_comparison_is_taken_away_and_saved(own_server, watched):
    page = opened(watched, f"{own_server.url}/hotspots?view=Compare&{LARGE}")
    page.get_by_text("Shared worst cells").wait_for(timeout=LONG)
    export(page, "compare", {"Table (CSV)": b"\xef\xbb\xbfi,j,", "Image (PNG)": b"\x89PNG"})
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save as finding").click()
    page.get_by_text("rows of evidence").wait_for(timeout=LONG)


def test_a_cell_is_followed_and_listed(own_server, watched):
    page = opened(watched, f"{own_server.url}/hotspots?{LARGE}")
    page = opened(page, f"{own_server.url}/hotspots?{LARGE}&cell={choose(page, 0)[0]}")
    keep(page, "Follow this hotspot", "The market")
    page = opened(page, f"{own_server.url}/hotspots?view=Followed&{LARGE}")
    page.get_by_text("A hotspot is chosen because it was high").wait_for(timeout=LONG)
    expect(page.locator(".card", has_text="The market")).to_have_count(1, timeout=LONG)


def test_the_card_chosen_is_the_place_marked_shown_and_saved_whatever_the_method(own_server, watched):
    page = with_map(opened(watched, f"{own_server.url}/hotspots?{LARGE}"))
    place, name = choose(page, 3)
    shown = page.locator(".st-key-pad_detail_head")
    expect(shown).to_contain_text(name, timeout=LONG)
    expect(page.locator(".map")).to_have_attribute("data-chosen", place, timeout=LONG)
    ranks = set()
    for question, title in (
        ("More than chance?", "Hot and cold spots (Gi*)"),
        ("Where exactly?", "Density"),
        ("Where exactly?", "Clusters (DBSCAN)"),
        ("Where is most?", "Count"),
    ):
        page.get_by_role("radio", name=question, exact=True).click()
        settled(page)
        page.get_by_role("radio", name=title, exact=True).click()
        answered(page)
        if title.startswith("Clusters"):  # none of them is this cell
            expect(shown).not_to_contain_text(name)
            expect(page.locator(".card[aria-selected=true]")).to_have_count(0, timeout=LONG)
            continue
        expect(shown).to_contain_text(name)
        assert marked(page) in (place, None)
        ranks.add(page.locator(".card[aria-selected=true] .number").first.inner_text())
    assert len(ranks) > 1
    page.get_by_role("button", name="Save as finding").click()
    page.get_by_text("rows of evidence").wait_for(timeout=LONG)
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-close_place")).to_have_count(0, timeout=LONG)
    expect(page.locator(".card[aria-selected=true]")).to_have_count(0, timeout=LONG)


def test_the_map_is_never_blank_while_filters_and_methods_change(own_server, watched):
    page = with_map(opened(watched, f"{own_server.url}/hotspots?{LARGE}"))
    painted = page.locator(".map[data-painted]")
    before = painted.get_attribute("data-painted")
    page.evaluate(_WATCH_PIXELS)
    for question in ("More than chance?", "What is new?"):
        page.get_by_role("radio", name=question, exact=True).click()
        answered(page)
        expect(painted).not_to_have_attribute("data-painted", before, timeout=LONG)
        before = painted.get_attribute("data-painted")
    seen = page.evaluate("() => window.frames_seen")
    assert seen["all"] > 10 and (seen["blank"], seen["gone"]) == (0, 0)


def choose(page: Page, row: int) -> tuple[str, str]:
    """Choose a card of the list; the id of its place, and what it is called."""
    card = page.locator(".card").nth(row)
    card.wait_for(timeout=LONG)
    place, name = card.get_attribute("data-id"), card.locator(".name").inner_text()
    card.click()
    page.locator(".st-key-close_place").wait_for(timeout=LONG)
    settled(page)
    return place, name


def marked(page: Page) -> str | None:
    """The place whose card is marked."""
    # In one look: the list may be drawn again between two.
    chosen = page.locator(".card").evaluate_all(
        "cards => cards.filter((card) => card.ariaSelected === 'true').map((card) => card.dataset.id)"
    )
    return chosen[0] if chosen else None


def keep(page: Page, button: str, name: str) -> None:
    settled(page)
    page.get_by_role("button", name=button).click(timeout=LONG)
    page.get_by_label("Name", exact=True).fill(name)
    settled(page)
    page.get_by_role("button", name="Follow it").click()
    page.get_by_text("Saved. It is listed").wait_for(timeout=LONG)
    page.keyboard.press("Escape")  # what is opened lies over the filters


def answered(page: Page) -> None:
    """Wait until no method is being worked on."""
    settled(page)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=2 * LONG)
    settled(page)


def export(page: Page, name: str, begins: dict[str, bytes]) -> None:
    page.get_by_role("button", name="Export").click()
    for title, start in begins.items():
        page.get_by_role("combobox", name="Format").click()
        page.get_by_role("option", name=title).click()
        settled(page)
        page.get_by_role("button", name="Prepare the file").click()
        with page.expect_download(timeout=LONG) as download:
            page.get_by_role("button", name=f"Download {name}.").click(timeout=LONG)
        assert download.value.path().read_bytes().startswith(start), title
        settled(page)


def located(page: Page) -> int:
    text = page.get_by_text("located incidents").first.inner_text()
    return int(re.match(r"([\d,]+) located", text)[1].replace(",", ""))
