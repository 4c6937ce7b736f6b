"""The windows around an action, against days counted by hand."""

from datetime import date

from analytics.shared.action_windows import find_windows

START = date(2026, 7, 1)


def test_two_windows_of_one_length_meet_at_the_action():
    found = find_windows(START, date(2026, 7, 30), 21, 84)
    assert (found.days, found.length, found.too_early) == (30, 30, False)
    assert found.after == (START, date(2026, 7, 30)) and found.before == (date(2026, 6, 1), date(2026, 6, 30))


def test_no_more_than_the_most_days_are_looked_at():
    found = find_windows(START, date(2027, 6, 30), 21, 84)
    assert (found.days, found.length) == (365, 84)
    assert found.after == (START, date(2026, 9, 22)) and found.before == (date(2026, 4, 8), date(2026, 6, 30))


def test_before_the_fewest_days_it_is_too_early_and_says_from_when():
    for last, words in ((date(2026, 7, 20), "20 days of calls"), (date(2026, 5, 1), "0 days of calls")):
        found = find_windows(START, last, 21, 84)
        assert found.too_early
        assert found.say_too_early("of calls") == f"Only {words} since the action; judge from 21 Jul 2026."
    assert not find_windows(START, date(2026, 7, 21), 21, 84).too_early
