"""The network around chosen nodes of the store, as the ties that `structure` measures.

A person and the identifiers that nobody else has are one node. Ties are contacts, shared identifiers and
adverts' contacts; one household, or a journey that somebody paid for, makes nobody a member."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.intelligence.possible_victims import POSSIBLE_VICTIM, find_protected_nodes
from analytics.network.links.build import HOUSEHOLD, PAID_FOR
from analytics.network.links.copresence import PRESENT
from analytics.network.links.ends import find_ends
from analytics.network.links.place_links import PLACE_LINKS
from analytics.network.operation.actors import OWNERSHIP, find_actors, select_ties, tie_actors
from analytics.network.operation.contacts import date_rows
from analytics.network.operation.selection import MOST_NODES, NetworkSelection, NoNetwork
from analytics.network.structure.edge_list import EdgeList, build_edge_list
from analytics.shared.wording import counted
from analytics.store import Store


@dataclass(frozen=True)
class StoredNetwork:
    """`edges`: its nodes are entities of persons and nodes, possible victims protected. `links`: one, two
    (the nodes of `edges`), kind, source_id, table_name, row_numbers, events, first_at, last_at, probability,
    report_id, line: the evidence. `members`: node, identifier (what it uses alone). `hubs`: node, neighbours:
    named and left out. `carried`: node, paid_by, journeys: whose journeys members paid for; welfare comes
    first. `households`: one, two: of one household, where both are in the network. `names`: of persons, by
    node. `notes`: what was left out, in sentences."""

    selection: NetworkSelection
    edges: EdgeList
    links: pd.DataFrame
    members: pd.DataFrame
    hubs: pd.DataFrame
    carried: pd.DataFrame
    households: pd.DataFrame
    names: dict[str, str]
    seeds: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def protected(self) -> frozenset[str]:
        """The nodes that are in no list of targets."""
        nodes = self.edges.nodes
        return frozenset(nodes.node[nodes.protected])


def read_network_around(store: Store, selection: NetworkSelection) -> StoredNetwork:
    """The network that a selection names. Raises NoNetwork where nothing is tied to the seeds."""
    links, hubs, notes = _expand(store, selection)
    actors = find_actors(links)
    own = {actors.get(seed, seed) for seed in selection.seeds}
    everything = tie_actors(links, actors)
    tied = select_ties(everything, actors, selection)
    reached, cut = _reach(tied, own, selection.steps)
    if cut:
        notes.append(f"More than {MOST_NODES} nodes: those of the weakest ties are left out.")
    inside = tied[tied.one.isin(reached) & tied.two.isin(reached)].reset_index(drop=True)
    if inside.empty:
        raise NoNetwork(
            "Nothing is tied to it often enough. Ask for fewer contacts a tie, or for more steps."
        )
    nodes = pd.unique(pd.concat([inside.one, inside.two]))
    members = _list_members(actors, nodes)
    victims = _find_victims(store, nodes, members)
    carried = _list_carried(everything, nodes)
    return StoredNetwork(
        selection,
        _build_edges(store, inside, nodes, victims, around=selection.steps > 0),
        inside,
        members,
        hubs,
        carried,
        _list_households(everything, nodes),
        _read_names(store, [*nodes, *carried.node]),
        tuple(sorted(own & set(nodes))),
        tuple(notes),
    )


def _expand(store: Store, selection: NetworkSelection) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """(every link that the network may need, hubs, notes): step by step around the seeds."""
    seeds = set(selection.seeds)
    left_out = set(selection.left_out) - seeds
    asked: set[str] = set()
    links = _no_links()
    hubs: dict[str, int] = {}
    ahead = seeds
    for _ in range(selection.steps + 1):
        ahead = ahead - asked - left_out - hubs.keys()
        if not ahead or len(asked) > MOST_NODES * 4:
            break
        own, found_hubs, fresh = _read_with_identifiers(store, ahead, seeds, selection)
        hubs |= found_hubs
        asked |= own
        links = _join(links, fresh)
        links = _join(links, _read_ownership(store, _ends(links) - asked, selection))
        actors = find_actors(links)
        tied = select_ties(tie_actors(links, actors), actors, selection)
        reached = _ends(tied)
        ahead = reached | {node for node, actor in actors.items() if actor in reached}
    links = links[~(links.one.isin(hubs.keys() | left_out) | links.two.isin(hubs.keys() | left_out))]
    notes = []
    if hubs:
        notes.append(
            f"{counted(len(hubs), 'node')} with more than {selection.hub} neighbours left out: "
            "such a node names nobody in particular."
        )
    if left_out:
        notes.append(f"{counted(len(left_out), 'node')} taken out by hand.")
    table = pd.DataFrame({"node": list(hubs), "neighbours": list(hubs.values())})
    return links.reset_index(drop=True), table.sort_values("neighbours", ascending=False), notes


def _read_with_identifiers(
    store: Store, nodes: set[str], seeds: set[str], selection: NetworkSelection
) -> tuple[set[str], dict[str, int], pd.DataFrame]:
    """(the nodes and the identifiers of the same actors, hubs among them, their links)."""
    own, links, hubs = set(nodes), _no_links(), dict[str, int]()
    fresh = nodes
    for _ in range(3):  # a telephone, its person, the person's accounts
        read = _read_links(store, fresh, selection.minimum_probability)
        hubs |= {
            node: count
            for node, count in _count_neighbours(read, fresh).items()
            if count > selection.hub and node not in seeds
        }
        at_hub = read.one.isin(hubs.keys()) | read.two.isin(hubs.keys())
        links = _join(links, read[~at_hub])
        actors = find_actors(links)
        theirs = {actors.get(node, node) for node in own}
        same = {node for node, actor in actors.items() if actor in theirs} | theirs
        fresh = same - own - hubs.keys()
        if not fresh:
            break
        own |= fresh
    return own, hubs, links


def _read_links(
    store: Store, nodes: Iterable[str], minimum: float, kinds: Sequence[str] = ()
) -> pd.DataFrame:
    """Links that touch nodes, persons as entities: one, two, kind, source_id, table_name, row_numbers,
    events, first_at, last_at, probability (of the link and of both matches), report_id and line (of a
    report's link)."""
    ends = find_ends(store, nodes)
    sure = "l.probability * coalesce(a.probability, 1) * coalesce(b.probability, 1)"
    return store.query(
        "SELECT least(coalesce(a.entity, l.me), coalesce(b.entity, l.them)) AS one,"
        " greatest(coalesce(a.entity, l.me), coalesce(b.entity, l.them)) AS two, l.kind, l.source_id,"
        f" l.table_name, l.row_numbers, l.events, l.first_at, l.last_at, {sure} AS probability,"
        " l.report_id, l.line"
        f" FROM {ends.sql} l LEFT JOIN network_mention a ON a.mention = l.me"
        f" LEFT JOIN network_mention b ON b.mention = l.them WHERE {sure} >= $minimum"
        # A link of two of them is there from both ends.
        " AND (l.me < l.them OR l.them NOT IN (SELECT unnest($members::VARCHAR[])))"
        " AND (len($kinds::VARCHAR[]) = 0 OR list_contains($kinds::VARCHAR[], l.kind))"
        # To have been in one town, or on one doorstep, makes nobody a member.
        " AND NOT list_contains($places::VARCHAR[], l.kind)"
        " AND NOT starts_with(l.me, 'place:') AND NOT starts_with(l.them, 'place:')",
        ends.parameters | {"minimum": minimum, "kinds": list(kinds), "places": list(PLACE_LINKS)},
    ).to_pandas()


def _read_ownership(store: Store, nodes: set[str], selection: NetworkSelection) -> pd.DataFrame:
    """Who has the identifiers at the other end, so that a call and a payment to one person meet."""
    first = _read_links(store, nodes, selection.minimum_probability, OWNERSHIP)
    people = {node for node in _ends(first) - nodes if node.startswith("person:")}
    return _join(first, _read_links(store, people, selection.minimum_probability, OWNERSHIP))


def _no_links() -> pd.DataFrame:
    return pd.DataFrame(
        columns=[
            *("one", "two", "kind", "source_id", "table_name", "row_numbers", "events"),
            *("first_at", "last_at", "probability", "report_id", "line"),
        ]
    )


def _join(links: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Both, each link once: a link is its ends, kind, source and first row."""
    parts = [part for part in (links, more) if len(part)]
    if not parts:
        return links
    joined = pd.concat(parts, ignore_index=True)
    first = joined.row_numbers.map(lambda rows: rows[0] if len(rows) else -1)
    key = joined[["one", "two", "kind", "source_id", "table_name"]].assign(first=first)
    return joined[~key.duplicated()].reset_index(drop=True)


def _ends(links: pd.DataFrame) -> set[str]:
    return set(links.one) | set(links.two)


def _from_either_end(links: pd.DataFrame, column: str) -> pd.DataFrame:
    """one, two and a column: each link once from either end."""
    names = ["one", "two", column]
    return pd.concat([links[names], links[["two", "one", column]].set_axis(names, axis=1)])


def _count_neighbours(links: pd.DataFrame, nodes: set[str]) -> dict[str, int]:
    """By node, the most neighbours of one kind."""
    sides = pd.concat(
        [
            links[["one", "two", "kind"]],
            links[["two", "one", "kind"]].set_axis(["one", "two", "kind"], axis=1),
        ]
    )
    sides = sides[sides.one.isin(nodes)]
    if sides.empty:
        return {}
    counts = sides.groupby(["one", "kind"]).two.nunique().groupby("one").max()
    return {str(node): int(count) for node, count in counts.items()}


def _reach(tied: pd.DataFrame, seeds: set[str], steps: int) -> tuple[set[str], bool]:
    """(the nodes at most `steps` ties from the seeds, whether there were too many). Of too many, those with
    most events to what is inside already come first."""
    reached = set(seeds)
    for _ in range(steps):
        sides = _from_either_end(tied, "events")
        ahead = sides[sides.one.isin(reached) & ~sides.two.isin(reached)].groupby("two").events.sum()
        room = MOST_NODES - len(reached)
        if len(ahead) > room:
            strongest = ahead.sort_values(ascending=False, kind="stable").index[:room]
            return reached | set(strongest), True
        reached |= set(ahead.index)
    return reached, False


def _list_members(actors: dict[str, str], nodes: np.ndarray) -> pd.DataFrame:
    inside = set(nodes)
    rows = [(actor, node) for node, actor in sorted(actors.items()) if actor in inside]
    return pd.DataFrame(rows, columns=["node", "identifier"])


def _find_victims(store: Store, nodes: np.ndarray, members: pd.DataFrame) -> set[str]:
    """Nodes that are, or that use an identifier of, a possible victim."""
    victims = find_protected_nodes(store)
    by_identifier = members.node[members.identifier.isin(victims)]
    return {node for node in nodes if node in victims} | set(by_identifier)


def _build_edges(
    store: Store, links: pd.DataFrame, nodes: np.ndarray, victims: set[str], *, around: bool
) -> EdgeList:
    """The links as ties, one event for each contact whose moment is known."""
    events = _date_contacts(store, links)
    edges = build_edge_list(
        events.rename(columns={"one": "from", "two": "to"}),
        pd.DataFrame(
            {"node": nodes, "status": [POSSIBLE_VICTIM if node in victims else "" for node in nodes]}
        ),
        two_mode=False,
        contacts=True,
    )
    # Contacts of one pair share what is unsure (who has the telephone), so the surest link speaks for all.
    surest = links.groupby(["one", "two"]).probability.max().to_dict()
    names = edges.nodes.node.to_numpy(object)
    pairs = [tuple(sorted((names[left], names[right]))) for left, right in edges.pairs]
    ties = edges.ties.assign(probability=[surest[pair] for pair in pairs])
    return replace(edges, ties=ties, notes=(), around=around)


def _date_contacts(store: Store, links: pd.DataFrame) -> pd.DataFrame:
    """One row a contact with its own moment, and one a link for those without: one, two, weight, from_date,
    to_date."""
    known = date_rows(store, links)
    # Being together is one event of the rows of both.
    together = known.link.map(links.kind.eq(PRESENT).reset_index(drop=True))
    hour = known.moment.dt.floor("h")
    known = known[~(together & pd.DataFrame({"link": known.link, "hour": hour}).duplicated())]
    numbered = links.assign(link=np.arange(len(links)))
    dated = known.merge(numbered[["link", "one", "two"]], on="link")
    dated = dated.assign(weight=1, from_date=dated.moment.astype(str), to_date=dated.moment.astype(str))
    rest = numbered.events - numbered.link.map(known.link.value_counts()).fillna(0)
    undated = numbered.assign(
        weight=rest,
        from_date=numbered.first_at.astype(str).where(numbered.first_at.notna(), ""),
        to_date=numbered.last_at.astype(str).where(numbered.last_at.notna(), ""),
    )[rest > 0]
    columns = ["one", "two", "weight", "from_date", "to_date"]
    return pd.concat([dated[columns], undated[columns]], ignore_index=True).sort_values(
        columns, ignore_index=True
    )


def _list_carried(tied: pd.DataFrame, nodes: np.ndarray) -> pd.DataFrame:
    """Whose journeys a member paid for: node, paid_by, journeys."""
    paid = tied[tied.kind == PAID_FOR]
    rows = []
    for link in paid.itertuples():
        for traveller, payer in ((link.one, link.two), (link.two, link.one)):
            if payer in set(nodes) and traveller.startswith("person:"):
                rows.append((traveller, payer, int(link.events)))
                break
    return pd.DataFrame(rows, columns=["node", "paid_by", "journeys"])


def _list_households(tied: pd.DataFrame, nodes: np.ndarray) -> pd.DataFrame:
    home = tied[(tied.kind == HOUSEHOLD) & tied.one.isin(nodes) & tied.two.isin(nodes)]
    return home[["one", "two"]].drop_duplicates().reset_index(drop=True)


def _read_names(store: Store, nodes: Iterable[str]) -> dict[str, str]:
    """The name of each person as first imported."""
    rows = store.rows(
        "SELECT entity, arg_min(name, (source_id, row_number)) AS name FROM network_mention"
        " WHERE entity IN (SELECT unnest(?)) GROUP BY entity",
        [list(nodes)],
    )
    return {row["entity"]: row["name"] for row in rows}
