"""Compile the comparison of adverts ahead: the first update after an installation would take some 20 s for
it."""

from __future__ import annotations

import numpy as np

from analytics.adverts.campaigns.find import find_campaigns


def compile_comparison() -> None:
    """Look for campaigns among a few texts. What is compiled is stored beside the code, for every later
    process."""
    chance = np.random.default_rng(0)
    words = np.array([f"word{k}" for k in range(400)])
    wordings = [" ".join(chance.choice(words, 18)) for _ in range(40)]
    texts = [f"{wording} {chance.choice(words)}" for wording in wordings for _ in range(4)]
    find_campaigns(texts)
