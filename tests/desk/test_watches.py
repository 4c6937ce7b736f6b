"""Watches: what came in since the user looked, and nothing of it to a role that may not read it."""

from datetime import date, datetime, timedelta

import pytest
import shapely

from analytics.desk import list_watches, mark_looked, new_since_last_look, start_watch, stop_watch
from analytics.desk.watches import resume_watch
from analytics.hotspots.grid.custom_area import write_drawn
from analytics.intelligence.reports import save_report
from analytics.intelligence.requirements import Requirement, save_requirement
from analytics.oversight import Actor
from analytics.search import PageLink
from analytics.store import pretend
from tests.intelligence.test_reports import report
from tests.sources import insert_source_row

ANALYST, OTHER, OFFICER = Actor("ann"), Actor("bob"), Actor("ann", "officer")
OPENS = PageLink("adverts", {"operation": "1"})
SQUARE = write_drawn(shapely.box(-1.51, 53.79, -1.49, 53.81))
LATER = datetime(2030, 1, 1)


def fill(store, source_id: int, moment: datetime) -> None:
    """One source of each kind of row that is watched, imported at a moment."""
    with store.write() as cursor:
        insert_source_row(cursor, source_id, "incident")
        cursor.execute(
            "UPDATE source SET imported_at = ? WHERE source_id = ?", [moment, source_id]
        ).fetchall()
        for table, columns, values in (
            (
                "incident",
                "area_id, category, occurred_from, occurred_to, time_precision, local_date, lon, lat",
                "1, 'theft', '2026-03-01', '2026-03-01', 'day', '2026-03-01', -1.5, 53.8",
            ),
            ("advert", "posted_at", "'2026-03-02'"),
            ("account", "reference", "'GB29NWBK60161331926819'"),
            ("transaction", "occurred_at, to_account", "'2026-03-03', 'GB29NWBK60161331926819'"),
            ("communication", "started_at, to_phone", "'2026-03-04', '07700 900123'"),
            ("operation_advert", "operation_id", "1"),
            ("advert_identifier", "kind, value, field, confidence", "'phone', '+447700900123', 'body', 1"),
        ):
            cursor.execute(
                f'INSERT INTO "{table}" (source_id, row_number, {columns}) VALUES (?, 2, {values})',
                [source_id],
            ).fetchall()


def digest(store) -> str:
    return store.rows("SELECT sha256('phone:+447700900123')[:16] AS mark")[0]["mark"]


@pytest.fixture
def watching(store):
    fill(store, 1, datetime(2020, 1, 1))
    for kind, key in (
        ("place", SQUARE),
        ("operation", "1"),
        ("account", "1-2"),
        ("entity", digest(store)),
    ):
        start_watch(store, ANALYST, kind, key, kind, OPENS)
    return store


def test_what_was_there_is_not_new_and_what_came_in_is(watching):
    assert new_since_last_look(watching, ANALYST) == []
    fill(watching, 2, LATER)
    news = {one.watch.kind: one for one in new_since_last_look(watching, ANALYST)}
    assert {kind: one.count for kind, one in news.items()} == {
        "place": 1,
        "operation": 1,
        "account": 1,
        "entity": 2,
    }
    assert news["entity"].says == "1 advert and 1 communication new, the newest of 4 Mar 2026."
    assert news["entity"].watch.opens == OPENS
    assert new_since_last_look(watching, OTHER) == [] and new_since_last_look(watching, OFFICER) == []


def test_looking_makes_it_old_for_this_user_alone(watching):
    start_watch(watching, OTHER, "operation", "1", "operation", OPENS)
    fill(watching, 2, LATER)
    for watch in list_watches(watching, ANALYST):
        with pretend(LATER + timedelta(days=1)):
            mark_looked(watching, ANALYST, watch.watch_id)
    assert new_since_last_look(watching, ANALYST) == []
    assert len(new_since_last_look(watching, OTHER)) == 1


def test_a_requirement_has_news_when_a_report_on_its_part_of_the_grid_is_saved(store):
    number = save_requirement(
        store,
        ANALYST,
        Requirement("Who lets?", "desk", date(2026, 12, 1), stage="transit", domain="premises"),
    )
    start_watch(store, OFFICER, "requirement", str(number), "Who lets?", OPENS)
    assert new_since_last_look(store, OFFICER) == []
    with pretend(LATER):
        saved, _ = save_report(store, ANALYST, report())
    with store.write(changes_data=False) as cursor:
        cursor.execute("UPDATE report_line SET stage = 'transit', domain = 'premises'").fetchall()
    (news,) = new_since_last_look(store, OFFICER)
    assert news.count == 1 and news.says.startswith("1 report new")
    with store.write(changes_data=False) as cursor:  # marked for others: this role is not told
        cursor.execute("UPDATE report_line SET handling = 'C'").fetchall()
    assert new_since_last_look(store, OFFICER) == [] and saved == 1


def test_a_watch_is_one_of_a_user_ends_and_goes_on(store):
    number = start_watch(store, ANALYST, "operation", "7", "Operation 7", OPENS)
    assert start_watch(store, ANALYST, "operation", "7", "again", OPENS) == number
    with pytest.raises(KeyError):
        stop_watch(store, OTHER, number)
    stop_watch(store, ANALYST, number)
    assert list_watches(store, ANALYST) == []
    resume_watch(store, ANALYST, number)
    assert [watch.watch_id for watch in list_watches(store, ANALYST)] == [number]
    for kind, key in (("person", "1"), ("operation", "x"), ("account", "1"), ("place", "nowhere")):
        with pytest.raises(ValueError):
            start_watch(store, ANALYST, kind, key, "label", OPENS)
