"""How often *Results* calls tasked networks of accounts in the invented city, rightly and wrongly.

    python -m bench.tasking.money            # cities of seeds 11 to 14, 84 days ahead; about five minutes

Every planted laundering or exploitation is tasked on the last day; then all go on as they were, or all are
left with one share."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding, save_finding
from analytics.oversight import Actor
from analytics.store import Store
from analytics.tasking.actions import TaskedAction
from analytics.tasking.products import record_decision, save_product
from analytics.tasking.results import measure_structure
from analytics.training import generate, load, payment_stream
from analytics.training.advance import advance
from analytics.training.settings import read_settings

_ACTOR, _LAST, _DAYS = Actor("bench"), read_settings()["period"]["last_day"], 84


def calls(seed: int, left: float, folder: Path) -> Counter:
    """Verdicts on every planted scheme of one city, each left with this share of its payments."""
    payment_stream.LEFT = (left,)
    generate(seed, 1, folder / "city")
    store = Store(folder / "city.duckdb")
    load(store, folder / "city", _ACTOR)
    for rows in _schemes(store, folder / "city" / "truth"):
        finding = Finding("Scheme", "x", "x", {}, 1, None, None, None, read_result({}), "low", "x", "x")
        brief, _ = save_product(
            store, _ACTOR, "brief", "Scheme", {}, [save_finding(store, _ACTOR, finding, rows)]
        )
        record_decision(
            store,
            _ACTOR,
            brief,
            1,
            "adopted",
            "x",
            "y",
            action=TaskedAction("Visit", "z", _LAST, "Police", "Duty desk"),
        )
    with store.write(changes_data=False) as cursor:
        cursor.execute("UPDATE decision SET decided_at = ?", [datetime.combine(_LAST, time())]).fetchall()
    last = advance(store, _ACTOR, _DAYS, seed, 1, folder / "next", today=_LAST)
    told = json.loads((folder / "next/truth" / f"money-adaptations-to-{last}.json").read_text())
    found = Counter()
    for adaptation in told:
        _, change = measure_structure(store, adaptation["action_id"])
        found[change.verdict] += 1
        found["replaced shown"] += int(change.values.replaced_by.notna().any())
    store.close()
    return found


def _schemes(store: Store, truth: Path) -> list[pa.Table]:
    """The rows of every planted laundering and exploitation, as evidence."""
    facts = json.loads((truth / "truth.json").read_text())
    labels = pq.read_table(truth / "rows.parquet", filters=[("table", "=", "transactions")]).to_pandas()
    references = labels.groupby("planted").reference.agg(list)
    return [
        store.query(
            "SELECT 'transaction' AS table_name, source_id, row_number FROM \"transaction\""
            " WHERE reference IN (SELECT unnest(?))",
            [references[scheme["name"]]],
        )
        for scheme in facts["typologies"] + facts["exploitation"]
        if scheme["name"] in references
    ]


if __name__ == "__main__":
    for share in (1.0, 0.4, 0.15):
        total = Counter()
        for seed in range(11, 11 + int(sys.argv[1] if len(sys.argv) > 1 else 4)):
            with TemporaryDirectory() as folder:
                total += calls(seed, share, Path(folder))
        print(f"{share:.0%} left: {dict(total)}", flush=True)
