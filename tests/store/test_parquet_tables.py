"""Bulk tables in Parquet files: the same rows, written, removed, erased, backed up and upgraded."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from analytics.ingest import SourceDetails, import_file, propose_mapping, read_file
from analytics.oversight import Actor, Refused, record
from analytics.oversight.approvals import EVERY_TABLE, approve_request, request_approval
from analytics.oversight.backup import BackupRefused, back_up, export_store, restore
from analytics.oversight.byte_search import find_in_file
from analytics.oversight.erasure import ErasureRequest, erase
from analytics.oversight.relocation import move_store
from analytics.oversight.seal import verify_store
from analytics.oversight.visibility import see_store
from analytics.store import Store, UnusableStore, migrate, moving
from analytics.store.migrate import MigrationFailed, shipped_migrations
from analytics.store.moving import digest_sources
from analytics.store.parquet_tables import BULK, list_files
from analytics.store.removal import delete_source_rows
from analytics.store.rewrite import NotTheSame

ACTOR = Actor("A")
DETAILS = SourceDetails("Adverts", "Law", "Trial", "P", date(2030, 1, 1))


def read_all(store: Store) -> dict[str, list]:
    return {table: store.query(f'SELECT * FROM "{table}" ORDER BY ALL').to_pylist() for table in BULK}


def files_of(store: Store) -> set[str]:
    return {str(file.relative_to(store.files)) for file in store.files.glob("*/*.parquet")}


def named_in(store: Store) -> set[str]:
    with store.read() as cursor:
        return list_files(cursor)


def import_adverts(store: Store, name: str = "adverts", rows: int = 300):
    file = Path(store.path).with_name(f"{name}.csv")
    lines = [f"{row},{name} wording {row},+44770090{row:04d}" for row in range(rows)]
    file.write_text("\n".join(["id,body,phone", *lines]) + "\n", encoding="utf-8")
    return import_file(store, ACTOR, file, propose_mapping(read_file(file), "advert"), DETAILS)


@pytest.fixture
def city(scenario_store, tmp_path):
    store = Store(shutil.copy(scenario_store, tmp_path / "city.duckdb"))
    yield store
    store.close()


@pytest.fixture
def moved(store):
    """An empty store whose bulk tables lie in Parquet files."""
    move_store(store, ACTOR, "parquet")
    return store


def test_a_store_is_moved_there_and_back_row_by_row(city):
    before, version = read_all(city), city.data_version()
    counts = move_store(city, ACTOR, "parquet")
    assert set(counts) == set(BULK) and counts["incident"] == len(before["incident"]) > 1000
    assert read_all(city) == before and city.parquet_tables == set(BULK)
    assert files_of(city) == named_in(city) and not verify_store(city).faults
    sources = city.rows("SELECT DISTINCT source_id FROM incident")
    named = city.rows(
        "SELECT source_id, sum(rows)::BIGINT AS n FROM parquet_file"
        " WHERE table_name = 'incident' GROUP BY ALL"
    )
    assert {row["source_id"] for row in sources} == {row["source_id"] for row in named}
    assert sum(row["n"] for row in named) == counts["incident"]
    assert move_store(city, ACTOR, "parquet") == {}
    assert move_store(city, ACTOR, "duckdb") == counts
    assert read_all(city) == before and not city.parquet_tables and not files_of(city)
    assert not verify_store(city).faults and city.data_version() == version
    acts = [
        row["object"]
        for row in city.rows("SELECT object FROM audit WHERE act = 'move store' ORDER BY sequence")
    ]
    assert acts == ["parquet", "duckdb"]


def test_only_who_keeps_the_store_moves_it(store):
    with pytest.raises(Refused):
        move_store(store, Actor("O", "officer", "investigation", "s"), "parquet")


def test_an_import_into_files_is_that_into_the_store(store, tmp_path):
    plain = import_adverts(store)
    expected = read_all(store)
    move_store(other := Store(tmp_path / "other.duckdb"), ACTOR, "parquet")
    assert import_adverts(other) == plain
    assert read_all(other) == expected and files_of(other) == named_in(other) != set()
    assert not verify_store(other).faults
    other.close()


def test_a_source_goes_with_its_files_and_a_row_with_its_file_written_anew(moved):
    first, second = import_adverts(moved, "first").source_id, import_adverts(moved, "second").source_id
    before = files_of(moved)
    assert len(before) == 2
    with moved.write() as cursor:
        delete_source_rows(cursor, first)
        record(cursor, ACTOR, "remove source", str(first))
    assert len(files_of(moved)) == 1 and files_of(moved) < before
    with moved.write() as cursor:
        cursor.execute("DELETE FROM advert a WHERE a.row_number IN (SELECT unnest(?))", [[2, 5]]).fetchall()
        cursor.execute("UPDATE advert SET title = 'T' WHERE row_number = 9").fetchall()
        assert cursor.execute("SELECT count(*) FROM advert").fetchall() == [(298,)]
        record(cursor, ACTOR, "remove source", "rows")
    rows = moved.rows("SELECT source_id, count(*) AS n, count(title) AS titles FROM advert GROUP BY ALL")
    assert rows == [{"source_id": second, "n": 298, "titles": 1}]
    assert files_of(moved) == named_in(moved) and not files_of(moved) & before
    assert not verify_store(moved).faults


def test_what_fails_leaves_neither_rows_nor_files(moved):
    import_adverts(moved)
    before, rows = files_of(moved), read_all(moved)
    with pytest.raises(ZeroDivisionError), moved.write() as cursor:
        cursor.execute("DELETE FROM advert WHERE row_number < 10").fetchall()
        cursor.execute("INSERT INTO account (source_id, row_number) VALUES (9, 2)").fetchall()
        assert cursor.execute("SELECT count(*) FROM account").fetchall() == [(1,)]
        raise ZeroDivisionError
    with pytest.raises(duckdb.ConstraintException), moved.write() as cursor:
        cursor.execute("INSERT INTO incident (source_id, row_number) VALUES (9, 2)").fetchall()
    assert files_of(moved) == before and read_all(moved) == rows


def test_what_a_stopped_process_left_goes_when_the_store_is_opened(moved):
    import_adverts(moved)
    path, named = Path(moved.path), named_in(moved)
    moved.close()
    left = moved.files / "advert/7.0.parquet"
    shutil.copy(moved.files / next(iter(named)), left)
    again = Store(path)
    assert files_of(again) == named
    again.close()
    for file in named:
        (moved.files / file).rename(left)
    with pytest.raises(UnusableStore, match="1 of the store's Parquet files are missing"):
        Store(path)


def test_who_began_to_read_reads_to_the_end(moved):
    source = import_adverts(moved).source_id
    file = next(iter(files_of(moved)))
    with moved.read() as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT 1 FROM source").fetchall()
        with moved.write() as cursor:
            delete_source_rows(cursor, source)
            record(cursor, ACTOR, "remove source", str(source))
        assert moved.rows("SELECT 1 FROM advert") == []
        assert reading.execute("SELECT count(*) FROM advert").fetchall() == [(300,)]
        assert files_of(moved) == {file}
    assert files_of(moved) == set()


def test_a_store_that_is_carried_elsewhere_reads_the_files_beside_it(moved, tmp_path):
    import_adverts(moved)
    rows = read_all(moved)
    moved.copy_to(tmp_path / "elsewhere/copy.duckdb")
    moved.close()
    shutil.rmtree(moved.files)
    copy = Store(tmp_path / "elsewhere/copy.duckdb")
    assert read_all(copy) == rows
    with copy.read() as cursor, pytest.raises(duckdb.PermissionException):
        cursor.execute("SELECT * FROM read_csv('/etc/hostname')").fetchall()
    copy.close()


def test_a_partner_sees_no_row_of_a_source_that_is_closed(moved):
    import_adverts(moved)
    with moved.write() as cursor:
        cursor.execute("UPDATE source SET handling = 'C'").fetchall()
    closed = see_store(moved, Actor("pat", "partner", "investigation", "s"))
    assert closed.rows("SELECT 1 FROM advert") == [] == closed.rows("SELECT 1 FROM parquet_file")
    open_source = import_adverts(moved, "open").source_id
    assert closed.rows("SELECT DISTINCT source_id FROM advert") == [{"source_id": open_source}]
    assert [row["source_id"] for row in closed.rows("SELECT source_id FROM parquet_file")] == [open_source]


def test_what_is_erased_is_in_no_file(moved):
    source = import_adverts(moved).source_id
    import_adverts(moved, "other")
    before = files_of(moved)
    request = ErasureRequest("complaint", "law", rows=(("advert", source, 9),))
    proof = erase(moved, ACTOR, request, lambda cursor: None)
    assert proof.rows == {"advert": 1} and proof.found == {}
    assert not find_in_file(Path(moved.path), ["adverts wording 7"])
    kept = moved.rows("SELECT count(*) AS n FROM advert WHERE body = 'adverts wording 7'")
    assert kept == [{"n": 0}] and moved.rows("SELECT count(*) AS n FROM advert") == [{"n": 599}]
    assert files_of(moved) == named_in(moved) and len(files_of(moved) & before) == 1
    assert not verify_store(moved).faults


def test_a_backup_has_the_files_and_is_refused_without_one(moved, tmp_path):
    import_adverts(moved)
    rows, backup = read_all(moved), tmp_path / "kept/b.duckdb"
    back_up(moved, ACTOR, backup)
    restore(backup, tmp_path / "again.duckdb", ACTOR)
    again = Store(tmp_path / "again.duckdb")
    assert read_all(again) == rows and files_of(again) == named_in(again)
    import_adverts(again, "later")
    again.close()
    restore(backup, tmp_path / "again.duckdb", ACTOR, replace=True)
    again = Store(tmp_path / "again.duckdb")
    assert read_all(again) == rows
    again.close()
    aside = Store(tmp_path / "again.duckdb.before-restore")
    assert len(read_all(aside)["advert"]) == 600
    aside.close()
    asked = request_approval(moved, ACTOR, "export store", EVERY_TABLE, "for a test")
    approve_request(moved, Actor("second", "data officer"), asked)
    export_store(moved, ACTOR, tmp_path / "exported")
    exported = duckdb.read_parquet(str(tmp_path / "exported/advert.parquet")).fetchall()
    assert len(exported) == 300
    next(backup.with_name("b.duckdb.parquet").glob("*/*.parquet")).unlink()
    with pytest.raises(BackupRefused, match="altered"):
        restore(backup, tmp_path / "third.duckdb", ACTOR)


def test_files_that_are_altered_are_found_out(moved):
    import_adverts(moved)
    path = moved.files / next(iter(files_of(moved)))
    moved.close()
    with duckdb.connect() as database:
        database.execute(
            f"COPY (SELECT * REPLACE (CASE row_number WHEN 4 THEN 'x' ELSE body END AS body)"
            f" FROM '{path}') TO '{path}.new' (FORMAT parquet)"
        )
    Path(f"{path}.new").replace(path)
    again = Store(moved.path)
    assert ["advert" in fault.where for fault in verify_store(again).faults] == [True]
    again.close()


def test_a_move_that_was_stopped_goes_on_and_one_that_loses_rows_is_undone(city, monkeypatch):
    before = read_all(city)
    write = moving.write_files

    def stop_at_payments(database, table, *rest):
        if table == "transaction":
            raise OSError("no more")
        return write(database, table, *rest)

    monkeypatch.setattr(moving, "write_files", stop_at_payments)
    with pytest.raises(OSError, match="no more"):
        move_store(city, ACTOR, "parquet")
    assert city.parquet_tables == {"incident", "advert", "account"} and read_all(city) == before

    def lose_a_row(database, table, rows, *rest):
        some = f'(SELECT * FROM {rows} LIMIT (SELECT count(*) - 1 FROM "{table}"))'
        return write(database, table, some, *rest)

    monkeypatch.setattr(moving, "write_files", lose_a_row)
    with pytest.raises(NotTheSame, match="Not every row of transaction"):
        move_store(city, ACTOR, "parquet")
    assert read_all(city) == before and files_of(city) == named_in(city)
    monkeypatch.setattr(moving, "write_files", write)
    assert "transaction" in move_store(city, ACTOR, "parquet")
    assert read_all(city) == before


def test_a_change_of_one_value_changes_the_digest_of_its_source(city):
    with city.read() as cursor:
        before = digest_sources(cursor, "incident")
    with city.write() as cursor:
        cursor.execute("UPDATE incident SET place = 'elsewhere' WHERE row_number = 7").fetchall()
    with city.read() as cursor:
        assert digest_sources(cursor, "incident") != before


@pytest.fixture
def shipped(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", folder)
    monkeypatch.setattr(migrate, "_FOLDER", folder)
    yield folder
    monkeypatch.undo()
    shipped_migrations.cache_clear()


def test_an_upgrade_adds_columns_and_refuses_to_change_rows(moved, shipped, tmp_path):
    import_adverts(moved)
    rows = read_all(moved)["advert"]
    moved.close()
    (shipped / "8000_mood.sql").write_text(
        "-- of the advert\nALTER TABLE advert ADD COLUMN mood VARCHAR;\nCREATE TABLE mood (n INTEGER);"
    )
    shipped_migrations.cache_clear()
    upgraded = Store(moved.path)
    assert read_all(upgraded)["advert"] == [row | {"mood": None} for row in rows]
    assert not verify_store(upgraded).faults
    import_adverts(upgraded, "later")
    with upgraded.write() as cursor:
        cursor.execute("UPDATE advert SET mood = 'm' WHERE source_id = 2").fetchall()
    assert upgraded.rows("SELECT count(*) AS n, count(mood) AS m FROM advert") == [{"n": 600, "m": 300}]
    (copy,) = tmp_path.glob("*.schema-*.duckdb")
    assert len(list(copy.with_name(f"{copy.name}.parquet").glob("*/*.parquet"))) == 1
    upgraded.close()
    (shipped / "8001_mend.sql").write_text("UPDATE advert SET mood = 'none' WHERE mood IS NULL;")
    shipped_migrations.cache_clear()
    with pytest.raises(MigrationFailed, match="changes rows of advert"):
        Store(moved.path)
    (shipped / "8001_mend.sql").unlink()
    shipped_migrations.cache_clear()
    again = Store(moved.path)
    assert len(read_all(again)["advert"]) == 600
    again.close()
