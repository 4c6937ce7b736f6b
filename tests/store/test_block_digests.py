"""The digests of imported rows: the value that their description gives, whatever order the rows lie in."""

from __future__ import annotations

import hashlib
import json
import struct
from contextlib import closing
from datetime import datetime

import duckdb
import pytest

from analytics.oversight.seal import verify_store
from analytics.store import Store
from analytics.store.block_digests import digest_blocks
from analytics.store.former_seals import list_former_differences
from analytics.store.sealing import write_row

SOURCE = (
    "INSERT INTO source (source_id, kind, name, file_name, sha256, importer, imported_at, imported_by,"
    " legal_basis, purpose, handling, review_date, rows_in, rows_accepted, rows_quarantined) VALUES"
    " (1, 'account', 'A', 'a.csv', 'f', 'csv', '2026-01-01', 'A', 'law', 'test', 'P', '2027-01-01', 3, 3, 0)"
)


@pytest.fixture
def store():
    with closing(Store(":memory:")) as made:
        yield made


def make_things(store, *rows):
    """A table of each kind of column, not one of the schema's."""
    with store.write() as cursor:
        cursor.execute(
            "CREATE TABLE thing (source_id INTEGER, row_number BIGINT, seen DATE, changed TIMESTAMP,"
            " weight DOUBLE, is_new BOOLEAN, body VARCHAR, empty VARCHAR, raw BLOB)"
        )
        for row in rows:
            cursor.execute("INSERT INTO thing VALUES (4, ?, ?, ?, ?, ?, ?, NULL, ?)", row)


def describe_block(numbers, columns):
    """The digest that the module's description gives, put together value by value."""
    content = b""
    for name, kind, values in columns:
        content += f"{name}\0{kind}\0".encode() + bytes(value is not None for value in values)
        if kind == "VARCHAR":
            texts = [(value or "").encode() for value in values]
            content += b"".join(struct.pack("<i", len(text)) for text in texts) + b"".join(texts)
        else:
            code = "<d" if kind == "DOUBLE" else "<q"
            content += b"".join(struct.pack(code, value or 0) for value in values)
    return hashlib.sha256(content).hexdigest()


ROWS = [
    (130, "2026-03-01", "2026-03-01 10:00:00.000001", 1.5, True, "Zoë, 'quoted'", b"\x00\xff"),
    (2, None, "1969-12-31 23:59:59", -0.0, None, "", None),
    (129, "1970-01-02", None, None, False, None, None),
]


def test_a_digest_is_what_its_description_gives(store):
    make_things(store, *ROWS)
    with store.read() as cursor:
        first, second = digest_blocks(cursor, "thing", 4)
    assert (first.part, first.rows, second.part, second.rows) == ("4/0-127", 1, "4/128-255", 2)
    micro = int((datetime(2026, 3, 1, 10) - datetime(1970, 1, 1)).total_seconds()) * 1_000_000 + 1
    day = 86_400_000_000
    assert second.digest == describe_block(
        (129, 130),
        [
            ("body", "VARCHAR", (None, "Zoë, 'quoted'")),
            ("changed", "TIMESTAMP", (None, micro)),
            ("is_new", "BIGINT", (0, 1)),
            ("raw", "VARCHAR", (None, r"\x00\xFF")),
            ("row_number", "BIGINT", (129, 130)),
            ("seen", "TIMESTAMP", (day, (datetime(2026, 3, 1) - datetime(1970, 1, 1)).days * day)),
            ("source_id", "BIGINT", (4, 4)),
            ("weight", "DOUBLE", (None, 1.5)),
        ],
    )
    assert first.digest == describe_block(
        (2,),
        [
            ("body", "VARCHAR", ("",)),
            ("changed", "TIMESTAMP", (-1_000_000,)),
            ("row_number", "BIGINT", (2,)),
            ("source_id", "BIGINT", (4,)),
            ("weight", "DOUBLE", (0.0,)),
        ],
    )


def test_order_and_an_added_column_change_nothing_and_any_value_does(store):
    make_things(store, *ROWS)
    with store.write() as cursor:
        before = digest_blocks(cursor, "thing", 4)
        cursor.execute("CREATE TABLE again AS FROM thing ORDER BY row_number")
        cursor.execute("ALTER TABLE again ADD COLUMN added VARCHAR")
        assert digest_blocks(cursor, "again", 4) == before
        cursor.execute("CREATE TABLE runs AS FROM thing WHERE row_number > 128 ORDER BY row_number")
        cursor.execute("INSERT INTO runs FROM thing WHERE row_number < 128")
        assert digest_blocks(cursor, "runs", 4) == before
        for change in ("body = NULL", "body = 'x'", "seen = '1970-01-03'", "weight = 0", "is_new = true"):
            cursor.execute("CREATE OR REPLACE TABLE again AS FROM thing")
            cursor.execute(f"UPDATE again SET {change} WHERE row_number = 129")
            after = digest_blocks(cursor, "again", 4)
            assert (after[0] == before[0], after[1] == before[1]) == (True, change == "body = NULL")
        assert digest_blocks(cursor, "again", 5) == []


def test_digests_are_the_same_however_many_rows_are_read_at_a_time(store, monkeypatch):
    rows = [(n, None, None, n / 2, None, f"text {n}" if n % 300 > 140 else None, None) for n in range(2, 700)]
    make_things(store, *rows)
    with store.read() as cursor:
        whole = digest_blocks(cursor, "thing", 4)
        monkeypatch.setattr("analytics.store.block_digests._AT_ONCE", 256)
        assert digest_blocks(cursor, "thing", 4) == whole
    assert [block.rows for block in whole] == [126, 128, 128, 128, 128, 60]
    kept = [number for number in range(256, 384)]
    texts = [f"text {n}" if n % 300 > 140 else None for n in kept]
    columns = [("row_number", "BIGINT", kept), ("source_id", "BIGINT", [4] * 128)]
    body = [("body", "VARCHAR", texts)]
    assert whole[2].digest == describe_block(
        kept, body + columns + [("weight", "DOUBLE", [n / 2 for n in kept])]
    )


def test_rows_of_one_number_have_one_digest_in_any_order(store):
    twice = [(2, None, None, 1.0, None, text, None) for text in ("a", "b")]
    make_things(store, *twice)
    with store.write() as cursor:
        before = digest_blocks(cursor, "thing", 4)
        cursor.execute("CREATE TABLE again AS FROM thing ORDER BY body DESC")
        assert digest_blocks(cursor, "again", 4) == before


def test_former_digests_are_read_once_more_at_the_upgrade(tmp_path):
    path = tmp_path / "former.duckdb"
    with closing(Store(path)) as store, store.write() as cursor:
        cursor.execute(SOURCE)
        cursor.execute(
            "INSERT INTO account (source_id, row_number, reference) VALUES (1, 2, 'A'), (1, 200, 'B')"
        )
    with duckdb.connect(path) as database:
        text = write_row(database, "account")
        database.execute("DELETE FROM seal WHERE table_name = 'account'")
        database.execute(
            "INSERT INTO seal SELECT 1, 'account', '1/' || row_number // 128, 1, sha256(string_agg("
            f"{text}, chr(30))) FROM account GROUP BY ALL"
        )
        assert list_former_differences(database) == []
        database.execute("UPDATE account SET reference = 'C' WHERE row_number = 200")
        database.execute("DELETE FROM schema_migration WHERE number = 43")
    with closing(Store(path)) as store:
        (row,) = store.rows("SELECT CAST(detail AS VARCHAR) AS detail FROM audit WHERE act = 'seal store'")
        assert json.loads(row["detail"]) == {"differed from its seal": ["account 1/1"]}
        parts = store.rows(
            "SELECT part FROM seal WHERE table_name = 'account' AND digest <> '' AND sequence > 1"
        )
        assert [row["part"] for row in parts] == ["1/0-127", "1/128-255"]
        assert not [fault for fault in verify_store(store).faults if "account" in fault.where]
