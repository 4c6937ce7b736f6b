"""Detection block by block of time: what was found before is kept, and only what new transactions can touch
is redone.

A block is as long as the history. All that is said of a block follows from it and MARGIN blocks on either
side: whether a pair is new (one block), hubs (one before), an account's history (one), the longest chain
(two). So a stretch of blocks with its margin gives what the whole ledger would, and what is kept of a block
stands until a transaction within MARGIN of it comes or goes, or the data end elsewhere there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.finance.typologies.catalogue import DETECTORS
from analytics.finance.typologies.engine.baseline import blocks_of
from analytics.finance.typologies.engine.detection import Detection, detect
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.timed_ledger import Ledger, Whole, build_ledger
from analytics.finance.typologies.parameters import Parameters
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled, part_of
from analytics.store.engine import Engine

MARGIN = 4
BY_BLOCK = tuple(detector.name for detector in DETECTORS if detector.shuffled)


@dataclass(frozen=True)
class Kept:
    """What the typologies of BY_BLOCK gave, with names and row numbers instead of positions.

    `begin`: the ledger's first time (microseconds). `made_with`: parameters and detectors (`made_with`).
    `blocks`: block, fingerprint of its transactions. `results`: typology, block, result, position, source_id,
    row_number, account, surprise, anchor. `by_chance`: typology, block, surprise. `cut`: typology, block,
    since, until (microseconds): stretches of which nothing is listed, because the search took too long."""

    begin: int
    made_with: str
    blocks: pd.DataFrame
    results: pd.DataFrame
    by_chance: pd.DataFrame
    cut: pd.DataFrame


def made_with(parameters: Parameters) -> str:
    """Names the parameters and the detectors' own code: results of others are never mixed with these."""
    digest = hashlib.sha256(repr(parameters).encode())
    for file in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def fingerprints(ledger: Ledger) -> np.ndarray:
    """A number for each block that changes with any of its transactions, or where the data end in it
    elsewhere."""
    count = int((ledger.end - ledger.begin) // ledger.surroundings.history) + 1
    names = np.append(pd.util.hash_array(np.asarray(ledger.accounts.to_pylist(), object)), np.uint64(0))
    columns = {
        "source": ledger.source_id,
        "row": ledger.row_number,
        "time": ledger.time,
        "payer": names[ledger.payer],
        "payee": names[ledger.payee],
    }
    columns["purchase"] = ledger.purchase
    if ledger.amount is not None:
        columns["amount"] = ledger.amount
    if "currency" in ledger.texts:
        words = np.append(pd.util.hash_array(np.array(ledger.words["currency"], object)), np.uint64(0))
        columns["currency"] = words[ledger.texts["currency"]]
    total = np.zeros(count, np.uint64)
    row = pd.util.hash_pandas_object(pd.DataFrame(columns), index=False).to_numpy()
    np.add.at(total, blocks_of(ledger.time, ledger), row)
    ends = np.minimum(ledger.begin + np.arange(1, count + 1) * ledger.surroundings.history, ledger.end + 1)
    return total + pd.util.hash_array(ends)


def touched(kept: Kept | None, now: np.ndarray, ledger: Ledger, parameters: Parameters) -> np.ndarray:
    """The blocks whose results may have changed since they were kept: all within MARGIN of one whose
    fingerprint is not the same `now`."""
    if kept is None or (kept.begin, kept.made_with) != (ledger.begin, made_with(parameters)):
        return np.arange(len(now))
    before = np.zeros(max(len(now), int(kept.blocks.block.max()) + 1), np.uint64)
    before[kept.blocks.block] = kept.blocks.fingerprint
    changed = np.flatnonzero(before != np.pad(now, (0, len(before) - len(now))))
    near = np.unique(changed[:, None] + np.arange(-MARGIN, MARGIN + 1))
    return near[(near >= 0) & (near < len(now))]


def detect_by_block(
    transactions: pa.Table,
    ledger: Ledger,
    parameters: Parameters,
    engine: Engine,
    kept: Kept | None = None,
    blocks_at_once: int = 12,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> Kept:
    """All blocks of the ledger; those that are not `touched` since they were `kept` are taken from there.
    Runs of at most `blocks_at_once` are worked out together, with their margins. `ledger` is that of all
    `transactions`."""
    history = parameters.surroundings.history
    now = fingerprints(ledger)
    count = len(now)
    todo = touched(kept, now, ledger, parameters)
    found, chance, cut = ([_others(table, todo, count)] if kept else [] for table in _tables(kept))
    whole = Whole(ledger.begin, ledger.end, ledger.accounts, ledger.since)
    time = transactions["occurred_at"].cast(pa.timestamp("us")).cast(pa.int64())
    done = 0
    for low, high in _runs(todo, blocks_at_once):
        part = ledger
        if low > MARGIN or high + MARGIN < count:
            since, until = (ledger.begin + at * history for at in (low - MARGIN, high + MARGIN))
            near = transactions.filter(pc.and_(pc.greater_equal(time, since), pc.less(time, until)))
            part = build_ledger(near, parameters.surroundings, engine, whole=whole)
        of_part = detect(
            part,
            parameters,
            engine,
            part_of(progress, done / len(todo), (done + high - low) / len(todo)),
            cancelled,
            BY_BLOCK,
        )
        done += high - low
        for results in of_part.results.values():
            found.append(_named(results, part, low, high))
            cut.append(_cut(results, part, low, high))
        for name, (surprise, anchor) in of_part.chance_anchors.items():
            block = blocks_of(anchor, ledger)
            inside = (block >= low) & (block < high)
            chance.append(
                pd.DataFrame({"typology": name, "block": block[inside], "surprise": surprise[inside]})
            )
    return Kept(
        ledger.begin,
        made_with(parameters),
        pd.DataFrame({"block": np.arange(count), "fingerprint": now}),
        *(pd.concat(tables, ignore_index=True) for tables in (found, chance, cut)),
    )


def _tables(kept: Kept | None) -> tuple[pd.DataFrame | None, ...]:
    return (kept.results, kept.by_chance, kept.cut) if kept else (None, None, None)


def _others(table: pd.DataFrame, redone: np.ndarray, count: int) -> pd.DataFrame:
    return table[~table.block.isin(redone) & (table.block < count)]


def _runs(blocks: np.ndarray, most: int) -> list[tuple[int, int]]:
    """Ascending blocks as stretches (from, to before) of at most `most`."""
    runs: list[tuple[int, int]] = []
    for block in blocks.tolist():
        if runs and runs[-1][1] == block and block - runs[-1][0] < most:
            runs[-1] = (runs[-1][0], block + 1)
        else:
            runs.append((block, block + 1))
    return runs


def _cut(results: Results, part: Ledger, low: int, high: int) -> pd.DataFrame:
    rows = [(results.typology, int(blocks_of(since, part)), since, until) for since, until in results.cut]
    table = pd.DataFrame(rows, columns=["typology", "block", "since", "until"])
    return table[(table.block >= low) & (table.block < high)]


def _named(results: Results, part: Ledger, low: int, high: int) -> pd.DataFrame:
    """The results of the blocks from `low` to before `high`, a row a transaction."""
    block = blocks_of(results.anchor, part)
    chosen = results.keep(np.flatnonzero((block >= low) & (block < high)))
    sizes = np.diff(chosen.offsets)
    number = np.repeat(np.arange(len(chosen)), sizes)
    names = part.accounts.take(pa.array(chosen.account)).to_pylist()
    return pd.DataFrame(
        {
            "typology": results.typology,
            "block": blocks_of(chosen.anchor, part)[number],
            "result": number,
            "position": np.arange(len(number)) - chosen.offsets[:-1][number],
            "source_id": part.source_id[chosen.rows],
            "row_number": part.row_number[chosen.rows],
            "account": np.array(names, object)[number],
            "surprise": chosen.surprise[number],
            "anchor": chosen.anchor[number],
        }
    )


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
    for name in (name for name in BY_BLOCK if name not in others.off):
        rows = kept.results[kept.results.typology == name]
        start = np.flatnonzero(rows.position.to_numpy() == 0)
        where = place.reindex(pd.MultiIndex.from_arrays([rows.source_id, rows.row_number])).to_numpy()
        account = pc.index_in(pa.array(rows.account.iloc[start], pa.string()), ledger.accounts)
        cut = kept.cut[kept.cut.typology == name]
        results[name] = Results(
            name,
            np.append(start, len(rows)),
            where.astype(np.int64),
            account.to_numpy(zero_copy_only=False).astype(np.int32),
            rows.surprise.to_numpy()[start],
            rows.anchor.to_numpy()[start],
            tuple(zip(cut.since.tolist(), cut.until.tolist(), strict=True)),
        )
        by_chance[name] = kept.by_chance.surprise[kept.by_chance.typology == name].to_numpy()
    results |= others.results
    return Detection(
        {d.name: results[d.name] for d in DETECTORS if d.name in results}, by_chance, others.off, {}
    )
