"""The sheet that a made world writes its payments on, with the truth beside them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from bench.finance.files import Truth

_DAY = 86_400_000_000  # microseconds


@dataclass
class Sheet:
    """Payments of a world that lasts `days`, in the order they are written. A mark is a scheme's or an
    innocent gathering's name, as 'slow fan-in 3'."""

    rng: np.random.Generator
    days: int
    payments: list[tuple[float, int, int, float, str | None, bool]] = field(default_factory=list)
    accounts: int = 0
    marks: dict[str, int] = field(default_factory=dict)

    def open_accounts(self, count: int) -> np.ndarray:
        """The numbers of so many new accounts."""
        self.accounts += count
        return np.arange(self.accounts - count, self.accounts)

    def mark(self, kind: str) -> str:
        """A new mark of a kind."""
        self.marks[kind] = self.marks.get(kind, 0) + 1
        return f"{kind} {self.marks[kind]}"

    def pay(
        self, day: float, payer: int, payee: int, sum_: float, mark: str | None = None, crime: bool = False
    ) -> None:
        """One payment, unless it lies outside of the world's time."""
        if 0 <= day < self.days and payer != payee:
            self.payments.append((float(day), int(payer), int(payee), max(float(sum_), 0.5), mark, crime))

    def pay_all(self, days: np.ndarray, payers: np.ndarray, payees: np.ndarray, sums: np.ndarray) -> None:
        """Everyday payments, one for each position of the arrays."""
        for day, payer, payee, sum_ in zip(days, payers, payees, sums, strict=True):
            self.pay(day, payer, payee, sum_)

    def close(self) -> MadeWorld:
        """The world as a detector sees it, account names dealt out at random, and the truth."""
        table = pd.DataFrame(self.payments, columns=["day", "payer", "payee", "sum", "mark", "crime"])
        table = table.sort_values("day", kind="stable", ignore_index=True)
        names = np.array([f"A{k:06d}" for k in self.rng.permutation(self.accounts)])
        seen = pa.table(
            {
                "source_id": np.ones(len(table), np.int32),
                "row_number": np.arange(len(table)),
                "occurred_at": pa.array((table.day.to_numpy() * _DAY).astype(np.int64), pa.timestamp("us")),
                "from_account": names[table.payer],
                "to_account": names[table.payee],
                "amount_minor": np.round(table["sum"].to_numpy() * 100).astype(np.int64),
                "currency": ["GBP"] * len(table),
            }
        )
        mark = table.mark.astype(object).where(table.mark.notna(), None)
        attempt = mark.where(table.crime, None)
        kind = {name: name.rsplit(" ", 1)[0] for name in attempt.dropna().unique()}
        return MadeWorld(seen, Truth(attempt, kind), mark.where(~table.crime, None))


@dataclass(frozen=True)
class MadeWorld:
    """What a detector sees, the schemes in it, and by row number the mark of the innocent gathering it
    belongs to (None for other payments)."""

    seen: pa.Table
    truth: Truth
    innocent: pd.Series
