"""Findings that say the opposite, or the same, of one place, period and subject: proposed by rule, linked by
a person."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pandas as pd
import shapely

from analytics.intelligence.claims import list_claims
from analytics.intelligence.finding_results import Focus, read_result
from analytics.intelligence.links import FINDINGS, insert_link, withdraw
from analytics.oversight import Actor
from analytics.shared.wording import counted
from analytics.store import Store

RELATIONS = ("contradicts", "corroborates", "unrelated")  # unrelated: looked at, and neither
_SAME_QUESTION = ("categories", "hours", "weekdays", "measure")
_LATEST = "SELECT * FROM finding QUALIFY version = max(version) OVER (PARTITION BY finding_id)"


def link_findings(
    store: Store, actor: Actor, finding_id: int, other_id: int, relation: str, reason: str
) -> int:
    """Link two findings; returns the link's number.

    Raises ValueError for a relation that is none, a finding with itself, a pair linked already or no reason,
    and KeyError for a finding that is none."""
    if relation not in RELATIONS:
        raise ValueError(f"Findings are linked by {', '.join(RELATIONS)}.")
    if finding_id == other_id:
        raise ValueError("A finding cannot corroborate or contradict itself: choose another.")
    if not reason.strip():
        raise ValueError("Say why; for a corroboration, how the two are independent.")
    pair = sorted((finding_id, other_id))
    with store.write(changes_data=False) as cursor:
        ((existing,),) = cursor.execute(
            "SELECT count(DISTINCT finding_id) FROM finding WHERE finding_id IN (?, ?)", pair
        ).fetchall()
        if existing < len(pair):
            raise KeyError(f"There is no finding {pair[0]} or none {pair[1]}.")
        what = f"finding {pair[0]} and finding {pair[1]}"
        return insert_link(cursor, actor, FINDINGS, pair, relation, reason, what)


def withdraw_finding_link(store: Store, actor: Actor, link_id: int, reason: str) -> None:
    """Withdraw a link; it stays on record. Raises ValueError where it does not stand or no reason is
    given."""
    withdraw(store, actor, FINDINGS, link_id, reason)


def list_finding_links(store: Store) -> pd.DataFrame:
    """Every standing link: link_id, finding_id (the lower), other_finding_id, relation, reason, linked_by,
    linked_at."""
    return store.query(
        "SELECT link_id, finding_id, other_finding_id, relation, reason, linked_by, linked_at"
        " FROM finding_link"
        " WHERE withdrawn_at IS NULL ORDER BY relation = 'unrelated', relation DESC, link_id"
    ).to_pandas()


def propose_links(store: Store) -> pd.DataFrame:
    """Pairs a person should look at, none of which is linked: finding_id, other_finding_id, relation, why.

    Two findings are proposed as contradicting where they are of one subject, their periods overlap and their
    claims point opposite ways (see `list_claims`), or where lines of reports under them are linked as
    contradicting. As corroborating where the claims agree and no source is common to both, or lines under
    them are linked so. One subject: rows other than incidents in common, or one place under the same filter:
    one's centre within the other's outline, or the same name."""
    rows = {row["finding_id"]: _comparable(row) for row in store.rows(_LATEST)}
    sources = {
        row["finding_id"]: set(row["sources"])
        for row in store.rows(
            f"SELECT finding_id, list(DISTINCT source_id) AS sources FROM finding_evidence JOIN ({_LATEST})"
            " USING (finding_id, version) GROUP BY ALL"
        )
    }
    shared = _shared(store)
    found: dict[tuple[int, int], tuple[str, str]] = {}
    alike = _of_one_place(rows)
    for one, other in sorted(alike.keys() | shared.keys()):
        first, second, rows_shared = rows[one], rows[other], shared.get((one, other), 0)
        if not _overlap(first, second):
            continue
        why = f"{counted(rows_shared, 'row')} in common" if rows_shared else alike[one, other]
        apart = not sources.get(one, set()) & sources.get(other, set())
        for aspect in first["claims"].keys() & second["claims"].keys():
            mine, theirs = first["claims"][aspect], second["claims"][aspect]
            if mine.direction != theirs.direction:
                found[one, other] = ("contradicts", f"{why}: {mine.words} against {theirs.words}")
            elif apart:
                found.setdefault(
                    (one, other), ("corroborates", f"{why}, from other sources: {mine.words} in both")
                )
    found |= _by_reports(store)
    linked = {(link.finding_id, link.other_finding_id) for link in list_finding_links(store).itertuples()}
    left = [(*pair, *proposal) for pair, proposal in found.items() if pair not in linked]
    left.sort(key=lambda row: (row[2] != "contradicts", row))
    return pd.DataFrame(left, columns=["finding_id", "other_finding_id", "relation", "why"])


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    result, parameters = read_result(json.loads(row["result"])), json.loads(row["parameters"])
    focus = result.focus or Focus()
    return {
        "claims": list_claims(result),
        "area": row["area_id"],
        "outline": focus.outline,
        "label": focus.label.strip().casefold(),
        "question": [json.dumps(parameters.get(name)) for name in _SAME_QUESTION],
        "period": (row["period_from"], row["period_to"]),
    }


def _of_one_place(rows: dict[int, dict[str, Any]]) -> dict[tuple[int, int], str]:
    """Pairs under one filter and of one place: one's centre within the other's outline, or, where either has
    none, one name."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for number, row in sorted(rows.items()):
        if row["claims"]:  # what claims nothing neither contradicts nor corroborates
            groups.setdefault(tuple(row["question"]), []).append(number)
    found: dict[tuple[int, int], str] = {}
    for numbers in groups.values():
        named = [number for number in numbers if rows[number]["label"]]
        for one, other in combinations(named, 2):
            first, second = rows[one], rows[other]
            if first["label"] == second["label"] and (first["outline"] is None or second["outline"] is None):
                found[one, other] = "a place of one name"
        drawn = [number for number in numbers if rows[number]["outline"] is not None]
        outlines = [rows[number]["outline"] for number in drawn]
        within = shapely.STRtree(outlines).query(shapely.centroid(outlines), predicate="within").T.tolist()
        for one, other in (sorted((drawn[at], drawn[to])) for at, to in within if at != to):
            if rows[one]["area"] == rows[other]["area"]:
                found[one, other] = "the same place"
    return found


def _overlap(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Whether the periods share half of the shorter one; an open one overlaps everything."""
    (start, end), (other_start, other_end) = first["period"], second["period"]
    if None in (start, end, other_start, other_end):
        return True
    common = (min(end, other_end) - max(start, other_start)).days + 1
    shorter = min((end - start).days, (other_end - other_start).days) + 1
    return bool(2 * common >= shorter)


def _shared(store: Store) -> dict[tuple[int, int], int]:
    """Rows other than incidents that two findings have in common: incidents are one subject by place, not by
    row."""
    rows = store.rows(
        f"WITH latest AS ({_LATEST}), mine AS (SELECT e.* FROM finding_evidence e JOIN latest"
        f" USING (finding_id, version)"
        "  WHERE table_name <> 'incident')"
        " SELECT a.finding_id AS one, b.finding_id AS other, count(*) AS n FROM mine a JOIN mine b"
        " USING (table_name, source_id, row_number) WHERE a.finding_id < b.finding_id GROUP BY ALL"
    )
    return {(row["one"], row["other"]): row["n"] for row in rows}


def _by_reports(store: Store) -> dict[tuple[int, int], tuple[str, str]]:
    rows = store.rows(
        f"WITH latest AS ({_LATEST}), lines AS (SELECT f.* FROM finding_report f JOIN latest"
        f" USING (finding_id, version))"
        " SELECT DISTINCT least(a.finding_id, b.finding_id) AS one, greatest(a.finding_id, b.finding_id) AS"
        " other,"
        "  relation, l.report_id, l.other_report_id FROM report_link l"
        " JOIN lines a ON a.report_id = l.report_id AND a.line = l.line"
        " JOIN lines b ON b.report_id = l.other_report_id AND b.line = l.other_line"
        " WHERE l.withdrawn_at IS NULL AND a.finding_id <> b.finding_id ORDER BY relation = 'contradicts'"
    )
    return {
        (row["one"], row["other"]): (
            row["relation"],
            f"report {row['report_id']} {row['relation']} report {row['other_report_id']}, on which they "
            f"rest",
        )
        for row in rows
    }
