"""The reference data that ships with Achilles: the one place that knows where `data/` lies."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "data"


def reference_file(name: str) -> Path:
    """The path of a file or folder of `data/`, such as 'typologies.toml' or 'codes'.

    Raises FileNotFoundError where nothing of that name ships.
    """
    path = _FOLDER / name
    if not path.exists():
        raise FileNotFoundError(f"Achilles ships no reference data named {name!r} (looked in {_FOLDER}).")
    return path
