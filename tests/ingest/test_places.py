"""Where: what cannot be right is kept out, and what looks exchanged is said."""

import numpy as np
import pytest

from analytics.ingest import propose_mapping, read_file
from analytics.ingest.preview import preview
from tests.ingest.helpers import HEADER, reasons, run, written

PLACES = [(-87.62 + k / 500, 41.88 + k / 900) for k in range(60)]  # Chicago


def lines(places, day=1):
    return "".join(f"2024-07-{day:02d} 22:{k % 60:02d},Theft,{x},{y}\n" for k, (x, y) in enumerate(places))


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ((-91.68, 36.62), "far from all others"),  # the Illinois grid's own zero, as that portal gives it
        ((0, 41.9), "far from all others"),
        ((41.88, -87.62), "look swapped"),
    ],
)
def test_a_place_that_cannot_be_right_is_refused(store, tmp_path, place, reason):
    report = run(store, written(tmp_path, HEADER + lines([*PLACES, place])))
    assert (report.accepted, report.quarantined) == (60, 1)
    assert list(reasons(store)) == [62] and reason in reasons(store)[62]
    assert any(note.startswith("1 rows") for note in report.notes)


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
