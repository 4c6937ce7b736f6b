"""What the geographic library (GDAL) may do in this process: a few formats by name, and no network.

GDAL picks a format by a file's content, and some of its formats name other files, servers or databases to
read. Whoever reads or writes geographic files through pyogrio or geopandas restricts it first."""

from __future__ import annotations

from functools import cache

import pyogrio
from pyogrio import _ogr

DRIVERS = frozenset(
    {"ESRI Shapefile", "GPKG", "GeoJSON", "GeoJSONSeq", "ESRIJSON", "TopoJSON", "LIBKML", "GPX"}
)


@cache
def restrict_gdal(drivers: frozenset[str] = DRIVERS) -> None:
    """Unregister every format but `drivers` and make each request over a network fail before it is sent.

    Once a process: what was unregistered does not come back. Raises ImportError where a format cannot be
    unregistered."""
    pyogrio.set_gdal_config_options(
        {
            "GDAL_SKIP": ",".join(set(pyogrio.list_drivers()) - drivers),
            "GDAL_HTTP_PROXY": "none://offline",  # no such kind of proxy: the request fails at once
            "GDAL_HTTPS_PROXY": "none://offline",
            "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
            "LIBKML_EXTERNAL_STYLE": "NO",
        }
    )
    _ogr._register_drivers()  # GDAL heeds GDAL_SKIP as it registers, and pyogrio has registered on import
    if others := set(pyogrio.list_drivers()) - drivers:
        raise ImportError(f"GDAL still offers formats that are not needed: {', '.join(sorted(others))}.")
