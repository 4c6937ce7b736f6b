"""Concentration: counted against a plain count, empty places included, nobody named."""

from datetime import date

import numpy as np
import pytest

from analytics.hotspots.refusal import TooFewData
from analytics.oversight.exercise import EXERCISE, mark_of_sources
from analytics.tasking.concentration import WHAT, measure_concentration
from tests.sources import insert_source_row


@pytest.fixture
def filled_store(store):
    """Fifty squares, of which square n has n incidents this year; one had its own two years ago; adverts and
    payments."""
    with store.write() as cursor:
        cursor.execute("INSERT INTO area (name, epsg, time_zone) VALUES ('Grid', 32630, 'UTC')").fetchall()
        for number, kind in ((1, "incident"), (2, "advert"), (3, "transaction")):
            insert_source_row(cursor, number, kind, area_id=1)
        squares = np.repeat(np.arange(1, 51), np.arange(1, 51)).tolist()
        rows = [(n, date(2026, 5, 1)) for n in squares] + [(60, date(2024, 5, 1))]
        cursor.execute(
            "INSERT INTO incident (source_id, row_number, area_id, category, occurred_from, occurred_to,"
            " time_precision, local_date, place,"
            " lon, lat, x, y, harm_weight) SELECT 1, 1 + row_number() OVER (), 1, 'Theft', day, day, 'day',"
            " day, 'Place ' || n, -7.48866 + 0.002240 * n, 0.00008, n * 250 + 9, 9,"
            " n FROM (SELECT unnest(?::INTEGER[]) AS n, unnest(?::DATE[]) AS day)",
            [[n for n, _ in rows], [day for _, day in rows]],
        ).fetchall()
        cursor.execute(
            "INSERT INTO advert (source_id, row_number, posted_at) SELECT 2, 2 + i, '2026-05-01'"
            " FROM range(60) t(i)"
        ).fetchall()
        cursor.execute("INSERT INTO campaign_advert SELECT 4, 2, 2 + i, 1 FROM range(30) t(i)").fetchall()
        cursor.execute("INSERT INTO operation_advert SELECT 9, 2, 2 + i FROM range(20) t(i)").fetchall()
        cursor.execute(
            'INSERT INTO "transaction" (source_id, row_number, occurred_at, from_account, to_account,'
            " amount_minor, currency)"
            " SELECT 3, 2 + i, '2026-05-01', 'payer', 'ACC' || i, 100, 'GBP' FROM range(40) t(i)"
        ).fetchall()
    return store


def test_half_of_crime_lies_with_the_squares_that_a_plain_count_gives(filled_store):
    found = measure_concentration(filled_store, "Crime by place")
    counts = np.sort(np.append(np.arange(1, 51), 0))[::-1]
    few = int(np.searchsorted(np.cumsum(counts), counts.sum() / 2)) + 1
    assert (len(found.figures.smallest), found.total) == (
        few,
        51,
    )  # the square that is empty this year is one
    assert found.top.label.tolist()[:2] == ["Place 50", "Place 49"] and found.top.value[0] == "50"
    assert found.top.together[1] == pytest.approx(99 / 1275)
    n, ranks = len(counts), np.arange(1, len(counts) + 1)
    assert found.figures.gini == pytest.approx(
        (2 * (ranks * counts[::-1]).sum() / (n * counts.sum())) - (n + 1) / n
    )
    assert (found.figures.curve.low <= found.figures.curve.share + 1e-9).all() and found.first == date(
        2025, 5, 3
    )


def test_harm_adverts_and_money_are_summed_by_their_own_units(filled_store):
    harm = measure_concentration(filled_store, "Harm by place")
    assert harm.top.share[0] == pytest.approx(50**2 / sum(n**2 for n in range(1, 51)))
    adverts = measure_concentration(filled_store, "Adverts by campaign")
    assert adverts.top.label.tolist()[:2] == ["operation 9", "campaign 4"] and adverts.top.value.tolist()[
        :3
    ] == ["20", "10", "1"]
    assert adverts.total == 2 + 30
    money = measure_concentration(filled_store, "Money by account")
    assert (money.top.label[0], money.top.share[0], money.top.kind[0]) == ("payer", 0.5, "account")
    assert money.measure == "GBP in and out" and money.top.value[0] == "40.00"


def test_a_community_of_accounts_counts_as_one_and_a_payment_within_it_once(filled_store):
    with filled_store.write() as cursor:
        cursor.execute('DELETE FROM "transaction"').fetchall()
        cursor.execute(
            'INSERT INTO "transaction" (source_id, row_number, occurred_at, from_account, to_account,'
            " amount_minor, currency)"
            " SELECT 3, 2 + i, '2026-05-01', 'ring' || (i % 4), 'ring' || ((i + 1) % 4), 100, 'GBP'"
            " FROM range(40) t(i)"
            " UNION ALL SELECT 3, 100 + i, '2026-05-01', 'one' || i, 'two' || i, 50, 'GBP'"
            " FROM range(20) t(i)"
        ).fetchall()
    money = measure_concentration(filled_store, "Money by structure")
    assert (money.top.label[0], money.top.value[0], money.top.kind[0]) == (
        "community 1, 4 accounts",
        "40.00",
        "",
    )
    assert money.total == 1 + 40 and set(money.top.kind[1:]) == {"account"}
    assert money.top.share[0] == pytest.approx(4000 / (4000 + 40 * 50))


def test_only_the_sources_of_its_own_rows_stand_behind_a_figure(filled_store):
    with filled_store.write() as cursor:
        cursor.execute("UPDATE source SET is_scenario = (source_id = 2)").fetchall()
    marks = {
        what: mark_of_sources(filled_store, sources=measure_concentration(filled_store, what).sources)
        for what in ("Crime by place", "Harm by place", "Adverts by campaign", "Money by account")
    }
    assert list(marks.values()) == ["", "", EXERCISE, ""]


@pytest.mark.parametrize("what", WHAT)
def test_an_empty_store_says_what_is_missing(store, what):
    with pytest.raises(TooFewData, match="in the store|harm"):
        measure_concentration(store, what)
