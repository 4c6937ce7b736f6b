"""One lead: filtered, drafted in sentences with their rows, profiled, and saved as a finding."""

import re

import pandas as pd
import pyarrow as pa
import pytest

from analytics.finance.indicators import find_indicators
from analytics.finance.lead_dossier import add_details, mask_accounts, open_dossier
from analytics.finance.lead_finding import PROFILE, build_lead_finding, draft_profile, format_profile
from analytics.finance.leads import find_leads
from analytics.finance.narrative import draft_narrative, format_narrative
from analytics.finance.payment_filter import (
    PaymentFilter,
    matches_filter,
    read_money_extent,
    select_payments_of,
)
from analytics.ingest import SourceDetails, import_file, propose_mapping, read_file
from analytics.intelligence.evidence import count_evidence, read_evidence_rows
from analytics.intelligence.findings import load_finding, save_finding
from analytics.intelligence.recheck import RerunRequest
from analytics.oversight import Actor
from analytics.oversight.masking import mask
from analytics.reruns import recheck_finding

ACTOR = Actor("test")


def shown(account):
    return str(mask(account, "account"))


@pytest.fixture(scope="module")
def filled_store(tmp_path_factory):
    """A store with one fan-in (twelve strangers pay ACCT-HUB-01 within two days, and all goes on to
    ACCT-END-02) among quiet monthly payments."""
    from analytics.store import Store

    folder = tmp_path_factory.mktemp("case")
    rows = []
    for person in range(40):
        for month in range(1, 7):
            rows.append(
                (
                    f"2024-{month:02d}-{1 + person % 27:02d} 09:00",
                    f"ACCT-P-{person:04d}",
                    f"ACCT-SHOP-{person % 5}",
                    "40.00",
                    "card",
                    "Hove",
                )
            )
    for k in range(12):
        rows.append(
            (
                f"2024-05-{10 + k // 6:02d} {8 + k % 6:02d}:15",
                f"ACCT-P-{k:04d}",
                "ACCT-HUB-01",
                f"{200 + k}.50",
                "transfer",
                None,
            )
        )
    rows.append(("2024-05-12 10:00", "ACCT-HUB-01", "ACCT-END-02", "2300.00", "cash", None))
    frame = pd.DataFrame(rows, columns=["ts", "src", "dst", "amount", "channel", "place"]).assign(
        currency="GBP"
    )
    frame.to_csv(folder / "money.csv", index=False)
    store = Store(folder / "dossier.duckdb")
    details = SourceDetails("Money", "basis", "test", "P", pd.Timestamp("2030-01-01").date())
    mapping = propose_mapping(read_file(folder / "money.csv"), "transaction")
    import_file(store, ACTOR, folder / "money.csv", mapping, details)
    yield store
    store.close()


@pytest.fixture(scope="module")
def found(filled_store):
    transactions = filled_store.query('SELECT * FROM "transaction"')
    accounts = filled_store.query("SELECT * FROM account")
    leads = find_leads(transactions)
    return (
        transactions,
        accounts,
        leads,
        add_details(filled_store, leads.evidence),
        find_indicators(transactions, accounts),
    )


@pytest.fixture(scope="module")
def dossier(found):
    transactions, accounts, leads, payments, indicators = found
    hub = leads.roles[leads.roles.account_id == "ACCT-HUB-01"].lead_id
    lead_id = leads.leads[leads.leads.lead_id.isin(hub)].sort_values("rank").lead_id.iloc[0]
    return open_dossier(leads, payments, lead_id, transactions, accounts, indicators)


def test_the_extent_of_the_money(filled_store):
    extent = read_money_extent(filled_store)
    assert (extent.transactions, extent.currencies, extent.channels) == (
        253,
        ("GBP",),
        ("card", "cash", "transfer"),
    )
    assert (str(extent.first), str(extent.last)) == ("2024-01-01", "2024-06-27")


def test_no_money_has_no_extent(store):
    assert read_money_extent(store) is None


def test_leads_are_narrowed_by_time_amount_channel_and_country(found, filled_store):
    payments, extent = found[3], read_money_extent(filled_store)
    table, whole = pa.Table.from_pandas(payments), (extent.first, extent.last)
    assert matches_filter(table, PaymentFilter(*whole)).all()
    assert not matches_filter(table, PaymentFilter(extent.first, extent.first)).any()
    transfers = matches_filter(table, PaymentFilter(*whole, channels=("transfer",)))
    assert set(payments.channel[transfers]) == {"transfer"}
    large = matches_filter(table, PaymentFilter(*whole, "GBP", 20_500, 21_000))
    assert payments.amount_minor[large].between(20_500, 21_000).all() and large.any()
    assert not matches_filter(table, PaymentFilter(*whole, countries=("XX",))).any()
    assert not matches_filter(table, PaymentFilter(*whole, "EUR")).any()


def test_a_dossier_has_the_very_payments_in_order(dossier, found):
    assert dossier.payments.occurred_at.is_monotonic_increasing
    assert "ACCT-HUB-01" in set(dossier.roles.account) and dossier.roles.plays.notna().any()
    around = select_payments_of(found[0], ["ACCT-HUB-01"])
    assert around.num_rows == 13
    assert set(dossier.balances.account) <= set(dossier.roles.account)


def test_every_sentence_rests_on_rows_and_the_sums_are_those_of_the_rows(dossier, filled_store):
    sentences = draft_narrative(dossier, shown)
    keys = {f"{s}:{r}" for s, r in zip(dossier.payments.source_id, dossier.payments.row_number, strict=True)}
    assert all(sentence.references for sentence in sentences)
    total = int(dossier.payments.amount_minor.sum())
    assert (
        f"{total // 100:,}.{total % 100:02d} GBP" in sentences[0].text
        and set(sentences[0].references) == keys
    )
    first = next(sentence for sentence in sentences if sentence.text.startswith("The first payment"))
    source, row = map(int, first.references[0].split(":"))
    amount = filled_store.rows(
        'SELECT amount_minor FROM "transaction" WHERE source_id = ? AND row_number = ?', [source, row]
    )[0]["amount_minor"]
    assert f"{amount / 100:,.2f} GBP" in first.text


def test_no_draft_holds_an_account_number_unless_it_is_revealed(dossier):
    profile = draft_profile(dossier, shown)
    text = format_narrative(draft_narrative(dossier, shown)) + format_profile(profile)
    assert set(profile) == set(PROFILE) and all(profile.values())
    for account in dossier.roles.account:
        assert account not in text
    assert "ACCT-HUB-01" in format_narrative(draft_narrative(dossier, lambda account: account))
    assert mask_accounts("ACCT-1 and ACCT-12 paid", ["ACCT-1", "ACCT-12"]) == "••••-1 and ••••12 paid"


def test_a_possible_victim_is_not_named_in_the_narrative(dossier):
    from dataclasses import replace

    rows = [
        ("ACCT-P-0001", "victim", "wages leave"),
        ("ACCT-P-0001", "organiser", "one telephone"),
        ("ACCT-P-0002", "organiser", "one telephone"),
        ("ACCT-P-0001", "against", "gave back"),
    ]
    signs = pd.DataFrame(rows, columns=["account", "side", "why"]).assign(
        title="t", share=0.01, references=[("1:2",)] * len(rows)
    )
    texts = [str(s) for s in draft_narrative(replace(dossier, indicators=signs), lambda account: account)]
    texts = [sentence for sentence in texts if "victim" in sentence]
    assert len(texts) == 3 and not any("ACCT-P-0001" in sentence for sentence in texts)
    assert texts[0].startswith(
        "For: account ACCT-P-0002 and 1 account whose holder may be a victim: one telephone"
    )


def test_a_lead_becomes_a_finding_with_its_transactions_and_goes_to_a_brief(dossier, found, filled_store):
    finding, evidence = build_lead_finding(
        dossier, shown, data_version=filled_store.data_version(), version=found[2].version
    )
    number = save_finding(filled_store, ACTOR, finding, evidence)
    assert count_evidence(filled_store, number) == {"transaction": len(dossier.payments)}
    rows = read_evidence_rows(filled_store, number, table="transaction")
    assert rows.amount_minor.sum() == dossier.payments.amount_minor.sum()
    saved = load_finding(filled_store, number)
    assert saved.confidence in ("low", "moderate") and saved.result.narrative and len(saved.alternatives) == 4
    assert not re.search(r"guilt|criminal|offender", saved.statement)
    again = recheck_finding(filled_store, RerunRequest(number, 1))
    assert again.verdict == "same" and again.rows_in_both == len(dossier.payments), again.values[
        again.values.changed
    ]

    from datetime import date

    from analytics.tasking.brief import draft_brief
    from analytics.tasking.dossier import gather_dossier
    from analytics.tasking.drafts import draft_profile
    from analytics.tasking.render import render_pdf

    brief = draft_brief([saved], [number], draft_profile([saved]), date(2030, 1, 1))
    assert render_pdf(gather_dossier(filled_store, brief, 1, 1))[:4] == b"%PDF"


def test_evidence_of_a_table_that_has_none_is_refused(filled_store):
    with pytest.raises(KeyError):
        read_evidence_rows(filled_store, 1, table="source")
