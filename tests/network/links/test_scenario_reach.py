"""From one telephone in an advert to everything of a planted network, by links alone, against the truth."""

from __future__ import annotations

import json
from contextlib import closing

import pandas as pd
import pytest

from analytics.network.entities.update import update_network
from analytics.network.links.build import node_of
from analytics.network.links.entity_page import find_node
from analytics.network.links.reach import MAY_BE_ONE, reach_from
from analytics.oversight import Actor
from analytics.store import Store
from analytics.training import generate, load

ACTOR = Actor("test")
STEPS = 7


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
    found = store.query(f'SELECT reference, {column} AS value FROM "{table}"').to_pandas()
    return found.assign(network=found.reference.map(rows)).dropna()


def test_one_advert_leads_to_the_accounts_members_journeys_and_flats_of_its_network(city):
    store, truth = city
    networks = json.loads((truth / "truth.json").read_text(encoding="utf-8"))["networks"]
    adverts = _planted(store, truth, "advert", "contact")
    flats = _planted(store, truth, "premises", "address")
    fares = _planted(store, truth, "journey", "paid_by")
    for network in networks:
        contact = adverts[adverts.network == network["name"]].value.iloc[0]
        found = reach_from(store, find_node(store, contact), STEPS).set_index("node")
        tied = {
            network["members"][at]["account"] for tie in network["ties"] for at in (tie["from"], tie["to"])
        }
        accounts = {f"account:{account}" for account in tied}
        assert accounts <= set(found.index), network["name"]
        people = {find_node(store, person) for person in found[found.kind == "holds"].index}
        assert people <= set(found.index)
        paid = fares[fares.network == network["name"]].value
        assert {f"account:{account}" for account in paid} & set(
            found[found.kind == "journey paid for"].through
        )
        own = [node_of("premises", one) for one in flats[flats.network == network["name"]].value]
        assert set(own) <= set(found.index), network["name"]
        assert set(found.loc[own, "kind"]) == {"let"}


def test_what_nothing_but_a_name_ties_is_offered_and_never_joined(city):
    store, _ = city
    joined = store.rows(
        "SELECT a.name, b.name AS other FROM network_mention a JOIN network_mention b USING (entity)"
        " WHERE a.table_name = 'premises' AND b.table_name <> 'premises'"
    )
    assert not joined
    start = store.rows("SELECT mention FROM network_mention WHERE table_name = 'premises' LIMIT 1")[0]
    found = reach_from(store, start["mention"], 2)
    assert (found[found.kind == MAY_BE_ONE].probability <= 0.5).all()
    assert MAY_BE_ONE not in set(reach_from(store, start["mention"], 2, unsure=False).kind)


def test_people_of_one_house_stay_people(city):
    store, _ = city
    homes = store.rows(
        "SELECT a.entity, b.entity AS other FROM network_link JOIN network_mention a ON a.mention = node"
        " JOIN network_mention b ON b.mention = network_link.other WHERE kind = 'same household'"
    )
    assert homes and all(pair["entity"] != pair["other"] for pair in homes)
