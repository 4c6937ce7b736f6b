"""Concentration: how large a share of crime, harm, adverts or money falls on how few places, campaigns or
structures.

Schreier's reason for intelligence-led work: a small share commits a large share. Places, texts, accounts and
groups of accounts are ranked, never persons. What is measured is
`analytics.hotspots.methods.concentration`'s: the curve with its bootstrap band, Gini's coefficient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.basemap import name_places
from analytics.finance.communities import CommunityParameters, find_communities
from analytics.hotspots.category_harm import harm_in_force
from analytics.hotspots.harm import match_incidents, read_harm_weights
from analytics.hotspots.methods.concentration import Concentration, ConcentrationParameters, concentration
from analytics.hotspots.refusal import TooFewData
from analytics.intelligence.possible_victims import find_protected_identifiers, leave_out_protected
from analytics.shared.currency import written
from analytics.shared.wording import counted
from analytics.store import Store

CELL_M, DAYS = 250.0, 364
_TOP = 20


@dataclass(frozen=True)
class ConcentrationRanking:
    """`units` and `measure` in words; `figures`: the curve and its statistics; `top`: label, kind (of
    personal data, or ''), value (as text), share, together (cumulative share), the highest first; `first`,
    `last`: the days counted; `total` units; `sources`: of the rows behind it; `left_out`: how many of the
    units, of `noun`, belong to possible victims and are not in `top`, though the curve counts them."""

    units: str
    measure: str
    figures: Concentration
    top: pd.DataFrame
    first: date
    last: date
    total: int
    sources: tuple[int, ...]
    left_out: int = 0
    noun: str = "account"


def measure_concentration(
    store: Store, what: str, parameters: ConcentrationParameters | None = None
) -> ConcentrationRanking:
    """One of WHAT over the last 364 days on record. Raises TooFewData under 20 units or 20 records, KeyError
    for another."""
    return WHAT[what](store, parameters or ConcentrationParameters())


def _places(store: Store, parameters: ConcentrationParameters) -> ConcentrationRanking:
    rows, first, last = _incidents(store)
    return _rank_units(
        "squares of 250 m",
        "incidents",
        rows.assign(value=rows.inside.astype(float)),
        first,
        last,
        parameters,
        "incidents",
    )


def _harm(store: Store, parameters: ConcentrationParameters) -> ConcentrationRanking:
    rows, first, last = _incidents(store)
    if weights := harm_in_force(store):
        rows["harm"] = match_incidents(rows.category, read_harm_weights(store, *weights)).weight
    if not rows.harm.notna().any():
        raise TooFewData("No harm weights fit these categories. Load a table on Hotspots, under Measure.")
    rows["value"] = rows.harm.fillna(0) * rows.inside
    return _rank_units("squares of 250 m", "harm", rows, first, last, parameters, "", harm=True)


def _incidents(store: Store) -> tuple[pd.DataFrame, date, date]:
    """Every located incident with its square, whether it is of the last year (`inside`), and its weight as
    imported. A square in which something was recorded only earlier counts as an empty one."""
    last = _last(
        store, "SELECT max(local_date) AS last FROM incident WHERE x IS NOT NULL", "incident with a place"
    )
    first = last - timedelta(days=DAYS - 1)
    rows = store.query(
        "SELECT area_id, floor(x / $cell) AS column, floor(y / $cell) AS row, lon, lat, category, local_date"
        " >= $first AS inside,"
        " harm_weight AS harm, source_id FROM incident WHERE x IS NOT NULL",
        {"cell": CELL_M, "first": first},
    ).to_pandas()
    rows["unit"] = rows.groupby(["area_id", "row", "column"]).ngroup()
    squares = rows.groupby("unit").agg(area_id=("area_id", "first"), lon=("lon", "mean"), lat=("lat", "mean"))
    for area_id, within in squares.groupby("area_id"):
        names = name_places(store, int(area_id), within.lon.to_numpy(), within.lat.to_numpy())
        squares.loc[within.index, "label"] = names
    return rows.assign(label=rows.unit.map(squares.label)), first, last


def _campaigns(store: Store, parameters: ConcentrationParameters) -> ConcentrationRanking:
    last = _last(store, "SELECT max(posted_at)::DATE AS last FROM advert", "advert")
    first = last - timedelta(days=DAYS - 1)
    rows = store.query(
        "WITH own AS (SELECT source_id, row_number, min(operation_id) AS operation_id FROM operation_advert"
        " GROUP BY ALL),"
        " text AS (SELECT source_id, row_number, min(campaign_id) AS campaign_id FROM campaign_advert"
        " GROUP BY ALL)"
        " SELECT coalesce('operation ' || operation_id, 'campaign ' || campaign_id, 'advert ' || source_id"
        " || ':' || row_number) AS label, source_id"
        " FROM advert LEFT JOIN own USING (source_id, row_number) LEFT JOIN text"
        " USING (source_id, row_number)"
        " WHERE posted_at::DATE >= ?",
        [first],
    ).to_pandas()
    rows = rows.assign(unit=pd.factorize(rows.label)[0], value=1.0)
    return _rank_units(
        "operations, campaigns and single adverts",
        "adverts",
        rows,
        first,
        last,
        parameters,
        "adverts",
        protected=frozenset(
            f"operation {number}" for number in find_protected_identifiers(store, "operation")
        ),
        noun="operation",
    )


def _accounts(store: Store, parameters: ConcentrationParameters) -> ConcentrationRanking:
    currency, first, last = _currency(store)
    rows = _sides(store, currency, first).rename(columns={"account": "label"})
    rows = rows.assign(unit=pd.factorize(rows.label)[0], kind="account")
    return _rank_units(
        "accounts",
        f"{currency} in and out",
        rows,
        first,
        last,
        parameters,
        currency,
        harm=True,
        protected=find_protected_identifiers(store, "account"),
    )


def _structures(store: Store, parameters: ConcentrationParameters) -> ConcentrationRanking:
    """Communities of accounts by the number that Finance gives them, and the accounts that are in none. A
    payment within one counts once."""
    currency, first, last = _currency(store)
    rows = _sides(store, currency, first)
    payments = store.query(
        "SELECT occurred_at, from_account, to_account, amount_minor, currency, source_id, row_number"
        ' FROM "transaction"'
    )
    groups = (
        find_communities(payments, CommunityParameters(shuffles=0)).accounts.set_index("account").community
    )
    number = rows.account.map(groups).fillna(0).astype(int)
    grouped, size = number > 0, groups.value_counts()
    labels = {at: f"community {at}, {counted(int(size[at]), 'account')}" for at in number[grouped].unique()}
    rows["label"] = number.map(labels).where(grouped, rows.account)
    rows["kind"] = np.where(grouped, "", "account")
    rows = rows.drop_duplicates(["label", "source_id", "row_number"])
    rows = rows.assign(unit=pd.factorize(rows.label)[0])
    return _rank_units(
        "communities of accounts and single accounts",
        f"{currency} in and out",
        rows,
        first,
        last,
        parameters,
        currency,
        harm=True,
        protected=find_protected_identifiers(store, "account"),
    )


def _currency(store: Store) -> tuple[str, date, date]:
    """The currency most used in the last year of payments, and that year."""
    last = _last(store, 'SELECT max(occurred_at)::DATE AS last FROM "transaction"', "payment")
    first = last - timedelta(days=DAYS - 1)
    code = store.rows(
        'SELECT currency FROM "transaction" WHERE currency IS NOT NULL AND occurred_at::DATE >= ?'
        " GROUP BY ALL"
        " ORDER BY count(*) DESC, currency LIMIT 1",
        [first],
    )
    if not code:
        raise TooFewData("No payment of the last year states its currency.")
    return code[0]["currency"], first, last


def _sides(store: Store, currency: str, first: date) -> pd.DataFrame:
    """Both sides of every payment: account, value (minor units), source_id, row_number."""
    return store.query(
        "SELECT account, amount_minor::DOUBLE AS value, source_id, row_number"
        " FROM (SELECT from_account AS account, * FROM"
        ' "transaction" UNION ALL SELECT to_account, * FROM "transaction") WHERE account IS NOT NULL'
        " AND currency = ?"
        " AND occurred_at::DATE >= ? AND amount_minor >= 0 ORDER BY account, source_id, row_number",
        [currency, first],
    ).to_pandas()


def _last(store: Store, question: str, noun: str) -> date:
    last: date | None = store.rows(question)[0]["last"]
    if last is None:
        raise TooFewData(f"No {noun} is in the store.")
    return last


def _rank_units(
    units: str,
    measure: str,
    rows: pd.DataFrame,
    first: date,
    last: date,
    parameters: ConcentrationParameters,
    unit: str,
    *,
    harm: bool = False,
    protected: frozenset[str] = frozenset(),
    noun: str = "account",
) -> ConcentrationRanking:
    """`kind` of a row: of personal data, where its label is any. The labels of `protected` count and are not
    ranked."""
    rows = rows if "kind" in rows else rows.assign(kind="")
    sums = rows.groupby("unit").agg(label=("label", "first"), kind=("kind", "first"), value=("value", "sum"))
    figures = concentration(sums.value.to_numpy(), parameters, harm=harm)
    ranked, left_out = leave_out_protected(sums, "label", protected)
    top = ranked.sort_values("value", ascending=False, kind="stable").head(_TOP)
    shares = top.value / sums.value.sum()
    money = measure.endswith("in and out")
    values = [written(int(value), unit) if money else f"{value:,.0f}" for value in top.value]
    table = pd.DataFrame(
        {
            "label": top.label.to_numpy(),
            "kind": top.kind.to_numpy(),
            "value": values,
            "share": shares.to_numpy(),
            "together": shares.cumsum().to_numpy(),
        }
    )
    sources = tuple(sorted(int(source) for source in rows.source_id.unique()))
    return ConcentrationRanking(
        units, measure, figures, table, first, last, len(sums), sources, left_out, noun
    )


WHAT: dict[str, Callable[[Store, ConcentrationParameters], ConcentrationRanking]] = {
    "Crime by place": _places,
    "Harm by place": _harm,
    "Adverts by campaign": _campaigns,
    "Money by structure": _structures,
    "Money by account": _accounts,
}
