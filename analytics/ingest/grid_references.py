"""References to a square of a grid of metres: the National Grid of Great Britain, the Military Grid Reference
System (also USNG) and zones of UTM. The place is the middle of the square.

MGRS: NGA.STND.0037, appendix B. Letters are those of the alphabet without I and O."""

from __future__ import annotations

import re

from analytics.shared.projection import find_transformer

NATIONAL_GRID = re.compile(
    r"([HJNOST])([A-HJ-Z])\s?(?:(\d{3})\s?(\d{3})|(\d{4})\s?(\d{4})|(\d{5})\s?(\d{5}))", re.I
)
MGRS = re.compile(
    r"(0?[1-9]|[1-5]\d|60)\s?([C-HJ-NP-X])\s?([A-HJ-NP-Z])([A-HJ-NP-V])\s?"
    r"(?:(\d{2})\s?(\d{2})|(\d{3})\s?(\d{3})|(\d{4})\s?(\d{4})|(\d{5})\s?(\d{5}))",
    re.I,
)
_METRES = r"(\d{6}(?:\.\d+)?)\s*(?:m?E)?[\s,;/]+(\d{1,8}(?:\.\d+)?)\s*(?:m?N)?"
_ZONE = r"(?:UTM\s*)?(?:zone\s*)?(0?[1-9]|[1-5]\d|60)\s?([C-HJ-NP-X])"
UTM = re.compile(rf"{_ZONE}[\s,;:]+{_METRES}|{_METRES}[\s,;]+{_ZONE}", re.I)
_FIVE_BY_FIVE = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_BANDS = "CDEFGHJKLMNPQRSTUVWX"  # of 8 degrees of latitude, from 80 degrees south
_CYCLE = 2_000_000  # metres, after which the letters of the rows come again
_NORTH_BAND_S = (3_400_000, 4_500_000)  # metres north of the equator
_SOUTH_OF_SEA = range(19, 22)  # zones with no land within band S


def from_national_grid(reference: re.Match[str]) -> tuple[float, float]:
    """Longitude and latitude. Squares of 500 and of 100 km by letters from the north-west; then digits from
    the south-west."""
    large, small = (_FIVE_BY_FIVE.index(letter.upper()) for letter in (reference[1], reference[2]))
    east_digits, north_digits = (digits for digits in reference.groups()[2:] if digits)
    side = 10 ** (5 - len(east_digits))
    east = 500_000 * (large % 5 - 2) + 100_000 * (small % 5) + side * int(east_digits)
    north = 500_000 * (3 - large // 5) + 100_000 * (4 - small // 5) + side * int(north_digits)
    return _degrees(27700, east + side / 2, north + side / 2)


def from_mgrs(reference: re.Match[str]) -> tuple[float, float] | None:
    """Longitude and latitude; None where the zone has no such square."""
    zone, band = int(reference[1]), _BANDS.index(reference[2].upper())
    column, row = (_LETTERS.index(letter.upper()) for letter in (reference[3], reference[4]))
    east_digits, north_digits = (digits for digits in reference.groups()[4:] if digits)
    first = 8 * ((zone - 1) % 3)  # three sets of eight columns
    if not first <= column < first + 8:
        return None
    side = 10 ** (5 - len(east_digits))
    east = 100_000 * (column - first + 1) + side * int(east_digits) + side / 2
    within = 100_000 * ((row - (0 if zone % 2 else 5)) % 20) + side * int(north_digits) + side / 2
    south = -80 + 8 * band
    system = (32600 if south >= 0 else 32700) + zone
    _, foot = find_transformer(4326, system).transform(6 * zone - 183, south)
    foot = 100_000 * (foot // 100_000)
    return _degrees(system, east, within + _CYCLE * max(-(-(foot - within) // _CYCLE), 0))


def from_utm(reference: re.Match[str]) -> tuple[float, float]:
    """Longitude and latitude of a zone with its band or its hemisphere, and metres. S is the band where the
    metres are those of the band, save where there is only sea; else the south."""
    zone, letter, east, north = (
        (reference[1], reference[2], reference[3], reference[4])
        if reference[1]
        else (reference[7], reference[8], reference[5], reference[6])
    )
    return _degrees(utm_system(int(zone), letter, float(north)), float(east), float(north))


def utm_system(zone: int, letter: str, north: float) -> int:
    """The EPSG code of a zone of UTM on WGS 84, by the letter of a band or a hemisphere."""
    sign = letter.upper()
    low, high = _NORTH_BAND_S
    is_band_s = low <= north <= high and zone not in _SOUTH_OF_SEA
    is_north = is_band_s if sign == "S" else sign >= "N"
    return (32600 if is_north else 32700) + zone


def _degrees(system: int, east: float, north: float) -> tuple[float, float]:
    lon, lat = find_transformer(system, 4326).transform(east, north)
    return float(lon), float(lat)
