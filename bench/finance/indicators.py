"""Indicators on the built-in scenario, whose truth is known: precision of the first 50 and 200 leads, and who
of the innocent is among them.

    python -m bench.finance.indicators                 # seeds 1 to 5
    python -m bench.finance.indicators 11 12 13        # others

A lead on an organiser is right where the account belongs to an organiser of an exploitation, to a hub of a
laundering typology or to a member of a network. A welfare lead is right where it is a victim's; an account
through which others' money runs (a hub) is counted apart. There are only so many to find: `most` is the
precision of a list that knew them. The scenario and the rules were written together, so these figures compare
rules, and say nothing of real accounts."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow.parquet as pq

from analytics.finance.indicators import (
    IndicatorParameters,
    LeadParameters,
    find_indicators,
    rank_indicator_leads,
)
from analytics.training import generate
from analytics.training.scoring.account_truth import read_account_truth
from analytics.training.settings import read_settings

GUILTY = ("organiser", "hub", "member")
INNOCENT = ("ordinary", "lookalike", "background")
FAMILIES = ("family account", "large family", "young earner")


def measure(seed: int, scale: float = 1.0) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """(leads on organisers, welfare leads) with what each account is, and the seconds the rules took."""
    with TemporaryDirectory() as folder:
        generate(seed, scale, Path(folder))
        tables = [
            pq.read_table(Path(folder) / f"{name}.parquet")
            for name in ("transactions", "accounts", "adverts")
        ]
        truth = read_account_truth(Path(folder)).set_index("account")
    scenario = read_settings()
    parameters = IndicatorParameters(
        time_zone=scenario["area"]["time_zone"], lines={"GBP": scenario["typologies"]["line"] * 100}
    )
    started = time.perf_counter()
    found = find_indicators(*tables, parameters)
    seconds = time.perf_counter() - started
    lists = []
    for side in ("organiser", "victim"):
        leads = rank_indicator_leads(found, side, LeadParameters(min_families=1))
        leads["part"] = leads.account.map(truth.part).fillna("background")
        leads["kind"] = leads.account.map(truth.kind).fillna("background")
        leads.attrs["to_find"] = int(truth.part.isin(GUILTY if side == "organiser" else ["victim"]).sum())
        lists.append(leads)
    return *lists, seconds


def summary(leads: pd.DataFrame, right: tuple[str, ...], count: int) -> dict[str, object]:
    """Precision of the first `count` leads, the most it could be, and the innocent among them."""
    first = leads.head(count)
    innocent = first[first.part.isin(INNOCENT)]
    return {
        "read": len(first),
        "right": int(first.part.isin(right).sum()),
        "precision": first.part.isin(right).mean() if len(first) else 0.0,
        "most": min(1.0, leads.attrs["to_find"] / max(1, len(first))),
        "families": int(first.kind.isin(FAMILIES).sum()),
        "other innocent": int((~innocent.kind.isin(FAMILIES)).sum()),
    }


def main() -> None:
    seeds = [int(seed) for seed in sys.argv[1:]] or [1, 2, 3, 4, 5]
    rows, kinds, several = [], [], []
    for seed in seeds:
        organisers, victims, seconds = measure(seed)
        for name, leads, right in (("organiser", organisers, GUILTY), ("welfare", victims, ("victim",))):
            for count in (50, 200):
                rows.append({"seed": seed, "list": name, "leads": count, **summary(leads, right, count)})
            two = leads[leads.families >= 2]
            several.append(
                {
                    "seed": seed,
                    "list": name,
                    "leads": len(two),
                    "right": two.part.isin(right).sum(),
                    "victims": (two.part == "victim").sum(),
                    "hubs": (two.part == "hub").sum(),
                    "innocent": two.part.isin(INNOCENT).sum(),
                    "families of them": two.kind.isin(FAMILIES).sum(),
                }
            )
            kinds.append(leads.head(50)[["part", "kind"]].assign(list=name))
        print(
            f"seed {seed}: rules took {seconds:.1f} s; exploiters among the first 50: "
            f"{(organisers.head(50).part == 'organiser').sum()} of 10",
            flush=True,
        )
    table = pd.DataFrame(rows)
    print(table.round(3).to_string(index=False))
    print("\nMean over seeds")
    print(
        table.groupby(["list", "leads"])[["read", "right", "precision", "most", "families", "other innocent"]]
        .mean()
        .round(2)
        .to_string()
    )
    print("\nLeads with signs of two families or more (the page's default)")
    print(pd.DataFrame(several).to_string(index=False))
    print("\nWho is among the first 50, all seeds")
    print(pd.concat(kinds).value_counts(["list", "part", "kind"]).to_string())


if __name__ == "__main__":
    main()
