"""The command line: its list of commands, and how it opens the app."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from click.testing import CliRunner

from analytics.cli import cli

ROOT = Path(__file__).parents[1]


def test_every_command_loads_and_has_a_help_text():
    for name in cli.list_commands(None):
        shown = CliRunner().invoke(cli, [name, "--help"])
        assert shown.exit_code == 0 and shown.output.split("\n\n")[1].strip(), name


def test_run_opens_the_app_with_the_store_and_the_options_given(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_STORE", "other.duckdb")
    monkeypatch.setattr("sys.argv", ["achilles"])
    monkeypatch.chdir(tmp_path)
    started = []
    monkeypatch.setattr(
        "runpy.run_module", lambda name, **_: started.append((name, sys.argv, os.environ["ACHILLES_STORE"]))
    )
    CliRunner().invoke(cli, ["run", "--store", "my.duckdb", "--server.port", "8600"])
    arguments = ["streamlit", "run", str(ROOT / "app.py"), "--server.port", "8600"]
    assert started == [("streamlit", arguments, str(tmp_path / "my.duckdb"))]
