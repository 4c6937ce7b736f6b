"""The few and the much: how large a share of crime, harm, adverts or money is held by how few places, campaigns or accounts.

Schreier's reason for intelligence-led work: a small share commits a large share. Places, texts and accounts are ranked, never
persons. What is measured is `analytics.hotspots.concentration`'s: the curve with its bootstrap band, Gini's coefficient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.hotspots.concentration import Concentration, ConcentrationParameters, concentration
from analytics.hotspots.harm import incident_weights, weights_for
from analytics.hotspots.refusal import TooFewData
from analytics.money import written
from analytics.store import Store
from analytics.tasking.results import harm_in_force

CELL_M, DAYS = 250.0, 364
_TOP = 20


@dataclass(frozen=True)
class Prolific:
    """`units` and `measure` in words; `held`: the curve and its figures; `top`: label, kind (of personal data, or ''), value (as text),
    share, together (cumulative share), the fullest first; `first`, `last`: the days counted; `total` units."""

    units: str
    measure: str
    held: Concentration
    top: pd.DataFrame
    first: date
    last: date
    total: int


def prolific(store: Store, what: str, parameters: ConcentrationParameters | None = None) -> Prolific:
    """One of WHAT over the last 364 days held. Raises TooFewData under 20 units or 20 records, KeyError for another."""
    return WHAT[what](store, parameters or ConcentrationParameters())


def _places(store: Store, parameters: ConcentrationParameters) -> Prolific:
    rows, first, last = _incidents(store)
    return _measured(
        "squares of 250 m",
        "incidents",
        rows.assign(value=rows.inside.astype(float)),
        first,
        last,
        parameters,
        "incidents",
    )


def _harm(store: Store, parameters: ConcentrationParameters) -> Prolific:
    rows, first, last = _incidents(store)
    if weights := harm_in_force(store):
        rows["harm"] = incident_weights(rows.category, weights_for(store, *weights)).weight
    if not rows.harm.notna().any():
        raise TooFewData("No harm weights fit these categories. Load a table on Hotspots, under Measure.")
    rows["value"] = rows.harm.fillna(0) * rows.inside
    return _measured("squares of 250 m", "harm", rows, first, last, parameters, "", harm=True)


def _incidents(store: Store) -> tuple[pd.DataFrame, date, date]:
    """Every located incident with its square, whether it is of the last year (`inside`), and its weight as imported. A
    square in which something was recorded only earlier counts as an empty one."""
    last = _last(
        store, "SELECT max(local_date) AS last FROM incident WHERE x IS NOT NULL", "incident with a place"
    )
    first = last - timedelta(days=DAYS - 1)
    rows = store.query(
        "SELECT area_id, floor(x / $cell) AS column, floor(y / $cell) AS row, lon, lat, category, local_date >= $first AS inside,"
        " harm_weight AS harm, place FROM incident WHERE x IS NOT NULL",
        {"cell": CELL_M, "first": first},
    ).to_pandas()
    rows["unit"] = rows.groupby(["area_id", "row", "column"]).ngroup()
    named = rows.dropna(subset="place").groupby("unit").place.agg(lambda names: names.value_counts().index[0])
    middle = rows.groupby("unit")[["lat", "lon"]].mean()
    fallback = middle.lat.map("{:.4f}".format) + ", " + middle.lon.map("{:.4f}".format)
    rows["label"] = rows.unit.map(named).fillna(rows.unit.map(fallback))
    return rows, first, last


def _campaigns(store: Store, parameters: ConcentrationParameters) -> Prolific:
    last = _last(store, "SELECT max(posted_at)::DATE AS last FROM advert", "advert")
    first = last - timedelta(days=DAYS - 1)
    rows = store.query(
        "WITH own AS (SELECT source_id, row_number, min(operation_id) AS operation_id FROM operation_advert GROUP BY ALL),"
        " text AS (SELECT source_id, row_number, min(campaign_id) AS campaign_id FROM campaign_advert GROUP BY ALL)"
        " SELECT coalesce('operation ' || operation_id, 'campaign ' || campaign_id, 'advert ' || source_id || ':' || row_number) AS label"
        " FROM advert LEFT JOIN own USING (source_id, row_number) LEFT JOIN text USING (source_id, row_number)"
        " WHERE posted_at::DATE >= ?",
        [first],
    ).to_pandas()
    rows = rows.assign(unit=pd.factorize(rows.label)[0], value=1.0)
    return _measured(
        "operations, campaigns and single adverts", "adverts", rows, first, last, parameters, "adverts"
    )


def _accounts(store: Store, parameters: ConcentrationParameters) -> Prolific:
    last = _last(store, 'SELECT max(occurred_at)::DATE AS last FROM "transaction"', "payment")
    first = last - timedelta(days=DAYS - 1)
    code = store.rows(
        'SELECT currency FROM "transaction" WHERE currency IS NOT NULL AND occurred_at::DATE >= ? GROUP BY ALL'
        " ORDER BY count(*) DESC, currency LIMIT 1",
        [first],
    )
    if not code:
        raise TooFewData("No payment of the last year states its currency.")
    currency = code[0]["currency"]
    rows = store.query(
        'SELECT account AS label, sum(amount_minor)::DOUBLE AS value FROM (SELECT from_account AS account, * FROM "transaction"'
        ' UNION ALL SELECT to_account, * FROM "transaction") WHERE account IS NOT NULL AND currency = ? AND occurred_at::DATE >= ?'
        " AND amount_minor >= 0 GROUP BY account ORDER BY account",
        [currency, first],
    ).to_pandas()
    rows = rows.assign(unit=np.arange(len(rows)))
    return _measured(
        "accounts",
        f"{currency} in and out",
        rows,
        first,
        last,
        parameters,
        currency,
        harm=True,
        kind="account",
    )


def _last(store: Store, question: str, noun: str) -> date:
    last = store.rows(question)[0]["last"]
    if last is None:
        raise TooFewData(f"No {noun} is held.")
    return last


def _measured(
    units: str, measure: str, rows: pd.DataFrame, first: date, last: date, parameters: ConcentrationParameters, unit: str, *,
    harm: bool = False, kind: str = "",
) -> Prolific:  # fmt: skip
    sums = rows.groupby("unit").agg(label=("label", "first"), value=("value", "sum"))
    found = concentration(sums.value.to_numpy(), parameters, harm=harm)
    top = sums.sort_values("value", ascending=False, kind="stable").head(_TOP)
    shares = top.value / sums.value.sum()
    money = measure.endswith("in and out")
    words = [written(int(value), unit) if money else f"{value:,.0f}" for value in top.value]
    table = pd.DataFrame(
        {
            "label": top.label.to_numpy(),
            "kind": kind,
            "value": words,
            "share": shares.to_numpy(),
            "together": shares.cumsum().to_numpy(),
        }
    )
    return Prolific(units, measure, found, table, first, last, len(sums))


WHAT: dict[str, Callable[[Store, ConcentrationParameters], Prolific]] = {
    "Crime by place": _places, "Harm by place": _harm, "Adverts by campaign": _campaigns, "Money by account": _accounts,
}  # fmt: skip
