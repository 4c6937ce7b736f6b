"""From one telephone in an advert to everything of a planted network, by links alone, against the truth."""

from __future__ import annotations

import json
from contextlib import closing

import pandas as pd
import pytest

from analytics.network.entities.update import update_network
from analytics.network.links.build import node_of
from analytics.network.links.entity_page import find_node
from analytics.oversight import Actor
from analytics.shared.identifier_value import normalise_identifier
from analytics.store import Store
from analytics.training import generate, load

ACTOR = Actor("test")


@pytest.fixture(scope="module", params=[2, 7])
def city(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"city {request.param}")
    generate(request.param, 0.1, folder)
    with closing(Store(folder / "city.duckdb")) as store:
        load(store, folder, ACTOR)
        update_network(store, ACTOR)
        yield store, folder / "truth"


def _planted(store, truth, table, column):
    rows = pd.read_parquet(truth / "rows.parquet").set_index("reference").planted
    found = store.query(f'SELECT *, {column} AS value FROM "{table}"').to_pandas()
    return found.assign(network=found.reference.map(rows)).dropna(subset=["network", "value"])


def _component(pairs, start):
    found, edge = {start}, {start}
    while edge:
        edge = {b for pair in pairs for a, b in (pair, pair[::-1]) if a in edge} - found
        found |= edge
    return found


def test_one_advert_leads_to_the_accounts_members_journeys_and_flats_of_its_network(city):
    """Over links between nodes of the network alone: nothing is reached by way of a stranger."""
    store, truth = city
    networks = json.loads((truth / "truth.json").read_text(encoding="utf-8"))["networks"]
    adverts = _planted(store, truth, "advert", "contact")
    flats = _planted(store, truth, "premises", "address")
    person = {
        row["account"]: row["entity"]
        for row in store.rows(
            "SELECT facts ->> 'account' AS account, entity FROM network_mention WHERE table_name = 'account'"
        )
    }
    links = store.rows(
        "SELECT coalesce(a.entity, node) AS one, coalesce(b.entity, l.other) AS two, kind FROM network_link l"
        " LEFT JOIN network_mention a ON a.mention = node LEFT JOIN network_mention b ON b.mention = l.other"
        " UNION ALL SELECT a.entity, b.entity, 'offered' FROM network_match m"
        " JOIN network_mention a USING (mention) JOIN network_mention b ON b.mention = m.other"
    )
    for network in networks:
        members = network["members"]
        contact = adverts[adverts.network == network["name"]].value.iloc[0]
        first = next(at for at, one in enumerate(members) if one["contact"] == contact)
        tied = _component([(tie["from"], tie["to"]) for tie in network["ties"]], first)
        accounts = {f"account:{members[at]['account']}" for at in tied}
        people = {person[members[at]["account"]] for at in tied}
        phones = {node_of("phone", normalise_identifier(members[at]["contact"], "GB")) for at in tied}
        holders = {members[at]["holder"] for at in tied}
        own = flats[(flats.network == network["name"]) & flats.holder.isin(holders)]
        homes = {node_of("premises", address) for address in own.value}
        fares = {
            end
            for link in links
            if link["kind"] == "journey paid for" and {link["one"], link["two"]} & accounts
            for end in (link["one"], link["two"])
        }
        tenants = {
            end
            for link in links
            if link["kind"] == "let" and {link["one"], link["two"]} & homes
            for end in (link["one"], link["two"])
        }
        inside = accounts | people | phones | homes | fares | tenants
        pairs = [(link["one"], link["two"]) for link in links if {link["one"], link["two"]} <= inside]
        found = _component(pairs, find_node(store, contact))
        assert fares and homes
        assert accounts | people | phones | homes | fares <= found, network["name"]


def test_what_nothing_but_a_name_ties_is_offered_and_never_joined(city):
    store, _ = city
    joined = store.rows(
        "SELECT a.name, b.name AS other FROM network_mention a JOIN network_mention b USING (entity)"
        " WHERE a.table_name = 'premises' AND b.table_name <> 'premises'"
    )
    assert not joined
    offered = store.rows(
        "SELECT max(probability) AS most, count(*) AS n FROM network_match"
        " WHERE contains(mention, 'premises') OR contains(other, 'premises')"
    )[0]
    assert offered["n"] and offered["most"] <= 0.5


def test_people_of_one_house_stay_people(city):
    store, _ = city
    homes = store.rows(
        "SELECT a.entity, b.entity AS other FROM network_link JOIN network_mention a ON a.mention = node"
        " JOIN network_mention b ON b.mention = network_link.other WHERE kind = 'same household'"
    )
    assert homes and all(pair["entity"] != pair["other"] for pair in homes)
