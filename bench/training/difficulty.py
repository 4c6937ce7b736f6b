"""How hard a world is for the default product: what its top leads find of what was planted, as the reference
team that accepts every one of them is scored.

    python -m bench.training.difficulty [--seeds 1 2] [--scale 0.5] [--top 10 30] [--built-in]

The worlds are those of exercises, or with `--built-in` such as the built-in city.

Printed by seed, leads read of each kind, and line: planted, findings, precision, recall, F1, and the
findings that accuse somebody innocent."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from analytics.oversight import Actor
from analytics.store import Store
from analytics.training import generate, load
from analytics.training.exercise.plan import list_plans
from analytics.training.scoring import read_truth, score_answers
from analytics.training.scoring.answers import FindingAnswer
from analytics.training.scoring.recorded import read_recorded
from analytics.training.scoring.reference_teams import EVERY_LEAD, accept_every_lead, list_top_leads
from analytics.training.scoring.truth import LAYERS


def judge_world(seed: int, scale: float, tops: list[int], mixed: bool) -> list[dict[str, object]]:
    """The lines of one world, for each number of leads read of each kind."""
    rows: list[dict[str, object]] = []
    with TemporaryDirectory() as temporary:
        city = Path(temporary) / "city"
        generate(seed, scale, city, mixed=mixed)
        truth = read_truth(city)
        with closing(Store(Path(temporary) / "store.duckdb")) as store:
            load(store, city, Actor("bench"))
            leads = list_top_leads(store, max(tops))
            recorded = read_recorded(store, truth)
    plan = list_plans()[0].model_copy(update={"scored": ()})
    for top in tops:
        chosen = [lead for layer in LAYERS for lead in _take(leads, layer, top)]
        score = score_answers(
            accept_every_lead(chosen), recorded, truth, plan, EVERY_LEAD, lambda moment: moment.date()
        )
        wrong = score.line("innocents").figures["accusations"]
        for layer in LAYERS[:3]:
            line = score.line(layer)
            figures = {name: line.figures[name] for name in ("planted", "findings", "precision", "recall")}
            rows.append(
                {"seed": seed, "top": top, "line": layer, **figures, "F1": line.value, "innocent": wrong}
            )
    return rows


def _take(leads: list[FindingAnswer], layer: str, top: int) -> list[FindingAnswer]:
    return [lead for lead in leads if lead.layer == layer][:top]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--scale", type=float, default=0.5)
    parser.add_argument("--built-in", action="store_true")
    parser.add_argument("--top", type=int, nargs="+", default=[10, 30])
    chosen = parser.parse_args()
    mixed = not chosen.built_in
    rows = [row for seed in chosen.seeds for row in judge_world(seed, chosen.scale, chosen.top, mixed)]
    print(pd.DataFrame(rows).to_string(index=False, float_format="%.2f"))


if __name__ == "__main__":
    main()
