"""Money is whole minor units of a currency: which currencies there are, and how an amount is written.

How many minor units a currency has is ISO 4217's (`data/currencies.csv`, with some crypto-assets added).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

import pandas as pd

from analytics.reference import reference_file

NOT_STATED = "XXX"  # ISO 4217's code where no currency is involved or known
_FILE = reference_file("currencies.csv")


@dataclass(frozen=True)
class Currency:
    """`digits`: decimals of the minor unit; `also`: other ways to write it."""

    code: str
    digits: int
    name: str
    also: tuple[str, ...]


@cache
def currencies() -> dict[str, Currency]:
    """Every known currency by its code."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {
            row["code"]: Currency(
                row["code"], int(row["digits"]), row["name"], tuple(filter(None, row["also"].split(";")))
            )
            for row in rows
        }


def find_currency(text: str) -> str | None:
    """The code of a currency written as its code, its name or another way; None where it is not known."""
    return spellings().get(text.strip().upper())


@cache
def spellings() -> dict[str, str]:
    """The code of every way to write a currency, in capitals."""
    return {
        spelling.upper(): one.code
        for one in currencies().values()
        for spelling in (one.code, one.name, *one.also)
    }


def minor_digits(code: str | None) -> int:
    """How many decimals a currency's amounts have: 2 where the currency is not known."""
    known = currencies().get(str(code).upper())
    return known.digits if known else 2


def written(minor: int | None, code: str | None) -> str:
    """An amount as people read it, without its currency: 123456 of GBP is '1,234.56'. Exact; '' where there
    is none."""
    if minor is None or pd.isna(minor):
        return ""
    digits = minor_digits(code)
    whole, part = divmod(abs(int(minor)), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole:,}" + (f".{part:0{digits}d}" if digits else "")
