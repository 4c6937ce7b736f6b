"""The files that say what was planted in which rows; nobody but the scoring, the tests and the benchmarks
reads them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

BEHIND = "behind"  # the key of a planted row that is for the truth alone


class Label(NamedTuple):
    """What was planted in a row: its name; the account behind it, where several of one network leave rows of
    a table; whether it is an innocent look-alike."""

    planted: str
    behind: str | None = None
    innocent: bool = False


_LABELS = pa.schema(
    [
        ("table", pa.string()),
        ("reference", pa.string()),
        ("planted", pa.string()),
        ("behind", pa.string()),
        ("day", pa.date32()),
    ]
)


class TruthFiles(ExitStack):
    """The two files that say what was planted in which rows: `rows.parquet`, and `innocent.parquet` for the
    look-alikes, which nobody is to find."""

    def __init__(self, truth: Path) -> None:
        super().__init__()
        self._files = {
            innocent: self.enter_context(pq.ParquetWriter(truth / name, _LABELS))
            for innocent, name in ((False, "rows.parquet"), (True, "innocent.parquet"))
        }

    def write(self, table: str, planted: Iterable[tuple[str, Label, date | None]]) -> None:
        """Rows by reference, with what was planted in them and their day."""
        every = list(planted)
        for innocent, file in self._files.items():
            rows = [
                {
                    "table": table,
                    "reference": reference,
                    "planted": label.planted,
                    "behind": label.behind,
                    "day": day,
                }
                for reference, label, day in every
                if label.innocent == innocent
            ]
            if rows:
                file.write_table(pa.Table.from_pylist(rows, _LABELS))
