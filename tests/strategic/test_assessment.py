"""A strategic assessment: drafted from the picture, compared with the one before, its forecasts scored."""

import json
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from analytics.figures.print import print_trend_and_harm
from analytics.figures.strategic import trend_harm_chart
from analytics.intelligence.finding_results import NetworkResult
from analytics.intelligence.findings import Finding, save_finding
from analytics.oversight import Actor
from analytics.shared.unwritten import is_unwritten
from analytics.strategic.changes import (
    Figure,
    compare_figures,
    read_stored_routes,
    read_trend_and_harm,
)
from analytics.strategic.drivers import list_drivers, save_driver, withdraw_driver
from analytics.strategic.months import read_months
from analytics.strategic.picture import draw_picture
from analytics.strategic.problems import TRADE, list_problems
from analytics.strategic.proposals import propose_priorities
from analytics.tasking.drafts import draft_strategy
from analytics.tasking.fillers import DraftMaterial
from analytics.tasking.products import load_product
from analytics.tasking.strategic_assessment import draw_assessment, save_strategic_assessment
from analytics.tasking.strategic_cli import strategic
from tests.sources import insert_source_row
from tests.strategic.test_drivers import RENT

ANN = Actor("ann")
AREA = 7
TODAY = date(2026, 5, 4)
COLUMNS = "source_id, row_number, area_id, category, occurred_from, occurred_to, time_precision, local_date"
WEIGHTS = {"Burglary": 20.0, "Theft": 1.0}


def add_months(store, first: date, counts: dict[str, list[int]]):
    """Incidents on the days of each month from `first` on: a count a month by category."""
    with store.write() as cursor:
        if not cursor.execute("SELECT 1 FROM area").fetchall():
            cursor.execute(f"INSERT INTO area VALUES ({AREA}, 'Town', 32630, 'Europe/London')")
        number = cursor.execute("SELECT coalesce(max(source_id), 0) + 1 FROM source").fetchall()[0][0]
        insert_source_row(cursor, number, "incident", area_id=AREA)
        row = 2
        for category, months in counts.items():
            for ahead, count in enumerate(months):
                at = first.year * 12 + first.month - 1 + ahead
                start = date(at // 12, at % 12 + 1, 1)
                end = date((at + 1) // 12, (at + 1) % 12 + 1, 1) - timedelta(days=1)
                cursor.execute(
                    f"INSERT INTO incident ({COLUMNS}, x, y, harm_weight)"
                    " SELECT ?, ? + i, ?, ?, ?, ?, 'minute',"
                    " CASE WHEN i % 2 = 0 THEN ?::DATE ELSE ?::DATE END, 0, 0, ? FROM range(?) t(i)",
                    [number, row, AREA, category, start, start, start, end, WEIGHTS[category], count],
                )
                row += count


def save(store, **more):
    picture = draw_picture(store, AREA, more.get("priorities", ()))
    number, _ = save_strategic_assessment(store, ANN, "A", DraftMaterial([], picture=picture), (), TODAY)
    return number, picture


@pytest.fixture
def town(store):
    generator = np.random.default_rng(5)
    add_months(
        store,
        date(2024, 1, 1),
        {"Burglary": [20] * 12 + [40] * 12, "Theft": generator.poisson(30, 24).clip(min=2).tolist()},
    )
    return store


def test_harm_trend_and_confidence_by_hand(town):
    priorities = ["Burglary at night", "Fraud"]
    problems = {p.name: p for p in list_problems(town, AREA, read_months(town, AREA), priorities)}
    burglary, theft, fraud = problems["Burglary"], problems["Theft"], problems["Fraud"]
    assert (burglary.trend.recent, burglary.trend.before, burglary.trend_word) == (480, 240, "rising")
    harm = 480 * 20 / (480 * 20 + theft.recent)
    assert burglary.harm_share == pytest.approx(harm)
    assert burglary.priorities == ("Burglary at night",) and theft.priorities == ()
    assert burglary.confidence == "moderate"
    assert fraud.trend is None and "not known" in fraud.describe_trend() and fraud.confidence == "low"


def test_the_empty_sections_are_filled_and_the_strategy_begins_from_it(town):
    save_driver(town, ANN, RENT)
    number, picture = save(town, priorities=["Fraud"])
    sections = load_product(town, number)["content"]["sections"]
    for code in ("scope", "environment", "problems", "changes", "gaps", "forecast", "recommendations"):
        assert not is_unwritten(sections[code]), code
    assert "[driver 1: 1AP]" in sections["environment"]
    assert "nothing here is decided" in sections["recommendations"]
    titles = [proposal.title for proposal in propose_priorities(picture)]
    assert titles == ["Burglary", "Fraud"]
    drafted = draft_strategy(DraftMaterial([], picture=picture), [], TODAY, TODAY)
    assert [item.title for item in drafted.priorities] == titles
    assert all(is_unwritten(item.prevention) for item in drafted.priorities)


def test_the_next_assessment_compares_and_scores(town):
    number, _ = save_driver(town, ANN, RENT)
    first, _ = save(town)
    made = town.query("SELECT * FROM forecast WHERE product_id = ?", [first]).to_pandas()
    assert len(made) == 2 * 6
    withdraw_driver(town, ANN, list_drivers(town)[0], "taken back")
    add_months(town, date(2026, 1, 1), {"Burglary": [40, 41], "Theft": [1000, 30]})
    second, picture = save(town)
    changes = picture.comparison.table
    assert picture.comparison.product_id == first and not picture.comparison.released
    assert ("driver", f"driver {number}", "no longer there") in set(
        zip(changes.kind, changes.name, changes.change, strict=True)
    )
    scored = town.query("SELECT * FROM forecast_score ORDER BY ALL").to_pandas()
    assert scored.observed.tolist() == [40, 41, 1000, 30]
    assert (scored.product_id == second).all() and (scored.forecast_product_id == first).all()
    assert (picture.score.months, picture.scored.waiting) == (4, 8)
    inside = made.merge(scored, on=["category", "month"])
    by_hand = ((inside.observed >= inside.low) & (inside.observed <= inside.high)).mean()
    assert picture.score.covered == pytest.approx(by_hand) and by_hand < 1
    assert (
        town.query("SELECT count(*) AS n FROM forecast WHERE product_id = ?", [first]).to_pandas().n[0] == 12
    )


def test_an_assessment_that_was_released_is_compared_with_before_one_that_was_only_saved(town):
    first, _ = save(town)
    save(town)
    with town.write(changes_data=False) as cursor:
        cursor.execute(
            "INSERT INTO release SELECT 1, ?, 1, 'police', 'p', 'r', 'a', 'v', 't', 'P', '{}', [], 's', 'u',"
            " now()",
            [first],
        )
    compared = draw_picture(town, AREA).comparison
    assert (compared.product_id, compared.released) == (first, True)
    assert compared.table.empty and "released" in compared.describe()


def test_the_printed_chart_has_the_figures_of_the_assessment_and_takes_any_name(town):
    number, picture = save(town)
    table = read_trend_and_harm(town, number)
    burglary = next(problem for problem in picture.problems if problem.name == "Burglary")
    row = table[table.name == "Burglary"].iloc[0]
    assert row.change == pytest.approx(100 * (burglary.trend.ratio - 1))
    assert row.harm == pytest.approx(100 * burglary.harm_share)
    ((_, drawn),) = draw_assessment(town, number)
    assert drawn.trend_svg and drawn.trend_alt
    hostile = table.assign(name=["<b>$x_1$</b> \\frac", "=cmd|' /C calc'!A0"])
    assert print_trend_and_harm(hostile)
    chart = trend_harm_chart(hostile.assign(confidence="low"))
    assert "<" not in json.dumps([chart["layout"]["annotations"], [trace["text"] for trace in chart["data"]]])
    assert draw_assessment(town, 999) == []


def test_the_printed_map_has_the_routes_of_the_assessment_and_takes_any_name(town):
    places = {"Hafen$x_1$": (4.0, 52.0), "Zwischenort": (6.0, 51.5), "<b>Ort": (9.0, 48.0)}
    first, between, last = places
    with town.write() as cursor:
        insert_source_row(cursor, 90, "journey")
        for name, (lon, lat) in places.items():
            cursor.execute("INSERT INTO place_position VALUES (90, 'place', ?, ?, ?)", [name, lon, lat])
        trips = [(first, between), (between, last), (between, "Nirgendwo"), ("A > B", last)]
        for row, ends in enumerate(trips * 2, 2):
            cursor.execute(
                "INSERT INTO journey (source_id, row_number, from_place, to_place, departed_at)"
                " VALUES (90, ?, ?, ?, '2026-03-01')",
                [row, *ends],
            )
    number, _ = save(town)
    legs = read_stored_routes(town, number)
    assert {tuple(leg) for leg in legs.itertuples(index=False)} == {(*ends, 2) for ends in trips[:3]}
    drawn = dict(draw_assessment(town, number))["Routes"]
    assert drawn.map_svg and "3 places" in drawn.map_alt and "known: Nirgendwo." in drawn.map_caption


def test_counts_alone_are_no_change_and_a_new_or_lost_figure_is_named_once():
    before = {
        ("problem", "A", "recorded"): Figure("problem", "A", "recorded", 9, "9"),
        ("problem", "A", "share of harm"): Figure("problem", "A", "share of harm", 0.50, "50%"),
        ("problem", "A", "trend"): Figure("problem", "A", "trend", 1.0, "steady"),
        ("route", "R", "rows"): Figure("route", "R", "rows", 4, "4"),
        ("route", "R", "domains"): Figure("route", "R", "domains", 2, "2"),
    }
    now = {
        ("problem", "A", "recorded"): Figure("problem", "A", "recorded", 19, "19"),
        ("problem", "A", "share of harm"): Figure("problem", "A", "share of harm", 0.54, "54%"),
        ("problem", "A", "trend"): Figure("problem", "A", "trend", 1.4, "rising"),
    }
    table, alike = compare_figures(before, now)
    assert alike == 1
    assert table[["name", "measure", "change"]].to_numpy().tolist() == [
        ["A", "share of harm", "+4 points"],
        ["A", "trend", "changed"],
        ["R", "rows", "no longer there"],
    ]


@pytest.mark.parametrize("months", [0, 1])
def test_with_next_to_nothing_the_picture_refuses_in_words(store, months):
    add_months(store, date(2026, 1, 1), {"Theft": [3] * months})
    number, picture = save(store)
    assert picture.forecasts.refused and not picture.warned
    text = "\n".join(load_product(store, number)["content"]["sections"].values())
    assert "No row says from where to where in" in text


def test_a_gap_in_the_data_begins_the_history_anew_and_a_broken_month_is_left_out(store):
    add_months(store, date(2025, 1, 1), {"Theft": [4, 4, 0, 4, 4, 4]})
    history = read_months(store, AREA)
    assert history.months == (date(2025, 4, 1), date(2025, 5, 1), date(2025, 6, 1))
    with store.write() as cursor:
        cursor.execute(
            f"INSERT INTO incident ({COLUMNS}) VALUES (1, 900, {AREA}, 'Theft', DATE '2025-07-04',"
            " DATE '2025-07-04', 'minute', DATE '2025-07-04')"
        )
    assert read_months(store, AREA).months == history.months


def test_one_row_known_to_the_month_makes_no_broken_month_whole(store):
    add_months(store, date(2025, 1, 1), {"Theft": [20, 20, 20]})
    row = f"INSERT INTO incident ({COLUMNS}) VALUES (1, ?, {AREA}, 'Theft', ?, ?, ?, ?)"
    with store.write() as cursor:
        for number, day, precision in (
            (900, date(2025, 2, 1), "month"),
            (901, date(2025, 4, 4), "minute"),
        ):
            cursor.execute(row, [number, day, day, precision, day])
    assert read_months(store, AREA).months[-1] == date(2025, 3, 1)


def test_the_command_writes_the_same(town, tmp_path):
    town.close()  # the command opens it
    out = tmp_path / "a.pdf"
    asked = ["--store", town.path, "--out", str(out)]
    result = CliRunner().invoke(strategic, asked, catch_exceptions=False)
    assert result.exit_code == 0 and out.read_bytes().startswith(b"%PDF")
    assert "2 problems" in result.output


def test_an_assessment_bears_the_marks_of_the_sources_it_rests_on_alone(town):
    with town.write() as cursor:
        cursor.execute("INSERT INTO area VALUES (8, 'Elsewhere', 32630, 'Europe/London')")
        for number, kind, area, handling in (
            (50, "incident", 8, "ELSEWHERE"),
            (51, "boundary", AREA, "OUTLINES"),
            (52, "journey", None, "TRAVEL"),
        ):
            insert_source_row(cursor, number, kind, area_id=area)
            cursor.execute(
                "UPDATE source SET handling = ?, is_scenario = ? WHERE source_id = ?",
                [handling, handling != "TRAVEL", number],
            ).fetchall()
        cursor.execute(
            f"INSERT INTO incident ({COLUMNS}) VALUES (50, 2, 8, 'Theft', DATE '2025-01-02',"
            " DATE '2025-01-02', 'minute', DATE '2025-01-02')"
        ).fetchall()
        cursor.execute(
            "INSERT INTO journey (source_id, row_number, from_place, to_place) VALUES (52, 2, 'X', 'Y')"
        ).fetchall()
    marks = load_product(town, save(town)[0])["content"]["handling"]
    assert "TRAVEL" in marks
    assert not any(word in marks for word in ("ELSEWHERE", "OUTLINES", "EXERCISE"))


def test_the_networks_of_findings_feed_the_trade(town):
    with town.write() as cursor:
        insert_source_row(cursor, 60, "communication")
        cursor.execute(
            "INSERT INTO communication (source_id, row_number, from_phone, to_phone) VALUES (60, 2, '1', '2')"
        ).fetchall()
    rows = pa.table({"table_name": ["communication"], "source_id": [60], "row_number": [2]})
    for name in ("broker", "broker", "mixed"):
        result = NetworkResult(type=name, nodes=9, ties=10)
        save_finding(
            town, ANN, Finding("T", "S", "M", {}, 1, None, None, None, result, "low", "B", "A"), rows
        )
    trade = next(p for p in draw_picture(town, AREA).problems if p.kind == TRADE)
    said = "2 broker networks, finding 1, 2; 1 network (mixed), finding 3"
    assert said in trade.confidence_basis and trade.finding_ids == (1, 2, 3)
