"""The innocent background: payments by the calendar, and nothing in it that gives a planted row away."""

import numpy as np
import pyarrow.parquet as pq

from tests.training.city_files import read_payments


def test_no_single_value_gives_the_planted_payments_away(city_files):
    rows = pq.read_table(city_files / "transactions.parquet").to_pandas()
    labels = pq.read_table(city_files / "truth/rows.parquet").to_pandas()
    planted = rows.reference.isin(labels.reference[labels.table == "transactions"])
    for column in ("channel", "note", "country", "merchant_category", "place", "currency"):
        share = planted.groupby(rows[column].fillna("none")).mean()
        assert share.max() < 0.5, column


def test_wages_and_rent_are_paid_by_the_calendar(city_files):
    rows = read_payments(city_files)
    local = rows.occurred_at.dt.tz_localize("UTC").dt.tz_convert("Europe/London")
    rows = rows.assign(month=local.dt.strftime("%Y-%m"), weekday=local.dt.day_of_week, day=local.dt.day)
    kinds = pq.read_table(city_files / "accounts.parquet").to_pandas().set_index("reference").kind
    rent = rows[(rows.to_account.map(kinds) == "landlord") & rows.planted.isna()]
    series = rent.groupby("from_account")
    complete = [group for _, group in series if group.month.nunique() == 24]
    assert len(complete) >= 50
    for group in complete:
        assert len(group) == 24 and group.amount_minor.nunique() == 1 and (group.weekday < 5).all()
        assert np.ptp(group.day) <= 3
    wages = rows[(rows.from_account.map(kinds) == "business") & rows.planted.isna()]
    paid = [g for _, g in wages.groupby(["from_account", "to_account"]) if g.month.nunique() == 24]
    assert len(paid) >= 60
    for group in paid[:60]:
        assert (group.weekday < 5).mean() > 0.9 and group.amount_minor.std() < 0.1 * group.amount_minor.mean()


def test_a_disguised_number_or_a_phrase_alone_gives_no_advert_away(city_files):
    rows = pq.read_table(city_files / "adverts.parquet").to_pandas()
    labels = pq.read_table(city_files / "truth/rows.parquet").to_pandas()
    planted = rows.reference.isin(labels.reference[labels.table == "adverts"])
    disguised = ~rows.body.str.contains("Contact (?:0[0-9]+ [0-9]|member)")
    assert planted.sum() > 100 and disguised.sum() > 300
    assert planted[disguised].mean() < 0.5 and planted[~disguised].any()
    assert planted.groupby(rows.title).mean().max() < 0.5
    assert planted.groupby(rows.contact.isna()).mean().max() < 0.5
    assert rows.body.nunique() > 1000
