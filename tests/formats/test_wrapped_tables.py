"""Tables within other things: JSON as services and programs wrap it, workbooks within a zip file."""

import io
import json
import zipfile

import pandas as pd
import pytest

from analytics.formats.header import UnreadableFile
from analytics.formats.jsonlines import parse_records
from analytics.formats.members import parse_archive

ROWS = [{"id": 1, "when": "2024-03-13", "what": "Theft"}, {"id": 2, "when": "2024-03-14", "what": "Arson"}]
NAMED = {str(row["id"]): row for row in ROWS}


def typed(row: dict[str, object]) -> dict[str, object]:
    return {key: {"S": value} if isinstance(value, str) else {"N": str(value)} for key, value in row.items()}


def bound(row: dict[str, object]) -> dict[str, object]:
    return {key: {"type": "literal", "value": str(value)} for key, value in row.items()}


WRAPPED = {
    "Elasticsearch": {"took": 3, "hits": {"total": 2, "hits": [{"_index": "a", "_source": r} for r in ROWS]}},
    "data": {"data": ROWS, "meta": {"page": 1}},
    "results": {"count": 2, "next": None, "results": ROWS},
    "OData 4": {"@odata.context": "x", "value": ROWS},
    "OData 2": {"d": {"results": [row | {"__metadata": {"uri": "u"}} for row in ROWS]}},
    "CKAN": {"success": True, "result": {"records": ROWS, "fields": [{"id": "id"}]}},
    "Opendatasoft": {"nhits": 2, "records": [{"recordid": "a", "fields": row} for row in ROWS]},
    "JSON:API": {"data": [{"type": "incident", "attributes": row} for row in ROWS]},
    "Esri": {"objectIdFieldName": "id", "features": [{"attributes": row} for row in ROWS]},
    "GraphQL": {"data": {"incidents": {"edges": [{"node": row, "cursor": "c"} for row in ROWS]}}},
    "HAL": {"_embedded": {"incidents": ROWS}, "page": {"size": 2}},
    "Solr": {"responseHeader": {"status": 0}, "response": {"numFound": 2, "docs": ROWS}},
    "Firebase": {"incidents": NAMED},
    "objects by key": NAMED,
    "columns": {key: [row[key] for row in ROWS] for key in ROWS[0]},
    "pandas": {key: {str(k): row[key] for k, row in enumerate(ROWS)} for key in ROWS[0]},
    "pandas, split": {"columns": list(ROWS[0]), "index": [0, 1], "data": [list(r.values()) for r in ROWS]},
    "SPARQL": {"head": {"vars": list(ROWS[0])}, "results": {"bindings": [bound(row) for row in ROWS]}},
    "DynamoDB": {"Items": [typed(row) for row in ROWS], "Count": 2},
}


@pytest.mark.parametrize("name", WRAPPED)
def test_rows_are_found_within_what_services_and_programs_wrap_them_in(name):
    table = parse_records(json.dumps(WRAPPED[name]).encode(), "incident").table()
    assert table.select(["id", "when", "what"]).to_pylist() == [{**row, "id": str(row["id"])} for row in ROWS]


def test_an_envelope_whose_name_is_needed_to_tell_columns_apart_keeps_it():
    rows = [{"id": 7, "attributes": row} for row in ROWS]
    table = parse_records(json.dumps(rows).encode(), "incident").table()
    assert {"id", "attributes.id", "when"} <= set(table.column_names)


@pytest.mark.parametrize(
    "whole", [{"a": {"b": 1}, "c": {"d": 2}}, {"a": 1}, {"a": [1, 2], "b": [3]}, {"a": {}, "b": {}}, {}]
)
def test_other_objects_are_no_table(whole):
    with pytest.raises(UnreadableFile, match="one object without a list of rows"):
        parse_records(json.dumps(whole).encode(), "incident")


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return buffer.getvalue()


def workbook(**sheets: list[dict[str, object]]) -> bytes:
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer) as writer:
        for name, rows in sheets.items():
            pd.DataFrame(rows).to_excel(writer, sheet_name=name, index=False)
    return buffer.getvalue()


def test_sheets_of_workbooks_within_a_zip_are_parts_and_can_be_chosen():
    both = workbook(Jan=ROWS, Feb=ROWS, Codes=[{"code": 1}])
    data = zipped(a_xlsx=both, b_csv=pd.DataFrame(ROWS).to_csv(index=False).encode(), c_xlsx=workbook(A=ROWS))
    parsed = parse_archive(data, "incident")
    assert [(part.name, part.is_read) for part in parsed.layout.parts] == [
        ("a.xlsx: Jan", True),
        ("a.xlsx: Feb", True),
        ("a.xlsx: Codes", False),
        ("b.csv", True),
        ("c.xlsx", True),
    ]
    assert parsed.table().num_rows == 8
    assert not any("a.xlsx: Jan: not read" in note for note in parsed.notes)
    for wanted, rows in ((("a.xlsx: Feb",), 2), (("a.xlsx",), 5), (("b.csv", "c.xlsx"), 4)):
        assert parse_archive(data, "incident", wanted).table().num_rows == rows
    with pytest.raises(UnreadableFile, match="no .* 'a.xlsx: May'"):
        parse_archive(data, "incident", ("a.xlsx: May",))
