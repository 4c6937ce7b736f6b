"""How fast the indicators are read, beside Python's own regular expressions over the same folded texts.

    python -m bench.adverts.indicators [--adverts 100000]

Both must find the same adverts for every indicator that is words alone, or nothing is printed.
"""

from __future__ import annotations

import argparse
import re
import sys
import time

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.adverts.indicators import load_indicators, match_adverts
from analytics.adverts.indicators.file import MEASURES
from analytics.adverts.indicators.phrases import fold_texts, join_expressions
from analytics.training.advert_wording import CLOSINGS, MIDDLES, OPENINGS


def texts(count: int) -> list[str]:
    """Adverts of four sentences of the scenario's stock."""
    rng = np.random.default_rng(1)
    stock = [text for part in (OPENINGS, MIDDLES) for group in part.values() for text in group] + CLOSINGS
    return [" ".join(stock[k] for k in row) for row in rng.integers(0, len(stock), (count, 4))]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--adverts", type=int, default=100_000)
    count = parser.parse_args().adverts
    adverts, file = pa.array(texts(count)), load_indicators()
    measures = pd.DataFrame(np.nan, index=range(count), columns=list(MEASURES))
    kinds = pd.Series(["jobs"] * count)
    start = time.perf_counter()
    shown = match_adverts(adverts, kinds, measures, file)
    ours = time.perf_counter() - start
    words = [
        i
        for i in file.indicators
        if i.phrases and not (i.also or i.unless or i.absent or i.only == "selling")
    ]
    start = time.perf_counter()
    plain = fold_texts(adverts).to_pylist()
    for indicator in words:
        found = re.compile(join_expressions(indicator.phrases)).search
        if [found(text) is not None for text in plain] != shown[indicator.name].tolist():
            sys.exit(f"{indicator.name}: the two readings differ")
    theirs = time.perf_counter() - start
    print(
        f"{count:,} adverts: all {len(file.indicators)} indicators in {ours:.2f} s; Python's re, "
        f"{len(words)} of them, {theirs:.2f} s ({theirs / ours:.1f} times as long); the same adverts for each"
    )


if __name__ == "__main__":
    main()
