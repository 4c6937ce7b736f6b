"""The embedded DuckDB store: one database a process, a fresh cursor a query, one writer at a time."""

from analytics.store.clock import exercise_day, live_on, now, pretend, read_today, true_now
from analytics.store.database import Store, close_store, open_store
from analytics.store.location import default_path
from analytics.store.migrate import UnusableStore
from analytics.store.opening import DiskFull, NoStore, StoreInUse, is_disk_full

__all__ = [
    "DiskFull",
    "NoStore",
    "Store",
    "StoreInUse",
    "UnusableStore",
    "close_store",
    "default_path",
    "exercise_day",
    "is_disk_full",
    "live_on",
    "now",
    "open_store",
    "pretend",
    "read_today",
    "true_now",
]
