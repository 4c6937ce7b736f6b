"""Every method of the catalogue on one store: it answers, refuses in words, exports and prints."""

import io
import json
from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
from click.testing import CliRunner
from PIL import Image
from scipy import stats

from analytics.figures.print_result import print_result
from analytics.hotspots.catalogue import METHODS, Option, Request, Result, counts_and_rates, options
from analytics.hotspots.catalogue.snapshot import take_snapshot
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.counts import find_study_cells
from analytics.hotspots.denominators import Denominator, list_denominators, load_denominator, read_points
from analytics.hotspots.evidence_rows import select_in_outline
from analytics.hotspots.findings.exports import FORMATS, NotAMap, encode_result
from analytics.hotspots.findings.hotspot_finding import (
    FindingContext,
    build_cell_finding,
    build_method_finding,
    build_outline_finding,
)
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.incident_points import read_incident_points
from analytics.hotspots.methods.rates import area_rates
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.selection import Selection
from analytics.intelligence.findings import load_finding, save_finding
from analytics.oversight import Actor
from analytics.shared.week_clock import WEEKDAYS, read_clock
from analytics.store import Store
from analytics.tasking.fillers import classify_element
from tests.series.worlds import make_world

SELECTION = Selection(1, date(2024, 1, 2), date(2024, 12, 31))
GRID = Grid("hexagon", 500)
SERIES_TOWN = 2  # a working area of its own
CASE = FindingContext("Testville", 1, "week")


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """6,000 robberies and thefts of 2023-24 with two dense places, four beats and a street; EPSG:32631,
    UTC+1."""
    store = Store(tmp_path_factory.mktemp("city") / "city.duckdb")
    rng = np.random.default_rng(7)
    n = 6000
    at = rng.integers(0, 3, n)
    centre = np.array([[502_000, 5_400_000], [504_500, 5_402_500], [503_000, 5_401_000]])[at]
    spread = np.array([120, 200, 1800])[at][:, None]
    places = centre + rng.normal(0, 1, (n, 2)) * spread
    lon, lat = pyproj.Transformer.from_crs(32631, 4326, always_xy=True).transform(*places.T)
    start = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.uniform(0, 731 * 24, n).round(2), unit="h")
    end = start + pd.to_timedelta(np.where(rng.random(n) < 0.3, rng.uniform(1, 9, n).round(2), 0), unit="h")
    frame = pd.DataFrame(
        {"n": range(n), "x": places[:, 0], "y": places[:, 1], "lon": lon, "lat": lat, "a": start, "b": end}
    )
    middle = pyproj.Transformer.from_crs(32631, 4326, always_xy=True)
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO area (name, epsg, time_zone) VALUES ('Testville', 32631, 'Europe/Paris')"
        ).fetchall()
        cursor.register("frame", frame)
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to, "
            "time_precision, local_date, local_hour, local_weekday, place, lon, lat, x, y) SELECT 1, n + 2, "
            "1, if(n % 3 = 0, 'robbery', 'theft'), a, b, 'minute', CAST(a AS DATE), if(a = b, hour(a), "
            "NULL), isodow(a), '=1+1 <b>Station</b> $x$', lon, lat, x, y FROM frame"
        ).fetchall()
        for k, (west, south) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)]):
            box = shapely.box(
                498_000 + west * 5_000,
                5_396_000 + south * 5_000,
                503_000 + west * 5_000,
                5_401_000 + south * 5_000,
            )
            ring = shapely.transform(box, lambda p: np.column_stack(middle.transform(p[:, 0], p[:, 1])))
            cursor.execute(
                "INSERT INTO boundary VALUES (2, ?, 1, 'Beats', 'area', NULL, ?, ?)",
                [k + 2, ["<b>North</b>", "*South*", "East", "West"][k], shapely.to_wkb(ring)],
            ).fetchall()
        street = shapely.transform(
            shapely.LineString([(501_500, 5_400_000), (502_500, 5_400_000)]),
            lambda p: np.column_stack(middle.transform(p[:, 0], p[:, 1])),
        )
        cursor.execute(
            "INSERT INTO boundary VALUES (3, 2, 1, 'Streets', 'street', NULL, 'High', ?)",
            [shapely.to_wkb(street)],
        ).fetchall()
    _plant_series(store)
    load_denominator(store, Actor("a"), 1, "residents", residents(rng, lon, lat), "blocks.csv")
    yield store
    store.close()


def _plant_series(store):
    """A second working area with series in it: in patterned noise no method should find any."""
    incidents, _ = make_world(11)
    moments = pd.Timestamp("1970-01-01") + pd.to_timedelta(incidents.start / 2 + 9862, unit="D").round("min")
    lon, lat = pyproj.Transformer.from_crs(32631, 4326, always_xy=True).transform(
        500_000 + incidents.x, 5_400_000 + incidents.y
    )
    habits = pd.DataFrame(incidents.values).astype(str).to_json(orient="records", lines=True).splitlines()
    frame = pd.DataFrame(
        {"n": range(len(lon)), "x": 500_000 + incidents.x, "y": 5_400_000 + incidents.y, "lon": lon}
        | {"lat": lat, "a": moments, "habits": habits}
    )
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO area (name, epsg, time_zone) VALUES ('Series Town', 32631, 'Europe/Paris')"
        ).fetchall()
        cursor.register("frame", frame)
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to, "
            "time_precision, local_date, lon, lat, x, y, attributes) SELECT 4, n + 2, ?, 'robbery', a, a, "
            "'minute', CAST(a AS DATE), lon, lat, x, y, habits FROM frame",
            [SERIES_TOWN],
        ).fetchall()


def residents(rng, lon, lat):
    """A census point of 1 to 50 people near every tenth incident, as a CSV."""
    near = slice(None, None, 10)
    rows = zip(
        lon[near] + rng.normal(0, 2e-3, 600),
        lat[near] + rng.normal(0, 2e-3, 600),
        rng.integers(1, 50, 600),
        strict=True,
    )
    return ("lon,lat,value\n" + "\n".join(f"{a},{b},{c}" for a, b, c in rows)).encode()


def asked(store, name, selection=SELECTION, **options):
    if name in ("linked-series", "anchor-area"):
        selection = replace(selection, area_id=SERIES_TOWN)
    workspace = open_workspace(store, selection.area_id)
    given = dict(METHODS[name].defaults())
    for option in METHODS[name].options:
        if option.choices_of:
            given[option.name] = option.choices_of(workspace)[0]
    given |= {"before-after": {"since": "2024-06-01", "treated": "<b>North</b>", "control": "West"}}.get(
        name, {}
    )
    return workspace, Request(selection, GRID, options=tuple((given | options).items()))


@pytest.mark.parametrize("name", METHODS)
def test_each_method_answers_says_what_it_found_and_carries_its_parameters(city, name):
    workspace, request = asked(city, name)
    result = METHODS[name].run(workspace, request)
    assert len(result.table) and result.says and all(sentence.strip() for sentence in result.says)
    assert result.parameters["period"] == "2024-01-02 to 2024-12-31"
    if result.shape in ("cells", "outlines"):
        assert result.measure.column in result.table and result.table.id.is_unique
    if result.measure and result.measure.kinds:
        assert set(result.table[result.measure.column]) <= set(result.measure.kinds)


@pytest.mark.parametrize("name", METHODS)
def test_each_method_weighs_by_harm_within_a_custom_area_of_one_category(city, name):
    """Robberies alone, of weight 3: the same places, with three times the sum."""
    area = shapely.to_wkb(shapely.box(499_000, 5_397_000, 507_000, 5_405_000))
    selection = replace(SELECTION, categories=("robbery",), within=area)
    weights = (("robbery", 3.0), ("theft", 1.0))
    workspace, request = asked(city, name, selection)
    counted, weighed = (
        METHODS[name].run(workspace, asks) for asks in (request, replace(request, weights=weights))
    )
    assert weighed.parameters["harm_weights"] == dict(weights) and weighed.parameters["custom_area"]
    column = weighed.measure.column if weighed.measure else ""
    if column in ("value", "weight") and name != "concentration":
        assert len(weighed.table) == len(counted.table)
        assert weighed.table[column].sum() == pytest.approx(3 * counted.table[column].sum())
    if name in ("clock", "trend"):
        told = {"clock": "value", "trend": "count"}[name]
        assert weighed.table[told].sum() == pytest.approx(3 * counted.table[told].sum())
    if name in ("near-repeats", "linked-series", "anchor-area"):
        assert "whatever their harm" in " ".join(weighed.says)


def test_the_anchor_area_is_a_tenth_of_the_box_round_its_series_and_rests_on_it(city):
    workspace, request = asked(city, "anchor-area")
    result = METHODS["anchor-area"].run(workspace, request)
    assert result.table.id.tolist() == ["Search first", "Search next", "Search then"]
    assert result.table.km2.cumsum().tolist() == pytest.approx(
        [result.table.km2.sum() * share for share in (0.2, 0.5, 1)], rel=0.02
    )
    rows = [set(own.row_number) for _, own in result.members.groupby("id")]
    assert rows[0] == rows[1] == rows[2] and len(rows[0]) == result.table["count"][0] >= 5
    assert "not where somebody lives" in " ".join(result.says)
    method, snapshot = METHODS["anchor-area"], take_snapshot(workspace, request, "week")
    finding, evidence = build_outline_finding(
        workspace, request, method, result, snapshot, "Search first", CASE
    )
    assert (
        evidence.num_rows == len(rows[0]) and f"worked out from {len(rows[0])} incidents" in finding.statement
    )
    assert classify_element(finding, frozenset({"incident"})) == "series"
    with pytest.raises(TooFewData, match="There is no series 99"):
        METHODS["anchor-area"].run(*asked(city, "anchor-area", number=99))


def test_hotspot_areas_hold_the_two_dense_places_and_the_rows_that_they_count(city):
    workspace, request = asked(city, "hotspot-areas")
    result = METHODS["hotspot-areas"].run(workspace, request)
    dense = shapely.points(
        *pyproj.Transformer.from_crs(32631, 4326, always_xy=True).transform(
            [502_000, 504_500], [5_400_000, 5_402_500]
        )
    )
    assert len(result.table) == 2
    assert all(shapely.contains(result.table.geometry.to_numpy()[:, None], dense).sum(axis=1) == 1)
    sizes = result.members.groupby("id").size()
    assert sizes[result.table.id].tolist() == result.table["count"].tolist()
    for area in result.table.itertuples():
        rows = select_in_outline(SELECTION, area.geometry, workspace.epsg, any_period=True)
        assert sum(area.history) == len(workspace.engine.run(rows.select("row_number")))
    assert result.table.busiest.str.fullmatch(r"(\d\d:00 to \d\d:59|the whole day), \d+%").all()
    tested = METHODS["gi-star"].run(*asked(city, "gi-star")).table
    assert len(tested) == len(find_study_cells(workspace.engine, 1, GRID))  # those not called are drawn too
    hot = tested.query("verdict == 'hot'")
    assert result.table["count"].sum() == hot["count"].sum() and result.table.cells.sum() == len(hot)


def test_streets_are_told_of_by_their_harm_per_100_m_too(city):
    workspace, request = asked(city, "streets", by="per 100 m")
    counted = METHODS["streets"].run(workspace, request)
    weighed = METHODS["streets"].run(workspace, replace(request, weights=(("robbery", 3.0), ("theft", 3.0))))
    assert weighed.measure.legend == "harm per 100 m"
    np.testing.assert_allclose(weighed.table.per_100m, 3 * counted.table.per_100m)


def test_in_a_custom_area_only_its_residents_are_counted(city, monkeypatch):
    """Else a rate would divide the incidents of a part by the residents of the whole."""
    area = shapely.box(501_000, 5_398_000, 504_000, 5_402_000)
    selection = replace(SELECTION, within=shapely.to_wkb(area))
    workspace, request = asked(city, "rates", selection, layer="Beats")
    points = read_points(workspace.engine, list_denominators(workspace.engine, 1)[0])
    held = points[shapely.contains_xy(area, points.x.to_numpy(), points.y.to_numpy())]
    assert 0 < held.value.sum() < points.value.sum()
    table = METHODS["rates"].run(workspace, request).table
    assert table.target.sum() == held.value.sum()
    np.testing.assert_allclose(table.rate, 1000 * table["count"] / table.target)
    beats = METHODS["beats"].run(*asked(city, "beats", selection)).table
    assert beats["count"].sum() == len(read_incident_points(workspace.engine, selection))
    workspace, request = asked(city, "risk", selection)
    of_all = METHODS["risk"].run(workspace, request).table
    monkeypatch.setattr(options, "read_points", lambda *_: held)
    pd.testing.assert_frame_equal(METHODS["risk"].run(workspace, request).table, of_all)


def test_homes_known_by_beat_are_told_of_whole_beats_only(city, monkeypatch):
    """Two of the four lie in the custom area, the others half in it."""
    boxes = [
        shapely.box(498_000, 5_396_000, 505_500, 5_406_000),
        shapely.box(500_000, 5_397_000, 500_500, 5_397_500),
    ]
    homes, people = Denominator(9, "homes", "Beats"), np.array([10.0, 20.0, 30.0, 40.0])
    monkeypatch.setattr(options, "list_denominators", lambda *_: [homes])
    monkeypatch.setattr(counts_and_rates, "sum_by_outline", lambda *_: people)
    whole, part = (
        asked(city, "rates", replace(SELECTION, within=shapely.to_wkb(box)), layer="Beats", target="homes")
        for box in boxes
    )
    assert METHODS["rates"].run(*whole).table.target.tolist() == [10, 30]
    with pytest.raises(TooFewData, match="wholly"):
        METHODS["rates"].run(*part)


@pytest.mark.parametrize("name", ["density-change", "risk"])
def test_a_ratio_where_nothing_was_ever_recorded_is_refused_in_words(city, name):
    workspace, request = asked(city, name, replace(SELECTION, within=shapely.to_wkb(shapely.box(0, 0, 1, 1))))
    with pytest.raises(TooFewData, match="ever recorded"):
        METHODS[name].run(workspace, request)


def test_the_clock_is_drawn_with_its_own_weekdays(city):
    """Saturday's row holds Saturday's incidents, not those of the day that comes third in the alphabet."""
    workspace, request = asked(city, "clock", replace(SELECTION, weekdays=(6,)))
    counts = read_clock(METHODS["clock"].run(workspace, request).table).counts
    assert counts[5].sum() > 0.8 * counts.sum()  # an interval may reach into Sunday, and so may local time
    assert WEEKDAYS[5] == "Saturday"


def test_intervals_of_beats_are_poissons_and_scale_with_one_weight(city):
    workspace, request = asked(city, "beats")
    table = METHODS["beats"].run(workspace, request).table
    some = table["count"] > 0
    np.testing.assert_allclose(table.low[some], stats.chi2.ppf(0.025, 2 * table["count"][some]) / 2)
    np.testing.assert_allclose(table.high, stats.chi2.ppf(0.975, 2 * table["count"] + 2) / 2)
    alike = (
        METHODS["beats"].run(workspace, replace(request, weights=(("robbery", 5.0), ("theft", 5.0)))).table
    )
    np.testing.assert_allclose(alike[["value", "low", "high"]], 5 * table[["value", "low", "high"]])


def test_rates_of_harm_are_those_of_its_sums(city):
    workspace, request = asked(city, "rates")
    weights = {"robbery": 10.0, "theft": 1.0}
    table = METHODS["rates"].run(workspace, replace(request, weights=tuple(weights.items()))).table
    by_category = [
        METHODS["beats"]
        .run(workspace, asked(city, "beats", replace(SELECTION, categories=(name,)))[1])
        .table.set_index("id")["count"]
        for name in weights
    ]
    harm, squares = (
        sum(w**k * c for w, c in zip(weights.values(), by_category, strict=True)) for k in (1, 2)
    )
    told = area_rates(
        harm[table.id].to_numpy(), table.target.to_numpy(), squares=squares[table.id].to_numpy(), largest=10
    )
    for column in ("rate", "low", "high", "shrunk"):
        np.testing.assert_allclose(table[column], told[column])
    assert (table.low < table.rate).all() and (table.rate < table.high).all()


@pytest.mark.parametrize("name", METHODS)
def test_each_method_refuses_a_handful_in_words(city, name):
    workspace, request = asked(city, name, replace(SELECTION, last=SELECTION.first, hours=(3,)))
    try:
        result = METHODS[name].run(workspace, request)
    except TooFewData as error:
        assert len(str(error)) > 20 and str(error).endswith((".", "…"))
    else:
        assert result.says  # a plain count of few is still a count


class Enough(Exception):
    pass


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if method.long])
def test_a_long_method_tells_how_far_it_is_and_is_stopped_by_what_it_tells(city, name):
    told = []

    def progress(step, share):
        told.append(share)
        if share > 0.05:
            raise Enough

    workspace, request = asked(city, name)
    with pytest.raises(Enough):
        METHODS[name].run(workspace, request, progress)
    assert len(told) >= 2 and told == sorted(told) and told[-1] < 1


@pytest.mark.parametrize("name", METHODS)
def test_each_result_is_written_in_every_format_it_has(city, name):
    workspace, request = asked(city, name)
    result = METHODS[name].run(workspace, request)
    for ending in FORMATS:
        try:
            body = encode_result(result, request, workspace.epsg, ending)
        except NotAMap:
            assert ending in ("geojson", "gpkg") and result.shape not in ("cells", "outlines")
            continue
        if ending == "csv":
            read = pd.read_csv(io.BytesIO(body))
            assert len(read) == len(result.table) and json.loads(read.parameters[0])["period"]
        elif ending == "geojson":
            assert len(json.loads(body)["features"]) == len(result.table)
        elif ending == "gpkg":
            assert set(pyogrio.list_layers(io.BytesIO(body))[:, 0]) == {"result", "parameters"}


@pytest.mark.parametrize("name", [name for name in METHODS if METHODS[name].group == "Where"])
def test_each_map_prints(city, name):
    workspace, request = asked(city, name)
    result = METHODS[name].run(workspace, request)
    picture = Image.open(io.BytesIO(print_result(result, request, workspace.epsg, "A $title$", {}, "png")))
    assert picture.size == (2000, 1520) and len(set(picture.convert("L").get_flattened_data())) > 20
    assert print_result(result, request, workspace.epsg, "A", {}, "svg").startswith(b"<?xml")


@pytest.mark.parametrize("name", ["clock", "trend", "near-repeats", "before-after", "backtest"])
def test_each_chart_prints(city, name):
    workspace, request = asked(city, name)
    result = METHODS[name].run(workspace, request)
    printed = print_result(result, request, workspace.epsg, "A", {}, "svg")
    assert printed.startswith(b"<?xml") and printed.count(b"<path") > 20


def test_cells_in_a_file_are_where_the_incidents_are(city):
    workspace, request = asked(city, "count")
    result = METHODS["count"].run(workspace, request)
    cells = gpd.read_file(io.BytesIO(encode_result(result, request, workspace.epsg, "geojson"))).to_crs(32631)
    frame = city.query(
        "SELECT x, y FROM incident WHERE area_id = 1 AND local_date BETWEEN '2024-01-02' AND '2024-12-31'"
    ).to_pandas()
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(frame.x, frame.y), crs=32631)
    joined = gpd.sjoin(points, cells, predicate="within").groupby("id").size()
    # Outlines are rounded to about a metre, so a point on a border may fall beside its cell.
    assert np.abs(
        joined.reindex(cells.id).fillna(0).to_numpy() - cells["count"].to_numpy()
    ).sum() < 0.01 * len(points)


def test_hostile_text_is_no_formula_in_a_file(city):
    workspace, request = asked(city, "beats")
    result = METHODS["beats"].run(workspace, request)
    names = result.table.assign(name=["=cmd()", "+1", "@x", "ok"])
    body = encode_result(replace(result, table=names), request, workspace.epsg, "csv").decode("utf-8-sig")
    assert "'=cmd()" in body and "'+1" in body and "'@x" in body


def test_an_unknown_ending_is_refused(city):
    workspace, request = asked(city, "count")
    result = METHODS["count"].run(workspace, request)
    with pytest.raises(ValueError, match="csv, geojson, gpkg, parquet"):
        encode_result(result, request, workspace.epsg, "exe")


def test_harm_replaces_counts_and_says_when_it_has_no_weights(city):
    workspace, request = asked(city, "count")
    plain = METHODS["count"].run(workspace, request)
    harm = METHODS["count"].run(workspace, replace(request, weights=(("robbery", 10.0),)))
    robberies = METHODS["count"].run(
        workspace, replace(request, selection=replace(SELECTION, categories=("robbery",)))
    )
    assert harm.table.value.sum() == pytest.approx(10 * robberies.table["count"].sum())
    assert harm.measure.legend == "harm" and plain.measure.legend == "incidents"
    none = METHODS["count"].run(workspace, replace(request, weights=()))
    assert "harm weight" in " ".join(none.says)


@pytest.mark.parametrize("name", ["count", "gi-star", "density", "near-repeats", "trend", "clusters"])
def test_a_custom_area_reaches_every_kind_of_method(city, name):
    north = shapely.box(501_000, 5_399_000, 503_500, 5_401_500)
    workspace, request = asked(city, name, replace(SELECTION, within=shapely.to_wkb(north)))
    result = METHODS[name].run(workspace, replace(request, grid=Grid("square", 250)))
    assert result.parameters["custom_area"] is True
    if result.shape == "cells":
        x, y = Grid("square", 250).centres(result.table.i.to_numpy(), result.table.j.to_numpy())
        assert shapely.contains_xy(north.buffer(250), x, y).all()


@pytest.mark.parametrize(("given", "expected"), [("0.1", 0.1), (0.2, 0.2)])
def test_an_option_reads_its_kind(given, expected):
    assert Option("level", "Level", 0.05, "", minimum=0.001, maximum=0.2).read(given) == expected


@pytest.mark.parametrize("given", ["x", "0.5", "nan"])
def test_an_option_refuses_in_words(given):
    with pytest.raises(ValueError, match="Level"):
        Option("level", "Level", 0.05, "", minimum=0.001, maximum=0.2).read(given)


def test_findings_of_a_cell_an_outline_and_a_whole_result_rest_on_their_rows(city):
    workspace, request = asked(city, "clusters")
    snapshot = take_snapshot(workspace, request, "week")
    worst = snapshot.cells.sort_values("count").iloc[-1]
    finding, rows = build_cell_finding(workspace, request, snapshot, worst.id, CASE)
    assert rows.num_rows == worst["count"] == finding.result.focus.count
    assert finding.method == "Getis-Ord Gi*" and "more than chance" in finding.statement
    saved = save_finding(city, Actor("a"), finding, rows)
    assert load_finding(city, saved).result.focus.count == worst["count"]
    for name in ("clusters", "beats"):
        workspace, request = asked(city, name)
        result = METHODS[name].run(workspace, request)
        first = result.table.iloc[0]
        finding, rows = build_outline_finding(
            workspace, request, METHODS[name], result, snapshot, first.id, CASE
        )
        assert rows.num_rows == first["count"], name
        save_finding(city, Actor("a"), finding, rows)
    workspace, request = asked(city, "near-repeats")
    result = METHODS["near-repeats"].run(workspace, request)
    finding, rows = build_method_finding(workspace, request, METHODS["near-repeats"], result, CASE)
    assert rows.num_rows == len(result.members)
    save_finding(city, Actor("a"), finding, rows)


def test_a_period_before_that_the_data_do_not_hold_is_not_counted_as_nothing(city):
    workspace, request = asked(city, "count", Selection(1, date(2023, 3, 1), date(2023, 12, 31)))
    snapshot = take_snapshot(workspace, request, "week")
    worst = snapshot.cells.sort_values("count").iloc[-1]
    finding, _ = build_cell_finding(workspace, request, snapshot, worst.id, CASE)
    assert finding.result.focus.previous_count is None and "fell here" not in finding.statement
    for name in ("count", "beats"):
        method, asks = METHODS[name], asked(city, name, request.selection)
        assert not {"before", "change"} & set(method.run(*asks).table)
        assert {"before", "change"} <= set(method.run(*asked(city, name)).table)


@pytest.fixture
def command(city, monkeypatch):
    import analytics.hotspots.method_cli as module

    monkeypatch.setattr(module, "open_seen_store", lambda path: city)

    def run(name, *arguments):
        chosen = next(command for command in module.build_commands() if command.name == name)
        return CliRunner().invoke(chosen, [str(argument) for argument in arguments])

    return run


@pytest.mark.parametrize("ending", FORMATS)
def test_the_command_writes_what_the_page_shows(command, city, tmp_path, ending):
    out = tmp_path / f"gi.{ending}"
    done = command("gi-star", "--from", "2024-01-02", "--to", "2024-12-31", "--size", 500, "--out", out)
    assert done.exit_code == 0, done.output
    workspace, request = asked(city, "gi-star")
    result = METHODS["gi-star"].run(workspace, request)
    assert f"{len(result.table):,} rows written" in done.output and out.stat().st_size > 0
    if ending == "csv":
        assert pd.read_csv(out).id.tolist() == result.table.id.tolist()


def test_the_command_filters_by_hours_weekdays_and_an_outline(command, city, tmp_path):
    area = shapely.box(501_000, 5_399_000, 503_500, 5_401_500)
    gpd.GeoDataFrame(geometry=[area], crs=32631).to_file(tmp_path / "area.gpkg")
    out = tmp_path / "count.csv"
    done = command(
        "count",
        "--from",
        "2024-01-02",
        "--to",
        "2024-12-31",
        "--size",
        500,
        "--hours",
        "22-3",
        "--weekday",
        "friday",
        "--weekday",
        "Saturday",
        "--within",
        tmp_path / "area.gpkg",
        "--out",
        out,
    )
    assert done.exit_code == 0, done.output
    (held,) = city.rows(
        "SELECT count(*) AS n FROM incident WHERE local_date BETWEEN '2024-01-02' AND '2024-12-31' AND "
        "local_weekday IN (5, 6) AND (local_hour >= 22 OR local_hour <= 3) AND x BETWEEN 501000 AND 503500 "
        "AND y BETWEEN 5399000 AND 5401500"
    )
    assert pd.read_csv(out)["count"].sum() == held["n"] > 0
    (tmp_path / "no.geojson").write_text("nothing")
    refused = command("count", "--within", tmp_path / "no.geojson", "--out", out)
    assert refused.exit_code == 1 and "no file of outlines" in refused.output
    assert command("count", "--hours", "20-24", "--out", out).exit_code == 2


@pytest.mark.parametrize("name", METHODS)
def test_each_command_answers_or_refuses_the_least_of_data(command, name, tmp_path):
    """A day's incidents: an empty table is written too, and what is refused is refused in words."""
    out = tmp_path / "out.csv"
    done = command(name, "--from", "2024-01-02", "--to", "2024-01-02", "--size", 500, "--out", out)
    assert done.exit_code == 0 and out.exists() or isinstance(done.exception, SystemExit) and done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "x.doc"], "csv, geojson"),
        (["--out", "x.csv", "--area", "Nowhere"], "no working area"),
        (["--out", "x.csv", "--category", "arson"], "No incident has the category arson"),
        (["--out", "x.csv", "--from", "2024-05-01", "--to", "2024-01-01"], "before it begins"),
        (["--out", "x.csv", "--from", "2024-01-01", "--to", "2024-01-01", "--size", "5000"], "30 cells"),
        (["--out", "x.csv", "--level", "7"], "False-discovery rate"),
    ],
)
def test_the_command_refuses_in_words(command, arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = command("gi-star", *arguments)
    assert done.exit_code == 1 and message in done.output and not list(tmp_path.iterdir())


def test_a_result_without_a_map_is_not_printed():
    empty = Result("cells", pd.DataFrame(), (), {})
    with pytest.raises(ValueError, match="nothing on this map"):
        print_result(empty, Request(SELECTION, GRID), 32631, "x", {}, "png")
