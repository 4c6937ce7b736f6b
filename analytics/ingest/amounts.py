"""Amounts as written become whole minor units, exactly: text to decimal to integer, and never through a
float."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from analytics.ingest.sql import RawRows, literal
from analytics.shared.currency import currencies, spellings
from analytics.shared.wording import counted

_BLANKS_AND_SYMBOLS = r"[\s\p{Sc}\x{00a0}\x{2007}\x{2009}\x{202f}'’]"
_MAXIMUM = 10**15  # in whole units; beyond it an amount is an error, and would not fit


@dataclass(frozen=True)
class Amounts:
    """`table`: row_number, minor_units (BIGINT, signed), currency, reason, for each row of a file."""

    table: str


def read_amounts(
    cursor: duckdb.DuckDBPyConnection,
    raw: RawRows,
    amount: str,
    currency: str | None,
    default: str,
    *,
    decimal: str = ".",
    minor: bool = False,
    rounded: bool = False,
) -> Amounts:
    """Read an amount of each row.

    `amount` is SQL of its text, `currency` a column of the file; `default` is the currency of a row that
    states none. `minor`: the file counts minor units already. `rounded`: a part of one is rounded half up
    instead of refused. Raises ValueError for an unknown default."""
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
    stated = f"coalesce(upper({raw.text(currency)}), {literal(default)})" if currency else literal(default)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE money AS
        SELECT row_number, CAST(if(reason IS NULL, round(units), NULL) AS BIGINT) AS minor_units,
            code AS currency, reason
        FROM (
            SELECT row_number, code, amount * {factor} AS units, CASE
                WHEN written IS NULL THEN 'no amount'
                WHEN code IS NULL THEN 'the currency is not known'
                WHEN number IS NULL THEN 'the amount cannot be read'
                WHEN amount IS NULL THEN 'the amount is too large'
                WHEN {has_parts} AND code = 'XXX'
                    THEN 'the amount has more than two decimals, and no currency is stated: give it'
                WHEN {has_parts} THEN 'the amount has more decimals than its currency'
            END AS reason
            FROM (
                SELECT row_number, written, number, if(abs(number) < {_MAXIMUM}, number, NULL) AS amount,
                    code, factor
                FROM (SELECT row_number, nullif(nullif(trim({amount}), ''), '-') AS written,
                          {_number(amount, decimal)} AS number, {stated} AS wanted
                      FROM {raw.table})
                LEFT JOIN known_currency ON spelling = wanted
            )
        )"""
    ).fetchall()
    cursor.unregister("known_currency")
    return Amounts("money")


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
    stated = rf"regexp_replace(regexp_replace({minus}, '^(.*)(?:CR|Cr)$', '\1'), '^(.*)(?:DR|Dr)$', '-\1')"
    unit = r"(?:[A-Z]{3}|kr\.?|[円元원圓đ])?"
    named = rf"regexp_replace({stated}, '^([+-]?)(?:[A-Z]{{3}}|Rs\.?|kr\.?)?(.*?){unit}$', '\1\2')"
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
