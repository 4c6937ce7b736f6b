"""Made worlds with schemes and innocent gatherings of known truth, each by rules of its own.

`parish`, `market` and `district` serve to choose and to learn. `harbour`, `campus` and `borough` are
kept apart: nothing is chosen on them. Of `delta` seeds 1 and 2 showed faults; its other seeds are apart."""

from __future__ import annotations

from bench.finance.worlds.borough import borough
from bench.finance.worlds.campus import campus
from bench.finance.worlds.delta import delta
from bench.finance.worlds.district import district
from bench.finance.worlds.harbour import harbour
from bench.finance.worlds.market import market
from bench.finance.worlds.parish import parish

LEARNING = {"parish": parish, "market": market, "district": district}
KEPT_APART = {"harbour": harbour, "campus": campus, "borough": borough, "delta": delta}
