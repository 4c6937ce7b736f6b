"""`achilles hotspots backtest`, from a store to a CSV."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from analytics.cli import cli
from analytics.hotspots.harm import load_harm_weights
from analytics.oversight import Actor


@pytest.fixture
def filled_store(store):
    """3,000 incidents of 2023-24 in 4 km x 4 km, one corner far busier."""
    rng = np.random.default_rng(2)
    n = 3000
    busy = rng.random(n) < 0.6
    x = 500_000 + np.where(busy, rng.uniform(0, 1000, n), rng.uniform(0, 4000, n))
    y = 5_400_000 + np.where(busy, rng.uniform(0, 1000, n), rng.uniform(0, 4000, n))
    day = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 600, n), unit="D")
    frame = pd.DataFrame({"n": range(n), "x": x, "y": y, "day": day})
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'UTC')").fetchall()
        cursor.register("frame", frame)
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to, "
            "time_precision, local_date, lon, lat, x, y) SELECT 1, n, 1, if(n % 2 = 0, 'burglary', "
            "'theft'), day, day, 'day', CAST(day AS DATE), 0, 0, x, y FROM frame"
        ).fetchall()
    return store


@pytest.fixture
def run(filled_store, monkeypatch, tmp_path):
    monkeypatch.setattr("analytics.hotspots.cli.open_seen_store", lambda path: filled_store)
    arguments = [
        "hotspots",
        "backtest",
        "--train-until",
        "2024-03-31",
        "--horizon",
        "2w",
        "--no-trees",
        "--out",
        str(tmp_path / "out.csv"),
    ]
    return lambda *more: CliRunner().invoke(cli, [*arguments, *more])


def test_a_row_for_every_method_origin_and_measure(run, tmp_path):
    ran = run("--share", "0.05", "--category", "theft", "--cell", "400")
    assert ran.exit_code == 0, ran.output
    table = pd.read_csv(tmp_path / "out.csv")
    assert table.origin.iloc[0] == "all" and table.origin[table.origin != "all"].min() == "2024-04-01"
    by = ["method", "origin", "measure"]
    assert not table.duplicated(by).any()
    probable = {"Brier", "log score", "calibration"}
    expected = {"hit rate", "PAI", "PEI", "RRI"} | probable
    for (method, _origin), rows in table.groupby(["method", "origin"]):
        assert set(rows.measure) == (expected - probable if method == "recommended" else expected)
    assert table[["value", "lower", "upper"]].notna().all().all()
    assert (
        (table.categories == "theft").all()
        and (table.cell_m == 400).all()
        and (table.horizon_days == 14).all()
    )
    pooled = table[(table.origin == "all") & (table.method == "long-run count")].set_index("measure").value
    assert pooled["PAI"] > 1.5
    assert "counting" in ran.output or "percentage points" in ran.output


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--category", "arson"), "no incidents of category arson"),
        (("--area", "B"), "no working area 'B'; there are A"),
        (("--horizon", "soon"), "7d, 2w or 1m"),
        (("--train-until", "2024-08-20"), "end of the data"),
        (("--train-until", "2023-01-03"), "30"),
        (("--out", "x.txt"), "must end in .csv"),
        (("--harm", "Index@1"), "no harm table 'Index@1'"),
        (("--half-distance", "10"), "half a cell"),
    ],
)
def test_what_cannot_be_done_is_said(run, more, said):
    ran = run(*more)
    assert ran.exit_code != 0 and said in ran.output and "Traceback" not in ran.output


def test_harm_of_a_table_is_forecast_instead_of_a_count(run, filled_store, tmp_path):
    table = tmp_path / "harm.csv"
    rows = "Index,1,points,2024-01-01,Burglary,10,made up\nIndex,1,points,2024-01-01,theft,0,made up\n"
    table.write_text("name,version,unit,valid_from,category,weight,source\n" + rows)
    load_harm_weights(filled_store, Actor("a"), table)
    ran = run("--share", "0.1", "--cell", "400", "--harm", "Index@1")
    assert ran.exit_code == 0, ran.output
    weighed = pd.read_csv(tmp_path / "out.csv")
    assert (weighed.harm == "Index@1").all() and not weighed.measure.isin(["Brier", "log score"]).any()


def test_help_names_every_option():
    shown = CliRunner().invoke(cli, ["hotspots", "backtest", "--help"])
    assert shown.exit_code == 0
    for option in (
        "--train-until",
        "--horizon",
        "--cell",
        "--share",
        "--category",
        "--area",
        "--from",
        "--to",
        "--out",
        "--store",
    ):
        assert option in shown.output


def test_the_rules_of_a_challenge_run_from_it(run, tmp_path):
    """An area in km², an outline of 4 km by 4 km for PAI, a bandwidth."""
    from pyproj import Transformer

    corners = [(500_000, 5_400_000), (504_000, 5_400_000), (504_000, 5_404_000), (500_000, 5_404_000)]
    ring = [Transformer.from_crs(32631, 4326, always_xy=True).transform(*c) for c in [*corners, corners[0]]]
    outline = tmp_path / "study.geojson"
    polygon = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {}, "geometry": polygon}
    outline.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    ran = run("--area-km2", "0.5", "--study", str(outline), "--bandwidth", "150", "--cell", "250")
    assert ran.exit_code == 0, ran.output
    table = pd.read_csv(tmp_path / "out.csv")
    chosen = table[(table.origin == "all") & (table.method == "kernel density 150 m")].set_index("measure")
    assert chosen.loc["PAI", "share"] == pytest.approx(0.5 / 16, rel=1e-3)
    assert chosen.loc["PAI", "value"] == pytest.approx(chosen.loc["hit rate", "value"] * 32, rel=1e-3)
    assert set(table["share"].dropna().round(4)) == {0.0312}
