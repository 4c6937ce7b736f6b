"""An analyst's judgements of campaigns and operations: recorded, never overwritten, counted."""

from __future__ import annotations

import pandas as pd

from analytics.oversight import Actor, record
from analytics.shared.codes import code_table
from analytics.store import Store, now

LABELS = code_table("advert_labels")
SUBJECTS = ("campaign", "operation")


class JudgedMeanwhile(RuntimeError):
    """Somebody else judged the same campaign or operation first."""


def judge(
    store: Store,
    actor: Actor,
    subject: str,
    subject_id: int,
    label: str,
    reason: str,
    *,
    supersedes: int | None = None,
) -> int:
    """Record a judgement; returns its number.

    Where one stands already it must be named as `supersedes`. Raises JudgedMeanwhile where another stands,
    KeyError where there is no such campaign or operation, ValueError for an unknown label or a missing
    reason."""
    if subject not in SUBJECTS or label not in LABELS.codes:
        raise ValueError(f"A {' or '.join(SUBJECTS)} is labelled one of {', '.join(LABELS.codes)}.")
    if not reason.strip():
        raise ValueError("A judgement needs a reason.")
    with store.write(changes_data=False) as cursor:
        # The table's name is one of this module's own constants.
        if not cursor.execute(f"SELECT 1 FROM {subject} WHERE {subject}_id = ?", [subject_id]).fetchall():
            raise KeyError(f"There is no {subject} {subject_id}.")
        ((standing,),) = cursor.execute(
            "SELECT max(label_id) FROM advert_label WHERE subject = ? AND subject_id = ?",
            [subject, subject_id],
        ).fetchall()
        if standing != supersedes:
            raise JudgedMeanwhile(
                "Another judgement was recorded meanwhile. Read it, then supersede it if you must."
            )
        ((label_id,),) = cursor.execute(
            "INSERT INTO advert_label (subject, subject_id, label, reason, labelled_by, labelled_at,"
            " supersedes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING label_id",
            [
                subject,
                subject_id,
                label,
                reason.strip(),
                actor.name,
                now(),
                supersedes,
            ],
        ).fetchall()
        record(cursor, actor, "judge adverts", f"{subject} {subject_id}", reason.strip(), {"label": label})
    return int(label_id)


def list_judgements(store: Store, subject: str | None = None, subject_id: int | None = None) -> pd.DataFrame:
    """Every judgement, newest first, with the label in words (`label_name`) and whether it stands
    (`standing`)."""
    rows = store.query(
        "SELECT *, label_id = max(label_id) OVER (PARTITION BY subject, subject_id) AS standing"
        " FROM advert_label"
        " WHERE (? IS NULL OR subject = ?) AND (? IS NULL OR subject_id = ?) ORDER BY label_id DESC",
        [subject, subject, subject_id, subject_id],
    ).to_pandas()
    names = {entry.code: entry.label for entry in LABELS.entries}
    return rows.assign(label_name=rows.label.map(names).fillna(rows.label))


def read_operation_labels(store: Store) -> pd.DataFrame:
    """The judgement that holds for each operation: operation_id, label, side ('lead', 'other', 'none').

    Its own where it has one, else the newest of its campaigns'.
    """
    rows = store.query(
        "WITH standing AS (SELECT * FROM advert_label"
        " QUALIFY label_id = max(label_id) OVER (PARTITION BY subject, subject_id)),"
        " judged AS (SELECT subject_id AS operation_id, label, label_id, true AS own FROM standing"
        " WHERE subject = 'operation' UNION ALL"
        " SELECT operation_id, label, label_id, false FROM standing JOIN operation_campaign"
        " ON subject = 'campaign' AND subject_id = campaign_id)"
        " SELECT operation_id, label FROM judged JOIN operation USING (operation_id)"
        " QUALIFY row_number() OVER (PARTITION BY operation_id ORDER BY own DESC, label_id DESC) = 1"
        " ORDER BY operation_id"
    ).to_pandas()
    sides = {entry.code: entry.more["side"] for entry in LABELS.entries}
    return rows.assign(side=rows.label.map(sides).fillna("none"))


def count_labels(store: Store) -> pd.DataFrame:
    """How often each label stands: label (in words), note, campaigns, operations; every label, also the
    unused."""
    standing = list_judgements(store).query("standing")
    counts = standing.groupby(["label", "subject"]).size()
    return pd.DataFrame(
        [
            {
                "label": entry.label,
                "note": entry.note,
                "campaigns": int(counts.get((entry.code, "campaign"), 0)),
                "operations": int(counts.get((entry.code, "operation"), 0)),
            }
            for entry in LABELS.entries
        ]
    )
