"""A finding's network as a chart for paper."""

from __future__ import annotations

import pandas as pd

from analytics.figures.link_chart import build_link_chart
from analytics.figures.link_picture import draw_links
from analytics.intelligence.finding_results import NetworkResult
from analytics.shared.wording import counted

CHART_CAPTION = "Who is tied to whom; critical nodes ringed, numbers as listed in the text."


def draw_network(result: NetworkResult, protected: frozenset[str]) -> tuple[bytes, str] | None:
    """The chart as SVG and what it shows in words, None where the finding has no nodes. Nobody is named in
    it: the nodes that matter have the numbers of the list in the text, the critical ones are ringed."""
    if not result.members:
        return None
    targets = result.list_targets(protected)
    critical = {node.node for node in targets if node.status == "critical"}
    numbers = {node.node: str(number) for number, node in enumerate(targets, 1)}
    nodes = pd.DataFrame(
        {
            "id": [member.node for member in result.members],
            "label": [numbers.get(member.node, "") for member in result.members],
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
