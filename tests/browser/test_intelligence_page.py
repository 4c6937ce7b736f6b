"""The Intelligence page in a real browser: a report is entered as on the beat, read, found, and shown as plain text."""

from playwright.sync_api import expect

from tests.browser.conftest import settled

LONG = 60_000
HOSTILE = "<img src=x onerror=alert(1)> :red[papers] are kept"


def test_a_report_is_entered_read_and_found(empty_server, watched):
    watched.goto(f"{empty_server.url}/intelligence")
    watched.wait_for_selector("h1", timeout=LONG)
    settled(watched)
    expect(watched.get_by_text("No report is held yet", exact=False)).to_be_visible()
    watched.get_by_role("tab", name="Enter a report").click()
    watched.get_by_label("What was seen or heard?").fill(f"{HOSTILE}. A van came at ten.")
    watched.get_by_label("Where?").fill("Kiln Row")
    watched.get_by_role("button", name="Submit").click()
    expect(watched.get_by_text("Report 1 is saved.")).to_be_visible(timeout=LONG)
    settled(watched)
    watched.goto(f"{empty_server.url}/intelligence?report=1")
    watched.wait_for_selector("h1", timeout=LONG)
    settled(watched)
    expect(watched.get_by_role("heading", name=f"Report 1 · {HOSTILE}", exact=False)).to_be_visible()
    assert watched.locator("img[src=x]").count() == 0
    watched.goto(f"{empty_server.url}/intelligence?tab=Search&find=VAN")
    watched.wait_for_selector("h1", timeout=LONG)
    settled(watched)
    expect(watched.get_by_text("Report · 1", exact=False)).to_be_visible()
    watched.get_by_role("tab", name="Collection").click()
    expect(watched.get_by_text("20 of 20 cells hold nothing", exact=False)).to_be_visible(timeout=LONG)
    watched.goto("about:blank")  # a page whose server goes away complains
