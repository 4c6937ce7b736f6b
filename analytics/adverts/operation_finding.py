"""An operation or a campaign as a finding: what it says, what it rests on, what else would explain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from analytics.adverts.boilerplate import BOILERPLATE
from analytics.intelligence.finding_results import (
    AdvertsResult,
    CategoryCount,
    Focus,
    IndicatorShare,
    PeriodCount,
    PlaceCount,
    StandingCount,
)
from analytics.intelligence.findings import Finding
from analytics.shared.referral_questions import ask_about_referral
from analytics.shared.wording import counted, write_day, write_period

ALTERNATIVES = [
    {
        "explanation": "A business that can be named: a licensed agency, a landlord, a shop with several "
        "branches.",
        "how to tell": "Look the contact up in registers and on the business's own pages; ask the licensing "
        "body.",
    },
    {
        "explanation": "People who work for themselves and share a flat, a telephone or somebody who writes "
        "their adverts.",
        "how to tell": "Look whether prices, hours and limits differ from advert to advert; ask outreach "
        "workers who know them.",
    },
    {
        "explanation": "A text that many copy from one another or from a site's template, or a number that "
        "belongs to the site.",
        "how to tell": "See how common the identifier behind each link is, and whether the text occurs "
        "elsewhere.",
    },
    {
        "explanation": "Spam or a scam: nobody is offered anything.",
        "how to tell": "Look for the same text in places no traveller could serve, and for reports of money "
        "lost.",
    },
    {
        "explanation": "Adverts that move while nobody does: reposting in many towns is cheap.",
        "how to tell": "Seek another source (bookings, journeys, telephone records) before speaking of "
        "movement of people.",
    },
]
RECIPE = "adverts of one hand"  # as stored findings name it
_ASSUMPTIONS = (
    "Posted times and places are as the source states them. Adverts of one campaign or with one identifier "
    "have one author. No advert shows whether somebody consents: nothing here says that anybody is exploited."
)


@dataclass(frozen=True)
class Subject:
    """What a finding is about: 'operation' or 'campaign', its number and its score in bits."""

    kind: str
    number: int
    score: float

    @property
    def name(self) -> str:
        return f"{self.kind} {self.number}"


def build_finding(
    subject: Subject,
    adverts: pd.DataFrame,
    shown: pd.DataFrame,
    links: pd.DataFrame,
    says: list[str],
    label: str,
    parameters: dict[str, Any],
    data_version: int,
) -> tuple[Finding, pa.Table]:
    """The finding and its evidence (table_name 'advert', source_id, row_number).

    `adverts` as `read_operation_adverts` gives them, `links` as `read_operation_links`; `shown` are the
    indicators they meet and `says`
    are sentences about movement; `label` is the analyst's judgement in words, '' where there is none. The
    text holds no contact detail and nothing of an advert's own wording. Raises ValueError without adverts.
    """
    if adverts.empty:
        raise ValueError(f"There is no advert in {subject.name}.")
    times = adverts.posted_at.dropna()
    places = adverts.place.dropna().value_counts()
    period = f", from {write_period(times.min(), times.max())}" if len(times) else ""
    standing = links[links.standing.isin(("stands", "confirmed"))]
    campaigns = adverts.campaign_id.dropna().nunique()
    common = bool((links.identifier_kind == BOILERPLATE).any())
    by_contact = "; many unrelated people use a wording of theirs, and a contact joins its adverts"
    statement = (
        f"{len(adverts)} adverts in {counted(len(places), 'place')} on "
        f"{counted(adverts.site.nunique(), 'site')}{period} "
        f"appear to share an author: {counted(campaigns, 'wording')} and {counted(len(standing), 'link')} by "
        f"shared identifiers{by_contact if common else ''}. {_describe_indicators(shown)}"
    )
    finding = Finding(
        title=f"Adverts by one author, {subject.name}: {'; '.join(places.index[:3]) or 'no place known'}"[
            :160
        ],
        statement=" ".join([statement, *says]),
        method="Campaigns and operations of adverts",
        parameters=parameters | {subject.kind: subject.number},
        data_version=data_version,
        area_id=None,
        period_from=times.min().date() if len(times) else None,
        period_to=times.max().date() if len(times) else None,
        result=_build_result(subject, adverts, shown, links, label),
        confidence="moderate" if campaigns and len(standing) else "low",
        confidence_basis=_state_basis(campaigns, len(standing), common, label),
        assumptions=_ASSUMPTIONS,
        alternatives=ALTERNATIVES,
        recipe={"kind": RECIPE, "subject": subject.kind, "number": subject.number},
    )
    evidence = adverts[["source_id", "row_number"]].drop_duplicates().assign(table_name="advert")
    return finding, pa.Table.from_pandas(evidence, preserve_index=False)


def _build_result(
    subject: Subject, adverts: pd.DataFrame, shown: pd.DataFrame, links: pd.DataFrame, label: str
) -> AdvertsResult:
    """What was counted of the subject, for charts and briefs: arguments as `build_finding` has them."""
    places = adverts.place.dropna().value_counts()
    return AdvertsResult(
        focus=Focus(label="; ".join(places.index[:5])),
        places=tuple(PlaceCount(place=place, count=int(n)) for place, n in places.items()),
        categories=tuple(
            CategoryCount(category=kind, count=int(n))
            for kind, n in adverts.kind.dropna().value_counts().items()
        ),
        signs=tuple(
            IndicatorShare(
                title=row.title,
                direction=row.direction,
                evidence=row.evidence,
                adverts=int(row.adverts),
                share=float(row.share),
                everywhere=float(row.everywhere),
            )
            for row in shown.itertuples()
        ),
        links=tuple(
            StandingCount(standing=name, count=int(n)) for name, n in links.standing.value_counts().items()
        ),
        trend=_count_weeks(adverts.posted_at.dropna()),
        counted="adverts",
        score=subject.score,
        judgement=label,
    )


def draft_referral(
    subject: Subject, adverts: pd.DataFrame, shown: pd.DataFrame, says: list[str]
) -> dict[str, str]:
    """The sections of a referral to safeguarding and support partners, without a contact detail, a name or
    any wording of an advert. What only people can say is left to them."""
    times = adverts.posted_at.dropna()
    period = (
        f"between {write_day(times.min())} and {write_day(times.max())}"
        if len(times)
        else "at dates not known"
    )
    child = shown[shown.direction == "safeguard"]
    return {
        "concern": (
            f"{counted(len(adverts), 'advert')} posted {period} in {_list_places(adverts.place.dropna())} "
            f"appear to share an author ({subject.name}). "
            + (f"{child.title.iloc[0]}: a child may be at risk. " if len(child) else "")
            + "Nobody has been spoken to, and nothing here shows that anybody is harmed."
        ),
        "signs": _describe_indicators(shown) + " " + " ".join(says),
        "alternatives": "\n".join(item["explanation"] for item in ALTERNATIVES),
        **ask_about_referral(),
    }


REFERRAL_SECTIONS = {
    "concern": "What was seen",
    "signs": "Indicators for and against, and how far to trust them",
    "alternatives": "What else would explain it",
    "asked": "What is asked of the partner",
    "safety": "Safety of those concerned",
    "sharing": "What may be shared",
    "consent": "Their wishes",
}


def _list_places(places: pd.Series, maximum: int = 5) -> str:
    """The places of most adverts, and how many more there are."""
    named = places.value_counts().index
    more = [f"{len(named) - maximum} more"] if len(named) > maximum else []
    return "; ".join([*named[:maximum], *more]) or "places not known"


def _describe_indicators(shown: pd.DataFrame) -> str:
    parts = []
    for direction, words in (("for", "Indicators for exploitation"), ("against", "Indicators against")):
        named = [
            f"{row.title.lower()} ({row.adverts} of them; {row.evidence})"
            for row in shown[shown.direction == direction].itertuples()
        ]
        parts.append(f"{words}: {'; '.join(named) if named else 'none'}.")
    return " ".join(parts) + " Each is weak, and common among adverts that harm nobody."


def _state_basis(campaigns: int, links: int, common: bool, label: str) -> str:
    if common:
        rests = (
            "That the adverts share an author rests on contacts they share: many unrelated people use a "
            "wording of theirs."
        )
    elif campaigns and links:
        rests = (
            "That the adverts share an author rests on two kinds of evidence: their wording and shared "
            "identifiers."
        )
    elif campaigns:
        rests = "That the adverts share an author rests on their wording alone."
    else:
        rests = "That the adverts share an author rests on shared identifiers alone."
    judged = f" An analyst judged it: {label}." if label else " No analyst has judged it yet."
    return (
        f"{rests} Only adverts were read; nothing else corroborates it. It says nothing of "
        f"exploitation.{judged}"
    )


def _count_weeks(times: pd.Series) -> tuple[PeriodCount, ...]:
    if times.empty:
        return ()
    counts = times.dt.to_period("W-SUN").value_counts().sort_index()
    every = pd.period_range(counts.index[0], counts.index[-1], freq="W-SUN")
    return tuple(
        PeriodCount(period=f"{week.start_time:%Y-%m-%d}", count=int(counts.get(week, 0))) for week in every
    )
