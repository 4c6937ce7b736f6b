"""Premises, journeys and communications: the forms that their files come in, beside the shared layouts."""

from datetime import date, datetime

import pytest

from analytics.ingest import UnreadableFile
from analytics.ingest.trade_columns import call_direction
from tests.ingest.helpers import proposed, reasons, run, written

CALLS = "A Number,B Number,Start Time,Duration (min),IMEI\n"


def imported(store, tmp_path, kind, text, name="file.csv", **changes):
    report = run(store, written(tmp_path, text, name), kind, **changes)
    return report, store.rows(f"SELECT * FROM {kind} ORDER BY row_number")


@pytest.mark.parametrize(
    ("word", "way"),
    [
        ("OUT", -1),
        ("SMS-MO", -1),
        ("Voice outgoing", -1),
        ("dialled", -1),
        ("IN", 1),
        ("SMT", 1),
        ("Missed", 1),
        ("received", 1),
        ("MTC", 1),
        ("GPRS", 0),
        ("routine", 0),
    ],
)
def test_the_words_for_the_way_of_a_call(word, way):
    assert call_direction(word) == way


def test_calls_between_two_numbers_with_minutes(store, tmp_path):
    rows = "+44 7700 900101,07700900102,2024-03-13 10:15,2,490154203237518\n,,2024-03-13 11:15,1,\n"
    report, (call,) = imported(store, tmp_path, "communication", CALLS + rows)
    assert (call["from_phone"], call["to_phone"]) == ("+44 7700 900101", "07700900102")
    assert call["seconds"] == 120 and call["device"] == "490154203237518"
    assert reasons(store) == {3: "neither number is given"} and report.quarantined == 1


def test_the_end_of_a_call_gives_its_length(store, tmp_path):
    header = "A Number,B Number,Date,Start Time,End Time\n"
    rows = "".join(
        f"07700900101,07700900102,2024-03-13,{start},{end}\n"
        for start, end in (("10:15:00", "10:16:30"), ("23:59:00", "00:01:00"))
    )
    _, calls = imported(store, tmp_path, "communication", header + rows)
    assert [call["seconds"] for call in calls] == [90, 120]


def test_an_end_with_a_date_before_the_start_is_no_length_and_one_of_a_contract_is_none(store, tmp_path):
    rows = "".join(
        f"07700900101,07700900102,2024-03-13 10:15:00,{end}\n"
        for end in ("2024-03-13 10:16:30", "2024-03-13 10:10:00", "2024-03-14 10:15:00")
    )
    _, calls = imported(store, tmp_path, "communication", f"A Number,B Number,Start Time,End Time\n{rows}")
    assert [call["seconds"] for call in calls] == [90, None, 86400]
    row = "07700900101,07700900102,2024-03-13 10:15:00,2025-12-31\n" * 3
    path = written(tmp_path, f"A Number,B Number,Start Time,Contract End\n{row}", "contracts.csv")
    assert not proposed(path, "communication").of("ended")


def test_a_rounded_number_is_refused_and_a_float_is_a_number(store, tmp_path):
    rows = "9.19E+11,07700900102,2024-03-13 10:15,2,\n919876543210.0,0123456,2024-03-13 10:16,2,\n"
    _, (call,) = imported(store, tmp_path, "communication", CALLS + rows)
    assert call["from_phone"] == "919876543210" and "rounded" in reasons(store)[2]


def test_a_log_without_its_own_number_leaves_that_side_empty_until_it_is_given(store, tmp_path):
    rows = "Outgoing,2024-03-13 10:15:00,07700900101,1m 5s\nunclear,2024-03-13,1234,3\n"
    text = f"Type,Date,Number,Duration\n{rows}"
    report, (call,) = imported(store, tmp_path, "communication", text)
    assert (call["from_phone"], call["to_phone"], call["seconds"]) == (None, "07700900101", 65)
    assert "whose phone" in " ".join(report.notes) and "who called whom" in reasons(store)[3]
    text = text.replace("07700900101", "07700900103")
    _, rows = imported(store, tmp_path, "communication", text, "b.csv", own_account="07700900100")
    assert (rows[-1]["from_phone"], rows[-1]["to_phone"]) == ("07700900100", "07700900103")


def test_who_is_named_after_the_number_is_not_part_of_it(store, tmp_path):
    text = 'Call Type,Time,Parties\nIncoming,2024-03-13 10:15,"From: +44 7700 900102 Ben Sample"\n'
    _, (call,) = imported(store, tmp_path, "communication", text)
    assert (call["from_phone"], call["from_name"]) == ("+44 7700 900102", "Ben Sample")


def test_a_booking_has_its_days_guest_and_price(store, tmp_path):
    text = (
        "Booking ID,Guest First Name,Guest Last Name,Check-in,Check-out,Booked on,Property,Price,Currency,"
        "Status\n"
        "B1,Anna,Example,13/03/2024,15/03/2024,01/03/2024,Flat 2,€ 120.50,EUR,ok\n"
        "B2,Ben,Sample,20/03/2024,18/03/2024,01/03/2024,Flat 2,90,EUR,ok\n"
        "B3,Cy,Paper,soon,18/03/2024,01/03/2024,Flat 2,free,EUR,cancelled\n"
    )
    report, rows = imported(store, tmp_path, "premises", text)
    first, last = rows
    assert (first["let_from"], first["let_to"]) == (date(2024, 3, 13), date(2024, 3, 15))
    assert (first["holder"], first["address"], first["price_minor"]) == ("Anna Example", "Flat 2", 12050)
    assert reasons(store) == {3: "it ends before it starts"}
    assert last["let_from"] is None and last["price_minor"] is None and last["status"] == "cancelled"
    assert any("day that cannot be read" in note for note in report.notes)


def test_a_list_of_premises_with_places(store, tmp_path):
    text = (
        "Licence Number,House Number,Street,Postcode,Landlord,Latitude,Longitude,Bedrooms\n"
        "L1,7,Mill Row,LS1 1AA,A. Owner,53.8,-1.55,5\nL2,9,Mill Row,LS1 1AB,,,,6\n"
    )
    report, rows = imported(store, tmp_path, "premises", text)
    assert rows[0]["address"] == "7, Mill Row, LS1 1AA" and rows[0]["owner"] == "A. Owner"
    assert (rows[0]["lon"], rows[0]["lat"], rows[1]["lon"]) == (-1.55, 53.8, None)
    assert report.unplaced == 1 and '"Bedrooms":"5"' in rows[0]["attributes"]


def test_a_plate_read_is_local_to_where_the_camera_stands(store, tmp_path):
    text = "VRM,Site,Capture Time,Lat,Lon\nIQ10TST,Toll 1,2024-07-01 10:15,53.8,-1.55\n"
    report, (read,) = imported(store, tmp_path, "journey", text)
    assert read["departed_at"] == datetime(2024, 7, 1, 9, 15) and read["mode"] == "plate read"
    assert (read["vehicle"], read["from_place"], read["to_place"]) == ("IQ10TST", "Toll 1", None)
    assert any("Europe/London" in note for note in report.notes)


def test_travel_is_not_the_day_of_birth_issue_or_booking(store, tmp_path):
    text = (
        "Passenger Name,Date of Birth,Passport No,Date of Issue,Booking Date,Train No,Origin,Destination\n"
        "Anna Example,900101,ZZ0000000,2020-01-01,2024-03-01,9012,London,Paris\n"
    )
    report, (trip,) = imported(store, tmp_path, "journey", text)
    assert trip["departed_at"] is None and trip["booked_at"] == datetime(2024, 3, 1)
    assert trip["born"] == date(1990, 1, 1) and trip["mode"] == "train" and trip["to_place"] == "Paris"
    assert any("booked, not when" in note for note in report.notes)


@pytest.mark.parametrize("kind", ["premises", "journey", "communication"])
def test_a_file_of_something_else_says_what_is_missing(store, tmp_path, kind):
    with pytest.raises(UnreadableFile, match="Say which column"):
        imported(store, tmp_path, kind, "colour,size\nred,small\nblue,large\n")


def test_no_column_has_two_roles(tmp_path):
    text = "Name,Phone,Date,From,To,Reference\nAnna,07700900101,2024-03-13,Leeds,Hull,R1\n"
    for kind in ("premises", "journey", "communication"):
        names = [n for _, ns in proposed(written(tmp_path, text), kind).columns for n in ns]
        assert len(names) == len(set(names)), kind
