"""What became of what a team tasked: the effect that was planted, beside the team's own verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analytics.shared.wording import counted
from analytics.training.advance import PlantedEffect
from analytics.training.scoring.answers import Answers
from analytics.training.scoring.line import ActionOutcome
from analytics.training.scoring.truth import SealedTruth

_NONE_DRAWN = "None yet: no day has passed since, or its brief names no place."


def list_outcomes(truth: SealedTruth, answers: Answers) -> Iterator[ActionOutcome]:
    """One for each standing action, in the order of their numbers."""
    for action in answers.actions:
        own = [effect for effect in truth.effects if effect.action_id == action.number]
        yield ActionOutcome(action.number, action.text, _describe_effect(own), action.verdict)


def _describe_effect(periods: Sequence[PlantedEffect]) -> str:
    """The effect of one action over the periods since; its shares are the same in each."""
    if not periods:
        return _NONE_DRAWN
    left, moved = periods[-1].left, periods[-1].moved
    if left == 1:
        return "No effect: as many incidents as without it."
    fewer = sum(effect.removed_rows for effect in periods)
    next_door = sum(effect.moved_rows for effect in periods)
    says = f"{1 - left:.0%} fewer incidents there, {counted(fewer, 'row')} so far."
    return says + (
        f" {counted(next_door, 'row')} of these moved next door." if moved else " None moved away."
    )
