"""The order of Today, by hand, and what may stand in it."""

from datetime import date

from analytics.overview.attention import (
    Attention,
    Marks,
    Ring,
    choose_attention,
    mark_age,
    mark_chance,
    mark_ratio,
    rank_attention,
)

TODAY = date(2026, 10, 31)


def card(name, kind="place", total=6, since=TODAY, cause=None, place=None):
    marks = Marks(min(total, 3), min(max(total - 3, 0), 3), min(max(total - 6, 0), 3), max(total - 9, 0))
    return Attention(
        name, kind, name, "", marks, since, cause or name, "", "", "", "hotspots", {}, place=place
    )


def names(found):
    return [item.id for item in found]


def test_the_sum_of_the_marks_orders_then_the_newer_then_the_kind_then_the_id():
    older = date(2026, 10, 1)
    found = [
        card("c", total=5, since=older),
        card("b", "money", total=5),
        card("a", total=5),
        card("z", total=9, since=older),
        card("aa", total=5),
    ]
    assert names(rank_attention(found)) == ["z", "a", "aa", "b", "c"]
    assert names(rank_attention(found[::-1])) == ["z", "a", "aa", "b", "c"]


def test_one_cause_and_one_place_is_one_card():
    here, beside = Ring(10.0, 50.0), Ring(10.004, 50.0)
    found = [
        card("strong", total=9, cause="x", place=here),
        card("same cause", "category", total=8, cause="x"),
        card("same place", "proposal", total=7, place=beside),
        card("elsewhere", "proposal", total=6, place=Ring(10.02, 50.0)),
    ]
    assert names(choose_attention(found)) == ["strong", "elsewhere"]


def test_a_third_of_a_kind_stands_back_while_others_wait():
    found = [card(f"p{n}", total=9) for n in range(4)] + [card("m", "money", total=1)]
    assert names(choose_attention(found, 3)) == ["p0", "p1", "m"]
    assert names(choose_attention(found)) == ["p0", "p1", "m", "p2", "p3"]


def test_among_equals_a_kind_that_is_not_there_yet_comes_first():
    found = [card("a1"), card("a2"), card("m", "money", since=date(2026, 1, 1))]
    assert names(choose_attention(found, 2)) == ["a1", "m"]


def test_the_marks_are_those_of_the_documentation():
    assert [mark_chance(p)[0] for p in (0.001, 0.0011, 0.05, 0.051, 0.1, 0.2)] == [3, 2, 2, 1, 1, 0]
    days = [date.fromordinal(TODAY.toordinal() - n) for n in (0, 7, 8, 28, 29, 84, 85)]
    assert [mark_age(day, TODAY) for day in days] == [3, 3, 2, 2, 1, 1, 0]
    assert mark_age(None, TODAY) == 0
    assert [mark_ratio(count, 10) for count in (40, 39, 20, 19, 15, 14)] == [3, 2, 2, 1, 1, 0]
    assert mark_ratio(1, 0) == 3
