"""Personal data in a case: each value masked by its own pseudonym, in rows and in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from analytics.adverts.names import Spans
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding
from analytics.oversight.masking import PERSONAL, mask, mask_text

_COORDINATES = re.compile(r"-?\d{1,2}\.\d{5}, -?\d{1,3}\.\d{5}(?!\d)")


def names_in_rows(rows: Mapping[str, pd.DataFrame]) -> frozenset[str]:
    """The names of people and firms in rows, to be masked wherever else they stand."""
    columns = (
        frame[column].dropna().str.strip()
        for table, frame in rows.items()
        for column, kind in PERSONAL.get(table, {}).items()
        if kind == "name" and column in frame
    )
    return frozenset(name for values in columns for name in values.unique() if len(name) > 1)


def mask_rows(
    rows: dict[str, pd.DataFrame], read: dict[tuple[int, int, str], list[tuple[int, int]]]
) -> dict[str, pd.DataFrame]:
    """Personal columns by pseudonym ('1 ••••123'), one number a value over all tables; text with contacts
    masked, where they look like one and where they were `read` (by advert and field). The raw reference of an
    account is personal, those of other rows are the source's own numbering and stay."""
    names: dict[tuple[str, str], str] = {}

    def pseudonym(value: object, kind: str, spans: Sequence[tuple[int, int]]) -> object:
        if value is None or value != value:
            return value
        if kind == "text":
            return mask_text(str(value), spans)
        key = kind, str(value)
        return names.setdefault(key, f"{kind} {len(names) + 1} {mask(value, kind)}")

    return {
        table: frame.assign(
            **{
                column: [
                    pseudonym(value, kind, read.get((source, row, column), ()) if table == "advert" else ())
                    for source, row, value in zip(
                        frame.source_id, frame.row_number, frame[column], strict=True
                    )
                ]
                for column, kind in PERSONAL.get(table, {}).items()
                if column in frame
            }
        )
        for table, frame in rows.items()
    }


def mask_words(part: Any, spans: Spans) -> Any:
    """Every text within, contacts, account numbers and what `spans` finds masked; a pair of coordinates as
    the briefs write it stays."""
    if isinstance(part, str):
        pieces = _COORDINATES.split(part)
        pairs = _COORDINATES.findall(part) + [""]
        return "".join(
            mask_text(piece, spans(piece)) + pair for piece, pair in zip(pieces, pairs, strict=True)
        )
    if isinstance(part, dict):
        return {name: mask_words(value, spans) for name, value in part.items()}
    return [mask_words(item, spans) for item in part] if isinstance(part, list) else part


def mask_finding(finding: Finding, spans: Spans) -> Finding:
    words = ("title", "statement", "parameters", "confidence_basis", "assumptions", "alternatives")
    return replace(
        finding,
        **{name: mask_words(getattr(finding, name), spans) for name in words},
        result=read_result(mask_words(finding.result.to_json(), spans)),
        recipe=None,
    )
