"""What a class talks about when an exercise ends: the class table, when each team could have known and when
it knew, its false alarms, its own brief beside a model one, and progress over several exercises."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
import shapely

from analytics.shared.projection import unproject
from analytics.shared.wording import counted, write_day
from analytics.tasking.brief import BRIEF_PARTS
from analytics.training.scoring.answers import Answers
from analytics.training.scoring.line import ScoreLine, Sighting, TeamScore
from analytics.training.scoring.truth import ADVERTS, MONEY, NETWORKS, PLACES, SealedTruth, Structure
from analytics.training.settings import read_settings

_NOT_WRITTEN = "Not written."
_ALTERNATIVES = {
    PLACES: "Chance, a change in recording, or one offender who has moved on. Test all cells together.",
    ADVERTS: "A shop, agency or shared practice that reposts. Look for a second, independent link.",
    MONEY: "A wedding, a payroll, a club or a family account. Look at what else the account pays for.",
    NETWORKS: "Customers of one shop, or a family. Look for ties in a second domain.",
}
_ACTIONS = {
    PLACES: "Patrol and prevention there in these hours for six weeks, with an owner and a date.",
    ADVERTS: "Refer whoever may need help first. Then ask sites and partners for what is missing.",
    MONEY: "Protect wages and possible victims first. Then ask for the records of the hub's account.",
    NETWORKS: "Protect possible victims first. Then act on who cannot be replaced.",
}
_MEASURES = {
    PLACES: "Fewer incidents there than at similar places, with none moved next door.",
    ADVERTS: "Adverts of this author stop, and do not return under another number.",
    MONEY: "Payments through the account stop, and no new account takes over its ties.",
    NETWORKS: "Ties within it fall, and its victims are safe.",
}


@dataclass(frozen=True)
class Debrief:
    """`teams` are scored; `reference` are the two that the program plays. `briefs`: by team, its own first
    brief beside the model one. `earlier`: scores of the same teams in exercises before, the oldest first."""

    title: str
    aim: str
    doctrine: str
    teams: tuple[TeamScore, ...]
    reference: tuple[TeamScore, ...] = ()
    briefs: dict[str, pd.DataFrame] = field(default_factory=dict)
    earlier: tuple[TeamScore, ...] = ()


def tabulate_class(teams: Sequence[TeamScore], reference: Sequence[TeamScore] = ()) -> pd.DataFrame:
    """One row a line of the score, in its order: code, line, and a column for each team, those of the program
    last. There is no total."""
    every = (*teams, *reference)
    lines = list(dict.fromkeys((line.code, line.title) for score in every for line in score.lines))
    table = pd.DataFrame({"code": [code for code, _ in lines], "line": [title for _, title in lines]})
    for score in every:
        values = {line.code: line.value for line in score.lines}
        table[score.team] = [values.get(code) for code, _ in lines]
    return table


def draw_time_line(score: TeamScore) -> pd.DataFrame:
    """One row a structure, by the day it could first have been known: structure, layer, could_know, knew (NaT
    where it never did), days, credit."""
    table = pd.DataFrame(
        [
            (s.structure, s.layer, pd.Timestamp(s.could_know), pd.Timestamp(s.knew), s.days, s.credit)
            for s in score.sightings
        ],
        columns=["structure", "layer", "could_know", "knew", "days", "credit"],
    )
    table["days"] = table.days.astype("Int64")
    return table.sort_values(["could_know", "layer", "structure"], kind="stable", ignore_index=True)


def list_false_alarms(score: TeamScore) -> pd.DataFrame:
    """Each false alarm: finding, title, layer, what (the innocent life, or chance), base_rate."""
    return pd.DataFrame(
        [(f.finding, f.title, f.layer, f.innocent or "chance", f.base_rate) for f in score.false_alarms],
        columns=["finding", "title", "layer", "what", "base_rate"],
    )


def list_action_outcomes(score: TeamScore) -> pd.DataFrame:
    """Each action that the team tasked: title, planted (what the city did with it), verdict (of the team)."""
    return pd.DataFrame(
        [(item.title, item.planted, item.verdict) for item in score.outcomes],
        columns=["title", "planted", "verdict"],
    )


def compare_briefs(answers: Answers, truth: SealedTruth, score: TeamScore) -> pd.DataFrame:
    """The team's first brief beside a model one on the structure that it is nearest to: part, own, model.
    Where it wrote none, the model is on the structure that could be known first."""
    brief = next(iter(answers.briefs), None)
    structure = _choose_structure(truth, score, brief.findings if brief else ())
    if structure is None:
        return pd.DataFrame(columns=["part", "own", "model"])
    model = write_model_brief(structure, truth)
    own = json.loads(brief.text) if brief and brief.text else {}
    return pd.DataFrame(
        {
            "part": [BRIEF_PARTS[name] for name in model],
            "own": [str(own.get(name) or _NOT_WRITTEN) for name in model],
            "model": list(model.values()),
        }
    )


def write_model_brief(structure: Structure, truth: SealedTruth) -> dict[str, str]:
    """What a good brief on a planted structure would say, by part of a brief."""
    days = sorted(structure.rows.values())
    rows = counted(len(structure.rows), "row")
    victims = sorted(account for account, (name, _) in truth.victims.items() if name == structure.name)
    unnamed = "Who lives, works or passes there." if structure.circle else "Not known yet."
    harmed = ", ".join(victims) or unnamed
    return {
        "what": f"{structure.name} ({structure.kind}): {rows} belong together.",
        "where": _describe_place(structure),
        "when": f"{write_day(days[0])} to {write_day(days[-1])}.",
        "why_now": f"The evidence sufficed from {write_day(structure.find_first_day())}.",
        "who_is_harmed": harmed,
        "alternatives": _ALTERNATIVES[structure.layer],
        "victims_safety": "Referral before any other action; nobody who may be a victim is named in it.",
        "action": _ACTIONS[structure.layer],
        "measure_of_success": _MEASURES[structure.layer],
    }


def _describe_place(structure: Structure) -> str:
    if structure.circle is None:
        return "Where its rows say: see the evidence."
    x, y, radius = structure.circle
    at = unproject(shapely.Point(x, y), read_settings()["area"]["epsg"])
    return f"{structure.category} within {radius:.0f} m of longitude {at.x:.4f}, latitude {at.y:.4f}."


def _choose_structure(truth: SealedTruth, score: TeamScore, findings: Sequence[int]) -> Structure | None:
    named = {structure.name: structure for structure in truth.structures}
    cited = [s for s in score.sightings if s.finding in findings and s.finding is not None]
    best = max(cited, key=lambda s: s.overlap, default=None) or min(
        score.sightings, key=_order_of_reveal, default=None
    )
    return named[best.structure] if best else None


def _order_of_reveal(sighting: Sighting) -> tuple[object, str]:
    return sighting.could_know, sighting.structure


def tabulate_progress(earlier: Sequence[TeamScore], now: TeamScore) -> pd.DataFrame:
    """A team's lines over its exercises: line, and a column for each exercise, the present one last."""
    own = [*(score for score in earlier if score.team == now.team), now]
    titles = {line.code: line.title for score in own for line in score.lines}
    table = pd.DataFrame({"line": list(titles.values())})
    for number, score in enumerate(own, 1):
        values = {line.code: line.value for line in score.lines}
        table[f"{number}. {score.exercise}"] = [values.get(code) for code in titles]
    return table


def read_score(text: str) -> TeamScore:
    """A score as `score_as_json` wrote it: its team, exercise and lines alone, which progress is drawn from.
    Raises ValueError for other text."""
    try:
        saved = json.loads(text)
        lines = tuple(
            ScoreLine(line["code"], line["title"], float(line["value"]), line["says"])
            for line in saved["lines"]
        )
        return TeamScore(str(saved["team"]), str(saved["exercise"]), lines, (), (), int(saved["answers"]))
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError("This is no score that Achilles wrote.") from error
