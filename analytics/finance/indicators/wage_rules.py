"""Rules about wages, debts and what a worker's account lacks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.finance.indicators.facts import Facts
from analytics.finance.indicators.rules import Rule
from analytics.finance.indicators.window_rules import RuleHit
from analytics.finance.lifo_matching import match_passed_on
from analytics.finance.payments import OUTSIDE


def wage_table(facts: Facts) -> pd.DataFrame:
    """Every wage: pay, payer, payee, day (local), amount_minor."""
    pay = np.flatnonzero(facts.wages)
    own = facts.payments.iloc[pay]
    table = pd.DataFrame(
        {
            "pay": pay,
            "payer": own.payer,
            "payee": own.payee,
            "day": facts.day[pay],
            "amount_minor": own.amount_minor,
        }
    ).reset_index(drop=True)
    return table


def _own_wages(facts: Facts) -> pd.DataFrame:
    """Wages of accounts into which one person's are paid: hardly ever two of one employer on one day."""
    wages = wage_table(facts)
    wages = wages[facts.of_kind(wages.payee.to_numpy(), "person")]
    at_once = wages.groupby(["payee", "payer", "day"]).size().groupby("payee").mean()
    return wages[wages.payee.map(at_once) < 1.5]


def pooled_wages(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Several wages of one employer into one account on one day, in several pay periods."""
    wages = wage_table(facts)
    wages = wages[wages.payer != OUTSIDE]
    together = wages.groupby(["payee", "payer", "day"]).pay.agg(list).rename("pays").reset_index()
    together["count"] = [len(pays) for pays in together.pays]
    together = together[together["count"] >= rule.at_least["together"]]
    found: dict[int, tuple[dict[str, int], np.ndarray]] = {}
    for (payee, _), group in together.groupby(["payee", "payer"], sort=True):
        if (
            len(group) >= rule.at_least["periods"]
            and len(group) > found.get(payee, ({"periods": 0},))[0]["periods"]
        ):
            values = {"together": int(group["count"].median()), "periods": len(group)}
            found[payee] = values, np.array(sorted(pay for pays in group.pays for pay in pays))
    return [RuleHit(int(payee), values, rows) for payee, (values, rows) in sorted(found.items())]


def takes_wages(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Others' wages that come on to one account within a day, most of each."""
    wages = wage_table(facts)
    pieces = facts.left_within_a_day.merge(
        wages[["pay", "amount_minor"]], left_on="credit", right_on="pay", suffixes=("", "_wage")
    )
    pieces["taker"] = facts.payments.payee.to_numpy()[pieces.debit]
    pieces = pieces[(pieces.taker != OUTSIDE) & facts.of_kind(pieces.taker.to_numpy(), "person")]
    taken = (
        pieces.groupby(["taker", "account", "credit", "amount_minor_wage"])
        .agg(amount=("amount_minor", "sum"), debits=("debit", list))
        .reset_index()
    )
    taken = taken[taken.amount >= taken.amount_minor_wage / 2]
    found = []
    for taker, group in taken.groupby("taker", sort=True):
        values = {"payments": len(group), "counterparties": group.account.nunique()}
        if all(values[name] >= minimum for name, minimum in rule.at_least.items()):
            rows = {*group.credit, *(debit for debits in group.debits for debit in debits)}
            found.append(RuleHit(int(taker), values, np.array(sorted(rows))))
    return found


def wages_leave(facts: Facts, rule: Rule) -> list[RuleHit]:
    """A person's wage that leaves within a day, pay period after pay period."""
    return _find_by_share(facts, rule, lambda share: share >= rule.at_least["share"], leaving=True)


def retains_wages(facts: Facts, rule: Rule) -> list[RuleHit]:
    """A person's wage of which most stays for some days."""
    return _find_by_share(facts, rule, lambda share: share <= rule.at_most["share"], leaving=False)


def _find_by_share(
    facts: Facts, rule: Rule, wanted: Callable[[pd.Series], pd.Series], leaving: bool
) -> list[RuleHit]:
    wages = _own_wages(facts).copy()
    payees = wages.payee.unique()
    pieces = match_passed_on(facts.payments, payees, pd.Timedelta(days=rule.within_days))
    left = pieces[pieces.credit.isin(wages.pay)]
    wages["share"] = wages.pay.map(left.groupby("credit").amount_minor.sum()).fillna(0) / wages.amount_minor
    debits = left.groupby("credit").debit.agg(list)
    found = []
    met = wages[wanted(wages.share)]
    for payee, group in met.groupby("payee", sort=True):
        own = wages[wages.payee == payee]
        if group.day.nunique() < rule.at_least["periods"] or len(group) < len(own) / 2:
            continue
        rows = set(group.pay)
        if leaving:
            rows |= {debit for pay in group.pay for debit in debits[pay]}
        values = {
            "periods": group.day.nunique(),
            "share": float(group.share.min() if leaving else group.share.max()),
        }
        found.append(RuleHit(int(payee), values, np.array(sorted(rows))))
    return found


def no_living_costs(facts: Facts, rule: Rule) -> list[RuleHit]:
    """A person with wages over some pay periods and next to no purchases for living between the first and the
    last of them. Cash drawn counts as one purchase, for it may be spent on living."""
    wages = _own_wages(facts)
    living = facts.member("merchant_category", "category", "living")
    spender = facts.payments.payer.to_numpy()
    spent = (
        pd.DataFrame({"account": spender[living], "day": facts.day[living]})
        .groupby("account")
        .day.agg(np.array)
    )
    found = []
    for payee, group in wages.groupby("payee", sort=True):
        if group.day.nunique() < rule.at_least["periods"]:
            continue
        first, last = int(group.day.min()), int(group.day.max()) + 14
        days = np.asarray(spent.get(payee, np.zeros(0)))
        count = int(((days >= first) & (days <= last)).sum())
        if count / ((last - first) / 30.4) <= rule.at_most["living_a_month"]:
            values = {"periods": group.day.nunique(), "living": count, "days": last - first}
            found.append(RuleHit(int(payee), values, group.pay.to_numpy()))
    return found


def several_employers(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Wages of several employers over the same months, as in a family's account."""
    wages = wage_table(facts)
    periods = wages.groupby(["payee", "payer"]).day.nunique()
    lasting = periods[periods >= rule.at_least["periods"]].reset_index()
    found = []
    for payee, group in lasting.groupby("payee", sort=True):
        if len(group) >= rule.at_least["counterparties"]:
            rows = wages[(wages.payee == payee) & wages.payer.isin(group.payer)].pay.to_numpy()
            values = {"counterparties": len(group), "periods": int(group.day.min())}
            found.append(RuleHit(int(payee), values, rows))
    return found


def deductions(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Equal sums that several workers pay back to the firm that pays them."""
    wages = wage_table(facts)
    pairs = set(zip(wages.payee, wages.payer, strict=True))
    paid = facts.payments
    back = np.array([pair in pairs for pair in zip(paid.payer, paid.payee, strict=True)], dtype=bool)
    table = paid[back].assign(pay=np.flatnonzero(back))
    groups = table.groupby(["payee", "currency", "amount_minor"], sort=True)
    best: dict[int, RuleHit] = {}
    for (payee, _, _), group in groups:
        values = {"counterparties": group.payer.nunique(), "payments": len(group)}
        if all(values[name] >= minimum for name, minimum in rule.at_least.items()):
            former = best.get(payee)
            if former is None or values["payments"] > former.values["payments"]:
                best[payee] = RuleHit(int(payee), values, group.pay.to_numpy())
    return list(best.values())


def instalments(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Several people who each pay one payee the same sum again and again, for months."""
    sides = facts.sides[facts.matches(rule, rule.where)]
    person = facts.of_kind(sides.other.to_numpy(), "person")
    own = sides[person & ~facts.wages[sides.pay]].assign(
        amount=lambda rows: facts.payments.amount_minor.to_numpy()[rows.pay],
        day=lambda rows: facts.day[rows.pay],
    )
    own = own[own.amount >= rule.at_least["each_minor"]]
    plans = (
        own.groupby(["subject", "other", "amount"])
        .agg(payments=("pay", "size"), first=("day", "min"), last=("day", "max"), pays=("pay", list))
        .reset_index()
    )
    plans = plans[
        (plans.payments >= rule.at_least["payments_each"])
        & (plans["last"] - plans["first"] >= rule.at_least["span_days"])
    ]
    found = []
    for subject, group in plans.groupby("subject", sort=True):
        if group.other.nunique() >= rule.at_least["counterparties"]:
            values = {
                "counterparties": group.other.nunique(),
                "payments_each": int(group.payments.min()),
                "days": int(group["last"].max() - group["first"].min()),
            }
            rows = np.array(sorted(pay for pays in group.pays for pay in pays))
            found.append(RuleHit(int(subject), values, rows))
    return found


def pays_rent(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Payments of rent, by their note or to a landlord."""
    pay = np.flatnonzero(facts.rent & (facts.payments.payer.to_numpy() != OUTSIDE))
    table = pd.DataFrame({"payer": facts.payments.payer.to_numpy()[pay], "pay": pay})
    return [
        RuleHit(int(payer), {"payments": len(group)}, group.pay.to_numpy())
        for payer, group in table.groupby("payer", sort=True)
        if len(group) >= rule.at_least["payments"]
    ]


WAGE_TESTS = {
    "pooled_wages": pooled_wages,
    "takes_wages": takes_wages,
    "wages_leave": wages_leave,
    "keeps_wages": retains_wages,
    "no_living_costs": no_living_costs,
    "several_employers": several_employers,
    "deductions": deductions,
    "instalments": instalments,
    "pays_rent": pays_rent,
}
