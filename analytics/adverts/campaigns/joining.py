"""New adverts join existing campaigns, and advert meets advert in new ones, without comparing the old ones
again.

The index keeps a few representatives of every campaign and every advert on its own as words, the blocks they
stand in, and the frequencies of words by which agreement is measured. It is plain arrays: `to_arrays` and
`from_arrays` are all that is needed to store it. A campaign keeps its number; two existing campaigns never
become one here, and the frequencies drift as new adverts are added: find all campaigns again from time to
time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.adverts.campaigns.agreement import measure_agreements
from analytics.adverts.campaigns.candidates import find_candidates, look_up_pairs, select_pairs
from analytics.adverts.campaigns.distinct import DistinctTexts, find_distinct
from analytics.adverts.campaigns.find import DEFAULTS, CampaignParameters, Campaigns
from analytics.adverts.campaigns.grouping import FORGIVEN, REPRESENTATIVES, group_by_agreement
from analytics.adverts.campaigns.membership import review_members
from analytics.adverts.campaigns.surprise import score_groups
from analytics.adverts.campaigns.tokens import Tokens, Vocabulary, read_words
from analytics.adverts.campaigns.weights import (
    WordFrequencies,
    add_frequencies,
    cap_weights,
    count_words,
    find_stock,
    measure_surprise,
)
from analytics.adverts.campaigns.word_breaks import mend_breaks


@dataclass(frozen=True)
class CampaignIndex:
    """e entries: words `word[start[i]:start[i + 1]]` (positions in `word_hash`; `letters` and `letter_end` as
    in Vocabulary), `campaign` (-1: on its own),
    `text` (the position of the advert among all ever given); `pair`, sorted, and `owner`: the blocks;
    `words`, `total` and `pairs`: the frequencies, one text a campaign. `texts` and `campaigns`: how many
    there are so far."""

    start: np.ndarray
    word: np.ndarray
    word_hash: np.ndarray
    letters: np.ndarray
    letter_end: np.ndarray
    campaign: np.ndarray
    text: np.ndarray
    pair: np.ndarray
    owner: np.ndarray
    words: np.ndarray
    total: int
    pairs: np.ndarray
    texts: int
    campaigns: int

    @property
    def tokens(self) -> Tokens:
        return Tokens(self.start, self.word, self.word_hash)

    @property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.letters, self.letter_end)


@dataclass(frozen=True)
class JoinResult:
    """`campaign` and `similarity` of each new text, as in Campaigns; new campaigns are numbered on from the
    last. `founded`: campaign and text, the earlier adverts on their own that are in a new or an old campaign
    now. `scores`: campaign, score and bits_per_advert of the new campaigns, as in Campaigns but with the
    frequencies of the index, in which the new adverts are not counted yet. `index`: with the new adverts in
    it."""

    campaign: np.ndarray
    similarity: np.ndarray
    founded: pd.DataFrame
    scores: pd.DataFrame
    index: CampaignIndex


def to_arrays(index: CampaignIndex) -> dict[str, np.ndarray]:
    return {name: np.asarray(value) for name, value in asdict(index).items()}


def from_arrays(arrays: dict[str, np.ndarray]) -> CampaignIndex:
    values: dict[str, Any] = {name: np.asarray(value) for name, value in arrays.items()}
    for name in ("total", "texts", "campaigns"):
        values[name] = int(values[name])
    return CampaignIndex(**values)


def build_index(
    texts: Sequence[str | None], campaigns: Campaigns, parameters: CampaignParameters = DEFAULTS
) -> CampaignIndex:
    """The index of campaigns found among these texts."""
    position, campaign = _representatives(campaigns)
    tokens, vocabulary = read_words([texts[i] for i in position])
    documents = find_distinct(mend_breaks(tokens, vocabulary))
    first = np.full(len(documents), len(position), np.int64)
    np.minimum.at(first, documents.of_text[documents.of_text >= 0], np.flatnonzero(documents.of_text >= 0))
    campaign, position = campaign[first], position[first]
    counted = np.flatnonzero(_one_each(campaign))
    known = count_words(documents.tokens, counted)
    pair, owner = _blocks(documents.tokens, parameters.shingles)
    return CampaignIndex(
        documents.tokens.start,
        documents.tokens.word,
        documents.tokens.word_hash,
        vocabulary.letters,
        vocabulary.end,
        campaign.astype(np.int32),
        position,
        pair,
        owner,
        known.words,
        known.total,
        known.pairs,
        len(texts),
        len(campaigns.table),
    )


def join_texts(
    index: CampaignIndex,
    new_texts: Sequence[str | None],
    parameters: CampaignParameters = DEFAULTS,
) -> JoinResult:
    """Where new adverts belong; the same for any order of them. The cost depends on their number, not on the
    old ones' (but for one copy of the index)."""
    documents, vocabulary = _read_beside(index, new_texts)
    new, entries = len(documents), len(index.campaign)
    tokens = _together(documents.tokens, index.tokens)
    known = _longer(index, len(tokens.word_hash))
    near = _neighbours(index, documents.tokens, parameters)
    near, settled, place = _with_company(index, near, new, parameters.neighbours)
    chosen = np.concatenate([np.arange(new), new + place])
    part = _part(tokens, chosen)
    weights = measure_surprise(part, known)
    level = cap_weights(weights)
    alone = settled[new:] >= 0
    alone[alone] = np.bincount(settled[new:][alone])[settled[new:][alone]] == 1
    copies = np.concatenate(
        [documents.copies, np.where(alone, 2, 1)]
    )  # a campaign of one wording has copies of it
    repeated = np.maximum(known.words, np.bincount(part.word, minlength=len(known.words))) > 1
    agreed, supported = measure_agreements(
        part,
        weights,
        level,
        level,
        repeated[part.word],
        find_stock(tokens)[_places(tokens, chosen)[1]],
        copies,
        near,
        parameters.minimum_bits(new + entries),
    )
    group, representatives = group_by_agreement(
        part, level, near, agreed, supported, parameters.agreement, settled
    )
    member, _ = review_members(part, level, supported, group, representatives)
    settled_group = np.full(len(group), -1, np.int32)
    np.maximum.at(settled_group, group, settled)
    loose = (member < FORGIVEN * parameters.agreement) & (settled < 0)
    group = np.where(loose, np.arange(len(group), dtype=np.int32), group)
    copies_of = np.r_[documents.copies, np.ones(len(place), np.int64)]
    adverts = np.bincount(group, copies_of, len(group))
    number = np.where(loose, -1, settled_group[group]).astype(np.int32)
    fresh = np.flatnonzero((group == np.arange(len(group))) & (adverts > 1) & (number < 0))
    head_number = np.full(len(group), -1, np.int32)
    head_number[fresh] = index.campaigns + np.arange(len(fresh))
    number = np.where(number < 0, head_number[group], number)
    chosen = representatives[fresh, 0]
    chosen = np.where(group[chosen] == fresh, chosen, fresh)
    score, bits = score_groups(part, weights, group, copies_of, fresh, chosen, index.texts + len(new_texts))
    scores = pd.DataFrame({"campaign": head_number[fresh], "score": score, "bits_per_advert": bits})
    campaign = np.append(number[:new], -1)[documents.of_text].astype(np.int32)
    similarity = np.where(campaign >= 0, np.append(member[:new], np.nan)[documents.of_text], np.nan)
    now = number[new:]
    changed = (index.campaign[place] < 0) & (now >= 0)
    founded = pd.DataFrame({"campaign": now[changed], "text": index.text[place[changed]]})
    old = index.campaign.copy()
    old[place] = np.where(changed, now, old[place])
    grown = _grown(index, old, documents, number[:new], tokens, known, parameters, len(new_texts), len(fresh))
    grown = replace(grown, letters=vocabulary.letters, letter_end=vocabulary.end)
    return JoinResult(campaign, similarity.astype(np.float32), founded, scores, grown)


def _representatives(campaigns: Campaigns) -> tuple[np.ndarray, np.ndarray]:
    """Positions of texts to keep and their campaigns: all on their own, and of each campaign the
    representative and those that agree most."""
    number = campaigns.campaign.astype(np.int64)
    rank = -np.nan_to_num(campaigns.similarity, nan=0.0).astype(np.float64)
    rank[campaigns.table.representative] = -2
    order = np.lexsort((np.arange(len(number)), rank, number))
    run = np.r_[True, number[order][1:] != number[order][:-1]]
    within = np.arange(len(order)) - np.maximum.accumulate(np.where(run, np.arange(len(order)), 0))
    chosen = np.sort(order[(number[order] < 0) | (within < REPRESENTATIVES)])
    return chosen, number[chosen]


def _one_each(campaign: np.ndarray) -> np.ndarray:
    """Bool: on its own, or the first of its campaign."""
    first = np.zeros(len(campaign), np.bool_)
    first[np.unique(campaign, return_index=True)[1]] = True
    return first | (campaign < 0)


def _blocks(tokens: Tokens, shingles: int) -> tuple[np.ndarray, np.ndarray]:
    start, pair = select_pairs(tokens, shingles)
    owner = np.repeat(np.arange(len(tokens), dtype=np.int32), np.diff(start))
    order = np.argsort(pair, kind="stable")
    return pair[order], owner[order]


def _read_beside(index: CampaignIndex, texts: Sequence[str | None]) -> tuple[DistinctTexts, Vocabulary]:
    """New texts with their words joined and parted as the entries of the index have them, and all words of
    both as `_together` numbers them."""
    tokens, vocabulary = read_words(texts)
    both = _together(tokens, index.tokens)
    unknown = np.flatnonzero(~np.isin(tokens.word_hash, index.word_hash))
    size = np.diff(vocabulary.end, prepend=0)[unknown]
    ends = vocabulary.end[unknown]
    letters = [vocabulary.letters[end - n : end] for end, n in zip(ends, size, strict=True)]
    whole = Vocabulary(
        np.concatenate([index.letters, *letters]),
        np.concatenate([index.letter_end, index.letter_end[-1] + np.cumsum(size)]),
    )
    mended = mend_breaks(both, whole)
    start = mended.start[: len(tokens) + 1]
    return find_distinct(Tokens(start, mended.word[: start[-1]], mended.word_hash)), whole


def _together(new: Tokens, old: Tokens) -> Tokens:
    """New documents, then old ones, with one vocabulary: the old one's, then what is new."""
    order = np.argsort(old.word_hash)
    at = np.minimum(np.searchsorted(old.word_hash[order], new.word_hash), len(order) - 1)
    known = old.word_hash[order[at]] == new.word_hash
    renamed = np.where(known, order[at], len(old.word_hash) + np.cumsum(~known) - 1).astype(np.int32)
    return Tokens(
        np.concatenate([new.start, new.start[-1] + old.start[1:]]),
        np.concatenate([renamed[new.word], old.word]),
        np.concatenate([old.word_hash, new.word_hash[~known]]),
    )


def _longer(index: CampaignIndex, words: int) -> WordFrequencies:
    counts = np.zeros(words, np.uint32)
    counts[: len(index.words)] = index.words
    return WordFrequencies(counts, index.total, index.pairs)


def _neighbours(index: CampaignIndex, new: Tokens, parameters: CampaignParameters) -> np.ndarray:
    """(new, 2 neighbours): other new documents by position, then entries counted on from the new documents,
    or -1."""
    among = find_candidates(new, parameters.shingles, parameters.neighbours).neighbour
    start, pair = select_pairs(new, parameters.shingles)
    old = look_up_pairs(start, pair, index.pair, index.owner, len(index.campaign), parameters.neighbours)
    return np.hstack([among, np.where(old >= 0, old + len(new), -1)])


def _with_company(
    index: CampaignIndex, near: np.ndarray, new: int, neighbours: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Entries that are named, with the others of their campaigns, as rows of their own.

    Returns neighbour (rows, as near), the campaign of each row (-1 for new ones and those on their own), and
    the positions of the entries. An entry's neighbours are the others of its campaign, or the new adverts
    that name it."""
    named = np.unique(near[near >= new]) - new
    campaigns = np.unique(index.campaign[named])
    inside = np.isin(index.campaign, campaigns[campaigns >= 0])
    inside[named] = True
    place = np.flatnonzero(inside)
    row = np.full(max(len(index.campaign), 1), -1, np.int64)
    row[place] = new + np.arange(len(place))
    table = np.full((new + len(place), near.shape[1]), -1, np.int32)
    table[:new] = np.where(near >= new, row[np.maximum(near - new, 0)], near)
    settled = np.concatenate([np.full(new, -1, np.int32), index.campaign[place]])
    company: list[list[int]] = [[] for _ in range(len(place))]
    members: dict[int, list[int]] = {}
    for k, number in enumerate(settled[new:]):
        if number >= 0:
            members.setdefault(int(number), []).append(new + k)
    for k, number in enumerate(settled[new:]):
        company[k] = [other for other in members.get(int(number), []) if other != new + k]
    for d, k in zip(*np.nonzero(table[:new] >= new), strict=True):
        if settled[table[d, k]] < 0:
            company[table[d, k] - new].append(int(d))
    for k, others in enumerate(company):
        others = others[: near.shape[1]]
        table[new + k, : len(others)] = others
    return _packed(table), settled, place


def _packed(neighbour: np.ndarray) -> np.ndarray:
    """The same with every -1 after the others."""
    order = np.argsort(neighbour < 0, axis=1, kind="stable")
    return np.take_along_axis(neighbour, order, axis=1)


def _part(tokens: Tokens, chosen: np.ndarray) -> Tokens:
    start, at = _places(tokens, chosen)
    return Tokens(start, tokens.word[at], tokens.word_hash)


def _places(tokens: Tokens, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the words of the chosen documents stand, one document after the other, and where each begins."""
    length = np.diff(tokens.start)[chosen]
    start = np.zeros(len(chosen) + 1, np.int64)
    np.cumsum(length, out=start[1:])
    return start, np.arange(start[-1]) - np.repeat(start[:-1], length) + np.repeat(
        tokens.start[chosen], length
    )


def _grown(
    index: CampaignIndex,
    old_campaign: np.ndarray,
    documents: DistinctTexts,
    number: np.ndarray,
    tokens: Tokens,
    known: WordFrequencies,
    parameters: CampaignParameters,
    given: int,
    founded: int,
) -> CampaignIndex:
    """The index with the new documents that are on their own or of a campaign with few representatives
    yet."""
    new = len(documents)
    campaign = np.concatenate([old_campaign, number])
    order = np.lexsort((np.arange(len(campaign)), campaign))
    run = np.r_[True, campaign[order][1:] != campaign[order][:-1]]
    within = np.arange(len(order)) - np.maximum.accumulate(np.where(run, np.arange(len(order)), 0))
    keep = np.zeros(len(campaign), np.bool_)
    keep[order[(campaign[order] < 0) | (within < REPRESENTATIVES)]] = True
    keep[: len(old_campaign)] = True
    added = np.flatnonzero(keep[len(old_campaign) :])
    part = _part(tokens, np.concatenate([new + np.arange(len(old_campaign)), added]))
    campaign = campaign[keep]
    counted = np.flatnonzero(_one_each(campaign) & (np.arange(len(campaign)) >= len(old_campaign)))
    known = add_frequencies(known, part, counted)
    pair, owner = _blocks(_part(tokens, added), parameters.shingles)
    at = np.searchsorted(index.pair, pair, side="right")
    text = np.full(new, len(documents.of_text), np.int64)
    written = np.flatnonzero(documents.of_text >= 0)
    np.minimum.at(text, documents.of_text[written], written)
    return replace(
        index,
        start=part.start,
        word=part.word,
        word_hash=part.word_hash,
        campaign=campaign.astype(np.int32),
        text=np.concatenate([index.text, index.texts + text[added]]),
        pair=np.insert(index.pair, at, pair),
        owner=np.insert(index.owner, at, owner + len(old_campaign)),
        words=known.words,
        total=known.total,
        pairs=known.pairs,
        texts=index.texts + given,
        campaigns=index.campaigns + founded,
    )
