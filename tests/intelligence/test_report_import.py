"""Reports from a file: each whole or not at all, refused rows kept with their number and reason."""

from datetime import date

import pytest

from analytics.ingest import (
    SourceDetails,
    UnreadableFile,
    propose_mapping,
    quarantine_rows,
    read_file,
    remove_source,
)
from analytics.intelligence.report_import import import_reports
from analytics.intelligence.reports import list_reports, load_report
from tests.intelligence.test_reports import ACTOR

DETAILS = SourceDetails("Beat reports", "Police Act", "prevention", "P", date(2027, 1, 1))
HEADER = (
    "Reference,Title,Submitted by,Observed on,Provenance,Retention "
    "group,Original,Sanitised,Source,Information,Handling,Conditions,Stage,Domain"
)
ROWS = [
    "R1,Vans,PC 1,2026-03-01,seen,2,Vans come at night.,,1,A,P,,destination,premises",
    "R1,Vans,PC 1,2026-03-01,seen,2,=cmd() <b>papers</b>,,2,D,P,,,",
    "R2,Flat,PC 2,2026-03-02,told,4,Four beds.,Four beds.,2,C,C,A1 S2,,",
    "R3,Bad,PC 3,2026-03-02,told,2,Fine.,,2,C,P,,,",
    "R3,Bad,PC 3,2026-03-02,told,2,Bad.,,7,C,P,,,",
    "R4,Bad,PC 3,tomorrow,told,2,Bad.,,1,C,P,,,",
    "R5,Bad,PC 3,2026-03-02,told,2,Bad.,,1,C,C,A1,,",
    ",Bad,PC 3,2026-03-02,told,2,Bad.,,1,C,P,,,",
]


def written(tmp_path, rows=ROWS, header=HEADER):
    path = tmp_path / "reports.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def load(store, path):
    return import_reports(store, ACTOR, path, propose_mapping(read_file(path), "report"), DETAILS)


def test_reports_are_taken_whole_and_the_rest_refused_with_row_and_reason(store, tmp_path):
    outcome = load(store, written(tmp_path))
    assert (outcome.rows_in, outcome.accepted, outcome.quarantined) == (8, 3, 5)
    reasons = quarantine_rows(store, outcome.source_id).set_index("row_number").reason.to_dict()
    assert list(reasons) == [5, 6, 7, 8, 9]
    assert "another row of report R3" in reasons[5] and "no code '7'" in reasons[6]
    assert "tomorrow" in reasons[7] and "sanitised" in reasons[8] and "reference" in reasons[9]
    listed = list_reports(store).set_index("reference")
    vans, _ = load_report(store, int(listed.report_id["R1"]))
    assert [str(line.grade) for line in vans.lines] == ["1AP", "2DP"] and vans.review_date == date(2036, 3, 1)
    assert vans.lines[1].original == "=cmd() <b>papers</b>"  # kept as it is; made harmless where it is shown
    flat, _ = load_report(store, int(listed.report_id["R2"]))
    assert flat.lines[0].grade.conditions == ("A1", "S2") and flat.review_date == DETAILS.review_date


def test_the_same_file_adds_nothing_and_a_removed_source_takes_its_reports(store, tmp_path):
    first = load(store, written(tmp_path))
    assert load(store, written(tmp_path)).already_imported
    assert len(list_reports(store)) == 2
    remove_source(store, ACTOR, first.source_id, "sent by mistake")
    assert list_reports(store).empty
    assert store.rows("SELECT count(*) AS n FROM report_line")[0]["n"] == 0


def test_a_file_that_is_none_says_what_it_needs(store, tmp_path):
    with pytest.raises(UnreadableFile, match="needs: reference, title"):
        load(store, written(tmp_path, ["1,2"], "a,b"))
    with pytest.raises(UnreadableFile, match="No report could be accepted"):
        load(store, written(tmp_path, ROWS[5:6]))
    assert store.rows("SELECT count(*) AS n FROM import_failure")[0]["n"] == 2
