"""The certificate of an erasure, on the paper of every product."""

from __future__ import annotations

from analytics.oversight.erasure import ErasureProof
from analytics.shared.wording import counted, write_day, write_moment
from analytics.tasking.citations import join_handling
from analytics.tasking.paper import Paper

HANDLING = "C: sharing permitted with conditions"


def build_certificate(proof: ErasureProof, number: str, code: str = "", mark: str = "") -> Paper:
    """What was erased, how it is shown, what still quotes it and what stays. `number` names the certificate,
    `code` is that of the head that covers it, `mark` that of an exercise. It repeats no erased text."""
    rows = "\n".join(f"{table}: {counted(count, 'row')}" for table, count in sorted(proof.rows.items()))
    quoted = "\n".join(
        f"{one.table}: {counted(one.count, 'row')} ({', '.join(one.where)}{' …' if one.count > 20 else ''})"
        for one in proof.quotations
    )
    left = sum(proof.found.values())
    quoting = f", apart from {proof.within} that other texts quote" if proof.within else ""
    found = f"{left} were found" if left else "none was found"
    shown = (
        f"{counted(proof.searched, 'text')} of at least eight bytes were looked for in every byte of the new"
        f" file: {found}{quoting}. All {proof.texts:,} were looked for as values of every column of every"
        f" table. The file was {proof.bytes_before:,} bytes, now {proof.bytes_after:,}. No write-ahead log"
        " and no temporary file of the former store is left."
    )
    elsewhere = (
        f"{counted(proof.elsewhere, 'text')} of the erased rows also stand in rows that were not part of the "
        "request, such as a town, a date or a telephone in another source. These rows stay.\n"
        if proof.elsewhere
        else ""
    )
    copies = "\n".join(proof.copies) or "No copy of an earlier version lies beside the store."
    return Paper(
        "Certificate of erasure",
        join_handling([mark, HANDLING]),
        f"Erasure {number}, {write_day(proof.erased_at)}",
        {
            "What was erased": f"{proof.object}\n{rows}",
            "Why and by whom": (
                f"{proof.reason}\nLegal basis: {proof.legal_basis}\n"
                f"{proof.erased_by}, {write_moment(proof.erased_at)} UTC, approved by a second person."
            ),
            "How it is shown": shown,
            "What still quotes it": elsewhere + (quoted or "No finding, product, draft or record quotes it."),
            "Copies and backups": (
                f"{copies}\nBackups and exports made before still hold it: the record names each under"
                " 'backup' and 'export'. Destroy them or let them expire, and note it here. Freed blocks of a"
                " disk may hold former bytes until they are written over: encrypt the disk."
            ),
            "What the law lets stay": "\n".join(proof.stays),
        },
        seal=code,
    )
