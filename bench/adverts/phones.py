"""Telephone numbers found in adverts, against the matcher of `phonenumbers`, by the style in which they are
written.

    python -m bench.adverts.phones [FILE ...] [--n 4000] [--seed 1]

FILE: CSV with columns text, phone (the truth) and obf (the style), as many as you like; without one, adverts
are made up here. Those have decoys (prices, dates, hours, measures, ages, references, counting) and no number
in a third of them. A number counts as found where its E.164 form is given for its advert, and every other
number given counts against precision. The peer looks in the United Kingdom and in the United States; of two
readings of a stretch the valid one counts. Times are of one core; 'plain' are the adverts that write their
number plainly, read a second time."""

from __future__ import annotations

import argparse
import random
import time

import pandas as pd
import phonenumbers

from analytics.adverts.identifiers import find_identifiers
from bench.adverts.disguises import STYLES, disguise
from bench.adverts.synthetic import TOWNS, sentence

DECOYS = (
    "£{n} an hour",
    "from {n}€ a night",
    "aged {a}",
    "{a} years old, 1{n}cm",
    "open {h}-2{h2} daily",
    "{h}am to {h2}pm",
    "posted 2{h}/0{h2}/2024 1{h}:30",
    "2024-0{h}-1{h2}",
    "order no {n}{n}{n}",
    "ref 0{n}{n}{n}{n}",
    "LS1 {h}AP",
    "34-24-3{h}",
    "5'{h} and {a}kg",
    "one or two for {n}",
    "rooms 1 2 3 and 4",
    "two for one on one or four hands",
    "sizes 8 10 12 14",
    "call for details to all of you",
    "flat {h}, {n} High Street",
    "from {n} to {n}",
    "{n}/{n}/{n} half, one, two hours",
)


def invent_adverts(n: int, seed: int) -> pd.DataFrame:
    """text, phone (None in a third), obf: sentences, a decoy or three, and a number somewhere among them."""
    rng = random.Random(seed)
    rows = []
    for _ in range(n):
        parts = [" ".join(sentence(rng)) for _ in range(rng.randint(2, 5))]
        for decoy in rng.sample(DECOYS, rng.randint(1, 3)):
            parts.append(
                decoy.format(
                    n=rng.randrange(20, 990, 10),
                    a=rng.randint(18, 60),
                    h=rng.randint(1, 9),
                    h2=rng.randint(1, 9),
                )
            )
        rng.shuffle(parts)
        number, style = None, "no number"
        if rng.random() < 2 / 3:
            style = rng.choice(STYLES)
            digits, number = _number(rng)
            parts.insert(
                rng.randint(0, len(parts)),
                rng.choice(["", "call ", "text me on ", "☎ ", "- "]) + disguise(digits, style, rng),
            )
        joint = rng.choice([". ", ", ", " ", "\n", " | "])
        rows.append((joint.join(parts) + f" {rng.choice(TOWNS)}", number, style))
    return pd.DataFrame(rows, columns=["text", "phone", "obf"])


def _number(rng: random.Random) -> tuple[str, str]:
    if rng.random() < 0.6:
        start = rng.choice(["7700900", "1134960", "2079460", "1632960", "2920180", "3069990", "1914980"])
        national = f"{start}{rng.randrange(1000):03d}"
        return f"0{national}", f"+44{national}"
    national = f"{rng.choice(['212', '305', '415', '617', '813'])}55501{rng.randrange(100):02d}"
    return f"1{national}", f"+1{national}"


def ours(text: str) -> set[str]:
    return {found.value for found in find_identifiers(text) if found.kind == "phone"}


def peer(text: str) -> set[str]:
    """The United Kingdom's reading of a stretch, unless only North America's is valid."""
    read: dict[int, phonenumbers.PhoneNumber] = {}
    for region in ("GB", "US"):
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE):
            known = read.get(match.start)
            better = (
                known
                and not phonenumbers.is_valid_number(known)
                and phonenumbers.is_valid_number(match.number)
            )
            if known is None or better:
                read[match.start] = match.number
    return {
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) for number in read.values()
    }


def measure(name: str, find, frame: pd.DataFrame) -> None:
    start = time.process_time()
    given = [find(text) for text in frame.text]
    seconds = time.process_time() - start
    right = pd.Series(
        [number in found for number, found in zip(frame.phone, given, strict=True)], frame.index
    )
    reported = sum(map(len, given))
    numbered = frame.phone.notna()
    print(
        f"  {name}: recall {right[numbered].mean():.4f}, precision {right.sum() / max(reported, 1):.4f}, "
        f"{len(frame) / seconds:,.0f} adverts/s\n    "
        + ", ".join(
            f"{style} {share:.3f}"
            for style, share in right[numbered].groupby(frame.obf[numbered]).mean().items()
        )
    )


def plain_rate(frame: pd.DataFrame) -> str:
    plain = frame.text[frame.obf == "plain"].tolist()
    for text in plain:
        find_identifiers(text)
    start = time.process_time()
    for text in plain:
        find_identifiers(text)
    seconds = time.process_time() - start
    length = sum(map(len, plain)) / len(plain)
    return (
        f"all identifiers of plainly written adverts ({length:.0f} characters): "
        f"{len(plain) / seconds:,.0f} adverts/s on one core"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*")
    parser.add_argument("--n", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sets = {file: pd.read_csv(file, dtype=str) for file in asked.files}
    sets = sets or {f"made up, seed {asked.seed}": invent_adverts(asked.n, asked.seed)}
    find_identifiers("the first text loads the gazetteer, in Leeds")
    for name, frame in sets.items():
        phone = frame.phone.where(
            frame.phone.isna() | frame.phone.str.startswith("+"), "+44" + frame.phone.str[1:]
        )
        frame = frame.assign(phone=phone)
        print(f"{name}: {len(frame):,} adverts")
        measure("phonenumbers' matcher", peer, frame)
        measure("ours", ours, frame)
        print(f"  {plain_rate(frame)}")


if __name__ == "__main__":
    main()
