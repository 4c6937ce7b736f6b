"""ISO 20022 camt.052 (report), camt.053 (statement) and camt.054 (notification): their entries as
transactions, their accounts as accounts.

Source: ISO 20022, camt.052/053/054.001 (versions 02 to 13 differ only in elements not read here). The file
is read as data: a document type or an entity declaration is refused, and nothing is fetched."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa
from lxml import etree

from analytics.formats.header import UnreadableFile
from analytics.formats.statements.rows import Refused, Row, build_table, iban_country, payment
from analytics.formats.xml_declarations import READING, refuse_declarations

_FAMILIES = {
    "RCDT": "transfer",
    "ICDT": "transfer",
    "RDDT": "direct debit",
    "IDDT": "direct debit",
    "CCRD": "card",
    "MCRD": "card",
    "CNTR": "cash",
    "RCHQ": "cheque",
    "ICHQ": "cheque",
    "IRCT": "transfer",
    "RRCT": "transfer",
}


def read_camt(data: bytes, kind: str) -> tuple[pa.Table, Refused]:
    """The statement's `kind` ('transaction' or 'account') as text columns and `row_number`, and what is
    refused.

    A row number is the ordinal of the transaction, or of the statement, in the file. An entry that a bank
    booked as one sum over several transactions is one row unless each of them states its amount. Raises
    UnreadableFile."""
    refuse_declarations(data)
    rows: list[tuple[int, Row]] = []
    refused: Refused = []
    try:
        for statement in _statements(data):
            if kind == "account":
                rows.append((len(rows) + 1, _account(statement)))
                continue
            own = _own(statement)
            for entry in statement.iterfind("{*}Ntry"):
                for row in _entry(entry, own):
                    number = len(rows) + len(refused) + 1
                    if _text(entry, "Sts/Cd", "Sts") in ("PDNG", "INFO"):
                        refused.append((number, "the entry is not booked", str(row["reference"] or "")))
                    else:
                        rows.append((number, row))
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"The XML is not well formed: {str(error)[:150]}") from error
    if not rows and not refused:
        raise UnreadableFile(
            "This XML file holds no entries of a camt.052, camt.053 or camt.054 message, and other XML is "
            "not read. Export the table from the program that made it as CSV, Excel or Parquet, and import "
            "that."
        )
    return build_table(rows, kind), refused


def _statements(data: bytes) -> Iterator[etree._Element]:
    """Each statement, forgotten once it was read."""
    for _, element in etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        tag=("{*}Stmt", "{*}Rpt", "{*}Ntfctn"),
        **READING,
    ):
        yield element
        element.clear()


def _find(element: etree._Element | None, path: str) -> etree._Element | None:
    return None if element is None else element.find("/".join("{*}" + part for part in path.split("/")))


def _text(element: etree._Element | None, *paths: str) -> str | None:
    for path in paths:
        found = _find(element, path)
        text: str = (found.text or "").strip() if found is not None else ""
        if text:
            return text
    return None


def _identity(account: etree._Element | None) -> str | None:
    found = _text(account, "Id/IBAN", "Id/Othr/Id")
    return re.sub(r"\s", "", found) if found else None


def _own(statement: etree._Element) -> Row:
    account = _identity(statement.find("{*}Acct"))
    return {
        "account": account,
        "name": _text(statement, "Acct/Ownr/Nm", "Acct/Ownr/Pty/Nm"),
        "country": iban_country(account),
    }


def _party(related: etree._Element | None, role: str) -> Row:
    """The debtor ('Dbtr') or creditor ('Cdtr'); where somebody pays or is paid through it, both names."""
    account = _identity(_find(related, f"{role}Acct"))
    name = _text(related, f"{role}/Nm", f"{role}/Pty/Nm")
    ultimate = _text(related, f"Ultmt{role}/Nm", f"Ultmt{role}/Pty/Nm")
    return {
        "account": account,
        "name": f"{ultimate} (through {name})"
        if ultimate and name and ultimate != name
        else ultimate or name,
        "country": _text(related, f"{role}/PstlAdr/Ctry", f"{role}/Pty/PstlAdr/Ctry")
        or iban_country(account),
    }


def _entry(entry: etree._Element, own: Row) -> Iterator[Row]:
    """The entry's transactions where each states its amount, else the entry as one."""
    details = entry.findall("{*}NtryDtls/{*}TxDtls")
    amounts = [_amount(detail) for detail in details]
    if len(details) > 1 and all(amount is not None for amount in amounts):
        for detail, amount in zip(details, amounts, strict=True):
            yield _row(entry, detail, amount, own)
    else:
        yield _row(entry, details[0] if len(details) == 1 else None, _find(entry, "Amt"), own)


def _amount(detail: etree._Element) -> etree._Element | None:
    """What a transaction of an entry says it came to; as instructed, where nothing else is stated."""
    paths = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
    return next((amount for path in paths if (amount := _find(detail, path)) is not None), None)


def _row(
    entry: etree._Element, detail: etree._Element | None, amount: etree._Element | None, own: Row
) -> Row:
    related = _find(detail, "RltdPties")
    debtor, creditor = _party(related, "Dbtr"), _party(related, "Cdtr")
    incoming = (_text(detail, "CdtDbtInd") or _text(entry, "CdtDbtInd")) == "CRDT"
    other = debtor if incoming else creditor
    if other["account"] == own["account"]:  # of a reversal the parties are those of the payment taken back
        other = creditor if incoming else debtor
    return payment(own, other, incoming=incoming) | {
        "reference": _text(detail, "Refs/TxId", "Refs/AcctSvcrRef", "Refs/EndToEndId")
        or _text(entry, "AcctSvcrRef", "NtryRef"),
        "occurred_at": _time(
            _text(detail, "RltdDts/TxDtTm", "RltdDts/AccptncDtTm")
            or _text(entry, "BookgDt/DtTm", "BookgDt/Dt", "ValDt/DtTm", "ValDt/Dt")
        ),
        "amount": None if amount is None else (amount.text or "").strip(),
        "currency": None if amount is None else amount.get("Ccy"),
        "channel": _channel(entry),
        "note": _note(detail) or _text(entry, "AddtlNtryInf"),
    }


def _note(detail: etree._Element | None) -> str | None:
    """What the payment is for: the free text, then the references of its structured form."""
    paths = ("{*}RmtInf/{*}Ustrd", "{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref")
    notes = [] if detail is None else [note for path in paths for note in detail.findall(path)]
    return " ".join(filter(None, ((note.text or "").strip() for note in notes))) or None


def _channel(entry: etree._Element) -> str | None:
    family = _text(entry, "BkTxCd/Domn/Fmly/Cd")
    return _FAMILIES.get(family or "", family.lower() if family else _text(entry, "BkTxCd/Prtry/Cd"))


def _time(text: str | None) -> str | None:
    """A time with its offset as UTC, without one as written; a date without the offset that XML allows it."""
    if not text or "T" not in text:
        return re.sub(r"^(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)$", r"\1", text) if text else text
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return text
    return at.isoformat(" ", "seconds") if at.tzinfo is None else at.astimezone(UTC).isoformat(" ", "seconds")


def _account(statement: etree._Element) -> Row:
    account = _find(statement, "Acct")
    balance = next(
        (
            b
            for code in ("CLBD", "CLAV", "ITBD")
            for b in statement.iterfind("{*}Bal")
            if _text(b, "Tp/CdOrPrtry/Cd") == code
        ),
        None,
    )
    amount = _find(balance, "Amt")
    sign = "-" if _text(balance, "CdtDbtInd") == "DBIT" else ""
    own = _identity(account)
    lines = ("StrtNm", "BldgNb", "PstCd", "TwnNm")
    address = " ".join(filter(None, (_text(account, f"Ownr/PstlAdr/{line}") for line in lines)))
    return {
        "account": own,
        "holder": _text(account, "Ownr/Nm", "Ownr/Pty/Nm"),
        "currency": _text(account, "Ccy") or (None if amount is None else amount.get("Ccy")),
        "balance": None if amount is None else sign + (amount.text or "").strip(),
        "balance_on": (_text(balance, "Dt/Dt", "Dt/DtTm") or "")[:10] or None,
        "address": _text(account, "Ownr/PstlAdr/AdrLine") or address or None,
        "country": _text(account, "Ownr/PstlAdr/Ctry") or iban_country(own),
    }
