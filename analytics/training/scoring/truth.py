"""What was planted, as far as a team can be scored against it: structures with their rows, innocent
look-alikes, victims, networks and reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.training.advance import PlantedEffect
from analytics.training.settings import first_day, read_settings

PLACES, ADVERTS, MONEY, NETWORKS = LAYERS = ("places", "adverts", "money", "networks")
Reference = tuple[str, str]  # the table as the store names it, and the reference of the row there
MINIMUM_ROWS = 5  # fewer rows are no structure that anybody could tell from chance
_TABLES = {
    "incidents": "incident",
    "adverts": "advert",
    "accounts": "account",
    "transactions": "transaction",
    "premises": "premises",
    "journeys": "journey",
    "communications": "communication",
    "reports": "report",
}


@dataclass(frozen=True)
class Structure:
    """Something that a team is to find. `rows` by reference, with the day of each. Of a place also its
    circle (x and y in metres on the area's CRS, and its radius) and category."""

    name: str
    layer: str
    kind: str
    rows: dict[Reference, date]
    network: str | None = None
    circle: tuple[float, float, float] | None = None
    category: str | None = None

    def find_first_day(self) -> date:
        """The first day on which the evidence sufficed: half of its rows, and MINIMUM_ROWS, were recorded."""
        days = sorted(self.rows.values())
        return days[max(min(MINIMUM_ROWS, len(days)), -(-len(days) // 2)) - 1]

    def limit_to(self, recorded: set[Reference]) -> Structure:
        """The same structure with the rows that a store has."""
        rows = {row: day for row, day in self.rows.items() if row in recorded}
        return Structure(self.name, self.layer, self.kind, rows, self.network, self.circle, self.category)


@dataclass(frozen=True)
class Innocent:
    """A life or a gathering that looks like a scheme and is none. The first of `accounts` is its hub."""

    name: str
    kind: str
    accounts: tuple[str, ...]
    rows: frozenset[Reference]


@dataclass(frozen=True)
class PlantedNetwork:
    """`critical` are the accounts whose role holds it together."""

    name: str
    kind: str
    accounts: tuple[str, ...]
    critical: tuple[str, ...]


@dataclass(frozen=True)
class SealedTruth:
    """`victims`: the accounts of planted victims, each with the scheme and the network that exploit it.
    `reports`: by reference, whether a report is true. `ahead`: the incidents that would be recorded in the 84
    days after the recorded period if nobody did anything, as x, y (metres on the area's CRS) and category;
    `streets`: the middles of some streets, drawn at random, (n, 2). `effects`: what was planted against the
    team's own actions, one for each action and period, the first period first."""

    structures: tuple[Structure, ...]
    innocents: tuple[Innocent, ...]
    networks: tuple[PlantedNetwork, ...]
    victims: dict[str, tuple[str, str]]
    reports: dict[str, bool]
    ahead: pd.DataFrame = field(repr=False)
    streets: np.ndarray = field(repr=False)
    effects: tuple[PlantedEffect, ...] = ()


def read_truth(directory: Path) -> SealedTruth:
    """The truth of a generated scenario, from `directory/truth`. Raises FileNotFoundError."""
    folder = Path(directory) / "truth"
    facts = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    planted, innocent = (_read_rows(folder / name) for name in ("rows.parquet", "innocent.parquet"))
    return SealedTruth(
        tuple(_list_structures(facts, planted)),
        tuple(_list_innocents(facts, innocent)),
        tuple(
            PlantedNetwork(
                item["name"],
                item["type"],
                tuple(member["account"] for member in item["members"]),
                tuple(member["account"] for member in item["members"] if member["role"] != "member"),
            )
            for item in facts["networks"]
        ),
        {
            account: (item["name"], item["network"])
            for item in facts["exploitation"]
            for account in item["others"]
        },
        {report["reference"]: report["true"] for report in facts["reports"]},
        pd.DataFrame(json.loads((folder / "ahead.json").read_text(encoding="utf-8"))),
        np.array(facts["streets"], float),
        tuple(_list_effects(folder)),
    )


def _list_effects(folder: Path) -> Iterator[PlantedEffect]:
    for path in sorted(folder.glob("effects-to-*.json")):
        for effect in json.loads(path.read_text(encoding="utf-8")):
            yield PlantedEffect(**effect)


def _read_rows(path: Path) -> pd.DataFrame:
    rows = pd.read_parquet(path)
    return rows.assign(table=rows.table.map(_TABLES))


def _list_structures(facts: dict[str, Any], planted: pd.DataFrame) -> Iterator[Structure]:
    own = {str(name): rows for name, rows in planted.groupby("planted")}
    east, north = facts["centre"]
    for spot in facts["hotspots"]:
        if spot["name"] in own:
            circle = (east + spot["east"], north + spot["north"], float(spot["radius"]))
            rows = _rows_by_day(own[spot["name"]])
            yield Structure(spot["name"], PLACES, spot["trend"], rows, None, circle, spot["category"])
    if "near repeat" in own:
        category = facts["near_repeats"]["category"]
        rows = _rows_by_day(own["near repeat"])
        yield Structure("near repeats", PLACES, "near repeats", rows, category=category)
    for item in (*facts["typologies"], *facts["exploitation"]):
        if item["name"] in own:
            rows = _rows_by_day(own[item["name"]])
            yield Structure(item["name"], MONEY, item["kind"], rows, item["network"])
    for item in facts["networks"]:
        rows = own.get(item["name"], planted.head(0))
        yield Structure(item["name"], NETWORKS, item["type"], _rows_by_day(rows), item["name"])
        for number, (_, posted) in enumerate(rows[rows.table == "advert"].groupby("behind"), 1):
            name = f"adverts {number} of {item['name']}"
            yield Structure(name, ADVERTS, "adverts of one author", _rows_by_day(posted), item["name"])


def _rows_by_day(rows: pd.DataFrame) -> dict[Reference, date]:
    return dict(zip(zip(rows.table, rows.reference, strict=True), rows.day, strict=True))


def _list_innocents(facts: dict[str, Any], innocent: pd.DataFrame) -> Iterator[Innocent]:
    own = {str(name): rows for name, rows in innocent.groupby("planted")}
    for item in (*facts["lookalikes"], *facts["ordinary"]):
        accounts = item.get("accounts") or [*item["organisers"], *item["others"]]
        rows = own.get(item["name"], innocent.head(0))
        references = frozenset(zip(rows.table, rows.reference, strict=True))
        yield Innocent(item["name"], item["kind"], tuple(accounts), references)


def list_period() -> tuple[date, date]:
    """The first and last day on record when an exercise begins."""
    return first_day(), read_settings()["period"]["last_day"]
