"""The command line: its list of commands, and how it opens the app."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from analytics.cli import cli
from analytics.subcommands import SUBCOMMANDS

ROOT = Path(__file__).parents[1]


def test_every_command_loads_and_has_a_help_text():
    for name in cli.list_commands(None):
        shown = CliRunner().invoke(cli, [name, "--help"])
        assert shown.exit_code == 0 and shown.output.split("\n\n")[1].strip(), name


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_the_list_says_of_a_command_what_the_command_says_of_itself(name):
    command = cli.get_command(click.Context(cli), name)
    assert SUBCOMMANDS[name].says == command.get_short_help_str(500)


def test_the_list_of_commands_needs_none_of_their_libraries():
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "analytics.cli", "--help"], capture_output=True, text=True
    )
    listed = [line.split()[0] for line in shown.stdout.split("Commands:")[1].splitlines() if line.strip()]
    assert listed == cli.list_commands(None) == sorted([*cli.commands, *SUBCOMMANDS])
    assert "duckdb" in shown.stderr and not {"scipy", "numba", "igraph", "matplotlib"} & {
        line.split("|")[-1].strip() for line in shown.stderr.splitlines()
    }


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
