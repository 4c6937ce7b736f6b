"""A file that is made when it is asked for leaves once it is recorded, without a run of the page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analytics.oversight import Actor
from ui.components.exporting import download_button

PAGE: Any = SimpleNamespace(actor=Actor("A"), store=None)


@pytest.fixture
def drawn(monkeypatch):
    """What Streamlit was asked to draw."""
    calls: list[tuple[tuple, dict]] = []
    monkeypatch.setattr("ui.components.exporting.mark_of_store", lambda store: "")
    monkeypatch.setattr("streamlit.download_button", lambda *words, **look: calls.append((words, look)))
    return calls


def test_a_file_made_on_request_is_recorded_and_sent_without_a_run(drawn):
    noted: list[str] = []
    download_button(PAGE, "export rows", "CSV", lambda: b"x", "a.csv", on_click=noted.append, args=("sent",))
    ((label, send, name, _), look) = drawn[0]
    assert (label, name, look, noted) == ("CSV", "a.csv", {"on_click": "ignore"}, [])
    assert send() == b"x" and noted == ["sent"]


def test_what_cannot_be_recorded_is_not_sent(drawn):
    def refuse() -> None:
        raise PermissionError

    download_button(PAGE, "export rows", "CSV", lambda: b"x", "a.csv", on_click=refuse)
    with pytest.raises(PermissionError):
        drawn[0][0][1]()


def test_a_file_that_is_there_is_recorded_by_the_click(drawn):
    download_button(PAGE, "export rows", "CSV", b"x", "a.csv", on_click=print, args=("sent",))
    assert drawn == [(("CSV", b"x", "a.csv", None), {"on_click": print, "args": ("sent",)})]


def test_in_a_store_of_invented_data_alone_every_name_says_so(drawn, monkeypatch):
    monkeypatch.setattr("ui.components.exporting.mark_of_store", lambda store: "EXERCISE: invented data")
    for name in ("a.csv", "EXERCISE-a.csv"):
        download_button(PAGE, "export rows", "CSV", b"x", name)
    assert [words[2] for words, _ in drawn] == ["EXERCISE-a.csv", "EXERCISE-a.csv"]
