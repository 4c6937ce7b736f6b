"""Recipes that the model of network types is fitted to, together with those of `bench.network.recipes`: many
ways to be of each type. Those of `bench.network.kept_apart` are for the measurement."""

from __future__ import annotations

from bench.network.fitted.broker import BROKER
from bench.network.fitted.chain import CHAIN
from bench.network.fitted.core import CORE
from bench.network.fitted.flux import FLUX
from bench.network.fitted.hybrids import MIXTURES
from bench.network.fitted.mesh import MESH

FITTED = {"flux": FLUX, "broker": BROKER, "chain": CHAIN, "mesh": MESH, "core": CORE}

__all__ = ["FITTED", "MIXTURES"]
