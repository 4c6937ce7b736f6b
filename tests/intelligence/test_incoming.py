"""Reports by the Data page: what would be taken in and refused is shown first, and taken in on being told."""

import pytest
from streamlit.testing.v1 import AppTest

from analytics.intelligence.reports import list_reports
from analytics.store import close_store, open_store
from tests.intelligence.test_report_import import HEADER, ROWS, written
from tests.ui.run_until import run_until
from ui.shell.single_user import single_user


@pytest.fixture
def opened(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "reports.duckdb"))
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    yield open_store()
    close_store()


def _screen():
    from ui.data.wizard import REPORTS, show_import
    from ui.shell.page import begin

    show_import(begin("Data"), REPORTS)


def _with_file(path) -> AppTest:
    app = AppTest.from_function(_screen, default_timeout=60).run()
    app.text_input(key="path-reports").set_value(str(path)).run()
    assert not app.exception
    return app


def test_lines_and_refusals_are_seen_before_anything_is_kept(opened, tmp_path):
    app = _with_file(written(tmp_path))
    assert any("2 reports, 3 lines; 5 rows would be refused." in said.value for said in app.caption)
    tables = [table.value for table in app.dataframe]
    lines = next(table for table in tables if "May be shared as" in table)
    refused = next(table for table in tables if "Refused because" in table)
    assert (
        lines["May be shared as"].tolist()[1] == "=cmd() <b>papers</b>"
        and lines.Grading.tolist()[2] == "2CC (A1, S2)"
    )
    assert refused.Row.tolist() == [5, 6, 7, 8, 9] and "tomorrow" in refused["Refused because"].tolist()[2]
    assert list_reports(opened).empty
    next(button for button in app.button if button.label == "Import").click().run()
    run_until(app, lambda: any("3 of 8 rows accepted, 5 refused" in box.value for box in app.warning))
    assert not app.success  # what lost rows is none
    assert list_reports(opened).reference.tolist() == ["R2", "R1"]


@pytest.mark.parametrize(
    ("header", "rows", "said"), [("a,b", ["1,2"], "no column 'reference'"), (HEADER, ROWS[5:6], None)]
)
def test_a_file_without_a_report_goes_no_further(opened, tmp_path, header, rows, said):
    app = _with_file(written(tmp_path, rows, header))
    assert not [button for button in app.button if button.label == "Import"]
    assert not said or said in app.error[0].value
