"""Every comparison of the advert methods with the truth and their peers.

    python -m bench.adverts

The growth with the number of adverts is `python -m bench.adverts.growth`.
"""

from __future__ import annotations

import runpy

for name in ("quality",):
    print(f"== {name}", flush=True)
    runpy.run_module(f"bench.adverts.{name}", run_name="__main__")
