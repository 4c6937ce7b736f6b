"""The invented city of seed 1 at scale 1, as files and loaded into a store."""

import shutil
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from analytics.oversight import Actor
from analytics.store import Store
from analytics.training import generate, load


@pytest.fixture(scope="session")
def city_files(build_once) -> Path:
    """The files, which no test changes."""
    return build_once("city", partial(generate, 1, 1.0))


@pytest.fixture(scope="session")
def loaded_file(build_once, store_file, city_files) -> Path:
    def load_city(folder: Path) -> None:
        with closing(Store(shutil.copy(store_file, folder / "store.duckdb"))) as store:
            load(store, city_files, Actor("test"))

    return build_once("loaded city", load_city) / "store.duckdb"


@pytest.fixture
def loaded(loaded_file, tmp_path):
    opened = Store(shutil.copy(loaded_file, tmp_path / "loaded.duckdb"))
    yield opened
    opened.close()
