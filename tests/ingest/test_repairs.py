"""Repairs, losses, the second import of a file, and what the command line says and ends with."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from analytics.ingest import UnreadableFile, import_file, read_file, saved_mappings
from analytics.ingest.cli import import_
from analytics.ingest.date_formats import ANY_MONTH_FIRST, read_format
from analytics.ingest.job import ImportMode
from analytics.ingest.mapping import save_mapping
from analytics.ingest.repairs import Repairs, cells_of, find_spellings
from analytics.store import close_store, open_store
from tests.ingest.helpers import ACTOR, DETAILS, GOOD, HEADER, proposed, reasons, run, written

BAD = "never,Arson,-0.1,51.5\n"


def test_rows_are_corrected_dropped_and_recorded_as_such(store, tmp_path):
    path = written(tmp_path, HEADER + GOOD * 3 + BAD * 2 + "2024-07-01 22:15,Theft\n")
    mended = Repairs(
        corrected=(
            (5, "date", "2024-07-02 10:00"),
            *(
                (7, name, text)
                for name, text in zip(("date", "type"), ("2024-07-03 10:00", "Theft"), strict=True)
            ),
        ),
        dropped=(6, 2),
    )
    report = run(store, path, repairs=mended)
    assert (report.rows_in, report.accepted, report.quarantined) == (6, 4, 2)
    assert reasons(store) == {2: "dropped by hand", 6: "dropped by hand"}
    assert any("2 rows corrected by hand" in note for note in report.notes)
    with pytest.raises(UnreadableFile, match="Row 99 was corrected"):
        import_file(
            store,
            ACTOR,
            path,
            replace(proposed(path), repairs=Repairs(corrected=((99, "date", "x"),))),
            DETAILS,
            mode=ImportMode.REPLACE,
        )
    assert store.rows("SELECT count(*) AS n FROM incident")[0]["n"] == 4  # a failed replacement loses nothing


def test_spellings_that_differ_in_case_or_marks_are_merged(store, tmp_path):
    rows = (
        GOOD * 3
        + GOOD.replace("Theft", "THEFT ")
        + GOOD.replace("Theft", "Thé-ft")
        + GOOD.replace("Theft", "Arson")
    )
    path = written(tmp_path, HEADER + rows)
    found = find_spellings(read_file(path, kind="incident"), "type")
    assert [(old, new) for old, new, _ in found] == [("THEFT", "Theft"), ("Thé-ft", "Theft")]
    run(store, path, repairs=Repairs(merged=tuple((old, new) for old, new, _ in found)))
    counts = store.rows("SELECT category, count(*) AS n FROM incident GROUP BY 1 ORDER BY 1")
    assert [(row["category"], row["n"]) for row in counts] == [("Arson", 1), ("Theft", 5)]


def test_a_saved_mapping_has_the_merges_and_not_the_rows_of_one_file(store, tmp_path):
    mapping = proposed(
        written(tmp_path, HEADER + GOOD), repairs=Repairs((("a", "b"),), ((2, "type", "x"),), (3,), ("date",))
    )
    save_mapping(store, ACTOR, "monthly", mapping)
    assert saved_mappings(store, "incident")["monthly"].repairs == Repairs(
        (("a", "b"),), filled_down=("date",)
    )


def test_the_cells_of_a_row_that_does_not_fit_go_to_the_columns_in_order():
    assert cells_of("a;b", ["x", "y", "z"], ";") == {"x": "a", "y": "b", "z": ""}
    assert cells_of('"a,1",b,c,d', ["x", "y"], ",") == {"x": "a,1", "y": "b,c,d"}


def test_a_file_is_replaced_in_its_own_place_or_only_tried(store, tmp_path):
    path = written(tmp_path, HEADER + GOOD * 2)
    first = run(store, path)
    mapping = replace(proposed(path).with_role("category", ()), category="Other")
    tried = import_file(store, ACTOR, path, mapping, DETAILS, mode=ImportMode.TRY)
    assert tried.accepted == 2 and store.rows("SELECT DISTINCT category FROM incident") == [
        {"category": "Theft"}
    ]
    again = import_file(store, ACTOR, path, mapping, DETAILS, mode=ImportMode.REPLACE)
    assert again.source_id == first.source_id and not again.already_imported
    assert store.rows("SELECT DISTINCT category FROM incident") == [{"category": "Other"}]
    assert store.rows("SELECT count(*) AS n FROM source")[0]["n"] == 1


def test_what_more_than_a_fifth_lose_is_said_with_its_cause(store, tmp_path):
    report = run(store, written(tmp_path, HEADER + GOOD * 3 + BAD * 2))
    assert report.losses[0].startswith("2 of 5 rows refused, most often: the date cannot be read")
    assert "'never'" in report.losses[0] and not report.is_whole
    few = run(store, written(tmp_path, HEADER + GOOD * 30 + BAD, "few.csv"))
    assert not few.losses and not few.is_whole
    unplaced = run(store, written(tmp_path, "date,type\n2024-07-01,Theft\n", "unplaced.csv"))
    assert "No column is chosen for the coordinates" in unplaced.losses[0]


MEANT = {
    "DD/MM/YYYY HH:MM": "%d/%m/%Y %H:%M",
    "%m/%d/%Y": "%m/%d/%Y",
    "yyyy-mm-dd": "%Y-%m-%d",
    "MM/DD/YYYY": "%m/%d/%Y",
    "D.M.YYYY": "%d.%m.%Y",
    "31/12/2024": "%d/%m/%Y",
    "month first": ANY_MONTH_FIRST,
    "fortnight": None,
}


@pytest.mark.parametrize("text", MEANT)
def test_a_date_format_is_understood_as_people_write_it(text):
    assert read_format(text) == MEANT[text]


@pytest.fixture
def command(tmp_path):
    def invoke(*arguments):
        return CliRunner().invoke(import_, [*map(str, arguments), "--store", str(tmp_path / "cli.duckdb")])

    yield invoke
    close_store()


def test_the_command_says_what_it_read_and_ends_with_a_code_for_a_nightly_job(command, tmp_path):
    path = written(tmp_path, "when,what,note\n03/04/2024,Theft,a\n05/04/2024,Arson,b\nnever,Arson,c\n")
    options = (
        "--map",
        "time=WHEN",
        "--map",
        "category=what",
        "--map",
        "attribute=",
        "--date-format",
        "DD/MM/YYYY",
    )
    tried = command("incidents", path, *options, "--dry-run")
    assert tried.exit_code == 4 and "Dry run, nothing was written: 2 of 3 rows accepted" in tried.output
    assert "time: when (stated)" in tried.output or "time: when (guessed)" in tried.output
    assert "Columns left out: note" in tried.output and "'never'" in tried.output
    stopped = command("incidents", path, *options, "--rejects", tmp_path / "rejects.csv")
    assert stopped.exit_code == 4 and "Nothing was imported: 2 of 3 rows accepted" in stopped.output
    assert "--accept-losses" in stopped.output and not (tmp_path / "rejects.csv").exists()
    accepted = command("incidents", path, *options, "--accept-losses")
    assert accepted.exit_code == 3 and ": 2 of 3 rows accepted" in accepted.output
    again = command("incidents", path, *options)
    assert again.exit_code == 0 and "add --replace" in again.output
    whole = written(tmp_path, HEADER + GOOD, "whole.csv")
    assert command("incidents", whole).exit_code == 0
    some = written(tmp_path, HEADER + GOOD * 30 + BAD, "some.csv")
    assert command("incidents", some).exit_code == 3
    assert command("incidents", written(tmp_path, b"%PDF-1.7", "page.csv")).exit_code == 1
    for wrong in (("--map", "colour=x"), ("--date-format", "fortnight")):
        assert command("incidents", whole, *wrong).exit_code == 2
    assert command("adverts", whole, "--category", "x").exit_code == 2


def test_the_source_keeps_what_was_said_of_it_when_it_is_replaced(command, tmp_path):
    path = written(tmp_path, HEADER + GOOD)
    command("incidents", path, "--name", "Log", "--legal-basis", "Duty")
    done = command("incidents", path, "--replace", "--category", "Other")
    assert done.exit_code == 0, done.output
    row = open_store(tmp_path / "cli.duckdb").rows("SELECT name, legal_basis FROM source")[0]
    assert (row["name"], row["legal_basis"]) == ("Log", "Duty")


def test_the_command_fills_a_date_down_and_says_who_chose_a_column(command, tmp_path):
    path = written(
        tmp_path,
        "Date,Time,Offence,Road,Town,Entry\n13/03/2024,21:15,Fire,Mill,Ely,door\n,23:05,Arson,Mill,Ely,",
    )
    tried = command("incidents", path, "--dry-run", "--map", "place=Town")
    assert "place: Town (stated)" in tried.output and "attribute: Entry (guessed)" in tried.output
    assert "1 of 2 rows refused" in tried.output and "--fill-down 'Date'" in tried.output
    filled = command("incidents", path, "--fill-down", "Date", "--accept-losses")
    assert "2 of 2 rows accepted" in filled.output and "1 blank of the column 'Date' read as" in filled.output
    other = command("incidents", path, "--fill-down", "Day", "--replace")
    assert other.exit_code == 1 and "'Day' is to be filled down" in other.output
