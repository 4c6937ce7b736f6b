"""A network's structure as a finding: saved, read back, checked again, and silent on possible victims."""

from __future__ import annotations

import json

import pytest

from analytics.intelligence.evidence import count_evidence
from analytics.intelligence.finding_results import NetworkResult, read_result
from analytics.intelligence.findings import Finding, load_finding, save_finding
from analytics.intelligence.possible_victims import POSSIBLE_VICTIM, record_victim_status
from analytics.intelligence.recheck import CHANGED, SAME, RerunRequest
from analytics.network.links.node_names import name_node
from analytics.network.operation.finding import build_network_finding
from analytics.network.operation.found_networks import list_networks
from analytics.network.operation.selection import NetworkSelection
from analytics.network.operation.stored_network import read_network_around
from analytics.network.structure.report import analyse_structure
from analytics.reruns import recheck_finding
from analytics.tasking.responses import find_problem_types
from tests.network.operation.crew import ACTOR, CREW, fill_crew, person


@pytest.fixture
def crew(store):
    fill_crew(store)
    return store


def _save(store, label=lambda node: "A••••"):
    network = read_network_around(store, NetworkSelection((person("Ada Quist"),), steps=6, minimum_kinds=2))
    found = analyse_structure(network.edges)
    finding, evidence = build_network_finding(
        network, found, label, name_node, data_version=store.data_version()
    )
    return save_finding(store, ACTOR, finding, evidence)


def test_it_is_saved_with_its_rows_and_says_nobody_s_name_or_number(crew):
    number = _save(crew)
    finding = load_finding(crew, number)
    result = finding.result
    assert isinstance(result, NetworkResult) and (result.nodes, result.ties) == (8, 9)
    assert len(result.members) == 8 and result.carried == 1 and result.possible_victims == 0
    assert count_evidence(crew, number) == {"communication": 30, "transaction": 10}
    whole = json.dumps([finding.statement, finding.recipe, finding.parameters, result.to_json()])
    assert not any(name in whole for name in CREW) and "0770090" not in whole and "account/1" not in whole
    assert read_result(result.to_json()) == result
    assert result.critical and all(node.label == "A••••" for node in result.critical)
    assert recheck_finding(crew, RerunRequest(number, 1)).verdict == SAME


def test_a_possible_victim_leaves_the_lists_of_a_saved_finding(crew):
    number = _save(crew)
    result = load_finding(crew, number).result
    node = result.critical[0]
    victim = next(person(name) for name in CREW if name_node(person(name)) == node.node)
    record_victim_status(crew, ACTOR, victim, POSSIBLE_VICTIM, "Seen with injuries")
    targets = result.list_targets(frozenset({name_node(victim)}))
    assert node.node not in {target.node for target in targets}
    assert node.node not in {target.substitute_node for target in targets}
    check = recheck_finding(crew, RerunRequest(number, 1))
    assert check.verdict == CHANGED and check.finding.result.possible_victims == 1
    assert node.node not in {target.node for target in check.finding.result.critical}
    assert node.node not in {target.node for target in check.finding.result.key_players}


def test_the_crew_stands_out_of_all_links(crew):
    found = list_networks(crew)
    assert found[["nodes", "ties"]].to_numpy().tolist() == [[8, 9]]


def test_the_type_of_a_network_is_a_kind_of_problem():
    result = NetworkResult(type="chain", nodes=9, ties=10)
    assert find_problem_types([(_finding_with(result), frozenset({"communication"}))])[-1] == "chain"


def _finding_with(result):
    return Finding("T", "S", "M", {}, 1, None, None, None, result, "low", "B", "A")
