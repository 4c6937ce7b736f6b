"""A coordinate as people and programs write it, where it is no plain number, and pairs in one text."""

from __future__ import annotations

import json
import re

NO_PLACE = frozenset(
    ("", "-", "--", ".", "?", "unknown", "n/a", "#n/a", "none", "null", "nil", "not known", "withheld")
)
_DEGREES = re.compile(
    r"""([+-]?\d{1,3}(?:\.\d+)?)\s*(?:[°º:d]\s*(\d{1,2}(?:\.\d+)?)\s*(?:['’′m:]\s*(?:(\d{1,2}(?:\.\d+)?)\s*["”″s]?)?)?)?"""
    r"""\s*[°º]?\s*([NSEWO])?""",
    re.IGNORECASE,
)
_LETTER_FIRST = re.compile(r"([NSEWO])\s*(.+)", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d{1,3}(?:[ '’]\d{3})+(?:\.\d+)?")
_WKT = re.compile(r"POINT\s*Z?\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)", re.IGNORECASE)
_BRACKET = re.compile(r"\(\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)")
_SIGN = r"(?:-|\s*[:=]\s*|\s+)"  # between a name and its number: the first dash is no minus
_NAMED = re.compile(
    rf"\blat(?:itude)?{_SIGN}(-?\d+\.\d+)\D*?[\s;,/]lon(?:g|gitude)?{_SIGN}(-?\d+\.\d+)", re.IGNORECASE
)
_TWO = re.compile(r"\s*(-?\d{1,2}\.\d{3,})\s*[/;, ]\s*(-?\d{1,3}\.\d{3,})\s*")


def read_coordinate(text: str, decimal: str = ".") -> float | None:
    """53.8083 N, 53°48'30"N, 1,176,352 or a number with a typographic minus; None where it is none."""
    plain = text.strip().lstrip("'").replace("−", "-").replace("–", "-").replace("\u00a0", " ")
    if decimal == ",":
        plain = plain.replace(".", "").replace(",", ".") if plain.count(",") == 1 else plain
    if _GROUPED.fullmatch(plain):
        return float(re.sub(r"[, '’]", "", plain))
    if first := _LETTER_FIRST.fullmatch(plain):
        plain = f"{first[2]}{first[1]}"
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
    Lat-53.8; Long-1.55, or a JSON object."""
    if not text:
        return None
    if found := _WKT.search(text):
        return float(found[1]), float(found[2])
    if brackets := _BRACKET.findall(text):
        y, x = brackets[-1]
        return float(x), float(y)
    if text.lstrip().startswith("{"):
        return _from_object(text)
    if found := _NAMED.search(text) or _TWO.fullmatch(text):
        return float(found[2]), float(found[1])
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
