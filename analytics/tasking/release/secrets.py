"""What the store knows of a product that must not be shared: names, contacts, references and exact places of
its evidence."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import shapely

from analytics.adverts.identifiers.kinds import open_kinds
from analytics.intelligence.finding_results import Focus
from analytics.oversight.masking import PERSONAL
from analytics.store import Store
from analytics.store.areas import name_area
from analytics.tasking.release.original import OriginalProduct

WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_SMALLEST = 3  # characters of a value worth looking for
# Where a row says exactly where it happened; cities and countries stay.
_PLACES = {"incident": "place", "premises": "address", "account": "address"}
_REFERENCES = ("incident", "advert", "transaction", "account", "premises", "journey", "communication")


@dataclass(frozen=True)
class KnownSecrets:
    """`places`: exact place -> the area named instead. `reported_words`: words of reports as received, and of
    their provenance, that no sanitised line has. `areas`: names of areas and wider places, which may stay.
    `categories`: the words of the store's categories, written small: a file's own words, so that only those
    an English dictionary has may stay."""

    names: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    places: dict[str, str] = field(default_factory=dict)
    areas: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    reported_words: frozenset[str] = frozenset()


def find_secrets(store: Store, original: OriginalProduct) -> KnownSecrets:
    """Read from the rows behind the product's findings, from its reports, and from the sources' names."""
    found: dict[str, set[str]] = {"names": set(), "contacts": set(), "references": set()}
    for row in _personal(store, [number for number, _ in original.findings]):
        kind = {"name": "names", "account": "references"}.get(row["kind"], "contacts")
        found[kind].update(part for part in re.split(r"[\n;]", row["value"]))
    for source in original.sources:
        if isinstance(source["name"], str):
            found["references"] |= {
                source["name"],
                source["file_name"],
                source["sha256"],
                source["sha256"][:12],
            }
    found["contacts"] |= _identifiers(store, [number for number, _ in original.findings])
    reported: set[str] = set()
    for _, report in original.reports:
        found["names"].add(report.submitted_by)
        found["references"].add(report.reference or "")
        reported |= split_words(report.provenance, *(line.original for line in report.lines))
        reported -= split_words(*(line.sanitised for line in report.lines))
    places, areas = _places(store, original)
    for _, report in original.reports:
        places.setdefault(report.place or "", "")
    long_enough = {
        name: frozenset(normalise_text(value) for value in values if len(normalise_text(value)) >= _SMALLEST)
        for name, values in found.items()
    }
    return KnownSecrets(
        **long_enough,
        places={
            normalise_text(place): area
            for place, area in places.items()
            if len(normalise_text(place)) >= _SMALLEST
        },
        areas=areas,
        categories=frozenset(word.casefold() for word in split_words(*_categories(store))),
        reported_words=frozenset(reported),
    )


def split_words(*texts: str) -> set[str]:
    """The words of texts, with their inner apostrophes and hyphens."""
    return {word for text in texts for word in WORD.findall(normalise_text(text))}


def normalise_text(text: str) -> str:
    """One form for what looks alike: compatibility forms folded, invisible characters removed, single
    spaces."""
    folded = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())


def _personal(store: Store, finding_ids: list[int]) -> list[dict[str, Any]]:
    """Distinct personal values, and references, of the rows behind the findings: value, kind. Tables and
    columns are our own constants."""
    columns = [
        (table, name, kind)
        for table, names in PERSONAL.items()
        for name, kind in names.items()
        if kind != "text"
    ]
    columns += [(table, "reference", "account") for table in _REFERENCES]
    existing = {
        (row["table_name"], row["column_name"])
        for row in store.rows("SELECT table_name, column_name FROM information_schema.columns")
    }
    union = " UNION ".join(
        f"""SELECT CAST("{name}" AS VARCHAR) AS value, '{kind}' AS kind
            FROM "{table}" JOIN evidence USING (source_id, row_number)
            WHERE evidence.table_name = '{table}' AND "{name}" IS NOT NULL"""
        for table, name, kind in columns
        if (table, name) in existing
    )
    return store.rows(
        f"WITH evidence AS (SELECT DISTINCT table_name, source_id, row_number FROM finding_evidence"
        f" WHERE list_contains($1, finding_id)) {union}",
        [finding_ids],
    )


def _identifiers(store: Store, finding_ids: list[int]) -> set[str]:
    """What was read in the adverts behind the findings, whatever its kind, but what everybody may see."""
    rows = store.rows(
        "SELECT DISTINCT value FROM advert_identifier JOIN finding_evidence e USING (source_id, row_number)"
        " WHERE e.table_name = 'advert' AND list_contains($1, e.finding_id)"
        " AND NOT list_contains($2::VARCHAR[], kind)",
        [finding_ids, list(open_kinds())],
    )
    return {row["value"] for row in rows}


def _places(store: Store, original: OriginalProduct) -> tuple[dict[str, str], frozenset[str]]:
    """Exact places behind each finding with their area, and the names that may stay."""
    places: dict[str, str] = {}
    wider: set[str] = {row["name"] for row in store.rows("SELECT name FROM area")}
    for number, finding in original.findings:
        focus = finding.result.focus or Focus()
        area = _area_of(store, finding.area_id, focus.lon, focus.lat)
        wider |= {area} | {row.place for row in finding.result.places}
        if focus.ring and focus.label:
            places[focus.label] = area
        for table, column in _PLACES.items():
            rows = store.rows(
                f"SELECT DISTINCT {column} AS place FROM {table} JOIN finding_evidence e"
                f" USING (source_id, row_number)"
                f" WHERE e.finding_id = ? AND e.table_name = '{table}' AND {column} IS NOT NULL",
                [number],
            )
            places |= {row["place"]: area for row in rows if row["place"] not in wider}
    return places, frozenset(normalise_text(name) for name in wider if name)


def _categories(store: Store) -> list[str]:
    return [str(row["category"]) for row in store.rows("SELECT DISTINCT category FROM incident")]


def _area_of(store: Store, area_id: int | None, lon: float | None, lat: float | None) -> str:
    """The widest named boundary around a point, else the working area, else ''."""
    if area_id is None:
        return ""
    if lon is not None and lat is not None:
        rows = store.rows(
            "SELECT coalesce(name, code) AS name, geometry FROM boundary WHERE area_id = ? AND role = 'area'",
            [area_id],
        )
        shapes = shapely.from_wkb([row["geometry"] for row in rows])
        around = [
            (shape.area, row["name"])
            for shape, row in zip(shapes, rows, strict=True)
            if row["name"] and shapely.contains_xy(shape, lon, lat)
        ]
        if around:
            return str(max(around)[1])
    return name_area(store, area_id) or ""
