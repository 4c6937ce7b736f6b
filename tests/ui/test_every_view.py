"""Every page and all that it offers, on no data, on imported files and on the scenario, without a browser: no
exception box. `tests/browser/test_crawler.py` looks at what only a browser notices."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics.intelligence.report_import import import_reports
from analytics.oversight.sessions import Session
from analytics.store import Store, close_store, now
from analytics.tasking.products import record_decision
from tests.ingest.helpers import ACTOR, DETAILS, proposed, run
from tests.intelligence import test_report_import
from tests.tasking.factories import brief, tasked_action
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
def files(tmp_path_factory) -> dict[str, Path]:
    """A small file of each kind, by the tab of the Data page that imports it."""
    folder = tmp_path_factory.mktemp("files")

    def write(name: str, *lines: str) -> Path:
        path = folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    days = [date(2024, 1, 1) + timedelta(days=3 * k) for k in range(200)]
    return {
        "Import incidents": write(
            "crimes.csv",
            "date,type,lon,lat,address",
            *(
                f"{day} "
                f"2{k % 4}:15,{('Theft', 'Burglary')[k % 2]},{-0.1 - k % 5 / 90:.4f},{51.5 + k % 4 / 90:.4f},"
                f"Kiln Row {k % 9}"
                for k, day in enumerate(days)
            ),
            "tomorrow,Theft,-0.1,51.5,Kiln Row",
        ),
        "Import boundaries": write(
            "beats.geojson",
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "North"},'
            ' "geometry": {"type": "Polygon", "coordinates":'
            " [[[-0.2, 51.45], [-0.05, 51.45], [-0.05, 51.6], [-0.2, 51.6], [-0.2, 51.45]]]}}]}",
        ),
        "Import adverts": write(
            "adverts.csv",
            "id,text,posted,site,city,contact",
            *(
                f"{k},Work on a farm in town {k % 3} call 0770090012{k % 4},{day} "
                f"12:00,board.example,Hove,@farm{k % 3}"
                for k, day in enumerate(days[:40])
            ),
        ),
        "Import transactions": write(
            "payments.csv",
            "tx_id,ts,src,dst,amount,currency,channel",
            *(
                f"{k},{day} "
                f"0{k % 9}:15,A{k % 7},A{(3 * k + 1) % 11},{10 + k}.50,GBP,{('card', 'cash')[k % 2]}"
                for k, day in enumerate(days)
            ),
        ),
        "Import accounts": write(
            "accounts.csv",
            "account,holder,type,town,currency,phone",
            *(f"A{k},Holder {k % 9},person,Hove,GBP,0770090010{k % 9}" for k in range(11)),
        ),
        "Import reports": test_report_import.written(folder),
    }


@pytest.fixture(scope="module")
def imported(files, tmp_path_factory) -> Path:
    """A store with those files imported, two briefs on findings in them, and one of them tasked."""
    folder = tmp_path_factory.mktemp("imported")
    store = Store(folder / "imported.duckdb")
    run(store, files["Import incidents"])
    run(store, files["Import boundaries"], "boundary")
    for kind in ("advert", "transaction", "account"):
        run(store, files[f"Import {kind}s"], kind)
    reports = files["Import reports"]
    import_reports(store, ACTOR, reports, proposed(reports, "report"), DETAILS)
    for title in ("Kiln Row", "Second place"):
        number = brief(store, title)
    due = date.today() + timedelta(days=30)
    record_decision(
        store,
        ACTOR,
        number,
        1,
        "adopted",
        "harm",
        "Supt. Lee",
        action=tasked_action("Patrol", "PC 1", due),
        hours=5.0,
    )
    store.close()
    return folder / "imported.duckdb"


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


def test_nothing_goes_wrong_on_imported_files(walk, imported, files):
    assert walk(imported, files).found == []


def test_nothing_goes_wrong_on_the_scenario_and_its_casework(walk, casework):
    walker = walk(casework / "store.duckdb")
    assert walker.found == []
    assert [text for text in OF_MONEY if not any(text in one for one in walker.read)] == []
