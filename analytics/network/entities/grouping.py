"""Entities as a view: groups of mentions by the evidence between them, under what people judged.

Nothing here is stored or lost: the same mentions, matches and judgements give the same entities."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.resolve.cluster import cluster_mentions, forbid

SAME, DIFFERENT, UNSURE, OPEN = "same", "different", "unsure", "open"
JUDGEMENTS = (SAME, DIFFERENT, UNSURE, OPEN)

Weigh = Callable[[np.ndarray], np.ndarray]


def latest_judgements(judgements: pd.DataFrame) -> pd.DataFrame:
    """The latest judgement of each pair (mention, other, judgement ..., in order of judgement_id); a pair
    that was opened again has none."""
    latest = judgements.sort_values("judgement_id").drop_duplicates(["mention", "other"], keep="last")
    return latest[latest.judgement != OPEN].reset_index(drop=True)


def group_mentions(
    mentions: list[str], pairs: np.ndarray, bits: np.ndarray, weigh: Weigh, judgements: pd.DataFrame
) -> tuple[list[str], set[tuple[str, str]]]:
    """(by mention, its entity: the first mention of it; pairs judged different that judgements of 'same'
    hold together all the same). `mentions` in order of import, `pairs` positions with `bits`; `weigh` gives
    the bits of other pairs; `judgements` the latest of each pair. Judgements on mentions that are not there
    wait until these come back."""
    at = {mention: position for position, mention in enumerate(mentions)}
    known = judgements[judgements.mention.isin(at) & judgements.other.isin(at)]
    by_pair = {
        (min(at[one], at[two]), max(at[one], at[two])): judgement
        for one, two, judgement in zip(known.mention, known.other, known.judgement, strict=True)
    }
    joined = sorted(pair for pair, judgement in by_pair.items() if judgement == SAME)
    apart = {pair for pair, judgement in by_pair.items() if judgement == DIFFERENT}

    def keep_apart(asked: np.ndarray, values: np.ndarray) -> np.ndarray:
        if not apart:
            return values
        ends = zip(asked.min(axis=1).tolist(), asked.max(axis=1).tolist(), strict=True)
        forbidden = np.array([pair in apart for pair in ends], dtype=bool)
        return forbid(values, forbidden, len(mentions))

    label = cluster_mentions(
        len(mentions), pairs, keep_apart(pairs, bits), lambda asked: keep_apart(asked, weigh(asked))
    )[0]
    parent = label.copy()
    for one, two in joined:  # of whole groups, whatever the bits between the rest of them
        first, second = sorted((_root(parent, one), _root(parent, two)))
        parent[second] = first
    entity = [_root(parent, position) for position in range(len(mentions))]
    first_of: dict[int, int] = {}
    for position, root in enumerate(entity):
        first_of.setdefault(root, position)
    torn = {(mentions[one], mentions[two]) for one, two in apart if entity[one] == entity[two]}
    return [mentions[first_of[root]] for root in entity], torn


def _root(parent: np.ndarray, position: int) -> int:
    while parent[position] != position:
        position = int(parent[position])
    return position
