"""The matrix of sums from payers to payees."""

import pandas as pd

from analytics.figures.money import matrix_of_sums


def test_the_largest_payers_and_payees_come_first_and_a_pair_without_payment_is_empty():
    edges = pd.DataFrame(
        {
            "from": ["A", "A", "B"],
            "to": ["X", "Y", "X"],
            "value": [10.0, 5.0, 100.0],
            "payments": [1, 2, 3],
        }
    )
    figure = matrix_of_sums(edges, {"A": "••1", "B": "<b>2</b>"}, "GBP", dark=False)
    heat = figure["data"][0]
    assert heat["x"] == ["X", "Y"] and heat["y"][1] == "••1" and "<" not in heat["y"][0]
    assert heat["z"] == [[100.0, None], [10.0, 5.0]] and heat["text"] == [["100", ""], ["10", "5"]]
    few = matrix_of_sums(edges, {}, "GBP", dark=True, most=1)["data"][0]
    assert few["z"] == [[100.0]]
