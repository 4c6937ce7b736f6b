"""Which method to use on these data: the one that beat counting on windows before, or counting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.hotspots.forecast import scores

RECOMMENDED = "recommended"
FEWEST_WINDOWS = 10  # to choose anything but the long-run count
FEWEST_BOOTSTRAPPED = 10  # under so many windows, the intervals of a value are of incidents


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
        """The same over all origins, by extent and method: ratios of sums."""
        hits, divisors = self.hits, self._divisors()
        if not self.bootstrapped:
            sums = {name: divisor.sum(axis=0) for name, divisor in divisors.items()}
            return _measured(hits.sum(axis=0), sums, self.total.sum(), self.squared.sum())
        return {
            name: (
                scores.hit_rate(hits.sum(axis=0), divisor.sum(axis=0)),
                *scores.ratio_bootstrap(hits, divisor, seed),
            )
            for name, divisor in divisors.items()
        }

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


def choose(catch: Catch, extent: int, names: list[str], naive: tuple[str, ...]) -> int:
    """The rank in `names` of the method to use after these windows.

    The method with the most hits that is not naive is taken only if its paired difference from the best
    naive one has a lower bound above nothing. Else the best naive one, if it so beats the long-run count
    (first of `naive`). Else the long-run count, as with fewer than ten windows.
    """
    counting = names.index(naive[0])
    if len(catch.total) < FEWEST_WINDOWS:
        return counting
    hits = catch.hits[:, extent].sum(axis=0)
    plain, other = _ranks(names, naive)
    best_plain = max(plain, key=lambda m: (hits[m], m == counting))
    challenger = max(other, key=lambda m: hits[m])
    if catch.difference(extent, challenger, best_plain)[1] > 0:
        return challenger
    if best_plain != counting and catch.difference(extent, best_plain, counting)[1] > 0:
        return best_plain
    return counting


def _ranks(names: list[str], naive: tuple[str, ...]) -> tuple[list[int], list[int]]:
    plain = [m for m, name in enumerate(names) if name in naive]
    return plain, [m for m in range(len(names)) if m not in plain]


def recommendation(
    catch: Catch,
    first_test: int,
    picks: np.ndarray,
    names: list[str],
    naive: tuple[str, ...],
    shares: np.ndarray,
) -> pd.DataFrame:
    """A row for every share: the method to use next (`method`, chosen on all windows), its `difference` in
    hit rate from the best naive baseline over them (chosen there, so a little flattered), and the honest
    test: `held_out_difference` of what would have been recommended at each test window, on the windows
    before it alone, from the naive baseline that turned out best. Each with lower and upper (95 %, paired),
    and `sentence`."""
    tested = catch.after(first_test).with_picks(picks)
    plain, _ = _ranks(names, naive)
    rows = []
    for extent, share in enumerate(shares):
        method = choose(catch, extent, names, naive)
        best = _best(catch, extent, plain)
        gain, lower, upper = catch.difference(extent, method, best)
        best_tested = _best(tested, extent, plain)
        held_out = tested.difference(extent, len(names), best_tested)
        if names[method] in naive:
            sentence = f"At {share:.1%} of the area none beats counting: use the {names[method]}."
        else:
            sentence = (
                f"At {share:.1%} of the area use {names[method]}: its hit rate was {100 * gain:+.2f} "
                f"percentage points ({100 * lower:+.2f} to {100 * upper:+.2f}) from the {names[best]}'s, "
                f"over {len(catch.total)} windows."
            )
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


def _best(catch: Catch, extent: int, among: list[int]) -> int:
    hits = catch.hits[:, extent].sum(axis=0)
    return max(among, key=lambda m: hits[m])
