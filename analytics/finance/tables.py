"""Tables as the functions of this room take them: Arrow or pandas."""

from __future__ import annotations

from typing import TypeAlias

import pandas as pd
import pyarrow as pa

Table: TypeAlias = pa.Table | pd.DataFrame


def to_frame(table: Table) -> pd.DataFrame:
    """The table as a frame whose index is the position of each row."""
    frame: pd.DataFrame = table.to_pandas() if isinstance(table, pa.Table) else table
    return frame.reset_index(drop=True)
