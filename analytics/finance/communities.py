"""Groups of accounts that pay one another more than chance would have it (Leiden, Traag et al. 2019, by
igraph)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.finance.payments import OUTSIDE, Payments, read_payments
from analytics.finance.tables import Table
from analytics.finance.trace import count_counterparties
from analytics.shared.graph_library import igraph, seeded_igraph
from analytics.shared.progress import Progress, ignore_progress

_MIN_GAIN = 1e-4  # of modularity, for which another pass is made


@dataclass(frozen=True)
class CommunityParameters:
    """`resolution` above 1 gives smaller groups. Accounts with more than `hub_counterparties` counterparties
    (shops, payrolls) tie everyone to everyone: they are left out and reported. `shuffles`: random payments
    between accounts that keep their number of counterparties, with which modularity is compared."""

    resolution: float = 1.0
    hub_counterparties: int = 50
    min_accounts: int = 3
    shuffles: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        if self.resolution <= 0 or self.hub_counterparties < 1 or self.min_accounts < 2 or self.shuffles < 0:
            raise ValueError(
                "The bounds of communities must be above 0, and a community has at least 2 accounts."
            )


@dataclass(frozen=True)
class Communities:
    """`accounts`: account, community (1 is the largest; 0: none), inside (payments within the community),
    outside. `communities`: community, accounts, payments, inside_share (of its accounts' payments), first,
    last. `hubs`: account, counterparties. `modularity` against `modularity_by_chance` (mean, and `above`: in
    standard deviations; missing without shuffles): near 0, the groups are what any random payments would
    show."""

    accounts: pd.DataFrame
    communities: pd.DataFrame
    hubs: pd.DataFrame
    modularity: float
    modularity_by_chance: float | None
    above: float | None
    parameters: CommunityParameters


def find_communities(
    transactions: Table,
    parameters: CommunityParameters = CommunityParameters(),
    *,
    progress: Progress = ignore_progress,
) -> Communities:
    """Communities of accounts. A tie weighs log(1 + payments between the two), either way: amounts of
    different currencies cannot be compared, and one large payment is no habit. The same seed gives the same
    groups. `progress(step, share done)` is called between the steps, and may raise to stop."""
    progress("Reading the payments", 0.0)
    data = read_payments(transactions)
    counterparties = count_counterparties(data.table, len(data.accounts))
    hub = counterparties > parameters.hub_counterparties
    payments = data.table
    payer, payee = payments.payer.to_numpy(), payments.payee.to_numpy()
    used = (payer != payee) & (payer != OUTSIDE) & (payee != OUTSIDE) & ~hub[payer] & ~hub[payee]
    left, right = np.minimum(payer, payee)[used], np.maximum(payer, payee)[used]
    both, times = np.unique(left.astype(np.int64) * max(len(counterparties), 1) + right, return_counts=True)
    pairs = np.column_stack(np.divmod(both, max(len(counterparties), 1)))
    weight = np.log1p(times)
    searching = 0.8 if parameters.shuffles == 0 else 0.2
    member, modularity = _leiden(
        len(data.accounts),
        pairs,
        weight,
        parameters.seed,
        parameters,
        lambda turn: progress(f"Finding communities, pass {turn}", 0.1 + searching * turn / (turn + 3)),
    )
    chance = _by_chance(
        len(data.accounts),
        pairs,
        weight,
        parameters,
        lambda share: progress("Comparing with shuffled payments", 0.3 + 0.6 * share),
    )
    progress("Counting what stays inside", 0.95)
    number = _number_communities(
        member, np.bincount(np.r_[left, right], minlength=len(member)) > 0, parameters.min_accounts
    )
    accounts = _account_table(data, number, payer, payee)
    above = (modularity - chance.mean()) / chance.std() if len(chance) > 1 and chance.std() > 0 else None
    hubs = pd.DataFrame({"account": data.accounts[hub], "counterparties": counterparties[hub]})
    return Communities(
        accounts,
        _community_table(payments, number, payer, payee),
        hubs.sort_values(["counterparties", "account"], ascending=[False, True], ignore_index=True),
        modularity,
        float(chance.mean()) if len(chance) else None,
        above,
        parameters,
    )


def _leiden(
    count: int,
    pairs: np.ndarray,
    weight: np.ndarray,
    seed: int,
    parameters: CommunityParameters,
    progress: Callable[[int], None] = lambda turn: None,
) -> tuple[np.ndarray, float]:
    """Pass after pass until one adds hardly any modularity; between two of them others may run, and the work
    be stopped."""
    graph = igraph.Graph(n=count, edges=pairs)
    if not len(pairs):
        return np.arange(count), 0.0
    weights, modularity, gain, turn = weight.tolist(), -1.0, 1.0, 0
    member: list[int] | None = None
    with seeded_igraph(seed):
        while gain > _MIN_GAIN:
            turn += 1
            progress(turn)
            found = graph.community_leiden(
                "modularity",
                weights=weights,
                resolution=parameters.resolution,
                n_iterations=1,
                initial_membership=member,
            )
            reached = float(
                graph.modularity(found.membership, weights=weights, resolution=parameters.resolution)
            )
            gain, modularity, member = reached - modularity, reached, found.membership
    return np.array(member), float(graph.modularity(member, weights=weights))


def _by_chance(
    count: int,
    pairs: np.ndarray,
    weight: np.ndarray,
    parameters: CommunityParameters,
    progress: Callable[[float], None],
) -> np.ndarray:
    """Modularity of graphs in which every account keeps its number of counterparties and nothing else."""
    if not len(pairs):
        return np.zeros(0)
    values = []
    for shuffle in range(parameters.shuffles):
        progress((shuffle + 1) / (parameters.shuffles + 1))
        graph = igraph.Graph(n=count, edges=pairs.tolist())
        rng = np.random.default_rng([parameters.seed, shuffle])
        with seeded_igraph(int(rng.integers(2**31))):
            graph.rewire(n=10 * len(pairs))
        edges = np.array(graph.get_edgelist())
        values.append(_leiden(count, edges, rng.permutation(weight), parameters.seed, parameters)[1])
    return np.array(values)


def _number_communities(member: np.ndarray, tied: np.ndarray, min_accounts: int) -> np.ndarray:
    """Communities from 1, the largest first and then by their first account; 0 where there are too few."""
    size = np.bincount(member[tied], minlength=member.max(initial=-1) + 1)
    first = np.full(len(size), len(member))
    np.minimum.at(first, member, np.arange(len(member)))
    order = np.lexsort((first, -size))
    number = np.zeros(len(size), dtype=np.int64)
    large = order[size[order] >= min_accounts]
    number[large] = np.arange(1, len(large) + 1)
    return np.where(tied, number[member], 0) if len(member) else member


def _account_table(data: Payments, number: np.ndarray, payer: np.ndarray, payee: np.ndarray) -> pd.DataFrame:
    padded = np.append(number, 0)
    inside = (padded[payer] == padded[payee]) & (padded[payer] > 0) & (payer != payee)
    named = len(data.accounts)
    own = np.bincount(np.r_[payer[inside], payee[inside]], minlength=named)
    every = np.bincount(
        np.r_[payer[(payer >= 0) & (payer != payee)], payee[(payee >= 0) & (payer != payee)]], minlength=named
    )
    return pd.DataFrame(
        {"account": data.accounts, "community": number, "inside": own, "outside": every - own}
    )


def _community_table(
    payments: pd.DataFrame, number: np.ndarray, payer: np.ndarray, payee: np.ndarray
) -> pd.DataFrame:
    padded = np.append(number, 0)
    a, b = padded[payer], padded[payee]
    inside = (a == b) & (a > 0) & (payer != payee)
    within = payments[inside].groupby(a[inside])
    touched = pd.Series(np.r_[a[(a > 0) & (payer != payee)], b[(b > 0) & (a != b)]]).value_counts()
    table = pd.DataFrame(
        {
            "accounts": pd.Series(number[number > 0]).value_counts(),
            "payments": within.size(),
            "first": within.time.min(),
            "last": within.time.max(),
        }
    )
    table["inside_share"] = table.payments / touched
    return table.rename_axis("community").reset_index().sort_values("community", ignore_index=True)
