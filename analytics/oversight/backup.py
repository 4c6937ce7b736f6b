"""Copies of a store to come back to, and its tables for other programs; each with a manifest that says what
it is and how to see that it was not altered."""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from analytics.oversight.actor import Actor
from analytics.oversight.acts import demand
from analytics.oversight.approvals import EVERY_TABLE, use_approval
from analytics.oversight.audit import record
from analytics.oversight.exercise import mark_of_store
from analytics.oversight.heads import Head, publish_head, read_store_id
from analytics.oversight.seal import Verification, verify_store
from analytics.shared.progress import Progress, ignore_progress
from analytics.store import Store, StoreInUse, UnusableStore, now
from analytics.store.copies import (
    copy_file,
    copy_folder,
    files_folder,
    open_private,
    restrict_to_owner,
    working_path,
)


class BackupRefused(ValueError):
    """A backup or restore would overwrite something, or the backup is not what its manifest says."""


def back_up(store: Store, actor: Actor, target: Path) -> Head | None:
    """Copy the store to `target`, which must not exist, with its Parquet files, if it has any, in a folder
    beside it, and `target.json`: their digests and the head that covers them. Others read on meanwhile.
    Raises BackupRefused, Refused or OSError."""
    demand(actor, "backup")
    if any(path.exists() for path in (target, manifest_path(target), files_folder(target))):
        raise BackupRefused(f"{target} exists already. Name another file.")
    with store.write(changes_data=False) as cursor:
        record(cursor, actor, "backup", target.name)
    head = publish_head(store)
    target.parent.mkdir(parents=True, exist_ok=True)
    store.copy_to(target)
    about = {
        "store": read_store_id(store),
        "made_at": now().isoformat(timespec="seconds"),
        "made_by": actor.name,
        "sha256": _digest_file(target),
        "bytes": target.stat().st_size,
        "files": _digest_files(files_folder(target)),
        "head": asdict(head) | {"code": head.code} if head else None,
    }
    _write_private(manifest_path(target), json.dumps(about, indent=1) + "\n")
    return head


def restore(
    backup: Path, target: Path, actor: Actor, *, replace: bool = False, accepts_faults: bool = False
) -> Verification:
    """Put a backup in the place of the store at `target`. One that lies there is refused without `replace`,
    and else moved aside as `<name>.before-restore`; nobody may have it open. The restored store goes on under
    an identity of its own, since its record now differs from what was published of the other.

    Raises BackupRefused where the backup is not what its manifest says, or its sealed record has faults and
    `accepts_faults` is not given; StoreInUse or UnusableStore as opening does."""
    demand(actor, "restore")
    about = _read_manifest(backup)
    aside = target.with_name(f"{target.name}.before-restore")
    if target.exists():
        if not replace:
            raise BackupRefused(f"There is a store at {target} already. Say --replace to move it aside.")
        _check_unused(target)
        if aside.exists() or files_folder(aside).exists():
            raise BackupRefused(f"{aside} is there from an earlier restore. Move it away first.")
    target.parent.mkdir(parents=True, exist_ok=True)
    work = working_path(target, "restoring")
    copy_file(backup, work)
    shutil.rmtree(files_folder(work), ignore_errors=True)
    copy_folder(files_folder(backup), files_folder(work))
    try:
        store = Store(work)
        try:
            found = verify_store(store)
            if found.faults and not accepts_faults:
                raise BackupRefused(
                    "The sealed record of the backup has faults: "
                    + "; ".join(map(str, found.faults[:5]))
                    + ". Say --despite-faults to restore it all the same; the record will say so."
                )
            _go_on_as_another(store, actor, backup, about, found)
        finally:
            store.close()
        if target.exists():
            target.replace(aside)
        # What a store that ended badly had not brought into its file must not lie beside another one.
        if (rest := target.with_name(f"{target.name}.wal")).exists():
            rest.replace(aside.with_name(f"{aside.name}.wal"))
        if files_folder(target).exists():
            files_folder(target).replace(files_folder(aside))
        if files_folder(work).exists():
            files_folder(work).replace(files_folder(target))
        work.replace(target)
        restrict_to_owner(target)
    finally:
        for leftover in (work, working_path(target, "restoring.wal")):
            leftover.unlink(missing_ok=True)
        shutil.rmtree(files_folder(work), ignore_errors=True)
    return found


# What signs people in: passwords' hashes and second factors are of no use to anybody who reads the data.
SECRET_TABLES = ("app_session", "app_user")


def export_store(
    store: Store, actor: Actor, folder: Path, progress: Progress = ignore_progress
) -> Head | None:
    """Write every table but those that sign people in as Parquet into a new folder, with `manifest.json`:
    rows, columns and SHA-256 of each file, what was left out, and the head of the audit trail. It takes a
    second person's approval. Raises BackupRefused, Refused or OSError."""
    demand(actor, "export store")
    if folder.exists():
        raise BackupRefused(f"{folder} exists already. Name another folder.")
    with store.write(changes_data=False) as cursor:
        use_approval(cursor, actor, "export store", EVERY_TABLE)
        record(cursor, actor, "export store", folder.name)
    head = publish_head(store)
    every = [row["table_name"] for row in store.rows("SELECT table_name FROM duckdb_tables() ORDER BY 1")]
    names = [name for name in every if name not in SECRET_TABLES]
    folder.mkdir(parents=True, mode=0o700)
    files = []
    for at, name in enumerate(names):
        progress(f"Writing {name}", at / len(names))
        files.append(_export_table(store, name, folder / f"{name}.parquet"))
    about = {
        "store": read_store_id(store),
        "made_at": now().isoformat(timespec="seconds"),
        "made_by": actor.name,
        "schema": store.rows("SELECT max(number) AS n FROM schema_migration")[0]["n"],
        "head": asdict(head) | {"code": head.code} if head else None,
        "exercise": mark_of_store(store),
        "tables": files,
        "left_out": sorted(set(every) - set(names)),
    }
    _write_private(folder / "manifest.json", json.dumps(about, indent=1) + "\n")
    return head


def manifest_path(backup: Path) -> Path:
    """Where the manifest of a backup lies."""
    return backup.with_name(f"{backup.name}.json")


def _export_table(store: Store, name: str, path: Path) -> dict[str, Any]:
    with store.read() as cursor, open_private(path) as file:
        reader = cursor.sql(f'SELECT * FROM "{name}"').to_arrow_reader(100_000)
        rows = 0
        with pq.ParquetWriter(file, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
                rows += batch.num_rows
    return {
        "table": name,
        "file": path.name,
        "rows": rows,
        "columns": {field.name: str(field.type) for field in reader.schema},
        "sha256": _digest_file(path),
    }


def _read_manifest(backup: Path) -> dict[str, Any]:
    """The manifest of a backup, its digest checked. Raises BackupRefused."""
    try:
        about = json.loads(manifest_path(backup).read_text(encoding="utf-8"))
        expected = str(about["sha256"])
    except FileNotFoundError as error:
        raise BackupRefused(f"{manifest_path(backup)} is missing: it says what the backup was.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise BackupRefused(f"{manifest_path(backup)} is no manifest of a backup.") from error
    if _digest_file(backup) != expected or _digest_files(files_folder(backup)) != about.get("files", {}):
        raise BackupRefused(f"{backup} was altered: it is not what its manifest describes.")
    return dict(about)


def _go_on_as_another(
    store: Store, actor: Actor, backup: Path, about: dict[str, Any], found: Verification
) -> None:
    detail = {
        "backup": backup.name,
        "made_at": about.get("made_at"),
        "former identity": read_store_id(store),
        "former head": found.code,
        "faults": [str(fault) for fault in found.faults[:50]],
    }
    with store.write() as cursor:
        cursor.execute("DELETE FROM tree_head").fetchall()
        cursor.execute("UPDATE store_identity SET store_id = ?", [str(uuid.uuid4())]).fetchall()
        record(cursor, actor, "restore", "store", "", detail)
    publish_head(store)


def _check_unused(path: Path) -> None:
    """Raises StoreInUse where a process has the store open."""
    try:
        duckdb.connect(path).close()
    except duckdb.IOException as error:
        raise StoreInUse(f"{path} is open in an Achilles process. Stop it, then restore.") from error
    except duckdb.Error:
        return  # damaged: that is why it is replaced


def _digest_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise UnusableStore(f"There is no file {path}.") from error


def _digest_files(folder: Path) -> dict[str, str]:
    """The digest of each Parquet file of a store, by its name within the folder."""
    files = sorted(folder.glob("*/*.parquet"))
    return {str(file.relative_to(folder)): _digest_file(file) for file in files}


def _write_private(path: Path, text: str) -> None:
    with open_private(path) as file:
        file.write(text.encode())
