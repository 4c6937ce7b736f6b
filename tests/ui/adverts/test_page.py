"""The Adverts page run without a browser: the first operation is open, filters and links lead where they say,
what is masked stays so."""

import shutil

import pytest
from streamlit.testing.v1 import AppTest

from analytics.store import close_store, open_store
from tests.adverts.factories import NAMES, fill
from tests.ui.page_runs import open_page
from ui.shell.single_user import single_user

LISTS: list[dict] = []


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, store_file, tmp_path):
    """A page run by itself knows no other page; the lists that it draws are written down."""
    monkeypatch.setenv("ACHILLES_STORE", str(shutil.copy(store_file, tmp_path / "page.duckdb")))
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    monkeypatch.setattr("streamlit.page_link", lambda page, **look: None)
    monkeypatch.setattr("ui.components.list._component", lambda **values: LISTS.append(values["data"]))
    LISTS.clear()
    yield
    close_store()


def written(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.text])


def test_an_empty_store_says_what_to_do_next():
    app = open_page("adverts")
    assert "No adverts have been imported yet" in written(app)
    assert [button.label for button in app.button] == ["Import adverts", "Load the invented city"]


def test_the_first_operation_is_open_and_every_card_is_masked_and_says_why():
    fill(open_store())
    app = open_page("adverts")
    cards = LISTS[-1]["entries"]
    assert [card["number"] for card in cards] == [1, 2, 3] and LISTS[-1]["chosen"] == cards[0]["id"]
    assert f"1 · Operation {cards[0]['id']}" in written(app)
    assert "What else would explain it" in written(app) and "Why read it" in written(app)
    assert all(any(mark["text"].startswith("Links") for mark in card["marks"]) for card in cards)
    assert not any(name in str(cards) for name in NAMES) and "447700900" not in str(cards)
    assert app.query_params.get("operation") is None  # what is open by itself is not in the link


def test_the_link_opens_an_operation_an_advert_and_an_order_and_says_what_is_not_there():
    fill(open_store())
    app = open_page("adverts", operation="2", order="adverts")
    assert "Operation 2**" in written(app)
    figures = [int(card["figure"]) for card in LISTS[-1]["entries"]]
    assert figures == sorted(figures, reverse=True)
    assert "Row 2 of source 1" in written(open_page("adverts", advert="1-2"))
    gone = open_page("adverts", operation="999")
    assert "not in the store" in str([warning.value for warning in gone.warning])


def test_a_link_of_before_leads_to_the_view_and_the_period_that_it_meant():
    fill(open_store())
    app = open_page("adverts", view="Signs", posted=["2026-01-05", "2026-02-05"])
    assert app.query_params["view"] == "Indicators"
    assert app.query_params["period"] == ["2026-01-05", "2026-02-05"] and "posted" not in app.query_params
