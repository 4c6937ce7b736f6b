"""A backup brings the store back, and says so; what was altered is refused."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from analytics.oversight import Actor, Refused, record
from analytics.oversight.approvals import EVERY_TABLE, approve_request, request_approval
from analytics.oversight.backup import (
    SECRET_TABLES,
    BackupRefused,
    back_up,
    export_store,
    manifest_path,
    restore,
)
from analytics.oversight.heads import read_store_id
from analytics.oversight.seal import verify_store
from analytics.store import Store, StoreInUse

ACTOR = Actor("A")
DECISION = (
    "INSERT INTO decision (product_id, product_version, outcome, reason, decided_by, decided_at)"
    " VALUES (7, 1, 'adopted', 'because', 'B', '2026-01-03')"
)


@pytest.fixture
def decided(store):
    with store.write() as cursor:
        cursor.execute(DECISION).fetchall()
        record(cursor, ACTOR, "record decision", "product 7")
    return store


def approve_export(store):
    """A second person approves one export of every table by ACTOR."""
    asked = request_approval(store, ACTOR, "export store", EVERY_TABLE, "moves to another machine")
    approve_request(store, Actor("B", "data officer"), asked)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_store_is_backed_up_tampered_with_found_out_and_restored(decided, tmp_path):
    backup, path = tmp_path / "kept/b.duckdb", Path(decided.path)
    identity, head = read_store_id(decided), back_up(decided, ACTOR, backup)
    assert json.loads(manifest_path(backup).read_text())["head"]["code"] == head.code
    assert [mode(file) for file in (path, backup, manifest_path(backup))] == [0o600] * 3
    decided.close()
    with duckdb.connect(path) as database:
        database.execute("UPDATE decision SET reason = 'x'")
    store = Store(path)
    assert [fault.where for fault in verify_store(store).faults] == ["decision 1"]
    store.close()
    with pytest.raises(BackupRefused, match="There is a store"):
        restore(backup, path, ACTOR)
    restore(backup, path, ACTOR, replace=True)
    assert path.with_name("test.duckdb.before-restore").exists() and mode(path) == 0o600
    store = Store(path)
    assert store.rows("SELECT reason FROM decision") == [{"reason": "because"}]
    assert not verify_store(store).faults and read_store_id(store) != identity
    (last,) = store.rows("SELECT act, CAST(detail AS VARCHAR) AS d FROM audit ORDER BY sequence DESC LIMIT 1")
    assert last["act"] == "restore" and json.loads(last["d"])["former identity"] == identity
    store.close()


def test_an_altered_backup_is_refused(decided, tmp_path):
    backup = tmp_path / "b.duckdb"
    back_up(decided, ACTOR, backup)
    with pytest.raises(BackupRefused, match="exists already"):
        back_up(decided, ACTOR, backup)
    with duckdb.connect(backup) as database:
        database.execute("UPDATE decision SET reason = 'x'")
    target = tmp_path / "new/r.duckdb"
    with pytest.raises(BackupRefused, match="was altered"):
        restore(backup, target, ACTOR)
    about = json.loads(manifest_path(backup).read_text())  # whoever alters the manifest too
    about["sha256"] = hashlib.sha256(backup.read_bytes()).hexdigest()
    manifest_path(backup).write_text(json.dumps(about))
    with pytest.raises(BackupRefused, match="decision 1: was changed"):
        restore(backup, target, ACTOR)
    assert not target.exists() and not list(target.parent.glob("*"))
    restore(backup, target, ACTOR, accepts_faults=True)
    store = Store(target)
    (last,) = store.rows("SELECT CAST(detail AS VARCHAR) AS d FROM audit ORDER BY sequence DESC LIMIT 1")
    assert "decision 1: was changed" in json.loads(last["d"])["faults"][0]
    store.close()


def test_what_a_lost_store_left_beside_it_does_not_stop_the_restored_one(decided, tmp_path):
    """A disk loses the file and not what lies beside it: the engine would refuse to open the two together."""
    backup, target = tmp_path / "b.duckdb", tmp_path / "r.duckdb"
    back_up(decided, ACTOR, backup)
    with duckdb.connect(tmp_path / "lost.duckdb") as lost:
        lost.execute("CREATE TABLE t AS SELECT 1 AS n; CHECKPOINT; INSERT INTO t VALUES (2)")
        beside = (tmp_path / "lost.duckdb.wal").read_bytes()
    target.with_name("r.duckdb.wal").write_bytes(beside)
    restore(backup, target, ACTOR)
    assert target.with_name("r.duckdb.before-restore.wal").read_bytes() == beside
    store = Store(target)
    assert store.rows("SELECT reason FROM decision") == [{"reason": "because"}]
    store.close()


def test_a_store_in_use_is_not_replaced(decided, tmp_path):
    backup = tmp_path / "b.duckdb"
    back_up(decided, ACTOR, backup)
    with pytest.raises(Refused):
        restore(backup, tmp_path / "x.duckdb", Actor("B", "officer"))
    with decided.read() as cursor:
        cursor.execute("SELECT 1").fetchall()
        with pytest.raises((StoreInUse, BackupRefused)):
            restore(backup, Path(decided.path), ACTOR)


def test_every_table_is_exported_with_its_digest(decided, tmp_path):
    folder = tmp_path / "out"
    with pytest.raises(Refused, match="two persons"):
        export_store(decided, ACTOR, folder)
    assert not folder.exists()
    approve_export(decided)
    head = export_store(decided, ACTOR, folder)
    about = json.loads((folder / "manifest.json").read_text())
    tables = {row["table_name"] for row in decided.rows("SELECT table_name FROM duckdb_tables()")}
    assert {one["table"] for one in about["tables"]} == tables - set(SECRET_TABLES)
    assert about["left_out"] == sorted(SECRET_TABLES) and about["head"]["code"] == head.code
    assert not (folder / "app_user.parquet").exists()
    for one in about["tables"]:
        file = folder / one["file"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == one["sha256"] and mode(file) == 0o600
        assert pq.read_metadata(file).num_rows == one["rows"]
    assert pq.read_table(folder / "decision.parquet").to_pylist()[0]["reason"] == "because"
    with pytest.raises(BackupRefused, match="exists already"):
        export_store(decided, ACTOR, folder)
    with pytest.raises(Refused, match="two persons"):  # an approval is for one export
        export_store(decided, ACTOR, tmp_path / "once more")


def test_the_engine_writes_no_encrypted_file_without_an_extension(tmp_path):
    """As docs/oversight.md says. Where this fails, a store can be encrypted, and should be."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as database:
        database.execute("SET autoload_known_extensions = false")
        with pytest.raises(duckdb.Error, match="httpfs"):
            database.execute(f"ATTACH '{tmp_path / 'e.duckdb'}' AS e (ENCRYPTION_KEY '0123456789abcdef')")
            database.execute("CREATE TABLE e.t AS SELECT 1 AS n")
