"""Import of a CSV to committed rows, against DuckDB's own read_csv and INSERT of the same columns.

    python -m bench.import_throughput FILE.parquet [--rounds 3] [--rows 600000]

FILE (the police.uk street file), or its first rows, is first written as CSV. Both import it alternately, each
into a new store file; the row counts are compared before a ratio is printed. The processor's seconds are
printed beside the clock's: on a busy machine they vary less.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from analytics.ingest import SourceDetails, import_file, propose_mapping, read_file
from analytics.oversight import Actor
from analytics.store import Store

DETAILS = SourceDetails("Bench", "None", "Bench", "P", date(2030, 1, 1))


@dataclass(frozen=True)
class Seconds:
    """On the clock, and of all the process's threads together."""

    wall: float
    processor: float

    @classmethod
    def now(cls) -> Seconds:
        return cls(time.perf_counter(), time.process_time())

    def passed(self) -> Seconds:
        now = Seconds.now()
        return Seconds(now.wall - self.wall, now.processor - self.processor)


def peer(csv: Path, folder: Path) -> tuple[Seconds, int]:
    """Seconds and rows of DuckDB alone, all columns, dates and numbers recognised by itself."""
    with duckdb.connect(folder / "peer.duckdb") as database:
        columns = database.sql(f"DESCRIBE SELECT * FROM read_csv('{csv}')").fetchall()
        database.execute(f"CREATE TABLE street ({', '.join(f'{c[0]} {c[1]}' for c in columns)})")
        start = Seconds.now()
        database.execute(f"INSERT INTO street SELECT * FROM read_csv('{csv}')").fetchall()
        database.execute("CHECKPOINT").fetchall()
        seconds = start.passed()
        ((rows,),) = database.sql("SELECT count(*) FROM street").fetchall()
    return seconds, rows


def ours(csv: Path, folder: Path) -> tuple[Seconds, int]:
    """Seconds and rows of the whole import: recognised, checked, projected, dated, committed, audited."""
    store = Store(folder / "ours.duckdb")
    mapping = propose_mapping(read_file(csv), "incident")
    start = Seconds.now()
    report = import_file(store, Actor("bench"), csv, mapping, DETAILS)
    seconds = start.passed()
    store.close()
    return seconds, report.accepted + report.quarantined


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, help="Of the file, the first; all where nothing is said.")
    arguments = parser.parse_args()
    ratios, processor = [], []
    with tempfile.TemporaryDirectory() as work:
        csv = Path(work) / "street.csv"
        chosen = f"FROM read_parquet('{arguments.file}')" + (
            f" LIMIT {arguments.rows}" if arguments.rows else ""
        )
        duckdb.sql(f"COPY ({chosen}) TO '{csv}' (HEADER)")
        for number in range(arguments.rounds):
            folder = Path(work) / str(number)
            folder.mkdir()
            theirs, their_rows = peer(csv, folder)
            mine, my_rows = ours(csv, folder)
            if their_rows != my_rows:
                raise SystemExit(f"row counts differ: {their_rows} and {my_rows}")
            ratios.append(theirs.wall / mine.wall)
            processor.append(theirs.processor / mine.processor)
            print(
                f"{my_rows:,} rows: DuckDB {theirs.wall:.2f} s (processor {theirs.processor:.2f} s), "
                f"Achilles {mine.wall:.2f} s (processor {mine.processor:.2f} s), throughput ratio "
                f"{ratios[-1]:.2f}"
            )
    print(
        f"median throughput ratio {statistics.median(ratios):.2f} (target 0.5), by processor time "
        f"{statistics.median(processor):.2f}"
    )


if __name__ == "__main__":
    main()
