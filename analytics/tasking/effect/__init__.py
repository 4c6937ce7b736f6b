"""Did it work? What happened at a tasked place against what would have happened anyway: see
docs/methods/effect.md.

`measure_effect` is the whole interface; `Effect` is what it returns.
"""

from analytics.tasking.effect.measure import VERDICTS, Effect, EffectParameters, measure_effect

__all__ = ["VERDICTS", "Effect", "EffectParameters", "measure_effect"]
