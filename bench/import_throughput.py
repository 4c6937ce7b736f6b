"""Import of a CSV to committed rows, against DuckDB's own read_csv and INSERT of the same columns.

    python -m bench.import_throughput FILE.parquet [--rounds 3]

FILE (the police.uk street file) is first written as CSV. Both import it alternately, each into a new store
file; the row counts are compared before a ratio is printed.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from analytics.ingest import SourceDetails, import_incidents, propose_mapping, read_file
from analytics.oversight import Actor
from analytics.store import Store

DETAILS = SourceDetails("Bench", "None", "Bench", "P", date(2030, 1, 1))


def peer(csv: Path, folder: Path) -> tuple[float, int]:
    """Seconds and rows of DuckDB alone, all columns, dates and numbers recognised by itself."""
    with duckdb.connect(folder / "peer.duckdb") as database:
        columns = database.sql(f"DESCRIBE SELECT * FROM read_csv('{csv}')").fetchall()
        database.execute(f"CREATE TABLE street ({', '.join(f'{c[0]} {c[1]}' for c in columns)})")
        start = time.perf_counter()
        database.execute(f"INSERT INTO street SELECT * FROM read_csv('{csv}')").fetchall()
        database.execute("CHECKPOINT").fetchall()
        seconds = time.perf_counter() - start
        ((rows,),) = database.sql("SELECT count(*) FROM street").fetchall()
    return seconds, rows


def ours(csv: Path, folder: Path) -> tuple[float, int]:
    """Seconds and rows of the whole import: recognised, checked, projected, dated, committed, audited."""
    store = Store(folder / "ours.duckdb")
    mapping = propose_mapping(read_file(csv), csv.name)
    start = time.perf_counter()
    report = import_incidents(store, Actor("bench"), csv, mapping, DETAILS)
    seconds = time.perf_counter() - start
    store.close()
    return seconds, report.accepted + report.quarantined


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory() as work:
        csv = Path(work) / "street.csv"
        duckdb.sql(f"COPY (FROM read_parquet('{arguments.file}')) TO '{csv}' (HEADER)")
        for number in range(arguments.rounds):
            folder = Path(work) / str(number)
            folder.mkdir()
            theirs, their_rows = peer(csv, folder)
            mine, my_rows = ours(csv, folder)
            if their_rows != my_rows:
                raise SystemExit(f"row counts differ: {their_rows} and {my_rows}")
            ratios.append(theirs / mine)
            print(
                f"{my_rows:,} rows: DuckDB {theirs:.2f} s, Achilles {mine:.2f} s, throughput ratio {ratios[-1]:.2f}"
            )
    print(f"median throughput ratio {statistics.median(ratios):.2f} (target 0.5)")


if __name__ == "__main__":
    main()
