"""What people wrote here: reports, findings, requirements, drivers, products and actions. Few enough to be
folded when they are searched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from analytics.oversight.roles import Tier
from analytics.search.folding import (
    SEPARATOR,
    Query,
    find_matching,
    fold_sql,
    matches_sql,
    rank_sql,
    squeeze_sql,
)
from analytics.search.hits import Group, Hit, PageLink
from analytics.store import Store

_LATEST_REPORT = "(report_id, version) IN (SELECT report_id, max(version) FROM report GROUP BY report_id)"


@dataclass(frozen=True)
class _WrittenKind:
    """`rows`: a FROM clause with its filter. `texts`: what is searched, by its name on screen; the first is
    the title, the second is shown beside it. `more`: a further column that `opens` needs."""

    kind: str
    rows: str
    key: str
    texts: dict[str, str]
    moment: str
    opens: Callable[[dict[str, Any]], PageLink]
    more: str = "NULL"


def find_written(store: Store, query: Query, tier: Tier, limit: int) -> list[Group]:
    """Groups of what this tier reads. Reports are searched in the words as received only where the tier has
    them, findings where it reads their handling."""
    marks = store.rows("SELECT DISTINCT handling FROM finding")
    readable = [row["handling"] for row in marks if tier.reads(row["handling"])]
    kinds = [_reports(tier), _findings(readable), _REQUIREMENTS, _drivers(tier)]
    if tier.rows:
        kinds += [_PRODUCTS, _ACTIONS]
    return [_find(store, kind, query, limit) for kind in kinds]


def _find(store: Store, what: _WrittenKind, query: Query, limit: int) -> Group:
    names = [f"t{at}" for at in range(len(what.texts))]
    columns = ", ".join(
        f"coalesce(CAST({text} AS VARCHAR), '') AS {name}"
        for name, text in zip(names, what.texts.values(), strict=True)
    )
    joined = f" || ' {SEPARATOR} ' || ".join(names)
    folded = fold_sql(f"'{SEPARATOR} ' || {joined} || ' {SEPARATOR}'")
    condition, parameters = matches_sql(query)
    rank, ranked = rank_sql(query)
    rows = store.rows(
        f"WITH texts AS (SELECT CAST({what.key} AS VARCHAR) AS key, {columns},"
        f" CAST({what.moment} AS TIMESTAMP) AS moment, {what.more} AS more FROM {what.rows}),"
        f" lower AS (SELECT *, {folded} AS folded FROM texts),"
        f" searched AS (SELECT *, {squeeze_sql('folded')} AS squeezed FROM lower)"
        f" SELECT * EXCLUDE (folded, squeezed), {rank} AS rank, count(*) OVER () AS matches FROM searched"
        f" WHERE {condition} ORDER BY rank DESC, moment DESC NULLS LAST, key LIMIT {int(limit)}",
        parameters | ranked,
    )
    hits = []
    for row in rows:
        texts = dict(zip(what.texts, (row[name] for name in names), strict=True))
        matched = find_matching(query, texts)
        title, *rest = texts.values()
        hits.append(
            Hit(
                what.kind,
                row["key"],
                title,
                rest[0][:300] if rest else "",
                what.opens(row),
                matched,
                row["moment"],
                rank=row["rank"],
            )
        )
    return Group(what.kind, tuple(hits), rows[0]["matches"] if rows else 0)


def _opens_tab(tab: str, name: str) -> Callable[[dict[str, Any]], PageLink]:
    return lambda row: PageLink("intelligence", {"tab": tab, name: row["key"]})


def _reports(tier: Tier) -> _WrittenKind:
    """A report whose lines this tier reads, in one text; people and identifiers stand in it."""
    handling = ", ".join(f"'{code}'" for code in sorted(tier.handling)) or "NULL"
    line = (
        "if(original = sanitised, original, sanitised || ' / ' || original)" if tier.original else "sanitised"
    )
    return _WrittenKind(
        "report",
        f"(SELECT report_id, any_value(title) AS title, string_agg({line}, ' ' ORDER BY line) AS text,"
        " any_value(place) AS place, any_value(reference) AS reference, any_value(saved_at) AS saved_at"
        f" FROM report_line JOIN report USING (report_id, version) WHERE {_LATEST_REPORT}"
        f" AND handling IN ({handling}) GROUP BY report_id) AS report",
        "report_id",
        {
            "title": "title",
            "text": "text",
            "place": "place",
            "reference": "reference",
            "number": "'report ' || report_id",
        },
        "saved_at",
        _opens_tab("Reports", "report"),
    )


def _findings(readable: list[str]) -> _WrittenKind:
    marks = ", ".join("'" + mark.replace("'", "''") + "'" for mark in readable) or "NULL"
    return _WrittenKind(
        "finding",
        "finding WHERE (finding_id, version) IN (SELECT finding_id, max(version) FROM finding"
        f" GROUP BY finding_id) AND handling IN ({marks})",
        "finding_id",
        {
            "title": "title",
            "statement": "statement",
            "method": "method",
            "number": "'finding ' || finding_id",
        },
        "created_at",
        _opens_tab("Findings", "finding"),
    )


_REQUIREMENTS = _WrittenKind(
    "requirement",
    "requirement WHERE (requirement_id, version) IN"
    " (SELECT requirement_id, max(version) FROM requirement GROUP BY requirement_id)",
    "requirement_id",
    {
        "question": "question",
        "owner, priority and note": "concat_ws(' · ', owner, priority, nullif(note, ''))",
        "number": "'requirement ' || requirement_id",
    },
    "saved_at",
    lambda row: PageLink("collection", {"requirement": row["key"]}),
)


def _drivers(tier: Tier) -> _WrittenKind:
    handling = ", ".join(f"'{code}'" for code in sorted(tier.handling)) or "NULL"
    return _WrittenKind(
        "driver",
        "driver WHERE (driver_id, version) IN (SELECT driver_id, max(version) FROM driver GROUP BY driver_id)"
        f" AND NOT withdrawn AND handling IN ({handling})",
        "driver_id",
        {
            "statement": "statement",
            "source and problem": "concat_ws(' · ', source, nullif(problem, ''))",
            "number": "'driver ' || driver_id",
        },
        "saved_at",
        lambda row: PageLink(
            "tasking", {"tab": "Strategic picture", "part": "Drivers", "driver": row["key"]}
        ),
    )


def _open_product(row: dict[str, Any]) -> PageLink:
    if row["more"] == "brief":
        return PageLink("tasking", {"brief": row["key"]})
    return PageLink("search", {"item": f"product-{row['key']}"})


_PRODUCTS = _WrittenKind(
    "product",
    "product WHERE (product_id, version) IN"
    " (SELECT product_id, max(version) FROM product GROUP BY product_id)",
    "product_id",
    {
        "title": "title",
        "kind": "kind",
        "text": (  # its texts alone, not the names that they are kept under
            "(SELECT string_agg(atom ->> '$', ' ' ORDER BY id) FROM json_tree(product.content)"
            " WHERE type = 'VARCHAR')"
        ),
        "number": "kind || ' ' || product_id",
    },
    "created_at",
    _open_product,
    more="kind",
)


def _open_action(row: dict[str, Any]) -> PageLink:
    if row["more"]:  # Results shows those alone whose decision no later one superseded
        return PageLink("tasking", {"tab": "Actions"})
    return PageLink("results", {"action": row["key"]})


_ACTIONS = _WrittenKind(
    "action",
    "action",
    "action_id",
    {
        "action": "description",
        "owner, agency and status": (
            "concat_ws(' · ', owner, nullif(agency, ''), nullif(contact, ''), status)"
        ),
        "number": "'action ' || action_id",
    },
    "due",
    _open_action,
    more="decision_id IN (SELECT supersedes FROM decision WHERE supersedes IS NOT NULL)",
)
