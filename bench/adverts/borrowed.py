"""Who wrote it, where people borrow sentences: adverts of strangers who share one sentence or several, and
adverts of one author with long texts of their own.

    python -m bench.adverts.borrowed [--seeds 3] [--first-seed 1]

Printed by world: pairs of adverts put together and the share of them by one author (pair precision), pairs of
one author found (recall), the adjusted Rand index, and how many campaigns mix authors. Every advert that a
method leaves alone is a cluster of its own."""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from analytics.adverts.campaigns import find_campaigns
from bench.adverts.quality import own_cluster_each
from bench.adverts.synthetic import SyntheticAdverts, adverts, filled, own_word, sentence

FUNCTION_TEXT = """
    the a and of to in for with at we you our your is are can will all any on by from not or please
"""
FUNCTION_WORDS = FUNCTION_TEXT.split()


def draw_vocabulary(rng: random.Random, size: int) -> tuple[list[str], list[float]]:
    """Words of a made-up language with the frequencies of a real one (Zipf), function words first."""
    words = FUNCTION_WORDS + [own_word(rng) for _ in range(size)]
    return words, [1 / (rank + 2.7) for rank in range(len(words))]


def plain_sentence(rng: random.Random, vocabulary: tuple[list[str], list[float]]) -> list[str]:
    words, weights = vocabulary
    return rng.choices(words, weights, k=rng.randint(8, 18))


def draw_stock(rng: random.Random, size: int, grammar: bool) -> list[list[str]]:
    """Sentences that everybody may use."""
    vocabulary = draw_vocabulary(rng, 1500)
    stock = {
        " ".join(sentence(rng) + sentence(rng) if grammar else plain_sentence(rng, vocabulary)): None
        for _ in range(3 * size)
    }
    return [text.split() for text in list(stock)[:size]]


def prose(
    n: int,
    seed: int,
    *,
    stock: int = 2703,
    steep: float = 0.0,
    grammar: bool = False,
    own: float = 0.0,
    faithful: float = 0.95,
    sentences: list[list[str]] | None = None,
) -> pd.DataFrame:
    """text, cluster (-1: of an author with one advert): every advert is made of 6 to 14 sentences of one
    stock; an author's adverts repeat most of his own choice. `steep`: how unevenly sentences are liked (0:
    all alike, 1: Zipf); `own`: the share of sentences that are new in each advert."""
    rng = random.Random(f"prose {seed} {steep} {grammar} {own}")
    sentences = sentences or draw_stock(rng, stock, grammar)
    weights = [(rank + 3.0) ** -steep for rank in range(len(sentences))]
    vocabulary = draw_vocabulary(rng, 800)

    def draw(k: int) -> list[list[str]]:
        return [
            plain_sentence(rng, vocabulary) if rng.random() < own else s
            for s in rng.choices(sentences, weights, k=k)
        ]

    rows: list[tuple[str, int]] = []
    author = 0
    while len(rows) < 0.4 * n:
        chosen = draw(rng.randint(6, 14))
        for _ in range(rng.choice([2, 2, 3, 3, 4, 6, 9, 15])):
            others = sum(rng.random() > faithful for _ in chosen)
            mine = [s for s in chosen if rng.random() < faithful] + draw(others)
            if rng.random() < 0.3:
                rng.shuffle(mine)
            rows.append((" ".join(sum(mine, []) + own_contact(rng)), author))
        author += 1
    while len(rows) < n:
        rows.append((" ".join(sum(draw(rng.randint(6, 14)), []) + own_contact(rng)), -1))
    rng.shuffle(rows)
    return pd.DataFrame(rows[:n], columns=["text", "cluster"])


def own_contact(rng: random.Random) -> list[str]:
    return ["call", f"0113496{rng.randrange(10_000):04d}"]


def one_sentence(n: int, seed: int, *, shared: int = 16, length: int = 160, loans: int = 30) -> pd.DataFrame:
    """Strangers all; `loans` pairs of them share one run of words that nobody else has."""
    rng = random.Random(f"one {seed} {shared} {length}")
    vocabulary = draw_vocabulary(rng, 600)
    texts = [rng.choices(*vocabulary, k=length - shared) for _ in range(n)]
    for k in range(loans):
        words = rng.choices(vocabulary[0], k=shared)
        for text in texts[2 * k : 2 * k + 2]:
            at = rng.randrange(len(text))
            text[at:at] = words
    rows = [" ".join(text + own_contact(rng)) for text in texts]
    rng.shuffle(rows)
    return pd.DataFrame({"text": rows, "cluster": -1})


def chained(n: int, seed: int, *, shared: int = 20, length: int = 120) -> pd.DataFrame:
    """Strangers in a row, each of whom shares one sentence with the next and another with the one before."""
    rng = random.Random(f"chain {seed}")
    vocabulary = draw_vocabulary(rng, 600)
    loans = [rng.choices(vocabulary[0], k=shared) for _ in range(n + 1)]
    rows = []
    for k in range(n):
        text = rng.choices(*vocabulary, k=length - 2 * shared)
        for loan in loans[k : k + 2]:
            at = rng.randrange(len(text))
            text[at:at] = loan
        rows.append(" ".join(text))
    rng.shuffle(rows)
    return pd.DataFrame({"text": rows, "cluster": -1})


def tails(n: int, seed: int, tail: int, *, grammar: bool = True) -> pd.DataFrame:
    """One author's template of some 60 words with a tail of its own after each advert: of words that nobody
    else has, or (`grammar` False) of common words in an order of its own."""
    if grammar:
        return adverts(SyntheticAdverts(n, seed, tail=tail))
    rng = random.Random(f"tails {seed} {tail}")
    frame = adverts(SyntheticAdverts(n, seed))
    vocabulary = draw_vocabulary(rng, 1500)
    return frame.assign(text=[f"{text} {' '.join(rng.choices(*vocabulary, k=tail))}" for text in frame.text])


def spun(n: int, seed: int, *, pool: int = 400) -> pd.DataFrame:
    """Templates whose every sentence has three wordings of which each advert takes one, beside strangers who
    use the agencies' stock of phrases: the same sentences in other companies."""
    rng = random.Random(f"spun {seed}")
    phrases = [sentence(rng) + sentence(rng) for _ in range(pool)]
    rows: list[tuple[str, int]] = []
    author = 0
    while len(rows) < 0.4 * n:
        ways = [
            [sentence(rng) + [own_word(rng)] + sentence(rng) for _ in range(rng.choice([1, 1, 2]))]
            for _ in range(rng.randint(5, 8))
        ]
        for _ in range(rng.randint(4, 20)):
            words, _ = filled(
                ["{name}", *sum((rng.choice(way) for way in ways), []), "{town}", "{phone}"], rng
            )
            rows.append((" ".join(words), author))
        author += 1
    while len(rows) < n:
        mine = sum((rng.choice(phrases) for _ in range(rng.randint(4, 8))), [])
        rows.append((" ".join(mine + [own_word(rng) for _ in range(rng.randint(0, 20))]), -1))
    rng.shuffle(rows)
    return pd.DataFrame(rows[:n], columns=["text", "cluster"])


WORLDS: dict[str, Callable[[int], pd.DataFrame]] = {
    "one sentence, 12 of 160 words": lambda seed: one_sentence(600, seed, shared=12),
    "one sentence, 16 of 160 words": lambda seed: one_sentence(600, seed, shared=16),
    "one sentence, 16 of 82 words": lambda seed: one_sentence(600, seed, shared=16, length=82),
    "one long sentence, 24 of 160": lambda seed: one_sentence(600, seed, shared=24),
    "a chain of strangers": lambda seed: chained(400, seed),
    "prose of 2,703 sentences": lambda seed: prose(1500, seed),
    "prose, 88 % repeated": lambda seed: prose(1500, seed, faithful=0.88),
    "prose, some liked more": lambda seed: prose(1500, seed, steep=0.6),
    "prose, Zipf": lambda seed: prose(1500, seed, steep=1.0),
    "prose of a grammar": lambda seed: prose(1500, seed, grammar=True),
    "prose, a third own sentences": lambda seed: prose(1500, seed, own=0.33),
    "tails of 60 words": lambda seed: tails(2000, seed, 60),
    "tails of 120 words": lambda seed: tails(2000, seed, 120),
    "tails of 60 common words": lambda seed: tails(2000, seed, 60, grammar=False),
    "tails of 120 common words": lambda seed: tails(2000, seed, 120, grammar=False),
    "spun sentences": lambda seed: spun(1500, seed),
}


def score_pairs(true: np.ndarray, found: np.ndarray) -> dict[str, float]:
    """precision and recall of pairs, ari, mixed (campaigns that hold two authors), campaigns."""
    truth = own_cluster_each(true)
    inside = found >= 0
    both = pd.DataFrame({"found": found[inside], "truth": truth[inside]})

    def pairs(frame: pd.DataFrame) -> float:
        counts = frame.value_counts()
        return float((counts * (counts - 1) / 2).sum())

    joined, right = pairs(both[["found"]]), pairs(both)
    wanted = pairs(pd.DataFrame({"truth": truth}))
    return {
        "joined": joined,
        "precision": right / joined if joined else 1.0,
        "recall": right / wanted if wanted else 1.0,
        "ari": float(adjusted_rand_score(truth, own_cluster_each(found))),
        "mixed": float((both.groupby("found").truth.nunique() > 1).sum()),
        "campaigns": float(both.found.nunique()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    find_campaigns(["compile first", "compile first"])
    print(f"{'world':32s} pairs joined  precision  recall     ARI  mixed of campaigns  processor s")
    for name, make in WORLDS.items():
        if asked.only not in name:
            continue
        results, start = [], 0.0
        for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
            frame = make(seed)
            begin = time.process_time()
            found = find_campaigns(frame.text.tolist()).campaign
            start += time.process_time() - begin
            results.append(score_pairs(frame.cluster.to_numpy(), found))
        mean = {key: statistics.mean(result[key] for result in results) for key in results[0]}
        lowest = {key: min(result[key] for result in results) for key in results[0]}
        print(
            f"{name:32s} {mean['joined']:12.0f}  {lowest['precision']:9.4f}  {lowest['recall']:.4f}  "
            f"{lowest['ari']:.4f}  {mean['mixed']:5.1f} of {mean['campaigns']:5.1f}      "
            f"{start / asked.seeds:.2f}",
            flush=True,
        )
    print("precision, recall and ARI are the lowest of the seeds")


if __name__ == "__main__":
    main()
