"""Campaigns of adverts whose authors hide from search: how well they are found, beside the same adverts
undisguised.

    python -m bench.adverts.disguise [--seeds 3] [--first-seed 1] [--n 1500] [--only KIND] [--world WORLD]

Every advert of a world is disguised by itself, with random choices of its own: two copies of a template are
never disguised alike. `strength` is the chance that a letter, a word or a gap between words is touched:
light 0.1, moderate 0.3, heavy 0.6. Printed by world and kind: adjusted Rand index, pair precision and pair
recall at each strength, the lowest of the seeds. The tables of signs here are this module's own, not the
app's."""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable

import pandas as pd

from analytics.adverts.campaigns import find_campaigns
from bench.adverts.borrowed import prose, score_pairs
from bench.adverts.synthetic import SyntheticAdverts, adverts

STRENGTHS = {"light": 0.1, "moderate": 0.3, "heavy": 0.6}
CYRILLIC = dict(zip("aceopxyijsABCEHKMOPTXkmt", "асеорхуіјѕАВСЕНКМОРТХкмт", strict=True))
GREEK = dict(zip("aovikptuxABEZHIKMNOPTYX", "αονικρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", strict=True))
SMALL_CAPITALS = dict(zip("abcdefghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ", strict=True))
LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "l": "1", "b": "8", "g": "9"}
MARKS = [chr(code) for code in range(0x300, 0x370)]
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
EMOJI = "🔥💋🌹⭐❤️🍒💎✨👑🎀☎️✅➡️🌸💕"
MATHEMATICAL = (0x1D400, 0x1D434, 0x1D5A0, 0x1D5D4, 0x1D670)  # bold, italic, sans-serif, monospace

Disguise = Callable[[str, float, random.Random], str]


def by_letter(replace: Callable[[str, random.Random], str]) -> Disguise:
    """Each letter replaced with the chance given."""

    def disguise(text: str, strength: float, rng: random.Random) -> str:
        return "".join(
            replace(letter, rng) if letter.isalpha() and rng.random() < strength else letter
            for letter in text
        )

    return disguise


def by_word(replace: Callable[[str, random.Random], str]) -> Disguise:
    """Each word of letters replaced with the chance given."""

    def disguise(text: str, strength: float, rng: random.Random) -> str:
        return " ".join(
            replace(word, rng) if word.isalpha() and rng.random() < strength else word
            for word in text.split(" ")
        )

    return disguise


def by_gap(between: Callable[[random.Random], str]) -> Disguise:
    """Each space between two words replaced with the chance given."""

    def disguise(text: str, strength: float, rng: random.Random) -> str:
        words = text.split(" ")
        return words[0] + "".join(
            (between(rng) if rng.random() < strength else " ") + word for word in words[1:]
        )

    return disguise


def fullwidth(letter: str, _rng: random.Random) -> str:
    return chr(ord(letter) + 0xFEE0) if letter.isascii() else letter


def mathematical(letter: str, rng: random.Random) -> str:
    if not letter.isascii():
        return letter
    at = ord(letter.lower()) - 97 + (26 if letter.islower() else 0)
    sign = chr(rng.choice(MATHEMATICAL) + at)
    return sign if sign.isalpha() else letter  # mathematical italic h has no sign of its own


def leet(letter: str, rng: random.Random) -> str:
    return rng.choice(LEET.get(letter.lower(), letter))


def spaced(word: str, rng: random.Random) -> str:
    return rng.choice(" .-_*").join(word) if len(word) > 2 else word


def pasted_twice(text: str, strength: float, rng: random.Random) -> str:
    """The text given once, or twice one after the other."""
    return text + rng.choice([" ", "\n", "\n\n"]) + text if rng.random() < strength else text


def several(text: str, strength: float, rng: random.Random) -> str:
    """Two kinds at once, each at half the strength."""
    for kind in rng.sample(["look-alike Cyrillic", "combining marks", "leet", "zero width"], 2):
        text = KINDS[kind](text, strength / 2, rng)
    return text


KINDS: dict[str, Disguise] = {
    "look-alike Cyrillic": by_letter(lambda letter, _: CYRILLIC.get(letter, letter)),
    "look-alike Greek": by_letter(lambda letter, _: GREEK.get(letter, letter)),
    "full width": by_letter(fullwidth),
    "mathematical": by_letter(mathematical),
    "small capitals": by_letter(lambda letter, _: SMALL_CAPITALS.get(letter.lower(), letter)),
    "combining marks": by_letter(lambda letter, rng: letter + rng.choice(MARKS)),
    "leet": by_letter(leet),
    "zero width": by_letter(lambda letter, rng: letter + rng.choice(ZERO_WIDTH)),
    "emoji between words": by_gap(lambda rng: f" {rng.choice(EMOJI)} "),
    "spaced letters": by_word(spaced),
    "joined words": by_gap(lambda _: ""),
    "pasted twice": pasted_twice,
    "two kinds at once": several,
}
WORLDS: dict[str, Callable[[int, int], pd.DataFrame]] = {
    "adverts": lambda n, seed: adverts(SyntheticAdverts(n, seed, edits=0.05)),
    "prose": lambda n, seed: prose(n, seed),
    "grammar": lambda n, seed: prose(n, seed, grammar=True),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--n", type=int, default=1500)
    parser.add_argument("--only", default="")
    parser.add_argument("--world", default="")
    asked = parser.parse_args()
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    print("ARI, pair precision and pair recall, the lowest of the seeds")
    print(f"{'world':8s} {'kind':20s}" + "".join(f"{name:>26s}" for name in STRENGTHS))
    for world, make in WORLDS.items():
        if asked.world not in world:
            continue
        frames = [make(asked.n, seed) for seed in seeds]
        plain = measure(frames, seeds, lambda text, _strength, _rng: text, 0.0)
        print(f"{world:8s} {'undisguised':20s}{plain:>26s}", flush=True)
        for kind, disguise in KINDS.items():
            if asked.only in kind:
                cells = [measure(frames, seeds, disguise, strength) for strength in STRENGTHS.values()]
                print(f"{world:8s} {kind:20s}" + "".join(f"{cell:>26s}" for cell in cells), flush=True)


def measure(frames: list[pd.DataFrame], seeds: range, disguise: Disguise, strength: float) -> str:
    """The figures of one cell."""
    results = []
    for frame, seed in zip(frames, seeds, strict=True):
        rng = random.Random(f"disguise {seed} {strength}")
        texts = [disguise(text, strength, rng) for text in frame.text]
        results.append(score_pairs(frame.cluster.to_numpy(), find_campaigns(texts).campaign))
    lowest = [min(result[key] for result in results) for key in ("ari", "precision", "recall")]
    return "  ".join(f"{value:.3f}" for value in lowest)


if __name__ == "__main__":
    main()
