"""What a team is told when an exercise ends: each line of its score against the sealed truth."""

from analytics.training.scoring.line import Line, TeamScore
from analytics.training.scoring.score import LINES, score_answers, score_as_json, score_team
from analytics.training.scoring.truth import Truth, read_truth

__all__ = [
    "LINES",
    "Line",
    "TeamScore",
    "Truth",
    "read_truth",
    "score_answers",
    "score_as_json",
    "score_team",
]
