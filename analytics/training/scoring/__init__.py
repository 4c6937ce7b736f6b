"""What a team is told when an exercise ends: each line of its score against the sealed truth."""

from analytics.training.scoring.after_action import print_after_action, write_report
from analytics.training.scoring.debrief import Debrief, compare_briefs
from analytics.training.scoring.line import ScoreLine, TeamScore
from analytics.training.scoring.score import LINES, score_answers, score_as_json, score_team
from analytics.training.scoring.truth import SealedTruth, read_truth

__all__ = [
    "LINES",
    "Debrief",
    "ScoreLine",
    "TeamScore",
    "SealedTruth",
    "compare_briefs",
    "print_after_action",
    "read_truth",
    "score_answers",
    "score_as_json",
    "score_team",
    "write_report",
]
