"""Signs for and against exploitation: a file says what they are, and how far each may be trusted."""

from analytics.adverts.indicators.common import Common, how_common
from analytics.adverts.indicators.false_leads import FalseLeads, false_leads
from analytics.adverts.indicators.file import (
    FILE,
    Indicator,
    IndicatorFile,
    IndicatorFileRefused,
    load_indicators,
)
from analytics.adverts.indicators.matching import (
    match_adverts,
    match_measures,
    match_words,
    matched_words,
)

__all__ = [
    "FILE",
    "Common",
    "FalseLeads",
    "Indicator",
    "IndicatorFile",
    "IndicatorFileRefused",
    "false_leads",
    "how_common",
    "load_indicators",
    "match_adverts",
    "match_measures",
    "match_words",
    "matched_words",
]
