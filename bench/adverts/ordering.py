"""Does the order learnt from judgements find organised adverts sooner? Reading simulated on the invented
city.

python -m bench.adverts.ordering [--seeds 6] [--first-seed 1] [--scale 8]

An analyst reads operations one by one and judges each rightly: organised where most of its adverts were
planted for a network, independent else. One run is by the strength of the link, one by what is worth reading,
one is random, and in one the rest is reordered after every ten judgements, as the page does. Printed:
organised operations found among the first reads, and reads until 80 % of them are found, as mean and range
over the seeds; paired differences with a 95 % interval (t). Nothing is tuned on seeds from 3 on."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from scipy import stats

from analytics.adverts.indicator_hits import build_features, find_hits
from analytics.adverts.indicators import load_indicators
from analytics.adverts.ordering import TooFewJudgements, order_by_judgements
from analytics.adverts.pipeline import update
from analytics.adverts.queries import AdvertFilter, list_operations
from analytics.adverts.worth_reading import order_by_worth
from analytics.oversight import Actor
from analytics.store import Store
from analytics.training import generate, load
from analytics.training.scoring.account_truth import read_row_truth

EVERY = 10
READS = (20, 50, 100, 200)


def city(seed: int, scale: float) -> tuple[pd.DataFrame, pd.Series, pd.Series, pd.Series]:
    """Features by operation, its strength of link, its worth of reading, and whether it is organised, of one
    seed."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        generate(seed, scale, folder / "city")
        store = Store(folder / "store.duckdb")
        load(store, folder / "city", Actor("bench"))
        update(store, Actor("bench"))
        operations = list_operations(store, AdvertFilter())
        file = load_indicators()
        hits = find_hits(store, file)
        features = build_features(operations, hits, file)
        worth = order_by_worth(store, hits, file).worth
        planted = read_row_truth(folder / "city")
        members = store.query(
            "SELECT operation_id, reference FROM operation_advert JOIN advert USING (source_id, row_number)"
        ).to_pandas()
        store.close()
    known = members.reference.isin(planted.reference[planted.table == "adverts"])
    organised = known.groupby(members.operation_id).mean() > 0.5
    score = operations.set_index("operation_id").score
    return features, score, worth, organised.reindex(score.index)


def read_as_ordered(features: pd.DataFrame, score: pd.Series, organised: pd.Series) -> np.ndarray:
    """Whether each operation read in turn is organised, the rest reordered after every ten judgements."""
    rest = score.sort_values(ascending=False, kind="stable").index.tolist()
    read: list[int] = []
    while rest:
        if len(read) % EVERY == 0:
            judged = organised.loc[read].map({True: "lead", False: "other"})
            try:
                learned = order_by_judgements(features, judged, score)
            except TooFewJudgements:
                pass
            else:
                rest = learned.scores.loc[rest].sort_values(ascending=False, kind="stable").index.tolist()
        read.append(rest.pop(0))
    return organised.loc[read].to_numpy()


def found(hits: np.ndarray) -> dict[str, float]:
    needed = int(np.ceil(0.8 * hits.sum()))
    return {f"in {n} reads": float(hits[:n].sum()) for n in READS} | {
        "reads to 80 %": float(np.flatnonzero(np.cumsum(hits) >= needed)[0] + 1)
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=8.0)
    arguments = parser.parse_args()
    rows = []
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
        features, score, worth, organised = city(seed, arguments.scale)
        if organised.sum() < 2:
            raise SystemExit(f"seed {seed}: under two organised operations were found; take a larger scale")
        by_default = organised.loc[score.sort_values(ascending=False, kind="stable").index].to_numpy()
        rng = np.random.default_rng(seed)
        by_chance = pd.DataFrame([found(rng.permutation(by_default)) for _ in range(200)]).mean().to_dict()
        for name, result in (
            ("random", by_chance),
            ("by strength", found(by_default)),
            ("worth reading", found(organised.loc[worth.index].to_numpy())),
            ("learnt", found(read_as_ordered(features, score, organised))),
        ):
            rows.append(
                {"seed": seed, "order": name, "operations": len(score), "organised": int(organised.sum())}
                | result
            )
        print(f"seed {seed}: {len(score)} operations, {organised.sum()} organised", flush=True)
    table = pd.DataFrame(rows)
    measures = [f"in {n} reads" for n in READS] + ["reads to 80 %"]
    for name, part in table.groupby("order", sort=False):
        parts = "; ".join(
            f"{measure} {part[measure].mean():.1f} ({part[measure].min():.0f}-{part[measure].max():.0f})"
            for measure in measures
        )
        print(f"{name:12s} {parts}")
    wide = table.pivot(index="seed", columns="order", values=measures)
    for measure in measures:
        difference = wide[measure]["learnt"] - wide[measure]["by strength"]
        half = stats.t.ppf(0.975, len(difference) - 1) * difference.std(ddof=1) / np.sqrt(len(difference))
        print(
            f"learnt less by strength, {measure}: {difference.mean():+.1f} (95 % interval "
            f"{difference.mean() - half:+.1f} to {difference.mean() + half:+.1f})"
        )


if __name__ == "__main__":
    main()
