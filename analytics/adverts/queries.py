"""What the Adverts page reads from the store: operations under a filter, one operation's adverts, links and
identifiers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analytics.adverts.identifiers.kinds import READER
from analytics.store import Store

# The place of an advert: as its column states it, normalised where that could be done, else the surest one in
# its text.
PLACED = """
    SELECT source_id, row_number, coalesce(
        max(value) FILTER (field = 'place'),
        arg_max(value, confidence) FILTER (field <> 'place' AND confidence >= 0.5)
    ) AS named FROM advert_identifier WHERE kind = 'place' GROUP BY ALL
"""


_MAXIMUM_PLACES = 500


@dataclass(frozen=True)
class AdvertsSummary:
    """The adverts in the store: how many, how many of them are yet to be read, and of these how many an
    earlier version of the product has read; the first and last date, and the values to filter by (the 500
    places with the most adverts). `content` tells these adverts from any earlier ones: their number and the
    latest source."""

    adverts: int
    unread: int
    outdated: int
    first: date | None
    last: date | None
    kinds: tuple[str, ...]
    places: tuple[str, ...]
    sites: int
    operations: int
    last_run: Any
    content: tuple[int, int]


@dataclass(frozen=True)
class AdvertFilter:
    """Which adverts: posted from `first` to `last` (inclusive, UTC dates; None: any, the undated too), of
    these kinds and places, with every one of `words` in title, text or place, or carrying one of
    `identifiers` (kind, value) or a phone with the digits `digits`."""

    first: date | None = None
    last: date | None = None
    kinds: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()
    digits: str = ""

    def sql(self) -> tuple[str, list[Any]]:
        """The condition on `advert a` and its parameters."""
        parts: list[str] = ["true"]
        values: list[Any] = []
        if self.first is not None:
            parts.append("a.posted_at >= ?")
            values.append(self.first)
        if self.last is not None:
            parts.append("a.posted_at < ?")
            values.append(self.last + timedelta(days=1))
        for column, chosen in (("a.kind", self.kinds), ("coalesce(p.named, a.place)", self.places)):
            if chosen:
                parts.append(f"list_contains(?::VARCHAR[], {column})")
                values.append(list(chosen))
        wanted = []
        if self.words:
            every = "concat_ws(' ', a.title, a.body, a.place, p.named, a.reference)"
            wanted.append("(" + " AND ".join([f"contains(lower({every}), ?)"] * len(self.words)) + ")")
            values += [word.lower() for word in self.words]
        carried = []
        if self.identifiers:
            carried.append("list_contains(?::VARCHAR[], i.kind || ' ' || i.value)")
            values.append([f"{kind} {value}" for kind, value in self.identifiers])
        if self.digits:
            carried.append("(i.kind = 'phone' AND contains(i.value, ?))")
            values.append(self.digits)
        if carried:
            wanted.append(
                "(a.source_id, a.row_number) IN (SELECT (i.source_id, i.row_number) FROM advert_identifier i"
                f" WHERE {' OR '.join(carried)})"
            )
        if wanted:
            parts.append(f"({' OR '.join(wanted)})")
        return " AND ".join(parts), values


def summarise_adverts(store: Store) -> AdvertsSummary:
    row = store.rows(
        f"WITH p AS ({PLACED}) SELECT count(*) AS adverts, min(posted_at)::DATE AS first,"
        f" max(posted_at)::DATE AS last,"
        " list(DISTINCT kind ORDER BY kind) FILTER (kind IS NOT NULL) AS kinds, count(DISTINCT site) AS"
        " sites,"
        " (SELECT count(*) FROM operation) AS operations, max(source_id) AS latest,"
        " (SELECT max(finished_at) FROM advert_run) AS last_run"
        " FROM advert LEFT JOIN p USING (source_id, row_number)"
    )[0]
    places = store.rows(
        f"WITH p AS ({PLACED}) SELECT coalesce(named, place) AS place FROM advert LEFT JOIN p"
        f" USING (source_id, row_number)"
        " WHERE coalesce(named, place) IS NOT NULL GROUP BY ALL ORDER BY count(*) DESC, place LIMIT ?",
        [_MAXIMUM_PLACES],
    )
    unread = store.rows(
        "SELECT count(*) AS adverts, count(reader) AS outdated FROM (SELECT source_id, row_number,"
        " max(reader) AS reader FROM advert LEFT JOIN advert_scan USING (source_id, row_number) GROUP BY ALL"
        " HAVING NOT coalesce(bool_or(reader = ?), false))",
        [READER],
    )[0]
    return AdvertsSummary(
        row["adverts"],
        unread["adverts"],
        unread["outdated"],
        row["first"],
        row["last"],
        tuple(row["kinds"] or ()),
        tuple(sorted(found["place"] for found in places)),
        row["sites"],
        row["operations"],
        row["last_run"],
        (row["adverts"], row["latest"] or 0),
    )


def list_operations(store: Store, chosen: AdvertFilter) -> pd.DataFrame:
    """One row an operation with an advert that passes the filter, the most surprising first: operation_id,
    score, adverts, campaigns, matching, places, sites, kinds, phones, first, last, days."""
    condition, values = chosen.sql()
    return store.query(
        f"WITH p AS ({PLACED}), matching AS (SELECT o.operation_id, count(*) AS matching FROM advert a"
        " JOIN operation_advert o USING (source_id, row_number) LEFT JOIN p USING (source_id, row_number)"
        f" WHERE {condition} GROUP BY ALL),"
        " phones AS (SELECT operation_id, count(DISTINCT value) AS phones FROM operation_advert"
        " JOIN advert_identifier USING (source_id, row_number) WHERE kind = 'phone' GROUP BY ALL)"
        " SELECT o.operation_id, o.score, o.adverts, o.campaigns, matching, count(DISTINCT coalesce(p.named,"
        " a.place)) AS places,"
        " count(DISTINCT a.site) AS sites, string_agg(DISTINCT a.kind, ', ' ORDER BY a.kind) AS kinds,"
        " coalesce(phones, 0) AS phones, min(a.posted_at) AS first, max(a.posted_at) AS last,"
        " date_diff('day', min(a.posted_at), max(a.posted_at)) AS days"
        " FROM operation o JOIN matching USING (operation_id) JOIN operation_advert m USING (operation_id)"
        " JOIN advert a ON a.source_id = m.source_id AND a.row_number = m.row_number"
        " LEFT JOIN p ON p.source_id = m.source_id AND p.row_number = m.row_number LEFT JOIN phones"
        " USING (operation_id)"
        " GROUP BY ALL ORDER BY o.score DESC, o.operation_id",
        values,
    ).to_pandas()


def count_matching(store: Store, chosen: AdvertFilter) -> tuple[int, int]:
    """How many adverts pass the filter, and how many of them belong to no operation."""
    condition, values = chosen.sql()
    row = store.rows(
        f"WITH p AS ({PLACED}) SELECT count(*) AS n, count(*) FILTER (o.operation_id IS NULL) AS alone"
        f" FROM advert a"
        " LEFT JOIN p USING (source_id, row_number) LEFT JOIN operation_advert o"
        " USING (source_id, row_number)"
        f" WHERE {condition}",
        values,
    )[0]
    return row["n"], row["alone"]


def list_matching_keys(store: Store, chosen: AdvertFilter) -> pd.DataFrame:
    """source_id and row_number of every advert that passes the filter."""
    condition, values = chosen.sql()
    return store.query(
        f"WITH p AS ({PLACED}) SELECT a.source_id, a.row_number FROM advert a LEFT JOIN p"
        f" USING (source_id, row_number)"
        f" WHERE {condition}",
        values,
    ).to_pandas()


def list_unlinked(store: Store, chosen: AdvertFilter, *, limit: int = 500) -> pd.DataFrame:
    """Adverts that pass the filter and belong to no operation, newest first."""
    condition, values = chosen.sql()
    return store.query(
        f"WITH p AS ({PLACED}) SELECT {_COLUMNS} FROM advert a LEFT JOIN p USING (source_id, row_number)"
        f" ANTI JOIN operation_advert o USING (source_id, row_number) WHERE {condition}"
        " ORDER BY a.posted_at DESC NULLS LAST, a.source_id, a.row_number LIMIT ?",
        [*values, limit],
    ).to_pandas()


_COLUMNS = (
    "a.source_id, a.row_number, a.reference, a.posted_at, coalesce(p.named, a.place) AS place, a.site, "
    "a.kind, a.title,"
    " a.body, a.contact"
)


def read_operation_adverts(store: Store, operation_id: int) -> pd.DataFrame:
    """Every advert of an operation, oldest first, with its campaign (NaN: none) and similarity; `place`
    normalised."""
    return store.query(
        f"WITH p AS ({PLACED}) SELECT {_COLUMNS}, c.campaign_id, c.similarity FROM operation_advert o"
        " JOIN advert a USING (source_id, row_number) LEFT JOIN p USING (source_id, row_number)"
        " LEFT JOIN campaign_advert c USING (source_id, row_number)"
        " WHERE o.operation_id = ? ORDER BY a.posted_at NULLS LAST, a.source_id, a.row_number",
        [operation_id],
    ).to_pandas()


def read_operation_score(store: Store, operation_id: int) -> float:
    """The strength of an operation's links, bits; 0 where there is no operation of this number."""
    rows = store.rows("SELECT score FROM operation WHERE operation_id = ?", [operation_id])
    return float(rows[0]["score"]) if rows else 0.0


def read_advert(store: Store, source_id: int, row_number: int) -> dict[str, Any]:
    """One advert with its operation and campaign. Raises KeyError where it is not in the store."""
    rows = store.rows(
        f"WITH p AS ({PLACED}) SELECT {_COLUMNS}, s.name AS source_name, s.legal_basis, s.purpose,"
        f" s.handling, s.file_name,"
        " o.operation_id, c.campaign_id FROM advert a JOIN source s USING (source_id)"
        " LEFT JOIN p USING (source_id, row_number) LEFT JOIN operation_advert o"
        " USING (source_id, row_number)"
        " LEFT JOIN campaign_advert c USING (source_id, row_number) WHERE a.source_id = ?"
        " AND a.row_number = ?",
        [source_id, row_number],
    )
    if not rows:
        raise KeyError(f"There is no advert in row {row_number} of source {source_id}.")
    return rows[0]


def read_identifiers(store: Store, adverts: pd.DataFrame) -> pd.DataFrame:
    """What was read in these adverts (source_id, row_number): one row a reading, in the order of the text,
    with how many adverts of all carry the same (`everywhere`)."""
    keys = adverts[["source_id", "row_number"]]
    with store.read() as cursor:
        cursor.register("chosen_adverts", keys)
        return cursor.sql(
            "WITH mine AS (SELECT i.* FROM advert_identifier i JOIN chosen_adverts"
            " USING (source_id, row_number)),"
            " counted AS (SELECT kind, value, count(DISTINCT (source_id, row_number)) AS everywhere"
            " FROM advert_identifier"
            " SEMI JOIN mine USING (kind, value) GROUP BY ALL)"
            " SELECT mine.*, everywhere FROM mine JOIN counted USING (kind, value)"
            " ORDER BY source_id, row_number, field, span_start"
        ).df()


def read_operation_links(store: Store, operation_id: int) -> pd.DataFrame:
    """The links among an operation's adverts and those cut or suppressed at its edge, the heaviest first."""
    return store.query(
        "WITH mine AS (SELECT source_id, row_number FROM operation_advert WHERE operation_id = ?)"
        " SELECT l.* FROM operation_link l WHERE l.operation_id = ?"
        " OR (l.standing IN ('cut', 'suppressed')"
        " AND ((l.left_source, l.left_row) IN (SELECT (source_id, row_number) FROM mine)"
        " OR (l.right_source, l.right_row) IN (SELECT (source_id, row_number) FROM mine)))"
        " ORDER BY l.standing = 'suppressed', l.weight DESC, l.left_source, l.left_row, l.right_source,"
        " l.right_row",
        [operation_id, operation_id],
    ).to_pandas()
