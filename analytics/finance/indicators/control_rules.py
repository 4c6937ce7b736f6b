"""Rules about who holds an account and where its money goes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.finance.family_names import family_name, is_household
from analytics.finance.indicators.facts import DAY, Facts
from analytics.finance.indicators.rules import Rule
from analytics.finance.indicators.window_rules import RuleHit, find_in_window
from analytics.finance.lifo_matching import match_passed_on
from analytics.finance.payments import OUTSIDE


def funnel(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Cash paid in away from home at many places, of which a good part leaves again within two days."""
    inner = {name: value for name, value in rule.at_least.items() if name != "left"}
    amount, found = facts.payments.amount_minor.to_numpy(), []
    items = find_in_window(facts, rule.model_copy(update={"at_least": inner}))
    pieces = match_passed_on(
        facts.payments, np.array([item.account for item in items], dtype=int), pd.Timedelta(days=2)
    )
    for item in items:
        own = pieces[pieces.credit.isin(item.payments)]
        left = own.amount_minor.sum() / amount[item.payments].sum()
        if left >= rule.at_least["left"]:
            rows = np.union1d(item.payments, own.debit)
            found.append(RuleHit(item.account, {**item.values, "left": float(left)}, rows))
    return found


def fares_for_several(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Fares in a window, several of them bought on one day more than once."""
    limits = {"payments": rule.at_least["payments"]}
    found = []
    for item in find_in_window(facts, rule.model_copy(update={"at_least": limits})):
        days = pd.Series(facts.day[item.payments]).value_counts()
        bunches = int((days >= 2).sum())
        if bunches >= rule.at_least["bunches"]:
            found.append(RuleHit(item.account, {**item.values, "bunches": bunches}, item.payments))
    return found


def passes_on(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Credits of which most leaves within a day, wages apart (they have rules of their own)."""
    amount, pieces = facts.payments.amount_minor.to_numpy(), facts.left_within_a_day
    left = pieces.groupby("credit").agg(amount=("amount_minor", "sum"), account=("account", "first"))
    left = left[~facts.wages[left.index]]
    passed = left[left.amount >= rule.at_least["share"] * amount[left.index]]
    passed = passed[passed.groupby("account").amount.transform("size") >= rule.at_least["payments"]]
    credits = facts.sides[facts.sides.incoming].subject.value_counts()
    debits = pieces[pieces.credit.isin(passed.index)].groupby("account").debit.unique()
    found = []
    for account, group in passed.groupby("account", sort=True):
        values = {"payments": len(group), "of_history": len(group) / credits[account]}
        if values["of_history"] >= rule.at_least["of_history"]:
            found.append(RuleHit(int(account), values, np.union1d(group.index, debits[account])))
    return found


def handed_on(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Credits of several people, handed on within some days to the one person who gets most of what
    leaves."""
    sides, micros, window = facts.sides, facts.micros, int(rule.within_days * DAY)
    own = sides[facts.of_kind(sides.subject.to_numpy(), rule.where["subject_kind"]) & ~facts.wages[sides.pay]]
    own = own.assign(amount=facts.payments.amount_minor.to_numpy()[own.pay])
    person = facts.of_kind(own.other.to_numpy(), "person")
    into, out = own[own.incoming & person], own[~own.incoming]
    payees = out.groupby(["subject", "other"]).amount.sum().rename("amount").reset_index()
    payees["share"] = payees.amount / payees.groupby("subject").amount.transform("sum")
    payees = payees[
        (payees.share >= rule.at_least["to_one"]) & facts.of_kind(payees.other.to_numpy(), "person")
    ]
    payees = payees.sort_values(["subject", "share", "other"], ascending=[True, False, True]).drop_duplicates(
        "subject"
    )
    into = into.merge(payees[["subject", "other", "share"]], on="subject", suffixes=("", "_payee"))
    into = into[into.other != into.other_payee]
    given = out.merge(payees[["subject", "other"]], on=["subject", "other"]).sort_values(["subject", "pay"])
    if given.empty or into.empty:
        return []
    after = np.minimum(_first_after(given, into, micros), len(given) - 1)
    waited = micros[given.pay.to_numpy()[after]] - micros[into.pay]
    into = into[(given.subject.to_numpy()[after] == into.subject) & (waited >= 0) & (waited <= window)]
    into = into[into.groupby("subject").pay.transform("size") >= rule.at_least["payments"]]
    given_by, found = dict(tuple(given.groupby("subject"))), []
    for account, soon in into.groupby("subject", sort=True):
        own = given_by[account]
        values = {
            "counterparties": soon.other.nunique(),
            "to_one": float(soon.share.iloc[0]),
            "payments": len(soon),
            "handed": own.amount.sum() / max(1, soon.amount.sum()),
        }
        if all(values[name] >= minimum for name, minimum in rule.at_least.items()):
            found.append(RuleHit(int(account), values, np.union1d(soon.pay, own.pay)))
    return found


def _first_after(given: pd.DataFrame, into: pd.DataFrame, micros: np.ndarray) -> np.ndarray:
    """For each row of `into`, the position of the first row of `given` (by subject and time) that is not
    before it."""
    moments = np.unique(micros)
    given_key, into_key = (
        rows.subject.to_numpy().astype(np.int64) * (len(moments) + 1)
        + np.searchsorted(moments, micros[rows.pay.to_numpy()])
        for rows in (given, into)
    )
    return np.asarray(np.searchsorted(given_key, into_key))


def shared(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Accounts of different holders that give one identifier, for the victims' side opened in `within_days`.
    Where half of the holders or more bear one family name it is a family's, and left out: a name only ever
    clears somebody here."""
    table = facts.identifiers
    holder = facts.accounts.get("holder", facts.accounts.reference).fillna("").str.casefold()
    # Firms give a switchboard's number or their own agent's; the indicator is about people.
    table = table[
        facts.of_kind(table.account.to_numpy(), "person") | (facts.kind[table.account.to_numpy(int)] == "")
    ]
    table = table[
        table.groupby(["identifier", "value"]).account.transform("size") >= rule.at_least["accounts"]
    ]
    found: dict[int, RuleHit] = {}
    for (name, _), group in table.groupby(["identifier", "value"], sort=True):
        who = group.account.to_numpy(dtype=int)
        if "opened" in facts.accounts and rule.side == "victim":
            who = _opened_together(facts.accounts.opened.iloc[who], who, rule.within_days)
        if len(who) < rule.at_least["accounts"] or holder.iloc[who].nunique() < rule.at_least["accounts"]:
            continue
        if is_household(holder.iloc[who]):  # a family's telephone indicates nothing
            continue
        rows = facts.accounts.position.to_numpy()[who]
        values = {"accounts": len(who), "identifier": name, "days": int(rule.within_days)}
        for account in who:
            if account not in found or found[account].values["accounts"] < len(who):
                found[int(account)] = RuleHit(int(account), values, accounts=rows)
    return [found[account] for account in sorted(found)]


def _opened_together(opened: pd.Series, who: np.ndarray, days: float) -> np.ndarray:
    """The largest group of accounts opened within so many days; of equals the earliest."""
    when = pd.to_datetime(opened).to_numpy().astype("datetime64[D]")
    known = ~np.isnat(when)
    when, who = when[known].astype(np.int64), who[known]
    order = np.argsort(when, kind="stable")
    when, who = when[order], who[order]
    ends = np.searchsorted(when, when + int(days), side="right")
    if not len(when):
        return who
    start = int(np.argmax(ends - np.arange(len(when))))
    return np.asarray(who[start : ends[start]])


def takes_from_sharers(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Accounts paid by several others that give the same telephone, e-mail or address as they do."""
    table, payments = facts.identifiers, facts.payments
    holder = facts.accounts.get("holder", pd.Series(None, index=facts.accounts.index, dtype=object))
    between = payments[["payer", "payee"]].assign(pay=np.arange(len(payments)))
    between = between[
        (between.payer != between.payee) & (between.payer != OUTSIDE) & (between.payee != OUTSIDE)
    ]
    given = between.merge(table, left_on="payee", right_on="account").merge(
        table[["account", "value"]], left_on=["payer", "value"], right_on=["account", "value"]
    )
    given = given.drop_duplicates("pay").sort_values("pay")
    found = []
    for payee, group in given.groupby("payee", sort=True):
        values = {
            "payments": len(group),
            "counterparties": group.payer.nunique(),
            "identifier": group.identifier.iloc[0],
        }
        who = [payee, *sorted(set(group.payer))]
        names = [name for name in map(family_name, holder.iloc[who]) if name]
        kin = names and names.count(names[0]) == len(names) > 1
        if not kin and all(values[name] >= minimum for name, minimum in rule.at_least.items()):
            found.append(
                RuleHit(int(payee), values, group.pay.to_numpy(), facts.accounts.position.to_numpy()[who])
            )
    return found


def in_adverts(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Accounts whose telephone or e-mail is in adverts."""
    if facts.adverts is None:
        return []
    by_value = facts.adverts.groupby("value").advert.agg(lambda rows: np.unique(rows))
    found: dict[int, RuleHit] = {}
    for row in facts.identifiers.itertuples():
        rows = by_value.get(row.value)
        if rows is None or len(rows) < rule.at_least["adverts"]:
            continue
        values = {"identifier": row.identifier, "adverts": len(rows)}
        own = facts.accounts.position.to_numpy()[[row.account]]
        if row.account not in found or found[row.account].values["adverts"] < len(rows):
            found[row.account] = RuleHit(int(row.account), values, accounts=own, adverts=rows)
    return [found[account] for account in sorted(found)]


def cash_above_peers(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Firms whose share of cash credits is far above the median of firms with as many credits."""
    sides = facts.sides[
        facts.sides.incoming & facts.of_kind(facts.sides.subject.to_numpy(), rule.where["subject_kind"])
    ]
    cash = facts.member("channel", "channel", rule.where["channel"])[sides.pay]
    credits = sides.assign(cash=cash).groupby("subject").cash.agg(["size", "mean"])
    credits = credits[credits["size"] >= rule.at_least["payments"]]
    usual = max(float(credits["mean"].median()), 0.01) if len(credits) else 0.01
    far = credits[
        (credits["mean"] >= rule.at_least["share_of_own"])
        & (credits["mean"] >= rule.at_least["times_peers"] * usual)
    ]
    return [
        RuleHit(
            int(subject),
            {"payments": int(row["size"]), "share_of_own": row["mean"], "times_peers": row["mean"] / usual},
            sides.pay.to_numpy()[(sides.subject == subject).to_numpy() & cash],
        )
        for subject, row in far.iterrows()
    ]


def registered(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Accounts held by firms, charities and landlords, as the account table states."""
    who = np.flatnonzero(facts.of_kind(np.arange(len(facts.accounts)), "firm"))
    position = facts.accounts.position.to_numpy()
    return [RuleHit(int(at), {"kind": facts.kind[at]}, accounts=position[[at]]) for at in who]


def mutual(facts: Facts, rule: Rule) -> list[RuleHit]:
    """Accounts that pay those who pay them, wages and purchases apart."""
    payments = facts.payments
    person = facts.of_kind(payments.payer.to_numpy(), "person") & facts.of_kind(
        payments.payee.to_numpy(), "person"
    )
    between = payments[person].assign(pay=np.flatnonzero(person))
    pairs = set(zip(between.payer, between.payee, strict=True))
    both = [(payee, payer) in pairs for payer, payee in zip(between.payer, between.payee, strict=True)]
    between = between[np.array(both, dtype=bool)]
    found = []
    for payer, group in between.groupby("payer", sort=True):
        if group.payee.nunique() >= rule.at_least["counterparties"]:
            found.append(RuleHit(int(payer), {"counterparties": group.payee.nunique()}, group.pay.to_numpy()))
    return found


CONTROL_TESTS = {
    "funnel": funnel,
    "fares_for_several": fares_for_several,
    "passed_on": passes_on,
    "handed_on": handed_on,
    "shared": shared,
    "takes_from_sharers": takes_from_sharers,
    "in_adverts": in_adverts,
    "cash_above_peers": cash_above_peers,
    "registered": registered,
    "mutual": mutual,
}
