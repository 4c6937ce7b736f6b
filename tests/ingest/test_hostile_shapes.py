"""Geographic files that would read other files or call a server are refused, and say what is expected."""

import json
import socket
import sqlite3
import threading
import zipfile
from contextlib import closing

import geopandas as gpd
import pyogrio
import pytest
from shapely import Point

from analytics.formats.gdal import DRIVERS, restrict_gdal
from analytics.ingest import UnreadableFile, read_file
from tests.ingest.helpers import as_format, written

SECRET = "canary-5f1c"
POINT = {"type": "Feature", "properties": {"a": 1}, "geometry": {"type": "Point", "coordinates": [1, 2]}}


@pytest.fixture
def address():
    """The address of a listener on this machine; the test fails where anything has connected to it."""
    calls, over = [], threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def listen():
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                calls.append(connection)
                connection.close()

        listener = threading.Thread(target=listen)
        listener.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x"
        over.set()
        listener.join()
    assert not calls


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """As on a machine whose local addresses are exempt from its proxy."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def canary(tmp_path):
    path = tmp_path / "canary.csv"
    path.write_text(f'WKT,secret\n"POINT(1 2)",{SECRET}\n')
    return path


def vrt(source) -> str:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="canary"><SrcDataSource>{source}</SrcDataSource>'
        "<GeometryType>wkbPoint</GeometryType></OGRVRTLayer></OGRVRTDataSource>"
    )


def shapefile(tmp_path, **changes) -> bytes:
    """A zipped shapefile in which the parts named (shp, dbf...) hold other content."""
    real = zipfile.ZipFile(as_format(tmp_path, "zip"))
    path = tmp_path / "hostile.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in real.namelist():
            content = changes.pop(name.rpartition(".")[2], None)
            archive.writestr(name, real.read(name) if content is None else content)
        for name, content in changes.items():
            archive.writestr(name.replace("__", "/"), content)
    return path.read_bytes()


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "kml", "zip"])
def test_a_real_file_is_read(tmp_path, suffix):
    assert read_file(as_format(tmp_path, suffix)).table.num_rows == 2


@pytest.mark.parametrize("part", ["shp", "shx", "dbf", "prj", "cpg"])
def test_a_part_of_a_shapefile_that_is_something_else_is_refused(tmp_path, canary, address, part):
    for source in (canary, address, f"/vsicurl/{address}"):
        path = written(tmp_path, shapefile(tmp_path, **{part: vrt(source)}), "beats.zip")
        with pytest.raises(UnreadableFile, match=rf"crimes\.{part} in the zip file is not .+: it is refused"):
            read_file(path)


def test_only_the_parts_of_the_shapefile_are_unpacked(tmp_path, canary):
    """Neither a member beside it nor one that names a parent or the root is written anywhere."""
    extra = {
        "..__..__escaped.dbf": "x",
        "__escaped.prj": "x",
        "crimes.vrt": vrt(canary),
        "crimes.shp.aux.xml": "x",
    }
    raw = read_file(written(tmp_path, shapefile(tmp_path, **extra), "beats.zip"))
    assert raw.table.num_rows == 2 and SECRET not in str(raw.table.to_pydict())
    assert not list(tmp_path.parent.rglob("escaped*"))


def test_a_zip_within_a_zip_is_not_opened(tmp_path):
    inner = written(tmp_path, shapefile(tmp_path), "inner.zip")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        archive.write(inner, "inner.zip")
    with pytest.raises(UnreadableFile, match="another zip file .inner.zip., which is not opened. Unpack"):
        read_file(tmp_path / "outer.zip")


@pytest.mark.parametrize("suffix", ["geojson", "json", "gpkg", "kml", "zip"])
def test_a_file_that_points_elsewhere_is_refused_whatever_its_name(tmp_path, canary, address, suffix):
    for source in (canary, address):
        for content in (
            vrt(source),
            f'<!-- <kml> {{"type" -->{vrt(source)}',
            f"<OGRWFSDataSource><URL>{source}</URL></OGRWFSDataSource>",
            f'<FeatureCollection xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{source}"/>',
            '{"type": "gdal_streamed_alg", '
            f'"command_line": "gdal vector pipeline ! read {source} ! write"}}',
            '{"type": "FeatureCollection", "conformsTo": ["x"], '
            f'"coordRefSys": "{source}", "features": []}}',
        ):
            with pytest.raises(UnreadableFile):
                read_file(written(tmp_path, content, f"hostile.{suffix}"))


@pytest.mark.parametrize(
    "described",
    [
        '"crs": {"type": "link", "properties": {"href": "ADDRESS", "type": "proj4"}}',
        '"CRS" : {"type": "URL", "properties": {"url": "ADDRESS"}}',
        '"\\u0063rs": {"type": "link", "properties": {"href": "ADDRESS"}}',
        '"crs": {"type": "name", "Type": "link", "properties": {"href": "ADDRESS"}}',
        '"crs": /* */ {"type": "link", "properties": {"href": "ADDRESS"}}',
        '"crs" /* */ : {"type": "link", "properties": {"href": "ADDRESS"}}',
        "'crs': {'type': 'link', 'properties': {'href': 'ADDRESS'}}",
    ],
)
def test_a_coordinate_system_behind_a_link_is_refused(tmp_path, address, described):
    described = described.replace("ADDRESS", address)
    whole = f'{{"type": "FeatureCollection", {described}, "features": [{json.dumps(POINT)}]}}'
    shape = f'{{"type": "FeatureCollection", "features": [{json.dumps(POINT)[:-2]}, {described}}}}}]}}'
    for content in (whole, shape):
        with pytest.raises(UnreadableFile, match="its name is expected"):
            read_file(written(tmp_path, content, "beats.geojson"))


def test_an_attribute_may_be_named_crs(tmp_path):
    named = POINT | {"properties": {"crs": "crs", "b": ["crs"], "c": None}}
    raw = read_file(
        written(tmp_path, json.dumps({"type": "FeatureCollection", "features": [named]}), "a.geojson")
    )
    assert raw.table.column("crs").to_pylist() == ["crs"]


def test_kml_with_a_document_type_is_refused_and_its_links_are_not_followed(tmp_path, canary, address):
    entity = f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{canary}"><!ENTITY y SYSTEM "{address}">]>'
    link = f"<NetworkLink><Link><href>{address}</href></Link></NetworkLink>"
    point = "<Point><coordinates>1,2</coordinates></Point>"
    place = f"<Placemark><name>n</name><styleUrl>{address}#s</styleUrl>{point}</Placemark>"
    body = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{link}{place}</Document></kml>'
    with pytest.raises(UnreadableFile, match="document type"):
        read_file(written(tmp_path, entity + body, "beats.kml"))
    raw = read_file(written(tmp_path, '<?xml version="1.0"?><!-- Beats -->' + body, "beats.kml"))
    assert raw.table.num_rows == 1


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("CREATE VIRTUAL TABLE v USING VirtualOGR('{canary}')", "plain tables"),
        ("CREATE VIRTUAL TABLE v USING VirtualShape('{canary}', 'utf-8', 4326)", "plain tables"),
        ("CREATE VIEW v AS SELECT 1 AS fid, ogr_geocode('x') AS geom", "plain tables"),
    ],
)
def test_a_geopackage_that_runs_code_is_refused(tmp_path, canary, statement, message):
    path = geopackage(tmp_path, statement.format(canary=canary))
    with pytest.raises(UnreadableFile, match=message):
        read_file(path)


def test_a_view_in_a_geopackage_is_not_read(tmp_path):
    endless = (
        "WITH RECURSIVE n(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM n) SELECT fid, NULL AS geom FROM n"
    )
    assert read_file(geopackage(tmp_path, f"CREATE VIEW v AS {endless}")).columns[0] == "a"
    alone = geopackage(tmp_path, f"CREATE VIEW v AS {endless}")
    with closing(sqlite3.connect(alone)) as database:
        database.execute("DELETE FROM gpkg_contents WHERE table_name = 'f'")
        database.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = 'f'")
        database.commit()
    with pytest.raises(UnreadableFile, match="holds no features"):
        read_file(alone)


def geopackage(tmp_path, statement):
    """A GeoPackage of one point to which a table or view 'v' is added as its first layer."""
    path = tmp_path / "hostile.gpkg"
    path.unlink(missing_ok=True)
    gpd.GeoDataFrame({"a": [1]}, geometry=[Point(1, 2)], crs=4326).to_file(path, layer="f", driver="GPKG")
    kind = "view" if "VIEW" in statement else "table"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute("INSERT INTO sqlite_master VALUES (?, 'v', 'v', 0, ?)", [kind, statement])
        database.execute(
            "INSERT INTO gpkg_contents SELECT 'v', data_type, 'a', '', last_change,"
            " min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents"
        )
        database.execute(
            "INSERT INTO gpkg_geometry_columns SELECT 'v', column_name, geometry_type_name, srs_id, z, m"
            " FROM gpkg_geometry_columns"
        )
        database.commit()
    return path


def test_the_library_offers_the_formats_needed_and_no_network(tmp_path, canary, address, monkeypatch):
    restrict_gdal()
    assert set(pyogrio.list_drivers()) <= DRIVERS
    monkeypatch.delenv("no_proxy")
    for source in (f"/vsicurl/{address}.geojson", f"WFS:{address}", address, canary, f"CSV:{canary}"):
        with pytest.raises(pyogrio.errors.DataSourceError):
            pyogrio.read_dataframe(source)
