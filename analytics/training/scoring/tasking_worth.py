"""What a team's tasking was worth, against doing nothing and against as many actions at random places.

The generator draws whether an action works; that is luck. What a team decides is where. So the worth of a
place is what would be recorded there in the 84 days after the exercise if nobody did anything: every action
works on that share of it alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from analytics.shared.wording import counted
from analytics.training.scoring.answers import Answers, FindingAnswer
from analytics.training.scoring.line import ScoreLine
from analytics.training.scoring.matching import Match
from analytics.training.scoring.truth import PLACES, SealedTruth

CODE = "tasking"


def score_tasking(truth: SealedTruth, answers: Answers, matches: list[Match]) -> ScoreLine:
    """The mean over standing actions. At a place: 0 for what as large a place about random streets would
    hold, 1 for the best planted place not tasked yet; below 0 where it is worse than random. On adverts,
    money or a network: the credit of the finding that the brief rests on."""
    findings = {finding.number: finding for finding in answers.findings}
    products = {product.number: product for product in answers.products}
    credit = {match.finding.number: match.credit for match in matches if match.finding}
    values, own, random, best = [], 0.0, 0.0, 0.0
    taken, taken_best = np.zeros(len(truth.ahead), bool), np.zeros(len(truth.ahead), bool)
    for action in answers.actions:
        product = products.get(action.product)
        cited = [findings[number] for number in (product.findings if product else ()) if number in findings]
        target = next((finding for finding in cited if finding.outline is not None), None)
        if target is None:
            values.append(max((credit.get(finding.number, 0.0) for finding in cited), default=0.0))
            continue
        mine, at_random, at_best = _measure_place(truth, target, taken, taken_best)
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
        "Nothing was tasked."
        if not values
        else f"{counted(len(values), 'action')}; at the places tasked {own:.0f} incidents "
        f"would follow in 84 days, at random places {random:.0f}, at the best planted ones {best:.0f}."
    )
    return ScoreLine(CODE, "Worth of the tasking", value, says, figures)


def _measure_place(
    truth: SealedTruth, target: FindingAnswer, taken: np.ndarray, taken_best: np.ndarray
) -> tuple[float, float, float]:
    """Incidents ahead in the target's outline, in the same outline about random streets (mean), and about the
    best planted place. What another action covers counts once: `taken` (by the team) and `taken_best` (by the
    best) are changed."""
    outline = target.outline
    if outline is None:
        return 0.0, 0.0, 0.0
    ahead = truth.ahead
    of_kind = _select_categories(ahead, target.categories)
    points = ahead[["x", "y"]].to_numpy()
    own = of_kind & ~taken & shapely.contains_xy(outline, *points.T)
    at_random = np.mean([(_find_within(outline, at, points) & of_kind).sum() for at in truth.streets])
    centres = [s.circle[:2] for s in truth.structures if s.layer == PLACES and s.circle]
    there = [_find_within(outline, np.array(at), points) & of_kind & ~taken_best for at in centres]
    best = max(there, key=np.count_nonzero, default=own)
    if own.sum() > best.sum():
        best = own
    taken |= own
    taken_best |= best
    return float(own.sum()), float(at_random), float(best.sum())


def _select_categories(ahead: pd.DataFrame, categories: tuple[str, ...]) -> np.ndarray:
    return ahead.category.isin(categories).to_numpy() if categories else np.ones(len(ahead), bool)


def _find_within(outline: shapely.Geometry, middle: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Which points lie within the outline moved to a middle."""
    centre = outline.centroid
    x, y = (points - middle + [centre.x, centre.y]).T
    return np.asarray(shapely.contains_xy(outline, x, y))
