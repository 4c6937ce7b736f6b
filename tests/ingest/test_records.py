"""Adverts, accounts and transactions: what is read, what is refused, and that money is exact."""

import gzip
import json
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.ingest import (
    UnreadableFile,
    import_file,
    propose_mapping,
    read_file,
    remove_source,
    save_mapping,
    saved_mappings,
)
from analytics.ingest.preview import preview
from analytics.ingest.proposal import undeclared_contacts
from analytics.ingest.source_record import find_by_content
from analytics.oversight import Actor
from analytics.shared.currency import currencies, find_currency, written
from analytics.store import Store
from tests.examples import examples
from tests.ingest.helpers import ACTOR, DETAILS, GOOD, HEADER, reasons, run
from tests.ingest.helpers import written as file

ADVERT = "id,text,posted,site,city,contact,phone\n"
MONEY = "tx_id,ts,src,dst,amount,currency,channel\n"


def load(store, path, kind, area=None, contacts=None, **changes):
    roles = None if contacts is None else {"contact": contacts}
    return run(store, path, kind, roles, area, **changes)


def amounts(store):
    return [
        r["amount_minor"] for r in store.rows('SELECT amount_minor FROM "transaction" ORDER BY row_number')
    ]


def test_an_advert_is_read_with_its_declared_contact_and_not_with_what_only_looks_like_one(store, tmp_path):
    path = file(tmp_path, ADVERT + "7,Work on a farm,2024-07-01 22:15,board.example,Hove,@farm,07700900123\n")
    report = load(store, path, "advert")
    row = store.rows("SELECT * FROM advert")[0]
    assert (row["reference"], row["body"], row["site"], row["place"]) == (
        "7",
        "Work on a farm",
        "board.example",
        "Hove",
    )
    assert row["contact"] == "@farm" and str(row["posted_at"]) == "2024-07-01 22:15:00"
    raw = read_file(path)
    assert "phone" in undeclared_contacts(raw, propose_mapping(raw, "advert"))[0]
    remove_source(store, ACTOR, report.source_id, "again")
    load(store, path, "advert", contacts=("contact", "phone"))
    assert store.rows("SELECT contact FROM advert")[0]["contact"] == "@farm\n07700900123"
    remove_source(store, ACTOR, 2, "again")
    load(store, path, "advert", contacts=())
    assert store.rows("SELECT contact FROM advert")[0]["contact"] is None


def test_truth_columns_are_never_taken_for_anything():
    from analytics.formats.readers import pa
    from analytics.ingest import RawTable

    def proposed(kind, names):
        table = pa.table({name: pa.array(["1"]) for name in names.split(",")} | {"row_number": pa.array([2])})
        return set(propose_mapping(RawTable(table, "", "CSV"), kind).names())

    adverts = "id,text,cluster,operation,kind,phone,obf,handle,city,date,price,lang,slots"
    assert proposed("advert", adverts) == {"id", "text", "city", "date", "lang"}
    assert proposed("transaction", "tx_id,ts,src,dst,amount,is_laundering,pattern_id,pattern_type") == {
        "tx_id",
        "ts",
        "src",
        "dst",
        "amount",
    }
    assert proposed("advert", "id,package,source,text,cluster") == {"id", "text"}


def test_a_repost_keeps_its_own_time_and_place_and_points_at_the_first(store, tmp_path):
    lines = [
        "1,Same text,2024-07-01,a,Hove,x,",
        "2,Other,2024-07-01,a,Hove,x,",
        "3,Same text,2024-07-05,b,Leeds,x,",
        "4,Same text,2024-07-06,b,Leeds,y,",
        "5,Same text,never,b,Leeds,x,",
    ]
    load(store, file(tmp_path, ADVERT + "\n".join(lines) + "\n"), "advert")
    rows = store.rows("SELECT row_number, place, repost_of FROM advert ORDER BY row_number")
    assert [(r["row_number"], r["place"], r["repost_of"]) for r in rows] == [
        (2, "Hove", None),
        (3, "Hove", None),
        (4, "Leeds", 2),
        (5, "Leeds", None),
        (6, "Leeds", 2),  # a time that cannot be read does not cost the text
    ]
    assert store.rows("SELECT posted_at FROM advert WHERE row_number = 6") == [{"posted_at": None}]


def test_an_advert_may_lack_its_time_but_not_its_text(store, tmp_path):
    load(store, file(tmp_path, ADVERT + "1,Text,,,,,\n2,,2024-07-01,,,,\n"), "advert")
    assert store.rows("SELECT posted_at FROM advert") == [{"posted_at": None}]
    assert reasons(store) == {3: "no text"}


def test_json_lines_and_arrays_give_adverts_with_the_number_of_the_line(store, tmp_path):
    lines = [
        {
            "id": 1,
            "text": "A\nB",
            "posted_at": "2024-07-01T10:00:00+02:00",
            "contacts": ["@x", "07700 900123"],
        },
        {"id": 2, "text": "C", "posted_at": "2024-07-01T10:00:00+02:00", "extra": {"a": 1}},
    ]
    text = json.dumps(lines[0]) + "\nnot json\n[1]\n\n" + json.dumps(lines[1]) + "\n"
    report = load(store, file(tmp_path, text, "adverts.jsonl"), "advert")
    assert (report.rows_in, report.accepted, report.quarantined) == (4, 2, 2)
    rows = store.rows("SELECT row_number, body, contact, posted_at FROM advert ORDER BY row_number")
    assert [(r["row_number"], r["body"]) for r in rows] == [(1, "A\nB"), (5, "C")]
    assert rows[0]["contact"] == "@x\n07700 900123" and str(rows[0]["posted_at"]) == "2024-07-01 08:00:00"
    assert set(reasons(store)) == {2, 3}
    array = read_file(file(tmp_path, json.dumps(lines), "adverts.json"))
    assert array.table.column("row_number").to_pylist() == [1, 2] and array.format == "JSON"


def test_a_transaction_is_exact_to_the_penny_and_a_negative_one_goes_back(store, tmp_path):
    text = (
        MONEY + "1,2024-07-01 10:00,A,B,0.29,GBP,Card\n2,2024-07-01 10:00,A,B,-5,GBP,\n3,2024-07-01 "
        "10:00,A,A,1,GBP,\n"
    )
    report = load(store, file(tmp_path, text), "transaction", time_zone="Europe/London")
    rows = store.rows('SELECT * FROM "transaction" ORDER BY row_number')
    assert [(r["from_account"], r["to_account"], r["amount_minor"]) for r in rows] == [
        ("A", "B", 29),
        ("B", "A", 500),
        ("A", "A", 100),
    ]
    assert str(rows[0]["occurred_at"]) == "2024-07-01 09:00:00" and rows[0]["channel"] == "card"
    assert any("negative" in note for note in report.notes)
    assert store.rows("SELECT time_zone FROM source") == [{"time_zone": "Europe/London"}]


WRITTEN = {
    ("1,234.56", "GBP", "."): 123456,
    ("1.234,56", "EUR", ","): 123456,
    ("£ 12.50", "GBP", "."): 1250,
    ("12.5", "GBP", "."): 1250,
    ("(12.50)", "GBP", "."): 1250,
    ("12.50-", "GBP", "."): 1250,
    ("1 234", "JPY", "."): 1234,
    ("1e3", "GBP", "."): 100000,
    ("934.7100000000001", "GBP", "."): 93471,
    ("1.234", "KWD", "."): 1234,
    ("1’000.00", "CHF", "."): 100000,
    ("0.1", "Euro", "."): 10,
    ("0.00000001", "BTC", "."): 1,
    ("1.234", "EUR", ","): 123400,
}


@pytest.mark.parametrize(("case", "minor"), WRITTEN.items(), ids=str)
def test_amounts_as_people_write_them(store, tmp_path, case, minor):
    amount, currency, decimal = case
    text = (MONEY + f"1;2024-07-01 10:00;A;B;{amount};{currency};\n").replace(",", ";", 6)
    load(store, file(tmp_path, text), "transaction", decimal=decimal)
    assert amounts(store) == [minor]


REFUSED = {
    "1,2024-07-01 10:00,A,B,,GBP,": "no amount",
    "1,2024-07-01 10:00,A,B,abc,GBP,": "amount cannot be read",
    "1,2024-07-01 10:00,A,B,nan,GBP,": "amount cannot be read",
    "1,2024-07-01 10:00,A,B,12.50 or so,GBP,": "amount cannot be read",
    "1,2024-07-01 10:00,A,B,1.005,GBP,": "more decimals",
    "1,2024-07-01 10:00,A,B,1.5,JPY,": "more decimals",
    "1,2024-07-01 10:00,A,B,1,QQQ,": "currency is not known",
    "1,2024-07-01 10:00,A,B,1e25,GBP,": "too large",
    "1,2024-07-01 10:00,,,1,GBP,": "neither account",
    "1,,A,B,1,GBP,": "no date",
    "1,soon,A,B,1,GBP,": "cannot be read",
    "1,2024-07-01 10:00,A,B,1,GBP,card,more": "8 columns",
}


@pytest.mark.parametrize(("line", "reason"), REFUSED.items())
def test_a_bad_transaction_is_quarantined_with_its_number_and_reason(store, tmp_path, line, reason):
    good = "1,2024-07-01 10:00,A,B,1,GBP,\n"
    report = load(store, file(tmp_path, MONEY + good + line + "\n" + good), "transaction")
    assert (report.rows_in, report.accepted, report.quarantined) == (3, 2, 1)
    assert list(reasons(store)) == [3] and reason in reasons(store)[3]


def test_parts_of_a_penny_are_rounded_when_asked(store, tmp_path):
    text = MONEY + "1,2024-07-01 10:00,A,B,1.005,GBP,\n"
    load(store, file(tmp_path, text), "transaction", amounts_are_rounded=True)
    assert amounts(store) == [101]


@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["GBP", "JPY", "KWD", "BTC"]), st.integers(0, 10**13)),
        min_size=1,
        max_size=20,
    )
)
def test_every_amount_comes_back_as_it_was(tmp_path_factory, cases):
    """Minor units to text and in again, through CSV and Parquet, are the same integers."""
    folder = tmp_path_factory.mktemp("money")
    texts = [str(Decimal(minor).scaleb(-currencies()[code].digits)) for code, minor in cases]
    frame = pd.DataFrame(
        {"ts": "2024-07-01 10:00", "src": "A", "dst": "B", "amount": texts, "currency": [c for c, _ in cases]}
    )
    frame.to_csv(folder / "a.csv", index=False)
    frame.assign(extra=1).to_parquet(folder / "a.parquet", index=False)
    opened = Store(":memory:")
    for name in ("a.csv", "a.parquet"):
        load(opened, folder / name, "transaction")
    rows = opened.rows('SELECT amount_minor FROM "transaction" ORDER BY source_id, row_number')
    opened.close()
    assert [r["amount_minor"] for r in rows] == 2 * [minor for _, minor in cases]


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.text(max_size=20), st.text(max_size=20), st.text(max_size=12)), min_size=1, max_size=8
    )
)
def test_any_text_is_either_held_or_refused(tmp_path_factory, cells):
    frame = pd.DataFrame(cells, columns=["text", "posted_at", "amount"]).assign(src="A", ts="2024-07-01")
    path = tmp_path_factory.mktemp("any") / "any.csv"
    frame.to_csv(path, index=False)
    opened = Store(":memory:")
    for kind in ("advert", "transaction"):
        try:
            report = load(opened, path, kind)
        except UnreadableFile:
            continue
        assert report.accepted + report.quarantined == report.rows_in
    opened.close()


def test_a_remittance_file_takes_names_for_accounts_and_says_so(store, tmp_path):
    text = (
        "MTCN,Send Date,Sender Name,Receiver Name,Send Amount,Send Currency,Payout Country\n"
        "1,01/31/2024,Ana B,Juan C,100.00,USD,mx\n"
    )
    report = load(store, file(tmp_path, text), "transaction")
    row = store.rows('SELECT * FROM "transaction"')[0]
    assert (row["from_account"], row["to_name"], row["country"], row["to_country"]) == (
        "Ana B",
        "Juan C",
        "MX",
        "MX",
    )
    assert row["reference"] == "1" and row["time_precision"] == "day"
    assert any("two people of one name" in note for note in report.notes)


def test_accounts_keep_what_a_holder_declares(store, tmp_path):
    text = (
        "account_id,holder,type,opened,city,phone,address,email,occupation,country,balance,balance_date\n"
        'A1,Ann,Person,2019-03-01,Hove,07700,"1 High St, Hove",ANN@X.EXAMPLE,cleaner,gb,-10.50,2024-01-31\n'
        ",Nobody,Person,2019-03-01,,,,,,,,\n"
    )
    report = load(store, file(tmp_path, text), "account", currency="GBP")
    row = store.rows("SELECT * FROM account")[0]
    assert (row["reference"], row["kind"], str(row["opened"]), row["country"]) == (
        "A1",
        "person",
        "2019-03-01",
        "GB",
    )
    assert (row["balance_minor"], row["currency"], str(row["balance_on"])) == (-1050, "GBP", "2024-01-31")
    assert (report.quarantined, reasons(store)) == (1, {3: "no account number"})


@pytest.mark.parametrize("suffix", ["csv.gz", "xlsx", "parquet"])
def test_every_format_gives_the_same_transactions_once(store, tmp_path, suffix):
    frame = pd.DataFrame(
        {
            "ts": pd.to_datetime(["2024-07-01 10:00:05"] * 2),
            "src": [1, 2],
            "dst": [3, 3],
            "amount": [934.71, 1e7],
        }
    )
    path = tmp_path / f"t.{suffix}"
    if suffix == "xlsx":
        frame.to_excel(path, index=False)
    elif suffix == "parquet":
        frame.to_parquet(path, index=False)
    else:
        path.write_bytes(gzip.compress(frame.to_csv(index=False).encode()))
    assert load(store, path, "transaction").accepted == 2
    assert load(store, path, "transaction").already_imported
    assert amounts(store) == [93471, 1_000_000_000]
    assert str(store.rows('SELECT min(occurred_at) AS t FROM "transaction"')[0]["t"]) == "2024-07-01 10:00:05"


def test_an_area_gives_its_time_zone_and_must_be_held(store, tmp_path):
    crimes = file(tmp_path, HEADER + GOOD, "crimes.csv")
    run(store, crimes)
    path = file(tmp_path, MONEY + "1,2024-07-01 10:00,A,B,1,GBP,\n")
    with pytest.raises(UnreadableFile, match="no working area"):
        load(store, path, "transaction", area="Nowhere")
    load(store, path, "transaction", area="Test")
    assert str(store.rows('SELECT occurred_at FROM "transaction"')[0]["occurred_at"]) == "2024-07-01 09:00:00"


def test_a_mapping_is_kept_by_name_and_kind_and_hostile_names_are_only_names(store, tmp_path):
    path = file(tmp_path, 'when,"pay""er; DROP TABLE source",payee,sum\n2024-07-01,A,B,5\n')
    raw = read_file(path)
    mapping = (
        propose_mapping(raw, "transaction").with_role("from", (raw.columns[1],)).with_role("time", ("when",))
    )
    save_mapping(store, ACTOR, "bank", mapping)
    assert saved_mappings(store, "transaction") == {"bank": mapping}
    assert saved_mappings(store, "advert") == {}
    frame = preview(store, raw, mapping).rows
    assert frame.from_account.tolist() == ["A"] and store.rows("SELECT count(*) AS n FROM source") == [
        {"n": 0}
    ]
    assert import_file(store, Actor("a"), path, mapping, DETAILS).accepted == 1


def test_what_is_missing_is_said(store, tmp_path):
    path = file(tmp_path, "a,b\n1,2\n")
    for kind in ("advert", "account", "transaction"):
        with pytest.raises(UnreadableFile, match="Say which column"):
            load(store, path, kind)
    money = file(tmp_path, MONEY + "1,2024-07-01,A,B,1,,\n")
    with pytest.raises(UnreadableFile, match="'EURO' is not known.* such as EUR"):
        load(store, money, "transaction", currency="EURO")


def test_amounts_are_written_with_the_decimals_of_their_currency():
    assert written(None, "GBP") == written(pd.NA, "GBP") == written(float("nan"), None) == ""
    assert [written(123456, code) for code in ("GBP", "JPY", "KWD")] == ["1,234.56", "123,456", "123.456"]
    assert (
        written(-5, "GBP") == "-0.05" and find_currency("us dollar") == "USD" and find_currency("zzz") is None
    )


def test_the_shared_files_import_with_no_options(store, shared_data):
    for kind, name, rows in (
        ("advert", "adverts/synth_ads_2000.csv", 2000),
        ("advert", "adverts/loghub2k_corrected_templates.csv.gz", 32000),
        ("transaction", "transactions/zipf_bg_ibm_patterns_100k.parquet", 100_204),
    ):
        assert load(store, shared_data / name, kind).accepted == rows
    ((total,),) = [
        tuple(r.values()) for r in store.rows('SELECT sum(amount_minor)::BIGINT AS s FROM "transaction"')
    ]
    truth = pd.read_parquet(shared_data / "transactions/zipf_bg_ibm_patterns_100k.parquet").amount
    assert total == sum(int(Decimal(str(value)) * 100) for value in truth)
    assert store.rows("SELECT count(contact) AS n FROM advert") == [{"n": 0}]


def test_the_same_file_as_another_kind_is_another_source(store, tmp_path):
    """What is already stored is asked by kind: a file may hold payments and the accounts between them."""
    path = file(tmp_path, "account_id,holder," + MONEY + "A,Ann,1,2024-07-01 10:00,A,B,5,GBP,\n")
    first = load(store, path, "transaction")
    second = load(store, path, "account")
    assert not first.already_imported and not second.already_imported
    assert (first.source_id, second.source_id, second.accepted) == (1, 2, 1)
    assert store.rows("SELECT kind, sha256 FROM source ORDER BY source_id") == [
        {"kind": kind, "sha256": read_file(path).sha256} for kind in ("transaction", "account")
    ]
    again = load(store, path, "account")
    assert again.already_imported and (again.source_id, again.accepted, again.rows_in) == (2, 1, 1)
    assert load(store, path, "transaction").source_id == 1
    sha = read_file(path).sha256
    assert find_by_content(store, "advert", sha) is None
    assert find_by_content(store, "account", "0" * 64) is None


@pytest.mark.parametrize(
    ("written_amounts", "decimal"),
    [
        (["12,50", "13.50", "14.50"], "."),  # one value decides nothing
        (["13.50", "14.50", "12,50"], "."),
        (["12,50", "13.50"], "."),  # nor does half of them
        (["12,50", "13,50", "14.50"], ","),
        (["1.234,50", "-7,5", "+8,25"], ","),
        (["1,234", "2,345", "3,456"], "."),  # thousands
        (["12,505", "12,505"], "."),
    ],
)
def test_the_decimal_sign_is_that_of_most_values(tmp_path, written_amounts, decimal):
    rows = "".join(f"1;2024-07-01 10:00;A;B;{amount};EUR;\n" for amount in written_amounts)
    raw = read_file(file(tmp_path, MONEY.replace(",", ";") + rows), kind="transaction")
    assert propose_mapping(raw, "transaction").decimal == decimal


def test_a_day_or_balance_that_cannot_be_read_does_not_cost_the_account(store, tmp_path):
    text = "account,holder,phone,opened,balance,currency\n"
    text += "A1,Ann,07700900123,soon,12.50,GBP\nA2,Ben,07700900124,2020-01-02,much,GBP\n"
    report = load(store, file(tmp_path, text), "account")
    assert (report.accepted, report.quarantined) == (2, 0)
    assert sum("cannot be read, taken without it" in note for note in report.notes) == 2
    first, second = store.rows("SELECT * FROM account ORDER BY row_number")
    assert (first["opened"], first["balance_minor"], first["phone"]) == (None, 1250, "07700900123")
    assert (str(second["opened"]), second["balance_minor"], second["holder"]) == ("2020-01-02", None, "Ben")
