"""A dozen columns of ours against Snap ML's 148 with the same learner: which transactions are laundering?

    python -m bench.finance.supervised [--snapml PYTHON] [--known-by DAYS ...] [--seeds 5] [FILE.parquet]

Split by time: the first 42 % to learn from, the next 10 % to choose the threshold of F1, the next 33 % to
test; after that the file has no attempts. Scikit-learn's HistGradientBoostingClassifier with its defaults,
seeds from 0. Both get amount, hour and weekday besides. Ours are worked out on the whole ledger, as an
investigation after the fact would; Snap ML's are streaming: each batch knows the past only. With `--known-by
0` ours of a transaction use nothing later than the end of its day (UTC; with `--hours 6` of its six hours),
with `--known-by 4` nothing later than four days after that, which takes a search for each day. No column ever
sees a label. Without --snapml the peer is its figures as measured before: F1 0.351, AP 0.295."""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, f1_score, precision_recall_curve

from analytics.finance.typologies.detection import detect
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, build_ledger
from analytics.finance.typologies.false_discovery import chance_of_nothing
from analytics.finance.typologies.parameters import read_parameters
from analytics.store import Store
from analytics.store.engine import DuckDBEngine
from bench.finance.files import FOLDER, read

TYPOLOGIES = ("cycle", "ring", "scatter-gather", "gather-scatter", "fan-in", "fan-out", "chain")
LEARN, CHOOSE, TEST = (0.0, 0.42), (0.42, 0.52), (0.52, 0.85)  # shares of the time
TARGET_F1, TARGET_AP = 1.3 * 0.361, 1.3 * 0.312


def our_columns(seen) -> tuple[TimedLedger, np.ndarray]:
    """The ledger and twelve columns: the greatest surprise of each of seven typologies that holds the
    transaction, the lowest chance of nothing, whether the pair is new, how often it deals, and how quiet both
    sides are otherwise."""
    store = Store(":memory:")
    engine, parameters = DuckDBEngine(store), read_parameters()
    ledger = build_ledger(seen, parameters.surroundings, engine)
    detection = detect(ledger, parameters, engine, only=TYPOLOGIES)
    store.close()
    columns, nothing = [], np.ones(len(ledger))
    for name in TYPOLOGIES:
        found = detection.results[name]
        chance, _ = chance_of_nothing(found.surprise, detection.by_chance[name], found.judged)
        surprise, sizes = np.zeros(len(ledger)), np.diff(found.offsets)
        np.maximum.at(surprise, found.rows, np.repeat(found.surprise, sizes))
        np.minimum.at(nothing, found.rows, np.repeat(chance, sizes))
        columns.append(surprise)
    payer = np.bincount(ledger.payer[ledger.first], minlength=len(ledger.accounts))[ledger.payer]
    columns += [
        -np.log10(np.maximum(nothing, 1e-30)),
        ledger.first,
        ledger.pair_count,
        ledger.payee_quietness,
        payer,
    ]
    return ledger, np.column_stack(columns).astype(np.float32)


def known_by(seen: pa.Table, ledger: TimedLedger, days: float, step: int) -> np.ndarray:
    """The same columns where those of a transaction use only what was known `days` after the end of its slice
    of time, `step` microseconds long; zero for those after the test part, of which nothing is asked."""
    moment = seen["occurred_at"].cast(pa.timestamp("us")).cast(pa.int64())
    slice_ = ledger.time // step
    columns = np.zeros((len(ledger), 12), np.float32)
    for now in np.unique(slice_[share_of_time(ledger) < TEST[1]]):
        part, found = our_columns(seen.filter(pc.less(moment, int((now + 1) * step + days * DAY))))
        own = np.flatnonzero(
            slice_[: len(part)] == now
        )  # both in the same order: the part is how the whole begins
        columns[own] = found[own]
    return columns


def share_of_time(ledger: TimedLedger) -> np.ndarray:
    """How far into the data's time each transaction lies, 0 to 1."""
    return (ledger.time - ledger.begin) / (ledger.end - ledger.begin)


def raw_columns(ledger: TimedLedger) -> np.ndarray:
    hours = ledger.time // 3_600_000_000
    return np.column_stack([np.log1p(ledger.amount), hours % 24, hours // 24 % 7]).astype(np.float32)


def snap_columns(ledger: TimedLedger, python: Path) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "in.npy"), Path(folder, "out.npy")
        seconds = ledger.time // 1_000_000
        np.save(
            given,
            np.column_stack(
                [np.arange(len(ledger)), ledger.payer, ledger.payee, seconds, ledger.amount]
            ).astype(np.float64),
        )
        subprocess.run([python, Path(__file__).with_name("snap_ml.py"), given, made], check=True)
        return np.load(made)


def judge(
    columns: np.ndarray, truth: np.ndarray, moment: np.ndarray, label: str, seeds: int
) -> tuple[float, float]:
    """F1 and average precision on the test part, mean of `seeds`, printed."""
    learn, choose, test = ((moment >= since) & (moment < until) for since, until in (LEARN, CHOOSE, TEST))
    scores = []
    for seed in range(seeds):
        model = HistGradientBoostingClassifier(random_state=seed).fit(columns[learn], truth[learn])
        chosen = model.predict_proba(columns[choose])[:, 1]
        precision, recall, threshold = precision_recall_curve(truth[choose], chosen)
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
        probability = model.predict_proba(columns[test])[:, 1]
        least = threshold[min(int(f1.argmax()), len(threshold) - 1)]
        scores.append(
            (f1_score(truth[test], probability >= least), average_precision_score(truth[test], probability))
        )
    mean, low = np.mean(scores, axis=0), np.min(scores, axis=0)
    print(
        f"{label:<40} F1 {mean[0]:.3f} (least {low[0]:.3f}), AP {mean[1]:.3f} ({low[1]:.3f}); "
        f"{int(truth[test].sum())} positives of {int(test.sum()):,}",
        flush=True,
    )
    return mean[0], mean[1]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--snapml", type=Path, help="A Python that has snapml.")
    parser.add_argument(
        "--known-by",
        type=float,
        nargs="*",
        default=[],
        metavar="DAYS",
        help="After the end of a transaction's day.",
    )
    parser.add_argument(
        "--hours", type=float, default=24, help="How long a slice of time is that --known-by adds to."
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("file", nargs="?", type=Path, default=FOLDER / "zipf_bg_ibm_patterns_1m.parquet")
    arguments = parser.parse_args()
    seen, known = read(arguments.file)
    start = time.perf_counter()
    ledger, ours = our_columns(seen)
    print(f"ours: {ours.shape[1]} columns in {time.perf_counter() - start:.1f} s")
    truth = known.attempt.loc[ledger.row_number].notna().to_numpy()
    moment = share_of_time(ledger)
    raw = raw_columns(ledger)
    judge(raw, truth, moment, "amount, hour, weekday", arguments.seeds)
    scores = {
        "whole ledger": judge(
            np.column_stack([raw, ours]), truth, moment, "with our 12, whole ledger", arguments.seeds
        )
    }
    for days in arguments.known_by:
        start = time.perf_counter()
        columns = np.column_stack([raw, known_by(seen, ledger, days, int(arguments.hours * 3_600_000_000))])
        print(f"ours, slice by slice: {time.perf_counter() - start:.1f} s")
        name = f"known {days:g} days after its {arguments.hours:g} hours"
        scores[name] = judge(columns, truth, moment, f"with our 12, {name}", arguments.seeds)
    peer = (0.351, 0.295)
    if arguments.snapml:
        peer = judge(
            np.column_stack([raw, snap_columns(ledger, arguments.snapml)]),
            truth,
            moment,
            "with Snap ML columns",
            arguments.seeds,
        )
    for name, (f1, ap) in scores.items():
        print(
            f"ours ({name}) by Snap ML: F1 {f1 / peer[0]:.2f} times, AP {ap / peer[1]:.2f} times; target F1 "
            f"{TARGET_F1:.3f}, AP {TARGET_AP:.3f}"
        )


if __name__ == "__main__":
    main()
