"""The presets that ship: each is complete and recognises its own columns."""

from datetime import datetime

import pytest

from analytics.ingest import propose_mapping, read_file
from analytics.ingest.incidents import check_mapping
from analytics.ingest.presets import find_preset, presets
from tests.ingest.helpers import run, written

CHICAGO = (
    "ID,Case Number,Date,Block,IUCR,Primary Type,Description,Location "
    "Description,Latitude,Longitude,Location\n"
    '1,HK1,09/05/2015 01:30:00 PM,043XX S WOOD ST,0486,BATTERY,SIMPLE,RESIDENCE,41.815,-87.67,"(41.815, '
    '-87.67)"\n'
)


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_a_preset_makes_a_mapping_of_its_own_columns(tmp_path, preset):
    columns = dict.fromkeys(preset.recognised_by, "1")
    columns |= dict.fromkeys(preset.start, "") | {preset.longitude: "1", preset.latitude: "1"}
    columns[preset.start[0]] = datetime(2024, 12, 31, 22, 15).strftime(preset.start_format)
    path = written(
        tmp_path, ",".join(name.upper() for name in columns) + "\n" + ",".join(columns.values()) + "\n"
    )
    raw = read_file(path)
    mapping = propose_mapping(raw, path.name)
    check_mapping(raw, mapping)
    assert find_preset(raw.columns)["name"] == preset.name
    assert tuple(name.lower() for name in mapping.start) == preset.start
    assert (mapping.epsg, mapping.time_zone) == (preset.epsg or 4326, preset.time_zone)


def test_the_chicago_portal_is_read_as_it_comes(store, tmp_path):
    assert run(store, written(tmp_path, CHICAGO)).accepted == 1
    row = store.rows("SELECT category, place, reference, occurred_from, local_hour FROM incident")[0]
    assert (row["category"], row["place"], row["reference"]) == ("BATTERY", "043XX S WOOD ST", "HK1")
    assert (str(row["occurred_from"]), row["local_hour"]) == ("2015-09-05 18:30:00", 13)
