"""Results of tasked actions: the place an action was about, what was measured there, what is kept of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pandas as pd
import pyproj
import shapely

from analytics.intelligence.findings import Finding, load_finding
from analytics.oversight import Actor, record
from analytics.store import Store
from analytics.tasking.actions import list_actions
from analytics.tasking.effect import VERDICTS, Effect, EffectParameters, measure_effect
from analytics.tasking.products import load_product

OUTPUTS = ("arrests", "seizures", "people safeguarded", "disruptions")


class NoPlace(ValueError):
    """The action's brief rests on no finding with a place, so that no effect on a place can be measured."""


@dataclass(frozen=True)
class Target:
    """Where and since when an action works: a polygon in metres on `epsg`, the categories its finding was about (none:
    all), the days in which the place was found."""

    area_id: int
    epsg: int
    outline: shapely.Geometry
    start: date
    categories: tuple[str, ...]
    found_in: tuple[date, date] | None
    label: str


def target_of(store: Store, action_id: int) -> Target:
    """The target of an action, from the lead finding of its brief; it starts the day after the decision.

    Raises KeyError where there is no such action, NoPlace where its brief has no finding with an outline.
    """
    actions = list_actions(store).set_index("action_id")
    if action_id not in actions.index:
        raise KeyError(f"There is no action {action_id}.")
    action = actions.loc[action_id]
    brief = load_product(store, int(action.product_id))
    for number in brief["finding_ids"]:
        finding = load_finding(store, number)
        ring = (finding.result.get("focus") or {}).get("ring")
        if ring and finding.area_id is not None:
            return _target(store, finding, ring, action.adopted_at.date())
    raise NoPlace(
        "The brief rests on no finding with an outline on the map: record what was done, there is no place to measure."
    )


def _target(store: Store, finding: Finding, ring: list, start: date) -> Target:
    epsg = store.rows("SELECT epsg FROM area WHERE area_id = ?", [finding.area_id])[0]["epsg"]
    to_metres = pyproj.Transformer.from_crs(4326, epsg, always_xy=True)
    outline = shapely.Polygon(list(zip(*to_metres.transform(*zip(*ring, strict=True)), strict=True)))
    categories = finding.parameters.get("categories") or ()
    found = (finding.period_from, finding.period_to) if finding.period_from and finding.period_to else None
    return Target(
        finding.area_id, epsg, outline, start, tuple(categories) if isinstance(categories, list) else (), found,
        finding.result["focus"].get("label") or finding.title,
    )  # fmt: skip


def measure(
    store: Store, action_id: int, parameters: EffectParameters | None = None
) -> tuple[Target, Effect]:
    """The effect of an action on recorded crime at its place. Raises what `target_of` and `measure_effect` raise."""
    target = target_of(store, action_id)
    points = store.query(
        "SELECT x, y, local_date FROM incident WHERE area_id = ? AND x IS NOT NULL AND (? OR category IN (SELECT unnest(?)))"
        " ORDER BY source_id, row_number",
        [target.area_id, not target.categories, list(target.categories)],
    ).to_pandas()
    points["local_date"] = pd.to_datetime(points.local_date)
    last = store.rows("SELECT max(local_date) AS last FROM incident WHERE area_id = ?", [target.area_id])[0][
        "last"
    ]
    effect = measure_effect(
        points, target.outline, target.start, last or target.start, found_in=target.found_in,
        elsewhere=_elsewhere(store, action_id, target), parameters=parameters or EffectParameters(),
    )  # fmt: skip
    return target, effect


def _elsewhere(store: Store, action_id: int, target: Target) -> list[shapely.Geometry]:
    """Where other actions of the same area work: no control for this one."""
    shapes = []
    for row in list_actions(store).itertuples():
        if row.action_id == action_id:
            continue
        try:
            other = target_of(store, row.action_id)
        except NoPlace:
            continue
        if other.area_id == target.area_id:
            shapes.append(other.outline)
    return shapes


def save_result(
    store: Store,
    actor: Actor,
    action_id: int,
    outputs: Mapping[str, int],
    verdict: str,
    measured: Mapping,
    note: str,
) -> int:
    """Keep a result as the action's next version, which is returned.

    Raises ValueError for an output that is none or below 0, a verdict that is none, KeyError without such an action.
    """
    if set(outputs) - set(OUTPUTS) or any(value < 0 for value in outputs.values()):
        raise ValueError(f"Outputs are counts of {', '.join(OUTPUTS)}.")
    if verdict not in (*VERDICTS, "not measured"):
        raise ValueError(f"A verdict is one of {', '.join(VERDICTS)} or 'not measured'.")
    with store.write(changes_data=False) as cursor:
        if not cursor.execute("SELECT count(*) FROM action WHERE action_id = ?", [action_id]).fetchall()[0][
            0
        ]:
            raise KeyError(f"There is no action {action_id}.")
        ((version,),) = cursor.execute(
            "SELECT coalesce(max(version), 0) + 1 FROM result WHERE action_id = ?", [action_id]
        ).fetchall()
        cursor.execute(
            "INSERT INTO result SELECT ?, ?, ?, ?, ?, ?, version, ?, ? FROM data_version",
            [
                action_id, version, json.dumps(dict(outputs)), verdict, json.dumps(dict(measured), default=str), note.strip(),
                actor.name, datetime.now(UTC).replace(tzinfo=None),
            ],
        ).fetchall()  # fmt: skip
        record(
            cursor,
            actor,
            "save result",
            f"action {action_id}",
            detail={"version": version, "verdict": verdict},
        )
    return version


def list_results(store: Store) -> pd.DataFrame:
    """The latest result of each action that has one: action_id, version, verdict, the OUTPUTS as columns, note, saved_by,
    saved_at."""
    rows = store.query(
        "SELECT action_id, version, verdict, CAST(outputs AS VARCHAR) AS outputs, note, saved_by, saved_at FROM result"
        " QUALIFY version = max(version) OVER (PARTITION BY action_id) ORDER BY action_id"
    ).to_pandas()
    counted = [json.loads(text) for text in rows.outputs]
    for name in OUTPUTS:
        rows[name] = [int(item.get(name, 0)) for item in counted]
    return rows.drop(columns="outputs")


def scorecard(store: Store) -> dict[str, float | int | None]:
    """How the unit works (the criteria of Schreier's table of policing models: detection, reduction or disruption).

    decisions, adopted, intelligence_led (adopted briefs whose evidence is still held, of those adopted), actions, closed,
    measured, worked (fewer than expected, of those judged), days_to_decision (median, from the brief's first finding).
    """
    row = store.rows(
        "WITH standing AS (SELECT * FROM decision WHERE decision_id NOT IN"
        "   (SELECT supersedes FROM decision WHERE supersedes IS NOT NULL)),"
        " briefs AS (SELECT s.*, p.finding_ids FROM standing s JOIN product p"
        "   ON p.product_id = s.product_id AND p.version = s.product_version),"
        " aged AS (SELECT decision_id, outcome, decided_at, min(f.created_at) AS found,"
        "   bool_or(e.source_id IN (SELECT source_id FROM source)) AS held"
        "   FROM briefs LEFT JOIN finding f ON list_contains(briefs.finding_ids, f.finding_id) AND f.version = 1"
        "   LEFT JOIN (SELECT DISTINCT finding_id, source_id FROM finding_evidence) e USING (finding_id) GROUP BY ALL)"
        " SELECT count(*) AS decisions, count(*) FILTER (outcome IN ('adopted', 'amended')) AS adopted,"
        "   count(*) FILTER (outcome IN ('adopted', 'amended') AND held) AS intelligence_led,"
        "   median(date_diff('hour', found, decided_at) / 24.0) AS days_to_decision FROM aged"
    )[0]
    actions, results = list_actions(store), list_results(store)
    actions = actions[actions.standing]
    judged = results[results.verdict.isin(VERDICTS[1:])]
    return row | {
        "actions": len(actions), "closed": int(actions.status.isin(["done", "not done"]).sum()),
        "measured": len(judged), "worked": int((judged.verdict == "fewer than expected").sum()),
    }  # fmt: skip
