"""Indicators over the adverts of the store: which advert meets which, what an operation meets, and the
measures behind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.adverts.disguise import SUSPECT, sum_disguised_words
from analytics.adverts.indicators import IndicatorFile, match_measures, match_phrases
from analytics.adverts.names import NAME_PATTERN, NOT_NAMES
from analytics.adverts.queries import PLACED
from analytics.shared.progress import IsCancelled, Progress, cancellable, ignore_progress, never_cancelled
from analytics.store import Store

KEYS = ["source_id", "row_number"]

# Numbers of an operation under three adverts say nothing and stay unknown. A disguised number holds more than
# digits and the usual marks between them, or a mark after nearly every digit.
_MEASURES = f"""
    WITH placed AS ({PLACED}
    ), written AS (
        SELECT i.source_id, i.row_number,
               substr(CASE i.field WHEN 'title' THEN a.title ELSE a.body END,
                      i.span_start + 1, i.span_end - i.span_start) AS raw
        FROM advert_identifier i JOIN advert a USING (source_id, row_number)
        WHERE i.kind = 'phone' AND i.field IN ('title', 'body') AND i.span_start IS NOT NULL
    ), obscured AS (
        SELECT source_id, row_number, count(*) AS obscured_phones FROM written
        WHERE regexp_matches(raw, '[^0-9 ()+./-]')
            OR length(regexp_replace(raw, '[0-9]', '', 'g'))
                > 0.7 * length(regexp_replace(raw, '[^0-9]', '', 'g'))
        GROUP BY ALL
    ), member AS (
        SELECT o.operation_id, a.source_id, a.row_number, a.posted_at::DATE AS day,
               coalesce(p.named, a.place) AS place, lower(trim(a.kind)) AS kind
        FROM operation_advert o JOIN advert a USING (source_id, row_number)
        LEFT JOIN placed p USING (source_id, row_number)
    ), seen AS (
        SELECT DISTINCT operation_id, day, place FROM member WHERE day IS NOT NULL AND place IS NOT NULL
    ), within_days AS (
        SELECT operation_id, max(places) AS places_in_five_days FROM (
            SELECT s.operation_id, s.day, count(DISTINCT t.place) AS places
            FROM (SELECT DISTINCT operation_id, day FROM seen) s
            JOIN seen t ON t.operation_id = s.operation_id AND t.day BETWEEN s.day AND s.day + 4 GROUP BY ALL)
        GROUP BY ALL
    ), phoned AS (
        SELECT operation_id, count(DISTINCT value) AS phones FROM member
        JOIN advert_identifier i USING (source_id, row_number)
        WHERE i.kind = 'phone' GROUP BY ALL
    ), named AS (
        SELECT operation_id, count(DISTINCT lower(name)) AS names FROM (
            SELECT operation_id,
                   unnest(regexp_extract_all(concat_ws(' . ', title, body), $counted, 1)) AS name
            FROM operation_advert JOIN advert USING (source_id, row_number))
        WHERE NOT list_contains($nobody::VARCHAR[], lower(name)) GROUP BY ALL
    ), whole AS (
        SELECT operation_id, count(DISTINCT place) AS places,
               (bool_or(list_contains($recruiting::VARCHAR[], kind))
                AND bool_or(list_contains($selling::VARCHAR[], kind)))::INT AS recruits_and_sells
        FROM member GROUP BY operation_id HAVING count(*) >= 3
    )
    SELECT a.source_id, a.row_number, a.kind, o.operation_id,
           coalesce(obscured_phones, 0) AS obscured_phones, whole.places, recruits_and_sells,
           CASE WHEN whole.places IS NOT NULL THEN places_in_five_days END AS places_in_five_days,
           CASE WHEN whole.places IS NOT NULL THEN phones END AS phones,
           CASE WHEN whole.places IS NOT NULL THEN names END AS names
    FROM advert a LEFT JOIN obscured USING (source_id, row_number)
    LEFT JOIN operation_advert o USING (source_id, row_number) LEFT JOIN whole USING (operation_id)
    LEFT JOIN within_days USING (operation_id) LEFT JOIN phoned USING (operation_id)
    LEFT JOIN named USING (operation_id)
    ORDER BY a.source_id, a.row_number
"""
_BATCH = 50_000


def find_hits(store: Store, file: IndicatorFile, progress: Progress = ignore_progress) -> pd.DataFrame:
    """One row an advert of the store: source_id, row_number, operation_id (NaN: none), and a boolean an
    indicator."""
    return join_hits(find_phrase_hits(store, file, progress), find_measure_hits(store, file), file)


def find_phrase_hits(
    store: Store,
    file: IndicatorFile,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
) -> pd.DataFrame:
    """source_id, row_number and a boolean for each indicator that is phrases, which depends on the adverts
    and the file alone.

    Raises Cancelled when stopped."""
    rows = store.query(
        "SELECT source_id, row_number, kind, concat_ws(' . ', title, body) AS text FROM advert"
        " ORDER BY source_id, row_number"
    )
    step = cancellable(progress, cancelled, "Stopped; no indicators were looked for.")
    parts = []
    for start in range(0, max(rows.num_rows, 1), _BATCH):
        step("Looking for indicators in every advert", start / max(rows.num_rows, 1))
        part = rows.slice(start, _BATCH)
        about = part.drop(["text"]).to_pandas()
        parts.append(pd.concat([about[KEYS], match_phrases(part["text"], about.kind, file)], axis=1))
    return pd.concat(parts, ignore_index=True)


def find_measure_hits(store: Store, file: IndicatorFile) -> pd.DataFrame:
    """source_id, row_number, operation_id and a boolean for each indicator that is a measure of an
    operation."""
    rows = store.query(
        _MEASURES,
        {
            "recruiting": list(file.recruiting_kinds),
            "selling": list(file.selling_kinds),
            "counted": NAME_PATTERN,
            "nobody": list(NOT_NAMES),
        },
    ).to_pandas()
    rows = rows.merge(_count_disguised_words(store), on=KEYS, how="left")
    rows["disguised_words"] = rows.disguised_words.fillna(0.0)
    return pd.concat([rows[[*KEYS, "operation_id"]], match_measures(rows.kind, rows, file)], axis=1)


def _count_disguised_words(store: Store) -> pd.DataFrame:
    """source_id, row_number and disguised_words of the adverts that may have some."""
    rows = store.query(
        "SELECT source_id, row_number, text FROM"
        " (SELECT source_id, row_number, concat_ws(' . ', title, body) AS text FROM advert)"
        " WHERE regexp_matches(text, $suspect)",
        {"suspect": SUSPECT},
    ).to_pandas()
    return rows[KEYS].assign(disguised_words=sum_disguised_words(rows.text))


def join_hits(worded: pd.DataFrame, measured: pd.DataFrame, file: IndicatorFile) -> pd.DataFrame:
    """Both kinds of indicator of the same adverts in one frame, in the file's order."""
    shown = pd.concat([measured, worded.drop(columns=KEYS)], axis=1)
    return shown[[*KEYS, "operation_id", *(indicator.name for indicator in file.indicators)]]


def count_by_operation(hits: pd.DataFrame, file: IndicatorFile) -> pd.DataFrame:
    """By operation: `indicators_for` and `indicators_against`, how many any of its adverts meets, and
    `safeguard`."""
    names = [indicator.name for indicator in file.indicators]
    shown = hits.dropna(subset=["operation_id"]).groupby("operation_id")[names].any()
    shown.index = shown.index.astype(int)
    by = {
        direction: [indicator.name for indicator in file.indicators if indicator.direction == direction]
        for direction in ("for", "against", "safeguard")
    }
    return pd.DataFrame(
        {
            "indicators_for": shown[by["for"]].sum(axis=1),
            "indicators_against": shown[by["against"]].sum(axis=1),
            "safeguard": shown[by["safeguard"]].any(axis=1),
        }
    )


def summarise_hits(hits: pd.DataFrame, operation_id: int, file: IndicatorFile) -> pd.DataFrame:
    """What one operation meets: name, title, direction, evidence, exploitation, adverts, share (of its own),
    everywhere (share of all adverts), source, note; the tested first."""
    mine = hits[hits.operation_id == operation_id]
    rows = [
        {
            "name": indicator.name,
            "title": indicator.title,
            "direction": indicator.direction,
            "evidence": indicator.evidence,
            "exploitation": ", ".join(indicator.exploitation),
            "adverts": int(mine[indicator.name].sum()),
            "share": float(mine[indicator.name].mean()),
            "everywhere": float(hits[indicator.name].mean()),
            "source": indicator.source,
            "note": indicator.note,
        }
        for indicator in file.indicators
        if mine[indicator.name].any()
    ]
    table = pd.DataFrame(
        rows,
        columns=[
            "name",
            "title",
            "direction",
            "evidence",
            "exploitation",
            "adverts",
            "share",
            "everywhere",
            "source",
            "note",
        ],
    )
    order = table.evidence.map({"tested": 0, "practice": 1, "contested": 2})
    return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def build_features(operations: pd.DataFrame, hits: pd.DataFrame, file: IndicatorFile) -> pd.DataFrame:
    """What the order by judgements learns from, by operation: sizes (log of one plus the count), the days it
    covered, and the share of its adverts that meet each indicator which counts. `operations` as
    `list_operations` gives them."""
    rows = operations.set_index("operation_id")
    sizes = {
        "adverts": rows.adverts,
        "campaigns": rows.campaigns,
        "towns": rows.places,
        "sites": rows.sites,
        "phones": rows.phones,
        "days covered": rows.days.fillna(0).clip(lower=0),
        "score": rows.score.clip(lower=0),
    }
    features = pd.DataFrame({name: np.log1p(values.astype(float)) for name, values in sizes.items()})
    features["adverts a day"] = features["adverts"] - features["days covered"]
    counted = [indicator for indicator in file.indicators if indicator.counts]
    shares = hits.dropna(subset=["operation_id"]).groupby("operation_id")[[i.name for i in counted]].mean()
    shares.columns = [indicator.title for indicator in counted]
    joined = features.join(shares).fillna(0.0)
    return joined.loc[:, joined.std(ddof=0) > 0]
