"""Conversion by dated rates: exact, rounded half to even, missing where no rate is in force."""

import pandas as pd
import pytest

from analytics.finance.currency_conversion import ConversionParameters, convert
from tests.finance.payment_tables import START


def test_rates_round_half_to_even_and_know_decimals():
    time = pd.Series([START] * 3)
    rates = pd.DataFrame({"date": [START] * 2, "currency": ["JPY", "KWD"], "rate": ["0.005", "2.5"]})
    got = convert(
        pd.Series([101, 999, 7]), pd.Series(["JPY", "KWD", "EUR"]), time, rates, ConversionParameters()
    )
    assert got.tolist()[:2] == [50, 250] and got.isna()[2]
    with pytest.raises(ValueError, match="two rates"):
        convert(
            pd.Series([1]), pd.Series(["JPY"]), time[:1], pd.concat([rates, rates]), ConversionParameters()
        )
    with pytest.raises(ValueError, match="above 0"):
        convert(
            pd.Series([1]), pd.Series(["JPY"]), time[:1], rates.assign(rate="NaN"), ConversionParameters()
        )
