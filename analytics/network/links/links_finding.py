"""The links of one node as a finding: what it is linked by, how sure, what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import pyarrow as pa

from analytics.intelligence.finding_results import CasePart, CaseResult, Focus
from analytics.intelligence.findings import Finding
from analytics.network.links.entity_page import EntityView
from analytics.network.links.explanations import LinkExplanation
from analytics.network.links.node_kinds import kind_of_node, label_kind
from analytics.shared.likelihood import describe_probability
from analytics.shared.wording import counted, write_period

_ASSUMPTIONS = "A link says that two things occur together in the records, not why."


def build_links_finding(
    view: EntityView,
    rows: pd.DataFrame,
    explanations: Sequence[LinkExplanation],
    digest: Callable[[str], str],
    *,
    data_version: int,
) -> tuple[Finding, pa.Table]:
    """The finding and its evidence (table_name, source_id, row_number); `rows` as of `list_touching_rows`.
    The text names nobody: `digest` gives what links of the app call the node. Raises ValueError where nothing
    is linked."""
    links = view.links
    if links.empty or rows.empty:
        raise ValueError("Nothing is linked with it: there is nothing to save.")
    what = label_kind(kind_of_node(view.node))
    times = pd.concat([links.first_at, links.last_at]).dropna()
    period = f", {write_period(times.min(), times.max())}" if len(times) else ""
    sources = {int(source) for own in links.sources for source in own}
    least = float(links.probability.min())
    sentences = [
        f"{what}, linked with {counted(view.neighbours, 'other')} by "
        f"{counted(int(links.events.sum()), 'event')}{period}.",
        f"By kind: {_count_kinds(links)}.",
        "It has more than 50 neighbours of one kind and names nobody in particular." if view.hub else "",
    ]
    evidence = rows[["table_name", "source_id", "row_number"]].astype(
        {"source_id": "int32", "row_number": "int64"}
    )
    parts = tuple(
        CasePart(kind="rows", label=str(table), count=int(count))
        for table, count in rows.table_name.value_counts(sort=False).items()
    )
    return (
        Finding(
            title=f"Links of a node: {what.lower()} with {counted(view.neighbours, 'neighbour')}",
            statement=" ".join(filter(None, sentences)),
            method="Links of a node",
            parameters={"node": digest(view.node)},
            data_version=data_version,
            area_id=None,
            period_from=times.min().date() if len(times) else None,
            period_to=times.max().date() if len(times) else None,
            result=CaseResult(focus=Focus(label=what, count=len(rows)), parts=parts),
            confidence="moderate" if len(sources) > 1 and least >= 0.5 and not view.hub else "low",
            confidence_basis=f"It rests on {counted(len(sources), 'source')}. Its weakest link is "
            f"{describe_probability(least)} ({least:.0%}).",
            assumptions=_ASSUMPTIONS,
            alternatives=[{"explanation": one.text, "how to tell": one.how_to_tell} for one in explanations],
        ),
        pa.Table.from_pandas(evidence.drop_duplicates(), preserve_index=False),
    )


def _count_kinds(links: pd.DataFrame) -> str:
    kinds = links.groupby("kind").other.nunique().sort_values(ascending=False, kind="stable")
    return ", ".join(f"{kind} {count:,}" for kind, count in kinds.items())
