"""`achilles scenario` on the command line."""

from click.testing import CliRunner

from analytics.store import close_store, open_store
from analytics.training.cli import scenario
from analytics.training.settings import TABLES


def test_the_command_fills_an_empty_store_once(tmp_path):
    runner, path = CliRunner(), str(tmp_path / "store.duckdb")
    arguments = ["--scale", "0.02", "--load", "--if-empty", "--store", path]
    try:
        first, second = runner.invoke(scenario, arguments), runner.invoke(scenario, arguments)
        assert first.exit_code == second.exit_code == 0 and "already has data" in second.output
        assert open_store(path).rows("SELECT count(*) AS n FROM source")[0]["n"] == len(TABLES) + 1
        assert runner.invoke(scenario, []).exit_code == 2
    finally:
        close_store(path)
