"""The patterns by which the values of columns are known, on texts that are long and do not fit."""

import pyarrow as pa
import pytest

from analytics.ingest import RawTable, propose_mapping
from analytics.ingest.boundary_columns import find_names
from analytics.ingest.columns import Column
from analytics.ingest.coordinates import read_coordinate, read_pair
from analytics.ingest.incident_columns import find_category
from analytics.ingest.statement_columns import holds_amounts, is_masked
from analytics.ingest.statement_preamble import preamble_account
from analytics.ingest.time_columns import date_parts

BLANKS = " " * 50_000


@pytest.mark.parametrize(
    "text",
    [
        f"12{BLANKS}High Street, Aberystwyth",
        f"12:30{BLANKS}x",
        f"{BLANKS}x",
        f"POINT{BLANKS}",
        "lat 1 " * 10_000,
        "{" + "latitude" * 6_000,
        "x" * 50_000,
        "1" * 50_000 + "_",
        "1," * 25_000 + "abc_",
    ],
    ids=lambda text: f"{text[:8]}...",
)
def test_a_long_text_that_is_nothing_is_read_at_once(text):
    column = Column("Location Type", [text] * 2, 2)
    assert not (column.is_clock or column.is_pair or column.is_degrees or column.dates)
    assert not is_masked(column) and not holds_amounts(column)
    assert find_category([column]) in (None, column.name)
    assert read_coordinate(text) is None and read_pair(text) is None


@pytest.mark.parametrize("text", ["-" * 50_000, "*-" * 25_000, "Konto " * 10_000 + "balance"])
def test_a_long_line_above_a_statement_names_no_account(text):
    raw = RawTable(None, "", "CSV", preamble=((f"Konto {text}",),))
    assert preamble_account(raw) is None


@pytest.mark.parametrize(
    ("letters", "is_direction"), [("DC", True), ("SH", True), ("SC", False), ("HT", False)]
)
def test_letters_say_out_and_in_by_pairs_of_one_language(letters, is_direction):
    rows = {
        "Date": "2024-03-13",
        "From": "10000001",
        "To": "20000002",
        "Amount": "12.50",
    }
    table = pa.table({name: [cell] * 4 for name, cell in rows.items()} | {"Box": [*letters] * 2})
    mapping = propose_mapping(RawTable(table, "", "CSV"), "transaction")
    assert mapping.of("direction") == (("Box",) if is_direction else ())


@pytest.mark.parametrize(
    "amount", ["12", "  12.50 EUR ", "- 1 250,00 kr.", "(45.90)", "R$ 7,00 D", "12 000 円"]
)
def test_what_amounts_look_like(amount):
    assert holds_amounts(Column("Amount", [amount] * 3, 3))


def date_columns(**columns):
    return [Column(name.replace("_", " "), cells, len(cells)) for name, cells in columns.items()]


@pytest.mark.parametrize("both", ["202403", "2024-03", "Mar 2024", "0313"])
def test_a_column_of_two_parts_of_a_date_is_none_of_them(both):
    days = [str(day) for day in range(1, 6)]
    parts = {"Year": ["2024"] * 5, "Month": ["3"] * 5, "Day": days}
    for name in ("Year_Month", "Month_Year", "Day_Month"):
        assert date_parts(date_columns(**{name: [both] * 5}, **parts)) == ("Year", "Month", "Day")
    rest = {"Month": parts["Month"], "Day": days}
    assert date_parts(date_columns(Year_Month=[both] * 5, **rest)) == ()


def test_a_part_of_the_other_is_one_where_nothing_else_is():
    days = [str(day) for day in range(1, 6)]
    columns = date_columns(Any=["2024"] * 5, Mes_any=["3"] * 5, Dia_mes=days, Hora_dia=["10"] * 5)
    assert date_parts(columns) == ("Any", "Mes any", "Dia mes", "Hora dia")
    assert date_parts(date_columns(Day_Hour=["5"] * 5, Year=["2024"] * 5, Month=["3"] * 5, Day=days)) == (
        "Year",
        "Month",
        "Day",
    )


@pytest.mark.parametrize(
    "other",
    [
        [f"{{A{n}F-9{n}}}" for n in range(5)],
        [f"2024-0{n + 1}-02 edited" for n in range(5)],
        [f"https://maps.example/{name}" for name in "abcde"],
    ],
)
def test_parts_of_one_area_have_its_name_and_no_code_date_or_link(other):
    columns = date_columns(Remark=other, Ward=["North", "North", "South", "South", "West"])
    assert find_names(RawTable(pa.table({"Ward": ["x"]}), "", "CSV"), columns) == ["Ward"]


def test_the_name_of_something_larger_gives_way_to_words_of_each_outline():
    columns = date_columns(PAC=["Sydney City", "Kings Cross", "Newtown"], REGION=["Central"] * 3)
    assert find_names(RawTable(pa.table({"PAC": ["x"]}), "", "CSV"), columns) == ["PAC"]


@pytest.mark.parametrize(
    ("name", "is_other"), [("To account", True), ("Beneficiary account", True), ("Account 2", False)]
)
def test_a_number_that_is_the_same_throughout_is_the_payee_s_where_it_is_called_so(name, is_other):
    rows = range(1, 7)
    table = {
        "Date": [f"2024-03-0{n}" for n in rows],
        "Account number": ["12345678"] * 6,
        name: ["87654321"] * 6,
        "Description": [f"Rent {n}" for n in rows],
        "Amount": [f"-{n}0.00" for n in rows],
    }
    mapping = propose_mapping(RawTable(pa.table(table), "", "CSV"), "transaction")
    assert mapping.of("other") == ((name,) if is_other else ())
