"""Every comparison of the hotspot methods with their peers, one after the other.

    python -m bench.hotspots

The growth with the number of incidents is `python -m bench.hotspots.growth`, the quality of the forecasts
`python -m bench.hotspots.backtest`.
"""

from __future__ import annotations

import runpy

for name in ("gistar", "density", "knox", "stdbscan"):
    print(f"== {name}", flush=True)
    runpy.run_module(f"bench.hotspots.{name}", run_name="__main__")
