"""From a card of Today to the brief that begins from it: the finding saved with its rows, or what exists
already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from analytics.adverts.indicator_hits import find_hits, summarise_hits
from analytics.adverts.indicators import load_indicators
from analytics.adverts.operation_finding import Subject, build_finding
from analytics.adverts.queries import read_operation_adverts, read_operation_links, read_operation_score
from analytics.finance.lead_dossier import LeadDossier, add_details, open_dossier
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
from analytics.intelligence.findings import save_finding
from analytics.intelligence.possible_victims import find_protected_identifiers
from analytics.oversight import Actor
from analytics.oversight.masking import mask
from analytics.store import Store
from analytics.store.areas import name_area
from analytics.tasking.collection_proposal import propose_collection
from analytics.tasking.results import findings_of

Link = Mapping[str, str]


class NothingToTask(ValueError):
    """What the card speaks of cannot begin a brief; the message says what can be done instead."""


def start_brief(store: Store, actor: Actor, area_id: int, subject: Mapping[str, str | int]) -> Link:
    """What the page of briefs is opened with: a finding that is saved here, or a brief that exists.

    `subject` is that of an `Attention`. Raises NothingToTask, and KeyError where what it names is gone."""
    kind = subject["finding"]
    if kind == "brief":
        return {"brief": str(subject["number"])}
    if kind == "requirement":
        return {"brief": str(propose_collection(store, actor, int(subject["number"])))}
    if kind == "saved":
        return {"finding": str(subject["number"])}
    if kind == "action":
        rests_on = findings_of(store, int(subject["number"])).finding_id.tolist()
        if not rests_on:
            raise NothingToTask("The action rests on no finding. Read its result first.")
        return {"finding": str(rests_on[0])}
    if kind == "place":
        return {"finding": str(_save_place(store, actor, area_id, subject))}
    if kind == "operation":
        return {"finding": str(_save_operation(store, actor, int(subject["number"])))}
    if kind == "money":
        return {"finding": str(_save_lead(store, actor, str(subject["lead"])))}
    raise NothingToTask("Open it first, and save a finding of what you see there.")


def _save_place(store: Store, actor: Actor, area_id: int, subject: Mapping[str, str | int]) -> int:
    workspace = open_workspace(store, area_id)
    grid = Grid(str(subject["kind"]), float(subject["size"]))
    first, last = (date.fromisoformat(str(subject[name])) for name in ("first", "last"))
    request = Request(Selection(area_id, first, min(last, workspace.extent.last)), grid)
    unit = "month" if workspace.extent.monthly else "week"
    snapshot = take_snapshot(workspace, request, unit)
    context = FindingContext(name_area(store, area_id) or "", store.data_version(), unit)
    finding, evidence = build_cell_finding(workspace, request, snapshot, str(subject["cell"]), context)
    return save_finding(store, actor, finding, evidence)


def _save_operation(store: Store, actor: Actor, number: int) -> int:
    if str(number) in find_protected_identifiers(store, "operation"):
        raise NothingToTask("It belongs to a possible victim. Refer it on Network, under Welfare.")
    adverts, file = read_operation_adverts(store, number), load_indicators()
    if adverts.empty:
        raise KeyError(f"There is no operation {number} any more.")
    finding, evidence = build_finding(
        Subject("operation", number, read_operation_score(store, number)),
        adverts,
        summarise_hits(find_hits(store, file), number, file),
        read_operation_links(store, number),
        [],
        "",
        {},
        store.data_version(),
    )
    return save_finding(store, actor, finding, evidence)


def _save_lead(store: Store, actor: Actor, lead_id: str) -> int:
    dossier, version = _open_lead(store, lead_id)
    finding, evidence = build_lead_finding(
        dossier,
        lambda account: str(mask(account, "account")),
        data_version=store.data_version(),
        version=version,
    )
    return save_finding(store, actor, finding, evidence)


def list_lead_rows(store: Store, lead_id: str) -> list[tuple[str, int, int]]:
    """The payments of a lead, as a case takes them: table, source, row. Raises KeyError where it is gone."""
    payments = _open_lead(store, lead_id)[0].payments
    return [
        ("transaction", int(source), int(row))
        for source, row in zip(payments.source_id, payments.row_number, strict=True)
    ]


def _open_lead(store: Store, lead_id: str) -> tuple[LeadDossier, str]:
    """The lead in full, and the version of the parameters it was found with."""
    transactions, accounts = read_transactions(store), read_accounts(store)
    leads = find_stored_leads(store, transactions, accounts=accounts)
    if lead_id not in set(leads.leads.lead_id):
        raise KeyError("The payments have changed, and this lead is not found in them any more.")
    details = add_details(store, leads.evidence)
    return open_dossier(leads, details, lead_id, transactions, accounts, None), leads.version
