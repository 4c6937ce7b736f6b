"""A team's answers are what the product saved in its store: nothing is asked for scoring alone."""

from dataclasses import replace
from datetime import date

import pyarrow as pa

from analytics.intelligence.finding_results import read_result
from analytics.intelligence.findings import Finding, save_finding
from analytics.intelligence.hypotheses import begin, to_json
from analytics.intelligence.requirements import Requirement, save_requirement
from analytics.oversight import Actor
from analytics.tasking.actions import TaskedAction
from analytics.tasking.products import record_decision, save_product
from analytics.tasking.referrals import save_referral
from analytics.training.scoring import score_as_json, score_team
from analytics.training.scoring.answers import read_answers

_ACTOR = Actor("test")
_FINDING = Finding(
    title="A fan-in",
    statement="Ten payments meet.",
    method="Typologies",
    parameters={},
    data_version=1,
    area_id=None,
    period_from=date(2026, 10, 1),
    period_to=date(2026, 10, 31),
    result=read_result({}),
    confidence="low",
    confidence_basis="A pattern.",
    assumptions="None.",
    alternatives=[{"explanation": "A wedding", "how to tell": "Ask what was bought."}],
    likelihood="likely",
)


def _save_finding(store) -> int:
    with store.write() as cursor:
        cursor.execute(
            'INSERT INTO "transaction" (source_id, row_number, reference)'
            " SELECT 1, range, 'transaction-' || range FROM range(10)"
        ).fetchall()
        cursor.execute(
            "INSERT INTO account (source_id, row_number, reference, holder)"
            " VALUES (1, 1, 'V1', 'Rami Tholle')"
        ).fetchall()
    table = begin(_FINDING)
    rated = replace(table, ratings=tuple(("consistent", "inconsistent") for _ in table.evidence))
    hypotheses = to_json(rated) | {"probabilities": [0.9, 0.1]}
    evidence = pa.table(
        {"table_name": ["transaction"] * 10, "source_id": [1] * 10, "row_number": list(range(10))}
    )
    return save_finding(store, _ACTOR, replace(_FINDING, hypotheses=hypotheses), evidence)


def test_answers_are_read_from_the_store(store, truth, plan):
    number = _save_finding(store)
    product, _ = save_product(store, _ACTOR, "brief", "The hub", {"action": "Visit the bank"}, [number])
    action = TaskedAction("Visit the bank", "Sergeant", date(2026, 12, 1), "Police", "Desk")
    record_decision(store, _ACTOR, product, 1, "adopted", "Most harm.", "Chair", action=action)
    save_referral(store, _ACTOR, 1, "Helpline", {"text": "Welfare of Rami Tholle"})
    save_requirement(
        store, _ACTOR, Requirement("Who travels?", "Desk", date(2026, 12, 1), domain="transportation")
    )
    answers = read_answers(store, truth)
    (finding,) = answers.findings
    assert finding.layer == "money" and finding.probability == 0.9 and finding.weighed
    assert len(finding.rows) == 10 and answers.gaps == {"transportation"}
    assert [action.text for action in answers.actions] == ["Visit the bank"]
    score = score_team(store, truth, plan, "North")
    values = {line.code: line.value for line in score.lines}
    assert values["money"] == values["victims"] == values["gaps"] == values["alternatives"] == 1
    assert score_as_json(score) == score_as_json(score_team(store, truth, plan, "North"))


def test_a_word_of_the_yardstick_counts_by_its_middle(store, truth):
    _save_finding(store)
    with store.write() as cursor:
        cursor.execute("UPDATE finding SET hypotheses = NULL").fetchall()
    (finding,) = read_answers(store, truth).findings
    assert finding.probability == 0.65 and not finding.weighed
