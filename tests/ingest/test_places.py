"""Where: what cannot be right is kept out, and what looks exchanged is said."""

import numpy as np
import pytest

from analytics.ingest import UnreadableFile, propose_mapping, read_file
from analytics.ingest.preview import preview
from tests.ingest.helpers import HEADER, reasons, run, written

PLACES = [(-87.62 + k / 500, 41.88 + k / 900) for k in range(60)]  # Chicago


def lines(places, day=1):
    return "".join(f"2024-07-{day:02d} 22:{k % 60:02d},Theft,{x},{y}\n" for k, (x, y) in enumerate(places))


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ((-91.68, 36.62), "far from all others"),  # the Illinois grid's own zero, as that portal gives it
        ((-87.62, 50.0), "far from all others"),
    ],
)
def test_a_place_that_cannot_be_right_is_refused(store, tmp_path, place, reason):
    report = run(store, written(tmp_path, HEADER + lines([*PLACES, place])))
    assert (report.accepted, report.quarantined) == (60, 1)
    assert list(reasons(store)) == [62] and reason in reasons(store)[62]
    assert any(note.startswith("1 row ") for note in report.notes)


@pytest.mark.parametrize(
    ("place", "lon", "words"),
    [
        ((41.88, -87.62), -87.62, "1 row with longitude and latitude exchanged, put right"),
        ((448_600, 4_636_600), -87.62, "1 row in metres (EPSG:32616) among degrees, converted"),
        ((-9_753_800, 5_142_000), -87.62, "1 row in metres (EPSG:3857) among degrees, converted"),
        ((0, 41.88), None, "1 row with a coordinate of 0, far from all others, taken without a place"),
        ((-87.62, 0), None, "1 row with a coordinate of 0"),
    ],
)
@pytest.mark.parametrize("others", [PLACES, PLACES[:5]])
def test_a_place_that_the_rest_of_the_file_explains_is_mended_and_said(
    store, tmp_path, place, lon, words, others
):
    report = run(store, written(tmp_path, HEADER + lines([*others, place])))
    assert (report.accepted, report.quarantined, report.unplaced) == (len(others) + 1, 0, lon is None)
    assert any(words in note for note in report.notes), report.notes
    (row,) = store.rows("SELECT lon FROM incident ORDER BY row_number DESC LIMIT 1")
    assert row["lon"] is None if lon is None else round(row["lon"], 2) == lon


def test_degrees_among_metres_are_mended(store, tmp_path):
    grid = [(433_000 + 100 * k, 434_000 + 50 * k) for k in range(6)]  # Leeds
    path = written(tmp_path, HEADER + lines([*grid, (-1.5, 53.8), (434_000, 433_000)]))
    report = run(store, path, epsg=27700)
    assert report.accepted == 8 and sum("EPSG:27700" in note for note in report.notes) == 1
    rows = store.rows("SELECT round(lon, 1) AS lon, round(lat, 1) AS lat FROM incident")
    assert {(row["lon"], row["lat"]) for row in rows} == {(-1.5, 53.8)}


def test_two_places_judge_no_third(store, tmp_path):
    report = run(store, written(tmp_path, HEADER + lines([PLACES[0], PLACES[1][::-1]])))
    assert not any("put right" in note for note in report.notes)


def test_places_on_both_sides_of_the_180th_meridian_are_one_area(store, tmp_path):
    """Half on either side, so that the plain median of their longitudes lies on the other side of the
    earth."""
    fiji = [((179.99 + k / 1000 + 180) % 360 - 180, -16.8) for k in range(20)]
    run(store, written(tmp_path, HEADER + lines(fiji)))
    (area,) = store.rows(
        "SELECT epsg, time_zone, max(x) - min(x) AS wide FROM area JOIN incident USING (area_id) GROUP BY ALL"
    )
    assert area["epsg"] in (32701, 32760) and area["wide"] < 3_000
    # Bolivia and Zambia, on the same parallel, are not within it.
    la_paz = [(-68.1 + k / 1000, -16.8) for k in range(3)]
    report = run(store, written(tmp_path, HEADER + lines(la_paz, day=2), "next.csv"))
    assert report.area_id == 2


def test_an_area_wider_than_its_projection_takes_that_of_the_continent_or_is_refused(store, tmp_path):
    states = [(-120 + 5 * k, 28 + 20 * (k % 2)) for k in range(10)]
    report = run(store, written(tmp_path, HEADER + lines(states)))
    assert store.rows("SELECT epsg FROM area") == [{"epsg": 5070}]
    (note,) = (
        note for note in report.notes if "distances of the working area (EPSG:5070) are off by up to" in note
    )
    assert "hours are those of one time zone, America/" in note
    world = [(-120 + 24 * k, 10 + k) for k in range(10)]
    path = written(tmp_path, HEADER + lines(world, day=2), "world.csv")
    with pytest.raises(UnreadableFile, match="more than one map projection serves"):
        preview(store, read_file(path), propose_mapping(read_file(path), "incident"))
    with pytest.raises(UnreadableFile, match="Split the file by region"):
        run(store, path)
    london = written(tmp_path, HEADER + lines([(-0.1, 51.5), (-0.2, 51.6)], day=3), "london.csv")
    with pytest.raises(UnreadableFile, match="too far from the working area"):
        run(store, london, area=store.rows("SELECT name FROM area")[0]["name"])


def test_a_second_region_is_kept_and_said(store, tmp_path):
    elsewhere = [(-122.6 + k / 500, 45.5) for k in range(10)]
    report = run(store, written(tmp_path, HEADER + lines([*PLACES, *elsewhere])))
    assert (report.accepted, report.quarantined) == (70, 0)
    assert any("are they right?" in note for note in report.notes)


def test_a_file_swapped_throughout_is_said_and_put_right_by_exchanging(store, tmp_path):
    """New York: exchanged, it lies in the Antarctic, which is a place; Chicago would be nowhere at all."""
    raw = read_file(written(tmp_path, HEADER + lines([(y, x + 14) for x, y in PLACES])))
    mapping = propose_mapping(raw, "incident")
    assert any("look swapped" in note for note in preview(store, raw, mapping).notes)
    exchanged = preview(store, raw, mapping.with_exchanged_coordinates())
    assert not exchanged.notes and exchanged.rows.lon.between(-74, -73).all()


def test_a_file_that_can_only_be_swapped_is_put_right(store, tmp_path):
    report = run(store, written(tmp_path, HEADER + lines([(y, x) for x, y in PLACES])))
    assert report.accepted == 60 and any("have been put right" in note for note in report.notes)
    assert store.rows("SELECT max(lon) AS lon FROM incident")[0]["lon"] < -87


def test_a_held_area_tells_swapped_places_on_land(store, tmp_path):
    """Both orders lie on land here, so only the incidents already held can tell."""
    rng = np.random.default_rng(1)
    held = list(zip(30 + rng.random(40), 35 + rng.random(40), strict=True))
    run(store, written(tmp_path, HEADER + lines(held)))
    again = read_file(written(tmp_path, HEADER + lines([(y, x) for x, y in held[:30]], day=2), "next.csv"))
    assert any(
        "working area already held" in note
        for note in preview(store, again, propose_mapping(again, "incident")).notes
    )


def test_columns_may_be_named_as_the_tables_of_the_import_are(store, tmp_path):
    header = "occurred_from,reason,x,y,start_text,lon,lat,place\n"
    rows = "".join(f"2024-07-01 22:{k},Theft,-0.{k},51.5,a,b,c,{k} High Street\n" for k in range(10, 40))
    path = written(tmp_path, header + rows + "bad,,,,,,,\n")
    report = run(
        store,
        path,
        roles={"category": ("reason",), "longitude": ("x",), "latitude": ("y",), "time": ("occurred_from",)},
    )
    assert (report.accepted, report.quarantined) == (30, 1)
    assert store.rows("SELECT category, place FROM incident ORDER BY row_number LIMIT 1") == [
        {"category": "Theft", "place": "10 High Street"}
    ]


@pytest.mark.parametrize(
    ("longitudes", "decimal"),
    [
        (["-0,1", "-0.2", "-0.3"], "."),  # one value decides nothing
        (["-0.2", "-0.3", "-0,1"], "."),
        (["-0,1", "-0.2"], "."),  # nor does half of them
        (["-0,1", "-0,2", "-0.3"], ","),
    ],
)
def test_the_decimal_sign_of_coordinates_is_that_of_most_values(tmp_path, longitudes, decimal):
    rows = "".join(f"2024-07-01;Theft;{lon};51.5\n" for lon in longitudes)
    raw = read_file(written(tmp_path, HEADER.replace(",", ";") + rows))
    assert propose_mapping(raw, "incident").decimal == decimal
