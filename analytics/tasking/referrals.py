"""Referrals to safeguarding and support partners, saved in versions with every step of their progress."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.adverts.operation_finding import REFERRAL_SECTIONS
from analytics.oversight import Actor, record
from analytics.oversight.heads import find_product_code
from analytics.shared.codes import code_table
from analytics.store import Store, now
from analytics.tasking.citations import join_handling
from analytics.tasking.paper import Paper
from analytics.tasking.products import load_product, save_product

KIND = "safeguarding referral"
STANDINGS = code_table("referral_standings")
DRAFTED = "drafted"


def save_referral(
    store: Store,
    actor: Actor,
    subject: int | str,
    partner: str,
    texts: Mapping[str, str],
    *,
    product_id: int | None = None,
    latest_seen: int | None = None,
) -> tuple[int, int]:
    """Save a referral of an operation (its number) or of a node of the network (its name in links of the
    app), or a new version of one. Returns (product_id, version).

    Raises ValueError without a partner, KeyError where `product_id` is no referral, and SavedMeanwhile where
    a later version than `latest_seen` exists. A new version keeps the standing; a new referral is 'drafted'.
    """
    if not partner.strip():
        raise ValueError("Say which partner it goes to.")
    product_id, version = save_product(
        store,
        actor,
        KIND,
        f"Referral: {_name_subject(subject)}",
        dict(texts),
        [],
        product_id=product_id,
        latest_seen=latest_seen,
    )
    referrals = list_referrals(store).set_index("product_id")
    known = referrals.loc[product_id]
    if version == 1 or known.partner != partner.strip():
        standing = DRAFTED if version == 1 else known.standing
        _add(store, actor, product_id, subject, partner, standing, f"version {version} saved")
    return product_id, version


def record_step(store: Store, actor: Actor, product_id: int, standing: str, note: str) -> None:
    """Record a step of a referral. Raises ValueError for an unknown standing or without a note, KeyError
    where there is no such referral."""
    if standing not in STANDINGS.codes:
        raise ValueError(f"A referral stands as one of {', '.join(STANDINGS.codes)}.")
    if not note.strip():
        raise ValueError("Say what was done or answered, and by whom.")
    referrals = list_referrals(store).set_index("product_id")
    if product_id not in referrals.index or not referrals.partner[product_id]:
        raise KeyError(f"There is no referral {product_id}.")
    known = referrals.loc[product_id]
    subject = int(known.operation_id) if pd.notna(known.operation_id) else str(known.node)
    _add(store, actor, product_id, subject, known.partner, standing, note)


def list_referrals(store: Store, operation_id: int | None = None, node: str | None = None) -> pd.DataFrame:
    """The latest version of every referral, the latest step first: product_id, version, title,
    operation_id or node (the other is missing), partner, standing, standing_name (in words), note,
    recorded_by, recorded_at, created_by, created_at; of one operation or node, or of all."""
    rows = store.query(
        "WITH latest AS (SELECT product_id, version, title, created_by, created_at FROM product"
        " WHERE kind = ?"
        " QUALIFY version = max(version) OVER (PARTITION BY product_id)),"
        " stands AS (SELECT * FROM referral_step"
        " QUALIFY step_id = max(step_id) OVER (PARTITION BY product_id))"
        " SELECT product_id, version, title, operation_id, node, coalesce(partner, '') AS partner,"
        " coalesce(standing, ?) AS standing,"
        " coalesce(note, '') AS note, recorded_by, recorded_at, created_by, created_at"
        " FROM latest LEFT JOIN stands USING (product_id)"
        " WHERE (? IS NULL OR operation_id = ?) AND (? IS NULL OR node = ?)"
        " ORDER BY coalesce(recorded_at, created_at) DESC, product_id DESC",
        [KIND, DRAFTED, operation_id, operation_id, node, node],
    ).to_pandas()
    names = {entry.code: entry.label for entry in STANDINGS.entries}
    return rows.assign(standing_name=rows.standing.map(names).fillna(rows.standing))


def build_referral_paper(store: Store, product_id: int) -> Paper:
    """The latest version as it prints, under every handling mark of the sources of its adverts, or of all
    advert sources where its operation no longer exists; of a node, of all sources that link anything, else of
    all. Raises KeyError where there is no such referral."""
    referrals = list_referrals(store).set_index("product_id")
    if product_id not in referrals.index:
        raise KeyError(f"There is no referral {product_id}.")
    known = referrals.loc[product_id]
    marks = (
        _list_link_marks(store)
        if isinstance(known.node, str)
        else store.rows(
            "WITH marks AS (SELECT handling, source_id IN (SELECT source_id FROM operation_advert"
            " WHERE operation_id = ?) AS its"
            " FROM source WHERE kind = 'advert')"
            " SELECT DISTINCT handling FROM marks WHERE its OR NOT (SELECT bool_or(its) FROM marks)"
            " ORDER BY handling",
            [None if pd.isna(known.operation_id) else int(known.operation_id)],
        )
    )
    texts = load_product(store, product_id)["content"]
    return Paper(
        f"Referral to {known.partner}",
        join_handling(row["handling"] for row in marks),
        f"Referral {product_id}, version {known.version}",
        {title: texts.get(name, "") for name, title in REFERRAL_SECTIONS.items()},
        seal=find_product_code(store, product_id, int(known.version)),
    )


def _list_link_marks(store: Store) -> list[dict[str, Any]]:
    return store.rows(
        "WITH linking AS (SELECT DISTINCT source_id FROM network_link)"
        " SELECT DISTINCT handling FROM source WHERE source_id IN (FROM linking)"
        " OR NOT EXISTS (FROM linking) ORDER BY handling"
    )


def list_referral_steps(store: Store, product_id: int) -> pd.DataFrame:
    """Every step of one referral, the latest first: standing_name, partner,
    note, recorded_by, recorded_at."""
    rows = store.query(
        "SELECT standing, partner, note, recorded_by, recorded_at FROM referral_step WHERE product_id = ?"
        " ORDER BY step_id DESC",
        [product_id],
    ).to_pandas()
    names = {entry.code: entry.label for entry in STANDINGS.entries}
    return rows.assign(standing_name=rows.standing.map(names).fillna(rows.standing))


def _add(
    store: Store, actor: Actor, product_id: int, subject: int | str, partner: str, standing: str, note: str
) -> None:
    with store.write(changes_data=False) as cursor:
        cursor.execute(
            "INSERT INTO referral_step (product_id, operation_id, node, partner, standing, note,"
            " recorded_by, recorded_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                product_id,
                subject if isinstance(subject, int) else None,
                subject if isinstance(subject, str) else None,
                partner.strip(),
                standing,
                note.strip(),
                actor.name,
                now(),
            ],
        ).fetchall()
        record(
            cursor,
            actor,
            "refer adverts",
            f"referral {product_id}",
            note.strip(),
            {
                "operation" if isinstance(subject, int) else "node": subject,
                "partner": partner.strip(),
                "standing": standing,
            },
        )


def _name_subject(subject: int | str) -> str:
    return f"operation {subject}" if isinstance(subject, int) else f"{subject.partition('-')[0]} in a network"
