"""What early warning says when recording changed: names, deliveries, entries in bulk, dates of months.

    python -m bench.warnings.changed_recording [--seed N] [--looks N] [--case NAME ...]

Eight categories of an invented town: 500 to 1,600 days, each category's own level, season and trend,
weekdays, quiet Christmas weeks, weeks that vary more than chance, 25 places that hold most of it. Each
case changes the recording, or plants a rise, or does nothing; `--case` names those to run. Printed for
each: of how many looks the planted category warns, and leads the list; how many other warnings, in how
many looks; how many looks were refused; and the first few of the others in words. A look of the case
`nothing` may warn by the rate that the method chooses, one false alarm a month: 2.3 looks in ten."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics.store import Store
from analytics.store.engine import DuckDBEngine
from analytics.warnings.alarms import EarlyWarning, find_warnings

CATEGORIES = (
    "Burglary dwelling",
    "Theft from vehicle",
    "Robbery",
    "Assault",
    "Drugs supply",
    "Criminal damage",
    "Cycle theft",
    "Fraud",
)
_DAYS = (500, 800, 1250, 1600)
_WEEKDAYS = np.array([1, 0.95, 0.9, 1, 1.2, 1.3, 0.85])
_EAST, _NORTH, _SIDE = 500_000.0, 5_700_000.0, 6000.0
_SHOWN = 4


class Town(NamedTuple):
    """`rows`: day, category, x, y, precision; `last`: the last day; `places`: the busy ones (x, y);
    `category`: the one that a case changes."""

    rows: pd.DataFrame
    last: np.datetime64
    places: np.ndarray
    category: str

    def back(self, days: int) -> np.ndarray:
        """Whether each row is of the last `days` days."""
        return (self.rows.day > self.last - np.timedelta64(days, "D")).to_numpy()

    @property
    def own(self) -> np.ndarray:
        return (self.rows.category == self.category).to_numpy()


Change = Callable[[Town, np.random.Generator], pd.DataFrame]


def invent_town(rng: np.random.Generator, last: date | None = None) -> Town:
    last = last or date(2025, int(rng.integers(1, 13)), int(rng.integers(1, 28)))
    length = int(rng.choice(_DAYS))
    dates = np.datetime64(last) - np.arange(length)[::-1]
    days = pd.DatetimeIndex(dates)
    christmas = ((days.month == 12) & (days.day >= 23)) | ((days.month == 1) & (days.day == 1))
    quiet = np.where(christmas, 0.55, 1)
    places = rng.uniform(0, _SIDE, (25, 2))
    weight = rng.pareto(1.2, 25) + 0.3
    parts = []
    for category in CATEGORIES:
        level = float(np.exp(rng.uniform(np.log(4), np.log(60)))) / 7
        height, at, trend = rng.uniform(0, 0.5), rng.integers(0, 365), rng.uniform(-0.15, 0.2)
        season = 1 + height * np.cos(2 * np.pi * (days.day_of_year.to_numpy() - at) / 365.25)
        mean = level * season * quiet * _WEEKDAYS[days.day_of_week.to_numpy()]
        mean *= np.exp(trend * np.arange(-length + 1, 1) / 365)
        mean *= rng.gamma(6, 1 / 6, length // 7 + 2)[np.arange(length) // 7]
        when = np.repeat(dates, rng.poisson(mean))
        where = places[rng.choice(25, len(when), p=weight / weight.sum())]
        where = where + rng.normal(0, 220, where.shape)
        anywhere = rng.random(len(when)) < 0.3
        where[anywhere] = rng.uniform(0, _SIDE, (int(anywhere.sum()), 2))
        parts.append(_rows(when, category, where))
    return Town(pd.concat(parts, ignore_index=True), np.datetime64(last), places, str(rng.choice(CATEGORIES)))


def _rows(day: np.ndarray, category: str, where: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": day,
            "category": category,
            "x": _EAST + where[:, 0],
            "y": _NORTH + where[:, 1],
            "precision": "day",
        }
    )


def _rise(factor: float, weeks: int) -> Change:
    def change(town: Town, rng: np.random.Generator) -> pd.DataFrame:
        year = town.rows[town.own & town.back(365)]
        number = int(rng.poisson(len(year) / 365 * 7 * weeks * (factor - 1)))
        more = year.sample(number, replace=True, random_state=int(rng.integers(1 << 30)))
        more = more.assign(day=town.last - rng.integers(0, 7 * weeks, number))
        return pd.concat([town.rows, more], ignore_index=True)

    return change


def _add_at_a_place(town: Town, rng: np.random.Generator) -> pd.DataFrame:
    where = town.places[int(rng.integers(25))] + rng.normal(0, 80, (12, 2))
    return pd.concat([town.rows, _rows(town.last - rng.integers(0, 21, 12), town.category, where)])


def _rename(days: int, name: str, share: float = 1.0) -> Change:
    def change(town: Town, rng: np.random.Generator) -> pd.DataFrame:
        chosen = town.own & town.back(days) & (rng.random(len(town.rows)) < share)
        return town.rows.assign(category=np.where(chosen, f"{name} {town.category}", town.rows.category))

    return change


def _leave_out(begin: int, end: int, *, own: bool = False, share: float = 1.0, most: bool = False) -> Change:
    """Without the rows from `begin` to `end` days before the end: of the category alone, of all (`most`: all
    but one category), or a share of them."""

    def change(town: Town, rng: np.random.Generator) -> pd.DataFrame:
        gone = town.back(begin) & ~town.back(end) & (rng.random(len(town.rows)) < share)
        if own:
            gone &= town.own
        if most:
            kept = next(category for category in CATEGORIES if category != town.category)
            gone &= (town.rows.category != kept).to_numpy()
        return town.rows[~gone]

    return change


def _after(first: Change, second: Change) -> Change:
    return lambda town, rng: second(town._replace(rows=first(town, rng)), rng)


def _enter_in_bulk(scattered: bool) -> Change:
    def change(town: Town, rng: np.random.Generator) -> pd.DataFrame:
        where = np.full((45, 2), 3000.0)
        if scattered:
            rows = town.rows.sample(45, random_state=int(rng.integers(1 << 30)))
            where = rows[["x", "y"]].to_numpy() - (_EAST, _NORTH)
        day = np.repeat(town.last - np.timedelta64(9 if scattered else 3, "D"), 45)
        return pd.concat([town.rows, _rows(day, town.category, where)], ignore_index=True)

    return change


def _record_more(town: Town, rng: np.random.Generator) -> pd.DataFrame:
    more = town.rows[town.back(140)].sample(frac=0.4, random_state=int(rng.integers(1 << 30)))
    return pd.concat([town.rows, more], ignore_index=True)


def _know_months(share: float) -> Change:
    """A share of the dates is known to the month, and stands on its first day."""

    def change(town: Town, rng: np.random.Generator) -> pd.DataFrame:
        month = rng.random(len(town.rows)) < share
        first = town.rows.day.to_numpy().astype("datetime64[M]").astype("datetime64[D]")
        day = np.where(month, first, town.rows.day.to_numpy().astype("datetime64[D]"))
        return town.rows.assign(day=day, precision=np.where(month, "month", "day"))

    return change


def _change_nothing(town: Town, rng: np.random.Generator) -> pd.DataFrame:
    return town.rows


class Case(NamedTuple):
    change: Change
    is_planted: bool = False


CASES = {
    "nothing": Case(_change_nothing),
    "after Christmas": Case(_change_nothing),
    "rise to 1.5 over 4 weeks": Case(_rise(1.5, 4), True),
    "rise to 2 over 3 weeks": Case(_rise(2, 3), True),
    "12 more at a place": Case(_add_at_a_place, True),
    "half of the last week missing": Case(_leave_out(7, 0, share=0.5)),
    "rise to 2, last 5 days missing": Case(_after(_rise(2, 4), _leave_out(5, 0, most=True)), True),
    "rise to 2, delivered 9 days short": Case(_after(_rise(2, 5), _leave_out(9, 0, own=True)), True),
    "renamed 3 weeks ago": Case(_rename(21, "New")),
    "renamed 10 weeks ago": Case(_rename(70, "New")),
    "renamed 40 weeks ago": Case(_rename(280, "New")),
    "half renamed 3 weeks ago": Case(_rename(21, "Part of", 0.5)),
    "bulk of a day at a place": Case(_enter_in_bulk(False)),
    "bulk of a day": Case(_enter_in_bulk(True)),
    "10 weeks missing a year ago": Case(_leave_out(400, 330)),
    "8 weeks missing 4 months ago": Case(_leave_out(180, 124)),
    "category missing 20 weeks": Case(_leave_out(420, 280, own=True)),
    "category began 30 weeks ago": Case(_leave_out(10_000, 210, own=True)),
    "40 % more recorded for 20 weeks": Case(_record_more),
    "months, nothing": Case(_know_months(1)),
    "months, rise to 2 over 8 weeks": Case(_after(_rise(2, 8), _know_months(1)), True),
    "one in fifty of months": Case(_know_months(0.02)),
    "a third of months": Case(_know_months(0.33)),
}


def look(rows: pd.DataFrame, empty: Path) -> EarlyWarning:
    """What early warning says of these rows in a copy of an empty store."""
    with tempfile.TemporaryDirectory() as folder:
        path = shutil.copy(empty, Path(folder) / "look.duckdb")
        with closing(Store(path)) as store:
            with store.write() as cursor:
                cursor.execute(
                    "INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'Europe/Paris')"
                ).fetchall()
                cursor.register("rows", rows)
                cursor.execute(
                    "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from,"
                    " occurred_to, time_precision, local_date, x, y) SELECT 1, row_number() OVER (), 1,"
                    " category, day, day, precision, day, x, y FROM rows"
                ).fetchall()
            return find_warnings(DuckDBEngine(store), 1)


def run(name: str, seed: int, looks: int, empty: Path) -> str:
    """The line of a case."""
    case = CASES[name]
    hits = leads = others = looks_with_others = refused = 0
    said: list[str] = []
    for number in range(looks):
        rng = np.random.default_rng([seed, number, list(CASES).index(name)])
        last = date(2026, 1, 1) + timedelta(days=int(rng.integers(7))) if name == "after Christmas" else None
        town = invent_town(rng, last)
        found = look(case.change(town, rng), empty)
        if found.refused:
            refused += 1
            continue
        alarms = found.table[found.table.alarm.astype(bool)]
        planted = (alarms.category == town.category) & case.is_planted
        hits += bool(planted.any())
        leads += bool(len(planted) and planted.iloc[0])
        other = alarms[~planted]
        others, looks_with_others = others + len(other), looks_with_others + bool(len(other))
        said += [
            f"{row.kind} {row.category}: {row.observed:.0f} of {row.expected:.1f}"
            for row in other.itertuples()
        ]
    seen = f"seen {hits}, first {leads}, " if case.is_planted else ""
    return (
        f"{name}: {seen}others {others} in {looks_with_others} of {looks} looks, refused {refused}"
        + "".join(f"\n    {words}" for words in said[:_SHOWN])
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--looks", type=int, default=4, help="of each case")
    parser.add_argument("--case", action="append", choices=list(CASES), help="default: all")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.duckdb"
        Store(empty).close()
        for name in asked.case or CASES:
            print(run(name, asked.seed, asked.looks, empty), flush=True)


if __name__ == "__main__":
    main()
