"""The ledger that an engine works out of its payments is the one made of a table of them."""

import random

import numpy as np
import pytest

from analytics.finance.leads import find_leads_by_block
from analytics.finance.typologies.engine.stored_ledger import open_ledger, read_ledger
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger, WholeData, build_ledger
from analytics.store import Store
from analytics.store.engine import DuckDBEngine
from tests.finance.ledgers import PARAMETERS, row, table
from tests.sources import insert_source_row

_ARRAYS = (
    *("source_id", "row_number", "time", "payer", "payee", "amount", "purchase", "path", "new", "first"),
    *("pair_count", "amount_surprise", "since"),
)


def draw_payments(seed: int, payments: int = 700) -> list[dict]:
    """Payments of few accounts at few times, with all that may be missing or odd."""
    chance = random.Random(seed)
    accounts = [*(f"A{k}" for k in range(9)), "ä", "Z", None]
    return [
        row(
            chance.choice([None, *(6 * k for k in range(400))]),
            chance.choice(accounts),
            chance.choice(accounts),
            chance.choice([0, 100, 500, 999, -5, None]),
            chance.choice(["GBP", "EUR", None]),
            chance.choice(["card", "transfer", " Card ", None]),
            chance.choice(["here", "there", None]),
            chance.choice(["grocery", " Remittance ", None, None]),
        )
        for _ in range(payments)
    ]


@pytest.fixture
def fill(tmp_path):
    """A function that stores payments; the store, and the same as a table."""
    stores = []

    def fill(rows: list[dict]):
        store, payments = Store(":memory:"), table(rows)
        stores.append(store)
        with store.write() as cursor:
            insert_source_row(cursor, 1, "transaction")
            cursor.register("given", payments)
            cursor.execute('INSERT INTO "transaction" BY NAME SELECT * FROM given').fetchall()
        return DuckDBEngine(store), payments

    yield fill
    for store in stores:
        store.close()


def assert_same(found: TimedLedger, expected: TimedLedger) -> None:
    assert found.accounts.equals(expected.accounts) and found.words == expected.words
    assert (found.begin, found.end) == (expected.begin, expected.end)
    for name in _ARRAYS:
        one, other = getattr(found, name), getattr(expected, name)
        assert (one is None) == (other is None), name
        assert one is None or (one.dtype == other.dtype and np.array_equal(one, other)), name
    assert found.texts.keys() == expected.texts.keys()
    assert all(np.array_equal(codes, expected.texts[name]) for name, codes in found.texts.items())
    assert found.left_out.equals(expected.left_out)


@pytest.mark.parametrize(("hubs", "history", "seed"), [(1, 10, 1), (3, 35, 2), (30, 5, 3)])
def test_every_column_is_that_of_the_table(fill, hubs, history, seed):
    engine, payments = fill(draw_payments(seed))
    changes = {"hub_counterparties": hubs, "history_days": history}
    surroundings = PARAMETERS.surroundings.model_copy(update=changes)
    expected = build_ledger(payments, surroundings, engine)
    assert_same(read_ledger(engine, surroundings), expected)
    hub = int(expected.left_out.transactions.iloc[-1])
    assert (hub > 0) == (hubs < 30) and expected.first.any() and expected.new.sum() > 50


def test_a_stretch_of_time_is_that_of_the_table(fill):
    engine, payments = fill(draw_payments(4))
    surroundings = PARAMETERS.surroundings.model_copy(update={"hub_counterparties": 3})
    all_of_it = build_ledger(payments, surroundings, engine)
    whole = WholeData(all_of_it.begin, all_of_it.end, all_of_it.accounts, all_of_it.since)
    stretch = (all_of_it.begin + 20 * DAY, all_of_it.begin + 60 * DAY)
    expected = open_ledger(payments, surroundings, engine, whole=whole, stretch=stretch)
    assert 0 < len(expected) < len(all_of_it)
    assert_same(open_ledger(None, surroundings, engine, whole=whole, stretch=stretch), expected)


@pytest.mark.parametrize("rows", [[], [row(None, "A", "B")], [row(1, "A", None, None, None, None)]])
def test_payments_that_say_next_to_nothing(fill, rows):
    engine, payments = fill(rows)
    expected = build_ledger(payments, PARAMETERS.surroundings, engine)
    assert_same(read_ledger(engine, PARAMETERS.surroundings), expected)


def test_leads_of_an_engines_payments_are_those_of_the_table(fill):
    engine, payments = fill(draw_payments(7))
    expected, _ = find_leads_by_block(payments, None, PARAMETERS, engine=engine)
    found, _ = find_leads_by_block(None, None, PARAMETERS, engine=engine)
    assert len(expected.leads) >= 3
    assert found.leads.equals(expected.leads) and found.evidence.equals(expected.evidence)
