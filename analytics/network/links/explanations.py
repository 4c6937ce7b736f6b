"""What else would explain that a node has the links it has, with how to tell."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from analytics.network.links.build import CALL, HOUSEHOLD, LET, PAID_FOR, PAYMENT
from analytics.network.links.entity_page import HUB, EntityView
from analytics.network.links.hub_patterns import find_hub_pattern
from analytics.network.links.node_kinds import kind_of_node
from analytics.network.links.place_links import PLACE_LINKS
from analytics.resolve.roles import fold_text
from analytics.shared.wording import counted
from analytics.store import Store


class LinkExplanation(NamedTuple):
    """`seen`: the data themselves point to it, so that it is named first."""

    text: str
    how_to_tell: str
    seen: bool = False


_HUBS = {  # by kind of link of which a node has too many
    CALL: ("a switchboard, a shop, a taxi office or a helpline", "Ask the provider who subscribes."),
    PAYMENT: (
        "a payroll, a landlord, a shop or a payment firm",
        "Look at its declared activity and at whether the sums repeat.",
    ),
    LET: ("a block of flats, a hostel or a letting agency", "Look the address up in the land register."),
    **dict.fromkeys(
        PLACE_LINKS,
        ("a town, a station, a port or a venue", "Look it up on the map and count who goes there."),
    ),
    PAID_FOR: ("an employer, a travel agency or a charity", "Ask the carrier who made the bookings."),
}
_OTHER_HUB = (
    "an agency, an interpreter or an office that many deal with",
    "Look it up in registers.",
)
_USUAL = {  # by kind of node
    "phone": LinkExplanation(
        "The telephone is shared, passed on or given out again by the provider.",
        "Ask for its subscriber and handsets by date; look for a break in its use.",
    ),
    "account": LinkExplanation(
        "The account is joint, a family's, or run by somebody for another with consent.",
        "Ask the bank who opened it and who operates it.",
    ),
    "premises": LinkExplanation(
        "Several who rent one after another, or share, have nothing else to do with each other.",
        "Compare the dates of the lets; ask the landlord.",
    ),
    "place": LinkExplanation(
        "Many live, work or change there, and those who do need not know each other.",
        "Compare the days and hours of the journeys; see who met there more often than chance.",
    ),
    "operation": LinkExplanation(
        "A licensed agency, or people who work for themselves and share a number.",
        "Look the contact up in registers; read whether prices and hours differ.",
    ),
    "vehicle": LinkExplanation(
        "A hire car, a taxi or a family's car.", "Look its keeper up at the dates of the journeys."
    ),
}


def list_explanations(store: Store, view: EntityView) -> list[LinkExplanation]:
    """Those that the data point to first. Each innocent one is possible until it is ruled out."""
    found = [*_explain_pattern(store, view), *_explain_hub(view.links), *_explain_household(view.links)]
    if len(view.mentions):
        found += _explain_name(store, view)
    if (usual := _USUAL.get(kind_of_node(view.node))) is not None:
        found.append(usual)
    return found


def _explain_pattern(store: Store, view: EntityView) -> list[LinkExplanation]:
    pattern = find_hub_pattern(store, view.node)
    if pattern is None:
        return []
    return [
        LinkExplanation(
            f"It looks like {pattern.what}: {pattern.why}. That is a likeness, not a fact.",
            pattern.how_to_tell,
            True,
        )
    ]


def _explain_hub(links: pd.DataFrame) -> list[LinkExplanation]:
    neighbours = links.groupby("kind").other.nunique()
    return [
        LinkExplanation(
            f"It is a hub: {counted(int(number), 'neighbour')} by {kind}. It may be {what}, and then a link "
            "through it joins nobody.",
            how,
            True,
        )
        for kind, number in neighbours[neighbours > HUB].items()
        for what, how in [_HUBS.get(str(kind), _OTHER_HUB)]
    ]


def _explain_household(links: pd.DataFrame) -> list[LinkExplanation]:
    number = links.other[links.kind == HOUSEHOLD].nunique()
    if not number:
        return []
    return [
        LinkExplanation(
            f"It shares a family name and an address or telephone with {counted(int(number), 'other')}: a "
            "household, which is no operation.",
            "Ask who lives there. A relative is not an associate.",
            True,
        )
    ]


def _explain_name(store: Store, view: EntityView) -> list[LinkExplanation]:
    name = fold_text(str(view.mentions.name.iloc[0]))
    rows = store.rows("SELECT name, count(DISTINCT entity) AS entities FROM network_mention GROUP BY name")
    namesakes = sum(row["entities"] for row in rows if fold_text(row["name"]) == name) - 1
    if namesakes > 0:
        others = counted(namesakes, "other entity has", "other entities have")
        return [
            LinkExplanation(
                f"The name is not rare here: {others} it too. What is written of one may be of another.",
                "Compare birth dates, documents and addresses; judge the pairs that may be one.",
                True,
            )
        ]
    return [
        LinkExplanation(
            "Another person of the same name, whom nothing here tells apart.",
            "Look for a birth date or a document in the sources.",
        )
    ]
