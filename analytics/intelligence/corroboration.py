"""Lines of reports that say the same, or the opposite: linked by a person, with the reason."""

from __future__ import annotations

import pandas as pd

from analytics.intelligence.links import LINES, insert_link, withdraw
from analytics.oversight import Actor
from analytics.store import Store

RELATIONS = ("corroborates", "contradicts")


def link_lines(
    store: Store, actor: Actor, line: tuple[int, int], other: tuple[int, int], relation: str, reason: str
) -> int:
    """Link two lines, each (report_id, line). Returns the link's number.

    Raises ValueError for a relation that is none, a line linked with its own report (a report cannot
    corroborate itself), a link that stands already or no reason, and KeyError for a line that is not in the
    latest version."""
    if relation not in RELATIONS:
        raise ValueError(f"Lines are linked by {' or '.join(RELATIONS)}.")
    if line[0] == other[0]:
        raise ValueError("A report cannot corroborate or contradict itself: choose a line of another report.")
    if not reason.strip():
        raise ValueError("Say why: for a corroboration, how the two sources are independent.")
    first, second = sorted((line, other))
    with store.write(changes_data=False) as cursor:
        for report_id, number in (first, second):
            ((matches,),) = cursor.execute(
                "SELECT count(*) FROM report_line WHERE report_id = ? AND line = ?"
                " AND version = (SELECT max(version) FROM report WHERE report_id = ?)",
                [report_id, number, report_id],
            ).fetchall()
            if not matches:
                raise KeyError(f"Report {report_id} has no line {number}.")
        what = f"report {first[0]} line {first[1]} and report {second[0]} line {second[1]}"
        return insert_link(cursor, actor, LINES, (*first, *second), relation, reason, what)


def withdraw_link(store: Store, actor: Actor, link_id: int, reason: str) -> None:
    """Withdraw a link; it stays on record. Raises ValueError where it does not stand or no reason is
    given."""
    withdraw(store, actor, LINES, link_id, reason)


def list_line_links(store: Store, report_id: int) -> pd.DataFrame:
    """The standing links of a report seen from it: link_id, line, relation, other_report_id, other_line,
    other_title, other_text (sanitised), other_handling, reason, linked_by, linked_at."""
    return store.query(
        "WITH ends AS ("
        " SELECT link_id, line, relation, other_report_id, other_line, reason, linked_by, linked_at,"
        " withdrawn_at"
        "   FROM report_link WHERE report_id = $id"
        " UNION ALL SELECT link_id, other_line, relation, report_id, line, reason, linked_by, linked_at,"
        " withdrawn_at"
        "   FROM report_link WHERE other_report_id = $id),"
        " latest AS (SELECT report_id, version, title FROM report"
        "   QUALIFY version = max(version) OVER (PARTITION BY report_id))"
        " SELECT link_id, ends.line, relation, other_report_id, other_line, title AS other_title,"
        "   sanitised AS other_text, handling AS other_handling, reason, linked_by, linked_at"
        " FROM ends JOIN latest ON latest.report_id = other_report_id"
        " LEFT JOIN report_line l ON l.report_id = other_report_id AND l.version = latest.version"
        " AND l.line = other_line"
        " WHERE withdrawn_at IS NULL ORDER BY ends.line, link_id",
        {"id": report_id},
    ).to_pandas()
