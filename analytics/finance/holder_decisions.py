"""What analysts decided on proposed holders: every decision stays, the latest counts, and nothing is merged
without one."""

from __future__ import annotations

import pandas as pd

from analytics.oversight import Actor, record
from analytics.shared.account_holder import MENTION_OF_HOLDER
from analytics.store import Store, now

DECISIONS = ("same", "different", "open")
# By account, what *Network* names the holder of its row by.
_HOLDERS = f"(SELECT reference, {MENTION_OF_HOLDER} AS mention FROM account)"


def record_decision(
    store: Store, actor: Actor, left: str, right: str, decision: str, reason: str, weight: float | None = None
) -> None:
    """Record that two accounts have the 'same' holder, 'different' ones, or that it is 'open' again, and why.

    Raises ValueError for another decision, an account against itself, or no reason.
    """
    if decision not in DECISIONS:
        raise ValueError(f"A decision is one of {', '.join(DECISIONS)}.")
    if left == right or not reason.strip():
        raise ValueError("A decision is about two accounts, and has a reason.")
    one, other = sorted((left, right))
    with store.write(changes_data=False) as cursor:  # nothing that is searched for rests on it
        cursor.execute(
            "INSERT INTO holder_decision (left_account, right_account, decision, reason, match_weight,"
            " decided_by, decided_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                one,
                other,
                decision,
                reason.strip(),
                weight,
                actor.name,
                now(),
            ],
        ).fetchall()
        record(
            cursor,
            actor,
            f"holders: {decision}",
            f"accounts {one} and {other}",
            reason.strip(),
            {"weight": weight},
        )


def latest_decisions(store: Store) -> pd.DataFrame:
    """The latest decision on each pair: left, right, decision, reason, match_weight, decided_by, decided_at;
    pairs that were opened again are left out. What was judged on *Network* of two accounts' holders counts
    too, without a weight."""
    return store.query(
        "WITH everything AS (SELECT left_account, right_account, decision, reason, match_weight, decided_by,"
        " decided_at, 1 AS place, decision_id AS number FROM holder_decision UNION ALL"
        " SELECT least(a.reference, b.reference), greatest(a.reference, b.reference), judgement, reason,"
        " NULL, judged_by, judged_at, 0, judgement_id FROM network_judgement j"
        f" JOIN {_HOLDERS} a ON a.mention = j.mention JOIN {_HOLDERS} b ON b.mention = j.other"
        " WHERE a.reference <> b.reference),"
        " latest AS (SELECT *, row_number() OVER (PARTITION BY left_account, right_account"
        " ORDER BY decided_at DESC, place DESC, number DESC) AS age"
        ' FROM everything) SELECT left_account AS "left", right_account AS "right", decision, reason,'
        " match_weight, decided_by,"
        " decided_at FROM latest WHERE age = 1 AND decision IN ('same', 'different')"
        " ORDER BY left_account, right_account"
    ).to_pandas()


def add_standing(pairs: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """Proposed pairs with `standing`: 'same', 'different' or 'proposed'."""
    by_pair = decided.set_index(["left", "right"]).decision
    standing = [
        by_pair.get((left, right), "proposed") for left, right in zip(pairs.left, pairs.right, strict=True)
    ]
    return pairs.assign(standing=standing)


def group_confirmed_holders(decided: pd.DataFrame) -> pd.DataFrame:
    """Accounts that analysts tied together: account, group (from 1, by first account), contradicted (the
    group also has a pair with different holders: somebody has to look again)."""
    root: dict[str, str] = {}

    def find(account: str) -> str:
        while root.setdefault(account, account) != account:
            account = root[account]
        return account

    same = decided[decided.decision == "same"]
    for left, right in zip(same.left, same.right, strict=True):
        one, other = sorted((find(left), find(right)))
        root[other] = one
    different = decided[decided.decision == "different"]
    torn = {
        find(left)
        for left, right in zip(different.left, different.right, strict=True)
        if left in root and right in root and find(left) == find(right)
    }
    rows = [(account, find(account), find(account) in torn) for account in sorted(root) if root]
    table = pd.DataFrame(rows, columns=["account", "first", "contradicted"])
    size = table.groupby("first").account.transform("size")
    table = table[size > 1].reset_index(drop=True)
    table["group"] = pd.factorize(table["first"], sort=True)[0] + 1
    return table[["account", "group", "contradicted"]]
