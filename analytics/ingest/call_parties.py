"""Whose columns of numbers those of a list of calls are: who called and who was called, or the phone that the
list is of and the other party."""

from __future__ import annotations

from analytics.ingest.columns import Column
from analytics.ingest.name_words import words_of

_SIDES = frozenset(
    ("calling", "caller", "called", "callee", "originating", "terminating", "dialled", "dialed", "sender")
    + ("recipient", "receiver", "src", "dst", "from", "to")
)


def parties_a_and_b(columns: list[Column]) -> tuple[Column, ...]:
    """The columns of both numbers of a call that are called alike but for a letter: A-Rufnummer, B-Rufnummer;
    Línea A, Línea B."""
    numbers = [c for c in columns if c.dated < 0.5 and not c.is_pair and holds_numbers(c)]
    by_words = {tuple(column.words): column for column in numbers}
    for words, column in by_words.items():
        other = tuple("b" if word == "a" else word for word in words)
        if other != words and other in by_words:
            return column, by_words[other]
    return ()


def is_one_number(column: Column) -> bool:
    """Whether a column holds one telephone number throughout."""
    return column.distinct == column.filled == 1 < column.rows and all(map(has_digits, column.values))


def holds_numbers(column: Column) -> bool:
    """Whether most values have the digits of a telephone number."""
    return 2 * sum(map(has_digits, column.values)) > len(column.values)


def has_digits(text: str) -> bool:
    """Whether a text has at least three digits."""
    return sum(map(str.isdigit, text)) >= 3


def settle_parties(found: dict[str, tuple[str, ...]], columns: list[Column]) -> dict[str, tuple[str, ...]]:
    """Either who called and who was called, or a phone's own list: its number, the other party and the way
    each call went."""
    own, other = (found.get(a, found.get(b, ())) for a, b in (("own", "from"), ("other", "to")))
    says_itself = any(map(_says_which_side, (*own, *other))) and not _is_list_of_one_phone(
        own, other, columns
    )
    if "direction" in found and other and not says_itself and (not own or _is_one_phone(own[0], columns)):
        return without(found, "from", "to") | ({"own": own} if own else {}) | {"other": other}
    if "from" in found or "to" in found:
        sides = {"from": own, "to": other}  # a phone's own number may be the one side
        return without(found, "own", "other", "direction") | {
            side: found.get(side, names) for side, names in sides.items() if found.get(side, names)
        }
    return found


def _is_one_phone(name: str, columns: list[Column]) -> bool:
    """Whether a column holds the phone that a list is of, rather than whoever called."""
    column = next(column for column in columns if column.name == name)
    named = {"target", "own", "served", "subscriber", "msisdn"} & set(column.words)
    return bool(named) or column.distinct == 1 < column.rows


def _is_list_of_one_phone(own: tuple[str, ...], other: tuple[str, ...], columns: list[Column]) -> bool:
    """Whether one column holds one number throughout, which the other never holds: that other is whoever was
    at the other end, whatever it is called."""
    by_name = {column.name: column for column in columns}
    one, rest = (by_name.get(next(iter(names), "")) for names in (own, other))
    if one is None or rest is None or one.filled < 1:
        return False
    return one.distinct == 1 < one.rows and one.values[0] not in rest.values


def _says_which_side(name: str) -> bool:
    """Whether a column says by its name that it holds who called, or who was called."""
    return bool(set(words_of(name)) & _SIDES)


def without(found: dict[str, tuple[str, ...]], *roles: str) -> dict[str, tuple[str, ...]]:
    """The columns by role but for these roles."""
    return {role: names for role, names in found.items() if role not in roles}
