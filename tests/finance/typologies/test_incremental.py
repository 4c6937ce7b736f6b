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


def as_sets(detection, built) -> dict[str, list]:
    return {
        name: sorted(
            (
                [int(built.row_number[k]) for k in found.rows_of(n)],
                built.name(found.account[n]),
                round(float(found.surprise[n]), 9),
            )
            for n in range(len(found))
        )
        for name, found in detection.results.items()
    }


@pytest.mark.parametrize("seed", [0, 1])
def test_part_by_part_equals_all_at_once(seed):
    rows = many(seed)
    built = ledger(rows)
    whole = detect(built, PARAMETERS, engine())
    stored = detect_by_block(table(rows), built, PARAMETERS, engine(), blocks_at_once=3)
    parts = detect_from_blocks(stored, built, PARAMETERS, engine())
    assert as_sets(parts, built) == as_sets(whole, built)
    assert sum(len(found) for found in whole.results.values()) > 300
    for name in BY_BLOCK:
        if name in whole.by_chance:
            np.testing.assert_allclose(
                np.sort(parts.by_chance[name]), np.sort(whole.by_chance[name]), rtol=1e-9
            )


def search_again(stored, rows: list[dict]) -> tuple:
    """What is stored after these rows, and the blocks that were searched for it."""
    built, steps = ledger(rows), []
    grown = detect_by_block(
        table(rows), built, PARAMETERS, engine(), stored, progress=lambda *step: steps.append(step)
    )
    return grown, changed_blocks(stored, fingerprint_blocks(built), built, PARAMETERS), steps


def assert_as_searched_again(grown, rows: list[dict]) -> None:
    whole, _, _ = search_again(None, rows)
    order = ["typology", "block", "anchor", "account", "position", "row_number"]
    for name in ("results", "by_chance", "cut", "blocks"):
        left, right = (
            getattr(stored, name).drop(columns="result", errors="ignore") for stored in (grown, whole)
        )
        by = [column for column in order if column in left] + ["surprise"] * (name == "by_chance")
        left, right = (stored.sort_values(by).reset_index(drop=True) for stored in (left, right))
        pd.testing.assert_frame_equal(left, right, check_dtype=False)
    built = ledger(rows)
    assert as_sets(detect_from_blocks(grown, built, PARAMETERS, engine()), built) == as_sets(
        detect(built, PARAMETERS, engine()), built
    )


def test_only_what_a_change_can_touch_is_redone():
    rows = [
        {"row_number": at, **entry}
        for at, entry in enumerate(sorted(many(2, days=200, payments=500), key=lambda r: r["occurred_at"]), 2)
    ]
    first, blocks, steps = search_again(None, rows[:440])
    last = len(blocks) - 1
    assert steps
    grown, blocks, _ = search_again(first, rows)  # later ones come in
    assert blocks.min() == last - MARGIN and blocks.max() > last
    assert_as_searched_again(grown, rows)
    same, blocks, steps = search_again(
        grown, random.Random(1).sample(rows, len(rows))
    )  # nothing, in another order
    assert not len(blocks) and not steps
    pd.testing.assert_frame_equal(same.results, grown.results)
    fewer, blocks, _ = search_again(grown, rows[:440])  # and go again
    assert blocks.min() == last - MARGIN and blocks.max() == last
    assert_as_searched_again(fewer, rows[:440])
    middle = [entry for at, entry in enumerate(rows) if at != 250]  # one in the middle goes
    less, blocks, _ = search_again(grown, middle)
    assert len(blocks) == 2 * MARGIN + 1 and blocks.min() > 0
    assert_as_searched_again(less, middle)
    earlier = [
        {**rows[0], "row_number": 9999, "occurred_at": rows[0]["occurred_at"].replace(year=2025)},
        *rows,
    ]
    assert len(search_again(grown, earlier)[1]) == len(
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
