"""The forecast itself: what is expected by cell in the days to come."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.hotspots.forecast import methods, scores
from analytics.hotspots.forecast.catalogue import MAXIMUM_FITTED, BacktestParameters, Catalogue
from analytics.hotspots.forecast.history import Ground, Incidents, Past
from analytics.hotspots.forecast.learned_model import Window
from analytics.hotspots.forecast.windows import follow_calendar, schedule


def forecast(
    points: pd.DataFrame,
    parameters: BacktestParameters,
    method: str,
    *,
    progress: Callable[[float], None] = lambda share: None,
) -> pd.DataFrame:
    """What `method` (as `backtest` names it) expects in the `horizon` days from `parameters.test_from`.

    `points` as for `backtest`; those of `test_from` and later are not looked at. One row for every cell that
    had an incident before, riskiest first: i, j, expected (incidents or harm), rank (from 1), history (sum
    over the history). Fitted, and its level set, on the windows before. Raises TooFewData as `backtest`
    does, and ValueError for a method that is not there or needs a longer history.
    """
    parameters = follow_calendar(points, parameters)
    before = points[points.local_date < pd.Timestamp(parameters.test_from)]
    incidents = Incidents.from_frame(before)
    origins, _, test = schedule(before, incidents, parameters, tested=False)
    ground = Ground(incidents, parameters.grid)
    past = Past(ground, origins[test], parameters.ahead)
    catalogue = Catalogue(parameters, seasonal=methods.season_is_known(past))
    if method not in catalogue.names:
        raise ValueError(f"{method!r} is not among {', '.join(catalogue.names)}.")
    windows = []
    looked_at = origins[:test][-MAXIMUM_FITTED:]
    for rank, origin in enumerate(looked_at):
        progress(rank / len(looked_at))
        known = Past(ground, origin, parameters.ahead)
        after = Past(ground, known.end, parameters.ahead)
        windows.append(Window(known, methods.last_period(after)))
    forecasts = catalogue.fit(windows)
    score = forecasts[method](past)
    level, least = catalogue.levels({method: forecasts[method]}, windows)[0]
    history = past.window(1, past.days)
    order = scores.ranking(score, scores.neutral_order(history, ground.i, ground.j, parameters.seed))
    return pd.DataFrame(
        {
            "i": ground.i[order],
            "j": ground.j[order],
            "expected": (level * score + least)[order],
            "rank": np.arange(1, len(order) + 1),
            "history": history[order],
        }
    )
