"""The links of places from many journeys: how many places and links, and how long they take to find.

    python -m bench.network.places [--journeys 1000000]

Made-up journeys: a person in three of them, 40 towns drawn by their rank, and every fifth journey ends at one
of 60,000 addresses. Mentions are read as an update reads them; what is timed is the links of places alone."""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import pandas as pd

from analytics.network.entities.mentions import read_mentions
from analytics.network.links.build import map_phones, tell_persons
from analytics.network.links.place_links import find_place_links
from analytics.store import Store
from tests.sources import insert_source_row

_JOURNEYS = (
    "INSERT INTO journey (source_id, row_number, traveller, from_place, to_place, departed_at)"
    " SELECT 1, n + 2, 'Person ' || n % ($journeys // 3), 'Town ' || chr(65 + a // 26) || chr(65 + a % 26),"
    " CASE WHEN n % 5 = 0 THEN CAST(floor(random() * 60000) AS INTEGER) || ' Mill Lane'"
    " ELSE 'Town ' || chr(65 + b // 26) || chr(65 + b % 26) END,"
    " TIMESTAMP '2026-01-01' + to_minutes(n % 500000)"
    " FROM (SELECT n, CAST(floor(40 * pow(random(), 2)) AS INTEGER) AS a,"
    " CAST(floor(40 * pow(random(), 2)) AS INTEGER) AS b FROM range($journeys) t(n))"
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--journeys", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "places.duckdb")
        with store.write() as cursor:
            insert_source_row(cursor, 1, "journey")
            cursor.execute("SELECT setseed(0.17)").fetchall()
            cursor.execute(_JOURNEYS, {"journeys": options.journeys}).fetchall()
        mentions = read_mentions(store)
        begun, used = time.perf_counter(), time.process_time()
        with store.read() as cursor:
            cursor.register("phone", map_phones(cursor, "GB"))
            cursor.register("person", tell_persons(mentions))
            links = pd.concat(find_place_links(cursor, mentions))
        clock, processor = time.perf_counter() - begun, time.process_time() - used
        ends = pd.concat([links.node, links.other])
        places = ends[~ends.str.startswith("person:")].nunique()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"{options.journeys:,} journeys of {len(mentions):,} people: {len(links):,} links of {places:,} "
            f"places and addresses in {processor:.1f} s of processor time, {clock:.1f} s by the clock, "
            f"{peak:.1f} GB at the peak"
        )
        store.close()


if __name__ == "__main__":
    main()
