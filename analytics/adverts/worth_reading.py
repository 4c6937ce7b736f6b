"""Which operations to read first, and why: a sum of named reasons for and against.

The sum orders the reading and is no probability. What speaks for somebody needing help comes first, then
movement and growth, then breadth and the strength of the link. The number of adverts counts nowhere: a
landlord posts more than anybody. What it was measured on is in docs/methods/operations.md."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.adverts.indicators import IndicatorFile
from analytics.adverts.queries import PLACED
from analytics.store import Store

FOR, AGAINST = "for", "against"

# Days are those of the adverts. `recent` is the last eight weeks of all adverts, `before` the eight before.
_MEASURES = f"""
    WITH placed AS ({PLACED}
    ), newest AS (SELECT max(posted_at)::DATE AS today FROM advert
    ), member AS (
        SELECT o.operation_id, a.source_id, a.row_number, a.posted_at::DATE AS day, a.site,
               lower(trim(a.kind)) AS kind, coalesce(p.named, a.place) AS place
        FROM operation_advert o JOIN advert a USING (source_id, row_number)
        LEFT JOIN placed p USING (source_id, row_number)
    ), seen AS (
        SELECT DISTINCT operation_id, day, place FROM member WHERE day IS NOT NULL AND place IS NOT NULL
    ), eight_weeks AS (
        SELECT operation_id, max(places) AS towns_in_eight_weeks FROM (
            SELECT s.operation_id, s.day, count(DISTINCT t.place) AS places
            FROM (SELECT DISTINCT operation_id, day FROM seen) s
            JOIN seen t ON t.operation_id = s.operation_id AND t.day BETWEEN s.day AND s.day + 55
            GROUP BY ALL)
        GROUP BY ALL
    ), phoned AS (
        SELECT operation_id, count(DISTINCT value) AS phones FROM member
        JOIN advert_identifier i USING (source_id, row_number) WHERE i.kind = 'phone' GROUP BY ALL
    )
    SELECT o.operation_id, o.score / greatest(o.adverts - 1, 1) AS bits, o.adverts,
           count(DISTINCT place) AS towns, count(DISTINCT site) AS sites,
           count(DISTINCT kind) AS kinds, date_diff('day', min(day), max(day)) AS days,
           count(*) FILTER (day > today - 56) AS recent,
           count(*) FILTER (day <= today - 56 AND day > today - 112) AS before,
           coalesce(any_value(towns_in_eight_weeks), 0) AS towns_in_eight_weeks,
           coalesce(any_value(phones), 0) AS phones
    FROM operation o JOIN member USING (operation_id) LEFT JOIN eight_weeks USING (operation_id)
    LEFT JOIN phoned USING (operation_id) CROSS JOIN newest
    GROUP BY o.operation_id, o.score, o.adverts ORDER BY o.operation_id
"""


@dataclass(frozen=True)
class WorthParameters:
    """Points of each reason. `tested` and `practice`: of an indicator for that every advert meets, by its
    evidence; practice counts `maximum_practice` at most, and indicators against `maximum_against`.
    `rare_share`: an indicator that more of all adverts meet counts less in proportion."""

    tested: float = 2.5
    practice: float = 0.75
    maximum_practice: float = 2.0
    against: float = 1.0
    maximum_against: float = 2.0
    rare_share: float = 0.1
    movement: float = 2.0
    growth: float = 1.0
    short: float = 1.0
    breadth: float = 0.5
    strength: float = 1.0
    settled: float = 2.0
    local: float = 1.0
    loose: float = 1.0
    few: float = 1.0


DEFAULTS = WorthParameters()


@dataclass(frozen=True)
class ReadingOrder:
    """`worth` by operation_id, the most worth reading first. `reasons`, a row a reason: operation_id,
    direction ('for', 'against'), name (a short code), reason (in words), points (negative against), the
    heaviest of an operation first."""

    worth: pd.Series
    reasons: pd.DataFrame


def order_by_worth(
    store: Store, hits: pd.DataFrame, file: IndicatorFile, parameters: WorthParameters = DEFAULTS
) -> ReadingOrder:
    """The order in which to read the operations of the store; `hits` as `indicator_hits.find_hits` gives
    them."""
    return weigh_operations(store.query(_MEASURES).to_pandas(), hits, file, parameters)


def weigh_operations(
    measures: pd.DataFrame, hits: pd.DataFrame, file: IndicatorFile, parameters: WorthParameters = DEFAULTS
) -> ReadingOrder:
    """The same from one row an operation: operation_id, bits (of its link, by advert), adverts, towns,
    towns_in_eight_weeks, sites, kinds, phones, days, recent and before (adverts of the last eight weeks of
    all data and of the eight before)."""
    reasons = pd.concat(
        [_measured_reasons(measures, parameters), _indicator_reasons(hits, file, parameters)],
        ignore_index=True,
    )
    reasons["direction"] = np.where(reasons.points > 0, FOR, AGAINST)
    by_weight = reasons.points.abs().sort_values(ascending=False, kind="stable").index
    reasons = reasons.loc[by_weight].sort_values("operation_id", kind="stable").reset_index(drop=True)
    worth = reasons.groupby("operation_id").points.sum().reindex(measures.operation_id).fillna(0.0)
    return ReadingOrder(worth.rename("worth").sort_values(ascending=False, kind="stable"), reasons)


def _measured_reasons(measures: pd.DataFrame, parameters: WorthParameters) -> pd.DataFrame:
    """What the counts of each operation say for and against."""
    m, p = measures, parameters
    several = m.adverts >= 3
    # A wording that many numbers use for a few adverts each, and that agrees little, is copied or a site's.
    copied = (m.phones >= 4) & (m.adverts < 6 * m.phones) & (m.bits < 15)
    breadth = np.log2(m.towns_in_eight_weeks.clip(lower=2)) / np.log2(3)
    rules: list[tuple[pd.Series, float | pd.Series, str, str]] = [
        (
            several & (m.towns_in_eight_weeks >= 3) & ~copied,
            p.movement * breadth,
            "movement",
            "{towns_in_eight_weeks} towns within eight weeks",
        ),
        (
            (m.recent >= 3) & (m.recent >= 2 * m.before),
            p.growth,
            "growth",
            "{recent} adverts in the last eight weeks, {before} in the eight weeks before",
        ),
        (
            (m.adverts >= 4) & (m.days <= 90) & (m.towns > 1),
            p.short,
            "short and intense",
            "All {adverts} adverts within {days} days, in {towns} towns",
        ),
        (several & (m.sites >= 2) & ~copied, p.breadth, "several sites", "Adverts on {sites} sites"),
        (several & (m.kinds >= 2) & ~copied, p.breadth, "several kinds", "{kinds} kinds of advert"),
        (m.bits >= 30, p.strength, "strong link", "Wording and contacts agree far beyond chance"),
        (
            several & (m.days > 365) & (m.towns == 2),
            -p.settled,
            "settled",
            "Over a year in the same two towns",
        ),
        (several & (m.days > 365) & (m.towns == 1), -p.settled, "settled", "Over a year in the same town"),
        (several & (m.towns == 1), -p.local, "one town", "Always in one town"),
        (copied, -p.settled, "copied wording", "{phones} numbers use one common wording"),
        (m.bits < 10, -p.loose, "loose link", "Wording and contacts agree little beyond chance"),
        (~several, -p.few, "few adverts", "Only {adverts} adverts"),
    ]
    return pd.concat([_reason_rows(m, *rule) for rule in rules], ignore_index=True)


def _reason_rows(
    measures: pd.DataFrame, holds: pd.Series, points: float | pd.Series, name: str, words: str
) -> pd.DataFrame:
    chosen = measures[holds]
    weight = points[holds] if isinstance(points, pd.Series) else points
    counts = chosen.drop(columns="bits").astype(int)
    return pd.DataFrame(
        {
            "operation_id": chosen.operation_id,
            "name": name,
            "reason": [words.format(**row) for row in counts.to_dict("records")],
            "points": weight,
        }
    )


def _indicator_reasons(hits: pd.DataFrame, file: IndicatorFile, parameters: WorthParameters) -> pd.DataFrame:
    """What the indicators say that count: by their evidence, the share of the operation's adverts that meet
    them, and how rare they are; practice for, and all against, up to a maximum."""
    counting = [indicator for indicator in file.indicators if indicator.counts]
    names = [indicator.name for indicator in counting]
    shares = hits.dropna(subset=["operation_id"]).groupby("operation_id")[names].mean()
    rarity = (parameters.rare_share / hits[names].mean().clip(lower=1e-9)).clip(upper=1.0) ** 0.5
    groups = {
        "tested": (parameters.tested, np.inf),
        "practice": (parameters.practice, parameters.maximum_practice),
        "against": (-parameters.against, parameters.maximum_against),
    }
    frames = []
    for group, (each, maximum) in groups.items():
        chosen = [i for i in counting if (i.evidence if i.direction == FOR else AGAINST) == group]
        points = shares[[i.name for i in chosen]] * rarity[[i.name for i in chosen]] * each
        points = points.mul((maximum / points.sum(axis=1).abs().clip(lower=1e-9)).clip(upper=1.0), axis=0)
        for indicator in chosen:
            met = points[indicator.name][points[indicator.name] != 0]
            frames.append(
                pd.DataFrame(
                    {
                        "operation_id": met.index.astype(int),
                        "name": indicator.name,
                        "reason": indicator.title,
                        "points": met.to_numpy(),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)
