"""Everything stored on a person, telephone, account or address in any spelling, and everybody who saw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.oversight.actor import Actor
from analytics.oversight.audit import record
from analytics.oversight.roles import Tier
from analytics.oversight.trail import find_viewers
from analytics.search.find import KINDS, search
from analytics.search.hits import Hit
from analytics.store import Store

MOST = 500  # of one kind


@dataclass(frozen=True)
class PersonFile:
    """`things`: kind, title, text, when, matched (where), masked_title, masked_text; `seen`: the audit
    records of acts on them, as `find_viewers` gives them; `matches`: how many there are of each kind."""

    typed: str
    things: pd.DataFrame
    seen: pd.DataFrame
    matches: dict[str, int]


def gather_person_file(store: Store, actor: Actor, typed: str, tier: Tier) -> PersonFile:
    """Search every kind of thing; the search itself is recorded. Raises Refused where the actor may not."""
    with store.write(changes_data=False) as cursor:
        record(cursor, actor, "person search", "the whole store", detail={"typed": typed})
    groups = search(store, typed, tier, limit=MOST)
    hits = [(KINDS[group.kind], hit) for group in groups for hit in group.hits]
    things = pd.DataFrame(
        [
            {
                "kind": kind,
                "title": hit.shown(revealed=True)[0],
                "text": hit.shown(revealed=True)[1],
                "masked_title": hit.shown(revealed=False)[0],
                "masked_text": hit.shown(revealed=False)[1],
                "when": hit.moment,
                "matched": ", ".join(hit.matched),
                "reference": _name(hit),
            }
            for kind, hit in hits
        ],
        columns=["kind", "title", "text", "masked_title", "masked_text", "when", "matched", "reference"],
    )
    objects = [*things.reference.tolist(), *_name_accounts(store, [hit for _, hit in hits])]
    seen = find_viewers(store, objects, [typed.strip()] if typed.strip() else [])
    return PersonFile(
        typed, things, seen, {KINDS[group.kind]: group.matches for group in groups if group.matches}
    )


def _name_accounts(store: Store, hits: Sequence[Hit]) -> list[str]:
    """What the audit trail calls the accounts among the hits: by their numbers."""
    keys = [hit.key for hit in hits if hit.kind == "account"]
    rows = store.rows(
        "SELECT DISTINCT 'account ' || reference AS name FROM account"
        " WHERE source_id || ':' || row_number IN (SELECT unnest($keys)) AND reference IS NOT NULL",
        {"keys": keys or [""]},
    )
    return [row["name"] for row in rows]


def _name(hit: Hit) -> str:
    """What the audit trail calls the thing of a hit."""
    query = hit.target.query
    for name in ("item", "report", "finding", "operation"):
        if name in query:
            return str(query[name]) if name == "item" else f"{name} {query[name]}"
    if "advert" in query:
        source, _, row = str(query["advert"]).partition("-")
        return f"advert {row} of source {source}"
    return f"{hit.kind} {hit.key}"
