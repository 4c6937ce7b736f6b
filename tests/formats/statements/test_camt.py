"""Bank statements in XML: read as ISO 20022 says, and as nothing but data."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.formats.statements.camt import read_camt
from analytics.ingest import UnreadableFile, read_file
from tests.examples import examples
from tests.ingest.helpers import reasons, written
from tests.ingest.test_records import load

HEAD = (
    '<?xml version="1.0"?><Document '
    'xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{}"><BkToCstmrStmt><Stmt>'
)
ACCOUNT = (
    "<Acct><Id><IBAN>GB33 BUKB 2020 1555 5555 55</IBAN></Id><Ccy>GBP</Ccy><Ownr><Nm>Ann "
    "Shop</Nm><PstlAdr><StrtNm>High St</StrtNm>"
    "<BldgNb>1</BldgNb><TwnNm>Hove</TwnNm><Ctry>GB</Ctry></PstlAdr></Ownr></Acct>"
    '<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="GBP">10.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
    "<Dt><Dt>2024-01-31</Dt></Dt></Bal>"
)
TAIL = "</Stmt></BkToCstmrStmt></Document>"


def entry(
    amount="5.00",
    way="CRDT",
    status="<Cd>BOOK</Cd>",
    details="",
    when="<DtTm>2024-01-31T23:30:00+01:00</DtTm>",
):
    return (
        f"<Ntry><Amt "
        f'Ccy="GBP">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts>{status}</Sts><BookgDt>{when}</BookgDt>'
        f"<AcctSvcrRef>R1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd></Fmly></Domn></BkTxCd>{details}</Ntry>"
    )


def detail(amount="", debtor="DE89370400440532013000", name="Ben"):
    nested = f"<Pty><Nm>{name}</Nm></Pty>" if name == "Ben" else f"<Nm>{name}</Nm>"
    return (
        f"<TxDtls><Refs><TxId>T-{name}</TxId></Refs>{amount}<RltdPties><Dbtr>{nested}</Dbtr><DbtrAcct><Id><IBAN>{debtor}</IBAN>"
        "</Id></DbtrAcct></RltdPties><RmtInf><Ustrd>wages</Ustrd><Ustrd>May</Ustrd></RmtInf></TxDtls>"
    )


def statement(*entries, version="08"):
    return HEAD.format(version) + ACCOUNT + "".join(entries) + TAIL


@pytest.mark.parametrize("version", ["02", "08", "13"])
def test_an_entry_becomes_a_transaction_from_payer_to_payee(store, tmp_path, version):
    paid_in = entry(details=f"<NtryDtls>{detail()}</NtryDtls>")
    path = written(tmp_path, statement(paid_in, entry(way="DBIT", amount="1.25"), version=version), "s.xml")
    load(store, path, "transaction")
    first, second = store.rows('SELECT * FROM "transaction" ORDER BY row_number')
    assert (first["from_account"], first["from_name"], first["from_country"]) == (
        "DE89370400440532013000",
        "Ben",
        "DE",
    )
    assert (first["to_account"], first["to_name"], first["to_country"]) == (
        "GB33BUKB20201555555555",
        "Ann Shop",
        "GB",
    )
    assert (first["amount_minor"], first["currency"], first["channel"], first["note"]) == (
        500,
        "GBP",
        "transfer",
        "wages May",
    )
    assert str(first["occurred_at"]) == "2024-01-31 22:30:00" and first["reference"] == "T-Ben"
    assert (second["from_account"], second["to_account"], second["amount_minor"]) == (
        "GB33BUKB20201555555555",
        None,
        125,
    )


def test_a_batch_is_split_only_where_every_part_states_its_amount(tmp_path):
    parts = [detail('<Amt Ccy="GBP">2.00</Amt>', name="Ben"), detail('<Amt Ccy="GBP">3.00</Amt>', name="Cat")]
    split, _ = read_camt(
        statement(entry(details=f"<NtryDtls>{''.join(parts)}</NtryDtls>")).encode(), "transaction"
    )
    assert split.column("amount").to_pylist() == ["2.00", "3.00"] and split.column(
        "from_name"
    ).to_pylist() == ["Ben", "Cat"]
    whole, _ = read_camt(
        statement(entry(details=f"<NtryDtls>{detail()}{detail(name='Cat')}</NtryDtls>")).encode(),
        "transaction",
    )
    assert whole.column("amount").to_pylist() == ["5.00"] and whole.column("from_name").to_pylist() == [None]


def test_an_entry_that_is_not_booked_is_refused(store, tmp_path):
    path = written(tmp_path, statement(entry(status="PDNG"), entry(status="BOOK")), "s.xml")
    report = load(store, path, "transaction")
    assert (report.accepted, report.quarantined, reasons(store)) == (1, 1, {1: "the entry is not booked"})


def test_the_accounts_of_the_same_statement(store, tmp_path):
    path = written(tmp_path, statement(entry()), "s.xml")
    load(store, path, "transaction")
    load(store, path, "account")
    row = store.rows("SELECT * FROM account")[0]
    assert (row["reference"], row["holder"], row["country"]) == ("GB33BUKB20201555555555", "Ann Shop", "GB")
    assert (row["balance_minor"], row["currency"], str(row["balance_on"])) == (-1050, "GBP", "2024-01-31")
    assert row["address"] == "High St 1 Hove"


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, BOMB.encode("utf-16"), "<a/>", "<Document>", "not xml"])
def test_hostile_and_other_xml_is_refused(tmp_path, text):
    with pytest.raises(
        UnreadableFile, match="declares|not well formed|no entries of a camt.052|without a table"
    ):
        read_file(written(tmp_path, text, "s.xml"))


@settings(max_examples=examples(60))
@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=30))
def test_any_text_in_a_name_is_only_a_name(name):
    from xml.sax.saxutils import escape

    table, _ = read_camt(
        statement(entry(details=f"<NtryDtls>{detail(name=escape(name))}</NtryDtls>")).encode(), "transaction"
    )
    assert (table.column("from_name").to_pylist()[0] or "") == name.strip()
