"""Where the working store lies when nobody says so."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def default_path() -> Path:
    """The working store: `ACHILLES_STORE`, else `data/store/achilles.duckdb` of a checkout; of an installed
    Achilles `achilles.duckdb` in the user's data folder."""
    if configured := os.environ.get("ACHILLES_STORE"):
        return Path(configured)
    folder = _ROOT / "data/store" if (_ROOT / "pyproject.toml").exists() else user_data_folder()
    return folder / "achilles.duckdb"


def user_data_folder() -> Path:
    """Where the system keeps an application's data for this user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "Achilles"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/Achilles"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "achilles"
