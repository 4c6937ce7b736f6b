import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from analytics.store import Store

# A deadline would make every property a timed test.
settings.register_profile("achilles", deadline=None)
settings.load_profile("achilles")

SHARED_DATA = Path(os.environ.get("ACHILLES_TEST_DATA", Path(__file__).parents[2] / "shared/data"))


@pytest.fixture(scope="session", autouse=True)
def sealing_files(tmp_path_factory):
    """The signing key and the file of heads: never those of whoever runs the tests."""
    folder = tmp_path_factory.mktemp("sealing")
    os.environ["ACHILLES_SIGNING_KEY"] = str(folder / "key.pem")
    os.environ["ACHILLES_HEADS"] = str(folder / "heads.jsonl")


@pytest.fixture(scope="session")
def store_file(tmp_path_factory) -> Path:
    """An empty store's file, which `store` copies: the migrations take longer than many a test. A module may
    have one of its own with something in it."""
    path = tmp_path_factory.mktemp("migrated") / "empty.duckdb"
    Store(path).close()
    return path


@pytest.fixture
def store(store_file, tmp_path):
    """A store in a file of its own: a copy of `store_file`."""
    opened = Store(shutil.copy(store_file, tmp_path / "test.duckdb"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data sets, which are not part of the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real data sets not found at {SHARED_DATA} (set ACHILLES_TEST_DATA)")
    return SHARED_DATA
