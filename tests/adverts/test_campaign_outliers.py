"""Who is taken out of a campaign, and who stays."""

import numpy as np
import pandas as pd
import pytest

from analytics.adverts.campaign_outliers import OutlierParameters, find_outliers, link_outliers


def carried(*rows: tuple[int, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["advert", "value"])
    return frame.assign(kind="phone", confidence=0.95)


SHARED = [(at, "+441134960001") for at in range(5)]


@pytest.mark.parametrize(
    ("what", "similarity", "numbers", "expected"),
    [
        ("poorly alike, a number of its own", 0.7, [*SHARED, (5, "+12125550199")], [5]),
        ("as alike as the others", 0.93, [*SHARED, (5, "+12125550199")], []),
        ("poorly alike, but it shares the number", 0.7, [*SHARED, (5, "+441134960001")], []),
        ("poorly alike, but no number speaks against it", 0.7, SHARED, []),
        ("where each has a number of its own", 0.7, [(at, f"+4411349600{at:02d}") for at in range(6)], []),
        ("where only two share one", 0.7, [*SHARED[:2], (5, "+12125550199")], []),
    ],
)
def test_a_stranger_is_poorly_alike_and_shares_no_identifier(what, similarity, numbers, expected):
    likeness = np.array([0.95, 0.9, 1.0, 0.95, 0.92, similarity, 0.2])
    found = find_outliers(np.array([0] * 6 + [-1]), likeness, carried(*numbers, (6, "+12125550100")))
    assert np.flatnonzero(found).tolist() == expected, what


def test_the_link_says_why():
    adverts = pd.DataFrame(
        {
            "source_id": 1,
            "row_number": range(2, 8),
            "campaign_id": pd.array([7] * 6, "Int64"),
            "similarity": [0.9, 0.9, 1, 0.9, 0.9, 0.7],
        }
    )
    (link,) = link_outliers(adverts, np.arange(6) == 5).itertuples()
    assert (link.left_row, link.right_row, link.standing) == (7, 4, "suppressed")
    assert "70% like wording 7" in link.why


def test_unusable_parameters_are_refused():
    with pytest.raises(ValueError, match="vouched"):
        OutlierParameters(vouched=1)
