"""Mappings saved under a name, those of earlier versions among them."""

import json

import pytest

from analytics.ingest import Mapping, saved_mappings
from analytics.store import now

OLD_INCIDENT = {
    "start": ["date", "time"],
    "start_format": "%d/%m/%Y %H:%M",
    "end": [],
    "category": None,
    "category_constant": "Theft",
    "longitude": "x",
    "latitude": "y",
    "epsg": 27700,
    "decimal": ",",
    "place": "street",
    "reference": None,
    "time_zone": "Europe/London",
    "times_are_utc": True,
}
OLD_TRANSACTION = {
    "kind": "transaction",
    "columns": [["time", ["ts"]], ["from", ["a"]], ["to", ["b"]], ["amount", ["sum"]]],
    "time_format": "%Y-%m-%d %H:%M",
    "times_are_utc": False,
    "time_zone": None,
    "decimal": ",",
    "currency": "EUR",
    "amounts_are_minor": True,
    "amounts_are_rounded": False,
}
UPGRADED = {
    "incident": (
        OLD_INCIDENT,
        Mapping(
            "incident",
            (("time", ("date", "time")), ("longitude", ("x",)), ("latitude", ("y",)), ("place", ("street",))),
            time_format="%d/%m/%Y %H:%M",
            times_are_utc=True,
            time_zone="Europe/London",
            decimal=",",
            epsg=27700,
            category="Theft",
        ),
    ),
    "transaction": (
        OLD_TRANSACTION,
        Mapping(
            "transaction",
            (("time", ("ts",)), ("from", ("a",)), ("to", ("b",)), ("amount", ("sum",))),
            time_format="%Y-%m-%d %H:%M",
            decimal=",",
            currency="EUR",
            amounts_are_minor=True,
        ),
    ),
}


@pytest.mark.parametrize("kind", UPGRADED)
def test_a_mapping_saved_by_an_earlier_version_means_what_it_meant(store, kind):
    old, upgraded = UPGRADED[kind]
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "INSERT INTO column_mapping VALUES ('monthly', ?, ?, 'A', ?)", [kind, json.dumps(old), now()]
        )
    assert saved_mappings(store, kind) == {"monthly": upgraded}
