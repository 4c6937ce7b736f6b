"""Indicators of trafficking and exploitation in account data, as rules in a file:
`docs/methods/money-indicators.md`."""

from analytics.finance.indicators.facts import IndicatorParameters
from analytics.finance.indicators.find import TESTS, Indicators, find_indicators, load_shipped_rules
from analytics.finance.indicators.ranking import (
    LeadParameters,
    count_combinations,
    estimate_false_leads,
    rank_indicator_leads,
)
from analytics.finance.indicators.rules import Rule, RuleSet, read_rules

__all__ = [
    "TESTS",
    "IndicatorParameters",
    "Indicators",
    "LeadParameters",
    "Rule",
    "RuleSet",
    "count_combinations",
    "estimate_false_leads",
    "find_indicators",
    "rank_indicator_leads",
    "read_rules",
    "load_shipped_rules",
]
