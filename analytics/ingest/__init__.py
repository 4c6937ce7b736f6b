"""A file in: recognised, mapped, checked, its bad rows quarantined, the rest appended, all in one
transaction."""

from analytics.formats.header import UnreadableFile
from analytics.formats.readers import RawTable, read_file
from analytics.ingest.boundaries import import_boundaries
from analytics.ingest.incidents import import_incidents
from analytics.ingest.job import ImportReport, SourceDetails
from analytics.ingest.mapping import Mapping, propose_mapping, save_mapping, saved_mappings
from analytics.ingest.record_mapping import RecordMapping, propose_record_mapping
from analytics.ingest.records import import_records
from analytics.ingest.sources import list_sources, quarantine_rows, remove_source

__all__ = [
    "ImportReport",
    "Mapping",
    "RawTable",
    "RecordMapping",
    "SourceDetails",
    "UnreadableFile",
    "import_boundaries",
    "import_incidents",
    "import_records",
    "list_sources",
    "propose_mapping",
    "propose_record_mapping",
    "quarantine_rows",
    "read_file",
    "remove_source",
    "save_mapping",
    "saved_mappings",
]
