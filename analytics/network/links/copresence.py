"""Who was at one place at one time more often than chance brings two together.

What is counted are occasions: a departure on one route, a cell of a telephone in one hour. A timetable or a
busy place brings people together too. So chance is what comes of giving the same trips to the same occasions
at random: two trips of a route with occasions of s trips meet with probability sum s (s - 1) / (R (R - 1)),
R trips in all. One meeting says nothing; several beyond that do."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import poisson

PRESENT = "co-presence"
_FEWEST = 2  # occasions
_CROWD = 30  # at one occasion: no two of them were together
_SURE = 0.5  # probability from which a link is made


def find_copresence(occasions: pd.DataFrame) -> pd.DataFrame:
    """one, two, events (occasions together), expected (by chance), probability (that they were together by
    more than chance, with the number of pairs allowed for), first_at, last_at, keys (of the rows of both).

    `occasions`: node, route, slot (of an occasion, the same for all at it), moment, key (of a row)."""
    columns = ["one", "two", "events", "expected", "probability", "first_at", "last_at", "keys"]
    own = occasions.drop_duplicates(["node", "route", "slot"])
    size = own.groupby(["route", "slot"]).node.transform("size")
    together = own[(size > 1) & (size <= _CROWD)]
    rows = [
        (route, *((one, two) if one.node <= two.node else (two, one)))
        for (route, _), there in together.groupby(["route", "slot"], sort=True)
        for one, two in combinations(there.itertuples(), 2)
    ]
    if not rows:
        return pd.DataFrame(columns=columns)
    pairs = pd.DataFrame(
        {
            "route": [route for route, _, _ in rows],
            "one": [one.node for _, one, _ in rows],
            "two": [two.node for _, _, two in rows],
            "moment": [one.moment for _, one, _ in rows],
            "key": [[one.key, two.key] for _, one, two in rows],
        }
    )
    trips = own.groupby(["route", "node"]).size()
    met = pairs.groupby(["one", "two", "route"]).size().reset_index(name="met")
    many = [
        trips.reindex(pd.MultiIndex.from_arrays([met.route, met[side]])).to_numpy() for side in ("one", "two")
    ]
    met["expected"] = many[0] * many[1] * met.route.map(_chance_of_meeting(own)).to_numpy()
    found = pairs.groupby(["one", "two"], as_index=False).agg(
        events=("moment", "size"), first_at=("moment", "min"), last_at=("moment", "max"), keys=("key", "sum")
    )
    found["expected"] = met.groupby(["one", "two"]).expected.sum().to_numpy()
    tail = poisson.sf(found.events - 1, found.expected)
    rank = pd.Series(tail).rank(method="max").to_numpy()
    often = int((own.groupby("node").size() >= _FEWEST).sum())
    compared = often * (often - 1) / 2  # pairs that could have met twice at all
    found["probability"] = np.clip(1 - tail * compared / rank, 0, 1)
    found = found[(found.events >= _FEWEST) & (found.probability >= _SURE)]
    return found[columns].reset_index(drop=True)


def _chance_of_meeting(own: pd.DataFrame) -> pd.Series:
    size = own.groupby(["route", "slot"]).size()
    total = size.groupby("route").sum()
    return (size * (size - 1)).groupby("route").sum() / (total * (total - 1)).clip(lower=1)
