"""What the import tests share: a small file, an import of it as recognised, the reasons of its refused rows."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from analytics.ingest import SourceDetails, import_incidents, propose_mapping, quarantine_rows, read_file
from analytics.oversight import Actor

ACTOR = Actor("analyst one")
DETAILS = SourceDetails("Test", "Policing purpose", "Test", "P", date(2030, 1, 1))
HEADER = "date,type,lon,lat\n"
GOOD = "2024-07-01 22:15,Theft,-0.1278,51.5074\n"


def written(tmp_path, content, name="crimes.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def run(store, path, **changes):
    mapping = replace(propose_mapping(read_file(path), path.name), **changes)
    return import_incidents(store, ACTOR, path, mapping, DETAILS)


def reasons(store, source_id=1):
    return quarantine_rows(store, source_id).set_index("row_number").reason.to_dict()
