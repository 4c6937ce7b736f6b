"""The Data page run without a browser: a file of each kind, from its path to the report of its import."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.formats.parsed import Layout
from analytics.ingest.kinds import KINDS
from analytics.ingest.presets import presets
from analytics.store import close_store, open_store
from tests.ingest.helpers import GOOD, HEADER, written
from tests.ui.run_until import run_until
from ui.data.file_layout import mask_head
from ui.shell.single_user import single_user

PAGE = Path(__file__).parents[3] / "pages/data.py"
FILES = {
    "incidents": (HEADER + GOOD, "incident"),
    "adverts": (
        "id,text,posted,site,city\n7,Work on a farm,2024-07-01 22:15,board.example,Hove\n",
        "advert",
    ),
    "transactions": (
        "tx_id,ts,src,dst,amount,currency,channel\n1,2024-07-01 22:15,A1,B1,12.50,GBP,card\n",
        "transaction",
    ),
    "communications": (
        "Type,Date,Number,Duration\nOutgoing,2024-07-01 22:15,07700900101,65\n",
        "communication",
    ),
    "accounts": (
        "account,holder,type,town,currency\nA1,Ada Lime,person,Hove,GBP\n",
        "account",
    ),
}


@pytest.fixture
def opened(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", str(tmp_path / "data.duckdb"))
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    yield open_store()
    close_store()


def _page() -> AppTest:
    return AppTest.from_file(PAGE, default_timeout=60).run()


def _open(app: AppTest, kind: str) -> None:
    app.query_params["tab"] = "Import"
    app.query_params["kind"] = kind.capitalize()
    app.run()
    assert not app.exception, app.exception[0].message


def _give(app: AppTest, kind: str, path) -> None:
    _open(app, kind)
    app.text_input(key=f"path-{kind}").set_value(str(path)).run()
    assert not app.exception, app.exception[0].message


@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_each_kind_is_imported_through_the_page(opened, tmp_path, kind):
    content, table = FILES[kind]
    app = _page()
    _give(app, kind, written(tmp_path, content))
    next(button for button in app.button if button.label == "Import").click().run()
    run_until(app, lambda: any("1 of 1 row accepted" in said.value for said in app.success))
    assert not app.exception
    assert opened.rows(f'SELECT count(*) AS n FROM "{table}"') == [{"n": 1}]


def test_files_of_one_name_in_every_tab_share_no_widget(opened, tmp_path):
    """One is even called as another with its kind in front."""
    app = _page()
    for kind, (content, _) in FILES.items():
        folder = tmp_path / kind
        folder.mkdir()
        _give(app, kind, written(folder, content))
    _give(app, "incidents", written(tmp_path, HEADER + GOOD, "advert-crimes.csv"))


def _labelled(app: AppTest, label: str):
    widgets = (*app.text_input, *app.selectbox, *app.checkbox)
    return next(widget for widget in widgets if widget.label == label)


def test_what_was_typed_in_a_tab_stays_while_another_is_open(opened, tmp_path):
    """The file, what is said of it, and how it is read; a file of the same name starts with its own."""
    text = HEADER + GOOD * 2 + GOOD.replace("Theft", "THEFT")
    app = _page()
    _give(app, "incidents", written(tmp_path, text))
    _labelled(app, "Purpose").set_value("Patrol plans").run()
    _labelled(app, "Dates look like").select("%m/%d/%Y %H:%M").run()
    _labelled(app, "Merge 1 spelling of the category that differ in case or marks alone").check().run()
    _open(app, "boundaries")
    assert not any(box.label == "Purpose" for box in app.text_input)  # a closed tab does not run
    _open(app, "incidents")
    assert _labelled(app, "Purpose").value == "Patrol plans"
    assert _labelled(app, "Dates look like").value == "%m/%d/%Y %H:%M"
    assert any(box.value for box in app.checkbox if box.label.startswith("Merge 1 spelling"))
    folder = tmp_path / "other"
    folder.mkdir()
    _give(app, "incidents", written(folder, HEADER + GOOD))
    assert _labelled(app, "Purpose").value == "Crime analysis"


def test_rows_whose_amount_is_refused_are_previewed(opened, tmp_path):
    app = _page()
    content = FILES["transactions"][0] + "2,2024-07-01 22:15,A1,B1,much,GBP,card\n"
    _give(app, "transactions", written(tmp_path, content))
    assert any("1 would be refused" in said.value for said in app.caption)


def _run_until_it_says(app: AppTest, words: str) -> None:
    run_until(app, lambda: any(words in box.value.replace("\\", "") for box in (*app.success, *app.warning)))


def test_much_lost_stops_the_import_until_the_user_says_so_and_is_never_green(opened, tmp_path):
    text = HEADER + GOOD + "2 hours ago,THEFT,-0.1,51.5\n2024-07-01 22:15,theft,,\n"
    app = _page()
    _give(app, "incidents", written(tmp_path, text))
    assert any("such as '2 hours ago'" in said.value.replace("\\", "") for said in app.warning)
    assert not any(button.label == "Import" for button in app.button)
    next(box for box in app.checkbox if box.label == "Import it nevertheless").check().run()
    next(button for button in app.button if button.label == "Import").click().run()
    _run_until_it_says(app, "Source 1: 2 of 3 rows accepted")
    assert not app.success and not app.exception


def test_a_source_is_read_again_in_its_own_place_with_spellings_merged(opened, tmp_path):
    app = _page()
    _give(app, "incidents", written(tmp_path, HEADER + GOOD * 2 + GOOD.replace("Theft", "THEFT")))
    next(button for button in app.button if button.label == "Import").click().run()
    _run_until_it_says(app, "Source 1: 3 of 3 rows accepted")
    next(box for box in app.checkbox if box.label.startswith("Merge 1 spelling")).check().run()
    next(button for button in app.button if button.label.startswith("Import again")).click().run()
    run_until(app, lambda: opened.rows("SELECT DISTINCT category FROM incident") == [{"category": "Theft"}])
    assert opened.rows("SELECT DISTINCT category, source_id FROM incident") == [
        {"category": "Theft", "source_id": 1}
    ]
    assert not app.exception


def test_a_date_written_once_above_the_rows_of_its_day_is_filled_down_on_request(opened, tmp_path):
    app = _page()
    later = GOOD.replace("2024-07-01 22:15", "")
    _give(app, "incidents", written(tmp_path, HEADER + GOOD + later * 2))
    next(box for box in app.checkbox if box.label.startswith("Read each blank of 'date'")).check().run()
    next(button for button in app.button if button.label == "Import").click().run()
    _run_until_it_says(app, "Source 1: 3 of 3 rows accepted")
    assert not app.exception


def test_a_file_without_column_names_shows_its_lines_to_choose_from(opened, tmp_path):
    app = _page()
    _give(app, "incidents", written(tmp_path, GOOD * 3))
    assert any("no header" in said.value for said in app.error)
    next(box for box in app.checkbox if box.label.startswith("The file has no row")).check().run()
    assert not app.exception and not app.error
    assert any("4 columns" in said.value for said in app.caption)


def test_the_first_lines_show_dates_and_degrees_and_mask_numbers_and_births():
    head = (
        ("Case No.", "Occurred", "Date of birth", "X Coord", "Phone"),
        ("24-0000012345", "02/22/2024 05:54:00 PM", "13/03/1980", "-91.511347", "07700 900101"),
    )
    _, row = mask_head(Layout(head, 1), 5)
    assert row[1] == "02/22/2024 05:54:00 PM" and row[3] == "-91.511347"
    assert "1980" not in row[2] and "900101" not in row[4] and "12345" not in row[0]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.plural)
def test_a_link_of_a_former_tab_opens_its_kind_which_says_what_is_read(opened, kind):
    app = _page()
    app.query_params["tab"] = f"Import {kind.plural}"
    app.run()
    assert not app.exception
    assert app.text_input(key=f"path-{kind.plural}").value == ""
    said = "\n".join(text.value for text in app.markdown).replace("\\", "")
    assert [role.label for role in kind.roles if role.name != "attribute" and role.label not in said] == []
    assert [preset.name for preset in presets() if preset.kind == kind.name and preset.name not in said] == []
    needed = {name for need in kind.needs for name in need.roles}
    assert ("What a file must say" in said) == bool(needed)
