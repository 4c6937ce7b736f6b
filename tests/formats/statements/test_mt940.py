"""MT940 as banks of several countries write it."""

import contextlib
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formats.statements.mt940 import read_mt940
from analytics.ingest import UnreadableFile, read_file

GERMAN = (
    "166?00UEBERWEISUNG?20EREF+E77SVWZ+Miete ?21Maerz?30TESTDEFF?31DE02 1203 0000 0000 2020 51"
    "?32Anna Exam?33ple"
)


def mt940(*lines, account="NL71RABO0123456789EUR", closing=":62F:C240317EUR900,00", reference="START"):
    listed = "\n".join(lines)
    return f":20:{reference}\n:25:{account}\n:28C:1/1\n:60F:C240312EUR1000,00\n{listed}\n{closing}\n-\n"


def rows(text, kind="transaction", encoding="utf-8"):
    table, refused = read_mt940(text.encode(encoding), kind)
    return [{k: v for k, v in row.items() if v is not None} for row in table.to_pylist()], refused


def test_a_debit_and_a_credit_have_payer_payee_day_and_words():
    (paid, got), refused = rows(
        mt940(
            ":61:2403130313D50,25NTRFNONREF//REF0",
            f":86:{GERMAN}",
            ":61:2403140314C51,NDDTMANDATE 7",
            ":86:105?00BASISLASTSCHRIFT?20Gas?3012030000?31 1234567?32Ben Sample",
        )
    )
    assert paid == {
        "reference": "REF0",
        "occurred_at": "2024-03-13",
        "from_account": "NL71RABO0123456789",
        "from_country": "NL",
        "to_account": "DE02120300000000202051",
        "to_country": "DE",
        "to_name": "Anna Example",
        "amount": "50.25",
        "currency": "EUR",
        "channel": "transfer",
        "note": "Miete Maerz",
        "row_number": 1,
    }
    assert (got["from_account"], got["from_name"], got["to_account"]) == (
        "12030000/1234567",
        "Ben Sample",
        "NL71RABO0123456789",
    )
    assert (got["amount"], got["channel"], got["reference"], refused) == (
        "51",
        "direct debit",
        "MANDATE 7",
        [],
    )


@pytest.mark.parametrize(
    "mark, payer", [("D", True), ("C", False), ("RC", True), ("RD", False)], ids=lambda value: str(value)
)
def test_a_reversal_goes_the_other_way(mark, payer):
    ((row,), _) = rows(mt940(f":61:2403130313{mark}50,25NTRFNONREF"))
    assert ("from_account" in row, "to_account" in row) == (payer, not payer)


def test_code_words_between_slashes_name_the_other_side():
    (first, second), _ = rows(
        mt940(
            ":61:2403130313D50,00NTRFEREF",
            ":86:/TRTP/SEPA/IBAN/NL02ABNA0123456789/BIC/ABNANL2A/NAME/J. Jansen\n/REMI/Huur maart/EREF/E9",
            ":61:2403130313C1,00NTRFEREF",
            ":86:/CNTP/NL20INGB0001234567/INGBNL2A/P. Pieters///REMI/USTD//Terug/",
        )
    )
    assert (first["to_account"], first["to_name"], first["note"], first["reference"]) == (
        "NL02ABNA0123456789",
        "J. Jansen",
        "Huur maart",
        "E9",
    )
    assert (second["from_account"], second["from_name"]) == ("NL20INGB0001234567", "P. Pieters")


def test_lines_without_a_type_stay_apart_and_one_that_cannot_be_read_is_refused_alone():
    found, refused = rows(
        mt940(":61:240313D1,00", ":61:240314D2,00", ":61:240399D3,00NTRFX", ":61:240315D4,00NTRFY")
    )
    assert [(row["row_number"], row["amount"]) for row in found] == [(1, "1.00"), (2, "2.00"), (4, "4.00")]
    assert [(number, reason) for number, reason, _ in refused] == [(3, "the line of field 61 cannot be read")]


def test_free_words_and_each_spelling_of_an_account_are_kept():
    for written, read in {
        "COBADEFFXXX/DE02120300000000202051": "DE02120300000000202051",
        "12030000/1020304050": "12030000/1020304050",
        "12030000/1020304050EUR": "12030000/1020304050",
        "123456789/HUF": "123456789",
    }.items():
        ((row,), _) = rows(mt940(":61:240313D1,00NTRFX", ":86:Cheque from", account=written))
        assert (row["from_account"], row["note"]) == (read, "Cheque from")


def test_statements_in_one_file_each_have_their_account_and_one_account_its_latest_balance():
    text = mt940(":61:240313D1,00NTRFX", account="AA1") + mt940(
        ":61:240313D1,00NTRFX", account="BB2", closing=":62F:D240318EUR5,00"
    )
    assert [row["from_account"] for row in rows(text)[0]] == ["AA1", "BB2"]
    again = text + mt940(account="AA1", closing=":62F:C240101EUR1,00")
    assert [(r["account"], r["balance"], r["balance_on"]) for r in rows(again, "account")[0]] == [
        ("AA1", "900.00", "2024-03-17"),
        ("BB2", "-5.00", "2024-03-18"),
    ]


@pytest.mark.parametrize("name", ["bank.sta", "bank.mt940", "bank.txt"])
@pytest.mark.parametrize("envelope", ["{}", "{{1:F01BANK}}{{2:I940X}}{{4:\n{}-}}", "\r\n{}"])
def test_it_is_told_by_its_content(tmp_path, name, envelope):
    path = tmp_path / name
    path.write_bytes(envelope.format(mt940(":61:240313D1,00NTRFX")).encode())
    raw = read_file(path)
    assert raw.format == "MT940" and raw.table.num_rows == 1


def test_what_cannot_be_read_is_refused_in_words_and_nothing_of_it_is_logged(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    for text in (mt940(), mt940(":61:240313D1,00NTRFX", closing=":62F:rubbish 4711")):
        path = tmp_path / "x.sta"
        path.write_text(text)
        with pytest.raises(UnreadableFile, match="no transactions|Field 62"):
            read_file(path)
    rows(mt940(":61:rubbish 4711"))
    assert "4711" not in caplog.text


@given(st.text(max_size=120), st.sampled_from(["transaction", "account"]))
def test_any_text_is_rows_or_refused_in_words(junk, kind):
    for text in (
        mt940(f":61:240313D1,00{junk}", f":86:{junk}"),
        mt940(f":61:{junk}"),
        mt940(f":86:166?00{junk}", junk),
        mt940(account=junk),
    ):
        with contextlib.suppress(UnreadableFile):
            read_mt940(text.encode("utf-8", "surrogatepass"), kind)
