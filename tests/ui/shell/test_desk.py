"""The bar's case, views and watches run without a browser: what a click does, and names as plain text."""

import pytest
from streamlit.testing.v1 import AppTest

from analytics.desk import list_watches
from analytics.desk.saved_views import list_views
from analytics.desk.tray import open_case
from analytics.oversight import Actor
from analytics.store import close_store, open_store
from ui.shell.single_user import single_user

LINKS: list[str] = []


@pytest.fixture
def opened(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "page.duckdb"))
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    monkeypatch.setattr("streamlit.page_link", lambda page, *, label, **look: LINKS.append(label))
    LINKS.clear()
    yield open_store()
    close_store()


def _tray():
    from analytics.desk.tray import TrayItem
    from analytics.search import PageLink
    from ui.shell.page import begin
    from ui.shell.tray import add_to_case, show_tray

    page = begin("Case")
    show_tray(page)
    item = TrayItem("operation", "1", "Operation :red[x] [y](z)", PageLink("adverts", {"operation": "1"}))
    add_to_case(page, item, key="a")


def _views():
    from analytics.search import PageLink
    from ui.shell.page import begin
    from ui.shell.pages import find_page
    from ui.shell.views import show_views, watch_button

    page = begin("Views")
    show_views(page, find_page("adverts"))
    opens = PageLink("adverts", {"operation": "1"})
    watch_button(page, "operation", "1", "Operation 1", opens, widget="a")


def click(app: AppTest, label: str) -> None:
    next(button for button in app.button if label in button.label).click().run()
    assert not app.exception


def open_popover(app: AppTest, key: str) -> None:
    """A test sends no state of a popover: it is closed again after each click."""
    app.session_state[key] = True
    app.run()


def test_a_thing_goes_into_the_case_is_taken_out_and_put_back(opened):
    app = AppTest.from_function(_tray, default_timeout=60).run()
    click(app, "Add to case")
    assert [item.key for item in open_case(opened, Actor("ann")).items] == ["1"]
    open_popover(app, "tray")
    assert any("\\:red\\[x\\]" in link for link in LINKS) and app.button(key="to-case-a").disabled
    click(app, "Remove")
    assert open_case(opened, Actor("ann")).items == ()
    open_popover(app, "tray")
    click(app, "Undo")
    assert len(open_case(opened, Actor("ann")).items) == 1
    open_popover(app, "tray")
    click(app, "Make one finding")
    assert "Save the finding" in [button.label for button in app.button]


def test_a_role_that_writes_no_findings_makes_none_of_a_case(opened, monkeypatch):
    monkeypatch.setenv("ACHILLES_ROLE", "commander")
    app = AppTest.from_function(_tray, default_timeout=60).run()
    click(app, "Add to case")
    open_popover(app, "tray")
    assert not [button for button in app.button if button.label.startswith("Make one")]


def test_a_link_is_saved_as_a_view_and_a_thing_watched_until_it_is_stopped(opened):
    app = AppTest.from_function(_views, default_timeout=60)
    app.query_params["operation"] = "7"
    app.session_state["views"] = True
    app.run()
    app.text_input[0].input("Pellgate, [spring](x)")
    click(app, "Save view")
    (view,) = list_views(opened, Actor("ann"))
    assert (view.opens.page, view.opens.query) == ("adverts", {"operation": "7"})
    click(app, "Watch")
    assert [watch.key for watch in list_watches(opened, Actor("ann"))] == ["1"]
    assert "\\[spring\\]" in " ".join(LINKS)
    click(app, "Stop watching")
    assert list_watches(opened, Actor("ann")) == []
