"""Results of tasked actions: the place an action was about, what was measured there, the record of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import shapely

from analytics.hotspots.category_harm import harm_in_force
from analytics.hotspots.harm import match_incidents, read_harm_weights
from analytics.hotspots.refusal import TooFewData
from analytics.intelligence.findings import Finding, load_finding
from analytics.oversight import Actor, record
from analytics.shared.month_dates import gives_months, is_month_dated, say_left_out
from analytics.shared.projection import project
from analytics.shared.wording import counted
from analytics.store import Store, now
from analytics.tasking.actions import VERDICT_REASON, list_actions
from analytics.tasking.effect import NOT_MEASURED, VERDICTS, Effect, EffectParameters, measure_effect
from analytics.tasking.effect.places import daily_counts
from analytics.tasking.effect.synthetic import weeks
from analytics.tasking.networks import (
    NetworkChange,
    NetworkRecord,
    TaskedStructure,
    measure_network,
    measure_tasked_structure,
    read_network,
)

OUTPUTS = {
    "arrests": "arrest",
    "seizures": "seizure",
    "people safeguarded": "person safeguarded",
    "disruptions": "disruption",
}  # what is counted, and one of it


_WEEKS_BEFORE = 52


class NoPlace(ValueError):
    """The action's brief rests on no finding with a place, so that no effect on a place can be measured."""


@dataclass(frozen=True)
class Target:
    """Where and since when an action works: a polygon in metres on `epsg`, the categories its finding was
    about (none: all), the days in which the place was found."""

    area_id: int
    epsg: int
    outline: shapely.Geometry
    start: date
    categories: tuple[str, ...]
    found_in: tuple[date, date] | None
    label: str


def target_of(store: Store, action_id: int) -> Target:
    """The target of an action, from the lead finding of its brief; it starts on the day of the decision.

    Raises KeyError where there is no such action, NoPlace where its brief has no finding with an outline.
    """
    action = _action(store, action_id)
    for number in findings_of(store, action_id).finding_id:
        finding = load_finding(store, int(number))
        focus = finding.result.focus
        if focus and focus.outline is not None and finding.area_id is not None:
            label = focus.label or finding.title
            return _target(store, finding, finding.area_id, focus.outline, label, _start(action))
    raise NoPlace(
        "The brief rests on no finding with an outline on the map: record what was done, there is no place "
        "to measure."
    )


def _target(
    store: Store,
    finding: Finding,
    area_id: int,
    outline: shapely.Geometry,
    label: str,
    start: date,
) -> Target:
    epsg = store.rows("SELECT epsg FROM area WHERE area_id = ?", [area_id])[0]["epsg"]
    categories = finding.parameters.get("categories") or ()
    found = (finding.period_from, finding.period_to) if finding.period_from and finding.period_to else None
    return Target(
        area_id,
        epsg,
        project(outline, epsg),
        start,
        tuple(categories) if isinstance(categories, list) else (),
        found,
        label,
    )


def measure(
    store: Store, action_id: int, parameters: EffectParameters | None = None
) -> tuple[Target, Effect]:
    """The effect of an action on recorded crime at its place; harm by the weights of `harm_in_force`. Raises
    what `target_of` and `measure_effect` raise, and TooFewData where more than a few dates are known to the
    month: windows of days hold two such months, then none. A few are left out, which `why` says."""
    target = target_of(store, action_id)
    parameters = parameters or EffectParameters()
    points, left_out = choose_dated(
        _read_points(store, target), target.outline, target.start, parameters.history_days
    )
    if weights := harm_in_force(store):
        points["harm"] = match_incidents(points.category, read_harm_weights(store, *weights)).weight
    effect = measure_effect(
        points,
        target.outline,
        target.start,
        _last_day(store, target),
        found_in=target.found_in,
        elsewhere=_elsewhere(store, action_id, target),
        parameters=parameters,
    )
    return target, replace(effect, why=" ".join(filter(None, (effect.why, *say_left_out(left_out)))))


def choose_dated(
    points: pd.DataFrame,
    outline: shapely.Geometry,
    start: date,
    history_days: int = EffectParameters.history_days,
) -> tuple[pd.DataFrame, int]:
    """The points whose day is known, and how many of the period are not. Raises TooFewData where those are
    more than a few in the area or at the place, before the action or after: their share there is what a
    comparison could be wrong by. A month that holds the action is of both."""
    monthly = is_month_dated(points)
    if not monthly.any():
        return points, 0
    begin = pd.Timestamp(start)
    until = points.local_date.where(~monthly, points.local_date + pd.offsets.MonthEnd(0))
    within = until >= begin - pd.Timedelta(days=history_days)
    inside = shapely.contains_xy(outline, points[["x", "y"]].to_numpy())
    for stretch in (within & (points.local_date < begin), until >= begin):
        for place in (np.ones(len(points), dtype=bool), inside):
            chosen = stretch & place
            if gives_months(int((chosen & monthly).sum()), int(chosen.sum())):
                raise TooFewData(
                    _say_months(int((chosen & monthly).sum()), int(chosen.sum()), place is inside)
                )
    return points[~monthly].copy(), int((monthly & within).sum())


def _say_months(monthly: int, rows: int, at_the_place: bool) -> str:
    where = "at the place" if at_the_place else "in the area"
    given = (
        "These data give months only."
        if monthly == rows and not at_the_place
        else f"Of {counted(rows, 'incident')} {where} {monthly:,} give months only."
    )
    return (
        f"{given} An effect is counted by days before and after the action: import incidents with their days."
    )


def count_weeks(store: Store, target: Target) -> pd.DataFrame:
    """What was counted at a target by whole week, from a year before the action to the end of the data, with
    nothing to compare it with: week (first day), count, control and synthetic (NaN). Incidents known to the
    month are of no week and are left out; without others there is no row."""
    points = _read_points(store, target)
    points = points[~is_month_dated(points)]
    if points.empty:
        return pd.DataFrame({"week": [], "count": [], "control": [], "synthetic": []})
    day = points.local_date.to_numpy().astype("datetime64[D]")
    first = target.start - timedelta(days=7 * _WEEKS_BEFORE)
    last = max(_last_day(store, target), target.start)
    counts, before = weeks(
        daily_counts(points[["x", "y"]].to_numpy(), day, [target.outline], first, last),
        (target.start - first).days,
    )
    recorded = points.local_date.min().date() if len(points) else first
    table = pd.DataFrame(
        {
            "week": [target.start + timedelta(days=7 * (at - before)) for at in range(counts.shape[1])],
            "count": counts[0],
            "control": np.nan,
            "synthetic": np.nan,
        }
    )
    return table[[week >= recorded for week in table.week]].reset_index(drop=True)


def _read_points(store: Store, target: Target) -> pd.DataFrame:
    """The located incidents of the target's area and categories: x, y, local_date, time_precision, category,
    harm."""
    points = store.query(
        "SELECT x, y, local_date, time_precision, category, harm_weight AS harm FROM incident"
        " WHERE area_id = ?"
        " AND x IS NOT NULL AND (? OR category IN (SELECT unnest(?))) ORDER BY source_id, row_number",
        [target.area_id, not target.categories, list(target.categories)],
    ).to_pandas()
    return points.assign(local_date=pd.to_datetime(points.local_date))


def _last_day(store: Store, target: Target) -> date:
    """The last day of the area's records, of whatever category; the action's own day without any."""
    rows = store.rows("SELECT max(local_date) AS last FROM incident WHERE area_id = ?", [target.area_id])
    last: date = rows[0]["last"] or target.start
    return last


# Every action with the brief it comes from, as decided.
BRIEFS = (
    "action JOIN decision USING (decision_id)"
    " JOIN product p ON p.product_id = decision.product_id AND version = product_version"
)


def findings_of(store: Store, action_id: int) -> pd.DataFrame:
    """The findings an action's brief rests on: finding_id, title, method, confidence, in the brief's
    order."""
    return store.query(
        f"WITH named AS (SELECT unnest(finding_ids) AS finding_id, generate_subscripts(finding_ids, 1) AS"
        f" place FROM {BRIEFS}"
        "   WHERE action_id = ?)"
        " SELECT finding_id, title, method, confidence FROM named JOIN finding USING (finding_id)"
        " QUALIFY version = max(version) OVER (PARTITION BY finding_id) ORDER BY place",
        [action_id],
    ).to_pandas()


def measure_structure(
    store: Store, action_id: int, parameters: EffectParameters | None = None
) -> tuple[NetworkRecord, NetworkChange] | None:
    """What became of the network an action was about, from the day of the decision on; None where its brief
    rests on no advert and no payment. Raises KeyError where there is no such action, TooFewData as
    `measure_network` does."""
    action = _action(store, action_id)
    others = store.rows(
        f"SELECT DISTINCT unnest(finding_ids) AS finding_id FROM {BRIEFS} WHERE action_id <> ?"
        f" ORDER BY finding_id",
        [action_id],
    )
    tasked = tuple(row["finding_id"] for row in others)
    network = read_network(store, findings_of(store, action_id).finding_id.tolist(), tasked)
    if network is None:
        return None
    return network, measure_network(network, _start(action), parameters or EffectParameters())


def measure_connection(
    store: Store, action_id: int, parameters: EffectParameters | None = None
) -> TaskedStructure | None:
    """What became of the structure of the network that an action's brief describes; None where it rests on no
    finding of a network's structure. Raises KeyError where there is no such action, TooFewData as
    `measure_tasked_structure` does."""
    start = _start(_action(store, action_id))
    return measure_tasked_structure(
        store, findings_of(store, action_id).finding_id.tolist(), start, parameters
    )


def _action(store: Store, action_id: int) -> pd.Series:
    actions = list_actions(store).set_index("action_id")
    if action_id not in actions.index:
        raise KeyError(f"There is no action {action_id}.")
    return actions.loc[action_id]


def _start(action: pd.Series) -> date:
    start: date = action.adopted_at.date()
    return start


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
    measured: Mapping[str, object],
    note: str,
) -> int:
    """Save a result as the action's next version, which is returned.

    Raises ValueError for an output that is none or below 0, a verdict that is none, KeyError without such an
    action."""
    if set(outputs) - set(OUTPUTS) or any(value < 0 for value in outputs.values()):
        raise ValueError(f"Outputs are counts of {', '.join(OUTPUTS)}.")
    if verdict not in (*VERDICTS, NOT_MEASURED):
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
                action_id,
                version,
                json.dumps(dict(outputs)),
                verdict,
                json.dumps(dict(measured), default=str),
                note.strip(),
                actor.name,
                now(),
            ],
        ).fetchall()
        record(
            cursor,
            actor,
            "save result",
            f"action {action_id}",
            detail={"version": version, "verdict": verdict},
        )
    return int(version)


def list_results(store: Store) -> pd.DataFrame:
    """The latest result of each action that has one: action_id, version, verdict, verdict_reason, the OUTPUTS
    as columns, note, saved_by, saved_at."""
    rows = store.query(
        f"SELECT action_id, version, verdict, {VERDICT_REASON} AS verdict_reason,"
        " CAST(outputs AS VARCHAR) AS outputs, note, saved_by, saved_at FROM result"
        " QUALIFY version = max(version) OVER (PARTITION BY action_id) ORDER BY action_id"
    ).to_pandas()
    counted = [json.loads(text) for text in rows.outputs]
    for name in OUTPUTS:
        rows[name] = [int(item.get(name, 0)) for item in counted]
    return rows.drop(columns="outputs")
