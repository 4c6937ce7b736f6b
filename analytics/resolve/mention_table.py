"""Mentions as columns of codes: every distinct value of a field is normalised and compared once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.resolve.roles import FieldRole

MISSING = -1


@dataclass(frozen=True)
class MentionField:
    """One field. `codes`: by mention, the position in `values` or MISSING; `counts`: mentions by value."""

    name: str
    role: FieldRole
    codes: np.ndarray
    values: np.ndarray
    counts: np.ndarray

    @property
    def known(self) -> int:
        return int(self.counts.sum())


def read_fields(table: pd.DataFrame, fields: Sequence[tuple[FieldRole, str]]) -> list[MentionField]:
    """The fields of a table of text, by role and column."""
    return [build_field(column, role, table[column]) for role, column in fields]


def build_field(name: str, role: FieldRole, column: pd.Series) -> MentionField:
    text = column.where(column.notna(), "").astype(str)
    codes, raw = pd.factorize(text, sort=False)
    plain = role.normalise(pd.Series(np.asarray(raw, dtype=object))).to_numpy(object)
    recoded, values = pd.factorize(plain, sort=True)
    values = np.asarray(values, dtype=object)
    code = recoded[codes] if len(codes) else np.zeros(0, np.int64)
    if len(values) and values[0] == "":
        code, values = code - 1, values[1:]
    code = code.astype(np.int32)
    counts = np.bincount(code[code >= 0], minlength=len(values))
    return MentionField(name, role, code, values, counts)
