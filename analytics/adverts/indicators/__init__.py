"""Indicators for and against exploitation, and how far each may be trusted, as a file states them."""

from analytics.adverts.indicators.common import IndicatorCounts, count_indicators
from analytics.adverts.indicators.false_leads import FalseLeads, estimate_false_leads
from analytics.adverts.indicators.file import (
    FILE,
    Indicator,
    IndicatorFile,
    IndicatorFileRefused,
    load_indicators,
)
from analytics.adverts.indicators.matching import (
    find_matched_words,
    match_adverts,
    match_measures,
    match_phrases,
)

__all__ = [
    "FILE",
    "IndicatorCounts",
    "FalseLeads",
    "Indicator",
    "IndicatorFile",
    "IndicatorFileRefused",
    "estimate_false_leads",
    "count_indicators",
    "load_indicators",
    "match_adverts",
    "match_measures",
    "match_phrases",
    "find_matched_words",
]
