"""The code page of a delimited text."""

import pytest

from analytics.formats.delimited import find_encoding


@pytest.mark.parametrize(("end", "page"), [("Caf\xe9", "cp1252"), ("\u017div\u011b", "cp1250")])
def test_the_code_page_of_a_long_text_is_told_in_one_pass(end, page):
    """The signs may stand anywhere; a search from each place anew would take minutes."""
    text = "plain words, and more of them\n" * 4000 + end + "\n"
    assert find_encoding(text.encode(page)) == page
