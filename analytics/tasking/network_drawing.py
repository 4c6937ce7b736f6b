"""A finding's network as a chart for paper."""

from __future__ import annotations

import pandas as pd

from analytics.figures.link_chart import build_link_chart
from analytics.figures.link_picture import draw_links
from analytics.intelligence.finding_results import NetworkResult
from analytics.shared.wording import counted

PROTECTED_LABEL = "possible victim"


def draw_network(result: NetworkResult, protected: frozenset[str]) -> tuple[bytes, str] | None:
    """The chart as SVG and what it shows in words, None where the finding has no nodes. Critical nodes are
    ringed; possible victims have no name in it."""
    if not result.members:
        return None
    critical = {node.node for node in result.list_targets(protected) if node.status == "critical"}
    nodes = pd.DataFrame(
        {
            "id": [member.node for member in result.members],
            "label": [
                PROTECTED_LABEL if member.node in protected else member.label for member in result.members
            ],
            "kind": [member.kind for member in result.members],
            "status": [
                "protected" if member.node in protected else "critical" if member.node in critical else ""
                for member in result.members
            ],
        }
    )
    ties = pd.DataFrame(
        {
            "node": [result.members[tie.one].node for tie in result.between],
            "other": [result.members[tie.other].node for tie in result.between],
            "kind": [tie.kind for tie in result.between],
            "events": [tie.events for tie in result.between],
            "probability": [tie.probability for tie in result.between],
        }
    )
    words = (
        f"Chart of a network of {counted(result.nodes, 'node')} and {counted(result.ties, 'tie')}; "
        f"{counted(len(critical), 'critical node')} ringed."
    )
    return draw_links(build_link_chart(nodes, ties, label=words)), words
