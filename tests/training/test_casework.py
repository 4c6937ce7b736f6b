"""The invented unit's work: made by the product's own functions, dated in its own year, with what was planted
written down."""

import json
import re
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from analytics.intelligence.finding_places import locate_findings
from analytics.intelligence.findings import list_findings
from analytics.oversight import verify
from analytics.store import Store, now, pretend, true_now
from analytics.tasking.action_places import locate_actions
from analytics.tasking.actions import list_actions
from analytics.tasking.meeting import list_agenda, list_meetings
from analytics.tasking.products import load_product
from analytics.training.cli import scenario


@pytest.fixture(scope="module")
def worked(casework, tmp_path_factory):
    store = Store(shutil.copy(casework / "store.duckdb", tmp_path_factory.mktemp("casework")))
    yield store, casework / "city"
    store.close()


def test_the_cycle_is_filled_from_finding_to_result(worked):
    store, city = worked
    findings, actions = list_findings(store), list_actions(store)
    assert len(findings) == 8 and findings.method.nunique() >= 4
    assert len(actions) == 3 and not actions.overdue.any()
    assert actions.set_index("action_id").verdict.notna().to_dict() == {1: True, 2: True, 3: False}
    assert len(list_agenda(store)) == 5 and not list_agenda(store).priority.isna().any()
    assert len(store.rows("SELECT 1 FROM report_link WHERE relation = 'contradicts'")) == 1
    planted = json.loads((city / "truth/casework.json").read_text())
    assert [effect["left"] for effect in planted] == [0.3, 1.0]
    assert planted[0]["removed_rows"] > 0 == planted[1]["removed_rows"]


def test_no_brief_waits_for_what_nobody_wrote(worked):
    store, _ = worked
    from analytics.tasking.brief import Brief

    for number in list_agenda(store).product_id:
        assert Brief(**load_product(store, int(number))["content"]).open_items() == []


def test_nothing_that_people_read_holds_the_code_of_a_cell(worked):
    store, _ = worked
    for table in ("finding", "hotspot", "product", "action", "result"):
        for row in store.rows(f"SELECT * FROM {table}"):
            row.pop("recipe", None)  # how it is run again, which nobody is shown
            assert not re.search(r"x-?\d+y-?\d+", str(row))


def test_findings_and_actions_are_where_their_places_are(worked):
    store, _ = worked
    findings, actions = locate_findings(store, 1), locate_actions(store, 1)
    (area,) = store.rows("SELECT min(lon) AS west, max(lon) AS east FROM incident")
    assert findings.finding_id.tolist()[:3] == [1, 2, 3] and len(actions) == 3
    assert findings.lon.between(area["west"], area["east"]).all() and actions.lon.isin(findings.lon).all()


def test_decisions_are_of_the_citys_year_and_the_audit_trail_of_today(worked):
    store, _ = worked
    today, meeting = list_meetings(store)
    assert meeting.opened_at.date() == date(2026, 8, 3) and meeting.closed_at is not None
    assert today.opened_at.date() == date(2026, 10, 31) and today.closed_at is None
    (written,) = store.rows("SELECT min(recorded_at) AS first FROM audit")
    assert true_now() - written["first"] < timedelta(hours=1) and verify(store)[2] is None


def test_the_moment_that_is_pretended_ends_with_its_block():
    then = datetime(2020, 2, 29, 9)
    with pretend(then):
        assert now() == then != true_now()
    assert abs(now() - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)


def test_invented_work_is_refused_where_there_is_data(worked):
    store, _ = worked
    store.close()
    arguments = ["--load", "--casework", "--store", str(store.path)]
    ran = CliRunner().invoke(scenario, arguments)
    assert ran.exit_code == 1 and "empty store only" in ran.output
