"""Every detector. A new typology is a file of `detectors`, its section of `data/typologies.toml`, and its
name here."""

from __future__ import annotations

from typing import Any

from analytics.finance.typologies.detectors import (
    bipartite,
    chain,
    cycle,
    dormant,
    fan,
    funnel,
    gather_scatter,
    hand_on,
    pass_through,
    relay_chain,
    relay_gather,
    remittance,
    ring,
    scatter_gather,
    similar_sums,
    slow_fan,
    stack,
    structuring,
    third_party,
)
from analytics.finance.typologies.engine.detector import Detector

DETECTORS: tuple[Detector[Any], ...] = (
    cycle.DETECTOR,
    ring.DETECTOR,
    scatter_gather.DETECTOR,
    bipartite.DETECTOR,
    stack.DETECTOR,
    gather_scatter.DETECTOR,
    fan.FAN_IN,
    fan.FAN_OUT,
    chain.DETECTOR,
    structuring.DETECTOR,
    pass_through.DETECTOR,
    funnel.DETECTOR,
    third_party.DETECTOR,
    remittance.DETECTOR,
    dormant.DETECTOR,
    relay_chain.CHAIN,
    relay_chain.LOOP,
    relay_gather.DETECTOR,
    slow_fan.FAN_IN,
    slow_fan.FAN_OUT,
    hand_on.DETECTOR,
    similar_sums.DETECTOR,
)
BY_NAME = {detector.name: detector for detector in DETECTORS}
