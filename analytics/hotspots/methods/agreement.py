"""How far two pictures of the same cells agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats


@dataclass(frozen=True)
class Agreement:
    """`spearman`: rank correlation over all cells of both. `top`: how many cells the top share is; `both`,
    `only_first`, `only_second`: cells in the top of both, or of one."""

    spearman: float
    cells: int
    top: int
    both: int
    only_first: int
    only_second: int

    @property
    def overlap(self) -> float:
        """Jaccard index of the two tops: shared cells among all cells in either."""
        return self.both / max(self.both + self.only_first + self.only_second, 1)


def measure_agreement(first: pd.Series, second: pd.Series, share: float = 0.05) -> Agreement:
    """Compare two measures indexed by cell id over the cells of either (missing is 0); the tops are the
    highest `share` of cells, ties by id. Raises ValueError for a share outside (0, 1]."""
    if not 0 < share <= 1:
        raise ValueError("The share of cells compared lies between 0 and 1.")
    both = pd.concat([first.rename("first"), second.rename("second")], axis=1).fillna(0.0).sort_index()
    top = max(1, round(share * len(both)))
    tops = [set(both[name].sort_values(ascending=False, kind="stable").index[:top]) for name in both]
    varied = len(both) > 1 and (both.nunique() > 1).all()
    rho = float(stats.spearmanr(both["first"], both["second"]).statistic) if varied else float(np.nan)
    shared = len(tops[0] & tops[1])
    return Agreement(rho, len(both), top, shared, top - shared, top - shared)
