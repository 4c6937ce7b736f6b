"""An exercise from making to reveal, as the command line and the page run it."""

import json
from contextlib import closing
from datetime import date, datetime, timedelta

import pytest

from analytics.oversight import Actor
from analytics.oversight.byte_search import find_in_file
from analytics.shared.schema import InvalidFile
from analytics.store import Store, pretend
from analytics.training.exercise.debrief import score_teams
from analytics.training.exercise.injects import (
    add_inject,
    due_injects,
    hold_inject,
    list_injects,
    send_due_injects,
    send_inject,
)
from analytics.training.exercise.making import make_exercise
from analytics.training.exercise.paths import list_snapshots, team_store
from analytics.training.exercise.plan import Inject
from analytics.training.exercise.running import (
    advance_exercise,
    count_due_days,
    end_exercise,
    give_hint,
    pause_exercise,
    reveal_exercise,
    rewind,
    start_exercise,
)
from analytics.training.exercise.state import (
    ExerciseRefused,
    changing,
    find_alteration,
    read_acts,
    read_exercise,
)
from analytics.training.exercise.truth import list_secrets, open_truth, read_facts, read_seed
from analytics.training.exercise.vault import SealBroken
from tests.training.exercise.conftest import SEED, TRAINER, tiny_plan
from tests.training.squares import task_square


def count(folder, team, table) -> int:
    with closing(Store(team_store(folder, team))) as store:
        return store.rows(f'SELECT count(*) AS n FROM "{table}"')[0]["n"]


def test_nothing_gives_the_truth_away_before_the_reveal(folder):
    start_exercise(folder, TRAINER)
    send_inject(folder, TRAINER, "call")
    send_inject(folder, TRAINER, "files", ["North"])
    send_inject(folder, TRAINER, "lost")
    payments = count(folder, "North", "transaction")
    advance_exercise(folder, TRAINER, 2)
    assert count(folder, "North", "transaction") == payments  # a lost source gives nothing more
    secret = list_secrets(folder)
    assert str(SEED) in secret
    assert len(secret) > 30

    files = [path for path in folder.rglob("*") if path.is_file()]

    assert {path: found for path in files if (found := find_in_file(path, secret))} == {}
    with closing(Store(team_store(folder, "North"))) as store:  # what DuckDB has compressed
        columns = store.rows(
            "SELECT table_name AS t, column_name AS c FROM duckdb_columns()"
            " WHERE data_type IN ('VARCHAR', 'JSON') AND NOT internal"
        )
        for column in columns:
            texts = store.rows(
                f'SELECT string_agg(DISTINCT "{column["c"]}"::VARCHAR, chr(10)) AS s FROM "{column["t"]}"'
            )
            shown = (texts[0]["s"] or "").splitlines()
            assert not set(secret) & set(shown), column
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


def test_the_seed_is_random_and_what_is_sealed_is_signed(folder):
    exercise = read_exercise(folder)

    assert exercise.is_genuine()
    assert exercise.seed_chosen
    other = exercise.model_copy(update={"plan": tiny_plan(title="Another")})
    assert not other.is_genuine()
    digests = exercise.sealed | {"seed.json": "0" * 64}
    assert not exercise.model_copy(update={"sealed": digests}).is_genuine()
    sought = tiny_plan(sought=["rising"])
    assert not exercise.model_copy(update={"plan": sought}).is_genuine()


def test_a_plan_changed_after_it_was_made_is_not_started(folder):
    with changing(folder) as change:
        change.put(plan=tiny_plan(aim="Easier."))

    with pytest.raises(ExerciseRefused, match="not those that were signed"):
        start_exercise(folder, TRAINER)


def test_an_exercise_is_made_in_an_empty_folder_outside_the_checkout(folder, request):
    with pytest.raises(ExerciseRefused, match="not empty"):
        make_exercise(tiny_plan(), folder, TRAINER)
    with pytest.raises(ExerciseRefused, match="folder of Achilles"):
        make_exercise(tiny_plan(), request.config.rootpath / "an-exercise", TRAINER)
    with pytest.raises(ExerciseRefused, match="no name for a team"):
        make_exercise(tiny_plan(), folder / "new", TRAINER, teams=["../up"])
    assert not (request.config.rootpath / "an-exercise").exists()


def test_each_team_has_a_store_of_its_own_with_what_the_plan_gives(folder):
    ids = set()
    for team in ("North", "South"):
        with closing(Store(team_store(folder, team))) as store:
            ids.add(store.rows("SELECT store_id FROM store_identity")[0]["store_id"])
    assert len(ids) == 2
    assert count(folder, "North", "journey") == 0
    assert count(folder, "North", "incident") > 500
    lost = read_facts(folder, read_exercise(folder))["unrecorded"]["communications"]
    assert 0.3 < lost / (lost + count(folder, "North", "communication")) < 0.7


def test_days_pass_for_every_team_and_back_again(folder):
    start_exercise(folder, TRAINER)
    before = count(folder, "North", "incident")
    with pretend(datetime(2026, 10, 31, 10)), closing(Store(team_store(folder, "North"))) as store:
        middle = store.rows("SELECT median(x) AS x, median(y) AS y FROM incident")[0]
        task_square(store, Actor("North, Analyst"), "Centre", **middle, half=9000, due=date(2026, 11, 30))

    exercise = advance_exercise(folder, TRAINER)

    assert exercise.day == 7
    assert count(folder, "South", "incident") > before
    assert list_snapshots(folder, "North") == [0, 7]
    with open_truth(folder, "North") as truth:
        (effect,) = json.loads((truth / f"truth/effects-to-{exercise.today}.json").read_text())
        assert json.loads((truth / "truth/truth.json").read_text())["seed"] == SEED
    with open_truth(folder, "South") as truth:
        assert json.loads((truth / f"truth/effects-to-{exercise.today}.json").read_text()) == []
    scores = score_teams(folder, TRAINER)
    (outcome,) = scores["North"].outcomes
    assert outcome.verdict == "not measured" and not outcome.planted.startswith("None yet")
    assert scores["South"].outcomes == ()
    fewer = count(folder, "South", "incident") - count(folder, "North", "incident")
    assert fewer == effect["removed_rows"] - effect["moved_rows"]

    again = rewind(folder, TRAINER, 0)

    assert again.day == 0
    assert count(folder, "North", "incident") == before
    assert list_snapshots(folder, "North") == [0]
    with open_truth(folder, "North") as truth:
        assert not list((truth / "truth").glob("effects-*"))
    with pytest.raises(ExerciseRefused, match="can be taken back to day 0"):
        rewind(folder, TRAINER, 3)


def test_injects_come_by_day_by_condition_and_by_hand(folder):
    with pytest.raises(ExerciseRefused, match="while the exercise runs"):
        send_inject(folder, TRAINER, "files")
    start_exercise(folder, TRAINER)
    assert due_injects(folder) == []
    with changing(folder) as change:
        change.put(day=7)
    hold_inject(folder, TRAINER, "call")
    assert due_injects(folder) == []
    hold_inject(folder, TRAINER, "call", stop=False)

    sent = send_due_injects(folder, TRAINER)

    assert [(state.inject.code, state.team) for state in sent] == [("call", "North"), ("call", "South")]
    assert due_injects(folder) == []
    with closing(Store(team_store(folder, "North"))) as store:
        report = store.rows(
            "SELECT title, original, sanitised FROM report JOIN report_line USING (report_id, version)"
            " WHERE submitted_by = 'Victim''s call to the control room'"
        )
    assert [row["title"] for row in report] == ["EXERCISE · A call at night"]
    assert report[0]["sanitised"] == "a person asks for help."
    assert "{" not in report[0]["original"] != report[0]["sanitised"]
    assert send_inject(folder, TRAINER, "files", ["South"]) == ["South"]
    assert send_inject(folder, TRAINER, "files", ["South"]) == []
    assert (count(folder, "North", "journey"), count(folder, "South", "journey")) == (0, 108)
    add_inject(
        folder, TRAINER, Inject(code="own", kind="partner's request", title="Who pays?", text="Tell us.")
    )
    send_inject(folder, TRAINER, "own", ["North"])
    assert count(folder, "North", "requirement") == 1
    states = list_injects(read_exercise(folder), {"South": {"finding": "2026-11-01T09:00:00"}})
    standing = {(state.inject.code, state.team): state.standing for state in states}
    assert (standing["press", "North"], standing["press", "South"]) == ("waiting", "due")
    with pytest.raises(ExerciseRefused, match="already"):
        add_inject(folder, TRAINER, Inject(code="own", kind="report", title="Twice"))


def test_the_clock_counts_whole_steps_while_it_runs(folder):
    exercise = start_exercise(folder, TRAINER)
    assert exercise.running_since is not None

    def due_after(minutes: float) -> int:
        since = exercise.running_since - timedelta(minutes=minutes)
        return count_due_days(exercise.model_copy(update={"running_since": since}))

    assert [due_after(minutes) for minutes in (0, 29, 31, 61, 600)] == [0, 0, 7, 14, 14]
    assert pause_exercise(folder, TRAINER).running_since is None
    assert count_due_days(read_exercise(folder)) == 0
    with pytest.raises(ExerciseRefused, match="cannot be paused"):
        pause_exercise(folder, TRAINER)


def test_the_reveal_opens_what_was_signed_and_nothing_goes_on(folder, monkeypatch):
    with pytest.raises(ExerciseRefused, match="nothing to reveal"):
        reveal_exercise(folder, TRAINER)
    start_exercise(folder, TRAINER)
    give_hint(folder, TRAINER, "map", ["North"])

    scores = score_teams(folder, TRAINER)
    revealed = reveal_exercise(folder, TRAINER)

    assert list(scores) == ["North", "South"]
    assert {line.value for score in scores.values() for line in score.lines} == {0.0}  # nothing scores 0
    assert json.loads((folder / "truth/truth.json").read_text())["seed"] == SEED
    assert (folder / "truth/teams/North/rows.parquet").exists()
    monkeypatch.setenv("ACHILLES_EXERCISE_KEYS", str(folder / "nowhere"))
    assert read_seed(folder, revealed) == SEED  # by the published key
    with pytest.raises(ExerciseRefused, match="no days pass"):
        advance_exercise(folder, TRAINER, 1)
    end_exercise(folder, TRAINER)
    acts = read_acts(folder)
    assert [act["act"] for act in acts] == ["make exercise", "start", "give hint", "score", "reveal", "end"]
    assert find_alteration(acts) is None
    acts[1]["who"] = "somebody else"
    assert "act 2 does not follow" in find_alteration(acts)


def test_without_the_key_nothing_is_opened(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("ACHILLES_EXERCISE_KEYS", str(tmp_path))

    with pytest.raises(SealBroken, match="not on this machine"):
        start_exercise(folder, TRAINER)


def test_a_plan_is_refused_in_words():
    with pytest.raises(InvalidFile, match="team North stands there twice"):
        tiny_plan(teams=["North", "North"])
    with pytest.raises(InvalidFile, match="not withheld"):
        tiny_plan(injects=[{"code": "a", "kind": "new files", "title": "A", "tables": ["adverts"]}])
