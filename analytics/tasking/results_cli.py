"""`achilles results`: what came of every action, without a browser."""

from __future__ import annotations

from pathlib import Path

import click
import pandas as pd

from analytics.hotspots.refusal import TooFewData
from analytics.oversight import record
from analytics.oversight.command_line import find_actor, open_seen_store
from analytics.shared.cli_options import store_option
from analytics.shared.safe_csv import write_csv
from analytics.shared.wording import counted
from analytics.store import Store
from analytics.tasking.actions import list_actions
from analytics.tasking.effect import JUDGED, NOT_MEASURED, UNJUDGED, Effect
from analytics.tasking.exercise import mark_proposals
from analytics.tasking.results import NoPlace, measure, measure_connection, measure_structure

_COLUMNS = (
    "action_id",
    "action",
    "about",
    "verdict",
    "difference",
    "low",
    "high",
    "p",
    "days_before",
    "before",
    "days_after",
    "after",
    "expected_recent",
    "expected_long_run",
    "basis",
    "controls",
    "why_none",
    "why",
    "structure",
    "structure_p",
    "structure_why",
)


@click.command()
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="CSV file to write: a row for each action.",
)
@store_option
def results(out: Path, store_path: Path | None) -> None:
    """Did it work? Every action with its verdict, measured anew as on the page *Results*.

    Columns: action_id, action, about (its place or network), verdict, difference with low and high (the
    weighted displacement difference at the place and its 90 % interval), p (joint, over the baselines),
    before and after with their days, expected (from the recent days, from the long run), basis (similar
    places, own history or similar networks), controls (how many similar ones), why_none (why there is no
    verdict), why; structure with structure_p and structure_why: whether the
    network of a finding holds together less or more, where the brief rests on one."""
    if out.suffix.lower() != ".csv":
        raise click.UsageError("--out must end in .csv")
    store = open_seen_store(store_path)
    table = tabulate_results(store)
    products = table.assign(
        product_id=table.action_id.map(list_actions(store).set_index("action_id").product_id)
    )
    write_csv(mark_proposals(store, products)[0].drop(columns="product_id"), out)
    with store.write(changes_data=False) as cursor:
        detail = {"rows": len(table)}
        record(cursor, find_actor(), "export results", "every action", detail=detail)
    judged = int(table.verdict.isin(JUDGED).sum())
    click.echo(f"{counted(len(table), 'action')} written to {out}, {judged:,} with a verdict.")


def tabulate_results(store: Store) -> pd.DataFrame:
    """One row an action that stands, by number; columns as the command writes them."""
    actions = list_actions(store)
    actions = actions[actions.standing].sort_values("action_id")
    rows = [
        {
            "action_id": int(row.action_id),
            "action": row.description,
            **_judge(store, int(row.action_id)),
            **_judge_connection(store, int(row.action_id)),
        }
        for row in actions.itertuples()
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _judge(store: Store, action_id: int) -> dict[str, object]:
    """The verdict on an action: at its place, else in its network, as on the page."""
    try:
        target, effect = measure(store, action_id)
    except NoPlace as error:
        found: dict[str, object] = {"verdict": NOT_MEASURED, "why_none": str(error)}
    except TooFewData as error:
        found = {"verdict": UNJUDGED, "why_none": str(error)}
    else:
        found = _describe_place(target.label, effect)
    if found["verdict"] in (NOT_MEASURED, UNJUDGED):
        found = _judge_network(store, action_id) or found
    return found


def _describe_place(label: str, effect: Effect) -> dict[str, object]:
    found: dict[str, object] = {"about": label, "verdict": effect.verdict, "why": effect.why}
    if effect.verdict not in JUDGED:
        found["why_none"] = effect.why
    if effect.baselines.empty:
        return found
    found |= _describe_counts(effect.baselines) | {
        "p": effect.p,
        "days_before": (effect.before[1] - effect.before[0]).days + 1,
        "days_after": (effect.after[1] - effect.after[0]).days + 1,
        "basis": effect.basis if effect.verdict in JUDGED else "",
        "controls": effect.places if effect.is_compared else 0,
    }
    if effect.displacement is not None:
        local = effect.displacement.difference.set_index("part").loc["local"]
        found |= {"difference": local.estimate, "low": local.low, "high": local.high}
    return found


def _judge_network(store: Store, action_id: int) -> dict[str, object] | None:
    """The verdict in the network an action was about; None where it has none or cannot be measured."""
    try:
        measured = measure_structure(store, action_id)
    except TooFewData:
        return None
    if measured is None or measured[1].verdict == NOT_MEASURED:
        return None
    network, change = measured
    found: dict[str, object] = {
        "about": f"network of {network.kind}",
        "verdict": change.verdict,
        "why": change.why,
        "p": change.p,
        "days_before": (change.before[1] - change.before[0]).days + 1,
        "days_after": (change.after[1] - change.after[0]).days + 1,
        "basis": "similar networks" if change.verdict in JUDGED else "",
        "controls": change.similar if change.verdict in JUDGED else 0,
    }
    if change.verdict not in JUDGED:
        found["why_none"] = change.why
    if not change.baselines.empty:
        found |= _describe_counts(change.baselines)
    return found


def _judge_connection(store: Store, action_id: int) -> dict[str, object]:
    """Whether the network of a finding holds together less or more; empty where the brief rests on none."""
    try:
        measured = measure_connection(store, action_id)
    except TooFewData as error:
        return {"structure": UNJUDGED, "structure_why": str(error)}
    if measured is None:
        return {}
    change = measured.change
    return {"structure": change.verdict, "structure_p": change.p, "structure_why": change.why}


def _describe_counts(baselines: pd.DataFrame) -> dict[str, object]:
    """What was counted before and after, and what was expected, of a place or a network."""
    table = baselines.set_index("baseline")
    return {
        "before": int(table.before["recent"]),
        "after": int(table.after["recent"]),
        "expected_recent": table.expected["recent"],
        "expected_long_run": table.expected["long-run"],
    }
