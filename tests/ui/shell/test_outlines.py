"""A browser that has one store's outlines does not show them for another, nor after the data changed; and
nobody is sent the outlines of what he or she does not see."""

from __future__ import annotations

import shutil

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from analytics.oversight import Actor
from analytics.store import close_store, open_store
from ui.shell.server import study_area

ADDRESS = "/cells/{area_id:int}/{kind}/{size:int}.geojson"
CELLS = "/cells/1/square/500.geojson"
ANALYST = Actor("ann", "analyst", "intelligence", "s")
SEEN = {  # how many cells: one each of a source marked P, of one marked C, of an invented one
    ANALYST: 3,
    Actor("pat", "partner", "investigation", "s"): 2,
    Actor("olu", "officer", "tasking", "s"): 2,
    Actor("ann", "analyst", "training", "s"): 1,
    Actor("adi", "administrator", "administration", "s"): 0,
}


class As:
    """Puts a person into the request, as the gate does."""

    def __init__(self, app, people):
        self.app, self.people = app, people

    async def __call__(self, scope, receive, send):
        await self.app(scope | {"actor": self.people[0]}, receive, send)


def open_client(actor=ANALYST):
    people = [actor]
    app = Starlette(routes=[Route(ADDRESS, study_area)], middleware=[Middleware(As, people=people)])
    return TestClient(app), people


def fill(store) -> None:
    with store.write() as cursor:
        cursor.execute("UPDATE store_identity SET store_id = CAST(uuid() AS VARCHAR)").fetchall()
        cursor.execute(
            "INSERT INTO area (name, epsg, time_zone) VALUES ('Oldport', 27700, 'Europe/London')"
        ).fetchall()
        for source, handling in enumerate(("P", "C (A1): with conditions", "Training only"), 1):
            cursor.execute(
                "INSERT INTO source (source_id, kind, name, file_name, sha256, importer, parameters,"
                " imported_at, imported_by, legal_basis, purpose, handling, review_date, rows_in,"
                " rows_accepted, rows_quarantined, is_scenario) VALUES ($n, 'incident', 'S', 'f', $n, 'i',"
                " '{}', '2026-01-01', 'ann', 'l', 'p', $handling, '2030-01-01', 1, 1, 0, $n = 3)",
                {"n": source, "handling": handling},
            ).fetchall()
            cursor.execute(
                "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
                " time_precision, local_date, lon, lat, x, y) VALUES ($n, 1, 1, 'Theft', '2026-01-01',"
                " '2026-01-01', 'day', '2026-01-01', -0.1, 51.5, 530000 + 2000 * $n, 180000)",
                {"n": source},
            ).fetchall()


@pytest.fixture
def filled(tmp_path, store_file, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(shutil.copy(store_file, tmp_path / "one.duckdb")))
    fill(open_store())
    yield
    close_store()


def test_outlines_are_asked_for_again_of_another_store(tmp_path, store_file, monkeypatch):
    client, _ = open_client()
    tags = []
    for name in ("one", "two"):
        monkeypatch.setenv("ACHILLES_STORE", str(shutil.copy(store_file, tmp_path / f"{name}.duckdb")))
        fill(open_store())
        try:
            got = client.get(CELLS)
            assert got.status_code == 200 and "no-cache" in got.headers["cache-control"]
            again = client.get(CELLS, headers={"If-None-Match": got.headers["etag"]})
            assert again.status_code == 304 and not again.content
            assert client.get("/cells/9/square/500.geojson").status_code == 400
        finally:
            close_store()
        tags.append(got.headers["etag"])
    assert tags[0] != tags[1]


def test_each_is_sent_the_cells_of_the_sources_that_he_or_she_sees(filled):
    client, people = open_client()
    found = {}
    for people[0] in SEEN:
        found[people[0]] = len(client.get(CELLS).json()["features"])
    assert found == SEEN


def test_a_browser_does_not_show_one_person_the_outlines_of_another(filled):
    client, people = open_client()
    tag = client.get(CELLS).headers["etag"]
    people[0] = Actor("pat", "partner", "investigation", "s")
    assert client.get(CELLS, headers={"If-None-Match": tag}).status_code == 200
