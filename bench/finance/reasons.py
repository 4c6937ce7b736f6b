"""Learn what each reason for and against a lead weighs, and how sure a lead may then call itself.

    python -m bench.finance.reasons [--write] [--stated]

Truth: the made worlds for learning (`bench.finance.worlds`, seeds 101 to 104), the attempts of AMLworld in
the newly drawn backgrounds of `bench.finance.unseen_data` (seeds 101 and 102), and the reference file of
100,204 payments. The other reference files, other seeds, and the worlds kept apart are not looked at.

A logistic regression with a ridge, every family of worlds weighing the same; a reason for cannot weigh less
than nothing, one against takes 0.3 digits at least. Then each family is left out in turn, ranked by what
the others taught, and the chance is stretched and shifted (slope and offset) until it holds for the leads
of the families left out, their worst among them.

Last, the chance that is stated: of the leads of each family, by the chance that orders them, how many are
wrong, every family weighing the same. The families are the three made worlds for learning (seeds 101 and
102), which have innocent gatherings, and the reference files of 100,204 and 1,003,190 payments, which have
none. With `--stated` only that is printed, for the weights that ship."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from analytics.finance.lead_candidates import Candidate, collect_candidates, merge_candidates
from analytics.finance.lead_reasons import REASONS, Weights, read_weights
from analytics.finance.typologies.catalogue import DETECTORS
from analytics.finance.typologies.detection import detect
from analytics.finance.typologies.engine.timed_ledger import build_ledger
from analytics.finance.typologies.parameters import read_parameters
from analytics.reference import reference_file
from analytics.store import Store
from analytics.store.engine import DuckDBEngine
from bench.finance.files import FOLDER, read
from bench.finance.unseen_data import WORLDS, fresh
from bench.finance.worlds import LEARNING

SEEDS, OTHER_SEEDS, OTHER_SIZE = (101, 102, 103, 104), (101, 102), 60_000
RIDGE = 2.0
SHAPE_ALONE = 1.0  # chosen so that the attempts of the reference file stay where they were
AGAINST = -0.3  # what a reason against weighs at least: each is known from practice
TYPOLOGIES = tuple(detector.name for detector in DETECTORS)
LIMIT, MAX_CHANCE = 500, 0.97
STATED = (0.2, 0.3, 0.4, 0.5, 0.7, 0.9)  # bands of the chance, of which the first is stated as it is
SAYS, MAY = (
    0.1,
    0.12,
)  # of the leads that give at most SAYS, this share may be wrong: less than the 15 % aimed at


@dataclass(frozen=True)
class Lesson:
    """The candidates of one world of a `family`: the figures of each (typologies, then reasons), and which of
    their payments belong to a scheme."""

    family: str
    candidates: list[Candidate]
    figures: np.ndarray
    crime: np.ndarray  # by position in the ledger

    @property
    def right(self) -> np.ndarray:
        return np.array([self.crime[found.rows].mean() > 0.5 for found in self.candidates])


def read_lesson(family: str, seen, attempt: pd.Series) -> Lesson:
    """What there is to learn from a table of payments and its truth."""
    store, parameters = Store(":memory:"), read_parameters()
    engine = DuckDBEngine(store)
    ledger = build_ledger(seen, parameters.surroundings, engine)
    candidates = collect_candidates(ledger, detect(ledger, parameters, engine))
    store.close()
    figures = [
        [found.typology == name for name in TYPOLOGIES]
        + [reason.holds(found.circumstances) for reason in REASONS]
        for found in candidates
    ]
    crime = attempt.loc[ledger.row_number].notna().to_numpy()
    return Lesson(family, candidates, np.array(figures, float), crime)


def read_lessons() -> list[Lesson]:
    """All worlds to learn from."""
    lessons = []
    for name, make in LEARNING.items():
        for seed in SEEDS:
            world = make(seed)
            lessons.append(read_lesson(name, world.seen, world.truth.attempt))
    for name, world in WORLDS.items():
        for seed in OTHER_SEEDS:
            seen, truth = fresh(seed, world, OTHER_SIZE)
            lessons.append(read_lesson(f"attempts in {name}", seen, truth.attempt))
    seen, truth = read(FOLDER / "zipf_bg_ibm_patterns_100k.parquet")
    lessons.append(read_lesson("reference", seen, truth.attempt))
    return lessons


def fit(lessons: list[Lesson]) -> np.ndarray:
    """Digits of each typology and reason; each family of worlds weighs the same."""
    figures = np.concatenate([lesson.figures for lesson in lessons])
    right = np.concatenate([lesson.right for lesson in lessons])
    families = pd.Series([lesson.family for lesson in lessons for _ in lesson.candidates])
    weight = 1000.0 / families.map(families.value_counts()).to_numpy()
    sign = np.where(right, 1.0, -1.0)
    kinds = len(TYPOLOGIES)

    def loss(digits: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (figures @ digits) * np.log(10)
        slope = -weight * sign * np.log(10) / (1 + np.exp(np.minimum(margin, 500)))
        penalty = RIDGE * (digits**2)
        penalty[:kinds] = RIDGE * (digits[:kinds] + 1) ** 2
        gradient = figures.T @ slope + 2 * RIDGE * digits
        gradient[:kinds] += 2 * RIDGE
        return float(weight @ np.logaddexp(0, -margin) + penalty.sum()), gradient

    bounds = [(None, None)] * kinds + [
        (0, None) if reason.side == "for" else (None, AGAINST) for reason in REASONS
    ]
    start = np.zeros(figures.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def rank(lesson: Lesson, digits: np.ndarray) -> pd.DataFrame:
    """The leads of a world by these digits: digits of the surest result, and whether each is right."""
    total = lesson.figures @ digits
    chances = 1 / (1 + 10**total)
    leads, _ = merge_candidates(lesson.candidates, chances.tolist(), LIMIT, MAX_CHANCE)
    rows = []
    for members in leads:
        own = np.unique(np.concatenate([found.rows for found, _ in members]))
        chance = max(members[0][1], 1e-12)
        rows.append((lesson.family, np.log10((1 - chance) / chance), bool(lesson.crime[own].mean() > 0.5)))
    return pd.DataFrame(rows, columns=["family", "digits", "right"])


def calibrate(left_out: pd.DataFrame) -> tuple[float, float]:
    """(slope, offset) that fit the leads left out, each family weighing the same; then the offset lowered
    until of no family's leads that give SAYS or less more than MAY are wrong (of ten leads or more)."""
    weight = 1000.0 / left_out.family.map(left_out.family.value_counts()).to_numpy()
    sign = np.where(left_out.right, 1.0, -1.0)

    def loss(of: np.ndarray) -> float:
        return float(weight @ np.logaddexp(0, -sign * (of[0] * left_out.digits + of[1]) * np.log(10)))

    slope, offset = minimize(loss, [1.0, 0.0], method="Nelder-Mead").x
    slope = max(float(slope), 0.2)
    while offset > -3 and any(
        len(own) >= 10 and (~own.right).mean() > MAY
        for _, own in left_out[slope * left_out.digits + offset >= np.log10((1 - SAYS) / SAYS)].groupby(
            "family"
        )
    ):
        offset -= 0.02
    return slope, float(offset)


def read_stated_lessons() -> list[Lesson]:
    """The worlds on which the chance that is stated is learnt."""
    lessons = []
    for name, make in LEARNING.items():
        for seed in SEEDS[:2]:
            world = make(seed)
            lessons.append(read_lesson(name, world.seen, world.truth.attempt))
    for name in ("zipf_bg_ibm_patterns_100k", "zipf_bg_ibm_patterns_1m"):
        seen, truth = read(FOLDER / f"{name}.parquet")
        lessons.append(read_lesson(name, seen, truth.attempt))
    return lessons


def learn_stated(lessons: list[Lesson], weights: Weights) -> list[tuple[float, float]]:
    """Pairs of the chance that orders leads and the share of such leads that are wrong, the mean of the
    families; rising, and the chance itself up to STATED[0], below which it holds."""
    rows = []
    for lesson in lessons:
        chances = [
            weights.chance_of_wrong(found.typology, found.circumstances) for found in lesson.candidates
        ]
        leads, _ = merge_candidates(lesson.candidates, chances, LIMIT, MAX_CHANCE)
        for members in leads:
            own = np.unique(np.concatenate([found.rows for found, _ in members]))
            rows.append((lesson.family, members[0][1], bool(lesson.crime[own].mean() <= 0.5)))
    table = pd.DataFrame(rows, columns=["family", "chance", "wrong"])
    table["band"] = np.digitize(table.chance, STATED)
    share = table.groupby(["band", "family"]).wrong.mean().groupby("band").mean()
    at = table.groupby("band").chance.mean()
    stated = np.maximum.accumulate(np.maximum(share[1:], at[1:]))  # nothing is stated surer than it orders
    pairs = zip(at[1:].round(2).tolist(), stated.round(2).tolist(), strict=True)
    return [(0.0, 0.0), (STATED[0], STATED[0]), *pairs, (1.0, 1.0)]


def learn(lessons: list[Lesson]) -> tuple[np.ndarray, float, float, pd.DataFrame]:
    """(digits, slope, offset, the leads of each family as the others taught)."""
    families = list(dict.fromkeys(lesson.family for lesson in lessons))
    left_out = []
    for family in families:
        digits = fit([lesson for lesson in lessons if lesson.family != family])
        left_out += [rank(lesson, digits) for lesson in lessons if lesson.family == family]
    table = pd.concat(left_out, ignore_index=True)
    return fit(lessons), *calibrate(table), table


def write(weights: Weights) -> None:
    """The file that ships."""
    lines = [
        "# What each reason for and against a money lead weighs: decimal digits that it adds to the odds",
        "# that the lead is right, where it holds in full. Learnt by",
        "# `python -m bench.finance.reasons --write`: give a new version with every change.",
        f'version = "{weights.version}"',
        f"slope = {weights.slope:.3f}    # of the sum of all digits, and",
        f"offset = {weights.offset:.3f}   # beside it, so that the chance holds on worlds that were left out",
        f"shape_alone = {weights.shape_alone}   # the chance given at least to a shape beyond chance",
        "# The chance that orders, and the chance that is stated: how often such leads were wrong, every",
        "# family alike.",
        f"stated = [{', '.join(f'[{at}, {share}]' for at, share in weights.stated)}]",
        "",
        "[typologies]    # before any reason",
        *(f'"{name}" = {value:.2f}' for name, value in weights.typologies.items()),
        "",
        "[digits]",
        *(f'"{name}" = {value:.2f}' for name, value in weights.digits.items()),
    ]
    reference_file("lead_reasons.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="Write data/lead_reasons.toml.")
    parser.add_argument("--stated", action="store_true", help="Print the chance to state, and stop.")
    parser.add_argument("--version", default="2026-11-30.2")
    arguments = parser.parse_args()
    if arguments.stated:
        print(learn_stated(read_stated_lessons(), read_weights()))
        return
    lessons = read_lessons()
    digits, slope, offset, left_out = learn(lessons)
    kinds = len(TYPOLOGIES)
    weights = Weights(
        version=arguments.version,
        slope=slope,
        offset=offset,
        shape_alone=SHAPE_ALONE,
        typologies=dict(zip(TYPOLOGIES, digits[:kinds].tolist(), strict=True)),
        digits=dict(zip((reason.name for reason in REASONS), digits[kinds:].tolist(), strict=True)),
    )
    weights = weights.model_copy(update={"stated": tuple(learn_stated(read_stated_lessons(), weights))})
    print(f"slope {slope:.2f}, offset {offset:.2f}")
    for name, value in {**weights.typologies, **weights.digits}.items():
        print(f"{name:<32} {value:6.2f}")
    given = slope * left_out.digits + offset
    sure = left_out[given >= np.log10((1 - SAYS) / SAYS)]
    counts = sure.groupby("family").right.agg(["size", lambda right: (~right).sum()])
    print(f"families left out, leads that give {SAYS:.0%} or less and how many of them are wrong")
    print(counts.to_string(header=["leads", "wrong"]))
    if arguments.write:
        write(weights)


if __name__ == "__main__":
    main()
