"""The patterns by which the values of columns are known, on texts that are long and do not fit."""

import pyarrow as pa
import pytest

from analytics.ingest import RawTable, propose_mapping
from analytics.ingest.columns import Column
from analytics.ingest.coordinates import read_coordinate, read_pair
from analytics.ingest.incident_columns import find_category
from analytics.ingest.statement_columns import holds_amounts, is_masked
from analytics.ingest.statement_preamble import preamble_account

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
