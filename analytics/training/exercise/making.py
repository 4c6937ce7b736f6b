"""Make an exercise: an invented city of a random seed, its truth sealed and signed, a store for each team."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.oversight import Actor, record
from analytics.oversight.signing import load_key, write_public
from analytics.shared.progress import Progress, ignore_progress, part_of
from analytics.store import Store, pretend, true_now
from analytics.store.copies import copy_file
from analytics.training.exercise.orders import CONTROL
from analytics.training.exercise.paths import check_team_name, sealed_folder, snapshot_path
from analytics.training.exercise.plan import ExercisePlan
from analytics.training.exercise.state import (
    FILE,
    Exercise,
    ExerciseRefused,
    Signature,
    log_act,
    save_exercise,
    write_commitment,
)
from analytics.training.exercise.vault import make_key, read_key, seal
from analytics.training.scenario import generate, load
from analytics.training.settings import read_settings, seed_stream

SEED, SCORING = "seed.json", "scoring.json"
TRUTH = "truth-"  # before the name of each file of the truth
_SEED_BITS = 63
_CHECKOUT = Path(__file__).parents[3]


def make_exercise(
    plan: ExercisePlan,
    folder: Path,
    actor: Actor,
    *,
    teams: Sequence[str] = (),
    seed: int | None = None,
    progress: Progress = ignore_progress,
) -> Exercise:
    """Make the exercise of a plan in a new folder, with `teams` in the place of the plan's. The seed is
    random unless given; then the exercise says so.

    Raises ExerciseRefused where the folder is not empty, lies in the checkout, or the name of a team is
    unfit; whatever fails leaves nothing."""
    folder, names = Path(folder).resolve(), tuple(teams or plan.teams)
    _check(folder, names)
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    drawn = secrets.randbits(_SEED_BITS) if seed is None else seed
    exercise_id = secrets.token_hex(8)
    try:
        with tempfile.TemporaryDirectory(prefix="achilles-exercise-") as temporary:
            city = Path(temporary)
            generate(drawn, plan.world.scale, city, part_of(progress, 0.0, 0.5), mixed=plan.world.mixed)
            _forget_unrecorded(city, plan, drawn)
            progress("Sealing the truth", 0.5)
            sealed = _seal_truth(folder, city, plan, drawn, exercise_id)
            _make_stores(folder, city, plan, names, part_of(progress, 0.55, 1.0))
        exercise = Exercise(
            id=exercise_id,
            plan=plan,
            made_at=true_now(),
            made_by=actor.name,
            seed_chosen=seed is not None,
            teams=names,
            first_day=read_settings()["period"]["last_day"],
            sealed=sealed,
            signature=_sign(exercise_id, plan, sealed),
        )
        save_exercise(folder, exercise)
    except BaseException:
        for part in ("sealed", "teams", FILE):
            path = folder / part
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        if made:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    log_act(folder, actor.name, "make exercise", plan=plan.code, teams=list(names), sealed=sealed)
    return exercise


def _check(folder: Path, teams: Sequence[str]) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise ExerciseRefused(f"{folder} is not empty. Name a new folder.")
    if folder.is_relative_to(_CHECKOUT):
        raise ExerciseRefused(
            f"{folder} lies in the folder of Achilles itself, which is shipped. Name one elsewhere."
        )
    if len(set(teams)) < len(teams):
        raise ExerciseRefused("Two teams have the same name.")
    for team in teams:
        check_team_name(team)


def _forget_unrecorded(city: Path, plan: ExercisePlan, seed: int) -> None:
    """Leave out the rows that nobody recorded; the truth has only those that can be found, and how many were
    left out."""
    lost = {}
    for table, share in plan.world.unrecorded.items():
        if table == "reports":
            continue  # few, and written one by one
        path = city / f"{table}.parquet"
        rows = pq.read_table(path)
        recorded = seed_stream(seed, f"unrecorded {table}").random(len(rows)) >= share
        pq.write_table(rows.filter(pa.array(recorded)), path)
        lost[table] = int(np.count_nonzero(~recorded))
        gone = rows["reference"].filter(pa.array(~recorded)).combine_chunks()
        for labels in (city / "truth").glob("*.parquet"):
            _forget_labels(labels, table, gone)
    file = city / "truth/truth.json"
    facts = json.loads(file.read_text(encoding="utf-8")) | {"unrecorded": lost}
    file.write_text(json.dumps(facts, indent=1), encoding="utf-8")


def _forget_labels(path: Path, table: str, references: pa.Array) -> None:
    labels = pq.read_table(path)
    gone = pc.and_(pc.equal(labels["table"], table), pc.is_in(labels["reference"], references))
    pq.write_table(labels.filter(pc.invert(gone)), path)


def _seal_truth(folder: Path, city: Path, plan: ExercisePlan, seed: int, exercise_id: str) -> dict[str, str]:
    """Seal the seed, the truth, what counts, and the files that come later; returns the digest of each."""
    make_key(exercise_id)
    key, target = read_key(exercise_id), sealed_folder(folder)
    contents = {
        SEED: json.dumps({"seed": seed}).encode(),
        SCORING: json.dumps({"scored": plan.scored, "plan": plan.code}).encode(),
    }
    contents |= {TRUTH + path.name: path.read_bytes() for path in (city / "truth").iterdir()}
    for table in plan.world.withheld:
        name = f"{table}.csv" if table == "reports" else f"{table}.parquet"
        contents[name] = (city / name).read_bytes()
    return {name: seal(target, name, content, key) for name, content in contents.items()}


def _make_stores(
    folder: Path, city: Path, plan: ExercisePlan, teams: Sequence[str], progress: Progress
) -> None:
    """A store for each team, the same but for its identity, with its copy of day 0."""
    loaded = city / "store.duckdb"
    morning = datetime.combine(read_settings()["period"]["last_day"], time(9))
    with pretend(morning), closing(Store(loaded)) as store:
        load(store, city, CONTROL, part_of(progress, 0.0, 0.5), without=plan.world.withheld)
        store.copy_to(city / "copy.duckdb")
    for number, team in enumerate(teams):
        progress(f"The store of {team}", 0.5 + 0.5 * number / len(teams))
        path = folder / "teams" / team / "store.duckdb"
        path.parent.mkdir(parents=True, mode=0o700)
        copy_file(city / "copy.duckdb", path)
        with closing(Store(path)) as store:
            with store.write() as cursor:
                cursor.execute("UPDATE store_identity SET store_id = uuid()::VARCHAR").fetchall()
                record(cursor, CONTROL, "begin exercise", "store", detail={"plan": plan.code, "team": team})
            snapshot = snapshot_path(folder, team, 0)
            snapshot.parent.mkdir(mode=0o700)
            store.copy_to(snapshot)


def _sign(exercise_id: str, plan: ExercisePlan, sealed: dict[str, str]) -> Signature:
    key, at = load_key(), true_now()
    if key is None:  # load_key makes one
        raise RuntimeError("no signing key")
    signature = key.sign(write_commitment(exercise_id, plan, sealed, at)).hex()
    return Signature(key=write_public(key), signature=signature, signed_at=at)
