"""A tasking meeting in a real browser: opened, one proposal adopted with a key, its action followed up."""

import getpass
import os
import signal
from dataclasses import asdict
from datetime import date

from playwright.sync_api import expect

from analytics.intelligence.findings import load_finding
from analytics.oversight import Actor, verify
from analytics.store import Store
from analytics.tasking.actions import list_actions
from analytics.tasking.content import draft_brief, draft_profile
from analytics.tasking.meeting import agenda, load_draft, meetings, open_now
from analytics.tasking.products import decision_log, save_product
from tests.browser.conftest import Server
from tests.browser.test_tasking_page import LONG, finding, opened, settled


def brief(store: Store, title: str) -> None:
    number = finding(store, title)
    held = [load_finding(store, number)]
    content = draft_brief(held, [number], draft_profile(held), date(2026, 12, 31))
    save_product(store, Actor("test"), "brief", content.title, asdict(content), [number])


def test_a_meeting_from_its_opening_to_the_action_that_came_of_it(watched, tmp_path):
    path = tmp_path / "meeting.duckdb"
    store = Store(path)
    for title in ("First place", "Second :red[place]"):
        brief(store, title)
    store.close()
    server = Server(path, tmp_path / "server.log")
    try:
        opened(watched, f"{server.url}/tasking?tab=Meeting")
        watched.get_by_label("In the chair (name and role)").fill("Supt. Lee")
        watched.get_by_role("button", name="Open the meeting").click()
        watched.get_by_text("Second :red[place]", exact=False).first.click(timeout=LONG)
        settled(watched)
        watched.get_by_role("textbox", name="Why").fill("most harm")
        watched.get_by_label("Action, if adopted or amended").fill("Night patrol")
        watched.get_by_label("Owner").fill("Sgt. Day")
        watched.get_by_label("Owner").blur()
        settled(watched)
        watched.keyboard.press("Alt+a")
        expect(watched.get_by_text("adopted by Supt. Lee", exact=False)).to_be_visible(timeout=LONG)
        settled(watched)
        watched.get_by_role("textbox", name="Why").fill(
            "half a sen"
        )  # of the other proposal, not decided yet
        watched.get_by_role("textbox", name="Why").blur()
        settled(watched)
        watched.get_by_role("tab", name="Assessments").click()
        watched.get_by_role("button", name="Draft and save it").click(timeout=LONG)
        expect(watched.get_by_text("Progress on the last assessment").first).to_be_visible(timeout=LONG)
        settled(watched)
        assert "Night patrol" in watched.get_by_label("Progress on the last assessment").input_value()
        watched.get_by_role("tab", name="Actions").click()
        expect(watched.get_by_text("1 action, 0 overdue", exact=False)).to_be_visible(timeout=LONG)
        settled(watched)
        watched.goto("about:blank")  # a page whose server goes away complains
        os.kill(server.pid, signal.SIGKILL)
    finally:
        server.stop()
    store = Store(path)
    assert decision_log(store).outcome.tolist() == ["adopted"] and len(meetings(store)) == 1
    meeting = open_now(store)  # the server was killed in the middle of it
    (waits,) = agenda(store).product_id
    typed = load_draft(store, Actor(getpass.getuser()), meeting.meeting_id, int(waits))
    assert typed["why"] == "half a sen" and verify(store)[2] is None
    assert list_actions(store).owner.tolist() == ["Sgt. Day"]
    store.close()
