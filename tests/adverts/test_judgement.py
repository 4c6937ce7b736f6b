import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from analytics.adverts.judgement import (
    LABELS,
    JudgedMeanwhile,
    count_labels,
    judge,
    list_judgements,
    read_operation_labels,
)
from analytics.adverts.ordering import OrderingParameters, TooFewJudgements, _compared, order_by_judgements
from analytics.oversight import Actor, verify

ANALYST = Actor("test")


@pytest.fixture
def judged(store):
    with store.write() as cursor:
        cursor.execute("INSERT INTO campaign VALUES (1, 2.0, 4), (2, 1.0, 3), (3, 1.0, 3)").fetchall()
        cursor.execute("INSERT INTO operation VALUES (10, 3.0, 7, 2), (11, 1.0, 3, 1)").fetchall()
        cursor.execute("INSERT INTO operation_campaign VALUES (10, 1), (10, 2), (11, 3)").fetchall()
    return store


def test_a_judgement_is_kept_when_another_supersedes_it(judged):
    first = judge(judged, ANALYST, "campaign", 1, "spam", "Copies of a film's advert")
    with pytest.raises(JudgedMeanwhile):
        judge(judged, ANALYST, "campaign", 1, "scam", "Asks for money")
    judge(judged, Actor("other"), "campaign", 1, "scam", "Asks for money", supersedes=first)
    history = list_judgements(judged, "campaign", 1)
    assert history.label_name.tolist() == ["Scam", "Spam"] and history.standing.tolist() == [True, False]
    assert history.labelled_by.tolist() == ["other", "test"] and history.supersedes.iloc[0] == first
    counts = count_labels(judged).set_index("label")
    assert counts.campaigns["Scam"] == 1 and counts.campaigns["Spam"] == 0 and len(counts) == 7
    assert [row["act"] for row in judged.rows("SELECT act FROM audit")] == ["judge adverts"] * 2
    assert verify(judged)[2] is None


def test_an_operations_own_judgement_goes_before_its_campaigns(judged):
    judge(judged, ANALYST, "campaign", 1, "spam", "r")
    judge(judged, ANALYST, "campaign", 2, "welfare", "r")
    judge(judged, ANALYST, "campaign", 3, "unknown", "r")
    assert read_operation_labels(judged).set_index("operation_id").label.to_dict() == {
        10: "welfare",
        11: "unknown",
    }
    judge(judged, ANALYST, "operation", 10, "agency", "Licensed")
    judged_labels = read_operation_labels(judged).set_index("operation_id")
    assert judged_labels.label[10] == "agency" and judged_labels.side.to_dict() == {10: "other", 11: "none"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"label": "trafficking"}, ValueError),
        ({"reason": " "}, ValueError),
        ({"subject": "person"}, ValueError),
        ({"subject_id": 99}, KeyError),
    ],
)
def test_what_cannot_be_judged_is_refused_and_nothing_written(judged, change, error):
    with pytest.raises(error):
        judge(
            judged,
            ANALYST,
            **({"subject": "campaign", "subject_id": 1, "label": "spam", "reason": "r"} | change),
        )
    assert list_judgements(judged).empty and judged.rows("SELECT * FROM audit") == []


def test_no_label_says_trafficking():
    assert not any("traffick" in (entry.code + entry.label).lower() for entry in LABELS.entries)


def made_up(n: int, seed: int, strength: float = 2.0):
    rng = np.random.default_rng(seed)
    features = pd.DataFrame({"places": rng.normal(size=n), "noise": rng.normal(size=n)})
    lead = rng.random(n) < 1 / (1 + np.exp(-strength * features.places))
    return features, pd.Series(np.where(lead, "lead", "other")), pd.Series(rng.normal(size=n))


def test_the_order_learns_what_tells_leads_apart_and_says_why():
    features, sides, default = made_up(300, 2)
    found = order_by_judgements(features, sides.where(sides.index < 80), default)
    assert found.judged == 80 and found.weights.feature.iloc[0] == "places"
    assert found.auc > 0.75 > found.auc_by_default and found.p < 0.01
    rest = sides.index >= 80
    assert roc_auc_score(sides[rest] == "lead", found.scores[rest]) > 0.8
    odds = np.log(found.scores / (1 - found.scores))
    told = found.reasons.sum(axis=1)
    assert np.allclose(odds - odds.mean(), told - told.mean())


def test_the_compared_orders_agree_with_an_independent_computation():
    features, sides, default = made_up(60, 5)
    lead = (sides == "lead").to_numpy()
    ours, theirs, p = _compared(lead, features.places.to_numpy(), default.to_numpy())
    assert ours == pytest.approx(roc_auc_score(lead, features.places))
    assert theirs == pytest.approx(roc_auc_score(lead, default))
    # The jackknife within leads and within the others, each left out in turn.
    variance = 0.0
    for group in (np.flatnonzero(lead), np.flatnonzero(~lead)):
        left_out = [
            roc_auc_score(lead[at], features.places[at]) - roc_auc_score(lead[at], default[at])
            for at in (np.delete(np.arange(60), k) for k in group)
        ]
        variance += (len(group) - 1) * np.var(left_out)
    assert p == pytest.approx(2 * stats.norm.sf(abs(ours - theirs) / np.sqrt(variance)), rel=0.1)


def test_where_nothing_tells_leads_apart_the_check_says_so():
    below = sum(
        order_by_judgements(features, sides, default).p <= 0.05
        for features, sides, default in (made_up(60, seed, 0.0) for seed in range(20))
    )
    assert below <= 5


def test_few_judgements_or_one_sided_ones_are_refused():
    features, sides, default = made_up(100, 3)
    with pytest.raises(TooFewJudgements, match="from 20 on"):
        order_by_judgements(features, sides.where(sides.index < 10), default)
    with pytest.raises(TooFewJudgements):
        order_by_judgements(features, pd.Series("lead", index=sides.index), default)
    assert (
        order_by_judgements(
            features, sides.where(sides.index < 12), default, OrderingParameters(minimum=10, minimum_each=2)
        ).judged
        == 12
    )
