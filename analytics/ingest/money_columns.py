"""Which columns of a file of payments mean what: those of a list between accounts, and those of a statement,
which is one account's own view of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal

from analytics.formats.readers import RawTable
from analytics.ingest.amounts import find_currency_within
from analytics.ingest.column_words import is_about, money_names, status_words
from analytics.ingest.columns import Column, words_of
from analytics.ingest.incident_columns import with_clock
from analytics.ingest.kinds import KINDS
from analytics.ingest.roles import plain
from analytics.ingest.statement_columns import (
    are_alternatives,
    find_amount,
    find_booking_date,
    find_currency_column,
    find_description,
    find_other_account,
    find_other_name,
    find_out_and_in,
    find_own_account,
    find_own_account_in_two,
    find_party,
    find_payer_and_payee,
    holds_currencies,
    is_masked,
)
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
    "send": -1,
    "sent to": -1,
    "withdraw": -1,
    "paid out": -1,
    "debito": -1,
    "debet": -1,
    "支出": -1,
    "χ": -1,
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
    "receive": 1,
    "received with": 1,
    "paid in": 1,
    "credito": 1,
    "kredit": 1,
    "k": 1,
    "收入": 1,
    "π": 1,
}
TRADES = (  # among deposits and withdrawals: what the account's owner bought, sold or changed on an exchange
    *("market", "limit", "instant", "buy", "sell", "trade", "swap", "convert", "conversion", "exchange"),
    *("bought", "sold", "fiat buy", "fiat sell", "kauf", "verkauf", "achat", "vente", "compra", "venta"),
)
_NAMES_OF_TIMES = frozenset(
    name
    for role in KINDS["transaction"].roles
    if role.name == "time"
    for name in role.names
    if "*" not in name
)
_WHOLE, _PLAIN = re.compile(r"\s*-?\d+\s*"), re.compile(r"\s*-?\d+(\.\d+)?\s*")
_FEW_DECIMALS = re.compile(r"\s*(?:[12]?\d|30)\s*")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")
_FIRST_ROWS = 2  # above a table in which an account number may stand without a word for it
_YEN_OR_YUAN = re.compile("[¥￥]")
_CODES_IN_NAMES = frozenset(  # in lower case in a column's name; others are words too, as all, try or top
    (
        *("usd", "eur", "gbp", "chf", "btc", "eth", "inr", "jpy", "cny", "aud", "cad", "nzd", "sek", "nok"),
        *("dkk", "pln", "czk", "huf", "brl", "mxn", "zar", "ngn", "kes", "aed", "sar", "rub", "uah"),
    )
)
_HAS_YEN_OR_YUAN, _HAS_DECIMALS = re.compile(r".*[¥￥].*"), re.compile(r".*\d[.,]\d\d\D*")
_CODE = re.compile(r"\(?\b([A-Z]{3})\b\)?|([£€₹₩₫₺₴₦₽฿₱₪]|R\$|zł|[円元원](?=\W|$))")


def find_money_columns(
    columns: list[Column], found: dict[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The roles found by name, put right by the values, with those of a statement where it is one."""
    by_name = {column.name: column for column in columns}
    fits = {"amount": _is_money, "currency": _may_be_currency}
    found = {
        role: names
        for role, names in found.items()
        if role not in fits or (names[0] in by_name and fits[role](by_name[names[0]]))
    }
    out, into = (_first(role, columns, _is_money) for role in ("out", "in"))
    named = (out.name, into.name) if out and into and are_alternatives(out, into) else None
    used = {name for role in ("from", "to", "time") for name in found.get(role, ())}
    free = [column for column in columns if column.name not in used]
    if sides := named or find_out_and_in(free):
        found.pop("amount", None)
        found |= {"out": (sides[0],), "in": (sides[1],)}
    if found.get("note") == found.get("reference"):
        found.pop("note", None)  # a column has one role
    if (date := find_booking_date(columns)) and _is_better_date(date, found.get("time", ())):
        found["time"] = with_clock(by_name[date], columns)
    if "amount" not in found and "out" not in found and (amount := find_amount(free)):
        found["amount"] = (amount,)
    if direction := _first("direction", columns, _is_direction) or _find_direction(columns):
        found["direction"] = (direction.name,)
    if status := _first("status", columns, _is_status):
        found["status"] = (status.name,)
    if "currency" not in found and (
        currency := find_currency_column(columns, _one_of(found, "amount", "out", "in"))
    ):
        found["currency"] = (currency,)
    found |= _find_wallets(columns)
    if not {"from", "to", "out"} & found.keys():
        for side, are_accounts in (("", True), ("_name", False)):
            if pair := find_payer_and_payee(columns, are_accounts=are_accounts):
                found |= {f"from{side}": (pair[0],), f"to{side}": (pair[1],)}
    parties = [by_name[name] for role in ("from", "to") if (name := _one_of(found, role)) in by_name]
    if (
        len(parties) == 2
        and parties[0] is not parties[1]
        and parties[0].filled + parties[1].filled >= 1  # every row may have one
    ):
        return found
    return _as_statement(columns, found)


def _is_better_date(date: str, found: tuple[str, ...]) -> bool:
    """Whether a day of payment takes the place of the column found by its name: that of a value, or one that
    is called a date of any kind."""
    words = words_of(found[0]) if found else []
    is_exact = bool(found) and plain(found[0]) in _NAMES_OF_TIMES and not is_about(words, "value_date")
    return not is_exact and date not in found


def _find_wallets(columns: list[Column]) -> dict[str, tuple[str, ...]]:
    """Of an exchange's list of deposits or withdrawals: the address that each came from, which may be blank,
    and that to which it went."""
    named = {"".join(column.words): column.name for column in columns}
    source, target = named.get("sourceaddress"), named.get("address")
    return {"from": (source,), "to": (target,)} if source and target else {}


def _one_of(found: dict[str, tuple[str, ...]], *roles: str) -> str | None:
    return next((found[role][0] for role in roles if role in found), None)


def _may_be_currency(column: Column) -> bool:
    """Whether a column called a currency holds some, and of the amounts themselves."""
    words = [word for word in column.words if word not in ("code", "codes")]
    is_of_others = is_about(words, "currency") and is_about(words, "not_amount")
    return holds_currencies(column) and not is_of_others


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
    own = _named("own", free, _is_the_same) or find_own_account(free)
    in_two = () if own else find_own_account_in_two(free)
    free = [column for column in free if column.name not in (own, *in_two)]
    other = _named("other", free, lambda column: column.filled > 0.3) or find_other_account(free)
    free = [column for column in free if column.name != other]
    name = find_party(free) or _named("other_name", free, _is_plain_text) or find_other_name(free)
    if not (own or in_two or other or "out" in found or "direction" in found) and found != stated:
        return stated  # a payer or a payee alone
    if not (own or in_two or other or name) and "direction" in found:
        name = found["direction"][0]  # the words for in and out are all that is said of the other side
    if in_two:
        found["own"] = in_two
    for role, column in (("own", own), ("other", other), ("other_name", name)):
        if column:
            found[role] = (column,)
    if "note" not in found and (note := find_description([c for c in free if c.name != name])):
        found["note"] = (note,)
    return found


def _is_the_same(column: Column) -> bool:
    """Whether a column may hold the account of a statement: filled throughout, with few accounts, not another
    one in every row."""
    return (
        column.filled > 0.9 and column.distinct <= 5 and (column.distinct < column.rows or column.rows == 1)
    )


def _is_plain_text(column: Column) -> bool:
    return column.is_text and not is_masked(column)


def _named(role: str, columns: list[Column], fits: Callable[[Column], bool]) -> str | None:
    column = _first(role, columns, fits)
    return column.name if column else None


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
    """Whether every value says money in or money out, and both may come; trades may stand among them."""
    ways = [direction_of(value) for value in column.values if value.strip().lower() not in TRADES]
    return bool(ways) and all(ways)


def _find_direction(columns: list[Column]) -> Column | None:
    """The column, whatever it is called, of whose values some say money in, some money out, and none else."""
    return next(
        (
            column
            for column in columns
            if _is_direction(column) and {-1, 1} <= {direction_of(value) for value in column.values}
        ),
        None,
    )


def direction_of(value: str) -> int:
    """-1 for money out, +1 for money in, 0 for neither."""
    return DIRECTIONS.get(value.strip().lower(), 0)


def unknown_statuses(values: Iterable[str]) -> list[str]:
    """Those of the words for what became of a payment that say neither that it was booked nor that it was
    not."""
    return sorted(
        value
        for value in values
        if value.strip().lower() not in (status_words("not_booked") | status_words("booked"))
    )


def _is_status(column: Column) -> bool:
    """Whether the values say of some rows that they were, or were not, booked."""
    values = {value.strip().lower() for value in column.values}
    return bool(values & (status_words("not_booked") | status_words("booked")))


def find_currency_of(columns: list[Column], found: dict[str, tuple[str, ...]]) -> str:
    """The currency that the name of an amount's column or a symbol beside the amounts states."""
    by_name = {column.name: column for column in columns}
    for role in ("amount", "out", "in", "balance", "price"):
        for name in found.get(role, ()):
            column = by_name[name]
            stated = [find_currency_within(sign or code) for code, sign in _CODE.findall(name)]
            stated += ["EUR" for word in column.words if word.startswith("euro")]
            stated += [word.upper() for word in column.words[1:] if word in _CODES_IN_NAMES]
            written = Counter(code for value in column.values if (code := find_currency_within(value)))
            if known := next(filter(None, stated), None):
                return known
            if _YEN_OR_YUAN.search(name) or column.share(_HAS_YEN_OR_YUAN) > 0.5:
                return "CNY" if column.share(_HAS_DECIMALS) > 0.5 else "JPY"
            if len(written) == 1 and written.total() > 0.5 * len(column.values):
                return next(iter(written))
    return NOT_STATED


def currency_of_script(raw: RawTable) -> str:
    """The currency of the only country that writes the columns of a file in its script: kana Japan's, hangul
    that of South Korea; NOT_STATED in any other."""
    names = " ".join(raw.columns)
    if re.search("[\u3041-\u30ff]|引出|預入|取引|出金|入金", names):
        return "JPY"
    if re.search("[\uac00-\ud7a3]", names):
        return "KRW"
    return "THB" if re.search("[\u0e01-\u0e2e]", names) else NOT_STATED


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
    compact = (re.sub(r"\s", "", cell) for row in raw.preamble for cell in row)
    if iban := next((text for text in compact if _IBAN.fullmatch(text)), None):
        return iban
    for row in raw.preamble:
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
    alone = (row[0].strip('=" ') for row in raw.preamble[:_FIRST_ROWS] if row)
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
            if is_named and known:
                return known
    return NOT_STATED


def scale_of_amounts(columns: list[Column], found: dict[str, tuple[str, ...]]) -> str | None:
    """The column that says how many decimals the amounts have, which then are whole numbers of the smallest
    unit: tokenDecimal, precision; None where there is none."""
    by_name = {column.name: column for column in columns}
    amount = by_name.get(_one_of(found, "amount") or "")
    if amount is None or amount.share(_WHOLE) < 1:
        return None
    return next(
        (
            column.name
            for column in columns
            if {"decimals", "decimal", "precision", "scale"} & set(column.words)
            and column.values
            and column.share(_FEW_DECIMALS) == 1
        ),
        None,
    )


def unscaled_amount(columns: list[Column], found: dict[str, tuple[str, ...]], scale: str) -> str | None:
    """The column of the same amounts in whole units, beside that of the smallest ones."""
    by_name = {column.name: column for column in columns}
    raw, decimals = by_name[found["amount"][0]], by_name[scale]
    for column in columns:
        if column is raw or column is decimals or len(column.values) != len(raw.values):
            continue
        if column.share(_PLAIN) == 1 and all(
            Decimal(value) == Decimal(smallest).scaleb(-int(digits))
            for value, smallest, digits in zip(column.values, raw.values, decimals.values, strict=False)
        ):
            return column.name
    return None


def counts_steps(columns: list[Column]) -> str | None:
    """The whole numbers that stand for a time: steps since a start that the file does not state."""
    for column in columns:
        named = set(column.words) & {"step", "steps", "tick", "timestamp", "time", "timestep"}
        if named and column.share(re.compile(r"\s*\d{1,7}\s*")) > 0.9:
            return column.name
    return None
