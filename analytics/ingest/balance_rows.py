"""Rows of a statement that are no payment: balances carried over, turnovers, totals between payments,
and trades on an exchange."""

from __future__ import annotations

from analytics.ingest.column_words import no_payment_patterns
from analytics.ingest.mapping import Mapping
from analytics.ingest.rows import NO_TEXT
from analytics.ingest.sql import RawRows, literal
from analytics.ingest.statement_words import cell_words

_REASONS = {what: f"the row states a {what}, no payment" for what in ("balance", "turnover")}
NOT_BOOKED_REASON = "the payment was not booked"
_TRADE_REASON = "the row states a trade on an exchange, no payment"
NO_PAYMENT_REASONS = (NOT_BOOKED_REASON, _TRADE_REASON, *_REASONS.values())
_ROLES = ("note", "other_name", "from_name", "to_name", "other", "from", "to", "channel", "attribute")
_ENDING = r"[\s:.*=-]*(\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|eur|usd|gbp)?[\s:.*=-]*"


def trade(raw: RawRows, mapping: Mapping) -> str:
    """SQL of the reason where the column of in and out says that something was bought, sold or changed."""
    column = mapping.one("direction")
    if column is None:
        return NO_TEXT
    trades = ", ".join(map(literal, sorted(cell_words("trades"))))
    return f"if(lower({raw.text(column)}) IN ({trades}), {literal(_TRADE_REASON)}, NULL)"


def balance_or_turnover(raw: RawRows, mapping: Mapping) -> str:
    """SQL of the reason where a row states a balance or a turnover: one of its texts says so, and no more."""
    texts = list(dict.fromkeys(name for role in _ROLES for name in mapping.of(role)))
    if not texts:
        return NO_TEXT
    patterns = {what: rf"^\W*({words}){_ENDING}$" for what, words in no_payment_patterns().items()}
    cases = [
        f"WHEN regexp_matches(lower({raw.text(name)}), {literal(pattern)}) THEN {literal(_REASONS[what])}"
        for what, pattern in patterns.items()
        for name in texts
    ]
    return f"CASE {' '.join(cases)} END"
