"""Forecasts, their scores and the backtest."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from analytics.hotspots.forecast import learned_model, methods, repeat_victims, scores
from analytics.hotspots.forecast.backtest import backtest
from analytics.hotspots.forecast.calibrate import poisson_mixture
from analytics.hotspots.forecast.catalogue import LONG_RUN, NAIVE, BacktestParameters
from analytics.hotspots.forecast.history import Ground, Horizon, Incidents, Kernel, Past
from analytics.hotspots.forecast.predict import forecast
from analytics.hotspots.forecast.recommend import (
    BETWEEN_METHODS,
    BETWEEN_SHARES,
    PRIOR_LOSS,
    Catch,
    choose,
)
from analytics.hotspots.grid.cells import Grid, index_cells
from analytics.hotspots.refusal import TooFewData

START = np.datetime64("2020-01-01")
KINDS = pytest.mark.parametrize("kind", ["hexagon", "square"])


def made_up(seed: int = 1, n: int = 4000, days: int = 500, spread: float = 1.2, moving: bool = False):
    """Incidents in 5 km x 5 km whose risk by 250 m square is log-normal; `moving`: it is redrawn halfway."""
    rng = np.random.default_rng(seed)
    risks = [rng.lognormal(0, spread, 400) for _ in range(2)]
    day = np.sort(rng.integers(0, days, n))
    cell = np.array(
        [
            rng.choice(
                400, p=risks[int(moving and d >= days / 2)] / risks[int(moving and d >= days / 2)].sum()
            )
            for d in day
        ]
    )
    return pd.DataFrame(
        {
            "x": (cell % 20 + rng.random(n)) * 250,
            "y": (cell // 20 + rng.random(n)) * 250,
            "local_date": pd.to_datetime(START + day),
        }
    )


def ground_of(points: pd.DataFrame, kind: str = "square", size: int = 250) -> Ground:
    return Ground(Incidents.from_frame(points), Grid(kind, size))


def day_of(days: int) -> int:
    return int((START + days).astype("datetime64[D]").astype(int))


PARAMETERS = BacktestParameters(
    Grid("square", 250), date(2021, 1, 1), horizon=14, shares=(0.05, 0.2), trees=False
)


@KINDS
def test_cells_are_those_of_the_grid_and_windows_count_whole_days(kind):
    points = made_up(n=500)
    ground = ground_of(points, kind, 300)
    i, j = ground.i[ground.cell], ground.j[ground.cell]
    x, y = ground.grid.centres(i, j)
    corner = 300 / math.sqrt(3) if kind == "hexagon" else 300 / math.sqrt(2)
    assert np.hypot(ground.incidents.x - x, ground.incidents.y - y).max() <= corner
    past = Past(ground, day_of(400), 14)
    days = (points.local_date - pd.Timestamp(START)).dt.days.to_numpy()
    for youngest, oldest in ((1, 14), (1, 1), (30, 60), (1, 10_000)):
        expected = ((400 - days >= youngest) & (400 - days <= oldest)).sum()
        assert past.window(youngest, oldest).sum() == expected
    inside = points[(days >= 386) & (days < 400)]
    a, b = index_cells(ground.grid, inside.x.to_numpy(), inside.y.to_numpy())
    counted = pd.Series(1, index=pd.MultiIndex.from_arrays([a, b])).groupby(level=[0, 1]).sum()
    ours = pd.Series(methods.last_period(past), index=pd.MultiIndex.from_arrays([ground.i, ground.j]))
    assert (ours[ours > 0].sort_index() == counted.sort_index()).all()


def test_decayed_counts_and_kernels_match_sums_written_out():
    points = made_up(n=300).assign(weight=np.random.default_rng(0).uniform(0.5, 3, 300))
    ground = ground_of(points)
    past = Past(ground, day_of(450), 7)
    known = points[(points.local_date - pd.Timestamp(START)).dt.days < 450]
    age = 450 - (known.local_date - pd.Timestamp(START)).dt.days.to_numpy()
    halved = known.weight.to_numpy() * 0.5 ** (age / 90)
    effective = sum(0.5 ** (d / 90) for d in range(1, age.max() + 1))
    ci, cj = np.floor(known.x / 250), np.floor(known.y / 250)
    expected = [
        7 / effective * halved[(ci == i) & (cj == j)].sum() for i, j in zip(ground.i, ground.j, strict=True)
    ]
    np.testing.assert_allclose(methods.decayed_count(past, 90), expected, rtol=1e-10)

    # A point is taken at the middle of its square of 62.5 m: written out with the same rounding, exact;
    # with the point itself, close.
    cx, cy = ground.grid.centres(ground.i, ground.j)
    for rounded, tolerance in ((True, 1e-10), (False, 0.06)):
        x, y = known.x.to_numpy(), known.y.to_numpy()
        if rounded:
            x, y = (np.floor(v / 62.5) * 62.5 + 31.25 for v in (x, y))
        distance = np.hypot(cx[:, None] - x, cy[:, None] - y)
        gauss = np.where(
            distance <= 1200, stats.norm.pdf(distance, scale=400) / math.sqrt(2 * math.pi) / 400, 0
        )
        density = gauss @ known.weight.to_numpy() * 250**2 * 7 / age.max()
        np.testing.assert_allclose(methods.kernel_density(past, 400), density, rtol=tolerance)


@pytest.mark.parametrize("form", ["gaussian", "halving"])
def test_a_kernel_has_unit_volume(form):
    kernel = Kernel(form, 200.0)
    r = np.linspace(0, 20 * kernel.width, 200_001)
    assert np.trapezoid(kernel.density(r) * 2 * np.pi * r, r) == pytest.approx(1, abs=1e-3)
    if form == "halving":
        assert kernel.density(np.array([200.0])) / kernel.density(np.array([0.0])) == pytest.approx(0.5)


def test_a_forecast_knows_nothing_of_its_own_day_or_later():
    points = made_up()
    origin = day_of(366)
    early = points.local_date < pd.Timestamp("2021-01-01")
    moved = points.assign(x=np.where(early, points.x, 5000 - points.x), y=np.where(early, points.y, points.x))
    results = []
    for frame in (points, moved, points[early]):
        past = Past(ground_of(frame), origin, 14)
        key = pd.MultiIndex.from_arrays([past.ground.i, past.ground.j])[past.known]
        windows = [
            learned_model.Window(
                Past(past.ground, origin - 14 * k, 14),
                Past(past.ground, origin - 14 * (k - 1), 14).window(1, 14),
            )
            for k in range(1, 6)
        ]
        smoothing = learned_model.fit_smoothing(windows)
        mixed = learned_model.fit_mixture(windows, smoothing, 200.0)
        trees = learned_model.fit_learned(windows, smoothing, 200.0, 0)
        forecasts = {
            "count": methods.long_run_count(past),
            "last": methods.last_period(past),
            "near": methods.near_repeat(past, 200, 14),
            "mixture": learned_model.mixture(past, mixed),
            "learned": learned_model.learned(past, trees),
        }
        results.append(
            {name: pd.Series(s[past.known], index=key).sort_index() for name, s in forecasts.items()}
        )
    for other in results[1:]:
        for name, series in results[0].items():
            pd.testing.assert_series_equal(series, other[name], rtol=1e-6)


def test_the_smoothed_count_is_the_posterior_mean():
    past = Past(ground_of(made_up()), day_of(366), 7)
    ours = learned_model.smoothed_count(past, learned_model.Smoothing(math.inf, 1, 2.0))
    mean = past.rate(730.0, Kernel("gaussian", 250.0))
    count = past.window(1, 10_000)
    row = int(np.argmax(count))
    prior = stats.gamma(2.0, scale=mean[row] / 2.0)
    rate = np.linspace(1e-9, 5 * count[row] / past.days, 200_001)
    posterior = prior.pdf(rate) * stats.poisson.pmf(count[row], rate * past.days)
    assert ours[row] == pytest.approx(7 * (rate * posterior).sum() / posterior.sum(), rel=1e-4)


def test_repeat_rates_match_a_count_by_hand():
    points = made_up(n=600)
    points[["x", "y"]] = (points[["x", "y"]] // 100) * 100 + 5  # few addresses, so that many are hit again
    ground = ground_of(points)
    pasts = [Past(ground, day_of(300 + 14 * k), 14) for k in range(4)]
    fitted = repeat_victims.fit_repeats(pasts)
    days = (points.local_date - pd.Timestamp(START)).dt.days.to_numpy()
    address = list(zip(points.x, points.y, strict=True))
    exposure, events, new = np.zeros((3, 5)), np.zeros((3, 5)), 0
    for k in range(4):
        origin = 300 + 14 * k
        before: dict = {}
        for place, day in zip(address, days, strict=True):
            if day < origin:
                before.setdefault(place, []).append(day)
        kind = {}
        for place, seen in before.items():
            ago = origin - max(seen)
            kind[place] = min(len(seen), 3) - 1, sum(ago > limit for limit in (14, 60, 180, 365))
            exposure[kind[place]] += 14
        for place, day in zip(address, days, strict=True):
            if origin <= day < origin + 14:
                if place in kind:
                    events[kind[place]] += 1
                else:
                    new += 1
    mean = events.sum() / exposure.sum()
    np.testing.assert_allclose(fitted.rates, ((events + 1) / (exposure + 1 / mean)).ravel())
    assert fitted.elsewhere == pytest.approx(new / 56) and new > 0
    risk = repeat_victims.repeat_victims(pasts[-1], fitted)
    inside = pasts[-1].rate(730.0, Kernel("gaussian", 250.0)).sum()
    assert inside > 0 and risk.sum() > 14 * fitted.elsewhere


def test_mixture_weights_match_a_general_optimiser():
    rng = np.random.default_rng(4)
    columns = rng.gamma(0.5, 1, (3000, 3))
    observed = rng.poisson(columns @ [0.7, 0.0, 0.2]).astype(float)
    some = observed > 0
    ours = poisson_mixture(columns[some], columns.sum(axis=0), observed[some])

    def loss(t):
        return (columns @ t).sum() - observed[some] @ np.log(columns[some] @ t)

    theirs = optimize.minimize(loss, np.full(3, 0.3), bounds=[(1e-9, None)] * 3, method="L-BFGS-B")
    assert loss(ours) == pytest.approx(theirs.fun, abs=0.05)
    np.testing.assert_allclose(ours, theirs.x, atol=0.01)


def test_a_mixture_leaves_out_a_column_of_nothing():
    weights = poisson_mixture(np.array([[1.0, 0.0], [2.0, 0.0]]), np.array([5.0, 0.0]), np.array([1.0, 2.0]))
    assert weights == pytest.approx([0.6, 0.0])


def test_the_published_pai_and_pei():
    """Observed 6, 3, 0 where 3, 2, 1 were predicted, equal areas: Wheeler's ptools."""
    observed, predicted = np.array([6.0, 3.0, 0.0]), np.array([3.0, 2.0, 1.0])
    order = scores.ranking(predicted, scores.neutral_order(predicted, np.arange(3), np.zeros(3, int), 0))
    caught = np.cumsum(observed[order])
    best = np.array([scores.best_possible(observed, k) for k in (1, 2, 3)])
    shares = np.cumsum(predicted) / 6
    catch = Catch(
        joint=caught.reshape(1, 3, 1, 1),
        before=shares.reshape(1, 3, 1),
        chosen=np.array([[1, 2, 3]]),
        share=np.array([[1, 2, 3]]) / 3,
        best=best[None],
        total=np.array([9.0]),
        squared=np.array([9.0]),
    )
    measured = {name: values[0].ravel() for name, values in catch.measures().items()}
    assert measured["PAI"] == pytest.approx([2, 1.5, 1])
    assert measured["PEI"] == pytest.approx([1, 1, 1])
    assert measured["hit rate"] == pytest.approx([6 / 9, 1, 1])
    assert measured["RRI"] == pytest.approx([(6 / 9) / 0.5, 1 / (5 / 6), 1])


def test_ties_go_to_the_long_run_count_and_then_anywhere():
    i, j = (a.ravel() for a in np.meshgrid(np.arange(40), np.arange(40)))
    count = (i == 7) * 3.0
    score = np.zeros(1600)
    score[5] = 1
    ranked = scores.ranking(score, scores.neutral_order(count, i, j, 0))
    assert ranked[0] == 5 and set(i[ranked[1:41]]) == {7}
    rest = ranked[41:]
    assert stats.spearmanr(np.arange(len(rest)), i[rest]).pvalue > 0.001
    assert stats.spearmanr(np.arange(len(rest)), j[rest]).pvalue > 0.001
    assert (ranked != scores.ranking(score, scores.neutral_order(count, i, j, 1))).any()
    shuffled = np.random.default_rng(0).permutation(1600)
    again = scores.ranking(
        score[shuffled], scores.neutral_order(count[shuffled], i[shuffled], j[shuffled], 0)
    )
    assert np.array_equal(shuffled[again], ranked)


def test_intervals_match_scipy():
    low, high = scores.binomial_interval(np.array([3 / 20, 0.0, 1.0]), np.array([20, 20, 20]))
    for k, successes in enumerate((3, 0, 20)):
        theirs = stats.binomtest(successes, 20).proportion_ci(0.95, method="exact")
        assert (low[k], high[k]) == pytest.approx((theirs.low, theirs.high))
    low, high = scores.poisson_interval(np.array([0, 7]))
    assert low == pytest.approx([0, 2.8144], abs=1e-4) and high == pytest.approx([3.6889, 14.4227], abs=1e-4)


def test_probability_scores_written_out():
    expected, observed = np.array([0.5, 2.0, 0.0]), np.array([0.0, 3.0, 0.0])
    p = 1 - np.exp(-expected)
    assert scores.brier(expected, observed) == pytest.approx([p[0] ** 2, (1 - p[1]) ** 2, 0])
    assert scores.log_score(expected, observed) == pytest.approx([-np.log(1 - p[0]), -np.log(p[1]), 0])


def test_intervals_of_differences_cover():
    """Of 400 made-up comparisons without a difference, about 5 % are called."""
    rng, called = np.random.default_rng(8), np.zeros(3)
    for k in range(400):
        total = rng.poisson(60, 40).astype(float)
        alone = rng.binomial(total.astype(int), 0.1), rng.binomial(total.astype(int), 0.1)
        gain = alone[0] - alone[1].astype(float)
        low, high = scores.ratio_bootstrap(gain, total, k, draws=500)
        called[0] += not low <= 0 <= high
        low, high = scores.paired_interval(alone[0][:3].sum(), alone[1][:3].sum(), total[:3].sum())
        called[1] += not low <= 0 <= high
        called[2] += abs(gain.sum()) > scores.t_margin(gain)
    assert all(stats.binomtest(int(n), 400, 0.05).pvalue > 0.001 for n in called), called


def test_backtest_counts_what_a_slow_one_counts():
    points = made_up()
    result = backtest(points, PARAMETERS)
    assert list(dict.fromkeys(result.scores.method)) == [
        *NAIVE[:2],
        "decayed count",
        "kernel density 250 m",
        "kernel density 500 m",
        "near repeat",
        "repeat victimisation",
        "smoothed count",
        "mixture",
        "recommended",
    ]
    rows = result.scores[(result.scores.method == LONG_RUN) & (result.scores.measure == "PAI")]
    for origin, row in rows.groupby("origin").first().iterrows():
        before = points[points.local_date < origin]
        after = points[(points.local_date >= origin) & (points.local_date < origin + pd.Timedelta(days=14))]
        count = before.groupby([before.x // 250, before.y // 250]).size().sort_values(ascending=False)
        k = max(1, round(0.05 * len(count)))
        ahead = after.groupby([after.x // 250, after.y // 250]).size()
        sure = count.index[count > count.iloc[k - 1]]
        tied = count.index[count == count.iloc[k - 1]]
        caught = ahead.reindex(sure).sum()
        extra = np.sort(ahead.reindex(tied).fillna(0).to_numpy())
        least, most = (caught + e.sum() for e in (extra[: k - len(sure)], extra[::-1][: k - len(sure)]))
        share = k / len(count)
        assert least / len(after) / share - 1e-9 <= row.value <= most / len(after) / share + 1e-9
        assert row.lower < row.value < row.upper and row.incidents == len(after)
        assert row.chosen_km2 == pytest.approx(k * 0.0625)


def test_every_value_has_an_interval_and_methods_meet_on_the_same_windows():
    result = backtest(made_up(), PARAMETERS)
    for frame in (result.scores, result.summary):
        assert frame[["value", "lower", "upper"]].notna().all().all()
        assert (frame.lower <= frame.value + 1e-9).all() and (frame.value <= frame.upper + 1e-9).all()
        sizes = frame[frame.method != "recommended"].groupby(["method", "measure"]).size()
        assert sizes.unstack().nunique().eq(1).all()
    assert set(result.summary.measure) == {
        "hit rate",
        "PAI",
        "PEI",
        "RRI",
        "Brier",
        "log score",
        "calibration",
    }
    assert (result.scores[result.scores.measure == "PEI"].value <= 1).all()
    level = result.calibration.groupby("method")[["expected", "observed"]].sum()
    assert (level.observed == result.summary.incidents.iloc[0]).all() or (level.observed > 0).all()
    assert ((level.observed / level.expected) - 1).abs().max() < 0.3


def test_the_same_seed_gives_the_same_answer_in_any_order_of_rows():
    points = made_up(n=2000)
    parameters = replace(PARAMETERS, trees=True, horizon=30, test_from=date(2021, 2, 1))
    one = backtest(points, parameters)
    two = backtest(points.sample(frac=1, random_state=3), parameters)
    pd.testing.assert_frame_equal(one.scores, two.scores)
    pd.testing.assert_frame_equal(one.recommendation, two.recommendation)


def test_where_risk_is_only_local_and_lasting_counting_is_not_called_worse():
    """Every cell's risk is its own and constant: nothing to gain but by smoothing, and no loss."""
    worse = 0
    for seed in range(8):
        held = backtest(made_up(seed, n=2500), PARAMETERS).recommendation
        worse += (held.held_out_upper < 0).sum()
    assert worse <= 2  # of 16 intervals at 95 %


def test_where_risk_moved_the_recommended_method_follows_and_says_so():
    points = made_up(n=8000, days=800, moving=True)
    result = backtest(points, replace(PARAMETERS, test_from=date(2021, 8, 23), half_life=60.0))
    row = result.recommendation.iloc[0]
    assert row.method not in NAIVE and row.lower > 0 and row.held_out_lower > 0
    assert row.method in row.sentence and "+" in row.sentence


def test_the_choice_leaves_the_mixture_only_for_enough_evidence():
    names = [LONG_RUN, "last period", "mixture"]

    def caught(hits: np.ndarray) -> Catch:
        """Windows of 100 incidents; methods catch different ones."""
        windows = len(hits)
        joint = np.zeros((windows, 1, 3, 3))
        joint[:, 0, range(3), range(3)] = hits
        ones = np.ones((windows, 1))
        return Catch(
            joint,
            np.ones((windows, 1, 3)),
            ones,
            ones,
            100 * ones,
            np.full(windows, 100.0),
            np.full(windows, 100.0),
        )

    steady = np.tile([25.0, 10.0, 20.0], (20, 1))
    assert choose(caught(steady), 0, names, "mixture") == 0  # counting catches a quarter more, always
    assert choose(caught(steady[:0]), 0, names, "mixture") == 2  # nothing is known
    assert choose(caught(np.tile([21.0, 10.0, 20.0], (3, 1))), 0, names, "mixture") == 2  # too few windows
    noisy = steady.copy()
    noisy[:, 0] = np.where(np.arange(20) % 2, 5, 36)  # 2 % more on average, a quarter to twice as many
    assert choose(caught(noisy), 0, names, "mixture") == 2
    assert choose(caught(steady[:, [1, 0, 2]]), 0, names, "mixture") == 1


def test_the_choice_is_the_posterior_of_a_normal_model_written_out():
    """Two shares: the evidence of one moves the choice at the other by as much as the model says."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        hits = rng.poisson([[50, 54, 52], [100, 104, 101]], (30, 2, 3)).astype(float)
        joint = np.zeros((30, 2, 3, 3))
        joint[..., range(3), range(3)] = hits
        blank = np.ones((30, 2))
        catch = Catch(joint, np.ones((30, 2, 3)), blank, blank, blank, np.full(30, 500.0), np.full(30, 500.0))
        for share in range(2):
            best, chosen = 0.0, 0
            for method in (1, 2):
                gains, floors = [], []
                for x in range(2):
                    base = hits[:, x, 0].sum()
                    gains.append((hits[:, x, method] - hits[:, x, 0]) / base)
                    floors.append((hits[:, x, method].sum() + base + 1) / base**2)
                pooled = (gains[0] + gains[1]) / 2
                noise = max(30 * np.var(pooled, ddof=1), (floors[0] + floors[1]) / 2)
                mean = -PRIOR_LOSS + (pooled.sum() + PRIOR_LOSS) / (1 + noise / BETWEEN_METHODS**2)
                noise = max(30 * np.var(gains[share], ddof=1), floors[share])
                expected = mean + (gains[share].sum() - mean) / (1 + noise / BETWEEN_SHARES**2)
                if expected > best:
                    best, chosen = expected, method
            assert choose(catch, share, ["mixture", "a", "b"], "mixture") == chosen


def test_a_pooled_interval_is_never_of_width_nothing():
    """0 of 262 over 12 windows: Clopper-Pearson on what the windows are worth, not 0.0 (0.0 to 0.0)."""
    hits, total = np.zeros((12, 1, 1)), np.full((12, 1, 1), 262 / 12)
    trials = scores.effective_trials(hits, total, 262.0)
    factor = (stats.t.ppf(0.975, 11) / stats.norm.ppf(0.975)) ** 2
    assert trials == pytest.approx(262 / factor)
    _, upper = scores.binomial_interval(np.zeros((1, 1)), trials)
    assert upper == pytest.approx(1 - 0.025 ** (factor / 262))
    # Windows that are all or nothing are worth about as many trials as there are windows.
    hits[::2] = total[::2]
    assert scores.effective_trials(hits, total, 262.0) == pytest.approx(11 / factor)


def test_weights_are_harm_and_leave_out_probabilities():
    points = made_up(n=2000)
    plain = backtest(points, PARAMETERS)
    ones = backtest(points.assign(weight=1.0), PARAMETERS)
    kept = plain.summary[plain.summary["share"].notna()].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, ones.summary)
    assert ones.calibration.empty and not set(ones.scores.measure) & {"Brier", "log score", "calibration"}
    tenfold = backtest(points.assign(weight=10.0), PARAMETERS)
    merged = ones.summary.merge(tenfold.summary, on=["method", "measure", "share"])
    np.testing.assert_allclose(merged.value_x, merged.value_y, rtol=1e-6)
    np.testing.assert_allclose(merged.upper_x, merged.upper_y, rtol=1e-6)


def test_a_fixed_area_of_a_fixed_total():
    rules = replace(PARAMETERS, shares=(), areas_km2=(0.5,), study_km2=100.0)
    rows = backtest(made_up(), rules).summary.set_index(["method", "measure"])
    row = rows.loc[(LONG_RUN, "PAI")]
    assert row.chosen_km2 == 0.5 and row["share"] == pytest.approx(0.005)
    assert row.value == pytest.approx(rows.loc[(LONG_RUN, "hit rate")].value / 0.005)


def test_the_forecast_ahead_is_the_backtest_s_and_expects_what_comes():
    points = made_up()
    ahead = forecast(points, PARAMETERS, "mixture")
    known = points[points.local_date < "2021-01-01"]
    assert len(ahead) == len(known.groupby([known.x // 250, known.y // 250]))
    assert (
        np.array_equal(ahead["rank"], np.arange(1, len(ahead) + 1)) and ahead.expected.is_monotonic_decreasing
    )
    assert ahead.history.sum() == len(known)
    assert ahead.expected.sum() == pytest.approx(14 * len(known) / 366, rel=0.15)
    k = round(0.05 * len(ahead))
    top = set(zip(ahead.i[:k], ahead.j[:k], strict=True))
    coming = points[(points.local_date >= "2021-01-01") & (points.local_date < "2021-01-15")]
    caught = sum((x // 250, y // 250) in top for x, y in zip(coming.x, coming.y, strict=True))
    rows = backtest(points, PARAMETERS).scores.set_index(["method", "origin", "measure", "share"])
    assert caught / len(coming) == rows.loc[("mixture", pd.Timestamp("2021-01-01"), "hit rate", 0.05)].value
    later = forecast(points, replace(PARAMETERS, test_from=date(2021, 7, 1)), LONG_RUN)
    assert later.history.sum() == len(points)
    with pytest.raises(ValueError, match="same season last year"):
        forecast(points, replace(PARAMETERS, test_from=date(2020, 8, 1)), "same season last year")


def test_refusals_say_what_is_needed():
    points = made_up(n=400)
    with pytest.raises(TooFewData, match="30"):
        backtest(points.iloc[300:], replace(PARAMETERS, test_from=points.local_date.iloc[310].date()))
    with pytest.raises(TooFewData, match="end of the data"):
        backtest(points, replace(PARAMETERS, test_from=date(2021, 5, 10)))
    with pytest.raises(TooFewData, match="too few to fit"):
        backtest(points, replace(PARAMETERS, horizon=90, test_from=date(2020, 9, 1)))
    monthly = points.assign(time_precision="month")
    with pytest.raises(TooFewData, match="months only"):
        backtest(monthly, PARAMETERS)
    assert len(backtest(monthly, replace(PARAMETERS, horizon=30)).scores)
    with pytest.raises(TooFewData, match="cells"):
        backtest(points.assign(x=0.0, y=0.0), PARAMETERS)
    with pytest.raises(ValueError, match="half a cell"):
        replace(PARAMETERS, bandwidths=(100.0,))
    with pytest.raises(ValueError, match="finite"):
        backtest(points.assign(x=np.nan), PARAMETERS)


def test_on_real_burglaries_the_recommended_is_not_worse_than_counting(shared_data):
    from bench.hotspots.backtest import DATASETS

    dataset = DATASETS["cincinnati_burglary"]
    points = dataset.read(shared_data / "incidents" / dataset.file)
    parameters = BacktestParameters(Grid("hexagon", 300), date(2018, 5, 1), trees=False)
    assert (backtest(points, parameters).recommendation.held_out_upper >= 0).all()


def monthly_points(months: int = 40, each: int = 60) -> pd.DataFrame:
    """As many incidents in every month, dated to its first day."""
    rng = np.random.default_rng(0)
    month = np.repeat(np.datetime64("2018-11", "M") + np.arange(months), each)
    risk = rng.lognormal(0, 1.2, 400)
    cell = rng.choice(400, months * each, p=risk / risk.sum())
    return pd.DataFrame(
        {
            "x": (cell % 20 + 0.5) * 250,
            "y": (cell // 20 + 0.5) * 250,
            "local_date": pd.to_datetime(month.astype("datetime64[D]")),
            "time_precision": "month",
        }
    )


def test_dates_known_to_the_month_are_forecast_by_calendar_months():
    """No window holds two months' first days, and none holds none."""
    points = monthly_points()
    asked = replace(PARAMETERS, horizon=30, test_from=date(2020, 12, 15), test_to=date(2022, 2, 1))
    result = backtest(points, asked)
    rows = result.scores[(result.scores.method == LONG_RUN) & (result.scores.measure == "PAI")]
    assert (rows.incidents == 60).all()
    origins = sorted(rows.origin.unique())
    assert origins == list(pd.date_range("2021-01-01", "2022-02-01", freq="MS"))
    ahead = forecast(points, replace(asked, test_from=date(2022, 3, 1)), "last period")
    assert ahead.history.sum() == len(points)
    last = points[points.local_date == "2022-02-01"]
    first = ahead.head(last.groupby(["x", "y"]).ngroups)
    assert set(zip(first.i, first.j, strict=True)) == set(zip(last.x // 250, last.y // 250, strict=True))


def test_the_same_season_of_a_month_is_that_month_a_year_before():
    points = monthly_points()
    ground = ground_of(points)
    past = Past(ground, day_of(425), Horizon(30, 1))  # 1 March 2021
    assert (past.end, past.horizon) == (day_of(456), 31)
    counted = methods.same_season(past)
    there = points[points.local_date == "2020-03-01"].groupby(["x", "y"]).size()
    assert sorted(counted[counted > 0]) == sorted(there.astype(float))
