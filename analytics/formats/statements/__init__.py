"""Bank statements in the formats that banks exchange: ISO 20022 camt, SWIFT MT940, OFX and BAI2.

What a file is, is told by its content: banks name all three .txt as often as not."""

from __future__ import annotations

import re

from analytics.formats.parsed import ParsedFile
from analytics.formats.statements.bai2 import is_bai2, read_bai2
from analytics.formats.statements.camt import read_camt
from analytics.formats.statements.mt940 import is_mt940, read_mt940
from analytics.formats.statements.ofx import is_ofx, read_ofx

__all__ = ["find_statement", "parse_statement"]
_CAMT = re.compile(rb"urn:iso:std:iso:20022:tech:xsd:camt\.|<(?:\w+:)?BkToCstmr", re.IGNORECASE)
_HEAD = 16_384
_READERS = {"camt": read_camt, "OFX": read_ofx, "MT940": read_mt940, "BAI2": read_bai2}


def find_statement(data: bytes, suffix: str = "") -> str | None:
    """The name of the statement's format; None where the data are none. A file called .xml is one of camt."""
    head = data[:_HEAD].replace(b"\x00", b"")  # as UTF-16 has it between the letters
    if _CAMT.search(head) or suffix == "xml" and not is_ofx(head):
        return "camt"
    if is_ofx(head):
        return "OFX"
    if is_bai2(head):
        return "BAI2"
    return "MT940" if is_mt940(head) else None


def parse_statement(data: bytes, name: str, kind: str) -> ParsedFile:
    """The statement's `kind` ('transaction' or 'account') as text columns and `row_number`, and the rows
    refused. `name` is that of the format.

    A row number is the ordinal of the transaction, or of the statement, in the file. Raises
    UnreadableFile."""
    table, refused = _READERS[name](data, kind)
    return ParsedFile.from_table(table, refused=refused)
