"""The documents name files that exist: a recipe that points nowhere is worse than none."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
# What a reader of a recipe is to make.
_TO_BE_MADE = re.compile(r"your[_-]|NNNN")


def _mentioned(document: Path) -> set[Path]:
    """The files of the repository that a document links to or names by their path from the root."""
    text = document.read_text(encoding="utf-8")
    linked = {document.parent / target for target in re.findall(r"\]\(((?!https?:|#)[^)#\s]+)", text)}
    named = {
        ROOT / path
        for path in re.findall(r"`((?:analytics|ui|pages|tests|bench|data|docs)/[\w./-]+\.\w+)`", text)
    }
    return {path for path in linked | named if not _TO_BE_MADE.search(path.name)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_a_document_names_exists(document):
    missing = {str(path) for path in _mentioned(document) if not path.exists()}
    # Made when the app runs, or by a command that the document gives.
    assert {path for path in missing if "/data/store/" not in path and "/data/scenario/" not in path} == set()
