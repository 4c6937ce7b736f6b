"""How long scoring a team with many answers takes, on a copy of a store with the invented city.

    python -m bench.training.scoring_time WORLD STORE [--answers 1000]

WORLD is a folder that `achilles scenario --out` wrote, STORE a store that it was loaded into. The answers are
findings of 20 to 200 rows drawn at random, each with a brief. The truth is read beforehand, once for a class.
Printed: seconds to read the truth, and to score (median of five, and of processor time)."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from analytics.store import Store, now
from analytics.training.exercise.plan import list_plans
from analytics.training.scoring import read_truth, score_as_json, score_team

_TABLES = ("incident", "advert", "transaction", "communication")


def add_answers(store: Store, number: int) -> None:
    """Findings with evidence, and a brief on each, written as the product writes them."""
    rng = np.random.default_rng(1)
    rows = {
        table: store.query(f'SELECT source_id, row_number FROM "{table}"').to_pandas().to_numpy()
        for table in _TABLES
    }
    result = json.dumps({"kind": "hotspot"})
    with store.write(changes_data=False) as cursor:
        for at in range(1, number + 1):
            table = _TABLES[at % len(_TABLES)]
            own = rows[table][rng.choice(len(rows[table]), int(rng.integers(20, 200)), replace=False)]
            cursor.execute(
                "INSERT INTO finding (finding_id, version, title, statement, method, parameters,"
                " data_version, result, confidence, confidence_basis, assumptions, alternatives, handling,"
                " created_by, created_at, likelihood) VALUES (?, 1, 'f', 's', 'm', '{}', 1, ?, 'low',"
                " 'b', '', '[]', 'P', 'bench', ?, 'likely')",
                [at, result, now()],
            ).fetchall()
            cursor.execute(
                "INSERT INTO finding_evidence SELECT ?, 1, ?, unnest(?::INTEGER[]), unnest(?::BIGINT[]), 0",
                [at, table, own[:, 0].tolist(), own[:, 1].tolist()],
            ).fetchall()
            cursor.execute(
                "INSERT INTO product (product_id, version, kind, title, content, finding_ids, created_by,"
                " created_at) VALUES (?, 1, 'brief', 'b', '{}', [?], 'bench', ?)",
                [at, at, now()],
            ).fetchall()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("world", type=Path)
    parser.add_argument("store", type=Path)
    parser.add_argument("--answers", type=int, default=1_000)
    chosen = parser.parse_args()
    start = time.perf_counter()
    truth = read_truth(chosen.world)
    print(f"truth read in {time.perf_counter() - start:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(shutil.copy(chosen.store, Path(folder) / "store.duckdb"))
        with closing(Store(copied)) as store:
            add_answers(store, chosen.answers)
            plan = list_plans()[0].model_copy(update={"scored": ()})
            seconds, busy, texts = [], [], set()
            for _ in range(5):
                start, begun = time.perf_counter(), time.process_time()
                texts.add(score_as_json(score_team(store, truth, plan, "bench")))
                seconds.append(time.perf_counter() - start)
                busy.append(time.process_time() - begun)
    print(f"{chosen.answers} findings and briefs scored in {statistics.median(seconds):.2f} s (median of 5)")
    print(f"processor seconds of that: {statistics.median(busy):.2f}")
    print(f"{len(texts)} different results in 5 runs")


if __name__ == "__main__":
    main()
