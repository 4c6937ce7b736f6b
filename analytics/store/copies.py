"""Copies of a store, made before its schema is changed.

`achilles.duckdb` of schema 26 is copied to `achilles.schema-26.20261201T101500Z.duckdb` in the same folder.
The newest three copies are kept; older ones are deleted as soon as a later upgrade has succeeded.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from analytics.store.clock import now

MAX_COPIES = 3


def copy_store(path: Path, version: int) -> Path:
    """Copy a closed store of schema `version`; returns the copy. Raises OSError, leaving no part of one."""
    copy = path.with_name(f"{path.stem}.schema-{version:02d}.{now():%Y%m%dT%H%M%SZ}{path.suffix}")
    partial = copy.with_name(f"{copy.name}.partial")
    try:
        with path.open("rb") as source, partial.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        shutil.copymode(path, partial)
        partial.replace(copy)
    finally:
        partial.unlink(missing_ok=True)
    return copy


def list_copies(path: Path) -> list[Path]:
    """The copies of a store, oldest first."""
    pattern = re.compile(rf"{re.escape(path.stem)}\.schema-\d+\.(\d{{8}}T\d{{6}}Z){re.escape(path.suffix)}")
    found = [(match[1], file) for file in path.parent.iterdir() if (match := pattern.fullmatch(file.name))]
    return [file for _, file in sorted(found)]


def delete_old_copies(path: Path) -> None:
    """Delete all copies of a store but the newest MAX_COPIES."""
    for copy in list_copies(path)[:-MAX_COPIES]:
        copy.unlink()
