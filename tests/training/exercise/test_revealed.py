"""The truth on the teams' own screens: nothing before the reveal, then only what the trainer shows."""

from contextlib import closing

import pytest

from analytics.shared.projection import project
from analytics.store import Store
from analytics.training.exercise.paths import team_store
from analytics.training.exercise.revealed import follow_exercise, read_revealed
from analytics.training.exercise.running import reveal_exercise, show_layers, start_exercise
from analytics.training.exercise.state import ExerciseRefused, read_acts, read_exercise
from analytics.training.exercise.truth import read_facts
from analytics.training.settings import read_settings
from tests.training.exercise.conftest import TRAINER
from ui.components.list import ListEntry
from ui.components.planted import mark_planted


@pytest.fixture
def team(folder):
    follow_exercise(folder)
    yield folder
    follow_exercise(None)


def read_rows(store: Store):
    """Every payment of the first money scheme and of nobody in particular, as two things of a list."""
    return store.query("SELECT 'all' AS item, source_id, row_number FROM \"transaction\"").to_pandas()


def test_the_layers_come_and_go_as_the_trainer_says(team):
    assert read_revealed() is None
    with pytest.raises(ExerciseRefused, match="after the reveal"):
        show_layers(team, TRAINER, ["places"])
    start_exercise(team, TRAINER)
    reveal_exercise(team, TRAINER)
    assert read_revealed() is None  # opened, and nothing is shown yet

    show_layers(team, TRAINER, ["places", "networks"])

    shown = read_revealed()
    facts = read_facts(team, read_exercise(team))
    assert len(shown.places) == len(facts["hotspots"])
    assert shown.places.label.str.startswith("Planted: ").all()
    epsg = read_settings()["area"]["epsg"]
    for spot in facts["hotspots"]:
        (outline,) = shown.places.outline[shown.places.name == spot["name"]]
        assert project(outline, epsg).area == pytest.approx(3.14159 * spot["radius"] ** 2, rel=0.01)
    member = facts["networks"][0]["members"][0]
    assert shown.nodes[f"account:{member['account']}"].startswith(
        f"Planted: {member['role']} of {facts['networks'][0]['name']}"
    )
    assert not any(facts["typologies"][0]["name"] in words for words in shown.rows.values())
    show_layers(team, TRAINER, [])
    assert read_revealed() is None
    assert [act["act"] for act in read_acts(team)][-2:] == ["show layers", "show layers"]


def test_a_card_says_what_most_of_its_rows_were(team):
    start_exercise(team, TRAINER)
    reveal_exercise(team, TRAINER)
    show_layers(team, TRAINER, ["money", "innocents"])
    truth = read_revealed()
    (_, reference), words = next((row, w) for row, w in truth.rows.items() if w.startswith("Planted: "))
    with closing(Store(team_store(team, "North"))) as store:
        own = store.query(
            "SELECT 'scheme' AS item, source_id, row_number FROM \"transaction\" WHERE reference = ?",
            [reference],
        ).to_pandas()
        every = read_rows(store)
        entries = [ListEntry("scheme", "A lead"), ListEntry("all", "Everybody")]

        marked = mark_planted(entries, store, {"transaction": lambda: own})
        unmarked = mark_planted(entries, store, {"transaction": lambda: every})

    assert [mark.text for mark in marked[0].marks] == [f"{words} (100% of its rows)"]
    assert not marked[1].marks and not unmarked[1].marks  # too little of everybody's payments is one thing
