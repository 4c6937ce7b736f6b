"""What a minus means in a list of payments, by what its rows are called; and who the other party is."""

import pyarrow as pa
import pytest

from analytics.ingest import RawTable, propose_mapping

SHOPS = [f"Shop {n}" for n in range(6)]


def propose(amounts, kinds, **others):
    columns = {
        "Date": [f"2024-03-{day:02d}" for day in range(1, len(amounts) + 1)],
        "Description": [*SHOPS[: len(amounts)]],
        "Amount": amounts,
        "Type": kinds,
    }
    return propose_mapping(RawTable(pa.table(columns | others), "", "CSV"), "transaction")


@pytest.mark.parametrize(
    ("amounts", "kinds", "role"),
    [
        (["12.50", "7.20", "30.00", "-50.00"], ["Purchase"] * 3 + ["Payment"], "out"),
        (["12.50", "7.20", "30.00", "-7.20"], ["Purchase"] * 4, "out"),  # one was taken back
        (["-12.50", "-7.20", "-30.00", "7.20"], ["Purchase"] * 4, "amount"),
        (["-12.50", "-7.20", "-30.00", "50.00"], ["Sale"] * 3 + ["Payment"], "amount"),
        (["12.50", "7.20", "30.00", "-7.20"], ["Sale"] * 3 + ["Refund"], "amount"),  # a shop's own list
        (["12.50", "7.20", "30.00", "-49.00"], ["charge"] * 3 + ["payout"], "amount"),
    ],
)
def test_most_purchases_say_what_a_minus_means_and_sales_do_not(amounts, kinds, role):
    mapping = propose(amounts, kinds)
    assert mapping.of(role) == ("Amount",)
    assert not mapping.of({"out": "amount", "amount": "out"}[role])


def test_as_many_purchases_with_a_minus_as_without_settle_nothing():
    mapping = propose(["12.50", "7.20", "-30.00", "-7.20", "40.00"], ["Purchase"] * 4 + ["Fee"])
    assert any("say so" in note for note in mapping.notes())


def test_first_and_last_name_of_the_other_party_are_both_read():
    names = {"Sender First Name": ["Anna", "Piotr", "Maria"], "Sender Last Name": ["Lee", "Nowak", "Silva"]}
    own = {"Account Number": ["12345678"] * 3}
    mapping = propose(["10.00", "-20.00", "-5.00"], ["Transfer"] * 3, **own, **names)
    assert mapping.of("other_name") == tuple(names) and mapping.of("note") == ("Description",)


def test_what_was_bought_and_what_came_in_say_what_a_minus_means():
    bought = ["Groceries", "Restaurants", "Groceries", "Income"]
    assert propose(["12.50", "7.20", "30.00", "-500.00"], bought).of("out") == ("Amount",)
    assert propose(["-12.50", "-7.20", "-30.00", "500.00"], bought).of("amount") == ("Amount",)
    hotel = ["Hotel"] * 4  # the list of a hotel's own takings
    assert propose(["90.00", "80.00", "120.00", "-80.00"], hotel).of("amount") == ("Amount",)
