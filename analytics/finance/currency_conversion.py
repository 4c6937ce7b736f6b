"""Amounts of several currencies in one, by dated rates that the user supplies; without them nothing is added
up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

import pandas as pd

from analytics.shared.currency import minor_digits


@dataclass(frozen=True)
class ConversionParameters:
    """`into` is the currency everything is stated in; a rate is good from its date for `days_valid` days."""

    into: str = "GBP"
    days_valid: int = 31

    def __post_init__(self) -> None:
        if not self.into or self.days_valid < 0:
            raise ValueError("Rates need a currency to state amounts in, and days_valid of 0 or more.")


def convert(
    amount_minor: pd.Series,
    currency: pd.Series,
    time: pd.Series,
    rates: pd.DataFrame,
    parameters: ConversionParameters,
) -> pd.Series:
    """Minor units of `parameters.into` (Int64), rounded half to even; missing where no rate is in force.

    `rates`: date, currency, rate (units of `into` for one unit of the currency; text or Decimal keeps it
    exact). The latest rate on or before the payment's UTC date counts. Raises ValueError for a rate that is
    not above 0, or two rates of one currency and date."""
    table = pd.DataFrame(
        {
            "date": pd.to_datetime(rates["date"]).astype("datetime64[us]"),
            "currency": rates["currency"].astype(object),
            "rate": [Decimal(str(rate)) for rate in rates["rate"]],
        }
    )
    if any(not rate.is_finite() or rate <= 0 for rate in table.rate):
        raise ValueError("Every rate must be a number above 0.")
    if table.duplicated(["date", "currency"]).any():
        raise ValueError("There are two rates for one currency and date.")
    asked = pd.DataFrame(
        {
            "date": time.dt.normalize().astype("datetime64[us]"),
            "currency": currency.astype(object),
            "amount": amount_minor,
        }
    )
    asked["at"] = range(len(asked))
    found = pd.merge_asof(
        asked.sort_values("date", kind="stable"),
        table.sort_values("date", kind="stable"),
        on="date",
        by="currency",
        tolerance=pd.Timedelta(days=parameters.days_valid),
    ).sort_values("at")
    stated = [
        _stated(amount, unit, rate, parameters.into)
        for amount, unit, rate in zip(found.amount, found.currency, found.rate, strict=True)
    ]
    return pd.Series(stated, index=amount_minor.index, dtype="Int64")


def _stated(amount: int, currency: str, rate: Decimal | float, into: str) -> int | None:
    if currency == into:
        return int(amount)
    if not isinstance(rate, Decimal):
        return None
    moved = Decimal(int(amount)) * rate * Decimal(10) ** (minor_digits(into) - minor_digits(currency))
    return int(moved.to_integral_value(ROUND_HALF_EVEN))
