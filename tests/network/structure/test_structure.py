"""Measures on networks whose answer is known."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.cli import cli
from analytics.network.structure import node_measures
from analytics.network.structure.critical_nodes import CRITICAL, find_critical
from analytics.network.structure.disruption import simulate_disruption
from analytics.network.structure.edge_list import build_edge_list
from analytics.network.structure.fragmentation import build_adjacency, measure_fragmentation
from analytics.network.structure.key_players import find_key_players
from analytics.network.structure.network_type import MIXED, TYPES, UNSEEN, find_type, read_models
from analytics.network.structure.node_measures import measure_nodes
from analytics.network.structure.phases import compare_phases
from analytics.network.structure.report import StructureParameters, analyse_structure, structure_as_json
from analytics.network.structure.uncertain_ties import measure_uncertain
from tests.examples import examples

_TIES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=25)


def _edges(pairs, nodes=None, **columns):
    frame = pd.DataFrame([(str(a), str(b)) for a, b in pairs], columns=["from", "to"])
    return build_edge_list(frame.assign(**columns), nodes, two_mode=False)


def _two_cliques():
    """Two groups of four that only 'x' joins."""
    pairs = [
        *combinations("abcd", 2),
        *combinations("efgh", 2),
        ("a", "x"),
        ("b", "x"),
        ("x", "e"),
        ("x", "f"),
    ]
    return _edges(pairs)


@settings(deadline=None, max_examples=examples(60))
@given(_TIES, st.integers(0, 9))
def test_fragmentation_is_borgattis(pairs, gone):
    pairs = sorted({(min(a, b), max(a, b)) for a, b in pairs if a != b})
    distance = np.full((10, 10), np.inf)
    for a, b in pairs:
        if gone not in (a, b):
            distance[a, b] = distance[b, a] = 1
    for via in range(10):
        distance = np.minimum(distance, distance[:, [via]] + distance[[via]])
    left = [at for at in range(10) if at != gone]
    reach = sum(1 / distance[a, b] for a, b in combinations(left, 2))
    adjacency = build_adjacency(10, np.array(pairs, dtype=np.int64).reshape(-1, 2))
    assert measure_fragmentation(adjacency, np.array([gone])) == pytest.approx(1 - reach / 36)


def test_more_nodes_than_bits_in_a_word():
    adjacency = build_adjacency(150, np.array([(at, at + 1) for at in range(149)]))
    reach = sum((150 - steps) / steps for steps in range(1, 150))
    assert measure_fragmentation(adjacency, np.zeros(0, np.int64)) == pytest.approx(
        1 - reach / (150 * 149 / 2)
    )


@settings(deadline=None, max_examples=examples(30))
@given(_TIES, st.integers(1, 4))
def test_a_search_is_never_below_greedy_and_exact_is_best(pairs, size):
    pairs = [(a, b) for a, b in pairs if a != b] or [(0, 1)]
    edges = _edges([*pairs, *((at, (at + 1) % 10) for at in range(0, 10, 2))])
    exact, searched = find_key_players(edges, size), find_key_players(edges, size, work=1)
    assert exact.exact and not searched.exact
    assert exact.fragmentation >= searched.fragmentation - 1e-12 >= searched.greedy - 2e-12


def test_who_is_protected_is_never_chosen():
    edges = _two_cliques()
    nodes = pd.DataFrame({"node": ["x"], "status": ["possible victim"]})
    names = edges.nodes.node.to_numpy()
    frame = pd.DataFrame({"from": names[edges.pairs[:, 0]], "to": names[edges.pairs[:, 1]]})
    protected = build_edge_list(frame, nodes)
    chosen = find_key_players(protected, 2).chosen
    assert "x" not in {protected.nodes.node[at] for at in chosen}
    assert all("x" not in row for row in simulate_disruption(protected, 3).nodes)
    table = find_critical(protected, measure_nodes(protected)).set_index("node")
    assert table.status["x"] == "protected"


def test_the_only_bridge_is_critical_and_one_of_two_is_not():
    single = _two_cliques()
    table = find_critical(single, measure_nodes(single)).set_index("node")
    assert table.status["x"] == CRITICAL and table.redundancy["x"] == 0 and table.sides["x"] == 2
    names = single.nodes.node.to_numpy()
    pairs = [(names[a], names[b]) for a, b in single.pairs] + [("a", "y"), ("b", "y"), ("y", "e"), ("y", "f")]
    double = _edges(pairs)
    table = find_critical(double, measure_nodes(double)).set_index("node")
    assert table.status["x"] != CRITICAL and table.substitute["x"] == "y" and table.covered["x"] == 1


def test_a_role_that_one_node_carries_makes_it_critical():
    edges = _two_cliques()
    names = edges.nodes.node
    nodes = pd.DataFrame({"node": names, "role": ["forger" if name == "h" else "driver" for name in names]})
    frame = pd.DataFrame(
        {"from": names.to_numpy()[edges.pairs[:, 0]], "to": names.to_numpy()[edges.pairs[:, 1]]}
    )
    with_roles = build_edge_list(frame, nodes)
    table = find_critical(with_roles, measure_nodes(with_roles)).set_index("node")
    assert table.status["h"] == CRITICAL and "only one with its task" in table.kinds["h"]


def test_removing_the_best_does_no_less_than_random_sets():
    table = simulate_disruption(_two_cliques(), 3)
    assert (table.none >= table.random_high - 1e-9).all() and (table.low <= table.high).all()


def test_uncertain_ties_give_an_interval_around_what_is_likely():
    edges = _edges([(0, 1), (1, 2), (2, 3)], probability=["1", "0.5", "1"])
    table = measure_uncertain(edges).set_index("node")
    assert table.degree["1"] == pytest.approx(1.5, abs=0.1) and table.degree["0"] == 1
    assert (table.degree_low["1"], table.degree_high["1"]) == (1, 2)


def test_who_came_left_and_stepped_in():
    rows = [("a", other, phase) for phase in ("1", "2") for other in "bcde"]
    rows += [("a", "b", "3"), *(("f", other, phase) for phase in ("3", "4") for other in "bcde")]
    frame = pd.DataFrame(rows, columns=["from", "to", "phase"])
    found = compare_phases(build_edge_list(frame))
    assert (found.leader, found.fell_in) == ("a", "3") or found.leader == "f"
    assert found.phases.came[2] == ["f"] and found.phases.left[3] == ["a"]


def test_too_little_is_not_enough_seen_and_a_star_of_brokers_has_a_type():
    assert find_type(_edges([(0, 1), (1, 2)]), thinned=20).verdict == UNSEEN
    chain = [
        pair for at in range(0, 40, 5) for pair in [*combinations(range(at, at + 5), 2), (at + 4, at + 5)]
    ]
    found = find_type(_edges(chain), thinned=20)
    assert found.verdict == "chain"
    assert sum(found.holds.values()) == pytest.approx(1) and set(found.holds) == {*TYPES, MIXED}
    assert (found.signs.low <= found.signs.high).sum() >= 20


def test_the_command_writes_a_file_that_json_reads(tmp_path):
    ties, out = tmp_path / "ties.csv", tmp_path / "out.json"
    pairs = [*combinations("abcd", 2), *combinations("efgh", 2), ("d", "e")]
    ties.write_text("from,to\n" + "\n".join(",".join(pair) for pair in pairs), encoding="utf-8")
    arguments = ["network", "analyse", str(ties), "--key-players", "2", "--remove", "2", "--out", str(out)]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    content = json.loads(out.read_text(encoding="utf-8"))
    assert set(content["key_players"]["chosen"]) & {"d", "e"} and content["network"]["cut_points"] == 2
    assert content["type"]["verdict"] in {*TYPES, MIXED, UNSEEN}
    again = CliRunner().invoke(cli, [*arguments[:-1], str(tmp_path / "again.json")])
    assert again.exit_code == 0 and (tmp_path / "again.json").read_text() == out.read_text()
    refused = CliRunner().invoke(cli, ["network", "analyse", str(tmp_path / "none.csv"), "--out", str(out)])
    assert refused.exit_code == 1 and "There is no file" in refused.output


def test_a_possible_victim_leads_and_steps_in_nowhere():
    rows = [("v", other, phase) for other in "abcdef" for phase in (1, 2, 3)]
    rows += [("a", "b", 1), ("b", "c", 2), ("c", "d", 3), ("d", "e", 3)]
    table = pd.DataFrame(rows, columns=["from", "to", "phase"])
    nodes = pd.DataFrame({"node": ["v"], "status": ["possible victim"]})
    found = analyse_structure(build_edge_list(table, nodes, two_mode=False), StructureParameters(2, 2))
    assert found.nodes.set_index("node").status["v"] == "protected"
    assert "v" not in {*found.nodes.substitute, found.phases.leader, *found.phases.phases.top_broker}
    assert "v" not in set(found.phases.stepped_in.node)
    assert not any("v" in nodes for nodes in found.disruption.nodes)
    position = found.edges.nodes.node.tolist().index("v")
    assert position not in found.key_players.chosen


def test_a_list_too_large_for_all_paths_is_measured_by_some_and_says_so(monkeypatch):
    edges = _two_cliques()
    exact = analyse_structure(edges)
    monkeypatch.setattr(node_measures, "MOST_WORK", 0)
    found = analyse_structure(edges)  # small enough for paths from every node
    own, known = (one.nodes.set_index("node").sort_index() for one in (found, exact))
    assert own.betweenness.to_numpy() == pytest.approx(known.betweenness.to_numpy())
    assert found.whole.mean_distance == pytest.approx(exact.whole.mean_distance)
    assert found.key_players is None and found.disruption.empty and found.type.verdict == MIXED
    assert (found.nodes.status == "").all() and "too large" in found.edges.notes[-1]
    assert "too large" not in " ".join(exact.edges.notes)

    draw = np.random.default_rng(0)
    pairs = [(int(a), int(b)) for a, b in draw.integers(0, 400, (1500, 2)) if a != b]
    pairs += [(0, at) for at in range(1, 400, 4)]  # one that many paths go through
    wide = _edges(pairs)
    monkeypatch.setattr(node_measures, "MOST_WORK", 1e9)
    exact_share = node_measures.betweenness_shares(wide)
    monkeypatch.setattr(node_measures, "MOST_WORK", 0)
    monkeypatch.setattr(node_measures, "_SOURCES_WORK", 100 * len(wide.ties))
    estimate = node_measures.betweenness_shares(wide)
    assert estimate.argmax() == exact_share.argmax()
    assert estimate.max() == pytest.approx(exact_share.max(), rel=0.15)
    assert structure_as_json(analyse_structure(wide))["key_players"] is None


def test_what_is_found_outward_from_a_node_is_read_by_a_model_of_its_own():
    """How a list falls apart says nothing where everything was found from one node."""
    models = read_models().models
    for shows in ("ties", "contacts", "dates"):
        assert "largest_part" in models[shows].signs
        assert "largest_part" not in models[f"{shows}, around"].signs
    edges = _two_cliques()
    whole, around = (find_type(replace(edges, around=at), thinned=20).probability for at in (False, True))
    assert whole != around
