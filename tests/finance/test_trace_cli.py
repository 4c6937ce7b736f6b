"""`achilles finance trace`, and from positions back to the store's rows."""

import pandas as pd
import pytest
from click.testing import CliRunner

from analytics.cli import cli
from analytics.finance.evidence import build_evidence
from analytics.store import close_store, open_store


@pytest.fixture
def filled_store(tmp_path):
    """The path of a store with three payments; one account is named like a formula."""
    path = tmp_path / "store.duckdb"
    store = open_store(path)
    rows = [
        (1, "2026-01-01", "A", "=M()", 900, "JPY"),
        (2, "2026-01-02", "=M()", "B", 800, "JPY"),
        (3, "2026-01-05", "=M()", None, 50, "JPY"),
    ]
    with store.write() as cursor:
        for number, day, payer, payee, amount, money in rows:
            cursor.execute(
                'INSERT INTO "transaction" (source_id, row_number, reference, occurred_at, from_account,'
                " to_account, amount_minor, currency)"
                " VALUES (7, ?, ?, ?::TIMESTAMP, ?, ?, ?, ?)",
                [number, f"T{number}", day, payer, payee, amount, money],
            ).fetchall()
    yield path
    close_store(path)


def test_the_command_writes_paths_and_money_followed_and_is_audited(filled_store, tmp_path):
    out, run = tmp_path / "path.csv", CliRunner().invoke
    result = run(
        cli, ["finance", "trace", "--from", "A", "--to", "B", "--out", str(out), "--store", str(filled_store)]
    )
    assert result.exit_code == 0 and "1 path." in result.output and "800 JPY: reached" in result.output
    table = pd.read_csv(out)
    assert table.reference.tolist() == ["T1", "T2"] and table.row_number.tolist() == [1, 2]
    assert table.to_account.tolist() == ["'=M()", "B"] and table.kept_minor.tolist()[1] == 100
    result = run(cli, ["finance", "trace", "--from", "A", "--out", str(out), "--store", str(filled_store)])
    assert result.exit_code == 0 and "50 JPY: taken out" in result.output
    assert pd.read_csv(out).traced_minor.tolist() == [900, 800, 50]
    acts = open_store(filled_store).rows(
        "SELECT act, object, detail FROM audit WHERE act <> 'change data' ORDER BY sequence"
    )
    assert [act["act"] for act in acts] == ["export trace"] * 2 and acts[0]["object"] == "account A"


def test_the_command_refuses_what_is_not_there_with_a_sentence(filled_store, tmp_path):
    out, run = tmp_path / "path.csv", CliRunner().invoke
    for arguments, message in (
        (["--from", "X"], "No payment names the account 'X'."),
        (["--from", "A", "--to", "A"], "same account"),
    ):
        result = run(cli, ["finance", "trace", *arguments, "--out", str(out), "--store", str(filled_store)])
        assert result.exit_code == 1 and message in result.output and not out.exists()
    rates = tmp_path / "rates.csv"
    rates.write_text("date,currency,rate\n2025-12-31,JPY,0.005\n")
    result = run(
        cli,
        [
            "finance",
            "trace",
            "--from",
            "A",
            "--to",
            "B",
            "--rates",
            str(rates),
            "--out",
            str(out),
            "--store",
            str(filled_store),
        ],
    )
    assert result.exit_code == 0 and "4.00 GBP: reached" in result.output


def test_positions_become_the_rows_of_the_store(filled_store):
    payments = open_store(filled_store).query(
        'SELECT source_id, row_number FROM "transaction" ORDER BY row_number'
    )
    rows = pd.DataFrame({"table": ["transaction"] * 3, "row": [2, 0, 2]})
    got = build_evidence(rows, {"transaction": payments}).to_pylist()
    assert got == [{"table_name": "transaction", "source_id": 7, "row_number": n} for n in (3, 1)]
    assert build_evidence(rows.head(0), {}).num_rows == 0
    with pytest.raises(KeyError):
        build_evidence(rows, {})
