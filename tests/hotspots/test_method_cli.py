"""Hours as typed on the command line."""

import click
import pytest

from analytics.hotspots.method_cli import _hours


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        (None, ()),
        ("20-23", (20, 21, 22, 23)),
        ("22-5", (0, 1, 2, 3, 4, 5, 22, 23)),
        ("7-7", (7,)),
        ("0-23", tuple(range(24))),
        ("1-0", tuple(range(24))),
        (" 0-1 ", (0, 1)),
    ],
)
def test_both_hours_are_included_and_the_second_may_be_of_the_next_day(text, hours):
    assert _hours(None, None, text) == hours


@pytest.mark.parametrize("text", ["24-3", "3-24", "5", "a-b", "1-2-3", ""])
def test_what_is_no_pair_of_hours_is_refused(text):
    with pytest.raises(click.BadParameter, match="0 to 23"):
        _hours(None, None, text)
