"""Drivers: graded, superseded and never edited."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.intelligence.grading import Grade
from analytics.oversight import Actor, Refused
from analytics.strategic.drivers import (
    Driver,
    DriverSavedMeanwhile,
    list_driver_versions,
    list_drivers,
    save_driver,
    withdraw_driver,
)

ANN = Actor("ann")
RENT = Driver(
    "economic",
    "Rents rose by a tenth.",
    "Housing office, yearly figures",
    Grade("1", "A"),
    date(2026, 3, 1),
    problem="Burglary",
    effect="raises",
)


def test_a_correction_is_the_next_version_and_the_first_stays(store):
    number, _ = save_driver(store, ANN, RENT)
    corrected = replace(RENT, statement="Rents rose by a fifth.")
    save_driver(store, ANN, corrected, driver_id=number, latest_seen=1, change_reason="new figures")
    ((only),) = list_drivers(store)
    assert (only.version, only.driver) == (2, corrected)
    assert only.mark == "[driver 1: 1AP]"
    versions = list_driver_versions(store, number)
    assert versions.statement.tolist() == ["Rents rose by a fifth.", "Rents rose by a tenth."]
    with pytest.raises(DriverSavedMeanwhile):
        save_driver(store, ANN, RENT, driver_id=number, latest_seen=1, change_reason="late")


def test_a_withdrawn_driver_stays_readable(store):
    number, _ = save_driver(store, ANN, RENT)
    (saved,) = list_drivers(store)
    withdraw_driver(store, ANN, saved, "the source took it back")
    assert list_drivers(store) == []
    assert list_driver_versions(store, number).withdrawn.tolist() == [True, False]


@pytest.mark.parametrize(
    "wrong",
    [
        {"statement": " "},
        {"source": ""},
        {"factor": "ethnic"},
        {"effect": "worse"},
        {"grade": Grade("4", "A")},
        {"grade": Grade("1", "A", "C")},
    ],
)
def test_what_is_missing_or_unknown_is_refused(store, wrong):
    with pytest.raises(ValueError):
        save_driver(store, ANN, replace(RENT, **wrong))


def test_a_change_needs_its_reason_and_the_right(store):
    number, _ = save_driver(store, ANN, RENT)
    with pytest.raises(ValueError, match="Say why"):
        save_driver(store, ANN, RENT, driver_id=number)
    with pytest.raises(KeyError):
        save_driver(store, ANN, RENT, driver_id=99, change_reason="x")
    with pytest.raises(Refused):
        save_driver(store, Actor("ins", "inspector", "oversight"), RENT)
