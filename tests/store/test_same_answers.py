"""Where its rows lie changes no answer of a store."""

import shutil

import numpy as np

from analytics.oversight.relocation import move_store
from analytics.store import Store
from tests.same_answers import ACTOR, list_groups, list_hotspots, list_leads


def test_rows_in_files_give_the_same_leads_campaigns_hotspots_and_entities(scenario_store, tmp_path):
    plain = Store(shutil.copy(scenario_store, tmp_path / "plain.duckdb"))
    files = Store(shutil.copy(scenario_store, tmp_path / "files.duckdb"))
    move_store(files, ACTOR, "parquet")
    for answers in (list_hotspots, list_leads, list_groups):
        expected, found = answers(plain), answers(files)
        assert expected.keys() == found.keys()
        for name, rows in expected.items():
            assert rows, name
            np.testing.assert_equal(found[name], rows, name)
    assert files.rows("SELECT 1 FROM parquet_file WHERE table_name = 'network_link'")
    for store in (plain, files):
        store.close()
