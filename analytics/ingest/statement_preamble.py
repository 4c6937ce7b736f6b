"""What a bank writes above the table of a statement: whose account it is, and in which currency."""

from __future__ import annotations

import re

from analytics.formats.readers import RawTable
from analytics.ingest.amounts import find_currency_within
from analytics.ingest.name_words import words_of
from analytics.ingest.statement_words import is_about
from analytics.shared.currency import NOT_STATED, find_currency

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")
_LONGEST = 300  # characters of a cell that are looked at: what names an account is shorter
_FIRST_ROWS = 2  # above a table in which an account number may stand without a word for it


def preamble_account(raw: RawTable) -> str | None:
    """The account that a bank writes above the table: an IBAN, or a number after a word for account."""
    rows = [[cell[:_LONGEST] for cell in row] for row in raw.preamble]
    compact = (re.sub(r"\s", "", cell) for row in rows for cell in row)
    if iban := next((text for text in compact if _IBAN.fullmatch(text)), None):
        return iban
    for row in rows:
        for place, cell in enumerate(row):
            label = re.search(
                r"(?i)\b(account(?:id|no|number)?|konto(?:nummer|nr)?|\w+konto|rekening(?:nummer)?|compte|cuenta|conto|conta"
                r"|rachun\w*|účet|ucet|číslo účtu)\b(?!.*balance)",
                cell,
            )
            following = [text for text in row[place + 1 :] if re.search(r"\w", text)]  # not a colon alone
            if label is None:
                continue
            after = [*re.findall(r"[:\s-]\s*([*\w-]*\d[\w */-]{3,})", cell[label.end() :]), *following[:1]]
            numbers = [str(text).strip() for text in after if re.search(r"\d{3}", text) and "." not in text]
            if numbers:
                return _number_within(numbers[0])
    alone = (row[0].strip('=" ') for row in rows[:_FIRST_ROWS] if row)
    return next((text for text in alone if re.fullmatch(r"\d{9,24}", text)), None)


def _number_within(text: str) -> str:
    """The account number in a text, without what is said before or after it: 000401234567 ( INR )."""
    compact = re.sub(r"\s", "", text)
    if _IBAN.fullmatch(compact):
        return compact
    found = re.findall(r"(?<!\w)[*\w-]*\d[\w*/-]*(?: (?:[\d*][\w*-]*|[A-Z]{4}\b))*", text)
    number = max(found, key=lambda part: sum(map(str.isdigit, part)), default=text)
    return re.sub(r"\s", "", number) if re.fullmatch(r"[\d ]+", number) else number


def preamble_currency(raw: RawTable) -> str:
    """The currency that a bank writes above the table after a word for it; NOT_STATED where it does not."""
    for row in raw.preamble:
        cells = [part.strip() for cell in row for part in cell.split(":") if part.strip()]
        for label, text in zip(cells, cells[1:], strict=False):
            is_named = is_about(words_of(label), "currency") or re.match(
                r"(?i)bewertet in|compte tenu en", label
            )
            known = "EUR" if text.lower() == "euros" else find_currency(text)
            if is_about(words_of(label), "balance"):
                is_named, known = True, find_currency_within(text)
            if is_named and known:
                return known
    return NOT_STATED
