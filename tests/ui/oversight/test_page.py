"""The page Oversight run without a browser: every view, what is recorded, who is refused."""

from __future__ import annotations

import pytest

from analytics.oversight import Actor, record
from analytics.store import close_store, open_store
from tests.ui.page_runs import open_page
from ui.shell.single_user import single_user

VIEWS = (
    "Record",
    "A person's file",
    "Complaints",
    "Retention",
    "Sources",
    "Releases",
    "Sampling",
    "Approvals",
)


@pytest.fixture
def opened_store(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "page.duckdb"))
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    yield open_store()
    close_store()


def test_every_view_opens_on_an_empty_store_and_says_what_to_do(opened_store):
    for view in VIEWS:
        app = open_page("oversight", tab=view)
        said = [text.value for text in (*app.text, *app.caption, *app.header)]
        assert said, view


def test_the_record_is_read_and_checked_and_the_look_itself_is_recorded(opened_store):
    with opened_store.write() as cursor:
        record(cursor, Actor("A"), "search", "the whole store", detail={"typed": ":red[x]"})
    app = open_page("oversight", tab="Record")
    assert any("2 records" in text.value for text in app.markdown)
    next(button for button in app.button if button.label == "Check everything").click().run()
    assert not app.exception and any("Unbroken" in text.value for text in app.success)
    acts = [row["act"] for row in opened_store.rows("SELECT act FROM audit ORDER BY sequence")]
    assert acts == ["search", "read audit", "verify audit"]


def test_a_complaint_is_registered_on_the_page(opened_store):
    app = open_page("oversight", tab="Complaints")
    app.text_input[0].input("Ref 9")
    app.text_input[1].input("D")
    app.text_area[0].input("wrong address")
    next(button for button in app.button if button.label == "Save").click().run()
    assert not app.exception
    assert opened_store.rows("SELECT complainant, state FROM complaint") == [
        {"complainant": "Ref 9", "state": "open"}
    ]


def test_whoever_may_not_read_the_record_is_told_so(opened_store, monkeypatch):
    monkeypatch.setattr("ui.shell.page.find_actor", lambda: Actor("C", "commander", "tasking", "s1"))
    app = open_page("oversight", tab="Record")
    assert "does not read the audit trail" in app.info[0].value and not app.dataframe
