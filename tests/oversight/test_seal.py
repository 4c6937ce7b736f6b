"""Whoever owns the file changes it in every way they can think of: each is found, and named."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from zipfile import ZipFile

import duckdb
import pytest
from click.testing import CliRunner

from analytics.oversight import Actor, record
from analytics.oversight.cli import audit
from analytics.oversight.heads import Head, publish_head, read_published_heads, read_store_id
from analytics.oversight.inspection_export import export_audit
from analytics.oversight.seal import verify_store
from analytics.oversight.visibility import see_store
from analytics.store import Store
from analytics.store.chain import COLUMNS, GENESIS, hash_record
from analytics.store.migrate import shipped_migrations
from analytics.store.sealing import IMPORTED, PARTS, UNSEALED

ACTOR = Actor("A")
SOURCE = (
    "INSERT INTO source (kind, name, file_name, sha256, importer, imported_at, imported_by, legal_basis,"
    " purpose, handling, review_date, rows_in, rows_accepted, rows_quarantined) VALUES ('advert', 'Adverts',"
    " 'a.csv', 'f', 'csv', '2026-01-01', 'A', 'law', 'test', 'P', '2027-01-01', 300, 300, 0)"
)
ADVERTS = (
    "INSERT INTO advert (source_id, row_number, title, body) SELECT 1, i, 'Advert ' || i, 'call ' || i"
    " FROM range(2, 302) t(i)"
)
PRODUCT = (
    "INSERT INTO product VALUES (7, 1, 'brief', 'Brief', '{\"what\": \"patrol\"}', [1], 'A', '2026-01-02')"
)
DECISION = (
    "INSERT INTO decision (product_id, product_version, outcome, reason, decided_by, decided_at)"
    " VALUES (7, 1, 'adopted', 'because', 'B', '2026-01-03')"
)
FINDING = (
    "INSERT INTO finding (finding_id, version, title, statement, method, parameters, data_version, result,"
    " confidence, confidence_basis, assumptions, alternatives, handling, created_by, created_at) VALUES"
    " (1, 1, 'F', 'says', 'm', '{}', 1, '{}', 'low', 'b', 'a', '[]', 'P', 'A', '2026-01-02')"
)
EVIDENCE = "INSERT INTO finding_evidence VALUES (1, 1, 'advert', 1, 2, 5), (1, 1, 'advert', 1, 3, 6)"
ACTION = (
    "INSERT INTO action (decision_id, description, owner, due, status) VALUES (1, 'go', 'C', '2026-02-01',"
    " 'open')"
)


def write(store: Store, act: str, what: str, *statements: str) -> None:
    with store.write() as cursor:
        for statement in statements:
            cursor.execute(statement).fetchall()
        record(cursor, ACTOR, act, what)


@pytest.fixture(scope="module")
def sealed(store_file, tmp_path_factory):
    """A store of one case, with one head signed in the middle and one at the end."""
    path = tmp_path_factory.mktemp("sealed") / "sealed.duckdb"
    store = Store(shutil.copy(store_file, path))
    with store.write() as cursor:
        cursor.execute("UPDATE store_identity SET store_id = 'sealed'").fetchall()
    write(store, "import", "source 1", SOURCE, ADVERTS)
    write(store, "save finding", "finding 1", FINDING, EVIDENCE)
    write(store, "save brief", "product 7 version 1", PRODUCT)
    publish_head(store)
    write(store, "record decision", "product 7", DECISION, ACTION)
    write(store, "read product", "product 7")
    publish_head(store)
    assert not verify_store(store).faults
    store.close()
    return path


def rewrite_chain(database: duckdb.DuckDBPyConnection) -> None:
    """Recompute every digest root and hash, as somebody with this code would."""
    names = COLUMNS.replace("CAST(detail AS VARCHAR) AS detail", "detail")
    rows = database.execute(f"SELECT {COLUMNS} FROM audit ORDER BY sequence").fetchall()
    previous = GENESIS
    database.execute("DELETE FROM audit")
    for number, row in enumerate(rows, 1):
        (root,) = database.execute(
            "SELECT sha256(string_agg(table_name || '|' || part || '|' || rows || '|' || digest, chr(10)"
            " ORDER BY table_name, part)) FROM seal WHERE sequence = ?",
            [row[0]],
        ).fetchone()
        content = [number, *row[1:8], previous, row[9], root or ""]
        previous = hash_record(*content)
        marks = ", ?" * len(content)
        database.execute(f"INSERT INTO audit ({names}, hash) VALUES (?{marks})", [*content, previous])


SWAP = (
    "CREATE TEMP TABLE t AS SELECT * REPLACE (CASE sequence WHEN 1 THEN 2 ELSE 1 END AS sequence) FROM audit"
    " WHERE sequence < 3; DELETE FROM audit WHERE sequence < 3; INSERT INTO audit SELECT * FROM t"
)
TAMPERS = {  # what is done: (statement, whether the chain is written anew after it, what is named)
    "decision reason": ("UPDATE decision SET reason = 'other'", False, "decision 1: was changed"),
    "decision outcome": ("UPDATE decision SET outcome = 'declined'", False, "decision 1: was changed"),
    "decision deleted": ("DELETE FROM decision", False, "decision 1: is missing"),
    "decision invented": (DECISION, False, "decision 2: was put in past the record"),
    "finding statement": ("UPDATE finding SET statement = 'x'", False, "finding 1 version 1: was changed"),
    "finding deleted": ("DELETE FROM finding", False, "finding 1 version 1: is missing"),
    "evidence row": (
        "DELETE FROM finding_evidence WHERE row_number = 3",
        False,
        "finding_evidence 1 version 1: has 1 row where 2 were sealed",
    ),
    "evidence swapped": (
        "UPDATE finding_evidence SET row_number = 9 WHERE row_number = 3",
        False,
        "finding_evidence 1 version 1: was changed",
    ),
    "product text": ("UPDATE product SET content = '{}'", False, "product 7 version 1: was changed"),
    "action owner": ("UPDATE action SET owner = 'D'", False, "action 1: was changed"),
    "advert text": (
        "UPDATE advert SET body = 'x' WHERE row_number = 130",
        False,
        "advert rows 128 to 255 of source 1: was changed",
    ),
    "adverts swapped": (
        "UPDATE advert SET row_number = CASE row_number WHEN 5 THEN 6 ELSE 5 END WHERE row_number IN (5, 6)",
        False,
        "advert rows 0 to 127 of source 1: was changed",
    ),
    "advert removed": (
        "DELETE FROM advert WHERE row_number = 300",
        False,
        "advert rows 256 to 383 of source 1: has 45 rows where 46 were sealed",
    ),
    "adverts all removed": ("DELETE FROM advert", False, "advert rows 0 to 127 of source 1: is missing"),
    "advert added": (
        "INSERT INTO advert (source_id, row_number, body) VALUES (1, 900, 'x')",
        False,
        "advert rows 896 to 1023 of source 1: was put in",
    ),
    "advert to another source": (
        "UPDATE advert SET source_id = 2 WHERE row_number = 2",
        False,
        "advert rows 0 to 127 of source 2: was put in",
    ),
    "source's basis": ("UPDATE source SET legal_basis = 'none'", False, "source 1: was changed"),
    "source's review": ("UPDATE source SET review_date = '2030-01-01'", False, "source 1: was changed"),
    "table dropped": ("DROP TABLE decision", False, "decision 1: is missing"),
    "record edited": (
        "UPDATE audit SET actor = 'B' WHERE sequence = 2",
        False,
        "record 2 (save finding, finding 1): its content was changed",
    ),
    "session edited": (
        "UPDATE audit SET session = 's2' WHERE sequence = 2",
        False,
        "record 2 (save finding, finding 1): its content was changed",
    ),
    "record deleted": ("DELETE FROM audit WHERE sequence = 2", False, "record 2: missing"),
    "records swapped": (SWAP, False, "record 1: does not follow"),
    "chain cut at its end": ("DELETE FROM audit WHERE sequence = 5", False, "record 5: cut off"),
    "chain emptied": ("DELETE FROM audit", False, "records 1 to 5: cut off"),
    "digest edited": (
        "UPDATE seal SET digest = 'x' WHERE table_name = 'decision'",
        False,
        "record 4: its content digests were changed",
    ),
    "digest deleted": (
        "DELETE FROM seal WHERE table_name = 'product'",
        False,
        "record 3: its content digests",
    ),
    "digest added": ("INSERT INTO seal VALUES (5, 'decision', '1', 1, 'x')", False, "record 5: its content"),
    "edited and written anew": (
        "UPDATE audit SET actor = 'B' WHERE sequence = 4",
        True,
        "records 4 to 5: rewritten",
    ),
    "deleted and written anew": ("DELETE FROM audit WHERE sequence = 2", True, "records 1 to 3: rewritten"),
    "decision and its digest, written anew": (
        "DELETE FROM decision; DELETE FROM seal WHERE table_name = 'decision'",
        True,
        "records 4 to 5: rewritten",
    ),
    "heads and end cut off": (
        "DELETE FROM audit WHERE sequence > 3; DELETE FROM tree_head WHERE size > 3;"
        " DELETE FROM seal WHERE sequence > 3; DELETE FROM decision; DELETE FROM action",
        False,
        "records 4 to 5: cut off",
    ),
    "head removed": ("DELETE FROM tree_head WHERE size = 3", False, "was removed from the store"),
    "head forged": (
        "UPDATE tree_head SET root = repeat('0', 64) WHERE size = 3",
        False,
        "signature does not",
    ),
}


@pytest.mark.parametrize("name", TAMPERS)
def test_a_tamper_is_found_and_named(sealed, tmp_path, name):
    statement, is_rewritten, named = TAMPERS[name]
    path = shutil.copy(sealed, tmp_path / "tampered.duckdb")
    with duckdb.connect(path) as database:
        database.execute(statement)
        if is_rewritten:
            rewrite_chain(database)
    store = Store(path)
    found = [str(fault) for fault in verify_store(store).faults]
    store.close()
    assert any(named in fault for fault in found), found


def test_another_head_file_leaves_the_head_that_somebody_holds(sealed, tmp_path, monkeypatch):
    """Whoever owns the heads' file too is found by a code on paper."""
    path = shutil.copy(sealed, tmp_path / "tampered.duckdb")
    code = read_published_heads("sealed")[-1].code
    monkeypatch.setenv("ACHILLES_HEADS", str(tmp_path / "empty.jsonl"))
    store = Store(path)
    assert not verify_store(store, code).faults
    store.close()
    with duckdb.connect(path) as database:
        database.execute("DELETE FROM tree_head; UPDATE audit SET actor = 'B' WHERE sequence = 4")
        rewrite_chain(database)
    store = Store(path)
    quiet, told = verify_store(store), verify_store(store, code)
    store.close()
    assert not quiet.faults and "No head of this store" in quiet.notes[0]
    assert [fault.where for fault in told.faults] == ["records 1 to 5"]


def test_what_somebody_sees_less_of_is_sealed_as_it_is(store):
    write(store, "import", "source 1", SOURCE, ADVERTS)
    see_store(store, Actor("P", "partner", "investigation", "s1"))
    write(store, "save finding", "finding 1", FINDING, "UPDATE advert SET body = 'y' WHERE row_number = 200")
    assert not verify_store(store).faults
    assert store.rows("SELECT count(*) AS n FROM seal WHERE sequence = 2 AND table_name = 'advert'") == [
        {"n": 1}
    ]


def test_a_write_without_a_record_gets_one_and_a_draft_gets_none(store):
    with store.write() as cursor:
        cursor.execute(DECISION).fetchall()
    with store.write() as cursor:
        cursor.execute("INSERT INTO preference VALUES ('A', 'paper', 'a4')").fetchall()
    rows = store.rows("SELECT act, object FROM audit")
    assert rows == [{"act": "change data", "object": "decision"}] and not verify_store(store).faults


def test_a_lawful_change_seals_what_it_leaves(store):
    write(store, "import", "source 1", SOURCE, ADVERTS)
    write(store, "import again", "source 1", "UPDATE advert SET body = 'y' WHERE row_number = 200")
    changed = store.rows("SELECT part FROM seal WHERE sequence = 2")
    assert changed == [{"part": "1/128-255"}] and not verify_store(store).faults
    write(store, "remove source", "source 1", "DELETE FROM advert", "DELETE FROM source")
    assert not verify_store(store).faults


def test_what_was_written_before_sealing_is_sealed_as_it_stands(tmp_path):
    path = tmp_path / "old.duckdb"
    with duckdb.connect(path) as database:
        database.execute(
            "CREATE TABLE schema_migration (number INTEGER, applied_at TIMESTAMP DEFAULT current_timestamp)"
        )
        for migration in shipped_migrations():
            if migration.number < 38:
                database.execute(migration.sql)
                database.execute(f"INSERT INTO schema_migration (number) VALUES ({migration.number})")
        database.execute(DECISION)
    store = Store(path)
    (row,) = store.rows("SELECT act, purpose FROM audit")
    assert row["act"] == "seal store" and "sealed as it stands from here on" in row["purpose"]
    assert not verify_store(store).faults
    store.close()
    with duckdb.connect(path) as database:
        database.execute("UPDATE decision SET reason = 'x'")
    store = Store(path)
    assert [fault.where for fault in verify_store(store).faults] == ["decision 1"]
    store.close()


def test_a_clock_that_went_back_is_recorded(store):
    write(store, "read report", "report 1")
    with store.write() as cursor:
        cursor.execute("UPDATE audit SET recorded_at = recorded_at + INTERVAL 1 HOUR").fetchall()
    write(store, "read report", "report 2")
    (row,) = store.rows("SELECT CAST(detail AS VARCHAR) AS detail FROM audit WHERE sequence = 2")
    assert abs(json.loads(row["detail"])["clock went back by seconds"] - 3600) < 60
    assert "The clock went back before record 2" in verify_store(store).notes[0]


def test_every_table_is_sealed_or_named_with_a_reason(store):
    tables = {row["table_name"] for row in store.rows("SELECT table_name FROM duckdb_tables()")}
    assert tables == {*PARTS, *IMPORTED, *UNSEALED}


def test_the_export_is_checked_without_achilles(sealed, tmp_path):
    store = Store(shutil.copy(sealed, tmp_path / "x.duckdb"))
    export_audit(store, tmp_path / "audit.zip")
    store.close()
    with ZipFile(tmp_path / "audit.zip") as archive:
        archive.extractall(tmp_path / "out")

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "check.py"], cwd=tmp_path / "out", capture_output=True, text=True, check=False
        )

    assert check().stdout == "5 records, unbroken; every head fits\n"
    records = tmp_path / "out/records.jsonl"
    records.write_text(records.read_text().replace("finding 1", "finding 2"))
    assert check().stderr == "record 2 was changed\n"


def test_the_command_names_faults_and_takes_a_head(sealed, tmp_path):
    path = shutil.copy(sealed, tmp_path / "x.duckdb")
    with duckdb.connect(path) as database:
        database.execute("UPDATE decision SET reason = 'x'")
    told = CliRunner().invoke(audit, ["verify", "--store", str(path)])
    assert told.exit_code == 1 and "decision 1: was changed since record 4" in told.output
    told = CliRunner().invoke(audit, ["verify", "--store", str(path), "--expect", "nonsense"])
    assert told.exit_code == 2 and "is no head" in told.output


def test_a_head_is_signed_by_a_key_that_only_its_owner_reads(store):
    write(store, "read report", "report 1")
    head = publish_head(store)
    assert isinstance(head, Head) and head.is_genuine() and head == publish_head(store)
    assert head.store == read_store_id(store) and head.code.startswith("1-")
