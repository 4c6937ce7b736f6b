"""What the import tests share: a small file, an import of it as recognised, the reasons of its refused
rows."""

import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from analytics.ingest import (
    ImportReport,
    Mapping,
    SourceDetails,
    import_file,
    propose_mapping,
    quarantine_rows,
    read_file,
)
from analytics.oversight import Actor

ACTOR = Actor("analyst one")
DETAILS = SourceDetails("Test", "Policing purpose", "Test", "P", date(2030, 1, 1))
HEADER = "date,type,lon,lat\n"
GOOD = "2024-07-01 22:15,Theft,-0.1278,51.5074\n"


def written(tmp_path, content, name="crimes.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def proposed(path, kind="incident", roles=None, **changes) -> Mapping:
    """The mapping proposed, with other columns for some roles and other settings."""
    mapping = replace(propose_mapping(read_file(path, kind=kind), kind, path.name), **changes)
    for role, names in (roles or {}).items():
        mapping = mapping.with_role(role, names)
    return mapping


def run(store, path, kind="incident", roles=None, area=None, **changes) -> ImportReport:
    return import_file(store, ACTOR, path, proposed(path, kind, roles, **changes), DETAILS, area=area)


def reasons(store, source_id=1):
    return quarantine_rows(store, source_id).set_index("row_number").reason.to_dict()


def as_format(tmp_path, suffix) -> Path:
    """Two incidents as a file of this format: a theft, and one whose category looks like a formula and
    markup."""
    frame = pd.DataFrame(
        {
            "date": ["2024-07-01 22:15"] * 2,
            "type": ["Theft", "@cmd <b>"],
            "lon": [-0.1, -0.2],
            "lat": [51.5, 51.6],
        }
    )
    path = tmp_path / f"crimes.{suffix}"
    if suffix == "xlsx":
        frame.to_excel(path, index=False)
    elif suffix == "parquet":
        frame.to_parquet(path)
    else:
        places = gpd.GeoDataFrame(
            frame[["date", "type"]], geometry=gpd.points_from_xy(frame.lon, frame.lat), crs=4326
        ).to_crs(27700)
        if suffix == "zip":
            places.to_file(tmp_path / "crimes.shp")
            with zipfile.ZipFile(path, "w") as archive:
                for part in tmp_path.glob("crimes.*"):
                    if part.suffix != ".zip":
                        archive.write(part, part.name)
        else:
            places.to_file(path, driver="LIBKML" if suffix == "kml" else None)
    return path
