"""What the page Today shows of one working area, as data: `gather` computes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.hotspots.grid.cells import Grid
from analytics.overview.attention import Attention
from analytics.store import Store


@dataclass(frozen=True)
class LatestChange:
    """`table`: one row a category, as `compare_latest` gives them, the period it speaks of (both dates
    inclusive) and, in a sentence, what was expected from (`basis`). `false_alarms`: how many a month all
    categories together raise where nothing is new."""

    table: pd.DataFrame
    first_day: date
    last_day: date
    period: str
    basis: str
    false_alarms: float = 1.0


@dataclass(frozen=True)
class Queue:
    """`who` is waited for, `what` waits, how many (`count`, 0 where nothing does), and what opens it. `name`
    stands in the line of what is empty."""

    name: str
    who: str
    what: str
    count: int
    page: str
    link: Mapping[str, str]


@dataclass(frozen=True)
class NotComputed:
    """What nobody has run yet, in one line, and the page that runs it."""

    text: str
    page: str


@dataclass(frozen=True)
class Morning:
    """`five`: what to look at, in order, of `found` things; None while that is still computed. `change`:
    categories against their band, None where the data reach back too little. `cells`: id, count, lon and lat
    of the latest 12 weeks (of the latest month, where the data are monthly) on `grid`, from `first_day` to
    `last_day`. `queues`: what waits for whom. `known`: the Achilles grid, as `collection_grid` gives it.
    `not_computed`: what to run first. `as_of`: the day from which newness counts, the newest that the store
    knows of."""

    area_id: int
    change: LatestChange | None
    cells: pd.DataFrame
    grid: Grid
    first_day: date | None
    last_day: date | None
    queues: tuple[Queue, ...]
    known: pd.DataFrame
    not_computed: tuple[NotComputed, ...]
    as_of: date
    five: tuple[Attention, ...] | None = None
    found: int = 0


def read_work_state(store: Store) -> tuple[int, ...]:
    """Numbers that change whenever the unit's work does, which raises no data version."""
    row = store.rows(
        "SELECT (SELECT count(*) FROM product) AS a, (SELECT count(*) FROM decision) AS b,"
        " (SELECT count(*) FROM finding) AS c,"
        " (SELECT count(*) + count(withdrawn_at) FROM finding_link) AS d,"
        " (SELECT count(*) + count(withdrawn_at) FROM report_link) AS e, (SELECT count(*) FROM report) AS f,"
        " (SELECT count(*) FROM requirement) AS g, (SELECT count(*) FROM result) AS h,"
        " (SELECT count(*) + count(closed_at) FROM meeting) AS i, (SELECT count(*) FROM assessment) AS j,"
        " (SELECT count(*) FROM advert_run) AS k, (SELECT count(*) FROM lead_search) AS l,"
        " (SELECT count(*) FROM advert_label) AS m, (SELECT count(*) FROM action_event) AS n,"
        " (SELECT count(*) FROM import_failure) AS o"
    )[0]
    return tuple(row.values())
