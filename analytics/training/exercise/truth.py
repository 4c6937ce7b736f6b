"""The truth of an exercise in the trainer's hands: opened for a moment to score, for good at the reveal."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from analytics.store import true_now
from analytics.store.copies import open_private
from analytics.training.exercise.making import SEED, TRUTH
from analytics.training.exercise.paths import sealed_folder, truth_folder
from analytics.training.exercise.state import Exercise, ExerciseRefused, read_exercise
from analytics.training.exercise.vault import SealBroken, list_sealed, read_key, seal, sealed_path, unseal

_DAY = re.compile(r"-to-(\d{4}-\d\d-\d\d)\.json$")


def read_sealed(folder: Path, exercise: Exercise, name: str) -> bytes:
    """The content of a file that was sealed before the start. Raises SealBroken."""
    if name not in exercise.sealed:
        raise SealBroken(f"Nothing named {name} was sealed before the start.")
    return unseal(sealed_folder(folder), name, find_key(exercise), exercise.sealed[name])


def read_seed(folder: Path, exercise: Exercise) -> int:
    """The seed of the city. Raises SealBroken."""
    return int(json.loads(read_sealed(folder, exercise, SEED))["seed"])


def read_facts(folder: Path, exercise: Exercise) -> dict[str, Any]:
    """What was planted, as `truth.json` has it. Raises SealBroken."""
    return dict(json.loads(read_sealed(folder, exercise, f"{TRUTH}truth.json")))


def list_secrets(folder: Path) -> list[str]:
    """What only the truth says, and a search before the reveal may find nowhere: the seed, and the name of
    everything that was planted. Raises SealBroken."""
    exercise = read_exercise(folder)
    facts = read_facts(folder, exercise)
    kinds = ("hotspots", "networks", "typologies", "lookalikes", "exploitation", "ordinary")
    return [str(read_seed(folder, exercise)), *(item["name"] for kind in kinds for item in facts[kind])]


def find_key(exercise: Exercise) -> bytes:
    """The key: published after the reveal, before it on the trainer's machine. Raises SealBroken."""
    return bytes.fromhex(exercise.opened) if exercise.opened else read_key(exercise.id)


def seal_team_truth(folder: Path, exercise: Exercise, team: str, truth: Path) -> dict[str, str]:
    """Seal what a period planted against a team's actions; returns the digest of each file."""
    key, target = find_key(exercise), sealed_folder(folder, team)
    return {path.name: seal(target, path.name, path.read_bytes(), key) for path in sorted(truth.iterdir())}


def set_aside_later_truth(folder: Path, team: str, today: date) -> None:
    """After a rewind: what was planted in days that no longer were is moved apart, still sealed."""
    own = sealed_folder(folder, team)
    for name in list_sealed(own):
        if (match := _DAY.search(name)) and date.fromisoformat(match[1]) > today:
            apart = own / "rewound" / true_now().strftime("%Y%m%dT%H%M%S")
            apart.mkdir(parents=True, exist_ok=True, mode=0o700)
            sealed_path(own, name).rename(sealed_path(apart, name))


@contextmanager
def open_truth(folder: Path, team: str | None = None) -> Iterator[Path]:
    """A folder that only this account can read, in the form of `achilles scenario --out`: `truth/` holds the
    truth of the city and, for a team, what was planted against its actions. It is gone when the block ends.
    Raises SealBroken, and ExerciseRefused where the signature does not hold."""
    exercise = read_exercise(folder)
    if not exercise.is_genuine():
        raise ExerciseRefused("The plan or the digests of this exercise are not those that were signed.")
    with tempfile.TemporaryDirectory(prefix="achilles-truth-") as temporary:
        _write_truth(folder, exercise, team, Path(temporary) / "truth")
        yield Path(temporary)


def publish_truth(folder: Path, exercise: Exercise) -> None:
    """Write all that was sealed into the exercise's folder, for the debrief."""
    target = truth_folder(folder)
    shutil.rmtree(target, ignore_errors=True)
    _write_truth(folder, exercise, None, target)
    for team in exercise.teams:
        _write_truth(folder, exercise, team, truth_folder(folder, team))


def _write_truth(folder: Path, exercise: Exercise, team: str | None, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    contents = {
        name.removeprefix(TRUTH): read_sealed(folder, exercise, name)
        for name in exercise.sealed
        if name.startswith(TRUTH)
    }
    if team is not None:
        own = sealed_folder(folder, team)
        contents |= {name: unseal(own, name, find_key(exercise)) for name in list_sealed(own)}
    for name, content in contents.items():
        with open_private(target / name) as file:
            file.write(content)
