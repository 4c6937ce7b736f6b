"""What every page begins with."""

from __future__ import annotations

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from analytics.store import close_store
from ui.shell.single_user import single_user


def script() -> None:
    import streamlit as st

    from ui.shell.page import begin

    st.caption(f"data version {begin('A question?').store.data_version()}")


@pytest.fixture
def path(tmp_path, monkeypatch):
    path = tmp_path / "s.duckdb"
    monkeypatch.setenv("ACHILLES_STORE", str(path))
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    yield path
    close_store(path)


def test_a_page_shows_its_question_and_has_the_store(path):
    page = AppTest.from_function(script).run()
    assert [title.value for title in page.title] == ["A question?"]
    assert [caption.value for caption in page.caption] == ["data version 1"]


def test_a_store_that_cannot_be_opened_is_said_in_words_and_ends_the_page(path):
    with duckdb.connect(path) as database:
        database.execute("CREATE TABLE customer (name VARCHAR)")
    page = AppTest.from_function(script).run()
    assert not page.exception and not page.caption
    assert [error.value.replace("\\", "") for error in page.error] == [
        "The file is a DuckDB database, but not a store of Achilles."
    ]
