"""What next: a forecast by place, and how well each method would have done on these data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.hotspots.catalogue.method import Method, Option, within_step
from analytics.hotspots.catalogue.options import SEED
from analytics.hotspots.catalogue.request import Request
from analytics.hotspots.catalogue.workspace import Workspace
from analytics.hotspots.forecast.backtest import Backtest, backtest
from analytics.hotspots.forecast.catalogue import MIXTURE, REPEATS, TERRAIN, BacktestParameters
from analytics.hotspots.forecast.predict import forecast
from analytics.hotspots.forecast.windows import describe_horizon, follow_calendar
from analytics.hotspots.grid.cells import name_cells
from analytics.hotspots.incident_points import read_incident_points, weigh_incidents
from analytics.hotspots.refusal import TooFewData
from analytics.hotspots.risk_layers import read_risk_layers
from analytics.shared.method_result import Measure, Result
from analytics.shared.month_dates import leave_out_months, say_left_out
from analytics.shared.progress import Progress
from analytics.shared.wording import write_day

_HORIZONS = {"day": 1, "week": 7, "month": 30}
_SHARES = (0.01, 0.05, 0.10)
RECOMMENDED, _LEARNED = "recommended", "learned trees"
_DENSITIES = ("kernel density, one cell wide", "kernel density, two cells wide")
_METHODS = (
    RECOMMENDED,
    "long-run count",
    "last period",
    "same season last year",
    "decayed count",
    *_DENSITIES,
    "near repeat",
    REPEATS,
    TERRAIN,
    "smoothed count",
    MIXTURE,
    _LEARNED,
)
_MEASURES = {"hit rate": "Hit rate", "PAI": "PAI", "PEI": "PEI", "RRI": "RRI"}


def forecast_cells(workspace: Workspace, request: Request, progress: Progress) -> Result:
    """The cells to look at in the days after the period's last one."""
    option, share = request.option, float(request.option["share"])
    points, left_out = _points(workspace, request, progress)
    days = _HORIZONS[str(option["horizon"])]
    origin = request.selection.last + timedelta(days=1)
    parameters = follow_calendar(
        points,
        _parameters(workspace, request, days, origin, None, (share,), trees=option["method"] == _LEARNED),
    )
    origin, ahead = parameters.test_from, describe_horizon(parameters)
    method = str(option["method"])
    advice: tuple[str, ...] = ()
    if method in _DENSITIES:
        method = f"kernel density {parameters.kernel_widths()[_DENSITIES.index(method)]:g} m"
    if method == RECOMMENDED:
        tested = _backtest(
            workspace,
            points,
            request,
            days,
            trees=False,
            shares=(share,),
            progress=within_step(progress, "Trying every method on the past", 0.05, 0.8),
        )
        row = tested.recommendation.iloc[0]
        method, advice = str(row.method), (str(row.sentence),)
    try:
        expected = forecast(
            points, parameters, method, progress=within_step(progress, "Looking ahead", 0.8, 1.0)
        )
    except ValueError as error:
        raise TooFewData(str(error)) from error
    expected["id"] = name_cells(expected.i, expected.j)
    chosen = expected.head(max(1, round(share * len(expected))))
    caught = chosen.expected.sum() / max(expected.expected.sum(), 1e-12)
    says = (
        f"By {method}, the {len(chosen):,} riskiest of {len(expected):,} cells ({share:.0%}) have "
        f"{caught:.0%} of the {expected.expected.sum():,.1f} {request.unit} expected in the "
        f"{ahead} from {write_day(origin)}.",
        *advice,
        *left_out,
        "Expected numbers are averages: most cells will have none. What is recorded there depends on who "
        "looks.",
    )
    return Result(
        "cells",
        chosen,
        says,
        request.describe() | {"forecast_by": method, "from": str(origin), "days": days, "ahead": ahead},
        Measure("expected", f"{request.unit} expected in the {ahead}"),
        titles={
            "expected": f"{request.unit.capitalize()} expected in the {ahead}",
            "history": f"{request.unit.capitalize()} until then",
        },
    )


def backtest_forecasts(workspace: Workspace, request: Request, progress: Progress) -> Result:
    """Every method against counting, on windows it had not seen."""
    days = _HORIZONS[str(request.option["horizon"])]
    points, left_out = _points(workspace, request, progress)
    tested = _backtest(
        workspace,
        points,
        request,
        days,
        trees=request.option["learned"] == "yes",
        shares=_SHARES,
        progress=within_step(progress, "Trying every method on the past", 0.05, 1.0),
    )
    summary = tested.summary
    shown = summary[summary.measure.isin(_MEASURES)].copy()
    shown["share"] = shown.share.astype(float)
    table = shown[["method", "measure", "share", "value", "lower", "upper", "interval", "chosen_km2"]]
    others = summary[~summary.measure.isin(_MEASURES)]
    return Result(
        "intervals",
        table.reset_index(drop=True),
        (*tested.recommendation.sentence, *left_out),
        request.describe()
        | {
            "test_from": str(tested.parameters.test_from),
            "days": days,
            "ahead": describe_horizon(tested.parameters),
            "study_area": f"{tested.cells} cells that had an incident before",
        },
        more={
            "Probability scores": others,
            "Calibration": tested.calibration,
            "Every test window": tested.scores,
        },
    )


def _points(
    workspace: Workspace, request: Request, progress: Progress
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Everything up to the period's last day, for a forecast learns from the whole history, without the few
    that are known to the month only; and what says so."""
    progress("Reading the incidents", 0.0)
    points = read_incident_points(workspace.engine, request.selection, any_period=True)
    history = points[points.local_date <= pd.Timestamp(request.selection.last)]
    points = leave_out_months(history)
    said = say_left_out(len(history) - len(points))
    harm = weigh_incidents(points, request.harm)
    return (points if harm is None else points.assign(weight=harm)), said


def _backtest(
    workspace: Workspace,
    points: pd.DataFrame,
    request: Request,
    days: int,
    *,
    trees: bool,
    shares: tuple[float, ...],
    progress: Callable[[float], None],
) -> Backtest:
    """On the last quarter of the history, a year at most."""
    if points.empty:
        raise TooFewData("No incident is left to forecast from. Widen the filters.")
    first, last = points.local_date.min(), points.local_date.max()
    test_days = int(np.clip((last - first).days // 4, 3 * days, 366))
    begin = (last - pd.Timedelta(days=test_days - 1)).date()
    return backtest(
        points,
        _parameters(workspace, request, days, begin, last.date(), shares, trees=trees),
        progress=progress,
    )


def _parameters(
    workspace: Workspace,
    request: Request,
    days: int,
    begin: date,
    end: date | None,
    shares: tuple[float, ...],
    *,
    trees: bool,
) -> BacktestParameters:
    seed = int(request.option["seed"])
    layers = read_risk_layers(workspace.store, workspace.area_id, workspace.epsg)
    return BacktestParameters(
        request.grid, begin, end, days, shares, trees=trees, seed=seed, layers=layers or None
    )


_HORIZON = Option("horizon", "Ahead", "week", "How far the forecast looks.", choices=tuple(_HORIZONS))
METHODS = (
    Method(
        "forecast",
        "Forecast",
        "What next",
        "Where is most expected next?",
        "A forecast of recorded crime repeats what was recorded: where police look, more is found, and "
        "looked for again. It says nothing of any person. Use it to prevent, and check what else explains a "
        "place.",
        forecast_cells,
        (
            _HORIZON,
            Option(
                "share",
                "Riskiest share",
                0.05,
                "Of the cells that ever had an incident.",
                minimum=0.001,
                maximum=0.5,
            ),
            Option(
                "method",
                "By",
                RECOMMENDED,
                "The backtest's choice for these data, or one of your own.",
                choices=_METHODS,
            ),
            SEED,
        ),
        long=True,
    ),
    Method(
        "backtest",
        "How good is it?",
        "What next",
        "Which forecast would have done best here, and does any beat counting?",
        "A backtest describes the past. Few incidents give wide intervals: "
        "a difference within them is not a difference.",
        backtest_forecasts,
        (
            _HORIZON,
            Option(
                "learned", "Learned method", "no", "Try the learned one too; slower.", choices=("no", "yes")
            ),
            SEED,
        ),
        long=True,
    ),
)
