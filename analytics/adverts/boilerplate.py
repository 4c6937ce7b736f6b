"""Wordings that many unrelated people use, as a site suggests them or everybody copies them: they hold nobody
together.

A wording is judged as an identifier is (`operations`): the more unrelated groups use it, the less it says
that two of them are one. Groups here are the adverts of a campaign that share contacts; how many there are is
Hill's number of order 1 (Hill 1973, Ecology 54), e to the entropy of their shares, so that an outsider or two
beside an organiser's hundred hardly count."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

BOILERPLATE = "common wording"


def split_boilerplate(
    campaign: np.ndarray, identifiers: pd.DataFrame, maximum: float
) -> tuple[np.ndarray, pd.DataFrame]:
    """Campaigns with more than `maximum` groups fall apart: each group is one of its own, an advert without a
    contact is alone.

    `campaign` (n,) is -1 for none; `identifiers` has advert (position), kind and value, those that link and
    are sure enough. Returns the campaigns (n,), numbers of their own where one fell apart, and one row a
    group of theirs: campaign (its new number), adverts (of the whole wording), groups (of the whole wording,
    counted one by one)."""
    campaign = np.asarray(campaign, np.int64)
    use = identifiers[campaign[identifiers.advert.to_numpy(np.int64)] >= 0]
    advert = use.advert.to_numpy(np.int64)
    value = pd.DataFrame(
        {"campaign": campaign[advert], "kind": use.kind.to_numpy(), "value": use.value.to_numpy()}
    )
    value = value.groupby(["campaign", "kind", "value"], sort=False).ngroup().to_numpy()
    n, distinct = len(campaign), int(value.max(initial=-1)) + 1
    ties = coo_array((np.ones(len(advert), bool), (advert, n + value)), shape=(n + distinct, n + distinct))
    part = connected_components(ties, directed=False)[1][:n]

    groups = pd.DataFrame({"campaign": campaign, "part": part}).iloc[np.unique(advert)]
    sizes = groups.value_counts().rename("size").reset_index()
    of = sizes.groupby("campaign")["size"]
    share = sizes["size"] / of.transform("sum")
    effective = np.exp(-(share * np.log(share)).groupby(sizes.campaign).sum())
    common = effective.index[effective > maximum]

    apart = np.isin(campaign, common)
    carries = np.zeros(n, bool)
    carries[advert] = True
    found = np.where(apart & ~carries, -1, campaign)
    found[apart & carries] = campaign.max(initial=-1) + 1 + part[apart & carries]
    common_groups = sizes[sizes.campaign.isin(common)]
    common_groups = pd.DataFrame(
        {
            "campaign": campaign.max(initial=-1) + 1 + common_groups.part.to_numpy(),
            "adverts": common_groups.campaign.map(pd.Series(campaign).value_counts()).to_numpy(),
            "groups": common_groups.campaign.map(of.size()).to_numpy(),
        }
    )
    return found, common_groups
