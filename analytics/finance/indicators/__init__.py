"""Red flags of trafficking and exploitation in account data, as rules in a file:
`docs/methods/money-indicators.md`."""

from analytics.finance.indicators.facts import IndicatorParameters
from analytics.finance.indicators.leads import (
    LeadParameters,
    combinations,
    expected_false_leads,
    indicator_leads,
)
from analytics.finance.indicators.rules import Rule, RuleSet, RulesRefused, read_rules
from analytics.finance.indicators.run import TESTS, Indicators, find_indicators, shipped_rules

__all__ = [
    "TESTS",
    "IndicatorParameters",
    "Indicators",
    "LeadParameters",
    "Rule",
    "RuleSet",
    "RulesRefused",
    "combinations",
    "expected_false_leads",
    "find_indicators",
    "indicator_leads",
    "read_rules",
    "shipped_rules",
]
