"""What a team's tasking was worth, against doing nothing and against as many actions at random places.

The generator draws whether an action works; that is luck. What a team decides is where. So the worth of a
place is what would be recorded there in the 84 days after the exercise if nobody did anything: every action
works on that share of it alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from analytics.training.scoring.answers import ActionAnswer, Answers, FindingAnswer
from analytics.training.scoring.line import Line
from analytics.training.scoring.matching import Match
from analytics.training.scoring.truth import PLACES, Truth

CODE = "tasking"
_RANDOM_PLACES = 60
_SEED = 20  # of the random places alone


def score_tasking(truth: Truth, answers: Answers, matches: list[Match]) -> Line:
    """The mean over standing actions. At a place: 0 for what as large a place about random streets would
    hold, 1 for the best planted place not tasked yet; below 0 where it is worse than random. On adverts,
    money or a network: the credit of the finding that the brief rests on."""
    findings = {finding.number: finding for finding in answers.findings}
    products = {product.number: product for product in answers.products}
    credit = {match.finding.number: match.credit for match in matches if match.finding}
    values, own, random, best = [], 0.0, 0.0, 0.0
    taken = np.zeros(len(truth.incidents_ahead) if _list_targets(answers) else 0, bool)
    for action in answers.actions:
        product = products.get(action.product)
        cited = [findings[number] for number in (product.findings if product else ()) if number in findings]
        target = next((finding for finding in cited if finding.outline is not None), None)
        if target is None:
            values.append(max((credit.get(finding.number, 0.0) for finding in cited), default=0.0))
            continue
        mine, at_random, at_best = _measure_place(truth, target, taken)
        own, random, best = own + mine, random + at_random, best + at_best
        values.append(min(1.0, (mine - at_random) / (at_best - at_random)) if at_best > at_random else 0.0)
    value = sum(values) / len(values) if values else 0.0
    figures = {
        "actions": len(values),
        "incidents there": round(own),
        "at random places": round(random, 1),
        "at the best places": round(best),
    }
    says = (
        "Nothing was tasked." if not values else f"{len(values)} actions; at their places {own:.0f} incidents "
        f"would follow in 84 days, at random places {random:.0f}, at the best planted ones {best:.0f}."
    )
    return Line(CODE, "Worth of the tasking", value, says, figures)


def _list_targets(answers: Answers) -> tuple[ActionAnswer, ...]:
    return answers.actions if any(finding.outline is not None for finding in answers.findings) else ()


def _measure_place(truth: Truth, target: FindingAnswer, taken: np.ndarray) -> tuple[float, float, float]:
    """Incidents ahead in the target's outline, in the same outline about random streets (mean), and about the
    best planted place. What another action already covers counts once; `taken` is changed."""
    ahead = truth.incidents_ahead
    of_kind = _select_categories(ahead, target.categories)
    x, y = ahead.x.to_numpy(), ahead.y.to_numpy()
    free = of_kind & ~taken
    outline = target.outline
    if outline is None:
        return 0.0, 0.0, 0.0
    own = free & shapely.contains_xy(outline, x, y)
    rng = np.random.default_rng((_SEED, truth.seed))
    streets = (truth.city.segments[:, :2] + truth.city.segments[:, 2:]) / 2
    at_random = float(np.mean([
        _count_within(outline, middle, x, y, of_kind)
        for middle in streets[rng.integers(0, len(streets), _RANDOM_PLACES)]
    ]))
    centres = [s.circle[:2] for s in truth.structures if s.layer == PLACES and s.circle]
    at_best = max((float(_count_within(outline, np.array(at), x, y, free)) for at in centres), default=0.0)
    taken |= own
    return float(own.sum()), at_random, max(at_best, float(own.sum()))


def _select_categories(ahead: pd.DataFrame, categories: tuple[str, ...]) -> np.ndarray:
    return ahead.category.isin(categories).to_numpy() if categories else np.ones(len(ahead), bool)


def _count_within(
    outline: shapely.Geometry, middle: np.ndarray, x: np.ndarray, y: np.ndarray, counted: np.ndarray
) -> int:
    """What is counted within the outline moved to a middle."""
    centre = outline.centroid
    inside = shapely.contains_xy(outline, x - middle[0] + centre.x, y - middle[1] + centre.y)
    return int((inside & counted).sum())
