"""What goes on being paid while time passes, and how a tasked network adapts: fewer payments, through a new
account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.store import Store
from analytics.tasking.networks.network_actions import list_member_accounts
from analytics.training.advert_stream import LEFT, YEAR, standing_actions
from analytics.training.commerce import SCHEMAS
from analytics.training.settings import stream

_JITTER = 10  # minutes: nobody pays at the same minute of the day every year
_MOST_DAYS = 84  # how far back ties are taken up from: as far as *Results* looks
_ENDS = ("from_account", "to_account")


@dataclass(frozen=True)
class PlantedMoney:
    """What an action does to accounts: the share of their payments left, the account that what is left goes
    through and the one whose ties it takes up (None: none, where nothing changes or nothing is left), and how
    many payments were never made."""

    action_id: int
    left: float
    new_account: str | None
    gone_account: str | None
    removed_rows: int


def ahead(store: Store, seed: int, first: date, last: date) -> tuple[pa.Table, list[PlantedMoney]]:
    """The payments from `first` to `last`, and what was planted: everybody pays and is paid as on those
    weekdays of the year before, so that wages, rents and takings keep their rhythm; the accounts of a network
    with a standing action on it as in weeks drawn from that year, and they adapt from the day of the
    decision."""
    held = store.query(
        'SELECT t.* FROM "transaction" t JOIN source USING (source_id)'
        " WHERE is_scenario AND occurred_at >= ? AND occurred_at < ?"
        " ORDER BY occurred_at, source_id, row_number",
        [first - timedelta(days=YEAR), first],
    ).to_pandas()
    total = store.rows(
        'SELECT count(*) AS n FROM "transaction" JOIN source USING (source_id) WHERE is_scenario'
    )[0]["n"]
    rng = stream(seed, "money ahead", (first - date(2000, 1, 1)).days)
    networks = [
        (action_id, start, set(list_member_accounts(store, findings).account))
        for action_id, start, findings in standing_actions(store)
    ]
    everyone = set().union(*(members for _, _, members in networks))
    others, own = held[~_of(held, everyone)], held[_of(held, everyone)]
    drawn = _a_little_off(
        pd.concat([_repeated(others, first, last), _in_any_week(own, first, last, rng)], ignore_index=True),
        rng,
    )
    planted = []
    for action_id, start, members in networks:
        drawn, adaptation = _adapt(drawn, action_id, start, members, held, seed)
        if adaptation:
            planted.append(adaptation)
    drawn = drawn.sort_values("occurred_at", kind="stable", ignore_index=True)
    drawn["reference"] = [f"TR-{total + at + 1:07d}" for at in range(len(drawn))]
    schema = pa.schema([("reference", pa.string()), *SCHEMAS["transactions"].items()])
    return pa.Table.from_pandas(drawn[schema.names], schema=schema, preserve_index=False), planted


def _repeated(held: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """The year before, over and over, until `last`."""
    years = (last - first).days // YEAR + 1
    return _until(last, [(held, YEAR * again) for again in range(1, years + 1)])


def _in_any_week(held: pd.DataFrame, first: date, last: date, rng) -> pd.DataFrame:
    """For every week to come one of the year before, drawn anew: a scheme comes in bursts, and a burst or a
    silence of a year ago would look like what the action did."""
    week = (held.occurred_at - pd.Timestamp(first - timedelta(days=YEAR))).dt.days // 7
    coming = range((last - first).days // 7 + 1)
    taken = rng.integers(0, YEAR // 7, len(coming))
    return _until(
        last,
        [(held[week == then], YEAR + 7 * int(now - then)) for now, then in zip(coming, taken, strict=True)],
    )


def _until(last: date, parts: list[tuple[pd.DataFrame, int]]) -> pd.DataFrame:
    """Payments, each part moved on by so many days, up to and with `last`."""
    moved = pd.concat(
        [rows.assign(occurred_at=rows.occurred_at + pd.Timedelta(days=days)) for rows, days in parts],
        ignore_index=True,
    )
    return moved[moved.occurred_at < pd.Timestamp(last) + pd.Timedelta(days=1)]


def _a_little_off(drawn: pd.DataFrame, rng) -> pd.DataFrame:
    """Each payment a few minutes off, on its own day."""
    day = drawn.occurred_at.dt.normalize()
    moved = drawn.occurred_at + pd.to_timedelta(rng.integers(-_JITTER, _JITTER + 1, len(drawn)), unit="min")
    return drawn.assign(occurred_at=moved.clip(day, day + pd.Timedelta(hours=23, minutes=59)))


def _adapt(drawn, action_id: int, start: date, members: set[str], held, seed: int):
    own = _of(drawn, members) & (drawn.occurred_at >= pd.Timestamp(start)).to_numpy()
    if not own.any():
        return drawn, None
    rng = stream(seed, "money adaptation", action_id)
    left = float(rng.choice(LEFT))
    new = f"ACC-{rng.integers(3_000_000, 10_000_000)}"  # beyond the accounts of the largest city
    gone = own & (rng.random(len(drawn)) >= left)
    if left == 1.0:
        return drawn, PlantedMoney(action_id, left, None, None, 0)
    stays = np.flatnonzero(own & ~gone)
    old, partners = _to_replace(held, start, drawn.occurred_at.max(), members, len(stays))
    for turn, at in enumerate(stays):
        mine, other = _ENDS if drawn.from_account[at] in members else _ENDS[::-1]
        drawn.loc[at, mine] = new
        if partners:
            drawn.loc[at, other] = partners[turn % len(partners)]
    kept = drawn[~gone].reset_index(drop=True)
    there = len(stays) > 0
    return kept, PlantedMoney(
        action_id, left, new if there else None, old if there else None, int(gone.sum())
    )


def _to_replace(held, start: date, last: pd.Timestamp, members: set[str], payments: int):
    """The account whose ties a new one takes up, and those ties within the network: the member with most of
    them lately (in the year, where lately there were none), first of all one of whose ties `payments` reach
    half. (None, []) where no member pays another."""
    began = pd.Timestamp(start)
    lately = held.occurred_at >= began - min(last - began, pd.Timedelta(days=_MOST_DAYS))
    before = held.occurred_at < began
    for period in (held[before & lately], held[before]):
        pairs = period[list(_ENDS)].dropna()
        both = pd.concat([pairs, pairs.rename(columns=dict(zip(_ENDS, _ENDS[::-1], strict=True)))])
        both = both[both.from_account.isin(members) & (both.from_account != both.to_account)]
        ties = {who: sorted(set(theirs)) for who, theirs in both.groupby("from_account").to_account}
        within = {who: [name for name in theirs if name in members] for who, theirs in ties.items()}
        if any(within.values()):
            reached = {
                who: 2 * min(payments, len(inside)) >= len(ties[who]) for who, inside in within.items()
            }
            old = max(sorted(within), key=lambda who: (reached[who], len(within[who])))
            return old, within[old]
    return None, []


def _of(payments: pd.DataFrame, members: set[str]) -> np.ndarray:
    return (payments.from_account.isin(members) | payments.to_account.isin(members)).to_numpy()
