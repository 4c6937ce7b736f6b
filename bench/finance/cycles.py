"""Are the cycles all there? Ours against an exhaustive search in plain Python, without pruning.

    python -m bench.finance.cycles [FILE.parquet]

The plain search follows every path of strictly later payments within four days from every payment, over the
same transactions (those that are not paid to or by a hub), and must list the very same cycles of 2 to 12
payments."""

from __future__ import annotations

import argparse
import bisect
import collections
import sys
import time
from pathlib import Path

from analytics.finance.typologies.detectors import cycle
from analytics.finance.typologies.engine.detector import Search
from analytics.finance.typologies.engine.timed_ledger import build_ledger
from analytics.finance.typologies.parameters import read_parameters
from analytics.store import Store
from analytics.store.engine import DuckDBEngine
from bench.finance.files import FOLDER, read


def exhaustive(edges: list[tuple[int, int, int, int]], window: int, max_edges: int) -> set[tuple[int, ...]]:
    """`edges`: time, payer, payee, position, in order of time. Every path is walked to its end."""
    out = collections.defaultdict(list)
    for edge in edges:
        out[edge[1]].append(edge)
    times = {who: [edge[0] for edge in those] for who, those in out.items()}
    found: set[tuple[int, ...]] = set()

    def walk(path, seen, until, home):
        last = path[-1]
        those = out.get(last[2])
        if those is None:
            return
        for edge in those[bisect.bisect_right(times[last[2]], last[0]) :]:
            if edge[0] > until:
                break
            if edge[2] == home:
                found.add(tuple(e[3] for e in [*path, edge]))
            elif len(path) + 1 < max_edges and edge[2] not in seen:
                walk([*path, edge], seen | {edge[2]}, until, home)

    for edge in edges:
        walk([edge], {edge[1], edge[2]}, edge[0] + window, edge[1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, default=FOLDER / "zipf_bg_ibm_patterns_100k.parquet")
    seen, _ = read(parser.parse_args().file)
    store, parameters = Store(":memory:"), read_parameters()
    engine = DuckDBEngine(store)
    ledger = build_ledger(seen, parameters.surroundings, engine)
    search = Search(ledger, parameters.of(cycle.DETECTOR), engine)
    cycle.find(search)  # compiles
    start = time.perf_counter()
    found = cycle.find(search)
    ours = {tuple(found.rows_of(k).tolist()) for k in range(len(found))}
    middle = time.perf_counter()
    edges = [
        (int(ledger.time[k]), int(ledger.payer[k]), int(ledger.payee[k]), int(k))
        for k in ledger.path.nonzero()[0]
    ]
    theirs = exhaustive(edges, parameters.surroundings.window, search.parameters.max_edges)
    end = time.perf_counter()
    store.close()
    if ours != theirs or len(ours) != len(found):
        sys.exit(f"the cycles differ: {len(ours)} and {len(theirs)}, {len(ours & theirs)} in common")
    lengths = dict(sorted(collections.Counter(len(rows) for rows in ours).items()))
    print(
        f"{len(seen):,} transactions, {len(edges):,} of them not with a hub: the same {len(ours):,} cycles, "
        f"by length {lengths}"
    )
    print(f"ours {middle - start:.2f} s with their surprise, plain search {end - middle:.1f} s")


if __name__ == "__main__":
    main()
