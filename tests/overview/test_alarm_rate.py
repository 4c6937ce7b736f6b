"""The rate of false alarms that is chosen on Today is the one that decides which categories are out of their
band."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from analytics.overview.latest_change import ChangeParameters, compare_latest
from analytics.store.engine import DuckDBEngine
from tests.sources import insert_source_row
from ui.overview.background import ALARM_RATES


def test_the_first_rate_is_one_a_month_and_each_is_higher_than_the_one_before():
    rates = list(ALARM_RATES.values())
    assert rates[0] == ChangeParameters().false_alarms == 1 and rates == sorted(rates)


def test_a_higher_rate_of_false_alarms_calls_at_least_as_many(store):
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('Town', 32630, 'UTC')").fetchall()
        insert_source_row(cursor, 1, "incident", area_id=1)
        rng, rows = np.random.default_rng(5), []
        for kind in range(6):
            for week in range(60):
                rate = 10 * (1 + 0.25 * kind * (week >= 57))
                rows += [(f"kind {kind}", date(2024, 1, 1) + timedelta(7 * week))] * int(rng.poisson(rate))
        cursor.register(
            "made", pa.table({"category": [row[0] for row in rows], "day": [row[1] for row in rows]})
        )
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " time_precision, local_date) SELECT 1, 1 + row_number() OVER (), 1, category, day, day, 'day',"
            " day FROM made"
        ).fetchall()
    called = []
    for rate in ALARM_RATES.values():
        change = compare_latest(DuckDBEngine(store), 1, ChangeParameters(false_alarms=rate))
        assert change.false_alarms == rate
        called.append(int((change.table.unusual == "more").sum()))
    assert called == sorted(called) and called[-1] > 0


def _choose_rate():
    import streamlit as st

    from ui.overview.background import chosen_rate

    st.text(chosen_rate())


@pytest.mark.parametrize(
    ("asked", "rate"), [("a hundred a day", "one a month"), ("one a week", "one a week")]
)
def test_a_link_that_names_no_rate_gets_the_first(asked, rate):
    page = AppTest.from_function(_choose_rate)
    page.query_params["alarms"] = asked
    assert page.run().text[0].value == rate
