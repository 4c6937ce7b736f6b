"""How long all detectors and the ranking take, and how much memory, from 100,000 to 10,000,000 transactions.

    python -m bench.finance.growth [--most 10000000] [--chart docs/images/finance-growth.svg] [FILE.parquet]

The ledger of 1,000,000 transactions is repeated month after month with the same accounts; 100,000 are a
ledger of their own, with fewer accounts. Each size runs in a process of its own, once to compile on the
smallest ledger and then once, timed from the Arrow table to the leads. Above 3,000,000 it goes block by
block. Target: 1,000,000 in 10 s and 2 GB, 10,000,000 in 180 s and 12 GB."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.finance.leads import find_leads, find_leads_by_block
from analytics.store import Store
from analytics.store.engine import DuckDBEngine
from bench.finance.files import FOLDER, read

SIZES, WHOLE = (100_000, 1_000_000, 3_000_000, 10_000_000), 3_000_000
SMALL = FOLDER / "zipf_bg_ibm_patterns_100k.parquet"
MONTH = 31 * 86_400_000_000


def ledger_of(file: Path, size: int) -> pa.Table:
    """`size` transactions: the file's, month after month; up to 100,000 those of the small file."""
    seen, _ = read(SMALL if size <= 100_000 else file)
    months = [
        seen.set_column(
            seen.column_names.index("occurred_at"),
            "occurred_at",
            pc.add(seen["occurred_at"].cast(pa.timestamp("us")), pa.scalar(k * MONTH, pa.duration("us"))),
        ).set_column(
            seen.column_names.index("row_number"),
            "row_number",
            pa.array(np.arange(len(seen)) + k * len(seen)),
        )
        for k in range(-(-size // len(seen)))
    ]
    return pa.concat_tables(months).combine_chunks().slice(0, size)


def run(table: pa.Table):
    if len(table) <= WHOLE:
        return find_leads(table)
    store = Store(":memory:")
    leads, _ = find_leads_by_block(table, engine=DuckDBEngine(store))
    store.close()
    return leads


def one(file: Path, size: int) -> None:
    table = ledger_of(file, size)
    find_leads(ledger_of(file, 100_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, busy = time.perf_counter(), time.process_time()
    leads = run(table)
    print(
        json.dumps(
            {
                "transactions": size,
                "seconds": time.perf_counter() - start,
                "processor_seconds": time.process_time() - busy,
                "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
                "before_gib": before / 2**20,
                "leads": len(leads.leads),
            }
        )
    )


def chart(rows: list[dict], path: Path) -> None:
    from matplotlib.figure import Figure

    sizes = np.array([row["transactions"] for row in rows], float)
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.loglog(sizes, [row["seconds"] for row in rows], "o-", label="seconds")
    axes.loglog(
        sizes, [row["processor_seconds"] for row in rows], "s--", label="processor seconds, two cores"
    )
    axes.loglog(sizes, [row["peak_gib"] for row in rows], "^-", label="peak memory, GiB")
    guide = sizes * np.log(sizes)
    axes.loglog(sizes, guide / guide[-1] * rows[-1]["seconds"], "k:", label="n log n")
    axes.set_xlabel("transactions")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most", type=int, default=10_000_000)
    parser.add_argument("--only", type=int, help="One size, in this process.")
    parser.add_argument("--chart", type=Path)
    parser.add_argument("file", nargs="?", type=Path, default=FOLDER / "zipf_bg_ibm_patterns_1m.parquet")
    arguments = parser.parse_args()
    if arguments.only:
        return one(arguments.file, arguments.only)
    rows = []
    for size in (n for n in SIZES if n <= arguments.most):
        command = [sys.executable, "-m", "bench.finance.growth", "--only", str(size), str(arguments.file)]
        rows.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        print(
            "{transactions:>12,} {seconds:8.1f} s, {processor_seconds:8.1f} processor seconds, peak "
            "{peak_gib:.2f} GiB "
            "({before_gib:.2f} before)".format(**rows[-1]),
            flush=True,
        )
    if arguments.chart:
        chart(rows, arguments.chart)


if __name__ == "__main__":
    main()
