"""The hash of an audit record: what it covers, and in which form."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

GENESIS = "0" * 64
COLUMNS = (
    "sequence, recorded_at, actor, role, act, object, purpose, CAST(detail AS VARCHAR) AS detail,"
    " previous_hash, session, content"
)


def write_record(sequence: int, at: datetime, *parts: str | None) -> bytes:
    """The bytes of a record that its hash and the tree cover: its COLUMNS as a JSON list in UTF-8. A record
    older than sessions and content digests has NULL there, and is written without them."""
    written = [part for part in parts if part is not None]
    return json.dumps([sequence, at.isoformat(), *written], ensure_ascii=False).encode()


def hash_record(sequence: int, at: datetime, *parts: str | None) -> str:
    """SHA-256 of a record, in hex."""
    return hashlib.sha256(write_record(sequence, at, *parts)).hexdigest()
