"""Both errors of a sanitised edition's guess at names: names that stay, ordinary words that are withheld.

    python -m bench.tasking.release NAMES.csv [--samples 5000] [--seed 1]

Sentences of briefs and reports as officers write them, without a name: how many words are withheld. Then
names of people nobody told the store of, set into such sentences at their head, within, with a title, a
possessive or a particle: how many names stay in part or whole. The names are those of the columns
`given_name` and `surname` of a file, FEBRL's for one, which the list of ordinary words was not made from. A
name that is an ordinary word as well ('Will', 'Rose') counts like any other. Known names, those of the rows
behind a product, are not tried here: they are withheld by comparison."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.tasking.release import KnownSecrets, SanitisedPart, read_release_rules
from analytics.tasking.release.redact import Redactor

SENTENCES = """
Robberies rose after the last bus. Offenders wait beside the underpass and leave on mopeds. Lighting failed
twice. Displacement to the next street was looked for and not seen. Indicators of control: one phone, shared
bookings. Witnesses describe two men in dark jackets. Nobody was hurt. Shopkeepers asked for patrols at
closing time. Burglary at night falls when alleys are gated. Gating needs consent of the residents. Costs
are met by the council. Support was offered to the victim. Interpreters were booked. Medical help came
first, questions later. Payments of equal sums reach one account each Monday. Transfers leave within the
hour. Cash is drawn at dawn. Trafficking cannot be excluded. Grooming by a relative would explain the same
messages. Debt is another reason. Adverts repeat one text with a new number. Photographs are reused. Prices
fall towards the weekend. Landlords let three flats to one company. Rent is paid in advance. Neighbours
heard arguments at night. Vehicles were hired for a day and driven to the coast. Tickets were bought
together. Luggage was light. Speeding near the school continues. Barriers were moved. Cameras are out of
order since spring. Graffiti marks the edge of the estate. Youths gather by the kiosk. Alcohol is sold
without a check of age. Analysts compared five weeks with the same weeks of former years. Chance alone
explains the difference. Sampling is uneven, because nights are seldom reported. Confidence is moderate.
Gaps remain in the east. Prosecutors need the originals. Disclosure is the risk. Consent must be recorded
before any interview. Recruitment abroad, transport by coach and housing above a restaurant fit together.
Exploitation is likely. Passports were held by somebody else. Wages were withheld. Escape was prevented by
threats against families. Metal theft follows the price of copper. Scrap dealers were visited. Fencing was
repaired within days. Fraudsters telephone pensioners and pretend to be the bank. Couriers collect the
cards. Warnings were printed. Intelligence from the border shows an empty lorry. Customs opened the load.
Counterfeit medicine was found.
"""
FRAMES = (
    "{given} {surname} was seen with the driver.",
    "The keys were handed to {given} {surname} at the door.",
    "{surname} owns the flat above the shop.",
    "Nobody knew where {surname} had gone.",
    "It was {given}'s telephone that rang.",
    "Sgt. {surname} took the statement.",
    "Seen: {given}, then two others.",
    "The money went to {given} van der {surname}. Nothing came back.",
    "The tenant said that {given} pays. {surname} denies it.",
    "Ask {upper} about the van.",
)


def _people(path: Path, samples: int, rng: np.random.Generator) -> list[tuple[str, str]]:
    table = pd.read_csv(path, skipinitialspace=True, dtype=str)
    given, surnames = (
        sorted(set(table[column].dropna().str.strip().str.title())) for column in ("given_name", "surname")
    )
    return [(str(rng.choice(given)), str(rng.choice(surnames))) for _ in range(samples)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", type=Path)
    parser.add_argument("--samples", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rules = read_release_rules()
    redactor = Redactor(rules, rules.partners["authority"], KnownSecrets())

    words = withheld = 0
    lost: set[str] = set()
    for line in re.split(r"(?<=\.)\s+", SENTENCES.strip()):
        words += len(line.split())
        changes = redactor.find_changes(line)
        withheld += sum(len(line[one.start : one.end].split()) for one in changes)
        lost |= {line[one.start : one.end] for one in changes}
    print(f"ordinary words withheld: {withheld} of {words} ({withheld / words:.2%}) {sorted(lost)}")

    rng = np.random.default_rng(options.seed)
    stayed: dict[str, set[str]] = {}
    for at, (given, surname) in enumerate(_people(options.names, options.samples, rng)):
        frame = FRAMES[at % len(FRAMES)]
        text = frame.format(given=given, surname=surname, upper=surname.upper())
        shared = SanitisedPart("", text, tuple(redactor.find_changes(text))).text
        left = {
            name for name in (given, surname) if name.casefold() in shared.casefold().split("'")[0].split()
        }
        if left:
            stayed.setdefault(frame, set()).update(left)
    names = sum(map(len, stayed.values()))
    print(f"names that stay: {names} of {options.samples:,} sentences")
    for frame, left in stayed.items():
        print(f"  {frame} {sorted(left)[:30]}")


if __name__ == "__main__":
    main()
