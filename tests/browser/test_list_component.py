"""The list component by itself in a browser: what is pressed counts, what is chosen begins at its top."""

import json

import pytest

from ui.components.browser_side import BUILT

_PAGE = """
<div class="st-key-scroll_detail" style="height: 50px; overflow: auto">
<p style="height: 500px">Detail</p></div>
<div id="pane" style="height: 300px">HTML</div>
"""
_ENTRY = dict.fromkeys(("about", "more", "figure", "beside"), "") | {"number": None}
_ENTRY |= dict.fromkeys(("marks", "line", "expected"), [])


def message(*names: str) -> str:
    entries = [_ENTRY | {"id": name.lower(), "name": name} for name in names]
    return json.dumps({"entries": entries, "label": "L", "channel": "c", "chosen": None, "height": 200})


@pytest.fixture
def page(browser):
    context = browser.new_context()
    page = context.new_page()
    page.set_content(_PAGE.replace("HTML", (BUILT / "list.html").read_text(encoding="utf-8")))
    code = (BUILT / "list.js").read_text(encoding="utf-8")
    page.evaluate(
        """async (code) => {
            const address = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
            const draw = (await import(address)).default;
            window.sent = [];
            window.show = (text) => draw({
                data: JSON.parse(text), key: 'k', parentElement: document.getElementById('pane'),
                setTriggerValue: (name, value) => window.sent.push([name, value]),
            });
        }""",
        code,
    )
    yield page
    context.close()


def test_a_press_on_a_card_that_is_replaced_before_the_release_is_not_lost(page):
    page.evaluate("show", message("Quay", "Mill"))
    box = page.get_by_role("option", name="Mill").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.evaluate("show", message("Quay", "Mill", "Dock"))
    page.mouse.up()
    page.wait_for_timeout(300)
    assert page.evaluate("sent") == [["chosen", "mill"]]


def test_what_is_chosen_begins_at_its_top(page):
    page.evaluate("show", message("Quay", "Mill"))
    pane = page.locator(".st-key-scroll_detail")
    pane.evaluate("pane => pane.scrollTo(0, 200)")
    page.get_by_role("option", name="Mill").click()
    assert pane.evaluate("pane => pane.scrollTop") == 0
