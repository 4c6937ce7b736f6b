"""The kinds of file that are imported, one a module; an entry of KINDS is all that an import needs to
know."""

from __future__ import annotations

from dataclasses import replace

from analytics.ingest.column_words import names_in_other_languages
from analytics.ingest.kinds import (
    account,
    advert,
    boundary,
    communication,
    incident,
    journey,
    premises,
    report,
    transaction,
)
from analytics.ingest.roles import ImportKind


def _in_other_languages(kind: ImportKind) -> ImportKind:
    """A kind whose roles know their names in other languages too, after those that it states."""
    also = names_in_other_languages(kind.name)
    roles = tuple(replace(role, names=(*role.names, *also.get(role.name, ()))) for role in kind.roles)
    return replace(kind, roles=roles)


KINDS: dict[str, ImportKind] = {
    kind.name: _in_other_languages(kind)
    for kind in (
        incident.KIND,
        boundary.KIND,
        advert.KIND,
        transaction.KIND,
        account.KIND,
        premises.KIND,
        journey.KIND,
        communication.KIND,
        report.KIND,
    )
}
