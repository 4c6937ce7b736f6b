"""How much of the sharing of identifiers is coincidence.

Telephone numbers come in blocks of a thousand (their last three digits); of the ranges reserved for fiction
some have a hundred. Units that carry numbers of a block, thrown into it at random, share some by chance, as
people share birthdays. Seen against expected, over blocks about as crowded, gives the share of such links
that is genuine. Other identifiers are chosen freely: theirs is a name space of a million."""

from __future__ import annotations

import numpy as np
import pandas as pd

_HUNDRED = r"\+1\d{3}55501\d{2}"
_CROWDING = (0, 0.003, 0.03, 0.1, 0.2, 0.4, 0.8, np.inf)
_MINIMUM_SHARE, _MAXIMUM_SHARE = 0.001, 0.999
_FEW = 8  # carriers that are never a hub


def estimate_genuine_share(carried: pd.DataFrame) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """For each row of `carried` (identifier, kind, value, unit, several: the unit is a campaign), the genuine
    share of links between two campaigns (share_both), a campaign and an advert (share_one), two adverts
    (share_none); and how many other units would carry the identifier by chance."""
    phone = (carried.kind == "phone").to_numpy()
    hundred = phone & carried.value.str.fullmatch(_HUNDRED).to_numpy(bool)
    size = np.where(hundred, 100.0, np.where(phone, 1000.0, 1e6))
    block = np.where(hundred, carried.value.str[:-2], np.where(phone, carried.value.str[:-3], carried.kind))
    frame = pd.DataFrame(
        {
            "block": block,
            "size": size,
            "identifier": carried.identifier.to_numpy(),
            "several": carried.several.to_numpy(),
        }
    )
    per = _per_identifier(frame)
    blocks = _per_block(per)
    shares = {
        name: blocks[name].reindex(frame.block).to_numpy()
        for name in ("share_both", "share_one", "share_none")
    }
    carriers = frame.groupby("block").identifier.transform("size") - frame.groupby(
        "identifier"
    ).identifier.transform("size")
    return shares, (carriers / size).to_numpy()


def _per_identifier(frame: pd.DataFrame) -> pd.DataFrame:
    """Each identifier's campaigns and single adverts. A hub is set aside, for it says nothing of coincidence:
    one that far more carry than the middle one of its block's numbers, those that nobody carries included."""
    per = frame.groupby("identifier").agg(
        block=("block", "first"),
        size=("size", "first"),
        campaigns=("several", "sum"),
        all=("several", "size"),
    )
    per["single"] = per["all"] - per.campaigns
    rank = per.groupby("block")["all"].rank(method="first", ascending=False)
    middle = per[rank == per["size"] // 2].set_index("block")["all"]
    return per.assign(usual=per["all"] <= _FEW + 2 * per.block.map(middle).fillna(0))


def _per_block(per: pd.DataFrame) -> pd.DataFrame:
    usual = per[per.usual]
    blocks = (
        usual.assign(
            with_campaign=usual.campaigns > 0,
            with_single=usual.single > 0,
            meeting=usual.single * (usual.campaigns > 0),
        )
        .groupby("block")
        .agg(
            size=("size", "first"),
            campaigns=("campaigns", "sum"),
            single=("single", "sum"),
            meeting=("meeting", "sum"),
            with_campaign=("with_campaign", "sum"),
            with_single=("with_single", "sum"),
        )
    )
    pairs = {
        "share_both": (blocks.campaigns - blocks.with_campaign, _repeats(blocks.campaigns, blocks["size"])),
        "share_one": (blocks.meeting, blocks.single * -np.expm1(-blocks.with_campaign / blocks["size"])),
        "share_none": (blocks.single - blocks.with_single, _repeats(blocks.single, blocks["size"])),
    }
    crowded = np.digitize((blocks.campaigns + blocks.single) / blocks["size"], _CROWDING)
    for name, (seen, expected) in pairs.items():
        sums = pd.DataFrame({"seen": seen, "expected": expected}).groupby(crowded).transform("sum")
        blocks[name] = (1 - sums.expected / sums.seen.clip(lower=1)).clip(_MINIMUM_SHARE, _MAXIMUM_SHARE)
    return blocks.reindex(per.block.unique()).fillna(
        {"share_both": _MAXIMUM_SHARE, "share_one": _MAXIMUM_SHARE, "share_none": _MAXIMUM_SHARE}
    )


def _repeats(thrown: pd.Series, size: pd.Series) -> pd.Series:
    """How many of `thrown` fall on a number already taken, of `size` numbers, at random."""
    return thrown + size * np.expm1(thrown * np.log1p(-1 / size))
