"""What could have been chosen otherwise when the columns of a file were recognised: said in the notes of the
preview and of the import, so that no guess goes without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analytics.ingest.card_amounts import has_few_minus, sign_is_settled
from analytics.ingest.column_words import column_words
from analytics.ingest.columns import PLAIN_CLOCK, Column
from analytics.ingest.incident_columns import is_called_category, names_offences, rank_categories
from analytics.ingest.statement_columns import holds_amounts, is_no_payment
from analytics.ingest.time_columns import of_other_clocks

Found = dict[str, tuple[str, ...]]
Doubts = tuple[tuple[str, str], ...]

_NEARLY_AS_LIKELY = 1.6  # in score of a category: less than a word for an offence
_SAYS_KINDS = 2.0  # in the same: of a column that is no code
_SHOWN = 3  # columns named in a note
_DECIMALS = re.compile(r".*\d[.,]\d{1,2}(?!\d).*")
_NEARLY_ALL = 0.8  # of the values
_PERSON = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}")  # two to four words
_PLACE = re.compile(r"[^\W\d_][\w .,'’()-]{1,40}")
_DOCUMENT = re.compile(r"[A-Z]{1,3}\d{6,9}|\d{9}")
_BOUGHT_OR_SOLD = frozenset(("buy", "sell", "bought", "sold"))
_MUCH_LONGER = 2  # times the letters of the text that was chosen


def find_doubts(kind: str, columns: list[Column], found: Found) -> Doubts:
    """By role, what the user should look at of a mapping that was guessed."""
    judges = {
        "incident": _doubt_incidents,
        "transaction": _doubt_payments,
        "communication": _doubt_calls,
        "advert": _doubt_adverts,
        "journey": _doubt_journeys,
        "premises": _doubt_stays,
    }
    judge = judges.get(kind)
    return tuple(judge(columns, found)) if judge else ()


def _doubt_incidents(columns: list[Column], found: Found) -> Iterator[tuple[str, str]]:
    by_name = {column.name: column for column in columns}
    used = _used(found, besides="category")
    if category := by_name.get(_one(found, "category")):
        ranked = rank_categories([column for column in columns if column.name not in used])
        best = max((score for score, _ in ranked), default=0.0)
        others = [
            column.name
            for score, column in ranked
            if column is not category
            and (best - score < _NEARLY_AS_LIKELY or _is_called_offence(column) and score > _SAYS_KINDS)
            and _differ(column, category)
        ]
        if others:
            yield (
                "category",
                f"{category.name!r} is read as the category of an incident, and not {_list(others)}",
            )
        elif names_offences([category]):
            pass  # its texts say what its name does not
        elif named := [c.name for c in names_offences(columns) if c.name not in used and c is not category]:
            yield (
                "category",
                f"{category.name!r} is read as the category of an incident, and not {_list(named)}, whose "
                "texts name offences",
            )
        elif not is_called_category(category) and _some_text_is_left(columns, found):
            yield (
                "category",
                f"{category.name!r} is read as the category of an incident; its name does not say that it is",
            )
    if clock := _clock_as_in_utc(columns, found):
        yield (
            "time",
            f"{found['time'][0]!r} is written as UTC, and {clock!r} has the same times of day: if these are "
            "the place's own, the times are read some hours wrong; export them without +00, or choose the "
            "columns of date and time of day",
        )
    if clock := _clock_left_out(columns, found):
        yield (
            "time",
            f"the dates have no time of day, and {clock!r}, which holds times of day, is not read: choose it "
            "beside the date if it is the incident's",
        )


def _is_called_offence(column: Column) -> bool:
    """Whether a column is called an offence and nothing else, beside one that is called its group."""
    return bool(column.words) and set(column.words) <= column_words("offence")


def _some_text_is_left(columns: list[Column], found: Found) -> bool:
    """Whether a column of words that repeat, such as kinds do, has no role."""
    used = _used(found)
    return any(c.is_text and 1 < c.distinct < c.rows for c in columns if c.name not in used)


def _clock_left_out(columns: list[Column], found: Found) -> str | None:
    """A column of times of day that is not read, where the dates have none."""
    start = next((column for column in columns if found.get("time") == (column.name,)), None)
    if start is None or start.has_clock:
        return None
    used = _used(found)
    for column in columns:
        is_other = set(column.words) & of_other_clocks()
        is_clock = column.share(PLAIN_CLOCK) > 0.9 and column.numeric < 0.5  # 10.50 may be an amount
        if column.name not in used and is_clock and not is_other:
            return column.name
    return None


def _clock_as_in_utc(columns: list[Column], found: Found) -> str | None:
    """A column of times of day that are in every row those of the date, which is written as in UTC."""
    start = next((column for column in columns if found.get("time") == (column.name,)), None)
    if start is None or not start.has_clock or not all(date.is_utc for date in start.dates):
        return None
    used = _used(found)
    for column in columns:
        if column.name in used or column.share(PLAIN_CLOCK) < 1 or column.filled < 1 or start.filled < 1:
            continue
        clocks = [tuple(map(int, re.findall(r"\d+", value)[:2])) for value in column.values]
        if clocks[: len(start.dates)] == [(date.at.hour, date.at.minute) for date in start.dates]:
            return column.name
    return None


def _doubt_payments(columns: list[Column], found: Found) -> Iterator[tuple[str, str]]:
    by_name = {column.name: column for column in columns}
    used = _used(found)
    sign = _one(found, "out")
    if sign and "in" not in found and (amount := by_name.get(sign)) and not sign_is_settled(columns, amount):
        yield (
            "out",
            f"amounts without a minus in {sign!r} are read as money paid out, as on a card's list: if they "
            f"were paid in, say so (--map amount={sign} --map out=)",
        )
    amount = by_name.get(_one(found, "amount"))
    if amount and _is_of_one(found) and (traded := _says_what_was_traded(columns)):
        yield (
            "amount",
            f"{traded!r} says of every row that something was bought or sold: a trade on an exchange is no "
            "payment to another account; import the account's deposits and withdrawals instead",
        )
    if amount is None or len(found["amount"]) > 1:
        return
    if _is_of_one(found) and has_few_minus(amount) and not sign_is_settled(columns, amount):
        yield (
            "amount",
            f"most amounts in {amount.name!r} have no minus and are read as money paid in: if this is a "
            f"card's list, where what was spent has none, say so (--map out={amount.name} --map amount=)",
        )
    others = [
        column.name
        for column in columns
        if column.name not in used
        and column.filled > 0.5
        and holds_amounts(column)
        and column.share(_DECIMALS) > 0.3
        and not is_no_payment(column)
        and _differ(column, amount)
    ]
    if others:
        yield "amount", f"{amount.name!r} is read as the amount of a payment, and not {_list(others)}"


def _says_what_was_traded(columns: list[Column]) -> str | None:
    """A column that says of every row that something was bought or sold."""
    for column in columns:
        said = {value.strip().lower() for value in column.values}
        if column.filled == 1 and said and said <= _BOUGHT_OR_SOLD:
            return column.name
    return None


def _is_of_one(found: Found) -> bool:
    """Whether only the sign of an amount says whether money went out or in."""
    parties = {"from", "to"} <= found.keys() or {"from_name", "to_name"} <= found.keys()
    return not parties and "direction" not in found


def _doubt_calls(columns: list[Column], found: Found) -> Iterator[tuple[str, str]]:
    sides = {"from", "own"} & found.keys(), {"to", "other"} & found.keys()
    for side, other, words in (
        (0, 1, "who called or wrote: in every row that is blank"),
        (1, 0, "who was called or written to: in every row that is blank"),
    ):
        is_ones_own = side == 0 and "other" in found  # of which the import says whether its phone is known
        if not sides[side] and sides[other] and not is_ones_own:
            yield "from" if side == 0 else "to", f"no column says {words}, unless you choose one"


def _doubt_journeys(columns: list[Column], found: Found) -> Iterator[tuple[str, str]]:
    left = [column for column in columns if column.name not in _used(found)]
    for role, other, what in (("from", "to", "began"), ("to", "from", "ended")):
        if role not in found and other in found and (places := _listed(left, _PLACE)):
            yield role, f"no column is read as the place where the journey {what}; {places} may say it"
    has_no_ends = not {"from", "to", "camera"} & found.keys()
    if "traveller" in found and has_no_ends and (places := _listed(left, _PLACE)):
        yield "from", f"no column is read as the places of the journey; {places} may say them"
    if (
        "document" not in found
        and {"traveller", "vehicle"} & found.keys()
        and (marks := _listed(left, _DOCUMENT))
    ):
        yield "document", f"no column is read as a traveller's document; {marks} may be one"


def _doubt_stays(columns: list[Column], found: Found) -> Iterator[tuple[str, str]]:
    left = [column for column in columns if column.name not in _used(found)]
    if "holder" not in found and "end" in found and (people := _listed(left, _PERSON)):
        yield "holder", f"no column is read as the tenant or guest; {people} may name them"
    if "end" not in found and "nights" not in found and "available" not in found:
        later = [column.name for column in left if column.dated > 0.9 and column.filled > 0.5]
        if later:
            yield "end", f"no column is read as the end of the stay; {_list(later)} may be it"


def _listed(columns: list[Column], form: re.Pattern[str]) -> str:
    """The columns of which nearly all values have a form and hardly two are alike, as a note names them."""
    return _list(
        [
            column.name
            for column in columns
            if column.share(form) > _NEARLY_ALL
            and 2 * column.distinct > column.rows > 1
            and column.dated < 0.5
        ]
    )


def _doubt_adverts(columns: list[Column], found: Found) -> Iterator[tuple[str, str]]:
    by_name = {column.name: column for column in columns}
    body = by_name.get(_one(found, "body"))
    if body is None or not body.values:
        return
    used = _used(found)
    longer = [
        column.name
        for column in columns
        if column.name not in used
        and column.is_text
        and column.filled > 0.5
        and " " in column.values[0].strip()
        and "://" not in column.values[0]
        and _letters(column) > _MUCH_LONGER * _letters(body)
    ]
    if longer:
        yield "body", f"{body.name!r} is read as the text of an advert, and not the longer {_list(longer)}"


def _letters(column: Column) -> float:
    return sum(map(len, column.values)) / max(len(column.values), 1)


def _differ(column: Column, other: Column) -> bool:
    return any(a != b for a, b in zip(column.cells, other.cells, strict=True))


def _used(found: Found, besides: str = "") -> set[str]:
    """The columns that have a role; further ones that are only kept have none."""
    return {name for role, names in found.items() if role not in ("attribute", besides) for name in names}


def _one(found: Found, role: str) -> str:
    return next(iter(found.get(role, ())), "")


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:_SHOWN]))
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
