"""From the store and back: identifiers, campaigns, operations, kept numbers, decisions, removal, the command
line."""

import csv
import random

import pyarrow as pa
import pytest
from click.testing import CliRunner

from analytics.adverts import pipeline
from analytics.adverts.link_decisions import decide, list_decisions
from analytics.cli import cli
from analytics.ingest.sources import remove_source
from analytics.oversight import Actor
from analytics.shared.progress import Cancelled
from analytics.store import Store, close_store

ACTOR = Actor("ann")
WORDS = [
    "river",
    "lamp",
    "quiet",
    "garden",
    "window",
    "market",
    "station",
    "bridge",
    "letter",
    "music",
    "silver",
    "corner",
    "village",
    "winter",
    "summer",
    "orange",
    "paper",
]


def text(template: int, n: int, contact: str) -> str:
    rng = random.Random(template)
    body = [rng.choice(WORDS) + rng.choice(WORDS) for _ in range(40)]
    body[7] = random.Random(1000 * template + n).choice(WORDS)
    return " ".join([*body, "call", contact])


NUMBERS = {
    0: "07700 900123",
    1: "oh seven seven double oh nine double oh one two three",
    2: "0113 496 0849",
    3: "0 2 0 7 9 4 6 0 0 1 1",
}


def add(store: Store, source: int, bodies: list[str], contacts: list[str | None] | None = None) -> None:
    rows = pa.table(
        {
            "source_id": pa.array([source] * len(bodies), pa.int32()),
            "row_number": pa.array(range(2, len(bodies) + 2), pa.int64()),
            "reference": [
                "=HYPERLINK(1)" if "calc" in body else f"AD-{source}-{n}" for n, body in enumerate(bodies)
            ],
            "body": bodies,
            "place": pa.array(["Vellmouth"] * len(bodies)),
            "contact": pa.array(contacts or [None] * len(bodies), pa.string()),
        }
    )
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO source (source_id, kind, name, file_name, sha256, importer, imported_at,"
            " imported_by, legal_basis, purpose,"
            " handling, review_date, rows_in, rows_accepted, rows_quarantined) VALUES (?, 'advert', 'a', "
            "'f', ?, 'i', now()::TIMESTAMP,"
            " 'ann', 'b', 'p', 'h', DATE '2030-01-01', 1, 1, 0)",
            [source, str(source)],
        ).fetchall()
        cursor.register("added", rows)
        cursor.execute("INSERT INTO advert BY NAME SELECT * FROM added").fetchall()
        cursor.unregister("added")


def campaign_texts(template: int, count: int, start: int = 0) -> list[str]:
    return [text(template, n, NUMBERS[template]) for n in range(start, start + count)]


@pytest.fixture
def filled(store):
    """Campaigns 0 and 1 share a number (one says it in words), 2 and 3 have their own; one advert is on its
    own."""
    add(
        store,
        1,
        [
            *campaign_texts(0, 6),
            *campaign_texts(1, 6),
            *campaign_texts(2, 6),
            *campaign_texts(3, 6),
            "Room in Vellmouth, £80 a week",
        ],
    )
    pipeline.update(store, ACTOR)
    return store


def operations(store: Store) -> dict[str, int | None]:
    rows = store.rows(
        "SELECT reference, operation_id FROM advert LEFT JOIN operation_advert USING (source_id, row_number)"
        " ORDER BY source_id, row_number"
    )
    return {row["reference"]: row["operation_id"] for row in rows}


def test_an_update_finds_what_is_there(filled):
    found = operations(filled)
    first, second = found["AD-1-0"], found["AD-1-6"]
    assert first == second is not None and len({found[f"AD-1-{n}"] for n in range(12)}) == 1
    assert len({first, found["AD-1-12"], found["AD-1-18"]}) == 3 and found["AD-1-24"] is None
    link = filled.rows("SELECT * FROM operation_link WHERE standing = 'stands'")
    assert [(row["identifier_value"], row["adverts"], row["carriers"]) for row in link] == [
        ("+447700900123", 12, 2)
    ]
    spans = filled.rows(
        "SELECT body, span_start, span_end FROM advert_identifier JOIN advert USING (source_id, row_number)"
        " WHERE advert_identifier.kind = 'phone' AND field = 'body'"
    )
    assert spans and all(
        row["body"][row["span_start"] : row["span_end"]] in NUMBERS.values() for row in spans
    )
    places = {
        row["value"]
        for row in filled.rows("SELECT DISTINCT value FROM advert_identifier WHERE kind = 'place'")
    }
    assert places == {"Vellmouth"}
    state = pipeline.read_state(filled)
    assert (state.adverts, state.unread, state.stale) == (25, 0, False) and state.finished_at is not None


def test_declared_contacts_count_and_have_no_span(store):
    add(store, 1, [*campaign_texts(0, 4), *campaign_texts(2, 4)], ["07700 900555"] * 8)
    pipeline.update(store, ACTOR)
    assert len(set(operations(store).values())) == 1
    rows = store.rows("SELECT DISTINCT value, span_start FROM advert_identifier WHERE field = 'contact'")
    assert rows == [{"value": "+447700900555", "span_start": None}]


def test_numbers_are_kept_as_adverts_come(filled):
    before = operations(filled)
    add(filled, 2, [*campaign_texts(2, 3, start=50), *campaign_texts(0, 2, start=60)])
    assert pipeline.read_state(filled).unread == 5
    update = pipeline.update(filled, ACTOR)
    assert update.new_adverts == 5
    after = operations(filled)
    assert {key: after[key] for key in before} == before
    assert after["AD-2-0"] == before["AD-1-12"] and after["AD-2-3"] == before["AD-1-0"]
    again = pipeline.update(filled, ACTOR, rebuild=True)
    assert again.new_adverts == 0 and operations(filled) == after


def test_new_adverts_join_without_comparing_the_old_again(filled, monkeypatch):
    monkeypatch.setattr(pipeline, "JOIN_ABOVE", 10)
    monkeypatch.setattr(pipeline, "find_campaigns", lambda *a, **k: pytest.fail("compared again"))
    before = operations(filled)
    add(filled, 2, campaign_texts(3, 2, start=70))
    pipeline.update(filled, ACTOR)
    after = operations(filled)
    assert {key: after[key] for key in before} == before and after["AD-2-0"] == before["AD-1-18"]


def test_a_decision_persists_over_updates(filled):
    left, right = (1, 2), (1, 8)
    decide(filled, ACTOR, left, right, "cut", "two women who know each other lent a telephone")
    pipeline.rejoin(filled, ACTOR)
    found = operations(filled)
    assert found["AD-1-0"] != found["AD-1-6"]
    add(filled, 2, campaign_texts(0, 2, start=80))
    pipeline.update(filled, ACTOR, rebuild=True)
    found = operations(filled)
    assert found["AD-1-0"] != found["AD-1-6"] and found["AD-2-0"] == found["AD-1-0"]
    assert {
        row["standing"]
        for row in filled.rows("SELECT standing FROM operation_link WHERE identifier_value = '+447700900123'")
    } == {"cut"}
    decide(filled, ACTOR, right, left, "withdraw", "it was one hand after all")
    pipeline.rejoin(filled, ACTOR)
    found = operations(filled)
    assert found["AD-1-0"] == found["AD-1-6"] and len(list_decisions(filled)) == 2
    with pytest.raises(ValueError, match="reason"):
        decide(filled, ACTOR, left, right, "cut", " ")


def test_a_stranger_is_set_apart_from_its_campaign_until_it_is_confirmed(store):
    """Worded alike but poorly, with a number of its own where the others share one: it is no part of their
    operation."""
    copy = text(5, 99, NUMBERS[2]).split()
    copy[20:28] = ["elsewhere"] * 8
    add(store, 1, [text(5, n, NUMBERS[0]) for n in range(6)] + [" ".join(copy)])
    stranger = (
        "SELECT (SELECT count(*) FROM campaign_advert"
        " WHERE row_number = 8) AS campaigns, (SELECT count(*) FROM operation_advert"
        " WHERE row_number = 8) AS operations"
    )
    for rebuild in (False, True, False):
        pipeline.update(store, ACTOR, rebuild=rebuild)
        assert store.rows(stranger) == [{"campaigns": 0, "operations": 0}]
        (apart,) = store.rows("SELECT * FROM operation_link WHERE identifier_kind = 'wording'")
        assert apart["left_row"] == 8 and "set apart" in apart["why"]
    decide(store, ACTOR, (1, 8), (apart["right_source"], apart["right_row"]), "confirm", "same photographs")
    pipeline.rejoin(store, ACTOR)
    assert store.rows(stranger) == [{"campaigns": 0, "operations": 1}]
    assert [row["standing"] for row in store.rows("SELECT standing FROM operation_link")] == ["confirmed"]


def test_removing_a_source_removes_what_came_of_it(filled):
    add(filled, 2, campaign_texts(1, 4, start=90))
    pipeline.update(filled, ACTOR)
    remove_source(filled, ACTOR, 1, "kept long enough")
    for table in ("advert_identifier", "advert_scan", "campaign_advert", "operation_advert"):
        assert filled.rows(f"SELECT DISTINCT source_id FROM {table}") == [{"source_id": 2}]
    assert filled.rows("SELECT adverts FROM campaign") == [{"adverts": 4}]
    assert filled.rows("SELECT adverts, campaigns FROM operation") == [{"adverts": 4, "campaigns": 1}]
    assert filled.rows("SELECT count(*) AS n FROM operation_link")[0]["n"] == 0
    remove_source(filled, ACTOR, 2, "kept long enough")
    assert filled.rows("SELECT count(*) AS n FROM campaign")[0]["n"] == 0
    assert filled.rows("SELECT count(*) AS n FROM operation")[0]["n"] == 0
    pipeline.update(filled, ACTOR)


def test_stopping_leaves_the_store_as_it_was(store):
    add(store, 1, campaign_texts(0, 4))
    calls = iter([False, True])
    with pytest.raises(Cancelled):
        pipeline.update(store, ACTOR, cancelled=lambda: next(calls))
    assert (
        pipeline.read_state(store).unread == 4
        and store.rows("SELECT count(*) AS n FROM campaign")[0]["n"] == 0
    )


def test_adverts_that_come_meanwhile_stop_the_writing(store):
    add(store, 1, campaign_texts(0, 4))

    def progress(text: str, share: float) -> None:
        if text == "Comparing texts":
            add(store, 2, campaign_texts(2, 2))

    with pytest.raises(pipeline.AdvertsChanged):
        pipeline.update(store, ACTOR, progress)
    assert pipeline.read_state(store).unread == 6


def test_the_command_line_writes_exactly_these_columns(tmp_path, monkeypatch):
    path = tmp_path / "store.duckdb"
    monkeypatch.setenv("ACHILLES_STORE", str(path))
    store = Store(path)
    add(store, 1, [*campaign_texts(0, 4), *campaign_texts(1, 4), "=cmd|' /C calc'!A0 alone"])
    store.close()
    campaigns, identifiers = tmp_path / "campaigns.csv", tmp_path / "identifiers.csv"
    try:
        first = CliRunner().invoke(cli, ["adverts", "--out", str(campaigns)])
        second = CliRunner().invoke(cli, ["adverts", "identifiers", "--out", str(identifiers)])
    finally:
        close_store(path)
    assert first.exit_code == 0 and second.exit_code == 0, (first.output, second.output)
    rows = list(csv.DictReader(campaigns.open(encoding="utf-8")))
    assert list(rows[0]) == ["advert_id", "campaign_id", "operation_id", "score"]
    assert [row["advert_id"] for row in rows] == [*(f"AD-1-{n}" for n in range(8)), "'=HYPERLINK(1)"]
    assert (
        len({row["operation_id"] for row in rows[:8]}) == 1
        and rows[8]["campaign_id"] == rows[8]["operation_id"] == ""
    )
    found = list(csv.DictReader(identifiers.open(encoding="utf-8")))
    assert list(found[0]) == ["advert_id", "kind", "value", "span_start", "span_end", "confidence"]
    body = text(0, 0, NUMBERS[0])
    (phone,) = [row for row in found if row["advert_id"] == "AD-1-0" and row["kind"] == "phone"]
    assert (
        phone["value"] == "+447700900123"
        and body[int(phone["span_start"]) : int(phone["span_end"])] == "07700 900123"
    )


def test_an_empty_store_says_what_to_do(tmp_path):
    path = tmp_path / "empty.duckdb"
    Store(path).close()
    try:
        answer = CliRunner().invoke(cli, ["adverts", "--store", str(path), "--out", str(tmp_path / "x.csv")])
    finally:
        close_store(path)
    assert answer.exit_code == 1 and "import adverts" in answer.output
