"""Which indicators an advert meets, and by which words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.adverts.indicators.file import Indicator, IndicatorFile
from analytics.adverts.indicators.phrases import fold_texts, join_expressions

_expression = lru_cache(maxsize=512)(join_expressions)


def match_adverts(
    texts: pa.Array | pa.ChunkedArray, kinds: pd.Series, measures: pd.DataFrame, file: IndicatorFile
) -> pd.DataFrame:
    """One row an advert, one boolean column an indicator, in the file's order.

    `kinds` (text or None) and `measures` (a column for each measure the file uses, NaN where it is not known)
    are in the order of `texts`. An indicator is not met where its measure is not known or the advert is
    not of its kind."""
    shown = pd.concat([match_phrases(texts, kinds, file), match_measures(kinds, measures, file)], axis=1)
    return shown[[indicator.name for indicator in file.indicators]]


def match_phrases(texts: pa.Array | pa.ChunkedArray, kinds: pd.Series, file: IndicatorFile) -> pd.DataFrame:
    """The indicators that are phrases."""
    plain, of_kind = fold_texts(texts), _of_kind(kinds, file)

    def find(indicator: Indicator) -> np.ndarray:
        found: np.ndarray = _match_phrases(indicator, plain) & of_kind[indicator.only]
        return found

    worded = [indicator for indicator in file.indicators if not indicator.measure]
    with ThreadPoolExecutor() as threads:  # Arrow lets go of the interpreter while it matches
        found = list(threads.map(find, worded))
    return pd.DataFrame(
        {i.name: shown for i, shown in zip(worded, found, strict=True)}, index=range(len(kinds))
    )


def match_measures(kinds: pd.Series, measures: pd.DataFrame, file: IndicatorFile) -> pd.DataFrame:
    """The indicators that are measures of an operation."""
    of_kind = _of_kind(kinds, file)
    return pd.DataFrame(
        {i.name: _match_measure(i, measures) & of_kind[i.only] for i in file.indicators if i.measure},
        index=range(len(kinds)),
    )


def _of_kind(kinds: pd.Series, file: IndicatorFile) -> dict[str, np.ndarray]:
    lower = kinds.astype("object").fillna("").str.lower().str.strip()
    return {
        "": np.ones(len(lower), dtype=bool),
        "recruiting": lower.isin(file.recruiting_kinds).to_numpy(),
        "selling": lower.isin(file.selling_kinds).to_numpy(),
    }


def find_matched_words(text: str, indicator: Indicator) -> str:
    """The first words of the text by which it meets the indicator, folded as they were compared; '' where
    there are none."""
    plain = fold_texts(pa.array([text]))
    hits = [
        pc.extract_regex(plain, _expression(phrases))[0].as_py()
        for phrases in (indicator.phrases, indicator.also)
        if phrases and not indicator.absent
    ]
    return " … ".join(hit["hit"].strip() for hit in hits if hit)


def _match_measure(indicator: Indicator, measures: pd.DataFrame) -> np.ndarray:
    values: np.ndarray = measures[indicator.measure].to_numpy(dtype=float)
    minimum = -np.inf if indicator.at_least is None else indicator.at_least
    maximum = np.inf if indicator.at_most is None else indicator.at_most
    within: np.ndarray = (values >= minimum) & (values <= maximum)
    return within


def _match_phrases(indicator: Indicator, plain: pa.Array | pa.ChunkedArray) -> np.ndarray:
    found = _found(plain, indicator.phrases)
    if indicator.also:
        found &= _found(plain, indicator.also)
    if indicator.unless:
        found &= ~_found(plain, indicator.unless)
    return ~found if indicator.absent else found


def _found(plain: pa.Array | pa.ChunkedArray, phrases: tuple[str, ...]) -> np.ndarray:
    return np.array(pc.match_substring_regex(plain, _expression(phrases)).to_numpy(zero_copy_only=False))
