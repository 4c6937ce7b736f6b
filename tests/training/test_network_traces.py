"""Networks leave traces in every domain and stay a small part of it."""

import pyarrow.parquet as pq

from tests.training.city_files import read_truth


def test_networks_leave_traces_in_every_domain_and_stay_a_small_part(city_files):
    truth, labels = read_truth(city_files), pq.read_table(city_files / "truth/rows.parquet").to_pandas()
    assert {network["type"] for network in truth["networks"]} == {"flux", "broker", "chain", "mesh", "core"}
    for network in truth["networks"]:
        assert {member["stage"] for member in network["members"]} == {"origin", "transit", "destination"}
        tables = set(labels[labels.planted == network["name"]].table)
        assert tables == {"transactions", "communications", "adverts", "journeys", "premises", "reports"}
    share = (labels.table == "transactions").sum() / pq.read_metadata(
        city_files / "transactions.parquet"
    ).num_rows
    assert share < 0.1
