"""The order of reading: what speaks for somebody needing help comes before size."""

import pandas as pd
import pytest

from analytics.adverts.indicators import load_indicators
from analytics.adverts.worth_reading import AGAINST, FOR, order_by_worth, weigh_operations
from analytics.store import Store

FILE = load_indicators()
NAMES = [indicator.name for indicator in FILE.indicators]
QUIET = {
    "bits": 20.0,
    "adverts": 5,
    "towns": 2,
    "towns_in_eight_weeks": 2,
    "sites": 1,
    "kinds": 1,
    "phones": 1,
    "days": 120,
    "recent": 0,
    "before": 0,
}


def reading(operations: dict[int, dict], met: dict[int, list[str]] | None = None):
    measures = pd.DataFrame([{"operation_id": number} | QUIET | row for number, row in operations.items()])
    rows = [
        {"operation_id": number, **{name: name in (met or {}).get(number, []) for name in NAMES}}
        for number in operations
    ]
    lone = [{"operation_id": None, **dict.fromkeys(NAMES, False)}] * 100  # so that no indicator is common
    return weigh_operations(measures, pd.DataFrame(rows + lone), FILE)


def reasons_of(order, operation_id: int, direction: str) -> list[str]:
    mine = order.reasons[order.reasons.operation_id == operation_id]
    return mine.reason[mine.direction == direction].tolist()


def test_a_landlord_with_many_adverts_comes_after_a_moving_group_with_a_disguised_number():
    order = reading(
        {
            1: {"adverts": 131, "bits": 45.0, "days": 720},
            2: {"adverts": 6, "bits": 45.0, "days": 47, "towns": 3, "towns_in_eight_weeks": 3},
        },
        {2: ["obscured-phone"]},
    )
    assert order.worth.index.tolist() == [2, 1] and order.worth[2] > 0 > order.worth[1]
    assert "3 towns within eight weeks" in reasons_of(order, 2, FOR)
    assert reasons_of(order, 1, AGAINST) == ["Over a year in the same two towns"]


def test_the_number_of_adverts_moves_nothing_by_itself():
    order = reading({1: {"adverts": 4}, 2: {"adverts": 4_000}})
    assert order.worth[1] == order.worth[2]


def test_every_point_has_a_reason_and_the_sum_is_the_worth():
    order = reading({1: {"sites": 3}, 2: {"recent": 9}, 3: {"towns": 1}}, {1: NAMES, 3: ["one-place"]})
    assert order.reasons.groupby("operation_id").points.sum().to_dict() == pytest.approx(
        order.worth.to_dict()
    )
    assert ((order.reasons.points > 0) == (order.reasons.direction == FOR)).all()
    assert order.reasons.reason.str.len().min() > 0


def test_words_that_suggest_a_child_and_contested_ones_never_count():
    uncounted = [indicator.name for indicator in FILE.indicators if not indicator.counts]
    assert uncounted and not reading({1: {}}, {1: uncounted}).worth.any()


def test_practice_for_and_indicators_against_have_a_maximum():
    practice = [
        i.name for i in FILE.indicators if i.counts and i.evidence == "practice" and i.direction == FOR
    ]
    against = [i.name for i in FILE.indicators if i.direction == AGAINST]
    order = reading({1: {}, 2: {}}, {1: practice, 2: against})
    assert order.worth[1] == pytest.approx(2) and order.worth[2] == pytest.approx(-2)


def test_a_store_without_operations_gives_an_empty_order(store: Store):
    hits = pd.DataFrame(
        {"operation_id": pd.Series(dtype=float), **{name: pd.Series(dtype=bool) for name in NAMES}}
    )
    order = order_by_worth(store, hits, FILE)
    assert order.worth.empty and order.reasons.empty
