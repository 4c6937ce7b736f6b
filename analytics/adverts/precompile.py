"""Compile the comparison of adverts ahead: the first update after an installation would take some 20 s for
it."""

from __future__ import annotations

import numpy as np

from analytics.adverts.campaigns.find import find_campaigns


def compile_comparison() -> None:
    """Look for campaigns among a few texts. What is compiled is stored beside the code, for every later
    process."""
    chance = np.random.default_rng(0)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = np.array(["".join(chance.choice(letters, 6)) for _ in range(400)])
    wordings = [chance.choice(words, 18) for _ in range(40)]
    texts = [f"{' '.join(wording)} {chance.choice(words)}" for wording in wordings for _ in range(4)]
    joined = ["".join(pair) for pair in wordings[0].reshape(-1, 2)]  # words that other adverts write apart
    find_campaigns([*texts, " ".join(joined), " ".join([*joined, "4"])])
