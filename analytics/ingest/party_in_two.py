"""Two columns that together name the other party of each row of a statement."""

from __future__ import annotations

from itertools import permutations

from analytics.ingest.columns import Column
from analytics.ingest.statement_columns import holds_amounts
from analytics.ingest.statement_words import is_about


def find_party_in_two(columns: list[Column]) -> tuple[str, ...]:
    """The two columns, from whom and to whom, of which each row fills just one: of money in the one, of money
    out the other. None where it is not so."""
    halves = [
        column
        for column in columns
        if 0 < column.filled < 1
        and column.dated < 0.5
        and not holds_amounts(column)
        and not is_about(column.words, "currency")
    ]
    return next(
        (
            (one.name, other.name)
            for one, other in permutations(halves, 2)
            if is_about(one.words, "payer")
            and is_about(other.words, "payee")
            and all(bool(a) != bool(b) for a, b in zip(one.cells, other.cells, strict=True))
        ),
        (),
    )
