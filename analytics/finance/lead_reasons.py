"""Reasons for and against a lead, each by name, and how much each weighs.

A reason is a figure from 0 to 1 of the lead's circumstances. Its weight, in `data/lead_reasons.toml`, is how
many decimal digits it adds to the odds that the lead is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from analytics.reference import reference_file
from analytics.shared.schema import FileModel, Text, read_toml

Circumstances = Mapping[str, float]


@dataclass(frozen=True)
class Reason:
    """`side`: 'for' or 'against'. `words`: a sentence for the card. `holds`: how far it holds, 0 to 1."""

    name: str
    side: str
    words: str
    holds: Callable[[Circumstances], float]


def _between(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high`, in a straight line between; the other way round where `low` is higher."""
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _small(of: Circumstances) -> float:
    return _between(of["sums"], 0.5, -0.5)


def _fans(of: Circumstances) -> float:
    return _between(max(of["gathers"], of["spreads"]), 0.5, 0.8)


def _two(of: Circumstances) -> float:
    return _between(of["accounts"], 0.47, 0.31)


def _many(of: Circumstances) -> float:
    return _between(of["accounts"], 0.6, 1.3)


def _kept(of: Circumstances) -> float:
    return 1.0 - _between(of["forwarded"], 0.2, 0.7)


def _collected(of: Circumstances) -> float:
    return of["gathers"] * _between(of["handed_on"], 1.0, 4.0)


def _ordinary(of: Circumstances) -> float:
    return _between(of["large"], 0.12, 0.0)


def _one_off(of: Circumstances) -> float:
    return 1.0 - _between(of["usual"], 0.05, 0.4)


def _often(of: Circumstances) -> float:
    return _between(of["usual"], 0.1, 0.6)


REASONS = (
    Reason(
        "beyond chance",
        "for",
        "Shuffled payments seldom give such a shape.",
        lambda of: of["shape"],
    ),
    Reason(
        "unusual for the account",
        "for",
        "The account in the centre meets far fewer others at other times.",
        lambda of: of["surprise"] * _fans(of),
    ),
    Reason(
        "improbable path",
        "for",
        "The accounts would seldom pay on so by chance.",
        lambda of: of["surprise"] * (1 - _fans(of)),
    ),
    Reason(
        "passed on",
        "for",
        "What its accounts received left again within two weeks, more than they usually pay.",
        lambda of: _between(of["forwarded"], 0.1, 0.9),
    ),
    Reason(
        "sum preserved",
        "for",
        "Each receipt left again nearly whole.",
        lambda of: of["conserved"],
    ),
    Reason(
        "large for the payers",
        "for",
        "The sums are larger than its payers usually pay.",
        lambda of: _between(of["large"], -0.1, 0.5),
    ),
    Reason(
        "large sums",
        "for",
        "The sums are large beside those of these data.",
        lambda of: _between(of["sums"], 0.0, 1.5),
    ),
    Reason(
        "just below a line",
        "for",
        "Many sums lie just below a round line.",
        lambda of: _between(of["below_line"], 0.3, 0.9),
    ),
    Reason(
        "used for little else",
        "for",
        "The account in the centre does little besides this.",
        lambda of: _between(of["purpose"], 0.2, 0.9),
    ),
    Reason(
        "equal sums passed on",
        "for",
        "Equal sums went out and were passed on.",
        lambda of: of["equal"] * max(of["conserved"], _between(of["forwarded"], 0.2, 0.8)),
    ),
    Reason(
        "collected and handed on",
        "for",
        "Time after time most of what several paid went on at once, in sums that differ each time.",
        lambda of: _collected(of) * (1.0 - of["constant"]),
    ),
    Reason(
        "agent or treasurer",
        "against",
        "What was gathered went on time after time, and each paid the same sum every time.",
        lambda of: _collected(of) * of["constant"],
    ),
    Reason(
        "wedding or other celebration",
        "against",
        "Many gave once, in small or round sums, which one account kept or which are usual for the givers.",
        lambda of: (
            of["gathers"]
            * _one_off(of)
            * max(_kept(of), _ordinary(of))
            * max(_small(of), _between(of["round"], 0.0, 0.5))
            * _many(of)
        ),
    ),
    Reason(
        "one-off collection for a bill",
        "against",
        "What was gathered paid one bill of a business.",
        lambda of: of["gathers"] * _between(of["one_bill"], 0.2, 0.8),
    ),
    Reason(
        "charity or fundraising",
        "against",
        "New payers come all the time, in small or round sums.",
        lambda of: of["gathers"] * _often(of) * max(_small(of), _between(of["round"], 0.0, 0.5)),
    ),
    Reason(
        "club or savings group",
        "against",
        "Members pay the same sum to one account that does not pass it on.",
        lambda of: of["gathers"] * _between(of["equal"], 0.2, 0.8) * _kept(of),
    ),
    Reason(
        "rent or dues",
        "against",
        "The same payers pay one account the same sums at even intervals.",
        lambda of: of["gathers"] * _between(of["regular"], 0.1, 0.7) * of["constant"],
    ),
    Reason(
        "payroll or standing orders",
        "against",
        "One account pays the same payees at even intervals.",
        lambda of: max(of["spreads"], _between(of["spreads"], 0.34, 0.5)) * _between(of["regular"], 0.1, 0.7),
    ),
    Reason(
        "reciprocal payments",
        "against",
        "The same accounts also pay each other the other way round, at other times.",
        lambda of: of["reciprocal"],
    ),
    Reason(
        "two-way payments",
        "against",
        "Two accounts pay each other and nobody else: a loan, a debt or a gift returned.",
        lambda of: _two(of) * (1 - 0.5 * _between(of["large"], 0.0, 0.5)),
    ),
    Reason(
        "savings circle or shared costs",
        "against",
        "The same accounts pay each other equal sums in turn.",
        lambda of: _between(of["reciprocal"], 0.05, 0.4) * _between(of["equal"], 0.2, 0.8),
    ),
    Reason(
        "many small givers",
        "against",
        "Very many give sums that are small or usual for them, as to an appeal.",
        lambda of: (
            of["gathers"]
            * max(_between(of["sums"], 0.2, -0.6), _ordinary(of) * _between(of["sums"], 1.0, 0.2))
            * _between(of["accounts"], 1.2, 1.7)
        ),
    ),
    Reason(
        "gifts or payments out",
        "against",
        "One account pays several, in sums no larger than it usually pays.",
        lambda of: of["spreads"] * _between(of["large"], 0.2, -0.05) * _between(of["sums"], 1.0, 0.2),
    ),
    Reason(
        "season of gifts",
        "against",
        "Everybody pays new people at this time, in such sums.",
        lambda of: (
            _between(of["season"], 0.08, 0.4)
            * _fans(of)
            * _between(of["sums"], 0.6, 0.0)
            * _between(of["large"], 0.2, 0.0)
        ),
    ),
    Reason(
        "standing contacts",
        "against",
        "The same accounts deal with each other at other times too.",
        lambda of: of["standing"],
    ),
    Reason(
        "circle of acquaintances",
        "against",
        "Its accounts also deal with each other apart from this.",
        lambda of: _between(of["circle"], 0.0, 1.2),
    ),
    Reason(
        "trade",
        "against",
        "The account in the centre meets as many others at all times.",
        lambda of: _between(of["usual"], 0.2, 1.0),
    ),
    Reason(
        "small sums",
        "against",
        "The sums are small beside those of these data.",
        lambda of: _between(of["sums"], 0.0, -0.7),
    ),
)

GATHERINGS = ("wedding or other celebration", "many small givers")  # shuffled payments give none either
_GATHERINGS = tuple(reason for reason in REASONS if reason.name in GATHERINGS)
_FILE = reference_file("lead_reasons.toml")


class Weights(FileModel):
    """The form of the file. `typologies`: digits of odds that a result of each is right before any reason;
    `digits`: what each reason adds where it holds in full; `slope` and `offset`: how digits become those
    that are given, so that the chance holds on worlds never seen. `shape_alone`: how likely a result is
    right at most whose shape is surely beyond chance, where the reasons say that it is not;
    accounts that pay each other both ways at other times, and a gathering that shuffled payments would not
    give either (GATHERINGS), get none of it. `stated`: by the chance that
    orders, the chance that is stated, which rises with it."""

    version: Text
    slope: float
    offset: float
    shape_alone: float = 0.0
    stated: tuple[tuple[float, float], ...] = ((0.0, 0.0), (1.0, 1.0))
    typologies: dict[str, float]
    digits: dict[str, float]

    def chance_of_wrong(self, typology: str, circumstances: Circumstances) -> float:
        """The chance, 0 to 1, that a result is nothing or an innocent gathering, by which results are
        ordered."""
        total = self.typologies.get(typology, -1.0)
        total += sum(reason.holds(circumstances) * self.digits.get(reason.name, 0.0) for reason in REASONS)
        wrong = 1.0 / (1.0 + 10.0 ** (self.slope * total + self.offset))
        gathering = max(reason.holds(circumstances) for reason in _GATHERINGS)
        apart = 1.0 - max(_between(circumstances["reciprocal"], 0.1, 0.5), gathering)
        by_shape = 1.0 - self.shape_alone * apart * circumstances["beyond"] * (0.8 - 0.3 * wrong)
        return float(min(wrong, by_shape))

    def state_chance(self, chance: float) -> float:
        """The chance to state of a result: how often leads with that chance were wrong over all families of
        worlds that the weights were learnt on."""
        return float(np.interp(chance, [at for at, _ in self.stated], [share for _, share in self.stated]))


@cache
def read_weights() -> Weights:
    """The weights that ship. Raises InvalidFile, naming the key, for anything that is no number."""
    return read_toml(_FILE, Weights)


def weigh_reasons(circumstances: Circumstances, weights: Weights) -> list[tuple[str, str, str, float, float]]:
    """(side, name, words, how far it holds, digits) of each reason that holds at all and weighs something,
    the heaviest first."""
    found = []
    for reason in REASONS:
        holds = reason.holds(circumstances)
        if digits := weights.slope * holds * weights.digits.get(reason.name, 0.0):
            found.append((reason.side, reason.name, reason.words, holds, digits))
    return sorted(found, key=lambda entry: (-abs(entry[4]), entry[1]))
