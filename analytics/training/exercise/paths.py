"""Where the parts of an exercise lie in its folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

from analytics.store.location import user_data_folder
from analytics.training.exercise.state import FILE, ExerciseRefused

_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,29}")


def exercises_folder() -> Path:
    """Where the page *Training* makes exercises: `ACHILLES_EXERCISES`, else in the user's data folder."""
    named = os.environ.get("ACHILLES_EXERCISES")
    return Path(named) if named else user_data_folder() / "exercises"


def list_exercises() -> list[Path]:
    """The exercises in that folder, the latest first."""
    found = exercises_folder().glob(f"*/{FILE}")
    return [path.parent for path in sorted(found, key=lambda path: path.stat().st_ctime, reverse=True)]


def check_team_name(name: str) -> None:
    """Raises ExerciseRefused for a name that no folder should have."""
    if not _TEAM.fullmatch(name):
        raise ExerciseRefused(
            f"{name!r} is no name for a team: letters, digits, blanks and hyphens, 30 at most."
        )


def team_folder(folder: Path, team: str) -> Path:
    """The folder of a team. Raises ExerciseRefused where the exercise has no such team."""
    check_team_name(team)
    path = folder / "teams" / team
    if not path.is_dir():
        raise ExerciseRefused(f"The exercise has no team {team}.")
    return path


def team_store(folder: Path, team: str) -> Path:
    """The store of a team."""
    return team_folder(folder, team) / "store.duckdb"


def snapshot_path(folder: Path, team: str, day: int) -> Path:
    """A team's store as it was on a scenario day."""
    return team_folder(folder, team) / "snapshots" / f"day-{day:03d}.duckdb"


def list_snapshots(folder: Path, team: str) -> list[int]:
    """The scenario days to which a team can be taken back, the first first."""
    found = (team_folder(folder, team) / "snapshots").glob("day-*.duckdb")
    return sorted(int(path.stem.removeprefix("day-")) for path in found)


def sealed_folder(folder: Path, team: str | None = None) -> Path:
    """Where what is sealed lies: of the exercise, or of one team."""
    return folder / "sealed" / "teams" / team if team else folder / "sealed"


def truth_folder(folder: Path, team: str | None = None) -> Path:
    """Where the reveal writes the truth: of the exercise, or of one team."""
    return folder / "truth" / "teams" / team if team else folder / "truth"
