"""Every call and payment between the members of a network: links store their first rows alone."""

from __future__ import annotations

import re

import pandas as pd
import pyarrow as pa

from analytics.network.links.build import CALL, PAYMENT
from analytics.shared.identifier_value import normalise_identifier
from analytics.store import Store

_LAST = 7  # digits by which telephones are found before they are read as a whole


def read_contacts(store: Store, users: dict[str, str], region: str = "GB") -> pd.DataFrame:
    """One row a call or payment between two nodes: one, two (one before two), kind, moment (UTC; never
    missing). `users`: by identifier ('phone:...', 'account:...') the node that uses it."""
    parts = [_read_payments(store, users), _read_calls(store, users, region)]
    found = pd.concat(parts, ignore_index=True)
    found = found[found.one != found.two]
    swapped = found.one > found.two
    one, two = found.one.where(~swapped, found.two), found.two.where(~swapped, found.one)
    return found.assign(one=one, two=two).sort_values(["moment", "one", "two"], ignore_index=True)


def _read_payments(store: Store, users: dict[str, str]) -> pd.DataFrame:
    known = {node.partition(":")[2]: user for node, user in users.items() if node.startswith("account:")}
    return _read(
        store,
        'SELECT a.node AS one, b.node AS two, $kind AS kind, occurred_at AS moment FROM "transaction"'
        " JOIN known a ON a.raw = from_account JOIN known b ON b.raw = to_account"
        " WHERE occurred_at IS NOT NULL",
        PAYMENT,
        known,
    )


def _read_calls(store: Store, users: dict[str, str], region: str) -> pd.DataFrame:
    phones = {node: user for node, user in users.items() if node.startswith("phone:")}
    ends = sorted({re.sub(r"\D", "", node)[-_LAST:] for node in phones})
    raw = store.rows(
        "SELECT DISTINCT raw FROM (SELECT from_phone AS raw FROM communication UNION ALL"
        " SELECT to_phone FROM communication) WHERE raw IS NOT NULL"
        f" AND right(regexp_replace(raw, '[^0-9]', '', 'g'), {_LAST}) IN (SELECT unnest($ends::VARCHAR[]))",
        {"ends": ends},
    )
    known = {
        row["raw"]: phones[node]
        for row in raw
        if (node := f"phone:{normalise_identifier(row['raw'], region)}") in phones
    }
    return _read(
        store,
        "SELECT a.node AS one, b.node AS two, $kind AS kind, started_at AS moment FROM communication"
        " JOIN known a ON a.raw = from_phone JOIN known b ON b.raw = to_phone WHERE started_at IS NOT NULL",
        CALL,
        known,
    )


def _read(store: Store, sql: str, kind: str, known: dict[str, str]) -> pd.DataFrame:
    table = pa.table(
        {"raw": pa.array(list(known), pa.string()), "node": pa.array(list(known.values()), pa.string())}
    )
    return store.query(sql, {"kind": kind}, tables={"known": table}).to_pandas()
