"""What adverts and payments offer to look at: operations that are new or grow, and leads in the money."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analytics.adverts.indicator_hits import count_by_operation, find_hits
from analytics.adverts.indicators import load_indicators
from analytics.adverts.operation_finding import ALTERNATIVES as OTHERWISE_ADVERTS
from analytics.adverts.queries import PLACED
from analytics.adverts.strength import describe_score
from analytics.finance.leads import Leads
from analytics.intelligence.possible_victims import find_protected_identifiers
from analytics.oversight.masking import mask
from analytics.overview.attention import Attention, Marks, mark_age, mark_chance, mark_ratio
from analytics.shared.predictive import predictive
from analytics.shared.wording import counted, write_day, write_period
from analytics.store import Store

_DAYS, _BASELINE, _WEEKS = 28, 12, 12
_FEWEST = 3  # adverts of late, for an operation to be called new or growing
_WORTH_READING = 5  # adverts in all, for indicators to be read as an operation's
_LEVEL = 0.05
_MOST_LEADS = 6
_PLACES_NAMED = 2


def operation_candidates(store: Store) -> list[Attention]:
    """Operations of adverts with an advert in the latest 28 days that are new, grow beyond their own past, or
    meet more indicators for exploitation than against it.

    Growth: the latest 28 days against up to 12 such periods before, negative binomial with the operation's
    own over-dispersion (at least 1); Benjamini & Hochberg over the operations tested."""
    posted = store.query(
        "SELECT operation_id, posted_at::DATE AS day FROM operation_advert JOIN advert"
        " USING (source_id, row_number) WHERE posted_at IS NOT NULL"
    ).to_pandas()
    if posted.empty:
        return []
    day = pd.to_datetime(posted.day)
    last = day.max().date()
    age = (pd.Timestamp(last) - day).dt.days.to_numpy()
    recent = posted[age < _DAYS].operation_id.value_counts()
    if recent.empty:
        return []
    active = recent.index[~recent.index.astype(str).isin(find_protected_identifiers(store, "operation"))]
    if active.empty:
        return []
    file = load_indicators()
    indicators = count_by_operation(find_hits(store, file), file)
    about = _describe_operations(store, active.tolist())
    tested = [
        _test_operation(int(number), age[posted.operation_id.to_numpy() == number]) for number in active
    ]
    p_adjusted = stats.false_discovery_control([test["p"] for test in tested], method="bh")
    found = []
    for test, p in zip(tested, p_adjusted, strict=True):
        number = test["number"]
        hits = indicators.loc[number] if number in indicators.index else None
        many = test["count"] >= _FEWEST
        is_new = many and test["oldest"] < _DAYS
        pointed = hits is not None and (hits.safeguard or hits.indicators_for - hits.indicators_against >= 2)
        if is_new or (many and p <= _LEVEL) or (pointed and about.adverts[number] >= _WORTH_READING):
            found.append(_operation(test, float(p), about.loc[number], hits, is_new=is_new, last=last))
    return found


def _test_operation(number: int, age: np.ndarray) -> dict[str, Any]:
    """What one operation posted: `age` is that of each advert, in days before the latest of all."""
    oldest = int(age.max())
    periods = min(_BASELINE, oldest // _DAYS)
    counts = np.bincount(age // _DAYS, minlength=periods + 1)[: periods + 1].astype(float)
    baseline = counts[1:]
    mean = max(baseline.mean(), 0.5 / periods) if periods else 0.5
    dispersion = max(1.0, baseline.var(ddof=1) / mean) if periods > 1 else 1.0
    prediction = predictive(mean, mean * dispersion * (1 + 1 / max(periods, 1)))
    return {
        "number": number,
        "count": int(counts[0]),
        "expected": mean if periods else 0.0,
        "p": float(prediction.sf(np.asarray(counts[0] - 1))) if periods else 1.0,
        "oldest": oldest,
        "newest": int(age.min()),
        "line": np.bincount(age // 7, minlength=_WEEKS)[:_WEEKS][::-1],
    }


def _describe_operations(store: Store, numbers: list[int]) -> pd.DataFrame:
    """score, adverts and the places most named, by operation."""
    rows = store.query(
        f"WITH p AS ({PLACED}), counted AS (SELECT operation_id, coalesce(p.named, a.place) AS place,"
        " count(*) AS n FROM operation_advert o JOIN advert a USING (source_id, row_number)"
        " LEFT JOIN p USING (source_id, row_number) WHERE list_contains(?::INTEGER[], operation_id)"
        " AND coalesce(p.named, a.place) IS NOT NULL GROUP BY ALL)"
        " SELECT operation_id, score, adverts, list(place ORDER BY n DESC, place)"
        " FILTER (place IS NOT NULL) AS places FROM operation LEFT JOIN counted USING (operation_id)"
        " WHERE list_contains(?::INTEGER[], operation_id) GROUP BY ALL",
        [numbers, numbers],
    )
    return rows.to_pandas().set_index("operation_id")


def _operation(
    test: dict[str, Any], p: float, about: Any, hits: Any, *, is_new: bool, last: date
) -> Attention:
    number, strength = test["number"], describe_score(about.score)
    places = [str(place) for place in about.places] if about.places is not None else []
    others = len(places) - _PLACES_NAMED
    named = ", ".join(places[:_PLACES_NAMED]) + (
        f" and {counted(others, 'place')} more" if others > 0 else ""
    )
    pro = int(hits.indicators_for) if hits is not None else 0
    con = int(hits.indicators_against) if hits is not None else 0
    safeguard = bool(hits is not None and hits.safeguard)
    growing = p <= _LEVEL and not is_new and test["count"] >= _FEWEST
    change = "new since" if is_new else "growing since" if growing else "last seen"
    age = test["oldest"] if is_new else _DAYS - 1 if growing else test["newest"]
    since = last - timedelta(days=age)
    mark, words = mark_chance(p)
    signs = f"{counted(pro, 'indicator')} for, {con} against"
    return Attention(
        id=f"operation-{number}",
        kind="operation",
        name=f"Operation {number}{f': {named}' if named else ''}",
        about=f"{counted(about.adverts, 'advert')} by one author · {change} {write_day(since)}",
        marks=Marks(
            mark if growing else 2 if strength in ("strong", "very strong") else 1,
            mark_age(since, last) if is_new or growing else 1,
            min(3, max(pro - con, 0)) if not growing else mark_ratio(test["count"], test["expected"]),
            3 if safeguard else 1 if pro > con else 0,
        ),
        since=since,
        cause=f"operation {number}",
        sure=f"Links {strength}" + (f"; growth {words}" if growing else ""),
        otherwise=OTHERWISE_ADVERTS[1]["explanation"],
        rests_on=f"{counted(test['count'], 'advert')} in the latest {_DAYS} days, "
        + (f"{test['expected']:.1f} expected from its own past. " if not is_new else "none before. ")
        + f"{signs}{'; somebody may need help' if safeguard else ''}. No advert shows whether somebody "
        "consents.",
        page="adverts",
        link={"operation": str(number)},
        figure=f"{test['count'] if is_new or growing else pro:,}",
        beside="none before"
        if is_new
        else f"expected {test['expected']:.1f}"
        if growing
        else "indicator for"
        if pro == 1
        else "indicators for",
        line=tuple(float(value) for value in test["line"]),
        expected=(test["expected"] * 7 / _DAYS,) if growing else (),
        subject={"finding": "operation", "number": number},
    )


def lead_candidates(leads: Leads, as_of: date) -> list[Attention]:
    """Of the leads that are hardly chance, the newest and the strongest; how new by `as_of`."""
    table = leads.leads
    strong = table[table.by_chance <= _LEVEL]
    if strong.empty:
        return []
    newest = strong.sort_values(["last", "rank"], ascending=[False, True]).head(_MOST_LEADS)
    strongest = strong.sort_values("rank").head(_MOST_LEADS)
    chosen = pd.concat([newest, strongest]).drop_duplicates("lead_id")
    return [_lead(row, leads.evidence, as_of) for row in chosen.itertuples()]


def _lead(row: Any, evidence: pd.DataFrame, as_of: date) -> Attention:
    mark, words = mark_chance(row.by_chance)
    mine = evidence[evidence.lead_id == row.lead_id]
    sums = mine.groupby("currency").amount_minor.sum() / 100
    moved = ", ".join(f"{amount:,.0f} {currency}" for currency, amount in sums.items())
    weeks = (pd.to_datetime(mine.occurred_at).max() - pd.to_datetime(mine.occurred_at)).dt.days // 7
    period = write_period(row.first.date(), row.last.date())
    return Attention(
        id=f"money-{row.lead_id}",
        kind="money",
        name=f"Account {mask(row.account, 'account')}: {row.typology}",
        about=f"Money lead · {counted(row.accounts, 'account')}, last on {write_day(row.last.date())}",
        marks=Marks(mark, mark_age(row.last.date(), as_of), 1, 0),
        since=row.last.date(),
        cause=f"lead {row.lead_id}",
        sure=words[:1].upper() + words[1:],
        otherwise="A business, a family or a collection can move money so.",
        rests_on=f"{counted(row.transactions, 'payment')}, {moved}, {period}. Of such leads "
        f"{row.by_chance:.2g} are expected to be wrong. It shows how money moved, not why.",
        page="finance",
        link={"lead": row.lead_id},
        figure=f"{row.transactions:,}",
        beside="payments",
        line=tuple(np.bincount(weeks, minlength=_WEEKS)[:_WEEKS][::-1].astype(float).tolist()),
        subject={"finding": "money", "lead": row.lead_id},
    )
