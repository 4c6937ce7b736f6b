"""Leads: a planted pattern comes first, explained, the same whatever the order of the rows."""

import random
import sys
from datetime import timedelta

import pandas as pd
import pytest
from click.testing import CliRunner

from analytics.cli import cli
from analytics.finance.leads import Leads, find_leads, find_leads_by_block
from analytics.finance.stored_leads import find_stored_leads
from analytics.finance.typologies.detectors import fan
from analytics.finance.typologies.parameters import read_parameters
from analytics.ingest.sources import remove_source
from analytics.oversight import Actor
from analytics.shared.progress import Cancelled
from analytics.store import close_store, open_store
from tests.finance.ledgers import START, engine, row, table

SCATTERED = [f"M{k}" for k in range(6)]


def everyday(seed: int = 1, accounts: int = 150, payments: int = 1500) -> list[dict]:
    """People who pay their own few contacts, and a shop that everybody pays, over forty days."""
    chance = random.Random(seed)
    contacts = {f"P{k}": [f"P{chance.randrange(accounts)}" for _ in range(4)] for k in range(accounts)}
    rows = []
    for _ in range(payments):
        payer = f"P{chance.randrange(accounts)}"
        payee = "SHOP" if chance.random() < 0.5 else chance.choice(contacts[payer])
        rows.append(row(chance.uniform(0, 960), payer, payee, chance.randrange(100, 20_000), "GBP", "card"))
    return rows


def planted() -> list[dict]:
    """A source pays six middlemen, who pay a sink: the transactions come back in this order."""
    out = [row(500 + k, "SOURCE", who) for k, who in enumerate(SCATTERED)]
    return out + [row(520 + k, who, "SINK") for k, who in enumerate(SCATTERED)]


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
    assert set(first["also"].split(", ")) <= {"fan-in", "fan-out", "bipartite"} and first["also"]
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


def test_what_was_tried_and_left_out_is_said(found):
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


def test_the_command_writes_a_row_for_each_end_of_each_transaction(tmp_path):
    path = tmp_path / "store.duckdb"
    store = open_store(path)
    rows = table(everyday() + planted())
    with store.write() as cursor:
        cursor.register("given", rows)
        cursor.execute(
            "INSERT INTO \"transaction\" BY NAME SELECT *, 'T' || row_number AS reference FROM given"
        )
    out = tmp_path / "leads.csv"
    result = CliRunner().invoke(cli, ["finance", "--store", str(path), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert out.read_bytes().startswith(b"lead_id,"), "no mark before the first column"
    frame = pd.read_csv(out)
    assert list(frame) == [
        "lead_id",
        "rank",
        "typology",
        "score",
        "account_id",
        "role",
        "transaction_id",
        "reason",
    ]
    first = frame[frame["rank"] == 1]
    assert first.transaction_id.tolist() == [f"T{k}" for k in range(1502, 1514) for _ in range(2)]
    assert first.account_id.tolist()[:4] == ["SOURCE", "M0", "SOURCE", "M1"]
    assert first.role.tolist()[:2] == ["source", "middleman"]
    assert "funnel account: off." in result.output and read_parameters().version in result.output
    assert store.rows("SELECT act FROM audit ORDER BY sequence DESC LIMIT 1") == [{"act": "export leads"}]
    close_store(path)


def test_the_command_says_when_there_is_nothing(tmp_path):
    path = tmp_path / "store.duckdb"
    result = CliRunner().invoke(cli, ["finance", "--store", str(path), "--out", str(tmp_path / "leads.csv")])
    assert result.exit_code == 1 and "no transactions" in result.output
    close_store(path)


def put(store, rows: list[dict], source: int = 1) -> None:
    with store.write() as cursor:
        cursor.register("given", table([{"source_id": source, **entry} for entry in rows]))
        cursor.execute('INSERT INTO "transaction" BY NAME FROM given')


def test_a_store_keeps_what_was_found_and_searches_only_what_changed(tmp_path):
    path = tmp_path / "store.duckdb"
    store = open_store(path)

    def search(parameters=None) -> tuple[Leads, list[str]]:
        steps: list[str] = []
        rows = store.query('SELECT * FROM "transaction"')
        leads = find_stored_leads(store, rows, parameters, progress=lambda step, _: steps.append(step))
        return leads, steps

    def assert_as_the_whole(leads: Leads, parameters=None) -> None:
        whole = find_leads(store.query('SELECT * FROM "transaction"'), parameters, engine=engine())
        for name in ("leads", "evidence", "roles", "tried", "left_out"):
            pd.testing.assert_frame_equal(getattr(leads, name), getattr(whole, name))

    put(store, everyday() + planted())
    put(store, [row(24 * day, "P1", "P2") for day in range(60, 400)], source=2)
    version = store.data_version()
    leads, steps = search()
    assert "cycle" in steps and "fan-in" in steps
    assert_as_the_whole(leads)
    again, steps = search()
    assert steps == ["reading the transactions", "ranking"]  # nothing was searched
    pd.testing.assert_frame_equal(again.evidence, leads.evidence)
    assert store.data_version() == version  # what is kept is nobody's data
    put(
        store,
        [{**entry, "occurred_at": entry["occurred_at"] + timedelta(days=400)} for entry in planted()],
        source=3,
    )
    grown, steps = search()
    assert steps.count("cycle") == 1 and len(grown.leads) > len(leads.leads)
    assert_as_the_whole(grown)
    remove_source(store, Actor("A"), 3, "test")
    assert not store.rows("SELECT * FROM lead_result WHERE source_id = 3")  # its accounts are gone at once
    assert_as_the_whole(search()[0])
    other = read_parameters().replace(fan.FAN_IN, min_counterparties=6)
    assert_as_the_whole(search(other)[0], other)
    close_store(path)


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


def test_compiling_ahead_runs_every_kernel_and_keeps_it():
    entries = ("_score", "_search", "_mark", "_fill_share", "_reach", "_judge", "_fill_quietness", "_expect")
    kernels = {
        f"{module}.{name}": vars(sys.modules[module])[name]
        for module in sys.modules
        if module.startswith("analytics.finance.typologies.")
        for name in entries
        if hasattr(vars(sys.modules[module]).get(name), "signatures")
    }
    result = CliRunner().invoke(cli, ["finance", "warm"])
    assert result.exit_code == 0, result.output
    assert len(kernels) >= 13 and [name for name, kernel in kernels.items() if not kernel.signatures] == []
    assert all(kernel.stats.cache_path for kernel in kernels.values())
