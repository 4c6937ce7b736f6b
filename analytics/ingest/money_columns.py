"""Which columns of a file of payments mean what: those of a list between accounts, and those of a statement,
which is one account's own view of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from analytics.formats.readers import RawTable
from analytics.ingest.column_words import money_names
from analytics.ingest.columns import Column
from analytics.shared.currency import NOT_STATED, find_currency

DIRECTIONS = {  # the words for money out (-1) and in (+1) of the statement's own account
    "debit": -1,
    "dr": -1,
    "d": -1,
    "dbit": -1,
    "out": -1,
    "af": -1,
    "soll": -1,
    "s": -1,
    "ausgang": -1,
    "lastschrift": -1,
    "cargo": -1,
    "withdrawal": -1,
    "payment": -1,
    "sent": -1,
    "paid out": -1,
    "debito": -1,
    "debet": -1,
    "credit": 1,
    "cr": 1,
    "c": 1,
    "crdt": 1,
    "in": 1,
    "bij": 1,
    "haben": 1,
    "h": 1,
    "eingang": 1,
    "gutschrift": 1,
    "abono": 1,
    "deposit": 1,
    "receipt": 1,
    "received": 1,
    "paid in": 1,
    "credito": 1,
    "kredit": 1,
}
NOT_BOOKED = (
    "pending",
    "reverted",
    "reversed",
    "declined",
    "failed",
    "cancelled",
    "canceled",
    "denied",
    "refused",
    "rejected",
    "expired",
    "umsatz vorgemerkt",
    "vorgemerkt",
    "in bearbeitung",
    "memo",
    "authorised",
    "authorized",
    "unpaid",
    "voided",
)
_BOOKED = (
    "completed",
    "booked",
    "posted",
    "settled",
    "gebucht",
    "umsatz gebucht",
    "paid",
    "success",
    "successful",
)
_SYMBOLS = {
    "£": "GBP",
    "€": "EUR",
    "₹": "INR",
    "₺": "TRY",
    "₴": "UAH",
    "zł": "PLN",
    "₦": "NGN",
    "₽": "RUB",
    "R$": "BRL",
}
_CODE = re.compile(r"\(?\b([A-Z]{3})\b\)?|([£€₹])")


def find_money_columns(
    columns: list[Column], found: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The roles found by name, put right by the values, with those of a statement where it is one."""
    by_name = {column.name: column for column in columns}
    found = {
        role: names for role, names in found.items() if role != "amount" or _is_money(by_name.get(names[0]))
    }
    out, into = (_first(role, columns, _is_money) for role in ("out", "in"))
    if out and into and out is not into:
        found = {role: names for role, names in found.items() if role != "amount"} | {
            "out": (out.name,),
            "in": (into.name,),
        }
    if direction := _first("direction", columns, _is_direction):
        found["direction"] = (direction.name,)
    if status := _first("status", columns, _is_status):
        found["status"] = (status.name,)
    if "from" in found and "to" in found and found["from"] != found["to"]:
        return found
    return _as_statement(columns, found)


def _as_statement(columns: list[Column], found: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """A file without payer and payee accounts: its own account, and the other party of each row."""
    if "from_name" in found and "to_name" in found and not ({"out", "direction"} & found.keys()):
        by_name = {column.name: column for column in columns}
        amounts = by_name[found["amount"][0]].values if "amount" in found else []
        if not any(value.strip().startswith(("-", "−")) for value in amounts):
            return found  # a remittance file: the names stand for accounts
    stated = found
    found = {role: names for role, names in found.items() if role not in ("from", "to")}
    used = {name for role, names in found.items() if role not in ("note", "place") for name in names}
    free = [column for column in columns if column.name not in used]
    own = _first("own", free, lambda column: column.filled > 0.9 and column.distinct <= 5)
    free = [column for column in free if column is not own]
    other = _first("other", free, lambda column: column.filled > 0.3)
    free = [column for column in free if column is not other]
    name = _first("other_name", free, lambda column: column.is_text)
    if not (own or other or "out" in found or "direction" in found) and found != stated:
        return stated  # a payer or a payee alone
    for role, column in (("own", own), ("other", other), ("other_name", name)):
        if column:
            found[role] = (column.name,)
    return found


def _first(role: str, columns: list[Column], fits: Callable[[Column], bool]) -> Column | None:
    for wanted in money_names(role):
        for column in columns:
            name = " ".join(column.words)
            named = name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted
            if named and fits(column):
                return column
    return None


def _is_money(column: Column | None) -> bool:
    """Whether a column may be one of amounts: numbers, whatever stands around them."""
    if column is None:
        return False
    return 2 * sum(any(c.isdigit() for c in value) for value in column.values) >= len(column.values)


def _is_direction(column: Column) -> bool:
    """Whether every value says money in or money out, and both may come."""
    return bool(column.values) and all(direction_of(value) for value in column.values)


def direction_of(value: str) -> int:
    """-1 for money out, +1 for money in, 0 for neither."""
    return DIRECTIONS.get(value.strip().lower(), 0)


def _is_status(column: Column) -> bool:
    """Whether the values say of some rows that they were, or were not, booked."""
    values = {value.strip().lower() for value in column.values}
    return bool(values & {*NOT_BOOKED, *_BOOKED})


def find_currency_of(columns: list[Column], found: dict[str, tuple[str, ...]]) -> str:
    """The currency that the name of an amount's column or a symbol beside the amounts states."""
    by_name = {column.name: column for column in columns}
    for role in ("amount", "out", "in", "balance", "price"):
        for name in found.get(role, ()):
            column = by_name[name]
            stated = [find_currency(_SYMBOLS.get(b, a)) for a, b in _CODE.findall(name)]
            written = Counter(code for value in column.values if (code := _currency_in(value)))
            if known := next(filter(None, stated), None):
                return known
            if len(written) == 1 and written.total() > 0.5 * len(column.values):
                return next(iter(written))
    return NOT_STATED


def _currency_in(amount: str) -> str | None:
    symbol = next((code for sign, code in _SYMBOLS.items() if sign in amount), None)
    letters = re.search(r"\b[A-Z]{3}\b", amount)
    return symbol or (find_currency(letters[0]) if letters else None)


def decimal_sign(amounts: list[str]) -> str | None:
    """The decimal sign that most amounts can only be read with; None where no amount settles it, as 1.500
    alone, which may be one and a half or fifteen hundred."""
    votes: Counter[str] = Counter()
    for amount in amounts:
        number = re.sub(r"[^\d.,]", "", amount).strip(".,")
        signs = [sign for sign in number if sign in ".,"]
        if not signs:
            continue
        last = signs[-1]
        if len(set(signs)) == 2:
            votes[last] += 1
        elif len(signs) > 1:
            votes["," if last == "." else "."] += 1
        elif len(number.rpartition(last)[2]) != 3 or number.startswith("0"):
            votes[last] += 1
    if not votes:
        return None
    return "," if votes[","] > votes["."] else "."


def preamble_account(raw: RawTable) -> str | None:
    """The account that a bank writes above the table: an IBAN, or a number after a word for account."""
    for row in raw.preamble:
        for place, cell in enumerate(row):
            compact = re.sub(r"\s", "", cell)
            if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}", compact):
                return compact
            label = re.search(r"(?i)\b(account|konto|rekening|compte|cuenta|conto)\b(?!.*balance)", cell)
            after = [*re.findall(r"[:\s]([*\w-]*\d[\w *-]{3,})", cell), *row[place + 1 : place + 2]]
            numbers = [str(text).strip() for text in after if re.search(r"\d{3}", text) and "." not in text]
            if label and numbers:
                return numbers[0]
    return None


def counts_steps(columns: list[Column]) -> str | None:
    """The whole numbers that stand for a time: steps since a start that the file does not state."""
    for column in columns:
        named = set(column.words) & {"step", "steps", "tick", "timestamp", "time", "timestep"}
        if named and column.share(re.compile(r"\s*\d{1,7}\s*")) > 0.9:
            return column.name
    return None
