"""Recorded crime: what their columns can mean, and how they are usually named."""

from __future__ import annotations

from analytics.ingest.roles import ATTRIBUTE, ORDERED_HELP, PAIR_HELP, TABLES, ImportKind, Need, Role

_ROLES = (
    Role(
        "time",
        "Date and time, or start",
        (
            "date_start",
            "occurred_from",
            "cmplnt_fr_dt",
            "occur_date",
            "offense_date",
            "occ_date",
            "date",
            "month",
            "fecha*",
            "start*",
            "from*date*",
            "*date*",
            "*month*",
        ),
        several=True,
        help=ORDERED_HELP,
    ),
    Role(
        "end",
        "End, where there is one",
        ("date_end", "occurred_to", "cmplnt_to_dt", "end*date*", "end*time*", "to*date*"),
        several=True,
        help=ORDERED_HELP,
    ),
    Role(
        "category",
        "Category",
        (
            "crime_type",
            "primary_type",
            "offense_type",
            "offense",
            "ofns_desc",
            "category",
            "crime",
            "type",
            "modalidad",
            "*offen?e*",
            "crime*categor*",
        ),
    ),
    Role(
        "longitude",
        "Longitude or easting",
        (
            "longitude",
            "lon",
            "long",
            "lng",
            "longitud",
            "longitude_geometry",
            "x",
            "easting",
            "x_coord*",
        ),
    ),
    Role(
        "latitude",
        "Latitude or northing",
        ("latitude", "lat", "latitud", "latitude_geometry", "y", "northing", "y_coord*"),
    ),
    Role("point", "or both in one column", ("point", "wkt", "geolocation"), help=PAIR_HELP),
    Role(
        "place",
        "Place name",
        (
            "location",
            "hundred_block",
            "block",
            "address",
            "street",
            "location_desc",
            "loc_cat",
            "place",
            "location_type",
            "neighbourhood",
            "boro",
            "lsoa_name",
            "lsoa_code",
        ),
    ),
    Role("count", "Incidents in the row", ("count", "cantidad"), help="Where a row may stand for several."),
    Role(
        "reference",
        "Reference",
        ("crime_id", "incident_no", "incident_key", "uid", "case_number", "cmplnt_num", "reference", "id"),
    ),
)

KIND = ImportKind(
    "incident",
    "incidents",
    (*_ROLES, ATTRIBUTE),
    (
        Need(("time",), "Say which column holds the date: none looks like one."),
        Need(
            ("category",),
            "Say which column holds the category, or name one category for all rows.",
        ),
    ),
    f"{TABLES}, GeoJSON, GeoPackage, zipped shapefile or KML",
)
