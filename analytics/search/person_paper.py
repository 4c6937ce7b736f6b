"""A person's file on paper, for a request for access."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from analytics.search.person_file import PersonFile
from analytics.shared.wording import counted, write_day, write_moment
from analytics.tasking.certificate import HANDLING
from analytics.tasking.citations import join_handling
from analytics.tasking.paper import Paper


def build_person_paper(found: PersonFile, at: datetime, mark: str = "") -> Paper:
    """What is stored, by kind, and who saw it, as it is handed over. `mark`: of an exercise."""
    sections = {"Asked for": f"{found.typed}\n{counted(sum(found.matches.values()), 'thing')} stored."}
    for kind, things in found.things.groupby("kind", sort=False):
        lines = [
            " · ".join(
                filter(
                    None,
                    (
                        str(row.title),
                        str(row.text or ""),
                        write_moment(row.when) if not pd.isna(row.when) else "",
                    ),
                )
            )
            for row in things.itertuples()
        ]
        sections[str(kind)] = "\n".join(lines)
    seen = [
        f"{write_moment(row.recorded_at)} UTC: {row.actor} ({row.role}), {row.act}, {row.object}"
        f"{row.purpose and f', for {row.purpose}'}"
        for row in found.seen.itertuples()
    ]
    sections["Who saw it"] = "\n".join(seen) or "Nobody, by the audit trail."
    return Paper(
        "Everything stored on a person",
        join_handling([mark, HANDLING]),
        f"Person's file, {write_day(at)}",
        sections,
    )
