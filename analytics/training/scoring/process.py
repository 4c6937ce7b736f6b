"""How a team worked, from what it saved and from its audit trail."""

from __future__ import annotations

from analytics.shared.codes import code_table
from analytics.shared.wording import counted
from analytics.training.exercise.plan import ExercisePlan
from analytics.training.scoring.answers import Answers
from analytics.training.scoring.line import ScoreLine
from analytics.training.scoring.truth import SealedTruth

_MUCH_UNRECORDED = 0.3  # of a table's rows: from here on it is a gap that a team should ask about
_RIGHT = {True: {"A": 1.0, "B": 1.0, "C": 0.5}, False: {"D": 1.0, "E": 1.0, "C": 0.5}}
_SENSITIVE = ("reveal ", "export ", "release ")
_BREACHES = ("refused",)


def score_alternatives(answers: Answers) -> ScoreLine:
    """The share of findings whose competing explanations were rated against the evidence."""
    weighed = sum(finding.weighed for finding in answers.findings)
    number = len(answers.findings)
    return ScoreLine(
        "alternatives",
        "Alternatives weighed",
        weighed / number if number else 0.0,
        f"The alternatives of {weighed} of {counted(number, 'finding')} were rated.",
        {"findings": number, "weighed": weighed},
        tuple(finding.title for finding in answers.findings if not finding.weighed),
    )


def score_gaps(plan: ExercisePlan, answers: Answers) -> ScoreLine:
    """The share of domains that the world hides and that a requirement asks about. Where it hides none, any
    requirement will do."""
    hidden = list_hidden_domains(plan)
    asked = [domain for domain in hidden if domain in answers.gaps]
    if hidden:
        value = len(asked) / len(hidden)
        says = f"Requirements ask about {len(asked)} of {len(hidden)} domains with much missing."
    else:
        value = float(answers.requirements > 0)
        says = f"Nothing is hidden on purpose; {counted(answers.requirements, 'requirement')} saved."
    figures = {"hidden": len(hidden), "asked": len(asked), "requirements": answers.requirements}
    return ScoreLine(
        "gaps", "Gaps tasked", value, says, figures, tuple(d for d in hidden if d not in answers.gaps)
    )


def list_hidden_domains(plan: ExercisePlan) -> list[str]:
    """The commercial domains of which the world withholds a table or much of its rows."""
    tables = {
        "adverts": "advert",
        "transactions": "transaction",
        "premises": "premises",
        "journeys": "journey",
        "communications": "communication",
    }
    much = {table for table, share in plan.world.unrecorded.items() if share >= _MUCH_UNRECORDED}
    hidden = {tables[table] for table in (*plan.world.withheld, *much) if table in tables}
    return [entry.code for entry in code_table("commercial_domains").entries if entry.more["table"] in hidden]


def score_gradings(truth: SealedTruth, answers: Answers) -> ScoreLine:
    """Over reports graded again: 1 for A or B to a true one and D or E to one that is not, half for C."""
    graded = [item for item in answers.gradings if item.reference in truth.reports]
    worth = [_RIGHT[truth.reports[item.reference]].get(item.grade, 0.0) for item in graded]
    wrong = tuple(item.reference for item, value in zip(graded, worth, strict=True) if value == 0)
    return ScoreLine(
        "gradings",
        "Reports graded",
        sum(worth) / len(worth) if worth else 0.0,
        f"{counted(len(graded), 'report')} graded again, {len(wrong)} of them the wrong way.",
        {"graded": len(graded), "wrong": len(wrong)},
        wrong,
    )


def score_handling(answers: Answers) -> ScoreLine:
    """The share of acts with personal data that were allowed and gave a reason; 0 for a team that answered
    nothing."""
    sensitive = sum(number for act, number in answers.acts.items() if act.startswith(_SENSITIVE))
    refused = sum(answers.acts.get(act, 0) for act in _BREACHES)
    breaches = refused + answers.acts_without_reason
    answered = bool(answers.findings or answers.products or answers.requirements)
    value = 1 - breaches / max(1, sensitive + refused) if answered else 0.0
    return ScoreLine(
        "handling",
        "Handling rules followed",
        max(0.0, value),
        f"{counted(sensitive, 'act')} with personal data, {breaches} refused or without a reason.",
        {"sensitive acts": sensitive, "refused": refused, "without a reason": answers.acts_without_reason},
    )
