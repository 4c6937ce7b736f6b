"""How common each indicator, each number of indicators and each combination is in a set of adverts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.adverts.indicators.file import IndicatorFile


@dataclass(frozen=True)
class IndicatorCounts:
    """Of `adverts` adverts. `each`: name, adverts, share. `by_number`: indicators, adverts, share, of
    indicators *for* alone. `combinations`: indicators (names joined by ' + '), size, adverts, share,
    expected, ratio, most frequent first: exactly these indicators for and no other. `expected` is the share
    under independence."""

    adverts: int
    each: pd.DataFrame
    by_number: pd.DataFrame
    combinations: pd.DataFrame


def count_indicators(
    shown: pd.DataFrame, file: IndicatorFile, exploitation: str | None = None
) -> IndicatorCounts:
    """Count the boolean frame of `match_adverts`; with `exploitation` ('sexual', 'labour') only its
    indicators."""
    used = [i for i in file.indicators if exploitation is None or exploitation in i.exploitation]
    total = len(shown)
    counts = shown[[i.name for i in used]].sum()
    each = pd.DataFrame({"name": counts.index, "adverts": counts.to_numpy()})
    each["share"] = each.adverts / max(total, 1)
    scoring = [i.name for i in used if i.direction == "for"]
    flags = shown[scoring].to_numpy(dtype=bool)
    numbers, adverts = np.unique(flags.sum(axis=1), return_counts=True)
    by_number = pd.DataFrame({"indicators": numbers, "adverts": adverts, "share": adverts / max(total, 1)})
    return IndicatorCounts(total, each, by_number, _combinations(flags, scoring))


def _combinations(flags: np.ndarray, names: list[str]) -> pd.DataFrame:
    marks = flags @ (1 << np.arange(len(names), dtype=np.int64)) if names else np.zeros(len(flags), np.int64)
    codes, adverts = np.unique(marks, return_counts=True)
    shares = flags.mean(axis=0) if len(flags) else np.zeros(len(names))
    rows = []
    for code, count in zip(codes.tolist(), adverts.tolist(), strict=True):
        within = np.array([(code >> k) & 1 == 1 for k in range(len(names))], dtype=bool)
        if within.any():
            expected = float(np.prod(np.where(within, shares, 1 - shares)))
            rows.append(
                {
                    "indicators": " + ".join(name for name, here in zip(names, within, strict=True) if here),
                    "size": int(within.sum()),
                    "adverts": count,
                    "share": count / len(flags),
                    "expected": expected,
                    "ratio": count / len(flags) / expected if expected else np.nan,
                }
            )
    table = pd.DataFrame(rows, columns=["indicators", "size", "adverts", "share", "expected", "ratio"])
    return table.sort_values(["adverts", "indicators"], ascending=[False, True], ignore_index=True)
