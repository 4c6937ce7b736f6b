"""'Still true?': what a finding said against the present data, row by row, with nothing overwritten."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
import shapely

from analytics.hotspots.catalogue import METHODS, Request
from analytics.hotspots.catalogue.snapshot import take_snapshot
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.findings.followed import DRAWN, describe_drawn
from analytics.hotspots.findings.hotspot_finding import (
    FindingContext,
    build_cell_finding,
    build_method_finding,
    build_outline_finding,
)
from analytics.hotspots.findings.recipe import read_request, write_recipe
from analytics.hotspots.findings.rerun import rerun_finding
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.selection import Selection
from analytics.intelligence.findings import load_finding, save_finding
from analytics.intelligence.recheck import RerunRequest, list_checks, save_check
from analytics.oversight import Actor
from analytics.reruns import explain_no_rerun, recheck_finding
from analytics.store import Store
from tests.intelligence.test_findings import FINDING, rows

ACTOR = Actor("ann")
COLUMNS = (
    "source_id, row_number, area_id, category, occurred_from, occurred_to, time_precision, local_date, "
    "local_hour,"
    " local_weekday, place, lon, lat, x, y"
)


def add(store, source_id: int, first: int, count: int, start: str, *, spread: float = 40.0) -> None:
    """Incidents around one spot, an hour apart, as an import would leave them."""
    rng = np.random.default_rng(source_id)
    spots = rng.normal(0, spread, (count, 2))
    with store.write() as cursor:
        cursor.register(
            "spots", pa.table({"x": 500_100 + spots[:, 0], "y": 5_400_100 + spots[:, 1], "n": range(count)})
        )
        cursor.execute(
            f"INSERT INTO incident ({COLUMNS}) SELECT ?, n + ?, 1, 'Robbery', t, t, 'minute', t::DATE,"
            f" hour(t), isodow(t),"
            " 'Station Road', 3 + (x - 500000) / 73000, 48.75 + (y - 5400000) / 111000, x, y"
            " FROM (SELECT *, CAST(? AS TIMESTAMP) + INTERVAL 1 HOUR * n AS t FROM spots)",
            [source_id, first, start],
        ).fetchall()
        cursor.unregister("spots")


@pytest.fixture
def city(store):
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO area (name, epsg, time_zone) VALUES ('Testville', 32631, 'UTC')"
        ).fetchall()
    add(store, 1, 2, 60, "2024-07-01 00:00")
    add(store, 2, 2, 300, "2024-06-01 00:00", spread=2500)
    return store


def save(store: Store, method: str = "", last: str = "2024-07-31"):
    workspace = open_workspace(store, 1)
    request = Request(
        Selection(1, date(2024, 7, 1), date.fromisoformat(last)),
        Grid("square", 500),
        options=METHODS[method].defaults() if method else (),
    )
    context = FindingContext("Testville", store.data_version(), "week")
    snapshot = take_snapshot(workspace, request, context.unit)
    if not method:
        worst = snapshot.cells.sort_values("count").iloc[-1].id
        return save_finding(store, ACTOR, *build_cell_finding(workspace, request, snapshot, worst, context))
    result = METHODS[method].run(workspace, request)
    if result.shape == "outlines":
        chosen = result.table.id.iloc[0]
        made = build_outline_finding(workspace, request, METHODS[method], result, snapshot, chosen, context)
    else:
        made = build_method_finding(workspace, request, METHODS[method], result, context)
    return save_finding(store, ACTOR, *made)


@pytest.mark.parametrize("method", ["", "hdbscan", "when"])
def test_on_the_same_data_it_says_the_same(city, method):
    if method and method not in METHODS:
        method = {
            "hdbscan": next(m.name for m in METHODS.values() if "cluster" in m.title.lower()),
            "when": next(m.name for m in METHODS.values() if m.group == "When"),
        }[method]
    number = save(city, method)
    check = recheck_finding(city, RerunRequest(number, 1))
    assert check.verdict == "same", check.values[check.values.changed]
    assert check.rows.empty and check.rows_in_both > 0


def test_a_drawn_area_is_a_finding_that_is_found_again_and_measured_whole(city):
    workspace = open_workspace(city, 1)
    request = Request(Selection(1, date(2024, 7, 1), date(2024, 7, 31)), Grid("square", 500))
    context = FindingContext("Testville", city.data_version(), "week")
    snapshot = take_snapshot(workspace, request, "week")
    (row,) = city.rows("SELECT avg(lon) AS x, avg(lat) AS y FROM incident WHERE source_id = 1")
    boxes = [
        shapely.box(row["x"] + east, row["y"] - 0.01, row["x"] + east + 0.02, row["y"] + 0.01)
        for east in (-0.01, 0.1)
    ]
    drawn = shapely.union_all(boxes)
    result = describe_drawn(workspace, request, drawn, "week")
    (area,) = result.table.itertuples()
    finding, rows = build_outline_finding(workspace, request, DRAWN, result, snapshot, area.id, context)
    focus = finding.result.focus
    assert focus.label == area.name and focus.count == area.count == rows.num_rows > 0
    assert focus.outline.symmetric_difference(drawn).area < 1e-3 * drawn.area
    check = recheck_finding(city, RerunRequest(save_finding(city, ACTOR, finding, rows), 1))
    assert check.verdict == "same", check.values[check.values.changed]


def test_more_and_fewer_rows_are_told_and_nothing_is_overwritten(city):
    number = save(city)
    before = load_finding(city, number)
    add(city, 3, 2, 20, "2024-07-10 00:30")
    with city.write() as cursor:
        cursor.execute("DELETE FROM incident WHERE source_id = 1 AND row_number < 6").fetchall()
    check = recheck_finding(city, RerunRequest(number, 1))
    counts = check.rows.what.value_counts().to_dict()
    assert check.verdict == "changed" and counts["gone: removed from the store"] == 4
    assert counts["new"] == (check.rows.source_id == 3).sum() > 10
    values = check.values.set_index("what")
    assert values.loc["count", "now"] - values.loc["count", "then"] == counts["new"] - 4
    assert "4 gone, 18 new. Then not shown to be more than chance, now more than chance." in check.says
    assert save_check(city, ACTOR, number, 1, check) == 1 and load_finding(city, number) == before
    assert list_checks(city, number)[["verdict", "version"]].values.tolist() == [["changed", 1]]


def test_the_same_rows_from_another_import_are_moved_not_lost(city):
    number = save(city)
    with city.write() as cursor:
        cursor.execute("UPDATE incident SET source_id = 9 WHERE source_id = 1").fetchall()
    check = recheck_finding(city, RerunRequest(number, 1))
    assert set(check.rows.what) == {"moved: the same row from another source"}
    assert len(check.rows) + check.rows_in_both == len(city.rows("SELECT * FROM finding_evidence"))


def test_it_can_be_asked_of_the_newest_dates(city):
    number = save(city)
    add(city, 3, 2, 2, "2024-12-30 00:00", spread=2500)
    made, _ = rerun_finding(city, load_finding(city, number), RerunRequest(number, 1, latest=True))
    assert (str(made.period_from), str(made.period_to)) == ("2024-11-30", "2024-12-30")
    assert recheck_finding(city, RerunRequest(number, 1, latest=True)).rows_in_both == 0


def test_what_cannot_be_made_again_says_why(city):
    number = save(city)
    with city.write() as cursor:
        cursor.execute("DELETE FROM incident").fetchall()
    check = recheck_finding(city, RerunRequest(number, 1))
    assert check.verdict == "not found" and "No incidents of Testville" in check.says
    written = save_finding(city, ACTOR, FINDING, rows(1, [2]))
    assert "written by a person" in recheck_finding(city, RerunRequest(written, 1)).says
    assert "no findings of the kind" in explain_no_rerun(
        load_finding(city, number).__class__(**{**vars(FINDING), "recipe": {"kind": "x"}})
    )


def test_a_recipe_gives_its_request_back():
    from datetime import date

    request = Request(
        Selection(
            1,
            date(2024, 7, 1),
            date(2024, 7, 31),
            ("Robbery",),
            (1, 2),
            (6,),
            b"\x01\xff",
            "the period before",
        ),
        Grid("hexagon", 250),
        (("Robbery", 2.5),),
        (("seed", 1),),
    )
    assert read_request(write_recipe(request, FindingContext("T", 1, "week"), cell="x1y1")) == request
