"""Schemes found against leads read, in worlds made by other rules than the detectors were chosen on.

    python -m bench.finance.made_worlds [--worlds parish market district] [--seeds 1 2 3]
    python -m bench.finance.made_worlds --worlds harbour campus        # kept apart: nothing is chosen on them

A scheme counts as found when more than half of its payments are among those shown so far. A lead is right
where more than half of its payments belong to schemes; `innocent` counts those of which more than half
belong to innocent gatherings. `says <= 10 %`: leads whose chance of being wrong is given as at most that,
and how many of them are wrong."""

from __future__ import annotations

import argparse
import time

import pandas as pd

from analytics.finance.leads import Leads, find_leads
from bench.finance.leads import found
from bench.finance.worlds import KEPT_APART, LEARNING
from bench.finance.worlds.sheet import MadeWorld

READ = (50, 100, 200, 500)
LEVELS = (0.05, 0.1, 0.3, 0.5)


def judge_leads(leads: Leads, world: MadeWorld) -> pd.DataFrame:
    """The leads with `right` and, where an innocent gathering has most of one, its kind as `innocent`."""
    rows = leads.evidence[["lead_id", "row_number"]].copy()
    rows["crime"] = world.truth.attempt.loc[rows.row_number].notna().to_numpy()
    rows["mark"] = world.innocent.loc[rows.row_number].to_numpy()
    share = rows.groupby("lead_id").crime.mean()
    marked = rows.dropna(subset="mark").groupby("lead_id").mark
    most = marked.agg(lambda marks: marks.str.rsplit(n=1).str[0].mode().iat[0])
    most = most[marked.size() * 2 > rows.groupby("lead_id").size().reindex(most.index)]
    judged = leads.leads[["lead_id", "rank", "typology", "by_chance", "score"]].copy()
    judged["right"] = (judged.lead_id.map(share) > 0.5).to_numpy()
    judged["innocent"] = judged.lead_id.map(most)
    return judged


def schemes_found(leads: Leads, world: MadeWorld) -> pd.DataFrame:
    """By kind of scheme: how many there are, and are found in so many leads."""
    evidence = leads.evidence.merge(leads.leads[["lead_id", "rank"]], on="lead_id")
    kinds = pd.Series(world.truth.kind)
    table = pd.DataFrame({"there are": kinds.value_counts().sort_index()})
    for read in READ:
        hit = found(evidence.row_number[evidence["rank"] <= read], world.truth)
        table[read] = kinds.loc[sorted(hit)].value_counts().reindex(table.index).fillna(0).astype(int)
    return table


def calibration(judged: pd.DataFrame) -> pd.DataFrame:
    """Of the leads that give at most so much as their chance of being wrong, how many there are and are."""
    rows = []
    for level in LEVELS:
        own = judged[judged.by_chance <= level]
        rows.append({"says at most": level, "leads": len(own), "wrong": int((~own.right).sum())})
    return pd.DataFrame(rows).assign(share=lambda table: table.wrong / table.leads)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    worlds = LEARNING | KEPT_APART
    parser.add_argument("--worlds", nargs="+", choices=list(worlds), default=list(LEARNING))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    arguments = parser.parse_args()
    everything = []
    for name in arguments.worlds:
        tables, judgements, busy = [], [], 0.0
        for seed in arguments.seeds:
            world = worlds[name](seed)
            start = time.process_time()
            leads = find_leads(world.seen)
            busy += time.process_time() - start
            tables.append(schemes_found(leads, world))
            judgements.append(judge_leads(leads, world))
        every = pd.concat(judgements, ignore_index=True)
        everything.append(every)
        size = f"{len(world.seen):,} payments, {busy / len(tables):.1f} processor seconds each"
        print(f"\n{name}, seeds {arguments.seeds}: {size}", flush=True)
        table = pd.concat(tables).groupby(level=0).sum()
        table.loc["all"] = table.sum()
        print(table.to_string())
        for read in (50, 100):
            first = every[every["rank"] <= read]
            innocent = first.innocent.value_counts().to_dict()
            print(f"first {read}: {first.right.mean():.0%} of the leads right; innocent: {innocent}")
        print(calibration(every).to_string(index=False, float_format="%.2f"))
        none = int((every.score <= 0).sum())
        print(f"leads {len(every) / len(tables):.0f} a world, {none} of score 0")
    print("\nAll worlds together")
    print(calibration(pd.concat(everything)).to_string(index=False, float_format="%.2f"))


if __name__ == "__main__":
    main()
