"""What is said of how far a method can be trusted is what its page in docs/ says."""

import re
from pathlib import Path

import pytest

from analytics.trust import read_trust, write_trust
from ui.shell.pages import find_page

DOCS = Path(__file__).parents[1] / "docs"
_FIGURE = re.compile(r"(?<![\w-])\d*\.?\d+(?![\w-])")


def _figures(text: str) -> set[str]:
    return set(_FIGURE.findall(text.replace(",", "")))


@pytest.mark.parametrize("method", read_trust(), ids=lambda method: method.name)
def test_every_figure_of_a_method_stands_in_its_page(method):
    find_page(method.page)
    assert _figures(method.wrong) <= _figures((DOCS / method.source).read_text(encoding="utf-8"))


def test_the_page_of_the_docs_is_the_table():
    assert (DOCS / "trust.md").read_text(encoding="utf-8") == write_trust(), "python -m analytics.trust"
