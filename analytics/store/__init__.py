"""The embedded DuckDB store: one database a process, a fresh cursor a query, one writer at a time."""

from analytics.store.clock import now
from analytics.store.database import Store, StoreInUse, close_store, open_store
from analytics.store.location import default_path
from analytics.store.migrate import UnusableStore

__all__ = ["Store", "StoreInUse", "UnusableStore", "close_store", "default_path", "now", "open_store"]
