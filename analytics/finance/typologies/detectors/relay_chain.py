"""Relay: a sum that is passed on from account to account over days or weeks, or comes back to where it set
out."""

from __future__ import annotations

import numba
import numpy as np
from pydantic import PositiveFloat, PositiveInt

from analytics.finance.typologies.engine.arrays import Floats, Ints
from analytics.finance.typologies.engine.detector import Detector, Explanation, Search
from analytics.finance.typologies.engine.relays import Relays, find_relays
from analytics.finance.typologies.engine.results import Results
from analytics.finance.typologies.engine.section import SectionModel
from analytics.finance.typologies.engine.surroundings import DAY
from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.finance.typologies.engine.wording import duration


class RelayParameters(SectionModel):
    """How soon a sum goes on, what share of it, and how many payments make a chain or a loop."""

    max_gap_days: PositiveFloat = 16
    min_share: PositiveFloat = 0.8
    max_share: PositiveFloat = 1.1
    min_digits: PositiveFloat = 0.7
    min_payments: PositiveInt = 3
    max_payments: PositiveInt = 12
    loop_days: PositiveFloat = 60
    max_results: PositiveInt = 2000


def find_chains(search: Search[RelayParameters]) -> Results:
    """The most improbable chains of relays, no payment in two of them and no account twice in one."""
    ledger, wanted = search.ledger, search.parameters
    relays = _relays(ledger, wanted)
    best, before = _best_chains(relays.received, relays.paid, relays.digits, len(ledger))
    taken = np.zeros(len(ledger), bool)
    lists: list[np.ndarray] = []
    scores: list[float] = []
    for end in np.argsort(-best, kind="stable"):
        if best[end] < ledger.surroundings.min_surprise or len(lists) == wanted.max_results:
            break
        rows = _walk_back(int(end), before, taken, ledger, wanted.max_payments)
        start = rows[0]
        gained = best[end] - best[start]
        if len(rows) >= wanted.min_payments and gained >= ledger.surroundings.min_surprise:
            lists.append(np.array(rows))
            scores.append(float(gained))
            taken[rows] = True
    begun = np.array([rows[0] for rows in lists], np.int64)
    return Results.of(lists, ledger.payer[begun], scores, ledger.time[begun], len(relays.paid))


def _relays(ledger: TimedLedger, wanted: RelayParameters) -> Relays:
    return find_relays(ledger, wanted.max_gap_days, wanted.min_share, wanted.max_share, wanted.min_digits)


@numba.njit(cache=True, nogil=True)
def _best_chains(received: Ints, paid: Ints, digits: Floats, size: int) -> tuple[Floats, Ints]:
    """For each payment the most digits of a chain that ends with it, and the payment before it there (-1)."""
    best, before = np.zeros(size), np.full(size, -1, np.int64)
    for k in range(len(paid)):
        total = best[received[k]] + digits[k]
        if total > best[paid[k]]:
            best[paid[k]], before[paid[k]] = total, received[k]
    return best, before


def _walk_back(end: int, before: np.ndarray, taken: np.ndarray, ledger: TimedLedger, most: int) -> list[int]:
    """The chain that ends with a payment, as far back as no account and no payment comes twice."""
    rows, seen, at = [end], {int(ledger.payee[end]), int(ledger.payer[end])}, int(before[end])
    while at >= 0 and not taken[at] and len(rows) < most:
        rows.append(at)
        if int(ledger.payer[at]) in seen:
            break
        seen.add(int(ledger.payer[at]))
        at = int(before[at])
    return rows[::-1]


def find_loops(search: Search[RelayParameters]) -> Results:
    """Relays that lead back to the account they set out from within `loop_days`, by at least `min_payments`
    payments; all that go round the same accounts are one result."""
    ledger, wanted = search.ledger, search.parameters
    relays = _relays(ledger, wanted)
    onward: dict[int, list[tuple[int, float]]] = {}
    for received, paid, digits in zip(
        *(a.tolist() for a in (relays.received, relays.paid, relays.digits)), strict=True
    ):
        onward.setdefault(received, []).append((paid, digits))
    rounds: dict[frozenset[int], list[tuple[list[int], float]]] = {}
    for root in onward:
        for rows, digits in _loops_from(root, onward, ledger, wanted):
            members = frozenset(ledger.payer[rows].tolist())
            rounds.setdefault(members, []).append((rows, digits))
    lists, scores = [], []
    for found in rounds.values():
        own, total = _disjoint(found)
        if total >= ledger.surroundings.min_surprise:
            lists.append(np.array(sorted(own)))
            scores.append(total)
    begun = np.array([rows[0] for rows in lists], np.int64)
    return Results.of(lists, ledger.payer[begun], scores, ledger.time[begun], len(relays.paid))


def _loops_from(
    root: int, onward: dict[int, list[tuple[int, float]]], ledger: TimedLedger, wanted: RelayParameters
) -> list[tuple[list[int], float]]:
    """Every way of relays from a payment back to the account that made it."""
    home, until = int(ledger.payer[root]), int(ledger.time[root] + wanted.loop_days * DAY)
    found, paths, steps = [], [([root], 0.0, {home, int(ledger.payee[root])})], 0
    while paths and steps < _MAX_STEPS:
        rows, digits, seen = paths.pop()
        for paid, more in onward.get(rows[-1], ()):
            steps += 1
            to = int(ledger.payee[paid])
            if ledger.time[paid] > until:
                continue
            if to == home:
                if len(rows) + 1 >= wanted.min_payments:
                    found.append(([*rows, paid], digits + more))
            elif to not in seen and len(rows) + 1 < wanted.max_payments:
                paths.append(([*rows, paid], digits + more, seen | {to}))
    return found


_MAX_STEPS = 20_000  # from one payment


def _disjoint(found: list[tuple[list[int], float]]) -> tuple[set[int], float]:
    """The rows and digits of the most improbable ways round that share no payment."""
    rows: set[int] = set()
    total = 0.0
    for own, digits in sorted(found, key=lambda entry: (-entry[1], entry[0])):
        if rows.isdisjoint(own):
            rows.update(own)
            total += digits
    return rows, total


def explain_chain(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    roles = {int(who): "middleman" for who in ledger.payee[rows]}
    roles |= {int(ledger.payee[rows[-1]]): "end", int(account): "start"}
    why = (
        f"A sum went from {ledger.name(account)} through {len(rows)} payments to "
        f"{ledger.name(int(ledger.payee[rows[-1]]))} within {duration(ledger, rows)}, nearly whole each time."
    )
    return Explanation(roles, why)


def explain_loop(ledger: TimedLedger, rows: np.ndarray, account: int) -> Explanation:
    members = np.unique(ledger.payer[rows])
    roles = {int(who): "member" for who in members} | {int(account): "start and end"}
    why = (
        f"Sums went round {len(members)} accounts and came back to {ledger.name(account)} nearly whole, in "
        f"{len(rows)} payments within {duration(ledger, rows)}."
    )
    return Explanation(roles, why)


CHAIN = Detector("relay", "relay", RelayParameters, find_chains, explain_chain, ("amount_minor",), False)
LOOP = Detector("relay loop", "relay", RelayParameters, find_loops, explain_loop, ("amount_minor",), False)
