"""The kinds of file that are imported, one a module; an entry of KINDS is all that an import needs to
know."""

from __future__ import annotations

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

KINDS: dict[str, ImportKind] = {
    kind.name: kind
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
