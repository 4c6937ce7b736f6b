"""What the card of an operation says: the first line of its wording, its places, numbers and course."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.adverts.campaigns import build_template
from analytics.adverts.masking import NOTHING_READ, mask_template
from analytics.adverts.names import collect_names
from analytics.adverts.queries import PLACED, read_identifiers
from analytics.store import Store

PERIODS = 24  # of the line of a card, from the first advert of the store to the last
_SAMPLE = 5  # adverts of a wording, spread over its course, from which what varies is told
_LONGEST = 90  # characters of a line
_VARIES = "…"


def read_card_facts(store: Store, operations: Sequence[int]) -> pd.DataFrame:
    """By operation_id: `places` and `phones` (those of most adverts first), and `line`, its adverts in each
    of PERIODS equal parts of the time that all adverts cover."""
    numbers = [int(number) for number in operations]
    values = {"chosen": numbers}
    places = store.query(
        f"WITH p AS ({PLACED}) SELECT operation_id, coalesce(p.named, a.place) AS value, count(*) AS n"
        " FROM operation_advert JOIN advert a USING (source_id, row_number)"
        " LEFT JOIN p USING (source_id, row_number)"
        " WHERE list_contains($chosen::INTEGER[], operation_id) AND coalesce(p.named, a.place) IS NOT NULL"
        " GROUP BY ALL ORDER BY operation_id, n DESC, value",
        values,
    ).to_pandas()
    phones = store.query(
        "SELECT operation_id, value, count(*) AS n FROM operation_advert"
        " JOIN advert_identifier USING (source_id, row_number)"
        " WHERE kind = 'phone' AND list_contains($chosen::INTEGER[], operation_id)"
        " GROUP BY ALL ORDER BY operation_id, n DESC, value",
        values,
    ).to_pandas()
    facts = pd.DataFrame(index=pd.Index(numbers, name="operation_id"))
    for name, table in (("places", places), ("phones", phones)):
        listed = table.groupby("operation_id").value.agg(list)
        facts[name] = [listed.get(number, []) for number in numbers]
    facts["line"] = _count_periods(store, numbers)
    return facts


def _count_periods(store: Store, numbers: list[int]) -> list[list[int]]:
    counts = store.query(
        "WITH span AS (SELECT min(posted_at) AS first, max(posted_at) AS last FROM advert)"
        " SELECT operation_id, least($periods - 1, floor($periods * date_diff('hour', first, posted_at)"
        " / greatest(date_diff('hour', first, last), 1)))::INTEGER AS period, count(*) AS n"
        " FROM operation_advert JOIN advert USING (source_id, row_number), span"
        " WHERE posted_at IS NOT NULL AND list_contains($chosen::INTEGER[], operation_id) GROUP BY ALL",
        {"periods": PERIODS, "chosen": numbers},
    ).to_pandas()
    table = np.zeros((len(numbers), PERIODS), dtype=int)
    rows = {number: row for row, number in enumerate(numbers)}
    table[counts.operation_id.map(rows), counts.period] = counts.n
    return [[int(count) for count in row] for row in table]


def read_first_lines(store: Store, operations: Sequence[int]) -> dict[int, str]:
    """By operation, the first line of its commonest wording: what varies between its adverts is left out,
    contacts and names are masked. An operation without any text is left out."""
    sample = _sample_adverts(store, operations)
    if sample.empty:
        return {}
    keys = ["source_id", "row_number"]
    read = read_identifiers(store, sample)[list(NOTHING_READ)].merge(sample[["operation_id", *keys]], on=keys)
    identifiers = dict(iter(read.groupby("operation_id")))
    lines = {}
    for number, own in sample.groupby("operation_id", sort=False):
        line = _first_line(own.reset_index(drop=True), identifiers.get(number, NOTHING_READ))
        if line:
            lines[int(number)] = line
    return lines


def _first_line(adverts: pd.DataFrame, identifiers: pd.DataFrame) -> str:
    titled = adverts[adverts.title.fillna("").str.strip() != ""].assign(body=None)
    adverts = titled.reset_index(drop=True) if len(titled) else adverts.assign(title=None)
    texts = [title or body or "" for title, body in zip(adverts.title, adverts.body, strict=True)]
    places = {str(place).split(",")[0].lower() for place in adverts.place.dropna().unique()}
    template = build_template(texts, places)
    names = collect_names(texts, [template], places)
    cells = mask_template(template, adverts, identifiers, names)[template.centre]
    alone = len(texts) == 1
    parts = [
        _VARIES if segment.slot and not alone and segment.kind != "place" else cell
        for segment, cell in zip(template.segments, cells, strict=True)
    ]
    line = next((line for line in "".join(parts).split("\n") if line.strip(f" {_VARIES}")), "")
    return " ".join(line.split())[:_LONGEST]


def _sample_adverts(store: Store, operations: Sequence[int]) -> pd.DataFrame:
    """Some adverts of the commonest wording of each operation, spread over its course."""
    return store.query(
        f"WITH p AS ({PLACED}), member AS ("
        " SELECT o.operation_id, a.source_id, a.row_number, a.title, a.body, a.contact,"
        " coalesce(p.named, a.place) AS place, a.posted_at, c.campaign_id,"
        " count(*) OVER (PARTITION BY o.operation_id, c.campaign_id) AS size"
        " FROM operation_advert o JOIN advert a USING (source_id, row_number)"
        " LEFT JOIN p USING (source_id, row_number) LEFT JOIN campaign_advert c USING (source_id, row_number)"
        " WHERE list_contains($chosen::INTEGER[], o.operation_id)"
        "), commonest AS (SELECT operation_id, arg_max(campaign_id, (campaign_id IS NOT NULL, size,"
        " -campaign_id)) AS campaign_id FROM member GROUP BY ALL"
        "), numbered AS (SELECT m.*, row_number() OVER wording AS nth, count(*) OVER (PARTITION BY"
        " m.operation_id) AS mine FROM member m JOIN commonest c ON m.operation_id = c.operation_id"
        " AND m.campaign_id IS NOT DISTINCT FROM c.campaign_id WINDOW wording AS"
        " (PARTITION BY m.operation_id ORDER BY posted_at NULLS LAST, source_id, row_number))"
        " SELECT operation_id, source_id, row_number, title, body, contact, place FROM numbered"
        " WHERE (nth - 1) % greatest(1, (mine // $sample)) = 0"
        " QUALIFY row_number() OVER (PARTITION BY operation_id ORDER BY nth) <= $sample"
        " ORDER BY operation_id, nth",
        {"chosen": [int(number) for number in operations], "sample": _SAMPLE},
    ).to_pandas()
