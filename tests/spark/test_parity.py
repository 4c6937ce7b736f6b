"""Spark answers as DuckDB does: every expression of the test suite, and a store that both read."""

from __future__ import annotations

import math
import os
from collections import Counter
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

from analytics.oversight import Actor
from analytics.oversight.relocation import move_store
from analytics.oversight.visibility import see_store
from analytics.store import Store, UnusableStore
from analytics.store.engine import DuckDBEngine, incidents, open_engine, transactions
from tests.expressions import list_examples, read_example, run_on_duckdb

ADDRESS = os.environ.get("ACHILLES_SPARK", "")
pytestmark = [
    pytest.mark.skipif(not ADDRESS, reason="make test-spark runs it: it needs Java 17 and PySpark"),
    pytest.mark.timeout(900),  # the first question starts Spark
]
EXAMPLES = list_examples(Path(os.environ["ACHILLES_EXPRESSIONS"])) if ADDRESS else {}


def count_rows(table: pa.Table) -> Counter:
    """How often each row stands in a table; of fractions the first twelve digits."""

    def plain(value):
        if isinstance(value, float) and not math.isnan(value):
            return float(f"{value + 0.0:.11e}")
        return tuple(map(plain, value)) if isinstance(value, list) else value

    columns = [list(map(plain, column.to_pylist())) for column in table.columns]
    return Counter(zip(*columns, strict=True))


def test_the_tests_were_collected():
    assert len(EXAMPLES) > 20


@pytest.mark.parametrize("path", EXAMPLES.values(), ids=list(EXAMPLES))
def test_spark_answers_an_expression_as_duckdb_does(path):
    from analytics.store.spark import open_session, run_on_views

    example = read_example(path)
    session = open_session(ADDRESS).newSession()
    views = {name: session.createDataFrame(table) for name, table in example.tables.items()}
    found, expected = run_on_views(session, example.expression, views), run_on_duckdb(example)
    assert found.schema.types == expected.schema.types and found.column_names == expected.column_names
    assert count_rows(found) == count_rows(expected)
    assert not session.catalog.listTables()


@pytest.fixture
def city(scenario_store, monkeypatch):
    monkeypatch.setenv("ACHILLES_ENGINE", ADDRESS)
    store = Store(scenario_store)
    yield store
    store.close()


def test_a_store_whose_rows_are_inside_is_refused_and_one_in_files_is_read(city):
    place = incidents()
    counts = place.group_by("category", "local_hour").aggregate(n=place.count(), x=place.x.mean())
    paid = transactions().aggregate(
        total=transactions().amount_minor.sum(), last=transactions().occurred_at.max()
    )
    with pytest.raises(UnusableStore, match="achilles store move --to parquet"):
        open_engine(city).run(counts)
    expected = [DuckDBEngine(city).run(asked) for asked in (counts, paid)]
    move_store(city, Actor("A"), "parquet")
    engine = open_engine(city)
    for asked, rows in zip((counts, paid), expected, strict=True):
        assert count_rows(engine.run(asked)) == count_rows(rows) and engine.run(asked) is engine.run(asked)
    with city.write() as cursor:
        cursor.execute("UPDATE source SET is_scenario = false, handling = 'C'").fetchall()
    partner = open_engine(see_store(city, Actor("pat", "partner", "investigation", "s")))
    assert partner.run(incidents().count().as_table())[0][0].as_py() == 0
    assert engine.run(incidents().count().as_table())[0][0].as_py() > 0


def test_a_value_that_is_no_number_is_refused(city):
    carried = ibis.memtable(pa.table({"x": [1.0, math.nan]}))
    with pytest.raises(ValueError, match="no numbers"):
        open_engine(city).run(carried)
