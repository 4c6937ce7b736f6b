"""The doctrine's codes as choices in widgets."""

from __future__ import annotations

from analytics.shared.codes import code_table


def labels(table: str, *, with_code: bool = False) -> dict[str, str]:
    """Code -> label of a code table, in its order; `with_code` puts the code in front ('B: Known
    indirectly')."""
    return {
        entry.code: f"{entry.code}: {entry.label}" if with_code else entry.label
        for entry in code_table(table).entries
    }
