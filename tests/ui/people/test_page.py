"""The page People run without a browser: add, give roles, disable, reset, and who is refused."""

from __future__ import annotations

import pytest

from analytics.oversight import Actor
from analytics.oversight.accounts import find_person, use_code
from analytics.oversight.approvals import approve_request, list_approvals
from analytics.store import close_store, open_store
from tests.ui.page_runs import open_page, press

ADMINISTRATOR = Actor("Root", "administrator", "administration", "s1")


@pytest.fixture
def opened_store(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "page.duckdb"))
    monkeypatch.setattr("ui.shell.page.find_actor", lambda: ADMINISTRATOR)
    yield open_store()
    close_store()


def add(name: str, role: str) -> str:
    """Add somebody on the page; the one-time code shown."""
    app = open_page("people")
    app.text_input(key="person-name").input(name).run()
    app.multiselect(key="person-roles-new").select(role).run()
    press(app, "Add the person")
    return app.code[0].value


def test_a_person_is_added_and_the_code_shown_opens_the_account(opened_store):
    code = add("Ana :red[Lim]", "analyst")
    use_code(opened_store, "Ana :red[Lim]", code, "seven green bottles", None)
    assert find_person(opened_store, "Ana :red[Lim]").has_password
    app = open_page("people", person="Ana :red[Lim]")
    assert any("Ana" in head.value and ":red[" not in head.value for head in app.header)


def test_a_person_is_disabled_and_reset_but_nobody_disables_themselves(opened_store):
    add("Ana", "analyst")
    press(open_page("people", person="Ana"), "Disable")
    assert find_person(opened_store, "Ana").is_disabled
    app = press(open_page("people", person="Ana"), "Reset it")
    assert len(app.code) == 1
    add("Root", "administrator")
    own = open_page("people", person="Root")
    assert all(button.disabled for button in own.button if button.label in ("Disable", "Sign out everywhere"))


def test_another_administrator_approves_roles_before_they_are_given(opened_store):
    for name in ("Root", "Second"):
        use_code(opened_store, name, add(name, "administrator"), "seven green bottles", None)
    add_blocked = open_page("people")
    add_blocked.text_input(key="person-name").input("Ana").run()
    add_blocked.multiselect(key="person-roles-new").select("analyst").run()
    assert "Add the person" not in [button.label for button in add_blocked.button]
    add_blocked.text_input(key="ask-reason-grant-add").input("joins the unit")
    press(add_blocked, "Ask a second person")
    (request,) = list_approvals(opened_store, waiting=True)
    assert request.object == "Ana: analyst"
    approve_request(
        opened_store, Actor("Second", "administrator", "administration", "s2"), request.approval_id
    )
    assert add("Ana", "analyst") and find_person(opened_store, "Ana").roles == ("analyst",)


def test_an_analyst_is_refused_the_page(opened_store, monkeypatch):
    monkeypatch.setattr("ui.shell.page.find_actor", lambda: Actor("A", "analyst", "intelligence", "s3"))
    app = open_page("people")
    assert app.info and not app.button
