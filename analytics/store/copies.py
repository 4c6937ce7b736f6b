"""Copies of a store, made before its schema is changed.

`achilles.duckdb` of schema 26 is copied to `achilles.schema-26.20261201T101500Z.duckdb` in the same folder.
The newest three copies are kept; older ones are deleted as soon as a later upgrade has succeeded.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from analytics.store.clock import now

MAX_COPIES = 3
WORKING_STEPS = ("erasing", "erased")


def copy_file(path: Path, copy: Path) -> None:
    """Copy a file whole or not at all, for its owner alone. Raises OSError, leaving no part of one."""
    partial = copy.with_name(f"{copy.name}.partial")
    try:
        with path.open("rb") as source, open_private(partial) as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(copy)
    finally:
        partial.unlink(missing_ok=True)


def sync_path(path: Path) -> None:
    """Wait until a file, or what a folder lists, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_store(path: Path, version: int) -> Path:
    """Copy a closed store of schema `version`; returns the copy. Raises OSError, leaving no part of one."""
    copy = path.with_name(f"{path.stem}.schema-{version:02d}.{now():%Y%m%dT%H%M%SZ}{path.suffix}")
    copy_folder(files_folder(path), files_folder(copy), _link_file)
    copy_file(path, copy)
    return copy


def files_folder(path: Path) -> Path:
    """The folder beside a store that the Parquet files of its bulk tables lie in, if it has any."""
    return path.with_name(f"{path.name}.parquet")


def copy_folder(folder: Path, target: Path, copy: Callable[[Path, Path], None] = copy_file) -> None:
    """Copy the Parquet files of a store into another folder, unless it has them: none is ever changed. Raises
    OSError."""
    for file in folder.glob("*/*.parquet"):
        copied = target / file.relative_to(folder)
        if not copied.exists():
            copied.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            copy(file, copied)


def _link_file(file: Path, linked: Path) -> None:
    """A second name for a file that is never changed; a copy where the file system gives none."""
    try:
        os.link(file, linked)
    except OSError:
        copy_file(file, linked)


def open_private(path: Path) -> BinaryIO:
    """A new file to write that its owner alone may read, in the place of what lies there."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def restrict_to_owner(path: Path) -> None:
    """Let nobody but its owner read a store and what DuckDB writes beside it; a store of somebody else stays
    as it is."""
    for file in (path, path.with_name(f"{path.name}.wal")):
        with suppress(OSError):
            file.chmod(0o600)


def working_path(path: Path, step: str) -> Path:
    """A file beside a store that only a step in making another one needs."""
    return path.with_name(f"{path.name}.{step}")


def delete_leftovers(path: Path) -> None:
    """Delete what a process that was stopped left beside a store, of an erasure that was not finished."""
    for step in WORKING_STEPS:
        for file in (working_path(path, step), working_path(path, f"{step}.wal")):
            with suppress(OSError):
                file.unlink(missing_ok=True)


def list_copies(path: Path) -> list[Path]:
    """The copies of a store, oldest first."""
    pattern = re.compile(rf"{re.escape(path.stem)}\.schema-\d+\.(\d{{8}}T\d{{6}}Z){re.escape(path.suffix)}")
    found = [(match[1], file) for file in path.parent.iterdir() if (match := pattern.fullmatch(file.name))]
    return [file for _, file in sorted(found)]


def delete_old_copies(path: Path) -> None:
    """Delete all copies of a store but the newest MAX_COPIES."""
    for copy in list_copies(path)[:-MAX_COPIES]:
        delete_copy(copy)


def delete_copy(copy: Path) -> None:
    """Delete a copy of a store and the Parquet files that are its own."""
    copy.unlink()
    shutil.rmtree(files_folder(copy), ignore_errors=True)
