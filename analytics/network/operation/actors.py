"""Who acts in a network: a person with the telephones, accounts and flats that nobody else uses."""

from __future__ import annotations

import pandas as pd

from analytics.network.links.build import ADVERTISES, HOLDS, HOUSEHOLD, LET, OWNS, PAID_FOR, USES
from analytics.network.links.report_links import MAY_MEAN, NAMES
from analytics.network.operation.selection import CONTACTS, NetworkSelection

OWNERSHIP = (USES, HOLDS, LET)
# One roof, a ticket bought, a house owned, a name in a report: none of these makes anybody a member.
NOT_OF_OPERATION = (HOUSEHOLD, PAID_FOR, OWNS, NAMES, MAY_MEAN)
_ADVERTS = ("advert:", "operation:")


def find_actors(links: pd.DataFrame) -> dict[str, str]:
    """By node the actor it acts for: an identifier of exactly one person acts for that person, an advert or
    operation with one contact for whoever has the contact. What several share acts for itself.

    `links`: one, two, kind, with persons as entities."""
    owned = _from_both_sides(links[links.kind.isin(OWNERSHIP)])
    owned = owned[~_is_person(owned.node) & _is_person(owned.other)]
    actors = _only_one(owned)
    shown = _from_both_sides(links[links.kind == ADVERTISES])
    shown = shown[shown.node.str.startswith(_ADVERTS)]
    contact = shown.other.map(lambda node: actors.get(node, node))
    return actors | _only_one(shown.assign(other=contact).drop_duplicates())


def tie_actors(links: pd.DataFrame, actors: dict[str, str]) -> pd.DataFrame:
    """The links with their ends as actors (one before two), without those of an actor with itself."""
    one = links.one.map(lambda node: actors.get(node, node))
    two = links.two.map(lambda node: actors.get(node, node))
    tied = links.assign(one=one.where(one <= two, two), two=two.where(one <= two, one))
    return tied[tied.one != tied.two].reset_index(drop=True)


def select_ties(tied: pd.DataFrame, actors: dict[str, str], selection: NetworkSelection) -> pd.DataFrame:
    """The links that tie two in an operation: not homes, households or paid journeys; adverts where they are
    asked for; and contacts that are more than a chance."""
    home = (tied.kind == LET) & (tied.table_name != "premises")  # an address in other records is a home
    tied = tied[~tied.kind.isin(NOT_OF_OPERATION) & ~home]
    if not selection.through_adverts:
        seeds = {actors.get(seed, seed) for seed in selection.seeds}
        tied = tied[(tied.kind != ADVERTISES) | tied.one.isin(seeds) | tied.two.isin(seeds)]
    contact = tied.kind.isin(CONTACTS)
    together = tied[contact].groupby(["one", "two"]).agg(events=("events", "sum"), kinds=("kind", "nunique"))
    enough = (together.events >= selection.minimum_contacts) & (together.kinds >= selection.minimum_kinds)
    often = set(together.index[enough])
    other = set(tied[~contact][["one", "two"]].itertuples(index=False, name=None))
    pairs = pd.Series(list(zip(tied.one, tied.two, strict=True)), index=tied.index, dtype=object)
    return tied[~contact | pairs.isin(often | other)]


def _from_both_sides(links: pd.DataFrame) -> pd.DataFrame:
    """node, other: each pair once from either end."""
    ends = links[["one", "two"]].drop_duplicates()
    both = [ends.set_axis(["node", "other"], axis=1), ends.set_axis(["other", "node"], axis=1)]
    return pd.concat(both, ignore_index=True).drop_duplicates()


def _only_one(pairs: pd.DataFrame) -> dict[str, str]:
    """node -> other, of nodes with one other."""
    single = pairs[~pairs.node.duplicated(keep=False)]
    return dict(zip(single.node, single.other, strict=True))


def _is_person(nodes: pd.Series) -> pd.Series:
    return nodes.str.startswith("person:")
