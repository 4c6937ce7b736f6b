"""Series as tables: the members with why they belong, the pairs with what speaks for each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.series.find import LinkedSeries
from analytics.series.incidents import SeriesIncidents


def tabulate_members(incidents: SeriesIncidents, found: LinkedSeries) -> pd.DataFrame:
    """The members of each series with what they are, when, and why they belong."""
    members = found.members
    rows = incidents.rows.iloc[members.position].reset_index(drop=True)
    size = members.series.map(found.series.set_index("series").members)
    return pd.DataFrame(
        {
            "series": members.series,
            "members": size,
            "source": rows.source_id,
            "row": rows.row_number,
            "reference": rows.reference,
            "category": rows.category,
            "place": rows.place,
            "from": _write_time(incidents.start[members.position]),
            "to": _write_time(incidents.end[members.position]),
            "bits": members.bits.round(2),
            "bayes_factor": members.bayes_factor.round(3),
            "probability": members.probability.round(4),
            "strongest_link": members.strongest.round(2),
            "why": explain_members(incidents, found),
        }
    )


def tabulate_pairs(incidents: SeriesIncidents, found: LinkedSeries) -> pd.DataFrame:
    """The candidate pairs, the strongest first, with the rows that each joins."""
    pairs = found.pairs
    ends: dict[str, pd.Series] = {}
    for side in ("first", "second"):
        rows = incidents.rows.iloc[pairs[side]].reset_index(drop=True)
        ends |= {
            f"{side}_source": rows.source_id,
            f"{side}_row": rows.row_number,
            f"{side}_reference": rows.reference,
        }
    rest = pairs.drop(columns=["first", "second"])
    return pd.DataFrame(ends).join(
        rest.round(
            {name: 4 for name in rest} | {"distance_m": 0, "probability": 6, "probability_by_distance": 6}
        )
    )


def explain_members(incidents: SeriesIncidents, found: LinkedSeries) -> list[str]:
    """Of each member, what its strongest link to another of its series says, in words."""
    of = dict(zip(found.members.position, found.members.series, strict=True))
    pairs = found.pairs
    same = pairs["first"].map(of).eq(pairs["second"].map(of)) & pairs["first"].isin(of)
    best: dict[int, pd.Series] = {}
    for _, pair in pairs[same].iterrows():  # the strongest first
        for side in ("first", "second"):
            best.setdefault(int(pair[side]), pair)
    return [explain_pair(incidents, best[position], position) for position in found.members.position]


def explain_pair(incidents: SeriesIncidents, pair: pd.Series, position: int) -> str:
    """What speaks for one pair, from one of its incidents: '310 m and 2.0 days from row 17; same entry,
    tool'."""
    other = int(pair["second"] if pair["first"] == position else pair["first"])
    row = incidents.rows.iloc[other]
    name = row.reference or f"row {row.row_number}"
    agreeing = [
        label.removeprefix("bits: ") for label in pair.index if label.startswith("bits: ") and pair[label] > 0
    ]
    text = f"{pair.distance_m:,.0f} m and {pair.days:.1f} days from {name}"
    return f"{text}; same {', '.join(agreeing)}" if agreeing else text


def _write_time(days: np.ndarray) -> list[str]:
    times = np.datetime64("1970-01-01T00:00") + np.round(days * 1440).astype("timedelta64[m]")
    return [text.replace("T", " ") for text in np.datetime_as_string(times, unit="m")]
