"""`achilles finance`: the file of leads, and what the command says."""

import pandas as pd
from click.testing import CliRunner

from analytics.cli import cli
from analytics.finance.typologies.parameters import read_parameters
from analytics.store import Store, close_store, open_store
from tests.finance.ledgers import table
from tests.finance.planted_leads import everyday, planted


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
    Store(path).close()
    result = CliRunner().invoke(cli, ["finance", "--store", str(path), "--out", str(tmp_path / "leads.csv")])
    assert result.exit_code == 1 and "no transactions" in result.output
    close_store(path)
