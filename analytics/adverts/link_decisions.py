"""An analyst's decision on a link between two adverts' units, which every later update follows."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from analytics.oversight import Actor, record
from analytics.store import Store, now

Advert = tuple[int, int]  # source_id, row_number
Decision = Literal["cut", "confirm", "withdraw"]


def decide(
    store: Store,
    actor: Actor,
    left: Advert,
    right: Advert,
    decision: Decision,
    reason: str,
) -> int:
    """Record that the units of two adverts are not one operation, or that they are, or take either back.

    Operations follow with the next `pipeline.update` or `pipeline.rejoin`. Returns the decision's number.
    Raises ValueError without a reason, or where the two are one advert."""
    if not reason.strip():
        raise ValueError("Give a reason: a decision is recorded with it.")
    if left == right:
        raise ValueError("A link has two sides.")
    at = now()
    with store.write() as cursor:
        ((number,),) = cursor.execute(
            "INSERT INTO operation_link_decision (left_source, left_row, right_source, right_row, decision,"
            " reason,"
            " decided_by, decided_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING decision_id",
            [*left, *right, decision, reason.strip(), actor.name, at],
        ).fetchall()
        record(
            cursor,
            actor,
            f"{decision} link",
            f"link decision {number}",
            reason.strip(),
            {"left": list(left), "right": list(right)},
        )
    return int(number)


def list_decisions(store: Store) -> pd.DataFrame:
    """Every decision, the latest first."""
    return store.query("SELECT * FROM operation_link_decision ORDER BY decision_id DESC").to_pandas()
