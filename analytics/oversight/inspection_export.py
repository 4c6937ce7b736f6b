"""The audit trail for somebody outside: records, heads and proofs, checked without Achilles."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from analytics.oversight import merkle
from analytics.oversight.exercise import mark_of_store, mark_text
from analytics.oversight.heads import (
    Head,
    publish_head,
    read_published_heads,
    read_store_id,
    read_stored_heads,
)
from analytics.store import Store
from analytics.store.chain import COLUMNS, write_record

_CHECK = '''"""Check an export of Achilles' audit trail: Python 3.9; for signatures, `cryptography`."""
import hashlib, json, sys

lines = open("records.jsonl", encoding="utf-8").read().splitlines()
leaves, previous = [], "0" * 64
for number, line in enumerate(lines, 1):
    record = json.loads(line)
    entry = record["entry"].encode()
    fields = json.loads(entry)
    if fields[0] != number:
        sys.exit(f"record {number} is missing")
    if fields[8] != previous:
        sys.exit(f"record {number} does not follow from the one before it")
    previous = hashlib.sha256(entry).hexdigest()
    if record["hash"] != previous:
        sys.exit(f"record {number} was changed")
    leaves.append(hashlib.sha256(b"\\0" + entry).digest())


def tree(nodes):
    if len(nodes) == 1:
        return nodes[0]
    split = 1 << (len(nodes) - 1).bit_length() - 1
    return hashlib.sha256(b"\\1" + tree(nodes[:split]) + tree(nodes[split:])).digest()


for line in open("heads.jsonl", encoding="utf-8"):
    head = json.loads(line)
    if head["size"] > len(leaves) or tree(leaves[: head["size"]]).hex() != head["root"]:
        sys.exit(f"head of {head['size']} records does not fit")
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        print("signatures not checked: pip install cryptography")
    else:
        signed = ["achilles head 1", head["store"], head["size"], head["root"], head["signed_at"]]
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head["key"]))
        key.verify(bytes.fromhex(head["signature"]), json.dumps(signed).encode())
print(f"{len(leaves)} records, unbroken; every head fits")
'''
_READ_ME = """The audit trail of an Achilles store, for an inspector.

records.jsonl   one record a line. `entry` is the record as it was hashed: a JSON list of its number, time
                (UTC), who, role, act, object, purpose, detail, the hash of the record before it, session,
                and the digest of what it wrote. `hash` is SHA-256 of `entry` in UTF-8.
heads.jsonl     signed heads (Ed25519) of the Merkle tree over the entries (RFC 9162, section 2.1).
proofs.json     for each two heads that follow each other, the consistency proof (RFC 9162, section 2.1.4).
seals.csv       the digests of the store's content, by record.
check.py        checks all of it: python check.py

Compare the code at the foot of a printed brief with a head: it is the head's number of records and the
first 12 characters of its root in base 32.
"""


def export_audit(store: Store, path: Path) -> Head | None:
    """Write the audit trail with its heads and proofs as a ZIP file, and return the head that covers it all.
    Raises OSError."""
    head = publish_head(store)
    with store.read() as cursor:
        rows = cursor.execute(f"SELECT {COLUMNS}, hash FROM audit ORDER BY sequence").fetchall()
    entries = [write_record(*row[:-1]) for row in rows]
    leaves = [merkle.hash_leaf(entry) for entry in entries]
    known = {*read_stored_heads(store), *read_published_heads(read_store_id(store))}
    heads = sorted(known, key=lambda one: (one.size, one.signed_at))
    records = "".join(
        json.dumps({"entry": entry.decode(), "hash": row[-1]}, ensure_ascii=False) + "\n"
        for entry, row in zip(entries, rows, strict=True)
    )
    seals = store.query("SELECT * FROM seal ORDER BY sequence, table_name, part").to_pandas()
    files = {
        "README.txt": mark_text(_READ_ME, mark_of_store(store)),
        "check.py": _CHECK,
        "records.jsonl": records,
        "heads.jsonl": "".join(json.dumps(asdict(one), sort_keys=True) + "\n" for one in heads),
        "proofs.json": json.dumps(_prove_all(leaves, heads), indent=1),
        "seals.csv": seals.to_csv(index=False),
    }
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(ZipInfo(name, (2000, 1, 1, 0, 0, 0)), text, ZIP_DEFLATED)
    return head


def _prove_all(leaves: list[bytes], heads: list[Head]) -> list[dict[str, object]]:
    sizes = sorted({head.size for head in heads if 0 < head.size <= len(leaves)})
    return [
        {
            "first": first,
            "second": second,
            "proof": [step.hex() for step in merkle.prove_consistency(leaves[:second], first)],
        }
        for first, second in zip(sizes, sizes[1:], strict=False)
    ]
