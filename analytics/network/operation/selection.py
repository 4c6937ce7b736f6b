"""Which part of everything linked is looked at as one network."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.network.links.build import CALL, PAYMENT
from analytics.network.links.entity_page import HUB

CONTACTS = (PAYMENT, CALL)
MOST_NODES = 400


class NoNetwork(LookupError):
    """Nothing that can be looked at as a network; the message says why."""


@dataclass(frozen=True)
class NetworkSelection:
    """Nodes around `seeds` (as `find_node` gives them), `steps` ties away or nearer; with 0 steps the ties
    among the seeds alone.

    `minimum_contacts`: payments and calls between two, together, for a tie; one alone may be chance.
    `minimum_kinds` 2: both payments and calls, since neighbours, shops and families mostly leave one of them.
    Other kinds of link count from the first. `minimum_probability`: of a link and its matches together.
    `hub`: neighbours of one kind, above which a node is named and left out, unless it is a seed. `left_out`:
    nodes taken out by hand. `through_adverts`: adverts tie whoever they name; without it those of a seed
    alone do, since one site's texts and switchboards join the unrelated."""

    seeds: tuple[str, ...]
    steps: int = 2
    minimum_contacts: int = 3
    minimum_kinds: int = 1
    minimum_probability: float = 0.5
    hub: int = HUB
    left_out: tuple[str, ...] = ()
    through_adverts: bool = False

    def __post_init__(self) -> None:
        if not self.seeds or not 0 <= self.steps <= 6:
            raise ValueError("A network needs a node to begin from, and is looked at 0 to 6 steps around it.")
        if self.minimum_kinds not in (1, 2):
            raise ValueError("A tie rests on one kind of contact or on both.")
        if self.minimum_contacts < 1 or not 0 <= self.minimum_probability <= 1 or self.hub < 2:
            raise ValueError("A tie needs 1 contact or more and a probability from 0 to 1.")
