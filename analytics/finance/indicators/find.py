"""All rules on one set of tables: which accounts meet which, on what rows, and which rules could not be
applied."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from analytics.finance.indicators.control_rules import CONTROL_TESTS
from analytics.finance.indicators.facts import Facts, IndicatorParameters
from analytics.finance.indicators.rules import Rule, RuleSet, read_rules
from analytics.finance.indicators.wage_rules import WAGE_TESTS
from analytics.finance.indicators.window_rules import RuleHit, find_in_window
from analytics.finance.payments import align_accounts, read_payments
from analytics.finance.tables import Table, to_frame
from analytics.shared.identifier_value import normalise_identifier
from analytics.shared.progress import IsCancelled, Progress, cancellable, ignore_progress, never_cancelled

TESTS = {"window": find_in_window, **CONTROL_TESTS, **WAGE_TESTS}
_DEFAULT = IndicatorParameters()


@dataclass(frozen=True)
class Indicators:
    """`hits`: hit, account, rule, title, side, family, weight, why, begins, ends (UTC, of the payments).
    `evidence`: hit, table ('transaction', 'account', 'advert'), row (position in the table given), in order
    of time. `rules`: rule, title, side, on, reason (why it is off), source, check, accounts (that meet it),
    share (of all). `accounts`: reference and position (in the account table given, -1 where it is not there)
    of all accounts seen."""

    hits: pd.DataFrame
    evidence: pd.DataFrame
    rules: pd.DataFrame
    accounts: pd.DataFrame
    left_out: dict[str, int]
    rule_set: RuleSet
    parameters: IndicatorParameters


@cache
def load_shipped_rules() -> RuleSet:
    """The rules of `data/finance_indicators.toml`, checked."""
    return read_rules(tests=frozenset(TESTS))


def find_indicators(
    transactions: Table,
    accounts: Table | None = None,
    adverts: Table | None = None,
    parameters: IndicatorParameters = _DEFAULT,
    *,
    advert_identifiers: Table | None = None,
    rules: RuleSet | None = None,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> Indicators:
    """Apply every rule to every account.

    Tables have the store's columns; `adverts` needs contact (one identifier a line), or `advert_identifiers`
    source_id, row_number and value beside it. A rule whose columns are missing or empty is off, with the
    reason. Raises ValueError where a table is none of payments; Cancelled when stopped."""
    rules = rules or load_shipped_rules()
    data = read_payments(transactions)
    records = align_accounts(accounts, data)
    named = _advert_identifiers(adverts, advert_identifiers, parameters.region)
    facts = Facts(data, records, named, rules, parameters)
    have = _columns(data.table, records, named)
    hits: list[tuple[object, ...]] = []
    evidence: list[tuple[int, str, int]] = []
    outcomes: list[tuple[object, ...]] = []
    step = cancellable(progress, cancelled, "Stopped; nothing was saved.")
    for number, rule in enumerate(rules.rules):
        step(rule.title, number / len(rules.rules))
        reason = _off(rule, have, parameters)
        found = [] if reason or not len(data.table) else TESTS[rule.test](facts, rule)
        for item in found:
            evidence += [(len(hits), *row) for row in _rows(item, facts)]
            hits.append(_hit(len(hits), item, rule, facts))
        outcomes.append(
            (rule.code, rule.title, rule.side, not reason, reason, rule.source, rule.check, len(found))
        )
    columns = ["hit", "account", "rule", "title", "side", "family", "weight", "why", "begins", "ends"]
    table = pd.DataFrame(
        outcomes, columns=["rule", "title", "side", "on", "reason", "source", "check", "accounts"]
    )
    table["share"] = table.accounts / max(1, len(data.accounts))
    rows = pd.DataFrame(evidence, columns=["hit", "table", "row"]).astype({"row": "int64"})
    return Indicators(
        pd.DataFrame(hits, columns=columns),
        rows,
        table,
        records[["reference", "position"]],
        data.left_out,
        rules,
        parameters,
    )


def _hit(number: int, item: RuleHit, rule: Rule, facts: Facts) -> tuple[object, ...]:
    times = facts.payments.time.to_numpy()[item.payments]
    begins, ends = (times.min(), times.max()) if len(times) else (pd.NaT, pd.NaT)
    return (
        number,
        facts.data.accounts[item.account],
        rule.code,
        rule.title,
        rule.side,
        rule.family,
        rule.weight,
        rule.describe(item.values),
        begins,
        ends,
    )


def _rows(item: RuleHit, facts: Facts) -> list[tuple[str, int]]:
    payments = np.unique(item.payments)[: facts.parameters.max_evidence]
    rows = [("transaction", row) for row in facts.payments.row.to_numpy()[payments].tolist()]
    rows += [("account", row) for row in item.accounts.tolist() if row >= 0]
    return rows + [("advert", row) for row in item.adverts.tolist()]


def _off(rule: Rule, have: set[str], parameters: IndicatorParameters) -> str:
    missing = [need for need in rule.needs if not any(one in have for one in need.split("|"))]
    if missing:
        return "needs " + " and ".join(need.replace("|", " or ") for need in missing)
    if rule.where.get("corridor") and not parameters.corridors:
        return "no corridor was chosen"
    return ""


def _columns(payments: pd.DataFrame, accounts: pd.DataFrame, named: pd.DataFrame | None) -> set[str]:
    """table.column of every column that holds something; 'hours' where times are finer than a day."""
    have = {f"transaction.{name}" for name in payments if payments[name].notna().any()}
    have |= {f"account.{name}" for name in accounts if accounts[name].notna().any()}
    local = payments.time.dt
    if len(payments) and ((local.hour != 0) | (local.minute != 0)).any():
        have.add("hours")
    if named is not None and len(named):
        have |= {"advert.contact", "advert_identifier.value"}
    return have


def _advert_identifiers(adverts: Table | None, identifiers: Table | None, region: str) -> pd.DataFrame | None:
    """value (plain) and advert (position in `adverts`), of the declared contacts and the identifiers
    found."""
    if adverts is None:
        return None
    frame = to_frame(adverts)
    parts = []
    if "contact" in frame:
        lines = frame.contact.dropna().astype(str).str.split("\n").explode()
        parts.append(pd.DataFrame({"value": lines.to_numpy(), "advert": lines.index}))
    if identifiers is not None:
        extra = to_frame(identifiers)
        where = frame[["source_id", "row_number"]].assign(advert=frame.index)
        parts.append(extra.merge(where, on=["source_id", "row_number"])[["value", "advert"]])
    if not parts:
        return None
    table = pd.concat(parts, ignore_index=True)
    table["value"] = [normalise_identifier(value, region) for value in table.value]
    return table.dropna(subset=["value"]).drop_duplicates(ignore_index=True)
