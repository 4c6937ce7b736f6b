"""Six people in six roles at one case, each in a browser of their own on one server with sign-in: a brief is
drafted, released by two, decided, read and inspected; a purpose changes what is on show. Then the store is
backed up, tampered with, found out and restored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.ingest import SourceDetails, import_file, propose_mapping, read_file
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding, save_finding
from analytics.oversight import Actor
from analytics.oversight.accounts import add_person, use_code
from analytics.store import Store
from bench.oversight.trial import tamper
from bench.oversight.wire import seal_in, start_server
from tests.browser.conftest import press, settled, table_box, watch
from tests.examples import IS_LONG

LONG = 60_000
PASSWORD = "seven grey herons wait"
ADMINISTRATOR = Actor("Root", "administrator", "administration")
PEOPLE = {
    "analyst": ("Ana Lim", "investigation"),
    "senior analyst": ("Ben Ode", "intelligence"),
    "commander": ("Cora Fay", "tasking"),
    "prosecutor": ("Pia Roth", "investigation"),
    "inspector": ("Dov Carr", "inspection"),
    "data officer": ("Eve Holt", "retention"),
}
HOLDER, REASON = "Zdenka Novak", "Operation Heron: who holds the account"
pytestmark = [
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not IS_LONG, reason="a unit's day takes minutes: `make test-long`"),
]


def fill(store: Store, folder: Path) -> None:
    """Accounts with their holders, a finding that rests on one, and the six people."""
    file = folder / "accounts.csv"
    file.write_text(f"account,holder,phone\nACC-1,Ode Trading,\nACC-2,{HOLDER},+447700900123\n", "utf-8")
    details = SourceDetails(
        "Accounts of the bank", "Court order 12", "Operation Heron", "P", date(2030, 1, 1)
    )
    analyst = Actor("Ana Lim", "analyst")
    import_file(store, analyst, file, propose_mapping(read_file(file), "account"), details)
    result = read_result(
        {"trend": [{"period": "2026-01-01", "count": 3}, {"period": "2026-01-08", "count": 9}]}
    )
    finding = Finding(
        "Rents at Kiln Row",
        "Rents of many people reach one account.",
        "Count",
        {},
        1,
        None,
        date(2026, 1, 1),
        date(2026, 1, 31),
        result,
        "moderate",
        "Nine payments.",
        "None.",
    )
    save_finding(
        store, analyst, finding, pa.table({"table_name": ["account"], "source_id": [1], "row_number": [3]})
    )
    for role, (name, _) in PEOPLE.items():
        use_code(store, name, add_person(store, ADMINISTRATOR, name, [role]), PASSWORD, None)


class Desk:
    """One person's browser."""

    def __init__(self, browser: Browser, url: str, role: str):
        self.url, self.role = url, role
        self.context = browser.new_context(viewport={"width": 1440, "height": 900})
        self.page = self.context.new_page()
        self.faults = watch(self.page)
        name, purpose = PEOPLE[role]
        self.page.goto(f"{url}/sign-in?next=/trust")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_label("What do you work on?").select_option(purpose)
        self.page.get_by_label("Case, operation or complaint").fill("Operation Heron")
        self.page.get_by_role("button", name="Sign in").click()

    def ask(self, path: str) -> None:
        """Go to a page without waiting for it."""
        self.page.goto(f"{self.url}/{path}", wait_until="commit")

    def wait(self) -> Page:
        """Until the page has run."""
        self.page.wait_for_selector("h1", timeout=LONG)
        settled(self.page)
        return self.page

    def open(self, path: str) -> Page:
        self.ask(path)
        return self.wait()


@pytest.fixture
def served(tmp_path):
    """The folder of a store in use by six people, and the address of its server."""
    with closing(Store(tmp_path / "s.duckdb")) as store:
        fill(store, tmp_path)
    process, url = start_server(tmp_path / "s.duckdb", tmp_path, tmp_path / "log")
    yield tmp_path, url, process
    process.terminate()
    process.wait(60)


def open_together(desks: dict[str, Desk], paths: dict[str, str]) -> None:
    """All ask before the first is answered."""
    for role, path in paths.items():
        desks[role].ask(path)
    for role in paths:
        desks[role].wait()


def write(page: Page, label: str, text: str) -> None:
    box = page.get_by_label(label, exact=True).locator("visible=true").first
    box.fill(text)
    box.blur()
    settled(page)


def run_command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command as the account of the server, beside it or without it."""
    role = "inspector" if words[0] == "audit" else "administrator"
    own = {**os.environ, **seal_in(folder), "ACHILLES_STORE": str(folder / "s.duckdb"), "ACHILLES_ROLE": role}
    return subprocess.run(
        [sys.executable, "-m", "analytics.cli", *words], env=own, capture_output=True, text=True
    )


def test_six_people_work_through_a_case_at_once_and_the_store_is_brought_back(served, browser):
    folder, url, process = served
    desks = {role: Desk(browser, url, role) for role in PEOPLE}
    for desk in desks.values():
        desk.wait()
    open_together(
        desks,
        {
            "analyst": "search?find=07700900123",
            "senior analyst": "intelligence?tab=Findings&finding=1",
            "commander": "meeting",
            "prosecutor": "intelligence?tab=Findings&finding=1",
            "inspector": "oversight?tab=Record",
            "data officer": "oversight?tab=Approvals",
        },
    )
    reveal_hit(desks["analyst"].page)
    change_purpose(desks["prosecutor"])
    draft_brief(desks["analyst"])
    release(desks["senior analyst"], desks["commander"])
    decide(desks["commander"].page, url)
    inspect(desks["inspector"], desks["data officer"])
    for desk in desks.values():
        assert desk.faults == [], desk.role
        desk.context.close()
    bring_back(folder, process)
    process, url = start_server(folder / "s.duckdb", folder, folder / "log")
    try:
        inspector = Desk(browser, url, "inspector")
        inspector.wait()
        read_reveals(inspector.open("oversight?tab=Approvals"))
    finally:
        process.terminate()
        process.wait(60)


def reveal_hit(page: Page) -> None:
    expect(page.get_by_text("••••123 in telephone", exact=False)).to_be_visible()
    assert HOLDER not in page.content()
    page.get_by_role("button", name="Reveal personal data").click()
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Reveal", exact=True).click()
    expect(page.get_by_text(HOLDER, exact=False).first).to_be_visible(timeout=LONG)
    settled(page)


def change_purpose(prosecutor: Desk) -> None:
    """What is on show goes with the purpose, in the other tab too, and comes back with it."""
    page, other = prosecutor.page, prosecutor.context.new_page()
    other.goto(f"{prosecutor.url}/intelligence?tab=Findings&finding=1")
    for purpose, on_show in (("Training and exercise", 0), ("Investigation", 1)):
        chooser = page.get_by_role("combobox", name="You work on")
        if not chooser.is_visible():  # it stays open where the page is drawn again
            page.get_by_role("button", name="Pia Roth").click()
        chooser.click()
        page.get_by_role("option", name=purpose).click()
        settled(page)
        if purpose == "Investigation":
            write(page, "Case, operation or complaint", "Operation Heron")
        page.get_by_role("button", name="Change purpose").click()
        for tab in (page, other):
            expect(tab.get_by_role("heading", name="Finding 1", exact=False)).to_have_count(
                on_show, timeout=LONG
            )
            settled(tab)
    other.close()


def draft_brief(analyst: Desk) -> None:
    page = analyst.open("tasking?step=1+Findings")
    table = table_box(page)
    harmed = page.get_by_label("Who is harmed", exact=True).locator("visible=true").first
    page.mouse.click(table["x"] + 15, table["y"] + 55)
    page.get_by_text("Show the rows behind finding").wait_for(timeout=LONG)
    press(page, page.get_by_role("button", name="Write the profile"), harmed)
    write(page, "Who is harmed", "Tenants of Kiln Row.")
    page.get_by_role("button", name="Save the profile and draft a brief").click()
    expect(page.get_by_alt_text("First page of brief 2")).to_be_visible(timeout=LONG)
    settled(page)


def release(senior: Desk, commander: Desk) -> None:
    """Not alone: the senior analyst asks, the commander approves, then it is released."""
    link = "tasking?step=4+Ready&brief=2"
    page = senior.open(link)
    for approved in (False, True):
        page.get_by_text("Sanitised edition for a partner").click()
        page.get_by_label("Partner (office or unit)").wait_for(timeout=LONG)
        settled(page)
        write(page, "Partner (office or unit)", "Housing office")
        if approved:
            break
        expect(page.get_by_role("button", name="Release this edition")).to_have_count(0)
        page.get_by_label("Reason", exact=True).fill("Licences are theirs")
        page.get_by_role("button", name="Ask a second person").click()
        expect(page.get_by_text("waits for a second person", exact=False)).to_be_visible(timeout=LONG)
        second = commander.open("oversight?tab=Approvals")
        second.get_by_role("button", name="Approve", exact=True).click()
        expect(second.get_by_text("No request waits for a second person.")).to_be_visible(timeout=LONG)
        page = senior.open(link)
    expect(page.get_by_text("Approved by Cora Fay, for one use.")).to_be_visible(timeout=LONG)
    page.get_by_label("Reason for release").fill("Licences are theirs")
    page.get_by_role("button", name="Release this edition").click()
    expect(page.get_by_text("Edition 1 is released.", exact=False)).to_be_visible(timeout=LONG)
    settled(page)


def decide(page: Page, url: str) -> None:
    page.goto(f"{url}/meeting")
    page.get_by_label("Chair (name and role)").fill("Supt. Fay")
    page.get_by_role("button", name="Open the meeting").click()
    page.locator(".st-key-decide-adopted-2").wait_for(timeout=LONG)
    settled(page)
    for label, text in {
        "Why": "Most harm of what waits.",
        "Action, if adopted or amended": "Visit with the housing office",
        "Owner": "Sgt. Night",
        "Agency that answers for it": "Police",
        "Contact there (role, telephone or mail)": "Duty desk",
    }.items():
        write(page, label, text)
    page.keyboard.press("Alt+a")
    expect(page.get_by_text("adopted by Supt. Fay", exact=False).locator("visible=true").first).to_be_visible(
        timeout=LONG
    )
    settled(page)


def inspect(inspector: Desk, officer: Desk) -> None:
    """Both read at once who unmasked what and why; the inspector draws a sample, and is offered no way to
    write."""
    for desk in (inspector, officer):
        desk.ask("oversight?tab=Approvals")
    for desk in (inspector, officer):
        read_reveals(desk.wait())
    page = inspector.open("oversight?tab=Sampling")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.get_by_role("heading", name="Sample 1").wait_for(timeout=LONG)
    settled(page)
    expect(page.locator("canvas td", has_text="record decision").first).to_be_attached(timeout=LONG)
    page = inspector.open("tasking?step=3+Brief&brief=2")
    for label in ("Save as version 2", "Save the profile and draft a brief"):
        for button in page.get_by_role("button", name=label).all():
            expect(button).to_be_disabled()


def read_reveals(page: Page) -> None:
    """The table says who and why."""
    expect(page.get_by_text("1 reveal", exact=False)).to_be_visible(timeout=LONG)
    for words in ("Ana Lim", REASON):
        expect(page.locator("canvas td", has_text=words).first).to_be_attached(timeout=LONG)


def bring_back(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Backed up while it is served; changed in the file by its owner; found out, and restored."""
    store, backup = folder / "s.duckdb", folder / "backup.duckdb"
    assert run_command(folder, "backup", str(backup)).returncode == 0 and json.loads(
        (folder / "backup.duckdb.json").read_text()
    )
    process.terminate()
    process.wait(60)
    whole = run_command(folder, "audit", "verify")
    assert whole.returncode == 0, whole.stdout
    changed = tamper(store)
    found = run_command(folder, "audit", "verify")
    assert found.returncode == 1 and changed in found.stdout, found.stdout
    back = run_command(folder, "restore", "--replace", "--to", str(store), str(backup))
    assert back.returncode == 0, back.stderr
    whole = run_command(folder, "audit", "verify")
    assert whole.returncode == 0, whole.stdout
