"""Every page and all that it offers, on no data, on imported files and on the scenario, without a browser: no
exception box. `tests/browser/test_crawler.py` looks at what only a browser notices."""

import shutil
from pathlib import Path

import pytest

from analytics.oversight.sessions import Session
from analytics.store import close_store, now
from tests.imported_files import write_files
from tests.ui.taken_files import TakenFiles
from tests.ui.walker import Walker
from ui.shell.single_user import single_user

pytestmark = pytest.mark.timeout(600)
# What each view of Money says once it has answered.
OF_MONEY = (
    "must be wrong",
    "Refer first",
    "No corridor is suspicious by itself",
    "unusual weeks",
    "groups by what they do",
    "communities of",
    "Nothing is merged",
    "Give the number of the account",
)


@pytest.fixture(scope="module")
def used() -> set[tuple[str, ...]]:
    """The values of choices that were chosen on any store."""
    return set()


@pytest.fixture
def walk(tmp_path, monkeypatch, used):
    """Walks through the app on a copy of a store, or on an empty one."""

    def walk_through(store: Path | None, files: dict[str, Path] | None = None) -> Walker:
        path = tmp_path / "walked.duckdb"
        if store:
            shutil.copy(store, path)
        monkeypatch.setenv("ACHILLES_STORE", str(path))
        walker = Walker(used, files or {})
        walker.walk()
        return walker

    session = Session("0" * 64, single_user(), "test", now(), now())
    for module in ("page", "who"):
        monkeypatch.setattr(f"ui.shell.{module}.find_session", lambda: session)
    yield walk_through
    close_store()


def test_nothing_goes_wrong_without_data(walk):
    assert walk(None).found == []


def test_nothing_goes_wrong_on_imported_files(walk, imported, tmp_path):
    assert walk(imported / "store.duckdb", write_files(tmp_path)).found == []


def test_nothing_goes_wrong_on_the_scenario_and_its_casework(walk, casework, monkeypatch):
    """And whatever leaves says that it is an exercise."""
    files = TakenFiles()
    files.watch(monkeypatch)
    walker = walk(casework / "store.duckdb")
    assert files.unmarked == [] and {"EXERCISE-audit.zip", "EXERCISE-decisions.csv"} <= files.names
    assert walker.found == []
    assert [text for text in OF_MONEY if not any(text in one for one in walker.read)] == []
