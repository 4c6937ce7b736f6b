"""A working area as the methods see it: data alone, read through an engine that remembers its results."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.hotspots.data_extent import DataExtent, read_extent
from analytics.store import Store
from analytics.store.engine import Engine, open_engine


@dataclass(frozen=True)
class Workspace:
    """Where a method works: the engine, the store whose maps name its places, the working area, its projected
    CRS (an EPSG code), its time zone and what its incidents cover."""

    engine: Engine
    store: Store
    area_id: int
    epsg: int
    time_zone: str
    extent: DataExtent


def open_workspace(store: Store, area_id: int) -> Workspace:
    """The workspace of a working area. Raises KeyError for one without incidents."""
    engine = open_engine(store)
    extent = read_extent(engine, area_id)
    area = store.rows("SELECT epsg, time_zone FROM area WHERE area_id = ?", [area_id])[0]
    return Workspace(engine, store, area_id, area["epsg"], area["time_zone"], extent)
