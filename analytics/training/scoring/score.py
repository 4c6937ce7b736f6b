"""A team's score: each line on its own, the same byte for byte from the same store, truth and plan."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

from analytics.shared.wording import counted
from analytics.store import Store
from analytics.training.exercise.plan import ExercisePlan
from analytics.training.scoring.action_outcomes import list_outcomes
from analytics.training.scoring.answers import Answers, FindingAnswer, read_answers
from analytics.training.scoring.calibration import ENOUGH, measure_calibration
from analytics.training.scoring.judgements import LINKS, PERSONS, score_links, score_persons
from analytics.training.scoring.line import FalseAlarm, Figure, ScoreLine, Sighting, TeamScore
from analytics.training.scoring.matching import (
    Accusation,
    Match,
    find_accusations,
    match_structures,
)
from analytics.training.scoring.network_structure import CODE as STRUCTURE
from analytics.training.scoring.network_structure import score_network_structure
from analytics.training.scoring.process import (
    score_alternatives,
    score_gaps,
    score_gradings,
    score_handling,
)
from analytics.training.scoring.recorded import Recorded, read_recorded
from analytics.training.scoring.tasking_worth import CODE as TASKING
from analytics.training.scoring.tasking_worth import score_tasking
from analytics.training.scoring.truth import (
    LAYERS,
    PLACES,
    SealedTruth,
    Structure,
    list_period,
    read_truth,
)
from analytics.training.scoring.victims import CODE as VICTIMS
from analytics.training.scoring.victims import score_victims

INNOCENTS, CALIBRATION, TIMELINESS = "innocents", "calibration", "timeliness"
LINES = (
    *LAYERS,
    STRUCTURE,
    INNOCENTS,
    CALIBRATION,
    TIMELINESS,
    VICTIMS,
    TASKING,
    PERSONS,
    LINKS,
    "alternatives",
    "gaps",
    "gradings",
    "handling",
)
_TITLES = {
    "places": "Places found",
    "adverts": "Advert authors found",
    "money": "Money schemes found",
    "networks": "Networks found",
}
_DAYS_LATE = 28  # after which a finding is as late as none, where the exercise is shorter
DayOf = Callable[[datetime], date]


def score_team(
    store: Store,
    truth: SealedTruth | Path,
    plan: ExercisePlan,
    team: str = "",
    *,
    day_of: DayOf | None = None,
) -> TeamScore:
    """Score what stands in a team's store. `truth` is a folder that `generate` wrote, or what `read_truth`
    read of it; `day_of` says which scenario day a moment was (default: the last day on record then)."""
    known = truth if isinstance(truth, SealedTruth) else read_truth(truth)
    return score_answers(
        read_answers(store, known),
        read_recorded(store, known),
        known,
        plan,
        team,
        day_of or read_calendar(store),
    )


def score_answers(
    answers: Answers, recorded: Recorded, truth: SealedTruth, plan: ExercisePlan, team: str, day_of: DayOf
) -> TeamScore:
    """Score answers against what a store could show of the truth. Nothing else goes in."""
    wanted = plan.scored or LINES
    layers = [layer for layer in LAYERS if layer in wanted]
    if not layers:
        layers = list(LAYERS)
    findings = sorted(
        (finding for finding in answers.findings if finding.layer in layers), key=lambda each: each.number
    )
    within = Recorded(
        tuple(structure for structure in recorded.structures if structure.layer in layers),
        recorded.circles,
        recorded.incidents,
    )
    matches = match_structures(within, findings)
    sought = [match for match in matches if _is_sought(match.structure, plan)]
    beside = {
        match.finding.number for match in matches if match.finding and match.credit and match not in sought
    }
    counting = [finding for finding in findings if finding.number not in beside]
    innocents = [(innocent.name, innocent.kind, innocent.rows) for innocent in truth.innocents]
    accusations = list(find_accusations(recorded, innocents, findings))
    begins = list_period()[1]
    sightings = tuple(_list_sightings(sought, day_of, begins))
    lines = [
        *(_score_layer(layer, sought, counting, recorded, plan) for layer in layers),
        score_network_structure(truth, answers, matches),
        _score_innocents(findings, accusations),
        _score_calibration(findings, matches),
        _score_timeliness(sightings, plan),
        score_victims(truth, answers, day_of, begins),
        score_tasking(truth, answers, matches),
        score_persons(answers.judgements),
        score_links(truth, answers.judgements),
        score_alternatives(answers),
        score_gaps(plan, answers),
        score_gradings(truth, answers),
        score_handling(answers),
    ]
    return TeamScore(
        team,
        plan.code,
        tuple(line for line in lines if line.code in wanted),
        sightings,
        tuple(_list_false_alarms(findings, matches, accusations, recorded, truth)),
        len(answers.findings) + len(answers.products) + len(answers.actions) + answers.requirements,
        tuple(list_outcomes(truth, answers)),
    )


def _is_sought(structure: Structure, plan: ExercisePlan) -> bool:
    """Whether the task of an exercise asks for it."""
    return structure.layer != PLACES or not plan.sought or structure.kind in plan.sought


def score_as_json(score: TeamScore) -> str:
    """The score in one canonical form: keys in order, six decimals."""
    return json.dumps(_round(asdict(score)), sort_keys=True, indent=1, ensure_ascii=False, default=str) + "\n"


def _round(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6) + 0.0  # no minus before a zero
    if isinstance(value, dict):
        return {key: _round(item) for key, item in value.items()}
    return [_round(item) for item in value] if isinstance(value, list | tuple) else value


def read_calendar(store: Store) -> DayOf:
    """Which scenario day a moment was: the last day of the invented incidents that were in the store by
    then."""
    rows = store.rows(
        "SELECT imported_at, max(local_date) AS last FROM source JOIN incident USING (source_id)"
        " WHERE is_scenario GROUP BY ALL ORDER BY imported_at"
    )
    moments, last = [row["imported_at"] for row in rows], [row["last"] for row in rows]
    return lambda moment: max(last[: bisect_right(moments, moment)], default=list_period()[1])


def _score_layer(
    layer: str, matches: list[Match], findings: list[FindingAnswer], recorded: Recorded, plan: ExercisePlan
) -> ScoreLine:
    """Recall: the mean credit of the structures. Precision: the credit of the findings over their number;
    one whose rows are mostly planted, though of no one structure, counts neither way."""
    own = [match for match in matches if match.structure.layer == layer]
    credit = sum(match.credit for match in own)
    used = {match.finding.number for match in own if match.finding and match.credit}
    planted = {row for structure in recorded.structures for row in structure.rows}
    answered = [
        finding
        for finding in findings
        if finding.layer == layer
        and (finding.number in used or 2 * len(finding.rows & planted) < max(1, len(finding.rows)))
    ]
    recall = credit / len(own) if own else 0.0
    precision = credit / len(answered) if answered else 0.0
    value = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    whole, half = (sum(match.credit == worth for match in own) for worth in (1.0, 0.5))
    number = counted(len(answered), "finding")
    asked = "asked for" if layer == PLACES and plan.sought else "planted"
    says = f"Of {len(own)} {asked}, {whole} found whole and {half} in part, by {number}."
    figures: dict[str, Figure] = {
        "planted": len(own),
        "whole": whole,
        "in part": half,
        "findings": len(answered),
    }
    figures |= {"precision": precision, "recall": recall}
    missed = tuple(match.structure.name for match in own if not match.credit)
    return ScoreLine(layer, _TITLES[layer], value, says, figures, missed)


def _score_innocents(findings: list[FindingAnswer], accusations: list[Accusation]) -> ScoreLine:
    """The share of findings that accuse no planted innocent; 0 for a team without a finding."""
    number, wrong = len(findings), len(accusations)
    named = tuple(f"finding {item.finding.number}: {item.innocent}" for item in accusations)
    return ScoreLine(
        INNOCENTS,
        "Innocents spared",
        1 - wrong / number if number else 0.0,
        f"{wrong} of {counted(number, 'finding')} accused somebody innocent.",
        {"findings": number, "accusations": wrong},
        named,
    )


def _score_calibration(findings: list[FindingAnswer], matches: list[Match]) -> ScoreLine:
    """Over findings with a stated probability; a finding is so where it gets credit."""
    right = {match.finding.number for match in matches if match.finding and match.credit}
    stated = [(f.probability, f.number in right) for f in findings if f.probability is not None]
    result = measure_calibration(stated)
    if not result.statements:
        says = "No probability was stated."
    elif result.too_few:
        number = counted(result.statements, "probability", "probabilities")
        says = f"{number} stated: too few to judge ({ENOUGH} are needed)."
    else:
        says = f"Brier score {result.brier:.3f} over {result.statements} probabilities; a coin has 0.250."
    figures = {
        "statements": result.statements,
        "brier": result.brier,
        "reliability": result.reliability,
        "resolution": result.resolution,
        "uncertainty": result.uncertainty,
        "low": result.low,
        "high": result.high,
        "enough": "no" if result.too_few else "yes",
    }
    return ScoreLine(CALIBRATION, "Calibration", result.skill, says, figures)


def _list_sightings(matches: list[Match], day_of: DayOf, begins: date) -> Iterator[Sighting]:
    for match in matches:
        could_know = max(begins, match.structure.find_first_day())
        found = match.finding if match.credit else None
        knew = day_of(found.saved_at) if found else None
        yield Sighting(
            match.structure.name,
            match.structure.layer,
            match.structure.kind,
            could_know,
            knew,
            max(0, (knew - could_know).days) if knew else None,
            match.finding.number if match.finding else None,
            match.overlap,
            match.credit,
        )


def _score_timeliness(sightings: tuple[Sighting, ...], plan: ExercisePlan) -> ScoreLine:
    """The mean over structures: 1 on the first day on which the evidence sufficed, 0 when it comes as late as
    the exercise is long, or never."""
    limit = max(plan.clock.days, _DAYS_LATE)
    worth = [0.0 if each.days is None else max(0.0, 1 - each.days / limit) for each in sightings]
    days = sorted(each.days for each in sightings if each.days is not None)
    median = days[len(days) // 2] if days else None
    says = (
        "Nothing was found."
        if not days
        else f"{len(days)} of {len(sightings)} structures found, the median "
        f"{counted(median or 0, 'day')} after the evidence sufficed."
    )
    value = sum(worth) / len(worth) if worth else 0.0
    return ScoreLine(TIMELINESS, "Timeliness", value, says, {"found": len(days), "median days": median})


def _list_false_alarms(
    findings: list[FindingAnswer],
    matches: list[Match],
    accusations: list[Accusation],
    recorded: Recorded,
    truth: SealedTruth,
) -> Iterator[FalseAlarm]:
    """Findings without credit whose rows are mostly not planted, and accusations of the innocent."""
    planted = {row for structure in recorded.structures for row in structure.rows}
    right = {match.finding.number for match in matches if match.finding and match.credit}
    accused = {item.finding.number: item for item in accusations}
    by_layer = {layer: [f for f in findings if f.layer == layer] for layer in LAYERS}
    for finding in findings:
        mostly_planted = 2 * len(finding.rows & planted) >= max(1, len(finding.rows))
        if finding.number in right or (mostly_planted and finding.number not in accused):
            continue
        item = accused.get(finding.number)
        yield FalseAlarm(
            finding.number,
            finding.title,
            finding.layer,
            item.innocent if item else "",
            item.kind if item else "chance",
            _describe_base_rate(item, truth, by_layer[finding.layer], right),
        )


def _describe_base_rate(
    item: Accusation | None, truth: SealedTruth, alike: list[FindingAnswer], right: set[int]
) -> str:
    if item is None:
        true = sum(finding.number in right for finding in alike)
        return f"Of the team's {len(alike)} findings of this kind, {true} were planted."
    innocent = sum(each.kind == item.kind for each in truth.innocents)
    schemes = sum(structure.layer == "money" for structure in truth.structures)
    return (
        f"The city has {innocent} of these ({item.kind}). It has {len(truth.innocents)} innocent lives and "
        f"gatherings beside {schemes} schemes."
    )
