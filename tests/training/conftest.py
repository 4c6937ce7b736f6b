"""The invented city of seed 1 at scale 1, as files and loaded into a store."""

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


@pytest.fixture
def loaded(store, city_files) -> Store:
    load(store, city_files, Actor("test"))
    return store
