"""What a store answers, to compare where its rows lie: leads, campaigns, hotspots, entities and links."""

from __future__ import annotations

from datetime import date
from typing import Any

from analytics.adverts.pipeline import update
from analytics.finance.stored_leads import find_stored_leads
from analytics.hotspots.catalogue import METHODS
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.selection import Selection
from analytics.network.entities.update import update_network
from analytics.oversight import Actor
from analytics.store import Store

ACTOR = Actor("A")


def list_hotspots(store: Store) -> dict[str, list]:
    """By method the rows of its answer on a year of the invented city."""
    (area,) = store.rows("SELECT area_id, max(local_date) AS last FROM incident GROUP BY ALL LIMIT 1")
    workspace, last = open_workspace(store, area["area_id"]), area["last"]
    selection = Selection(area["area_id"], date(last.year - 1, last.month, 1), last)
    found = {}
    for name in ("count", "gi-star", "series", "clock"):
        options = tuple((option.name, option.default) for option in METHODS[name].options)
        result = METHODS[name].run(workspace, Request(selection, Grid("hexagon", 500), options=options))
        found[name] = result.table.to_dict("records")
    return found


def list_leads(store: Store) -> dict[str, list]:
    """The leads, what each rests on, and who plays which part."""
    leads = find_stored_leads(
        store, store.query('SELECT * FROM "transaction" ORDER BY source_id, row_number')
    )
    return {name: getattr(leads, name).to_dict("records") for name in ("leads", "evidence", "roles")}


def list_groups(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Campaigns, operations, entities and links, worked out anew."""
    update(store, ACTOR, rebuild=True)
    update_network(store, ACTOR)
    return {
        table: store.rows(f"SELECT {columns} FROM {table} ORDER BY ALL")
        for table, columns in {
            "campaign_advert": "campaign_id, source_id, row_number",
            "operation_advert": "*",
            "network_mention": "* EXCLUDE (facts), facts::VARCHAR AS facts",
            "network_link": "*",
        }.items()
    }
