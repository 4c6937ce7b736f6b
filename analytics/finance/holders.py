"""Holders of several accounts who may be one person: proposed with their evidence, never merged.

Accounts are compared by the engine that finds entities (`analytics.resolve`), with the fields of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.finance.cross_domain_links import normalise_address
from analytics.finance.tables import Table, to_frame
from analytics.resolve.compare import compare_pairs
from analytics.resolve.mention_table import MISSING
from analytics.resolve.resolution import (
    NAME_ALONE,
    ResolveParameters,
    find_name_alone,
    resolve_mentions,
)
from analytics.resolve.roles import find_role
from analytics.shared.identifier_value import normalise_identifier

# Of each field: its role when it is compared, and the column of an account.
FIELDS = {
    "name": ("name", "holder"),
    "telephone": ("telephone", "phone"),
    "e-mail": ("email", "email"),
    "address": ("address", "address"),
    "place": ("place", "place"),
    "kind": ("other", "kind"),
}
HOUSE = "one house"
_OF_HOUSE = [name for name, (role, _) in FIELDS.items() if find_role(role).shared_home]


@dataclass(frozen=True)
class HolderParameters:
    """`min_probability` of being one holder for a pair to be proposed. `max_in_block`: accounts that share a
    key with more others are not compared by it, and that is reported. `region`: where telephone numbers are
    at home."""

    min_probability: float = 0.5
    max_in_block: int = 120
    seed: int = 0
    region: str = "GB"

    def __post_init__(self) -> None:
        if not 0 <= self.min_probability <= 1:
            raise ValueError("The probability lies between 0 and 1.")


@dataclass(frozen=True)
class Proposals:
    """`pairs`: left, right (references, in order), left_row, right_row (positions), weight (bits: the prior,
    the fields and what two people of one house would explain), probability, why, and for each field its level
    (missing where one side has no value) and bits, as 'name' and 'name_bits'; 'one house_bits' is what the
    other explanation takes off. `left_out`: keys shared by too many. `compared`: pairs."""

    pairs: pd.DataFrame
    left_out: int
    compared: int


def propose_holders(accounts: Table, parameters: HolderParameters = HolderParameters()) -> Proposals:
    """Pairs of accounts that may have one holder, the likeliest first.

    `accounts` has reference and any of holder, phone, email, address, place, kind; rows without reference or
    with one used before are left out. A pair for which nothing but the name speaks is no likelier than one
    half. The same table gives the same pairs in any order of rows."""
    frame = to_frame(accounts)
    frame = frame.assign(position=range(len(frame)))
    frame = frame[frame.reference.notna()].sort_values(["reference", "position"]).drop_duplicates("reference")
    texts = _normalise(frame.reset_index(drop=True), parameters)
    if len(texts) < 2:
        return Proposals(_build_pairs(pd.DataFrame({"left": [], "right": []}), {}, frame), 0, 0)
    fields = [(find_role(role), name) for name, (role, _) in FIELDS.items()]
    found = resolve_mentions(
        texts,
        fields,
        ResolveParameters(max_in_block=parameters.max_in_block, seed=parameters.seed),
    )
    alone = find_name_alone(
        {name: found.pairs[f"{name} bits"].to_numpy() for name in FIELDS}, ("name", "place", "kind")
    )
    chance = found.pairs.probability.where(~alone, found.pairs.probability.clip(upper=NAME_ALONE))
    likely = found.pairs.assign(probability=chance)[chance >= parameters.min_probability]
    likely = likely.sort_values(
        ["probability", "bits", "left", "right"], ascending=[False, False, True, True], ignore_index=True
    )
    likely[f"{HOUSE} bits"] = (
        likely.bits - found.prior - sum(likely[f"{name} bits"].astype(float) for name in FIELDS)
    )
    ends = likely[["left", "right"]].to_numpy(np.int64)
    named = {}
    for field, level in zip(found.fields, compare_pairs(found.fields, ends).values(), strict=True):
        words = np.array([*field.role.levels, None], dtype=object)
        named[field.name] = words[np.where(level == MISSING, len(words) - 1, level)]
    return Proposals(_build_pairs(likely, named, frame), found.left_out, found.compared)


def _normalise(frame: pd.DataFrame, parameters: HolderParameters) -> pd.DataFrame:
    """The text of each field of each account; '' where it has none, or what stands for nothing."""
    texts = {}
    for name, (_, column) in FIELDS.items():
        values = frame[column] if column in frame else pd.Series([None] * len(frame), dtype=object)
        if name == "address":
            texts[name] = [normalise_address(value) or "" for value in values]
        else:
            region = parameters.region if name == "telephone" else None
            texts[name] = [normalise_identifier(value, region) or "" for value in values]
    return pd.DataFrame(texts, dtype=object)


def _build_pairs(likely: pd.DataFrame, levels: dict[str, np.ndarray], frame: pd.DataFrame) -> pd.DataFrame:
    reference, position = frame.reference.to_numpy(object), frame.position.to_numpy()
    left, right = (likely[side].to_numpy(np.int64) for side in ("left", "right"))
    blank = pd.Series(np.nan, index=likely.index)
    pairs = pd.DataFrame(
        {
            "left": reference[left],
            "right": reference[right],
            "left_row": position[left],
            "right_row": position[right],
            "weight": likely.get("bits", blank).to_numpy(float),
            "probability": likely.get("probability", blank).to_numpy(float),
        }
    )
    for name in FIELDS:
        pairs[name] = pd.Series(levels.get(name, np.zeros(0, dtype=object)), dtype=object)
    for name in (*FIELDS, HOUSE):
        pairs[f"{name}_bits"] = likely.get(f"{name} bits", blank).to_numpy(float)
    pairs.insert(6, "why", [_describe_pair(row) for row in pairs.to_dict("records")])
    return pairs


def _describe_pair(row: dict[Any, Any]) -> str:
    parts = [
        f"{name} {row[name]} ({round(row[f'{name}_bits'], 1) + 0.0:+.1f})"
        for name in FIELDS
        if row[name] is not None
    ]
    house = round(row[f"{HOUSE}_bits"], 1)
    if house < 0:
        shared = any(row[name] not in (None, "different") for name in _OF_HOUSE)
        parts.append(f"may be two {f'people of {HOUSE}' if shared else 'of one family'} ({house:+.1f})")
    return "; ".join(parts)
