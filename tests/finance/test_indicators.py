"""Indicators: the file is checked whole, windows agree with counting by hand, and no victim becomes a
suspect."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.finance.indicators import (
    TESTS,
    IndicatorParameters,
    LeadParameters,
    count_combinations,
    estimate_false_leads,
    find_indicators,
    load_shipped_rules,
    rank_indicator_leads,
    read_rules,
)
from analytics.finance.indicators.rules import RULES_FILE
from analytics.finance.welfare import find_welfare_leads, reveal_account
from analytics.oversight import Actor, verify
from analytics.shared.progress import Cancelled
from analytics.shared.schema import InvalidFile
from analytics.training import generate
from analytics.training.scoring.account_truth import read_account_truth
from tests.examples import examples
from tests.finance.payment_tables import DAY, START, table

PROTECTED = ("nationality", "ethnic", "race", "religion", "gender", "sex ", "age ", "disab")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    """Tables of a small scenario, its truth by account, and what the rules found."""
    out = tmp_path_factory.mktemp("scenario")
    generate(3, 1.0, out)
    tables = [pd.read_parquet(out / f"{name}.parquet") for name in ("transactions", "accounts", "adverts")]
    parameters = IndicatorParameters(time_zone="Europe/London", lines={"GBP": 100_000})
    return tables, read_account_truth(out).set_index("account"), find_indicators(*tables, parameters)


def test_the_shipped_rules_pass_their_checks_and_look_at_nothing_protected():
    rules = load_shipped_rules()
    assert len(rules.rules) >= 30 and len({rule.code for rule in rules.rules}) == len(rules.rules)
    columns = {need for rule in rules.rules for needs in rule.needs for need in needs.split("|")}
    assert not any(word in column for column in columns for word in PROTECTED)
    assert [rule.code for rule in rules.rules if "corridor" in rule.where] == ["corridor"]
    assert "country" not in RULES_FILE.read_text().split("[[rule]]")[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('for = "organiser"', 'for = "suspect"', "for must be one of 'organiser', 'victim' or 'against'"),
        ('code = "funnel"', 'code = "below-the-line"', "used twice"),
        ("weight = 2.0", "weight = 0", "weight"),
        ('test = "funnel"', 'test = "guess"', "no test guess"),
        ("{payments} cash sums", "{nobody} cash sums", "nobody"),
        ('channel = "cash", away', 'channel = "coins", away', "no group coins"),
        ("at_least = { payments = 4, share_of_own = 0.2 }", "at_least = { luck = 4 }", "luck"),
        (
            "within_days = 14\nat_least = { payments = 4, share",
            "within_days = 0\nat_least = { payments = 4, share",
            "within_days",
        ),
        ('tell = "Ask the branch."', "", "how to tell"),
        ('version = "1"', "", "version is missing"),
        ("GBP = 1000000", "GBP = 1.5", "lines, GBP must be a whole number"),
        ('"many-senders", "small', '"no-such", "small', "no-such"),
        ("[[rule]]", "[[rule", "not valid TOML"),
    ],
)
def test_a_faulty_file_is_refused_whole_and_says_why(tmp_path, old, new, message):
    text = RULES_FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "rules.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidFile, match=message):
        read_rules(file, frozenset(TESTS))


def one_rule(tmp_path, where, at_least, within_days, subject="payee"):
    """A file of one window rule."""
    text = RULES_FILE.read_text(encoding="utf-8").split("[[rule]]")[0]
    limits = ", ".join(f"{name} = {value}" for name, value in at_least.items())
    file = tmp_path / "one.toml"
    file.write_text(
        f'{text}[[rule]]\ncode = "one"\ntitle = "One"\nfor = "organiser"\nfamily = "f"\nweight = 1\nsubject '
        f'= "{subject}"\n'
        f"where = {where}\nwithin_days = {within_days}\nat_least = {{ {limits} }}\nwords = "
        f'"{{payments}}"\nsource = "ours"\n'
        'innocent = ["x"]\ntell = "x"\n',
        encoding="utf-8",
    )
    return read_rules(file, frozenset(TESTS))


@settings(max_examples=examples(30))
@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from("ABCD"), st.sampled_from("ABCD"), st.integers(1, 5)),
        min_size=1,
        max_size=25,
    ),
    st.integers(1, 6),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from(["payee", "payer"]),
)
def test_windows_agree_with_counting_every_window_by_hand(
    tmp_path_factory, rows, days, payments, counterparties, subject
):
    rules = one_rule(
        tmp_path_factory.mktemp("r"),
        "{}",
        {"payments": payments, "counterparties": counterparties},
        days,
        subject,
    )
    found = find_indicators(table(rows), rules=rules)
    mine, other = (2, 1) if subject == "payee" else (1, 2)
    wanted = {}
    for account in "ABCD":
        own = sorted(row for row in rows if row[mine] == account != row[other])
        best = 0
        for last in own:
            inside = [row for row in own if last[0] - days <= row[0] <= last[0]]
            # Rows of one time enter the window one after another: any prefix of them is a window too.
            for take in range(1, len(inside) + 1):
                part = inside[:take]
                if len(part) >= payments and len({row[other] for row in part}) >= counterparties:
                    best = max(best, len(part))
        if best:
            wanted[account] = best
    assert dict(zip(found.hits.account, found.hits.why.astype(int), strict=True)) == wanted
    sizes = found.evidence.groupby("hit").size()
    assert sizes.to_dict() == {
        hit: wanted[account] for hit, account in zip(found.hits.hit, found.hits.account, strict=True)
    }


def test_a_rule_without_its_columns_is_off_and_says_so():
    found = find_indicators(table([(0, "A", "B", 100)]))
    off = found.rules[~found.rules.on].set_index("rule").reason
    assert off["funnel"] == "needs transaction.channel and transaction.place and account.place"
    assert (
        off["corridor"] == "needs transaction.country or transaction.to_country"
        and off["odd-hours-cash"] == "needs transaction.channel and hours"
    )
    assert found.rules.set_index("rule").on["many-senders"]
    chosen = table([(at, "A", "B", 100) for at in range(3)]).assign(country="XA")
    none, some = (find_indicators(chosen, parameters=IndicatorParameters(corridors=c)) for c in ((), ("xa",)))
    assert none.rules.set_index("rule").reason["corridor"] == "no corridor was chosen"
    assert some.hits.rule.tolist() == ["corridor"]


def test_night_is_by_the_clock_on_the_wall_and_dates_without_hours_have_none(tmp_path):
    rules = one_rule(tmp_path, "{ hours = [22, 6] }", {"payments": 2}, 30)
    summer = pd.Timestamp("2026-07-01 21:30") - START  # 22:30 in London
    rows = table([(summer / DAY + at, "A", "B", 100) for at in range(3)])
    assert find_indicators(
        rows, parameters=IndicatorParameters("Europe/London"), rules=rules
    ).hits.account.tolist() == ["B"]
    assert find_indicators(rows, parameters=IndicatorParameters("UTC"), rules=rules).hits.empty
    coarse = rows.assign(time_precision="day")
    assert find_indicators(coarse, parameters=IndicatorParameters("Europe/London"), rules=rules).hits.empty


def test_the_order_of_rows_changes_nothing(scenario):
    tables, _, found = scenario
    shuffled = [frame.sample(frac=1, random_state=1).reset_index() for frame in tables[:2]]
    again = find_indicators(*[frame.drop(columns="index") for frame in shuffled], tables[2], found.parameters)
    pd.testing.assert_frame_equal(found.hits, again.hits)
    rows = again.evidence.assign(
        row=[
            shuffled[("transaction", "account").index(kind)]["index"][row] if kind != "advert" else row
            for kind, row in zip(again.evidence.table, again.evidence.row, strict=True)
        ]
    )
    for frame in (rows, found.evidence):
        frame["row"] = frame["row"].astype(int)
    both = (frame.sort_values(["hit", "table", "row"], ignore_index=True) for frame in (rows, found.evidence))
    pd.testing.assert_frame_equal(*both)


def test_every_hit_rests_on_rows_that_name_its_account(scenario):
    (transactions, accounts, _), _, found = scenario
    assert set(found.evidence.hit) == set(found.hits.hit)
    account_of = found.hits.set_index("hit").account
    named = {
        (hit, transactions[side][row])
        for hit, kind, row in found.evidence.itertuples(index=False)
        if kind == "transaction"
        for side in ("from_account", "to_account")
    }
    named |= {
        (hit, accounts.reference[row])
        for hit, kind, row in found.evidence.itertuples(index=False)
        if kind == "account"
    }
    assert all((hit, account) in named for hit, account in account_of.items())


def test_wages_that_leave_are_those_a_plain_count_finds(scenario):
    """Day by day: of each wage, what left within 24 hours, where nothing else came in between."""
    (transactions, _, _), truth, found = scenario
    hits = set(found.hits.account[found.hits.rule == "wages-leave-at-once"])
    victims = truth[(truth.part == "victim") & (truth.kind == "wages taken")].index
    for account in victims:
        own = transactions[
            (transactions.from_account == account) | (transactions.to_account == account)
        ].sort_values("occurred_at")
        wages = own[(own.to_account == account) & (own.amount_minor > 60_000)]
        left = 0
        for wage in wages.itertuples():
            out = own[
                (own.from_account == account)
                & own.occurred_at.between(wage.occurred_at, wage.occurred_at + DAY)
            ]
            left += out.amount_minor.sum() >= 0.7 * wage.amount_minor
        assert (account in hits) == (left >= 3)


def test_victims_are_never_leads_on_organisers_and_nobody_is_on_both_lists(scenario):
    _, truth, found = scenario
    for families in (1, 2):
        parameters = LeadParameters(min_families=families)
        organisers, victims = (
            rank_indicator_leads(found, side, parameters) for side in ("organiser", "victim")
        )
        assert not set(organisers.account) & set(victims.account)
        exploited = truth[(truth.part == "victim") & truth.kind.isin(["wages taken", "sold sex"])].index
        assert not set(organisers.account) & set(exploited)
        assert np.isin(exploited, victims.account).mean() > 0.8
    first = rank_indicator_leads(found).head(6)
    assert truth.part.reindex(first.account).isin(["organiser", "hub", "member"]).sum() >= 4
    assert first.score.is_monotonic_decreasing and first.for_hits.map(len).ge(2).all()


def test_combinations_are_counted_right_and_false_leads_follow_from_the_base_rate(scenario):
    _, _, found = scenario
    rules = found.hits[found.hits.side != "against"].groupby("account").rule.agg(set)
    for row in count_combinations(found).itertuples():
        assert row.accounts == sum(set(row.rules) <= own for own in rules)
    assert len(count_combinations(found, 3)) == len(
        {c for own in rules for c in itertools.combinations(sorted(own), 3)}
    )
    estimate = estimate_false_leads(100, 10_000, 1 / 1000, 0.8)
    assert estimate == {"true": 8.0, "false": 92.0, "wrong": 0.92, "per_true": 12.5}
    assert estimate_false_leads(5, 100, 0.5, 1.0)["false"] == 0
    assert estimate_false_leads(5, 100, 0.0)["per_true"] == float("inf")
    with pytest.raises(ValueError, match="between 0 and 1"):
        estimate_false_leads(5, 100, 2)


def test_welfare_leads_name_nobody_until_a_reveal_is_recorded(scenario, store):
    _, truth, found = scenario
    leads = find_welfare_leads(found)
    text = leads.leads.to_csv() + leads.evidence.to_csv()
    assert len(leads.leads) > 3 and not any(account in text for account in found.accounts.reference)
    crew = truth[(truth.part == "victim") & (truth.kind == "wages taken")].groupby("network").groups
    groups = leads.leads.set_index("lead").group
    lead_of = leads.keys.set_index("account").lead
    for members in crew.values():
        assert groups[lead_of[list(members)]].nunique() == 1
    with pytest.raises(ValueError, match="reason"):
        reveal_account(store, Actor("a"), leads, "W1", " ")
    with pytest.raises(KeyError):
        reveal_account(store, Actor("a"), leads, "W0", "welfare visit")
    account = reveal_account(store, Actor("a"), leads, "W1", "welfare visit")
    assert account == leads.keys.account[0]
    audit = store.rows("SELECT act, purpose FROM audit")
    assert (
        audit == [{"act": "reveal possible victim", "purpose": "welfare visit"}] and verify(store)[2] is None
    )


def test_a_run_stops_when_asked_and_hostile_text_stays_text():
    with pytest.raises(Cancelled):
        find_indicators(table([(0, "A", "B", 1)]), cancelled=lambda: True)
    rows = table([(0.1 * at, f"{{x}}{at}", "=cmd()", 2000) for at in range(7)])
    rows["note"], rows["channel"] = "{payments.__class__}", "'; DROP TABLE account"
    found = find_indicators(rows)
    assert found.hits.account.tolist() == ["=cmd()"] and "7 people" in found.hits.why[0]
    assert np.isfinite(found.hits.weight).all()


@pytest.mark.parametrize(
    ("begin", "end", "night"),
    [(22, 6, {22, 23, 0, 1, 2, 3, 4, 5}), (9, 17, set(range(9, 17))), (0, 1, {0}), (23, 0, {23})],
)
def test_hours_hold_their_first_and_not_their_last(tmp_path, begin, end, night):
    rules = one_rule(tmp_path, f"{{ hours = [{begin}, {end}] }}", {"payments": 1}, 1)
    rows = table([(0.5 / 24 + hour / 24, "A", f"at {hour}", 100) for hour in range(24)])
    found = find_indicators(rows, rules=rules)
    assert set(found.hits.account) == {f"at {hour}" for hour in night}


def indicators_of(*hits, share=1 / 64):
    """Hits (account, rule, side, family, weight) as `find_indicators` gives them, every rule as rare."""
    found = find_indicators(table([(0, "A", "B", 1)]))
    columns = ["account", "rule", "side", "family", "weight"]
    frame = pd.DataFrame(hits, columns=columns).assign(why=[f"why {at}" for at in range(len(hits))])
    frame = frame.assign(hit=range(len(hits)))
    rules = pd.DataFrame({"rule": frame.rule.unique(), "share": share})
    return dataclasses.replace(found, hits=frame, rules=rules)


def test_a_score_is_the_best_of_each_family_half_of_the_next_and_nothing_of_the_third():
    found = indicators_of(
        ("X", "a", "organiser", "cash", 4.0),
        ("X", "b", "organiser", "cash", 3.0),
        ("X", "c", "organiser", "cash", 2.0),
        ("X", "d", "organiser", "wages", 1.0),
        ("Y", "d", "organiser", "wages", 1.0),
        ("Y", "a", "organiser", "cash", 4.0),
        ("Z", "a", "organiser", "cash", 4.0),
    )
    ranked = rank_indicator_leads(found).set_index("account")
    assert ranked.score.to_dict() == {"X": 4 + 1.5 + 0 + 1, "Y": 5.0}  # Z has one family alone
    assert ranked["rank"].to_dict() == {"X": 1, "Y": 2}
    assert ranked.indicators.to_dict() == {"X": 4, "Y": 2} and ranked.families.tolist() == [2, 2]
    assert ranked.for_hits["X"] == [0, 1, 2, 3] and ranked.reason["Y"] == "why 5; why 4"
    whole = rank_indicator_leads(found, parameters=LeadParameters(second=1.0)).set_index("account")
    assert whole.score["X"] == 8.0


def test_what_many_show_counts_in_part_and_what_speaks_against_in_full():
    hits = (
        ("X", "a", "organiser", "cash", 4.0),
        ("X", "b", "organiser", "wages", 2.0),
        ("X", "c", "against", "kin", 1.0),
        ("X", "d", "against", "kin", 0.5),
    )
    for share, expected in ((1 / 64, 6.0), (1 / 128, 6.0), (1 / 8, 3.0), (1 / 2, 1.0)):
        row = rank_indicator_leads(indicators_of(*hits, share=share)).iloc[0]
        assert row.score == pytest.approx(expected - 1.25) and row.against_hits == [2, 3]


def test_an_account_stays_a_victims_unless_twice_as_much_says_organiser():
    for weight, side in ((3.9, "victim"), (4.0, "organiser")):
        found = indicators_of(
            ("X", "a", "organiser", "cash", weight - 1),
            ("X", "b", "organiser", "wages", 1.0),
            ("X", "c", "victim", "home", 2.0),
        )
        other = {"victim": "organiser", "organiser": "victim"}[side]
        assert rank_indicator_leads(found, side).account.tolist() == ["X"]
        assert rank_indicator_leads(found, other, LeadParameters(min_families=1)).empty
