"""The presets: each that ships is complete and recognises its own columns; one of any kind can be added."""

from dataclasses import replace
from datetime import datetime

import pytest

from analytics.ingest import presets as preset_file
from analytics.ingest import propose_mapping, read_file
from analytics.ingest.mapping import check_mapping
from analytics.ingest.presets import Preset, PresetFile, find_preset, presets
from analytics.shared.schema import InvalidFile, read_toml
from tests.ingest.helpers import run, written
from tests.ingest.test_layouts import FOLDER, KINDS, layouts

CHICAGO = (
    "ID,Case Number,Date,Block,IUCR,Primary Type,Description,Location "
    "Description,Latitude,Longitude,Location\n"
    '1,HK1,09/05/2015 01:30:00 PM,043XX S WOOD ST,0486,BATTERY,SIMPLE,RESIDENCE,41.815,-87.67,"(41.815, '
    '-87.67)"\n'
)


def assert_recognised(preset, folder):
    """A file of the preset's own columns is recognised by it and read as it says."""
    columns = dict.fromkeys(preset.recognised_by, "1")
    columns |= {names[0]: "1" for names in preset.columns.values()}
    times = preset.columns.get("time", [])
    columns |= dict.fromkeys(times, "")
    if times:
        written_as = {"any, month first": "%m/%d/%Y", "any, day first": "%d/%m/%Y"}
        time_format = written_as.get(preset.time_format or "", preset.time_format or "%Y-%m-%d")
        columns[times[0]] = datetime(2024, 12, 31, 22, 15).strftime(time_format)
    path = written(
        folder, ",".join(name.upper() for name in columns) + "\n" + ",".join(columns.values()) + "\n"
    )
    raw = read_file(path, kind=preset.kind)
    mapping = propose_mapping(raw, preset.kind, path.name)
    check_mapping(raw, replace(mapping, first_step="2024-01-01"))
    assert find_preset(raw.columns, preset.kind) == preset
    for role, names in preset.columns.items():
        read = [name.lower() for name in mapping.of(role)]
        assert read and read == names[: len(read)], role
    assert [name.lower() for name in mapping.of("time")] == times
    assert mapping.time_zone == preset.time_zone
    if preset.kind == "incident":
        assert mapping.epsg == (preset.epsg or 4326)


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_a_preset_makes_a_mapping_of_its_own_columns(tmp_path, preset):
    assert_recognised(preset, tmp_path)


# Files of the shared layouts and the first word of the preset that knows them.
KNOWN_FILES = {
    "NYPD_Arrests_Data__Historic_.csv": "New",
    "Crime_Data_from_2020_to_Present.csv": "Los",
    "Police_Department_Incident_Reports__2018_to_Present.csv": "San",
    "tmpq4x1incidents.csv": "Boston,",
    "SPD_Crime_Data__2008-Present.csv": "Seattle,",
    "NIBRS_GroupA_Crime_Data.csv": "Baltimore,",
    "NIBRS_incident.csv": "FBI,",
    "2024-03-avon-and-somerset-outcomes.csv": "police.uk",
    "2012-04-avon-and-somerset-street.csv": "police.uk",
    "transactions.csv": "IBM",
    "HI-Small_Trans.csv": "IBM",
    "PS_20174392719_1491204439457_log.csv": "PaySim",
    "export-0x0000000000000000000000000000000000000000.csv": "Etherscan,",
    "barclays_data.csv": "Barclays",
    "Download.CSV": "PayPal",
    "20240331-00000000-umsatz.CSV": "Sparkasse,",
    "account.asc": "Berka",
    "airtel_cdr.csv": "Airtel",
    "bsnl_cdr.csv": "BSNL",
    "Master.csv": "Asterisk",
    "CallLog.csv": "Cellebrite",
    "calendar.csv": "Inside",
    "hotel_bookings.csv": "Hotel",
    "pp-monthly-update-new-version.csv": "HM",
    "apis_manifest.csv": "Passenger",
}


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the shared layouts are not at {FOLDER}")
def test_the_shared_layouts_are_known_by_their_columns():
    kinds = {layout.file: KINDS[layout.kind] for layout in layouts() if layout.file in KNOWN_FILES}
    known = {
        file: find_preset(read_file(FOLDER / file, kind=kind).columns, kind) for file, kind in kinds.items()
    }
    assert {file: preset and preset.name.split()[0] for file, preset in known.items()} == KNOWN_FILES


# Smallest presets, one of each other kind that has columns to recognise.
SUPPLIERS = """
[[preset]]
name = "A bank's statements"
kind = "transaction"
recognised_by = ["booked", "ours", "theirs", "sum_x"]
columns.time = ["booked"]
columns.from = ["ours"]
columns.to = ["theirs"]
columns.amount = ["sum_x"]

[[preset]]
name = "A bank's accounts"
kind = "account"
recognised_by = ["no_x", "owner_x"]
columns.reference = ["no_x"]
columns.holder = ["owner_x"]

[[preset]]
name = "A site's adverts"
kind = "advert"
recognised_by = ["words_x", "put_up"]
columns.body = ["words_x"]
columns.time = ["put_up"]
"""


def test_a_preset_of_any_kind_can_be_added_and_is_used(tmp_path, monkeypatch):
    file = tmp_path / "presets.toml"
    file.write_text(preset_file.PRESETS_FILE.read_text(encoding="utf-8") + SUPPLIERS, encoding="utf-8")
    monkeypatch.setattr(preset_file, "PRESETS_FILE", file)
    presets.cache_clear()
    try:
        added = [preset for preset in presets() if preset.name.startswith("A ")]
        for number, preset in enumerate(added):
            folder = tmp_path / str(number)
            folder.mkdir()
            assert_recognised(preset, folder)
    finally:
        presets.cache_clear()
    assert [preset.kind for preset in added] == ["transaction", "account", "advert"]


def test_the_chicago_portal_is_read_as_it_comes(store, tmp_path):
    assert run(store, written(tmp_path, CHICAGO)).accepted == 1
    row = store.rows("SELECT category, place, reference, occurred_from, local_hour FROM incident")[0]
    assert (row["category"], row["place"], row["reference"]) == ("BATTERY", "043XX S WOOD ST", "HK1")
    assert (str(row["occurred_from"]), row["local_hour"]) == ("2015-09-05 18:30:00", 13)


def test_a_preset_of_before_is_read_as_one_of_incidents(tmp_path):
    """Until one mapping served every kind, a preset named its columns by role and was of incidents."""
    path = tmp_path / "presets.toml"
    path.write_text(
        '[[preset]]\nname = "Ours"\nrecognised_by = ["d", "t"]\nstart = ["d", "t"]\n'
        'start_format = "%d/%m/%Y %H:%M"\ncategory_constant = "Theft"\nplace = ["a", "b"]\nlongitude = "x"\n'
        'latitude = "y"\nepsg = 27700\ntime_zone = "Europe/London"\n',
        encoding="utf-8",
    )
    (preset,) = read_toml(path, PresetFile).preset
    assert preset == Preset(
        name="Ours",
        kind="incident",
        recognised_by=["d", "t"],
        columns={"time": ["d", "t"], "longitude": ["x"], "latitude": ["y"], "place": ["a", "b"]},
        time_format="%d/%m/%Y %H:%M",
        category="Theft",
        epsg=27700,
        time_zone="Europe/London",
    )


@pytest.mark.parametrize(
    ("kind", "role", "message"),
    [
        ("crime", "time", "kind is one of incident, boundary"),
        ("advert", "amount", "adverts cannot be 'amount', only body, title, time"),
    ],
)
def test_a_preset_of_an_unknown_kind_or_role_is_refused_in_words(tmp_path, kind, role, message):
    path = tmp_path / "presets.toml"
    path.write_text(
        f'[[preset]]\nname = "Ours"\nkind = "{kind}"\nrecognised_by = ["d"]\ncolumns.{role} = ["d"]\n',
        encoding="utf-8",
    )
    with pytest.raises(InvalidFile, match=message):
        read_toml(path, PresetFile)
