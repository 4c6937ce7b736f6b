"""The search itself: every kind asked the same question, the best groups first.

A row matches when it holds every word of the query, whatever the case and the accents, and every number
however it is written. A search reads no more than the role may."""

from __future__ import annotations

from typing import Any

from analytics.adverts.identifiers.kinds import kind_of, open_kinds
from analytics.oversight.roles import Tier
from analytics.search.folding import (
    Query,
    find_matching,
    fold_sql,
    matches_sql,
    rank_sql,
    read_query,
    squeeze,
    squeeze_sql,
)
from analytics.search.hits import Group, Hit, PageLink
from analytics.search.index import refresh_index
from analytics.search.places import find_places
from analytics.search.records import RECORD_OF, Record
from analytics.search.written import find_written
from analytics.shared.wording import counted
from analytics.store import Store

KINDS = {  # in this order where they match equally well, with what a group is called
    "report": "Reports",
    "finding": "Findings",
    "operation": "Operations of adverts",
    "identifier": "Identifiers in adverts",
    "account": "Accounts and holders",
    "place": "Places",
    "requirement": "Requirements",
    "driver": "Drivers of the environment",
    "product": "Products",
    "action": "Actions",
    "incident": "Incidents",
    "advert": "Adverts",
    "premises": "Premises",
    "journey": "Journeys and vehicles",
    "communication": "Communications",
    "payment": "Payments",
}
SHORTEST = 2  # characters of a query
_MARKS = r"[ \-/.:_#]*"  # that part a reference of an incident
_OPENED_BY = {"advert": ("adverts", "advert"), "account": ("finance", "account")}


def search(store: Store, typed: str, tier: Tier, *, limit: int = 8) -> list[Group]:
    """The kinds that match, those with a text that is what was typed first, each with its best `limit` hits.

    Folds first what was imported since the last search (`refresh_index`)."""
    query = read_query(typed)
    if len(typed.strip()) < SHORTEST or not query:
        return []
    return search_query(store, query, tier, limit)


def search_query(store: Store, query: Query, tier: Tier, limit: int) -> list[Group]:
    """The same of a query that is read already."""
    refresh_index(store)
    groups = [*find_written(store, query, tier, limit), find_places(store, query, limit)]
    if tier.rows:
        records = _find_records(store, query, limit)
        groups += [*records, _find_incidents(store, query, limit), _find_identifiers(store, query, limit)]
        groups.append(_find_operations(store, query, limit, any(g.kind == "advert" for g in records)))
    order = list(KINDS)
    return sorted(
        (group for group in groups if group.hits),
        key=lambda group: (group.rank < 4, order.index(group.kind)),
    )


def _carries(query: Query) -> str:
    """A number that was read in an advert's text matches however the text disguises it."""
    return (
        "(record = 'advert' AND (source_id, row_number) IN (SELECT (source_id, row_number)"
        " FROM advert_identifier WHERE kind = 'phone' AND contains(value, {number})))"
        if query.numbers
        else "false"
    )


def _find_records(store: Store, query: Query, limit: int) -> list[Group]:
    condition, parameters = matches_sql(query, _carries(query))
    rank, ranked = rank_sql(query)
    best = store.rows(
        f"SELECT record, count(*) AS matches, max({{'rank': {rank},"
        " 'moment': coalesce(moment, TIMESTAMP '0001-01-01'),"  # a row without a time is the last
        f" 'source_id': -source_id, 'row_number': -row_number}}, {int(limit)}) AS best"
        f" FROM search_row WHERE {condition} GROUP BY record",
        parameters | ranked,
    )
    return [_group(store, query, RECORD_OF[row["record"]], row["best"], row["matches"]) for row in best]


def _group(store: Store, query: Query, record: Record, best: list[dict[str, Any]], matches: int) -> Group:
    rows = store.rows(
        f'SELECT * FROM "{record.table}" SEMI JOIN (SELECT unnest($keys, recursive := true))'
        " AS k(source_id, row_number) USING (source_id, row_number)",
        {"keys": [{"source_id": -one["source_id"], "row_number": -one["row_number"]} for one in best]},
    )
    found = {(row["source_id"], row["row_number"]): row for row in rows}
    hits = []
    for one in best:
        mark = (-one["source_id"], -one["row_number"])
        if mark not in found:
            continue
        row = found[mark]
        title, text = record.describe(row)
        masked_title, masked_text = record.describe_masked(row)
        texts = {name: str(row[column]) for column, name in record.columns.items() if row[column] is not None}
        hits.append(
            Hit(
                record.kind,
                f"{mark[0]}:{mark[1]}",
                title,
                text,
                open_stored(store, record.table, *mark),
                find_matching(query, texts) or ("number read in the text",),
                one["moment"] if one["moment"].year > 1 else None,
                True,
                masked_title,
                masked_text,
                one["rank"],
            )
        )
    return Group(record.kind, tuple(hits), matches)


def open_record(table: str, source_id: int, row_number: int) -> PageLink:
    """What opens an imported row: its own page where it has one, else the page of single rows."""
    if table in _OPENED_BY:
        page, name = _OPENED_BY[table]
        return PageLink(page, {name: f"{source_id}-{row_number}"})
    return _open_item(table, source_id, row_number)


def open_stored(store: Store, table: str, source_id: int, row_number: int) -> PageLink:
    """The same; an account opens on Money only where that page can show it: it has a number, and there are
    payments."""
    if table == "account" and not store.rows(
        "SELECT 1 FROM account WHERE source_id = ? AND row_number = ? AND trim(reference) <> ''"
        ' AND EXISTS (FROM "transaction")',
        [source_id, row_number],
    ):
        return _open_item(table, source_id, row_number)
    return open_record(table, source_id, row_number)


def _open_item(table: str, source_id: int, row_number: int) -> PageLink:
    return PageLink("search", {"item": f"{table}-{source_id}-{row_number}"})


def _find_incidents(store: Store, query: Query, limit: int) -> Group:
    """Incidents by their reference alone: what happened is found on Hotspots by filter."""
    if not query.squeezed:
        return Group("incident", (), 0)
    rows = store.rows(
        "SELECT source_id, row_number, reference, category, place, occurred_from, count(*) OVER () AS matches"
        " FROM incident WHERE regexp_matches(reference, $begins)"
        f" ORDER BY length(reference), occurred_from DESC, row_number LIMIT {int(limit)}",
        {"begins": f"(?i)^{_MARKS}{_MARKS.join(query.squeezed)}"},  # letters and digits alone
    )
    hits = tuple(
        Hit(
            "incident",
            f"{row['source_id']}:{row['row_number']}",
            row["reference"],
            " · ".join(filter(None, (row["category"], row["place"]))),
            open_record("incident", row["source_id"], row["row_number"]),
            ("reference",),
            row["occurred_from"],
            rank=4 if squeeze(row["reference"]) == query.squeezed else 1,
        )
        for row in rows
    )
    return Group("incident", hits, rows[0]["matches"] if rows else 0)


def _find_identifiers(store: Store, query: Query, limit: int) -> Group:
    """Telephones, addresses and handles that were read in adverts, in whatever form they stand there."""
    parts, text = [*query.numbers, *query.words], "lower(value)"
    if not parts:  # a value as it stands elsewhere, whose signs are gone
        parts, text = [query.squeezed], squeeze_sql(fold_sql("value"))
    parameters = {f"p{at}": part for at, part in enumerate(parts)}
    every = " AND ".join(f"contains({text}, $p{at})" for at in range(len(parts)))
    shown = ", ".join(f"'{kind}'" for kind in open_kinds())
    rows = store.rows(
        "SELECT kind, value, count(DISTINCT (source_id, row_number)) AS adverts,"
        " sha256(kind || ':' || value)[:16] AS mark, count(*) OVER () AS matches"
        f" FROM advert_identifier WHERE kind NOT IN ({shown}) AND {every}"
        f" GROUP BY kind, value ORDER BY adverts DESC, value LIMIT {int(limit)}",
        parameters,
    )
    hits = []
    for row in rows:
        kind = kind_of(row["kind"])
        text = f"{kind.label} in {counted(row['adverts'], 'advert')}"
        hits.append(
            Hit(
                "identifier",
                row["mark"],
                row["value"],
                text,
                PageLink("search", {"item": f"identifier-{row['mark']}"}),
                ("value",),
                personal=kind.personal,
                masked_title=kind.shown(row["value"]),
                masked_text=text,
                rank=1,
            )
        )
    return Group("identifier", tuple(hits), rows[0]["matches"] if rows else 0)


def _find_operations(store: Store, query: Query, limit: int, adverts_match: bool) -> Group:
    """Operations by their number, and those whose adverts match, the most of them first."""
    condition, parameters = matches_sql(query, _carries(query)) if adverts_match else ("false", {})
    named = " ".join([*query.words, *query.numbers])
    rows = store.rows(
        "SELECT operation_id, o.adverts, count(*) AS matching,"
        " operation_id = try_cast(regexp_extract($named, '^(?:operation )?(\\d{1,9})$', 1) AS INTEGER)"
        " AS asked, count(*) OVER () AS matches"
        " FROM operation o JOIN operation_advert a USING (operation_id)"
        " LEFT JOIN (SELECT source_id, row_number, true AS found FROM search_row"
        f" WHERE record = 'advert' AND {condition}) USING (source_id, row_number)"
        " WHERE found OR asked GROUP BY operation_id, o.adverts"
        f" ORDER BY asked DESC, matching DESC, operation_id LIMIT {int(limit)}",
        parameters | {"named": named},
    )
    hits = tuple(
        Hit(
            "operation",
            str(row["operation_id"]),
            f"Operation {row['operation_id']}",
            counted(row["adverts"], "advert")
            + ("" if row["asked"] else f", {row['matching']:,} of which {_match(row['matching'])}"),
            PageLink("adverts", {"operation": str(row["operation_id"])}),
            ("number",) if row["asked"] else ("adverts",),
            rank=4 if row["asked"] else 1,
        )
        for row in rows
    )
    return Group("operation", hits, rows[0]["matches"] if rows else 0)


def _match(number: int) -> str:
    return "matches" if number == 1 else "match"
