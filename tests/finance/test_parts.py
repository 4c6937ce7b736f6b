"""Blocks one by one, and added to later, give what the whole gives."""

import random

import numpy as np
import pandas as pd
import pytest

from analytics.finance.typologies.detection import detect
from analytics.finance.typologies.parts import BY_BLOCK, detect_by_block, detection_of
from tests.finance.ledgers import PARAMETERS, engine, ledger, row, table

HISTORY_HOURS = 240  # PARAMETERS has ten days


def many(seed: int, days: int = 200, payments: int = 900) -> list[dict]:
    chance = random.Random(seed)
    who = [f"A{k}" for k in range(60)]
    return [
        row(
            24 * chance.randrange(days) + chance.choice([0, 6, 6.5, 12]),
            *chance.sample(who, 2),
            chance.randrange(100, 999),
        )
        for _ in range(payments)
    ]


def as_sets(detection, made) -> dict[str, list]:
    return {
        name: sorted(
            ([int(made.row_number[k]) for k in found.rows_of(n)], made.name(found.account[n]), round(float(found.surprise[n]), 9))
            for n in range(len(found))
        )
        for name, found in detection.results.items()
    }  # fmt: skip


@pytest.mark.parametrize("seed", [0, 1])
def test_part_by_part_is_the_whole(seed):
    rows = many(seed)
    made = ledger(rows)
    whole = detect(made, PARAMETERS, engine())
    kept = detect_by_block(table(rows), made, PARAMETERS, engine(), blocks_at_once=3)
    parts = detection_of(kept, made, PARAMETERS, engine())
    assert as_sets(parts, made) == as_sets(whole, made)
    assert sum(len(found) for found in whole.results.values()) > 300
    for name in BY_BLOCK:
        if name in whole.by_chance:
            np.testing.assert_allclose(
                np.sort(parts.by_chance[name]), np.sort(whole.by_chance[name]), rtol=1e-9
            )


def test_adding_later_transactions_redoes_the_end_only():
    rows = [
        {"row_number": at, **entry}
        for at, entry in enumerate(sorted(many(2), key=lambda r: r["occurred_at"]), 2)
    ]
    known = rows[:600]
    before = ledger(known)
    kept = detect_by_block(table(known), before, PARAMETERS, engine())
    assert 0 < kept.final < kept.results.block.max()
    made, redone = ledger(rows), []
    grown = detect_by_block(
        table(rows),
        made,
        PARAMETERS,
        engine(),
        kept,
        blocks_at_once=2,
        progress=lambda share, step: redone.append(step),
    )
    anew = detect_by_block(table(rows), made, PARAMETERS, engine())
    order = ["typology", "block", "anchor", "account", "result", "position"]
    drop = ["result"]
    left, right = (
        k.results.sort_values(order).drop(columns=drop).reset_index(drop=True) for k in (grown, anew)
    )
    pd.testing.assert_frame_equal(left, right)
    assert redone and grown.final > kept.final
    assert as_sets(detection_of(grown, made, PARAMETERS, engine()), made) == as_sets(
        detect(made, PARAMETERS, engine()), made
    )
