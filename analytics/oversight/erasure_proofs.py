"""Erasures with their certificates: what was proved stands in the audit trail, from which a certificate is
printed at any time. It repeats none of the erased texts."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pydantic import TypeAdapter

from analytics.oversight.actor import Actor
from analytics.oversight.approvals import use_approval
from analytics.oversight.audit import record
from analytics.oversight.erasure import ErasureProof, ErasureRequest, erase
from analytics.oversight.heads import publish_or_log, read_latest_head
from analytics.shared.progress import Progress, ignore_progress
from analytics.store import Store

PROVED = "prove erasure"
_PROOF = TypeAdapter(ErasureProof)


@dataclass(frozen=True)
class ErasureCertificate:
    """The proof of an erasure, its `number` (that of its audit record), and the code of the latest signed
    head, which covers it; '' where none is signed."""

    number: int
    proof: ErasureProof
    code: str


def erase_and_prove(
    store: Store, actor: Actor, request: ErasureRequest, progress: Progress = ignore_progress
) -> ErasureCertificate:
    """Erase what a second person approved, and record the proof. Raises as `erase` does, and Refused where
    nobody approved it."""
    proof = erase(
        store, actor, request, lambda cursor: use_approval(cursor, actor, "erase", request.object), progress
    )
    with store.write(changes_data=False) as cursor:
        detail = {"proof": _PROOF.dump_python(proof, mode="json")}
        record(cursor, actor, PROVED, proof.object, detail=detail)
        ((number,),) = cursor.execute("SELECT max(sequence) FROM audit").fetchall()
    publish_or_log(store)
    return ErasureCertificate(int(number), proof, _read_code(store))


def list_certificates(store: Store) -> list[ErasureCertificate]:
    """Every erasure that was proved, the latest first."""
    rows = store.rows("SELECT sequence, detail FROM audit WHERE act = ? ORDER BY sequence DESC", [PROVED])
    code = _read_code(store)
    return [
        ErasureCertificate(row["sequence"], _PROOF.validate_python(json.loads(row["detail"])["proof"]), code)
        for row in rows
    ]


def _read_code(store: Store) -> str:
    head = read_latest_head(store)
    return head.code if head else ""
