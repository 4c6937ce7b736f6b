"""Exchange rates that a user supplies: read from a file, stored with their origin, and used for a chosen
currency."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal, InvalidOperation

import pandas as pd

from analytics.oversight import Actor, record
from analytics.shared.currency import currencies
from analytics.store import Store, now

_COLUMNS = ("date", "currency", "rate")
_MAX_FAULTS = 5


class RatesRefused(ValueError):
    """The file is no table of rates; the message names the faulty rows. Nothing of it is stored."""


def parse_rates(content: bytes, into: str) -> pd.DataFrame:
    """date, currency, rate (as written) of a CSV file with a header of these names, in any order. `into` is
    the currency that one unit of `currency` is worth `rate` of. Raises RatesRefused naming every fault: all
    rows or none."""
    if into not in currencies():
        raise RatesRefused(f"The currency {into!r} is not known: give a code of ISO 4217.")
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        rows = [{str(key).strip().casefold(): value for key, value in row.items()} for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise RatesRefused(f"It is no CSV file in UTF-8: {error}.") from error
    if not rows or not set(_COLUMNS) <= set(rows[0]):
        raise RatesRefused("The file needs a header with date, currency and rate, and a row below it.")
    read, faults, seen = [], [], set()
    for number, row in enumerate(rows, start=2):
        fault = _fault(row, into)
        key = (str(row["date"]).strip(), str(row["currency"]).strip().upper())
        if not fault and key in seen:
            fault = f"there is a rate of {key[1]} on {key[0]} already"
        if fault:
            faults.append(f"row {number}: {fault}")
            continue
        seen.add(key)
        read.append((date.fromisoformat(key[0]), key[1], str(row["rate"]).strip()))
    if faults:
        more = f", and {len(faults) - _MAX_FAULTS} more" if len(faults) > _MAX_FAULTS else ""
        raise RatesRefused(f"{'; '.join(faults[:_MAX_FAULTS])}{more}.")
    return pd.DataFrame(read, columns=list(_COLUMNS))


def _fault(row: dict[str, str | None], into: str) -> str | None:
    try:
        date.fromisoformat(str(row["date"]).strip())
    except ValueError:
        return f"{row['date']!r} is no date like 2026-03-31"
    code = str(row["currency"]).strip().upper()
    if code not in currencies() or code == into:
        return f"{row['currency']!r} is no other currency of ISO 4217"
    try:
        rate = Decimal(str(row["rate"]).strip())
    except InvalidOperation:
        return f"{row['rate']!r} is no number with a decimal point"
    return None if rate.is_finite() and rate > 0 else "a rate is above 0"


def save_rates(store: Store, actor: Actor, rates: pd.DataFrame, into: str, origin: str) -> None:
    """Store the rates of `parse_rates`; one of the same day and currency is replaced. Raises ValueError
    without an origin."""
    if not origin.strip():
        raise ValueError("Say where the rates are from.")
    at = now()
    with store.write(changes_data=False) as cursor:  # no search rests on it; what does is cached by the rates
        for row in rates.itertuples(index=False):
            cursor.execute(
                "INSERT OR REPLACE INTO exchange_rate VALUES (?, ?, ?, ?, ?, ?, ?)",
                [into, row.date, row.currency, row.rate, origin.strip(), actor.name, at],
            ).fetchall()
        record(cursor, actor, "exchange rates", f"into {into}", origin.strip(), {"rates": len(rates)})


def load_rates(store: Store) -> pd.DataFrame:
    """Every stored rate: into, date, currency, rate, origin, supplied_by, supplied_at."""
    return store.query(
        'SELECT into_currency AS "into", rate_on AS "date", currency, rate, origin, supplied_by, supplied_at'
        " FROM exchange_rate"
        " ORDER BY into_currency, currency, rate_on"
    ).to_pandas()
