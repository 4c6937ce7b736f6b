"""What the columns of amounts state: their currency, their decimal sign, and whether they count the smallest
units or steps."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from analytics.formats.readers import RawTable
from analytics.ingest.amounts import find_currency_within
from analytics.ingest.columns import Column
from analytics.ingest.paired_columns import read_number
from analytics.ingest.statement_columns import holds_amounts, is_no_payment
from analytics.ingest.statement_words import is_about
from analytics.shared.currency import NOT_STATED

_WHOLE, _PLAIN = re.compile(r"\s*-?\d+\s*"), re.compile(r"\s*-?\d+(\.\d+)?\s*")
_FEW_DECIMALS = re.compile(r"\s*(?:[12]?\d|30)\s*")
_YEN_OR_YUAN = re.compile("[¥￥]")
_CODES_IN_NAMES = frozenset(  # in lower case in a column's name; others are words too, as all, try or top
    (
        *("usd", "eur", "gbp", "chf", "btc", "eth", "inr", "jpy", "cny", "aud", "cad", "nzd", "sek", "nok"),
        *("dkk", "pln", "czk", "huf", "brl", "mxn", "zar", "ngn", "kes", "aed", "sar", "rub", "uah"),
        *("usdt", "usdc", "ltc", "xrp", "xmr", "doge", "hnt"),
    )
)
_HAS_YEN_OR_YUAN, _HAS_DECIMALS = re.compile(r".*[¥￥].*"), re.compile(r".*\d[.,]\d\d\D*")
_CODE = re.compile(r"\(?\b([A-Z]{3})\b\)?|([£€₹₩₫₺₴₦₽฿₱₪₸₼₾֏]|R\$|zł|[円元원](?=\W|$))")


def find_currency_of(columns: list[Column], found: dict[str, tuple[str, ...]]) -> str:
    """The currency that the name of an amount's column or a symbol beside the amounts states."""
    by_name = {column.name: column for column in columns}
    for role in ("amount", "out", "in", "balance", "price"):
        for name in found.get(role, ()):
            column = by_name[name]
            written = Counter(code for value in column.values if (code := find_currency_within(value)))
            if known := currency_in_name(column):
                return known
            if _YEN_OR_YUAN.search(name) or column.share(_HAS_YEN_OR_YUAN) > 0.5:
                return "CNY" if column.share(_HAS_DECIMALS) > 0.5 else "JPY"
            if len(written) == 1 and written.total() > 0.5 * len(column.values):
                return next(iter(written))
    balances = (column for column in columns if is_about(column.words, "balance"))
    return next(filter(None, map(currency_in_name, balances)), NOT_STATED)


def find_amounts_by_currency(columns: list[Column]) -> tuple[str, ...]:
    """The columns of amounts that are called alike but for the currency, of which each row fills one: CAD$
    beside USD$. None where there are not several."""
    by_rest: dict[tuple[str, ...], list[Column]] = {}
    for column in columns:
        code = currency_in_name(column)
        if code and holds_amounts(column) and not is_no_payment(column):
            rest = tuple(word for word in column.words if word.upper() != code)
            by_rest.setdefault(rest, []).append(column)
    for alike in by_rest.values():
        filled = [[read_number(cell) != 0 for cell in column.cells] for column in alike]
        if len(alike) > 1 and all(sum(row) == 1 for row in zip(*filled, strict=True)):
            return tuple(column.name for column in alike)
    return ()


def currency_in_name(column: Column) -> str | None:
    """The currency that a column's name states, None where it states none."""
    if {"satoshi", "satoshis", "sats"} & set(column.words):
        return "BTC"
    stated = [find_currency_within(sign or code) for code, sign in _CODE.findall(column.name)]
    stated += ["EUR" for word in column.words if word.startswith("euro")]
    first = column.words[:1] if column.words[1:] in (["amount"], ["value"], ["quantity"]) else []
    stated += [word.upper() for word in (*first, *column.words[1:]) if word in _CODES_IN_NAMES]
    return next(filter(None, stated), None)


def currency_of_script(raw: RawTable) -> str:
    """The currency of the only country that writes the columns of a file in its script: kana Japan's, hangul
    that of South Korea; NOT_STATED in any other."""
    names = " ".join(raw.columns)
    if re.search("[\u3041-\u30ff]|引出|預入|取引|(?<![存支轉转])(?:出金|入金)", names):
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


def scale_of_amounts(columns: list[Column], found: dict[str, tuple[str, ...]]) -> str | None:
    """The column that says how many decimals the amounts have, which then are whole numbers of the smallest
    unit: tokenDecimal, precision; None where there is none."""
    by_name = {column.name: column for column in columns}
    amount = by_name.get((found.get("amount") or ("",))[0])
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
