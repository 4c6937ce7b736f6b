"""Time passes in the invented city: more of the same, and at a tasked place what the truth says."""

import json
import shutil
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pandas as pd
import pytest

from analytics.ingest import remove_source
from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding, save_finding
from analytics.oversight import Actor
from analytics.store import Store
from analytics.tasking.actions import list_actions
from analytics.tasking.products import record_decision, save_product
from analytics.tasking.results import measure_structure
from analytics.training import generate, load
from analytics.training.advance import advance
from analytics.training.settings import read_settings
from tests.tasking.factories import tasked_action
from tests.training.squares import task_square

ACTOR = Actor("trainer")
LAST = read_settings()["period"]["last_day"]
TODAY = LAST + timedelta(days=7)


@pytest.fixture(scope="module")
def tasked_city(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("tasked")
    store = Store(folder / "city.duckdb")
    _task_the_busiest(store, folder)
    store.close()
    return folder / "city.duckdb"


@pytest.fixture
def tasked(tasked_city, tmp_path):
    """A city in which the eight busiest squares were tasked on its last day; a copy for each test."""
    opened = Store(shutil.copy(tasked_city, tmp_path / "tasked.duckdb"))
    yield opened
    opened.close()


def _task_the_busiest(store: Store, folder: Path) -> None:
    generate(3, 0.33, folder / "city")
    load(store, folder / "city", ACTOR)
    busiest = store.rows(
        "SELECT round(x / 500) * 500 AS x, round(y / 500) * 500 AS y, count(*) AS n FROM incident"
        " GROUP BY ALL ORDER BY n DESC LIMIT 8"
    )
    for at, row in enumerate(busiest, 1):
        task_square(store, ACTOR, f"Square {at}", row["x"], row["y"], 250, LAST)
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "UPDATE decision SET decided_at = ?", [datetime.combine(LAST, datetime.min.time())]
        ).fetchall()


def test_four_weeks_pass_as_the_truth_says(tasked, tmp_path):
    store = tasked
    last = advance(store, ACTOR, 28, 3, 0.33, tmp_path / "next", today=TODAY)
    assert last == TODAY + timedelta(days=28)
    days = store.query(
        "SELECT local_date, count(*) AS n FROM incident WHERE local_date > ? GROUP BY ALL"
        " ORDER BY local_date",
        [LAST],
    ).to_pandas()
    assert (
        pd.to_datetime(days.local_date).max() <= pd.Timestamp(last) + pd.Timedelta(days=1) and len(days) >= 34
    )
    rate = store.rows("SELECT count(*) / 730 AS rate FROM incident WHERE local_date <= ?", [LAST])[0]["rate"]
    assert days.n.mean() == pytest.approx(rate, rel=0.25)
    effects = json.loads((tmp_path / "next/truth" / f"effects-to-{last}.json").read_text())
    assert len(effects) == 8 and {e["left"] for e in effects} > {1.0}  # some do nothing, some do
    assert all(e["removed_rows"] == e["moved_rows"] == 0 for e in effects if e["left"] == 1.0)
    done = [e for e in effects if e["left"] < 1]
    assert sum(e["removed_rows"] for e in done) > 0
    assert not store.rows("SELECT reference FROM incident GROUP BY reference HAVING count(*) > 1")


def test_a_tasked_network_of_adverts_adapts_as_the_truth_says(tasked, tmp_path):
    store = tasked
    numbers = store.rows(
        "SELECT contact, count(*) AS n FROM advert WHERE contact IS NOT NULL AND posted_at > ? GROUP BY ALL"
        " ORDER BY n DESC, contact LIMIT 8",
        [LAST - timedelta(days=364)],
    )
    for row in numbers:
        finding = Finding("Adverts", "x", "x", {}, 1, None, None, None, read_result({}), "low", "x", "x")
        evidence = store.query(
            "SELECT 'advert' AS table_name, source_id, row_number FROM advert WHERE contact = ?",
            [row["contact"]],
        )
        number = save_finding(store, ACTOR, finding, evidence)
        brief, _ = save_product(store, ACTOR, "brief", "Adverts", {}, [number])
        record_decision(store, ACTOR, brief, 1, "adopted", "x", "y", action=tasked_action("Visit", "z", LAST))
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "UPDATE decision SET decided_at = ?", [datetime.combine(LAST, datetime.min.time())]
        ).fetchall()
    before = store.rows(
        "SELECT count(*) AS n FROM advert WHERE posted_at >= ?", [LAST - timedelta(days=363)]
    )[0]["n"]
    last = advance(store, ACTOR, 84, 3, 0.33, tmp_path / "next", today=LAST)
    planted = json.loads((tmp_path / "next/truth" / f"adaptations-to-{last}.json").read_text())
    new = store.query("SELECT * FROM advert WHERE posted_at::DATE > ?", [LAST]).to_pandas()
    assert len(new) == pytest.approx(before / 364 * 84 - sum(a["removed_rows"] for a in planted), rel=0.25)
    assert {a["left"] for a in planted} >= {1.0} and len({a["left"] for a in planted}) > 1
    for adaptation, row in zip(planted, numbers, strict=False):
        if adaptation["left"] == 1:
            assert adaptation["removed_rows"] == 0 and adaptation["new_number"] is None
        else:
            assert row["contact"] not in set(new.contact) and adaptation["removed_rows"] > 0
    assert not store.rows("SELECT reference FROM advert GROUP BY reference HAVING count(*) > 1")


def test_tasked_accounts_adapt_as_the_truth_says_and_results_tells_which(tasked, tmp_path):
    store, rings = tasked, range(8)
    _pay_every_week(store, 24)
    actions = {}
    for ring in rings:
        finding = Finding("Money", "x", "x", {}, 1, None, None, None, read_result({}), "low", "x", "x")
        evidence = store.query(
            "SELECT 'transaction' AS table_name, source_id, row_number FROM \"transaction\""
            " WHERE to_account = ?",
            [f"HUB-{ring}"],
        )
        number = save_finding(store, ACTOR, finding, evidence)
        brief, _ = save_product(store, ACTOR, "brief", "Money", {}, [number])
        record_decision(store, ACTOR, brief, 1, "adopted", "x", "y", action=tasked_action("Visit", "z", LAST))
        actions[int(list_actions(store).action_id.max())] = ring
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "UPDATE decision SET decided_at = ?", [datetime.combine(LAST + timedelta(days=1), time())]
        ).fetchall()
    before = _payments(store, LAST - timedelta(days=364), LAST - timedelta(days=364 - 84))
    last = advance(store, ACTOR, 84, 3, 0.33, tmp_path / "next", today=LAST)
    planted = json.loads((tmp_path / "next/truth" / f"money-adaptations-to-{last}.json").read_text())
    new = _payments(store, LAST, last)
    assert len(new) == len(before) - sum(a["removed_rows"] for a in planted)
    assert {a["action_id"] for a in planted} == set(actions) and len({a["left"] for a in planted}) == 3
    for adaptation in planted:
        hub = f"HUB-{actions[adaptation['action_id']]}"
        _, change = measure_structure(store, adaptation["action_id"])
        if adaptation["left"] == 1:
            assert adaptation["removed_rows"] == 0 and adaptation["new_account"] is None
            assert _days(new, hub) == [day + timedelta(days=364) for day in _days(before, hub)]
            assert change.verdict == "no detectable effect"
        else:
            assert adaptation["gone_account"] == hub and not _days(new, hub)
            values = change.values.set_index("value")
            assert values.status[hub] == "gone" and values.status[adaptation["new_account"]] == "new"
            assert values.replaced_by[hub] == adaptation["new_account"]
            assert change.verdict == "fewer than expected"
    assert not store.rows('SELECT reference FROM "transaction" GROUP BY reference HAVING count(*) > 1')


def _pay_every_week(store: Store, rings: int) -> None:
    """Rings of five who pay a hub once a week, all the time: each on a weekday of his own."""
    source = store.rows("SELECT source_id FROM source WHERE kind = 'transaction'")[0]["source_id"]
    with store.write() as cursor:
        cursor.execute(
            'INSERT INTO "transaction" BY NAME SELECT $source::INTEGER AS source_id, 1000000 + row_number()'
            " OVER () AS row_number,"
            " 'TX-' || ring || '-' || payer || '-' || week AS reference, $last::DATE - (7 * week + "
            "payer)::INTEGER + TIME '12:00' AS occurred_at,"
            " 'PAYER-' || ring || '-' || payer AS from_account, 'HUB-' || ring AS to_account, 20000 AS "
            "amount_minor,"
            " 'GBP' AS currency, 'transfer' AS channel"
            " FROM range($rings) r(ring), range(5) p(payer), range(103) w(week)",
            {"source": source, "last": LAST, "rings": rings},
        ).fetchall()


def _payments(store: Store, after: date, until: date) -> pd.DataFrame:
    return store.query(
        'SELECT occurred_at::DATE AS day, from_account, to_account FROM "transaction"'
        " WHERE occurred_at::DATE > ? AND occurred_at::DATE <= ?",
        [after, until],
    ).to_pandas()


def _days(payments: pd.DataFrame, account: str) -> list:
    return sorted(payments[(payments.from_account == account) | (payments.to_account == account)].day)


def test_the_same_seed_lets_the_same_happen(tasked, tmp_path):
    store, last = tasked, LAST + timedelta(days=5)
    before = store.rows("SELECT max(source_id) AS id FROM source")[0]["id"]
    advance(store, ACTOR, 5, 3, 0.33, tmp_path / "a", today=date(2026, 1, 1))
    for source in store.rows("SELECT source_id FROM source WHERE source_id > ?", [before]):
        remove_source(store, ACTOR, source["source_id"], "again")
    advance(store, ACTOR, 5, 3, 0.33, tmp_path / "b", today=date(2026, 1, 1))
    for table in ("incidents", "adverts", "transactions"):
        name = f"{table}-to-{last}.parquet"
        assert (tmp_path / "b" / name).read_bytes() == (tmp_path / "a" / name).read_bytes()


def test_a_store_without_a_scenario_is_refused(store, tmp_path):
    with pytest.raises(ValueError, match="no scenario"):
        advance(store, ACTOR, 28, 1, 1, tmp_path)
