"""Corridors: money from place to place, for a flow map. Which of them matter is the analyst's to say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.finance.currency_conversion import ConversionParameters, convert
from analytics.finance.payments import align_accounts, read_payments
from analytics.finance.tables import Table

LEVELS = ("place", "country")
UNKNOWN = "not known"
_RATES = ConversionParameters()


@dataclass(frozen=True)
class CorridorParameters:
    """`level`: 'place' or 'country'. `channels`: only these (small letters), or all where empty."""

    level: str = "place"
    channels: tuple[str, ...] = ()
    min_payments: int = 1

    def __post_init__(self) -> None:
        if self.level not in LEVELS or self.min_payments < 1:
            raise ValueError(f"level is one of {LEVELS}, and min_payments at least 1.")


def sum_corridors(
    transactions: Table,
    accounts: Table | None = None,
    parameters: CorridorParameters = CorridorParameters(),
    *,
    rates: pd.DataFrame | None = None,
    conversion: ConversionParameters = _RATES,
) -> pd.DataFrame:
    """Flows from where the payer is at home to where the payment was made or paid out.

    Columns: from, to, currency, payments, payers, payees, amount_minor, first, last, share (of the currency's
    amount); the payments themselves are those of `list_corridor_payments`.
    """
    table = list_corridor_payments(transactions, accounts, parameters, rates=rates, conversion=conversion)
    flows = (
        table.groupby(["from", "to", "currency"], sort=True)
        .agg(
            payments=("row", "size"),
            payers=("payer", "nunique"),
            payees=("payee", "nunique"),
            amount_minor=("amount_minor", "sum"),
            first=("time", "min"),
            last=("time", "max"),
        )
        .reset_index()
    )
    flows["share"] = flows.amount_minor / flows.groupby("currency").amount_minor.transform("sum")
    flows = flows[flows.payments >= parameters.min_payments]
    return flows.sort_values(
        ["currency", "amount_minor", "from", "to"], ascending=[True, False, True, True], ignore_index=True
    )


def list_corridor_payments(
    transactions: Table,
    accounts: Table | None = None,
    parameters: CorridorParameters = CorridorParameters(),
    *,
    rates: pd.DataFrame | None = None,
    conversion: ConversionParameters = _RATES,
) -> pd.DataFrame:
    """Each payment with its ends: from, to, currency, amount_minor, payer, payee, time, row (position in the
    table given).

    From is the payment's from_country at the level of countries, else the payer's account; to is the
    payment's own place or country (to_country first), else the payee's account. What nobody recorded is 'not
    known': a gap, shown as such. Each currency by itself, unless dated `rates` are given; payments without a
    rate then stay in their own currency. A place is compared as written, capitals apart."""
    data = read_payments(transactions)
    payments, records = data.table, align_accounts(accounts, data)
    level = parameters.level
    home = np.append(_texts(records, level), np.array([None]))
    paid_out = _texts(payments, level)
    from_ = _first_known(_texts(payments, f"from_{level}"), home[payments.payer.to_numpy()])
    to = _first_known(_texts(payments, f"to_{level}"), paid_out, home[payments.payee.to_numpy()])
    table = pd.DataFrame(
        {
            "from": from_,
            "to": to,
            "currency": payments.currency,
            "amount_minor": payments.amount_minor,
            "payer": payments.payer,
            "payee": payments.payee,
            "time": payments.time,
            "row": payments.row,
        }
    )
    if parameters.channels:
        wanted = {channel.casefold() for channel in parameters.channels}
        table = table[payments.channel.astype("string").str.casefold().isin(wanted).to_numpy()]
    if rates is not None and len(table):
        stated = convert(table.amount_minor, table.currency, table.time, rates, conversion)
        known = stated.notna()
        table = table.assign(
            amount_minor=stated.where(known, table.amount_minor.astype("Int64")).astype("int64"),
            currency=table.currency.where(~known, conversion.into),
        )
    return table.reset_index(drop=True)


def _texts(frame: pd.DataFrame, name: str) -> np.ndarray:
    """Text with its first spelling for all that differ in capitals or blanks only; None where missing."""
    if name not in frame:
        return np.full(len(frame), None, dtype=object)
    code, values = pd.factorize(frame[name])
    spelt: dict[str, str] = {}
    texts: list[str | None] = []
    for value in values:
        plain = " ".join(str(value).split())
        texts.append(spelt.setdefault(plain.casefold(), plain) or None)
    return np.asarray(np.array([*texts, None], dtype=object)[code])


def _first_known(*columns: np.ndarray) -> np.ndarray:
    """The first column that says something, by row."""
    first = columns[-1].copy()
    for column in columns[-2::-1]:
        known = np.array([value is not None for value in column], dtype=bool)
        first[known] = column[known]
    first[[value is None for value in first]] = UNKNOWN
    return first
