"""The payments made while time passes, and how a tasked network adapts: fewer payments, through a new
account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.store import Store
from analytics.tasking.networks.network_actions import list_member_accounts
from analytics.training.advert_stream import LEFT, YEAR, list_standing_actions
from analytics.training.background import SCHEMAS
from analytics.training.settings import Rng, seed_stream

_JITTER = 10  # minutes: nobody pays at the same minute of the day every year
_MAX_DAYS = 84  # how far back ties are taken up from: as far as *Results* looks
_ENDS = ("from_account", "to_account")


@dataclass(frozen=True)
class AccountAdaptation:
    """What an action does to accounts: the share of their payments left, the account that what is left goes
    through and the one whose ties it takes up (None: none, where nothing changes or nothing is left), and how
    many payments were never made."""

    action_id: int
    left: float
    new_account: str | None
    gone_account: str | None
    removed_rows: int


def continue_payments(
    store: Store, seed: int, first: date, last: date
) -> tuple[pa.Table, list[AccountAdaptation]]:
    """The payments from `first` to `last`, and what was planted: everybody pays and is paid as on those
    weekdays of the year before, so that wages, rents and takings keep their rhythm; the accounts of a network
    with a standing action on it as in weeks drawn from that year, and they adapt from the day of the
    decision."""
    year = store.query(
        'SELECT t.* FROM "transaction" t JOIN source USING (source_id)'
        " WHERE is_scenario AND occurred_at >= ? AND occurred_at < ?"
        " ORDER BY occurred_at, source_id, row_number",
        [first - timedelta(days=YEAR), first],
    ).to_pandas()
    total = store.rows(
        'SELECT count(*) AS n FROM "transaction" JOIN source USING (source_id) WHERE is_scenario'
    )[0]["n"]
    rng = seed_stream(seed, "money ahead", (first - date(2000, 1, 1)).days)
    networks = [
        (action_id, start, set(list_member_accounts(store, findings).account))
        for action_id, start, findings in list_standing_actions(store)
    ]
    everyone = set().union(*(members for _, _, members in networks))
    others, own = year[~_pays_among(year, everyone)], year[_pays_among(year, everyone)]
    drawn = _jitter(
        pd.concat([_repeat_year(others, first, last), _draw_weeks(own, first, last, rng)], ignore_index=True),
        rng,
    )
    planted = []
    for action_id, start, members in networks:
        drawn, adaptation = _adapt(drawn, action_id, start, members, year, seed)
        if adaptation:
            planted.append(adaptation)
    drawn = drawn.sort_values("occurred_at", kind="stable", ignore_index=True)
    drawn["reference"] = [f"TR-{total + at + 1:07d}" for at in range(len(drawn))]
    schema = pa.schema([("reference", pa.string()), *SCHEMAS["transactions"].items()])
    return pa.Table.from_pandas(drawn[schema.names], schema=schema, preserve_index=False), planted


def _repeat_year(year: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """The year before, over and over, until `last`."""
    years = (last - first).days // YEAR + 1
    return _concatenate_until(last, [(year, YEAR * again) for again in range(1, years + 1)])


def _draw_weeks(year: pd.DataFrame, first: date, last: date, rng: Rng) -> pd.DataFrame:
    """For every week to come one of the year before, drawn at random: a scheme comes in bursts, and a burst
    or a silence of a year ago would look like what the action did."""
    week = (year.occurred_at - pd.Timestamp(first - timedelta(days=YEAR))).dt.days // 7
    coming = range((last - first).days // 7 + 1)
    taken = rng.integers(0, YEAR // 7, len(coming))
    return _concatenate_until(
        last,
        [(year[week == then], YEAR + 7 * int(now - then)) for now, then in zip(coming, taken, strict=True)],
    )


def _concatenate_until(last: date, parts: list[tuple[pd.DataFrame, int]]) -> pd.DataFrame:
    """Payments, each part moved on by so many days, up to and with `last`."""
    moved = pd.concat(
        [rows.assign(occurred_at=rows.occurred_at + pd.Timedelta(days=days)) for rows, days in parts],
        ignore_index=True,
    )
    return moved[moved.occurred_at < pd.Timestamp(last) + pd.Timedelta(days=1)]


def _jitter(drawn: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Each payment a few minutes off, on its own day."""
    day = drawn.occurred_at.dt.normalize()
    moved = drawn.occurred_at + pd.to_timedelta(rng.integers(-_JITTER, _JITTER + 1, len(drawn)), unit="min")
    return drawn.assign(occurred_at=moved.clip(day, day + pd.Timedelta(hours=23, minutes=59)))


def _adapt(
    drawn: pd.DataFrame, action_id: int, start: date, members: set[str], year: pd.DataFrame, seed: int
) -> tuple[pd.DataFrame, AccountAdaptation | None]:
    """The drawn payments as the accounts of a network with an action on it make them."""
    own = _pays_among(drawn, members) & (drawn.occurred_at >= pd.Timestamp(start)).to_numpy()
    if not own.any():
        return drawn, None
    rng = seed_stream(seed, "money adaptation", action_id)
    left = float(rng.choice(LEFT))
    new = f"ACC-{rng.integers(3_000_000, 10_000_000)}"  # beyond the accounts of the largest city
    gone = own & (rng.random(len(drawn)) >= left)
    if left == 1.0:
        return drawn, AccountAdaptation(action_id, left, None, None, 0)
    stays = np.flatnonzero(own & ~gone)
    old, partners = _find_account_to_replace(year, start, drawn.occurred_at.max(), members, len(stays))
    for turn, at in enumerate(stays):
        mine, other = _ENDS if drawn.from_account[at] in members else _ENDS[::-1]
        drawn.loc[at, mine] = new
        if partners:
            drawn.loc[at, other] = partners[turn % len(partners)]
    remaining = drawn[~gone].reset_index(drop=True)
    if not len(stays):
        return remaining, AccountAdaptation(action_id, left, None, None, int(gone.sum()))
    return remaining, AccountAdaptation(action_id, left, new, old, int(gone.sum()))


def _find_account_to_replace(
    year: pd.DataFrame, start: date, last: pd.Timestamp, members: set[str], payments: int
) -> tuple[str | None, list[str]]:
    """The account whose ties a new one takes up, and those ties within the network: the member with most of
    them lately (in the year, where lately there were none), first of all one of whose ties `payments` reach
    half. (None, []) where no member pays another."""
    began = pd.Timestamp(start)
    lately = year.occurred_at >= began - min(last - began, pd.Timedelta(days=_MAX_DAYS))
    before = year.occurred_at < began
    for period in (year[before & lately], year[before]):
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


def _pays_among(payments: pd.DataFrame, members: set[str]) -> np.ndarray:
    either = payments.from_account.isin(members) | payments.to_account.isin(members)
    return np.asarray(either)
