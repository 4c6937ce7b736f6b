"""Every comparison of the Finance room with its peers, one after the other.

    python -m bench.finance

The growth with the number of transactions is `python -m bench.finance.growth`, the supervised check against Snap ML
`python -m bench.finance.supervised --snapml PYTHON`.
"""

from __future__ import annotations

import runpy

for name in ("leads", "cycles"):
    print(f"== {name}", flush=True)
    runpy.run_module(f"bench.finance.{name}", run_name="__main__")
