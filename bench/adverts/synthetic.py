"""Made-up adverts with known campaigns: sentences from a small grammar, slots, edits, and cases meant to
deceive.

No real advert, number or person: numbers are of the ranges kept for drama, names and towns from short lists.
`python -m bench.adverts.synthetic 1000000 out.parquet [--seed 1]` writes a file of any size.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass

import pandas as pd

NAMES_TEXT = """
    Mira Lena Ana Sofia Kaja Tina Vera Iva Nadia Elsa Rosa Dana Yara Lili Petra Nora Alma Zita Ines Maja
"""
NAMES = tuple(NAMES_TEXT.split())
TOWNS_TEXT = """
    Leeds Hull Derby York Bath Luton Crewe Dover Stoke Perth Poole Slough Bolton Exeter Oxford Preston
"""
TOWNS = tuple(TOWNS_TEXT.split())
STOCK = [
    "no experience needed as full training is given",
    "please send your name and age by message",
    "available seven days a week from early till late",
    "serious enquiries only please",
    "cash or card accepted on the day",
    "thank you for reading and see you soon",
    "free parking close to the door",
    "we answer every message within the hour",
    "accommodation can be arranged near the site",
    "no agencies and no private numbers",
]
WORDS = {
    "who": "our family firm|a busy team|my friend and I|a new studio|this small farm|a quiet house|our "
    "partner company|the night crew|a growing depot|an honest girl|the old bakery|a private salon",
    "does": "is looking for|would love to meet|now takes on|gladly welcomes|urgently seeks|offers a warm "
    "place to|has rooms for|can take|invites|keeps a place open for",
    "whom": "careful drivers|gentle visitors|strong packers|kind students|tidy cleaners|patient carers|two "
    "fast pickers|polite gentlemen|reliable cooks|couples who travel|seasonal hands|young waiters",
    "where": "behind the station|by the harbour|off the ring road|near the cathedral|above the pharmacy|on a "
    "green estate|next to the market|in the old mill|beside the canal|at the edge of town",
    "when": "from Monday|after ten at night|until the end of harvest|all through winter|every other "
    "weekend|starting tomorrow|for six months|between shifts|during the festival|before Easter",
    "gives": "clean sheets and hot water|a weekly wage in hand|free transport each morning|a shared "
    "kitchen|papers and travel paid|soft music and candles|paid holidays|two meals a day|a bonus "
    "for nights|fresh towels",
    "mood": "honestly|with pleasure|as always|quietly|without hurry|for a fair price|with a smile|by "
    "arrangement|on request|if you like",
    "act": "call|write|text|ring|message|visit|come by|book",
    "thing": "oranges|parcels|linen|bricks|tulips|engines|salads|mirrors|pallets|boats|carpets|lambs|letters|"
    "windows|bottles|berries",
    "verb": "sort|carry|wash|stack|pick|polish|count|wrap|load|mend|paint|deliver|press|peel|sweep|label",
    "how": "slowly|well|together|by hand|outdoors|indoors|standing|seated|in pairs|with gloves|at your own "
    "pace|in silence",
}
WORDS = {kind: text.split("|") for kind, text in WORDS.items()}
SHAPES = [
    "who does whom where",
    "who gives gives when",
    "you verb thing how and verb thing",
    "act when mood",
    "where we verb thing",
    "whom who verb thing get gives",
    "mood who gives where when",
    "when we verb thing how",
    "thing and thing to verb where",
    "act and ask for gives",
    "who and who verb thing mood",
]
SYLLABLES = [
    a + b
    for a in ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "sh", "tr"]
    for b in ["a", "e", "i", "o", "u", "ai", "or", "en"]
]
SLOTS = ["name", "town", "price", "phone"]


@dataclass(frozen=True)
class SyntheticAdverts:
    """What is wanted: n adverts, a share of them in campaigns, each word of those edited with probability
    `edits`, `tail` new words after each, `sentences` in a template (least, most)."""

    n: int
    seed: int = 1
    organised: float = 0.3
    edits: float = 0.05
    tail: int = 0
    sentences: tuple[int, int] = (5, 8)


def sentence(rng: random.Random) -> list[str]:
    words = []
    for part in rng.choice(SHAPES).split():
        words.extend(rng.choice(WORDS[part]).split() if part in WORDS else [part])
    return words


def own_word(rng: random.Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.randint(2, 4)))


def template(rng: random.Random, least: int, most: int) -> list[str]:
    """Words and, in braces, slots. A few words are the writer's own."""
    words: list[str] = []
    slots = SLOTS.copy()
    rng.shuffle(slots)
    for k in range(rng.randint(least, most)):
        words += rng.choice(STOCK).split() if rng.random() < 0.2 else sentence(rng)
        if rng.random() < 0.5:
            words.append(own_word(rng))
        if k < len(slots):
            words.append("{" + slots[k] + "}")
    return words


def phone(rng: random.Random) -> str:
    digits = f"07700900{rng.randrange(1000):03d}"
    return rng.choice([digits, " ".join(digits), digits[:5] + " " + digits[5:], "-".join(digits)])


def filled(words: list[str], rng: random.Random) -> tuple[list[str], dict[str, str]]:
    values = {
        "name": rng.choice(NAMES),
        "town": rng.choice(TOWNS),
        "price": f"{rng.choice('£€$')}{rng.randrange(30, 300, 10)}",
        "phone": phone(rng),
    }
    used = {word[1:-1]: values[word[1:-1]] for word in words if word[0] == "{"}
    return [values[word[1:-1]] if word[0] == "{" else word for word in words], used


def edited(words: list[str], share: float, rng: random.Random) -> list[str]:
    """Each word left out, replaced or followed by another with probability `share`."""
    out = []
    for word in words:
        if rng.random() >= share:
            out.append(word)
            continue
        other = (
            rng.choice(WORDS[rng.choice(tuple(WORDS))]).split()[-1] if rng.random() < 0.7 else own_word(rng)
        )
        out.extend(rng.choice([[], [other], [word, other]]))
    return out


def adverts(asked: SyntheticAdverts) -> pd.DataFrame:
    """id, text, cluster (-1: independent), slots (JSON), in shuffled order; the order comes from the seed
    too."""
    rng = random.Random(asked.seed)
    rows: list[tuple[str, int, str]] = []
    campaign = 0
    while len(rows) < asked.n * asked.organised:
        words = template(rng, *asked.sentences)
        for _ in range(min(int(3 + rng.paretovariate(0.9)), 60)):
            text, used = filled(words, rng)
            text = edited(text, asked.edits, rng) + [own_word(rng) for _ in range(asked.tail)]
            rows.append((" ".join(text), campaign, json.dumps(used, ensure_ascii=False)))
        campaign += 1
    while len(rows) < asked.n:
        text, used = filled(template(rng, max(1, asked.sentences[0] - 2), asked.sentences[1]), rng)
        text += [own_word(rng) for _ in range(asked.tail)]
        rows.append((" ".join(text), -1, json.dumps(used, ensure_ascii=False)))
    rng.shuffle(rows)
    return pd.DataFrame(rows[: asked.n], columns=["text", "cluster", "slots"]).rename_axis("id").reset_index()


def hard(kind: str, n: int, seed: int) -> pd.DataFrame:
    """Cases meant to deceive, as `adverts` gives them.

    'boilerplate': a site adds the same 25 words to every advert. 'halves': templates come in twos by one
    agency that share the first half of their words. 'reordered': each advert has its template's sentences in
    an order of its own. 'inserted': 40 new words in the middle of each."""
    rng = random.Random(f"{kind} {seed}")
    if kind == "boilerplate":
        site = " ".join(own_word(rng) for _ in range(25))
        frame = adverts(SyntheticAdverts(n, seed))
        return frame.assign(text=frame.text + " " + site)
    rows, campaign, partner = [], 0, None
    while len(rows) < 0.3 * n:
        parts = [template(rng, 1, 1) for _ in range(6)]
        if kind == "halves":
            parts = partner[:3] + parts[3:] if partner else parts
            partner = None if partner else parts
        for _ in range(min(int(3 + rng.paretovariate(0.9)), 60)):
            mine = rng.sample(parts, len(parts)) if kind == "reordered" else parts
            text, used = filled(sum(mine, []), rng)
            text = edited(text, 0.03, rng)
            if kind == "inserted":
                at = len(text) // 2
                text[at:at] = [own_word(rng) for _ in range(40)]
            rows.append((" ".join(text), campaign, json.dumps(used, ensure_ascii=False)))
        campaign += 1
    alone = adverts(SyntheticAdverts(n - len(rows), seed + 1, organised=0))
    rows += list(alone[["text", "cluster", "slots"]].itertuples(index=False, name=None))
    rng.shuffle(rows)
    return pd.DataFrame(rows, columns=["text", "cluster", "slots"]).rename_axis("id").reset_index()


def main() -> None:
    parser = argparse.ArgumentParser(description="Write invented adverts with known campaigns.")
    parser.add_argument("n", type=int)
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--edits", type=float, default=0.05)
    parser.add_argument("--tail", type=int, default=0)
    asked = parser.parse_args()
    frame = adverts(SyntheticAdverts(asked.n, asked.seed, edits=asked.edits, tail=asked.tail))
    if asked.out.endswith(".parquet"):
        frame.to_parquet(asked.out)
    else:
        frame.to_csv(asked.out, index=False)


if __name__ == "__main__":
    main()
