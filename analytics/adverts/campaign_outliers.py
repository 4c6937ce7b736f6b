"""Adverts that a campaign took in by their wording, and that their contacts and a poorer likeness say are not
of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

WORDING = "wording"  # what would join the two, where an identifier does elsewhere


@dataclass(frozen=True)
class OutlierParameters:
    """`confidence`: identifiers less sure are left out. `vouched`: at least so many members, and `share` of
    those with an identifier, must share one with another member; only then does sharing none say something.
    `margin`: how far a outlier's similarity lies below that of every one of them."""

    confidence: float = 0.5
    vouched: int = 3
    share: float = 0.6
    margin: float = 0.1

    def __post_init__(self) -> None:
        if not (0 <= self.confidence <= 1 and self.vouched >= 2 and 0 < self.share <= 1 and self.margin >= 0):
            raise ValueError("confidence and share are shares, vouched is 2 or more, margin is not below 0.")


DEFAULTS = OutlierParameters()


def find_outliers(
    campaign: np.ndarray,
    similarity: np.ndarray,
    identifiers: pd.DataFrame,
    parameters: OutlierParameters = DEFAULTS,
) -> np.ndarray:
    """(n,) bool: members that carry identifiers of which no other member carries one, in a campaign whose
    members share theirs, and that are less like its template than any member who is vouched for by an
    identifier.

    `campaign` (n,) is -1 for none, `similarity` (n,) from 0 to 1; `identifiers` has advert (position), kind,
    value and confidence, of the kinds that link. An advert without an identifier is never one: nothing speaks
    against it."""
    campaign, similarity = np.asarray(campaign, np.int64), np.asarray(similarity, float)
    use = identifiers[identifiers.confidence >= parameters.confidence]
    use = use[campaign[use.advert.to_numpy(np.int64)] >= 0].drop_duplicates(["advert", "kind", "value"])
    use = use.assign(campaign=campaign[use.advert.to_numpy(np.int64)])
    sharers = use.groupby(["campaign", "kind", "value"], observed=True).advert.transform("size")
    members = use.assign(vouched=sharers > 1).groupby(["campaign", "advert"]).vouched.any().reset_index()
    members["similarity"] = similarity[members.advert.to_numpy(np.int64)]
    known = members[members.vouched].groupby("campaign").similarity.agg(["size", "min"])
    known["share"] = known["size"] / members.groupby("campaign").size()
    firm = known[(known["size"] >= parameters.vouched) & (known["share"] >= parameters.share)]
    lowest = members.campaign.map(firm["min"])  # NaN where sharing none says nothing
    apart = ~members.vouched & (members.similarity < lowest - parameters.margin)
    found = np.zeros(len(campaign), bool)
    found[members.advert[apart].to_numpy(np.int64)] = True
    return found


def link_outliers(adverts: pd.DataFrame, outliers: np.ndarray) -> pd.DataFrame:
    """A row a outlier, as `Store` keeps links: it, the member most like the campaign's template, and why it
    was set apart.

    `adverts` (n rows) has source_id, row_number, campaign_id and similarity, the outliers still in their
    campaigns."""
    members = adverts[adverts.campaign_id.notna()]
    size = members.groupby("campaign_id").size()
    members_left = members[~outliers[members.index]].sort_values("similarity", ascending=False, kind="stable")
    best = members_left.drop_duplicates("campaign_id").set_index("campaign_id")
    apart = adverts[outliers]
    like = best.loc[apart.campaign_id]
    return pd.DataFrame(
        {
            "left_source": apart.source_id.to_numpy(),
            "left_row": apart.row_number.to_numpy(),
            "right_source": like.source_id.to_numpy(),
            "right_row": like.row_number.to_numpy(),
            "identifier_kind": WORDING,
            "identifier_value": "",
            "adverts": size.loc[apart.campaign_id].to_numpy(),
            "carriers": 2,
            "by_chance": 0.0,
            "weight": 0.0,
            "standing": "suppressed",
            "why": [
                f"set apart: {similarity:.0%} like wording {campaign}, less than any of its adverts that "
                f"share an identifier, and it "
                "shares none of theirs"
                for similarity, campaign in zip(apart.similarity, apart.campaign_id, strict=True)
            ],
        }
    )
