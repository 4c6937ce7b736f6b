"""Every detector again, slow and plain: dictionaries and loops over all combinations, no arrays, no joins."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import combinations

from scipy import stats

from analytics.finance.typologies.ledger import Ledger
from analytics.finance.typologies.parameters import Parameters

DAY = 86_400_000_000


def rows_of(ledger: Ledger) -> list[dict]:
    """The ledger's transactions as dictionaries, with nothing derived."""

    def text(name, k):
        codes = ledger.texts.get(name)
        return None if codes is None or codes[k] < 0 else ledger.words[name][codes[k]]

    return [
        {"at": k, "time": int(ledger.time[k]), "payer": int(ledger.payer[k]), "payee": int(ledger.payee[k]),
         "amount": None if ledger.amount is None or ledger.amount[k] < 0 else int(ledger.amount[k]),
         **{name: text(name, k) for name in ("currency", "channel", "place")}}
        for k in range(len(ledger))
    ]  # fmt: skip


def history(ledger: Ledger) -> list[dict]:
    """rows_of with `between`, `new`, `first`, `pair_count`, `path` worked out pair by pair."""
    rows, around = rows_of(ledger), ledger.surroundings
    pairs = defaultdict(list)
    for entry in rows:
        entry["between"] = entry["payer"] >= 0 and entry["payee"] >= 0 and entry["payer"] != entry["payee"]
        entry |= {"new": False, "first": False, "path": False, "pair_count": 0, "previous": None}
        if entry["between"]:
            pairs[entry["payer"], entry["payee"]].append(entry)
    for those in pairs.values():
        for at, entry in enumerate(those):
            near = [o for o in those if abs(o["time"] - entry["time"]) <= around.history]
            entry["pair_count"] = len(near)
            entry["new"] = max(o["time"] for o in near) - min(o["time"] for o in near) <= around.window
            entry["previous"] = those[at - 1]["time"] if at else None
            entry["first"] = entry["new"] and (
                not at or those[at - 1]["time"] < entry["time"] - around.history
            )
    for entry in rows:
        entry["path"] = entry["between"] and not any(
            _is_hub(ledger, rows, entry, side) for side in ("payee", "payer")
        )
    return rows


def _is_hub(ledger: Ledger, rows: list[dict], entry: dict, side: str) -> bool:
    around = ledger.surroundings
    block = (entry["time"] - ledger.begin) // around.history
    since = ledger.begin + max(block - 1, 0) * around.history
    stop = min(ledger.begin + (block + 1) * around.history, ledger.end + 1)
    met = [
        o["time"] for o in rows
        if o["between"] and o[side] == entry[side] and since <= o["time"] < stop
        and (o["previous"] is None or o["previous"] < since)
    ]  # fmt: skip
    busiest = max((sum(t - around.window <= o <= t for o in met) for t in met), default=0)
    observed = max(stop - since - around.window, around.window)
    return len(met) - busiest > around.hub_counterparties / (28 * DAY) * observed


def block(ledger: Ledger, time: int) -> int:
    return (time - ledger.begin) // ledger.surroundings.history


def usual(ledger: Ledger, rows: list[dict], time: int) -> dict:
    """What is usual in the block of `time`."""
    around, number = ledger.surroundings, block(ledger, time)
    inside = [o for o in rows if o["path"] and block(ledger, o["time"]) == number]
    firsts = [o for o in inside if o["first"]]
    active = {o["payer"] for o in inside} | {o["payee"] for o in inside}
    start = ledger.begin + number * around.history
    length = max(min(start + around.history, ledger.end + 1) - start, around.window)
    through = sum(a["payee"] == b["payer"] for a in firsts for b in firsts)
    same = sum(a["payee"] == b["payee"] for a in firsts for b in firsts) - len(firsts)
    squared = max(len(firsts), 1) ** 2
    return {
        "events": len(firsts), "rate": len(firsts) / max(len(active), 1) / length,
        "flow": len(inside) / max(len(active), 1) / length,
        "through": max(through, 1) / squared, "same_payee": max(same, 1) / squared,
    }  # fmt: skip


def burst(count: int, window: float, rest: int, exposure: float, rate: float) -> float:
    """Negative binomial tail, as SciPy has it."""
    q = window / (window + exposure + 1 / rate)
    return -stats.nbinom.logsf(count - 1, rest + 1, 1 - q) / math.log(10)


def own(ledger: Ledger, times: list[int], since: int, until: int, count: int, rate: float) -> float:
    around = ledger.surroundings
    low, high = max(since - around.history, ledger.begin), min(until + around.history, ledger.end)
    rest = sum(low <= t <= high for t in times) - count
    exposure = max(high - low - around.window, around.window)
    return burst(count, around.window, rest, exposure, max(rate, 1e-30))


def poisson(count: int, expected: float) -> float:
    return max(-stats.poisson.logsf(count - 1, expected) / math.log(10), 0)


def product(log_sum: float, steps: int) -> float:
    return -stats.gamma.logsf(log_sum, steps) / math.log(10) if steps > 0 and log_sum > 0 else 0.0


def best(ledger: Ledger, found: list[tuple], key) -> list[tuple]:
    """Of (rows, account, surprise, anchor) the most surprising per key and block; of equal ones the earliest."""
    chosen: dict = {}
    for entry in found:
        place = (key(entry), block(ledger, entry[3]))
        if place not in chosen or entry[2] > chosen[place][2] + 1e-9:
            chosen[place] = entry
    return list(chosen.values())


def fan(ledger: Ledger, parameters: Parameters, side: str, least: int) -> list[tuple]:
    rows, window = history(ledger), ledger.surroundings.window
    found = []
    for account in range(len(ledger.accounts)):
        firsts = [o for o in rows if o["path"] and o["first"] and o[side] == account]
        for entry in firsts:
            inside = [
                o
                for o in firsts
                if entry["time"] <= o["time"] <= entry["time"] + window and o["at"] >= entry["at"]
            ]
            if len(inside) < least:
                continue
            shown = tuple(
                o["at"] for o in rows
                if o["path"] and o["new"] and o[side] == account and entry["time"] <= o["time"] <= entry["time"] + window
            )  # fmt: skip
            surprise = own(ledger, [o["time"] for o in firsts], entry["time"], entry["time"] + window, len(inside),
                           usual(ledger, rows, entry["time"])["rate"])  # fmt: skip
            if surprise >= ledger.surroundings.least_surprise:
                found.append((shown, account, surprise, entry["time"]))
    return best(ledger, found, lambda entry: entry[1])


def cycles(ledger: Ledger, most: int) -> set[tuple[int, ...]]:
    """All time-ordered cycles by walking every path, without pruning."""
    rows = [o for o in history(ledger) if o["path"]]
    found: set[tuple[int, ...]] = set()

    def walk(path: list[dict]) -> None:
        last = path[-1]
        for entry in rows:
            if entry["payer"] != last["payee"] or entry["time"] <= last["time"]:
                continue
            if entry["time"] > path[0]["time"] + ledger.surroundings.window:
                continue
            if entry["payee"] == path[0]["payer"]:
                found.add(tuple(o["at"] for o in [*path, entry]))
            elif len(path) + 1 < most and entry["payee"] not in {o["payer"] for o in path} | {last["payee"]}:
                walk([*path, entry])

    for entry in rows:
        walk([entry])
    return found


def pairs_within(rows: list[dict]):
    return combinations(rows, 2)
