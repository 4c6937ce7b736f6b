"""Where places lie: those of a source before the gazetteer's, and every invented one."""

import pandas as pd

from analytics.finance.geography import load_positions, locate_corridors
from analytics.ingest.sources import remove_source
from analytics.oversight import Actor
from analytics.store import Store
from analytics.training.people import COUNTRY, TOWNS
from analytics.training.settings import read_settings

ACTOR = Actor("analyst")


def test_places_of_a_source_come_before_the_gazetteer_and_go_with_it():
    table = pd.DataFrame({"from": ["Dunvar", "leeds"], "to": ["Leeds", "Nowhere at all"]})
    found, unknown = locate_corridors(table, "place")
    assert found.empty and unknown == ["Dunvar", "Nowhere at all"]
    store = Store(":memory:")
    with store.write() as cursor:
        for row in ((7, "place", "DUNVAR", -18.6, 48.6), (7, "country", "XA", -18.5, 46.0)):
            cursor.execute("INSERT INTO place_position VALUES (?, ?, ?, ?, ?)", list(row)).fetchall()
    found, unknown = locate_corridors(table, "place", load_positions(store))
    assert (
        found["from"].tolist() == ["Dunvar"] and found.lon.iloc[0] == -18.6 and 53 < found.lat_to.iloc[0] < 54
    )
    remove_source(store, ACTOR, 7, "test")
    assert load_positions(store).empty


def test_every_invented_town_and_country_has_a_place():
    assert set(read_settings()["towns"]) == {town for towns in TOWNS.values() for town in towns}
    assert set(read_settings()["countries"]) == set(COUNTRY.values())
