"""Which signs an advert shows, and the very words it shows them by."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.adverts.indicators.file import Indicator, IndicatorFile
from analytics.adverts.indicators.phrases import any_of, folded

_expression = lru_cache(maxsize=512)(any_of)


def match_adverts(
    texts: pa.Array | pa.ChunkedArray, kinds: pd.Series, measures: pd.DataFrame, file: IndicatorFile
) -> pd.DataFrame:
    """One row an advert, one boolean column a sign, in the file's order.

    `kinds` (text or None) and `measures` (a column for each measure the file uses, NaN where it is not known) are in
    the order of `texts`. A sign is not shown where its measure is not known or the advert is not of its kind.
    """
    plain = folded(texts)
    lower = kinds.astype("object").fillna("").str.lower().str.strip()
    of_kind = {
        "": np.ones(len(lower), dtype=bool),
        "recruiting": lower.isin(file.recruiting_kinds).to_numpy(),
        "selling": lower.isin(file.selling_kinds).to_numpy(),
    }

    def find(indicator: Indicator) -> np.ndarray:
        found = _measured(indicator, measures) if indicator.measure else _worded(indicator, plain)
        return found & of_kind[indicator.only]

    with ThreadPoolExecutor() as threads:  # Arrow lets go of the interpreter while it matches
        found = list(threads.map(find, file.indicators))
    return pd.DataFrame(
        {indicator.name: shown for indicator, shown in zip(file.indicators, found, strict=True)}
    )


def matched_words(text: str, indicator: Indicator) -> str:
    """The first words of the text by which it shows the sign, folded as they were compared; '' where there are none."""
    plain = folded(pa.array([text]))
    hits = [
        pc.extract_regex(plain, _expression(phrases))[0].as_py()
        for phrases in (indicator.phrases, indicator.also)
        if phrases and not indicator.absent
    ]
    return " … ".join(hit["hit"].strip() for hit in hits if hit)


def _measured(indicator: Indicator, measures: pd.DataFrame) -> np.ndarray:
    values = measures[indicator.measure].to_numpy(dtype=float)
    if indicator.at_least is not None:
        return values >= indicator.at_least
    return values <= indicator.at_most


def _worded(indicator: Indicator, plain: pa.Array | pa.ChunkedArray) -> np.ndarray:
    found = _found(plain, indicator.phrases)
    if indicator.also:
        found &= _found(plain, indicator.also)
    if indicator.unless:
        found &= ~_found(plain, indicator.unless)
    return ~found if indicator.absent else found


def _found(plain: pa.Array | pa.ChunkedArray, phrases: tuple[str, ...]) -> np.ndarray:
    return np.array(pc.match_substring_regex(plain, _expression(phrases)).to_numpy(zero_copy_only=False))
