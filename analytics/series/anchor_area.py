"""The area from which a series may have been worked: criminal geographic targeting (Rossmo 2000).

An area to search first, never an address and never a person. It assumes one anchor that lies among the
offences, an offender who does not travel in to offend, and a series that is one person's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

MINIMUM_INCIDENTS = 5
_SIDE = 200  # cells a side of the searched box
_CHUNK = 4000
_RING = 0.6  # a share of empty middle above which the offences lie in a ring round nothing,
_MISTAKEN = 0.05  # or more for a few, of whom chance alone leaves so many series an empty middle


class NoAnchorArea(ValueError):
    """Why no area can be given for these incidents, in words."""


@dataclass(frozen=True)
class AnchorArea:
    """`offences`: n x 2, metres. `cells`: x, y (centres, metres, the area's CRS), score, rank_share (the
    share of the box that scores at least as high), on a grid of 200 x 200. `cell_km2`: size of one.
    `buffer_m`: radius within which an offender avoids home. `says`: what must be known before it is used."""

    offences: np.ndarray
    cells: pd.DataFrame
    cell_km2: float
    buffer_m: float
    says: tuple[str, ...]

    def measure_hit(self, x: float, y: float) -> float:
        """The share of the box to be searched, best first, before a place is reached; NaN outside it."""
        spare_x, spare_y = self.cells.attrs["cell_m"][0] / 2, self.cells.attrs["cell_m"][1] / 2
        across, up = self.cells.x, self.cells.y
        inside_x = across.min() - spare_x <= x <= across.max() + spare_x
        if not (inside_x and up.min() - spare_y <= y <= up.max() + spare_y):
            return float("nan")
        own = score_anchor(np.array([[x, y]]), self.offences[:, 0], self.offences[:, 1], self.buffer_m)[0]
        return float((self.cells.score >= own).mean())


def score_anchor(
    places: np.ndarray, x: np.ndarray, y: np.ndarray, buffer_m: float, f: float = 1.2, g: float = 1.2
) -> np.ndarray:
    """Rossmo's score of each place (n x 2, metres) for offences at x, y: the sum over offences of 1 / d^f
    beyond the buffer and B^(g-f) / (2 B - d)^g within it, d along a street grid (|dx| + |dy|)."""
    offences = np.column_stack([x, y])
    score = np.empty(len(places))
    for start in range(0, len(places), _CHUNK):
        d = cdist(places[start : start + _CHUNK], offences, "cityblock")
        beyond = d > buffer_m
        with np.errstate(divide="ignore"):
            outside = 1 / np.where(beyond, d, 1.0) ** f
            inside = buffer_m ** (g - f) / np.where(beyond, buffer_m, 2 * buffer_m - d) ** g
        score[start : start + _CHUNK] = np.where(beyond, outside, inside).sum(axis=1)
    return score


def find_anchor_area(x: np.ndarray, y: np.ndarray, buffer_m: float | None = None) -> AnchorArea:
    """Where to look first for what a series was worked from. `buffer_m`: half the mean distance of nearest
    neighbours along a street grid unless given.

    Raises NoAnchorArea for fewer than five places, for one place again and again, and for a ring of offences
    round an empty middle, as of somebody who travels in."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    offences = np.column_stack([x, y])
    distinct = len(np.unique(offences, axis=0))
    if distinct < MINIMUM_INCIDENTS:
        raise NoAnchorArea(
            f"{distinct} distinct places: an anchor area needs at least {MINIMUM_INCIDENTS} offences of one "
            "series."
        )
    apart = cdist(offences, offences, "cityblock")
    np.fill_diagonal(apart, np.inf)
    buffer_m = float(apart.min(axis=1).mean() / 2) if buffer_m is None else buffer_m
    if buffer_m <= 0:
        raise NoAnchorArea("Each offence lies where another does: nothing says how far the offender goes.")
    _refuse_ring(x, y)
    cells, size = _lay_grid(x, y)
    score = score_anchor(cells, x, y, buffer_m)
    rank = pd.Series(score).rank(ascending=False, method="max").to_numpy() / len(score)
    table = pd.DataFrame({"x": cells[:, 0], "y": cells[:, 1], "score": score, "rank_share": rank})
    table.attrs["cell_m"] = size
    box_km2 = size[0] * size[1] * len(cells) / 1e6
    return AnchorArea(offences, table, size[0] * size[1] / 1e6, buffer_m, _warn(len(x), box_km2))


def _refuse_ring(x: np.ndarray, y: np.ndarray) -> None:
    """A commuter's offences often lie round a place that is not home: no score inside them means anything."""
    centre = np.median(x), np.median(y)
    distance = np.hypot(x - centre[0], y - centre[1])
    # Of n places scattered (bivariate normal) the nearest is beyond so many medians with that chance.
    by_chance = np.sqrt(-2 * np.log(_MISTAKEN) / len(x)) / np.sqrt(2 * np.log(2))
    if distance.min() > max(_RING, by_chance) * np.median(distance):
        raise NoAnchorArea(
            "The offences lie in a ring round an empty middle: the offender may travel in, and the method "
            "does not hold for that."
        )


def _lay_grid(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """Cell centres over the box of the offences and half the mean spacing beyond it (Rossmo)."""
    edges = []
    for values in (x, y):
        spare = (values.max() - values.min()) / (2 * (len(values) - 1))
        edges.append(np.linspace(values.min() - spare, values.max() + spare, _SIDE + 1))
    centres = [(edge[:-1] + edge[1:]) / 2 for edge in edges]
    across, up = np.meshgrid(*centres)
    size = (float(edges[0][1] - edges[0][0]), float(edges[1][1] - edges[1][0]))
    return np.column_stack([across.ravel(), up.ravel()]), size


def _warn(count: int, box_km2: float) -> tuple[str, ...]:
    return (
        f"From {count} offences on a box of {box_km2:,.1f} km²: the darkest part is where to look first, not "
        "where somebody lives.",
        "It assumes one anchor among the offences and one offender. It says nothing of who lives there.",
        "On four simulated anchors of one published example the search cost 1 to 29 % of the box: several "
        "anchors mislead it.",
    )
