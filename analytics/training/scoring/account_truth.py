"""What the planted truth says of accounts, for exercises and benchmarks."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

# In rising order: an account with several parts has the last of them.
PARTS = ("lookalike", "ordinary", "member", "hub", "victim", "organiser")


def read_row_truth(directory: Path) -> pd.DataFrame:
    """table, reference and what was planted in that row. Raises FileNotFoundError where the folder holds no
    truth."""
    return pd.read_parquet(Path(directory) / "truth/rows.parquet")


def read_account_truth(directory: Path) -> pd.DataFrame:
    """One row per account that was planted in a generated scenario: account, part (one of PARTS), kind,
    network.

    'organiser' and 'victim' of an exploitation, 'hub' of a laundering typology (where its money meets),
    'member' of a network; 'ordinary' lives and the hubs of innocent 'lookalike' patterns. Accounts not named
    are background. Raises FileNotFoundError where the folder holds no truth."""
    truth = json.loads((Path(directory) / "truth/truth.json").read_text(encoding="utf-8"))
    rows = []
    for item in truth["lookalikes"]:
        rows.append((item["accounts"][0], "lookalike", item["kind"], None))
    for item in truth["ordinary"]:
        rows += [(account, "ordinary", item["kind"], None) for account in item["organisers"] + item["others"]]
    for network in truth["networks"]:
        rows += [
            (member["account"], "member", network["type"], network["name"]) for member in network["members"]
        ]
    for item in truth["typologies"]:
        rows.append((item["accounts"][0], "hub", item["kind"], item["network"]))
    for item in truth["exploitation"]:
        rows += [(account, "victim", item["kind"], item["network"]) for account in item["others"]]
        rows += [(account, "organiser", item["kind"], item["network"]) for account in item["organisers"]]
    table = pd.DataFrame(rows, columns=["account", "part", "kind", "network"])
    order = table.part.map(PARTS.index)
    return table.loc[order.sort_values(kind="stable").index].drop_duplicates(
        "account", keep="last", ignore_index=True
    )
