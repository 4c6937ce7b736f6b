"""Amounts as written become whole minor units, exactly: text to decimal to integer, and never through a
float."""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from analytics.ingest.sql import RawRows, literal
from analytics.shared.currency import currencies, find_currency, spellings
from analytics.shared.wording import counted

_BLANKS_AND_SYMBOLS = r"[\s\p{Sc}\x{00a0}\x{2007}\x{2009}\x{202f}'’]"
_MAXIMUM = 10**15  # in whole units; beyond it an amount is an error, and would not fit
_FEW = 0.1  # of the amounts of no stated currency; where more have parts of a cent, none of them are cents
_MORE_DECIMALS = (
    "amounts of the file have more than two decimals, and no currency is stated: give it (--currency BTC)"
)
_CODE_WITHIN = r"(?:^|[^A-Za-z])([A-Z]{3,5})(?:[^A-Za-z]|$)"
_SIGNS_OF_CURRENCIES = {  # within an amount, and of one currency alone
    "£": "GBP",
    "€": "EUR",
    "₹": "INR",
    "₺": "TRY",
    "₴": "UAH",
    "zł": "PLN",
    "₦": "NGN",
    "₽": "RUB",
    "R$": "BRL",
    "円": "JPY",
    "元": "CNY",
    "원": "KRW",
    "₩": "KRW",
    "₫": "VND",
    "฿": "THB",
    "₱": "PHP",
    "₪": "ILS",
    "₸": "KZT",
    "₼": "AZN",
    "₾": "GEL",
    "֏": "AMD",
}


@dataclass(frozen=True)
class Amounts:
    """`table`: row_number, minor_units (BIGINT, signed), currency, reason, for each row of a file."""

    table: str


def read_amounts(
    cursor: duckdb.DuckDBPyConnection,
    raw: RawRows,
    amount: str,
    currencies_stated: tuple[str, ...],
    default: str,
    *,
    decimal: str = ".",
    minor: bool = False,
    rounded: bool = False,
) -> Amounts:
    """Read an amount of each row.

    `amount` is SQL of its text, `currencies_stated` are columns of the file, of which the first that a row
    fills is its; `default` is the currency of a row that states none, in such a column or within its amount.
    `minor`: the file counts minor units already. `rounded`: a part of one is rounded half up instead of
    refused. Raises ValueError for an unknown default."""
    if default not in currencies():
        raise ValueError(f"The currency {default!r} is not known: give a code of ISO 4217.")
    known = pa.table(
        {
            "spelling": pa.array(list(spellings())),
            "code": pa.array(list(spellings().values())),
            "factor": pa.array(
                [10 ** currencies()[code].digits for code in spellings().values()], pa.int64()
            ),
        }
    )
    cursor.register("known_currency", known)
    factor = "1" if minor else "factor"
    has_parts = "false" if rounded else "abs(units - round(units)) > 0.000001"
    of_column = [f"upper({raw.text(currency)})" for currency in currencies_stated]
    stated = f"coalesce({', '.join([*of_column, _currency_within(amount), literal(default)])})"
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE money AS
        SELECT row_number, CAST(if(reason IS NULL, round(units), NULL) AS BIGINT) AS minor_units,
            code AS currency, reason
        FROM (
            SELECT row_number, code, units, CASE
                WHEN written IS NULL THEN 'no amount'
                WHEN code IS NULL THEN 'the currency is not known'
                WHEN number IS NULL THEN 'the amount cannot be read'
                WHEN units IS NULL THEN 'the amount is too large'
                WHEN {has_parts} AND code = 'XXX' THEN {literal(_MORE_DECIMALS)}
                WHEN {has_parts} THEN 'the amount has more decimals than its currency'
            END AS reason
            FROM (
                SELECT row_number, written, number, if(abs(number) < {_MAXIMUM}, number, NULL) * {factor}
                    AS units, code
                FROM (SELECT row_number, nullif(nullif(trim({amount}), ''), '-') AS written,
                          {_number(amount, decimal)} AS number, {stated} AS wanted
                      FROM {raw.table})
                LEFT JOIN known_currency ON spelling = wanted
            )
        )"""
    ).fetchall()
    cursor.unregister("known_currency")
    if not rounded:
        _refuse_unstated(cursor)
    return Amounts("money")


def _refuse_unstated(cursor: duckdb.DuckDBPyConnection) -> None:
    """Refuse every amount of no stated currency where many of them have parts of a hundredth: 0.05 among
    0.00123456 is not five cents."""
    ((unstated, parted),) = cursor.execute(
        "SELECT count(*), count(*) FILTER (reason = ?) FROM money"
        " WHERE currency = 'XXX' AND (reason IS NULL OR reason = ?)",
        [_MORE_DECIMALS, _MORE_DECIMALS],
    ).fetchall()
    if parted > _FEW * unstated:
        cursor.execute(
            "UPDATE money SET reason = ?, minor_units = NULL WHERE currency = 'XXX' AND reason IS NULL",
            [_MORE_DECIMALS],
        ).fetchall()


def find_currency_within(amount: str) -> str | None:
    """The currency that an amount states beside its number, by a sign or a code; None where it is none or not
    known."""
    sign = next((code for sign, code in _SIGNS_OF_CURRENCIES.items() if sign in amount), None)
    letters = re.search(_CODE_WITHIN, amount)
    return sign or (find_currency(letters[1]) if letters else None)


def _currency_within(amount: str) -> str:
    """SQL of the same."""
    signs = " ".join(
        f"WHEN contains({amount}, {literal(sign)}) THEN {literal(code)}"
        for sign, code in _SIGNS_OF_CURRENCIES.items()
    )
    known = ", ".join(map(literal, sorted(currencies())))
    code = f"regexp_extract({amount}, {literal(_CODE_WITHIN)}, 1)"
    return (
        f"if(TRY_CAST({amount} AS DOUBLE) IS NOT NULL, NULL,"
        f" CASE {signs} WHEN {code} IN ({known}) THEN {code} END)"
    )


def note_currency(cursor: duckdb.DuckDBPyConnection, amounts: str) -> list[str]:
    """A note on amounts whose currency nobody states."""
    ((unstated,),) = cursor.execute(
        f"SELECT count(*) FILTER (currency = 'XXX') FROM {amounts} WHERE reason IS NULL"
    ).fetchall()
    if not unstated:
        return []
    return [
        f"{counted(unstated, 'row states', 'rows state')} no currency: stored as XXX with two decimals "
        "(give --currency, or choose it)"
    ]


def _number(text: str, decimal: str) -> str:
    """A number as people write it: '1,234.50', '1.234,50', '1,23,456', '£ 12.50', '12,50 EUR', '(12.50)',
    '12.50-', '50.–', '7.00 DR'; NULL where it is none."""
    thousand = "," if decimal == "." else "."
    marks = {".": "٬٫", ",": "٫٬"}[decimal]
    western = f"translate({text}, '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹{marks}', '01234567890123456789,.')"
    bare = f"regexp_replace({western}, {literal(_BLANKS_AND_SYMBOLS)}, '', 'g')"
    whole = rf"regexp_replace({bare}, '[{decimal}][\x{{2013}}\x{{2014}}-]+$', '')"
    minus = rf"regexp_replace({whole}, '[\x{{2212}}\x{{2013}}]', '-', 'g')"
    into = rf"regexp_replace({minus}, '^(.*)(?:CR|Cr)$|^(.*\d)C$', '\1\2')"
    stated = rf"regexp_replace({into}, '^(.*)(?:DR|Dr|DB|Db)$|^(.*\d)D$', '-\1\2')"
    unit = r"(?:[A-Z]{3,5}|kr\.?|zł|[円元원圓đ])?"
    before = r"(?:[A-Z]{0,2}Rs\.?|[A-Z]{3,5}|kr\.?|R)?"
    named = rf"regexp_replace({stated}, '^([+-]?){before}(.*?){unit}$', '\1\2')"
    outside = rf"regexp_replace(regexp_replace({named}, '^\((.*)\)$', '-\1'), '^([^-]+)-$', '-\1')"
    signed = rf"regexp_replace({outside}, '^([^+-]+)\+$', '\1')"
    groups = rf"\d{{1,3}}([{thousand}]\d{{3}})+|\d{{1,2}}([{thousand}]\d{{2}})+[{thousand}]\d{{3}}"
    grouped = rf"regexp_full_match({signed}, '[+-]?({groups})([{decimal}]\d+)?')"
    simple = rf"regexp_full_match({signed}, '[+-]?(\d+([{decimal}]\d*)?|[{decimal}]\d+)')"
    slow = (
        f"if({grouped}, TRY_CAST(replace(replace({signed}, {literal(thousand)}, ''), {literal(decimal)}, "
        f"'.') "
        f"AS DECIMAL(38,12)), if({simple}, TRY_CAST(replace({signed}, {literal(decimal)}, '.') AS "
        f"DECIMAL(38,12)), NULL))"
    )
    if decimal != ".":
        return slow
    # Nearly every file writes plain numbers, and this costs a tenth of the rest.
    return f"coalesce(TRY_CAST({text} AS DECIMAL(38,12)), {slow})"
