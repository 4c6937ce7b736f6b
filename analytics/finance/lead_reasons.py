"""Reasons for and against a lead, each by name, and how much each weighs.

A reason is a figure from 0 to 1 of the lead's circumstances. Its weight, in `data/lead_reasons.toml`, is how
many decimal digits it adds to the odds that the lead is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

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


def _many(of: Circumstances) -> float:
    return _between(of["accounts"], 0.6, 1.3)


def _kept(of: Circumstances) -> float:
    return 1.0 - _between(of["forwarded"], 0.2, 0.7)


def _one_off(of: Circumstances) -> float:
    return 1.0 - _between(of["usual"], 0.05, 0.4)


def _often(of: Circumstances) -> float:
    return _between(of["usual"], 0.1, 0.6)


REASONS = (
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
        "wedding or other celebration",
        "against",
        "Many gave once, in small or round sums, to one account that did not pass them on.",
        lambda of: (
            of["gathers"]
            * _one_off(of)
            * _kept(of)
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
        "The same payers pay one account at even intervals.",
        lambda of: of["gathers"] * _between(of["regular"], 0.1, 0.7),
    ),
    Reason(
        "payroll or standing orders",
        "against",
        "One account pays the same payees at even intervals.",
        lambda of: of["spreads"] * _between(of["regular"], 0.1, 0.7),
    ),
    Reason(
        "reciprocal payments",
        "against",
        "The same accounts also pay each other the other way round, at other times.",
        lambda of: of["reciprocal"],
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

_FILE = reference_file("lead_reasons.toml")


class _WeightsFile(FileModel):
    """The form of the file of weights: a version, and the digits of each reason by its name."""

    version: Text
    digits: dict[str, float]


@cache
def read_weights() -> dict[str, float]:
    """The digits of every reason, negative against; a reason that the file does not name weighs nothing.
    Raises InvalidFile, naming the key, for anything that is no number."""
    given = read_toml(_FILE, _WeightsFile).digits
    return {reason.name: given.get(reason.name, 0.0) for reason in REASONS}


def weigh_reasons(circumstances: Circumstances) -> list[tuple[str, str, str, float, float]]:
    """(side, name, words, how far it holds, digits) of each reason that holds at all and weighs something,
    the heaviest first."""
    weights = read_weights()
    found = []
    for reason in REASONS:
        holds = reason.holds(circumstances)
        if digits := holds * weights[reason.name]:
            found.append((reason.side, reason.name, reason.words, holds, digits))
    return sorted(found, key=lambda entry: (-abs(entry[4]), entry[1]))
