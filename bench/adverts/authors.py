"""Authors with ways of their own, and who is joined with whom: by wording alone, and with contacts.

    python -m bench.adverts.authors [--seeds 3] [--first-seed 1] [--n 900] [--disguised 0.0] [--mistakes]

Six languages. Every author has phrases of his own, built with his own words, and a sentence or more of a
stock that strangers use too; some write 10 to 25 words, some 150. His adverts change names, towns, prices and
a word here and there. Beside him: strangers, copycats (a whole advert of somebody else under another number),
authors who wrote all anew under their old number, neighbours in a chain who each borrowed two sentences of
the next, and strangers whose text is nothing but stock. What is right was written down with each advert:
`author` (who wrote the wording: a copycat has his victim's) and `person` (whose advert it is). With
`--disguised 0.4` so many of the adverts hide from search, each in a way of its own.

Printed: pair precision and recall and the adjusted Rand index of the wording against `author`, the precision
and recall of operations against `person` without copycats, and of copies how many are in the operation of
the author copied."""

from __future__ import annotations

import argparse
import random
import statistics
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.adverts.campaign_outliers import find_outliers
from analytics.adverts.campaigns import find_campaigns
from analytics.adverts.identifiers import find_identifiers
from analytics.adverts.identifiers.kinds import linking_kinds
from analytics.adverts.operations import find_operations
from bench.adverts.author_words import LANGUAGES, Language
from bench.adverts.borrowed import score_pairs
from bench.adverts.disguise import KINDS
from bench.adverts.operations import pair_scores

DISGUISES = ("look-alike Cyrillic", "leet", "zero width", "emoji between words", "combining marks")


@dataclass
class AuthorWorld:
    """Adverts as they are written: text, author, person, kind."""

    rng: random.Random
    rows: list[tuple[str, int, int, str]] = field(default_factory=list)
    people: int = 0

    def person(self) -> int:
        """A new person's number."""
        self.people += 1
        return self.people - 1

    def number(self) -> str:
        """A mobile number of nobody else, as it stands in an advert."""
        digits = f"07700{self.rng.randrange(10**6):06d}"
        digits = f"07{self.rng.choice('45789')}{digits[5:]}{self.rng.randrange(100):02d}"
        return self.rng.choice(
            [digits, f"{digits[:5]} {digits[5:]}", f"{digits[:5]} {digits[5:8]} {digits[8:]}"]
        )


def phrase(language: Language, own: list[str], rng: random.Random) -> str:
    """A sentence of an author's own: a pattern of the language with words that he likes."""
    words = rng.choice(language.patterns).split()
    return " ".join(rng.choice(own) if word == "*" else word for word in words)


def write_template(language: Language, rng: random.Random) -> list[str]:
    """The sentences of an author: his own, and up to three of the stock."""
    own = rng.sample(language.words, 14) + ["".join(rng.choices("aeiourstlnm", k=7)) for _ in range(3)]
    length = rng.choice([2, 3, 5, 6, 8, 14])
    stock = rng.choices(
        language.stock, [1 / (k + 2) for k in range(len(language.stock))], k=rng.randint(0, 3)
    )
    sentences = [phrase(language, own, rng) for _ in range(length)] + stock[: 1 + length // 3]
    rng.shuffle(sentences)
    return sentences


def fill(
    sentences: list[str], language: Language, contact: str, rng: random.Random, edits: float = 0.04
) -> str:
    """An advert from a template: name, town, price and number are its own, and a word in 25."""
    words = " . ".join(sentences).split()
    words = [rng.choice(language.words) if rng.random() < edits and word != "." else word for word in words]
    lead = f"{rng.choice(language.names)} {rng.choice(language.towns)} {rng.randrange(3, 40)}0"
    return f"{lead} . {' '.join(words)} . {language.call} {contact}"


def authors(n: int, seed: int) -> pd.DataFrame:
    """text, author, person, kind of about n adverts."""
    rng = random.Random(f"authors {seed}")
    world = AuthorWorld(rng)
    templates: list[tuple[list[str], Language, int]] = []
    while len(world.rows) < 0.5 * n:  # authors
        language, who, number = rng.choice(LANGUAGES), world.person(), world.number()
        sentences = write_template(language, rng)
        templates.append((sentences, language, who))
        for _ in range(rng.choice([2, 2, 3, 4, 6, 10, 16])):
            world.rows.append((fill(sentences, language, number, rng), who, who, "author"))
        if rng.random() < 0.15:  # all anew, under the old number
            anew = write_template(language, rng)
            author = world.person()
            for _ in range(rng.randint(2, 4)):
                world.rows.append((fill(anew, language, number, rng), author, who, "rewritten"))
    for _ in range(n // 30):
        sentences, language, victim = rng.choice(templates)
        world.rows.append((fill(sentences, language, world.number(), rng), victim, world.person(), "copycat"))
    for _ in range(n // 60):  # chains: each borrowed two sentences of the one before
        language = rng.choice(LANGUAGES)
        loan: list[str] = []
        for _ in range(4):
            sentences = [s for _ in range(4) for s in write_template(language, rng)][:9]
            who = world.person()
            world.rows.append((fill(loan + sentences, language, world.number(), rng), who, who, "chain"))
            loan = rng.sample(sentences, 2)
    for _ in range(n // 30):  # nothing but stock
        language, who = rng.choice(LANGUAGES), world.person()
        sentences = rng.sample(language.stock, rng.randint(2, 4))
        world.rows.append((fill(sentences, language, world.number(), rng, 0.0), who, who, "stock"))
    while len(world.rows) < n:
        language, who = rng.choice(LANGUAGES), world.person()
        world.rows.append(
            (fill(write_template(language, rng), language, world.number(), rng), who, who, "stranger")
        )
    rng.shuffle(world.rows)
    return pd.DataFrame(world.rows, columns=["text", "author", "person", "kind"])


def hide(texts: list[str], share: float, seed: int) -> list[str]:
    """So many of the texts disguised, each in a way of its own."""
    rng = random.Random(f"hide {seed}")
    return [KINDS[rng.choice(DISGUISES)](text, 0.3, rng) if rng.random() < share else text for text in texts]


def measure(frame: pd.DataFrame, mistakes: bool = False) -> dict[str, float]:
    """The figures of one world."""
    texts = frame.text.tolist()
    found = find_campaigns(texts)
    campaign = found.campaign.astype(np.int64)
    figures = score_pairs(frame.author.to_numpy(), campaign)
    identifiers = pd.DataFrame(
        [
            (at, i.kind, i.value, i.confidence)
            for at, text in enumerate(texts)
            for i in find_identifiers(text)
        ],
        columns=["advert", "kind", "value", "confidence"],
    )
    linking = identifiers[identifiers.kind.isin(linking_kinds())]
    if mistakes:
        print_mistakes(frame, campaign)
    campaign[find_outliers(campaign, found.similarity, linking)] = -1
    operation = find_operations(campaign, linking).operation
    own = (frame.kind != "copycat").to_numpy()
    figures["operations right"], figures["operations found"] = pair_scores(
        frame.person.to_numpy()[own], operation[own]
    )
    victims = pd.Series(operation[own]).groupby(frame.author.to_numpy()[own]).agg(set)
    copies = frame[~own]
    joined = [op in victims[author] - {-1} for op, author in zip(operation[~own], copies.author, strict=True)]
    figures["copies"], figures["copies joined"] = float(len(joined)), float(sum(joined))
    return figures


def print_mistakes(frame: pd.DataFrame, campaign: np.ndarray) -> None:
    """Campaigns that mix authors, and authors in several campaigns, by kind and length."""
    table = frame.assign(campaign=campaign, words=frame.text.str.split().str.len())
    for number, part in table[table.campaign >= 0].groupby("campaign"):
        if part.author.nunique() > 1:
            print(f"\nmixed {number}: {part.kind.value_counts().to_dict()}")
            print(
                "\n".join(f"  {who}: {text[:400]}" for who, text in zip(part.author, part.text, strict=True))
            )
    for who, part in table[table.kind.isin(["author", "rewritten"])].groupby("author"):
        if part.campaign.nunique() > 1 or (part.campaign < 0).any():
            print(f"\nparted {who}: {part.campaign.tolist()}, words {part.words.tolist()}")
            print("\n".join(f"  {text[:300]}" for text in part.text.head(3)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--n", type=int, default=900)
    parser.add_argument("--disguised", type=float, default=0.0)
    parser.add_argument("--mistakes", action="store_true")
    asked = parser.parse_args()
    results = []
    for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
        frame = authors(asked.n, seed)
        frame["text"] = hide(frame.text.tolist(), asked.disguised, seed)
        results.append(measure(frame, asked.mistakes))
        print(f"seed {seed}: " + ", ".join(f"{key} {value:.4g}" for key, value in results[-1].items()))
    for key in results[0]:
        values = [result[key] for result in results]
        print(f"{key:18s} mean {statistics.mean(values):.4f}, lowest {min(values):.4f}")


if __name__ == "__main__":
    main()
