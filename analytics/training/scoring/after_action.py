"""The after-action paper of an exercise as PDF by Typst (tagged, PDF/UA-1), marked EXERCISE at head and foot.
The same debrief gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import typst

from analytics.oversight.exercise import EXERCISE
from analytics.shared.wording import write_day
from analytics.tasking.paper_size import PAPER_SIZES, PaperSize
from analytics.tasking.render import replace_undrawable, typst_options
from analytics.training.scoring.debrief import (
    Debrief,
    draw_time_line,
    list_action_outcomes,
    list_false_alarms,
    tabulate_class,
    tabulate_progress,
)
from analytics.training.scoring.line import TeamScore

_TEMPLATE = Path(__file__).with_name("after_action.typ")
_ROOT = Path(__file__).parents[2]  # the frame of all printed products is another room's
_HANDLING = f"{EXERCISE}; Training only"
_NEVER = "never"
_ALARM_HEAD = ["Finding", "What it says", "What it was", "Base rate"]
_OUTCOME_HEAD = ["Action", "What was planted", "The team's result"]
_DISCUSS = (
    "What did we expect, and what happened?",
    "Where did we stop looking for other explanations?",
    "Which one habit do we keep, and which do we drop?",
)


def write_report(debrief: Debrief, target: Path, size: PaperSize = "a4") -> None:
    """Write the paper to a file."""
    Path(target).write_bytes(print_after_action(debrief, size))


def print_after_action(debrief: Debrief, size: PaperSize = "a4") -> bytes:
    """The paper: the class, then each team, then what to talk about."""
    table = tabulate_class(debrief.teams, debrief.reference).drop(columns="code")
    data = {
        "paper": PAPER_SIZES[size].typst,
        "title": f"After-action paper: {debrief.title}",
        "handling": _HANDLING,
        "reference": "Exercise",
        "seal": "",
        "summary": [
            f"Aim. {debrief.aim}",
            f"Doctrine. {debrief.doctrine}",
            "Each line runs from 0 (nothing) to 1 (the whole truth). Calibration and tasking fall below 0 "
            "where a team did worse than chance. There is no total: one line does not make up for another.",
        ],
        "sections": [
            _section("The class", [], [_part("Line by line", _shape_values(table))]),
            *(_describe_team(debrief, score) for score in debrief.teams),
            _section("To talk about", list(_DISCUSS), []),
        ],
    }
    options = typst_options(replace_undrawable(data))
    return typst.compile(_TEMPLATE, root=_ROOT, **options, pdf_standards=["ua-1"])


def _describe_team(debrief: Debrief, score: TeamScore) -> dict[str, Any]:
    lines = pd.DataFrame(
        {
            "Line": [line.title for line in score.lines],
            "Score": [f"{line.value:.2f}" for line in score.lines],
            "Why": [line.says for line in score.lines],
        }
    )
    parts = [_part("Lines", _table(lines, (3, 1, 8), (1,)))]
    time_line = draw_time_line(score)
    if len(time_line):
        parts.append(
            _part(
                "Could have known, and knew",
                _table(_shape_time_line(time_line), (5, 2, 3, 3, 1.4, 1.4), (4, 5)),
            )
        )
    alarms = list_false_alarms(score)
    parts.append(
        _part(
            "False alarms",
            _table(
                alarms.drop(columns="layer").set_axis(_ALARM_HEAD, axis=1),
                (1.3, 4, 2.5, 5),
                (),
            ),
            [] if len(alarms) else ["None."],
        )
    )
    outcomes = list_action_outcomes(score).set_axis(_OUTCOME_HEAD, axis=1)
    if len(outcomes):
        parts.append(_part("What became of its actions", _table(outcomes, (4, 5, 4), ())))
    briefs = debrief.briefs.get(score.team)
    if briefs is not None and len(briefs):
        shaped = briefs.set_axis(["Part", "The team's brief", "A model brief"], axis=1)
        parts.append(_part("Its brief beside a model one", _table(shaped, (2, 5, 5), ())))
    if any(earlier.team == score.team for earlier in debrief.earlier):
        parts.append(_part("Progress", _shape_values(tabulate_progress(debrief.earlier, score))))
    return _section(f"Team {score.team}", [], parts, new_page=True)


def _section(
    title: str, paragraphs: Sequence[str], parts: Sequence[dict[str, Any]], *, new_page: bool = False
) -> dict[str, Any]:
    return {"title": title, "paragraphs": list(paragraphs), "parts": list(parts), "new_page": new_page}


def _part(title: str, table: dict[str, Any] | None, paragraphs: Sequence[str] = ()) -> dict[str, Any]:
    return {"title": title, "paragraphs": list(paragraphs), "table": table}


def _table(frame: pd.DataFrame, widths: Sequence[float], numbers: Sequence[int]) -> dict[str, Any]:
    """A table as the template reads it: relative `widths`, and which columns are `numbers`."""
    return {
        "head": list(map(str, frame.columns)),
        "rows": [[str(value) for value in row] for row in frame.itertuples(index=False)],
        "widths": list(widths),
        "numbers": list(numbers),
    }


def _shape_values(table: pd.DataFrame) -> dict[str, Any]:
    """A first column of names, then one of values each."""
    names = list(table.columns[1:])
    written = table.assign(
        **{name: ["" if pd.isna(value) else f"{value:.2f}" for value in table[name]] for name in names}
    )
    return _table(written.rename(columns={"line": "Line"}), [3, *[2] * len(names)], range(1, len(names) + 1))


def _shape_time_line(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Structure": table.structure,
            "Domain": table.layer,
            "Could have known": [write_day(day.date()) for day in table.could_know],
            "Knew": [_NEVER if pd.isna(day) else write_day(day.date()) for day in table.knew],
            "Days": ["" if pd.isna(days) else str(days) for days in table.days],
            "Credit": [f"{credit:g}" for credit in table.credit],
        }
    )
