"""Published covert networks give the published figures."""

from __future__ import annotations

import pytest

from analytics.network.structure.edge_list import read_edge_list
from analytics.network.structure.key_players import find_key_players
from analytics.network.structure.node_measures import measure_nodes, measure_whole
from analytics.network.structure.phases import compare_phases
from tests.conftest import SHARED_DATA

FOLDER = SHARED_DATA / "networks"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="The published networks are not here: set ACHILLES_TEST_DATA."
)


def _read(name):
    path = FOLDER / f"{name}_edges.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is kept apart from the other networks.")
    nodes = FOLDER / f"{name}_nodes.csv"
    return read_edge_list(path, nodes if nodes.exists() else None)


def _measure_whole(name):
    edges = _read(name)
    return measure_whole(edges, measure_nodes(edges))


@pytest.mark.parametrize(
    ("name", "nodes", "ties", "betweenness", "degree"),
    [
        (
            "krebs_911__0",
            60,
            125,
            {
                "Mohamed Atta": 0.512,
                "Essid Sami Ben Khemail": 0.254,
                "Lofti Raissi": 0.240,
                "Zacarias Moussaoui": 0.230,
            },
            {"Mohamed Atta": 15, "Marwan Al Shehhi": 12, "Essid Sami Ben Khemail": 11},
        ),
        ("heroin_natarajan", 38, 87, {"Mr.DD": 0.375, "Mr.": 0.355}, {}),
        ("cocaine_natarajan", 28, 40, {"Kay": 0.887}, {}),
        ("jemaah_islamiyah_koschade", 17, 63, {"SAMUDRA": 0.510}, {"SAMUDRA": 15}),
        ("london_gang", 54, 315, {}, {}),
    ],
)
def test_size_degree_and_betweenness(name, nodes, ties, betweenness, degree):
    edges = _read(name)
    assert (len(edges.nodes), len(edges.ties)) == (nodes, ties)
    measures = measure_nodes(edges).set_index("node")
    first = measures.betweenness.sort_values(ascending=False).head(len(betweenness))
    assert first.round(3).to_dict() == pytest.approx(betweenness, abs=6e-4)
    assert {node: measures.degree[node] for node in degree} == degree


def test_cut_points_density_and_constraint():
    assert _measure_whole("krebs_911__0").cut_points == 4
    london = _measure_whole("london_gang")
    assert london.cut_points == 0 and round(london.density, 3) == 0.220
    constraint = measure_nodes(_read("heroin_natarajan")).set_index("node").constraint
    assert (round(constraint["Mr.DD"], 3), round(constraint["Mr."], 3)) == (0.115, 0.106)


def test_the_key_players_of_krebs_are_not_the_three_most_central():
    edges = _read("krebs_911__0")
    found = find_key_players(edges, 3)
    assert {edges.nodes.node[at] for at in found.chosen} == {
        "Mohamed Atta",
        "Ramzi Bin al Shibh",
        "Nawaf Alhazmi",
    }
    values = (found.intact, found.fragmentation, found.by_degree, found.by_betweenness)
    assert [round(value, 3) for value in values] == [0.652, 0.808, 0.729, 0.719]


def test_greedy_is_not_the_best_in_the_london_gang():
    edges = _read("london_gang")
    found = find_key_players(edges, 3)
    assert {edges.nodes.node[at] for at in found.chosen} == {"1", "19", "20"} and found.exact
    values = (found.intact, found.by_degree, found.greedy, found.fragmentation)
    assert [round(value, 3) for value in values] == [0.434, 0.468, 0.472, 0.479]


def test_caviar_by_phase():
    path = FOLDER / "caviar_phases.csv"
    if not path.exists():
        pytest.skip("caviar_phases.csv is not there.")
    found = compare_phases(read_edge_list(path))
    table = found.phases
    assert table.nodes.tolist() == [15, 24, 33, 33, 32, 27, 36, 42, 34, 42, 41]
    assert table.ties.tolist() == [18, 28, 56, 48, 39, 47, 49, 58, 44, 50, 50]
    assert table.top_broker.tolist() == ["1"] * 8 + ["3", "1", "41"]
    shares = [0.59, 0.91, 0.77, 0.72, 0.77, 0.68, 0.77, 0.55, 0.30, 0.25, 0.10]
    assert found.touch.loc["1"].round(2).tolist() == shares
    shares = [0, 0.02, 0.01, 0.01, 0.12, 0.23, 0.04, 0.21, 0.18, 0.23, 0.36]
    assert found.touch.loc["12"].round(2).tolist() == shares
    assert (found.leader, found.fell_in) == ("1", "8")
    assert set(found.stepped_in.node.head(3)) == {"3", "12", "87"}
