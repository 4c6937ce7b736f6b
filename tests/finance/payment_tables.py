"""Tables of payments of the store's shape, from short rows."""

import pandas as pd

DAY = pd.Timedelta(days=1)
START = pd.Timestamp("2026-01-01")


def table(rows):
    """(day, from, to, minor units[, currency]) as a table of the store's shape."""
    return pd.DataFrame(
        [(START + DAY * row[0], *row[1:4], row[4] if len(row) > 4 else "GBP") for row in rows],
        columns=["occurred_at", "from_account", "to_account", "amount_minor", "currency"],
    )
