"""Snap ML's graph features of a ledger, in an environment of its own: PYTHON bench/finance/snap_ml.py IN.npy
OUT.npy

IN: id, source, target, seconds, amount a row, in order of time. Vertex statistics, fan, scatter-gather and
temporal cycles, each with a window of four days: 148 columns. snapml is proprietary and not among the
project's libraries: `python -m venv peer && peer/bin/pip install snapml scikit-learn`."""

import sys
import time

import numpy as np
from snapml import GraphFeaturePreprocessor

WINDOW, BATCH = 4 * 86_400, 10_000


def main() -> None:
    given = np.load(sys.argv[1])
    maker = GraphFeaturePreprocessor()
    settings = maker.get_params() | {"num_threads": 2, "time_window": WINDOW}
    settings |= {"fan": True, "scatter-gather": True, "temp-cycle": True, "degree": False, "lc-cycle": False}
    settings |= {f"{name}_tw": WINDOW for name in ("vertex_stats", "fan", "scatter-gather", "temp-cycle")}
    settings["vertex_stats_cols"] = [4]
    maker.set_params(settings)
    start = time.perf_counter()
    made = [
        maker.transform(np.ascontiguousarray(given[k : k + BATCH], dtype=np.float64))[
            :, given.shape[1] :
        ].astype(np.float32)
        for k in range(0, len(given), BATCH)
    ]
    made = np.concatenate(made)
    print(f"Snap ML: {made.shape[1]} columns in {time.perf_counter() - start:.1f} s", flush=True)
    np.save(sys.argv[2], made)


if __name__ == "__main__":
    main()
