"""Every detector again, slow and plain: dictionaries and loops over all combinations, no arrays, no joins."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import combinations

from scipy import stats

from analytics.finance.typologies.engine.timed_ledger import TimedLedger
from analytics.finance.typologies.parameters import Parameters

DAY = 86_400_000_000


def rows_of(ledger: TimedLedger) -> list[dict]:
    """The ledger's transactions as dictionaries, with nothing derived."""

    def text(name, k):
        codes = ledger.texts.get(name)
        return None if codes is None or codes[k] < 0 else ledger.words[name][codes[k]]

    return [
        {
            "at": k,
            "time": int(ledger.time[k]),
            "payer": int(ledger.payer[k]),
            "payee": int(ledger.payee[k]),
            "amount": None if ledger.amount is None or ledger.amount[k] < 0 else int(ledger.amount[k]),
            **{name: text(name, k) for name in ("currency", "channel", "place", "merchant_category")},
        }
        for k in range(len(ledger))
    ]


def history(ledger: TimedLedger) -> list[dict]:
    """rows_of with `between`, `new`, `first`, `pair_count`, `path` worked out pair by pair."""
    rows, around = rows_of(ledger), ledger.surroundings
    pairs = defaultdict(list)
    for entry in rows:
        named = entry["payer"] >= 0 and entry["payee"] >= 0
        entry["between"] = named and entry["payer"] != entry["payee"] and entry["amount"] != 0
        entry["between"] &= not is_purchase(ledger, entry)
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


def is_purchase(ledger: TimedLedger, entry: dict) -> bool:
    through = entry["channel"] is None or entry["channel"].lower() in ledger.surroundings.purchase_channels
    return (
        through
        and entry["merchant_category"] is not None
        and entry["merchant_category"] not in ledger.surroundings.money_categories
    )


def _is_hub(ledger: TimedLedger, rows: list[dict], entry: dict, side: str) -> bool:
    around = ledger.surroundings
    block = (entry["time"] - ledger.begin) // around.history
    since = ledger.begin + max(block - 1, 0) * around.history
    stop = min(ledger.begin + (block + 1) * around.history, ledger.end + 1)
    met = [
        o["time"]
        for o in rows
        if o["between"]
        and o[side] == entry[side]
        and since <= o["time"] < stop
        and (o["previous"] is None or o["previous"] < since)
    ]
    busiest = max((sum(t - around.window <= o <= t for o in met) for t in met), default=0)
    observed = max(stop - since - around.window, around.window)
    return len(met) - busiest > around.hub_counterparties / (28 * DAY) * observed


def amount_surprise(ledger: TimedLedger, entry: dict) -> float:
    def comparable(o):
        return o["payer"] == entry["payer"] and o["currency"] == entry["currency"] and (o["amount"] or 0) > 0

    if entry["payer"] < 0 or entry["currency"] is None or not comparable(entry):
        return 0.0
    near = [
        o["amount"]
        for o in rows_of(ledger)
        if comparable(o)
        and o["at"] != entry["at"]
        and abs(o["time"] - entry["time"]) <= ledger.surroundings.history
    ]
    larger = sum((1 if a > entry["amount"] else 0.5 if a == entry["amount"] else 0) for a in near) + 0.5
    return math.log10(stats.beta.pdf(larger / (len(near) + 1), 0.5, 1))


def block(ledger: TimedLedger, time: int) -> int:
    return (time - ledger.begin) // ledger.surroundings.history


def baseline(ledger: TimedLedger, rows: list[dict], time: int) -> dict:
    """The baseline of the block of `time`."""
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
        "events": len(firsts),
        "rate": len(firsts) / max(len(active), 1) / length,
        "flow": len(inside) / max(len(active), 1) / length,
        "through": max(through, 1) / squared,
        "same_payee": max(same, 1) / squared,
    }


def burst(count: int, window: float, rest: int, exposure: float, rate: float) -> float:
    """Negative binomial tail, as SciPy has it."""
    q = window / (window + exposure + 1 / rate)
    return -stats.nbinom.logsf(count - 1, rest + 1, 1 - q) / math.log(10)


def own(ledger: TimedLedger, times: list[int], since: int, until: int, count: int, rate: float) -> float:
    around = ledger.surroundings
    low, high = max(since - around.history, ledger.begin), min(until + around.history, ledger.end)
    rest = sum(low <= t <= high for t in times) - count
    exposure = max(high - low - around.window, around.window)
    return burst(count, around.window, rest, exposure, max(rate, 1e-30))


def poisson(count: int, expected: float) -> float:
    return max(-stats.poisson.logsf(count - 1, expected) / math.log(10), 0)


def product(log_sum: float, steps: int) -> float:
    return -stats.gamma.logsf(log_sum, steps) / math.log(10) if steps > 0 and log_sum > 0 else 0.0


def best_of_each(found: list[tuple], key) -> list[tuple]:
    """Of (rows, account, surprise, anchor) the most surprising per key; of equal ones the earliest."""
    chosen: dict = {}
    for entry in sorted(found, key=lambda e: e[3]):
        if key(entry) not in chosen or entry[2] > chosen[key(entry)][2] + 1e-9:
            chosen[key(entry)] = entry
    return list(chosen.values())


def best(ledger: TimedLedger, found: list[tuple], key) -> list[tuple]:
    """Of (rows, account, surprise, anchor) the most surprising per key and block; of equal ones the
    earliest."""
    chosen: dict = {}
    for entry in found:
        place = (key(entry), block(ledger, entry[3]))
        if place not in chosen or entry[2] > chosen[place][2] + 1e-9:
            chosen[place] = entry
    return list(chosen.values())


def fan(ledger: TimedLedger, parameters: Parameters, side: str, least: int) -> list[tuple]:
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
                o["at"]
                for o in rows
                if o["path"]
                and o["new"]
                and o[side] == account
                and entry["time"] <= o["time"] <= entry["time"] + window
            )
            surprise = own(
                ledger,
                [o["time"] for o in firsts],
                entry["time"],
                entry["time"] + window,
                len(inside),
                baseline(ledger, rows, entry["time"])["rate"],
            )
            if surprise >= ledger.surroundings.min_surprise:
                found.append((shown, account, surprise, entry["time"]))
    return best(ledger, found, lambda entry: entry[1])


def cycles(ledger: TimedLedger, most: int) -> set[tuple[int, ...]]:
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


def gather_scatter(ledger: TimedLedger, parameters: Parameters) -> list[tuple]:
    rows, window, wanted = history(ledger), ledger.surroundings.window, parameters.sections["gather_scatter"]
    found = []
    for account in range(len(ledger.accounts)):
        ins = [o for o in rows if o["path"] and o["first"] and o["payee"] == account]
        outs = [o for o in rows if o["path"] and o["first"] and o["payer"] == account]
        for split in sorted({o["time"] for o in ins}):
            came = [o for o in ins if split - window <= o["time"] <= split]
            went = [o for o in outs if split < o["time"] <= split + window]
            if len(came) < wanted.min_payers or len(went) < wanted.min_payees:
                continue
            normal = baseline(ledger, rows, split)
            both = len({o["payer"] for o in came} & {o["payee"] for o in went})
            surprise = (
                own(ledger, [o["time"] for o in ins], split - window, split, len(came), normal["rate"])
                + own(ledger, [o["time"] for o in outs], split + 1, split + window, len(went), normal["rate"])
                + (poisson(both, len(came) * len(went) * normal["through"]) if both else 0)
            )
            shown = [
                o["at"]
                for o in rows
                if o["path"]
                and o["new"]
                and (
                    (o["payee"] == account and split - window <= o["time"] <= split)
                    or (o["payer"] == account and split < o["time"] <= split + window)
                )
            ]
            if surprise >= ledger.surroundings.min_surprise:
                found.append((tuple(shown), account, surprise, split))
    return best(ledger, found, lambda entry: entry[1])


def scatter_gather(ledger: TimedLedger, parameters: Parameters) -> list[tuple]:
    rows, window, wanted = history(ledger), ledger.surroundings.window, parameters.sections["scatter_gather"]
    span = int(wanted.span_days * DAY)
    firsts = [o for o in rows if o["path"] and o["first"]]
    legs = defaultdict(list)
    for one in firsts:
        for two in firsts:
            if one["payee"] == two["payer"] and one["time"] < two["time"] <= one["time"] + window:
                legs[one["payer"], two["payee"]].append((one, two))
    found = []
    for (source, sink), pairs in legs.items():
        pairs.sort(key=lambda p: (p[0]["time"], p[0]["at"], p[1]["at"]))
        for k, (start, _) in enumerate(pairs):
            inside = [
                (one, two)
                for one, two in pairs[k:]
                if one["time"] <= start["time"] + window and two["time"] <= start["time"] + span
            ]
            middle = {one["payee"] for one, _ in inside}
            if len(middle) < wanted.min_middlemen:
                continue
            paid = sum(
                o["payer"] == source and start["time"] <= o["time"] <= start["time"] + window for o in firsts
            )
            got = sum(
                o["payee"] == sink and start["time"] <= o["time"] <= start["time"] + span for o in firsts
            )
            surprise = poisson(len(middle), paid * got * baseline(ledger, rows, start["time"])["through"])
            shown = tuple(sorted({o["at"] for pair in inside for o in pair}))
            if surprise >= ledger.surroundings.min_surprise:
                found.append((shown, source, surprise, start["time"], sink))
    return [entry[:4] for entry in best(ledger, found, lambda entry: (entry[1], entry[4]))]


def bipartite(ledger: TimedLedger, parameters: Parameters) -> list[tuple]:
    rows, window = history(ledger), ledger.surroundings.window
    firsts = [o for o in rows if o["path"] and o["first"]]
    meets = defaultdict(list)
    for one in firsts:
        for two in firsts:
            if (
                one["payee"] == two["payee"]
                and one["payer"] < two["payer"]
                and abs(one["time"] - two["time"]) <= window
            ):
                meets[one["payer"], two["payer"]].append((one, two))
    groups: list[dict] = []
    for (left, right), pairs in meets.items():
        for begun in {min(one["time"], two["time"]) for one, two in pairs}:
            # every start of a window, with what starts no earlier in the order of the pairs
            ordered = sorted(pairs, key=lambda p: (min(p[0]["time"], p[1]["time"]), p[0]["at"], p[1]["at"]))
            for k, pair in enumerate(ordered):
                if min(pair[0]["time"], pair[1]["time"]) != begun:
                    continue
                inside = [p for p in ordered[k:] if max(p[0]["time"], p[1]["time"]) <= begun + window]
                payees = {one["payee"] for one, _ in inside}
                if len(payees) < parameters.sections["bipartite"].min_shared_payees:
                    continue
                paid = [
                    sum(o["payer"] == who and begun <= o["time"] <= begun + window for o in firsts)
                    for who in (left, right)
                ]
                surprise = poisson(
                    len(payees), paid[0] * paid[1] * baseline(ledger, rows, begun)["same_payee"]
                )
                if surprise >= ledger.surroundings.min_surprise:
                    groups.append(
                        {
                            "rows": {o["at"] for p in inside for o in p},
                            "surprise": surprise,
                            "anchor": begun,
                            "block": block(ledger, begun),
                        }
                    )
    merged = True
    while merged:  # until no two groups of a block share a transaction
        merged = False
        for one, two in combinations(groups, 2):
            if one["block"] == two["block"] and one["rows"] & two["rows"]:
                one["rows"] |= two["rows"]
                one["surprise"], one["anchor"] = (
                    max(one["surprise"], two["surprise"]),
                    min(one["anchor"], two["anchor"]),
                )
                groups.remove(two)
                merged = True
                break
    found = []
    for group in groups:
        payers = [int(ledger.payer[k]) for k in group["rows"]]
        account = min(set(payers), key=lambda who: (-payers.count(who), who))
        found.append((tuple(sorted(group["rows"])), account, group["surprise"], group["anchor"]))
    return found


def stack(ledger: TimedLedger, parameters: Parameters) -> list[tuple]:
    layers, times = bipartite(ledger, parameters), [int(t) for t in ledger.time]
    found = []
    for upper in layers:
        for lower in layers:
            if upper is lower or block(ledger, upper[3]) != block(ledger, lower[3]):
                continue
            middle = {
                int(ledger.payee[came])
                for came in upper[0]
                for went in lower[0]
                if ledger.payee[came] == ledger.payer[went] and times[came] < times[went]
            }
            shown = tuple(sorted({*upper[0], *lower[0]}))
            span = max(times[k] for k in shown) - min(times[k] for k in shown)
            if (
                len(middle) >= parameters.sections["stack"].min_middlemen
                and span <= parameters.sections["stack"].span_days * DAY
            ):
                found.append((shown, upper[1], upper[2] + lower[2], min(upper[3], lower[3])))
    return found


def rings(ledger: TimedLedger, most: int) -> set[tuple[int, ...]]:
    """All circles of new pairs within a window that no rotation puts in order of time."""
    firsts = [o for o in history(ledger) if o["path"] and o["first"]]
    found: set[tuple[int, ...]] = set()

    def walk(path: list[dict]) -> None:
        for entry in firsts:
            if entry["payer"] != path[-1]["payee"] or entry["at"] <= path[0]["at"]:
                continue
            if entry["time"] > path[0]["time"] + ledger.surroundings.window:
                continue
            if entry["payee"] == path[0]["payer"]:
                circle = [*path, entry]
                times = [o["time"] for o in circle]
                if len(circle) > 2 and not all(a < b for a, b in zip(times, times[1:], strict=False)):
                    found.add(tuple(sorted(o["at"] for o in circle)))
            elif len(path) + 1 < most and entry["payee"] not in {o["payer"] for o in path} | {
                path[-1]["payee"]
            }:
                walk([*path, entry])

    for entry in firsts:
        walk([entry])
    return found


def best_chain(ledger: TimedLedger, parameters: Parameters) -> dict[int, tuple[float, bool]]:
    """For each last payment (its position) the surprise of the best chain that leads up to it, by trying them
    all, and whether that chain passes no account twice."""
    rows, wanted = history(ledger), parameters.sections["chain"]
    firsts = [o for o in rows if o["path"] and o["first"]]
    around = ledger.surroundings

    def step(came: dict, went: dict) -> float:
        def near(o, at):
            low, high = max(at - around.history, ledger.begin), min(at + around.history, ledger.end)
            return low <= o["time"] <= high, high - low

        who = went["payer"]
        paid = sum(o["payer"] == who and near(o, went["time"])[0] for o in firsts)
        length = near(went, went["time"])[1]
        rate = paid / (length + 1 / max(baseline(ledger, rows, went["time"])["rate"], 1e-30))
        others = sum(o["payee"] == who and near(o, came["time"])[0] for o in firsts) - 1
        average = baseline(ledger, rows, came["time"])["rate"] * near(came, came["time"])[1]
        quiet = math.log((average + 1) / (others + 0.5))
        return -math.log(-math.expm1(-rate * (went["time"] - came["time"]))) + quiet

    best_of: dict[int, tuple[float, bool]] = {}

    def walk(path: list[dict], total: float) -> None:
        if len(path) >= wanted.min_edges:
            accounts = [*(o["payer"] for o in path), path[-1]["payee"]]
            candidate = (product(total, len(path) - 1), len(set(accounts)) == len(accounts))
            best_of[path[-1]["at"]] = max(best_of.get(path[-1]["at"], (0.0, False)), candidate)
        if len(path) == wanted.max_edges:
            return
        for entry in firsts:
            if entry["payer"] == path[-1]["payee"] and 0 < entry["time"] - path[-1]["time"] <= around.window:
                more = total + step(path[-1], entry)
                if more >= 0:
                    walk([*path, entry], more)

    for entry in firsts:
        walk([entry], 0.0)
    return best_of


def structuring(ledger: TimedLedger, parameters: Parameters) -> list[tuple]:
    wanted, window = (
        parameters.sections["structuring"],
        int(parameters.sections["structuring"].window_days * DAY),
    )
    judged = [
        o
        for o in rows_of(ledger)
        if o["payee"] >= 0
        and o["amount"]
        and o["currency"] in wanted.line_minor
        and (o["channel"] or "").lower() == "cash"
    ]
    for entry in judged:
        line = wanted.line_minor[entry["currency"]]
        entry["near"] = math.ceil(wanted.nearness * line) <= entry["amount"] < line
    found = []
    for entry in judged:
        same = [o for o in judged if o["currency"] == entry["currency"]]
        others = [o for o in same if o["payee"] != entry["payee"]]
        inside = [
            o
            for o in same
            if o["payee"] == entry["payee"] and entry["time"] <= o["time"] <= entry["time"] + window
        ]
        near = [o for o in inside if o["near"]]
        share = min((sum(o["near"] for o in others) + 1) / (len(others) + 20), 1)
        surprise = -stats.binom.logsf(len(near) - 1, len(inside), share) / math.log(10)
        enough = entry["near"] and len(near) >= wanted.min_payments
        if enough and surprise >= ledger.surroundings.min_surprise:
            found.append(
                (tuple(o["at"] for o in near), entry["payee"], surprise, entry["time"], entry["currency"])
            )
    return [entry[:4] for entry in best(ledger, found, lambda entry: (entry[1], entry[4]))]


def pass_through(ledger: TimedLedger, parameters: Parameters) -> list[tuple]:
    wanted, around = parameters.sections["pass_through"], ledger.surroundings
    reach = int(wanted.within_hours * DAY / 24)
    rows = [o for o in history(ledger) if o["path"] and o["amount"] and o["currency"]]
    used, matched = set(), defaultdict(list)
    for came in rows:
        for went in rows:
            fits = (
                went["payer"] == came["payee"]
                and went["payee"] != came["payer"]
                and went["currency"] == came["currency"]
                and came["time"] < went["time"] <= came["time"] + reach
                and wanted.min_share * came["amount"] <= went["amount"] <= wanted.max_share * came["amount"]
            )
            if fits and went["at"] not in used:
                used.add(went["at"])
                low, high = (
                    max(came["time"] - around.history, ledger.begin),
                    min(came["time"] + around.history, ledger.end),
                )
                fitting = sum(
                    o["payer"] == came["payee"]
                    and low <= o["time"] <= high
                    and o["currency"] == came["currency"]
                    and wanted.min_share * came["amount"] <= o["amount"] <= wanted.max_share * came["amount"]
                    for o in rows
                )
                expected = max(fitting - 1, 0.5) * reach / max(high - low, reach)
                matched[came["payee"], block(ledger, came["time"])].append((came, went, expected))
                break
    found = []
    for (account, _), pairs in matched.items():
        surprise = poisson(len(pairs), sum(expected for *_, expected in pairs))
        if len(pairs) >= wanted.min_times and surprise >= around.min_surprise:
            shown = tuple(sorted({o["at"] for pair in pairs for o in pair[:2]}))
            found.append((shown, account, surprise, min(pair[0]["time"] for pair in pairs)))
    return found


def windows(
    ledger: TimedLedger, rows: list[dict], group: str, thing: str, least: int, window: int
) -> list[tuple]:
    """The most surprising window of each group and block, by how many different things it holds."""
    around = ledger.surroundings
    everything = {(o[group], o[thing]) for o in rows}
    rate = len(everything) / max(len({g for g, _ in everything}), 1) / max(ledger.end - ledger.begin, window)
    found = []
    for entry in rows:
        own_rows = [o for o in rows if o[group] == entry[group]]
        start, stop = entry["time"], entry["time"] + window
        inside = [o for o in own_rows if o["at"] >= entry["at"] and start <= o["time"] <= stop]
        met = {o[thing] for o in inside}
        if len(met) < least:
            continue
        low, high = max(start - around.history, ledger.begin), min(stop + around.history, ledger.end)
        rest = {o[thing] for o in own_rows if low <= o["time"] < start or stop < o["time"] <= high}
        surprise = burst(len(met), window, len(rest), max(high - low - window, window), rate)
        if surprise >= around.min_surprise:
            found.append((tuple(o["at"] for o in inside), entry[group], surprise, start))
    return best(ledger, found, lambda entry: entry[1])


def remittance(ledger: TimedLedger, parameters: Parameters) -> list[tuple]:
    rows = [
        o for o in rows_of(ledger) if o["channel"] == "remittance" and o["payer"] >= 0 and o["payee"] >= 0
    ]
    rows = [o for o in rows if o["payer"] != o["payee"]]
    wanted = parameters.sections["remittance"]
    found = windows(ledger, rows, "payee", "payer", wanted.min_payers, int(wanted.window_days * DAY))
    return best_of_each(found, lambda entry: entry[1])


def third_party(ledger: TimedLedger, parameters: Parameters) -> list[tuple]:
    """`phone` and `holder` of the ledger are codes by account; an account without a holder is a holder of its
    own."""
    rows = [o for o in rows_of(ledger) if o["payer"] >= 0 and ledger.phone[o["payer"]] >= 0]
    for entry in rows:
        holder = -1 if ledger.holder is None else int(ledger.holder[entry["payer"]])
        entry["phone"], entry["holder"] = (
            int(ledger.phone[entry["payer"]]),
            (holder, entry["payer"] if holder < 0 else -1),
        )
    wanted = parameters.sections["third_party"]
    found = windows(ledger, rows, "phone", "holder", wanted.min_accounts, int(wanted.window_days * DAY))
    found = best_of_each(
        [entry for entry in found if not household(ledger, entry[0])], lambda entry: entry[1]
    )
    return [(shown, int(ledger.payer[shown[0]]), surprise, begun) for shown, _, surprise, begun in found]


def household(ledger: TimedLedger, rows: tuple[int, ...]) -> bool:
    """Half of those who pay, two at least, bear one family name."""
    if ledger.holder is None:
        return False
    payers = {int(ledger.payer[row]) for row in rows}
    names = [
        ledger.words["holder"][ledger.holder[who]].split()[-1].lower()
        for who in payers
        if ledger.holder[who] >= 0
    ]
    return any(names.count(name) >= max(2, len(payers) / 2) for name in names)


def funnel(ledger: TimedLedger, parameters: Parameters) -> list[tuple]:
    wanted, window = parameters.sections["funnel"], int(parameters.sections["funnel"].window_days * DAY)
    rows = [o for o in rows_of(ledger) if o["place"] and o["payer"] != o["payee"]]
    paid_in = [o for o in rows if o["payee"] >= 0 and (o["channel"] or "").lower() == "cash"]
    found = []
    for shown, account, surprise, begun in windows(
        ledger, paid_in, "payee", "place", wanted.min_places, window
    ):
        drawn = [o for o in rows if o["payer"] == account and begun < o["time"] <= begun + 2 * window]
        if len({o["place"] for o in drawn}) == 1:
            found.append((tuple(sorted([*shown, *(o["at"] for o in drawn)])), account, surprise, begun))
    return best_of_each(found, lambda entry: entry[1])


def dormant(ledger: TimedLedger, parameters: Parameters) -> list[tuple]:
    """Every silence that ends, how many payments follow, and the chance that one more does."""
    wanted = parameters.sections["dormant"]
    rows = [o for o in rows_of(ledger) if not is_purchase(ledger, o)]
    quiet, window = int(wanted.quiet_days * DAY), int(wanted.window_days * DAY)
    ended = []
    for account in range(len(ledger.accounts)):
        mine = [o for o in rows if account in (o["payer"], o["payee"])]
        for k, entry in enumerate(mine):
            before = mine[k - 1]["time"] if k else min(int(ledger.since[account]), entry["time"])
            busy = [o for o in mine if entry["time"] <= o["time"] <= entry["time"] + window]
            if entry["time"] - before >= quiet:
                ended.append((tuple(o["at"] for o in busy), account, entry["time"]))
    went_on = stopped = 1
    for busy, _, _ in ended:
        for number in range(1, wanted.min_payments):  # after the first, the second, ...: another one, or none
            if len(busy) >= number:
                went_on += len(busy) > number
                stopped += len(busy) == number
    one_more = went_on / (went_on + stopped)
    found = [
        (busy, account, -math.log10(one_more ** (len(busy) - 1)), begun) for busy, account, begun in ended
    ]
    return [
        entry
        for entry in found
        if len(entry[0]) >= wanted.min_payments and entry[2] >= ledger.surroundings.min_surprise
    ]
