"""From stored adverts to identifiers, campaigns and operations, in one transaction at the end."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.adverts.campaign_outliers import find_outliers, link_outliers
from analytics.adverts.campaigns import Campaigns, build_index, find_campaigns, join_texts
from analytics.adverts.extract import read_adverts
from analytics.adverts.identifiers.kinds import READER, linking_kinds
from analytics.adverts.operations import DEFAULTS, OperationParameters, Operations, find_operations
from analytics.adverts.repository import (
    allocate_numbers,
    insert,
    match_numbers,
    read_decisions,
    read_linking,
    read_outlier_links,
    read_texts,
    read_units,
    write_campaigns,
    write_operations,
)
from analytics.oversight import Actor, record
from analytics.oversight.visibility import refuse_partial
from analytics.shared.progress import (
    IsCancelled,
    Progress,
    cancellable,
    ignore_progress,
    never_cancelled,
    part_of,
)
from analytics.store import Store, now

JOIN_ABOVE = 50_000  # fewer adverts are all compared each time: it takes seconds and scores every campaign
JOIN_SHARE = 0.2  # with more new adverts than this share of the old ones all are compared too
SIDES = ["left_source", "left_row", "right_source", "right_row"]
_CHANGED = "Adverts were imported or removed in the meantime. Nothing was written; run it again."


class AdvertsChanged(RuntimeError):
    """Adverts were imported or removed while they were being read; nothing was written."""


@dataclass(frozen=True)
class UpdateResult:
    """What an update read and found."""

    adverts: int
    new_adverts: int
    identifiers: int
    campaigns: int
    operations: int
    seconds: float


@dataclass(frozen=True)
class UpdateState:
    """When campaigns were last updated, how many adverts there are, and how many are not read yet."""

    finished_at: datetime | None
    adverts: int
    unread: int

    @property
    def stale(self) -> bool:
        return self.unread > 0


def read_state(store: Store) -> UpdateState:
    """Whether campaigns and operations are up to date with the adverts."""
    last = store.rows("SELECT finished_at FROM advert_run ORDER BY run_id DESC LIMIT 1")
    counts = store.rows(
        "SELECT count(*) AS adverts, count(*) FILTER (s.reader IS NULL) AS unread FROM advert"
        " LEFT JOIN (SELECT * FROM advert_scan WHERE reader = ?) s USING (source_id, row_number)",
        [READER],
    )[0]
    return UpdateState(last[0]["finished_at"] if last else None, counts["adverts"], counts["unread"])


def update(
    store: Store,
    actor: Actor,
    progress: Progress = ignore_progress,
    cancelled: IsCancelled = never_cancelled,
    rebuild: bool = False,
    parameters: OperationParameters = DEFAULTS,
) -> UpdateResult:
    """Read the new adverts, place them in campaigns and update the operations.

    `rebuild` compares all texts again. Raises Cancelled when stopped and AdvertsChanged when adverts were
    imported or removed in the meantime; the store is then unchanged."""

    refuse_partial(store)
    step = cancellable(progress, cancelled, "Stopped; nothing was changed.")
    start = time.perf_counter()
    before = _counts(store)
    unread = _unread(store)
    local = [row["place"] for row in store.rows("SELECT DISTINCT place FROM advert WHERE place IS NOT NULL")]
    scanned = read_adverts(
        unread,
        tuple(local),
        lambda share: step("Reading numbers, addresses, prices and places", 0.45 * share),
    )
    unread = unread.select(["source_id", "row_number"])  # a million texts need not be in memory twice
    adverts, scores = read_units(store)
    apart = read_outlier_links(store)
    step("Comparing texts", 0.45)
    is_new = _find_unread(adverts, unread)
    if is_new.any() or rebuild:
        adverts, scores = _campaigns(
            store, adverts, scores, is_new, rebuild, part_of(step, 0.45, 0.85), cancelled
        )
    step("Joining by shared identifiers", 0.87)
    linking = _with_scanned(read_linking(store), adverts, unread, scanned)
    adverts, apart = _set_outliers_apart(adverts, linking, apart)
    operations = _operations(adverts, linking, read_decisions(store, adverts), parameters)
    adverts, table, links = _lasting(store, adverts, operations, scores, apart)
    step("Writing", 0.95)
    with store.write() as cursor:
        if _counts(store) != before:
            raise AdvertsChanged(_CHANGED)
        _write_scan(cursor, unread, scanned)
        write_campaigns(cursor, adverts, scores)
        write_operations(cursor, adverts, table, links)
        seconds = time.perf_counter() - start
        _record(cursor, actor, seconds, len(adverts), len(unread), parameters)
    return UpdateResult(len(adverts), len(unread), len(scanned), len(scores), len(table), seconds)


def rejoin(store: Store, actor: Actor, parameters: OperationParameters = DEFAULTS) -> int:
    """Update the operations from the stored identifiers, as after an analyst's decision. Returns how many
    there are."""
    refuse_partial(store)
    start = time.perf_counter()
    before = _counts(store)
    adverts, scores = read_units(store)
    operations = _operations(adverts, read_linking(store), read_decisions(store, adverts), parameters)
    adverts, table, links = _lasting(store, adverts, operations, scores, read_outlier_links(store))
    with store.write() as cursor:
        if _counts(store) != before:
            raise AdvertsChanged(_CHANGED)
        write_operations(cursor, adverts, table, links)
        _record(cursor, actor, time.perf_counter() - start, len(adverts), 0, parameters)
    return len(table)


def _counts(store: Store) -> list[dict[str, Any]]:
    return store.rows("SELECT source_id, count(*) AS n FROM advert GROUP BY ALL ORDER BY ALL")


def _unread(store: Store) -> pa.Table:
    return store.query(
        "SELECT a.source_id, row_number, title, body, site, place, contact, area.time_zone FROM advert a"
        " LEFT JOIN source USING (source_id) LEFT JOIN area USING (area_id)"
        " WHERE NOT EXISTS (SELECT 1 FROM advert_scan s WHERE s.source_id = a.source_id"
        " AND s.row_number = a.row_number"
        " AND s.reader = ?) ORDER BY ALL",
        [READER],
    )


def _find_unread(adverts: pd.DataFrame, unread: pa.Table) -> np.ndarray:
    keys = pd.MultiIndex.from_frame(adverts[["source_id", "row_number"]])
    new = pd.MultiIndex.from_arrays([unread["source_id"].to_numpy(), unread["row_number"].to_numpy()])
    return np.asarray(keys.isin(new))


def _campaigns(
    store: Store,
    adverts: pd.DataFrame,
    scores: pd.DataFrame,
    is_new: np.ndarray,
    rebuild: bool,
    step: Progress,
    cancelled: IsCancelled,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every advert's campaign_id and similarity, and each campaign's score."""
    known = len(adverts) - int(is_new.sum())
    if not rebuild and known > JOIN_ABOVE and is_new.sum() <= JOIN_SHARE * known:
        return _join_new(store, _texts(store, adverts), adverts, scores, is_new)
    found = find_campaigns(_texts(store, adverts), progress=step, cancelled=cancelled)
    numbers = match_numbers(store, "campaign", found.campaign, adverts.campaign_id)
    adverts = _number(adverts, found.campaign, found.similarity, numbers)
    table = found.table
    return adverts, pd.DataFrame(
        {"campaign_id": [numbers[n] for n in table.campaign], "score": table.score.to_numpy()}
    )


def _texts(store: Store, adverts: pd.DataFrame) -> list[str]:
    texts: list[str] = read_texts(store).to_pylist()
    if len(texts) != len(adverts):
        raise AdvertsChanged(_CHANGED)
    return texts


def _join_new(
    store: Store, texts: list[str], adverts: pd.DataFrame, scores: pd.DataFrame, is_new: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """New adverts among the old campaigns, the old ones not compared again, with their scores."""
    old = adverts[~is_new]
    codes, ids = pd.factorize(old.campaign_id, sort=True)
    best = old.assign(code=codes, position=np.arange(len(old))).sort_values(
        "similarity", ascending=False, kind="stable"
    )
    representative = best[best.code >= 0].drop_duplicates("code").sort_values("code").position.to_numpy()
    table = pd.DataFrame({"campaign": np.arange(len(ids)), "representative": representative})
    stored = Campaigns(codes.astype(np.int32), old.similarity.to_numpy(np.float32), table, {})
    old_texts = [texts[at] for at in np.flatnonzero(~is_new)]
    joined = join_texts(build_index(old_texts, stored), [texts[at] for at in np.flatnonzero(is_new)])
    campaign = np.full(len(adverts), -1, np.int64)
    campaign[~is_new], campaign[is_new] = codes, joined.campaign
    similarity = np.full(len(adverts), np.nan, np.float32)
    similarity[~is_new], similarity[is_new] = old.similarity, joined.similarity
    founders = np.flatnonzero(~is_new)[joined.founded.text.to_numpy(np.int64)]
    campaign[founders] = joined.founded.campaign
    similarity[founders] = 1.0
    numbers = {code: int(number) for code, number in enumerate(ids)}
    new = [n for n in np.unique(campaign) if n >= len(ids)]
    numbers |= dict(zip(map(int, new), allocate_numbers(store, "campaign", len(new)), strict=True))
    new_scores = pd.DataFrame(
        {"campaign_id": [numbers[n] for n in joined.scores.campaign], "score": joined.scores.score.to_numpy()}
    )
    return _number(adverts, campaign, similarity, numbers), pd.concat([scores, new_scores], ignore_index=True)


def _number(
    adverts: pd.DataFrame, campaign: np.ndarray, similarity: np.ndarray, numbers: dict[int, int]
) -> pd.DataFrame:
    lasting = pd.Series(campaign).map(numbers).astype("Int64")
    return adverts.assign(campaign_id=lasting.to_numpy(), similarity=np.nan_to_num(similarity))


def _with_scanned(
    stored: pd.DataFrame, adverts: pd.DataFrame, unread: pa.Table, scanned: pa.Table
) -> pd.DataFrame:
    """The stored identifiers, those of adverts read in this run replaced."""
    position = adverts[["source_id", "row_number"]].assign(advert=np.arange(len(adverts)))
    again = unread.to_pandas().merge(position)
    new = (
        scanned.select(["source_id", "row_number", "kind", "value", "confidence"]).to_pandas().merge(position)
    )
    return pd.concat(
        [
            stored[~stored.advert.isin(again.advert)],
            new[new.kind.isin(linking_kinds())][list(stored.columns)],
        ],
        ignore_index=True,
    )


def _set_outliers_apart(
    adverts: pd.DataFrame, linking: pd.DataFrame, earlier: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The adverts with outliers out of their campaigns, and the links that say so; `earlier` are those of
    earlier runs."""
    campaign = adverts.campaign_id.fillna(-1).to_numpy(np.int64)
    outliers = find_outliers(campaign, adverts.similarity.fillna(0).to_numpy(), linking)
    links = pd.concat([earlier, link_outliers(adverts, outliers)], ignore_index=True)
    adverts = adverts.assign(campaign_id=adverts.campaign_id.mask(outliers))
    alone = pd.MultiIndex.from_frame(adverts[adverts.campaign_id.isna()][["source_id", "row_number"]])
    links = links[pd.MultiIndex.from_frame(links[["left_source", "left_row"]]).isin(alone)]
    return adverts, links.drop_duplicates(["left_source", "left_row"], keep="last")


def _operations(
    adverts: pd.DataFrame,
    linking: pd.DataFrame,
    decisions: list[tuple[int, int, str]],
    parameters: OperationParameters,
) -> Operations:
    campaign = adverts.campaign_id.fillna(-1).to_numpy(np.int64)
    return find_operations(campaign, linking, decisions, parameters)


def _lasting(
    store: Store, adverts: pd.DataFrame, found: Operations, scores: pd.DataFrame, apart: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Operations under the numbers they had before, their scores, and their links by advert."""
    numbers = match_numbers(store, "operation", found.operation, adverts.operation_id)
    adverts = adverts.assign(operation_id=pd.Series(found.operation).map(numbers).astype("Int64").to_numpy())
    surprise = _surprise(adverts, scores)
    table = found.table.assign(operation_id=[numbers[n] for n in found.table.operation])
    table["score"] = table.operation_id.map(surprise).fillna(0.0) + table.weight.clip(lower=0)
    links = found.links
    left, right = adverts.iloc[links.left.to_numpy(np.int64)], links.right.to_numpy(np.int64)
    other = adverts.iloc[np.maximum(right, 0)]
    written = pd.DataFrame(
        {
            "operation_id": links.operation.map(numbers).astype("Int64").to_numpy(),
            "left_source": left.source_id.to_numpy(),
            "left_row": left.row_number.to_numpy(),
            "right_source": pd.array(np.where(right < 0, -1, other.source_id), "Int64"),
            "right_row": pd.array(np.where(right < 0, -1, other.row_number), "Int64"),
            "identifier_kind": links.kind.to_numpy(),
            "identifier_value": links.value.to_numpy(),
            "adverts": links.adverts.to_numpy(),
            "carriers": links.carriers.to_numpy(),
            "by_chance": links.by_chance.to_numpy(),
            "weight": links.weight.to_numpy(),
            "standing": links.standing.to_numpy(),
            "why": links.why.to_numpy(),
        }
    )
    written.loc[right < 0, ["right_source", "right_row"]] = pd.NA
    decided = pd.MultiIndex.from_frame(written[written.standing.isin(("cut", "confirmed"))][SIDES])
    open_still = apart[~_either_way(apart, decided)]
    return adverts, table, pd.concat([part for part in (written, open_still) if len(part)] or [written])


def _surprise(adverts: pd.DataFrame, scores: pd.DataFrame) -> pd.Series:
    """By operation: the scores of its campaigns, of one that it shares with others its share of the
    adverts."""
    sizes = adverts.groupby("campaign_id").size()
    within = adverts.groupby(["operation_id", "campaign_id"]).size().rename("adverts").reset_index()
    within = within.astype(int).merge(scores, on="campaign_id")
    within["score"] *= within.adverts / within.campaign_id.map(sizes)
    return within.groupby("operation_id").score.sum()


def _either_way(links: pd.DataFrame, pairs: pd.MultiIndex) -> np.ndarray:
    """Which links are among the pairs, whichever side comes first."""
    turned = links[[*SIDES[2:], *SIDES[:2]]]
    either = pd.MultiIndex.from_frame(links[SIDES]).isin(pairs) | pd.MultiIndex.from_frame(turned).isin(pairs)
    return np.asarray(either)


def _write_scan(cursor: duckdb.DuckDBPyConnection, unread: pa.Table, scanned: pa.Table) -> None:
    cursor.register("advert_keys", unread)
    for table in ("advert_identifier", "advert_scan"):
        cursor.execute(
            f"DELETE FROM {table} WHERE (source_id, row_number) IN (SELECT (source_id, row_number)"
            f" FROM advert_keys)"
        ).fetchall()
    cursor.unregister("advert_keys")
    insert(cursor, "advert_identifier", scanned)
    insert(
        cursor, "advert_scan", unread.append_column("reader", pa.array([READER] * len(unread), pa.int32()))
    )


def _record(
    cursor: duckdb.DuckDBPyConnection,
    actor: Actor,
    seconds: float,
    adverts: int,
    new: int,
    parameters: OperationParameters,
) -> None:
    at = now()
    cursor.execute(
        "INSERT INTO advert_run (finished_at, run_by, seconds, adverts, new_adverts, parameters)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [at, actor.name, seconds, adverts, new, json.dumps(vars(parameters) | {"reader": READER})],
    ).fetchall()
    record(cursor, actor, "make operations", "adverts", "", {"adverts": adverts, "new": new})
