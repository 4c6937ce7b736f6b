"""Verdicts where nothing was done, and where an action halved, quartered or moved a place's crime next door.

    python -m bench.tasking.effect_worlds --out FILE [--seeds 400] [--first 1000] [--subjects place]
        [--varying 0.25]

Three towns (flat, rising to 1.6 times or falling to 0.6 times over 500 days) by three sizes of place (0.3,
0.8 and 2.5 incidents a day, all places in proportion), 28 days after the action; and networks of the same
counts, judged by their volume as *Results* judges them. The place is in the middle of the town of
`bench.tasking.effect`, chosen without a look at its counts. 'Moved next door' halves the place and gives what
is gone to the eight places around it. Each verdict is appended to FILE (JSON, one a line) as it is reached;
seeds that stand there are not run again, and the table is of all that stand there. With `--table` nothing is
run. With `--varying` each place's months vary by so much (standard deviation over mean) by themselves: give
it a FILE of its own."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.tasking.effect import FEWER, MORE, UNJUDGED
from analytics.tasking.effect.measure import SIMILAR_PLACES
from analytics.tasking.networks import NetworkRecord, measure_network
from bench.tasking.effect import AFTER, FIRST, LAST, SIDE, START, city, judge, judge_counts

_MIDDLE = SIDE * SIDE // 2
ACTIONS: dict[str, dict[str, float]] = {
    "none": {},
    "halved": {"effect": 0.5},
    "quartered": {"effect": 0.25},
    "moved next door": {"effect": 0.5, "moved": 1.0},
}
TOWNS = {"flat": 1.0, "rising": 1.6, "falling": 0.6}
SIZES = {"few": 0.3, "some": 0.8, "many": 2.5}
SUBJECTS = ("place", "network")


def run_place(seed: int, planted: dict[str, float], whole: bool = False) -> dict[str, object]:
    """The verdict at a place, from the town's counts where its similar places are comparable (`whole`: from
    points, by all that the page shows); whether the interval and the quotient contradict it."""
    counted = judge_counts(city(np.random.default_rng(seed), at=_MIDDLE, **planted), _MIDDLE)
    if counted and not whole:
        side = {FEWER: -1, MORE: 1}.get(counted.verdict, 0)
        contradicts = bool(side and side != counted.sign)
        return {"verdict": counted.verdict, "basis": SIMILAR_PLACES, "contradicts": contradicts}
    effect = judge(seed, at=_MIDDLE, **planted)
    local = effect.displacement.difference.set_index("part").loc["local"] if effect.displacement else None
    sign = {FEWER: -1, MORE: 1}.get(effect.verdict, 0)
    low, high = (local.low, local.high) if local is not None else (np.nan, np.nan)
    contradicts = bool(sign and effect.is_compared and not (high < 0 if sign < 0 else low > 0))
    return {"verdict": effect.verdict, "basis": effect.basis, "contradicts": contradicts}


def run_network(seed: int, planted: dict[str, float]) -> dict[str, object]:
    """The verdict on a network's volume; the other networks are those of the town, the likest first."""
    counts = city(np.random.default_rng(seed), at=_MIDDLE, **planted)
    total = counts[:, :-AFTER].sum(axis=1)
    others = np.delete(np.arange(len(counts)), _MIDDLE)
    order = others[np.argsort(np.abs(np.sqrt(total[others]) - np.sqrt(total[_MIDDLE])), kind="stable")][:100]
    chosen = counts[np.append(_MIDDLE, order)]
    unit, day = np.nonzero(chosen)
    times = chosen[unit, day]
    events = pd.DataFrame(
        {
            "unit": np.repeat(unit, times),
            "day": pd.to_datetime(np.datetime64(FIRST) + np.repeat(day, times)),
        }
    )
    nothing = pd.DataFrame({"day": pd.to_datetime([]), "trait": [], "value": []})
    ties = pd.DataFrame({"day": pd.to_datetime([]), "left": [], "right": []})
    found = measure_network(NetworkRecord("adverts", events, nothing, ties, {}, LAST), START)
    return {"verdict": found.verdict, "basis": "similar networks", "contradicts": False}


def list_worlds(
    first: int, seeds: int, subjects: Sequence[str] = SUBJECTS
) -> Iterator[tuple[str, str, str, str, int]]:
    """(subject, action, town, size, seed); a seed of every world before the next, so that what is broken off
    is even."""
    worlds = [
        world
        for world in product(subjects, ACTIONS, TOWNS, SIZES)
        if world[:2] != ("network", "moved next door")  # a network has no next door
    ]
    return ((*world, seed) for seed in range(first, first + seeds) for world in worlds)


def run(world: tuple[str, str, str, str, int], varying: float = 0.0) -> dict[str, object]:
    subject, action, town, size, seed = world
    planted = {**ACTIONS[action], "town": TOWNS[town], "busy": SIZES[size], "varying": varying}
    found = (run_place if subject == "place" else run_network)(seed, planted)
    return dict(zip(("subject", "action", "town", "size", "seed"), world, strict=True)) | found


def print_tables(found: pd.DataFrame) -> None:
    found = found.assign(
        fewer=found.verdict == FEWER, more=found.verdict == MORE, refused=found.verdict == UNJUDGED
    )
    shares = {"runs": ("seed", "size"), **{name: (name, "mean") for name in ("fewer", "more", "refused")}}
    for by in (["subject", "action"], ["subject", "action", "size"], ["subject", "action", "town"]):
        table = found.groupby(by, sort=False).agg(**shares)
        print("| " + " | ".join([*by, *shares]) + " |\n|" + " --- |" * (len(by) + len(shares)))
        for row in table.reset_index().itertuples(index=False):
            words = [f"{part:.1%}" if isinstance(part, float) else str(part) for part in row]
            print("| " + " | ".join(words) + " |")
        print()
    acted = found.action != "none"
    print(f"Reversed: {int((acted & found.more).sum())} of {int(acted.sum())} runs with an effect.")
    print(f"Verdict and interval contradict each other: {int(found.contradicts.sum())} of {len(found)}.")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=400)
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    parser.add_argument("--subjects", nargs="+", choices=SUBJECTS, default=SUBJECTS)
    parser.add_argument("--varying", type=float, default=0.0)
    parser.add_argument("--table", action="store_true", help="print what stands in FILE")
    asked = parser.parse_args()
    stored = asked.out.read_text().splitlines() if asked.out.exists() else []
    rows = [json.loads(line) for line in stored]
    done = {tuple(row[name] for name in ("subject", "action", "town", "size", "seed")) for row in rows}
    if not asked.table:
        with asked.out.open("a", buffering=1) as out:
            for world in list_worlds(asked.first, asked.seeds, asked.subjects):
                if world not in done:
                    rows.append(run(world, asked.varying))
                    out.write(json.dumps(rows[-1]) + "\n")
    print_tables(pd.DataFrame(rows))


if __name__ == "__main__":
    main()
