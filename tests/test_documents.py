"""The documents name files that exist, and whatever a recipe adds is in them: one that points nowhere is
worse than none."""

import re
from pathlib import Path

import pytest

from analytics.adverts.identifiers import KINDS
from analytics.finance.typologies.catalogue import DETECTORS
from analytics.hotspots.catalogue import METHODS

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
# What a reader of a recipe is to make.
_TO_BE_MADE = re.compile(r"your[_-]|NNNN")
_ROOMS = "analytics|ui|pages|tests|bench|data|docs"


def _mentioned(document: Path) -> set[Path]:
    """The files and folders of the repository that a document links to or names by their path from the
    root."""
    text = document.read_text(encoding="utf-8")
    linked = {document.parent / target for target in re.findall(r"\]\(((?!https?:|#)[^)#\s]+)", text)}
    named = {ROOT / path for path in re.findall(rf"`((?:{_ROOMS})/[\w./-]+)`", text)}
    return {path for path in linked | named if not _TO_BE_MADE.search(path.name)}


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_a_document_names_exists(document):
    missing = {str(path) for path in _mentioned(document) if not path.exists()}
    # Made when the app runs, or by a command that the document gives.
    assert {path for path in missing if "/data/store/" not in path and "/data/scenario/" not in path} == set()


def test_the_picture_of_the_rooms_shows_every_one():
    picture = _read("docs/architecture.md").split("```")[1]
    folders = {
        path.name
        for room in ("analytics", "ui")
        for path in (ROOT / room).iterdir()
        if (path / "__init__.py").exists()
    }
    assert folders - set(re.findall(r"\w+", picture)) == set()


def test_every_hotspot_method_is_in_the_table_of_hotspots():
    table = "".join(re.findall(r"^\| .*", _read("docs/hotspots.md").lower(), re.MULTILINE))
    assert [m.title for m in METHODS.values() if m.title.lower() not in table] == []


def test_every_typology_is_in_the_settings_and_in_the_table_of_typologies():
    settings, table = _read("data/typologies.toml"), _read("docs/methods/typologies.md")
    assert [d.section for d in DETECTORS if f"\n[{d.section}]\n" not in settings] == []
    listed = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    assert {d.name for d in DETECTORS} - set(", ".join(listed).split(", ")) == set()


def test_every_identifier_kind_is_described():
    described = _read("docs/methods/identifiers.md").lower()
    assert [kind.label for kind in KINDS if kind.label.lower() not in described] == []
