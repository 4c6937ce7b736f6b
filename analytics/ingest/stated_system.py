"""The coordinate system that a file states of itself: beside or under the names of its columns, in a column
of its own, or as a zone of UTM."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.formats.readers import RawTable, sample_texts
from analytics.ingest.grid_references import utm_system
from analytics.ingest.name_words import words_of

_EPSG = re.compile(r"(?i)\b(?:EPSG|SRID|WKID)\W{0,3}(\d{4,6})\b")
_NUMBER_OF_SYSTEM = re.compile(r"(?i)\s*(?:EPSG\W{0,3})?(\d{4,6})(?:\.0)?\s*")
_ZONE = re.compile(r"(?i)\s*(?:utm\s*)?(?:zone\s*)?(0?[1-9]|[1-5]\d|60)\s*([C-HJ-NP-X])\s*")
_NAMED = re.compile(r"(?i)\butm\W*(?:zone\W*)?(0?[1-9]|[1-5]\d|60)\s?(N|S)\b")
_ETRS_ZONE = re.compile(r"(?i)(?=.*etrs\W?(?:19)?89).*utm\W*(?:zone\W*|huso\W*|fuseau\W*)?(2[89]|3[0-8])")
_MGA_ZONE = re.compile(r"(?i)\bmga(?:20|94|2020)?\W*z(?:one)?\W*(4[6-9]|5[0-9])")
_BY_NAME = {
    "tm35fin": 3067,
    "nztm": 2193,
    "svy21": 3414,
    "twd97": 3826,
    "hk1980": 2326,
    "hk80": 2326,
    "mtm8": 32188,
    "lks92": 3059,
    "lks94": 3346,
    "lest97": 3301,
    "ggrs87": 2100,
    "hd72": 23700,
    "eov": 23700,
    "krovak": 5514,
    "sjtsk": 5514,
    "puwg1992": 2180,
    "pl1992": 2180,
    "rgf93": 2154,
    "itm95": 2157,
    "belgelambert72": 31370,
    "lambert2008": 3812,
    "rt90": 3021,
    "stereo70": 3844,
    "lambert93": 2154,
    "l93": 2154,
    "osgb": 27700,
    "osgb36": 27700,
    "bng": 27700,
    "lv95": 2056,
    "lv03": 21781,
    "sweref99": 3006,
    "sweref99tm": 3006,
    "rdnew": 28992,
}
_ABOUT_SYSTEM = frozenset(("epsg", "srid", "wkid", "crs", "srs"))


def find_stated_system(raw: RawTable, axes: Sequence[str]) -> int | None:
    """The EPSG code stated for the columns of both coordinates; None where none is, or several are."""
    texts = [*axes, *_header_texts(raw)]
    found = {int(code) for text in texts for code in _EPSG.findall(text)}
    found |= {(32600 if n in "Nn" else 32700) + int(z) for text in texts for z, n in _NAMED.findall(text)}
    found |= {25800 + int(zone[1]) for text in texts if (zone := _ETRS_ZONE.match(text))}
    found |= {28300 + int(zone[1]) for text in texts if (zone := _MGA_ZONE.search(text))}
    glued = ["".join(words_of(name)) for name in axes]
    found |= {code for name, code in _BY_NAME.items() if any(name in text for text in glued)}
    if not found:
        found = _from_columns(raw, axes[1])
    return next(iter(found)) if len(found) == 1 else None


def _header_texts(raw: RawTable) -> list[str]:
    """What stands above the rows: titles, names, and the units under them."""
    return [cell for row in raw.layout.head[: raw.layout.header_row] for cell in row]


def _from_columns(raw: RawTable, y: str) -> set[int]:
    found: set[int] = set()
    for name in raw.columns:
        words = set(words_of(name))
        if words & _ABOUT_SYSTEM:
            codes = [_NUMBER_OF_SYSTEM.fullmatch(text) for text in set(sample_texts(raw, name))]
            found |= {int(code[1]) for code in codes if code}
        elif "zone" in words and ("utm" in words or words == {"zone"}):
            zones = [_ZONE.fullmatch(text) for text in set(sample_texts(raw, name))]
            north = next((float(text) for text in sample_texts(raw, y) if _is_number(text)), 0.0)
            found |= {utm_system(int(zone[1]), zone[2], north) for zone in zones if zone}
    return found


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*\d+(\.\d+)?\s*", text) is not None
