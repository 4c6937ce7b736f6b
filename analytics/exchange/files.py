"""A case in each format, and the audit of its leaving."""

from __future__ import annotations

from analytics.exchange.case import CaseExport
from analytics.exchange.geopackage import to_geopackage
from analytics.exchange.provenance import to_prov, write_json, write_notation
from analytics.exchange.stix import to_stix
from analytics.oversight import Actor, record
from analytics.oversight.approvals import BULK_ROWS, UNMASKED, use_approval
from analytics.shared.wording import counted
from analytics.store import Store

# format: what it is called, the file's ending, its MIME type
FORMATS = {
    "stix": ("Case (STIX 2.1)", "stix.json", "application/stix+json;version=2.1"),
    "prov": ("Evidence chain (PROV-JSON)", "prov.json", "application/json"),
    "provn": ("Evidence chain (PROV-N)", "provn", "text/provenance-notation"),
    "gpkg": ("Places (GeoPackage)", "gpkg", "application/geopackage+sqlite3"),
}


def write_case(case: CaseExport, form: str) -> bytes:
    """The case in one of FORMATS. Raises KeyError for another, ValueError where the format has nothing to
    hold."""
    makers = {
        "stix": lambda: to_stix(case).encode(),
        "prov": lambda: write_json(to_prov(case)).encode(),
        "provn": lambda: write_notation(to_prov(case)).encode(),
        "gpkg": lambda: to_geopackage(case),
    }
    return makers[form]()


def describe_bulk(case: CaseExport) -> str:
    """What a second person approves before many rows with personal data leave; '' where nobody need."""
    if not case.sharing.personal or case.row_count <= BULK_ROWS:
        return ""
    return f"product {case.product_id} version {case.version}, {counted(case.row_count, 'row')}"


def record_export(store: Store, actor: Actor, case: CaseExport, form: str) -> None:
    """Audit that a case left: what, in which format, how many rows, what was withheld, and the reasons for
    what was not. Uses up the approval of many rows with personal data; raises Refused where there is none."""
    detail = {
        "format": form,
        "rows": case.row_count,
        "withheld": case.withheld,
        "personal data": case.sharing.personal or False,
        "conditions": case.sharing.conditions or False,
    }
    with store.write(changes_data=False) as cursor:
        if bulk := describe_bulk(case):
            use_approval(cursor, actor, UNMASKED, bulk)
        record(
            cursor,
            actor,
            "export case",
            f"product {case.product_id} version {case.version}",
            case.sharing.personal or case.sharing.conditions,
            detail,
        )
