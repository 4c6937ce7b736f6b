"""Which version of each finding a written product cites: the one it was written from, not the newest."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from analytics.store import Store


def cite(
    cursor: duckdb.DuckDBPyConnection,
    product_id: int,
    version: int,
    finding_ids: Sequence[int],
    *,
    newest: bool = False,
) -> None:
    """Keep what a new version of a product cites, in the transaction that saves it.

    A finding cited before stays at that version, for the text was written from it, unless `newest`; one that
    is new to the product is cited at its latest."""
    cursor.execute(
        f"WITH {_CITED} INSERT INTO product_finding SELECT $product, $version, finding_id,"
        " coalesce(if($newest, NULL, any_value(cited.finding_version)), max(finding.version))"
        " FROM finding LEFT JOIN cited USING (finding_id)"
        " WHERE list_contains($findings::INTEGER[], finding_id) GROUP BY finding_id",
        {
            "product": product_id,
            "version": version,
            "newest": newest,
            "findings": list(finding_ids),
            "before": version - 1,
        },
    ).fetchall()


def list_cited_versions(store: Store, product_id: int, version: int) -> dict[int, int]:
    """Finding number to the version that a version of a product cites. A product from before these were
    recorded cites what was the latest when it was saved."""
    rows = store.rows(
        f"WITH {_CITED} SELECT finding_id, finding_version FROM cited ORDER BY finding_id",
        {"product": product_id, "before": version},
    )
    return {row["finding_id"]: row["finding_version"] for row in rows}


_CITED = """
    recorded AS (
        SELECT finding_id, finding_version FROM product_finding
        WHERE product_id = $product AND version = $before),
    cited AS (
        SELECT * FROM recorded UNION ALL
        SELECT finding_id, max(finding.version) FROM finding JOIN product
            ON product.product_id = $product AND product.version = $before
                AND list_contains(finding_ids, finding_id)
        WHERE finding.created_at <= product.created_at AND finding_id NOT IN (SELECT finding_id FROM recorded)
        GROUP BY finding_id)"""
