"""Who lives in the scenario: names from parts, contacts reserved for fiction, towns on no map."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from analytics.training.settings import Row, scale_row_counts, seed_stream

# Ofcom's numbers for drama: 1,000 in each range. People beyond them have an address at example.org instead.
_RANGES = [
    "07700 900",
    "020 7946 0",
    "01632 960",
    *(f"0{code} 496 0" for code in (113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161)),
    "0191 498 0",
    "029 2018 0",
]
TOWNS = {
    "origin": ["Dunvar", "Lethiny", "Sorovik"],
    "transit": ["Karrow Junction", "Ostrel Ferry", "Pellgate"],
    "destination": ["Vellmouth", "Highmarle", "Tarnwick"],
}
COUNTRY = {"origin": "XA", "transit": "XB", "destination": "XC"}  # codes ISO 3166 leaves to users
# What businesses sell, as a bank would code it, and how many of a hundred do; the busiest shops sell the
# first three.
TRADES = {
    "groceries": 28,
    "retail": 24,
    "fast food": 14,
    "clothing": 8,
    "pharmacy": 7,
    "travel": 6,
    "beauty": 5,
    "lodging": 5,
    "advertising": 3,
}
_BUSIEST = 12
# A given name is a first and a middle part, a family name a middle and a last one.
_FIRST = "Ba Ce Do Fe Ga Hi Jo Ka Lu Me No Pa Ri Sa To Va We Yo Za Eri Ola Umi"
_MIDDLE = "ra len mi no ve shi dor tha li qui ban ze"
_LAST = "vane mott keld rusk thorn well ary olle ister umber"
KINDS = ["personal", "business", "landlord", "agency", "charity", "remitter"]


@dataclass(frozen=True)
class People:
    """Account holders by index: Arrow pools of strings, and the kind of each as an index into KINDS.

    `quiet` are persons whose accounts the background leaves alone; `regular` are the other persons, shuffled:
    the first of them have wages and rent recorded month by month. `account_contact` is the contact an account
    gives, which several may share, and `opened` the day of the period on which some accounts were opened.
    """

    account: pa.Array
    holder: pa.Array
    contact: pa.Array
    kind: np.ndarray
    quiet: np.ndarray
    regular: np.ndarray
    account_contact: pa.Array
    opened: dict[int, int] = field(default_factory=dict)

    def with_facts(self, facts: dict[int, Row]) -> People:
        """The same people, with what else is known of some accounts (`contact_of`, `kin_of`, `opened`)."""
        contact = self.contact.to_pylist()
        given, holder = list(contact), self.holder.to_pylist()
        for who, fact in facts.items():
            given[who] = contact[fact.get("contact_of", who)]
            if "kin_of" in fact:
                holder[who] = f"{holder[who].split()[0]} {holder[fact['kin_of']].split()[1]}"
        opened = {who: fact["opened"] for who, fact in facts.items() if "opened" in fact}
        return replace(self, holder=pa.array(holder), account_contact=pa.array(given), opened=opened)

    def of(self, kind: str) -> np.ndarray:
        """The indices of every holder of one kind."""
        return np.flatnonzero(self.kind == KINDS.index(kind))

    def trade(self) -> np.ndarray:
        """By account: what a business sells, as a position in TRADES; -1 for everyone else."""
        shops, shares = self.of("business"), np.repeat(np.arange(len(TRADES)), list(TRADES.values()))
        trade = np.full(len(self.kind), -1)
        # 37 and 100 share no factor: every trade in turn
        spread = (np.arange(len(shops)) * 37 + 11) % len(shares)
        trade[shops] = shares[spread]
        trade[shops[:_BUSIEST]] = np.arange(len(shops))[:_BUSIEST] % 3
        return trade


def build_people(seed: int, scale: float) -> People:
    """All account holders; a few bytes each, so that a network or a chunk can name any of them."""
    count = scale_row_counts(scale)["accounts"]
    rng = seed_stream(seed, "people")
    kind = rng.choice(len(KINDS), count, p=[0.83, 0.09, 0.04, 0.015, 0.015, 0.01]).astype(np.int8)
    kind[: len(KINDS)] = np.arange(len(KINDS))  # at least one of each, however small the scale
    first_parts, middle_parts, last_parts = _FIRST.split(), _MIDDLE.split(), _LAST.split()
    given = [first + middle for first in first_parts for middle in middle_parts]
    family = [(middle + last).capitalize() for middle in middle_parts for last in last_parts]
    first, second = rng.integers(0, len(given), count), rng.integers(0, len(family), count)
    suffix = {
        "business": "Stores",
        "landlord": "Lettings",
        "agency": "Staffing",
        "charity": "Relief Fund",
        "remitter": "Transfers",
    }
    holder = [
        f"{given[a]} {family[b]}" if k == 0 else f"{family[b]} {suffix[KINDS[k]]} {a}"
        for a, b, k in zip(first, second, kind, strict=True)
    ]
    numbers = [f"{prefix}{at:03d}" for prefix in _RANGES for at in range(1000)]
    rng.shuffle(numbers)
    contact = numbers[:count] + [f"member{at}@example.org" for at in range(len(numbers), count)]
    persons = rng.permutation(np.flatnonzero(kind == 0))
    quiet = max(12, count // 20)
    return People(
        pa.array([f"ACC-{at + 1:07d}" for at in range(count)]),
        pa.array(holder),
        pa.array(contact),
        kind,
        persons[:quiet],
        persons[quiet:],
        pa.array(contact),
    )
