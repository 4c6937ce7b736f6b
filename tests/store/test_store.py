import subprocess
import sys
import threading

import duckdb
import pytest

from analytics.store import Store, StoreInUse
from analytics.store.engine import (
    DuckDBEngine,
    accounts,
    adverts,
    boundaries,
    denominator_values,
    denominators,
    incidents,
    transactions,
)


def test_a_write_that_fails_leaves_nothing(store):
    before = store.data_version()
    with pytest.raises(ZeroDivisionError), store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 27700, 'UTC')").fetchall()
        raise ZeroDivisionError
    assert store.rows("SELECT count(*) AS n FROM area")[0]["n"] == 0
    assert store.data_version() == before


def test_a_failed_statement_leaves_nothing_and_the_store_usable(store):
    with pytest.raises(duckdb.Error), store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 27700, 'UTC')").fetchall()
        cursor.execute("SELECT * FROM no_such_table")
    assert store.rows("SELECT count(*) AS n FROM area")[0]["n"] == 0


def test_data_version_rises_only_with_data(store):
    before = store.data_version()
    with store.write(changes_data=False):
        pass
    assert store.data_version() == before
    with store.write():
        pass
    assert store.data_version() == before + 1


def test_concurrent_readers_get_their_own_rows(store):
    wrong = []

    def reader(k):
        for i in range(50):
            n = k * 1000 + i
            if store.rows("SELECT max(range) AS m FROM range(?)", [n + 1])[0]["m"] != n:
                wrong.append((k, i))

    threads = [threading.Thread(target=reader, args=(k,)) for k in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert wrong == []


def test_concurrent_writers_queue(store):
    def writer(k):
        for i in range(10):
            with store.write() as cursor:
                cursor.execute(
                    "INSERT INTO area (name, epsg, time_zone) VALUES (?, 1, 'UTC')", [f"{k}-{i}"]
                ).fetchall()

    threads = [threading.Thread(target=writer, args=(k,)) for k in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert store.rows("SELECT count(*) AS n FROM area")[0]["n"] == 40


def test_external_access_is_off(store):
    with pytest.raises(duckdb.Error):
        store.query("SELECT * FROM read_csv('/etc/passwd')")
    with pytest.raises(duckdb.Error):
        store.query("SET enable_external_access = true")


def test_killed_in_a_write_it_reopens_with_what_was_committed(tmp_path):
    path = tmp_path / "killed.duckdb"
    program = f"""
import os
from analytics.store import Store
store = Store({str(path)!r})
with store.write() as cursor:
    cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('kept', 1, 'UTC')").fetchall()
with store.write() as cursor:
    cursor.execute("INSERT INTO quarantine SELECT 1, range, 'x', NULL FROM range(500000)").fetchall()
    os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    store = Store(path)
    assert [r["name"] for r in store.rows("SELECT name FROM area")] == ["kept"]
    assert store.rows("SELECT count(*) AS n FROM quarantine")[0]["n"] == 0
    store.close()


def test_a_second_process_is_told_that_the_store_is_in_use(store):
    program = f"from analytics.store import Store; Store({store.path!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and StoreInUse.__name__ in done.stderr


_TABLES = [incidents, adverts, accounts, transactions, boundaries, denominators, denominator_values]


@pytest.mark.parametrize("table", _TABLES, ids=lambda t: t.__name__)
def test_the_ibis_tables_match_the_schema(store, table):
    columns = [r["column_name"] for r in store.rows(f'DESCRIBE "{table().get_name()}"')]
    assert columns == list(table().columns)
    assert DuckDBEngine(store).run(table().limit(1)).num_rows == 0


def test_stores_open_only_once_a_process(tmp_path):
    from analytics.store import close_store, open_store

    assert open_store(tmp_path / "s.duckdb") is open_store(tmp_path / "s.duckdb")
    close_store(tmp_path / "s.duckdb")
    Store(tmp_path / "s.duckdb").close()
