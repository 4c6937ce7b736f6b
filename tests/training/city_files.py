"""What a generated city's files say, as tables for the tests."""

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
from pyproj import Transformer

from analytics.training.scoring.account_truth import read_row_truth
from analytics.training.settings import read_settings


def read_truth(directory: Path) -> dict:
    return json.loads((directory / "truth/truth.json").read_text())


def read_incidents(directory: Path) -> pd.DataFrame:
    """All incidents with `x` and `y` in metres and the label of what was planted."""
    rows = pq.read_table(directory / "incidents.parquet").to_pandas()
    to_metres = Transformer.from_crs(4326, read_settings()["area"]["epsg"], always_xy=True)
    rows["x"], rows["y"] = to_metres.transform(rows.lon.to_numpy(), rows.lat.to_numpy())
    labels = read_row_truth(directory)
    return rows.merge(labels[labels.table == "incidents"], on="reference", how="left")


def read_payments(directory: Path) -> pd.DataFrame:
    """All payments by time, with the label of what was planted."""
    rows = pq.read_table(directory / "transactions.parquet").to_pandas()
    labels = read_row_truth(directory)
    labels = labels[labels.table == "transactions"][["reference", "planted"]]
    return rows.merge(labels, on="reference", how="left").sort_values("occurred_at", kind="stable")
