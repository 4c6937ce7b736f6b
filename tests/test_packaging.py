"""The wheel works from an empty folder: it holds every file that the app needs,
and none of anybody's data."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
FOLDERS = ("analytics", "ui", "pages", "data")
OF_THE_USER = (ROOT / "data/store", ROOT / "data/scenario")


def needed_files() -> set[str]:
    files = {
        file
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and not set(file.parents) & set(OF_THE_USER)
    }
    own = {str(file.relative_to(ROOT).as_posix()) for file in files} | {"app.py", ".streamlit/config.toml"}
    return {f"achilles/{name}" for name in own} | {"achilles/__init__.py"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))


def test_the_wheel_has_every_file_that_the_app_needs_and_no_other(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")}
    assert names == needed_files()


def test_a_store_in_the_tree_stays_out_of_the_wheel():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for target in settings["tool"]["hatch"]["build"]["targets"].values():
        assert {"/data/store", "/data/scenario"} <= set(target["exclude"])


def test_unpacked_in_an_empty_folder_the_command_runs_with_a_store_of_the_users(wheel, tmp_path):
    site, home = tmp_path / "site", tmp_path / "home"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    weights = str(ROOT / "data/harm_example.toml")
    program = (
        f"import sys; sys.path.insert(0, {str(site)!r}); sys.argv = ['achilles', *sys.argv[1:]];"
        "import achilles; achilles.main()"
    )
    hidden = {"ACHILLES_STORE", "LOCALAPPDATA", "XDG_DATA_HOME", "PYTHONPATH"}
    for words, answer in ((["harm", "import", weights], "10 categories"), (["audit", "verify"], "unbroken")):
        done = subprocess.run(
            [sys.executable, "-c", program, *words],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name not in hidden}
            | {"HOME": str(home), "USERPROFILE": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 and answer in done.stdout, done.stderr
    assert len(list(home.rglob("achilles.duckdb"))) == 1 and not list(site.rglob("*.duckdb"))


def test_the_unit_leaves_the_system_calls_by_which_a_reader_confines_itself():
    """systemd's own groups have none of them, and the process that reads a file would be killed."""
    unit = (ROOT / "deploy/achilles.service").read_text(encoding="utf-8")
    (calls,) = re.findall("^SystemCallFilter=(.*)$", unit, re.MULTILINE)
    assert {f"landlock_{name}" for name in ("create_ruleset", "add_rule", "restrict_self")} <= set(
        calls.split()
    )
