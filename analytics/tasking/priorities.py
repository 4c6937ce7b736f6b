"""Proposals ranked in the manner of MoRiLE: impact, likelihood and the organisation's position, in the open.

Scales, weights and the formula stand in `data/priorities.toml`, which a force may replace. A score is 0 to 4
with a reason and an author. The author's confidence decides how far it may be off. The intervals of a
proposal's score and rank come from 5,000 draws with a fixed seed, each score uniform within that distance
(clipped to 0 to 4). They show how the scorers' doubt affects the ranking; they are not a sampling error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, NonNegativeFloat, model_validator

from analytics.oversight import Actor, record
from analytics.reference import reference_file
from analytics.shared.codes import code_table
from analytics.shared.schema import FileModel, Text, read_toml
from analytics.store import Store, now

SCHEME = reference_file("priorities.toml")
FACTORS = ("impact", "likelihood", "position")
HIGHEST = 4
_DRAWS = 5_000
_SEED = 20_260_101


class _CriterionInFile(FileModel):
    factor: Literal["impact", "likelihood", "position"]
    weight: NonNegativeFloat
    scale: tuple[Text, ...] = Field(min_length=HIGHEST + 1, max_length=HIGHEST + 1)


@dataclass(frozen=True)
class Criterion:
    """What is scored: its factor, its weight among that factor's criteria, the words of scores 0 to 4."""

    code: str
    label: str
    factor: str
    weight: float
    scale: tuple[str, ...]


class ScoringScheme(FileModel):
    """The scheme. `spread`: how far a score may be off, by its author's confidence; `criteria_by_code`
    are those of `criteria` as the file has them."""

    version: Text
    formula: Text
    position_share: NonNegativeFloat
    spread: Mapping[str, NonNegativeFloat]
    criteria_by_code: dict[str, _CriterionInFile] = Field(alias="criteria")

    @model_validator(mode="after")
    def check_codes(self) -> Self:
        table, confidence = code_table("priority_criteria"), code_table("confidence").codes
        if unknown := [code for code in self.criteria_by_code if code not in table.codes]:
            raise ValueError(f"{unknown[0]} is no criterion of {table.title}")
        if set(self.spread) != set(confidence):
            raise ValueError(f"spread needs {', '.join(confidence)}")
        for factor in FACTORS:
            if not sum(c.weight for c in self.criteria_by_code.values() if c.factor == factor) > 0:
                raise ValueError(f"the criteria of {factor} have no weight")
        return self

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        table = code_table("priority_criteria")
        return tuple(
            Criterion(code, table[code].label, item.factor, item.weight, item.scale)
            for code, item in self.criteria_by_code.items()
        )


@dataclass(frozen=True)
class Score:
    """One score with its reason, how sure its author is, and who that is."""

    score: int
    confidence: str
    reason: str
    author: str = ""


class AssessedMeanwhile(RuntimeError):
    """Somebody else scored the same proposal first."""


@cache
def read_scheme(path: Path = SCHEME) -> ScoringScheme:
    """The scheme of a file. Raises InvalidFile for a criterion, weight, scale or spread that does not fit."""
    return read_toml(path, ScoringScheme)


def compute_priority(
    scheme: ScoringScheme, scores: np.ndarray, weights: Mapping[str, float] | None = None
) -> np.ndarray:
    """The formula: scores (..., criteria), 0 to 4 in the scheme's order, to priorities (...), 0 to 100.

    `weights` replaces weights by criterion, for a what-if. Raises ValueError where a factor is left without
    weight."""
    factors: dict[str, np.ndarray] = {}
    for factor in FACTORS:
        at = [i for i, criterion in enumerate(scheme.criteria) if criterion.factor == factor]
        weight = np.array(
            [(weights or {}).get(scheme.criteria[i].code, scheme.criteria[i].weight) for i in at]
        )
        if not weight.sum() > 0:
            raise ValueError(f"Every weight of {factor} is 0: give one of them some.")
        factors[factor] = scores[..., at] @ (weight / weight.sum()) / HIGHEST
    gain = (1 + scheme.position_share * factors["position"]) / (1 + scheme.position_share)
    priority: np.ndarray = 100 * factors["impact"] * factors["likelihood"] * gain
    return priority


def rank_proposals(
    scheme: ScoringScheme,
    proposals: Mapping[int, Mapping[str, Score]],
    weights: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Proposals, the highest priority first.

    Columns: product_id, priority, low, high (90 % of the draws, and the priority itself, which at an end of
    the scale lies beyond them), rank, rank_low, rank_high (likewise), unscored (the criteria without a score,
    drawn from the full scale: an unknown score is not a middle value)."""
    if not proposals:
        columns = ("product_id", "priority", "low", "high", "rank", "rank_low", "rank_high", "unscored")
        return pd.DataFrame(columns=list(columns))
    middle = np.empty((len(proposals), len(scheme.criteria)))
    spread = np.empty_like(middle)
    for row, scores in enumerate(proposals.values()):
        for column, criterion in enumerate(scheme.criteria):
            given = scores.get(criterion.code)
            middle[row, column] = given.score if given else HIGHEST / 2
            spread[row, column] = scheme.spread[given.confidence] if given else HIGHEST / 2
    noise = np.random.default_rng(_SEED).uniform(-1, 1, (_DRAWS, *middle.shape))
    drawn = compute_priority(scheme, np.clip(middle + noise * spread, 0, HIGHEST), weights).round(9)
    places = (-drawn).argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") + 1
    priority = compute_priority(scheme, middle, weights).round(9)
    table = pd.DataFrame(
        {
            "product_id": list(proposals),
            "priority": priority,
            "low": np.minimum(np.quantile(drawn, 0.05, axis=0), priority),
            "high": np.maximum(np.quantile(drawn, 0.95, axis=0), priority),
            "rank_low": np.quantile(places, 0.05, axis=0, method="lower").astype(int),
            "rank_high": np.quantile(places, 0.95, axis=0, method="higher").astype(int),
            "unscored": [
                [c.label for c in scheme.criteria if c.code not in scores] for scores in proposals.values()
            ],
        }
    )
    table = table.sort_values(["priority", "product_id"], ascending=[False, True], ignore_index=True)
    table.insert(4, "rank", table.priority.rank(ascending=False, method="min").astype(int))
    table["rank_low"] = np.minimum(table.rank_low, table["rank"])
    table["rank_high"] = np.maximum(table.rank_high, table["rank"])
    return table


def save_assessment(
    store: Store,
    actor: Actor,
    product_id: int,
    scores: Mapping[str, Score],
    serves: str | None,
    *,
    latest_seen: int = 0,
) -> int:
    """Save how a proposal is scored, as its next version, which is returned. A score that is new or changed
    bears the name of `actor`; the others keep their author.

    Raises ValueError for an unknown criterion, a score off the scale or one without a reason, KeyError where
    there is no such product, and AssessedMeanwhile where a later version than `latest_seen` exists."""
    known = {criterion.code for criterion in read_scheme().criteria}
    for code, score in scores.items():
        if code not in known or score.score not in range(HIGHEST + 1):
            raise ValueError(f"{code}: a score is 0 to {HIGHEST} on one of {', '.join(sorted(known))}.")
        if score.confidence not in read_scheme().spread or not score.reason.strip():
            raise ValueError(f"{code}: a score needs its reason and how sure you are.")
    with store.write(changes_data=False) as cursor:
        if not cursor.execute("SELECT count(*) FROM product WHERE product_id = ?", [product_id]).fetchall()[
            0
        ][0]:
            raise KeyError(f"There is no proposal {product_id}.")
        latest = cursor.execute(
            "SELECT version, CAST(scores AS VARCHAR) FROM assessment WHERE product_id = ?"
            " ORDER BY version DESC LIMIT 1",
            [product_id],
        ).fetchall()
        version, before = (latest[0][0], json.loads(latest[0][1])) if latest else (0, {})
        if version > latest_seen:
            raise AssessedMeanwhile(
                f"Somebody else saved version {version} meanwhile. Read it, then score again."
            )
        rows = {}
        for code, score in scores.items():
            row = asdict(score) | {"author": ""}
            same = {**before.get(code, {}), "author": ""} == row
            rows[code] = row | {"author": before[code]["author"] if same else actor.name}
        cursor.execute(
            "INSERT INTO assessment VALUES (?, ?, ?, ?, ?, ?)",
            [
                product_id,
                version + 1,
                serves,
                json.dumps(rows),
                actor.name,
                now(),
            ],
        ).fetchall()
        record(
            cursor,
            actor,
            "score proposal",
            f"product {product_id}",
            detail={"version": version + 1, "serves": serves},
        )
    return version + 1


def list_assessments(store: Store) -> dict[int, tuple[int, str | None, dict[str, Score]]]:
    """The latest assessment of each proposal: product_id -> (version, priority served, scores by
    criterion)."""
    rows = store.rows(
        "SELECT product_id, version, serves, CAST(scores AS VARCHAR) AS scores FROM assessment"
        " QUALIFY version = max(version) OVER (PARTITION BY product_id) ORDER BY product_id"
    )
    return {
        row["product_id"]: (
            row["version"],
            row["serves"],
            {code: Score(**item) for code, item in json.loads(row["scores"]).items()},
        )
        for row in rows
    }
