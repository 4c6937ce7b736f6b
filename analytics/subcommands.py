"""The commands of the rooms: where each is, and what it says of itself. `achilles --help` lists all of them
from here; loading them for it took ten seconds."""

from __future__ import annotations

from typing import NamedTuple


class Subcommand(NamedTuple):
    """A command of a room, loaded when it is used."""

    module: str
    attribute: str
    says: str  # the first sentence of its help


SUBCOMMANDS = {
    "audit": Subcommand(
        "analytics.oversight.cli",
        "audit",
        "The sealed record: who did what, and whether anything was altered since.",
    ),
    "adverts": Subcommand(
        "analytics.adverts.cli",
        "adverts",
        "Adverts to campaigns and operations: advert_id, campaign_id, operation_id, score.",
    ),
    "approvals": Subcommand(
        "analytics.oversight.approvals_cli",
        "approvals",
        "What takes two persons: releases, erasure, role grants, bulk exports with personal data.",
    ),
    "exchange": Subcommand(
        "analytics.exchange.cli",
        "exchange",
        "Write CASE, the number of a brief, with all it rests on: STIX 2.1, W3C PROV or GeoPackage.",
    ),
    "exercise": Subcommand(
        "analytics.training.exercise.cli",
        "exercise",
        "Exercises: a class of teams in an invented city whose truth is sealed (docs/training.md).",
    ),
    "finance": Subcommand(
        "analytics.finance.cli",
        "finance",
        "Leads from the store's transactions, ranked and explained; or one of the commands below.",
    ),
    "hotspots": Subcommand(
        "analytics.hotspots.cli", "hotspots", "Where crime is concentrated, and where it is expected next."
    ),
    "import": Subcommand(
        "analytics.intelligence.cli",
        "import_",
        "Import recorded crime, boundaries, adverts, accounts, transactions, premises, journeys or calls.",
    ),
    "receive": Subcommand(
        "analytics.exchange.cli",
        "receive",
        "Check FILE, a STIX 2.1 bundle, and say what it holds; "
        "with --save, take its statements in as a report.",
    ),
    "scenario": Subcommand(
        "analytics.training.cli", "scenario", "Generate the invented city, let time pass in it, or remove it."
    ),
    "erase": Subcommand(
        "analytics.tasking.erase_cli",
        "erase_command",
        "Erase sources, rows or reports for good: their bytes are gone from the store, and that is proved.",
    ),
    "backup": Subcommand(
        "analytics.oversight.store_cli",
        "backup",
        "Copy the store to FILE, with FILE.json beside it that says what it is.",
    ),
    "restore": Subcommand(
        "analytics.oversight.store_cli", "restore", "Put the backup FILE in the place of the store."
    ),
    "export": Subcommand(
        "analytics.oversight.store_cli",
        "export_command",
        "Write every table as Parquet into the new FOLDER, with manifest.json: digests and the audit head.",
    ),
    "store": Subcommand(
        "analytics.oversight.store_cli",
        "store_group",
        "Where the bulk of the data lies: in the store itself, or in Parquet files beside it.",
    ),
    "brief": Subcommand("analytics.tasking.cli", "brief", "Write a tasking brief as PDF or DOCX."),
    "responses": Subcommand(
        "analytics.tasking.cli",
        "responses",
        "List what has been tried against a problem, with how strong the "
        "evidence is and which way it points.",
    ),
    "evidence": Subcommand(
        "analytics.tasking.evidence_cli",
        "evidence",
        "What every sentence of a brief, profile or assessment rests on: its source marks, "
        "the findings with method, parameters and data version, their rows, and "
        "whether each row is unchanged.",
    ),
    "harm": Subcommand(
        "analytics.hotspots.harm_cli", "harm", "Harm weights by category: load a table, list the tables."
    ),
    "network": Subcommand(
        "analytics.network.cli",
        "network",
        "Who is linked to whom: how a network hangs together, and which of its nodes nobody could replace.",
    ),
    "results": Subcommand(
        "analytics.tasking.results_cli",
        "results",
        "Did it work? Every action with its verdict, measured anew as on the page *Results*.",
    ),
    "strategic": Subcommand(
        "analytics.tasking.strategic_cli",
        "strategic",
        "Draft a strategic assessment from the strategic picture, save it and write it as PDF or DOCX.",
    ),
    "warnings": Subcommand(
        "analytics.warnings.cli",
        "warnings",
        "What is new: categories, slow drifts and places that rise beyond what earlier seasons give.",
    ),
    "series": Subcommand(
        "analytics.series.cli",
        "series",
        "Linked series: incidents that place, time and the way they were done tie to one another.",
    ),
    "search": Subcommand(
        "analytics.search.cli",
        "search_command",
        "Find QUERY in everything: reports, findings, adverts, accounts, places and more.",
    ),
    "findings": Subcommand(
        "analytics.desk.cli",
        "findings_command",
        "List findings whose rows or verdict changed, after an import or a removal.",
    ),
    "people": Subcommand(
        "analytics.oversight.people_cli", "people", "Who may sign in: add, list, disable, give roles, reset."
    ),
}
