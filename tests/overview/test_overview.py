from datetime import date, timedelta

import numpy as np
import pytest

from analytics.intelligence.collection import tabulate_collection
from analytics.overview.latest_change import compare_latest
from analytics.overview.waiting import list_waiting
from analytics.overview.worst_places import find_worst_places
from analytics.store.engine import DuckDBEngine
from analytics.warnings.history import _month_edges
from tests.sources import insert_source_row

LAST = date(2024, 3, 31)  # the week in which clocks change in Europe


def add_incidents(store, days_and_categories, precision="minute"):
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'Europe/Paris')"
        ).fetchall()
        for n, (day, category) in enumerate(days_and_categories):
            cursor.execute(
                "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, "
                "occurred_to, time_precision, local_date) VALUES (1, ?, 1, ?, ?, ?, ?, ?)",
                [n, category, day, day, precision, day],
            ).fetchall()


def test_a_planted_rise_is_flagged_and_a_steady_category_is_not(store):
    steady = [(LAST - timedelta(days=k), "steady") for k in range(13 * 7)]
    risen = [(LAST - timedelta(days=k), "risen") for k in range(13 * 7)] + [
        (LAST - timedelta(days=k % 5), "risen") for k in range(20)
    ]
    add_incidents(store, steady + risen)
    change = compare_latest(DuckDBEngine(store), 1)
    table = change.table.set_index("category")
    assert (change.first_day, change.last_day) == (date(2024, 3, 25), LAST)
    assert table.loc["risen", "unusual"] == "more" and table.loc["risen", "count"] == 27
    assert table.loc["steady", "unusual"] == "" and table.loc["steady", "expected"] == pytest.approx(7)


def test_monthly_data_are_compared_by_month(store):
    months = [date(2024, m, 1) for m in range(1, 7)]
    add_incidents(store, [(m, "x") for m in months for _ in range(5)], precision="month")
    change = compare_latest(DuckDBEngine(store), 1)
    assert (change.period, change.first_day, change.last_day) == (
        "month",
        date(2024, 6, 1),
        date(2024, 6, 30),
    )


def test_too_little_history_is_not_judged(store):
    assert compare_latest(DuckDBEngine(store), 1) is None
    add_incidents(store, [(LAST, "x")] * 50)
    assert compare_latest(DuckDBEngine(store), 1) is None


def test_month_edges_cross_the_year():
    edges = _month_edges(date(2023, 11, 3), date(2024, 1, 31))
    assert edges.astype(str).tolist() == ["2023-11-01", "2023-12-01", "2024-01-01", "2024-02-01"]
    edges = _month_edges(date(2023, 11, 3), date(2023, 12, 30))  # December is not over
    assert edges.astype(str).tolist() == ["2023-11-01", "2023-12-01"]


def test_a_rise_of_several_weeks_is_not_its_own_excuse(store):
    """The twelve weeks before the latest hold the rise; the seasons before them do not."""
    steady = [(LAST - timedelta(days=k), name) for k in range(300) for name in "abcdef"]
    risen = [(LAST - timedelta(days=k), "robbery") for k in range(300)]
    risen += [(LAST - timedelta(days=k % 40), "robbery") for k in range(160)]
    add_incidents(store, steady + risen)
    table = compare_latest(DuckDBEngine(store), 1).table.set_index("category")
    assert table.loc["robbery", "unusual"] == "more"
    assert table.loc["robbery", "expected"] == pytest.approx(7, abs=0.5)
    assert date(2024, 3, 4) <= table.loc["robbery", "since"] <= date(2024, 3, 25)
    assert (table.drop("robbery").unusual == "").all()


def test_the_band_matches_a_simulated_one(store):
    counts = np.array([4, 9, 3, 12, 7, 5, 14, 2, 6, 8, 10, 4, 15])
    days = [
        (LAST - timedelta(days=7 * (12 - week)), "x")
        for week, count in enumerate(counts)
        for _ in range(count)
    ]
    add_incidents(store, [*days, (LAST - timedelta(days=90), "y")])
    row = compare_latest(DuckDBEngine(store), 1).table.set_index("category").loc["x"]
    learned = counts[:9]  # of thirteen weeks the first two thirds
    mean, variance = learned.mean(), learned.var(ddof=1) * (1 + 1 / 9)
    rng = np.random.default_rng(1)
    shape = mean**2 / (variance - mean)  # a gamma mixture of Poissons, not scipy's nbinom
    simulated = rng.poisson(rng.gamma(shape, mean / shape, 200_000))
    assert row.expected == pytest.approx(mean)
    assert row.high == pytest.approx(np.quantile(simulated, 0.975), abs=1)
    assert row.low == pytest.approx(np.quantile(simulated, 0.025), abs=1)


def test_the_grid_has_every_cell_and_names_the_gaps(store):
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO advert (source_id, row_number, stage, posted_at) VALUES (1, 2, 'origin', "
            "'2024-05-01')"
        ).fetchall()
        cursor.execute("INSERT INTO journey (source_id, row_number) VALUES (1, 2)").fetchall()
    grid = tabulate_collection(store).set_index(["domain", "stage"])
    assert len(grid) == 20 and grid.records.sum() == 2
    assert grid.loc[("Advertising", "origin"), "latest"].date() == date(2024, 5, 1)
    assert grid.loc[("Transportation", "not known"), "records"] == 1


def test_attention_lists_what_waits_and_only_that(store):
    today = date(2024, 6, 1)
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO action (decision_id, description, owner, due, status) VALUES (1, 'soon', 'o', "
            "'2024-06-05', 'open'), (1, 'done', 'o', '2024-06-05', 'done'), (1, 'later', 'o', '2025-01-01', "
            "'open')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO import_failure VALUES ('new.csv', 'incident', '2024-05-30', 'a', 'empty'), "
            "('old.csv', 'incident', '2023-05-30', 'a', 'empty')"
        ).fetchall()
    waiting = list_waiting(store, today)
    assert list(waiting.actions.description) == ["soon"]
    assert list(waiting.failed_imports.file_name) == ["new.csv"]
    assert waiting.findings.empty and waiting.briefs.empty and waiting.reviews.empty


def test_worst_places_count_recent_and_before_by_square(store):
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO area (name, epsg, time_zone) VALUES ('A', 32631, 'Europe/Paris')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to, "
            "time_precision, local_date, place, x, y) SELECT 1, range, 1, 'theft', day, day, 'day', day, "
            "'Station Road', 1010, 1010 + 300 * (range % 3 // 2) FROM (SELECT range, DATE '2024-03-31' - "
            "CAST(range % 40 AS INTEGER) AS day FROM range(400))"
        ).fetchall()
    places = find_worst_places(DuckDBEngine(store), 1)
    days = np.arange(400) % 40
    in_first_square = np.arange(400) % 3 < 2
    assert (places.first_day, places.last_day) == (date(2024, 3, 4), LAST)
    assert places.table["count"].tolist() == [
        (in_first_square & (days < 28)).sum(),
        (~in_first_square & (days < 28)).sum(),
    ]
    assert places.table.before[0] == (in_first_square & (days >= 28)).sum()
    assert places.table.place[0] == "Station Road"


def test_a_square_is_named_by_its_commonest_place_and_recent_category(store):
    rows = [("Kiln Row", "theft", 1), ("Elm Row", "theft", 2), (None, "theft", 3), (None, "arson", 4)]
    rows += [("Elm Row", "fraud", 40), ("Kiln Row", "fraud", 41), (None, "fraud", 42)]  # in the period before
    with store.write() as cursor:
        for place, category, days in rows:
            cursor.execute(
                "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to, "
                "time_precision, local_date, place, x, y) SELECT 1, 1, 1, ?, day, day, 'day', day, ?, 10, 10"
                " FROM (SELECT DATE '2024-03-31' - CAST(? AS INTEGER) AS day)",
                [category, place, days],
            ).fetchall()
    table = find_worst_places(DuckDBEngine(store), 1).table
    assert table[["place", "category", "count", "before"]].values.tolist() == [["Elm Row", "theft", 4, 3]]


def test_no_places_without_coordinates(store):
    add_incidents(store, [(LAST, "x")])
    assert find_worst_places(DuckDBEngine(store), 1) is None


FINDING_COLUMNS = (
    "finding_id, version, title, statement, method, parameters, data_version, result, confidence, "
    "confidence_basis, assumptions, alternatives, handling, created_by, created_at"
)


def add_versions(store, table: str, versions: list[tuple]) -> None:
    """Findings (id, version, title, day) or products (id, version, title, day, kind, finding_ids)."""
    with store.write() as cursor:
        for number, version, title, day, *others in versions:
            if table == "finding":
                row = [number, version, title, "s", "m", "{}", 1, "{}", "low", "b", "a", "[]", "P", "u", day]
                cursor.execute(
                    f"INSERT INTO finding ({FINDING_COLUMNS}) VALUES ({', '.join('?' * len(row))})", row
                ).fetchall()
            else:
                cursor.execute(
                    "INSERT INTO product (product_id, version, kind, title, content, finding_ids, created_by,"
                    " created_at) VALUES (?, ?, ?, ?, '{}', ?, 'u', ?)",
                    [number, version, others[0], title, others[1], day],
                ).fetchall()


def test_only_the_newest_version_of_a_finding_and_of_a_brief_waits(store):
    findings = [
        (1, 1, "one", "2024-05-01"),
        (1, 2, "one revised", "2024-05-02"),
        (1, 3, "one again", "2024-05-03"),
        (2, 1, "two", "2024-05-04"),
        (3, 1, "three", "2024-05-05"),
        (3, 2, "three revised", "2024-05-06"),
    ]
    products = [
        (1, 1, "brief", "2024-05-01", "brief", [3]),
        (1, 2, "brief revised", "2024-05-02", "brief", [3]),
        (2, 1, "other", "2024-05-03", "brief", []),
        (3, 1, "decided", "2024-05-04", "brief", []),
        (3, 2, "decided, revised", "2024-05-05", "brief", []),
        (4, 1, "profile", "2024-05-06", "problem profile", []),
    ]
    add_versions(store, "finding", findings)
    add_versions(store, "product", products)
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO decision (product_id, product_version, outcome, reason, decided_by, decided_at)"
            " VALUES (3, 1, 'adopted', 'r', 'c', '2024-05-07')"
        ).fetchall()
    waiting = list_waiting(store, date(2024, 6, 1))
    assert waiting.findings.title.tolist() == ["two", "one again"]  # the latest first; 3 is in a brief
    assert waiting.briefs.title.tolist() == ["other", "brief revised"]


def test_what_waits_is_counted_to_the_day_of_each_limit(store):
    today = date(2024, 6, 15)
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO action (decision_id, description, owner, due, status) VALUES (1, 'last day', 'o', "
            "'2024-07-15', 'open'), (1, 'a day later', 'o', '2024-07-16', 'open'), (1, 'overdue', 'o', "
            "'2024-01-01', 'open')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO import_failure VALUES ('first', 'incident', '2024-06-01 00:00:00', 'a', 'm'), "
            "('before', 'incident', '2024-05-31 23:59:59', 'a', 'm')"
        ).fetchall()
        for number, review in ((1, date(2024, 7, 15)), (2, date(2024, 7, 16))):
            insert_source_row(cursor, number, "incident")
            cursor.execute(
                "UPDATE source SET name = ?, review_date = ? WHERE source_id = ?",
                [f"s{number}", review, number],
            ).fetchall()
    waiting = list_waiting(store, today)
    assert waiting.actions.description.tolist() == ["overdue", "last day"]
    assert waiting.failed_imports.file_name.tolist() == ["first"]
    assert waiting.reviews.name.tolist() == ["s1"]


def test_harm_weighs_a_category_against_the_areas_mean_incident(store):
    from analytics.hotspots.category_harm import weigh_categories

    add_incidents(store, [("2026-01-01", "Theft"), ("2026-01-01", "Theft"), ("2026-01-02", "Robbery")])
    area = store.rows("SELECT max(area_id) AS id FROM incident")[0]["id"]
    assert weigh_categories(store, area) == {}
    with store.write() as cursor:
        cursor.execute(
            "UPDATE incident SET harm_weight = CASE category WHEN 'Theft' THEN 1 ELSE 7 END"
        ).fetchall()
    assert weigh_categories(store, area) == {"Theft": pytest.approx(1 / 3), "Robbery": pytest.approx(7 / 3)}
