"""The map of operations: numbers below their towns, the moves of the chosen one, names as plain text."""

import pandas as pd

from analytics.figures.operations_map import NumberedOperation, operations_map

TOWNS = pd.DataFrame(
    {
        "place": ["Leeds", "Luton", "<b>nowhere</b>"],
        "lon": [-1.5, -0.4, None],
        "lat": [53.8, 51.9, None],
        "adverts": [40, 10, 5],
        "is_new": [True, False, False],
    }
)
STEPS = pd.DataFrame({"origin": ["Leeds"], "destination": ["Luton"]})


def drawn(chosen: str | None = "7"):
    operations = [NumberedOperation(str(k), k, "Leeds") for k in range(1, 8)]
    operations.append(NumberedOperation("8", 8, "<b>nowhere</b>"))
    return operations_map(
        operations, TOWNS, STEPS, channel="operations", label="Map", chosen=chosen, dark=False
    )


def test_numbers_stand_in_rows_below_their_town_and_are_chosen_with_the_list():
    picture = drawn()
    assert picture.choices is not None and picture.choices.channel == "operations"
    places = picture.choices.places
    assert set(places) == {"1", "2", "3", "4", "5", "6", "7"}  # what is on no map has no number on it
    assert all(lat < 53.8 for _, lat in places.values()) and places["6"][1] < places["1"][1]
    assert len(set(places.values())) == 7 and picture.chosen == "7"
    assert drawn("8").chosen is None


def test_the_steps_of_the_chosen_operation_and_its_towns_are_told_from_others():
    picture = drawn()
    assert len(picture.sources["steps"]["data"]["features"]) == 1
    assert picture.legend is not None
    assert [name for name, _ in picture.legend.kinds] == ["of the chosen operation", "other towns"]
    assert picture.view.box is not None
    west, south, east, north = picture.view.box
    assert west < -1.5 and east > -0.4 and south < 51.9 and north > 53.8


def test_without_a_town_on_the_map_the_world_is_shown():
    nowhere = TOWNS.tail(1)
    picture = operations_map([], nowhere, STEPS, channel="c", label="Map", chosen=None, dark=True)
    assert picture.message()["choices"]["places"] == {}
