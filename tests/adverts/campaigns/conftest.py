import random

import pytest

LETTERS = "bdfgklmnprstvz"


def own_words(rng: random.Random, n: int) -> list[str]:
    return ["".join(rng.choice(LETTERS) + rng.choice("aeiou") for _ in range(3)) for _ in range(n)]


def heap(seed: int, campaigns: int = 8, copies: int = 6, alone: int = 40, words: int = 30, change=None):
    """Texts and their campaigns (-1: alone) from a vocabulary of 400 words; `change(words, rng)` varies each
    copy."""
    rng = random.Random(seed)
    vocabulary = own_words(rng, 400)
    texts, truth = [], []
    for number in range(campaigns):
        base = rng.choices(vocabulary, k=words)
        for _ in range(copies):
            texts.append(" ".join(change(list(base), rng) if change else base))
            truth.append(number)
    for _ in range(alone):
        texts.append(" ".join(rng.choices(vocabulary, k=words)))
        truth.append(-1)
    order = list(range(len(texts)))
    rng.shuffle(order)
    return [texts[i] for i in order], [truth[i] for i in order]


@pytest.fixture(scope="session")
def made_heap():
    return heap
