"""Did it work? What happened at a tasked place against what would have happened anyway: see
docs/methods/effect.md.

`measure_effect` is the whole interface; `Effect` is what it returns.
"""

from analytics.tasking.effect.measure import Effect, measure_effect
from analytics.tasking.effect.parameters import EffectParameters
from analytics.tasking.effect.verdicts import (
    FEWER,
    JUDGED,
    MORE,
    NO_EFFECT,
    NOT_MEASURED,
    UNJUDGED,
    VERDICTS,
    verdict_in_words,
)

__all__ = [
    "FEWER",
    "JUDGED",
    "MORE",
    "NOT_MEASURED",
    "NO_EFFECT",
    "UNJUDGED",
    "VERDICTS",
    "Effect",
    "EffectParameters",
    "measure_effect",
    "verdict_in_words",
]
