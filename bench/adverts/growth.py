"""How finding campaigns grows from 10,000 to 1,000,000 adverts, in time and memory.

    python -m bench.adverts.growth [--most 1000000] [--chart docs/images/adverts-growth.svg] [--folder DIR]

Made-up adverts (seed 1, 5 % of words edited, 30 % in campaigns), each size in a process of its own that has
compiled everything on 500 first; the making and reading of the texts is not timed, but their memory counts.
The exponent is the slope of log processor time on log number: the time of the clock is that of two cores only
where nothing else runs. Then 100,000 adverts that are near copies of one template, exact copies of one, and
all different. Files once made are kept in DIR."""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from bench.adverts.synthetic import SyntheticAdverts, adverts, edited, filled, template

SIZES = [10_000, 30_000, 100_000, 300_000, 1_000_000]
COPIES = 100_000


def texts_of(file: Path) -> list[str]:
    return pq.read_table(file, columns=["text"], memory_map=True).column("text").to_pylist()


def measure(file: Path, answer: Connection) -> None:
    from analytics.adverts.campaigns import find_campaigns

    texts = texts_of(file)
    find_campaigns(texts[:500])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, used = time.perf_counter(), time.process_time()
    found = find_campaigns(texts)
    answer.send(
        (
            time.perf_counter() - start,
            time.process_time() - used,
            peak / 1024**2,
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
            len(found.table),
            int(found.table.adverts.max()),
        )
    )


def alone(file: Path) -> tuple:
    """Seconds, seconds of processor, GiB before and at the peak, campaigns, adverts in the largest."""
    receive, send = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=measure, args=(file, send))
    process.start()
    send.close()
    measured = receive.recv()
    process.join()
    return measured


def made_file(folder: Path, n: int) -> Path:
    file = folder / f"made-{n}.parquet"
    if not file.exists():
        adverts(SyntheticAdverts(n, seed=1)).to_parquet(file)
    return file


def copies_file(folder: Path, kind: str) -> Path:
    import pandas as pd

    file = folder / f"copies-{kind.replace(' ', '-')}.parquet"
    if file.exists():
        return file
    rng = random.Random(1)
    words = template(rng, 5, 8)
    if kind == "near copies":
        texts = [" ".join(edited(filled(words, rng)[0], 0.05, rng)) for _ in range(COPIES)]
    elif kind == "exact copies":
        texts = [" ".join(filled(words, random.Random(1))[0])] * COPIES
    else:
        texts = adverts(SyntheticAdverts(COPIES, seed=1, organised=0)).text.tolist()
    pd.DataFrame({"text": texts}).to_parquet(file)
    return file


def chart(sizes: list[int], seconds: list[float], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.5, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.loglog(sizes, seconds, marker="o", label="find_campaigns")
    guide = np.array(sizes, float) ** 1.15
    axes.loglog(sizes, guide / guide[0] * seconds[0], "k--", linewidth=1, label="n to the power 1.15")
    axes.set_xlabel("adverts")
    axes.set_ylabel("seconds of processor")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def main() -> None:
    parser = argparse.ArgumentParser(description="Growth of the search for campaigns.")
    parser.add_argument("--most", type=int, default=SIZES[-1])
    parser.add_argument("--chart", type=Path)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = asked.folder or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        sizes = [n for n in SIZES if n <= asked.most]
        for n in sizes:
            made_file(folder, n)
        seconds = []
        print("adverts      seconds  processor s  GiB before  GiB at peak  campaigns  largest")
        for n in sizes:
            measured = alone(made_file(folder, n))
            seconds.append(measured[1])
            print(
                f"{n:<10,} {measured[0]:>9.2f} {measured[1]:>12.2f} {measured[2]:>11.2f} "
                f"{measured[3]:>12.2f} {measured[4]:>10,} {measured[5]:>8,}",
                flush=True,
            )
        if len(sizes) > 1:
            slope = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
            ends = np.log(seconds[-1] / seconds[0]) / np.log(sizes[-1] / sizes[0])
            print(f"exponent {slope:.3f} over all sizes, {ends:.3f} from the first to the last")
        for kind in ("near copies", "exact copies", "all different"):
            measured = alone(copies_file(folder, kind))
            print(
                f"{COPIES:,} {kind}: {measured[0]:.2f} s, {measured[1]:.2f} s of processor, "
                f"{measured[4]:,} campaigns, largest {measured[5]:,}",
                flush=True,
            )
        if asked.chart:
            chart(sizes, seconds, asked.chart)


if __name__ == "__main__":
    main()
