"""The whole of `achilles adverts` on a million adverts: identifiers, campaigns, operations, written to the
store.

python -m bench.adverts.end_to_end [--n 1000000] [--folder DIR]

Made-up adverts (see `bench.adverts.synthetic`) with a place, a site, a time, and a mobile number after the
text: two campaigns share one, an advert on its own has its own, and 2 % of those share twenty switchboards.
The file is made first, untimed, and kept in DIR; then it is imported and the adverts are read, in a process
of its own for each. Printed: seconds by the clock for each step, and the most memory that the process has
held by its end.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd

from analytics.adverts.pipeline import update
from analytics.ingest import SourceDetails, import_file, propose_mapping, read_file
from analytics.oversight import Actor
from analytics.store import Store
from bench.adverts.synthetic import TOWNS, SyntheticAdverts, adverts

_ACTOR = Actor("bench")


def whole_file(folder: Path, n: int) -> Path:
    file = folder / f"whole-{n}.parquet"
    if not file.exists():
        rng, frame = random.Random(1), adverts(SyntheticAdverts(n, seed=1))
        boards = [_mobile(rng) for _ in range(20)]
        of_operation: dict[int, str] = {}
        numbers = [
            of_operation.setdefault(cluster // 2, _mobile(rng))
            if cluster >= 0
            else rng.choice(boards)
            if rng.random() < 0.02
            else _mobile(rng)
            for cluster in frame.cluster
        ]
        start = datetime(2025, 1, 1)
        pd.DataFrame(
            {
                "id": frame.id,
                "text": frame.text + " call " + pd.Series(numbers),
                "place": rng.choices(TOWNS, k=n),
                "site": rng.choices(["one.example", "two.example", "three.example"], k=n),
                "posted": [start + timedelta(minutes=rng.randrange(500_000)) for _ in range(n)],
            }
        ).to_parquet(file)
    return file


def _mobile(rng: random.Random) -> str:
    return f"07{rng.choice('45789')}{rng.randrange(10**8):08d}"


def import_adverts(file: Path, path: Path) -> None:
    raw = read_file(file, kind="advert")
    store, shown = Store(path), _Shown()
    details = SourceDetails("Made up", "none needed", "bench", "none", date(2030, 1, 1))
    import_file(store, _ACTOR, file, propose_mapping(raw, "advert"), details, progress=shown)
    shown("imported", 1)
    store.close()


def update_store(path: Path) -> None:
    store, shown = Store(path), _Shown()
    done = update(store, _ACTOR, shown, rebuild=True)
    shown("read", 1)
    print(
        f"{done.adverts:,} adverts, {done.identifiers:,} identifiers, {done.campaigns:,} campaigns, "
        f"{done.operations:,} operations: {done.seconds:.1f} s"
    )
    store.close()


class _Shown:
    """Progress that prints a line for each step once it is over."""

    def __init__(self) -> None:
        self._text, self._since = "starting", time.perf_counter()

    def __call__(self, text: str, share: float) -> None:
        if text != self._text:
            now = time.perf_counter()
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
            print(f"{self._text:<55} {now - self._since:>8.1f} s {most:>7.2f} GiB", flush=True)
            self._text, self._since = text, now


def main() -> None:
    parser = argparse.ArgumentParser(description="The whole of `achilles adverts`, step by step.")
    parser.add_argument("--n", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = asked.folder or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        file, path = whole_file(folder, asked.n), Path(place) / "whole.duckdb"
        for work, given in ((import_adverts, (file, path)), (update_store, (path,))):
            process = multiprocessing.get_context("spawn").Process(target=work, args=given)
            process.start()
            process.join()


if __name__ == "__main__":
    main()
