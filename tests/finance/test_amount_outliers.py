"""The tail of a sample continued by its law."""

import numpy as np
import pytest
from scipy import stats

from analytics.finance.amount_outliers import tail_p


def test_the_tail_of_a_sample_goes_on_as_its_law_does():
    rng = np.random.default_rng(3)
    for law in (stats.genpareto(0.15), stats.genpareto(0.3)):
        sample = np.sort(law.rvs(20_000, random_state=rng))
        far = law.isf([1e-2, 1e-3, 1e-4])
        ratio = tail_p(far, sample) / law.sf(far)
        assert ratio[0] == pytest.approx(1, abs=0.1) and (ratio > 0.3).all() and (ratio < 3).all(), ratio
    assert (np.diff(tail_p(np.linspace(0, 40, 200), sample)) <= 1e-12).all()
