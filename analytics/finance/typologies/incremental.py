"""Detection block by block of time: earlier results are stored, and only what new transactions can touch is
searched again.

A block is as long as the history. All that is said of a block follows from it and MARGIN blocks on either
side: whether a pair is new (one block), hubs (one before), an account's history (one), the longest chain
(two). So a stretch of blocks with its margin gives what the whole ledger would, and what is stored of a block
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
from analytics.finance.typologies.detection import Detection, detect
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.stored_ledger import open_ledger
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, WholeData
from analytics.finance.typologies.parameters import Parameters
from analytics.shared.progress import IsCancelled, Progress, ignore_progress, never_cancelled, part_of
from analytics.store.engine import Engine

MARGIN = 4
_BLOCKS_AT_ONCE = 12
_ROWS_AT_ONCE = 2_000_000  # a ledger that is no larger is searched as a whole: no margin is searched twice
BY_BLOCK = tuple(detector.name for detector in DETECTORS if detector.shuffled)


@dataclass(frozen=True)
class BlockResults:
    """What the typologies of BY_BLOCK gave, with names and row numbers instead of positions.

    `begin`: the ledger's first time (microseconds). `made_with`: see `digest_code`.
    `blocks`: block, fingerprint of its transactions. `results`: typology, block, result, position, source_id,
    row_number, account, surprise, anchor. `by_chance`: typology, block, surprise. `cut`: typology, block,
    since, until (microseconds): stretches of which nothing is listed, because the search took too long."""

    begin: int
    made_with: str
    blocks: pd.DataFrame
    results: pd.DataFrame
    by_chance: pd.DataFrame
    cut: pd.DataFrame


def digest_code(parameters: Parameters) -> str:
    """A digest of the parameters and of every file of this folder: detectors, engine and how they are run.
    Results of another digest are never mixed with these."""
    digest = hashlib.sha256(repr(parameters).encode())
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def fingerprint_blocks(ledger: TimedLedger) -> np.ndarray:
    """A number for each block that changes with any of its transactions, or where the data end in it
    elsewhere."""
    count = ledger.blocks.count
    names = np.append(pd.util.hash_array(np.asarray(ledger.accounts.to_pylist(), object)), np.uint64(0))
    columns = {
        "source": ledger.source_id,
        "row": ledger.row_number,
        "time": ledger.time,
        "payer": names[ledger.payer],
        "payee": names[ledger.payee],
        "purchase": ledger.purchase,
    }
    if ledger.amount is not None:
        columns["amount"] = ledger.amount
    if "currency" in ledger.texts:
        words = np.append(pd.util.hash_array(np.array(ledger.words["currency"], object)), np.uint64(0))
        columns["currency"] = words[ledger.texts["currency"]]
    total = np.zeros(count, np.uint64)
    row = pd.util.hash_pandas_object(pd.DataFrame(columns), index=False).to_numpy()
    np.add.at(total, ledger.blocks.of(ledger.time), row)
    ends = np.minimum(ledger.blocks.start_of(np.arange(1, count + 1)), ledger.end + 1)
    return np.asarray(total + pd.util.hash_array(ends))


def changed_blocks(
    stored: BlockResults | None, fingerprints: np.ndarray, ledger: TimedLedger, parameters: Parameters
) -> np.ndarray:
    """The blocks whose results may differ from those stored: all within MARGIN of one whose fingerprint is
    another now."""
    count = len(fingerprints)
    if stored is None or (stored.begin, stored.made_with) != (ledger.begin, digest_code(parameters)):
        return np.arange(count)
    before = np.zeros(max(count, int(stored.blocks.block.max()) + 1), np.uint64)
    before[stored.blocks.block] = stored.blocks.fingerprint
    changed = np.flatnonzero(before != np.pad(fingerprints, (0, len(before) - count)))
    near = np.unique(changed[:, None] + np.arange(-MARGIN, MARGIN + 1))
    return np.asarray(near[(near >= 0) & (near < count)])


def detect_by_block(
    transactions: pa.Table | None,
    ledger: TimedLedger,
    parameters: Parameters,
    engine: Engine,
    stored: BlockResults | None = None,
    blocks_at_once: int | None = None,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> BlockResults:
    """All blocks of the ledger, which is that of all `transactions`, without them of the engine's. Those that
    are not among `changed_blocks` are taken from `stored`. Runs of at most `blocks_at_once` are searched
    together, with their margins; None: 12, or any number where there are few transactions."""
    fingerprints = fingerprint_blocks(ledger)
    count = len(fingerprints)
    if blocks_at_once is None:
        blocks_at_once = count if len(ledger.time) <= _ROWS_AT_ONCE else _BLOCKS_AT_ONCE
    changed = changed_blocks(stored, fingerprints, ledger, parameters)
    found, chance, cut = ([_unchanged(table, changed, count)] if stored else [] for table in _tables(stored))
    whole = WholeData(ledger.begin, ledger.end, ledger.accounts, ledger.since)
    done = 0
    for low, high in _runs(changed, blocks_at_once):
        part = _part_of(transactions, ledger, low, high, engine, whole)
        step = part_of(progress, done / len(changed), (done + high - low) / len(changed))
        of_part = detect(part, parameters, engine, step, cancelled, BY_BLOCK)
        done += high - low
        for name, results in of_part.results.items():
            found.append(_result_table(name, results, part, low, high))
            cut.append(_cut_table(name, results, part, low, high))
        for name, (surprise, anchor) in of_part.chance_anchors.items():
            block = ledger.blocks.of(anchor)
            inside = (block >= low) & (block < high)
            chance.append(
                pd.DataFrame({"typology": name, "block": block[inside], "surprise": surprise[inside]})
            )
    return BlockResults(
        ledger.begin,
        digest_code(parameters),
        pd.DataFrame({"block": np.arange(count), "fingerprint": fingerprints}),
        *(pd.concat(tables, ignore_index=True) for tables in (found, chance, cut)),
    )


def _part_of(
    transactions: pa.Table | None,
    ledger: TimedLedger,
    low: int,
    high: int,
    engine: Engine,
    whole: WholeData,
) -> TimedLedger:
    """The ledger of the blocks from `low` to before `high` and their margins."""
    if low <= MARGIN and high + MARGIN >= ledger.blocks.count:
        return ledger
    since, until = ledger.blocks.start_of(np.array([low - MARGIN, high + MARGIN])).tolist()
    return open_ledger(transactions, ledger.surroundings, engine, whole=whole, stretch=(since, until))


def _tables(stored: BlockResults | None) -> tuple[pd.DataFrame, ...]:
    return (stored.results, stored.by_chance, stored.cut) if stored else (pd.DataFrame(),) * 3


def _unchanged(table: pd.DataFrame, changed: np.ndarray, count: int) -> pd.DataFrame:
    return table[~table.block.isin(changed) & (table.block < count)]


def _runs(blocks: np.ndarray, max_length: int) -> list[tuple[int, int]]:
    """Ascending blocks as stretches (from, to before) of at most `max_length`."""
    runs: list[tuple[int, int]] = []
    for block in blocks.tolist():
        if runs and runs[-1][1] == block and block - runs[-1][0] < max_length:
            runs[-1] = (runs[-1][0], block + 1)
        else:
            runs.append((block, block + 1))
    return runs


def _cut_table(name: str, results: Results, part: TimedLedger, low: int, high: int) -> pd.DataFrame:
    rows = [(name, int(part.blocks.of(since)), since, until) for since, until in results.cut]
    table = pd.DataFrame(rows, columns=["typology", "block", "since", "until"])
    return table[(table.block >= low) & (table.block < high)]


def _result_table(name: str, results: Results, part: TimedLedger, low: int, high: int) -> pd.DataFrame:
    """The results of the blocks from `low` to before `high`, a row a transaction."""
    block = part.blocks.of(results.anchor)
    chosen = results.select(np.flatnonzero((block >= low) & (block < high)))
    sizes = np.diff(chosen.offsets)
    number = np.repeat(np.arange(len(chosen)), sizes)
    names = part.accounts.take(pa.array(chosen.account)).to_pylist()
    return pd.DataFrame(
        {
            "typology": name,
            "block": part.blocks.of(chosen.anchor)[number],
            "result": number,
            "position": np.arange(len(number)) - chosen.offsets[:-1][number],
            "source_id": part.source_id[chosen.rows],
            "row_number": part.row_number[chosen.rows],
            "account": np.array(names, object)[number],
            "surprise": chosen.surprise[number],
            "anchor": chosen.anchor[number],
        }
    )


def detect_from_blocks(
    stored: BlockResults, ledger: TimedLedger, parameters: Parameters, engine: Engine
) -> Detection:
    """The stored results as positions in the whole ledger, and those of the other typologies, which look at
    few transactions and are searched every time."""
    others = detect(
        ledger, parameters, engine, only=tuple(d.name for d in DETECTORS if d.name not in BY_BLOCK)
    )
    where = _find_positions(ledger, stored.results)
    names = pa.array(stored.results.account, pa.string())
    whose = pc.index_in(names, ledger.accounts).to_numpy(zero_copy_only=False).astype(np.int32)
    results, by_chance = {}, {}
    for name in (name for name in BY_BLOCK if name not in others.off):
        results[name] = _results_of(stored, name, where, whose)
        by_chance[name] = stored.by_chance.surprise[stored.by_chance.typology == name].to_numpy()
    results |= others.results
    in_order = {d.name: results[d.name] for d in DETECTORS if d.name in results}
    return Detection(in_order, by_chance, others.off, {})


def _find_positions(ledger: TimedLedger, rows: pd.DataFrame) -> np.ndarray:
    """The position in the ledger of the transaction of each row (source_id, row_number)."""
    near = np.flatnonzero(np.isin(ledger.row_number, rows.row_number.unique()))
    keys = {"source_id": ledger.source_id[near], "row_number": ledger.row_number[near]}
    found = rows[list(keys)].merge(pd.DataFrame(keys | {"at": near}), how="left", validate="many_to_one")
    return np.asarray(found["at"], np.int64)


def _results_of(stored: BlockResults, name: str, where: np.ndarray, whose: np.ndarray) -> Results:
    """The stored results of one typology; `where` and `whose`: the position in the ledger of each stored row,
    and of its account."""
    own = (stored.results.typology == name).to_numpy()
    rows, where, whose = stored.results[own], where[own], whose[own]
    start = np.flatnonzero(rows.position.to_numpy() == 0)
    cut = stored.cut[stored.cut.typology == name]
    return Results(
        np.append(start, len(rows)),
        where,
        whose[start],
        rows.surprise.to_numpy()[start],
        rows.anchor.to_numpy()[start],
        tuple(zip(cut.since.tolist(), cut.until.tolist(), strict=True)),
    )
