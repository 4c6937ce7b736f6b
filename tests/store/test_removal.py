"""What goes with a source: no table of the schema is forgotten."""

from analytics.store.removal import SOURCE_TABLES, STAYS


def test_every_table_with_rows_of_a_source_is_cleared_or_named_as_staying(store):
    tables = store.rows(
        "SELECT DISTINCT table_name FROM information_schema.columns WHERE column_name = 'source_id'"
    )
    assert {row["table_name"] for row in tables} == {*SOURCE_TABLES, *STAYS}
