"""Networks that every textbook has, written down here, with the values that are printed of them."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.network.structure.edge_list import build_edge_list
from analytics.network.structure.node_measures import measure_nodes, measure_whole
from analytics.shared.graph_library import igraph

# Krackhardt's kite (1990); marriages in Florence (Padgett and Ansell 1993); Zachary's karate club (1977).
_KITE = [
    *(
        "AB",
        "AC",
        "AD",
        "AF",
        "BD",
        "BE",
        "BG",
        "CD",
        "CF",
        "DE",
        "DF",
        "DG",
        "EG",
        "FG",
        "FH",
        "GH",
    ),
    *(
        "HI",
        "IJ",
    ),
]
_FLORENCE = [
    *(
        "Acciaiuoli-Medici",
        "Albizzi-Ginori",
        "Albizzi-Guadagni",
        "Albizzi-Medici",
    ),
    *(
        "Barbadori-Castellani",
        "Barbadori-Medici",
        "Bischeri-Guadagni",
        "Bischeri-Peruzzi",
    ),
    *(
        "Bischeri-Strozzi",
        "Castellani-Peruzzi",
        "Castellani-Strozzi",
        "Guadagni-Lamberteschi",
    ),
    *(
        "Guadagni-Tornabuoni",
        "Medici-Ridolfi",
        "Medici-Salviati",
        "Medici-Tornabuoni",
        "Pazzi-Salviati",
    ),
    *(
        "Peruzzi-Strozzi",
        "Ridolfi-Strozzi",
        "Ridolfi-Tornabuoni",
    ),
]
_ZACHARY = [(str(a + 1), str(b + 1)) for a, b in igraph.Graph.Famous("Zachary").get_edgelist()]


@pytest.mark.parametrize(
    ("pairs", "degree", "betweenness", "cut_points"),
    [
        ([tuple(pair) for pair in _KITE], {"D": 6, "F": 5, "G": 5}, {"H": 0.389, "F": 0.231, "D": 0.102}, 2),
        (
            [tuple(pair.split("-")) for pair in _FLORENCE],
            {"Medici": 6, "Guadagni": 4, "Strozzi": 4},
            {"Medici": 0.522, "Guadagni": 0.255, "Albizzi": 0.212},
            4,
        ),
        (_ZACHARY, {"34": 17, "1": 16, "33": 12}, {"1": 0.438, "34": 0.304, "33": 0.145}, 1),
    ],
    ids=["kite", "florentine marriages", "karate club"],
)
def test_networks_of_the_textbooks(pairs, degree, betweenness, cut_points):
    edges = build_edge_list(pd.DataFrame(pairs, columns=["from", "to"]))
    nodes = measure_nodes(edges).set_index("node")
    assert nodes.degree[list(degree)].to_dict() == degree
    assert nodes.degree.nlargest(3).index.isin(degree).all()
    assert nodes.betweenness[list(betweenness)].round(3).to_dict() == betweenness
    assert nodes.betweenness.idxmax() == next(iter(betweenness))
    assert measure_whole(edges, measure_nodes(edges)).cut_points == cut_points
