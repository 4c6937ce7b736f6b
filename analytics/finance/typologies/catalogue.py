"""Every detector, what it needs, and how its results are compared with chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics.finance.typologies.detectors import (
    bipartite,
    chain,
    cycle,
    dormant,
    fan,
    funnel,
    gather_scatter,
    pass_through,
    remittance,
    ring,
    scatter_gather,
    stack,
    structuring,
    third_party,
)
from analytics.finance.typologies.engine.results import Explain, Results
from analytics.finance.typologies.engine.timed_ledger import Ledger
from analytics.finance.typologies.parameters import Parameters
from analytics.store.engine import Engine


@dataclass(frozen=True)
class Detector:
    """`find` gives the results of a ledger. `needs`: columns without which the detector is off. `shuffled`:
    its results are compared with those in the shuffled ledger; otherwise its surprise counts against the
    accounts it judged. `layers`: the detector whose results it is built from, given to `find` in place of the
    engine."""

    name: str
    find: Callable[..., Results]
    explain: Explain
    needs: tuple[str, ...] = ()
    shuffled: bool = True
    layers: str | None = None


def _alone(find: Callable[[Ledger, Parameters], Results]) -> Callable[[Ledger, Parameters, Engine], Results]:
    """A detector that joins nothing, so has no use for the engine."""
    return lambda ledger, parameters, _engine: find(ledger, parameters)


DETECTORS = (
    Detector("cycle", _alone(cycle.find), cycle.explain),
    Detector("ring", _alone(ring.find), ring.explain),
    Detector("scatter-gather", scatter_gather.find, scatter_gather.explain),
    Detector("bipartite", bipartite.find, bipartite.explain),
    Detector("stack", stack.find, stack.explain, layers="bipartite"),
    Detector("gather-scatter", _alone(gather_scatter.find), gather_scatter.explain),
    Detector("fan-in", _alone(fan.find_in), fan.explain_in),
    Detector("fan-out", _alone(fan.find_out), fan.explain_out),
    Detector("chain", _alone(chain.find), chain.explain),
    Detector(
        "structuring", structuring.find, structuring.explain, ("amount_minor", "currency", "channel"), False
    ),
    Detector("rapid pass-through", pass_through.find, pass_through.explain, ("amount_minor", "currency")),
    Detector("funnel account", _alone(funnel.find), funnel.explain, ("channel", "place"), False),
    Detector("third-party control", _alone(third_party.find), third_party.explain, ("phone",), False),
    Detector("third-party remittance", _alone(remittance.find), remittance.explain, ("channel",), False),
    Detector("dormant then busy", dormant.find, dormant.explain, (), False),
)
BY_NAME = {detector.name: detector for detector in DETECTORS}
