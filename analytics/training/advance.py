"""Let time pass in the invented city. What was tasked has an effect there, or none: the truth says which."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from analytics.oversight import Actor, record
from analytics.store import Store
from analytics.tasking.actions import list_actions
from analytics.tasking.results import NoPlace, Target, target_of
from analytics.training import crime
from analytics.training.advert_stream import AdvertAdaptation, continue_adverts
from analytics.training.city import build_city
from analytics.training.payment_stream import AccountAdaptation, continue_payments
from analytics.training.scenario import load_file
from analytics.training.settings import first_day, read_settings, scale_row_counts, seed_stream

_EFFECTS = (1.0, 1.0, 0.5, 0.25)  # half of all actions do nothing
_MOVED = (0.0, 0.3)  # of what an action keeps away, the share that turns up in the streets around


@dataclass(frozen=True)
class PlantedEffect:
    """What an action does: the share of incidents left at its place, of the others the share that moves next
    door, and how many rows that was."""

    action_id: int
    label: str
    left: float
    moved: float
    removed_rows: int
    moved_rows: int


@dataclass(frozen=True)
class DrawnPeriod:
    """What a further period records: its last day, the area, and the file of each table."""

    last: date
    area_id: int
    files: dict[str, Path]


def advance(
    store: Store, actor: Actor, days: int, seed: int, scale: float, out: Path, today: date | None = None
) -> date:
    """Record what happens from the last recorded day to `days` after it, or after `today` if that is later;
    returns the last. See `draw_period` for what happens, and for what is raised."""
    period = draw_period(store, days, seed, scale, out, today)
    load_files(store, actor, period.area_id, period.files)
    return period.last


def draw_period(
    store: Store, days: int, seed: int, scale: float, out: Path, today: date | None = None
) -> DrawnPeriod:
    """Write to `out` what a store's scenario goes on to record, and the truth of it to `out/truth`.

    Incidents go on at the rates of the same `seed` and `scale` (near repeats apart), and adverts and payments
    as in the year before. Every standing action with a place has an effect drawn for it, from the day it was
    adopted; the same seed draws the same for an action; a network of adverts or accounts adapts
    (`advert_stream`, `payment_stream`). Raises ValueError where the store has no scenario."""
    area = store.rows("SELECT area_id FROM area WHERE name = ?", [read_settings()["area"]["name"]])
    recorded = store.rows(
        "SELECT max(local_date) AS last, count(*) AS n FROM incident JOIN source USING (source_id)"
        " WHERE is_scenario"
    )[0]
    if not area or recorded["last"] is None:
        raise ValueError("The store has no scenario to advance: load one first.")
    start = (recorded["last"] - first_day()).days + 1
    last: date = max(recorded["last"], today or date.today()) + timedelta(days=days)
    city = build_city(seed)
    drawn = crime.continue_incidents(
        seed, scale_row_counts(scale)["incidents"], city, start, (last - first_day()).days - start + 1
    )
    effects = []
    for action_id, target in _targets(store, area[0]["area_id"]):
        drawn, effect = _act(drawn, action_id, target, seed)
        effects.append(effect)
    categories = list(read_settings()["categories"])
    incidents, _ = crime.build_incident_table([drawn], categories, city, recorded["n"])
    first = recorded["last"] + timedelta(days=1)
    adverts, advert_adaptations = continue_adverts(store, seed, first, last)
    payments, money_adaptations = continue_payments(store, seed, first, last)
    tables = {"adverts": adverts, "transactions": payments, "incidents": incidents}
    planted: dict[str, Sequence[PlantedEffect | AdvertAdaptation | AccountAdaptation]] = {
        "effects": effects,
        "adaptations": advert_adaptations,
        "money-adaptations": money_adaptations,
    }
    return DrawnPeriod(last, area[0]["area_id"], _write_period(Path(out), last, tables, planted))


def _write_period(
    out: Path,
    last: date,
    tables: dict[str, pa.Table],
    planted: Mapping[str, Sequence[PlantedEffect | AdvertAdaptation | AccountAdaptation]],
) -> dict[str, Path]:
    """The file of each table; what was planted goes to `out/truth`."""
    truth = out / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, rows in tables.items():
        files[name] = out / f"{name}-to-{last}.parquet"
        pq.write_table(rows, files[name])
    for name, items in planted.items():
        text = json.dumps([asdict(item) for item in items], indent=1)
        (truth / f"{name}-to-{last}.json").write_text(text, encoding="utf-8")
    return files


def load_files(store: Store, actor: Actor, area_id: int, files: dict[str, Path]) -> None:
    """Each table's file as a source of its own, with an audit record for each, in one transaction."""
    with store.write() as cursor:
        for table, path in files.items():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            source_id, rows = load_file(cursor, path, digest, table, area_id, actor)
            record(
                cursor,
                actor,
                "import",
                f"source {source_id}",
                "Training and demonstration",
                {"file": path.name, "rows": rows, "scenario": True},
            )


def _targets(store: Store, area_id: int) -> list[tuple[int, Target]]:
    """Standing actions with a place in the invented city."""
    found = []
    for row in list_actions(store).itertuples():
        try:
            target = target_of(store, row.action_id)
        except NoPlace:
            continue
        if row.standing and target.area_id == area_id:
            found.append((int(row.action_id), target))
    return found


def _act(drawn: crime.Drawn, action_id: int, target: Target, seed: int) -> tuple[crime.Drawn, PlantedEffect]:
    """The drawn incidents with one action's effect: some at its place never happen, or happen next door."""
    rng = seed_stream(seed, "effect", action_id)
    left, moved = float(rng.choice(_EFFECTS)), float(rng.choice(_MOVED))
    names = list(read_settings()["categories"])
    wanted = [names.index(name) for name in target.categories if name in names] or range(len(names))
    there = shapely.contains_xy(target.outline, *drawn["xy"].T) & np.isin(drawn["category"], list(wanted))
    there &= drawn["day"] >= (target.start - first_day()).days
    away = there & (rng.random(len(there)) >= left)
    stays = away & (rng.random(len(there)) < moved)
    width = np.sqrt(target.outline.area)
    angle = rng.uniform(0, 2 * np.pi, stays.sum())
    drawn["xy"][stays] += width * np.column_stack([np.cos(angle), np.sin(angle)])
    gone = away & ~stays
    remaining = {name: values[~gone] for name, values in drawn.items()}
    return remaining, PlantedEffect(action_id, target.label, left, moved, int(away.sum()), int(stays.sum()))
