"""The hidden networks: five structures (Williams), each spread over three stages and leaving five kinds of
trace."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analytics.training.people import TOWNS, People
from analytics.training.settings import NetworkSettings, Rng, Row, read_settings, seed_stream

STAGES = list(TOWNS)


@dataclass
class Network:
    """Members are indices into People; a tie is (member, member, first day, last day, events), by
    position."""

    name: str
    kind: str
    members: np.ndarray
    stages: list[str]
    roles: list[str]
    ties: list[tuple[int, int, int, int, int]] = field(default_factory=list)

    def truth(self, people: People) -> Row:
        """What a trainer needs to score a class: who, which stage, which role, which ties."""
        listed = [
            {
                "account": people.account[int(who)].as_py(),
                "holder": people.holder[int(who)].as_py(),
                "contact": people.contact[int(who)].as_py(),
                "stage": stage,
                "role": role,
            }
            for who, stage, role in zip(self.members, self.stages, self.roles, strict=True)
        ]
        ties = [
            {"from": a, "to": b, "first_day": s, "last_day": e, "events": n} for a, b, s, e, n in self.ties
        ]
        return {"name": self.name, "type": self.kind, "members": listed, "ties": ties}


def build_networks(seed: int, scale: float, people: People) -> list[Network]:
    """round(sqrt(scale)) networks of each kind, no person in two of them where there are people enough."""
    rng, copies = seed_stream(seed, "networks"), max(1, round(scale**0.5))
    free = rng.permutation(people.regular)
    networks, used = [], 0
    for kind, shape in read_settings()["networks"].items():
        for copy in range(copies):
            chosen = np.resize(np.roll(free, -used), shape["size"])
            used += shape["size"]
            networks.append(_network(rng, f"{kind}-{copy + 1}", kind, shape, chosen))
    return networks


def _network(rng: Rng, name: str, kind: str, shape: NetworkSettings, members: np.ndarray) -> Network:
    size, days = len(members), read_settings()["period"]["days"]
    stages = [STAGES[at * 3 // size] for at in range(size)]
    roles = ["member"] * size
    long = (60, days - 30)
    pairs: list[tuple[int, int]] = []
    if kind == "flux":  # short ties, hardly repeated
        ties = []
        for _ in range(size * 2):
            a, b = (int(at) for at in rng.choice(size, 2, replace=False))
            begin = int(rng.integers(0, days - 10))
            ties.append((a, b, begin, begin + 7, int(rng.integers(1, 3))))
        return Network(name, kind, members, stages, roles, ties)
    if kind == "broker":
        brokers = [int(at) for at in np.linspace(0, size - 1, shape["brokers"])]
        for at in range(size):
            if at not in brokers:
                pairs += [(int(broker), at) for broker in rng.choice(brokers, 2, replace=False)]
        for at in brokers:
            roles[at] = "broker"
    elif kind == "chain":
        width = size // shape["cliques"]
        groups = [list(range(at, at + width)) for at in range(0, width * shape["cliques"], width)]
        pairs = [(a, b) for group in groups for a in group for b in group if a < b]
        for left, right in zip(groups, groups[1:], strict=False):
            pairs.append((left[-1], right[0]))
            roles[left[-1]] = roles[right[0]] = "bridge"
    elif kind == "mesh":
        pairs = [(a, b) for a in range(size) for b in range(a + 1, size) if b == a + 1 or rng.random() < 0.35]
    else:  # core: a dense steering core, tasks at its edge
        core = [int(at) for at in np.linspace(0, size - 1, shape["leaders"])]
        pairs = [(a, b) for a in core for b in core if a < b]
        for at in range(size):
            if at in core:
                roles[at] = "leader"
            else:
                pairs += [(int(to), at) for to in rng.choice(core, int(rng.integers(1, 3)), replace=False)]
    ties = [(a, b, *long, int(rng.integers(6, 15))) for a, b in pairs]
    return Network(name, kind, members, stages, roles, ties)
