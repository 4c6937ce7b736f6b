"""What could have been chosen otherwise among the columns of a file, and what could not."""

import pyarrow as pa

from analytics.ingest import RawTable, propose_mapping

DAYS = [f"2024-03-{day:02d} 10:1{day}" for day in range(1, 6)]
NUMBERS = [f"0770090{n}456" for n in range(5)]


def propose(kind, **columns):
    return propose_mapping(RawTable(pa.table(columns), "", "CSV"), kind)


def test_a_phone_s_own_list_has_both_parties_by_the_way_of_each_call():
    ways = ["OUT", "IN", "OUT", "IN", "OUT"]
    mapping = propose("communication", date=DAYS, number=NUMBERS, direction=ways)
    assert mapping.of("other") == ("number",) and not mapping.notes()
    alone = propose("communication", Started=DAYS, **{"Called Number": NUMBERS})
    assert any("no column says who called" in note for note in alone.notes())


def test_a_note_goes_where_its_role_gets_another_column_and_stays_where_it_does_not():
    mapping = propose("communication", Started=DAYS, Party=NUMBERS, **{"Called Number": NUMBERS})
    assert mapping.notes()
    assert mapping.with_role("to", mapping.of("to")).notes() == mapping.notes()
    assert not mapping.with_role("from", ("Party",)).notes()
