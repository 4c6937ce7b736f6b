"""Published answers about police actions and policies: Seattle, Kansas, the Basque Country."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.tasking.effect.synthetic import fit_synthetic
from bench.tasking.micro_synthetic import calibrate_weights, read_seattle


@pytest.fixture
def folder(shared_data) -> Path:
    path = shared_data / "oracles/effect"
    if not path.is_dir():
        pytest.skip(f"no oracle data at {path}")
    return path


def test_seattles_drug_market_action_by_micro_synthetic_control(folder):
    """microsynth 2.0.51, example 1: synthetic totals over four quarters, and its 211 weights."""
    seattle = read_seattle(folder / "seattle_dmi_wide.csv.gz")
    weights = calibrate_weights(seattle.controls, seattle.totals, seattle.treated)
    assert weights is not None
    published = {"i_felony": 68.22, "i_misdemea": 71.80, "i_drugs": 23.76, "any_crime": 986.43}
    for outcome, total in published.items():
        assert seattle.after[outcome] @ weights == pytest.approx(total, abs=0.005)
    expected = pd.read_csv(folder / "expected_seattle_weights_truncated_linear.csv").set_index("ID").weight
    ours = pd.Series(weights, index=seattle.names)
    np.testing.assert_allclose(ours.reindex(expected.index), expected, atol=1e-9)
    assert (ours > 1e-9).sum() == len(expected) == 211


def test_no_weights_balance_what_no_control_has():
    controls = np.column_stack([np.ones(5), np.arange(5.0)])
    assert calibrate_weights(controls, np.array([1.0, 9.0]), 1) is None
    balanced = calibrate_weights(controls, np.array([1.0, 3.0]), 1)
    assert balanced is not None and controls.T @ balanced == pytest.approx([1, 3]) and (balanced >= 0).all()


def test_kansas_tax_cut_by_synthetic_control(folder):
    """augsynth's vignette, without covariates: every quarter's gap, their mean and the misfit before."""
    rows = pd.read_csv(folder / "kansas_lngdpcapita.csv")
    table = rows.pivot(index="state", columns="year_qtr", values="lngdpcapita")
    table = table.loc[["Kansas", *table.index.drop("Kansas")]]
    first = list(table.columns).index(2012.25)
    made, _ = fit_synthetic(table.to_numpy(), 0, first)
    gap = table.to_numpy()[0] - made
    published = [-18, -41, -33, -19, -29, -46, -32, -45, -43, -29, -18, -29, -19, -22, -19, -28]
    np.testing.assert_allclose(1000 * gap[first:], published, atol=0.51)
    assert gap[first:].mean() == pytest.approx(-0.0294, abs=5e-5)
    assert np.sqrt((gap[:first] ** 2).sum()) == pytest.approx(0.083, abs=5e-4)


def test_the_basque_country_by_outcomes_alone(folder):
    """Product a head 1955-69 without the aggregate Spain: Madrid .483, Baleares .311, Rioja .206. With Abadie
    and Gardeazabal's predictors the donors are Catalonia and Madrid; no predictors are taken here."""
    rows = pd.read_csv(folder / "basque.csv")
    table = rows[rows.regionno != 1].pivot(index="regionname", columns="year", values="gdpcap")
    own = next(name for name in table.index if name.startswith("Basque"))
    outcome = table.loc[[own, *table.index.drop(own)], 1955:1997].to_numpy()
    made, _ = fit_synthetic(outcome, 0, 15)
    assert (outcome[0] - made)[15:].mean() == pytest.approx(-0.8946, abs=5e-5)
