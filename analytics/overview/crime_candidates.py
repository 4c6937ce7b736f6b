"""What recorded crime offers to look at: places that rise, categories out of their band, the busiest
places."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely

from analytics.basemap import name_places
from analytics.hotspots.grid.custom_area import write_drawn
from analytics.oversight.masking import mask_text
from analytics.overview.attention import Attention, Marks, Ring, mark_age, mark_chance, mark_ratio
from analytics.overview.morning import LatestChange
from analytics.overview.rising_places import RisingPlace, RisingPlaces
from analytics.overview.worst_places import WorstPlaces
from analytics.shared.two_counts import judge_counts
from analytics.shared.wording import counted, write_day, write_period
from analytics.store import Store

MANY_CELLS = 4_000  # beyond which Hotspots is opened on the place alone
_HALF = 0.5


def rising_candidates(
    store: Store,
    area_id: int,
    area_name: str,
    found: RisingPlaces,
    change: LatestChange | None,
    harm: Mapping[str, float] = MappingProxyType({}),
) -> list[Attention]:
    """Each rising place, by its name. A place that makes up half of a category's rise has its cause. `harm`
    as `weigh_categories` gives it."""
    if not found.places:
        return []
    rings = [place.ring for place in found.places]
    names = name_places(
        store, area_id, np.array([ring.lon for ring in rings]), np.array([ring.lat for ring in rings])
    )
    return [
        _rising(place, name, area_name, found, change, harm)
        for place, name in zip(found.places, names, strict=True)
    ]


def _gravity(count: float, expected: float, harm: float | None) -> int:
    """How grave: the mark of how much more there is, or of how much more harm one of its category weighs than
    the area's mean incident, whichever is higher."""
    return max(mark_ratio(count, expected), mark_ratio(harm, 1.0) if harm is not None else 0)


def _rising(
    place: RisingPlace,
    name: str,
    area_name: str,
    found: RisingPlaces,
    change: LatestChange | None,
    harm: Mapping[str, float],
) -> Attention:
    strength, sure = mark_chance(place.p_adjusted)
    is_new = place.expected < 1 or max(place.line[: len(place.line) // 2], default=0) == 0
    link: dict[str, str | list[str]] = {
        "area": area_name,
        "cells": found.grid.kind,
        "size": f"{found.grid.size:g} m",
        "cell": place.core,
        "period": [found.first_day.isoformat(), found.last_day.isoformat()],
    }
    if found.cells > MANY_CELLS:
        link["drawn"] = write_drawn(_polygon(place.ring))
    return Attention(
        id=f"place-{place.core}",
        kind="place",
        name=name,
        about=f"Hotspot · {'new' if is_new else 'rising'} since {write_day(place.since)}, mostly "
        f"{_small(place.category)}",
        marks=Marks(
            strength,
            mark_age(place.highest, found.last_day),
            _gravity(place.count, place.expected, harm.get(place.category)),
            0,
        ),
        since=place.since,
        cause=_cause_of(place, change),
        sure=sure[:1].upper() + sure[1:],
        otherwise=f"{place.repeated:.0%} stand at one coordinate, perhaps a stand-in for others."
        if place.repeated >= _HALF
        else "More may be recorded there than before, or a few linked incidents that have stopped.",
        rests_on=f"{counted(place.count, 'incident')}, {write_period(found.first_day, found.last_day)}; "
        f"{place.expected:.1f} expected from the place's own past and the whole area. Adjusted p = "
        f"{place.p_adjusted:.2g} over {found.cells:,} cells.",
        page="hotspots",
        link=link,
        figure=f"{place.count:,}",
        beside=f"expected {_rounded(place.expected)}",
        line=tuple(float(value) for value in place.line),
        expected=(place.expected_each,),
        place=place.ring,
        subject={
            "finding": "place",
            "cell": place.core,
            "kind": found.grid.kind,
            "size": int(found.grid.size),
            "first": found.first_day.isoformat(),
            "last": found.last_day.isoformat(),
        },
    )


def category_candidates(
    area_name: str, change: LatestChange, harm: Mapping[str, float] = MappingProxyType({})
) -> list[Attention]:
    """Each category outside the band of what was expected."""
    unusual = change.table[change.table.unusual != ""]
    return [_category(row, area_name, change, harm) for row in unusual.itertuples()]


def _category(row: Any, area_name: str, change: LatestChange, harm: Mapping[str, float]) -> Attention:
    strength, sure = mark_chance(row.p_adjusted)
    more = row.unusual == "more"
    since = row.since if more else change.first_day
    return Attention(
        id=f"category-{row.category}",
        kind="category",
        name=row.category,
        about=f"Category · {'more' if more else 'fewer'} than expected since {write_day(since)}",
        marks=Marks(strength, 3, _gravity(row.count, row.expected, harm.get(row.category)) if more else 0, 0),
        since=since,
        cause=f"category {row.category}",
        sure=sure[:1].upper() + sure[1:],
        otherwise=mask_text(row.note) or "A season, a recording drive or a changed definition."
        if more
        else "Late recording: the latest period fills up in the weeks after it.",
        rests_on=f"{counted(row.count, 'incident')}, {write_period(change.first_day, change.last_day)}; "
        f"95 % of such periods have {row.low:,} to {row.high:,}. Adjusted p = {row.p_adjusted:.2g}.",
        page="hotspots",
        link={"area": area_name, "category": [row.category]},
        figure=f"{row.count:,}",
        beside=f"expected {_rounded(row.expected)}",
        line=tuple(float(count) for count in row.line),
        expected=(float(row.expected),),
        subject={"finding": "category", "category": row.category},
    )


def busiest_candidates(
    store: Store, area_id: int, area_name: str, epsg: int, worst: WorstPlaces
) -> list[Attention]:
    """The places with the most incidents, by which a quiet morning is filled: a count, and said to be one."""
    rings = worst.outline(epsg)
    if not rings:
        return []
    names = name_places(
        store, area_id, np.array([ring.lon for ring in rings]), np.array([ring.lat for ring in rings])
    )
    period = write_period(worst.first_day, worst.last_day)
    return [
        Attention(
            id=f"busy-{row.cell}",
            kind="place",
            name=name,
            about=f"Busiest place · mostly {_small(row.category)}",
            marks=Marks(0, 0, 0, 0),
            since=None,
            cause=f"busy {row.cell}",
            sure="A count, not a test",
            otherwise="More people or targets are there, so more happens without any higher risk.",
            rests_on=f"{counted(row.count, 'incident')}, {period}; {row.before:,} in the {worst.days} days "
            f"before, {judge_counts(row.count, row.before)}.",
            page="hotspots",
            link={
                "area": area_name,
                "cells": "square",
                "size": f"{worst.cell} m",
                "cell": row.cell,
                "period": [worst.first_day.isoformat(), worst.last_day.isoformat()],
            },
            figure=f"{row.count:,}",
            beside=f"{row.before:,} before",
            place=ring,
            subject={
                "finding": "place",
                "cell": row.cell,
                "kind": "square",
                "size": worst.cell,
                "first": worst.first_day.isoformat(),
                "last": worst.last_day.isoformat(),
            },
        )
        for row, name, ring in zip(worst.table.itertuples(), names, rings, strict=True)
    ]


def _cause_of(place: RisingPlace, change: LatestChange | None) -> str:
    if change is not None:
        rows = change.table[(change.table.category == place.category) & (change.table.unusual == "more")]
        for row in rows.itertuples():
            if place.category_excess >= _HALF * (row.count - row.expected):
                return f"category {place.category}"
    return f"place {place.core}"


def _polygon(ring: Ring) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.Polygon(outline) for outline in ring.outlines])


def _small(category: str) -> str:
    """A category within a sentence: its first letter small, unless it is an abbreviation."""
    return category if category[1:2].isupper() else category[:1].lower() + category[1:]


def _rounded(expected: float) -> str:
    return f"{expected:,.0f}" if expected >= 10 else f"{expected:.1f}"
