"""Operations against joining by any shared identifier, as TrafficVis does, by pair precision and recall.

    python -m bench.adverts.operations [FILE ...] [--n 10000] [--seed 1] [--hub 0.02] [--hubs 1] [--large]

FILE: CSV with columns text, cluster, operation (-1: of none). Without one, adverts are made up here:
operations of one to four campaigns that share one to three numbers and sometimes a handle, adverts on their
own, and switchboards on 2 % (--hub) of those. With --large operations have from two adverts to two hundred,
over one to twelve campaigns. Both sides are given the same identifiers, read from the text alone, and the
campaigns that the text search finds; the lines after it give them the true campaigns instead, so that its
mistakes are apart."""

from __future__ import annotations

import argparse
import random
import time

import numpy as np
import pandas as pd
import phonenumbers

from analytics.adverts.campaign_outliers import find_outliers
from analytics.adverts.campaigns import find_campaigns
from analytics.adverts.identifiers import find_identifiers
from analytics.adverts.identifiers.kinds import linking_kinds
from analytics.adverts.operations import find_operations
from analytics.shared.graph_library import igraph
from bench.adverts.disguises import STYLES, disguise
from bench.adverts.synthetic import NAMES, TOWNS, template


def invent_adverts(n: int, seed: int, hub: float = 0.02, hubs: int = 1, large: bool = False) -> pd.DataFrame:
    """text, cluster, operation: about 30 % of the adverts are of an operation."""
    rng = random.Random(seed)
    rows: list[tuple[str, int, int]] = []
    campaign = operation = 0
    while len(rows) < 0.3 * n:
        numbers = [_number(rng) for _ in range(rng.randint(1, 3))]
        handle = f"@{rng.choice(NAMES).lower()}_{rng.randrange(10_000)}" if rng.random() < 0.4 else None
        adverts = (
            int(2 * 100 ** rng.random()) if large else None
        )  # as many small ones as large, on a log scale
        campaigns = min(adverts // 2, rng.randint(1, 12)) if adverts else rng.choice([1, 1, 2, 3, 4])
        for _ in range(campaigns):
            words = template(rng, 5, 8)
            for _ in range(adverts // campaigns if adverts else min(3 + int(rng.paretovariate(1)), 40)):
                rows.append((_filled(words, rng.choice(numbers), handle, rng), campaign, operation))
            campaign += 1
        operation += 1
    switchboards = [_number(rng) for _ in range(hubs)]
    while len(rows) < n:
        rows.append(
            (
                _filled(
                    template(rng, 4, 8),
                    rng.choice(switchboards) if rng.random() < hub else _number(rng),
                    None,
                    rng,
                ),
                -1,
                -1,
            )
        )
    rng.shuffle(rows)
    return pd.DataFrame(rows, columns=["text", "cluster", "operation"])


def _number(rng: random.Random) -> str:
    """A number that its country's plan has: a reader rightly passes over one that no telephone can have."""
    while True:
        area = rng.choice([113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161])
        number = f"0{area}496{rng.randrange(10_000):04d}"
        if phonenumbers.is_valid_number(phonenumbers.parse(number, "GB")):
            return number


def _filled(words: list[str], number: str, handle: str | None, rng: random.Random) -> str:
    values = {
        "{name}": rng.choice(NAMES),
        "{town}": rng.choice(TOWNS),
        "{price}": f"£{rng.randrange(30, 300, 10)}",
        "{phone}": disguise(number, rng.choice(STYLES), rng),
    }
    tail = f" msg {handle}" if handle and rng.random() < 0.5 else ""
    text = " ".join(values.get(word, word) for word in words)
    return (text if "{phone}" in words else f"{text} call {values['{phone}']}") + tail


def joined(campaign: np.ndarray, identifiers: pd.DataFrame) -> np.ndarray:
    """The peer: connected parts over every shared identifier. An advert that shares nothing is of none."""
    use = identifiers[identifiers.kind.isin(linking_kinds())]
    key = np.where(campaign >= 0, campaign, campaign.max(initial=0) + 1 + np.arange(len(campaign)))
    units, unit = np.unique(key, return_inverse=True)
    value = pd.factorize(use.kind + use.value)[0] + len(units)
    graph = igraph.Graph(
        n=len(units) + use.value.nunique() + 1, edges=[*zip(unit[use.advert], value, strict=True)]
    )
    part = np.array(graph.connected_components().membership)[unit]
    return np.where(np.bincount(part)[part] > 1, part, -1)


def pair_scores(true: np.ndarray, found: np.ndarray) -> tuple[float, float]:
    """Pair precision and recall."""

    def pairs(*labels: np.ndarray) -> float:
        counts = pd.DataFrame(dict(enumerate(labels))).value_counts()
        return float((counts * (counts - 1) / 2).sum())

    both = (true >= 0) & (found >= 0)
    hits = pairs(true[both], found[both])
    return hits / max(pairs(found[found >= 0]), 1), hits / pairs(true[true >= 0])


def report(name: str, true: np.ndarray, campaign: np.ndarray, identifiers: pd.DataFrame) -> None:
    for who, find in (
        ("joined by any identifier", joined),
        ("ours", lambda c, i: find_operations(c, i).operation),
    ):
        start = time.perf_counter()
        found = find(campaign, identifiers)
        seconds = time.perf_counter() - start
        precision, recall = pair_scores(true, found)
        largest = int(np.bincount(found[found >= 0]).max(initial=0))
        print(
            f"  {name}, {who}: precision {precision:.4f}, recall {recall:.4f}; largest {largest:,} adverts; "
            f"{seconds:.2f} s"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*")
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hub", type=float, default=0.02, help="share of the lone adverts on a switchboard")
    parser.add_argument("--hubs", type=int, default=1, help="how many switchboards there are")
    parser.add_argument("--large", action="store_true", help="operations of 2 to 200 adverts")
    asked = parser.parse_args()
    sets = {file: pd.read_csv(file, dtype=str) for file in asked.files}
    sets = sets or {
        f"made up, seed {asked.seed}": invent_adverts(asked.n, asked.seed, asked.hub, asked.hubs, asked.large)
    }
    for name, frame in sets.items():
        true, cluster = (frame[column].astype(int).to_numpy() for column in ("operation", "cluster"))
        rows = [
            (at, i.kind, i.value, i.confidence)
            for at, text in enumerate(frame.text)
            for i in find_identifiers(text)
        ]
        identifiers = pd.DataFrame(rows, columns=["advert", "kind", "value", "confidence"])
        print(
            f"{name}: {len(frame):,} adverts, the largest operation has "
            f"{np.bincount(true[true >= 0]).max():,}"
        )
        found = find_campaigns(frame.text.tolist())
        campaign = found.campaign.astype(np.int64)
        report("campaigns found by text", true, campaign, identifiers)
        linking = identifiers[identifiers.kind.isin(linking_kinds())]
        campaign[find_outliers(campaign, found.similarity, linking)] = -1
        report("the same, outliers set apart", true, campaign, identifiers)
        report("true campaigns", true, cluster, identifiers)


if __name__ == "__main__":
    main()
