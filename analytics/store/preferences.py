"""What each user of a store prefers, such as the size of paper: a word under a name."""

from __future__ import annotations

from analytics.store.database import Store


def save_preference(store: Store, author: str, name: str, value: str) -> None:
    """Store what a user prefers from now on."""
    with store.write(changes_data=False) as cursor:
        cursor.execute("INSERT OR REPLACE INTO preference VALUES (?, ?, ?)", [author, name, value]).fetchall()


def load_preference(store: Store, author: str, name: str, default: str) -> str:
    """What a user prefers; `default` where nothing was chosen."""
    rows = store.rows("SELECT value FROM preference WHERE author = ? AND name = ?", [author, name])
    return str(rows[0]["value"]) if rows else default
