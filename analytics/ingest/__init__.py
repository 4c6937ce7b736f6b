"""A file in: recognised, mapped, checked, its bad rows quarantined, the rest appended, all in one
transaction."""

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable, read_file
from analytics.ingest.import_report import ImportReport, SourceDetails
from analytics.ingest.job import import_file
from analytics.ingest.mapping import Mapping, save_mapping, saved_mappings
from analytics.ingest.proposal import propose_mapping
from analytics.ingest.sources import list_sources, quarantine_rows, remove_source

__all__ = [
    "ImportReport",
    "Mapping",
    "RawTable",
    "SourceDetails",
    "UnreadableFile",
    "import_file",
    "list_sources",
    "propose_mapping",
    "quarantine_rows",
    "read_file",
    "remove_source",
    "save_mapping",
    "saved_mappings",
]
