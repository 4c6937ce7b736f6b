"""Two teams that the program plays, so that a class sees what an analyst adds: one accepts every top lead of
the product, one tosses a coin for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

import numpy as np
import pyarrow as pa

from analytics.adverts.indicator_hits import find_hits, summarise_hits
from analytics.adverts.indicators import load_indicators
from analytics.adverts.operation_finding import Subject, build_finding
from analytics.adverts.pipeline import update
from analytics.adverts.queries import read_operation_adverts, read_operation_links
from analytics.adverts.worth_reading import order_by_worth
from analytics.finance.lead_dossier import add_details, open_dossier
from analytics.finance.lead_finding import build_lead_finding
from analytics.finance.queries import read_accounts, read_transactions
from analytics.finance.stored_leads import find_stored_leads
from analytics.hotspots.catalogue import Request
from analytics.hotspots.catalogue.snapshot import take_snapshot
from analytics.hotspots.catalogue.workspace import open_workspace
from analytics.hotspots.findings.hotspot_finding import build_cell_finding
from analytics.hotspots.findings.recipe import FindingContext
from analytics.hotspots.grid.cells import Grid
from analytics.hotspots.selection import Selection
from analytics.intelligence.findings import Finding
from analytics.oversight import Actor
from analytics.shared.projection import project
from analytics.store import Store
from analytics.training.scoring.answers import (
    ActionAnswer,
    Answers,
    FindingAnswer,
    ProductAnswer,
    find_layer,
    find_midpoint,
)
from analytics.training.scoring.truth import PLACES, Reference, list_period
from analytics.training.settings import read_settings

EVERY_LEAD, COIN_TOSS = "Accept every top lead", "Coin toss"
TOP = 10  # of each kind of lead: about as many as stand on the first screen
_GRID = Grid("hexagon", 400)
_DAYS = 365
_ACTOR = Actor("reference team")


def list_top_leads(store: Store, top: int = TOP) -> list[FindingAnswer]:
    """The first leads of each kind as the product ranks them: hot cells of the last year, operations of
    adverts by what is worth reading, money by rank. It writes to the store what the page *Adverts*
    would: give it a scratch copy."""
    found = [*_find_places(store, top), *_find_operations(store, top), *_find_money(store, top)]
    return [replace(finding, number=number) for number, finding in enumerate(found, 1)]


def accept_every_lead(leads: list[FindingAnswer]) -> Answers:
    """Every top lead is a finding, *likely*, and every place is tasked."""
    return _answer([replace(lead, probability=find_midpoint("likely")) for lead in leads])


def toss_coins(leads: list[FindingAnswer], seed: int = 1) -> Answers:
    """Each top lead is a finding with a chance of one half, said to be as likely as not."""
    heads = np.random.default_rng(seed).random(len(leads)) < 0.5
    return _answer([replace(lead, probability=0.5) for lead, up in zip(leads, heads, strict=True) if up])


def _answer(findings: list[FindingAnswer]) -> Answers:
    briefs = [
        ProductAnswer(each.number, "brief", each.title, "", (each.number,), each.saved_at)
        for each in findings
        if each.layer == PLACES
    ]
    actions = [ActionAnswer(brief.number, brief.number, brief.title, brief.saved_at) for brief in briefs]
    return Answers(tuple(findings), tuple(briefs), tuple(actions))


def _find_places(store: Store, top: int) -> Iterator[FindingAnswer]:
    area = read_settings()["area"]
    area_id = store.rows("SELECT area_id FROM area WHERE name = ?", [area["name"]])[0]["area_id"]
    workspace, last = open_workspace(store, area_id), list_period()[1]
    request = Request(Selection(area_id, last - timedelta(days=_DAYS - 1), last), _GRID)
    snapshot = take_snapshot(workspace, request, "week")
    hot = snapshot.cells[snapshot.cells.verdict == "hot"].sort_values("count", ascending=False)
    context = FindingContext(area["name"], store.data_version(), "week")
    for cell in hot.id.head(top):
        yield _describe(store, *build_cell_finding(workspace, request, snapshot, cell, context))


def _find_operations(store: Store, top: int) -> Iterator[FindingAnswer]:
    update(store, _ACTOR)
    file = load_indicators()
    hits = find_hits(store, file)
    worth = order_by_worth(store, hits, file).worth.sort_index()
    for operation in map(int, worth.sort_values(ascending=False, kind="stable").index[:top]):
        yield _describe(
            store,
            *build_finding(
                Subject("operation", operation, float(worth[operation])),
                read_operation_adverts(store, operation),
                summarise_hits(hits, operation, file),
                read_operation_links(store, operation),
                [],
                "",
                {},
                store.data_version(),
            ),
        )


def _find_money(store: Store, top: int) -> Iterator[FindingAnswer]:
    transactions, accounts = read_transactions(store), read_accounts(store)
    leads = find_stored_leads(store, transactions, accounts=accounts)
    details = add_details(store, leads.evidence)
    for lead in leads.leads.sort_values("rank").lead_id.head(top):
        case = open_dossier(leads, details, lead, transactions, accounts, None)
        yield _describe(store, *build_lead_finding(case, str, data_version=store.data_version(), version="1"))


def _describe(store: Store, finding: Finding, evidence: pa.Table) -> FindingAnswer:
    rows: set[Reference] = set()
    for table in sorted(set(evidence["table_name"].to_pylist())):
        own = evidence.filter(pa.compute.equal(evidence["table_name"], table))
        found = store.query(
            f'SELECT reference FROM "{table}" JOIN (SELECT unnest(?::INTEGER[]) AS source_id,'
            " unnest(?::BIGINT[]) AS row_number) USING (source_id, row_number) WHERE reference IS NOT NULL",
            [own["source_id"].to_pylist(), own["row_number"].to_pylist()],
        )
        rows.update((table, reference) for reference in found["reference"].to_pylist())
    focus = finding.result.focus
    outline = focus.outline if focus else None
    return FindingAnswer(
        0,
        finding.title,
        find_layer(frozenset(rows)),
        frozenset(rows),
        datetime.combine(list_period()[1], time(9)),
        period=(finding.period_from, finding.period_to)
        if finding.period_from and finding.period_to
        else None,
        outline=None if outline is None else project(outline, read_settings()["area"]["epsg"]),
    )
