"""A town made up for the tests, as an OpenStreetMap extract."""

from datetime import date
from pathlib import Path

from analytics.ingest import SourceDetails
from analytics.oversight import Actor
from tests.basemap.osm_file import write_extract

ACTOR = Actor("analyst one")
DETAILS = SourceDetails("Vell", "Open data", "Base map", "P", date(2030, 1, 1))
BOUNDS = (3.00, 48.00, 3.04, 48.03)
HARBOUR = [(3.000, 48.010), (3.010, 48.010), (3.020, 48.010), (3.030, 48.010)]
MILL = [(3.010, 48.000), (3.010, 48.010), (3.010, 48.020)]
BRIDGE = [(3.020, 48.005), (3.020, 48.015)]  # over Harbour Street, with no node of it
COAST = [(3.00, 48.025), (3.02, 48.024), (3.04, 48.025)]  # the sea on its right: the south
PARK = [(3.031, 48.012), (3.034, 48.012), (3.034, 48.014), (3.031, 48.014), (3.031, 48.012)]
SCHOOL = [(x, y - 0.004) for x, y in PARK]


def write_town(path: Path) -> Path:
    return write_extract(
        path,
        points=[
            ((3.015, 48.012), {"place": "neighbourhood", "name": "Old Town"}),
            ((3.002, 48.002), {"place": "town", "name": "Vell"}),
            ((3.012, 48.011), {"amenity": "cafe", "name": "Café Lune"}),
            ((3.013, 48.011), {"amenity": "bench"}),
        ],
        lines=[
            (HARBOUR, {"highway": "primary", "name": "Harbour Street"}),
            (MILL, {"highway": "residential", "name": "Mill Lane"}),
            (BRIDGE, {"highway": "trunk", "ref": "A1;E4", "bridge": "yes"}),
            ([(3.010, 48.020), (3.012, 48.021)], {"highway": "footway"}),
            ([(3.005, 48.000), (3.006, 48.005)], {"waterway": "river", "name": "Vell"}),
            (COAST, {"natural": "coastline"}),
            (PARK, {"leisure": "park", "name": "Abbey Park"}),
            (SCHOOL, {"building": "school", "amenity": "school", "name": "St Ann"}),
            ([(3.5, 48.5), (3.6, 48.5)], {"highway": "residential", "name": "Far Road"}),
        ],
        bounds=BOUNDS,
        dated=1_700_000_000,
    )
