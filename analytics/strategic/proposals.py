"""Priorities that a control strategy could begin from, with reasons and alternatives. People decide."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.strategic.picture import StrategicPicture
from analytics.strategic.problems import CATEGORY, PRIORITY, TRADE, Problem
from analytics.strategic.trend import FALLING, RISING, STEADY

_SHARE = 0.1  # of all harm: a problem with as much is proposed whatever its trend


@dataclass(frozen=True)
class ProposedPriority:
    """A problem that people may make a priority: `reasons` for it, and `alternatives` to weigh first."""

    title: str
    reasons: tuple[str, ...]
    alternatives: tuple[str, ...]

    def describe(self) -> str:
        """Reasons and alternatives as two lines."""
        return f"For it: {'; '.join(self.reasons)}.\nTo weigh first: {'; '.join(self.alternatives)}."


def propose_priorities(picture: StrategicPicture) -> list[ProposedPriority]:
    """Every problem that some reason speaks for, in the order of the picture. The group decides: the list is
    no ranking of what to do, and what nobody records is not in it."""
    proposals = []
    for problem in picture.problems:
        reasons = tuple(_list_reasons(picture, problem))
        if reasons:
            title = problem.priorities[0] if problem.priorities else problem.name
            proposals.append(
                ProposedPriority(
                    title, reasons, tuple(_list_alternatives(problem, problem.name in picture.warned))
                )
            )
    return proposals


def _list_reasons(picture: StrategicPicture, problem: Problem) -> list[str]:
    reasons = []
    if problem.harm_share is not None and problem.harm_share >= _SHARE:
        reasons.append(f"{problem.harm_share:.0%} of the recorded harm")
    if problem.trend_word == RISING:
        reasons.append("it rises beyond chance")
    if warned := picture.warned.get(problem.name):
        reasons.append(f"early warning names it ({warned})")
    if problem.kind == TRADE:
        reasons.append(f"people are harmed who seldom come to the police ({problem.confidence_basis})")
    raising = [
        item.mark
        for item in picture.drivers
        if item.driver.effect == "raises" and item.driver.problem.casefold() == problem.name.casefold()
    ]
    if raising:
        reasons.append(f"drivers are said to raise it {' '.join(raising)}")
    if problem.priorities:
        reasons.append(f"it is a priority in force: {', '.join(problem.priorities)}")
    return reasons


def _list_alternatives(problem: Problem, is_warned: bool) -> list[str]:
    alternatives = []
    if problem.kind == PRIORITY:
        alternatives.append("drop it, or say what would show that it succeeds")
    if problem.kind == CATEGORY:
        alternatives.append("prioritise the places where it gathers, not the whole category")
    if problem.trend_word == RISING:
        alternatives.append("the rise may come from recording or reporting; ask before acting")
    if is_warned:
        alternatives.append("task it now: a rise of weeks is no matter of a year's strategy")
    elif problem.trend_word == STEADY:
        alternatives.append("leave it to usual work: it changed within chance")
    if problem.trend_word == FALLING:
        alternatives.append("continue what is done: it falls beyond chance")
    if problem.harm_share is None:
        alternatives.append("agree first how its harm is to be judged, which no figure here says")
    if problem.confidence == "low":
        alternatives.append("collect first: confidence is low")
    return alternatives or ["none is known"]
