"""What all tests share. The process that hands tests out to the workers loads this too and needs none of the
rooms: what is built once imports them as it is built."""

import gc
import os
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings

from analytics.oversight import Actor
from analytics.store import Store, opening
from tests.examples import examples

# A deadline would make every property a timed test.
settings.register_profile("achilles", deadline=None, max_examples=examples(100))
settings.load_profile("achilles")

CONNECT = opening._connect
SHARED_DATA = Path(os.environ.get("ACHILLES_TEST_DATA", Path(__file__).parents[2] / "shared/data"))


# Their files take longest: begun last, one would leave a worker alone with it at the end.
_FIRST = ("tests/browser", "tests/ui/test_every_view.py", "tests/training")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Without the search for garbage, which would go through all that is loaded, again and again: a third of
    the time of collecting. What is loaded then is left out of it until the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure():
    gc.unfreeze()  # what is alive when Python ends is reported as leaked


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(_FIRST))


@pytest.fixture(scope="session", autouse=True)
def sealing_files(tmp_path_factory):
    """The signing key, the file of heads and the exercises: never those of whoever runs the tests."""
    folder = tmp_path_factory.mktemp("sealing")
    os.environ["ACHILLES_SIGNING_KEY"] = str(folder / "key.pem")
    os.environ["ACHILLES_HEADS"] = str(folder / "heads.jsonl")
    os.environ["ACHILLES_EXERCISES"] = str(folder / "exercises")
    os.environ["ACHILLES_EXERCISE_KEYS"] = str(folder / "exercise-keys")


@pytest.fixture(scope="session", autouse=True)
def expressions():
    """Where a folder for them is named, every distinct expression that an engine runs: what `make test-spark`
    asks of Spark."""
    if folder := os.environ.get("ACHILLES_EXPRESSIONS"):
        from tests.expressions import collect_expressions

        collect_expressions(Path(folder))


@pytest.fixture(scope="session")
def empty_store_file(build_once) -> Path:
    """The file of an empty store, for both workers: to be copied."""
    return build_once("migrated", lambda folder: Store(folder / "empty.duckdb").close()) / "empty.duckdb"


@pytest.fixture(scope="session", autouse=True)
def copied_stores(empty_store_file):
    """A store that is new is a copy of an empty one, with an identity of its own: the migrations take longer
    than many a test. `tests/store` makes its stores as the product does."""

    def connect(path: str):
        is_new = path != ":memory:" and not Path(path).exists()
        if is_new:
            shutil.copy(empty_store_file, path)
        opened = CONNECT(path)
        if is_new:
            opened.execute("UPDATE store_identity SET store_id = CAST(uuid() AS VARCHAR)")
        return opened

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "_connect", connect)
        yield


@pytest.fixture(scope="session")
def store_file(empty_store_file, tmp_path_factory) -> Path:
    """What `store` copies. A module may have one of its own with something in it."""
    if os.environ.get("ACHILLES_TEST_TABLES") != "parquet":
        return empty_store_file
    from analytics.oversight.relocation import move_store  # the same tests on Parquet files: docs/scale.md

    path = shutil.copy(empty_store_file, tmp_path_factory.mktemp("parquet"))
    with closing(Store(path)) as store:
        move_store(store, Actor("tests"), "parquet")
    return path


@pytest.fixture
def store(store_file, tmp_path):
    """A store in a file of its own: a copy of `store_file`, of which no head is signed yet: to the file of
    heads all copies are one store."""
    Path(os.environ["ACHILLES_HEADS"]).unlink(missing_ok=True)
    opened = Store(shutil.copy(store_file, tmp_path / "test.duckdb"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def build_once(tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Gives a folder of this name, which the first of the workers to ask for it has filled."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def find_or_build(name: str, build: Callable[[Path], None]) -> Path:
        folder, is_built = base / name, base / f"{name} is built"
        try:
            folder.mkdir()
        except FileExistsError:
            end = time.monotonic() + 240
            while not is_built.exists():
                if time.monotonic() > end:
                    raise TimeoutError(f"another worker has not built {name}") from None
                time.sleep(0.1)
        else:
            build(folder)
            is_built.touch()
        return folder

    return find_or_build


@pytest.fixture(scope="session")
def scenario_store(build_once, tmp_path_factory) -> Path:
    """A store with a small scenario, this worker's own."""
    folder = build_once("small scenario", _load_scenario)
    return shutil.copy(folder / "scenario.duckdb", tmp_path_factory.mktemp("scenario"))


def _load_scenario(folder: Path) -> None:
    from analytics.training import generate, load

    generate(seed=11, scale=0.33, out=folder / "out")
    with closing(Store(folder / "scenario.duckdb")) as store:
        load(store, folder / "out", Actor("test"))


@pytest.fixture(scope="session")
def casework(build_once) -> Path:
    """A folder with a `city` and, to be copied, `store.duckdb` with that city and the unit's work on it."""
    return build_once("casework", _load_casework)


def _load_casework(folder: Path) -> None:
    from analytics.training import generate
    from analytics.training.casework import load_with_casework

    generate(1, 0.33, folder / "city")
    with closing(Store(folder / "store.duckdb")) as store:
        load_with_casework(store, folder / "city", Actor("trainer"), 1)


@pytest.fixture(scope="session")
def imported(build_once) -> Path:
    """A folder with, to be copied, `store.duckdb`, into which a file of each kind was imported."""
    from tests.imported_files import load_files

    return build_once("imported", load_files)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data sets, which are not part of the repository."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real data sets not found at {SHARED_DATA} (set ACHILLES_TEST_DATA)")
    return SHARED_DATA
