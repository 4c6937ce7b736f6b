"""The same attempts over newly drawn backgrounds: do the figures depend on one background and one seed?

    python -m bench.finance.unseen_data [--seeds 1 2 3] [--size 300000] [--worlds town trade strangers]

Three ways of living, 90 days each. `town`: wages, rent, shops and a few contacts. `trade`: firms of very
different size that deal with many, a sixth of them new every time. `strangers`: as the town, but every fifth
payment goes to somebody at random, and some accounts deal with everybody. The attempts of AMLworld HI-Small
begin on day 45; their accounts are assigned at random among the background's, and their sums have the
background's mean and spread (of logarithms), so that size alone says little."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.finance.leads import find_leads
from bench.finance.files import FOLDER, Truth
from bench.finance.leads import curve

DAYS, BEGIN, DAY = 90, 45, 86_400
ATTEMPTS = FOLDER / "ibm_aml_hi_small_patterns.csv.gz"


@dataclass(frozen=True)
class World:
    """Shares of the payments to shops and to anybody; the rest go to contacts. `contacts`: of the median
    account. `spread`: of activity and of contacts (deviation of logarithms). `monthly`: whether all have
    wages and rent."""

    shops: float
    anybody: float
    contacts: float
    spread: float
    monthly: bool = True
    payments: int = 33  # of an account


WORLDS = {
    "town": World(0.6, 0.03, 5, 0.5),
    "trade": World(0.0, 0.16, 8, 1.3, monthly=False),
    "strangers": World(0.4, 0.25, 6, 1.0),
}


def background(rng: np.random.Generator, world: World, people: int) -> pd.DataFrame:
    """payer, payee (numbers), seconds, log_sum of the payments of so many people."""
    calendar = (
        _calendar(people)
        if world.monthly
        else pd.DataFrame({"payer": [], "payee": [], "day": [], "log_sum": []})
    )
    size = people * world.payments - len(calendar)
    shops, activity = max(8, people // 60), rng.lognormal(0, world.spread, people)
    payer = rng.choice(people, size, p=activity / activity.sum())
    known = np.maximum(1, rng.poisson(world.contacts * rng.lognormal(0, world.spread, people)))
    starts = np.concatenate([[0], np.cumsum(known)])
    partners = rng.choice(people, starts[-1], p=activity / activity.sum())
    contact = partners[
        starts[payer] + (known[payer] * rng.random(size) ** 2).astype(int)
    ]  # some much more than others
    near, far = rng.integers(0, shops, (6, people)), rng.integers(0, shops, size)
    shop = people + np.where(rng.random(size) < 0.8, near[rng.integers(0, 6, size), payer], far)
    kind = rng.choice(3, size, p=[world.shops, 1 - world.shops - world.anybody, world.anybody])
    rows = pd.DataFrame(
        {
            "payer": payer,
            "payee": np.choose(kind, [shop, contact, rng.integers(0, people, size)]),
            "day": rng.integers(0, DAYS, size),
            "log_sum": np.array([3.3, 4.2, 4.2])[kind],
        }
    )
    rows = pd.concat([calendar, rows], ignore_index=True).astype({"payer": int, "payee": int, "day": int})
    hour = rng.normal(14, 4, len(rows)).clip(0, 23.9)
    return rows.assign(
        seconds=rows.day * DAY + (hour * 3600).astype(int),
        log_sum=rows.log_sum + rng.normal(0, 1.1, len(rows)),
    ).drop(columns="day")


def _calendar(people: int) -> pd.DataFrame:
    """Everybody's wage on the employer's day and rent on the landlord's, month by month. Employers and
    landlords have numbers beyond those of people and shops."""
    who = np.tile(np.arange(people), DAYS // 30)
    month = np.repeat(np.arange(DAYS // 30), people)
    firm, landlord = 2 * people + who % max(5, people // 90), 3 * people + who % max(5, people // 25)
    wages = pd.DataFrame({"payer": firm, "payee": who, "day": 30 * month + 22 + firm % 7, "log_sum": 7.0})
    rents = pd.DataFrame({"payer": who, "payee": landlord, "day": 30 * month + landlord % 3, "log_sum": 6.0})
    return pd.concat([wages, rents], ignore_index=True)


def attempts(rng: np.random.Generator, people: int, usual: pd.Series) -> pd.DataFrame:
    """The attempts' payments as of a background of so many people: as `background`, with attempt and kind."""
    attempts = pd.read_csv(ATTEMPTS, dtype=str)
    moment = pd.to_datetime(attempts.timestamp)
    names = pd.unique(pd.concat([attempts.from_account, attempts.to_account]))
    dealt = pd.Series(rng.choice(people, len(names), replace=len(names) > people), index=names)
    size = np.log(attempts.amount_paid.astype(float).clip(lower=0.01))
    return pd.DataFrame(
        {
            "payer": dealt[attempts.from_account].to_numpy(),
            "payee": dealt[attempts.to_account].to_numpy(),
            "seconds": (moment - moment.min().normalize()).dt.total_seconds().astype(int) + BEGIN * DAY,
            "log_sum": usual.mean() + usual.std() * (size - size.mean()) / size.std(),
            "attempt": attempts.pattern_id,
            "kind": attempts.family.str.lower(),
        }
    )


def fresh(seed: int, world: World, size: int) -> tuple[pa.Table, Truth]:
    """What a detector sees, in order of time, and the truth."""
    rng = np.random.default_rng(seed)
    people = size // world.payments
    quiet = background(rng, world, people)
    planted = attempts(rng, people, quiet.log_sum)
    rows = pd.concat([quiet, planted], ignore_index=True).sort_values(
        "seconds", kind="stable", ignore_index=True
    )
    number = np.arange(len(rows))
    seen = pa.table(
        {
            "source_id": pa.array(np.ones(len(rows), np.int32)),
            "row_number": number,
            "occurred_at": pa.array(rows.seconds.to_numpy() * 1_000_000, pa.timestamp("us")),
            "from_account": pa.array(rows.payer.to_numpy()).cast(pa.string()),
            "to_account": pa.array(rows.payee.to_numpy()).cast(pa.string()),
            "amount_minor": np.maximum(1, np.exp(rows.log_sum) * 100).astype(np.int64),
            "currency": ["USD"] * len(rows),
        }
    )
    known = rows.dropna(subset=["attempt"])
    attempt = rows.attempt.astype(object).where(rows.attempt.notna(), None)
    return seen, Truth(attempt, dict(zip(known.attempt, known.kind, strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--size", type=int, default=300_000)
    parser.add_argument("--worlds", nargs="+", choices=list(WORLDS), default=list(WORLDS))
    arguments = parser.parse_args()
    for name in arguments.worlds:
        for seed in arguments.seeds:
            seen, truth = fresh(seed, WORLDS[name], arguments.size)
            start = time.perf_counter()
            leads = find_leads(seen)
            print(
                f"\n{name}, seed {seed}: {len(seen):,} transactions, leads in "
                f"{time.perf_counter() - start:.1f} s"
            )
            evidence = leads.evidence.merge(leads.leads[["lead_id", "rank"]], on="lead_id")
            curve(evidence, truth, "leads")


if __name__ == "__main__":
    main()
