"""Every measurement of the Finance room, one after the other: about a quarter of an hour.

    python -m bench.finance

Each is a command of its own as well (`python -m bench.finance.leads` and so on). The supervised check takes
Snap ML's figures as they were measured before; to run Snap ML itself: `python -m bench.finance.supervised
--snapml PYTHON`."""

from __future__ import annotations

import subprocess
import sys

for name, *options in (
    ("leads",),
    ("unseen_data",),
    ("made_worlds",),
    ("made_worlds", "--worlds", "harbour", "campus"),
    ("cycles",),
    ("supervised", "--known-by", "0"),
    ("indicators",),
    ("growth",),
):
    print(f"== {name} {' '.join(options)}", flush=True)
    subprocess.run([sys.executable, "-m", f"bench.finance.{name}", *options], check=True)
