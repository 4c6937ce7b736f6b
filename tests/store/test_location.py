"""Where the working store lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.store import default_path, location


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in ("ACHILLES_STORE", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ann"))


def test_in_a_checkout_it_lies_beside_the_code():
    assert default_path() == Path(__file__).parents[2] / "data/store/achilles.duckdb"


def test_the_setting_comes_first(monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", "my.duckdb")
    assert default_path() == Path("my.duckdb")


@pytest.mark.parametrize(
    ("platform", "settings", "expected"),
    [
        ("linux", {}, "/home/ann/.local/share/achilles/achilles.duckdb"),
        ("linux", {"XDG_DATA_HOME": "/srv/ann"}, "/srv/ann/achilles/achilles.duckdb"),
        ("darwin", {}, "/home/ann/Library/Application Support/Achilles/achilles.duckdb"),
        ("win32", {}, "/home/ann/AppData/Local/Achilles/achilles.duckdb"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/Achilles/achilles.duckdb"),
    ],
)
def test_installed_it_lies_in_the_users_data_folder(tmp_path, monkeypatch, platform, settings, expected):
    monkeypatch.setattr(location, "_ROOT", tmp_path)
    monkeypatch.setattr("sys.platform", platform)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert default_path() == Path(expected)
