"""The invented city of seed 1 at scale 1, as files and loaded into a store."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from analytics.oversight import Actor
from analytics.store import Store
from analytics.training import generate, load


@pytest.fixture(scope="session")
def city_files(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("scenario")
    generate(1, 1.0, out)
    return out


@pytest.fixture(scope="session")
def loaded_file(store_file, city_files) -> Path:
    path = shutil.copy(store_file, city_files.with_name("loaded.duckdb"))
    with closing(Store(path)) as store:
        load(store, city_files, Actor("test"))
    return path


@pytest.fixture
def loaded(loaded_file, tmp_path):
    opened = Store(shutil.copy(loaded_file, tmp_path / "loaded.duckdb"))
    yield opened
    opened.close()
