"""What the server computes before its first visitor comes."""

from __future__ import annotations

import gc
import logging

import pytest

from analytics.hotspots.catalogue import METHODS
from analytics.oversight import Actor
from analytics.store import close_store, open_store
from tests.adverts.factories import fill
from tests.ingest.helpers import HEADER, run, written
from ui.hotspots.screen import compute_first_map
from ui.shell.first_answers import compute_first_answers
from ui.shell.page import Page
from ui.shell.warm_up import load_pages, settle_memory


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "s.duckdb"))
    yield open_store()
    close_store()


def test_every_module_of_the_pages_loads_outside_a_session():
    load_pages()


def test_what_is_loaded_is_no_longer_searched_for_garbage():
    before = gc.get_freeze_count()
    things = [[] for _ in range(1000)]
    try:
        settle_memory()
        assert gc.get_freeze_count() >= before + len(things)
        assert not any(one is things for one in gc.get_objects())
    finally:
        gc.unfreeze()


def test_nothing_fails_on_an_empty_store_or_without_one(store, monkeypatch, tmp_path, caplog):
    compute_first_answers()
    (tmp_path / "other.duckdb").write_text("no database")
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "other.duckdb"))
    compute_first_answers()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_the_first_answers_lie_in_the_caches_of_the_pages(store, monkeypatch, tmp_path, caplog):
    fill(store)
    run(store, written(tmp_path, HEADER + "2024-05-01 12:00,Theft,-0.1,51.5\n" * 30))
    compute_first_answers()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
    monkeypatch.setattr(type(METHODS["count"]), "run", None)  # whatever runs it again fails
    compute_first_map(Page(store, Actor("test")), 1)
