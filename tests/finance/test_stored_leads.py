"""Leads of a store: earlier results are stored, and only what changed is searched."""

from datetime import timedelta

import pandas as pd

from analytics.finance.leads import Leads, find_leads
from analytics.finance.stored_leads import find_stored_leads
from analytics.finance.typologies.detectors import fan
from analytics.finance.typologies.parameters import read_parameters
from analytics.ingest.sources import remove_source
from analytics.oversight import Actor
from analytics.store import close_store, open_store
from tests.finance.ledgers import engine, row, table
from tests.finance.planted_leads import everyday, planted


def put(store, rows: list[dict], source: int = 1) -> None:
    with store.write() as cursor:
        cursor.register("given", table([{"source_id": source, **entry} for entry in rows]))
        cursor.execute('INSERT INTO "transaction" BY NAME FROM given')


def test_a_store_searches_only_what_changed(tmp_path):
    path = tmp_path / "store.duckdb"
    store = open_store(path)

    def search(parameters=None) -> tuple[Leads, list[str]]:
        steps: list[str] = []
        rows = store.query('SELECT * FROM "transaction"')
        leads = find_stored_leads(store, rows, parameters, progress=lambda step, _: steps.append(step))
        return leads, steps

    def assert_as_of_all_data(leads: Leads, parameters=None) -> None:
        whole = find_leads(store.query('SELECT * FROM "transaction"'), parameters, engine=engine())
        for name in ("leads", "evidence", "roles", "tried", "left_out"):
            pd.testing.assert_frame_equal(getattr(leads, name), getattr(whole, name))

    put(store, everyday() + planted())
    put(store, [row(24 * day, "P1", "P2") for day in range(60, 400)], source=2)
    version = store.data_version()
    leads, steps = search()
    assert "cycle" in steps and "fan-in" in steps
    assert_as_of_all_data(leads)
    again, steps = search()
    assert steps == ["reading the transactions", "ranking"]  # nothing was searched
    pd.testing.assert_frame_equal(again.evidence, leads.evidence)
    assert store.data_version() == version  # stored results are no source data
    put(
        store,
        [{**entry, "occurred_at": entry["occurred_at"] + timedelta(days=400)} for entry in planted()],
        source=3,
    )
    grown, steps = search()
    assert steps.count("cycle") == 1
    assert store.rows("SELECT * FROM lead_result WHERE source_id = 3")
    assert_as_of_all_data(grown)
    remove_source(store, Actor("A"), 3, "test")
    assert not store.rows("SELECT * FROM lead_result WHERE source_id = 3")  # its accounts are gone at once
    assert_as_of_all_data(search()[0])
    other = read_parameters().replace(fan.FAN_IN, min_counterparties=6)
    assert_as_of_all_data(search(other)[0], other)
    close_store(path)
