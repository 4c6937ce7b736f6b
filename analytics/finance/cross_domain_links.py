"""Where accounts meet adverts, premises and incidents: by telephone, e-mail, name or place, in the store's
tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.finance.tables import Table, to_frame
from analytics.shared.identifier_value import normalise_identifier

_TITLE = re.compile(r"\b(mr|mrs|ms|miss|dr)\b\.?")


@dataclass(frozen=True)
class JoinParameters:
    """`region`: where telephone numbers without a country code are at home. `max_shared`: an identifier
    given by more accounts or rows than that names nobody (a switchboard), and is left out and counted."""

    region: str = "GB"
    max_shared: int = 50


def join_accounts(
    accounts: Table,
    adverts: Table | None = None,
    premises: Table | None = None,
    incidents: Table | None = None,
    parameters: JoinParameters = JoinParameters(),
    *,
    advert_identifiers: Table | None = None,
) -> pd.DataFrame:
    """Every row elsewhere that shares an identifier with an account.

    Columns: account, account_row, table, row (positions in the tables given), by ('telephone', 'e-mail',
    'address', 'name', 'place'), value, shared_accounts, shared_rows (how many give it: the more, the less it
    says). Adverts join by their contacts and found identifiers, premises by holder's name and by address,
    incidents by place against the account's address. Names are compared without capitals, titles and order of
    words: one name may be two people. `attrs['left_out']`: identifiers shared by too many."""
    records = to_frame(accounts)
    own = [
        _values(records, "phone", "telephone", lambda text: normalise_identifier(text, parameters.region)),
        _values(records, "email", "e-mail", lambda text: normalise_identifier(text, None)),
        _values(records, "address", "address", normalise_address),
        _values(records, "holder", "name", normalise_name),
    ]
    theirs: list[tuple[str, pd.DataFrame]] = []
    if adverts is not None:
        theirs.append(("advert", _advert_contacts(to_frame(adverts), advert_identifiers, parameters.region)))
    if premises is not None:
        frame = to_frame(premises)
        theirs.append(("premises", _values(frame, "holder", "name", normalise_name)))
        theirs.append(("premises", _values(frame, "address", "address", normalise_address)))
    if incidents is not None:
        theirs.append(("incident", _values(to_frame(incidents), "place", "address", normalise_address)))
    mine = pd.concat(own, ignore_index=True)
    found, left_out = [], 0
    for table, rows in theirs:
        both = mine.merge(rows, on="value", suffixes=("", "_theirs"))
        both = both[(both.by == both.by_theirs) | (both.by_theirs == "contact")]
        both["shared_accounts"] = both.groupby("value").row.transform("nunique")
        both["shared_rows"] = both.groupby("value").row_theirs.transform("nunique")
        many = both[["shared_accounts", "shared_rows"]].max(axis=1) > parameters.max_shared
        left_out += both.value[many].nunique()
        found.append(both[~many].assign(table=table))
    columns = ["account", "account_row", "table", "row", "by", "value", "shared_accounts", "shared_rows"]
    if not found:
        return pd.DataFrame(columns=columns)
    joined = pd.concat(found, ignore_index=True)
    joined["account"] = records.reference.to_numpy()[joined.row.to_numpy(dtype=int)] if len(joined) else []
    joined = joined.rename(columns={"row": "account_row", "row_theirs": "row"})[columns]
    joined = joined.sort_values(["account_row", "table", "row", "by"], ignore_index=True)
    joined.attrs["left_out"] = int(left_out)
    return joined


def _values(
    frame: pd.DataFrame, column: str, by: str, normalise: Callable[[object], str | None]
) -> pd.DataFrame:
    """value, row, by: the normalised values of a column; none where the frame has no such column."""
    values = [normalise(text) for text in frame[column]] if column in frame else []
    table = pd.DataFrame({"value": pd.Series(values, dtype=object), "row": np.arange(len(values)), "by": by})
    return table.dropna(subset=["value"])


def _advert_contacts(adverts: pd.DataFrame, identifiers: Table | None, region: str) -> pd.DataFrame:
    parts = []
    if "contact" in adverts:
        lines = adverts.contact.dropna().astype(str).str.split("\n").explode()
        parts.append(pd.DataFrame({"value": lines.to_numpy(), "row": lines.index}))
    if identifiers is not None:
        where = adverts[["source_id", "row_number"]].assign(row=adverts.index)
        parts.append(to_frame(identifiers).merge(where, on=["source_id", "row_number"])[["value", "row"]])
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"value": [], "row": []})
    table["value"] = pd.Series([normalise_identifier(value, region) for value in table.value], dtype=object)
    return table.dropna(subset=["value"]).drop_duplicates().assign(by="contact")


def normalise_name(text: object) -> str | None:
    """Words in small letters and in order of the alphabet, titles apart; None for a single word."""
    if not isinstance(text, str):
        return None
    words = re.findall(r"\w+", _TITLE.sub(" ", text.casefold()))
    return " ".join(sorted(words)) if len(words) > 1 else None


def normalise_address(text: object) -> str | None:
    """Words and numbers in small letters; None without a number, for a street alone is no address."""
    if not isinstance(text, str):
        return None
    words = re.findall(r"\w+", text.casefold())
    return " ".join(words) if any(word[0].isdigit() for word in words) and len(words) > 1 else None
