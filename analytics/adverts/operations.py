"""Operations: campaigns and single adverts that share identifiers, without letting a switchboard join the
unrelated.

The model, in full in docs/methods/operations.md. A unit is a campaign or an advert on its own. For each
identifier that two units share, the probability that they are one operation is

    p = read right on both sides * not a coincidence * not a hub

Not a coincidence: 1 - (sharers expected by chance / sharers seen), over the identifiers of like kind whose
number block is as crowded; expected as in the birthday problem. Not a hub: 1 / (1 + (others / 6)^2), `others`
being the further unrelated groups that carry it, a campaign whose adverts all do counting less than an advert
on its own. Identifiers speak together as a noisy or. Groups that grow together count as one, so the sum is
repeated until nothing changes; a link that alone holds two groups together must have odds above the number
of units of the smaller one; and no path of weak links makes an operation (`operation_groups`). Nothing
depends on the order of the adverts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.adverts.boilerplate import BOILERPLATE, split_boilerplate
from analytics.adverts.coincidence import estimate_genuine_share
from analytics.adverts.identifiers.kinds import linking_kinds
from analytics.adverts.operation_groups import Pair, find_groups


@dataclass(frozen=True)
class OperationParameters:
    """`minimum_probability` for a link to stand: above even odds, for a wrong one brings an unrelated person
    into an operation. `hub_size` further carriers halve it; above `maximum_carriers` an identifier joins
    nobody. Identifiers under `confidence` are left out. A campaign all of whose adverts carry an identifier
    counts as 1 - `devotion` of a carrier: who answers one number for many wordings is seldom a
    switchboard."""

    minimum_probability: float = 0.6
    hub_size: float = 6.0
    maximum_carriers: int = 30
    devotion: float = 0.7
    confidence: float = 0.5

    def __post_init__(self) -> None:
        if not (
            0 < self.minimum_probability < 1
            and 0 <= self.confidence <= 1
            and self.hub_size > 0
            and self.maximum_carriers >= 2
            and 0 <= self.devotion < 1
        ):
            raise ValueError(
                "Minimum probability, confidence and devotion are shares, hub size is above 0 and the "
                "maximum of carriers at least 2."
            )

    def not_a_hub(self, others: pd.Series) -> pd.Series:
        """The chance that what two carry and `others` besides is no hub."""
        return 1 / (1 + (others / self.hub_size) ** 2)

    @property
    def maximum_users(self) -> float:
        """With more unrelated groups than this a wording, judged as an identifier is, holds none of them
        together."""
        return 2 + self.hub_size * float((1 / self.minimum_probability - 1) ** 0.5)


DEFAULTS = OperationParameters()


@dataclass(frozen=True)
class Operations:
    """`operation` (n,) int64: the operation of each advert, -1 for none; numbered from 0, the largest first.
    `table`, a row an operation: operation, adverts, campaigns, units, weight (bits of its standing links).
    `links`, a row a link: left, right (positions of adverts: the first of each unit; right is -1 where a hub
    is suppressed for all who carry it), kind, value, adverts, carriers, by_chance, weight (log2 odds, of the
    two being one operation by this identifier), standing (stands, suppressed, confirmed, cut), why,
    operation."""

    operation: np.ndarray
    table: pd.DataFrame
    links: pd.DataFrame


def find_operations(
    campaign: np.ndarray,
    identifiers: pd.DataFrame,
    decisions: Sequence[tuple[int, int, str]] = (),
    parameters: OperationParameters = DEFAULTS,
) -> Operations:
    """Join adverts by shared identifiers.

    `campaign` (n,) is each advert's campaign, -1 on its own. `identifiers` has advert (position), kind, value
    and confidence. `decisions` are (advert, advert, 'cut' or 'confirm'), the later word on a pair last: a
    confirmed pair is in one operation, a cut one is not, whatever the identifiers say."""
    use = identifiers[
        identifiers.kind.isin(linking_kinds()) & (identifiers.confidence >= parameters.confidence)
    ]
    campaign, common = split_boilerplate(campaign, use, parameters.maximum_users)
    units = _Units.of(campaign)
    carried = _carried(units, use, parameters)
    latest: dict[Pair, str] = {}
    for a, b, decision in decisions:
        one, other = sorted((int(units.of_advert[a]), int(units.of_advert[b])))
        latest[one, other] = decision
    decided = [(pair, decision) for pair, decision in sorted(latest.items()) if pair[0] != pair[1]]
    confirmed = [pair for pair, decision in decided if decision == "confirm"]
    cut = [pair for pair, decision in decided if decision == "cut"]
    group, links = _grow(units, carried, confirmed, cut, parameters)
    common["unit"] = units.of_campaign(common.campaign)
    links = _describe(links, carried, common, units, confirmed, cut, group, parameters)
    return _numbered(units, group, links)


@dataclass(frozen=True)
class _Units:
    """Units in an order that their adverts' positions alone decide; `first` is each one's first advert."""

    key: np.ndarray
    of_advert: np.ndarray
    first: np.ndarray
    is_campaign: np.ndarray
    adverts: np.ndarray

    @classmethod
    def of(cls, campaign: np.ndarray) -> _Units:
        campaign = np.asarray(campaign, np.int64)
        alone = campaign < 0
        key = np.where(alone, campaign.max(initial=-1) + 1 + np.arange(len(campaign)), campaign)
        key, first, inverse, counts = np.unique(
            key, return_index=True, return_inverse=True, return_counts=True
        )
        return cls(key, inverse, first, ~alone[first] & (counts > 1), counts)

    def __len__(self) -> int:
        return len(self.first)

    def of_campaign(self, campaigns: pd.Series) -> np.ndarray:
        """The unit of each campaign."""
        unit: np.ndarray = np.searchsorted(self.key, campaigns)
        return unit


def _carried(units: _Units, identifiers: pd.DataFrame, parameters: OperationParameters) -> pd.DataFrame:
    """Unit by identifier: how many of the unit's adverts carry it, how surely, and how many carry it at
    all."""
    use = identifiers.groupby(["advert", "kind", "value"], as_index=False, observed=True).confidence.max()
    use = use.assign(unit=units.of_advert[use.advert.to_numpy(np.int64)], doubt=1 - use.confidence)
    carried = use.groupby(["kind", "value", "unit"], as_index=False, observed=True).agg(
        adverts=("advert", "size"), doubt=("doubt", "prod")
    )
    carried["identifier"] = carried.groupby(["kind", "value"], observed=True, sort=True).ngroup()
    carried["several"] = units.is_campaign[carried.unit]
    carried["heft"] = (
        1 - parameters.devotion * carried.several * carried.adverts / units.adverts[carried.unit]
    )
    carried["total"] = carried.groupby("identifier").adverts.transform("sum")
    shares, by_chance = estimate_genuine_share(carried)
    return carried.assign(by_chance=by_chance, **shares)


def _grow(
    units: _Units,
    carried: pd.DataFrame,
    confirmed: list[Pair],
    cut: list[Pair],
    parameters: OperationParameters,
) -> tuple[np.ndarray, pd.DataFrame]:
    """Groups of units, and the links last looked at: rounds until the groups stay as they are."""
    group = np.arange(len(units))
    standing_links = pd.DataFrame()
    for _ in range(20):
        links = _links(carried, group, parameters)
        standing = links[links.together >= parameters.minimum_probability]
        standing_links = pd.concat([standing_links, standing], ignore_index=True)
        grown = find_groups(len(units), standing_links, confirmed, cut, parameters.minimum_probability)
        if (grown == group).all():
            break
        group = grown
    seen = pd.concat(
        [
            standing_links.assign(standing="stands"),
            links[links.together < parameters.minimum_probability].assign(standing="suppressed"),
        ]
    )
    return group, seen.drop_duplicates(["left", "right", "identifier"])


def _links(carried: pd.DataFrame, group: np.ndarray, parameters: OperationParameters) -> pd.DataFrame:
    """Pairs of different groups that share an identifier of few carriers. Each side is its unit that carries
    it most."""
    at = carried.assign(group=group[carried.unit])
    size = at.groupby(["identifier", "group"]).unit.transform("size")
    at = at.assign(several=at.several | (size > 1))
    at = at.sort_values(["identifier", "group", "adverts", "unit"], ascending=[True, True, False, True])
    sides = at.drop_duplicates(["identifier", "group"])
    of = sides.groupby("identifier")
    sides = sides.assign(carriers=of.group.transform("size"), all_heft=of.heft.transform("sum"))
    sides = sides[(sides.carriers > 1) & (sides.carriers <= parameters.maximum_carriers)]
    pairs = sides.merge(sides, on="identifier", suffixes=("", "_other"))
    pairs = pairs[pairs.unit < pairs.unit_other]
    both = pairs.several & pairs.several_other
    either = pairs.several | pairs.several_other
    genuine = np.where(both, pairs.share_both, np.where(either, pairs.share_one, pairs.share_none))
    others = (pairs.all_heft - pairs.heft - pairs.heft_other).clip(lower=0)
    p = (1 - pairs.doubt) * (1 - pairs.doubt_other) * genuine * parameters.not_a_hub(others)
    links = pd.DataFrame(
        {
            "left": pairs.unit,
            "right": pairs.unit_other,
            "identifier": pairs.identifier,
            "carriers": pairs.carriers,
            "genuine": genuine,
            "p": p.clip(1e-6, 0.9999),
            "a": pairs[["group", "group_other"]].min(axis=1),
            "b": pairs[["group", "group_other"]].max(axis=1),
        }
    )
    miss = np.log1p(-links.p).groupby([links.a, links.b]).transform("sum")
    return links.assign(together=-np.expm1(miss)).drop(columns=["a", "b"])


_LINK_COLUMNS = [
    "left",
    "right",
    "kind",
    "value",
    "adverts",
    "carriers",
    "by_chance",
    "weight",
    "standing",
    "why",
]


def _describe(
    links: pd.DataFrame,
    carried: pd.DataFrame,
    common: pd.DataFrame,
    units: _Units,
    confirmed: list[Pair],
    cut: list[Pair],
    group: np.ndarray,
    parameters: OperationParameters,
) -> pd.DataFrame:
    """Every link with its identifier, how common it is, its weight, its standing and why, in the order of
    adverts."""
    rows = []
    if len(links):
        rows.append(_describe_shared(links, carried, confirmed, cut, group, parameters))
    rows += [_hubs(carried, group, parameters, _LINK_COLUMNS), _common(common, parameters, _LINK_COLUMNS)]
    shared = set(zip(rows[0].left.tolist(), rows[0].right.tolist(), strict=True)) if confirmed or cut else ()
    decided = [
        (*pair, "", "", 0, 0, 0.0, 0.0, decision, f"{decision} by an analyst; they share no identifier")
        for pairs, decision in ((confirmed, "confirmed"), (cut, "cut"))
        for pair in pairs
        if pair not in shared
    ]
    rows.append(pd.DataFrame(decided, columns=_LINK_COLUMNS))
    found = pd.concat([frame for frame in rows if len(frame)] or rows[:1], ignore_index=True)
    found["in_unit"] = found.left
    for side in ("left", "right"):
        unit = found[side].to_numpy(np.int64)
        found[side] = np.where(unit < 0, -1, units.first[unit])
    return found.sort_values(["left", "right", "kind", "value"], ignore_index=True)


def _describe_shared(
    links: pd.DataFrame,
    carried: pd.DataFrame,
    confirmed: list[Pair],
    cut: list[Pair],
    group: np.ndarray,
    parameters: OperationParameters,
) -> pd.DataFrame:
    """The links by a shared identifier."""
    known = carried.drop_duplicates("identifier").set_index("identifier").loc[links.identifier]
    apart = group[links.left.to_numpy()] != group[links.right.to_numpy()]
    frame = links.assign(
        kind=known.kind.to_numpy(),
        value=known.value.to_numpy(),
        adverts=known.total.to_numpy(),
        by_chance=known.by_chance.to_numpy(),
        weight=np.log2(links.p / (1 - links.p)),
        standing=np.where((links.standing == "stands") & apart, "suppressed", links.standing),
        apart=apart,
    )
    minimum = parameters.minimum_probability
    told = frame[["standing", "adverts", "carriers", "genuine", "apart"]].assign(
        alone=frame.p >= minimum, together=frame.together >= minimum
    )
    # Many links are told the same: each reason is written once.
    case = told.groupby(list(told), sort=False).ngroup().to_numpy()
    first = np.unique(case, return_index=True)[1]
    explained = [_explain(row) for row in told.iloc[first].astype({"standing": object}).itertuples()]
    standing, why = (np.array(each, object)[case] for each in zip(*explained, strict=True))
    pairs = pd.MultiIndex.from_arrays([frame.left, frame.right])
    for decided, verdict in ((confirmed, "confirmed"), (cut, "cut")):
        if decided:
            here = pairs.isin(decided)
            standing[here], why[here] = verdict, f"{verdict} by an analyst"
    return frame.assign(standing=standing, why=why)[_LINK_COLUMNS]


def _explain(row: Any) -> tuple[str, str]:
    """The standing of a link and the reason: a row of `itertuples` with standing, adverts, carriers, genuine,
    apart; alone and together: whether it, and all that the two share, is likely enough."""
    seen = f"{row.adverts:,} adverts of {row.carriers:,} unrelated groups carry it"
    chance = f"{1 - row.genuine:.0%} of such sharing is expected by chance"
    if row.standing == "stands":
        helped = "" if row.alone else "; weak alone, but they share other identifiers too"
        return "stands", f"{seen}; {chance}{helped}"
    if row.apart and row.together:
        return (
            "suppressed",
            f"{seen}; too weak to be all that holds two groups together, or they were cut apart",
        )
    reason = (
        "a hub"
        if row.carriers > 4 and row.genuine > 0.5
        else "likely a coincidence"
        if row.genuine < 0.6
        else "read with doubt"
    )
    return "suppressed", f"{reason}: {seen}; {chance}"


def _hubs(
    carried: pd.DataFrame, group: np.ndarray, parameters: OperationParameters, columns: list[str]
) -> pd.DataFrame:
    """One row for each unit that carries an identifier of too many groups to be compared two by two."""
    at = carried.assign(
        carriers=carried.assign(group=group[carried.unit]).groupby("identifier").group.transform("nunique")
    )
    at = at[at.carriers > parameters.maximum_carriers]
    p = parameters.not_a_hub(at.carriers - 2).clip(1e-6)
    why = [
        f"a hub: {n:,} adverts of {k:,} unrelated groups carry it"
        for n, k in zip(at.total, at.carriers, strict=True)
    ]
    return at.assign(
        left=at.unit, right=-1, adverts=at.total, weight=np.log2(p / (1 - p)), standing="suppressed", why=why
    )[columns]


def _common(common: pd.DataFrame, parameters: OperationParameters, columns: list[str]) -> pd.DataFrame:
    """One row for each group of contacts that has a common wording."""
    p = parameters.not_a_hub(common.groups - 2).clip(1e-6)
    why = [
        f"a common wording: {k:,} unrelated sets of contacts use it, on {n:,} adverts"
        for n, k in zip(common.adverts, common.groups, strict=True)
    ]
    return common.assign(
        left=common.unit,
        right=-1,
        kind=BOILERPLATE,
        value="",
        carriers=common.groups,
        by_chance=0.0,
        weight=np.log2(p / (1 - p)),
        standing="suppressed",
        why=why,
    )[columns]


def _numbered(units: _Units, group: np.ndarray, links: pd.DataFrame) -> Operations:
    """A campaign is an operation of its own at least; an advert on its own is one with others only."""
    frame = pd.DataFrame(
        {"group": group, "first": units.first, "adverts": units.adverts, "campaigns": units.is_campaign}
    )
    found = frame.groupby("group").agg(
        first=("first", "min"),
        adverts=("adverts", "sum"),
        campaigns=("campaigns", "sum"),
        units=("adverts", "size"),
    )
    found = found[(found.units > 1) | (found.campaigns > 0)].sort_values(
        ["adverts", "first"], ascending=[False, True]
    )
    number = np.full(len(units), -1, np.int64)
    number[found.index] = np.arange(len(found))
    of_unit = number[group]
    inside = links.standing.isin(["stands", "confirmed"])
    links = links.assign(operation=np.where(inside, of_unit[links.in_unit], -1)).drop(columns="in_unit")
    weight = links[inside].groupby("operation").weight.sum().reindex(range(len(found)), fill_value=0.0)
    table = found.drop(columns="first").reset_index(drop=True).assign(weight=weight)
    table.insert(0, "operation", np.arange(len(found)))
    return Operations(of_unit[units.of_advert], table, links)
