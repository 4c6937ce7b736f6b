"""Leads: a planted pattern comes first, explained, the same whatever the order of the rows."""

import random
from datetime import timedelta

import pandas as pd
import pytest

from analytics.finance.leads import find_leads, find_leads_by_block
from analytics.shared.progress import Cancelled
from tests.finance.ledgers import START, engine, row, table
from tests.finance.planted_leads import everyday, planted


@pytest.fixture(scope="module")
def found():
    return find_leads(table(everyday() + planted()), engine=engine())


def test_the_planted_pattern_comes_first_with_its_transactions_in_order(found):
    first = found.leads.iloc[0]
    assert (first.typology, first.account, first.transactions) == ("scatter-gather", "SOURCE", 12)
    assert "SOURCE paid 6 accounts new to it" in first.reason and "SINK" in first.reason
    rows = found.evidence[found.evidence.lead_id == first.lead_id]
    assert rows.row_number.tolist() == list(range(1502, 1514)) and rows.position.tolist() == list(
        range(1, 13)
    )
    assert rows.occurred_at.is_monotonic_increasing
    assert set(rows.from_role) == {"source", "middleman"} and set(rows.to_role) == {"middleman", "sink"}


def test_overlapping_results_are_one_lead(found):
    first = found.leads.iloc[0]
    seen = {"fan-in", "fan-out", "bipartite", "relayed scatter-gather", "slow fan-in", "slow fan-out"}
    assert set(first["also"].split(", ")) <= seen and first["also"]
    again = found.evidence[found.evidence.row_number >= 1502].groupby("lead_id").size()
    assert again.loc[first.lead_id] == 12


def test_scores_fall_with_rank_and_shares_are_shares(found):
    assert found.leads["rank"].tolist() == list(range(1, len(found.leads) + 1))
    assert found.leads.score.is_monotonic_decreasing and found.leads.by_chance.between(0, 1).all()
    assert found.leads.lead_id.is_unique


def test_the_order_of_the_rows_changes_nothing(found):
    rows = [{"row_number": at, **entry} for at, entry in enumerate(everyday() + planted(), 2)]
    random.Random(7).shuffle(rows)
    again = find_leads(table(rows), engine=engine())
    pd.testing.assert_frame_equal(found.leads, again.leads)
    pd.testing.assert_frame_equal(found.evidence, again.evidence)
    pd.testing.assert_frame_equal(found.roles, again.roles)


def test_block_by_block_gives_the_same_leads(found):
    leads, _ = find_leads_by_block(table(everyday() + planted()), engine=engine())
    pd.testing.assert_frame_equal(leads.leads, found.leads)
    pd.testing.assert_frame_equal(leads.evidence, found.evidence)


def test_what_was_searched_for_and_left_out_is_reported(found):
    off = found.tried.set_index("typology").off.dropna()
    assert off["funnel account"] == "The data have no places."
    assert off["third-party control"] == "The data have no holders' phones (an accounts file)."
    counts = found.tried[found.tried.off.isna()]
    assert (
        counts.results == counts.leads + counts.joined + counts.not_shown
    ).all() and counts.results.sum() > 0
    left = found.left_out.set_index("what").transactions
    assert left["paid to or by a hub: never part of a path"] > 500  # the shop
    assert not (found.evidence.to_account == "SHOP").any()


def test_nothing_in_nothing_out():
    empty = find_leads(table([]), engine=engine())
    assert len(empty.leads) == len(empty.evidence) == len(empty.roles) == 0
    assert list(empty.leads.columns)[:4] == ["lead_id", "rank", "typology", "score"]


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="lack from_account"):
        find_leads(table(planted()).drop_columns(["from_account"]), engine=engine())


def test_it_reports_progress_and_can_be_cancelled():
    steps = []
    find_leads(table(planted()), engine=engine(), progress=lambda step, share: steps.append((share, step)))
    assert [share for share, _ in steps] == sorted(share for share, _ in steps) and steps[-1][1] == "ranking"
    with pytest.raises(Cancelled):
        find_leads(table(planted()), engine=engine(), cancelled=lambda: True)


@pytest.mark.parametrize(
    "rows",
    [
        [row(0, "A", "B")],
        [row(0, "A", "A", amount) for amount in (None, -5, 7)],
        [row(0, f"A{k % 9}", f"B{k % 7}", None, None) for k in range(60)],  # all at one moment
        [row(5 * k, "A", f"B{k % 3}") for k in range(14)],  # three days
        [row(24 * 365 * 6, "A", "B"), row(0, "B", "A")],  # six years, and nothing between
        [row(k, None if k % 2 else "A", "A" if k % 2 else None) for k in range(40)],
        [row(None, "A", "B")],
    ],
)
def test_very_short_very_long_and_very_poor_data(rows):
    leads = find_leads(table(rows), engine=engine())
    by_block, _ = find_leads_by_block(table(rows), engine=engine())
    pd.testing.assert_frame_equal(leads.leads, by_block.leads)
    assert leads.leads.by_chance.between(0, 1).all() and set(leads.evidence.lead_id) == set(
        leads.leads.lead_id
    )
    short = max(r["occurred_at"] or START for r in rows) - START < timedelta(days=35)
    assert any("everybody is new to everybody" in note for note in leads.notes) == short
