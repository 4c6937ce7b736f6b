"""The embedded DuckDB store: one database a process, a fresh cursor a query, one writer at a time."""

from analytics.store.clock import live_on, now, pretend, true_now
from analytics.store.database import (
    DiskFull,
    NoStore,
    Store,
    StoreInUse,
    close_store,
    is_disk_full,
    open_store,
)
from analytics.store.location import default_path
from analytics.store.migrate import UnusableStore

__all__ = [
    "DiskFull",
    "NoStore",
    "Store",
    "StoreInUse",
    "UnusableStore",
    "close_store",
    "default_path",
    "is_disk_full",
    "live_on",
    "now",
    "open_store",
    "pretend",
    "true_now",
]
