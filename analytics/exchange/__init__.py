"""Handing a case on: a brief with its findings, graded lines, rows, decisions and results, in the formats
others read.

`gather_case` reads it, masked and within what may be shared; `write_case` writes it as STIX 2.1, W3C PROV or
GeoPackage; `read_stix` checks and reads what others send. See docs/exchange.md."""

from analytics.exchange.case import CaseExport, Sharing, gather_case
from analytics.exchange.files import FORMATS, describe_bulk, record_export, write_case
from analytics.exchange.geopackage import has_places
from analytics.exchange.received import NotStix, ReceivedBundle, read_stix, read_stix_file

__all__ = [
    "FORMATS",
    "CaseExport",
    "NotStix",
    "ReceivedBundle",
    "Sharing",
    "describe_bulk",
    "gather_case",
    "write_case",
    "has_places",
    "read_stix",
    "read_stix_file",
    "record_export",
]
