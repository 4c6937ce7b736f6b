"""A case in each format, and the audit of its leaving."""

from __future__ import annotations

from analytics.exchange.case import CaseExport
from analytics.exchange.geopackage import to_geopackage
from analytics.exchange.provenance import to_prov, write_json, write_notation
from analytics.exchange.stix import to_stix
from analytics.oversight import Actor, record
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


def record_export(store: Store, actor: Actor, case: CaseExport, form: str) -> None:
    """Audit that a case left: what, in which format, how many rows, what was withheld, and the reasons for
    what was not."""
    detail = {
        "format": form,
        "rows": sum(len(frame) for frame in case.rows.values()),
        "withheld": case.withheld,
        "personal data": case.sharing.personal or False,
        "conditions": case.sharing.conditions or False,
    }
    with store.write(changes_data=False) as cursor:
        record(
            cursor,
            actor,
            "export case",
            f"product {case.product_id} version {case.version}",
            case.sharing.personal or case.sharing.conditions,
            detail,
        )
