"""OFX 1 and 2, as banks write them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formats.statements.ofx import read_ofx
from analytics.ingest import UnreadableFile, read_file

HEAD = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
ACCOUNT = "<BANKACCTFROM><BANKID>1<ACCTID>GB33 BUKB 2020 1555 5555 55<ACCTTYPE>CHECKING</BANKACCTFROM>"


def ofx(*entries, account=ACCOUNT, head=HEAD, tail="<LEDGERBAL><BALAMT>-3.50<DTASOF>20240331</LEDGERBAL>"):
    listed = "".join(f"<STMTTRN>{entry}</STMTTRN>" for entry in entries)
    return (
        f"{head}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>GBP\n{account}<BANKTRANLIST>"
        f"<DTSTART>20240301<DTEND>20240331{listed}</BANKTRANLIST>{tail}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


def rows(text, kind="transaction", encoding="utf-8"):
    table, refused = read_ofx(text.encode(encoding), kind)
    return [{k: v for k, v in row.items() if v is not None} for row in table.to_pylist()], refused


def test_a_debit_and_a_credit_have_payer_payee_time_and_words():
    (paid, got), refused = rows(
        ofx(
            "<TRNTYPE>POS<DTPOSTED>20240313101500[-3:BRT]<TRNAMT>-45.90<FITID>A1<NAME>Anna &amp; Co<MEMO>Pix",
            "<TRNTYPE>XFER<DTPOSTED>20240314173500.123[0:GMT]<TRNAMT>+5000.00<FITID>A2<NAME>Ben",
        )
    )
    assert paid == {
        "reference": "A1",
        "occurred_at": "2024-03-13 13:15:00+00:00",
        "from_account": "GB33BUKB20201555555555",
        "from_country": "GB",
        "to_name": "Anna & Co",
        "amount": "45.90",
        "currency": "GBP",
        "channel": "card",
        "note": "Pix",
        "row_number": 1,
    }
    assert (got["to_account"], got["from_name"], got["amount"]) == (
        "GB33BUKB20201555555555",
        "Ben",
        "5000.00",
    )
    assert got["occurred_at"] == "2024-03-14 17:35:00+00:00" and refused == []


def test_closing_tags_a_payee_and_the_account_of_the_other_side_are_read():
    head = '<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="220"?>'
    entry = (
        "<TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20240313</DTPOSTED><TRNAMT>-7,00</TRNAMT><FITID>9</FITID>"
        "<PAYEE><NAME>Zoë Ltd</NAME><ADDR1>1 High St</ADDR1></PAYEE>"
        "<BANKACCTTO><BANKID>1</BANKID><ACCTID>12-34</ACCTID></BANKACCTTO>"
    )
    ((row,), _) = rows(ofx(entry, head=head))
    assert (row["to_name"], row["to_account"], row["amount"], row["occurred_at"]) == (
        "Zoë Ltd",
        "12-34",
        "7.00",
        "2024-03-13",
    )


def test_a_time_that_every_entry_shares_as_a_placeholder_is_a_day():
    entries = [f"<DTPOSTED>202403{day}120000[0:GMT]<TRNAMT>1<FITID>{day}" for day in (13, 14)]
    assert [row["occurred_at"] for row in rows(ofx(*entries))[0]] == ["2024-03-13", "2024-03-14"]
    found, _ = rows(ofx(*entries, "<DTPOSTED>20240315093000<TRNAMT>1<FITID>15"))
    assert [row["occurred_at"] for row in found] == [
        "2024-03-13 12:00:00+00:00",
        "2024-03-14 12:00:00+00:00",
        "2024-03-15 09:30:00",
    ]


def test_an_entry_without_an_amount_is_refused_and_the_others_are_read():
    found, refused = rows(ofx("<DTPOSTED>20240313<FITID>A", "<DTPOSTED>20240314<TRNAMT>2<FITID>B"))
    assert [row["reference"] for row in found] == ["B"] and [row["row_number"] for row in found] == [2]
    assert refused == [(1, "the transaction states no amount", "A")]


def test_an_account_has_the_balance_of_its_latest_statement():
    old = ofx(tail="<LEDGERBAL><BALAMT>9<DTASOF>20240229</LEDGERBAL>")
    assert rows(ofx() + old, "account")[0] == [
        {
            "account": "GB33BUKB20201555555555",
            "currency": "GBP",
            "balance": "-3.50",
            "balance_on": "2024-03-31",
            "country": "GB",
            "row_number": 1,
        }
    ]


@pytest.mark.parametrize("name", ["bank.ofx", "bank.qfx", "bank.txt", "bank.xml"])
def test_it_is_told_by_its_content(tmp_path, name):
    path = tmp_path / name
    path.write_text(ofx("<DTPOSTED>20240313<TRNAMT>-1<FITID>A<NAME>Café"), encoding="cp1252")
    raw = read_file(path)
    assert raw.format == "OFX" and raw.table.column("to_name").to_pylist() == ["Café"]


@pytest.mark.parametrize(
    "text", ["<OFX>", "<OFX><INVSTMTRS></INVSTMTRS></OFX>", "<!DOCTYPE a><OFX><STMTRS>", ofx()]
)
def test_what_holds_no_transactions_is_refused_in_words(tmp_path, text):
    path = tmp_path / "x.ofx"
    path.write_text(text)
    with pytest.raises(UnreadableFile, match="holds|declares"):
        read_file(path)


@given(st.binary(max_size=300), st.sampled_from(["transaction", "account"]))
def test_any_bytes_are_rows_or_refused_in_words(junk, kind):
    data = ofx("<DTPOSTED>20240313<TRNAMT>-1<FITID>A").encode()
    for damaged in (data[:200] + junk, b"<OFX>" + junk, data[:400] + junk + data[400:]):
        with contextlib.suppress(UnreadableFile):
            read_ofx(damaged, kind)
