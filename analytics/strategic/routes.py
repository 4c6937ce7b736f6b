"""Routes: origin, transit and destination of every record that has them, counted by domain, and what is not
known of the rest. No route is suspicious by itself."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.store import Store
from analytics.strategic.legs import DOMAINS, LINE, NOT_KNOWN, TABLES, RouteParameters, fold_place, read_legs

ENDS = ("origin", "transit", "destination")
_DEFAULTS = RouteParameters()


@dataclass(frozen=True)
class Routes:
    """`cells`: a row an origin, transit and destination: these, a count by domain (see `DOMAINS`), rows,
    graded (the grades of its lines, the best first), best, first, last, domains (that speak of its two ends,
    in either direction). `coverage`: a row a domain: rows, routes (between two known places), within (one
    place), without_origin, without_destination, share_without_origin (None without rows). `legs`: as
    `read_legs` gives them. `unplaced`: names of places of which no position is known."""

    cells: pd.DataFrame
    coverage: pd.DataFrame
    legs: pd.DataFrame
    unplaced: tuple[str, ...] = ()

    @property
    def known(self) -> pd.DataFrame:
        """The cells whose two ends are known and are two places."""
        return self.cells[_are_routes(self.cells)]

    @property
    def gaps(self) -> tuple[str, ...]:
        """The domains without a row."""
        return tuple(self.coverage.domain[self.coverage.rows == 0])

    def find_rows(self, origin: str, transit: str, destination: str) -> pd.DataFrame:
        """The legs of one cell: table_name, source_id, row_number and the columns of `read_legs`."""
        at = (self.legs[list(ENDS)] == [origin, transit, destination]).all(axis=1)
        return self.legs[at].assign(table_name=self.legs.domain[at].map(TABLES))


def tabulate_routes(store: Store, parameters: RouteParameters = _DEFAULTS) -> Routes:
    """Every route of the store, those of which most domains speak first."""
    legs = read_legs(store, parameters)
    cells = count_cells(legs)
    positions = {
        fold_place(row["name"])
        for row in store.rows("SELECT DISTINCT name FROM place_position WHERE level = 'place'")
    }
    named = {place for name in ("origin", "destination") for place in cells[name]} - {NOT_KNOWN}
    unplaced = tuple(sorted(place for place in named if fold_place(place) not in positions))
    return Routes(cells, measure_coverage(legs), legs, unplaced)


def count_cells(legs: pd.DataFrame) -> pd.DataFrame:
    """The cells of legs: see `Routes`. Every leg is in one cell."""
    columns = [*ENDS, *DOMAINS, "rows", "graded", "best", "first", "last", "domains"]
    if legs.empty:
        return pd.DataFrame(columns=columns)
    counts = legs.pivot_table(index=list(ENDS), columns="domain", values="row_number", aggfunc="count")
    counts = counts.reindex(columns=list(DOMAINS)).fillna(0).astype(int)
    grouped = legs.groupby(list(ENDS))
    cells = counts.assign(
        rows=counts.sum(axis=1), first=grouped.time.min(), last=grouped.time.max()
    ).reset_index()
    lines = legs[legs.domain == LINE]
    grades = lines.groupby(list(ENDS)).grade.apply(_join_grades)
    keys = pd.MultiIndex.from_frame(cells[list(ENDS)])
    cells["graded"] = [grades.get(key, "") for key in keys]
    cells["best"] = [text.split(",")[0].split(" ")[0] for text in cells.graded]
    cells["domains"] = _count_domains(cells)
    cells["is_route"] = _are_routes(cells)
    order = ["is_route", "domains", "rows", *ENDS]
    cells = cells.sort_values(order, ascending=[False, False, False, True, True, True], ignore_index=True)
    return cells[columns]


def measure_coverage(legs: pd.DataFrame) -> pd.DataFrame:
    """How much of each domain says from where to where: see `Routes`."""
    rows = []
    for domain in DOMAINS:
        own = legs[legs.domain == domain]
        no_origin, no_destination = own.origin == NOT_KNOWN, own.destination == NOT_KNOWN
        within = ~no_origin & (own.origin == own.destination)
        rows.append(
            {
                "domain": domain,
                "rows": len(own),
                "routes": int((~no_origin & ~no_destination & ~within).sum()),
                "within": int(within.sum()),
                "without_origin": int(no_origin.sum()),
                "without_destination": int(no_destination.sum()),
                "share_without_origin": float(no_origin.mean()) if len(own) else None,
            }
        )
    return pd.DataFrame(rows)


def _are_routes(cells: pd.DataFrame) -> pd.Series:
    known = (cells.origin != NOT_KNOWN) & (cells.destination != NOT_KNOWN)
    return known & (cells.origin != cells.destination)


def _count_domains(cells: pd.DataFrame) -> list[int]:
    """How many domains speak of the two ends of each cell, in either direction and over whatever transit."""
    pairs = [
        (min(origin, destination), max(origin, destination))
        for origin, destination in zip(cells.origin, cells.destination, strict=True)
    ]
    spoken = (cells[list(DOMAINS)] > 0).groupby(pd.Series(pairs, index=cells.index)).any().sum(axis=1)
    return [int(spoken[pair]) for pair in pairs]


def _join_grades(grades: pd.Series) -> str:
    """Grades in words, the best first: '1A, 2B ×2'."""
    counts = grades.value_counts().sort_index()
    return ", ".join(f"{grade} ×{n}" if n > 1 else str(grade) for grade, n in counts.items())
