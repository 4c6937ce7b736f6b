"""Generate the invented city and load it into a new store: rows, seconds and peak memory by scale.

    python -m bench.scenario            # scales 1 and 17, about 60 thousand and one million rows
    python -m bench.scenario --large    # scale 170 too, about ten million

Each scale runs in a process of its own, so that its peak memory is its own. Every row generated must be held
by the store, or nothing is printed."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from analytics.oversight import Actor
from analytics.store import Store
from analytics.training import generate, load
from analytics.training.settings import TABLES


def measure(scale: float) -> None:
    """Generate and load one scale; print one line."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        start = time.perf_counter()
        generate(1, scale, folder / "city")
        made, memory = time.perf_counter(), _peak()
        store = Store(folder / "store.duckdb")
        load(store, folder / "city", Actor("bench"))
        loaded = time.perf_counter()
        rows = sum(pq.read_metadata(folder / "city" / f"{table}.parquet").num_rows for table in TABLES)
        held = sum(
            store.rows(f'SELECT count(*) AS n FROM "{source["kind"]}"')[0]["n"]
            for source in store.rows("SELECT kind FROM source")
        )
        store.close()
    if held != rows:
        sys.exit(f"{rows:,} rows were generated and {held:,} are held")
    print(
        f"scale {scale:g}: {rows:,} rows, generated in {made - start:.2f} s (peak {memory:,.0f} MiB), "
        f"loaded in {loaded - made:.2f} s (peak {_peak():,.0f} MiB)"
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    arguments = sys.argv[1:]
    if arguments[:1] == ["--one"]:
        measure(float(arguments[1]))
        return
    for scale in (1, 17, 170) if "--large" in arguments else (1, 17):
        subprocess.run([sys.executable, "-m", "bench.scenario", "--one", str(scale)], check=True)


if __name__ == "__main__":
    main()
