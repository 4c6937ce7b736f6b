"""What a team has answered, read from its store: the product's own findings, judgements, products, decisions
and actions. Nothing is asked for scoring alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import shapely

from analytics.intelligence.finding_results import Focus, NetworkResult
from analytics.intelligence.findings import LIKELIHOOD
from analytics.network.links.node_names import name_node
from analytics.shared.codes import code_table
from analytics.shared.projection import project
from analytics.store import Store
from analytics.tasking.effect import NOT_MEASURED, verdict_in_words
from analytics.tasking.referrals import KIND as REFERRAL
from analytics.training.scoring.judgements import Judgements, read_team_judgements
from analytics.training.scoring.truth import ADVERTS, MONEY, NETWORKS, PLACES, Reference, SealedTruth
from analytics.training.settings import CONTROL_NAME, read_settings

_EVIDENCE = ("incident", "advert", "transaction", "account", "premises", "journey", "communication")
_LAYER_OF = {"incident": PLACES, "advert": ADVERTS, "transaction": MONEY, "account": MONEY}
_ACTED_ON = ("adopted", "amended")


@dataclass(frozen=True)
class FindingAnswer:
    """A finding. `rows` it rests on, by reference; `probability` as stated, None where none is; `weighed`:
    its alternatives were rated; `outline` in metres on the area's CRS. `network_type` and `critical`
    (nodes, as links of the app name them) of a finding on the structure of a network."""

    number: int
    title: str
    layer: str
    rows: frozenset[Reference]
    saved_at: datetime
    probability: float | None = None
    weighed: bool = False
    period: tuple[date, date] | None = None
    outline: shapely.Geometry | None = None
    categories: tuple[str, ...] = ()
    network_type: str = ""
    critical: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProductAnswer:
    """The latest version of a brief, referral or other product; `text` is all that it says. Of a referral
    also the operation or the node of the network (its name in links of the app) that it is about."""

    number: int
    kind: str
    title: str
    text: str
    findings: tuple[int, ...]
    saved_at: datetime
    operation: int | None = None
    node: str = ""


@dataclass(frozen=True)
class ActionAnswer:
    """What a standing decision tasks, and the verdict of the team's own latest result, in words."""

    number: int
    product: int
    text: str
    decided_at: datetime
    verdict: str = NOT_MEASURED


@dataclass(frozen=True)
class Grading:
    """A report that the team graded again, and the information grade of its first line."""

    reference: str
    grade: str


@dataclass(frozen=True)
class Answers:
    """Everything a team has answered. `recorded`: the rows that its store has. `gaps`: the domains its
    requirements ask about, and how many it has written. `acts` by name. `operations`: the adverts of
    each operation. `holders`: by account, the name, telephone and address on file. `nodes`: by account, the
    names of its nodes of the network. `judgements`: of persons, links and adverts."""

    findings: tuple[FindingAnswer, ...] = ()
    products: tuple[ProductAnswer, ...] = ()
    actions: tuple[ActionAnswer, ...] = ()
    gradings: tuple[Grading, ...] = ()
    gaps: frozenset[str] = frozenset()
    requirements: int = 0
    acts: dict[str, int] = field(default_factory=dict)
    acts_without_reason: int = 0
    operations: dict[int, frozenset[Reference]] = field(default_factory=dict)
    holders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nodes: dict[str, frozenset[str]] = field(default_factory=dict)
    judgements: Judgements = field(default_factory=Judgements)

    @property
    def briefs(self) -> tuple[ProductAnswer, ...]:
        return tuple(product for product in self.products if product.kind == "brief")

    @property
    def referrals(self) -> tuple[ProductAnswer, ...]:
        return tuple(product for product in self.products if product.kind == REFERRAL)


def read_answers(store: Store, truth: SealedTruth) -> Answers:
    """Everything that stands in a team's store now."""
    requirements = store.rows(
        "SELECT domain FROM requirement WHERE requirement_id NOT IN"
        " (SELECT requirement_id FROM requirement WHERE saved_by = ?)"  # the trainer's injects
        " QUALIFY version = max(version) OVER (PARTITION BY requirement_id)",
        [CONTROL_NAME],
    )
    acts = {
        row["act"]: row["n"]
        for row in store.rows("SELECT act, count(*) AS n FROM audit GROUP BY ALL ORDER BY act")
    }
    reasonless = store.rows(
        "SELECT count(*) AS n FROM audit WHERE (act LIKE 'reveal %' OR act = 'export unmasked rows')"
        " AND trim(purpose) = ''"
    )[0]["n"]
    return Answers(
        tuple(_read_findings(store)),
        tuple(_read_products(store)),
        tuple(_read_actions(store)),
        tuple(_read_gradings(store)),
        frozenset(row["domain"] for row in requirements if row["domain"]),
        len(requirements),
        acts,
        reasonless,
        _read_operations(store),
        _read_holders(store, truth),
        _read_nodes(store, truth),
        read_team_judgements(store),
    )


def _read_holders(store: Store, truth: SealedTruth) -> dict[str, tuple[str, ...]]:
    """By account of a victim: the name, telephone and address on file."""
    return {
        row["reference"]: tuple(text for text in (row["holder"], row["phone"], row["address"]) if text)
        for row in store.rows(
            "SELECT reference, holder, phone, address FROM account"
            " WHERE reference IN (SELECT unnest(?::VARCHAR[])) ORDER BY ALL",
            [sorted(truth.victims)],
        )
    }


def _read_nodes(store: Store, truth: SealedTruth) -> dict[str, frozenset[str]]:
    """By account of a victim or of who holds a network together: the account as a node, its holder and its
    telephone."""
    critical = {account for network in truth.networks for account in network.critical}
    accounts = sorted(critical | truth.victims.keys())
    nodes = {f"account:{account}": {f"account:{account}"} for account in accounts}
    for row in store.rows(
        "SELECT DISTINCT node, other FROM network_link WHERE table_name = 'account'"
        " AND (node IN (SELECT unnest($nodes::VARCHAR[])) OR other IN (SELECT unnest($nodes::VARCHAR[])))",
        {"nodes": list(nodes)},
    ):
        for one, two in ((row["node"], row["other"]), (row["other"], row["node"])):
            if one in nodes:
                nodes[one].add(two)
    return {
        node.removeprefix("account:"): frozenset(map(name_node, linked)) for node, linked in nodes.items()
    }


def find_recorded(store: Store, references: set[Reference]) -> set[Reference]:
    """Those of the rows that the store has."""
    found: set[Reference] = set()
    for table in sorted({table for table, _ in references}):
        wanted = sorted(reference for own, reference in references if own == table)
        if table in (*_EVIDENCE, "report"):
            rows = store.query(
                f'SELECT DISTINCT reference FROM "{table}" WHERE reference IN (SELECT unnest(?::VARCHAR[]))',
                [wanted],
            )
            found.update((table, reference) for reference in rows["reference"].to_pylist())
    return found


def find_midpoint(likelihood: str) -> float:
    """The probability in the middle of a word of the yardstick."""
    entry = code_table("probability_yardstick")[likelihood]
    return float(entry.more["from"] + entry.more["to"]) / 200


def _read_evidence(store: Store) -> dict[int, set[Reference]]:
    latest = (
        "WITH latest AS (SELECT finding_id, max(version) AS version FROM finding GROUP BY finding_id),"
        " stated AS (SELECT e.* FROM finding_evidence e JOIN latest USING (finding_id, version))"
    )
    parts = [
        f"SELECT finding_id, '{table}' AS table_name, list(reference) AS rows FROM stated"
        f" JOIN \"{table}\" USING (source_id, row_number) WHERE table_name = '{table}'"
        " AND reference IS NOT NULL GROUP BY ALL"
        for table in _EVIDENCE
    ]
    parts.append(
        "SELECT finding_id, 'report' AS table_name, list(DISTINCT reference) AS rows FROM finding_report"
        " JOIN latest USING (finding_id, version)"
        " JOIN (SELECT DISTINCT report_id, reference FROM report) USING (report_id)"
        " WHERE reference IS NOT NULL GROUP BY ALL"
    )
    evidence: dict[int, set[Reference]] = {}
    for row in store.query(f"{latest} {' UNION ALL '.join(parts)}").to_pylist():
        evidence.setdefault(row["finding_id"], set()).update((row["table_name"], r) for r in row["rows"])
    return evidence


def _read_findings(store: Store) -> Iterator[FindingAnswer]:
    evidence, epsg = _read_evidence(store), read_settings()["area"]["epsg"]
    first = {
        row["finding_id"]: row["first_saved"]
        for row in store.rows(
            "SELECT finding_id, min(created_at) AS first_saved FROM finding GROUP BY finding_id"
        )
    }
    for row in store.rows(
        "SELECT finding_id, title, likelihood, period_from, period_to,"
        " CAST(hypotheses AS VARCHAR) AS hypotheses, result->>'$.kind' AS kind, result->>'$.type' AS type,"
        " CAST(json_extract_string(result, '$.critical[*].node') AS VARCHAR[]) AS critical,"
        " CAST(parameters AS VARCHAR) AS parameters, CAST(result->'$.focus' AS VARCHAR) AS focus"
        " FROM finding QUALIFY version = max(version) OVER (PARTITION BY finding_id) ORDER BY finding_id"
    ):
        rows = frozenset(evidence.get(row["finding_id"], ()))
        parameters = json.loads(row["parameters"] or "{}")
        hypotheses = json.loads(row["hypotheses"] or "{}") or {}
        outline = _read_outline(row["focus"])
        categories = parameters.get("categories")
        yield FindingAnswer(
            row["finding_id"],
            row["title"],
            NETWORKS if row["kind"] == NetworkResult.KIND else find_layer(rows),
            rows,
            first[row["finding_id"]],
            _read_probability(row["likelihood"], hypotheses),
            any(rating for ratings in hypotheses.get("ratings", ()) for rating in ratings),
            (row["period_from"], row["period_to"]) if row["period_from"] and row["period_to"] else None,
            None if outline is None else project(outline, epsg),
            tuple(categories) if isinstance(categories, list) else (),
            (row["type"] or "") if row["kind"] == NetworkResult.KIND else "",
            tuple(row["critical"] or ()),
        )


def find_layer(rows: frozenset[Reference]) -> str:
    """What a finding is about: the one domain its rows are of, or a network across several."""
    layers = {_LAYER_OF.get(table, NETWORKS) for table, _ in rows if table != "report"}
    return layers.pop() if len(layers) == 1 else NETWORKS


def _read_probability(likelihood: str | None, hypotheses: dict[str, Any]) -> float | None:
    """Of the finding itself, the first of its hypotheses: the number, else the middle of the word."""
    numbers = hypotheses.get("probabilities") or [None]
    if isinstance(numbers[0], int | float):
        return min(1.0, max(0.0, float(numbers[0])))
    return find_midpoint(likelihood) if likelihood in LIKELIHOOD else None


def _read_outline(focus: str | None) -> shapely.Geometry | None:
    saved = json.loads(focus) if focus else None
    if not isinstance(saved, dict) or not saved.get("ring"):
        return None
    return Focus(ring=saved["ring"], parts=saved.get("parts") or ()).outline


def _read_products(store: Store) -> Iterator[ProductAnswer]:
    subjects = {
        row["product_id"]: (row["operation_id"], row["node"] or "")
        for row in store.rows("SELECT product_id, operation_id, node FROM referral_step ORDER BY step_id")
    }
    for row in store.rows(
        "WITH began AS (SELECT product_id, min(created_at) AS first_saved FROM product GROUP BY product_id)"
        " SELECT product_id, kind, title, CAST(content AS VARCHAR) AS content, finding_ids, first_saved"
        " FROM product JOIN began USING (product_id)"
        " QUALIFY version = max(version) OVER (PARTITION BY product_id) ORDER BY product_id"
    ):
        yield ProductAnswer(
            row["product_id"],
            row["kind"],
            row["title"],
            row["content"] or "",
            tuple(row["finding_ids"] or ()),
            row["first_saved"],
            *subjects.get(row["product_id"], (None, "")),
        )


def _read_actions(store: Store) -> Iterator[ActionAnswer]:
    for row in store.rows(
        "WITH measured AS (SELECT action_id, verdict, measured->>'$.why' AS why FROM result"
        " QUALIFY version = max(version) OVER (PARTITION BY action_id))"
        " SELECT action_id, description, product_id, decided_at, outcome, verdict, why FROM action"
        " JOIN decision USING (decision_id) LEFT JOIN measured USING (action_id)"
        " WHERE decision_id NOT IN (SELECT supersedes FROM decision WHERE supersedes IS NOT NULL)"
        " ORDER BY action_id"
    ):
        if row["outcome"] in _ACTED_ON:
            yield ActionAnswer(
                row["action_id"],
                row["product_id"],
                row["description"],
                row["decided_at"],
                verdict_in_words(row["verdict"], row["why"]),
            )


def _read_gradings(store: Store) -> Iterator[Grading]:
    for row in store.rows(
        "WITH latest AS (SELECT report_id, max(version) AS version FROM report GROUP BY report_id"
        " HAVING max(version) > 1)"
        " SELECT reference, min_by(information_grade, line) AS grade FROM report"
        " JOIN latest USING (report_id, version) JOIN report_line USING (report_id, version)"
        " WHERE reference IS NOT NULL GROUP BY report_id, reference ORDER BY reference"
    ):
        yield Grading(row["reference"], row["grade"])


def _read_operations(store: Store) -> dict[int, frozenset[Reference]]:
    rows = store.rows(
        "SELECT operation_id, list(reference) AS rows FROM operation_advert"
        " JOIN advert USING (source_id, row_number) WHERE reference IS NOT NULL"
        " AND operation_id IN (SELECT operation_id FROM referral_step) GROUP BY operation_id"
    )
    return {row["operation_id"]: frozenset(("advert", name) for name in row["rows"]) for row in rows}
