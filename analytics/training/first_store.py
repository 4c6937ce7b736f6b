"""A new store filled with the invented city at work, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from analytics.oversight import Actor
from analytics.shared.progress import Progress, ignore_progress, part_of
from analytics.store import Store
from analytics.training.casework import load_with_casework
from analytics.training.scenario import generate

SEED, SCALE = 1, 1.0


def fill_store(store: Store, actor: Actor, progress: Progress = ignore_progress) -> None:
    """Load the default city with its unit's work into an open store."""
    with TemporaryDirectory() as folder:
        generate(SEED, SCALE, Path(folder), part_of(progress, 0.0, 0.15))
        load_with_casework(store, Path(folder), actor, SEED, part_of(progress, 0.15, 1.0))


def make_filled_store(path: Path, actor: Actor, progress: Progress = ignore_progress) -> None:
    """Make the store at `path`, filled: beside it first, so that a stop on the way leaves none.

    Raises FileExistsError where there is a store, which is never touched."""
    if path.exists():
        raise FileExistsError(f"There is a store at {path} already.")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.stem}-filling{path.suffix}")
    leftovers = (unfinished, unfinished.with_name(f"{unfinished.name}.wal"))
    for leftover in leftovers:
        leftover.unlink(missing_ok=True)
    try:
        store = Store(unfinished)
        try:
            fill_store(store, actor, progress)
        finally:
            store.close()
        os.replace(unfinished, path)
    finally:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)
