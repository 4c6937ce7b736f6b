"""How long a search takes over a million rows, and how long they take to be folded: `python -m bench.search`.

Rows are made by SQL in a store of their own; nothing is read or downloaded. Prints the median and the
slowest of several searches, their processor seconds on all cores, the seconds to fold and the size of the
store before and after."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from analytics.oversight.roles import find_tier
from analytics.search import refresh_index, search
from analytics.store import Store

ROWS = 1_000_000
SEARCHES = (
    "silva",
    "maria da silva",
    "zzz",
    "wages",
    "tr",
    "07700 123456",
    "+44 7700 12",
    "gb29 nwbk 4711",
    "ab12cde",
    "CR/2026/000123",
    "quay street",
)
_PAYMENTS = """
INSERT INTO "transaction" (source_id, row_number, reference, occurred_at, from_account, to_account, from_name,
    amount_minor, currency, channel, note)
SELECT 1, i, 'TR-' || i, TIMESTAMP '2026-01-01' + to_seconds(i * 7),
    'GB29NWBK' || lpad((hash(i % 50000) % 100000000000000)::VARCHAR, 14, '0'),
    'GB29NWBK' || lpad((hash(i % 49999) % 100000000000000)::VARCHAR, 14, '0'),
    list_extract(['Maria da Silva', 'Łucja Øberg', 'Ayşe Öz', 'John Marsh'], i % 4 + 1) || ' ' || i % 997,
    i % 90000, 'GBP', list_extract(['card', 'transfer', 'cash'], i % 3 + 1),
    list_extract(['rent for March', 'weekly wages', 'transfer to savings', 'meal'], i % 4 + 1)
FROM range($rows) t(i)
"""
_CALLS = """
INSERT INTO communication (source_id, row_number, reference, from_phone, to_phone, started_at, place)
SELECT 2, i, 'CO-' || i, '+447700' || lpad((hash(i) % 1000000)::VARCHAR, 6, '0'),
    '0161 496 ' || lpad((hash(i + 1) % 10000)::VARCHAR, 4, '0'),
    TIMESTAMP '2026-01-01' + to_seconds(i), 'Mast ' || i % 500
FROM range($rows) t(i)
"""
_INCIDENTS = """
INSERT INTO incident (source_id, row_number, area_id, reference, category, occurred_from, occurred_to,
    time_precision, local_date, place, lon, lat)
SELECT 3, i, 1, 'CR/2026/' || lpad(i::VARCHAR, 7, '0'), 'theft', TIMESTAMP '2026-01-01',
    TIMESTAMP '2026-01-01', 'day', DATE '2026-01-01', 'Quay Street ' || i % 5000, -1.5, 53.8
FROM range($rows) t(i)
"""


def main(rows: int = ROWS) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "search.duckdb"
        store = Store(path)
        with store.write() as cursor:
            cursor.execute("INSERT INTO area VALUES (1, 'Town', 32630, 'Europe/London')").fetchall()
            cursor.execute(_PAYMENTS, {"rows": rows // 2}).fetchall()
            cursor.execute(_CALLS, {"rows": rows - rows // 2}).fetchall()
            cursor.execute(_INCIDENTS, {"rows": rows}).fetchall()
        store.close()
        before = path.stat().st_size
        store = Store(path)
        began = time.perf_counter()
        refresh_index(store)
        folding = time.perf_counter() - began
        store.close()
        print(f"{rows:,} rows and {rows:,} incidents: folded in {folding:.1f} s")
        print(f"store {before / 1e6:,.0f} MB, folded {path.stat().st_size / 1e6:,.0f} MB")
        store = Store(path)
        tier = find_tier("analyst")
        search(store, "warm up", tier)
        for typed in SEARCHES:
            took, worked = [], time.process_time()
            for _ in range(7):
                began = time.perf_counter()
                groups = search(store, typed, tier)
                took.append(time.perf_counter() - began)
            found = sum(group.matches for group in groups)
            middle, slowest = statistics.median(took), max(took)
            processor = (time.process_time() - worked) / len(took)
            print(
                f"{typed:<20} {found:>9,} found  median {middle:.3f} s  slowest {slowest:.3f} s"
                f"  processor {processor:.3f} s"
            )
        store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
