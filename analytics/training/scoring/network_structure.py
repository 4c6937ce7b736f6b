"""Whether a team says what kind of network it faces, and who holds it together."""

from __future__ import annotations

from analytics.training.scoring.answers import Answers, FindingAnswer
from analytics.training.scoring.line import ScoreLine
from analytics.training.scoring.matching import Match
from analytics.training.scoring.truth import NETWORKS, PlantedNetwork, SealedTruth

CODE = "structure"


def score_network_structure(truth: SealedTruth, answers: Answers, matches: list[Match]) -> ScoreLine:
    """The mean over planted networks: half for its type, half for an account that holds it together. A
    network without such an account (flux, mesh) is right when none is named. Of a network, the finding counts
    that shares most of its rows."""
    networks = {network.name: network for network in truth.networks}
    values, named = [], []
    found = [match for match in matches if match.structure.layer == NETWORKS]
    for match in found:
        network = networks[match.structure.name]
        value = _judge(network, match.finding, answers) if match.finding else 0.0
        values.append(value)
        if value < 1:
            named.append(f"{network.name}: type {network.kind}")
    value = sum(values) / len(values) if values else 0.0
    right = sum(each == 1 for each in values)
    return ScoreLine(
        CODE,
        "Type and critical node",
        value,
        f"Of {len(values)} networks, {right} have the right type and critical node.",
        {"networks": len(values), "right": right},
        tuple(named),
    )


def _judge(network: PlantedNetwork, finding: FindingAnswer, answers: Answers) -> float:
    if not finding.network_type:
        return 0.0
    critical = set(finding.critical)
    names = {name for account in network.critical for name in answers.nodes.get(account, ())}
    holds = bool(critical & names) if network.critical else not critical
    return 0.5 * (finding.network_type.casefold() == network.kind) + 0.5 * holds
