"""Which method to use on these data: the mixture, unless another did better by enough on windows before."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.hotspots.forecast import scores
from analytics.shared.wording import counted

RECOMMENDED = "recommended"
FEWEST_BOOTSTRAPPED = 10  # under so many windows, the intervals of a value are of incidents
# Of a method's hits relative to the mixture's, chosen on Chicago and New York (`bench.hotspots.choice`): how
# much less they are expected to be before anything is seen, how far methods differ, and how far shares do.
PRIOR_LOSS, BETWEEN_METHODS, BETWEEN_SHARES = 0.01, 0.05, 0.02


@dataclass(frozen=True)
class Catch:
    """What the methods' chosen cells caught. For one origin, or with a first dimension of origins:

    joint (extents, methods, methods): weight in cells chosen by both; its diagonal is each method's own.
    before (extents, methods): share of the history in the chosen cells. chosen (extents,): cells; share:
    of A; best: the most they could have caught. total: all that happened; squared: sum of squared weights.
    """

    joint: np.ndarray
    before: np.ndarray
    chosen: np.ndarray
    share: np.ndarray
    best: np.ndarray
    total: np.ndarray
    squared: np.ndarray

    @classmethod
    def stack(cls, catches: list[Catch]) -> Catch:
        names = cls.__dataclass_fields__
        return cls(**{name: np.array([getattr(catch, name) for catch in catches]) for name in names})

    def after(self, first: int) -> Catch:
        names = self.__dataclass_fields__
        return Catch(**{name: getattr(self, name)[first:] for name in names})

    def with_picks(self, picks: np.ndarray) -> Catch:
        """With one more method: at each origin and extent, the one picked there (origins, extents)."""
        o, x = (axis.ravel() for axis in np.indices(picks.shape))
        picked = picks.ravel()
        methods = self.joint.shape[-1]
        joint = np.zeros((*picks.shape, methods + 1, methods + 1))
        joint[..., :-1, :-1] = self.joint
        joint[o, x, -1, :-1] = joint[o, x, :-1, -1] = self.joint[o, x, picked]
        joint[o, x, -1, -1] = self.joint[o, x, picked, picked]
        before = np.concatenate([self.before, np.take_along_axis(self.before, picks[..., None], -1)], axis=-1)
        return replace(self, joint=joint, before=before)

    @property
    def hits(self) -> np.ndarray:
        """(origins, extents, methods)."""
        return np.diagonal(self.joint, axis1=-2, axis2=-1)

    @property
    def bootstrapped(self) -> bool:
        return len(self.total) >= FEWEST_BOOTSTRAPPED

    def _divisors(self) -> dict[str, np.ndarray]:
        """What the hits n are divided by, with N all that happened.

        The predictive accuracy index is (n / N) / (a / A) (Chainey, Tompson and Uhlig 2008, Security Journal
        21); the predictive efficiency index PAI over the best possible for the same area (Hunt 2016); the
        recapture rate index the share caught over the share that the same cells had of the history (Levine
        2008, Security Journal 21)."""
        total = self.total[:, None, None]
        return {
            "hit rate": np.broadcast_to(total, self.hits.shape),
            "PAI": np.broadcast_to(total * self.share[..., None], self.hits.shape),
            "PEI": np.broadcast_to(self.best[..., None], self.hits.shape),
            "RRI": total * self.before,
        }

    def measures(self) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Value, lower, upper by origin, extent and method."""
        total, squared = (x[:, None, None] for x in (self.total, self.squared))
        return _measured(self.hits, self._divisors(), total, squared)

    def pooled(self, seed: int) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """The same over all origins, by extent and method: ratios of sums. Over ten origins or more the
        interval is the wider, on either side, of a bootstrap of whole windows and of Clopper-Pearson's on the
        effective number of incidents (`scores.effective_trials`)."""
        hits, divisors = self.hits, self._divisors()
        sums = {name: divisor.sum(axis=0) for name, divisor in divisors.items()}
        squared = self.squared.sum()
        if not self.bootstrapped:
            return _measured(hits.sum(axis=0), sums, self.total.sum(), squared)
        trials = scores.effective_trials(hits, self.total[:, None, None], squared)
        exact = _measured(hits.sum(axis=0), sums, self.total.sum(), self.total.sum() ** 2 / trials)
        pooled = {}
        for name, divisor in divisors.items():
            value, low, high = exact[name]
            drawn_low, drawn_high = scores.ratio_bootstrap(hits, divisor, seed)
            pooled[name] = (value, np.fmin(low, drawn_low), np.fmax(high, drawn_high))
        return pooled

    def difference(self, extent: int, first: int, second: int) -> tuple[float, float, float]:
        """Hit rate of the first method less that of the second over all origins, with a paired 95 %
        interval: the wider, on either side, of Student's t over the windows' differences and of the
        incidents caught by one method alone. The first knows that windows differ, the second that a method
        which differs in few incidents has not shown much. Nothing at all where both caught the same."""
        joint, total = self.joint[:, extent], self.total
        if total.sum() == 0:
            return 0.0, float("nan"), float("nan")
        gain = joint[:, first, first] - joint[:, second, second]
        value = gain.sum() / total.sum()
        unit = self.squared.sum() / total.sum()
        both = joint[:, first, second].sum()
        only_first, only_second = ((joint[:, m, m].sum() - both) / unit for m in (first, second))
        if not (only_first or only_second):
            return 0.0, 0.0, 0.0
        lower, upper = scores.paired_interval(only_first, only_second, total.sum() / unit)
        if len(gain) > 1:
            margin = scores.t_margin(gain) / total.sum()
            lower, upper = min(lower, value - margin), max(upper, value + margin)
        return float(value), float(lower), float(upper)


def _measured(
    hits: np.ndarray,
    divisors: Mapping[str, np.ndarray],
    total: np.ndarray | float,
    squared: np.ndarray | float,
) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Clopper-Pearson on the hit rate, carried to the other measures, whose divisors are held fixed."""
    with np.errstate(invalid="ignore", divide="ignore"):
        lower, upper = scores.binomial_interval(hits / total, total**2 / squared)
        measured = {
            name: (scores.hit_rate(hits, divisor), lower * total / divisor, upper * total / divisor)
            for name, divisor in divisors.items()
        }
    value, low, high = measured["PEI"]
    return measured | {"PEI": (value, low, np.minimum(high, 1.0))}


def choose(catch: Catch, extent: int, names: list[str], reference: str) -> int:
    """The rank in `names` of the method to use after these windows: the one whose hits are expected to
    exceed the `reference`'s the most, or the reference.

    A method's gain is its hits less the reference's, as a share of the reference's. Evidence is pooled: its
    mean over the shares is drawn towards a small loss (an empirical-Bayes normal prior), and the gain at the
    share asked for towards that mean. So with few windows the reference is chosen, and a method that is
    better at one share by luck alone is not. Without windows: the reference.
    """
    common = names.index(reference)
    windows = len(catch.total)
    if windows == 0:
        return common
    hits, joint = catch.hits, catch.joint[..., common]
    base = np.maximum(hits[..., common].sum(axis=0), 1.0)[:, None]
    gains = (hits - hits[..., [common]]) / base
    unit = catch.squared.sum() / max(catch.total.sum(), 1e-12)
    alone = (hits + hits[..., [common]] - 2 * joint).sum(axis=0)  # caught by one of the two only
    by_share = unit * (alone + 1) / base**2
    gain, variance = _sum_with_variance(gains, by_share)
    # Shares lie within one another, so their mean is no surer than a single one of them.
    pooled, pooled_variance = _sum_with_variance(gains.mean(axis=1), by_share.mean(axis=0))
    mean = _shrink(pooled, pooled_variance, -PRIOR_LOSS, BETWEEN_METHODS)
    expected = _shrink(gain[extent], variance[extent], mean, BETWEEN_SHARES)
    expected[common] = 0.0
    return int(np.argmax(expected)) if expected.max() > 0 else common


def _sum_with_variance(gains: np.ndarray, by_incidents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sum of gains over windows, and its variance: the larger of what the windows show and of what as
    many incidents would have by chance."""
    windows = len(gains)
    if windows < 2:
        return gains.sum(axis=0), by_incidents
    return gains.sum(axis=0), np.maximum(by_incidents, windows * gains.var(axis=0, ddof=1))


def _shrink(
    value: np.ndarray, variance: np.ndarray, towards: np.ndarray | float, spread: float
) -> np.ndarray:
    """The posterior mean of a normal quantity with prior mean `towards` and standard deviation `spread`."""
    weight = spread**2 / (spread**2 + variance)
    return towards + weight * (value - towards)


def recommendation(
    catch: Catch,
    first_test: int,
    picks: np.ndarray,
    names: list[str],
    naive: tuple[str, ...],
    reference: str,
    shares: np.ndarray,
) -> pd.DataFrame:
    """A row for every share: the method to use next (`method`, chosen on all windows), its `difference` in
    hit rate from the best naive baseline over them (chosen there, so a little flattered), and the honest
    test: `held_out_difference` of what would have been recommended at each test window, on the windows
    before it alone, from the naive baseline that turned out best. Each with lower and upper (95 %, paired),
    and `sentence`, which says a held-out loss where there is one."""
    tested = catch.after(first_test).with_picks(picks)
    plain = [m for m, name in enumerate(names) if name in naive]
    rows = []
    for extent, share in enumerate(shares):
        method = choose(catch, extent, names, reference)
        best = _best(catch, extent, plain)
        gain, lower, upper = catch.difference(extent, method, best)
        best_tested = _best(tested, extent, plain)
        held_out = tested.difference(extent, len(names), best_tested)
        sentence = _recommend(names[method], names[best], share, (gain, lower, upper), len(catch.total))
        if held_out[0] < 0:
            sentence += _describe_loss(names[best_tested], held_out, len(tested.total))
        rows.append(
            {
                "share": share,
                "method": names[method],
                "baseline": names[best],
                "windows": len(catch.total),
                "difference": gain,
                "lower": lower,
                "upper": upper,
                "held_out_windows": len(tested.total),
                "held_out_baseline": names[best_tested],
                "held_out_difference": held_out[0],
                "held_out_lower": held_out[1],
                "held_out_upper": held_out[2],
                "sentence": sentence,
            }
        )
    return pd.DataFrame(rows)


def _recommend(
    method: str, baseline: str, share: float, gain: tuple[float, float, float], windows: int
) -> str:
    """Which method to use at a share, and how it compares with the best way of counting."""
    begin = f"At {share:.1%} of the area use {method if method != baseline else 'the ' + method}"
    if method == baseline:
        return f"{begin}: here no method is likely to beat counting."
    value, lower, upper = (100 * x for x in gain)
    over = f"over {counted(windows, 'window')}"
    if math.isnan(lower):
        return f"{begin}. Nothing happened {over}."
    chance = " That is within chance." if lower <= 0 <= upper else ""
    return (
        f"{begin}: its hit rate was {value:+.2f} percentage points ({lower:+.2f} to {upper:+.2f}) "
        f"from the {baseline}'s, {over}.{chance}"
    )


def _describe_loss(baseline: str, difference: tuple[float, float, float], windows: int) -> str:
    value, lower, upper = (100 * x for x in difference)
    chance = ", which is within chance" if upper >= 0 else ""
    return (
        f" Held out, {counted(windows, 'window')}: what was recommended at the time was {value:+.2f} points "
        f"({lower:+.2f} to {upper:+.2f}) from the {baseline}{chance}."
    )


def _best(catch: Catch, extent: int, among: list[int]) -> int:
    hits = catch.hits[:, extent].sum(axis=0)
    return max(among, key=lambda m: hits[m])
