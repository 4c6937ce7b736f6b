"""The truth on the teams' own screens: which layers the trainer shows there, once the seal has been opened.

The app of a team follows the folder of its exercise. Nothing enters its store: what a layer shows is read
from the published truth, and gone again when the trainer hides the layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pandas as pd
import shapely

from analytics.shared.identifier_value import normalise_identifier
from analytics.shared.projection import unproject
from analytics.store import Store
from analytics.training.exercise.state import FILE, read_exercise
from analytics.training.exercise.truth import read_facts
from analytics.training.scoring.truth import (
    ADVERTS,
    MONEY,
    NETWORKS,
    PLACES,
    Reference,
    SealedTruth,
    read_truth,
)
from analytics.training.settings import read_settings

VICTIMS, INNOCENTS = "victims", "innocents"
TITLES = {
    PLACES: "Places",
    ADVERTS: "Advert authors",
    MONEY: "Money schemes",
    NETWORKS: "Networks",
    VICTIMS: "Victims and organisers",
    INNOCENTS: "Innocent look-alikes",
}
_REGION = "GB"  # of the invented telephone numbers
_LEAST = 0.25  # of a thing's rows, from which on it is said to be something planted


@dataclass(frozen=True)
class RevealedTruth:
    """What the shown `layers` say. `rows`: by reference, the planted thing. `nodes`: by node of the network
    (an account or a telephone), who it is. `places`: lon, lat (degrees, WGS 84), label, count, name and
    outline (WGS 84)."""

    layers: frozenset[str]
    rows: dict[Reference, str] = field(repr=False)
    nodes: dict[str, str] = field(repr=False)
    places: pd.DataFrame = field(repr=False)

    def name_things(self, store: Store, table: str, evidence: pd.DataFrame) -> dict[object, str]:
        """In words, by `item` of the evidence (item, source_id, row_number), what most of its rows in a
        table were planted as; nothing for an item of which little was."""
        wanted = [reference for own, reference in self.rows if own == table]
        if not wanted or evidence.empty:
            return {}
        planted = store.query(
            f'SELECT source_id, row_number, reference FROM "{table}"'
            " WHERE reference IN (SELECT unnest(?::VARCHAR[]))",
            [wanted],
        ).to_pandas()
        planted["thing"] = [self.rows[table, reference] for reference in planted.reference]
        own = evidence.drop_duplicates(["item", "source_id", "row_number"])
        size = own.groupby("item").size()
        counts = own.merge(planted, on=["source_id", "row_number"]).groupby(["item", "thing"]).size()
        named: dict[object, str] = {}
        for (item, thing), count in counts.sort_values(kind="stable").items():
            if count / size[item] >= _LEAST:
                named[item] = f"{thing} ({count / size[item]:.0%} of its rows)"
        return named


def list_operation_rows(store: Store) -> pd.DataFrame:
    """The adverts of every operation: item (its number), source_id, row_number."""
    return store.query("SELECT operation_id AS item, source_id, row_number FROM operation_advert").to_pandas()


def list_finding_rows(store: Store, table: str) -> pd.DataFrame:
    """The rows of a table that the latest version of each finding rests on: item (its number), source_id,
    row_number."""
    return store.query(
        "SELECT finding_id AS item, source_id, row_number FROM finding_evidence WHERE table_name = ?"
        " QUALIFY version = max(version) OVER (PARTITION BY finding_id)",
        [table],
    ).to_pandas()


class _Following:
    """The exercise that the app of a team follows."""

    folder: Path | None = None


_CLASS = _Following()


def follow_exercise(folder: Path | None) -> None:
    """Let this process show what the trainer of the exercise shows; None: of no exercise."""
    _CLASS.folder = folder


def read_task() -> str | None:
    """The task of the exercise that this process follows; None outside a team's app."""
    return None if _CLASS.folder is None else read_exercise(_CLASS.folder).plan.task.strip()


def read_revealed() -> RevealedTruth | None:
    """What the trainer shows on the screens of this process; None outside a team's app, before the reveal,
    and while nothing is shown."""
    if _CLASS.folder is None:
        return None
    return _read(_CLASS.folder, (_CLASS.folder / FILE).stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _read(folder: Path, changed: int) -> RevealedTruth | None:
    exercise = read_exercise(folder)
    if not exercise.opened or not exercise.shown:
        return None
    truth, layers = read_truth(folder), frozenset(exercise.shown)
    rows = {
        row: f"Planted: {structure.name}"
        for structure in truth.structures
        if structure.layer in layers
        for row in structure.rows
    }
    if INNOCENTS in layers:
        rows |= {row: f"Innocent: {each.kind}" for each in truth.innocents for row in each.rows}
    nodes: dict[str, str] = {}
    for node, words in _name_members(read_facts(folder, exercise), layers):
        nodes[node] = f"{nodes[node]}; {words}" if node in nodes else f"Planted: {words}"
    return RevealedTruth(layers, rows, nodes, _list_places(truth, layers))


def _name_members(facts: dict, layers: frozenset[str]) -> Iterator[tuple[str, str]]:  # type: ignore[type-arg]
    if NETWORKS in layers:
        for network in facts["networks"]:
            for member in network["members"]:
                words = f"{member['role']} of {network['name']}"
                yield f"account:{member['account']}", words
                if phone := normalise_identifier(member["contact"], _REGION):
                    yield f"phone:{phone}", words
    if VICTIMS in layers:
        for scheme in facts["exploitation"]:
            for account in scheme["organisers"]:
                yield f"account:{account}", f"organiser of {scheme['name']}"
            for account in scheme["others"]:
                yield f"account:{account}", f"victim of {scheme['name']}"


def _list_places(truth: SealedTruth, layers: frozenset[str]) -> pd.DataFrame:
    epsg = read_settings()["area"]["epsg"]
    rows = []
    for structure in truth.structures:
        if structure.circle is not None and PLACES in layers:
            x, y, radius = structure.circle
            at = unproject(shapely.Point(x, y), epsg)
            label = (
                f"Planted: {structure.name}. {structure.category}, {structure.kind}, within {radius:.0f} m"
            )
            outline = unproject(shapely.Point(x, y).buffer(radius), epsg)
            rows.append((at.x, at.y, label, 1, structure.name, outline))
    return pd.DataFrame(rows, columns=["lon", "lat", "label", "count", "name", "outline"])
