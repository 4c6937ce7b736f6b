"""Campaigns: adverts written from one template, found by what they say.

Source: the ideas of InfoShield (Lee et al., ICDE 2021: description length decides) with candidates by
bottom-k sketches (Broder 1997), links verified word by word, and groups by average agreement instead of
connected parts. The null hypothesis and the score are in `surprise.py`; docs/methods/campaigns.md has the
whole in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics.adverts.campaigns.agreement import LONGEST, find_near_copies, measure_agreements
from analytics.adverts.campaigns.candidates import find_candidates
from analytics.adverts.campaigns.distinct import DistinctTexts, find_distinct
from analytics.adverts.campaigns.grouping import FORGIVEN, choose_leaders, group_by_agreement
from analytics.adverts.campaigns.membership import find_cores, review_members
from analytics.adverts.campaigns.surprise import score_campaigns
from analytics.adverts.campaigns.weights import (
    cap_weights,
    count_pairs,
    count_words,
    find_stock,
    measure_surprise,
    weigh_words,
)
from analytics.adverts.campaigns.word_breaks import read_with_breaks
from analytics.shared.progress import IsCancelled, Progress, cancellable, ignore_progress, never_cancelled


@dataclass(frozen=True)
class CampaignParameters:
    """`shingles`: pairs of words that each advert shows to find candidates; `neighbours`: others it is
    compared with. Two adverts are linked where what they share, in bits, times the share of the shorter that
    it is, is worth 2 log2(different adverts) + `margin_bits` bits, so that not one pair in 2 ** `margin_bits`
    such data sets would by chance, and less the more else they say; groups join and keep their members at a
    mean `agreement`, from 0 to 1."""

    shingles: int = 32
    neighbours: int = 6
    margin_bits: float = 4.0
    agreement: float = 0.7

    def __post_init__(self) -> None:
        if self.shingles < 1 or self.neighbours < 1:
            raise ValueError(
                "An advert must show at least one pair of words and have at least one neighbour."
            )
        if not 0 < self.agreement <= 1:
            raise ValueError("The agreement must be above 0 and at most 1.")

    def minimum_bits(self, adverts: int) -> float:
        """What two of so many different adverts must share to be linked, in bits."""
        return 2 * math.log2(max(adverts, 1)) + self.margin_bits


DEFAULTS = CampaignParameters()
_LOOSE = 0.8  # of the agreement, in the first pass
_FIRST_LEVEL = 4.0  # bits


@dataclass(frozen=True)
class Campaigns:
    """`campaign` (n,) int32: the campaign of each text, -1 for an advert on its own; 0 is the most
    surprising. `similarity` (n,) float32: its best agreement with a representative of the campaign, NaN on
    its own. `table`, a row a campaign: campaign, adverts, wordings (different texts), score (bits beyond
    chance), bits_per_advert, representative (position of a text; several copies: the first). `notes`: counts
    of what was compared and what was cut, by name."""

    campaign: np.ndarray
    similarity: np.ndarray
    table: pd.DataFrame
    notes: dict[str, int]


@dataclass(frozen=True)
class DocumentGroups:
    """Of d documents: `group` (d,) the position of a group's first member; `representatives` (d, 4), rows of
    first members only; `level` weights of all words and `supported` (d,) weights, by which agreement was
    measured."""

    group: np.ndarray
    representatives: np.ndarray
    level: np.ndarray
    supported: np.ndarray


def find_campaigns(
    texts: Sequence[str | None],
    parameters: CampaignParameters = DEFAULTS,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> Campaigns:
    """The campaigns among adverts; the same for any order of them. Raises Cancelled when `cancelled` says
    so."""
    step = cancellable(progress, cancelled, "The search for campaigns was stopped.")
    documents = find_distinct(read_with_breaks(texts, lambda share: step("Reading the words", 0.25 * share)))
    del texts  # a million need half a GiB, and nobody else may hold them
    return build_campaigns(documents, parameters, step)


def build_campaigns(documents: DistinctTexts, parameters: CampaignParameters, step: Progress) -> Campaigns:
    step("Looking for adverts to compare", 0.3)
    candidates = find_candidates(documents.tokens, parameters.shingles, parameters.neighbours)
    groups = group_documents(documents, candidates.neighbour, parameters, step)
    step("Checking every member", 0.9)
    found = find_cores(documents.tokens, groups.level, groups.group, groups.representatives)
    member, strange = review_members(
        documents.tokens, groups.level, groups.supported, groups.group, groups.representatives, found
    )
    astray = strange | (member < FORGIVEN * parameters.agreement)
    group = np.where(astray, np.arange(len(documents), dtype=np.int32), groups.group)
    notes = {
        "texts": len(documents.of_text),
        "without words": int((documents.of_text < 0).sum()),
        "different": len(documents),
        "word pairs": candidates.pairs,
        "word pairs shown": candidates.shown,
        "blocks": candidates.blocks,
        "largest block": candidates.largest_block,
        "pairs compared": int((candidates.neighbour >= 0).sum()),
        "cut to their first words": int((np.diff(documents.tokens.start) > LONGEST).sum()),
        "members let go": int((group != groups.group).sum()),
    }
    return _numbered(documents, group, groups.representatives[:, 0], member, notes)


def group_documents(
    documents: DistinctTexts, neighbour: np.ndarray, parameters: CampaignParameters, step: Progress
) -> DocumentGroups:
    """Groups in two passes. The first weighs words by how many adverts have them, near copies counted once,
    counts all words alike where it asks for agreement, and forgives more; the second weighs them by their
    surprise when each group of the first counts once."""
    step("Comparing adverts", 0.45)
    tokens = documents.tokens
    alike = np.ones(len(tokens.word), np.float32)
    neighbour, near = find_near_copies(tokens, neighbour)
    counted = choose_leaders(neighbour, near)
    stock = find_stock(tokens)
    weights = weigh_words(tokens, count_pairs(tokens, counted), len(counted))
    step("Grouping adverts", 0.6)
    forgiving = replace(parameters, agreement=_LOOSE * parameters.agreement)
    loose = _one_pass(
        documents, neighbour, weights, cap_weights(weights, _FIRST_LEVEL), alike, stock, forgiving
    )
    counted = loose.representatives[np.flatnonzero(loose.group == np.arange(len(tokens))), 0]
    step("Grouping adverts once more", 0.75)
    weights = measure_surprise(tokens, count_words(tokens, counted))
    level = cap_weights(weights)
    return _one_pass(documents, neighbour, weights, level, level, stock, parameters)


def _one_pass(
    documents: DistinctTexts,
    neighbour: np.ndarray,
    bits: np.ndarray,
    level: np.ndarray,
    flat: np.ndarray,
    stock: np.ndarray,
    parameters: CampaignParameters,
) -> DocumentGroups:
    tokens = documents.tokens
    repeated = (np.bincount(tokens.word, minlength=1) > 1)[tokens.word]
    agreed, supported = measure_agreements(
        tokens,
        bits,
        level,
        flat,
        repeated,
        stock,
        documents.copies,
        neighbour,
        parameters.minimum_bits(len(tokens)),
    )
    group, representatives = group_by_agreement(
        tokens, flat, neighbour, agreed, supported, parameters.agreement
    )
    return DocumentGroups(group, representatives, flat, supported)


def _numbered(
    documents: DistinctTexts,
    group: np.ndarray,
    representative: np.ndarray,
    member: np.ndarray,
    notes: dict[str, int],
) -> Campaigns:
    """Campaigns of two adverts and more, the most surprising first."""
    adverts = np.bincount(group, documents.copies, len(documents)).astype(np.int64)
    wordings = np.bincount(group, minlength=len(documents))
    heads = np.flatnonzero(adverts > 1)
    chosen = np.where(group[representative[heads]] == heads, representative[heads], heads)
    score, bits = score_campaigns(documents, group, heads, chosen)
    order = np.lexsort((heads, -score))
    number = np.full(len(documents) + 1, -1, np.int32)
    number[heads[order]] = np.arange(len(heads))
    of_document = np.append(number[group], -1)  # the last stands for adverts without words
    campaign = of_document[documents.of_text].astype(np.int32)
    first_text = np.zeros(len(documents), np.int64)
    written = np.flatnonzero(documents.of_text >= 0)[::-1]
    first_text[documents.of_text[written]] = written
    table = pd.DataFrame(
        {
            "campaign": np.arange(len(heads)),
            "adverts": adverts[heads[order]],
            "wordings": wordings[heads[order]],
            "score": score[order],
            "bits_per_advert": bits[order],
            "representative": first_text[chosen[order]],
        }
    )
    similarity = np.where(campaign >= 0, np.append(member, np.nan)[documents.of_text], np.nan)
    return Campaigns(campaign, similarity.astype(np.float32), table, notes)
