"""A coordinate as people and programs write it, where it is no plain number, and pairs in one text."""

from __future__ import annotations

import json
import re

import shapely

from analytics.ingest.grid_references import (
    MGRS,
    NATIONAL_GRID,
    UTM,
    from_mgrs,
    from_national_grid,
    from_utm,
)

NO_PLACE = frozenset(
    ("", "-", "--", ".", "?", "unknown", "n/a", "#n/a", "none", "null", "nil", "not known", "withheld")
)
_DEGREES = re.compile(
    r"""([+-]?\d{1,3}(?:\.\d+)?)\s*+(?:[°º:d]\s*+(\d{1,2}(?:\.\d+)?)\s*+(?:['’′m:]\s*+(?:(\d{1,2}(?:\.\d+)?)\s*+["”″s]?)?)?)?"""
    r"""\s*+[°º]?\s*+([NSEWO])?""",
    re.IGNORECASE,
)
_LETTER_FIRST = re.compile(r"([NSEWO])\s*(.+)", re.IGNORECASE)
_GROUPED = re.compile(
    r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d{1,3}(?:[ '’]\d{3})+(?:\.\d+)?|[+-]?\d{1,3}(?:\.\d{3}){2,}"
)
_WKT = re.compile(r"POINT\s*+Z?\s*+\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)", re.IGNORECASE)
_BRACKET = re.compile(r"\(\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)")
_SIGN = r"(?:-|\s*[:=]\s*|\s+)"  # between a name and its number: the first dash is no minus
_NAMED = re.compile(
    rf"\blat(?:itude)?{_SIGN}(-?\d+\.\d+)\D*?[\s;,/]lon(?:g|gitude)?{_SIGN}(-?\d+\.\d+)", re.IGNORECASE
)
_LINK = re.compile(r"https?://\S*?[=@/](-?\d{1,2}\.\d{3,}),\s*(-?\d{1,3}\.\d{3,})")
_HEX_POINT = re.compile(r"0[01]0[1-9A-F]0000[02]0[0-9A-F]{32,}", re.IGNORECASE)  # as PostGIS writes one
_GEOHASH_SIGNS = "0123456789bcdefghjkmnpqrstuvwxyz"
_GEOHASH = re.compile(rf"(?=.*\d)[{_GEOHASH_SIGNS}]{{5,12}}", re.IGNORECASE)
_PLUS_SIGNS = "23456789CFGHJMPQRVWX"
_PLUS_CODE = re.compile(
    rf"([2-9CFGHJMPQRV][2-9CFGHJMPQRVWX][{_PLUS_SIGNS}]{{6}})\+([{_PLUS_SIGNS}]{{2,7}})", re.IGNORECASE
)
_TWO = re.compile(r"\s*(-?\d{1,2}\.\d{3,})\s*[/;, ]\s*(-?\d{1,3}\.\d{3,})\s*")
_TWO_WITH_COMMAS = re.compile(r"\s*(-?\d{1,2},\d{3,})\s*[/; ]\s*(-?\d{1,3},\d{3,})\s*")
_PARTS = r"[\d°º'’′\"”″.,: ]"  # of a coordinate in degrees, minutes and seconds
LETTERED_PAIR = re.compile(
    rf"\s*(?P<north>[NS]\s*\d{_PARTS}*|\d{_PARTS}*[NS])[\s,;/]*(?P<east>[EWO]\s*\d{_PARTS}*|\d{_PARTS}*[EWO])\s*",
    re.IGNORECASE,
)
_BLANKS_BETWEEN = re.compile(  # 26 12 14.4S; three digits after a blank are thousands
    r"(\d{1,3})\s+(\d{1,2}(?:\.\d+)?)(?:\s+(\d{1,2}(?:\.\d+)?))?\s*([NSEWO])", re.IGNORECASE
)


def read_coordinate(text: str, decimal: str = ".") -> float | None:
    """53.8083 N, 53°48'30"N, 1,176,352 or a number with a typographic minus; None where it is none."""
    plain = text.strip().lstrip("'").replace("−", "-").replace("–", "-").replace("\u00a0", " ")
    if decimal == ",":
        plain = plain.replace(".", "").replace(",", ".") if plain.count(",") == 1 else plain
    if _GROUPED.fullmatch(plain):
        return float(re.sub(r"[, '’]" if plain.count(".") < 2 else r"\.", "", plain))
    if first := _LETTER_FIRST.fullmatch(plain):
        plain = f"{first[2]}{first[1]}"
    if parted := _BLANKS_BETWEEN.fullmatch(plain):
        plain = f"{parted[1]}°{parted[2]}'{parted[3] or 0}\"{parted[4]}"
    found = _DEGREES.fullmatch(plain)
    if not found or not (found[2] or found[4] or "°" in plain or plain != text.strip()):
        return None
    degrees, minutes, seconds = (float(part or 0) for part in found.groups()[:3])
    if minutes >= 60 or seconds >= 60:
        return None
    size = abs(degrees) + minutes / 60 + seconds / 3600
    return -size if found[1].startswith("-") or (found[4] or "").upper() in ("S", "W", "O") else size


def read_pair(text: str | None) -> tuple[float, float] | None:
    """(x, y) of a text that holds both: POINT (x y), (latitude, longitude), latitude/longitude,
    Lat-53.8; Long-1.55, a JSON object, a point in hexadecimal WKB, or the link to a map; of a reference of
    the National Grid of Great Britain (SE 300 335), MGRS (30UWE9701362003), a zone of UTM (30U 597013
    5962003), a geohash (gcwf0tpz) or a plus code (9C5WRF2C+GP) the degrees of the middle of its square."""
    if not text:
        return None
    if found := NATIONAL_GRID.fullmatch(text.strip()):
        return from_national_grid(found)
    if found := MGRS.fullmatch(text.strip()):
        return from_mgrs(found)
    if found := UTM.fullmatch(text.strip()):
        return from_utm(found)
    if _HEX_POINT.fullmatch(text.strip()):
        return _from_hex(text.strip())
    if _GEOHASH.fullmatch(text.strip()):
        return _from_geohash(text.strip().lower())
    if found := _PLUS_CODE.match(text.strip()):
        return _from_plus_code(f"{found[1]}{found[2]}".upper())
    if found := _LINK.match(text.strip()):
        return float(found[2]), float(found[1])
    if found := _WKT.search(text):
        return float(found[1]), float(found[2])
    if brackets := _BRACKET.findall(text):
        y, x = brackets[-1]
        return float(x), float(y)
    if text.lstrip().startswith("{"):
        return _from_object(text)
    if found := _NAMED.search(text) or _TWO.fullmatch(text):
        return float(found[2]), float(found[1])
    if found := _TWO_WITH_COMMAS.fullmatch(text):
        return float(found[2].replace(",", ".")), float(found[1].replace(",", "."))
    if found := LETTERED_PAIR.fullmatch(text):
        return _from_letters(found["east"], found["north"])
    return None


def _from_letters(east: str, north: str) -> tuple[float, float] | None:
    """Both coordinates as written with N, S, E or W."""
    x, y = (
        read_coordinate(text.strip(" ,;/").replace(",", "." if "." not in text else ","))
        for text in (east, north)
    )
    return None if x is None or y is None else (x, y)


def _from_geohash(text: str) -> tuple[float, float]:
    """The middle of the cell of a geohash: bits halve the degrees by turns, longitude first."""
    sides = [[-180.0, 180.0], [-90.0, 90.0]]
    at = 0
    for sign in text:
        value = _GEOHASH_SIGNS.index(sign)
        for bit in (16, 8, 4, 2, 1):
            side = sides[at % 2]
            side[0 if value & bit else 1] = sum(side) / 2
            at += 1
    (west, east), (south, north) = sides
    return (west + east) / 2, (south + north) / 2


def _from_plus_code(digits: str) -> tuple[float, float]:
    """The middle of the cell of an Open Location Code: five pairs in base 20, then steps of a grid of 5 by
    4."""
    lat, lon, height, width = -90.0, -180.0, 400.0, 400.0
    values = [_PLUS_SIGNS.index(sign) for sign in digits]
    for north, east in zip(values[:10:2], values[1:10:2], strict=True):
        height, width = height / 20, width / 20
        lat, lon = lat + north * height, lon + east * width
    for value in values[10:]:
        height, width = height / 5, width / 4
        lat, lon = lat + value // 4 * height, lon + value % 4 * width
    return lon + width / 2, lat + height / 2


def _from_hex(text: str) -> tuple[float, float] | None:
    try:
        point = shapely.from_wkb(text)
        return (point.x, point.y) if point.geom_type == "Point" else None
    except (shapely.errors.GEOSException, ValueError):
        return None


def _from_object(text: str) -> tuple[float, float] | None:
    try:
        values = json.loads(text)
        if isinstance(values.get("coordinates"), list):
            x, y = values["coordinates"][:2]
        else:
            x, y = values["longitude"], values["latitude"]
        return float(x), float(y)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
