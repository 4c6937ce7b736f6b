"""Let time pass in the invented city, with what was tasked doing something there, or nothing: the truth says
which."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import shapely

from analytics.oversight import Actor, record
from analytics.store import Store
from analytics.tasking.actions import list_actions
from analytics.tasking.results import NoPlace, Target, target_of
from analytics.training import advert_stream, crime, payment_stream
from analytics.training.city import build_city
from analytics.training.scenario import load_file
from analytics.training.settings import first_day, row_counts, settings, stream

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


def advance(
    store: Store, actor: Actor, days: int, seed: int, scale: float, out: Path, today: date | None = None
) -> date:
    """Record what happens from the last day held to `days` after it, or after `today` if that is later;
    returns the last.

    Incidents go on at the rates of the same `seed` and `scale` (near repeats apart) and into the store as a
    further source, and adverts and payments as in the year before into one each. Every standing action with a
    place has an effect drawn for it, from the day it was adopted; the same seed draws the same for an action;
    a network of adverts or accounts adapts (`adverts_ahead`, `money_ahead`). Written to `out`, the truth to
    `out/truth`. Raises ValueError where the store holds no scenario."""
    area = store.rows("SELECT area_id FROM area WHERE name = ?", [settings()["area"]["name"]])
    held = store.rows(
        "SELECT max(local_date) AS last, count(*) AS n FROM incident JOIN source USING (source_id)"
        " WHERE is_scenario"
    )[0]
    if not area or held["last"] is None:
        raise ValueError("The store holds no scenario to advance: load one first.")
    start = (held["last"] - first_day()).days + 1
    last = max(held["last"], today or date.today()) + timedelta(days=days)
    city = build_city(seed)
    drawn = crime.ahead(
        seed, row_counts(scale)["incidents"], city, start, (last - first_day()).days - start + 1
    )
    effects = []
    for action_id, target in _targets(store, area[0]["area_id"]):
        drawn, effect = _act(drawn, action_id, target, seed)
        effects.append(effect)
    truth = Path(out) / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    path = Path(out) / f"incidents-to-{last}.parquet"
    table, _ = crime.table([drawn], list(settings()["categories"]), city, held["n"])
    pq.write_table(table, path)
    first, told, files = held["last"] + timedelta(days=1), {"effects": effects}, {}
    for name, planted, module in (
        ("adverts", "adaptations", advert_stream),
        ("transactions", "money-adaptations", payment_stream),
    ):
        rows, told[planted] = module.ahead(store, seed, first, last)
        files[name] = Path(out) / f"{name}-to-{last}.parquet"
        pq.write_table(rows, files[name])
    for name, planted in told.items():
        text = json.dumps([asdict(each) for each in planted], indent=1)
        (truth / f"{name}-to-{last}.json").write_text(text, encoding="utf-8")
    with store.write() as cursor:
        for table, written in (files | {"incidents": path}).items():
            digest = hashlib.sha256(written.read_bytes()).hexdigest()
            source_id, rows = load_file(cursor, written, digest, table, area[0]["area_id"], actor)
            record(
                cursor,
                actor,
                "import",
                f"source {source_id}",
                "Training and demonstration",
                {"file": written.name, "rows": rows, "scenario": True},
            )
    return last


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


def _act(
    drawn: dict[str, np.ndarray], action_id: int, target: Target, seed: int
) -> tuple[dict, PlantedEffect]:
    """The drawn incidents with one action's effect: some at its place never happen, or happen next door."""
    rng = stream(seed, "effect", action_id)
    left, moved = float(rng.choice(_EFFECTS)), float(rng.choice(_MOVED))
    names = list(settings()["categories"])
    wanted = [names.index(name) for name in target.categories if name in names] or range(len(names))
    there = shapely.contains_xy(target.outline, *drawn["xy"].T) & np.isin(drawn["category"], list(wanted))
    there &= drawn["day"] >= (target.start - first_day()).days
    away = there & (rng.random(len(there)) >= left)
    stays = away & (rng.random(len(there)) < moved)
    width = np.sqrt(target.outline.area)
    angle = rng.uniform(0, 2 * np.pi, stays.sum())
    drawn["xy"][stays] += width * np.column_stack([np.cos(angle), np.sin(angle)])
    gone = away & ~stays
    kept = {name: values[~gone] for name, values in drawn.items()}
    return kept, PlantedEffect(action_id, target.label, left, moved, int(away.sum()), int(stays.sum()))
