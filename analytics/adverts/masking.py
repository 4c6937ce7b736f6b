"""Adverts with their contacts and names out of sight, wherever the text gives them away."""

from __future__ import annotations

import re
from collections.abc import Collection

import pandas as pd

from analytics.adverts.campaigns import Segment, Template
from analytics.adverts.identifiers.kinds import kind_of, open_kinds
from analytics.adverts.names import collect_names, find_introduced_names, looks_like_name, make_span_finder
from analytics.oversight.masking import HIDDEN, mask, mask_text

NOTHING_READ = pd.DataFrame(
    columns=["source_id", "row_number", "kind", "value", "field", "span_start", "span_end"]
)
_READABLE_SLOTS = ("price", "number", "other")  # shown but for words that may be names; the rest not at all


def mask_adverts(
    adverts: pd.DataFrame, identifiers: pd.DataFrame, names: Collection[str] = ()
) -> pd.DataFrame:
    """A copy with title, body and contact masked. `identifiers` as `identifiers_of` reads them: a number is
    masked where it was read, however it is dressed, and not only where it looks like one. `names` are those
    known of the operation (`collect_names`): each goes wherever it stands, beside those that these texts
    introduce."""
    spans = find_personal_spans(identifiers)
    introduced = collect_names([*adverts.title.dropna(), *adverts.body.dropna()])
    named = make_span_finder({*names, *introduced})
    masked = {
        field: [
            mask_text(
                text, [*spans.get((source, row, field), ()), *find_introduced_names(text), *named(text)]
            )
            if isinstance(text, str)
            else text
            for source, row, text in zip(adverts.source_id, adverts.row_number, adverts[field], strict=True)
        ]
        for field in ("title", "body")
    }
    return adverts.assign(**masked, contact=[mask(value, "contact") for value in adverts.contact])


def mask_template(
    template: Template, adverts: pd.DataFrame, identifiers: pd.DataFrame, names: Collection[str] = ()
) -> list[list[str]]:
    """The cells of a template of 'title, line break, body', masked: contacts wherever they stand, slots that
    hold names or contacts whole, in every other slot but a place each word that could be a name (a capital,
    or a script without), and a name of any of the adverts, or of `names`, wherever else it stands."""
    spans, rows = find_personal_spans(identifiers), []
    named = make_span_finder({*names, *collect_names(template.texts, [template])})
    for at, advert in enumerate(adverts.itertuples()):
        text = template.texts[at]
        shift = len(advert.title) + 1 if isinstance(advert.title, str) and advert.title else 0
        found = [*spans.get((advert.source_id, advert.row_number, "title"), ())]
        found += [
            (a + shift, b + shift) for a, b in spans.get((advert.source_id, advert.row_number, "body"), ())
        ]
        hidden = mask_text(text, [*found, *find_introduced_names(text), *named(text)])
        rows.append(
            [
                "" if begin < 0 else _cell(segment, hidden[begin:end])
                for segment, (begin, end) in zip(template.segments, template.spans[at], strict=True)
            ]
        )
    return rows


def _cell(segment: Segment, shown: str) -> str:
    if not segment.slot or segment.kind == "place":
        return shown
    if segment.kind not in _READABLE_SLOTS:
        return HIDDEN * 4
    return re.sub(
        r"[^\W\d_]+", lambda word: HIDDEN * len(word[0]) if looks_like_name(word[0]) else word[0], shown
    )


def mask_identifier(kind: str, value: str) -> str:
    """An identifier's value as it may be shown: prices, ages and places as they are, all else masked, of an
    unknown kind whole."""
    return kind_of(kind).shown(value)


def find_personal_spans(identifiers: pd.DataFrame) -> dict[tuple[int, int, str], list[tuple[int, int]]]:
    """Spans of what is not shown, by advert and field."""
    found: dict[tuple[int, int, str], list[tuple[int, int]]] = {}
    personal = identifiers[~identifiers.kind.isin(open_kinds())].dropna(subset=["span_start", "span_end"])
    for row in personal.itertuples():
        found.setdefault((row.source_id, row.row_number, row.field), []).append(
            (int(row.span_start), int(row.span_end))
        )
    return found


def list_personal_values(identifiers: pd.DataFrame) -> frozenset[str]:
    """The values of identifiers that are not shown, an unknown kind's among them."""
    return frozenset(identifiers.value[~identifiers.kind.isin(open_kinds())])
