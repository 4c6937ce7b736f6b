"""The adverts that appear while time passes, and how a tasked network adapts: fewer adverts, a new number, a
new town."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.store import Store
from analytics.tasking.actions import list_actions
from analytics.tasking.networks.network_actions import list_member_adverts
from analytics.tasking.results import findings_of
from analytics.training.background import SCHEMAS
from analytics.training.people import TOWNS
from analytics.training.settings import Rng, seed_stream

YEAR = 364
LEFT = (1.0, 1.0, 0.4, 0.15)  # half of all actions do nothing
_TOWNS = [town for towns in TOWNS.values() for town in towns]
_CONTACT = re.compile(r"Contact .*$", re.DOTALL)


@dataclass(frozen=True)
class AdvertAdaptation:
    """What an action does to a network: the share of its adverts left, whether those take a new number and
    move to a new town (None: neither, where nothing is left undone), and how many adverts never appeared."""

    action_id: int
    left: float
    new_number: str | None
    new_town: str | None
    removed_rows: int


def continue_adverts(
    store: Store, seed: int, first: date, last: date
) -> tuple[pa.Table, list[AdvertAdaptation]]:
    """The adverts from `first` to `last`, and what was planted: every author goes on as in the year before,
    reposting what he posted then; a network with a standing action on it does what its adaptation says, from
    the day of the decision."""
    year = store.query(
        "SELECT source_id, row_number, title, body, advert.kind, posted_at, site, place, stage, contact"
        " FROM advert JOIN source USING (source_id)"
        " WHERE is_scenario AND posted_at >= ? AND posted_at < ? ORDER BY source_id, row_number",
        [first - timedelta(days=YEAR), first],
    ).to_pandas()
    counted = store.rows("SELECT count(*) AS n FROM advert JOIN source USING (source_id) WHERE is_scenario")
    total = counted[0]["n"]
    rng, days = seed_stream(seed, "adverts ahead", (first - date(2000, 1, 1)).days), (last - first).days + 1
    rows = rng.integers(0, max(len(year), 1), rng.poisson(len(year) / YEAR * days))
    drawn = year.iloc[rows].reset_index(drop=True)
    day = np.sort(rng.integers(0, days, len(drawn)))
    drawn["posted_at"] = (
        pd.Timestamp(first)
        + pd.to_timedelta(day, unit="D")
        + (drawn.posted_at - drawn.posted_at.dt.normalize())
    )
    planted = []
    for action_id, start, findings in list_standing_actions(store):
        adverts = list_member_adverts(store, findings)
        members = set(zip(adverts.source_id, adverts.row_number, strict=True))
        drawn, adaptation = _adapt(drawn, action_id, start, members, year, seed)
        if adaptation:
            planted.append(adaptation)
    drawn["reference"] = [f"AD-{total + at + 1:07d}" for at in range(len(drawn))]
    schema = pa.schema([("reference", pa.string()), *SCHEMAS["adverts"].items()])
    return pa.Table.from_pandas(drawn[schema.names], schema=schema, preserve_index=False), planted


def list_standing_actions(store: Store) -> list[tuple[int, date, list[int]]]:
    """Standing actions: number, day of the decision, and the findings of the brief."""
    actions = list_actions(store)
    return [
        (
            int(row.action_id),
            row.adopted_at.date(),
            findings_of(store, row.action_id).finding_id.tolist(),
        )
        for row in actions[actions.standing].itertuples()
    ]


def _adapt(
    drawn: pd.DataFrame,
    action_id: int,
    start: date,
    members: set[tuple[int, int]],
    year: pd.DataFrame,
    seed: int,
) -> tuple[pd.DataFrame, AdvertAdaptation | None]:
    """The drawn adverts as a network with an action on it posts them; `year` are those of the year before."""
    own = np.array(
        [key in members for key in zip(drawn.source_id, drawn.row_number, strict=True)], dtype=bool
    )
    own &= (drawn.posted_at >= pd.Timestamp(start)).to_numpy()
    if not own.any():
        return drawn, None
    rng = seed_stream(seed, "adaptation", action_id)
    left = float(rng.choice(LEFT))
    gone = own & (rng.random(len(drawn)) >= left)
    if left == 1.0:
        return drawn, AdvertAdaptation(action_id, left, None, None, 0)
    number = _unused_number(rng, set(year.contact.dropna()))
    used = set(year.place[[key in members for key in zip(year.source_id, year.row_number, strict=True)]])
    town = next((name for name in rng.permutation(_TOWNS) if name not in used), None)
    drawn.loc[own, "body"] = [_CONTACT.sub(f"Contact {number}", body) for body in drawn.body[own]]
    drawn.loc[own, "contact"] = number
    if town:
        moves = own & (rng.random(len(drawn)) < 0.5)
        drawn.loc[moves, "place"] = str(town)
    remaining = drawn[~gone].reset_index(drop=True)
    return remaining, AdvertAdaptation(action_id, left, number, str(town) if town else None, int(gone.sum()))


def _unused_number(rng: Rng, used: set[str]) -> str:
    """A number of the range that Ofcom reserves for drama; one that nobody has yet, where there is one."""
    numbers = [f"07700 900{last:03d}" for last in range(1000)]
    return str(rng.choice([number for number in numbers if number not in used] or numbers))
