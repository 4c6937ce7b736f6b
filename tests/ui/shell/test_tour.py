"""The tour: every step opens a page that exists, in few words, and its place survives being left."""

import pytest

from ui.shell.pages import PAGES
from ui.shell.tour import _read_place, _write_place, read_tours


@pytest.mark.parametrize("name", read_tours())
def test_each_tour_has_seven_short_steps_on_pages_that_exist(name):
    steps = read_tours()[name]
    assert len(steps) == 7
    for step in steps:
        assert step["page"] in {page.name for page in PAGES}, step
        for sentence in (step["see"], step["do"]):
            assert sentence.endswith(".") and len(sentence.split()) <= 25, sentence


def test_a_place_is_read_as_it_was_written_and_an_unknown_one_is_none():
    for name in read_tours():
        for number in range(7):
            assert _read_place(_write_place(name, number)) == (name, number)
    for text in (
        "",
        "newcomer",
        "newcomer-0",
        "newcomer-8",
        "newcomer-x",
        "nobody-1",
        "newcomer-²",
        "newcomer--1",
    ):
        assert _read_place(text) is None
