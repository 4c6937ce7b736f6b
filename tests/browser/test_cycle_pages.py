"""Intelligence, Tasking and Results in a real browser: a report is entered and found, findings are weighed
and linked; a result is read and kept, a brief written, a meeting held and its action followed, until the
server is killed."""

import getpass
import json
import os
import signal

import pytest
from playwright.sync_api import Page, expect

from analytics.oversight import Actor, verify
from analytics.store import Store
from analytics.tasking.actions import list_actions
from analytics.tasking.meeting import find_open_meeting, list_agenda, list_meetings, load_draft
from analytics.tasking.products import list_decisions, list_products, load_product
from analytics.tasking.results import list_results
from analytics.tasking.scorecard import list_lead_outcomes
from tests.browser.conftest import Server, download, press, settled, table_box
from tests.tasking.factories import brief
from tests.tasking.test_results import fill

LONG = 60_000
HOSTILE = "<img src=x onerror=alert(1)> :red[papers] are kept"


@pytest.fixture
def cycle(tmp_path):
    """A server on a store with an action that worked (brief 1) and two briefs that wait (2 and 3), and the
    store's path."""
    store = Store(tmp_path / "cycle.duckdb")
    fill(store)
    for title in ("First place", "Second :red[place]"):
        brief(store, title)
    store.close()
    server = Server(tmp_path / "cycle.duckdb", tmp_path / "server.log")
    yield server, tmp_path / "cycle.duckdb"
    server.stop()


def opened(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector("h1", timeout=LONG)
    settled(page)


def write(page: Page, label: str, text: str, *, exact: bool = True) -> None:
    box = page.get_by_label(label, exact=exact).locator("visible=true").first
    box.fill(text)
    box.blur()
    settled(page)


def test_a_report_is_entered_and_found_and_findings_are_weighed_and_linked(cycle, watched):
    url = f"{cycle[0].url}/intelligence"
    opened(watched, url)
    expect(watched.get_by_text("No report yet", exact=False)).to_be_visible()
    watched.get_by_text("Enter a report", exact=True).click()
    watched.get_by_label("What was seen or heard?").fill(f"{HOSTILE}. A van came at ten.")
    watched.get_by_label("Where?").fill("Kiln Row")
    watched.get_by_role("button", name="Submit").click()
    expect(watched.get_by_text("Report 1 is saved.")).to_be_visible(timeout=LONG)
    _receive_a_bundle(watched)
    opened(watched, f"{url}?tab=Search&find=VAN")  # a link of before: it is a page of its own now
    expect(watched.get_by_text("Reports · 1", exact=False)).to_be_visible(timeout=LONG)
    opened(watched, f"{url}?tab=Collection")  # a link of before: it is a page of its own now
    expect(watched.get_by_text("20 of 20 cells are empty", exact=False)).to_be_visible(timeout=LONG)
    assert "/collection" in watched.evaluate("location.href")
    opened(watched, f"{url}?report=1")
    expect(watched.get_by_role("heading", name=f"Report 1 · {HOSTILE}", exact=False)).to_be_visible()
    assert watched.locator("img[src=x]").count() == 0

    opened(watched, f"{url}?tab=Findings&finding=2")
    expect(watched.get_by_role("heading", name="Finding 2 · First place")).to_be_visible()
    expect(watched.get_by_text("KNOWLEDGE", exact=True)).to_be_visible()  # on the ladder: it is in a brief
    watched.get_by_text("What else would explain it", exact=True).click()
    expect(watched.get_by_text("No item of evidence has been rated yet.")).to_be_visible(timeout=LONG)
    write(watched, "Hypotheses, one a line", "It is chance.", exact=False)
    expect(watched.get_by_text("one alone competes with nothing")).to_be_visible(timeout=LONG)
    watched.get_by_text("Other findings", exact=True).click()
    watched.get_by_label("Why (for a corroboration", exact=False).fill("another count of the same days")
    watched.get_by_role("button", name="Link", exact=True).click()
    expect(watched.get_by_text("Contradicts, says", exact=False).last).to_be_visible(timeout=LONG)
    watched.get_by_text("Ladder", exact=True).click()
    expect(watched.get_by_test_id("stMetric").filter(has_text="Knowledge2")).to_be_visible(timeout=LONG)
    expect(watched.get_by_test_id("stMetric").filter(has_text="Intelligence1")).to_be_visible()
    settled(watched)


def _receive_a_bundle(page: Page) -> None:
    """A file that is none is refused; one that is, is shown as text and taken in when asked."""
    page.get_by_text("STIX, from others", exact=True).click()
    box = page.get_by_test_id("stFileUploaderDropzoneInput")
    box.set_input_files({"name": "bad.json", "mimeType": "application/json", "buffer": b"{}"})
    expect(page.get_by_text("The file is no STIX bundle", exact=False)).to_be_visible(timeout=LONG)
    said = {
        "type": "campaign",
        "spec_version": "2.1",
        "id": "campaign--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
        "name": HOSTILE,
        "description": "Rooms are let by the hour.",
        "created": "2026-01-01T00:00:00Z",
        "modified": "2026-01-01T00:00:00Z",
    }
    refused = {"type": HOSTILE, "id": HOSTILE}
    bundle = {
        "type": "bundle",
        "id": "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d",
        "objects": [said, refused],
    }
    name = "[a](b) :red[c] <img src=x onerror=alert(1)>.json"
    box.set_input_files({"name": name, "mimeType": "application/json", "buffer": json.dumps(bundle).encode()})
    expect(page.get_by_text("Passed the checks: campaign (1).")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Refused: 1 object")).to_be_visible()
    page.get_by_role("button", name="Take in 1 line").click()
    expect(page.get_by_text("Say who sent it", exact=False)).to_be_visible(timeout=LONG)
    for label in ("Sent by", "Legal basis", "Purpose"):
        page.get_by_label(label, exact=True).fill("Force B")
    page.get_by_role("button", name="Take in 1 line").click()
    expect(page.get_by_text("Report 2 is saved.")).to_be_visible(timeout=LONG)
    settled(page)


def test_from_a_result_through_a_brief_and_a_meeting_to_its_action(cycle, watched):
    server, path = cycle
    _keep_a_result(watched, server.url)
    _write_a_brief(watched, server.url)
    _hold_a_meeting(watched)
    watched.goto("about:blank")  # a page whose server goes away complains
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    store = Store(path)
    assert list_results(store).arrests.tolist() == [2]
    assert list_lead_outcomes(store).outcome.tolist() == ["partly right"]
    profile = load_product(store, int(list_products(store, "problem profile").product_id[0]))
    assert profile["version"] == 2 and sorted(profile["finding_ids"]) == [2, 3]
    assert profile["content"]["sections"]["harmed"] == "People waiting for the tram."
    assert profile["content"]["sections"]["why_here"] == "Two exits and no light."
    assert [load_product(store, 3)["content"]["owner"], load_product(store, 3)["version"]] == [
        "Neighbourhood inspector",
        2,
    ]
    assert list_decisions(store).outcome.tolist() == ["adopted", "adopted"] and len(list_meetings(store)) == 1
    meeting = find_open_meeting(store)  # the server was killed in the middle of it
    typed = [
        load_draft(store, Actor(getpass.getuser()), meeting.meeting_id, int(n))
        for n in list_agenda(store).product_id
    ]
    assert "half a sen" in [draft.get("why") for draft in typed] and verify(store)[2] is None
    assert sorted(list_actions(store).owner) == ["Sgt. Day", "Sgt. Night"]
    store.close()


def _keep_a_result(page: Page, url: str) -> None:
    page.goto(f"{url}/results")
    expect(page.get_by_text("Fewer than expected at Kiln Row")).to_be_visible(timeout=LONG)
    settled(page)
    expect(page.get_by_text("Weighted displacement quotient")).to_be_visible()
    page.get_by_label("Arrests").fill("2")
    page.get_by_label("Arrests").press("Tab")
    page.get_by_role("button", name="Save result").click()
    expect(page.get_by_text("Saved verdict: fewer than expected")).to_be_visible(timeout=LONG)
    settled(page)
    expect(page.get_by_label("Arrests")).to_have_value("2")  # what is kept is where the next version begins
    page.get_by_text("Did the leads prove right?").click()
    page.get_by_text("partly right", exact=True).click()
    page.get_by_label("How do you know?").fill("caught in the act")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.get_by_text("Partly right, ")).to_be_visible(timeout=LONG)
    settled(page)
    page.get_by_text("The unit", exact=True).click()
    metric = page.get_by_test_id("stMetric")
    expect(metric.filter(has_text="Fewer than expected1 of 1")).to_be_visible(timeout=LONG)
    expect(page.get_by_test_id("stMetric").filter(has_text="0.5 of 1")).to_be_visible(timeout=LONG)
    page.get_by_text("What five models of policing call a success").click()
    settled(page)


def _write_a_brief(page: Page, url: str) -> None:
    """Typed text survives another page; saved products are reopened, continued, and put back as they were
    saved."""
    opened(page, f"{url}/tasking?step=1+Findings&brief=3")
    table = table_box(page)
    for row in (0, 1):
        page.mouse.click(table["x"] + 15, table["y"] + 55 + 35 * row)
        page.get_by_text("Show the rows behind finding").nth(row).wait_for(timeout=LONG)
        settled(page)
    harmed = page.get_by_label("Who is harmed", exact=True).locator("visible=true").first
    press(page, page.get_by_role("button", name="Write the profile"), harmed)
    write(page, "Who is harmed", "People waiting for the tram.")
    page.get_by_text("3 Brief", exact=True).click()
    settled(page)
    write(page, "Owner", "Neighbourhood inspector")
    page.get_by_role("link", name="Data").first.click()
    expect(page.get_by_text("What should be tasked")).to_have_count(0, timeout=LONG)
    settled(page)
    page.get_by_role("link", name="Briefs").first.click()
    expect(page.get_by_text("Unsaved changes: Owner")).to_be_visible(timeout=LONG)
    settled(page)
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_text("Unsaved changes")).to_have_count(0, timeout=LONG)
    # The third step offers the files too, and draws its page again once it is set: a file asked for while one
    # step takes the place of the other is gone before it is sent.
    expect(page.get_by_text("Version 2, as saved")).to_have_count(1, timeout=LONG)
    settled(page)
    page.get_by_text("4 Ready", exact=True).click()
    expect(page.get_by_text("Decide outside a meeting")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Version 2, as saved")).to_have_count(1, timeout=LONG)
    sent = download(page, page.get_by_role("button", name="DOCX"))
    assert sent.suggested_filename == "brief-3-version-2.docx"
    assert sent.path().read_bytes().startswith(b"PK")
    settled(page)
    page.get_by_text("2 Profile", exact=True).click()
    expect(page.get_by_label("Who is harmed", exact=True).first).to_have_value("People waiting for the tram.")
    page.get_by_role("button", name="Save the profile and draft a brief").click()
    expect(page.get_by_alt_text("First page of brief 5")).to_be_visible(timeout=LONG)  # the new brief
    opened(page, f"{url}/tasking?step=2+Profile")  # a new session: what was saved can be reopened
    write(page, "Why here", "Two exits and no light.")
    page.get_by_role("button", name="Save as version 2").first.click()
    expect(page.get_by_text("Unsaved changes")).to_have_count(0, timeout=LONG)
    settled(page)
    write(page, "Why here", "Not this.")
    page.get_by_role("button", name="Discard changes").first.click()
    expect(page.get_by_label("Why here", exact=True)).to_have_value("Two exits and no light.")


def _hold_a_meeting(page: Page) -> None:
    """One proposal adopted with a key, another half typed; the action is told by the next assessment and
    listed."""
    page.get_by_role("link", name="Meeting").click()
    page.get_by_label("Chair (name and role)").fill("Supt. Lee")
    page.get_by_role("button", name="Open the meeting").click()
    second = page.locator(".card", has_text="Second :red[place]").first
    second.click(timeout=LONG)
    page.locator(f".st-key-decide-adopted-{second.get_attribute('data-id')}").wait_for(timeout=LONG)
    settled(page)
    why = page.get_by_role("textbox", name="Why").locator("visible=true")
    why.fill("most harm")
    page.get_by_label("Action, if adopted or amended").fill("Night patrol")
    page.get_by_label("Agency that answers for it").locator("visible=true").fill("Police")
    page.get_by_label("Contact there", exact=False).locator("visible=true").fill("Duty desk")
    page.get_by_label("Owner", exact=True).locator("visible=true").fill("Sgt. Night")
    page.get_by_label("Owner", exact=True).locator("visible=true").blur()
    settled(page)
    page.keyboard.press("Alt+a")
    expect(page.get_by_text("adopted by Supt. Lee", exact=False).locator("visible=true").first).to_be_visible(
        timeout=LONG
    )
    settled(page)
    why.fill("half a sen")  # of the other proposal, not decided yet
    why.blur()
    settled(page)
    page.get_by_role("link", name="Briefs").click()
    page.get_by_text("Assessments", exact=True).click()
    page.get_by_role("button", name="Draft and save it").click(timeout=LONG)
    expect(page.get_by_text("Progress on the last assessment").first).to_be_visible(timeout=LONG)
    settled(page)
    assert "Night patrol" in page.get_by_label("Progress on the last assessment").input_value()
    page.get_by_text("Actions", exact=True).click()
    expect(page.get_by_text("2 actions, 1 overdue", exact=False)).to_be_visible(timeout=LONG)
    settled(page)
