"""What findings on networks say in a network profile or a subject profile.

Nodes are named as targets only for findings that an operation plan with a legal basis covers, and a possible
victim never."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analytics.intelligence.finding_results import CriticalNode, NetworkResult
from analytics.shared.wording import counted

_UNNAMED = (
    "They are not named: no operation plan with a legal basis covers this finding. Where they stand is in"
    " the finding's structure."
)
_WATCH = "Watch or remove: say which, and what is expected of whoever would step in."
_KINDS = {
    "person": ("person", "people"),
    "phone": ("telephone", "telephones"),
    "premises": ("address", "addresses"),
    "operation": ("operation of adverts", "operations of adverts"),
}
Teller = Callable[[NetworkResult, "TargetRules"], str]


class TargetRules:
    """Who may be named as a target: nobody of `protected`, and nobody at all unless `lawful`."""

    def __init__(self, protected: frozenset[str], *, lawful: bool) -> None:
        self.protected, self.lawful = protected, lawful


def tell_identity(result: NetworkResult, rules: TargetRules) -> str:
    kind = f"of the type {result.type}" if result.type not in ("mixed", "not enough seen") else result.type
    parts = ", ".join(
        counted(row.count, *_KINDS.get(row.category, (row.category, f"{row.category}s")))
        for row in result.identifiers
    )
    return f"A network {kind}: {counted(result.nodes, 'node')} and {counted(result.ties, 'tie')}." + (
        f" It consists of {parts}." if parts else ""
    )


def tell_structure(result: NetworkResult, rules: TargetRules) -> str:
    lines = [result.why]
    if result.removal and result.apart is not None:
        at = result.removal[min(len(result.removal), 3) - 1]
        lines.append(
            f"Without {counted(at.removed, 'node')} it would be {at.low:.2f} to {at.high:.2f} apart (now "
            f"{result.apart:.2f}, with as many at random {at.random:.2f})."
        )
    return " ".join(filter(None, lines))


def tell_targets(result: NetworkResult, rules: TargetRules) -> str:
    """Critical and replaceable nodes, named where that is lawful."""
    targets = result.list_targets(rules.protected)
    if not targets:
        return "No node matters more than the others."
    if not rules.lawful:
        critical = sum(node.status == "critical" for node in targets)
        return (
            f"{counted(critical, 'node is', 'nodes are')} important and irreplaceable, "
            f"{len(targets) - critical} important and replaceable. {_UNNAMED}"
        )
    listed = (f"{number}. {_tell_target(node)}" for number, node in enumerate(targets, 1))
    return "\n".join([*listed, _WATCH])


def _tell_target(node: CriticalNode) -> str:
    instead = f"; likely substitute {node.substitute}" if node.substitute else "; no substitute is seen"
    return f"{node.label}: {node.status} ({node.kinds or 'by its place'}); {node.redundancy}{instead}."


def tell_change(result: NetworkResult, rules: TargetRules) -> str:
    return " ".join(result.change)


def tell_attack(result: NetworkResult, rules: TargetRules) -> str:
    return f"How such a network is attacked: {result.attack}" if result.attack else ""


def tell_victims(result: NetworkResult, rules: TargetRules) -> str:
    """Who comes first: how many may be victims, and that none of them is a target."""
    may_be = sum(member.node in rules.protected for member in result.members)
    lines = []
    if may_be:
        lines.append(
            f"{counted(may_be, 'node')} of it may be a victim: no target, referred first, and made safe"
            " before anybody is approached."
        )
    if result.carried:
        lines.append(
            f"{counted(result.carried, 'person', 'persons')} had journeys paid for by members: find out"
            " whether they are well."
        )
    return " ".join(lines)


def tell_gaps(result: NetworkResult, rules: TargetRules) -> str:
    lines = [*result.gaps]
    if result.type in ("mixed", "not enough seen"):
        lines.append("Which type it is cannot be said yet.")
    known = {row.category for row in result.identifiers}
    missing = [name for kind, name in _DOMAINS.items() if kind not in known]
    if missing:
        lines.append(f"Nothing in it is tied to: {', '.join(missing)}.")
    return " ".join(lines)


_DOMAINS = {"phone": "telephones", "account": "accounts", "premises": "premises", "operation": "adverts"}


def _tell_domain(kind: str, one: str, several: str, gap: str) -> Teller:
    """How many identifiers of a kind the network uses; what to ask for where there is none."""

    def tell(result: NetworkResult, rules: TargetRules) -> str:
        count = sum(row.count for row in result.identifiers if row.category == kind)
        ties = sum(tie.events for tie in result.between if tie.kind == _TIES.get(kind, ""))
        moved = f", with {counted(ties, _TIES[kind])} between them" if ties else ""
        return f"{counted(count, one, several)} used by its nodes{moved}." if count else gap

    return tell


_TIES = {"phone": "call", "account": "payment"}
TELLERS: Mapping[str, Teller] = {
    "network_identity": tell_identity,
    "network_structure": tell_structure,
    "network_targets": tell_targets,
    "network_change": tell_change,
    "network_attack": tell_attack,
    "network_victims": tell_victims,
    "network_gaps": tell_gaps,
    "network_finances": _tell_domain(
        "account", "account is", "accounts are", "No account is known: ask for their statements."
    ),
    "network_premises": _tell_domain(
        "premises", "address is", "addresses are", "No address is known: ask landlords and letting agents."
    ),
    "network_communications": _tell_domain(
        "phone", "telephone is", "telephones are", "No telephone is known: ask for call records."
    ),
}


def tell_networks(
    name: str,
    results: Sequence[tuple[int | None, NetworkResult]],
    protected: frozenset[str],
    lawful: frozenset[int],
) -> str:
    """One of TELLERS for each network, with the mark of its finding."""
    lines = []
    for number, result in results:
        text = TELLERS[name](result, TargetRules(protected, lawful=number in lawful))
        if text:
            lines.append("\n".join(f"{line}{_mark(number)}" for line in text.split("\n")))
    return "\n".join(lines)


def _mark(number: int | None) -> str:
    return "" if number is None else f" [finding {number}]"
