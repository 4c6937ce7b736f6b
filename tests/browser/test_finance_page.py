"""The Finance page in a real browser: from a ranked lead to its finding, masked until a reason is given. What
its views say, `tests/ui/test_every_view.py` sees."""

import docx
from playwright.sync_api import expect

from tests.browser.conftest import settled, table_box

SEARCH = 240_000  # milliseconds: every typology and indicator, on a busy machine


def found(page, url):
    page.goto(url)
    page.wait_for_selector("text=What was searched", timeout=SEARCH)
    settled(page)


def chosen(page, part):
    page.get_by_role("radiogroup", name="Part").get_by_role("radio", name=part, exact=True).click()
    settled(page)


def _header(paper) -> str:
    return " ".join(paragraph.text for section in paper.sections for paragraph in section.header.paragraphs)


def test_a_lead_is_masked_until_a_reason_is_given_and_becomes_a_finding(server, watched):
    found(watched, f"{server.url}/finance")
    expect(watched.locator(".st-key-pad_detail_head")).to_contain_text("1 · ")  # open before any click
    watched.get_by_role("option").nth(1).click()
    expect(watched.locator(".st-key-pad_detail_head")).to_contain_text("2 · ", timeout=60_000)
    settled(watched)
    assert "lead=L" in watched.url and "ACC-" not in watched.url
    chosen(watched, "Accounts")
    box = table_box(watched)
    watched.mouse.click(box["x"] + 18, box["y"] + 52)  # the tick box of the first row
    watched.wait_for_selector("text=Leads it takes part in", timeout=60_000)
    settled(watched)
    assert "account=" in watched.url and "ACC-" not in watched.url
    watched.go_back()
    watched.wait_for_selector("text=What else would explain it", timeout=60_000)
    settled(watched)
    assert watched.get_by_text("ACC-0", exact=False).count() == 0
    watched.get_by_role("button", name="Reveal personal data").click()
    watched.get_by_label("Reason").fill("Production order 12 is being drafted")
    watched.get_by_role("button", name="Reveal", exact=True).click()
    watched.wait_for_selector("text=Hide personal data", timeout=60_000)
    settled(watched)
    assert watched.get_by_text("ACC-0", exact=False).count() > 0
    chosen(watched, "Drafts")
    with watched.expect_download() as printed:
        watched.get_by_role("button", name="DOCX").last.click()  # the narrative's
    paper = docx.Document(printed.value.path())
    said = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert "account numbers masked" in _header(paper) and "SHA-256" in said and "ACC-0" not in said
    watched.get_by_role("button", name="Save as finding").click()
    watched.wait_for_selector("text=Saved as finding", timeout=60_000)
    assert watched.locator("[data-testid=stException]").count() == 0


def test_money_is_followed_from_an_account(server, watched):
    watched.goto(f"{server.url}/finance?view=Follow+the+money")
    watched.wait_for_selector("text=Give the number of the account", timeout=SEARCH)
    settled(watched)
    watched.get_by_label("From account").fill("ACC-0000001")
    watched.get_by_role("button", name="Follow", exact=True).click()
    watched.wait_for_selector("text=/Where the money ended|It paid nothing/", timeout=60_000)
    assert watched.locator("[data-testid=stException]").count() == 0
