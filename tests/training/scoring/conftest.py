"""A truth of ten rows and what a team could see of it: enough for every line of a score."""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
import shapely

from analytics.training.exercise.plan import Clock, ExercisePlan, GuideStep, TeamRole, WorldSettings
from analytics.training.scoring.answers import ActionAnswer, Answers, FindingAnswer, Grading, ProductAnswer
from analytics.training.scoring.judgements import AdvertLabel, AdvertPair, Judgements, PersonPair
from analytics.training.scoring.recorded import Recorded
from analytics.training.scoring.truth import Innocent, PlantedNetwork, SealedTruth, Structure

LAST = date(2026, 10, 31)
_CIRCLE = (500.0, 500.0, 90.0)
MORNING = datetime(2026, 10, 31, 9)


def rows_of(table: str, first: int, number: int = 10) -> dict:
    return {(table, f"{table}-{first + at}"): LAST - timedelta(days=20 - at) for at in range(number)}


@pytest.fixture
def truth() -> SealedTruth:
    x, y = np.meshgrid(np.arange(30.0), np.arange(30.0))
    everywhere = pd.DataFrame({"x": x.ravel() * 100, "y": y.ravel() * 100, "category": "Robbery"})
    hot = pd.DataFrame({"x": [500.0] * 80, "y": [500.0] * 80, "category": "Robbery"})
    return SealedTruth(
        (
            Structure(
                "terminus", "places", "rising", rows_of("incident", 0), None, (500, 500, 100), "Robbery"
            ),
            Structure("adverts 1 of broker-1", "adverts", "one author", rows_of("advert", 0), "broker-1"),
            Structure("fan-in-1", "money", "fan-in", rows_of("transaction", 0), "broker-1"),
            Structure("broker-1", "networks", "broker", rows_of("communication", 0), "broker-1"),
        ),
        (Innocent("wedding-1", "wedding", ("A9",), frozenset(rows_of("transaction", 100))),),
        (PlantedNetwork("broker-1", "broker", ("A1", "A2"), ("A1",)),),
        {"V1": ("fan-in-1", "broker-1")},
        {"RE-1": True, "RE-2": False},
        pd.concat([everywhere, hot], ignore_index=True),
        np.array([[1500.0, 1500.0], [2500.0, 500.0]]),
    )


@pytest.fixture
def recorded(truth) -> Recorded:
    return Recorded(
        truth.structures,
        {"terminus": truth.structures[0].rows},
        {row: ("Robbery", day) for row, day in truth.structures[0].rows.items()},
    )


@pytest.fixture
def plan() -> ExercisePlan:
    return ExercisePlan(
        code="ten-rows",
        title="Ten rows",
        aim="aim",
        doctrine="doctrine",
        world=WorldSettings(withheld=("journeys",)),
        clock=Clock(days=28, minutes=60),
        roles=(TeamRole(label="Analyst", role="analyst"),),
        guide=(GuideStep(minutes=60, title="All", teams="work", trainer="watch", goes_wrong="time"),),
        task="task",
    )


@pytest.fixture
def true_answers(truth) -> Answers:
    """Everything right, on the first day."""
    findings = tuple(
        FindingAnswer(
            number,
            structure.name,
            structure.layer,
            frozenset(structure.rows),
            MORNING,
            probability=1.0,
            weighed=True,
            outline=shapely.Point(500, 500).buffer(90) if structure.circle else None,
            network_type="broker" if structure.layer == "networks" else "",
            critical=("account-1",) if structure.layer == "networks" else (),
        )
        for number, structure in enumerate(truth.structures, 1)
    )
    brief = ProductAnswer(1, "brief", "Terminus", "", (1,), MORNING)
    referral = ProductAnswer(2, "safeguarding referral", "Referral", "welfare of V1", (), MORNING)
    return Answers(
        findings,
        (brief, referral),
        (ActionAnswer(1, 1, "Patrol the terminus", MORNING),),
        (Grading("RE-1", "B"), Grading("RE-2", "E")),
        frozenset({"transportation"}),
        1,
        {"save finding": 4},
        holders={"V1": ("Rami Tholle",)},
        nodes={"A1": frozenset({"account-1"})},
        judgements=Judgements(
            (PersonPair("A1", "A1", "same"), PersonPair("A1", "A2", "different")),
            (AdvertPair(("advert", "advert-0"), ("advert", "advert-1"), "same"),),
            (AdvertLabel(1, frozenset(rows_of("advert", 0)), "lead"),),
        ),
    )
