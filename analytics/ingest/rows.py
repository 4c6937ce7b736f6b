"""What the rows of every kind of file share: SQL over the raw rows of the file, and where they go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
from tzfpy import get_tz

from analytics.ingest.area import PlaceSpread, choose_area, choose_projection, find_area
from analytics.ingest.mapping import Mapping
from analytics.ingest.sql import RawRows

NO_TEXT = "CAST(NULL AS VARCHAR)"


@dataclass(frozen=True)
class Rows:
    """`columns`: SQL of each column of the table; `reason`: SQL of why a row is refused, NULL where it is
    not; `source`: what both are selected from.

    `repeats`: SQL of how many times a row stands in the table, where some stand more than once: the further
    ones are numbered after the last row of the file. `accepted`: SQL of what only good rows fulfil, where
    that is quicker than to ask for the reason. `shown`: SQL of the columns of a preview, where they are
    others. `place` and `date`: the columns that are NULL where an accepted row has no place, no date.
    `time_zone`: of the file's clock times, where it is not that of the area."""

    columns: dict[str, str]
    reason: str
    source: str
    notes: tuple[str, ...] = ()
    repeats: str | None = None
    accepted: str | None = None
    shown: dict[str, str] | None = None
    place: str | None = None
    date: str | None = None
    area_id: int | None = None
    time_zone: str | None = None


@dataclass(frozen=True)
class Destination:
    """Where the rows of a file go: to a working area named, or a new one called `new_area`. `step` is called
    with what comes next and the share done. A preview writes nothing and makes no area."""

    area: str | None = None
    new_area: str = ""
    step: Callable[[str, float], None] = lambda text, share: None
    is_preview: bool = False

    def area_around(
        self, cursor: duckdb.DuckDBPyConnection, spread: PlaceSpread | None, time_zone: str | None
    ) -> tuple[int, int, str]:
        """(area_id, epsg, time zone) of the area of these places, made if new. Raises UnreadableFile where
        they stretch too far."""
        if self.is_preview:
            epsg = choose_projection(spread) if spread else 4326
            return 0, epsg, time_zone or (spread and get_tz(*spread.middle)) or "UTC"
        return choose_area(cursor, self.area, self.new_area, spread, time_zone)

    def area_named(self, cursor: duckdb.DuckDBPyConnection, time_zone: str | None) -> tuple[int | None, str]:
        """(area_id, time zone) of the area named, one already stored; none, and the zone given or UTC, where
        none is named. Raises UnreadableFile."""
        if not self.area:
            return None, time_zone or "UTC"
        area_id, its_zone = find_area(cursor, self.area)
        return area_id, time_zone or its_zone


RowMaker = Callable[[duckdb.DuckDBPyConnection, RawRows, Mapping, Destination], Rows]
