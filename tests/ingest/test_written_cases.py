"""Small invented files in the manner of banks, portals, operators and sites (`cases/*.toml`): each is read as
its columns mean, or refused in words that name the cause."""

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from analytics.ingest import UnreadableFile, import_file
from analytics.store import Store
from tests.ingest.helpers import ACTOR, DETAILS, proposed, written

FOLDER = Path(__file__).parent / "cases"
COLUMNS = {
    "incident": "strftime(occurred_from, '%Y-%m-%d %H:%M') AS start,"
    " strftime(occurred_to, '%Y-%m-%d %H:%M') AS finish,"
    " round(lon, 3) AS lon, round(lat, 3) AS lat, * EXCLUDE (lon, lat)",
    "transaction": "strftime(occurred_at, '%Y-%m-%d %H:%M') AS start, *",
    "advert": "strftime(posted_at, '%Y-%m-%d %H:%M') AS start, *",
    "communication": "strftime(started_at, '%Y-%m-%d %H:%M') AS start, *",
    "journey": "strftime(departed_at, '%Y-%m-%d %H:%M') AS start, *",
    "premises": "strftime(let_from, '%Y-%m-%d') AS start, strftime(let_to, '%Y-%m-%d') AS finish, *",
}


@dataclass(frozen=True)
class Case:
    """A file, and what is right of it: the accepted rows, why it is refused, a note, what is said to be lost,
    and values by column.
    `roles` and `settings`: of the mapping, where it is not used as proposed."""

    file: str
    text: str
    kind: str = "transaction"
    encoding: str = "utf-8"
    accepted: int = 2
    refused: str | None = None
    note: str | None = None
    loss: str | None = None
    roles: dict[str, list[str]] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)
    values: dict[str, list] = field(default_factory=dict)


def cases() -> list[Case]:
    return [
        Case(**each)
        for path in sorted(FOLDER.glob("*.toml"))
        for each in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory):
    """One store for all the files: each is a source of its own."""
    store = Store(tmp_path_factory.mktemp("cases") / "all.duckdb")
    yield store
    store.close()


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.file)
def test_a_file_is_read_as_it_means(shared_store, tmp_path, case):
    path = written(tmp_path, case.text.encode(case.encoding), case.file)
    details = replace(DETAILS, name=path.stem.replace("_", " "))
    roles = {role: tuple(names) for role, names in case.roles.items()}

    def load():
        settings = dict(case.settings)
        if "constants" in settings:
            settings["constants"] = tuple(map(tuple, settings["constants"]))
        filled_down = tuple(settings.pop("filled_down", ()))
        mapping = proposed(path, case.kind, roles, **settings)
        mapping = replace(mapping, repairs=replace(mapping.repairs, filled_down=filled_down))
        return import_file(
            shared_store,
            ACTOR,
            path,
            mapping,
            details,
            area=f"Area of {case.file}" if case.kind in ("incident", "boundary") else None,
        )

    if case.refused:
        with pytest.raises(UnreadableFile, match=case.refused):
            load()
        return
    report = load()
    assert report.accepted == case.accepted, report
    assert not case.note or any(case.note in note for note in report.notes), report.notes
    assert not case.loss or any(case.loss in loss for loss in report.losses), report.losses
    rows = shared_store.rows(
        f'SELECT {COLUMNS.get(case.kind, "*")} FROM "{case.kind}" WHERE source_id = ? ORDER BY row_number',
        [report.source_id],
    )
    for column, wanted in case.values.items():
        found = ["(none)" if row[column] is None else row[column] for row in rows[: len(wanted)]]
        assert found == wanted, (column, rows)
