"""Order what is not yet judged by what was: a small logistic regression whose every reason can be shown.

It orders the reading. It says nothing of exploitation: what it learns is how the analysts' own leads differ
from what they set aside, their habits and mistakes included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

SIDES = ("lead", "other")


class TooFewJudgements(ValueError):
    """Too little was judged to order the rest by it."""


@dataclass(frozen=True)
class OrderingParameters:
    """`minimum` judgements with `minimum_each` on either side are needed; `strength` is the inverse variance
    of the normal prior on each weight (standardised features), so that few judgements move an order little;
    `folds` and `seed` of the check."""

    minimum: int = 20
    minimum_each: int = 5
    strength: float = 1.0
    folds: int = 5
    seed: int = 1


DEFAULTS = OrderingParameters()


@dataclass(frozen=True)
class Ordering:
    """`scores` by the features' index: the fitted share of leads among such. `weights`: feature, weight, the
    largest first. `reasons`: one row a subject, one column a feature: how much it moved the log odds. The
    check by folds: `auc` (the chance that a lead is ordered before one set aside) of this order and of the
    one by default, over `judged` judgements of which `leads` are leads, and `p`, two-sided, of their
    difference."""

    scores: pd.Series
    weights: pd.DataFrame
    reasons: pd.DataFrame
    judged: int
    leads: int
    auc: float
    auc_by_default: float
    p: float


def order_by_judgements(
    features: pd.DataFrame,
    sides: pd.Series,
    by_default: pd.Series,
    parameters: OrderingParameters = DEFAULTS,
) -> Ordering:
    """Fit on the judged subjects and score all.

    `features` is a numeric frame by subject, `sides` 'lead' or 'other' for those judged (others are left
    out), `by_default` the present order's score, higher first. Logistic regression with a normal prior; each
    judged subject is scored by a fit without its fold to measure the order, and the two orders are compared
    with DeLong's test (DeLong, DeLong and Clarke-Pearson 1988). Raises TooFewJudgements."""
    judged = sides[sides.isin(SIDES)].reindex(features.index).dropna()
    lead = (judged == "lead").to_numpy()
    if len(lead) < parameters.minimum or min(lead.sum(), (~lead).sum()) < parameters.minimum_each:
        raise TooFewJudgements(
            f"{int(lead.sum())} judged as leads and {int((~lead).sum())} set aside. The rest is ordered by "
            f"judgements from "
            f"{parameters.minimum} on, with {parameters.minimum_each} of each."
        )
    centre, spread = features.mean(), features.std(ddof=0).replace(0, 1.0)
    scaled = (features - centre) / spread
    known = scaled.loc[judged.index].to_numpy()
    held_out = np.empty(len(lead))
    folds = StratifiedKFold(
        min(parameters.folds, int(min(lead.sum(), (~lead).sum()))), shuffle=True, random_state=parameters.seed
    )
    for rest, part in folds.split(known, lead):
        held_out[part] = _fit(known[rest], lead[rest], parameters).decision_function(known[part])
    model = _fit(known, lead, parameters)
    weights = pd.DataFrame({"feature": features.columns, "weight": model.coef_[0]})
    ours, theirs, p = _compared(lead, held_out, by_default.loc[judged.index].to_numpy(dtype=float))
    return Ordering(
        pd.Series(model.predict_proba(scaled.to_numpy())[:, 1], index=features.index, name="score"),
        weights.iloc[np.argsort(-weights.weight.abs().to_numpy(), kind="stable")].reset_index(drop=True),
        scaled * model.coef_[0],
        len(lead),
        int(lead.sum()),
        ours,
        theirs,
        p,
    )


def _fit(known: np.ndarray, lead: np.ndarray, parameters: OrderingParameters) -> LogisticRegression:
    return LogisticRegression(C=1 / parameters.strength, max_iter=1000).fit(known, lead)


def _compared(lead: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float, float]:
    """Both AUCs and DeLong's two-sided p of their difference; ties count a half."""
    placed = []
    for scores in (ours, theirs):
        won = (scores[lead][:, None] > scores[~lead]) + 0.5 * (scores[lead][:, None] == scores[~lead])
        placed.append((won.mean(axis=1), won.mean(axis=0), won.mean()))
    (for_a, against_a, auc_a), (for_b, against_b, auc_b) = placed
    variance = (for_a - for_b).var(ddof=1) / lead.sum() + (against_a - against_b).var(ddof=1) / (~lead).sum()
    if variance <= 0:
        return float(auc_a), float(auc_b), 1.0 if auc_a == auc_b else 0.0
    return float(auc_a), float(auc_b), float(2 * stats.norm.sf(abs(auc_a - auc_b) / np.sqrt(variance)))
