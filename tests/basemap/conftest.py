"""The map of a town made up for the tests."""

import shutil
from pathlib import Path

import pytest

from analytics.basemap import import_map
from analytics.store import Store
from tests.basemap.town import ACTOR, DETAILS, write_town


@pytest.fixture(scope="session")
def extract_made(tmp_path_factory) -> Path:
    return write_town(tmp_path_factory.mktemp("map") / "vell.osm.pbf")


@pytest.fixture
def extract(extract_made, tmp_path) -> Path:
    return Path(shutil.copy(extract_made, tmp_path / "vell.osm.pbf"))


@pytest.fixture(scope="session")
def mapped_file(extract_made, store_file, tmp_path_factory) -> Path:
    """A store with the whole of the town's map, which `mapped` copies: an import takes longer than a test."""
    path = Path(shutil.copy(store_file, tmp_path_factory.mktemp("mapped") / "map.duckdb"))
    opened = Store(path)
    import_map(opened, ACTOR, extract_made, DETAILS)
    opened.close()
    return path


@pytest.fixture
def mapped(mapped_file, tmp_path):
    opened = Store(shutil.copy(mapped_file, tmp_path / "mapped.duckdb"))
    yield opened
    opened.close()
