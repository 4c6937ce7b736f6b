"""Two columns of payments whose meaning only their values show, row by row: out and in, payer and payee, an
account and the name that goes with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, permutations

from analytics.ingest.columns import Column
from analytics.ingest.statement_words import is_about

_ROWS_AT_LEAST = 3
_AGREED = 0.9  # of the rows whose balance moves, how many must move as the amounts say
_MOST_TRIED = 12  # columns of which pairs are made: a statement has fewer that could be one
_NOT_A_PART = re.compile(r"[^\d.,\-−–()]")


def read_number(text: str) -> float:
    """A number as a statement writes it, 0 where there is none: whichever of dot and comma comes last before
    one or two digits is the decimal sign."""
    bare = _NOT_A_PART.sub("", text)
    digits = re.sub(r"[^\d]", "", bare)
    if not digits:
        return 0.0
    decimals = re.search(r"[.,](\d{1,2})\D*$", bare)
    number = float(digits) / float(10 ** (len(decimals[1]) if decimals else 0))
    return -number if re.match(r"\W*[-−–(]", bare) or bare.endswith("-") else number


def find_out_and_in_by_values(columns: Sequence[Column], balance: Column | None) -> tuple[str, str] | None:
    """The columns of money out and money in among columns of amounts: each row fills just one of the two.
    Which is which is said by a word in either name, else by how the balance moves."""
    for first, second in combinations(columns[:_MOST_TRIED], 2):
        if not _fill_one_each(first, second):
            continue
        ways = [(is_about(c.words, "out"), is_about(c.words, "in")) for c in (first, second)]
        if ways[0] != ways[1] and ((True, False) in ways or (False, True) in ways):
            is_first_out = ways[0] == (True, False) or ways[1] == (False, True)
        elif balance is None or (moved := _moves_with(first, second, balance)) is None:
            continue
        else:
            is_first_out = moved
        return (first.name, second.name) if is_first_out else (second.name, first.name)
    return None


def _fill_one_each(first: Column, second: Column) -> bool:
    """Whether every row has an amount in just one of two columns, and each column has some."""
    filled = [[read_number(cell) != 0 for cell in column.cells] for column in (first, second)]
    rows = list(zip(*filled, strict=True))
    return len(rows) >= _ROWS_AT_LEAST and all(a != b for a, b in rows) and all(map(any, filled))


def _moves_with(first: Column, second: Column, balance: Column) -> bool | None:
    """Whether the first column lowers the balance and the second raises it (True), or the other way round
    (False); None where the balance follows neither."""
    sums = [[abs(read_number(cell)) for cell in column.cells] for column in (first, second)]
    for is_first_out in (True, False):
        out, into = sums if is_first_out else reversed(sums)
        change = [added - taken for added, taken in zip(into, out, strict=True)]
        if is_moved_by(change, balance):
            return is_first_out
    return None


def is_moved_by(change: Sequence[float], balance: Column) -> bool:
    """Whether a balance moves by these amounts from row to row. The newest row may stand first or last."""
    balances = [read_number(cell) for cell in balance.cells]
    for newest_last in (True, False):
        steps = zip(balances, balances[1:], change[1:] if newest_last else change, strict=False)
        agreed = [
            abs((after - before if newest_last else before - after) - moved) < 0.006
            for before, after, moved in steps
        ]
        if sum(agreed) >= _AGREED * len(agreed) and len(agreed) >= _ROWS_AT_LEAST - 1:
            return True
    return False


def find_sides_by_own_account(
    accounts: Sequence[Column], amount: Column | None, out: Column | None
) -> tuple[str, str] | None:
    """Of two columns of accounts, the payer's and the payee's, where one account is on one side or the other
    of every row. Which is which is said by a word in either name, else by the sign of the amounts or the
    column of money out."""
    for one, other in permutations(accounts[:_MOST_TRIED], 2):
        own = _account_on_either_side(one, other)
        if own is None:
            continue
        if is_about(one.words, "payer") != is_about(one.words, "payee"):
            return (one.name, other.name) if is_about(one.words, "payer") else (other.name, one.name)
        if is_about(other.words, "payer") != is_about(other.words, "payee"):
            return (other.name, one.name) if is_about(other.words, "payer") else (one.name, other.name)
        if out is not None:
            goes_out = [read_number(cell) != 0 for cell in out.cells]
        elif amount is not None:
            goes_out = [read_number(cell) < 0 for cell in amount.cells]
        else:
            continue
        is_in_one = [_compact(cell) == own for cell in one.cells]
        if is_in_one == goes_out:
            return one.name, other.name
    return None


def _account_on_either_side(one: Column, other: Column) -> str | None:
    """The account that is in just one of two columns in every row, and in each of them in some."""
    rows = [(_compact(a), _compact(b)) for a, b in zip(one.cells, other.cells, strict=True)]
    if len(rows) < _ROWS_AT_LEAST:
        return None
    common = {a for a, _ in rows if a} & {b for _, b in rows if b}
    if {text for row in rows for text in row} <= {*common, ""}:
        return None  # no other account is stated
    return next((own for own in sorted(common) if all((a == own) != (b == own) for a, b in rows)), None)


def goes_with(account: Column, name: Column) -> bool:
    """Whether each account has one name and each name one account, and there are several: the account is then
    that of whoever is named, not of the statement."""
    pairs = {
        (_compact(a), n.strip().lower())
        for a, n in zip(account.cells, name.cells, strict=True)
        if a.strip() and n.strip()
    }
    accounts, names = ({pair[side] for pair in pairs} for side in (0, 1))
    return len(pairs) == len(accounts) == len(names) > 1


def _compact(text: str) -> str:
    return re.sub(r"\s", "", text).upper()
