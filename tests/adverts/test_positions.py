"""Where places lie: the gazetteer's, a source's, and what somebody put on the map."""

import pytest

from analytics.adverts.positions import (
    find_position,
    read_manual_positions,
    read_positions_file,
    read_stored_positions,
    save_positions,
)
from analytics.oversight import Actor
from analytics.training.people import TOWNS
from analytics.training.settings import read_settings

ANN = Actor("ann")


def test_places_come_from_the_gazetteer_a_source_or_a_hand(store):
    with store.write() as cursor:
        for name, at in read_settings()["towns"].items():
            cursor.execute("INSERT INTO place_position VALUES (7, 'place', ?, ?, ?)", [name, *at]).fetchall()
    positions = read_stored_positions(store)
    assert all(find_position(town, positions) for towns in TOWNS.values() for town in towns)
    assert find_position("Leeds, GB", {}) == pytest.approx((-1.55, 53.8), abs=0.05)
    assert find_position("Old Mill Lane", positions) is None and read_manual_positions(store) == {}
    save_positions(store, ANN, {"Old Mill Lane": (1, 2), " vellmouth ": (3, 4)})
    save_positions(store, ANN, {"OLD MILL LANE": (1.5, 2)})
    positions = read_stored_positions(store)
    assert find_position("old mill lane", positions) == (1.5, 2) and find_position(
        "Vellmouth", positions
    ) == (3, 4)
    assert read_manual_positions(store) == {"OLD MILL LANE": (1.5, 2), "vellmouth": (3, 4)}
    assert [row["act"] for row in store.rows("SELECT act FROM audit")] == ["put on map"] * 2


def test_an_unclear_place_is_refused_and_nothing_kept(store, tmp_path):
    for at, line in enumerate(
        ("Otherton,200,1,x", "Otherton,abc,1,x", ",1,1,x", "Otherton", "Otherton,nan,1")
    ):
        path = tmp_path / f"{at}.csv"
        path.write_text(f"name,lon,lat,about\nFirst,1,2,x\n{line}\n")
        with pytest.raises(ValueError, match="line 3"):
            read_positions_file(path)
    with pytest.raises(ValueError, match="latitude"):
        save_positions(store, ANN, {"First": (1, 2), "Otherton": (1, 91)})
    assert read_manual_positions(store) == {}
