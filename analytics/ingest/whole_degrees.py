"""Degrees that were written without their point: 52520008 for 52.520008, as phones store them in millionths
and as a spreadsheet leaves them that takes the point for a mark of thousands."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_BEYOND_METRES = 2.1e7  # no system in metres or feet that is used on land reaches so far
_POWERS = range(4, 9)
_SHORTER = range(1, 6)  # zeros that may be lost at the end: 52.52 becomes 5252
_FITS_WITHIN = 3.0  # degrees from the middle of the others
_Floats = npt.NDArray[np.float64]


def are_whole_degrees(x: _Floats, y: _Floats) -> bool:
    """Whether most of the coordinates are whole numbers too large for any other system than this."""
    numbers = np.isfinite(x) & np.isfinite(y) & ((x != 0) | (y != 0))
    if not numbers.any():
        return False
    x, y = x[numbers], y[numbers]
    are_whole = np.mean((x == np.round(x)) & (y == np.round(y))) > 0.9
    return bool(are_whole) and float(np.median(np.maximum(np.abs(x), np.abs(y)))) > _BEYOND_METRES


def set_point(x: _Floats, y: _Floats) -> tuple[_Floats, _Floats]:
    """The degrees of coordinates that `are_whole_degrees`: both divided by the least power of ten that brings
    most into range; of a row that lost zeros at its end, by the power that brings it among the others."""
    for power in _POWERS:
        east, north = x / 10**power, y / 10**power
        if np.nanmean((np.abs(east) <= 180) & (np.abs(north) <= 90)) > 0.5:
            break
    return _lengthen(east), _lengthen(north)


def _lengthen(degrees: _Floats) -> _Floats:
    middle = np.nanmedian(degrees)
    result = degrees.copy()
    for power in _SHORTER:
        longer = degrees * 10**power
        right = (np.abs(result - middle) > _FITS_WITHIN) & (np.abs(longer - middle) <= _FITS_WITHIN)
        result[right] = longer[right]
    return result
