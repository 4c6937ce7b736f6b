"""What part an account plays in the money that is looked at: from what it does, with how sure that is.

A role is a way of handling money, never guilt: an employer distributes and a charity collects. The roles are
those of the laundering literature (Reuter & Truman 2004; Europol on mule networks): collector, distributor,
mule, pass-through, cash-out, payer; and beneficiary, where money comes to rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.finance.lifo_matching import match_passed_on
from analytics.finance.payments import OUTSIDE, read_payments
from analytics.finance.tables import Table
from analytics.shared.wording import counted

ROLES = ("collector", "distributor", "mule", "pass-through", "cash-out", "payer", "beneficiary")
_WORDS = {
    "collector": "{payers} paid it, and it paid {payees}",
    "distributor": "{payers} paid it, and it paid {payees}",
    "mule": "{passed:.0%} of what came in went on within {days:g} days, {top_payee:.0%} of it to one payee",
    "pass-through": "{passed:.0%} of what came in went on within {days:g} days",
    "cash-out": "{cash_out:.0%} of what left was cash or remittance, after {credits} credits",
    "payer": "it pays ({debits}×) and is hardly paid",
    "beneficiary": "it is paid ({credits}×) and hardly pays",
}
_COLUMNS = (
    *("account", "role", "second", "confidence", "label", "why"),
    *("payers", "payees", "credits", "debits", "passed", "cash_out", "top_payee"),
)
_CLEAR, _RATHER = 0.6, 0.3  # of confidence: from here a role is stated alone, or with the next likeliest


@dataclass(frozen=True)
class RoleParameters:
    """`days`: money that leaves within them was passed on. `many` counterparties against the other side's
    make a collector or distributor. `cash_channels`: how money leaves the banks. `resamples`: of an account's
    payments, to see whether its role is the same without some of them."""

    days: float = 2
    many: int = 4
    cash_channels: tuple[str, ...] = (
        "cash",
        "cash machine",
        "atm",
        "cash withdrawal",
        "remittance",
        "money transfer",
    )
    resamples: int = 40
    seed: int = 0

    def __post_init__(self) -> None:
        if self.days <= 0 or self.many < 2 or self.resamples < 1:
            raise ValueError("days and resamples must be above 0, and many at least 2.")


def find_roles(
    transactions: Table,
    parameters: RoleParameters = RoleParameters(),
    *,
    only: list[str] | None = None,
) -> pd.DataFrame:
    """The role of each account in these payments (all of the store's, or those of one lead).

    Columns: account, role, second (the next likeliest), confidence (0 to 1: the share of resamples of the
    account's payments that give the same role, times n / (n + 3) for its n payments), label (the role as it
    may be stated: below 0.6 with the next likeliest, below 0.3 'not clear'), why, payers, payees, credits,
    debits, passed (share of what came in that left within `days`), cash_out (share of what left), top_payee
    (largest share of what left to one payee). `only` names the accounts wanted. Shares are by the amounts of
    each currency, weighted by its number of payments, so that currencies are never added. Money to the
    outside counts as one counterparty."""
    data = read_payments(transactions)
    payments = data.table
    wanted = (
        np.arange(len(data.accounts))
        if only is None
        else np.array(sorted(data.code(name) for name in only), dtype=int)
    )
    pieces = match_passed_on(payments, wanted, pd.Timedelta(days=parameters.days))
    credit_share = (
        pieces.groupby("credit").amount_minor.sum().reindex(np.arange(len(payments))).fillna(0).to_numpy()
    )
    credit_share = credit_share / payments.amount_minor.to_numpy()
    cash = _cash(payments, parameters)
    rng = np.random.default_rng(parameters.seed)
    rows = []
    for account, credits, debits in _by_account(payments, wanted):
        facts = _measure(payments, credits, debits, credit_share, cash)
        scores = _scores(facts, parameters)
        role, second = (ROLES[at] for at in np.argsort(-scores, kind="stable")[:2])
        same = 0
        for _ in range(parameters.resamples):
            resampled = _measure(payments, *_resample(rng, credits, debits), credit_share, cash)
            same += ROLES[int(np.argmax(_scores(resampled, parameters)))] == role
        count = len(credits) + len(debits)
        confidence = same / parameters.resamples * count / (count + 3)
        why = _WORDS[role].format(**facts, days=parameters.days)
        if confidence < _RATHER:
            why = f"too few payments to be sure: {counted(count, 'payment')}; {why}"
        rows.append(
            {
                "account": data.accounts[account],
                "role": role,
                "second": second,
                "confidence": confidence,
                "label": _label(role, second, confidence),
                "why": why,
                **facts,
            }
        )
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _label(role: str, second: str, confidence: float) -> str:
    return role if confidence >= _CLEAR else f"{role} or {second}" if confidence >= _RATHER else "not clear"


def _by_account(payments: pd.DataFrame, wanted: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """(account, credits, debits) with positions of payments, payments to oneself apart."""
    payer, payee = payments.payer.to_numpy(), payments.payee.to_numpy()
    used = np.flatnonzero(payer != payee)
    for_payee, for_payer = (
        used[np.argsort(payee[used], kind="stable")],
        used[np.argsort(payer[used], kind="stable")],
    )
    payee, payer = payee[for_payee], payer[for_payer]
    for account in wanted:
        into = slice(*np.searchsorted(payee, [account, account + 1]))
        out = slice(*np.searchsorted(payer, [account, account + 1]))
        if into.stop > into.start or out.stop > out.start:
            yield int(account), for_payee[into], for_payer[out]


def _measure(
    payments: pd.DataFrame,
    credits: np.ndarray,
    debits: np.ndarray,
    credit_share: np.ndarray,
    cash: np.ndarray,
) -> dict[str, float]:
    payer, payee = payments.payer.to_numpy(), payments.payee.to_numpy()
    amount, currency = payments.amount_minor.to_numpy(), payments.currency.to_numpy()
    return {
        "payers": len(np.unique(payer[credits])),
        "payees": len(np.unique(payee[debits])),
        "credits": len(credits),
        "debits": len(debits),
        "passed": _weighted(credit_share[credits], amount[credits], currency[credits]),
        "cash_out": _weighted(cash[debits].astype(float), amount[debits], currency[debits]),
        "top_payee": _top_share(payee[debits], amount[debits], currency[debits]),
    }


def _weights(amount: np.ndarray, currency: np.ndarray) -> np.ndarray:
    """What each payment counts: by its amount within its currency, and by payments between currencies; 1 in
    all."""
    code = np.unique(currency, return_inverse=True)[1]
    return amount / np.bincount(code, weights=amount)[code] * np.bincount(code)[code] / len(code)


def _weighted(share: np.ndarray, amount: np.ndarray, currency: np.ndarray) -> float:
    return float((share * _weights(amount, currency)).sum()) if len(share) else 0.0


def _top_share(payee: np.ndarray, amount: np.ndarray, currency: np.ndarray) -> float:
    """The largest share of what left that went to one named payee."""
    named = payee != OUTSIDE
    if not named.any():
        return 0.0
    code = np.unique(payee[named], return_inverse=True)[1]
    return float(np.bincount(code, weights=_weights(amount, currency)[named]).max())


def _scores(facts: dict[str, float], parameters: RoleParameters) -> np.ndarray:
    """How well each of ROLES fits, from 0 to 1."""
    into, out = facts["credits"], facts["debits"]
    both = min(1.0, 2 * min(into, out) / max(1, into + out)) if into and out else 0.0
    many_in = min(1.0, facts["payers"] / parameters.many) * _ramp(
        facts["payers"] / max(1, facts["payees"]), 1, 3
    )
    many_out = min(1.0, facts["payees"] / parameters.many) * _ramp(
        facts["payees"] / max(1, facts["payers"]), 1, 3
    )
    passed = _ramp(facts["passed"], 0.4, 0.9)
    to_one = _ramp(facts["top_payee"], 0.5, 0.9)
    collector = many_in if facts["payers"] >= parameters.many else 0.0
    distributor = many_out if facts["payees"] >= parameters.many else 0.0
    return np.array(
        [
            collector * 0.9,
            distributor * 0.9,
            passed * to_one * (1 - 0.3 * distributor) * min(1.0, into / 2),
            passed * (1 - to_one * 0.5) * 0.85 * min(1.0, into / 2),
            _ramp(facts["cash_out"], 0.4, 0.9) * (into > 0) * both,
            _ramp(out / max(1, into + out), 0.6, 1.0) * 0.6,
            _ramp(into / max(1, into + out), 0.6, 1.0) * 0.6,
        ]
    )


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0, 1))


def _resample(
    rng: np.random.Generator, credits: np.ndarray, debits: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    one, other = (rng.choice(part, len(part)) if len(part) else part for part in (credits, debits))
    return one, other


def _cash(payments: pd.DataFrame, parameters: RoleParameters) -> np.ndarray:
    """Payments by which money leaves the banks: a cash channel, or a payee that nobody named."""
    outside = payments.payee.to_numpy() == OUTSIDE
    if "channel" not in payments:
        return np.asarray(outside)
    named = {channel.casefold() for channel in parameters.cash_channels}
    code, values = pd.factorize(payments.channel)
    is_cash = np.array([str(value).strip().casefold() in named for value in values] + [False])
    return np.asarray(outside | is_cash[code])
