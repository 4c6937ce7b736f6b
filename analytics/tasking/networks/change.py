"""A network before and after: its volume, what it uses that is new or gone, and its structure.

The volume is judged as a place's is (analytics.tasking.effect.baselines), against other networks. What is new
or gone is set against the network's usual turnover: the same count between the two periods of that length
just before the action. A node that is gone counts as replaced where a new one took up at least half of its
ties. Structure: Freeman (1977), Sociometry 40 (betweenness), on the ties of each period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.hotspots.refusal import TooFewData
from analytics.intelligence.possible_victims import leave_out_protected
from analytics.shared.action_windows import find_windows
from analytics.shared.graph_library import igraph
from analytics.tasking.effect import NOT_MEASURED, UNJUDGED, EffectParameters
from analytics.tasking.effect.baselines import Baselines, measure_baselines
from analytics.tasking.effect.comparability import check_controls
from analytics.tasking.networks.network_actions import NetworkRecord

MINIMUM_SIMILAR = 10


@dataclass(frozen=True)
class NetworkChange:
    """`verdict` as of a place's effect, or 'not measured' where no similar networks exist. `baselines` as in
    `Effect`, empty where nothing could be judged. `weekly`: week, count, control, synthetic (NaN).
    `turnover`: trait, before, after (how many are in use), new, usual_new, gone, usual_gone. `values`: trait,
    value, status ('new', 'gone', 'still used'), first, last, times, replaced_by. `structure`: measure,
    before, after. `before`, `after`: first and last days."""

    verdict: str
    why: str
    p: float
    baselines: pd.DataFrame
    weekly: pd.DataFrame
    turnover: pd.DataFrame
    values: pd.DataFrame
    structure: pd.DataFrame
    before: tuple[date, date]
    after: tuple[date, date]
    similar: int


def measure_network(
    network: NetworkRecord, start: date, parameters: EffectParameters | None = None
) -> NetworkChange:
    """What changed from `start` on. Windows before have the length of the one after, the volume's baselines
    apart.

    Raises TooFewData where the store has nothing of the network from before the action.
    """
    parameters = parameters or EffectParameters()
    windows = find_windows(start, network.last, parameters.minimum_days, parameters.maximum_days)
    if not (network.events.day[network.events.unit == 0] < pd.Timestamp(start)).any():
        raise TooFewData(f"The store has no {network.kind} of the network from before the action.")
    length, before, after = windows.length, windows.before, windows.after
    if windows.too_early:
        empty = pd.DataFrame()
        why = windows.say_too_early(f"of {network.kind}")
        return NetworkChange("too early", why, np.nan, empty, empty, empty, empty, empty, before, after, 0)
    verdict, why, measured, weekly, similar = _volume(network, start, length, parameters)
    values = _values(network, start, length)
    return NetworkChange(
        verdict,
        why,
        measured.p if measured else np.nan,
        measured.table if measured else pd.DataFrame(),
        weekly,
        _turnover(network.traits, start, length),
        values,
        _structure(network.ties, before, after),
        before,
        after,
        similar,
    )


def _volume(
    network: NetworkRecord, start: date, length: int, parameters: EffectParameters
) -> tuple[str, str, Baselines | None, pd.DataFrame, int]:
    events, noun = network.events, network.kind
    origin = max(start - timedelta(days=parameters.history_days), events.day.min().date())
    day = (events.day - pd.Timestamp(origin)).dt.days.to_numpy()
    total = (start - origin).days + length
    within = (day >= 0) & (day < total)
    counts = np.zeros((int(events.unit.max()) + 1, total))
    np.add.at(counts, (events.unit.to_numpy()[within], day[within]), 1)
    at, similar = (start - origin).days, len(counts) - 1
    weekly = _weekly(counts[: parameters.controls + 1], start, at)
    now, then = counts[0, at:].sum(), counts[0, max(0, at - length) : at].sum()
    plain = f"{now:.0f} {noun} in the {length} days after the action, {then:.0f} in as many before"
    if similar < MINIMUM_SIMILAR or at < parameters.recent * length:
        lacking = (
            f"only {similar} similar networks are on record"
            if similar < MINIMUM_SIMILAR
            else f"only {at} days before the action are on record"
        )
        return NOT_MEASURED, f"{plain}. Not judged: {lacking}.", None, weekly, similar
    measured = measure_baselines(counts, at, length, parameters.recent, parameters.controls, None)
    comparability = check_controls(
        counts, at, length, measured.table, parameters, subject="network", unit=noun
    )
    if comparability.reasons:
        return UNJUDGED, f"{plain}. {comparability.in_words()}", None, weekly, similar
    why = f"{plain}. Joint p = {measured.p:.3f}, from the same measure at {similar} similar networks."
    return measured.verdict(parameters.level), why, measured, weekly, similar


def _weekly(counts: np.ndarray, start: date, at: int) -> pd.DataFrame:
    offset = at % 7
    weeks = (counts.shape[1] - offset) // 7
    weekly = counts[:, offset : offset + 7 * weeks].reshape(len(counts), weeks, 7).sum(axis=2)
    days = [start + timedelta(days=7 * (week - at // 7)) for week in range(weeks)]
    control = weekly[1:].mean(axis=0) if len(weekly) > 1 else np.full(weeks, np.nan)
    return pd.DataFrame({"week": days, "count": weekly[0], "control": control, "synthetic": np.nan})


def _used(traits: pd.DataFrame, first: date, last: date) -> dict[str, set[str]]:
    inside = traits[(traits.day >= pd.Timestamp(first)) & (traits.day <= pd.Timestamp(last))]
    used: dict[str, set[str]] = inside.groupby("trait").value.agg(set).to_dict()
    return used


def _turnover(traits: pd.DataFrame, start: date, length: int) -> pd.DataFrame:
    """How much of each trait is new or gone, and how much was between the two periods before."""
    long_ago = traits.day.min().date()

    def moved(begin: date) -> list[dict[str, set[str]]]:
        """What is used from `begin` on, in the period before it, and at any time before it."""
        eve = begin - timedelta(days=1)
        return [
            _used(traits, begin, begin + timedelta(days=length - 1)),
            _used(traits, begin - timedelta(days=length), eve),
            _used(traits, long_ago, eve),
        ]

    since, usual = moved(start), moved(start - timedelta(days=length))
    rows = []
    for trait in dict.fromkeys(traits.trait):
        (now, then, ever), (now_usual, then_usual, ever_usual) = (
            [used.get(trait, set()) for used in period] for period in (since, usual)
        )
        rows.append(
            {
                "trait": trait,
                "before": len(then),
                "after": len(now),
                "new": len(now - ever),
                "usual_new": len(now_usual - ever_usual),
                "gone": len(then - now),
                "usual_gone": len(then_usual - now_usual),
            }
        )
    return pd.DataFrame(rows)


def _values(network: NetworkRecord, start: date, length: int) -> pd.DataFrame:
    """Every value in use just before or since, with what became of it; none of a possible victim."""
    named = leave_out_protected(network.traits, "value", network.protected)[0]
    traits = named[named.day < pd.Timestamp(start) + pd.Timedelta(days=length)]
    table = traits.groupby(["trait", "value"]).day.agg(first="min", last="max", times="size").reset_index()
    began, recent = pd.Timestamp(start), pd.Timestamp(start) - pd.Timedelta(days=length)
    table = table[table["last"] >= recent]
    table["status"] = np.select(
        [table["first"] >= began, table["last"] < began], ["new", "gone"], "still used"
    )
    replaced = _replacements(network.ties, table.assign(sort=_classify_values(network, table)), began, recent)
    table["replaced_by"] = [replaced.get(value) for value in table.value]
    order = table.status.map({"new": 0, "gone": 1, "still used": 2})
    return (
        table.assign(order=order)
        .sort_values(["trait", "order", "value"], ignore_index=True)
        .drop(columns="order")
    )


def _classify_values(network: NetworkRecord, values: pd.DataFrame) -> pd.Series:
    """What may replace what: a counterparty may replace an account that is gone."""
    return values.trait.where(values.trait.map(network.kinds) != "account", "account")


def _replacements(
    ties: pd.DataFrame, values: pd.DataFrame, began: pd.Timestamp, recent: pd.Timestamp
) -> dict[str, str]:
    """gone -> the new value of the same class that took up at least half of its ties, and most of them."""
    both = pd.concat([ties, ties.rename(columns={"left": "right", "right": "left"})])
    day = pd.to_datetime(both.day)
    partners = [
        both[when].groupby("left").right.agg(set).to_dict()
        for when in ((day >= recent) & (day < began), day >= began)
    ]
    found = {}
    for _, same in values.groupby("sort"):
        fresh = same.value[same.status == "new"]
        for gone in same.value[same.status == "gone"]:
            old = partners[0].get(gone, set())
            shares = {new: len(old & partners[1].get(new, set())) / len(old) for new in fresh} if old else {}
            if shares and max(shares.values()) >= 0.5:
                found[gone] = max(shares, key=lambda value: shares[value])
    return found


def _structure(ties: pd.DataFrame, before: tuple[date, date], after: tuple[date, date]) -> pd.DataFrame:
    day = pd.to_datetime(ties.day)
    shapes = [
        _shape(ties[(day >= pd.Timestamp(first)) & (day <= pd.Timestamp(last))])
        for first, last in (before, after)
    ]
    return pd.DataFrame(
        [{"measure": name, "before": shapes[0][name], "after": shapes[1][name]} for name in shapes[0]]
    )


def _shape(ties: pd.DataFrame) -> dict[str, float]:
    """Nodes, ties, pieces, the largest piece's share of nodes, and the share of betweenness of the node that
    has most."""
    pairs = ties[["left", "right"]].drop_duplicates()
    graph = igraph.Graph.TupleList(pairs.itertuples(index=False), directed=False).simplify()
    pieces = graph.connected_components()
    between = graph.betweenness() if graph.vcount() else [0.0]
    return {
        "nodes": graph.vcount(),
        "ties": graph.ecount(),
        "pieces": len(pieces),
        "largest piece": max(pieces.sizes()) / graph.vcount() if graph.vcount() else np.nan,
        "share of the chief broker": max(between) / sum(between) if sum(between) else np.nan,
    }
