"""The browser side of our own components: what is committed is what its locked sources build."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ui.components.browser_side import BUILT, SERVED

FRONTEND = Path(__file__).parents[1] / "frontend"
COMPONENTS = (
    "bands",
    "chart",
    "flow",
    "fullscreen",
    "keys",
    "list",
    "map",
    "named",
    "prose",
    "series",
    "tiles",
    "times",
    "typing",
)


def test_the_built_files_are_what_the_locked_sources_build(tmp_path):
    if shutil.which("npm") is None:
        pytest.skip("npm is not on this machine; the committed files are used as they are")
    copy = tmp_path / "frontend"
    shutil.copytree(FRONTEND, copy, ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "ui/components").mkdir(parents=True)
    fetched = subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=copy, capture_output=True, text=True)
    if fetched.returncode != 0:
        pytest.skip("npm cannot fetch the packages here; the committed files are used as they are")
    subprocess.run(["npm", "run", "-s", "check"], cwd=copy, check=True)
    subprocess.run(["npm", "run", "-s", "build"], cwd=copy, check=True, capture_output=True)
    built = tmp_path / "ui/components/built"
    assert sorted(path.name for path in built.iterdir()) == sorted(path.name for path in BUILT.iterdir())
    for path in built.iterdir():
        assert path.read_bytes() == (BUILT / path.name).read_bytes(), f"{path.name}: run `make frontend`"


def test_the_locked_packages_name_no_host():
    assert "resolved" not in (FRONTEND / "package-lock.json").read_text(encoding="utf-8")


def test_every_served_file_is_there_with_the_licences():
    scripts = {f"{name}.js" for name in COMPONENTS} | {"map-worker.js"}
    parts = {f"{name}.{ending}" for name in COMPONENTS for ending in ("html", "css")}
    assert set(SERVED) == scripts
    assert scripts | parts | {"LICENCES.txt"} == {path.name for path in BUILT.iterdir()}
    licences = (BUILT / "LICENCES.txt").read_text(encoding="utf-8")
    assert re.search(r"^maplibre-gl [\d.]+ \(BSD-3-Clause\)$", licences, re.MULTILINE)


def test_the_component_never_writes_markup():
    sources = "".join(path.read_text(encoding="utf-8") for path in (FRONTEND / "src").rglob("*.ts"))
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTML|eval\(", sources)
