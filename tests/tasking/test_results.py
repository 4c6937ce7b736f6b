"""Did it work? A planted fall is found, nothing is found where nothing is, and 'too early' is said."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyproj
import pytest
import shapely
from click.testing import CliRunner
from scipy import stats
from streamlit.testing.v1 import AppTest

from analytics.hotspots.refusal import TooFewData
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding, save_finding
from analytics.oversight import Actor
from analytics.shared.wording import write_day
from analytics.tasking.actions import list_actions
from analytics.tasking.drafts import draft
from analytics.tasking.effect import (
    FEWER,
    JUDGED,
    UNJUDGED,
    EffectParameters,
    measure_effect,
    verdict_in_words,
)
from analytics.tasking.effect.baselines import measure_baselines, standard
from analytics.tasking.effect.synthetic import synthetic_control
from analytics.tasking.fillers import DraftMaterial
from analytics.tasking.products import record_decision, save_product
from analytics.tasking.results import NoPlace, list_results, measure, save_result, target_of
from analytics.tasking.results_cli import results
from analytics.tasking.scorecard import build_method_record, build_scorecard, describe_result, judge_lead
from tests.sources import insert_source_row
from tests.tasking.factories import tasked_action
from ui.shell.single_user import single_user

ACTOR = Actor("tester")
FIRST, LAST = date(2025, 1, 1), date(2026, 5, 15)
DAYS = (LAST - FIRST).days + 1
START = LAST - timedelta(days=27)
BOX = shapely.box(-125, -125, 125, 125)


def city(seed: int, *, effect: float = 1.0, rate: float = 0.8, places: int = 225) -> pd.DataFrame:
    """Poisson counts on a grid of 250 m squares, the busiest at the origin, changed by `effect` from START
    on."""
    rng = np.random.default_rng(seed)
    rates = np.repeat(rng.gamma(2, 0.1, places)[:, None], DAYS, axis=1)
    rates[0] = rate
    rates[0, (START - FIRST).days :] *= effect
    place, day = np.nonzero(counts := rng.poisson(rates))
    again = counts[place, day]
    place, day = np.repeat(place, again), np.repeat(day, again)
    side = int(np.sqrt(places))
    x, y = (place % side) * 250.0, (place // side) * 250.0
    return pd.DataFrame(
        {
            "x": x + rng.uniform(-120, 120, len(x)),
            "y": y + rng.uniform(-120, 120, len(x)),
            "local_date": pd.to_datetime(np.datetime64(FIRST) + day),
        }
    )


def test_a_planted_fall_and_a_planted_rise_are_found_and_nothing_where_nothing_is():
    assert measure_effect(city(1, effect=0.2), BOX, START, LAST).verdict == "fewer than expected"
    assert measure_effect(city(1, effect=2.5), BOX, START, LAST).verdict == "more than expected"
    verdicts = [measure_effect(city(seed), BOX, START, LAST).verdict for seed in range(20, 32)]
    # 12 at 5 %: more than 3 false ones would happen once in 500 such tests.
    assert stats.binom.sf(3, 12, 0.05) < 0.003 and sum(v != "no detectable effect" for v in verdicts) <= 3


def test_the_measures_agree_with_the_formulas_written_out():
    rng = np.random.default_rng(5)
    counts = rng.poisson(0.5, (40, 120)).astype(float)
    before, after = counts[:, 60:90].sum(axis=1), counts[:, 90:].sum(axis=1)
    expected, z = standard(before, after, 1.0, controls=10)
    for place in (0, 3, 25):
        others = [at for at in range(1, 11) if at != place]
        change = (after[others].sum() + 0.5) / (before[others].sum() + 0.5)
        assert expected[place] == pytest.approx(before[place] * change)
        assert z[place] == pytest.approx(
            (after[place] - expected[place]) / np.sqrt(max(expected[place], 0.5) * (1 + change))
        )


def test_p_is_the_rank_among_placebos_in_place_and_time_and_every_needed_baseline_must_agree():
    rng = np.random.default_rng(6)
    counts = rng.poisson(0.5, (40, 200)).astype(float)
    counts[0, 170:] = 0  # 15 were to be expected
    measured = measure_baselines(counts, 170, 30, 3, 10, None)
    # the place's 39 like ones at the action's own day and on 120, 127, 134: days with room for all periods
    assert measured.placebos == 39 * 4 and measured.direction == "fewer"
    # No place fell as far by either, so that the place is one of itself and its 156 placebos; no placebo rose
    # so plainly that such a level would call it a rise.
    assert measured.p == pytest.approx(1 / (1 + 39 * 4))
    counts[0, 80:170] = 0  # a place that had long fallen: the recent days expect nothing
    assert measure_baselines(counts, 170, 30, 3, 10, None).p > 0.4


def test_days_in_which_the_place_was_found_are_no_part_of_the_long_run():
    counts = np.ones((30, 200))
    counts[0, 140:170] = 5  # the bad month for which it was chosen
    whole = measure_baselines(counts, 170, 30, 3, 10, None).table.set_index("baseline")
    without = measure_baselines(counts, 170, 30, 3, 10, (30, 1)).table.set_index("baseline")
    assert whole.expected["long-run"] > 45 and without.expected["long-run"] == pytest.approx(30)
    assert without.before["long-run"] == 140


def test_a_synthetic_control_follows_the_donors_that_made_the_place():
    rng = np.random.default_rng(8)
    donors = rng.poisson(2, (25, 280)).astype(float)
    place = (donors[3] + donors[7]) / 2
    place[210:] *= 0.2
    made, p = synthetic_control(np.vstack([place, donors]), 210)
    weekly = ((donors[3] + donors[7]) / 2).reshape(-1, 7).sum(axis=1)
    assert np.allclose(made, weekly, atol=0.05) and p == pytest.approx(1 / 26)
    assert synthetic_control(donors[:, :150], 100) == (None, None)
    busier = np.vstack([3 * donors[0] + 3, donors])  # no weighing of its donors makes it
    assert synthetic_control(busier, 210) == (None, None)


def test_harm_near_repeats_and_the_quotients_interval_stand_beside_the_verdict():
    points = city(1, effect=0.2).assign(harm=10.0, time_precision="day")
    near = EffectParameters(near_m=60, near_days=7)
    effect = measure_effect(points, BOX, START, LAST, parameters=near)
    own = effect.harm.set_index("part").loc["local"]
    counted = effect.displacement.difference.set_index("part").loc["local"]
    # Every incident weighs ten: the difference is ten times that of counts, and so is its interval.
    assert own.estimate == pytest.approx(10 * counted.estimate) and own.low == pytest.approx(10 * counted.low)
    low, high = effect.quotient
    assert low < effect.displacement.quotient < high
    risk = effect.near_repeats.set_index(["area", "period"])
    assert (
        risk.share["the place", "after"] < risk.share["the place", "before"]
    )  # fewer incidents, fewer follow
    assert (risk.low <= risk.share).all() and (risk.share <= risk.high).all()
    coarse = measure_effect(points.assign(time_precision="month"), BOX, START, LAST)
    assert coarse.near_repeats.empty and "month only" in coarse.near_refused
    assert measure_effect(city(1), BOX, START, LAST).harm.empty


def test_too_early_too_little_history_and_too_few_places_are_said():
    points = city(2)
    early = measure_effect(points, BOX, LAST - timedelta(days=9), LAST)
    assert (
        early.verdict == "too early"
        and "10 days" in early.why
        and f"{write_day(LAST + timedelta(days=11))}" in early.why
    )
    with pytest.raises(TooFewData, match="reach back"):
        measure_effect(
            points[points.local_date >= pd.Timestamp(START) - pd.Timedelta(days=40)], BOX, START, LAST
        )
    near = points[(points.x < 600) & (points.y < 600)]
    with pytest.raises(TooFewData, match="20 are needed"):
        measure_effect(near, BOX, START, LAST)


def test_other_tasked_places_are_no_controls():
    points = city(3)
    every = EffectParameters(placebos=300)
    whole = measure_effect(points, BOX, START, LAST, parameters=every)
    tasked = [shapely.box(1000, 1000, 2000, 2000)]
    fewer = measure_effect(points, BOX, START, LAST, elsewhere=tasked, parameters=every)
    assert fewer.places < whole.places
    assert len(whole.rings) == 2 and whole.weekly["count"].sum() > 0 and whole.synthetic_p is not None


@pytest.fixture
def tasked(store):
    fill(store)
    return store


def fill(store):
    """A city whose busiest place was tasked on START and fell to a fifth."""
    points = city(1, effect=0.2)
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('Grid', 32630, 'UTC')").fetchall()
        insert_source_row(cursor, 1, "incident", area_id=1)
        cursor.register(
            "city", pa.Table.from_pandas(points.assign(x=points.x + 500_000, y=points.y + 5_000_000))
        )
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " time_precision,"
            " local_date, x, y) SELECT 1, 1 + row_number() OVER (), 1, 'Burglary', local_date, local_date,"
            " 'day',"
            " local_date, x, y FROM city"
        ).fetchall()
    back = pyproj.Transformer.from_crs(32630, 4326, always_xy=True)
    ring = [back.transform(x + 500_000, y + 5_000_000) for x, y in BOX.exterior.coords]
    finding = Finding(
        "Busiest",
        "It stands out.",
        "Gi*",
        {"categories": ["Burglary"]},
        1,
        1,
        date(2026, 3, 1),
        date(2026, 3, 31),
        read_result({"focus": {"label": "Kiln Row", "ring": ring}}),
        "low",
        "a count",
        "none",
    )
    evidence = pa.table({"table_name": ["incident"], "source_id": [1], "row_number": [2]})
    number = save_finding(store, ACTOR, finding, evidence)
    brief, _ = save_product(store, ACTOR, "brief", "Kiln Row", {}, [number])
    record_decision(
        store, ACTOR, brief, 1, "adopted", "x", "y", action=tasked_action("Patrol", "Sgt. Day", LAST)
    )
    with store.write(changes_data=False) as cursor:
        cursor.execute("UPDATE decision SET decided_at = ?", [pd.Timestamp(START).to_pydatetime()]).fetchall()
        cursor.execute(
            "UPDATE finding SET created_at = ?",
            [(pd.Timestamp(START) - pd.Timedelta(days=3)).to_pydatetime()],
        ).fetchall()


def test_the_result_of_an_action_is_measured_at_its_place_and_kept(tasked):
    target, effect = measure(tasked, 1)
    assert (target.label, target.start, target.categories) == ("Kiln Row", START, ("Burglary",))
    assert target.outline.area == pytest.approx(BOX.area, rel=1e-3)
    assert effect.verdict == "fewer than expected"
    assert (
        save_result(tasked, ACTOR, 1, {"arrests": 2}, effect.verdict, {"why": effect.why}, "worked at night")
        == 1
    )
    assert save_result(tasked, ACTOR, 1, {"arrests": 3}, effect.verdict, {}, "one more") == 2
    assert list_results(tasked).arrests.tolist() == [3]
    card = build_scorecard(tasked)
    assert (card.decisions, card.adopted, card.intelligence_led) == (1, 1, 1)
    assert (card.actions, card.measured, card.worked, card.outputs["arrests"]) == (1, 1, 1, 3)
    assert (card.days_finding, card.of_findings, card.days_report, card.of_reports) == (3.0, 1, None, 0)
    with pytest.raises(ValueError, match="counts of arrests"):
        save_result(tasked, ACTOR, 1, {"medals": 1}, effect.verdict, {}, "")
    with pytest.raises(ValueError, match="verdict"):
        save_result(tasked, ACTOR, 1, {}, "guilty", {}, "")


def test_an_action_without_a_place_says_so(store):
    number, _ = save_product(store, ACTOR, "brief", "x", {}, [])
    record_decision(store, ACTOR, number, 1, "adopted", "x", "y", action=tasked_action("Visit", "PC 9", LAST))
    with pytest.raises(NoPlace, match="no place to measure"):
        target_of(store, 1)
    with pytest.raises(KeyError):
        target_of(store, 9)
    assert build_scorecard(store).intelligence_led == 0


def test_a_method_answers_for_what_came_of_its_findings(tasked):
    with pytest.raises(ValueError, match="how you know"):
        judge_lead(tasked, ACTOR, 1, 1, "right", " ")
    with pytest.raises(KeyError, match="finding 7"):
        judge_lead(tasked, ACTOR, 7, 1, "right", "x")
    assert build_method_record(tasked).judged.tolist() == [0]
    judge_lead(tasked, ACTOR, 1, 1, "right", "caught in the act")
    judge_lead(tasked, ACTOR, 1, 1, "partly right", "only half of it")  # the last word counts
    save_result(tasked, ACTOR, 1, {"arrests": 2}, "fewer than expected", {}, "")
    row = build_method_record(tasked).iloc[0]
    assert (row.method, row.findings, row.adopted, row.judged, row.right, row.fewer) == (
        "Gi*",
        1,
        1,
        1,
        0.5,
        1,
    )
    card = build_scorecard(tasked)
    assert (card.leads_judged, card.leads_right) == (1, 0.5)


def test_the_time_from_report_to_decision_counts_from_the_first_report_a_brief_rests_on(tasked):
    with tasked.write(changes_data=False) as cursor:
        for number, days in ((1, 9), (2, 5)):
            cursor.execute(
                "INSERT INTO report (report_id, version, title, submitted_by, observed_on, provenance,"
                " legal_basis, purpose,"
                " retention_group, review_date, change_reason, saved_by, saved_at)"
                " VALUES (?, 1, 't', 'o', '2026-01-01', 'p', 'l', 'p', '3', '2027-01-01', 'r', 'o', ?)",
                [number, (pd.Timestamp(START) - pd.Timedelta(days=days)).to_pydatetime()],
            ).fetchall()
        cursor.execute("INSERT INTO finding_report VALUES (1, 1, 2, 1, 1)").fetchall()
    assert (build_scorecard(tasked).days_report, build_scorecard(tasked).of_reports) == (5.0, 1)
    with tasked.write(changes_data=False) as cursor:
        cursor.execute(
            """UPDATE product SET content = '{"what": "Seen [report 1, line 1: 1BP]."}'"""
        ).fetchall()
    assert build_scorecard(tasked).days_report == 9.0


def test_a_kept_result_is_told_to_the_next_assessment(tasked):
    save_result(tasked, ACTOR, 1, {"arrests": 2, "seizures": 0}, "no detectable effect", {}, "")
    row = list_actions(tasked).iloc[0]
    assert describe_result(row.verdict, row.outputs) == "Result: no detectable effect; 2 arrests."
    assert describe_result(None, None) == ""
    progress = draft("tactical assessment", DraftMaterial([], actions=list_actions(tasked)), LAST)["progress"]
    assert "Result: no detectable effect; 2 arrests." in progress and "[action 1]" in progress


REASON = "18 incidents after, 62 before. There is no fair comparison. A similar place had 1.4."


def test_what_cannot_be_judged_says_why_wherever_it_is_read_and_counts_as_no_result(tasked):
    save_result(tasked, ACTOR, 1, {"arrests": 2}, UNJUDGED, {"why": REASON}, "")
    assert list_results(tasked).verdict_reason.tolist() == [REASON]
    row = list_actions(tasked).iloc[0]
    words = f"cannot be judged: {REASON.removesuffix('.')}"
    assert describe_result(row.verdict, row.outputs, row.verdict_reason) == f"Result: {words}; 2 arrests."
    progress = draft("tactical assessment", DraftMaterial([], actions=list_actions(tasked)), LAST)["progress"]
    assert words in progress
    card = build_scorecard(tasked)
    assert (card.measured, card.worked, card.no_effect, card.worse, card.unjudged) == (0, 0, 0, 0, 1)
    methods = build_method_record(tasked).iloc[0]
    assert (methods.fewer, methods.no_effect, methods.more, methods.unjudged) == (0, 0, 0, 1)
    save_result(tasked, ACTOR, 1, {}, FEWER, {"why": "10 against 20 expected."}, "")
    row = list_actions(tasked).iloc[0]
    assert describe_result(row.verdict, row.outputs, row.verdict_reason) == f"Result: {FEWER}."
    assert (build_scorecard(tasked).measured, build_scorecard(tasked).unjudged) == (1, 0)


def test_the_reason_of_a_result_saved_by_part_is_found(tasked):
    save_result(tasked, ACTOR, 1, {}, UNJUDGED, {"place": {"why": "of the place"}}, "")
    assert list_results(tasked).verdict_reason.tolist() == ["of the place"]
    save_result(tasked, ACTOR, 1, {}, UNJUDGED, {"network": {"why": "of the network"}}, "")
    assert list_actions(tasked).verdict_reason.tolist() == ["of the network"]
    save_result(tasked, ACTOR, 1, {}, UNJUDGED, {}, "")
    assert verdict_in_words(*list_actions(tasked)[["verdict", "verdict_reason"]].iloc[0]) == UNJUDGED
    assert verdict_in_words(None, None) == "not measured"


def _results_page():
    from ui.results.screen import show_results
    from ui.shell.page import begin

    show_results(begin("Did it work?"))


def _meeting_page():
    from ui.shell.page import begin
    from ui.tasking.meeting import show_meeting

    show_meeting(begin("Meeting"))


def _thin_other_places(store):
    """One in forty incidents left at the other places: nothing is like the tasked one."""
    with store.write() as cursor:
        cursor.execute(
            "DELETE FROM incident WHERE (abs(x - 500000) > 125 OR abs(y - 5000000) > 125)"
            " AND row_number % 40 > 0"
        ).fetchall()


def test_the_page_judges_by_the_places_own_history_where_no_place_is_like_it(tasked, monkeypatch):
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    monkeypatch.setattr("ui.shell.page.open_store", lambda: tasked)
    _thin_other_places(tasked)
    page = AppTest.from_function(_results_page, default_timeout=120).run()
    assert not page.exception and not page.warning
    shown = " ".join(item.value for item in (*page.caption, *page.markdown, *page.info, *page.success))
    assert "No similar place is comparable, so its own history is" in shown
    assert "No place is like this one" in shown
    assert "Displacement cannot be judged without comparable places." in shown
    assert "displacement difference (Poisson" not in shown and "similar places. Near" not in shown
    assert any("expected" in table.proto.column_order for table in page.dataframe)


def test_the_page_refuses_a_verdict_shows_no_figure_that_rests_on_it_and_saves_the_reason(
    tasked, monkeypatch
):
    """Nothing is like the tasked place, and its own history is too short to stand in."""
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)  # a test's page has no address
    monkeypatch.setattr("ui.shell.page.open_store", lambda: tasked)
    _thin_other_places(tasked)
    with tasked.write() as cursor:
        cursor.execute(
            "DELETE FROM incident WHERE local_date < (SELECT max(local_date) FROM incident) - 190"
        ).fetchall()
    page = AppTest.from_function(_results_page, default_timeout=120).run()
    assert not page.exception
    (said,) = (item.value for item in page.warning)
    assert said.startswith("**Cannot be judged** at Kiln Row") and "There is no fair comparison" in said
    assert not page.error and not page.success
    shown = " ".join(item.value for item in (*page.caption, *page.markdown, *page.warning))
    for figure in ("displacement difference (Poisson", "quotient", "Expected: ", "Joint p", "made things"):
        assert figure not in shown
    assert not any({"expected", "change", "p"} & set(table.proto.column_order) for table in page.dataframe)
    next(button for button in page.button if button.label == "Save result").click().run()
    saved = list_results(tasked).iloc[0]
    assert saved.verdict == UNJUDGED and "There is no fair comparison" in saved.verdict_reason
    again = AppTest.from_function(_results_page, default_timeout=120).run()
    assert any("Saved verdict\\: cannot be judged\\: " in item.value for item in again.caption)
    with tasked.write(changes_data=False) as cursor:
        cursor.execute(
            "INSERT INTO meeting (chair, present, hours_available, opened_by, opened_at)"
            " VALUES ('x', 'y', 1, 'x', now())"
        ).fetchall()
    meeting = AppTest.from_function(_meeting_page, default_timeout=120).run()
    assert not meeting.exception
    assert any(
        "verdict" in table.value and table.value.verdict[0].startswith("cannot be judged: ")
        for table in meeting.dataframe
    )


def test_the_command_writes_a_row_an_action(tasked, tmp_path):
    path = tasked.path
    tasked.close()
    out = tmp_path / "results.csv"
    done = CliRunner().invoke(results, ["--store", str(path), "--out", str(out)])
    assert done.exit_code == 0, done.output
    table = pd.read_csv(out)
    assert "1 action written" in done.output and "1 with a verdict" in done.output
    row = table.iloc[0]
    assert row.verdict in JUDGED and row.basis == "similar places" and row.controls >= 20
    assert row.low <= row.difference <= row.high and 0 < row.p <= 1
    assert row.before > 0 and row.expected_recent > 0 and pd.isna(row.why_none)
    refused = CliRunner().invoke(results, ["--store", str(path), "--out", "results.txt"])
    assert refused.exit_code != 0 and "must end in .csv" in refused.output


def test_the_commands_row_holds_the_figures_of_the_page(tasked, tmp_path, monkeypatch):
    monkeypatch.setattr("ui.shell.page.find_actor", single_user)
    monkeypatch.setattr("ui.shell.page.open_store", lambda: tasked)
    page = AppTest.from_function(_results_page, default_timeout=120).run()
    assert not page.exception
    (banner,) = (item.value.replace("\\", "") for item in (*page.success, *page.error, *page.info))
    (shown,) = (item.value for item in page.dataframe if "baseline" in item.value)
    (measure_line,) = (text.value for text in page.caption if "displacement difference" in text.value)
    path = tasked.path
    tasked.close()
    out = tmp_path / "results.csv"
    done = CliRunner().invoke(results, ["--store", str(path), "--out", str(out)])
    assert done.exit_code == 0, done.output
    (row,) = pd.read_csv(out).itertuples()
    assert banner.startswith(f"**{row.verdict.capitalize()}** at {row.about}.")
    assert row.why in banner
    table = shown.set_index("baseline")
    for column, baseline in (("expected_recent", "recent"), ("expected_long_run", "long-run")):
        assert getattr(row, column) == pytest.approx(table.expected[baseline])
    assert (row.before, row.after) == (table.before["recent"], table.after["recent"])
    assert f"Place {row.difference:+.1f} ({row.low:+.1f} to {row.high:+.1f});" in measure_line
    assert f"Joint p = {row.p:.3f}" in banner
