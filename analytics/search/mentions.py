"""What a running text names that can be opened: telephones, addresses, accounts, vehicles.

A telephone, e-mail, handle, web or crypto address is read as in adverts. An account, a plate or another mark
is one only where an imported row has it, for no shape of letters and digits tells them from other words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analytics.adverts.identifiers import find_identifiers
from analytics.adverts.identifiers.kinds import kind_of
from analytics.oversight.roles import Tier
from analytics.search.find import open_stored
from analytics.search.folding import SEPARATOR, read_shared, squeeze
from analytics.search.hits import PageLink
from analytics.search.index import is_index_current
from analytics.search.items import open_identifier
from analytics.store import Store

_TOKEN = re.compile(r"[^\W_](?:[\w./\-]*[^\W_])?")
_MOST_TOKENS = 9  # an IBAN in groups of four
_SHORTEST, _LONGEST = 5, 40  # letters and digits of a mark that is looked for among the rows
_OPENED_FIRST = ("account", "journey", "communication", "premises", "transaction")
_ROW_WORDS = {
    "account": "Account on record",
    "journey": "Journey on record",
    "communication": "Communication on record",
    "premises": "Premises on record",
    "transaction": "Payment on record",
}


@dataclass(frozen=True)
class Mention:
    """text[start:end] names a thing; `what` says which kind, `opens` leads there."""

    start: int
    end: int
    what: str
    opens: PageLink


@dataclass(frozen=True)
class _Candidate:
    """A span that may name something. `kind` and `value` as read in adverts, '' for a mark that only the rows
    can tell."""

    start: int
    end: int
    text: str
    kind: str = ""
    value: str = ""

    @property
    def needle(self) -> str:
        """What the folded texts of a row that has it contain: the common end of a telephone, else the whole
        value."""
        query = read_shared(self.value or self.text)
        return query.numbers[0] if query.numbers else f"{SEPARATOR}{query.squeezed}{SEPARATOR}"


_Opened = dict[_Candidate, tuple[str, PageLink]]  # what each opens, in words and as a link


def find_mentions(store: Store, texts: Sequence[str], tier: Tier) -> list[list[Mention]]:
    """The mentions of each text, first to last, none within another. A role that reads no rows gets what its
    search finds; what no row has leads to the search."""
    candidates = [[*_read_identifiers(text), *_read_marks(text)] for text in texts]
    every = [one for found in candidates for one in found]
    opened = _find_adverts(store, every) if tier.rows else {}
    if tier.rows and is_index_current(store):  # to build it may take longer than a page should wait
        opened = _find_rows(store, [one for one in every if one not in opened]) | opened
    return [_choose(found, opened) for found in candidates]


def _read_identifiers(text: str) -> Iterable[_Candidate]:
    for found in find_identifiers(text):
        if kind_of(found.kind).links:
            yield _Candidate(found.start, found.end, found.raw, found.kind, found.value)


def _read_marks(text: str) -> Iterable[_Candidate]:
    """Runs of words that look like a mark: capitals and digits, with a digit among them."""
    tokens = [match for match in _TOKEN.finditer(text) if _is_of_mark(match.group())]
    for first, start in enumerate(tokens):
        for last in range(first, min(first + _MOST_TOKENS, len(tokens))):
            if last > first and text[tokens[last - 1].end() : tokens[last].start()].strip():
                break
            span = text[start.start() : tokens[last].end()]
            length = len(squeeze(span))
            if _SHORTEST <= length <= _LONGEST and any(character.isdigit() for character in span):
                yield _Candidate(start.start(), tokens[last].end(), span)


def _is_of_mark(word: str) -> bool:
    return any(character.isdigit() for character in word) or word.isupper()


def _find_adverts(store: Store, candidates: Sequence[_Candidate]) -> _Opened:
    """Those identifiers that an advert carries."""
    read = [one for one in candidates if one.kind]
    if not read:
        return {}
    rows = store.rows(
        "SELECT DISTINCT kind, value FROM advert_identifier"
        " SEMI JOIN (SELECT unnest($pairs, recursive := true)) AS asked(kind, value) USING (kind, value)",
        {"pairs": [{"kind": one.kind, "value": one.value} for one in read]},
    )
    carried = {(row["kind"], row["value"]) for row in rows}
    return {
        one: (f"{kind_of(one.kind).label} in adverts", open_identifier(one.kind, one.value))
        for one in read
        if (one.kind, one.value) in carried
    }


def _find_rows(store: Store, candidates: Sequence[_Candidate]) -> _Opened:
    """Those that an imported row has: a telephone by its end, a mark as a whole value."""
    asked = [{"number": at, "needle": one.needle} for at, one in enumerate(candidates)]
    if not asked:
        return {}
    order = ", ".join(f"'{record}'" for record in _OPENED_FIRST)
    rows = store.rows(
        f"SELECT number, min({{'rank': list_position([{order}], record), 'source_id': source_id,"
        " 'row_number': row_number}) AS best"
        " FROM search_row, (SELECT unnest($asked, recursive := true)) AS asked(number, needle)"
        f" WHERE record IN ({order}) AND contains(squeezed, needle) GROUP BY number",
        {"asked": asked},
    )
    found = {}
    for row in rows:
        table = _OPENED_FIRST[row["best"]["rank"] - 1]
        link = open_stored(store, table, row["best"]["source_id"], row["best"]["row_number"])
        found[candidates[row["number"]]] = (_ROW_WORDS[table], link)
    return found


def _choose(
    candidates: Sequence[_Candidate], opened: dict[_Candidate, tuple[str, PageLink]]
) -> list[Mention]:
    """Of spans that overlap, what is known before what is not, then the longest."""
    mentions: list[Mention] = []
    usable = [one for one in candidates if one in opened or one.kind]
    for one in sorted(usable, key=lambda one: (one not in opened, one.start - one.end, one.start)):
        if any(one.start < other.end and other.start < one.end for other in mentions):
            continue
        found = (f"Search for this {kind_of(one.kind).label.lower()}", PageLink("search", {"find": one.text}))
        what, link = opened.get(one, found)
        mentions.append(Mention(one.start, one.end, what, link))
    return sorted(mentions, key=lambda mention: mention.start)
