"""A map comes into the store whole: by layer, within its extent, with what was left out."""

import json
import shutil
import socket
import sqlite3
from datetime import date

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from analytics.basemap import MapChoice, MapExists, attribute_maps, import_map, list_base_maps, read_window
from analytics.cli import cli
from analytics.formats.map_files import open_map
from analytics.ingest import UnreadableFile, remove_source
from analytics.store import close_store
from tests.basemap.osm_file import write_extract
from tests.basemap.town import ACTOR, BOUNDS, DETAILS, HARBOUR
from tests.conftest import SHARED_DATA
from tests.ingest.helpers import HEADER, run, written


def names(store, role, area=1):
    return sorted(read_window(store, area, (role,)).name)


def test_every_layer_of_an_extract_is_taken_with_its_names_and_counts(mapped):
    (base_map,) = list_base_maps(mapped)
    assert base_map.counts == {
        "street": 3,
        "path": 1,
        "water": 2,
        "coast": 1,
        "green": 1,
        "building": 1,
        "place": 2,
        "poi": 3,
    }
    assert base_map.outside == {"street": 1} and base_map.unusable == {}
    assert base_map.bounds == pytest.approx(BOUNDS) and base_map.dated == date(2023, 11, 14)
    assert names(mapped, "street") == ["A1/E4", "Harbour Street", "Mill Lane"]
    assert names(mapped, "poi") == ["Abbey Park", "Café Lune", "St Ann"]
    streets = read_window(mapped, 1, ("street",)).set_index("name")
    assert streets.kind.to_dict() == {"A1/E4": "trunk", "Harbour Street": "primary", "Mill Lane": "minor"}
    assert streets.level.to_dict() == {"A1/E4": 1, "Harbour Street": 0, "Mill Lane": 0}
    harbour = shapely.from_wkb(streets.geometry["Harbour Street"])
    np.testing.assert_allclose(shapely.get_coordinates(harbour), HARBOUR, atol=1e-7)
    (record,) = mapped.rows("SELECT act, detail FROM audit WHERE act = 'import'")
    assert json.loads(record["detail"])["kind"] == "map"


def test_a_window_gives_what_reaches_into_it_and_the_widest_first(mapped):
    assert read_window(mapped, 1, ("street",), (3.029, 48.0, 3.04, 48.02)).name.tolist() == ["Harbour Street"]
    assert read_window(mapped, 1, ("street",), maximum=1).name.tolist() == ["Harbour Street"]
    assert read_window(mapped, 1, ("street",), (3.035, 48.0, 3.04, 48.02)).empty


def test_the_sea_lies_to_the_right_of_the_coast(mapped):
    water = read_window(mapped, 1, ("water",))
    (sea,) = shapely.from_wkb(water.geometry[water.kind == "sea"].to_numpy())
    assert sea.contains(shapely.Point(3.02, 48.01)) and not sea.intersects(shapely.Point(3.02, 48.028))


def test_the_attribution_is_kept(mapped):
    assert attribute_maps(mapped, 1) == "© OpenStreetMap contributors (ODbL 1.0)"


def test_only_what_lies_about_the_incidents_of_the_area_is_taken(store, extract):
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('Vell', 32631, 'UTC')").fetchall()
        cursor.executemany(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " time_precision, local_date, lon, lat) VALUES (9, ?, 1, 'c', '2024-01-01', '2024-01-01', 'day',"
            " '2024-01-01', ?, ?)",
            [(1, 3.000, 48.000), (2, 3.001, 48.001)],
        )
    report = import_map(store, ACTOR, extract, DETAILS)
    assert (report.area_id, report.area) == (1, "Vell")
    # A kilometre about the incidents: to 3.0145 east and 48.0100 north.
    assert report.outside["street"] == 2 and report.counts["street"] == 2
    far = shapely.bounds(shapely.from_wkb(read_window(store, 1, ("street",)).geometry.to_numpy()))[:, 2].max()
    assert far == pytest.approx(report.bounds[2])
    with pytest.raises(UnreadableFile, match="does not reach the extent asked for"):
        import_map(store, ACTOR, extract, DETAILS, MapChoice(extent=(7.0, 48.0, 7.1, 48.1), existing="add"))


def test_a_second_map_of_an_area_replaces_the_first_or_joins_it_only_when_asked(mapped, extract):
    with pytest.raises(MapExists, match="has a base map already: Vell, with streets"):
        import_map(mapped, ACTOR, extract, DETAILS, MapChoice(area="Vell"))
    assert len(list_base_maps(mapped)) == 1
    coast = MapChoice(area="Vell", roles=frozenset({"coast"}), existing="add")
    import_map(mapped, ACTOR, extract, DETAILS, coast)
    assert names(mapped, "coast") == ["", ""] and len(names(mapped, "street")) == 3
    other = import_map(mapped, ACTOR, extract, DETAILS, MapChoice(area="Vell", existing="replace"))
    assert sorted(other.replaced) == ["Vell (source 1)", "Vell (source 2)"] and names(mapped, "coast") == [""]
    assert any("© OpenStreetMap contributors" in sentence for sentence in other.sentences())
    (base_map,) = list_base_maps(mapped)
    remove_source(mapped, ACTOR, base_map.source_id, "no longer needed")
    assert list_base_maps(mapped) == [] and read_window(mapped, 1, ("street", "coast")).empty
    assert mapped.rows("SELECT count(*) AS n FROM base_feature") == [{"n": 0}]


def test_a_later_file_of_incidents_goes_to_the_area_of_the_map(mapped, tmp_path):
    report = run(mapped, written(tmp_path, HEADER + "2024-07-01 22:15,Theft,3.01,48.01\n"))
    assert report.area_id == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"BZh91AY", "compressed: unpack it first"),
        (b"\x89PNG\r\n", "no map that is known here"),
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c", "cut short"),
        (b"\x00\xff\xff\xff\x0a\x09OSMHeader\x18\x7c", "damaged"),
        (b"<?xml version='1.0'?><osm version='0.6'></osm>", "does not say where it lies"),
        (b"PMTiles\x02" + bytes(200), "of a version that is not read"),
        (b"PMTiles\x03" + bytes(91) + b"\x02" + bytes(100), "pictures of a map"),
    ],
)
def test_what_is_no_map_is_refused_in_words(store, tmp_path, content, reason):
    path = tmp_path / "map.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=reason):
        import_map(store, ACTOR, path, DETAILS)
    assert store.rows("SELECT count(*) AS n FROM source") == [{"n": 0}]
    assert len(store.rows("SELECT message FROM import_failure")) == 1


def test_an_extract_that_is_cut_short_is_refused_and_leaves_nothing(store, extract):
    whole = extract.read_bytes()
    extract.write_bytes(whole[: len(whole) - 40])
    with pytest.raises(UnreadableFile, match="damaged, cut short"):
        import_map(store, ACTOR, extract, DETAILS)
    assert store.rows("SELECT count(*) AS n FROM boundary") == [{"n": 0}]


def test_the_history_of_a_map_is_refused(store, tmp_path):
    path = write_extract(tmp_path / "h.osm.pbf", bounds=BOUNDS, features=["HistoricalInformation"])
    with pytest.raises(UnreadableFile, match="history"):
        import_map(store, ACTOR, path, DETAILS)


def tiles(path, driver, **layers):
    """A file of vector tiles with one layer."""
    ((layer, frame),) = layers.items()
    options = {"MINZOOM": 12, "MAXZOOM": 14}
    pyogrio.write_dataframe(frame.to_crs(3857), path, driver=driver, layer=layer, dataset_options=options)
    return path


def streets():
    lines = [shapely.LineString(HARBOUR), shapely.LineString([(3.01, 48.0), (3.01, 48.01), (3.01, 48.02)])]
    table = {
        "class": ["primary", "minor"],
        "name": ["Harbour Street", "Mill Lane"],
        "brunnel": [None, "bridge"],
    }
    return gpd.GeoDataFrame(table, geometry=lines, crs=4326)


@pytest.mark.parametrize(("driver", "suffix"), [("MBTiles", "mbtiles"), ("PMTiles", "pmtiles")])
def test_vector_tiles_give_their_streets(store, tmp_path, driver, suffix):
    path = tiles(tmp_path / f"t.{suffix}", driver, transportation=streets())
    report = import_map(store, ACTOR, path, DETAILS)
    assert set(report.counts) == {"street"} and report.format == driver
    assert set(names(store, "street")) == {"Harbour Street", "Mill Lane"}
    found = read_window(store, 1, ("street",))
    assert set(found.level[found.name == "Mill Lane"]) == {1}
    west, south, east, north = shapely.total_bounds(shapely.from_wkb(found.geometry.to_numpy()))
    assert (west, south, east, north) == pytest.approx((3.0, 48.0, 3.03, 48.02), abs=2e-5)
    assert "as far as known" in attribute_maps(store, 1)


def test_tiles_of_pictures_and_of_another_style_are_refused_in_words(store, tmp_path):
    path = tmp_path / "r.mbtiles"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name text, value text)")
        database.execute("INSERT INTO metadata VALUES ('format', 'png')")
        database.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data blob)")
        database.execute("INSERT INTO tiles VALUES (0, 0, 0, x'89504E47')")
    with pytest.raises(UnreadableFile, match="MBTiles of png"):
        import_map(store, ACTOR, path, DETAILS)
    strange = tiles(tmp_path / "s.mbtiles", "MBTiles", my_roads=streets())
    with pytest.raises(UnreadableFile, match="no layer that is known here: it has my_roads"):
        import_map(store, ACTOR, strange, DETAILS)


def test_tiles_in_a_virtual_table_are_refused(tmp_path):
    path = tiles(tmp_path / "v.mbtiles", "MBTiles", transportation=streets())
    with sqlite3.connect(path) as database:
        database.execute("CREATE TRIGGER t AFTER INSERT ON metadata BEGIN DELETE FROM metadata; END")
    with pytest.raises(UnreadableFile, match="virtual table or a trigger"):
        open_map(path)


class EndOfPair(socket.socket):
    """No socket but one end of a local pair, made already: what the parser's process is asked through."""

    def __init__(self, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None) -> None:
        assert family == socket.AF_UNIX and fileno is not None, "a socket opens"
        super().__init__(family, type, proto, fileno)


def test_a_map_opens_no_socket_and_no_other_file(store, extract, monkeypatch):
    monkeypatch.setattr(socket, "socket", EndOfPair)
    with pytest.raises(AssertionError, match="a socket opens"):
        socket.create_connection(("127.0.0.1", 9))
    assert import_map(store, ACTOR, extract, DETAILS).counts["street"] == 3


def test_the_command_line_imports_a_map_and_says_what_came_in(extract, tmp_path):
    store = tmp_path / "s.duckdb"
    arguments = [
        "import",
        "map",
        str(extract),
        "--store",
        str(store),
        "--name",
        "Vell",
        "--without",
        "building",
    ]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    assert "Streets: 3." in done.output and "Buildings" not in done.output
    assert "Outside the extent, left out: 1 feature (streets 1)." in done.output
    close_store(store)
    again = CliRunner().invoke(cli, [*arguments, "--area", "Vell"])
    assert again.exit_code == 1 and "Replace it, or add this one beside it" in again.output
    wrong = CliRunner().invoke(cli, [*arguments, "--extent", "1,2,3"])
    assert wrong.exit_code == 2 and "four numbers" in wrong.output
    close_store(store)


def test_a_real_extract(store, tmp_path):
    path = SHARED_DATA / "maps/small.osm.pbf"
    if not path.is_file():
        pytest.skip(f"no real extract at {path} (set ACHILLES_TEST_DATA)")
    report = import_map(store, ACTOR, shutil.copy(path, tmp_path / "small.osm.pbf"), DETAILS)
    assert report.counts["street"] > 150 and report.counts["building"] > 2000
    assert "Hurukselantie" in names(store, "street")
