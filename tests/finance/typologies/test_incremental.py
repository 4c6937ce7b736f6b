"""Blocks one by one, and added to later, give what the whole gives."""

import random
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.finance.typologies import incremental
from analytics.finance.typologies.detection import detect
from analytics.finance.typologies.incremental import (
    BY_BLOCK,
    MARGIN,
    changed_blocks,
    detect_by_block,
    detect_from_blocks,
    digest_code,
    fingerprint_blocks,
)
from tests.finance.ledgers import PARAMETERS, engine, ledger, row, table, with_surroundings

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
            (
                [int(made.row_number[k]) for k in found.rows_of(n)],
                made.name(found.account[n]),
                round(float(found.surprise[n]), 9),
            )
            for n in range(len(found))
        )
        for name, found in detection.results.items()
    }


@pytest.mark.parametrize("seed", [0, 1])
def test_part_by_part_is_the_whole(seed):
    rows = many(seed)
    made = ledger(rows)
    whole = detect(made, PARAMETERS, engine())
    kept = detect_by_block(table(rows), made, PARAMETERS, engine(), blocks_at_once=3)
    parts = detect_from_blocks(kept, made, PARAMETERS, engine())
    assert as_sets(parts, made) == as_sets(whole, made)
    assert sum(len(found) for found in whole.results.values()) > 300
    for name in BY_BLOCK:
        if name in whole.by_chance:
            np.testing.assert_allclose(
                np.sort(parts.by_chance[name]), np.sort(whole.by_chance[name]), rtol=1e-9
            )


def redone(kept, rows: list[dict]) -> tuple:
    """What is kept after these rows, and the blocks that were worked out for it."""
    made, steps = ledger(rows), []
    grown = detect_by_block(
        table(rows), made, PARAMETERS, engine(), kept, progress=lambda *step: steps.append(step)
    )
    return grown, changed_blocks(kept, fingerprint_blocks(made), made, PARAMETERS), steps


def assert_as_anew(grown, rows: list[dict]) -> None:
    anew, _, _ = redone(None, rows)
    order = ["typology", "block", "anchor", "account", "position", "row_number"]
    for name in ("results", "by_chance", "cut", "blocks"):
        left, right = (getattr(kept, name).drop(columns="result", errors="ignore") for kept in (grown, anew))
        by = [column for column in order if column in left] + ["surprise"] * (name == "by_chance")
        left, right = (kept.sort_values(by).reset_index(drop=True) for kept in (left, right))
        pd.testing.assert_frame_equal(left, right, check_dtype=False)
    made = ledger(rows)
    assert as_sets(detect_from_blocks(grown, made, PARAMETERS, engine()), made) == as_sets(
        detect(made, PARAMETERS, engine()), made
    )


def test_only_what_a_change_can_touch_is_redone():
    rows = [
        {"row_number": at, **entry}
        for at, entry in enumerate(sorted(many(2, days=200, payments=500), key=lambda r: r["occurred_at"]), 2)
    ]
    first, blocks, steps = redone(None, rows[:440])
    last = len(blocks) - 1
    assert steps
    grown, blocks, _ = redone(first, rows)  # later ones come in
    assert blocks.min() == last - MARGIN and blocks.max() > last
    assert_as_anew(grown, rows)
    same, blocks, steps = redone(grown, random.Random(1).sample(rows, len(rows)))  # nothing, in another order
    assert not len(blocks) and not steps
    pd.testing.assert_frame_equal(same.results, grown.results)
    fewer, blocks, _ = redone(grown, rows[:440])  # and go again
    assert blocks.min() == last - MARGIN and blocks.max() == last
    assert_as_anew(fewer, rows[:440])
    middle = [entry for at, entry in enumerate(rows) if at != 250]  # one in the middle goes
    less, blocks, _ = redone(grown, middle)
    assert len(blocks) == 2 * MARGIN + 1 and blocks.min() > 0
    assert_as_anew(less, middle)
    earlier = [
        {**rows[0], "row_number": 9999, "occurred_at": rows[0]["occurred_at"].replace(year=2025)},
        *rows,
    ]
    assert len(redone(grown, earlier)[1]) == len(
        fingerprint_blocks(ledger(earlier))
    )  # all blocks begin elsewhere
    assert (
        len(
            changed_blocks(
                grown, fingerprint_blocks(ledger(rows)), ledger(rows), with_surroundings(window_days=3)
            )
        )
        > 2 * MARGIN + 1
    )


@pytest.mark.parametrize(
    "name", ["detectors/chain.py", "engine/surprise.py", "catalogue.py", "detectors/new.py"]
)
def test_results_of_other_code_are_never_mixed(tmp_path, monkeypatch, name):
    folder = shutil.copytree(Path(incremental.__file__).parent, tmp_path / "typologies")
    monkeypatch.setattr(incremental, "__file__", str(folder / "incremental.py"))
    before = digest_code(PARAMETERS)
    assert before == digest_code(PARAMETERS) != digest_code(with_surroundings(window_days=3))
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert digest_code(PARAMETERS) != before
