"""Detection block by block of time: what was found before is kept, and only what new transactions can touch is redone.

A block is as long as the history. All that is said of a block follows from it and MARGIN blocks on either side: whether
a pair is new (one block), hubs (one before), an account's history (one), the longest chain (two). So a stretch of
blocks with its margin gives what the whole ledger would, and a block with MARGIN complete ones after it is final.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.engine import Engine
from analytics.finance.typologies.catalogue import DETECTORS
from analytics.finance.typologies.detection import Detection, Progress, detect
from analytics.finance.typologies.ledger import Ledger, Whole, build_ledger
from analytics.finance.typologies.parameters import Parameters
from analytics.finance.typologies.results import Results
from analytics.finance.typologies.usual import blocks_of

MARGIN = 4
BY_BLOCK = tuple(detector.name for detector in DETECTORS if detector.shuffled)


@dataclass(frozen=True)
class Kept:
    """What the typologies of BY_BLOCK gave, with names and row numbers instead of positions.

    `begin`: the ledger's first time (microseconds). `final`: blocks before this one cannot change any more unless older
    transactions come in. `results`: typology, block, result, position, source_id, row_number, account, surprise,
    anchor. `by_chance`: typology, block, surprise. `notes`: typology, note. `version`: of the parameters.
    """

    begin: int
    final: int
    results: pd.DataFrame
    by_chance: pd.DataFrame
    notes: tuple[tuple[str, str], ...]
    version: str


def detect_by_block(
    transactions: pa.Table,
    ledger: Ledger,
    parameters: Parameters,
    engine: Engine,
    kept: Kept | None = None,
    blocks_at_once: int = 12,
    progress: Progress = lambda share, step: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Kept:
    """All blocks of the ledger that `kept` does not have for good, `blocks_at_once` with their margins.

    `ledger` is that of all `transactions`. `kept` is not used where it begins elsewhere or has other parameters."""
    history = parameters.surroundings.history
    count = int((ledger.end - ledger.begin) // history) + 1
    usable = kept is not None and (kept.begin, kept.version) == (ledger.begin, parameters.version)
    todo = kept.final if usable else 0
    found = [kept.results[kept.results.block < todo]] if usable else []
    chance = [kept.by_chance[kept.by_chance.block < todo]] if usable else []
    notes = list(kept.notes) if usable else []
    whole = Whole(ledger.begin, ledger.end, ledger.accounts, ledger.since)
    time = transactions["occurred_at"].cast(pa.timestamp("us")).cast(pa.int64())
    for low in range(todo, count, blocks_at_once):
        high = min(low + blocks_at_once, count)
        since, until = (ledger.begin + at * history for at in (low - MARGIN, high + MARGIN))
        near = transactions.filter(pc.and_(pc.greater_equal(time, since), pc.less(time, until)))
        part = build_ledger(near, parameters.surroundings, engine, whole=whole)
        share = (low - todo) / max(count - todo, 1)
        of_part = detect(
            part, parameters, engine, lambda _, step, share=share: progress(share, step), cancelled, BY_BLOCK
        )
        for name, results in of_part.results.items():
            found.append(_named(results, part, low, high))
            notes += [(name, results.note)] if results.note else []
        for name, (surprise, anchor) in of_part.chance_anchors.items():
            block = blocks_of(anchor, ledger)
            inside = (block >= low) & (block < high)
            chance.append(
                pd.DataFrame({"typology": name, "block": block[inside], "surprise": surprise[inside]})
            )
    complete = int((ledger.end + 1 - ledger.begin) // history)
    return Kept(
        ledger.begin, max(complete - MARGIN, 0), pd.concat(found, ignore_index=True),
        pd.concat(chance, ignore_index=True), tuple(dict.fromkeys(notes)), parameters.version,
    )  # fmt: skip


def _named(results: Results, part: Ledger, low: int, high: int) -> pd.DataFrame:
    """The results of the blocks from `low` to before `high`, a row a transaction."""
    block = blocks_of(results.anchor, part)
    chosen = results.keep(np.flatnonzero((block >= low) & (block < high)))
    sizes = np.diff(chosen.offsets)
    number = np.repeat(np.arange(len(chosen)), sizes)
    names = part.accounts.take(pa.array(chosen.account)).to_pylist()
    return pd.DataFrame({
        "typology": results.typology, "block": blocks_of(chosen.anchor, part)[number], "result": number,
        "position": np.arange(len(number)) - chosen.offsets[:-1][number],
        "source_id": part.source_id[chosen.rows], "row_number": part.row_number[chosen.rows],
        "account": np.array(names, object)[number], "surprise": chosen.surprise[number], "anchor": chosen.anchor[number],
    })  # fmt: skip


def detection_of(kept: Kept, ledger: Ledger, parameters: Parameters, engine: Engine) -> Detection:
    """The kept results as positions in the whole ledger, and those of the other typologies, which look at few
    transactions and are found anew."""
    others = detect(
        ledger, parameters, engine, only=tuple(d.name for d in DETECTORS if d.name not in BY_BLOCK)
    )
    place = pd.Series(
        np.arange(len(ledger)), index=pd.MultiIndex.from_arrays([ledger.source_id, ledger.row_number])
    )
    results, by_chance = {}, {}
    for name in BY_BLOCK:
        rows = kept.results[kept.results.typology == name]
        start = np.flatnonzero(rows.position.to_numpy() == 0)
        where = place.reindex(pd.MultiIndex.from_arrays([rows.source_id, rows.row_number])).to_numpy()
        account = pc.index_in(pa.array(rows.account.iloc[start], pa.string()), ledger.accounts)
        results[name] = Results(
            name, np.append(start, len(rows)), where.astype(np.int64), account.to_numpy(zero_copy_only=False).astype(np.int32),
            rows.surprise.to_numpy()[start], rows.anchor.to_numpy()[start], dict(kept.notes).get(name),
        )  # fmt: skip
        by_chance[name] = kept.by_chance.surprise[kept.by_chance.typology == name].to_numpy()
    off = {name: why for name, why in others.off.items()}
    ran = {name: found for name, found in results.items() if name not in off}
    return Detection(ran | others.results, {name: by_chance[name] for name in ran}, off, {})
