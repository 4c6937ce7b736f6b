"""Bank statements in the formats that banks exchange: ISO 20022 camt, SWIFT MT940 and OFX.

What a file is, is told by its content: banks name all three .txt as often as not."""

from __future__ import annotations

import re

import pyarrow as pa

from analytics.formats.statements.camt import read_camt
from analytics.formats.statements.mt940 import is_mt940, read_mt940
from analytics.formats.statements.ofx import is_ofx, read_ofx
from analytics.formats.statements.rows import Refused

__all__ = ["Refused", "read_statement"]
_CAMT = re.compile(rb"urn:iso:std:iso:20022:tech:xsd:camt\.|<(?:\w+:)?BkToCstmr", re.IGNORECASE)
_HEAD = 16_384


def read_statement(data: bytes, kind: str, suffix: str = "") -> tuple[pa.Table, Refused, str] | None:
    """The statement's `kind` ('transaction' or 'account') as text columns and `row_number`, the rows refused,
    and the name of the format; nothing where the data are no statement. A file called .xml is one of camt.

    A row number is the ordinal of the transaction, or of the statement, in the file. Raises
    UnreadableFile."""
    head = data[:_HEAD].replace(b"\x00", b"")  # as UTF-16 has it between the letters
    if _CAMT.search(head) or suffix == "xml" and not is_ofx(head):
        return *read_camt(data, kind), "camt"
    if is_ofx(head):
        return *read_ofx(data, kind), "OFX"
    if is_mt940(head):
        return *read_mt940(data, kind), "MT940"
    return None
