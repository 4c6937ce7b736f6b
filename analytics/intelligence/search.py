"""One box over reports, findings, requirements, adverts, accounts, payments, calls, journeys and places:
words and numbers in any form.

A row matches when it holds every word of the query, whatever the case and the accents. A run of five or more
digits, however it is spaced, matches the same digits however they are spaced in the row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from analytics.intelligence.access import Tier
from analytics.store import Store

_NUMBER = re.compile(r"\+?\d(?:[\s().\-/]*\d){4,}")
_LATEST_REPORT = "(report_id, version) IN (SELECT report_id, max(version) FROM report GROUP BY report_id)"
COLUMNS = ("kind", "key", "title", "text", "masked", "moment", "personal", "matches")


@dataclass(frozen=True)
class Query:
    """What a typed text asks for: `words`, lower case without accents, and `numbers`, digits only."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class _Searchable:
    """`rows`: a FROM clause with its filter; `title` and `text` are searched. `masked`: what may be shown of
    a row that names people, without its title, until it is revealed; None where title and text name nobody or
    are the role's to read. `carries`: a further condition under which a row matches a number, with {number}
    for its parameter."""

    kind: str
    rows: str
    key: str
    title: str
    text: str
    moment: str
    masked: str | None = None
    carries: str | None = None


def parse(typed: str) -> Query:
    """Words and numbers of a typed text; leading zeros and a plus sign of a number are left out, so that
    07700 900123 and +44 7700 900123 find each other by their common end."""
    numbers = tuple(
        re.sub(r"\D", "", found.group()).removeprefix("00").lstrip("0") for found in _NUMBER.finditer(typed)
    )
    words = tuple(_NUMBER.sub(" ", typed).split())
    return Query(words, tuple(_common_end(number) for number in numbers if number))


def _common_end(number: str) -> str:
    """The last nine digits of a long number: what a national and an international form have in common."""
    return number[-9:] if len(number) > 9 else number


def search(store: Store, typed: str, tier: Tier, *, limit: int = 50) -> pd.DataFrame:
    """At most `limit` rows a kind, newest first, with how many of the kind match in `matches`.

    Columns: kind, key (what identifies the row on its own page), title, text, masked (what to show of a
    `personal` row until it is revealed, without its title), moment, personal, matches. Reports are searched
    in what the tier reads: the words as received only where it holds them; findings where it reads their
    handling; rows of adverts, accounts, payments, calls, journeys and premises where it reads rows at all.
    """
    query = parse(typed)
    if not query.words and not query.numbers:
        return pd.DataFrame(columns=list(COLUMNS))
    parameters = {f"w{at}": word for at, word in enumerate(query.words)}
    parameters |= {f"n{at}": number for at, number in enumerate(query.numbers)}
    marks = store.rows("SELECT DISTINCT handling FROM finding")
    readable = [row["handling"] for row in marks if tier.reads(row["handling"])]
    found = [_search_one(store, kind, query, parameters, limit) for kind in _list_searchables(tier, readable)]
    return pd.concat([frame for frame in found if len(frame)] or found[:1], ignore_index=True)


def _search_one(
    store: Store, what: _Searchable, query: Query, parameters: dict[str, str], limit: int
) -> pd.DataFrame:
    haystack = f"concat_ws(' ', {what.title}, {what.text})"
    wanted = [
        f"contains(strip_accents(lower({haystack})), strip_accents(lower($w{at})))"
        for at in range(len(query.words))
    ] + [
        f"(contains(regexp_replace({haystack}, '[^0-9]', '', 'g'), $n{at})"
        + (f" OR {what.carries.format(number=f'$n{at}')})" if what.carries else ")")
        for at in range(len(query.numbers))
    ]
    return store.query(
        f"SELECT '{what.kind}' AS kind, CAST({what.key} AS VARCHAR) AS key, {what.title} AS title,"
        f" {what.text} AS text,"
        f" {what.masked or 'NULL'} AS masked,"
        f" CAST({what.moment} AS TIMESTAMP) AS moment, {str(what.masked is not None).lower()} AS personal,"
        f" count(*) OVER () AS matches FROM {what.rows} AND {' AND '.join(wanted)}"
        f" ORDER BY moment DESC NULLS LAST, key LIMIT {int(limit)}",
        parameters,
    ).to_pandas()


def _list_searchables(tier: Tier, readable: list[str]) -> list[_Searchable]:
    """What this tier searches; `readable` are the handling marks of the findings it reads."""
    written = [_searchable_reports(tier), _searchable_findings(readable), *_OPEN_TO_ALL]
    return [*written, *_RECORDS] if tier.rows else written


def _searchable_reports(tier: Tier) -> _Searchable:
    handling = ", ".join(f"'{code}'" for code in sorted(tier.handling))
    return _Searchable(
        "report",
        f"report_line JOIN report USING (report_id, version) WHERE {_LATEST_REPORT}"
        f" AND handling IN ({handling})",
        key="report_id",
        title="title",
        text="if(original = sanitised, original, sanitised || ' / ' || original)"
        if tier.original
        else "sanitised",
        moment="saved_at",
    )


def _searchable_findings(readable: list[str]) -> _Searchable:
    marks = ", ".join("'" + mark.replace("'", "''") + "'" for mark in readable) or "NULL"
    return _Searchable(
        "finding",
        "finding WHERE (finding_id, version) IN (SELECT finding_id, max(version) FROM finding"
        f" GROUP BY finding_id) AND handling IN ({marks})",
        key="finding_id",
        title="title",
        text="statement",
        moment="created_at",
    )


_OPEN_TO_ALL = (
    _Searchable(
        "requirement",
        "requirement WHERE (requirement_id, version) IN"
        " (SELECT requirement_id, max(version) FROM requirement GROUP BY requirement_id)",
        key="requirement_id",
        title="question",
        text="concat_ws(' ', priority, owner, note)",
        moment="saved_at",
    ),
    _Searchable(
        "place of incidents",
        "(SELECT place, count(*) AS incidents, max(occurred_from) AS latest FROM incident"
        " WHERE place IS NOT NULL GROUP BY place) AS places WHERE true",
        key="place",
        title="place",
        text="incidents || ' incidents'",
        moment="latest",
    ),
)
_ROW = "source_id || ':' || row_number"
# Records name people: what is shown of one until it is revealed stands in `masked`.
_RECORDS = (
    _Searchable(
        "advert",
        "advert WHERE true",
        key=_ROW,
        title="coalesce(title, reference)",
        text="concat_ws(' ', body, contact, site, place)",
        moment="posted_at",
        masked="concat_ws(' · ', kind, site, place)",
        # A number read out of the text matches however the text disguises it.
        carries="(source_id, row_number) IN (SELECT (source_id, row_number) FROM advert_identifier"
        " WHERE kind = 'phone' AND contains(regexp_replace(value, '[^0-9]', '', 'g'), {number}))",
    ),
    _Searchable(
        "account",
        "account WHERE true",
        key=_ROW,
        title="reference",
        text="concat_ws(' ', holder, kind, place, phone, email, address)",
        moment="opened",
        masked="concat_ws(' · ', kind, place)",
    ),
    _Searchable(
        "payment",
        '"transaction" WHERE true',
        key=_ROW,
        title="reference",
        text="concat_ws(' ', from_name, from_account, to_name, to_account, note, merchant_category, channel,"
        " place, country)",
        moment="occurred_at",
        masked="concat_ws(' · ', channel, merchant_category, place)",
    ),
    _Searchable(
        "journey",
        "journey WHERE true",
        key=_ROW,
        title="reference",
        text="concat_ws(' ', traveller, paid_by, mode, from_place, to_place, service, vehicle, document,"
        " contact)",
        moment="departed_at",
        masked="concat_ws(' · ', mode, from_place, to_place)",
    ),
    _Searchable(
        "call",
        "communication WHERE true",
        key=_ROW,
        title="reference",
        text="concat_ws(' ', from_phone, from_name, to_phone, to_name, place, device, subscriber)",
        moment="started_at",
        masked="kind",
    ),
    _Searchable(
        "premises",
        "premises WHERE true",
        key=_ROW,
        title="address",
        text="concat_ws(' ', kind, holder, owner, contact, place, reference)",
        moment="let_from",
        masked="kind",
    ),
)
