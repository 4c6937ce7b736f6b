import gzip
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.ingest import (
    Mapping,
    UnreadableFile,
    import_file,
    list_sources,
    propose_mapping,
    quarantine_rows,
    read_file,
    remove_source,
    save_mapping,
    saved_mappings,
)
from analytics.ingest.area import projected_crs
from analytics.ingest.preview import preview
from analytics.oversight import verify
from analytics.shared.progress import Cancelled
from analytics.store import Store
from tests.examples import examples
from tests.ingest.helpers import ACTOR, DETAILS, GOOD, HEADER, as_format, reasons, run, written


def test_a_plain_file_is_read_placed_and_dated(store, tmp_path):
    report = run(store, written(tmp_path, HEADER + GOOD))
    row = store.rows("SELECT * FROM incident")[0]
    assert (report.accepted, report.quarantined) == (1, 0)
    assert str(row["occurred_from"]) == "2024-07-01 21:15:00"  # British Summer Time
    assert (row["local_hour"], row["local_weekday"], row["row_number"]) == (22, 1, 2)
    assert row["x"] == pytest.approx(530_029, abs=5) and row["y"] == pytest.approx(
        180_381, abs=5
    )  # EPSG:27700
    assert store.rows("SELECT epsg, time_zone FROM area") == [{"epsg": 27700, "time_zone": "Europe/London"}]


def test_the_same_file_twice_adds_nothing_gzipped_or_renamed(store, tmp_path):
    run(store, written(tmp_path, HEADER + GOOD))
    again = run(store, written(tmp_path, gzip.compress((HEADER + GOOD).encode()), "other.csv.gz"))
    assert again.already_imported and store.rows("SELECT count(*) AS n FROM incident")[0]["n"] == 1


BAD_ROWS = {
    ",Theft,-0.1,51.5": "no date",
    "31/31/2024,Theft,-0.1,51.5": "cannot be read",
    "1899-12-30 00:00,Theft,-0.1,51.5": "before 1900",
    "2999-01-01 00:00,Theft,-0.1,51.5": "future",
    "2024-07-01 22:15,,-0.1,51.5": "no category",
    "2024-07-01 22:15,Theft,abc,51.5": "not a number",
    "2024-07-01 22:15,Theft,-0.1,": "only one of two",
    "2024-07-01 22:15,Theft,531000,181000": "outside",
    "2024-07-01 22:15,Theft,nan,51": "outside",
    "2024-07-01 22:15,Theft,-0.1,51.5,extra": "5 columns",
    "2024-07-01 22:15": "1 column where",
}


@pytest.mark.parametrize(("line", "reason"), BAD_ROWS.items())
def test_a_bad_row_is_quarantined_with_its_number_and_reason(store, tmp_path, line, reason):
    report = run(store, written(tmp_path, HEADER + GOOD + line + "\n" + GOOD.replace("22:15", "23:15")))
    assert (report.rows_in, report.accepted, report.quarantined) == (3, 2, 1)
    assert list(reasons(store)) == [3] and reason in reasons(store)[3]
    assert [r["row_number"] for r in store.rows("SELECT row_number FROM incident ORDER BY 1")] == [2, 4]


def test_a_withheld_place_is_accepted_without_one(store, tmp_path):
    report = run(
        store,
        written(tmp_path, HEADER + GOOD + "2024-07-01 22:15,Violence,0,0\n2024-07-01 22:15,Violence,,\n"),
    )
    assert (report.accepted, report.unplaced) == (3, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_encodings_are_recognised(store, tmp_path, encoding):
    text = (
        HEADER + "2024-07-01 22:15,Vol à l’étalage,-0.1278,51.5\n"
        if encoding != "latin-1"
        else HEADER + "2024-07-01 22:15,Vol à l'étalage,-0.1278,51.5\n"
    )
    run(store, written(tmp_path, text.encode(encoding)))
    assert store.rows("SELECT category FROM incident")[0]["category"].startswith("Vol à l")


def test_swapped_coordinates_are_put_right_and_said(store, tmp_path):
    swapped = "date,type,lon,lat\n" + "".join(f"2024-07-01 22:15,Theft,{-33.9},{151.2}\n" for _ in range(5))
    report = run(store, written(tmp_path, swapped, "sydney.csv"))
    assert "swapped" in report.notes[-1]
    assert store.rows("SELECT lon FROM incident WHERE source_id = ?", [report.source_id])[0]["lon"] == 151.2


def test_feet_without_an_epsg_ask_for_one(store, tmp_path):
    path = written(tmp_path, "date,type,x,y\n2024-01-01,Theft,7688186,676342\n")
    with pytest.raises(UnreadableFile, match="EPSG"):
        run(store, path)
    assert run(store, path, epsg=2913).accepted == 1
    assert store.rows("SELECT round(lat, 1) AS lat FROM incident")[0]["lat"] == 45.5


def test_an_interval_has_no_known_hour(store, tmp_path):
    text = (
        "date_start,date_end,type,lon,lat\n2024-03-30 22:00,2024-03-31 "
        "07:00,Burglary,-0.1,51.5\n2024-03-30 22:00,2024-03-30 22:40,Burglary,-0.1,51.5\n2024-03-30 "
        "22:00,2024-03-30 21:00,Burglary,-0.1,51.5\n"
    )
    run(store, written(tmp_path, text))
    rows = store.rows(
        "SELECT local_hour, local_weekday, epoch(occurred_to - occurred_from) / 3600 AS hours FROM incident"
        " ORDER BY row_number"
    )
    assert [r["local_hour"] for r in rows] == [None, 22] and rows[0]["local_weekday"] is None
    assert rows[0]["hours"] == 8  # nine on the clock, one of them skipped that night
    assert "ends before it starts" in reasons(store)[4]


@pytest.mark.parametrize(
    ("text", "time_format", "utc_from", "utc_to", "hour", "weekday"),
    [
        ("2024-07-01", "%Y-%m-%d", "2024-06-30 23:00:00", "2024-07-01 23:00:00", None, 1),
        ("2024-03-31", "%Y-%m-%d", "2024-03-31 00:00:00", "2024-03-31 23:00:00", None, 7),
        ("2024-07", "%Y-%m", "2024-06-30 23:00:00", "2024-07-31 23:00:00", None, None),
        ("2024-10-27 01:30", "%Y-%m-%d %H:%M", "2024-10-27 00:30:00", "2024-10-27 01:30:00", 1, 7),  # twice
        ("2024-03-31 01:30", "%Y-%m-%d %H:%M", "2024-03-31 01:30:00", "2024-03-31 01:30:00", 2, 7),  # skipped
    ],
)
def test_days_months_and_clock_changes(store, tmp_path, text, time_format, utc_from, utc_to, hour, weekday):
    run(store, written(tmp_path, f"{HEADER}{text},Theft,-0.1,51.5\n"), time_format=time_format)
    row = store.rows("SELECT * FROM incident")[0]
    assert (row["local_hour"], row["local_weekday"]) == (hour, weekday)
    if utc_from:
        assert (str(row["occurred_from"]), str(row["occurred_to"])) == (utc_from, utc_to)


def test_utc_times_become_local_ones(store, tmp_path):
    run(store, written(tmp_path, HEADER + "2024-07-01 23:30,Theft,-0.1,51.5\n"), times_are_utc=True)
    row = store.rows("SELECT * FROM incident")[0]
    assert (str(row["local_date"]), row["local_hour"], str(row["occurred_from"])) == (
        "2024-07-02",
        0,
        "2024-07-01 23:30:00",
    )


@pytest.mark.parametrize("suffix", ["xlsx", "parquet", "geojson", "gpkg", "kml", "zip"])
def test_every_format_gives_the_same_rows(store, tmp_path, suffix):
    path = as_format(tmp_path, suffix)
    run(store, path)
    rows = store.rows("SELECT category, round(lon, 4) AS lon, local_hour FROM incident ORDER BY lon DESC")
    assert rows == [
        {"category": "Theft", "lon": -0.1, "local_hour": 22},
        {"category": "@cmd <b>", "lon": -0.2, "local_hour": 22},
    ]


def test_column_names_and_texts_cannot_be_sql(store, tmp_path):
    hostile = """x"); DROP TABLE incident; --"""
    text = (
        f'"{hostile}",type,lon,lat\n2024-07-01 22:15,"Robert\'); DROP TABLE source; --",-0.1,51.5\n'.replace(
            'x"', 'x""'
        )
    )
    path = written(tmp_path, text)
    first = read_file(path).columns[0]
    assert run(store, path, roles={"time": (first,)}, time_format="%Y-%m-%d %H:%M").accepted == 1
    assert "DROP TABLE" in store.rows("SELECT category FROM incident")[0]["category"]


def test_cancelling_leaves_nothing(store, tmp_path):
    path, asked = written(tmp_path, HEADER + GOOD), []
    with pytest.raises(Cancelled):
        import_file(
            store,
            ACTOR,
            path,
            propose_mapping(read_file(path), "incident", path.name),
            DETAILS,
            cancelled=lambda: bool(asked.append(1)) or len(asked) > 4,
        )
    assert len(asked) > 4
    assert [store.rows(f"SELECT count(*) AS n FROM {t}")[0]["n"] for t in ("incident", "source", "area")] == [
        0,
        0,
        0,
    ]
    assert run(store, path).accepted == 1


def test_killed_in_mid_import_nothing_is_half_done(tmp_path):
    path = written(tmp_path, HEADER + GOOD * 20_000)
    program = f"""
import os
from datetime import date
from pathlib import Path
from analytics.ingest import *
from analytics.oversight import Actor
from analytics.store import Store
store = Store({str(tmp_path / "k.duckdb")!r})
path = Path({str(path)!r})
def kill(text, share):
    if text == "Committing":
        os.kill(os.getpid(), 9)
import_file(store, Actor("a"), path, propose_mapping(read_file(path), "incident", path.name),
                 SourceDetails("n", "l", "p", "h", date(2030, 1, 1)), progress=kill)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    store = Store(tmp_path / "k.duckdb")
    assert [
        store.rows(f"SELECT count(*) AS n FROM {t}")[0]["n"] for t in ("incident", "source", "quarantine")
    ] == [0, 0, 0]
    assert run(store, path).accepted == 20_000
    store.close()


def test_a_source_goes_with_all_that_came_from_it(store, tmp_path):
    report = run(store, written(tmp_path, HEADER + GOOD + "bad,Theft,0,0\n"))
    remove_source(store, ACTOR, report.source_id, "wrong file")
    assert [
        store.rows(f"SELECT count(*) AS n FROM {t}")[0]["n"] for t in ("incident", "source", "quarantine")
    ] == [0, 0, 0]
    assert list_sources(store).empty and verify(store)[2] is None


def test_a_mapping_is_kept_by_name(store, tmp_path):
    mapping = propose_mapping(read_file(written(tmp_path, HEADER + GOOD)), "incident", "crimes.csv")
    save_mapping(store, ACTOR, "monthly", mapping)
    assert saved_mappings(store, "incident") == {"monthly": mapping}


def test_the_preview_reads_as_the_import_does(store, tmp_path):
    path = written(tmp_path, HEADER + GOOD)
    raw = read_file(path)
    shown = preview(store, raw, propose_mapping(raw, "incident", path.name)).rows.iloc[0]
    assert (shown.category, shown.lon, str(shown.start)) == ("Theft", -0.1278, "2024-07-01 22:15:00")


@given(st.binary(max_size=400))
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused_never_worse(tmp_path, content):
    path = written(tmp_path, content)
    try:
        raw = read_file(path)
    except UnreadableFile as error:
        assert str(error)
    else:
        assert raw.table.num_rows + len(raw.refused) > 0


# A NUL in text makes a file binary, which is tested above.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@given(
    st.lists(
        st.tuples(TEXT, TEXT, st.floats(), TEXT),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=examples(30))
def test_every_row_is_accepted_or_quarantined_whatever_it_says(rows):
    import tempfile

    frame = pd.DataFrame(rows, columns=["date", "type", "lon", "lat"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crimes.csv"
        frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8", errors="replace")
        path.write_bytes(path.read_bytes() + b"2024-07-01,Theft,-0.1,51.5\n")
        raw = read_file(path)
        store = Store(":memory:")
        columns = {"time": "date", "category": "type", "longitude": "lon", "latitude": "lat"}
        mapping = Mapping(
            "incident", tuple((role, (name,)) for role, name in columns.items()), time_zone="UTC"
        )
        report = import_file(store, ACTOR, path, mapping, DETAILS)
        assert report.accepted + report.quarantined == report.rows_in == raw.table.num_rows + len(raw.refused)
        assert store.rows("SELECT count(*) AS n FROM incident")[0]["n"] == report.accepted >= 1
        store.close()


REAL = {
    "chicago_aggravated_assaults_2010_2016.csv.gz": (102_853, 0, 32616),
    "cincinnati_burglary.csv.gz": (8_723, 0, 32616),
    "cleveland_street_2018-10_2019-02.csv.gz": (40_898, 0, 27700),
    "medellin_homicides.csv": (9_360, 0, 32618),
    "memphis_robberies.csv": (2_245, 0, 32616),
    "nyc_shootings_2006_on.csv.gz": (27_939, 0, 32618),
    "nyc_vehicle_thefts_2014_2017.csv.gz": (35_746, 0, 32618),
    "portland_burglary_autotheft_2012_to_2017-02.csv.gz": (14_133, 0, 32610),
    "vancouver_crimes_2020.csv.gz": (37_512, 0, 32610),
    "policeuk_street_2018-10_2019-02_slim.parquet": (1_771_502, 0, 27700),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_import_as_recognised(store, shared_data, name):
    report = run(store, shared_data / "incidents" / name)
    area = store.rows("SELECT epsg FROM area")[0]
    assert (report.accepted, report.quarantined, area["epsg"]) == REAL[name]


def test_a_file_without_dates_is_refused_clearly(store, shared_data):
    with pytest.raises(UnreadableFile, match="date"):
        run(store, shared_data / "incidents" / "memphis_population_blocks.csv.gz")


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("chicago_police_districts.kml", 25),
        ("cleveland_districts.gpkg", 4),
        ("medellin_comunas.gpkg", 21),
        ("memphis_precincts.geojson", 9),
        ("nyc_precincts.gpkg", 77),
        ("portland_police_districts.geojson", 60),
        ("vancouver_neighbourhoods.geojson", 22),
        ("cleveland_roads.gpkg", 33_481),
    ],
)
def test_real_boundaries_import(store, shared_data, name, count):
    role = "street" if "roads" in name else "area"
    path = shared_data / "boundaries" / name
    assert run(store, path, "boundary", layer=role).accepted == count
    assert run(store, path, "boundary", layer=role).already_imported


def test_boundaries_without_outlines_are_refused(store, tmp_path):
    with pytest.raises(UnreadableFile, match="no outlines"):
        run(store, written(tmp_path, HEADER + GOOD), "boundary")


def test_crs_by_place():
    assert projected_crs(-0.1, 51.5) == 27700 and projected_crs(-6.26, 53.35) == 32629
    assert projected_crs(-87.6, 41.8) == 32616 and projected_crs(151.2, -33.9) == 32756


def test_quarantined_text_is_kept_as_it_was(store, tmp_path):
    run(store, written(tmp_path, HEADER + GOOD + "bad <script>,Theft,0,0\n"))
    assert json.loads(quarantine_rows(store, 1).raw[0])["date"] == "bad <script>"
