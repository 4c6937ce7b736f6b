"""What a finding's analysis found: a small union, one class a kind of analysis, each with its focus.

Readers use attributes: what a kind does not have is None or empty. The store and what is exchanged hold JSON,
written by `to_json` and read by `read_result`, which also reads what earlier versions saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import shapely
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Focus(_Part):
    """What a brief speaks of. `ring`: the outline as longitude and latitude, WGS 84, closed; `parts`: the
    outlines of what lies apart and belongs to it; `lon` and `lat` its centre. `count` and `previous_count`:
    rows in the period, and in the one compared with; None where that is not known. `z` and `p_adjusted`: of
    the local test, None where none was made."""

    label: str = ""
    place: str | None = None
    lon: float | None = None
    lat: float | None = None
    ring: tuple[tuple[float, float], ...] | None = None
    parts: tuple[tuple[tuple[float, float], ...], ...] = ()
    count: int | None = None
    previous_count: int | None = None
    z: float | None = None
    p_adjusted: float | None = None

    @property
    def outline(self) -> shapely.Geometry | None:
        """All of it as a polygon (WGS 84), None where it is no area."""
        if len(self.ring or ()) < 4:
            return None
        return shapely.union_all([shapely.Polygon(ring) for ring in (self.ring, *self.parts)])


class CellCount(_Part):
    """A cell near the focus: its outline (WGS 84, closed), its count, whether it is significantly hot."""

    ring: tuple[tuple[float, float], ...]
    count: int
    significant: bool = False


class CategoryCount(_Part):
    """How many rows are of a category."""

    category: str
    count: int


class PlaceCount(_Part):
    """How many rows name a place."""

    place: str
    count: int


class PeriodCount(_Part):
    """How many rows fall in the period that begins on a date (ISO 8601)."""

    period: str
    count: int


class StandingCount(_Part):
    """How many links have a standing: they stand, were confirmed, cut or are too weak."""

    standing: str
    count: int


class IndicatorShare(_Part):
    """An indicator of adverts, which way it points, its evidence grade, and how common it is here and
    everywhere."""

    title: str
    direction: str
    evidence: str | None
    adverts: int
    share: float | None
    everywhere: float | None


class FindingResult(_Part):
    """What every kind may have. `hours`: counts by weekday (Monday first) and hour, local time, None where no
    hour is known; `hours_unknown`: rows without one. `dates`: how finely its dates are known. `counted`: what
    `trend` counts. `more`: what an earlier or later version saved under names that this one does not know."""

    KIND: ClassVar[str]

    kind: str
    focus: Focus | None = None
    categories: tuple[CategoryCount, ...] = ()
    places: tuple[PlaceCount, ...] = ()
    hours: tuple[tuple[float, ...], ...] | None = None
    hours_unknown: int = 0
    dates: Literal["day", "month"] = "day"
    trend: tuple[PeriodCount, ...] = ()
    counted: str = "incidents"
    cells: tuple[CellCount, ...] = ()
    judgement: str = ""
    more: dict[str, JsonValue] = Field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As the store keeps it: what was never set is left out."""
        return self.model_dump(mode="json", exclude_unset=True) | {"kind": self.kind}


class PlaceResult(FindingResult):
    """A place on the map. `total`: incidents of the whole selection."""

    KIND = "hotspot"
    kind: str = KIND
    total: int | None = None


class MethodResult(FindingResult):
    """A method's whole result, such as a near-repeat table. `method`: its name in the catalogue."""

    KIND = "method"
    kind: str = KIND
    method: str
    table: tuple[dict[str, JsonValue], ...] = ()
    total: int | None = None


class MoneyResult(FindingResult):
    """A lead in account data: the sections of its profile, and the narrative drafted from its payments."""

    KIND = "money"
    kind: str = KIND
    profile: dict[str, str]
    narrative: str


class AdvertsResult(FindingResult):
    """An operation or campaign of adverts. `score`: the strength of its links, bits;
    `judgement`: the analyst's label."""

    KIND = "adverts"
    kind: str = KIND
    signs: tuple[IndicatorShare, ...] = ()
    links: tuple[StandingCount, ...] = ()
    score: float | None = None


class CriticalNode(_Part):
    """A node that matters to a network. `node`: its name in links of the app, a digest; `label`: as it was
    written when the finding was saved; `kinds`: why it matters; `redundancy`: how far it could be gone round,
    in words; `substitute` and `substitute_node`: who would likely step in, '' where nobody is seen."""

    node: str
    label: str
    status: str
    kinds: str = ""
    importance: float = 0.0
    redundancy: str = ""
    substitute: str = ""
    substitute_node: str = ""


class RemovalStep(_Part):
    """What taking out so many nodes leaves apart (0 to 1): as a range over recoveries, and at random."""

    removed: int
    low: float
    high: float
    random: float


class NetworkMember(_Part):
    """A node of a network: its name in links of the app, a digest; as it was written; its kind."""

    node: str
    label: str
    kind: str


class NetworkTie(_Part):
    """A tie between two members, by their positions: how often, and how surely."""

    one: int
    other: int
    kind: str
    events: int = 1
    probability: float = 1.0


class NetworkResult(FindingResult):
    """How a network hangs together. `type`: one of the five, 'mixed' or 'not enough seen'; `holds`: in which
    share of thinned networks. `members` and `between`: all of it, as it was. `possible_victims`: how
    many of them are no targets. `carried`: whose journeys members paid for. `change`: who came, left and
    stepped in, as sentences that name nobody."""

    KIND = "network"
    kind: str = KIND
    type: str
    why: str = ""
    attack: str = ""
    holds: float | None = None
    nodes: int
    ties: int
    density: float | None = None
    critical: tuple[CriticalNode, ...] = ()
    key_players: tuple[CriticalNode, ...] = ()
    removal: tuple[RemovalStep, ...] = ()
    apart: float | None = None
    members: tuple[NetworkMember, ...] = ()
    between: tuple[NetworkTie, ...] = ()
    identifiers: tuple[CategoryCount, ...] = ()
    possible_victims: int = 0
    carried: int = 0
    change: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()

    def list_targets(self, protected: frozenset[str]) -> tuple[CriticalNode, ...]:
        """The nodes that matter, without those that are possible victims by now (`protected`: digests)."""
        return tuple(
            node.model_copy(update={"substitute": "", "substitute_node": ""})
            if node.substitute_node in protected
            else node
            for node in self.critical
            if node.node not in protected
        )


class ReportsResult(FindingResult):
    """The reading of graded reports. `reports`: how many."""

    KIND = "reports"
    kind: str = KIND
    reports: int


class CasePart(_Part):
    """A thing of a case that a finding was made of, and how many rows and lines it rests on there."""

    kind: str
    label: str
    count: int


class CaseResult(FindingResult):
    """What the things of a case, of several domains, say together."""

    KIND = "case"
    kind: str = KIND
    parts: tuple[CasePart, ...]


class ReceivedResult(FindingResult):
    """A finding that others sent: nothing of it was computed here."""

    KIND = "received"
    kind: str = KIND


_KINDS: dict[str, type[FindingResult]] = {
    kind.KIND: kind
    for kind in (
        PlaceResult,
        MethodResult,
        MoneyResult,
        AdvertsResult,
        NetworkResult,
        ReportsResult,
        CaseResult,
        ReceivedResult,
    )
}


def read_result(saved: Mapping[str, Any]) -> FindingResult:
    """The result that a store or a partner's file holds, in the shape of this version.

    Raises ValueError, naming what was expected where, for a result that no version of Achilles wrote."""
    upgraded = _upgrade(dict(saved))
    model = _KINDS[upgraded["kind"]]
    unknown = upgraded.keys() - model.model_fields.keys()
    if unknown:
        more = {name: upgraded.pop(name) for name in sorted(unknown)}
        upgraded["more"] = {**upgraded.get("more", {}), **more}
    try:
        return model.model_validate(upgraded)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(
            f"A finding's result ({model.KIND}) is damaged at {where}: {first['msg']}."
        ) from error


def _upgrade(saved: dict[str, Any]) -> dict[str, Any]:
    """Before results had classes, money had no kind, a method's result had the method's name as its kind, and
    what was not known could be null."""
    saved = {name: value for name, value in saved.items() if value is not None}
    if isinstance(focus := saved.get("focus"), Mapping):
        saved["focus"] = {name: value for name, value in focus.items() if value is not None}
    kind = saved.get("kind")
    if kind in _KINDS:
        return saved
    if kind is None:
        return saved | {"kind": MoneyResult.KIND if "profile" in saved else PlaceResult.KIND}
    return saved | {"kind": MethodResult.KIND, "method": str(kind)}
