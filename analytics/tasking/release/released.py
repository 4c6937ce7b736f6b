"""Released editions: stored word for word with partner, reason and releaser; never changed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import pandas as pd

from analytics.oversight import Actor, record
from analytics.oversight.approvals import use_approval
from analytics.store import Store, now
from analytics.tasking.paper import Paper, print_pdf
from analytics.tasking.release.build import ReleaseDraft, draft_release

RELEASE = "release edition"


class ChangedMeanwhile(RuntimeError):
    """What may be shared is no longer what was compared."""


def release_product(
    store: Store, actor: Actor, product_id: int, version: int, seen: ReleaseDraft, reason: str
) -> int:
    """Release the edition that was compared; returns its number. The audit trail records partner, reason and
    counts.

    It is rebuilt from the store: raises ChangedMeanwhile where that gives another text than `seen`. Raises
    ValueError where the partner's name or the reason is missing, Refused where a second person has not
    approved this very text for this partner, and what `draft_release` raises."""
    choices = seen.choices
    if not choices.partner.strip() or not reason.strip():
        raise ValueError("Say to which partner it goes, and why.")
    edition = draft_release(store, product_id, version, choices)
    if edition != seen:
        raise ChangedMeanwhile("What may be shared has changed since you compared it. Compare it again.")
    with store.write(changes_data=False) as cursor:
        use_approval(cursor, actor, RELEASE, name_release(product_id, version, edition))
        ((number,),) = cursor.execute("SELECT nextval('release_id_sequence')").fetchall()
        paper = _paper(number, edition.title, edition.handling, edition.rules_version, edition.sections())
        digest = hashlib.sha256(print_pdf(paper)).hexdigest()
        cursor.execute(
            "INSERT INTO release VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                number,
                product_id,
                version,
                choices.kind,
                choices.partner.strip(),
                reason.strip(),
                choices.authorised_by.strip(),
                edition.rules_version,
                edition.title,
                edition.handling,
                json.dumps(edition.sections()),
                list(choices.let_stand),
                digest,
                actor.name,
                now(),
            ],
        ).fetchall()
        record(
            cursor,
            actor,
            RELEASE,
            f"product {product_id} version {version}",
            reason.strip(),
            {
                "edition": number,
                "partner": choices.partner.strip(),
                "kind": choices.kind,
                "authorised by": choices.authorised_by.strip(),
                "withheld": Counter(mark.kind for mark in edition.withheld),
                "let stand": list(choices.let_stand),
                "sha256": digest,
            },
        )
    return int(number)


def name_release(product_id: int, version: int, edition: ReleaseDraft) -> str:
    """What a second person approves: the partner and, by its digest, every word of the edition."""
    text = json.dumps([edition.title, edition.handling, edition.sections()])
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    choices = edition.choices
    return (
        f"product {product_id} version {version} to {choices.partner.strip()} ({choices.kind}), text {digest}"
    )


def list_releases(store: Store, product_id: int) -> pd.DataFrame:
    """Released editions of a product, newest first: release_id, product_version, partner, partner_kind,
    reason, authorised_by, rules_version, let_stand, released_by, released_at."""
    return store.query(
        "SELECT release_id, product_version, partner, partner_kind, reason, authorised_by, rules_version,"
        " let_stand, released_by,"
        " released_at FROM release WHERE product_id = ? ORDER BY release_id DESC",
        [product_id],
    ).to_pandas()


def load_release(store: Store, release_id: int) -> Paper:
    """An edition as released, for print. Raises KeyError where there is none."""
    rows = store.rows(
        "SELECT title, handling, rules_version, sections FROM release WHERE release_id = ?", [release_id]
    )
    if not rows:
        raise KeyError(f"There is no edition {release_id}.")
    row = rows[0]
    return _paper(
        release_id, row["title"], row["handling"], row["rules_version"], json.loads(row["sections"])
    )


def _paper(number: int, title: str, handling: str, rules: str, sections: dict[str, str]) -> Paper:
    return Paper(title, handling, f"SANITISED EDITION {number} · rules {rules}", sections)
