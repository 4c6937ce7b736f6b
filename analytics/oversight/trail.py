"""Reading the audit trail: who looked at what, when and for which purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.store import Store

MOST = 2000  # records on one screen


@dataclass(frozen=True)
class TrailFilter:
    """Which records: by whom, which act, in which time (days inclusive), and a word of object, purpose or
    detail. Empty: all."""

    actors: Sequence[str] = ()
    acts: Sequence[str] = ()
    since: date | None = None
    until: date | None = None
    word: str = ""


def read_trail(store: Store, chosen: TrailFilter, most: int = MOST) -> pd.DataFrame:
    """The latest records first: sequence, recorded_at (UTC), actor, role, act, object, purpose, session,
    detail."""
    conditions = ["true"]
    parameters: dict[str, Any] = {}
    if chosen.actors:
        conditions.append("actor IN (SELECT unnest($actors))")
        parameters["actors"] = list(chosen.actors)
    if chosen.acts:
        conditions.append("act IN (SELECT unnest($acts))")
        parameters["acts"] = list(chosen.acts)
    if chosen.since:
        conditions.append("recorded_at >= $since")
        parameters["since"] = chosen.since
    if chosen.until:
        conditions.append("recorded_at < $until + INTERVAL 1 DAY")
        parameters["until"] = chosen.until
    if chosen.word.strip():
        conditions.append(
            "contains(lower(object || ' ' || purpose || ' ' || CAST(detail AS VARCHAR)), lower($word))"
        )
        parameters["word"] = chosen.word.strip()
    return store.query(
        "SELECT sequence, recorded_at, actor, role, act, object, purpose, coalesce(session, '') AS session,"
        f" CAST(detail AS VARCHAR) AS detail FROM audit WHERE {' AND '.join(conditions)}"
        f" ORDER BY sequence DESC LIMIT {int(most)}",
        parameters,
    ).to_pandas()


def count_trail(store: Store) -> int:
    """How many records there are."""
    return int(store.rows("SELECT count(*) AS n FROM audit")[0]["n"])


def list_trail_values(store: Store) -> tuple[list[str], list[str]]:
    """Everybody who acted, and every act, in order of the alphabet."""
    (row,) = store.rows(
        "SELECT list(DISTINCT actor ORDER BY actor) AS actors,"
        " list(DISTINCT act ORDER BY act) AS acts FROM audit"
    )
    return row["actors"] or [], row["acts"] or []


def list_recent_reveals(store: Store, days: int = 7) -> pd.DataFrame:
    """Who unmasked personal data lately, and why: recorded_at, actor, role, act, object, reason, purpose."""
    return store.query(
        "SELECT recorded_at, actor, role, act, object, coalesce(detail->>'reason', purpose) AS reason,"
        " purpose FROM audit WHERE act IN ("
        "'reveal personal data', 'reveal possible victim', 'export unmasked rows')"
        " AND recorded_at > (SELECT max(recorded_at) FROM audit) - to_days($days) ORDER BY sequence DESC",
        {"days": days},
    ).to_pandas()


def find_viewers(store: Store, objects: Sequence[str], words: Sequence[str]) -> pd.DataFrame:
    """Records of acts on these objects ('report 3', 'advert-1-9'), in any version, and of those that name one
    of the words: sequence, recorded_at, actor, role, act, object, purpose. The latest first."""
    return store.query(
        "SELECT sequence, recorded_at, actor, role, act, object, purpose FROM audit WHERE"
        " regexp_replace(object, ' version .*', '') IN (SELECT unnest($objects)) OR len(list_filter($words,"
        " lambda word: contains(lower(object || ' ' || CAST(detail AS VARCHAR)), lower(word)))) > 0"
        " ORDER BY sequence DESC",
        {"objects": list(objects) or [""], "words": list(words) or ["\x00"]},
    ).to_pandas()


def list_releases(store: Store) -> pd.DataFrame:
    """Every edition that left to a partner, the latest first."""
    return store.query(
        "SELECT release_id, released_at, partner_kind, partner, title, handling, reason, authorised_by,"
        " released_by, product_id, product_version FROM release ORDER BY release_id DESC"
    ).to_pandas()


def describe_detail(detail: dict[str, Any]) -> list[tuple[str, str]]:
    """The detail of a record as name and text."""
    return [(name.replace("_", " ").capitalize(), str(value)) for name, value in detail.items()]
