"""A store's schema: never half upgraded, copied before it changes, refused where
it is not the one expected."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import duckdb
import pytest

from analytics.oversight import Actor
from analytics.store import Store, UnusableStore, migrate
from analytics.store.copies import MAX_COPIES, list_copies
from analytics.store.migrate import MigrationFailed, MigrationsDiffer, StoreTooNew, shipped_migrations
from analytics.store.schema_check import describe_schema, list_differences
from analytics.tasking.products import record_decision, save_product

FORMER = Path(__file__).parent / "former"
# Every set of migrations that a commit on main or a branch merged into it had, and the schema that they made.
FORMER_STORES = json.loads((FORMER / "stores.json").read_text(encoding="utf-8"))
# Numbers that were set aside for work that came to need no change of the schema. The next number is the
# highest one plus 1.
GAPS = {4, 6, 8, 9, 12, 24, 25, 27, 28, 29}


def schema_of(database: duckdb.DuckDBPyConnection) -> dict:
    return {key: value for key, value in describe_schema(database).items() if key[1] != "schema_migration"}


def make_former_store(path: Path, numbers: list[int], former: list[int] = ()) -> None:
    """A store as an earlier version made it, which recorded numbers alone."""
    with duckdb.connect(path) as database:
        database.execute(
            "CREATE TABLE schema_migration (number INTEGER, applied_at TIMESTAMP DEFAULT current_timestamp)"
        )
        for migration in shipped_migrations():
            if migration.number in numbers:
                edited = (FORMER / migration.name).read_text() if migration.number in former else None
                database.execute(edited or migration.sql)
                database.execute(f"INSERT INTO schema_migration (number) VALUES ({migration.number})")


@pytest.fixture(scope="module")
def current_schema() -> dict:
    store = Store(":memory:")
    with store.read() as cursor:
        return schema_of(cursor)


@pytest.fixture
def shipped(tmp_path, monkeypatch) -> Path:
    """A copy of the migrations, to edit."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", folder)
    monkeypatch.setattr(migrate, "_FOLDER", folder)
    shipped_migrations.cache_clear()
    yield folder
    shipped_migrations.cache_clear()


def add_migration(folder: Path, sql: str, number: int = 9000) -> None:
    (folder / f"{number}_added.sql").write_text(sql, encoding="utf-8")
    shipped_migrations.cache_clear()


def test_no_migration_that_shipped_was_edited_or_removed():
    folder = Path(migrate.__file__).parent / "migrations"
    recorded = dict(
        reversed(line.split("  "))
        for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    )
    assert {migration.name: migration.sha256 for migration in shipped_migrations()} == recorded, (
        "A migration is never edited: add another one, and its line to SHA256SUMS (sha256sum *.sql)."
    )


def test_the_gaps_in_the_numbers_are_the_known_ones():
    numbers = [migration.number for migration in shipped_migrations()]
    assert numbers == sorted(set(numbers))
    assert set(range(1, numbers[-1] + 1)) - set(numbers) == GAPS


@pytest.mark.parametrize("former", FORMER_STORES, ids=lambda former: former["commit"])
def test_a_store_of_every_earlier_version_opens_with_the_present_schema(tmp_path, current_schema, former):
    path = tmp_path / "s.duckdb"
    make_former_store(path, former["numbers"], former["former"])
    with duckdb.connect(path) as database:
        made = hashlib.sha256(repr(sorted(schema_of(database).items())).encode()).hexdigest()
        assert made.startswith(former["schema"]), "this is not the store that the commit made"
        database.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 27700, 'UTC')")
    store = Store(path)
    with store.read() as cursor:
        assert list_differences(current_schema, schema_of(cursor)) == []
    assert [row["name"] for row in store.rows("SELECT name FROM area")] == ["A"]
    assert {row["sha256"] for row in store.rows("SELECT sha256 FROM schema_migration")} == {
        migration.sha256 for migration in shipped_migrations()
    }
    store.close()


def test_the_first_decision_can_be_taken_in_a_store_from_before_meetings(tmp_path):
    path = tmp_path / "s.duckdb"
    former = next(former for former in FORMER_STORES if former["commit"] == "ac57f31")
    make_former_store(path, former["numbers"], former["former"])
    store = Store(path)
    content = {"title": "Patrol the quay", "options": [], "sections": {}}
    proposal, version = save_product(store, Actor("Ann"), "brief", "Patrol the quay", content, [])
    record_decision(store, Actor("Ann"), proposal, version, "declined", "No officers", "The chair")
    assert store.rows("SELECT meeting_id FROM decision") == [{"meeting_id": None}]
    store.close()


def test_a_current_store_is_opened_without_a_copy_or_a_change(tmp_path):
    path = tmp_path / "s.duckdb"
    Store(path).close()
    before = path.read_bytes()
    Store(path).close()
    assert path.read_bytes() == before and list_copies(path) == []


def test_the_store_is_copied_before_it_is_upgraded_and_the_user_told_where(tmp_path, caplog):
    path = tmp_path / "city store.duckdb"
    make_former_store(path, [1, 2, 3])
    with duckdb.connect(path) as database:
        database.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('A', 27700, 'UTC')")
    Store(path).close()
    (copy,) = list_copies(path)
    assert copy.name.startswith("city store.schema-03.") and str(copy) in caplog.text
    with duckdb.connect(copy, read_only=True) as database:
        assert database.execute("SELECT name FROM area").fetchall() == [("A",)]
        assert database.execute("SELECT max(number) FROM schema_migration").fetchall() == [(3,)]


def test_only_the_newest_copies_of_this_store_are_kept(tmp_path):
    path = tmp_path / "s.duckdb"
    for second in range(5):
        (tmp_path / f"s.schema-02.2026010{second}T000000Z.duckdb").write_bytes(b"old")
    others = [tmp_path / "s2.schema-02.20260101T000000Z.duckdb", tmp_path / "s.schema-02.mine.duckdb"]
    [other.write_bytes(b"other") for other in others]
    make_former_store(path, [1])
    Store(path).close()
    copies = list_copies(path)
    assert len(copies) == MAX_COPIES and copies[-1].name.startswith("s.schema-01.")
    assert [copy.name[12:20] for copy in copies[:-1]] == ["20260103", "20260104"]
    assert all(other.exists() for other in others)


def test_without_room_for_the_copy_nothing_is_changed(tmp_path, monkeypatch):
    path = tmp_path / "s.duckdb"
    make_former_store(path, [1])
    before = path.read_bytes()

    def fill_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analytics.store.copies.shutil.copyfileobj", fill_disk)
    with pytest.raises(UnusableStore, match="No space left on device. Nothing was changed"):
        Store(path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path, shipped):
    path = tmp_path / "s.duckdb"
    Store(path).close()
    add_migration(shipped, "CREATE TABLE first_step (x INTEGER);", 9000)
    add_migration(shipped, "CREATE TABLE second_step (x INTEGER); SELECT * FROM no_such_table;", 9001)
    with pytest.raises(MigrationFailed, match="9001_added.sql failed.*no_such_table"):
        Store(path)
    assert list_copies(path) == []
    (shipped / "9001_added.sql").write_text("CREATE TABLE second_step (x INTEGER);")
    shipped_migrations.cache_clear()
    store = Store(path)
    assert store.rows("SELECT count(*) AS n FROM first_step") == [{"n": 0}]
    store.close()


def test_a_store_interrupted_in_a_migration_is_as_it_was(tmp_path, shipped, monkeypatch):
    path = tmp_path / "s.duckdb"
    make_former_store(path, [1])
    monkeypatch.setattr(migrate, "list_differences", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        Store(path)
    with duckdb.connect(path) as database:
        assert database.execute("SELECT number FROM schema_migration").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file.write_text(file.read_text() + "-- a word\n"), "0016_results.sql was edited after"),
        (lambda file: file.unlink(), "migration 16, which is missing here"),
    ],
)
def test_an_applied_migration_that_was_edited_or_removed_refuses_the_store(
    tmp_path, shipped, change, message
):
    path = tmp_path / "s.duckdb"
    Store(path).close()
    before = path.read_bytes()
    change(shipped / "0016_results.sql")
    shipped_migrations.cache_clear()
    with pytest.raises(MigrationsDiffer, match=message):
        Store(path)
    assert path.read_bytes() == before and list_copies(path) == []


def test_line_ends_are_no_edit(tmp_path, shipped):
    path = tmp_path / "s.duckdb"
    Store(path).close()
    for file in shipped.glob("*.sql"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    shipped_migrations.cache_clear()
    Store(path).close()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("ALTER TABLE harm_set DROP COLUMN unit", "the column unit of harm_set is missing"),
        ("DROP TABLE boundary", "the column source_id of boundary is missing"),
        ("ALTER TABLE harm_set ADD COLUMN note VARCHAR", "the column note of harm_set is not expected"),
        ("ALTER TABLE harm_set ALTER COLUMN unit DROP NOT NULL", "the column unit of harm_set differs"),
    ],
)
def test_a_store_with_other_tables_than_its_migrations_make_is_refused(tmp_path, change, message):
    path = tmp_path / "s.duckdb"
    make_former_store(path, [1, 2])
    with duckdb.connect(path) as database:
        database.execute(change)
    with pytest.raises(MigrationsDiffer, match=f"made with other migrations.*{message}"):
        Store(path)
    assert list_copies(path) == []
    with duckdb.connect(path) as database:  # it is closed again, and unchanged
        assert database.execute("SELECT max(number) FROM schema_migration").fetchall() == [(2,)]


def test_a_database_of_something_else_is_refused(tmp_path):
    path = tmp_path / "other.duckdb"
    with duckdb.connect(path) as database:
        database.execute("CREATE TABLE customer (name VARCHAR)")
    with pytest.raises(UnusableStore, match="not a store of Achilles"):
        Store(path)


def test_a_store_from_a_later_version_is_left_alone(tmp_path):
    path = tmp_path / "later.duckdb"
    Store(path).close()
    with duckdb.connect(path) as database:
        database.execute("INSERT INTO schema_migration (number) VALUES (9999)").fetchall()
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match="schema 9999.*Update Achilles"):
        Store(path)
    assert path.read_bytes() == before


def test_a_store_gets_the_migrations_it_lacks_whatever_their_numbers(tmp_path):
    path = tmp_path / "early.duckdb"
    Store(path).close()
    with duckdb.connect(path) as database:
        database.execute(
            "DROP TABLE harm_set; DROP TABLE harm_weight; DELETE FROM schema_migration WHERE number = 2"
        )
    opened = Store(path)
    assert opened.rows("SELECT count(*) AS n FROM harm_set") == [{"n": 0}]
    opened.close()
