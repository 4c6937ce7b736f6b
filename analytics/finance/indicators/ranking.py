"""From indicators to leads: what speaks for and against an account, how common it is, and how often such a
lead is wrong."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.finance.indicators.find import Indicators

_FULL_BITS = 6  # an indicator that one account in 64 shows, or fewer, counts in full


@dataclass(frozen=True)
class LeadParameters:
    """`min_families`: indicators of so many families make a lead, for no single one proves anything.
    `second`: what a further indicator of a family already counted adds, as a share of its weight. `doubt`: an
    account with indicators of a victim is a lead on an organiser only where those of an organiser are so many
    times as strong."""

    min_families: int = 2
    second: float = 0.5
    doubt: float = 2.0

    def __post_init__(self) -> None:
        if self.min_families < 1 or not 0 <= self.second <= 1 or self.doubt < 0:
            raise ValueError("min_families is at least 1, second a share, and doubt 0 or more.")


def rank_indicator_leads(
    found: Indicators, side: str = "organiser", parameters: LeadParameters = LeadParameters()
) -> pd.DataFrame:
    """Accounts ranked by what speaks for a side ('organiser' or 'victim') less what speaks against.

    Columns: rank, account, score, indicators (how many), families, for_hits and against_hits (lists of
    `hits.hit`), reason. An indicator counts weight x min(1, bits / 6), bits = -log2(share of accounts that
    show it): what many show says little. What speaks against counts its full weight, once a family.
    Indicators that another takes over change sides first. No account is on both sides: one with indicators of
    a victim stays on that side, with all of them, unless those of an organiser are `doubt` times as
    strong."""
    if side not in ("organiser", "victim"):
        raise ValueError("side is 'organiser' or 'victim'.")
    hits = _apply_takeovers(found)
    rare = hits.weight * hits.rule.map(_rarity(found)).astype(float)
    scored = hits.assign(points=rare.where(hits.side != "against", hits.weight))
    points = {
        name: _scores(scored[scored.side == name], parameters).points for name in ("organiser", "victim")
    }
    suspect, victim = (
        points[name].reindex(scored.account).fillna(0).to_numpy() for name in ("organiser", "victim")
    )
    left_to_victims = (victim > 0) & (suspect < parameters.doubt * victim)
    counted = (scored.side != "against") & (left_to_victims == (side == "victim"))
    if side == "victim":
        counted &= victim > 0
    else:
        counted &= scored.side == "organiser"
    own = _scores(scored[counted], parameters)
    against = _scores(scored[scored.side == "against"], parameters).reindex(own.index)
    own = own.assign(
        score=own.points - against.points.fillna(0),
        against=[hits if isinstance(hits, list) else [] for hits in against.hits],
    )
    own = own[own.families >= parameters.min_families].reset_index()
    own = own.sort_values(["score", "account"], ascending=[False, True], ignore_index=True)
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(own) + 1),
            "account": own.account,
            "score": own.score,
            "indicators": own.indicators,
            "families": own.families,
            "for_hits": own.hits,
            "against_hits": own.against,
            "reason": own.why,
        }
    )


def count_combinations(found: Indicators, size: int = 2) -> pd.DataFrame:
    """How common each combination of indicators is here: rules (a tuple), accounts, share, expected
    (accounts, if they were independent) and ratio; the rarest against expectation last. What speaks against
    is left out."""
    hits = found.hits[found.hits.side != "against"]
    total = max(1, len(found.accounts))
    share = hits.groupby("rule").account.nunique() / total
    seen: dict[tuple[str, ...], int] = {}
    for rules in hits.groupby("account").rule.agg(lambda codes: sorted(set(codes))):
        for combination in itertools.combinations(rules, size):
            seen[combination] = seen.get(combination, 0) + 1
    table = pd.DataFrame({"rules": list(seen), "accounts": list(seen.values())})
    table["share"] = table.accounts / total
    table["expected"] = [total * float(np.prod([share[rule] for rule in rules])) for rules in table.rules]
    table["ratio"] = table.accounts / table.expected
    return table.sort_values(["accounts", "rules"], ascending=[False, True], ignore_index=True)


def estimate_false_leads(
    flagged: int, accounts: int, base_rate: float, sensitivity: float = 0.5
) -> dict[str, float]:
    """Of `flagged` accounts among `accounts`, how many must be wrong where one in 1 / `base_rate` is involved
    and the rule finds the share `sensitivity` of them.

    true (at most), false (at least), wrong (their share) and per_true (leads to read for each true one). Both
    rates are the user's assumptions: the data do not show them. Raises ValueError outside 0 to 1."""
    if not (0 <= base_rate <= 1 and 0 <= sensitivity <= 1) or not 0 <= flagged <= accounts:
        raise ValueError("Rates lie between 0 and 1, and no more accounts are flagged than there are.")
    true = min(float(flagged), accounts * base_rate * sensitivity)
    return {
        "true": true,
        "false": flagged - true,
        "wrong": (flagged - true) / flagged if flagged else 0.0,
        "per_true": flagged / true if true else float("inf"),
    }


def _apply_takeovers(found: Indicators) -> pd.DataFrame:
    """The hits, each on the side where it counts for its account."""
    hits = found.hits.copy()
    for rule in found.rule_set.rules:
        if rule.takes_over:
            accounts = hits.account[hits.rule == rule.code]
            hits.loc[hits.account.isin(accounts) & hits.rule.isin(rule.takes_over), "side"] = rule.side
    return hits


def _rarity(found: Indicators) -> dict[str, float]:
    share = found.rules.set_index("rule").share.clip(lower=1e-9)
    return dict(np.minimum(1, -np.log2(share) / _FULL_BITS))


def _scores(hits: pd.DataFrame, parameters: LeadParameters) -> pd.DataFrame:
    """By account: points (the best of each family in full, the next in part), indicators, families, hits,
    why."""
    ordered = hits.sort_values(["account", "points", "rule"], ascending=[True, False, True])
    place = ordered.groupby(["account", "family"]).cumcount()
    factor = np.select([place == 0, place == 1], [1.0, parameters.second], 0.0)
    ordered = ordered.assign(points=ordered.points * factor)
    return ordered.groupby("account").agg(
        points=("points", "sum"),
        indicators=("rule", "nunique"),
        families=("family", "nunique"),
        hits=("hit", list),
        why=("why", "; ".join),
    )
