"""Two columns of payments told apart by their values alone."""

import pyarrow as pa
import pytest

from analytics.ingest import RawTable, propose_mapping
from analytics.ingest.columns import Column
from analytics.ingest.paired_columns import (
    find_out_and_in_by_values,
    find_sides_by_own_account,
    goes_with,
    read_number,
)

OUT = ["45,90", "", "12,35", ""]
INTO = ["", "2.500,00", "", "300,00"]
BALANCE = ["954,10", "3.454,10", "3.441,75", "3.741,75"]


def column(name, cells):
    return Column(name, list(cells), len(cells))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,50", 1234.5),
        ("1,234.50", 1234.5),
        ("-45,9 €", -45.9),
        ("(12.00)", -12),
        ("7.00-", -7),
        ("", 0),
    ],
)
def test_a_number_is_read_with_the_decimal_sign_it_shows(text, number):
    assert read_number(text) == pytest.approx(number)


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_balance_says_which_of_two_unnamed_columns_is_out(newest_first):
    step = -1 if newest_first else 1
    first, second, balance = (column(n, c[::step]) for n, c in (("x", OUT), ("y", INTO), ("Stand", BALANCE)))
    assert find_out_and_in_by_values([first, second], balance) == ("x", "y")
    assert find_out_and_in_by_values([second, first], balance) == ("x", "y")


@pytest.mark.parametrize("rows", [20, 5000])
def test_the_balance_of_a_long_statement_is_followed_too(rows):
    moved = [(37 * k % 991 - 400.5) / 2 for k in range(1, rows + 1)]
    balance = [sum(moved[: k + 1]) for k in range(rows)]
    columns = {
        "Date": ["2024-03-13"] * rows,
        "X": [f"{-by:.2f}" if by < 0 else "" for by in moved],
        "Y": [f"{by:.2f}" if by >= 0 else "" for by in moved],
        "Balance": [f"{stand:.2f}" for stand in balance],
    }
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    mapping = propose_mapping(RawTable(table, "", "CSV"), "transaction")
    assert (mapping.of("out"), mapping.of("in"), mapping.of("amount")) == (("X",), ("Y",), ())


def test_a_word_in_one_name_settles_both():
    unnamed, named = column("x", OUT), column("Depósitos", INTO)
    assert find_out_and_in_by_values([unnamed, named], None) == ("x", "Depósitos")


def test_two_columns_that_no_word_and_no_balance_tells_apart_are_left_alone():
    unrelated = column("Stand", ["5", "9", "1", "40"])
    assert find_out_and_in_by_values([column("x", OUT), column("y", INTO)], unrelated) is None
    assert find_out_and_in_by_values([column("x", OUT), column("y", OUT)], None) is None


OWN, ONE, TWO = "DE00100000000000000001", "DE00100000000000000002", "DE00100000000000000003"


def test_the_account_on_either_side_of_every_row_makes_payer_and_payee():
    first, second = column("a", [OWN, ONE, OWN]), column("b", [TWO, OWN, ONE])
    amount = column("amount", ["-5.00", "7.00", "-9.00"])
    assert find_sides_by_own_account([first, second], amount, None) == ("a", "b")
    assert find_sides_by_own_account([second, first], amount, None) == ("a", "b")
    assert find_sides_by_own_account([first, second], None, None) is None


def test_words_go_before_the_sign():
    source, target = column("source account", [OWN, ONE, OWN]), column("b", [TWO, OWN, ONE])
    positive = column("amount", ["5.00", "7.00", "9.00"])
    assert find_sides_by_own_account([target, source], positive, None) == ("source account", "b")


def test_an_account_goes_with_the_name_beside_it():
    names = column("name", ["Shop", "Employer", "Shop", ""])
    assert goes_with(column("account", [ONE, TWO, ONE, ""]), names)
    assert not goes_with(column("account", [OWN] * 4), names)
    assert not goes_with(column("account", [ONE] * 4), column("name", ["Shop"] * 4))
