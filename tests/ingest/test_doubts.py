"""What could have been chosen otherwise among the columns of a file, and what could not."""

import pyarrow as pa

from analytics.ingest import RawTable, propose_mapping
from tests.ingest.helpers import run, written

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


def test_the_offence_beside_its_group_is_named():
    kinds = ["Theft", "Burglary", "Robbery", "Theft", "Arson"]
    groups = ["Acquisitive crime", "Acquisitive crime", "Violent crime", "Acquisitive crime", "Damage"]
    mapping = propose("incident", Date=DAYS, Offence=kinds, **{"Offence Group": groups})
    (read,) = mapping.of("category")
    (other,) = {"Offence", "Offence Group"} - {read}
    assert any(f"and not '{other}'" in note for note in mapping.notes())
    coded = propose("incident", Date=DAYS, Offence=["T1", "B2", "R3", "T1", "A4"], Description=kinds)
    assert not any("and not 'Offence'" in note for note in coded.notes())


def test_amounts_are_no_times_of_day():
    dates = [day[:10] for day in DAYS]
    values = ["10.50", "11.20", "3.05", "7.00", "12.30"]
    clocks = [value.replace(".", ":") for value in values]
    kinds = ["Theft", "Burglary", "Robbery", "Theft", "Arson"]
    names = {"Reported Date": dates, "Crime": kinds}
    assert not propose("incident", **names, Loss=values).notes()
    closed = {"Closed Time": clocks[::-1], "Noted": clocks}
    assert any("'Noted'" in note for note in propose("incident", **names, **closed).notes())


def test_texts_that_name_offences_settle_what_a_name_does_not_say():
    place = {"lon": [f"-0.1{n}" for n in range(5)], "lat": [f"51.5{n}" for n in range(5)]}
    said = ["Theft", "Burglary", "Theft", "Robbery", "Theft"]
    beside = ["red", "blue", "red", "blue", "red"]
    told = propose("incident", date=DAYS, type=said, colour=beside, **place)
    assert told.of("category") == ("type",) and not told.notes()
    untold = propose("incident", date=DAYS, incident=beside, entry=said, **place)
    assert any("and not 'entry', whose texts name offences" in note for note in untold.notes())


def test_only_times_of_day_are_said_to_be_read_as_utc(store, tmp_path):
    def notes(when):
        path = written(tmp_path, f"date,from,to,amount\n{when},A1,B1,5\n", f"{len(when)}.csv")
        return run(store, path, "transaction").notes

    assert not any("read as UTC" in note for note in notes("2024-03-13"))
    assert any("read as UTC" in note for note in notes("2024-03-13 21:15"))
