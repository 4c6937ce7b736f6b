"""Every function that lists targets leaves a possible victim out, and says so in words."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analytics.finance.cli import build_leads_table
from analytics.finance.indicators import find_indicators
from analytics.finance.lead_dossier import add_details, open_dossier
from analytics.finance.lead_finding import build_lead_finding, draft_profile, format_profile
from analytics.finance.narrative import draft_narrative, format_narrative
from analytics.finance.protected_leads import protect_leads
from analytics.finance.queries import read_accounts, read_transactions
from analytics.finance.search import FinanceResults, protect_results
from analytics.finance.stored_leads import find_stored_leads, search_stored_leads
from analytics.finance.welfare import find_welfare_leads
from analytics.intelligence.finding_results import AdvertsResult
from analytics.intelligence.findings import Finding, save_finding
from analytics.intelligence.possible_victims import (
    POSSIBLE_VICTIM,
    WITHDRAWN,
    find_protected_identifiers,
    leave_out_protected,
    record_victim_status,
    write_left_out,
)
from analytics.network.entities.update import update_network
from analytics.network.links.entity_page import find_node
from analytics.network.operation.protection import list_protected_digests
from analytics.oversight import Actor
from analytics.overview.network_candidates import lead_candidates
from analytics.overview.start_brief import NothingToTask, start_brief
from analytics.tasking.concentration import measure_concentration
from analytics.tasking.fillers import FILLERS, DraftMaterial
from analytics.tasking.networks import measure_network, read_network
from tests.finance.ledgers import table
from tests.finance.planted_leads import everyday, planted
from tests.sources import insert_source_row

ACTOR = Actor("analyst 1")
PHONE = "07700900111"
VICTIMS = ("SINK", "M0")  # where the money ends, marked itself; and one who is reached by the telephone


@pytest.fixture(scope="module")
def filled_store(tmp_path_factory):
    from analytics.store import close_store, open_store

    path = tmp_path_factory.mktemp("victims") / "store.duckdb"
    store = open_store(path)
    with store.write() as cursor:
        for source, kind in enumerate(("transaction", "account"), 1):
            insert_source_row(cursor, source, kind)
        cursor.register("given", table([*everyday(payments=300), *planted()]))
        cursor.execute('INSERT INTO "transaction" BY NAME FROM given').fetchall()
        cursor.execute(
            "INSERT INTO account (source_id, row_number, reference, holder, phone)"
            " VALUES (2, 2, 'M0', 'Bo Ferran', ?)",
            [PHONE],
        ).fetchall()
    update_network(store, ACTOR)
    record_victim_status(store, ACTOR, find_node(store, PHONE), POSSIBLE_VICTIM, "Wages taken")
    record_victim_status(store, ACTOR, "account:SINK", POSSIBLE_VICTIM, "Forced to open it")
    record_victim_status(store, ACTOR, "operation:7", POSSIBLE_VICTIM, "Asked for help")
    yield store
    close_store(path)


@pytest.fixture(scope="module")
def found(filled_store):
    transactions, accounts = read_transactions(filled_store), read_accounts(filled_store)
    leads = find_stored_leads(filled_store, transactions, accounts=accounts)
    raw = search_stored_leads(filled_store, transactions, accounts=accounts)
    of_sink = raw.roles.lead_id[raw.roles.account_id == "SINK"].iloc[0]
    details = add_details(filled_store, leads.evidence)
    indicators = find_indicators(transactions, accounts)
    dossier = open_dossier(leads, details, of_sink, transactions, accounts, indicators)
    return raw, leads, dossier, indicators


def assert_nobody_named(*lists) -> None:
    for listed in lists:
        assert not {*VICTIMS} & set(map(str, listed))


def test_an_account_that_only_the_person_of_a_marked_telephone_has_is_protected(filled_store):
    assert find_protected_identifiers(filled_store, "account") == {*VICTIMS}
    assert find_protected_identifiers(filled_store, "operation") == {"7"}


def test_no_list_of_leads_names_a_possible_victim(filled_store, found):
    raw, leads, _, _ = found
    assert {*VICTIMS} <= set(raw.roles.account_id)
    assert_nobody_named(leads.leads.account, leads.roles.account_id[leads.roles.role != POSSIBLE_VICTIM])
    words = " ".join([*leads.leads.reason, *leads.reasons.words]).split()
    assert_nobody_named(word.strip(".,;:") for word in words)
    references = filled_store.query('SELECT source_id, row_number, reference FROM "transaction"')
    exported = build_leads_table(leads, references)
    marked = exported[exported.account_id.isin(VICTIMS)]
    assert len(marked) and set(marked.role) == {POSSIBLE_VICTIM}
    cards = lead_candidates(replace(leads, leads=leads.leads.assign(by_chance=0.001)), date(2026, 1, 1))
    assert cards and not any("SINK" in card.name for card in cards)


def test_a_lead_of_nobody_else_is_no_lead(found):
    raw = found[0]
    everybody = frozenset(raw.roles.account_id.dropna())
    assert protect_leads(raw, everybody).leads.empty
    assert "for welfare, not as targets." in protect_leads(raw, everybody).notes[-1]
    assert protect_leads(raw, frozenset()) is raw


def test_a_dossier_and_its_drafts_say_it_in_words(found):
    dossier = found[2]
    assert dossier.protected == {*VICTIMS}
    plays = dossier.roles.set_index("account").plays
    assert plays[list(VICTIMS)].isna().all() and plays.drop(list(VICTIMS)).notna().any()
    assert_nobody_named(dossier.facts.account, dossier.balances.account, dossier.assets.account)
    assert_nobody_named(dossier.indicators.account[dossier.indicators.side == "organiser"])
    finding, _ = build_lead_finding(dossier, str, data_version=1, version="1")
    drafts = [
        format_narrative(draft_narrative(dossier, str)),
        format_profile(draft_profile(dossier, str)),
        f"{finding.title} {finding.statement} {finding.result}",
    ]
    for draft in drafts:
        assert not any(name in draft for name in VICTIMS) and "possible victim" in draft
    assert write_left_out(2) in drafts[0] and write_left_out(2) in drafts[1]


def test_the_page_protects_what_it_searched_before(filled_store, found):
    raw, leads, _, indicators = found
    tables = read_transactions(filled_store), read_accounts(filled_store)
    payments, welfare = add_details(filled_store, raw.evidence), find_welfare_leads(indicators)
    results = FinanceResults(*tables, raw, payments, indicators, welfare)
    shown = protect_results(results, frozenset(VICTIMS))
    pd.testing.assert_frame_equal(shown.leads.roles, leads.roles)
    assert set(shown.payments.to_role[shown.payments.to_account == "SINK"]) == {POSSIBLE_VICTIM}
    assert protect_results(results, frozenset()) is results


@pytest.mark.parametrize("what", ["Money by account", "Money by structure"])
def test_concentration_counts_and_does_not_rank(filled_store, what):
    ranking = measure_concentration(filled_store, what)
    assert_nobody_named(ranking.top.label)
    assert ranking.top.label.nunique() == 20


def test_concentration_says_how_many_it_left_out(filled_store):
    assert measure_concentration(filled_store, "Money by account").left_out == 2


def test_results_name_what_is_new_or_gone_without_the_victim(filled_store, found):
    finding, evidence = build_lead_finding(found[2], str, data_version=1, version="1")
    number = save_finding(filled_store, ACTOR, finding, evidence)
    network = read_network(filled_store, [number])
    assert network.protected == {*VICTIMS}
    middle = found[2].payments.occurred_at.median().date()
    change = measure_network(replace(network, last=date(2030, 1, 1)), middle)
    assert len(change.values)
    assert_nobody_named(change.values.value, change.values.replaced_by)


def test_no_brief_begins_from_an_operation_of_a_possible_victim(filled_store):
    with pytest.raises(NothingToTask, match="Welfare"):
        start_brief(filled_store, ACTOR, 1, {"finding": "operation", "number": 7})


def test_a_profile_counts_an_operation_of_a_possible_victim_and_does_not_name_it(filled_store):
    found = Finding("", "", "Campaigns", {}, 1, None, None, None, AdvertsResult(), "low", "", "")
    seven, eight = (
        replace(found, title=f"Operation {n}", statement=f"Operation {n} posts.", recipe=recipe)
        for n in (7, 8)
        for recipe in [{"kind": "operation", "subject": "operation", "number": n}]
    )
    findings = [(1, seven, frozenset({"advert"})), (2, eight, frozenset({"advert"}))]
    material = DraftMaterial(findings, protected=list_protected_digests(filled_store))
    text = FILLERS["findings_on_structures"](material, date(2026, 1, 1))
    assert "Operation 8 posts" in text and "Operation 7" not in text
    assert write_left_out(1, "operation") in text


def test_any_other_list_is_cut_by_the_same_function():
    ranked = pd.DataFrame({"account": ["A", "B", "B", "C"]})
    kept, left_out = leave_out_protected(ranked, "account", frozenset({"B"}))
    assert (kept.account.tolist(), left_out) == (["A", "C"], 1)
    assert write_left_out(1) == (
        "1 account belongs to a possible victim and is listed for welfare, not as a target."
    )
    assert write_left_out(2) == (
        "2 accounts belong to possible victims and are listed for welfare, not as targets."
    )
    assert write_left_out(0) == ""


def test_a_withdrawn_status_brings_the_account_back(filled_store):
    record_victim_status(filled_store, ACTOR, "account:SINK", WITHDRAWN, "Mistaken for another")
    assert find_protected_identifiers(filled_store, "account") == {"M0"}
