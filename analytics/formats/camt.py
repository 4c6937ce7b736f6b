"""ISO 20022 camt.053, the bank-to-customer statement: its entries as transactions, its accounts as accounts.

Source: ISO 20022, camt.053.001 (versions 02 to 13 differ only in elements that are not read here). The file
is read as data: a document type or an entity declaration is refused, and nothing is fetched."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pyarrow as pa
from lxml import etree

from analytics.formats.header import UnreadableFile

TRANSACTIONS = (
    "reference",
    "occurred_at",
    "from_account",
    "to_account",
    "from_name",
    "to_name",
    "amount",
    "currency",
    "channel",
    "from_country",
    "to_country",
    "note",
)
ACCOUNTS = ("account", "holder", "currency", "balance", "balance_on", "address", "country")
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
Refused = list[tuple[int, str, str]]


def read_camt(data: bytes, kind: str) -> tuple[pa.Table, Refused]:
    """The statement's `kind` ('transaction' or 'account') as text columns and `row_number`, and what is
    refused.

    A row number is the ordinal of the transaction, or of the statement, in the file. An entry that a bank
    booked as one sum over several transactions is one row unless each of them states its amount. Raises
    UnreadableFile."""
    _refuse_declarations(data)
    rows: list[dict[str, str | int | None]] = []
    refused: Refused = []
    try:
        for statement in _statements(data):
            if kind == "account":
                rows.append(_account(statement) | {"row_number": len(rows) + 1})
                continue
            own = _identity(statement.find("{*}Acct"))
            holder = _text(statement, "Acct/Ownr/Nm")
            for entry in statement.iterfind("{*}Ntry"):
                for row in _entry(entry, own, holder):
                    number = len(rows) + len(refused) + 1
                    if _text(entry, "Sts/Cd", "Sts") in ("PDNG", "INFO"):
                        refused.append((number, "the entry is not booked", str(row["reference"] or "")))
                    else:
                        rows.append(row | {"row_number": number})
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"The XML is not well formed: {str(error)[:150]}") from error
    if not rows and not refused:
        raise UnreadableFile("The XML holds no camt.053 statement: of XML, only those and KML are read.")
    names = ACCOUNTS if kind == "account" else TRANSACTIONS
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in names}
    return pa.table(
        columns | {"row_number": pa.array([row["row_number"] for row in rows], pa.int64())}
    ), refused


def _refuse_declarations(data: bytes) -> None:
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        if any(word.encode(encoding) in data for word in ("<!DOCTYPE", "<!doctype", "<!ENTITY")):
            raise UnreadableFile(
                "The XML declares a document type or entities, which no statement needs: it is refused."
            )


def _statements(data: bytes) -> Iterator[etree._Element]:
    """Each statement, forgotten once it was read."""
    for _, element in etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        tag=("{*}Stmt", "{*}Rpt"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
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


def _party(related: etree._Element | None, role: str) -> dict[str, str | None]:
    account = _identity(_find(related, f"{role}Acct"))
    iban_country = account[:2] if account and re.match(r"[A-Z]{2}\d\d", account) else None
    return {
        "account": account,
        "name": _text(related, f"{role}/Nm", f"{role}/Pty/Nm"),
        "country": _text(related, f"{role}/PstlAdr/Ctry", f"{role}/Pty/PstlAdr/Ctry") or iban_country,
    }


def _entry(entry: etree._Element, own: str | None, holder: str | None) -> Iterator[dict[str, str | None]]:
    details = entry.findall("{*}NtryDtls/{*}TxDtls")
    amounts = [
        next((f for f in (_find(d, "Amt"), _find(d, "AmtDtls/TxAmt/Amt")) if f is not None), None)
        for d in details
    ]
    if len(details) > 1 and all(amount is not None for amount in amounts):
        for detail, amount in zip(details, amounts, strict=True):
            yield _row(entry, detail, amount, own, holder)
    else:
        yield _row(entry, details[0] if len(details) == 1 else None, _find(entry, "Amt"), own, holder)


def _row(
    entry: etree._Element,
    detail: etree._Element | None,
    amount: etree._Element | None,
    own: str | None,
    holder: str | None,
) -> dict[str, str | None]:
    related = _find(detail, "RltdPties")
    debtor, creditor = _party(related, "Dbtr"), _party(related, "Cdtr")
    mine = {
        "account": own,
        "name": holder,
        "country": own[:2] if own and re.match(r"[A-Z]{2}\d\d", own) else None,
    }
    incoming = (_text(detail, "CdtDbtInd") or _text(entry, "CdtDbtInd")) == "CRDT"
    other = debtor if incoming else creditor
    if other["account"] == own:  # of a reversal the parties are those of the payment that is taken back
        other = creditor if incoming else debtor
    payer, payee = (other, mine) if incoming else (mine, other)
    notes = [] if detail is None else detail.findall("{*}RmtInf/{*}Ustrd")
    return {
        "reference": _text(detail, "Refs/TxId", "Refs/AcctSvcrRef", "Refs/EndToEndId")
        or _text(entry, "AcctSvcrRef", "NtryRef"),
        "occurred_at": _time(
            _text(detail, "RltdDts/TxDtTm", "RltdDts/AccptncDtTm")
            or _text(entry, "BookgDt/DtTm", "BookgDt/Dt", "ValDt/DtTm", "ValDt/Dt")
        ),
        "from_account": payer["account"],
        "to_account": payee["account"],
        "from_name": payer["name"],
        "to_name": payee["name"],
        "amount": None if amount is None else (amount.text or "").strip(),
        "currency": None if amount is None else amount.get("Ccy"),
        "channel": _channel(entry),
        "from_country": payer["country"],
        "to_country": payee["country"],
        "note": " ".join((note.text or "").strip() for note in notes) or _text(entry, "AddtlNtryInf"),
    }


def _channel(entry: etree._Element) -> str | None:
    family = _text(entry, "BkTxCd/Domn/Fmly/Cd")
    return _FAMILIES.get(family or "", family.lower() if family else _text(entry, "BkTxCd/Prtry/Cd"))


def _time(text: str | None) -> str | None:
    """A time with its offset as UTC, without one as written; a date as it is."""
    if not text or "T" not in text:
        return text
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return text
    return at.isoformat(" ", "seconds") if at.tzinfo is None else at.astimezone(UTC).isoformat(" ", "seconds")


def _account(statement: etree._Element) -> dict[str, str | None]:
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
        "holder": _text(account, "Ownr/Nm"),
        "currency": _text(account, "Ccy") or (None if amount is None else amount.get("Ccy")),
        "balance": None if amount is None else sign + (amount.text or "").strip(),
        "balance_on": (_text(balance, "Dt/Dt", "Dt/DtTm") or "")[:10] or None,
        "address": _text(account, "Ownr/PstlAdr/AdrLine") or address or None,
        "country": _text(account, "Ownr/PstlAdr/Ctry")
        or (own[:2] if own and re.match(r"[A-Z]{2}\d\d", own) else None),
    }
