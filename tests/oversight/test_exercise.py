"""What is invented says so on every file that leaves, and what is real never does."""

import pandas as pd
import pytest

from analytics.oversight.exercise import (
    COLUMN,
    EXERCISE,
    PARTLY_EXERCISE,
    mark_name,
    mark_of_sources,
    mark_table,
    mark_text,
)
from analytics.shared.safe_csv import safe_csv
from tests.sources import insert_source_row


@pytest.fixture
def mixed_store(store):
    """Source 1 is real, source 2 invented."""
    with store.write() as cursor:
        for number, kind in ((1, "account"), (2, "advert")):
            insert_source_row(cursor, number, kind)
        cursor.execute("UPDATE source SET is_scenario = source_id = 2").fetchall()
        cursor.execute("INSERT INTO advert (source_id, row_number) VALUES (2, 1)").fetchall()
        cursor.execute("INSERT INTO account (source_id, row_number) VALUES (1, 1)").fetchall()
    return store


def test_rows_are_marked_by_their_source(mixed_store):
    rows = pd.DataFrame({"source_id": [1, 2], "note": ["real", "=invented"]})
    assert mark_table(mixed_store, rows)[COLUMN].tolist() == ["", EXERCISE]
    assert COLUMN not in mark_table(mixed_store, rows.head(1))
    assert f"2,'=invented,{EXERCISE}" in safe_csv(mark_table(mixed_store, rows)).decode()


def test_what_is_worked_out_bears_the_mark_of_its_sources(mixed_store):
    assert mark_of_sources(mixed_store, table="account") == ""
    assert mark_of_sources(mixed_store, table="advert") == EXERCISE
    assert mark_of_sources(mixed_store) == PARTLY_EXERCISE
    sums = pd.DataFrame({"town": ["Hove"]})
    assert mark_table(mixed_store, sums, "") is sums
    assert mark_table(mixed_store, sums, EXERCISE)[COLUMN].tolist() == [EXERCISE]


def test_the_name_of_the_file_says_it_too():
    assert mark_name("rows.csv", EXERCISE) == "EXERCISE-rows.csv" and mark_name("rows.csv", "") == "rows.csv"
    assert mark_text("Dear", EXERCISE) == f"{EXERCISE}\n\nDear" and mark_text("Dear", "") == "Dear"
