"""A finding about adverts by one author, rerun on the present operations."""

from __future__ import annotations

import pyarrow as pa

from analytics.adverts.indicator_hits import find_hits, summarise_hits
from analytics.adverts.indicators import load_indicators
from analytics.adverts.judgement import LABELS, read_operation_labels
from analytics.adverts.movement import find_circuits
from analytics.adverts.movement.itinerary import build_itinerary, describe_movement
from analytics.adverts.operation_finding import Subject, build_finding
from analytics.adverts.pipeline import read_state
from analytics.adverts.positions import read_stored_positions
from analytics.adverts.queries import read_operation_adverts, read_operation_links
from analytics.intelligence.findings import Finding
from analytics.intelligence.recheck import NotReproducible, RerunRequest
from analytics.shared.progress import part_of
from analytics.store import Store


def rerun_finding(store: Store, finding: Finding, work: RerunRequest) -> tuple[Finding, pa.Table]:
    """The finding as the present operations give it: the operation of its number, else the one that now holds
    most of its adverts. Raises NotReproducible where none does, or where adverts wait to be read."""
    if read_state(store).unread:
        raise NotReproducible(
            "Adverts are new, or were read by an earlier version of Achilles: find operations on the Adverts "
            "page first."
        )
    number = _find_operation(store, finding, work)
    adverts = read_operation_adverts(store, number)
    work.progress("Looking for indicators", 0.2)
    file = load_indicators()
    shown = summarise_hits(find_hits(store, file, part_of(work.progress, 0.2, 0.8)), number, file)
    seen = build_itinerary(adverts, read_stored_positions(store))
    labels = read_operation_labels(store).set_index("operation_id").label
    label = LABELS[labels[number]].label if number in labels.index else ""
    score = store.rows("SELECT score FROM operation WHERE operation_id = ?", [number])[0]["score"]
    run = store.rows("SELECT max(finished_at) AS at FROM advert_run")[0]["at"]
    return build_finding(
        Subject("operation", number, score),
        adverts,
        shown,
        read_operation_links(store, number),
        describe_movement(seen, find_circuits(tuple(seen.visits.place))),
        label,
        {"last run (UTC)": str(run)},
        store.data_version(),
    )


def _find_operation(store: Store, finding: Finding, work: RerunRequest) -> int:
    """Numbers last over updates as long as an operation keeps adverts; one that was taken up by another is
    followed there."""
    named = int((finding.recipe or {})["number"])
    if store.rows("SELECT 1 FROM operation WHERE operation_id = ?", [named]):
        return named
    found = store.rows(
        "SELECT operation_id FROM finding_evidence JOIN operation_advert USING (source_id, row_number)"
        " WHERE finding_id = ? AND version = ? AND table_name = 'advert'"
        " GROUP BY ALL ORDER BY count(*) DESC, operation_id LIMIT 1",
        [work.finding_id, work.version],
    )
    if not found:
        raise NotReproducible("None of its adverts is in an operation any more.")
    return int(found[0]["operation_id"])
