"""What the list component is given, and which of its answers are passed on."""

from types import SimpleNamespace

import pytest
import streamlit as st

from ui.components import list as component
from ui.components.list import ListEntry, ListMark, show_list


@pytest.fixture
def mounted(monkeypatch):
    """What was given to the component, and a way to answer as the browser does."""
    given = {}
    monkeypatch.setattr(component, "_component", lambda **values: given.update(values))
    monkeypatch.setattr(st, "session_state", {})

    def answer(**values):
        st.session_state["places"] = SimpleNamespace(**values)
        for name in values:
            given[f"on_{name}_change"]()

    return given, answer


ENTRIES = [ListEntry("a", "<b>Quay</b>", marks=[ListMark("far", "strong")]), ListEntry("b", "Mill")]


def test_what_is_shown_is_sent_as_it_is_and_only_a_listed_card_is_chosen(mounted):
    given, _ = mounted
    show_list(ENTRIES, key="places", label="Places", chosen="gone", on_choose=print)
    assert given["data"]["chosen"] is None and given["data"]["channel"] == "places"
    assert given["data"]["entries"][0]["name"] == "<b>Quay</b>"
    assert given["data"]["entries"][0]["marks"] == [{"text": "far", "tone": "strong"}]
    assert given["height"] == "stretch"


def test_only_ids_of_the_list_are_passed_on(mounted):
    _, answer = mounted
    chosen, opened = [], []
    show_list(
        ENTRIES, key="places", label="P", chosen="a", on_choose=chosen.append, on_open=opened.append, height=9
    )
    answer(chosen="b", opened=None)
    answer(chosen={"x": 1}, opened="a")
    answer(chosen="'; DROP", opened="b")
    assert (chosen, opened) == (["b"], ["a", "b"])
