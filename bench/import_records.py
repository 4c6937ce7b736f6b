"""Import of transactions or adverts to committed rows, against DuckDB's own reading and INSERT of the same
columns.

    python -m bench.import_records transaction FILE [--rounds 3]
    python -m bench.import_records advert --rows 1000000

Without a file so many made-up adverts are written first, one in ten a repost, one in fifty with markup. Both
import alternately, each into a new store file; the row counts are compared before a ratio is printed. The
peer recognises types by itself and checks nothing."""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.ingest import import_file, propose_mapping, read_file
from analytics.oversight import Actor
from analytics.store import Store
from bench.import_throughput import DETAILS, Seconds


def made_up_adverts(path: Path, rows: int) -> None:
    """Word salad: texts of 40 to 80 words, a time, a town."""
    rng = np.random.default_rng(1)
    words = np.array([f"word{k}" for k in range(5000)])
    with pq.ParquetWriter(
        path,
        pa.schema(
            [("id", pa.int64()), ("text", pa.string()), ("posted_at", pa.string()), ("city", pa.string())]
        ),
    ) as writer:
        for start in range(0, rows, 50_000):
            count = min(50_000, rows - start)
            lengths = rng.integers(40, 80, count)
            drawn = words[rng.integers(0, len(words), lengths.sum())]
            texts = [" ".join(part) for part in np.split(drawn, np.cumsum(lengths)[:-1])]
            texts = [
                texts[k - 1] if k % 10 == 9 else f"<p>{t}</p>" if k % 50 == 0 else t
                for k, t in enumerate(texts)
            ]
            days = np.datetime_as_string(
                np.datetime64("2024-01-01T00:00") + rng.integers(0, 500_000, count), unit="m"
            )
            table = {
                "id": range(start, start + count),
                "text": texts,
                "posted_at": days,
                "city": words[rng.integers(0, 50, count)],
            }
            writer.write_table(pa.table(table))


def peer(file: Path, folder: Path) -> tuple[Seconds, int]:
    with duckdb.connect(folder / "peer.duckdb") as database:
        read = f"read_parquet('{file}')" if file.suffix == ".parquet" else f"read_csv('{file}')"
        database.execute(f"CREATE TABLE held AS FROM {read} LIMIT 0")
        start = Seconds.now()
        database.execute(f"INSERT INTO held FROM {read}").fetchall()
        database.execute("CHECKPOINT").fetchall()
        seconds = start.passed()
        ((rows,),) = database.execute("SELECT count(*) FROM held").fetchall()
    return seconds, rows


def ours(kind: str, file: Path, folder: Path) -> tuple[Seconds, int]:
    store = Store(folder / "ours.duckdb")
    mapping = propose_mapping(read_file(file, kind=kind), kind)
    start = Seconds.now()
    report = import_file(store, Actor("bench"), file, mapping, DETAILS)
    seconds = start.passed()
    store.close()
    return seconds, report.accepted + report.quarantined


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=["transaction", "advert"])
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory() as work:
        file = arguments.file
        if file is None:
            file = Path(work) / "adverts.parquet"
            made_up_adverts(file, arguments.rows)
        for number in range(arguments.rounds):
            folder = Path(work) / str(number)
            folder.mkdir()
            theirs, their_rows = peer(file, folder)
            mine, my_rows = ours(arguments.kind, file, folder)
            if their_rows != my_rows:
                raise SystemExit(f"row counts differ: {their_rows} and {my_rows}")
            ratios.append(theirs.processor / mine.processor)
            print(
                f"{my_rows:,} rows: DuckDB {theirs.wall:.2f} s (processor {theirs.processor:.2f} s), "
                f"Achilles {mine.wall:.2f} s "
                f"(processor {mine.processor:.2f} s), peak memory "
                f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB"
            )
    print(f"median ratio by processor time {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
