"""The audit chain: each way of changing it is found, at the record where it was changed."""

import hashlib
from datetime import date, datetime

import pytest

from analytics.oversight import Actor, record, verify
from analytics.store.chain import GENESIS as _GENESIS
from analytics.store.chain import hash_record as _hash

COLUMNS = (
    "sequence, recorded_at, actor, role, act, object, purpose, CAST(detail AS VARCHAR) AS detail, "
    "previous_hash, session, content, hash"
)


@pytest.fixture
def audited(store):
    for i in range(5):
        with store.write(changes_data=False) as cursor:
            record(cursor, Actor("A"), "import", f"source {i}", "test", {"é": i})
    return store


def test_an_untouched_chain_verifies(audited):
    count, last_hash, broken = verify(audited)
    assert (count, broken) == (5, None) and len(last_hash) == 64


@pytest.mark.parametrize(
    ("tampering", "sequence"),
    [
        ("UPDATE audit SET actor = 'B' WHERE sequence = 3", 3),
        ("""UPDATE audit SET detail = '{"é": 9}' WHERE sequence = 2""", 2),
        ("DELETE FROM audit WHERE sequence = 4", 4),
        ("DELETE FROM audit WHERE sequence = 1", 1),
    ],
)
def test_tampering_is_found_at_its_first_link(audited, tampering, sequence):
    with audited.write(changes_data=False) as cursor:
        cursor.execute(tampering).fetchall()
    assert verify(audited)[2].sequence == sequence


def test_an_empty_chain_verifies(store):
    assert verify(store)[2] is None


def stored(store) -> list[dict]:
    return store.rows(f"SELECT {COLUMNS} FROM audit ORDER BY sequence")


def forge(store, sequence: int, **changes) -> None:
    """Change a record and give it the hash of its new content, as a forger who knows the method would."""
    row = stored(store)[sequence - 1] | changes
    content = [value for name, value in row.items() if name != "hash"]
    with store.write(changes_data=False) as cursor:
        cursor.execute("DELETE FROM audit WHERE sequence = ?", [sequence]).fetchall()
        cursor.execute(
            "INSERT INTO audit (sequence, recorded_at, actor, role, act, object, purpose, detail,"
            f" previous_hash, session, content, hash) VALUES (?{', ?' * 11})",
            [*content, _hash(*content)],
        ).fetchall()


def test_a_record_names_what_was_done_and_follows_the_one_before(audited):
    rows = stored(audited)
    assert [row["sequence"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row["previous_hash"] for row in rows] == [_GENESIS, *(row["hash"] for row in rows[:-1])]
    assert _GENESIS == 64 * "0" and len({row["hash"] for row in rows}) == 5
    said = [rows[1][name] for name in ("actor", "role", "act", "object", "purpose")]
    assert said == ["A", "analyst", "import", "source 1", "test"]
    assert verify(audited)[1] == rows[-1]["hash"]


def test_a_record_without_detail_or_purpose_says_nothing_more(store):
    with store.write(changes_data=False) as cursor:
        record(cursor, Actor("B", "inspector"), "read report", "report 1")
    (row,) = stored(store)
    assert (row["role"], row["purpose"], row["detail"]) == ("inspector", "", "{}")
    assert verify(store) == (1, row["hash"], None)


def test_detail_is_written_with_its_keys_in_order_and_any_value_as_text(store):
    with store.write(changes_data=False) as cursor:
        record(cursor, Actor("A"), "search", "o", detail={"z": date(2026, 5, 1), "b": "\u00e9"})
    assert stored(store)[0]["detail"] == '{"b": "\\u00e9", "z": "2026-05-01"}'
    assert verify(store)[2] is None


@pytest.mark.parametrize("sequence", [1, 2, 4])
def test_a_forged_record_with_a_hash_of_its_own_is_found_at_the_next(audited, sequence):
    before = stored(audited)[sequence - 1]["hash"]
    forge(audited, sequence, actor="nobody")
    forged = stored(audited)[sequence - 1]["hash"]
    assert forged != before
    count, last_hash, broken = verify(audited)
    assert (count, last_hash) == (5, forged)  # the last that held
    assert (broken.sequence, broken.reason) == (sequence + 1, "it does not follow from the record before it")


@pytest.mark.parametrize(("sequence", "last"), [(1, 0), (3, 2)])
def test_a_record_that_follows_another_is_found(audited, sequence, last):
    hashes = [_GENESIS, *(row["hash"] for row in stored(audited))]
    forge(audited, sequence, previous_hash="f" * 64)
    assert verify(audited)[1] == hashes[last]
    assert verify(audited)[2].sequence == sequence
    assert verify(audited)[2].reason == "it does not follow from the record before it"


def test_a_chain_forged_to_its_end_gives_another_last_hash(audited):
    """The chain alone cannot show it: the last hash, written down elsewhere, does."""
    before = verify(audited)[1]
    forge(audited, 5, actor="nobody")
    assert verify(audited)[2] is None and verify(audited)[1] != before


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("recorded_at", "recorded_at + INTERVAL 1 MICROSECOND"),
        ("actor", "'B'"),
        ("role", "'inspector'"),
        ("act", "'export'"),
        ("object", "'source 9'"),
        ("purpose", "''"),
        ("detail", "'{}'"),
        ("hash", f"'{_GENESIS}'"),
    ],
)
def test_no_column_changes_unnoticed(audited, column, value):
    hashes = [row["hash"] for row in stored(audited)]
    with audited.write(changes_data=False) as cursor:
        cursor.execute(f"UPDATE audit SET {column} = {value} WHERE sequence = 3").fetchall()
    count, last_hash, broken = verify(audited)
    assert (count, last_hash, broken.sequence) == (5, hashes[1], 3)
    assert broken.reason == "its content was changed"


@pytest.mark.parametrize("sequence", [1, 4])
def test_a_missing_record_is_named(audited, sequence):
    hashes = [_GENESIS, *(row["hash"] for row in stored(audited))]
    with audited.write(changes_data=False) as cursor:
        cursor.execute("DELETE FROM audit WHERE sequence = ?", [sequence]).fetchall()
    count, last_hash, broken = verify(audited)
    assert (count, last_hash) == (4, hashes[sequence - 1])
    assert (broken.sequence, broken.reason) == (sequence, f"record {sequence} is missing")


def test_records_go_on_from_the_last(audited):
    last = verify(audited)[1]
    with audited.write(changes_data=False) as cursor:
        record(cursor, Actor("A"), "read report", "report 1")
    row = stored(audited)[-1]
    assert (row["sequence"], row["previous_hash"]) == (6, last) and verify(audited) == (6, row["hash"], None)


def test_the_hash_is_of_the_record_as_json_in_utf_8():
    """As every store has it: another way of writing the record would break the chains that exist."""
    text = '[7, "2026-05-01T09:30:00.000005", "Ana \u00e9", "x", "' + 64 * "0" + '"]'
    at = datetime(2026, 5, 1, 9, 30, 0, 5)
    expected = hashlib.sha256(text.encode("utf-8")).hexdigest()
    assert _hash(7, at, "Ana \u00e9", "x", _GENESIS) == expected


def test_an_act_without_its_own_purpose_is_recorded_under_the_actors(store):
    actor = Actor("A", purpose="investigation")
    with store.write(changes_data=False) as cursor:
        record(cursor, actor, "search", "phone")
        record(cursor, actor, "export rows", "rows", "court")
    with store.read() as cursor:
        purposes = cursor.execute("SELECT purpose FROM audit ORDER BY sequence").fetchall()
    assert purposes == [("investigation",), ("court",)]
