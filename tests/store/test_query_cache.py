import threading

import ibis
import pyarrow as pa
import pytest

from analytics.store import Store
from analytics.store.engine import DuckDBEngine, incidents
from analytics.store.query_cache import QueryCache

ROWS = pa.table({"n": pa.array([1, 2, 3], pa.int64())})


def add_incident(store, number):
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " time_precision, local_date) VALUES (1, ?, 1, 'theft', ?, ?, 'minute', ?)",
            [number, "2024-01-01", "2024-01-01", "2024-01-01"],
        ).fetchall()


def count(engine):
    rows = incidents().filter(incidents().source_id == 1)
    return engine.run(rows.aggregate(n=rows.count()))


def test_the_same_question_is_asked_of_the_store_once(store, monkeypatch):
    add_incident(store, 1)
    asked = []
    query = store.query
    monkeypatch.setattr(store, "query", lambda sql, *a, **k: asked.append(sql) or query(sql, *a, **k))
    first = count(DuckDBEngine(store))
    assert (
        count(DuckDBEngine(store)) is first
    )  # another expression, another engine: what is asked is the same
    assert len([sql for sql in asked if "COUNT" in sql and "incident" in sql]) == 1


def test_a_change_of_the_data_is_seen_at_once(store):
    engine = DuckDBEngine(store)
    for number in range(1, 4):
        add_incident(store, number)
        assert count(engine)["n"].to_pylist() == [number]


def test_no_result_reaches_another_store():
    stores = [Store(":memory:"), Store(":memory:")]
    add_incident(stores[0], 1)
    add_incident(stores[1], 1)
    add_incident(stores[1], 2)
    assert [count(DuckDBEngine(store))["n"].to_pylist() for store in stores] == [[1], [2]]
    for store in stores:
        store.close()


def test_who_is_given_a_result_cannot_change_the_next_reader_s(store):
    add_incident(store, 1)
    engine = DuckDBEngine(store)
    frame = count(engine).to_pandas()
    try:
        frame.loc[0, "n"] = 99
        frame.to_numpy()[0, 0] = 99
    except ValueError:
        pass  # a read-only view
    assert count(engine)["n"].to_pylist() == [1] and count(engine).to_pandas().n.tolist() == [1]


def test_tables_that_a_query_carries_are_told_apart(store):
    engine = DuckDBEngine(store)
    results = [engine.run(ibis.memtable(pa.table({"n": [number]})))["n"].to_pylist() for number in (1, 2)]
    assert results == [[1], [2]]


def test_a_later_version_drops_all_that_is_stored_and_an_earlier_one_finds_nothing():
    cache = QueryCache()
    cache.add(1, "a", ROWS)
    assert cache.find(1, "a") is ROWS
    assert cache.find(2, "a") is None and cache.find(1, "a") is None
    cache.add(1, "a", ROWS)  # read before the change, added after it
    assert cache.find(2, "a") is None and cache.find(1, "a") is None


def test_the_least_recently_used_goes_first():
    cache = QueryCache(max_entries=2)
    for name in "ab":
        cache.add(1, name, ROWS)
    cache.find(1, "a")
    cache.add(1, "c", ROWS)
    assert [cache.find(1, name) is ROWS for name in "abc"] == [True, False, True]


@pytest.mark.parametrize("extra", [0, 100])
def test_no_more_bytes_are_stored_than_allowed(extra):
    size = ROWS.get_total_buffer_size() + extra
    cache = QueryCache(max_bytes=4 * size)
    for name in "abcde":
        cache.add(1, name, ROWS, extra)
    assert [cache.find(1, name) is ROWS for name in "abcde"] == [False, True, True, True, True]
    small = QueryCache(max_bytes=4 * size - 1)
    small.add(1, "a", ROWS, extra)
    assert small.find(1, "a") is None  # larger than a quarter of the whole


def test_adding_the_same_query_twice_counts_it_once():
    cache = QueryCache(max_bytes=4 * ROWS.get_total_buffer_size())
    for name in "aaaabcd":
        cache.add(1, name, ROWS)
    assert all(cache.find(1, name) is ROWS for name in "abcd")


def test_readers_beside_a_writer_never_count_back(store):
    """Each reader sees a count at least as high as it saw before, whatever the others store meanwhile."""
    seen = [[] for _ in range(4)]
    done = threading.Event()

    def read(numbers):
        engine = DuckDBEngine(store)
        while not done.is_set():
            numbers.append(count(engine)["n"][0].as_py())

    threads = [threading.Thread(target=read, args=(numbers,)) for numbers in seen]
    [thread.start() for thread in threads]
    for number in range(1, 21):
        add_incident(store, number)
    done.set()
    [thread.join() for thread in threads]
    assert all(numbers == sorted(numbers) for numbers in seen)
    assert count(DuckDBEngine(store))["n"].to_pylist() == [20]
