"""Merge, split, undo, import and removal in any order: nothing is lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from analytics.network.entities.grouping import (
    DIFFERENT,
    JUDGEMENTS,
    OPEN,
    SAME,
    group_mentions,
    latest_judgements,
)

PEOPLE = 4


def _person(mention: str) -> int:
    return int(mention[1:]) % PEOPLE


def _group(mentions, judgements):
    """Entities of mentions 'm0', 'm1' ...: of one person where the numbers agree modulo PEOPLE."""
    count = len(mentions)
    pairs = np.column_stack(np.triu_indices(count, 1)).astype(np.int64)

    def weigh(asked):
        same = [_person(mentions[a]) == _person(mentions[b]) for a, b in asked]
        return np.where(np.array(same, dtype=bool), 8.0, -9.0)

    return group_mentions(mentions, pairs, weigh(pairs), weigh, latest_judgements(_frame(judgements)))


def _frame(judgements):
    rows = [(at, *sorted(pair), verdict) for at, (*pair, verdict) in enumerate(judgements)]
    return pd.DataFrame(rows, columns=["judgement_id", "mention", "other", "judgement"])


class Entities(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.mentions: list[str] = ["m0", "m1", "m4"]
        self.judgements: list[tuple[str, str, str]] = []
        self.imported = 5

    @rule()
    def import_one(self):
        if len(self.mentions) < 12:
            self.mentions.append(f"m{self.imported}")
            self.imported += 1

    @rule(at=st.integers(0, 11))
    def remove_one(self, at):
        if len(self.mentions) > 1:
            self.mentions.pop(at % len(self.mentions))

    @rule(one=st.integers(0, 16), other=st.integers(0, 16), verdict=st.sampled_from(JUDGEMENTS))
    def judge(self, one, other, verdict):
        if one != other:
            self.judgements.append((f"m{one}", f"m{other}", verdict))

    @rule()
    def undo(self):
        if self.judgements:
            one, other, _ = self.judgements[-1]
            before = _group(self.mentions, [j for j in self.judgements if set(j[:2]) != {one, other}])
            self.judgements.append((one, other, OPEN))
            assert _group(self.mentions, self.judgements) == before

    @invariant()
    def nothing_is_lost(self):
        entity, torn = _group(self.mentions, self.judgements)
        assert len(entity) == len(self.mentions)
        by_mention = dict(zip(self.mentions, entity, strict=True))
        for first in set(entity):
            members = [mention for mention in self.mentions if by_mention[mention] == first]
            assert members[0] == first  # named after the mention that was imported first
        for row in latest_judgements(_frame(self.judgements)).itertuples():
            if row.mention in by_mention and row.other in by_mention:
                together = by_mention[row.mention] == by_mention[row.other]
                pair = {row.mention, row.other}
                assert row.judgement != SAME or together
                assert row.judgement != DIFFERENT or not together or pair in [set(p) for p in torn]


Entities.TestCase.settings = settings(deadline=None, max_examples=25, stateful_step_count=20)
TestEntities = Entities.TestCase


def test_one_judgement_splits_and_another_joins():
    mentions = ["m0", "m4", "m8", "m1"]
    assert _group(mentions, [])[0] == ["m0", "m0", "m0", "m1"]
    joined, _ = _group(mentions, [("m0", "m1", SAME)])
    assert joined == ["m0"] * 4
    split, torn = _group(mentions, [("m0", "m4", DIFFERENT)])
    assert split[0] != split[1] and not torn
    assert _group(mentions, [("m0", "m4", DIFFERENT), ("m0", "m4", OPEN)])[0] == ["m0", "m0", "m0", "m1"]
