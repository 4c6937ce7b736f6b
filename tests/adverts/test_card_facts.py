"""What the cards of operations say: masked, in the order of most adverts, over the time of all adverts."""

from analytics.adverts.card_facts import PERIODS, read_card_facts, read_first_lines
from analytics.adverts.town_places import list_towns, locate_towns
from tests.adverts.factories import NAMES, PHONE, TOWNS, fill


def test_a_card_has_places_numbers_and_course_of_its_own_operation(store):
    fill(store)
    facts = read_card_facts(store, [1, 2, 99])
    assert sorted(facts.places[1]) == sorted(TOWNS) and facts.phones[1] == [PHONE]
    assert facts.phones[2] == ["+447700900456"]
    assert len(facts.line[1]) == PERIODS and sum(facts.line[1]) == 24 and sum(facts.line[2]) == 6
    assert facts.line[2][0] == 6  # in the first week of half a year
    assert facts.places[99] == [] and facts.phones[99] == [] and sum(facts.line[99]) == 0


def test_the_first_line_of_a_wording_leaves_out_what_varies_and_masks_the_rest(store):
    fill(store)
    lines = read_first_lines(store, [1, 2, 99])
    assert set(lines) == {1, 2}
    assert lines[1].startswith("Massage in") and lines[2] == "Seasonal pickers wanted"
    with store.write() as cursor:  # without titles the wording itself is the line
        cursor.execute("UPDATE advert SET title = NULL").fetchall()
    lines = read_first_lines(store, [1, 2])
    assert lines[1].startswith("New studio by the station")
    assert not any(name in text for name in NAMES for text in lines.values())
    assert "0 7 7 0" not in lines[1] and "07700" not in lines[2]


def test_towns_are_called_as_operations_call_them(store):
    fill(store)
    towns = list_towns(store)
    assert set(TOWNS) == set(towns.place) and towns.lon.notna().all()
    assert set(locate_towns(store).label) == {f"{town}: adverts" for town in TOWNS}
