"""A browser that has one store's outlines does not show them for another, nor after the data changed."""

from __future__ import annotations

import shutil

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from analytics.store import close_store, open_store
from ui.shell.server import study_area

ADDRESS = "/cells/{area_id:int}/{kind}/{size:int}.geojson"


def fill(store) -> None:
    with store.write() as cursor:
        cursor.execute("UPDATE store_identity SET store_id = CAST(uuid() AS VARCHAR)").fetchall()
        cursor.execute(
            "INSERT INTO area (name, epsg, time_zone) VALUES ('Oldport', 27700, 'Europe/London')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " time_precision, local_date, lon, lat, x, y) VALUES (1, 2, 1, 'Theft', '2026-01-01',"
            " '2026-01-01', 'day', '2026-01-01', -0.1, 51.5, 530000, 180000)"
        ).fetchall()


def test_outlines_are_asked_for_again_of_another_store(tmp_path, store_file, monkeypatch):
    client = TestClient(Starlette(routes=[Route(ADDRESS, study_area)]))
    tags = []
    for name in ("one", "two"):
        monkeypatch.setenv("ACHILLES_STORE", str(shutil.copy(store_file, tmp_path / f"{name}.duckdb")))
        fill(open_store())
        try:
            got = client.get("/cells/1/square/500.geojson")
            assert got.status_code == 200 and "no-cache" in got.headers["cache-control"]
            again = client.get("/cells/1/square/500.geojson", headers={"If-None-Match": got.headers["etag"]})
            assert again.status_code == 304 and not again.content
            assert client.get("/cells/9/square/500.geojson").status_code == 400
        finally:
            close_store()
        tags.append(got.headers["etag"])
    assert tags[0] != tags[1]
