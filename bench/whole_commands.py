"""What `achilles adverts` and `achilles finance` take as a whole: the program started, rows read, results
stored and written.

    python -m bench.whole_commands adverts [--rows 30000]
    python -m bench.whole_commands finance [--rows 1000000 3000000 10000000]

The adverts are those of `bench.adverts.end_to_end`, imported first. The transactions and accounts are the
invented city's, whose generator streams them to files: two years whatever their number, with as many more
people. Making and loading them is timed apart. Each command runs in a process of its own: printed are seconds
by the clock, processor seconds of it and of the processes that it starts, the most memory that any one of
them held, and from the second size on the exponent of the processor seconds. Target: 30,000 adverts and
1,000,000 transactions in 10 s each."""

from __future__ import annotations

import argparse
import math
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.adverts.repository import insert
from analytics.store import Store
from analytics.training import generate
from analytics.training.settings import scale_row_counts
from bench.adverts.end_to_end import import_adverts, whole_file

_SOURCE = (
    "INSERT INTO source (source_id, kind, name, file_name, sha256, importer, imported_at, imported_by,"
    " legal_basis, purpose, handling, review_date, rows_in, rows_accepted, rows_quarantined)"
    " VALUES (?, ?, 'Invented city', 'city', 'none', 'bench', '2026-01-01', 'bench', 'none needed', 'bench',"
    " 'none', '2030-01-01', 0, 0, 0)"
)


def fill_with_adverts(folder: Path, store: Path, rows: int) -> None:
    import_adverts(whole_file(folder, rows), store)


def fill_with_transactions(folder: Path, store: Path, rows: int) -> None:
    """The invented city's transactions and accounts, straight from its files."""
    generate(1, rows / scale_row_counts(1)["transactions"], folder)
    opened = Store(store)
    with opened.write() as cursor:
        for number, kind in enumerate(("account", "transaction"), 1):
            file = pq.ParquetFile(folder / f"{kind}s.parquet")
            cursor.execute(_SOURCE, [number, kind]).fetchall()
            held = {name for name, *_ in cursor.execute(f'DESCRIBE "{kind}"').fetchall()}
            first = 2  # row 1 of a file is its header
            for batch in file.iter_batches(500_000):
                part = pa.Table.from_batches([batch])
                part = part.select([name for name in part.column_names if name in held])
                part = part.append_column("source_id", pa.array([number] * len(part), pa.int32()))
                part = part.append_column("row_number", pa.array(range(first, first + len(part)), pa.int64()))
                insert(cursor, f'"{kind}"', part)
                first += len(part)
    opened.close()


def run_command(command: str, store: Path, out: Path) -> tuple[float, float, float]:
    """Seconds, processor seconds and GiB of `achilles COMMAND --store STORE --out OUT`."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    words = [sys.executable, "-m", "analytics.cli", command, "--store", str(store), "--out", str(out)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, busy, after.ru_maxrss / 2**20


def measure(command: str, rows: int) -> float:
    """Print what one size takes, and return its processor seconds."""
    fill = {"adverts": fill_with_adverts, "finance": fill_with_transactions}[command]
    with TemporaryDirectory() as place:
        folder, store, start = Path(place) / "made", Path(place) / "store.duckdb", time.perf_counter()
        folder.mkdir()
        fill(folder, store, rows)
        made = time.perf_counter() - start
        seconds, busy, peak = run_command(command, store, Path(place) / "out.csv")
    print(
        f"achilles {command}, {rows:,} rows: {seconds:.1f} s, {busy:.1f} processor seconds, {peak:.2f} GiB "
        f"in the largest process; made and loaded in {made:.0f} s; load {os.getloadavg()[0]:.0f}",
        flush=True,
    )
    return busy


def main() -> None:
    parser = argparse.ArgumentParser(description="What a whole command takes.")
    parser.add_argument("command", choices=("adverts", "finance"))
    parser.add_argument("--rows", type=int, nargs="+")
    asked = parser.parse_args()
    last: tuple[int, float] | None = None
    for rows in asked.rows or [{"adverts": 30_000, "finance": 1_000_000}[asked.command]]:
        busy = measure(asked.command, rows)
        if last:
            exponent = math.log(busy / last[1]) / math.log(rows / last[0])
            print(f"exponent from {last[0]:,} rows: {exponent:.2f}", flush=True)
        last = rows, busy


if __name__ == "__main__":
    main()
