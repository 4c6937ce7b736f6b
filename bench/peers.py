"""Ours against the peers, by turns on the same data, in one table.

    python -m bench.peers [--only WORD] [--rounds 3] [--infoshield CHECKOUT] [--snapml PYTHON] [--data FOLDER]

What each peer needs is said in `bench.adverts.peers`, `bench.finance.snap_ml`, `bench.network.resolve`,
`bench.hotspots.gistar` and `knox`; one that is not here has a row that says so. Answers are compared before
times are told. Kernels are compiled before. ArcGIS cannot be run here, and no time that Esri or
others have published is of a like task on named data, so it has no row."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score

from analytics.adverts.campaigns import find_campaigns
from bench.adverts.peers import peers
from bench.adverts.quality import own_cluster_each
from bench.adverts.synthetic import SyntheticAdverts, adverts
from bench.by_turns import Turns, run_by_turns
from bench.finance.files import read
from bench.finance.supervised import judge, our_columns, raw_columns, share_of_time, snap_columns

_SEED_OF_ADVERTS = 5  # no rule of campaigns was chosen on it
_ADVERTS = 2_000
_SEEDS_OF_LEARNER = 2


@dataclass(frozen=True)
class Row:
    """One line of the table, in words."""

    work: str
    peer: str
    theirs: str
    ours: str
    faster: str
    answers: str


@dataclass(frozen=True)
class Options:
    rounds: int
    data: Path
    infoshield: Path | None
    snapml: Path | None


def compare_gi_star(options: Options) -> Iterator[Row]:
    if missing := _lacks("esda"):
        yield _not_run("Gi* of 250,000 cells", "esda", missing)
        return
    from bench.hotspots.gistar import measure, same_p, same_z

    said, turns = measure(500, 0, same_z, options.rounds)
    yield _row("Gi* of 250,000 cells, z", "esda", turns, said)
    said, turns = measure(200, 999, same_p, options.rounds)
    yield _row("Gi* of 40,000 cells by permutations (999; ours 99,999)", "esda", turns, said)


def compare_knox(options: Options) -> Iterator[Row]:
    file = options.data / "oracles" / "chicago_be.csv.gz"
    missing = _lacks("pointpats") or ("" if file.is_file() else f"{file.name} is not here")
    if missing:
        yield _not_run("near repeats (Knox)", "pointpats", missing)
        return
    from bench.hotspots.knox import measure, read_events

    place, date = read_events(file)
    near, turns = measure(place, date, 99, options.rounds)
    work = f"near repeats (Knox) of {len(place):,} burglaries, 99 permutations (ours 999)"
    yield _row(work, "pointpats", turns, f"the same {near} pairs and expectation")


def compare_adverts(options: Options) -> Iterator[Row]:
    made = adverts(SyntheticAdverts(_ADVERTS, _SEED_OF_ADVERTS, edits=0.1))
    texts, truth = made.text.tolist(), own_cluster_each(made.cluster)
    others = peers(options.infoshield)
    find_campaigns(["compile first", "compile first"])
    own = adjusted_rand_score(truth, own_cluster_each(find_campaigns(texts).campaign))
    work = f"campaigns of {_ADVERTS:,} made-up adverts, a tenth of the words edited"
    for name, run in others.items():
        rounds = 1 if name == "InfoShield" else options.rounds
        try:
            index = adjusted_rand_score(truth, own_cluster_each(run(texts)))
            turns = run_by_turns(lambda run=run: run(texts), lambda: find_campaigns(texts), rounds)
        except subprocess.TimeoutExpired:
            yield _not_run(work, name, "longer than ten minutes")
            continue
        yield _row(work, name, turns, f"index of agreement with the truth {own:.3f} against {index:.3f}")
    for name, module in (("rensa", "rensa"), ("datasketch", "datasketch"), ("Drain3", "drain3")):
        if missing := _lacks(module):
            yield _not_run(work, name, missing)
    if options.infoshield is None:
        yield _not_run(work, "InfoShield", "no checkout is named (--infoshield)")


def compare_money(options: Options) -> Iterator[Row]:
    file = options.data / "transactions" / "zipf_bg_ibm_patterns_100k.parquet"
    work = "features of a ledger of 100,000 payments for one learner (148 columns; ours 12)"
    if options.snapml is None or not file.is_file():
        why = "no Python with snapml is named (--snapml)" if options.snapml is None else f"no {file.name}"
        yield _not_run(work, "Snap ML", why)
        return
    seen, known = read(file)
    ledger, ours = our_columns(seen)  # compiles
    python = options.snapml
    theirs = snap_columns(ledger, python)
    truth = known.attempt.loc[ledger.row_number].notna().to_numpy()
    moment, raw = share_of_time(ledger), raw_columns(ledger)
    scores = [
        judge(np.column_stack([raw, columns]), truth, moment, label, _SEEDS_OF_LEARNER)
        for columns, label in ((ours, "with our 12"), (theirs, "with Snap ML's 148"))
    ]
    turns = run_by_turns(lambda: snap_columns(ledger, python), lambda: our_columns(seen), options.rounds)
    (own_f1, own_ap), (f1, ap) = scores
    says = f"F1 {own_f1:.3f} against {f1:.3f}, average precision {own_ap:.3f} against {ap:.3f}"
    yield _row(work, "Snap ML", turns, says)


def compare_entities(options: Options) -> Iterator[Row]:
    folder = options.data / "entities"
    missing = _lacks("splink") or ("" if (folder / "febrl3.csv").is_file() else "no febrl3.csv")
    if missing:
        yield _not_run("rows of one person", "Splink", missing)
        return
    from bench.network.resolve import read_sets, run

    for name, table, columns, truth, run_peer in read_sets(folder):
        pairs = [(run_peer(table, truth), run(name, table, columns, truth)) for _ in range(options.rounds)]
        turns = Turns([theirs.seconds for theirs, _ in pairs], [ours.seconds for _, ours in pairs])
        theirs, ours = pairs[-1]
        says = f"F1 of pairs within groups {ours.cluster_f1:.4f} against {theirs.cluster_f1:.4f}"
        yield _row(f"rows of one person, {name}, {len(table):,}", "Splink", turns, says)


COMPARISONS: dict[str, Callable[[Options], Iterator[Row]]] = {
    "hotspots": compare_gi_star,
    "near repeats": compare_knox,
    "adverts": compare_adverts,
    "money": compare_money,
    "entities": compare_entities,
}


def write_table(rows: list[Row]) -> str:
    """As Markdown."""
    lines = ["| work | peer | its seconds | ours | times as fast | answers |", "| --- " * 6 + "|"]
    return "\n".join(
        lines
        + [
            f"| {row.work} | {row.peer} | {row.theirs} | {row.ours} | {row.faster} | {row.answers} |"
            for row in rows
        ]
    )


def _row(work: str, peer: str, turns: Turns, answers: str) -> Row:
    slow, fast = turns.medians
    return Row(work, peer, f"{slow:.2f}", f"{fast:.3f}", turns.say_ratio(), answers)


def _not_run(work: str, peer: str, why: str) -> Row:
    return Row(work, peer, "", "", "", f"not run: {why}")


def _lacks(module: str) -> str:
    """Why a peer cannot run; '' where it can."""
    return "" if importlib.util.find_spec(module) else f"{module} is not installed"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=sorted(COMPARISONS), help="one kind of work")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--infoshield", type=Path)
    parser.add_argument("--snapml", type=Path, help="a Python that has snapml")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    asked = parser.parse_args()
    warnings.filterwarnings("ignore")
    options = Options(asked.rounds, asked.data, asked.infoshield, asked.snapml)
    rows = [
        row for name, compare in COMPARISONS.items() if asked.only in (None, name) for row in compare(options)
    ]
    print(write_table(rows))


if __name__ == "__main__":
    main()
