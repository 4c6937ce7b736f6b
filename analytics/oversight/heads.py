"""Signed heads of the tree over the audit records, in the store and in a file outside it.

A head says: the first `size` records of this store are those with this root. Its short code stands at the
foot of every brief, so that a printed page can be held against the store years later.
"""

from __future__ import annotations

import base64
import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from threading import Lock

from analytics.oversight import merkle
from analytics.oversight.signing import UnusableKey, heads_path, is_signed, load_key, name_key, write_public
from analytics.store import Store, true_now
from analytics.store.chain import COLUMNS, write_record

DUE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Head:
    """A signed head. `root`, `key` (public) and `signature` in hex, `signed_at` in ISO form, UTC."""

    store: str
    size: int
    root: str
    signed_at: str
    key: str
    signature: str

    @property
    def code(self) -> str:
        """The short code: the number of records and 60 bits of the root, as '57-K7QF-2M9X-PD4T'."""
        return short_code(self.size, self.root)

    @property
    def content(self) -> bytes:
        """What is signed."""
        return _content(self.store, self.size, self.root, self.signed_at)

    def is_genuine(self) -> bool:
        """Whether its own key signed it."""
        return is_signed(self.key, self.signature, self.content)


def short_code(size: int, root: str) -> str:
    """The short code of the tree of so many records with this root."""
    letters = base64.b32encode(bytes.fromhex(root))[:12].decode()
    return "-".join([str(size), letters[:4], letters[4:8], letters[8:]])


def read_leaves(store: Store, first: int = 1) -> list[bytes]:
    """The leaf hashes of the audit records from sequence `first`, in order."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {COLUMNS} FROM audit WHERE sequence >= ? ORDER BY sequence", [first]
        ).fetchall()
    return [merkle.hash_leaf(write_record(*row)) for row in rows]


def read_store_id(store: Store) -> str:
    """What tells this store from every other."""
    return str(store.rows("SELECT store_id FROM store_identity")[0]["store_id"])


def publish_head(store: Store) -> Head | None:
    """Sign the head of all records, and write it to the file outside and into the store; the latest stored
    one where there is no later record, and None while there is no record. Raises OSError or UnusableKey."""
    with _publishing:
        size, root = _grow(store)
        if not size:
            return None
        latest = read_latest_head(store)
        if latest and latest.size == size and latest.root == root.hex():
            return latest
        key = load_key()
        if key is None:  # load_key makes one
            raise RuntimeError("no signing key")
        store_id, at = read_store_id(store), true_now().isoformat(timespec="seconds")
        signature = key.sign(_content(store_id, size, root.hex(), at)).hex()
        head = Head(store_id, size, root.hex(), at, write_public(key), signature)
        _append(head)
        with store.write(changes_data=False) as cursor:
            cursor.execute(
                "INSERT INTO tree_head VALUES (?, ?, ?, ?, ?, ?)",
                [size, head.root, datetime.fromisoformat(at), store_id, head.key, signature],
            ).fetchall()
        return head


def publish_if_due(store: Store) -> None:
    """Publish a head where the last one is older than `DUE_AFTER`. The act that was recorded
    stands even where none can be signed."""
    latest = read_latest_head(store)
    if latest is not None and true_now() - datetime.fromisoformat(latest.signed_at) < DUE_AFTER:
        return
    publish_or_log(store)


def publish_or_log(store: Store) -> None:
    """Publish a head; where none can be signed, the log says why."""
    try:
        publish_head(store)
    except (OSError, UnusableKey) as error:
        logging.getLogger("achilles").error("No head was signed: %s", error)


def read_latest_head(store: Store) -> Head | None:
    """The last head that the store has."""
    heads = read_stored_heads(store, "ORDER BY size DESC, signed_at DESC LIMIT 1")
    return heads[0] if heads else None


def find_covering_head(store: Store, sequence: int) -> Head | None:
    """The first head that covers a record; published now where there is none yet."""
    heads = read_stored_heads(store, f"WHERE size >= {int(sequence)} ORDER BY size, signed_at LIMIT 1")
    return heads[0] if heads else publish_head(store)


def find_product_code(store: Store, product_id: int, version: int) -> str:
    """The short code of the first head that covers a version of a product; see `find_code`."""
    return find_code(store, ("product", f"{product_id}/{version}"))


def find_code(store: Store, *parts: tuple[str, str]) -> str:
    """The short code of the first head that covers these parts of sealed tables (table, part) as they
    are, signed now where there is none yet. '' where one is not saved, and where no head can be
    signed: the log says why."""
    sequences = [
        store.rows(
            "SELECT max(sequence) AS sequence FROM seal WHERE table_name = ? AND part = ?", [table, part]
        )[0]["sequence"]
        for table, part in parts
    ]
    if not sequences or None in sequences:
        return ""
    try:
        head = find_covering_head(store, max(sequences))
    except (OSError, UnusableKey) as error:
        logging.getLogger("achilles").error("No head was signed: %s", error)
        return ""
    return head.code if head else ""


def read_stored_heads(store: Store, order: str = "ORDER BY size, signed_at") -> list[Head]:
    """The heads that the store has."""
    return [
        Head(
            row["store_id"],
            row["size"],
            row["root"],
            row["signed_at"].isoformat(),
            row["key_id"],
            row["signature"],
        )
        for row in store.rows(f"SELECT * FROM tree_head {order}")
    ]


def read_published_heads(store_id: str) -> list[Head]:
    """The heads of a store in the file outside it, in its order; a line that is no head is passed over."""
    found = []
    try:
        lines = heads_path().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    for line in lines:
        try:
            head = Head(**json.loads(line))
        except (ValueError, TypeError):
            continue
        if head.store == store_id:
            found.append(head)
    return found


def describe_head(head: Head) -> str:
    """One line for a person: code, when, and the key's name."""
    return f"{head.code}  signed {head.signed_at} UTC with key {name_key(head.key)}"


_publishing = Lock()
_grown: dict[str, tuple[str, int, list[tuple[int, bytes]]]] = {}  # by path: store, size, complete subtrees


def _grow(store: Store) -> tuple[int, bytes]:
    """The size and root of the tree now; only records since the last call are read. What verifies a store
    does not come here."""
    store_id = read_store_id(store)
    known, size, peaks = _grown.get(store.path, ("", 0, []))
    last = store.rows("SELECT coalesce(max(sequence), 0) AS n FROM audit")[0]["n"]
    if known != store_id or size > last:
        size, peaks = 0, []
    peaks = list(peaks)
    for leaf in read_leaves(store, size + 1):
        merkle.add_leaf(peaks, leaf)
        size += 1
    _grown[store.path] = store_id, size, peaks
    return size, merkle.join_peaks(peaks)


def _content(store_id: str, size: int, root: str, at: str) -> bytes:
    return json.dumps(["achilles head 1", store_id, size, root, at]).encode()


def _append(head: Head) -> None:
    path = heads_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = json.dumps(asdict(head), sort_keys=True) + "\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
